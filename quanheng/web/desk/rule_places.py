"""用在哪: the pages that ask a rule, the rules that refer to it, and how many open matters it decides."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from quanheng.insight.rule_uses import Uses, uses_of
from quanheng.insight.targets import POOL, POST, RANK
from quanheng.instruments.local import HouseRules
from quanheng.instruments.texts import central
from quanheng.rulebook.instrument import RuleText
from quanheng.web.desk.rule_parts import rule_url
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.parts import Link, Text
from quanheng.web.shared.wording import bracketed, listed


@dataclass(frozen=True, slots=True)
class Places:
    """`pages`: with what they ask the rule for. `impact`: 将影响在办事项 6 件."""

    pages: tuple[tuple[Link, Text], ...]
    rules: tuple[Link, ...]
    impact: Text
    open_matters: int
    idle: Text  # why there are no pages


def places(text: RuleText, house: HouseRules) -> Places:
    uses = uses_of(text.id, house)
    return Places(
        pages=tuple(_pages(uses)),
        rules=tuple(_referring(text)),
        impact=_("将影响在办事项 %(count)s 件") % {"count": uses.open_matters},
        open_matters=uses.open_matters,
        idle=_idle(text, house),
    )


def _idle(text: RuleText, house: HouseRules) -> str:
    if not text.in_force.contains(house.on):
        return _("这一天没有页面用到它。要看哪些页面用到，把日期换到它施行的期间。")
    return _("现在没有页面自动用到它：办理这件事的程序还没有建成，条文先放在这里供查阅。")


def _pages(uses: Uses) -> Iterator[tuple[Link, Text]]:
    if uses.targets:
        kinds = {POST: _("拟任职务"), RANK: _("晋升职级"), POOL: _("进入人选库")}
        asked = listed(kinds[kind] for kind in uses.targets)
        yield Link(_("干部档案的“资格”页")), _("作为%(targets)s的一项条件") % {"targets": asked}
        yield Link(_("资格筛查")), _("一个岗位筛许多人，一个人看许多岗位")
    if uses.is_watched:
        yield Link(_("今日"), reverse("desk:today")), _("到期以前提醒")


def _referring(text: RuleText) -> Iterator[Link]:
    for each in central().texts:
        if text.id in (*each.see, each.waiver) and each.id != text.id:
            yield Link(bracketed(each.id, words.said(each.title)), rule_url(each.id))
