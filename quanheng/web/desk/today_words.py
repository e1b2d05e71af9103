"""The words of what is due: kinds before and after their day, groups, bases, and why each is told so early."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quanheng.insight.due import DueKind, watches
from quanheng.insight.due_groups import When
from quanheng.instruments.texts import find_text
from quanheng.organization.choices import Rank
from quanheng.rulebook.instrument import RuleText
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.parts import Text
from quanheng.web.shared.rule_law import gap, titles
from quanheng.web.shared.wording import listed


@dataclass(frozen=True, slots=True)
class DueWords:
    label: Text  # of the kind alone
    coming: Text
    past: Text
    early: Text  # why it is told so many days before
    unit: Text = gettext_lazy("人")


DUE_WORDS: Mapping[DueKind, DueWords] = {
    DueKind.RETIREMENT: DueWords(
        gettext_lazy("退休"),
        gettext_lazy("退休预告"),
        gettext_lazy("已到退休时间，仍在册"),
        gettext_lazy("办手续、物色接替人选要一年"),
    ),
    DueKind.PROBATION: DueWords(
        gettext_lazy("试用期"),
        gettext_lazy("试用期将满"),
        gettext_lazy("试用期已满，没有考核结论"),
        gettext_lazy("期满以前要完成考核"),
    ),
    DueKind.RANK: DueWords(
        gettext_lazy("职级年限"),
        gettext_lazy("职级年限将满"),
        gettext_lazy("职级年限已满"),
        gettext_lazy("够得上一轮职级晋升；年限满了也不自动晋升"),
    ),
    DueKind.TERM: DueWords(
        gettext_lazy("任期"),
        gettext_lazy("任期将满"),
        gettext_lazy("任期已满"),
        gettext_lazy("换届或者续任以前要研究半年"),
    ),
    DueKind.EXCHANGE: DueWords(
        gettext_lazy("任职年限"),
        gettext_lazy("任同一职务将满十年"),
        gettext_lazy("任同一职务已满十年"),
        gettext_lazy("交流去向要提前半年研究"),
    ),
    DueKind.SANCTION: DueWords(
        gettext_lazy("影响期"),
        gettext_lazy("影响期将满"),
        gettext_lazy("影响期已满，限制已解除"),
        gettext_lazy("期满前要看表现，期满后要告知本人"),
    ),
    DueKind.TRAINING: DueWords(
        gettext_lazy("学时"),
        gettext_lazy("学时不足"),
        gettext_lazy("学时不足，期限已过"),
        gettext_lazy("年底以前还来得及调训"),
    ),
}
GROUPS: Mapping[When, Text] = {
    When.OVERDUE: gettext_lazy("已逾期"),
    When.TODAY: gettext_lazy("今天"),
    When.NEXT: gettext_lazy("到下周末"),
    When.LATER: gettext_lazy("以后"),
    When.HAPPENED: gettext_lazy("没有期限，该看一眼"),
}
WEEKDAYS = (
    gettext_lazy("周一"),
    gettext_lazy("周二"),
    gettext_lazy("周三"),
    gettext_lazy("周四"),
    gettext_lazy("周五"),
    gettext_lazy("周六"),
    gettext_lazy("周日"),
)


def what_of(kind: DueKind, rule: str, when: When) -> str:
    """`职级年限已满：四级调研员`, `退休预告`."""
    found = DUE_WORDS[kind]
    text = str(found.past if when in (When.OVERDUE, When.HAPPENED) else found.coming)
    rank = _RANKS.get(rule)
    return _("%(label)s：%(value)s") % {"label": text, "value": rank.label} if rank else text


def target_of(kind: DueKind, rule: str) -> str:
    """The rank that is aimed at, as the screening writes it; nothing for what aims at none."""
    return f"rank:{_RANKS[rule].value}" if kind is DueKind.RANK and rule in _RANKS else ""


def when_text(day: date, on: date, when: When) -> str:
    """`逾期 3 天`, `今天`, `11-23`, `2027-03-18`."""
    if when is When.OVERDUE:
        days = (on - day).days
        return ngettext("逾期 %(days)s 天", "逾期 %(days)s 天", days) % {"days": f"{days:,}"}
    if day == on:
        return _("今天")
    return f"{day:%m-%d}" if day.year == on.year else day.isoformat()


def basis_of(rule: str, on: date) -> str:
    """`公务员职务与职级并行规定第十八条第（五）项`, without the year of the version; retirement has a table."""
    text = find_text(rule, on) if rule else None
    return f"{_title(text)}{gap()}{words.article_text(text.article)}" if text else _("到龄计算")


def basis_of_all(rules: Collection[str], on: date) -> str:
    """The article where it is one, else the documents."""
    return basis_of(next(iter(rules)), on) if len(rules) == 1 else listed(documents(rules, on))


def documents(rules: Collection[str], on: date) -> list[str]:
    """What the rules stand in, by name."""
    return sorted({_title(text) for rule in rules if (text := find_text(rule, on))})


def _title(text: RuleText) -> str:
    return titles()[text.instrument].partition("（")[0].partition(" (")[0]


_RANKS: Mapping[str, Rank] = {
    watch.rule: Rank(watch.target.code.partition(":")[2]) for watch in watches() if watch.target is not None
}
