"""Conditions that answer one question, gathered: a column of a matrix, a line of a list.

A rule that is named nowhere, such as a local one, is a column of its own under its short title.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import get_language, gettext, gettext_lazy

from quanheng.insight.eligibility import Condition, worst
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.rule import Rule

_NAMES = {
    "conduct": gettext_lazy("基本条件"),
    "work": gettext_lazy("工龄"),
    "grassroots": gettext_lazy("基层经历"),
    "posts": gettext_lazy("两个职位"),
    "tenure": gettext_lazy("任职年限"),
    "step": gettext_lazy("逐级"),
    "ladder": gettext_lazy("职级序列"),
    "appraisal": gettext_lazy("考核折算"),
    "education": gettext_lazy("学历"),
    "training": gettext_lazy("培训"),
    "health": gettext_lazy("身体"),
    "party": gettext_lazy("党龄资格"),
    "rank": gettext_lazy("现任职级"),
    "grade": gettext_lazy("考核结果"),
    "excluded": gettext_lazy("不得列入"),
    "emigrated": gettext_lazy("亲属移居"),
    "sanction": gettext_lazy("影响期"),
    "kin": gettext_lazy("回避"),
    "term": gettext_lazy("任期"),
    "check": gettext_lazy("重点查核"),
    "reason": gettext_lazy("晋升理由"),
}
# The first prefix that fits. In the order of the articles, which is that of the columns.
_PREFIXES = {
    "SEL-COND-07": "conduct",
    "SEL-QUAL-08-1a": "work",
    "SEL-QUAL-08-1b": "grassroots",
    "SEL-QUAL-08-2": "posts",
    "SEL-QUAL-08-3": "tenure",
    "RNK-Y-": "tenure",
    "RNK-LADDER": "ladder",
    "RNK-APPR": "appraisal",
    "SEL-QUAL-08-4": "education",
    "SEL-QUAL-08-5": "training",
    "SEL-QUAL-08-6": "health",
    "SEL-QUAL-08-7": "party",
    "SEL-QUAL-08-R": "rank",
    "SEL-STEP-09": "step",
    "SEL-EXCL-24-3": "grade",
    "SEL14-EXCL-24-2": "grade",
    "APP-EFF-": "grade",
    "SEL-EXCL-24-5": "emigrated",
    "SEL-EXCL-24-6": "sanction",
    "SEL-EXCL-24-": "excluded",
    "SEL-REU-": "sanction",
    "SAN-": "sanction",
    "RNK-BAN": "sanction",
    "AVO-": "kin",
    "TRM-": "term",
    "PMR-KEY": "check",
    "RNK-NOT-AUTO": "reason",
}
_PLACES = {key: place for place, key in enumerate(dict.fromkeys(_PREFIXES.values()))}


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    name: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """`shown`: the condition that decides about the column, the first to be opened from it."""

    column: Column
    conditions: tuple[Condition, ...]

    @property
    def outcome(self) -> Outcome:
        return worst(each.outcome for each in self.conditions)

    @property
    def shown(self) -> Condition:
        return next(each for each in self.conditions if each.outcome is self.outcome)


def columns(rules: Iterable[Rule]) -> tuple[Column, ...]:
    """In the order of the articles; those of the house last."""
    gathered: dict[str, list[Rule]] = {}
    for rule in rules:
        gathered.setdefault(key_of(rule), []).append(rule)
    keys = sorted(gathered, key=lambda key: _PLACES.get(key, len(_PLACES)))
    return tuple(Column(key, _name(key, gathered[key]), tuple(gathered[key])) for key in keys)


def cells(found: Iterable[Condition], wanted: Iterable[Column]) -> tuple[Cell, ...]:
    by_rule: Mapping[str, Condition] = {each.rule.id: each for each in found}
    return tuple(
        Cell(column, tuple(by_rule[rule.id] for rule in column.rules if rule.id in by_rule)) for column in wanted
    )


def key_of(rule: Rule) -> str:
    return next((key for prefix, key in _PREFIXES.items() if rule.id.startswith(prefix)), rule.id)


def _name(key: str, rules: list[Rule]) -> str:
    """Of a rule without a usual name the short title, in the reader's language."""
    if key in _NAMES:
        return gettext(str(_NAMES[key]))
    title = rules[0].text.title
    return title.en if (get_language() or "").startswith("en") else title.zh
