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
UNITS: Mapping[str, str | Promise] = {
    "role-may-not-reorganize": gettext_lazy("机构变动由干部工作人员办理；这个账号可以看，不能改。"),
    "effective-in-the-future": gettext_lazy(
        "生效日期晚于今天（%(today)s）。到生效那天再登记；先登记会使那天以前的机构不实。"
    ),
    "before-current-version": gettext_lazy(
        "生效日期早于上一次变动（%(since)s）。以前的沿革不改写；请核对文件上的日期。"
    ),
    "not-yet-established": gettext_lazy("生效日期早于这个单位设立的日期。请核对文件上的日期。"),
    "unit-abolished": gettext_lazy("这个单位已于 %(on)s 终止，不能再变动。去向见机构沿革。"),
    "duplicate-code": gettext_lazy("这个机构编码已有单位使用。请核对编码；编码不重复使用，终止的单位也占用。"),
    "nothing-changes": gettext_lazy("与现在的完全一样，没有要改的。"),
    "target-is-itself": gettext_lazy("不能划到或并入这个单位自己。"),
    "target-below-itself": gettext_lazy(
        "选的上级从生效日期起曾在这个单位之下，不能倒过来。请先把它划出去，或改用之后的生效日期。"
    ),
    "target-abolished": gettext_lazy("选的单位已于 %(on)s 终止。请选它的承接单位。"),
    "target-not-yet-established": gettext_lazy("选的单位在生效日期还没有设立。请核对文件上的日期。"),
    "has-subordinate-units": gettext_lazy(
        "那天起还有 %(units)s 个下级单位。先把它们划转、并入或撤销，生效日期不晚于这一次。"
    ),
    "has-cadres": gettext_lazy("还有现职干部的档案在这个单位。先在人员名册里把他们转到新的单位。"),
    "has-holders": gettext_lazy("那天以后还有人担任这个单位的职务。先登记免职，日期不晚于这一次。"),
    "position-is-held": gettext_lazy("那天以后还有人担任这个职务。先登记免职，日期不晚于这一次。"),
    "position-ended": gettext_lazy("这个岗位已于 %(on)s 终止。"),
    "leading-group-exists": gettext_lazy("这个单位已有这一类班子。可直接增设岗位。"),
    "role-without-leading-group": gettext_lazy("正职、副职、其他成员都在班子里。请选班子；还没有班子时先成立。"),
    "before-leading-group": gettext_lazy("生效日期早于班子成立的日期（%(since)s）。请核对文件上的日期。"),
    "not-the-siblings": gettext_lazy("下级单位刚有变动，与这张顺序表对不上。重新打开这一页再排。"),
    "too-many-siblings": gettext_lazy("这个单位之下已满 9999 个单位（终止的也占位）。请先设一级分组。"),
    "tree-too-deep": gettext_lazy("机构层级超过 40 层。请核对上级单位。"),
}
SENTENCES = {**ACCESS, **ACCOUNTS, **UNITS}


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
