# ruff: noqa: S608  names are made here, values go apart
"""Post to people: who in an actor's scope stands how to a target, counted and a page at a time, over the snapshot.

Outcomes are those of `quanheng.insight.eligibility`: the binding conditions together, where what no room keeps waits
for a person. Conditions may be left out and others added, for one question only. Within a group who comes nearest is
first: by the day from which nothing stands in the way, then by how many conditions are open.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from duckdb import DuckDBPyConnection

from quanheng.census.reading import Snapshot
from quanheng.census.tables import SUBJECT
from quanheng.insight.screening_extra import Extra, with_extras
from quanheng.insight.screening_scope import Scope, clause
from quanheng.insight.targets import Target
from quanheng.insight.verdict_table import (
    MET,
    NEEDS_PERSON,
    NOT_APPLICABLE,
    NOT_MET,
    OUTSIDE,
    SHOWN,
    UNJUDGED,
    UNKNOWN,
    VERDICT,
)
from quanheng.insight.verdicts import Verdicts, verdicts
from quanheng.instruments.local import HouseRules
from quanheng.kernel.actor import Actor
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.instrument import OnFail
from quanheng.rulebook.rule import Rule

WAITING = (NEEDS_PERSON, OUTSIDE, UNJUDGED)
# In the order of the page: who may go on first, then who lacks papers, then who is ruled out.
GROUPS: Mapping[Outcome, int] = {
    Outcome.MET: MET,
    Outcome.NEEDS_PERSON: NEEDS_PERSON,
    Outcome.UNKNOWN: UNKNOWN,
    Outcome.NOT_MET: NOT_MET,
}
_OUTCOMES = {code: outcome for outcome, code in GROUPS.items()}
OUTCOME_OF: Mapping[int, Outcome] = {
    **_OUTCOMES,
    OUTSIDE: Outcome.NEEDS_PERSON,
    UNJUDGED: Outcome.NEEDS_PERSON,
    NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class Paging:
    """`group` None: the first `size` of each group. A number beyond the end gives the last page."""

    group: Outcome | None = None
    number: int = 1
    size: int = 50

    def start(self, count: int) -> int:
        if self.group is None or not count or not self.size:
            return 0
        return min(self.number - 1, (count - 1) // self.size) * self.size


@dataclass(frozen=True, slots=True)
class Question:
    """`left_out`: rules that are not asked this time. `narrowed`: who is asked about at all."""

    scope: Scope = Scope()
    left_out: frozenset[str] = frozenset()
    extras: tuple[Extra, ...] = ()
    narrowed: tuple[Extra, ...] = ()
    paging: Paging = Paging()


@dataclass(frozen=True, slots=True)
class Line:
    """`codes`: of each condition in its place, extras after the rules (`quanheng.insight.verdict_table`). `open`: how
    many conditions keep the person in the group. `days`: from when a rule that fails will hold, by its place."""

    cadre: UUID
    outcome: Outcome
    earliest: date | None
    open: int
    codes: tuple[int, ...]
    days: Mapping[int, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """`counts`: of each condition in its place how many stand how, by code; those left out are counted too."""

    snapshot: Snapshot
    rules: tuple[Rule, ...]
    total: int
    groups: Mapping[Outcome, int]
    counts: Sequence[Mapping[int, int]]
    lines: Mapping[Outcome, tuple[Line, ...]] = field(default_factory=dict)


def screen(actor: Actor, target: Target, house: HouseRules, question: Question) -> Answer:
    """Raises `NoSnapshot`, and for an extra condition `CannotParse`, `CannotScreen`."""
    with verdicts(target, house) as found:
        places = _asked(actor, found, question)
        groups = _groups(found.connection)
        lines = {
            group: _with_days(found, _lines(found.connection, group, places, question.paging, groups[group]))
            for group in _wanted(groups, question)
        }
        counts = _counts(found.connection, places)
        return Answer(found.snapshot, found.rules, sum(groups.values()), groups, counts, lines)


def keys_of(actor: Actor, target: Target, house: HouseRules, question: Question, most: int) -> list[UUID]:
    """The people of the group that is asked for, or of all, in the order of the page; at most so many."""
    with verdicts(target, house) as found:
        _asked(actor, found, question)
        group = question.paging.group
        where = f"WHERE total = {GROUPS[group]}" if group else ""
        rows = found.connection.execute(f"SELECT {SUBJECT} FROM asked {where} ORDER BY {_ORDER} LIMIT {most}")
        return [row[0] for row in rows.fetchall()]


_PLACE = f"list_position({list(GROUPS.values())}, total)"
_ORDER = f"{_PLACE}, earliest NULLS LAST, waiting, {SUBJECT}"


def _asked(actor: Actor, found: Verdicts, question: Question) -> int:
    """Make the table `asked` of those in scope: masks, outcome of all, day, number of open conditions. Gives how many
    conditions there are with the extras."""
    source = with_extras(found, question.extras, question.narrowed)
    places = len(found.rules) + len(question.extras)
    binding = {place for place, rule in enumerate(found.rules) if _binds(rule, question)}
    binding.update(range(len(found.rules), places))
    mine = sum(1 << place for place in binding)
    within = clause(actor, question.scope, found.snapshot)
    masks = ", ".join(f"m{code}" for code in SHOWN)
    judged = (
        f"SELECT {SUBJECT}, {masks}, {_total(mine)} AS total, {_earliest(mine, binding & source.dated)} AS earliest"
        f" FROM {source.table} WHERE {within.text}{source.kept}"
    )
    found.connection.execute(
        f"CREATE TEMP TABLE asked AS SELECT *, {_waiting(mine)} AS waiting FROM ({judged})", within.values
    )
    return places


def _binds(rule: Rule, question: Question) -> bool:
    return rule.text.on_fail is OnFail.BLOCK and rule.id not in question.left_out


def _any(mine: int, *codes: int) -> str:
    return f"(({' | '.join(f'm{code}' for code in codes)}) & {mine}::HUGEINT) <> 0"


def _total(mine: int) -> str:
    """The worst of them; nothing that applies is nothing that stands in the way."""
    return (
        f"CASE WHEN {_any(mine, NOT_MET)} THEN {NOT_MET} WHEN {_any(mine, UNKNOWN)} THEN {UNKNOWN}"
        f" WHEN {_any(mine, *WAITING)} THEN {NEEDS_PERSON} ELSE {MET} END"
    )


def _waiting(mine: int) -> str:
    """How many conditions are what the whole is."""
    counted = {NOT_MET: f"m{NOT_MET}", UNKNOWN: f"m{UNKNOWN}", NEEDS_PERSON: " | ".join(f"m{code}" for code in WAITING)}
    cases = " ".join(f"WHEN {code} THEN bit_count(({masks}) & {mine}::HUGEINT)" for code, masks in counted.items())
    return f"CASE total {cases} ELSE 0 END"


def _earliest(mine: int, dated: Set[int]) -> str:
    """The last of the days of those that fail, if each has one."""
    days = ", ".join(f"d{place}" for place in sorted(dated))
    return f"CASE WHEN (timeless & {mine}::HUGEINT) = 0 THEN greatest({days}) END" if days else "NULL::DATE"


def _groups(connection: DuckDBPyConnection) -> dict[Outcome, int]:
    found = dict(connection.execute("SELECT total, count(*) FROM asked GROUP BY total").fetchall())
    return {group: found.get(code, 0) for group, code in GROUPS.items()}


def _wanted(groups: Mapping[Outcome, int], question: Question) -> list[Outcome]:
    group = question.paging.group
    return [each for each, count in groups.items() if count and group in (None, each)]


def _lines(connection: DuckDBPyConnection, group: Outcome, places: int, paging: Paging, count: int) -> tuple[Line, ...]:
    masks = ", ".join(f"m{code}" for code in SHOWN)
    rows = connection.execute(
        f"SELECT {SUBJECT}, earliest, waiting, {masks} FROM asked WHERE total = {GROUPS[group]}"
        f" ORDER BY {_ORDER} LIMIT {paging.size} OFFSET {paging.start(count)}"
    ).fetchall()
    return tuple(Line(key, group, earliest, waiting, _codes(found, places)) for key, earliest, waiting, *found in rows)


def _with_days(found: Verdicts, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    places, keys = sorted(found.dated), [str(line.cadre) for line in lines if NOT_MET in line.codes]
    if not places or not keys:
        return lines
    listed = ", ".join(f"d{place}" for place in places)
    text = f"SELECT {SUBJECT}, {listed} FROM {VERDICT} WHERE {SUBJECT} IN (SELECT unnest(?::UUID[]))"
    days = {
        key: {place: day for place, day in zip(places, told, strict=True) if day}
        for key, *told in found.connection.execute(text, [keys]).fetchall()
    }
    return tuple(replace(line, days=days.get(line.cadre, {})) for line in lines)


def _codes(masks: Sequence[int], places: int) -> tuple[int, ...]:
    codes = [NOT_APPLICABLE] * places
    for code, each in zip(SHOWN, masks, strict=True):
        for place in range(places):
            if each >> place & 1:
                codes[place] = code
    return tuple(codes)


def _counts(connection: DuckDBPyConnection, places: int) -> list[dict[int, int]]:
    """People alike are counted together: their masks are few."""
    counts = [dict.fromkeys(SHOWN, 0) for _ in range(places)]
    for code in SHOWN:
        for mask, count in connection.execute(f"SELECT m{code}, count(*) FROM asked GROUP BY m{code}").fetchall():
            for place in range(places):
                counts[place][code] += count * (mask >> place & 1)
    return counts
