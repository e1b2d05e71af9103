"""How somebody stands to each of several targets, a line a target: for the tab 资格 and the cadre's own page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from quanheng.insight.columns import Cell, cells, columns
from quanheng.insight.conditions import conditions
from quanheng.insight.eligibility import Condition, Eligibility, standing
from quanheng.insight.situations import Facts, recorded_facts
from quanheng.insight.targets import Target
from quanheng.instruments.local import HouseRules
from quanheng.kernel.period import contains
from quanheng.organization.choices import PostTier, Rank
from quanheng.people.choices import HoldingKind
from quanheng.people.models import Cadre
from quanheng.people.roster import Row
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.rule import Rule
from quanheng.web.shared import rule_outcomes as outcomes
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.parts import Text, Verdict
from quanheng.web.shared.rule_law import cited


class ConditionLinks(Protocol):
    def condition(self, rule: str, target: str) -> str: ...
    def target(self, code: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Withheld:
    """What this reader is not told: rules left out, and facts taken as if no room kept them for the rules that stay."""

    rules: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()

    def among(self, rules: Iterable[Rule]) -> tuple[Rule, ...]:
        return tuple(rule for rule in rules if rule.id not in self.rules)

    def told(self, recorded: Facts) -> Facts:
        return {name: value for name, value in recorded.items() if name not in self.facts} if self.facts else recorded


NOTHING = Withheld()


@dataclass(frozen=True, slots=True)
class Mark:
    """A condition that asks for something: its name, what would mend it, its evidence."""

    name: Text
    remedy: Text
    url: str
    is_unsigned: bool
    note: Text = ""  # in print: where the condition stands


@dataclass(frozen=True, slots=True)
class CellLine:
    name: Text
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class TargetLine:
    title: Text
    note: Text
    verdict: Verdict
    failing: tuple[Mark, ...]
    lacking: tuple[Mark, ...]
    waiting: tuple[Mark, ...]
    warnings: tuple[Mark, ...]
    cells: tuple[CellLine, ...] = ()  # of the one that is open
    open_url: str = ""  # of the others: the page with all columns of this target


@dataclass(frozen=True, slots=True)
class TargetGroup:
    title: Text
    lines: tuple[TargetLine, ...]
    empty: Text = ""  # why there is no line
    note: Text = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A group of targets before they are asked about."""

    title: Text
    targets: tuple[Target, ...]
    notes: tuple[Text, ...] = ()  # beside each target
    empty: Text = ""
    note: Text = ""  # of the whole group
    is_open: bool = False


def target_groups(
    cadre: Cadre,
    wanted: Sequence[Wanted],
    house: HouseRules,
    links: ConditionLinks,
    withheld: Withheld = NOTHING,
) -> list[TargetGroup]:
    targets = [target for group in wanted for target in group.targets]
    asked = [
        (each, tuple(rule for rule in conditions(house, each) if rule.id not in withheld.rules)) for each in targets
    ]
    recorded = withheld.told(recorded_facts([cadre.pk]).get(cadre.pk, {}))
    found = iter(standing(cadre.pk, recorded, asked, house))
    groups = []
    for group in wanted:
        notes = group.notes or ("",) * len(group.targets)
        lines = [_line(next(found), note, links, is_open=group.is_open) for note in notes]
        groups.append(TargetGroup(group.title, tuple(lines), group.empty, group.note))
    return groups


def _line(found: Eligibility, note: Text, links: ConditionLinks, *, is_open: bool) -> TargetLine:
    code = found.target.code
    failing, lacking, waiting = outcomes.failing(found), outcomes.lacking(found), outcomes.waiting(found)
    deciding = next(iter([*failing, *lacking, *waiting, *found.conditions]), None)
    return TargetLine(
        title=found.target.title,
        note=note,
        verdict=outcomes.overall(found, links.condition(deciding.rule.id, code) if deciding else ""),
        failing=_marks(failing, code, links),
        lacking=_marks(lacking, code, links),
        waiting=_marks(waiting, code, links),
        warnings=_marks(found.warnings, code, links),
        cells=tuple(_cells(found, links)) if is_open else (),
        open_url="" if is_open else links.target(code),
    )


def _marks(found: Iterable[Condition], code: str, links: ConditionLinks) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            name=words.said(each.rule.text.title),
            remedy=outcomes.remedy_of(each),
            url=links.condition(each.rule.id, code),
            is_unsigned=not all(finding.is_signed for finding in each.findings),
            note=cited(each.rule.text),
        )
        for each in found
    )


def _cells(found: Eligibility, links: ConditionLinks) -> Iterable[CellLine]:
    """All columns that apply; of each the condition that decides about it."""
    for cell in cells(found.conditions, columns(each.rule for each in found.conditions)):
        if cell.outcome is not Outcome.NOT_APPLICABLE:
            yield CellLine(cell.column.name, _cell_verdict(cell, found, links))


def _cell_verdict(cell: Cell, found: Eligibility, links: ConditionLinks) -> Verdict:
    return outcomes.verdict_of(cell.shown, links.condition(cell.shown.rule.id, found.target.code))


# --- where the person stands


def rank_on(records: Row, on: date) -> Rank | None:
    """The highest of those held on the day."""
    held = [Rank(row.rank) for row in records.ranks if row.rank and contains(row.valid_from, row.valid_to, on)]
    return min(held, key=list(Rank).index, default=None)


def tier_on(records: Row) -> PostTier | None:
    """The highest of the posts held on the day; a secondment changes nobody's tier."""
    own = (row for row in records.current_posts if row.kind != HoldingKind.SECONDMENT and row.tier)
    return min((PostTier(row.tier) for row in own), key=list(PostTier).index, default=None)


def steps_said(count: int) -> tuple[Text, ...]:
    """Beside the first nothing, beside those after it that they are an outlook."""
    return ("", *(_("再上一级，供展望") for _step in range(count - 1)))[:count]
