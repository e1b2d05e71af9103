"""The sentence of each refusal: what, why, what can be done. Worded here once, for every page.

A page author adds `"code": _("sentence with %(fact)s")` here; facts are those of the exception, with choices worded.
"""

from collections.abc import Mapping
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import PurposeChoice, RoleChoice
from quanheng.kernel.actor import Purpose, Role
from quanheng.kernel.errors import Refused

ACCESS: Mapping[str, str | Promise] = {
    "recused": gettext_lazy("这是本人或亲属的档案，按回避规定不经手。由其他工作人员办理；查阅本人档案请到“我的档案”。"),
    "purpose-not-granted": gettext_lazy("这个账号的授权不含“%(purpose)s”这一用途。"),
    "role-not-open": gettext_lazy("这一步由%(roles)s办理。"),
    "role-may-not-edit": gettext_lazy("这个账号可以看，不能改。改动由负责这个单位的工作人员办理。"),
}
ACCOUNTS: Mapping[str, str | Promise] = {
    "own-account": gettext_lazy("不能给自己办。请由另一位安全管理员办理。"),
    "username-taken": gettext_lazy("这个账号名已有人用。换一个，例如加上科室。"),
    "file-has-account": gettext_lazy("这个人已有账号。请改已有的账号。"),
    "wrong-password": gettext_lazy("原密码不对。忘记时请安全管理员另设。"),
    "same-password": gettext_lazy("新密码与原密码相同。请换一个。"),
    "weak-password": gettext_lazy("新密码太短或太常见。至少 10 个字符，不用常见的词。"),
    "already-closed": gettext_lazy("这个账号已经停用。"),
    "not-closed": gettext_lazy("这个账号没有停用。"),
    "roles-exclude": gettext_lazy(
        "三个管理员角色互相排斥，也不与其他角色并存：这段时间已有%(held)s。先结束它，再登记%(role)s。"
    ),
    "grants-exclude": gettext_lazy("管理员看不到档案，所以不能带着数据授权登记%(role)s。先收回授权。"),
    "administrator": gettext_lazy("%(role)s看不到档案，不能有数据授权。"),
    "role-held": gettext_lazy("这段时间已有%(role)s，不用再登记。"),
    "no-file": gettext_lazy("这个账号没有连到本人的档案，不能登记“干部本人”。"),
    "already-ended": gettext_lazy("已经结束了。刷新页面可看到现在的状态。"),
    "already-revoked": gettext_lazy("这项授权已经收回。刷新页面可看到现在的状态。"),
    "nothing-chosen": gettext_lazy("单位、干部类别、用途都要选，各至少一项。"),
    "unknown-value": gettext_lazy("所选的类别或用途不在表内。请从页面上重新选。"),
    "period-empty": gettext_lazy("止日要晚于起日。"),
    "reason-too-short": gettext_lazy("理由不少于 %(minimum)s 个字；写入台账，以后可查。"),
}
SENTENCES = {**ACCESS, **ACCOUNTS}


def sentence(refusal: Refused) -> str:
    """The words of a refusal. A code without words is a mistake of the program and shows as such in tests."""
    words = SENTENCES.get(refusal.code)
    if words is None:
        return _("这一步没有办成（%(code)s）。请把这个代号告诉系统管理员。") % {"code": refusal.code}
    return str(words) % {name: _worded(value) for name, value in refusal.facts.items()}


def _worded(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(_worded(part) for part in value)
    text = str(value.value if isinstance(value, Enum) else value)
    if isinstance(value, Role):
        return str(RoleChoice(text).label)
    if isinstance(value, Purpose) or text in PurposeChoice.values:
        return str(PurposeChoice(text).label)
    return text
