"""What is due: by its rule, on its day, and gone when the cause is gone. In Python and over a snapshot alike."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from quanheng.census.house import folder, recipe_on
from quanheng.census.snapshot import refresh
from quanheng.demo.load import load_city
from quanheng.insight.due import AHEAD, BEHIND, Due, DueKind, due_of
from quanheng.insight.due_table import due_cursor
from quanheng.insight.situations import recorded_facts
from quanheng.instruments.local import HouseRules, rulebook_in_force
from quanheng.people.models import Cadre
from quanheng.rulebook.situation import FactValue, Record

AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
SOMEBODY = UUID("00000000-0000-7000-8000-000000000009")
DAY = timedelta(days=1)


@pytest.fixture
def house(db: None) -> HouseRules:
    return rulebook_in_force(ON)


def found(house: HouseRules, **facts: FactValue) -> list[Due]:
    return due_of(SOMEBODY, {name.replace("__", "."): value for name, value in facts.items()}, house)


def of_kind(kind: DueKind, house: HouseRules, **facts: FactValue) -> list[date]:
    return [each.on for each in found(house, **facts) if each.kind is kind]


def records(**fields: FactValue) -> tuple[Record, ...]:
    return (Record("one", fields),)  # type: ignore[arg-type]


def test_nothing_is_due_of_whom_nothing_is_known(house: HouseRules) -> None:
    assert found(house) == []


def test_retirement_is_told_a_year_before(house: HouseRules) -> None:
    """Born in January 1966: a month later for every four after 1965, so at sixty and four months (2024 decision)."""
    facts: dict[str, FactValue] = {"person__birth": date(1966, 1, 1), "person__retirement_class": "male"}
    (due,) = [each for each in found(house, **facts) if each.kind is DueKind.RETIREMENT]
    assert due.on.year == 2026
    assert of_kind(DueKind.RETIREMENT, house, **{**facts, "person__is_retired": True}) == []
    assert of_kind(DueKind.RETIREMENT, house, **{**facts, "person__birth": date(1969, 1, 1)}) == []


def test_a_probation_is_due_until_it_is_closed(house: HouseRules) -> None:
    assert of_kind(DueKind.PROBATION, house, probations=records(start=date(2025, 12, 20))) == [date(2026, 12, 20)]
    assert of_kind(DueKind.PROBATION, house, probations=records(start=date(2025, 10, 1))) == [date(2026, 10, 1)]
    closed = records(start=date(2025, 10, 1), closed=date(2026, 10, 9))
    assert of_kind(DueKind.PROBATION, house, probations=closed) == []
    assert of_kind(DueKind.PROBATION, house, probations=records(start=date(2026, 6, 1))) == []  # in seven months


def test_years_for_a_rank_are_told_before_and_after_they_are_full(house: HouseRules) -> None:
    def reached(start: date) -> list[date]:
        held = records(start=start, rank="一级主任科员")
        return of_kind(DueKind.RANK, house, ranks=held, grades=(), posts=())

    assert reached(date(2025, 1, 10)) == [date(2027, 1, 10)]
    assert reached(date(2024, 11, 1)) == [date(2026, 11, 1)]
    assert reached(ON.replace(year=2024) + AHEAD[DueKind.RANK] + DAY) == []
    assert reached(ON.replace(year=2024) - BEHIND[DueKind.RANK] - DAY) == []


def test_who_holds_the_rank_or_one_above_has_it_not_to_come(house: HouseRules) -> None:
    """The years of a post are full as well, whatever the rank that is held beside it."""
    post = records(start=date(2023, 12, 1), level="县处级正职")

    def told(rank: str, end: date | None = None) -> list[str]:
        ran = {"end": end} if end else {}
        held = records(start=date(2024, 6, 1), rank=rank, **ran)
        asked = found(house, ranks=held, posts=post, grades=())
        return [each.item for each in asked if each.kind is DueKind.RANK]

    assert "rank:counsel_1" in told("三级调研员")
    assert "rank:counsel_1" not in told("一级调研员")
    assert "rank:counsel_1" not in told("二级巡视员")
    assert "rank:counsel_1" in told("一级调研员", end=ON)
    assert "rank:counsel_1" not in told("一级调研员", end=ON + DAY)


def test_the_end_of_an_effect_is_told(house: HouseRules) -> None:
    def ends(effective: date) -> list[date]:
        held = records(system="党纪", kind="警告", effective=effective)
        return of_kind(DueKind.SANCTION, house, sanctions=held)

    assert ends(date(2025, 12, 1)) == [date(2026, 12, 1)]
    assert ends(date(2025, 11, 1)) == [date(2026, 11, 1)]
    assert ends(date(2025, 10, 1)) == []
    assert ends(date(2026, 11, 1)) == []


def test_ten_years_in_a_post_of_a_leading_member(house: HouseRules) -> None:
    def due(start: date, *, is_leading: bool = True) -> list[date]:
        held = records(start=start, post="甲县县长", unit="甲县", is_leading_member=is_leading)
        return of_kind(DueKind.EXCHANGE, house, posts=held)

    assert due(date(2017, 3, 1)) == [date(2027, 3, 1)]
    assert due(date(2015, 3, 1)) == [date(2025, 3, 1)]
    assert due(date(2018, 3, 1)) == due(date(2017, 3, 1), is_leading=False) == []


def test_hours_short_are_due_at_the_end_of_the_year(house: HouseRules) -> None:
    post = records(start=date(2015, 3, 1), level="县处级副职")
    years = tuple(Record(str(year), {"year": year, "hours": 90}) for year in range(2020, 2027))
    assert of_kind(DueKind.TRAINING, house, posts=post, training_years=years) == [date(2026, 12, 31)]
    enough = tuple(Record(str(year), {"year": year, "hours": 110}) for year in range(2020, 2027))
    assert of_kind(DueKind.TRAINING, house, posts=post, training_years=enough) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_snapshot_tells_the_same_of_everybody(tmp_path: Path, settings: Settings) -> None:
    settings.CENSUS_FOLDER = tmp_path
    load_city(cadres=200, seed=12, at=AT)
    house = rulebook_in_force(ON)
    refresh(folder(), recipe_on(ON), at=AT, on=ON)
    people = recorded_facts(Cadre.objects.values_list("pk", flat=True))
    wanted = {each for cadre, facts in people.items() for each in due_of(cadre, facts, house)}
    with due_cursor(house) as (cursor, snapshot):
        rows = cursor.execute("SELECT due_on, kind, rule, item, subject FROM due").fetchall()
    told = {Due(on, DueKind(kind), rule, item, subject) for on, kind, rule, item, subject in rows}
    assert snapshot.cadres == len(people)
    assert len(rows) == len(told)
    assert told == wanted
    assert {each.kind for each in told} >= {DueKind.RETIREMENT, DueKind.RANK, DueKind.EXCHANGE}
