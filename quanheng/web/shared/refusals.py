"""The sentence of each refusal: what, why, what can be done. Worded here once, for every page.

A page author adds `"code": _("sentence with %(fact)s")` here; facts are those of the exception, with choices worded.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import PurposeChoice, RoleChoice
from quanheng.formats.archives import CannotUnpack
from quanheng.kernel.actor import Purpose, Role
from quanheng.kernel.errors import Refused
from quanheng.web.shared.finding_words import error_reason
from quanheng.web.shared.wording import listed

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
IMPORTS: Mapping[str, str | Promise] = {
    "no-place": gettext_lazy(
        "新增的人不能放进这个单位、这个管理类别：不在本账号的授权之内。请改选，或请安全管理员授权。"
    ),
    "no-files": gettext_lazy("没有找到 .lrmx 文件，没有导入任何内容。请选 .lrmx 文件，或 .lrmx 文件的 zip 压缩包。"),
    "too-many-files": gettext_lazy("一次最多导入 %(limit)s 份，没有导入任何内容。请分几次选。"),
    "too-many-at-once": gettext_lazy("一次选的文件太多，没有收下。请压缩成一个 zip 再选，或分几次选。"),
    "request-too-large": gettext_lazy("这次选的文件合计超过 1 GB，没有收下。请分几次选。"),
    "file-too-large": gettext_lazy(
        "“%(name)s”有 %(size)s MB，一个人的文件不超过 %(limit)s MB，没有导入任何内容。请缩小照片后重新导出。"
    ),
    "no-reason": gettext_lazy("理由不少于 %(minimum)s 个字；写入台账，以后可查。"),
    "unreadable": gettext_lazy("这份文件读不出，没有可改的内容。请在原系统重新导出，另作一次导入。"),
    "no-duplicate": gettext_lazy("这个人没有同名同出生年月的疑问，不用判定。刷新页面可看到现在的状态。"),
    "not-writable": gettext_lazy("改的内容里有文件不能容纳的字符。请删去看不见的控制字符再保存。"),
    "unknown-field": gettext_lazy("要改的栏目不在这份文件里。请从页面上重新改。"),
    "step-not-open": gettext_lazy(
        "这一步现在不能办：这次导入已经到了别的状态，可能在另一个窗口办过。没有改动任何内容。"
    ),
    "too-late": gettext_lazy("已过可撤销的期限（%(until)s），没有撤销。请在各人的档案里逐项更正。"),
    "all-edited": gettext_lazy(
        "这次导入的 %(count)s 人之后都又改过，或已不在本账号的管理范围内，没有撤销。请在各人的档案里逐项更正。"
    ),
    "number-taken": gettext_lazy("有人导入以前的身份证号现在已登记在别人名下，没有撤销。请先核对这个号码。"),
    "not-found": gettext_lazy("办这次导入的账号已停用，或授权已收回。"),
    # why one person of an import was left out
    "twice-in-import": gettext_lazy(
        "这次导入里有两份文件是同一个人，只取前一份。要用这一份，请跳过前一份、采用这一份。"
    ),
    "changed-meanwhile": gettext_lazy("核对之后这个人的档案又改过，或不再归本账号管理，没有覆盖。请重新导入这一份。"),
    "already-registered": gettext_lazy("这个身份证号核对之后已登记在别人名下，没有写入。请核对号码后重新导入这一份。"),
    "undecided": gettext_lazy("没有决定，按跳过办。要写入，请重新导入这一份。"),
    "edited-since": gettext_lazy("导入之后这个人的档案又改过，没有撤销。需要时在档案里逐项更正。"),
}
DOSSIER: Mapping[str, str | Promise] = {
    "earlier-day-is-read-only": gettext_lazy("历史日期的状态只读。回到今天再改。"),
    "namesake": gettext_lazy("名册里已有同名、同出生年月的人。请先打开核对；确是两个人的，勾选下面的一项再新增。"),
    "nobody": gettext_lazy("没有选人。在名册左边勾选，或先选“全部”。"),
    "too-many": gettext_lazy("一次最多 %(limit)s 人，现在选了 %(count)s 人。请分几次办。"),
    "conflict": gettext_lazy("这份档案刚刚有人改过。重新打开这一页，看过差别再改。"),
    "no-materials": gettext_lazy("请写明对着哪些材料核对。"),
    "value-unreadable": gettext_lazy("这个写法识别不出来，没有保存。请按任免审批表的写法填，代码表内的项目写全称。"),
    "unchanged": gettext_lazy("与现在的完全一样，没有要改的。"),
    "duplicate": gettext_lazy("已经有同样的一条：公民身份号码在全库只能有一个，年度考核一年只能有一条。请核对。"),
    "has-inner-lines": gettext_lazy("这一段下面还有“其间”的记录。先撤回或改挂那几条。"),
    "undo-too-late": gettext_lazy("撤销只在七天内可用，这一处到 %(until)s 为止。请用更正，两次都留下记录。"),
    "changed-since": gettext_lazy("这一处后来又改过，或已经撤销过，不能再退回。请看查阅记录，用更正改到应有的值。"),
    "detail-erased": gettext_lazy("台账里这一处的内容已按规定删除，不能据此退回。请用更正。"),
    "name-of-a-list": gettext_lazy(
        "名册里已有一个叫“%(name)s”的常用查询，没有覆盖它。请换一个名称，或先到名册的“常用查询”里删除那一个。"
    ),
    "name-of-a-screening": gettext_lazy(
        "资格筛查里已有一个叫“%(name)s”的常用筛查，没有覆盖它。请换一个名称，或先到“资格筛查”里删除那一个。"
    ),
    "no-earlier-value": gettext_lazy("原来的值没有留下来源，不能退回。请对照档案材料用更正填写。"),
}
RULES: Mapping[str, str | Promise] = {
    "rule-not-in-force": gettext_lazy("这条规则在 %(on)s 不施行。请换成它施行期内的日期。"),
    "sign-step-not-open": gettext_lazy(
        "这一步现在不能办：这条规则的签认状态是“%(state)s”，可能刚有人办过。请刷新页面。"
    ),
    "used-from-past": gettext_lazy("启用日早于今天（%(today)s）。现行规则不追溯拦阻，请填今天或以后的日期。"),
    "text-not-attached": gettext_lazy("项目组没有见过这一条的现行文本，只填文号不够。请附正式文本的文件。"),
    "no-document": gettext_lazy("没有写明文件。请填正式文件的文号。"),
    "paper-too-large": gettext_lazy("文件超过 %(limit)s MB，没有收下。请缩小后再附。"),
    "paper-unknown-type": gettext_lazy("附件不是 PDF、图片、docx 或 ofd，没有收下。请换一种格式。"),
    "countersigned-by-signer": gettext_lazy("第一签认人不能再作第二人。请另一位有规则签认授权的人办理。"),
    "unknown-reading": gettext_lazy("所选的取值不在这个口径的范围内。请从页面上重新选。"),
    "reading-in-the-past": gettext_lazy("起算日早于今天（%(today)s）。已按原口径办的事不追溯，请填今天或以后的日期。"),
    "reading-unchanged": gettext_lazy("那天起已经是这个取值，没有要改的。"),
    "not-settable": gettext_lazy("这一项不能由本地另定：中央规定没有留给本地，或改动会减损本人权利。"),
    "no-number": gettext_lazy("这个数识别不出来。年、月、日、次数填整数，比例填 1/4 或 25%%，不超过全部。"),
    "not-stricter-higher": gettext_lazy("本地规定只能更严：中央规定是 %(central)s，要填更大的数。"),
    "not-stricter-lower": gettext_lazy("本地规定只能更严：中央规定是 %(central)s，要填更小的数。"),
    "not-a-local-rule": gettext_lazy("这是中央规定，不用启用。要定得更严，请选其中的一个参数。"),
    "local-already-set": gettext_lazy("这一项已有本地规定。先终止它，再登记新的。"),
    "local-already-ended": gettext_lazy("这项本地规定已于 %(on)s 终止。刷新页面可看到现在的状态。"),
    "local-ends-too-early": gettext_lazy("终止日不能早于今天，也不能早于它施行的日子。"),
}
CENSUS: Mapping[str, str | Promise] = {
    "not-yet": gettext_lazy("全员快照还没有做好。后台进程启动后自动做，通常几秒到一分钟。请稍候刷新页面。"),
    "busy": gettext_lazy("正在重新计算，没有另起一次。请稍候刷新页面。"),
    "snapshot-disk-full": gettext_lazy("服务器磁盘已满。请系统管理员腾出空间。"),
    "snapshot-no-folder": gettext_lazy("全员快照的文件不在了。请系统管理员看数据盘是否挂上。"),
    "snapshot-no-permission": gettext_lazy("全员快照的文件不许读写。请系统管理员把它交还给运行铨衡的用户。"),
    "snapshot-held": gettext_lazy("全员快照的文件被别的程序占用。请系统管理员关掉那个程序。"),
    "snapshot-damaged": gettext_lazy("全员快照的文件读写出错，可能已损坏。请系统管理员检查磁盘，再全部重做一次。"),
    "snapshot-no-memory": gettext_lazy("服务器内存不够。请系统管理员腾出内存。"),
    "snapshot-no-database": gettext_lazy("数据库中断，或不答复。请系统管理员看数据库是否在运行。"),
    "snapshot-unforeseen": gettext_lazy("出了没有料到的错。请系统管理员运行 quanheng census refresh 查明原因。"),
}
SENTENCES = {**ACCESS, **ACCOUNTS, **UNITS, **IMPORTS, **DOSSIER, **RULES, **CENSUS}


def sentence(refusal: Refused) -> str:
    """The words of a refusal. A code without words is a mistake of the program and shows as such in tests."""
    if isinstance(refusal, CannotUnpack):
        return error_reason(refusal)
    words = SENTENCES.get(refusal.code)
    if words is None:
        return _("这一步没有办成（%(code)s）。请把这个代号告诉系统管理员。") % {"code": refusal.code}
    return str(words) % {name: _worded(value) for name, value in refusal.facts.items()}


def _worded(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return listed(_worded(part) for part in value)
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, Choices):
        return str(value.label)
    text = str(value.value if isinstance(value, Enum) else value)
    if isinstance(value, Role):
        return str(RoleChoice(text).label)
    if isinstance(value, Purpose) or text in PurposeChoice.values:
        return str(PurposeChoice(text).label)
    return text
