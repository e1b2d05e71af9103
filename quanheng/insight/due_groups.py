# ruff: noqa: S608  names are constants, values go apart
"""What is due, as a day's work: in groups by when, within them by rule. Read from the items of one actor.

What merely happened (`BEHIND`) is never overdue: nobody has missed anything; it is told for a while, without a day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from quanheng.insight.due import BEHIND, Due, DueKind
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
    heads = _heads(items, on, choice)
    where, values = _where(choice, on)
    told = "count(*), count(DISTINCT subject), min(due_on), max(due_on)"
    text = f"SELECT {_PLACED}, kind, rule, {told} FROM mine WHERE {where} GROUP BY ALL ORDER BY 6, kind, rule"
    rows = items.connection.execute(text, [*_days(on), *values]).fetchall()
    found = [
        Lot(When(when), DueKind(kind), rule, count, people, first, last, tuple(heads[when, kind, rule]))
        for when, kind, rule, count, people, first, last in rows
    ]
    return sorted(found, key=lambda lot: list(When).index(lot.when))


def _heads(items: DueItems, on: date, choice: Choice) -> dict[tuple[str, str, str], list[Due]]:
    where, values = _where(choice, on)
    text = (
        f"SELECT {_PLACED} AS place, {NAMES} FROM mine WHERE {where}"
        f" QUALIFY row_number() OVER (PARTITION BY place, kind, rule ORDER BY {NAMES}) <= {HEAD} ORDER BY {NAMES}"
    )
    found: dict[tuple[str, str, str], list[Due]] = {}
    for place, *row in items.connection.execute(text, [*_days(on), *values]).fetchall():
        due = _due(row)
        found.setdefault((place, due.kind.value, due.rule), []).append(due)
    return found


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


def _due(row: list[object] | tuple[object, ...]) -> Due:
    on, kind, rule, item, subject = row
    assert isinstance(on, date)
    assert isinstance(subject, UUID)
    return Due(on, DueKind(str(kind)), str(rule), str(item), subject)
