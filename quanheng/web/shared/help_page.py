"""帮助: what each page is for, the keys, the words, where data come from, whom to ask; for the roles of the reader."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from quanheng.kernel.actor import ADMINISTRATORS, EDITORS, READERS, Actor, Role
from quanheng.web.shared.context import url_or_nothing
from quanheng.web.shared.gate import ActorRequest, signed_in
from quanheng.web.shared.parts import Shape, Text, Verdict

CADRE = frozenset({Role.CADRE})
EVERYBODY = frozenset(Role)


@dataclass(frozen=True, slots=True)
class PageHelp:
    name: Text
    what: Text
    url_name: str
    roles: frozenset[Role]

    @property
    def url(self) -> str:
        return url_or_nothing(self.url_name)


@dataclass(frozen=True, slots=True)
class WordHelp:
    word: Text
    meaning: Text
    roles: frozenset[Role]
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    question: Text
    answer: Text
    roles: frozenset[Role]


PAGES = (
    PageHelp(
        _("今日"),
        _("等着办的事、管理范围内的最近变动、最近打开的档案。原因消除后，事情自动消失。"),
        "desk:today",
        READERS,
    ),
    PageHelp(
        _("人员名册"),
        _("按单位树和条件找人；点姓名开档案，点带虚线的数值看它的依据；勾选后可打印审批表、导出。"),
        "desk:people",
        READERS,
    ),
    PageHelp(_("机构与班子"), _("单位、班子、岗位和领导职数配备；每次机构变动都留沿革。"), "desk:units", READERS),
    PageHelp(
        _("导入"),
        _("导入任免审批表文件（lrmx 或压缩包）：选文件、对照、核对、生效。生效以前什么都不写入；生效后 7 天内可撤销。"),
        "desk:imports",
        EDITORS,
    ),
    PageHelp(_("台账"), _("谁、何时、对谁、做了什么、为什么。只增不改。"), "desk:ledger", READERS),
    PageHelp(_("我的档案"), _("登记在册的您的情况和每一项的来源，只读。"), "mine:dossier", CADRE),
    PageHelp(
        _("我的资格"),
        _("按现有记录，您符合哪些职级和职务层次的条件、还差什么、从哪天起符合。符合条件不等于必然晋升。"),
        "mine:eligibility",
        CADRE,
    ),
    PageHelp(_("谁看过"), _("谁、何时、为什么用途打开过您的档案。"), "mine:readings", CADRE),
    PageHelp(
        _("账号与授权"),
        _("新建账号，登记角色和授权（单位、干部类别、用途、起止），收回授权，令登录退出。"),
        "console:accounts",
        frozenset({Role.SECURITY_ADMIN}),
    ),
    PageHelp(
        _("运行状态"), _("数据库、后台任务、备份的状态；代码表。"), "console:running", frozenset({Role.SYSTEM_ADMIN})
    ),
    PageHelp(
        _("台账与校验"),
        _("全部记录（不含内容）、校验、检查点。导出的检查点要存到别处，它才能证明以前的记录没有被改写。"),
        "console:ledger",
        frozenset({Role.AUDIT_ADMIN}),
    ),
    PageHelp(_("设置"), _("单键快捷键的开关，修改密码。"), "web:settings", EVERYBODY),
)
WORDS = (
    WordHelp(_("已核"), _("有人对照材料核对过；点开可见是谁、何时、对照什么材料。"), READERS | CADRE),
    WordHelp(
        _("缺材料"),
        _("材料不全，现在不能判断。它不是“不符合”。"),
        READERS | CADRE,
        Verdict(Shape.UNKNOWN),
    ),
    WordHelp(
        _("两处不一"),
        _("两份材料说法不同，要由人认定以哪一份为准，并写明理由。"),
        READERS | CADRE,
        Verdict(Shape.NEEDS_PERSON, _("两处不一")),
    ),
    WordHelp(_("带虚线的数值"), _("系统算出来的，或来源要紧的。点它就看到用了哪些记录、怎么算的。"), READERS | CADRE),
    WordHelp(_("计入、不计入"), _("一条记录有没有算进这个数值；不计入的写明原因。"), READERS | CADRE),
    WordHelp(_("看某日的状态"), _("整页按那一天重新算，只读；那天以后的记录不显示。"), READERS),
    WordHelp(_("用途"), _("打开档案为了什么：日常管理、选拔任用、考核、监督。每次打开都写入台账。"), READERS),
    WordHelp(_("回避"), _("本人和已确认的亲属的档案，不由本人经手，在名册里也看不到。"), READERS),
    WordHelp(_("外存的检查点"), _("签过名的台账摘要，存在这台机器以外。它之后的记录还没有外部凭据。"), ADMINISTRATORS),
)
ANSWERS = (
    Answer(
        _("数据从哪里来"),
        _("导入的审批表文件、工作人员录入、本人填报、原登记系统。每一项都记着来源、原文和录入人。"),
        READERS | CADRE,
    ),
    Answer(
        _("读不出的内容去哪里了"),
        _("原文保留在档案里并作标记，列在“今日”；更正以前不参加计算。"),
        EDITORS,
    ),
    Answer(
        _("档案里有错"), _("请向所在单位的人事干部或组织部门干部科提出，附上材料；更正会留下理由和前后内容。"), CADRE
    ),
    Answer(
        _("找不到某个人或单位"),
        _("名册和搜索只列管理范围内的。范围由安全管理员登记；需要扩大时，由所在部门向安全管理员提出。"),
        READERS,
    ),
    Answer(_("登录不了，忘了密码"), _("请安全管理员另设一个，登录后立即修改。"), EVERYBODY),
    Answer(_("页面出错或很慢"), _("把页面上的号码告诉系统管理员；号码不含任何人的资料。"), EVERYBODY),
    Answer(
        _("有人不该看却看了"),
        _("每次打开档案都在台账里。向审计管理员提出，由其核对记录；台账不能修改或删除。"),
        EVERYBODY,
    ),
)


@signed_in
@require_safe
def show_help(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    context = {
        "pages": [page for page in PAGES if _is_for(actor, page.roles) and page.url],
        "words": [word for word in WORDS if _is_for(actor, word.roles)],
        "answers": [answer for answer in ANSWERS if _is_for(actor, answer.roles)],
        "has_shortcuts": request.has_shortcuts,
    }
    return render(request, "shared/help.html", context)


def _is_for(actor: Actor, roles: frozenset[Role]) -> bool:
    """What is for everybody is also for an account without any role: it learns whom to ask."""
    return roles == EVERYBODY or actor.has_role(*roles)
