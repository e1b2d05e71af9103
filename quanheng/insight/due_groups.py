# ruff: noqa: S608  names are constants, values go apart
"""What is due, as a day's work: in groups by when, within them by rule. Read from the items of one actor.

What merely happened (`BEHIND`) is never overdue: nobody has missed anything; it is told for a while, without a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from quanheng.insight.due import BEHIND, Due, DueKind, Shape, watches
from quanheng.insight.due_queries import LAST, NAMES, DueItems

SUNDAY = 6
HEAD = 3  # people of a lot that are named


class When(StrEnum):
    OVERDUE = "overdue"
    TODAY = "today"
    NEXT = "next"  # up to the end of next week
    LATER = "later"
    HAPPENED = "happened"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which items; `first` and `last` are both included."""

    kind: DueKind | None = None
    rule: str = ""
    when: When | None = None
    first: date = date.min
    last: date = LAST


@dataclass(frozen=True, slots=True)
class Lot:
    """The items of one rule within a group. `heads`: the first of them."""

    when: When
    kind: DueKind
    rule: str
    items: int
    people: int
    first: date
    last: date
    heads: tuple[Due, ...]
    others: frozenset[str] = frozenset()  # of lots put together: all their rules, `rule` being none

    @property
    def rules(self) -> frozenset[str]:
        return self.others or frozenset({self.rule})


def end_of_next_week(on: date) -> date:
    """Its Sunday."""
    return on + timedelta(days=SUNDAY - on.weekday() + 7)


def when_of(due: Due, on: date) -> When:
    if due.on < on:
        return When.HAPPENED if due.kind in BEHIND else When.OVERDUE
    if due.on == on:
        return When.TODAY
    return When.NEXT if due.on <= end_of_next_week(on) else When.LATER


def lots(items: DueItems, on: date, choice: Choice) -> list[Lot]:
    """In the order of the groups and then of their days."""
    where, values = _where(choice, on)
    told = f"count(*), {_PEOPLE}, min(due_on), max(due_on)"
    heads = f"min(struct_pack(due_on := due_on, item := item, subject := subject), {HEAD})"
    select = f"SELECT {_PLACED}, kind, rule, {told}, {heads} FROM mine WHERE {where}"
    text = f"{select} GROUP BY 1, kind, rule ORDER BY 6, kind, rule"
    found = [_lot(row) for row in items.connection.execute(text, [*_days(on), *values]).fetchall()]
    return sorted(found, key=lambda lot: list(When).index(lot.when))


def _lot(row: tuple[Any, ...]) -> Lot:
    when, word, rule, count, people, first, last, heads = row
    kind = DueKind(word)
    dues = tuple(Due(head["due_on"], kind, rule, head["item"], head["subject"]) for head in heads)
    return Lot(When(when), kind, rule, count, people, first, last, dues)


def count(items: DueItems, on: date, choice: Choice) -> int:
    where, values = _where(choice, on)
    row = items.connection.execute(f"SELECT count(*) FROM mine WHERE {where}", values).fetchone()
    assert row is not None
    return int(row[0])


def rows(items: DueItems, on: date, choice: Choice, *, limit: int, start: int = 0) -> list[Due]:
    """The earliest first."""
    where, values = _where(choice, on)
    text = f"SELECT {NAMES} FROM mine WHERE {where} ORDER BY {NAMES} LIMIT ? OFFSET ?"
    return [_due(row) for row in items.connection.execute(text, [*values, limit, start]).fetchall()]


_HAPPENS = "kind IN ({})".format(", ".join(f"'{kind.value}'" for kind in BEHIND))
# Of a rule with items somebody may have several; of any other each item is another person, and counting is cheap.
_HAS_ITEMS = "kind IN ({})".format(", ".join(f"'{watch.kind}'" for watch in watches() if watch.shape is Shape.LAPSES))
_PEOPLE = f"CASE WHEN {_HAS_ITEMS} THEN count(DISTINCT subject) FILTER (WHERE {_HAS_ITEMS}) ELSE count(*) END"
_PLACED = (
    f"CASE WHEN due_on < ?::DATE AND {_HAPPENS} THEN '{When.HAPPENED}' WHEN due_on < ?::DATE THEN '{When.OVERDUE}'"
    f" WHEN due_on = ?::DATE THEN '{When.TODAY}' WHEN due_on <= ?::DATE THEN '{When.NEXT}' ELSE '{When.LATER}' END"
)


def _days(on: date) -> list[date]:
    return [on, on, on, end_of_next_week(on)]


def _where(choice: Choice, on: date) -> tuple[str, list[object]]:
    parts, values = ["due_on BETWEEN ? AND ?"], [choice.first, choice.last]
    found: list[object] = [*values]
    for text, value in _narrowed(choice):
        parts.append(text)
        found.append(value)
    if choice.when:
        parts.append(f"{_PLACED} = ?")
        found += [*_days(on), choice.when.value]
    return " AND ".join(parts), found


def _narrowed(choice: Choice) -> Iterable[tuple[str, str]]:
    if choice.kind is not None:
        yield "kind = ?", choice.kind.value
    if choice.rule:
        yield "rule = ?", choice.rule


def _due(row: tuple[Any, ...]) -> Due:
    on, kind, rule, item, subject = row
    return Due(on, DueKind(kind), rule, item, subject)
