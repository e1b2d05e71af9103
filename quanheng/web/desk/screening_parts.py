"""What the 资格筛查 prints: conditions with counts, groups of people, a row a person and a column a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from quanheng.insight.columns import Column, columns
from quanheng.insight.screening import GROUPS, OUTCOME_OF, Answer, Line
from quanheng.insight.screening_scope import PURPOSE
from quanheng.insight.targets import Target
from quanheng.insight.verdict_table import MILDEST_FIRST, NEEDS_PERSON, NOT_MET, OUTSIDE, UNJUDGED, UNKNOWN
from quanheng.instruments.local import HouseRules
from quanheng.people.roster import Row
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.instrument import OnFail
from quanheng.rulebook.rule import Rule
from quanheng.web.desk.screening_query import ScreeningQuery
from quanheng.web.shared.parts import Shape, Text, Verdict
from quanheng.web.shared.rule_law import cited
from quanheng.web.shared.rule_outcomes import SHAPES
from quanheng.web.shared.rule_words import article_text, said
from quanheng.web.shared.wording import listed

WAITING = (NEEDS_PERSON, OUTSIDE, UNJUDGED)
FEW = 2  # names of conditions that fit beside a verdict


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """One rule of the list at the left."""

    rule: str
    title: str
    article: str
    citation: str  # with its document
    url: str
    counts: tuple[str, ...]
    is_kept: bool
    is_signed: bool
    is_binding: bool


@dataclass(frozen=True, slots=True)
class ConditionGroup:
    """The rules of one question, under its name where they are several."""

    name: str
    counts: tuple[str, ...]
    lines: tuple[ConditionLine, ...]

    @property
    def has_left_out(self) -> bool:
        return not all(line.is_kept for line in self.lines)

    @property
    def is_single(self) -> bool:
        return len(self.lines) == 1


@dataclass(frozen=True, slots=True)
class Head:
    key: str
    name: str
    only_warns: bool = False


@dataclass(frozen=True, slots=True)
class PersonLine:
    key: str
    name: str
    post: str
    url: str
    cells: tuple[Verdict, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class GroupOfPeople:
    outcome: str
    shape: Shape
    name: Text
    count: int
    note: Text
    lines: tuple[PersonLine, ...]
    more: int
    url: str


@dataclass(frozen=True, slots=True)
class GroupTab:
    name: Text
    count: int
    url: str
    shape: Shape | None
    is_current: bool


def condition_groups(answer: Answer, query: ScreeningQuery, house: HouseRules) -> list[ConditionGroup]:
    places = {rule.id: place for place, rule in enumerate(answer.rules)}
    return [_condition_group(column, answer, query, house, places) for column in columns(answer.rules)]


def _condition_group(
    column: Column, answer: Answer, query: ScreeningQuery, house: HouseRules, places: Mapping[str, int]
) -> ConditionGroup:
    lines = tuple(_condition_line(rule, answer.counts[places[rule.id]], query, house) for rule in column.rules)
    kept = [answer.counts[places[rule.id]] for rule in column.rules if rule.id not in query.left_out]
    worst = {code: max((counts[code] for counts in kept), default=0) for code in (NOT_MET, UNKNOWN, UNJUDGED)}
    worst[NEEDS_PERSON] = max((counts[NEEDS_PERSON] + counts[OUTSIDE] for counts in kept), default=0)
    return ConditionGroup(column.name, counts_told(worst, 0), lines)


def _condition_line(rule: Rule, counts: Mapping[int, int], query: ScreeningQuery, house: HouseRules) -> ConditionLine:
    return ConditionLine(
        rule=rule.id,
        title=said(rule.text.title),
        article=article_text(rule.text.article) or rule.text.citation,
        citation=cited(rule.text),
        url=reverse("desk:rule", args=[rule.id]) + ("" if query.is_today else f"?on={query.on}"),
        counts=counts_told(counts, sum(counts.values())),
        is_kept=rule.id not in query.left_out,
        is_signed=rule.id in house.signed,
        is_binding=rule.text.on_fail is OnFail.BLOCK,
    )


def counts_text(counts: Mapping[int, int], total: int) -> str:
    """`不符合 203 · 缺 2`"""
    return " · ".join(counts_told(counts, total))


def counts_told(counts: Mapping[int, int], total: int) -> tuple[str, ...]:
    """How many stand how, but for those who fulfil it; of a condition that all fulfil that they do."""
    waiting = sum(counts.get(code, 0) for code in (NEEDS_PERSON, OUTSIDE))
    parts = [
        (_("不符合 %(count)s"), counts.get(NOT_MET, 0)),
        (_("缺 %(count)s"), counts.get(UNKNOWN, 0)),
        (_("待认定 %(count)s"), waiting),
        (_("打开时判 %(count)s"), counts.get(UNJUDGED, 0)),
    ]
    shown = tuple(text % {"count": f"{count:,}"} for text, count in parts if count)
    return shown or ((_("没有不符合的"),) if total else ())


def tabs(answer: Answer, query: ScreeningQuery) -> list[GroupTab]:
    everybody = GroupTab(_("全部"), answer.total, query.url(), None, query.group is None)
    return [
        everybody,
        *(_tab(each, answer, query) for each in GROUPS if each is not Outcome.MET or answer.groups[each]),
    ]


def _tab(group: Outcome, answer: Answer, query: ScreeningQuery) -> GroupTab:
    url = query.url(group=group.value)
    return GroupTab(name_of(group), answer.groups[group], url, SHAPES[group], query.group is group)


def name_of(group: Outcome) -> Text:
    return {
        Outcome.MET: _("符合"),
        Outcome.NEEDS_PERSON: _("待认定"),
        Outcome.UNKNOWN: _("缺材料"),
        Outcome.NOT_MET: _("不符合"),
    }[group]


def note_of(group: Outcome) -> Text:
    return {
        Outcome.MET: _("各条都符合"),
        Outcome.NEEDS_PERSON: _("会拦阻的条件没有一条不符合，等人认定"),
        Outcome.UNKNOWN: _("补齐材料后重判，不作不符合处理"),
        Outcome.NOT_MET: _("按离符合的远近排列"),
    }[group]


def people_groups(matrix: "Matrix", rows: Mapping[UUID, Row]) -> list[GroupOfPeople]:
    return [_group(group, lines, matrix, rows) for group, lines in matrix.answer.lines.items()]


def _group(group: Outcome, lines: Sequence[Line], matrix: "Matrix", rows: Mapping[UUID, Row]) -> GroupOfPeople:
    count = matrix.answer.groups[group]
    return GroupOfPeople(
        group.value,
        SHAPES[group],
        name_of(group),
        count,
        note_of(group),
        tuple(matrix.person(line, rows[line.cadre]) for line in lines if line.cadre in rows),
        0 if matrix.query.group else count - len(lines),
        matrix.query.url(group=group.value),
    )


class Matrix:
    """A row a person, a column a question: the worst of its conditions that are asked, with the way to the one that
    decides. What waits for a person with everybody, or applies to nobody, is folded away unless all is asked for; what
    only warns decides about a column where nothing else does."""

    def __init__(self, answer: Answer, query: ScreeningQuery, target: Target, *, is_whole: bool = False) -> None:
        self.answer, self.query, self.target = answer, query, target
        places = {rule.id: place for place, rule in enumerate(answer.rules)}
        kept = columns(rule for rule in answer.rules if rule.id not in query.left_out)
        asked = [(column, [(places[rule.id], rule) for rule in _deciding(column)]) for column in kept]
        shown = [each for each in asked if is_whole or not self._is_alike(each[1])]
        self.folded = [column.name for column, rules in asked if (column, rules) not in shown]
        self.columns = [rules for _column, rules in shown]
        self.places = [
            (place, column.name)
            for column in kept
            for place in (places[rule.id] for rule in column.rules if rule.text.on_fail is OnFail.BLOCK)
        ]
        extras = range(1, len(answer.counts) - len(answer.rules) + 1)
        self.heads = [Head(column.key, column.name, _only_warns(column)) for column, _rules in shown]
        self.heads += [Head(f"extra-{number}", _extra_name(number)) for number in extras]
        self.places += [(len(answer.rules) + number - 1, _extra_name(number)) for number in extras]
        self.tail = f"?target={target.code}&purpose={PURPOSE.value}" + ("" if query.is_today else f"&on={query.on}")

    def _is_alike(self, rules: Sequence[tuple[int, Rule]]) -> bool:
        counts = [self.answer.counts[place] for place, _rule in rules]
        if any(each[NOT_MET] or each[UNKNOWN] for each in counts):
            return False
        applies_to_nobody = not any(sum(each.values()) for each in counts)
        return applies_to_nobody or any(sum(each[code] for code in WAITING) == self.answer.total for each in counts)

    def person(self, line: Line, row: Row) -> PersonLine:
        url = reverse("desk:dossier", args=[line.cadre]) + f"{self.tail}&tab=eligibility"
        verdict = Verdict(SHAPES[line.outcome], remedy=self.remedy(line))
        return PersonLine(str(line.cadre), row.cadre.name, post_of(row), url, tuple(self.cells(line)), verdict)

    def remedy(self, line: Line) -> Text:
        """From when, else on what it hangs: the names of the columns whose conditions keep the person in the group."""
        code = {Outcome.NOT_MET: NOT_MET, Outcome.UNKNOWN: UNKNOWN}.get(line.outcome)
        if code is None or line.earliest:
            return _remedy(line)
        names = list(dict.fromkeys(name for place, name in self.places if line.codes[place] == code))
        return listed(names) if len(names) <= FEW else _counted(names)

    def cells(self, line: Line) -> list[Verdict]:
        rest = line.codes[len(self.answer.rules) :]
        extra = [Verdict(SHAPES[OUTCOME_OF[code]], is_bare=True) for code in rest]
        return [*(self._cell(line, column) for column in self.columns), *extra]

    def _cell(self, line: Line, column: Sequence[tuple[int, Rule]]) -> Verdict:
        place, rule = max(column, key=lambda each: MILDEST_FIRST.index(line.codes[each[0]]))
        code = line.codes[place]
        url = reverse("desk:rule-evidence", args=[line.cadre, rule.id]) + self.tail
        text = _("打开时判") if code == UNJUDGED else ""
        day = line.days.get(place) if code == NOT_MET else None
        if day:
            text = _("不符合，%(day)s 起符合") % {"day": day}
        return Verdict(SHAPES[OUTCOME_OF[code]], text=text, remedy=f"{day:%Y-%m}" if day else "", is_bare=True, url=url)


def _only_warns(column: Column) -> bool:
    return not any(rule.text.on_fail is OnFail.BLOCK for rule in column.rules)


def _deciding(column: Column) -> Sequence[Rule]:
    return [rule for rule in column.rules if rule.text.on_fail is OnFail.BLOCK] or column.rules


def _extra_name(number: int) -> str:
    return _("附加 %(number)s") % {"number": number}


def _counted(names: Sequence[str]) -> str:
    facts = {"names": listed(names[:FEW]), "count": len(names)}
    return _("%(names)s等 %(count)s 项") % facts


def _remedy(line: Line) -> Text:
    match line.outcome:
        case Outcome.NOT_MET:
            return _("%(day)s 起符合") % {"day": line.earliest}
        case Outcome.NEEDS_PERSON:
            return _("等 %(count)s 项认定") % {"count": line.open}
        case _:
            return ""


def post_of(row: Row) -> str:
    """Unit and title of the present posts, or what an imported form states."""
    held = "，".join(f"{post.unit_name}{post.title}" for post in row.current_posts)
    return held or row.stated_post or row.cadre.home_unit.name
