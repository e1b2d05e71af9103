"""The part of the rulebook bench that builds a snapshot, on a city of some people."""

import json
from contextlib import ExitStack
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from benchmarks._rulebook_due import Asked
from benchmarks._rulebook_snapshot import Measured, Timed, read_measured, run
from benchmarks._rulebook_snapshot_goals import figures, lines, places
from quanheng.demo.load import load_city
from quanheng.ledger.models import EVERYONE, ChangeMark

AT = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
FOUND = Measured(
    cadres=100_000,
    built=Timed(6.0, 5.0),
    megabytes=300.0,
    file=66.0,
    marks=1000,
    refreshed=Timed(1.5, 0.8),
    due=Timed(7.0, 6.8),
    items=18_666,
    seen=18_000,
    office=1.0,
    made_up=Asked(200_000, 250.0, 32.0),
)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_city_is_built_refreshed_and_asked(tmp_path: Path, settings: Settings) -> None:
    settings.CENSUS_FOLDER = tmp_path  # put back afterwards: the run sets its own
    load_city(cadres=60, seed=11, at=AT)
    found = run(tmp_path, "lin", marks=7)
    assert (found.cadres, found.marks) == (60, 7)
    assert ChangeMark.objects.exclude(cadre=EVERYONE).count() >= 7
    assert 0 < found.seen <= found.items
    assert found.file > 0
    assert read_measured(json.dumps(asdict(found))) == found


def told(vendor: str, found: Measured) -> dict[str, tuple[float, bool]]:
    return {figure.name: (round(figure.measured, 2), figure.is_kept) for figure in figures(vendor, found)}


def test_what_grows_with_the_register_is_scaled_and_memory_is_not() -> None:
    assert told("postgresql", FOUND) == {
        "1,000,000 snapshot, scaled: built": (60.0, True),
        "100,000 snapshot: memory": (300.0, True),
        "1,000,000 snapshot, scaled: refreshed": (15.0, True),
        "1,000,000 due, scaled: everybody": (70.0, True),
        "100,000 due: one office, postgresql": (1.0, True),
        "200,000 items due: one office": (0.25, True),
    }
    slower = told("postgresql", replace(FOUND, built=Timed(6.01, 5.0), megabytes=301.0, office=1.01))
    assert [name for name, (_, is_kept) in slower.items() if not is_kept] == [
        "1,000,000 snapshot, scaled: built",
        "100,000 snapshot: memory",
        "100,000 due: one office, postgresql",
    ]


def test_a_million_is_not_scaled_and_aims_of_building_are_those_of_postgresql() -> None:
    whole = told("postgresql", replace(FOUND, cadres=1_000_000))
    assert whole["1,000,000 snapshot: built"] == (6.0, True)
    assert list(told("sqlite", FOUND)) == ["100,000 due: one office, sqlite", "200,000 items due: one office"]


def test_a_table_tells_each_part() -> None:
    told = list(lines("sqlite", FOUND))
    assert told[0] == "\nsnapshot of 100,000 cadres from sqlite; the CPU of a database server is not in it"
    assert [line.split()[-2:] for line in told[2:5]] == [["6.00", "5.00"], ["1.50", "0.80"], ["7.00", "6.80"]]
    assert told[5] == "due items of one office, 18,000 of 18,666: 1000 ms"
    assert told[6] == "300 MB of memory when built; 66 MB on disk"


def test_without_postgresql_there_is_one_place() -> None:
    with ExitStack() as stack:
        assert [place.vendor for place in places(stack, 60, no_postgres=True)] == ["sqlite"]
