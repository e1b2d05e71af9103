"""Due items as a day's work: groups by when, lots by rule. Over a table made by hand."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

import duckdb
import pytest

from quanheng.insight.due import AHEAD, BEHIND, DAYS_AHEAD, DAYS_BEHIND, Due, DueKind
from quanheng.insight.due_groups import Choice, When, count, end_of_next_week, lots, rows, when_of
from quanheng.insight.due_queries import DueItems
from quanheng.insight.due_sql import COLUMNS

ON = date(2026, 11, 20)  # a Friday
ENDS = date(2026, 11, 29)  # the Sunday of the week after


def due(day: date, kind: DueKind = DueKind.PROBATION, subject: int = 1, rule: str = "R", item: str = "") -> Due:
    return Due(day, kind, rule, item, UUID(int=subject))


@pytest.fixture
def items() -> Iterator[DueItems]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE mine ({', '.join(f'{name} {type}' for name, type in COLUMNS.items())})")
        yield DueItems(connection, cast(Any, None))


def given(items: DueItems, *dues: Due) -> None:
    for each in dues:
        row = [each.on, each.kind.value, each.rule, each.item, str(each.subject)]
        items.connection.execute("INSERT INTO mine VALUES (?, ?, ?, ?, ?)", row)


@pytest.mark.parametrize(
    ("on", "end"),
    [
        (date(2026, 11, 16), date(2026, 11, 29)),  # Monday
        (ON, date(2026, 11, 29)),
        (date(2026, 11, 22), date(2026, 11, 29)),  # Sunday
        (date(2026, 11, 23), date(2026, 12, 6)),
    ],
)
def test_next_week_ends_on_its_sunday(on: date, end: date) -> None:
    assert end_of_next_week(on) == end


BOUNDARIES = [
    (due(ON - timedelta(days=1)), When.OVERDUE),
    (due(ON - timedelta(days=1), DueKind.RANK), When.HAPPENED),
    (due(ON - timedelta(days=1), DueKind.SANCTION), When.HAPPENED),
    (due(ON), When.TODAY),
    (due(ON, DueKind.RANK), When.TODAY),
    (due(ON + timedelta(days=1)), When.NEXT),
    (due(ENDS), When.NEXT),
    (due(ENDS + timedelta(days=1)), When.LATER),
]


@pytest.mark.parametrize(("each", "when"), BOUNDARIES)
def test_when_is_the_same_in_python_and_over_the_table(items: DueItems, each: Due, when: When) -> None:
    assert when_of(each, ON) is when
    given(items, each)
    assert [(lot.when, lot.items, lot.heads) for lot in lots(items, ON, Choice())] == [(when, 1, (each,))]
    assert count(items, ON, Choice(when=when)) == 1
    assert sum(count(items, ON, Choice(when=other)) for other in When if other is not when) == 0


def test_lots_count_items_and_people_and_name_the_first(items: DueItems) -> None:
    days = [ON + timedelta(days=40 + n) for n in range(4)]
    dues = [due(day, subject=n) for n, day in enumerate(days)]
    given(items, *reversed(dues), due(days[3], subject=3, item="another post"))
    (lot,) = lots(items, ON, Choice())
    assert (lot.items, lot.people, lot.first, lot.last) == (5, 4, days[0], days[3])
    assert lot.heads == tuple(dues[:3])


def test_groups_come_by_when_and_lots_by_their_first_day(items: DueItems) -> None:
    given(
        items,
        due(ENDS + timedelta(days=5), rule="B"),
        due(ENDS + timedelta(days=4), rule="C"),
        due(ON - timedelta(days=9), DueKind.RANK, rule="D"),
        due(ON - timedelta(days=9), rule="A"),
        due(ON, rule="C"),
    )
    found = [(lot.when, lot.rule) for lot in lots(items, ON, Choice())]
    assert found == [
        (When.OVERDUE, "A"),
        (When.TODAY, "C"),
        (When.LATER, "C"),
        (When.LATER, "B"),
        (When.HAPPENED, "D"),
    ]


def test_rows_are_chosen_by_kind_rule_group_and_days_and_paged(items: DueItems) -> None:
    one, two = due(ON, rule="A", subject=1), due(ON, rule="A", subject=2)
    other, past = due(ON, DueKind.TERM, rule="B"), due(ON - timedelta(days=1), rule="A")
    given(items, two, other, past, one)
    assert rows(items, ON, Choice(), limit=9) == [past, one, two, other]
    assert rows(items, ON, Choice(), limit=2, start=1) == [one, two]
    assert rows(items, ON, Choice(kind=DueKind.TERM), limit=9) == [other]
    assert rows(items, ON, Choice(rule="A", when=When.TODAY), limit=9) == [one, two]
    assert rows(items, ON, Choice(first=ON - timedelta(days=2), last=ON - timedelta(days=1)), limit=9) == [past]
    assert count(items, ON, Choice(rule="A")) == 3


def test_lots_of_a_choice(items: DueItems) -> None:
    given(items, due(ON), due(ON + timedelta(days=3)), due(ON + timedelta(days=4)))
    (lot,) = lots(items, ON, Choice(first=ON + timedelta(days=1), last=ON + timedelta(days=3)))
    assert (lot.when, lot.items, lot.first) == (When.NEXT, 1, ON + timedelta(days=3))


def test_each_kind_has_its_days() -> None:
    assert set(DAYS_AHEAD) == set(DueKind)
    assert {kind: AHEAD[kind].days for kind in DueKind} == DAYS_AHEAD
    assert {kind: days.days for kind, days in BEHIND.items()} == DAYS_BEHIND
