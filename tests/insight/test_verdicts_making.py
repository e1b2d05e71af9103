"""Verdicts of many people are worked out beside the page that asks: how far, and what stands meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import duckdb
import pytest
from django.db import connection, transaction
from pytest_django import Settings

from quanheng.accounts.choices import ManagementCategory
from quanheng.census import house as census
from quanheng.census.failures import NoSnapshot
from quanheng.census.snapshot import refresh
from quanheng.insight import verdicts, verdicts_making
from quanheng.insight.screening import Answer, Question, screen
from quanheng.insight.targets import pool_target, tier_target
from quanheng.insight.verdicts import await_verdicts
from quanheng.insight.verdicts_making import NotYetJudged, begin, note_part, part_of, wait_for_all
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import Actor, Grant, Purpose, Role
from quanheng.ledger.models import ChangeMark
from quanheng.ledger.transactions import current_transaction
from quanheng.organization.choices import PostTier
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
YOUNG = pool_target("young")


@pytest.fixture(autouse=True)
def many(cast: Cast, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two people are many here."""
    settings.CENSUS_FOLDER = tmp_path
    monkeypatch.setattr(verdicts, "FEW", 1)
    fill(cast.chen_file, AT)
    yield
    wait_for_all()


def published(at: datetime = AT, on: date = ON) -> int:
    return refresh(census.folder(), census.recipe_on(on), at=at, on=on).snapshot.number


def asked(on: date = ON) -> Answer:
    granted = Grant("", frozenset(ManagementCategory.values), frozenset({Purpose.SELECTION}))
    actor = Actor(key=UUID(int=7), name="温若水", roles=frozenset({Role.LEADER}), grants=(granted,))
    return screen(actor, YOUNG, rulebook_in_force(on), Question())


def awaited(on: date = ON) -> dict[str, object]:
    """What the page is told."""
    with pytest.raises(NotYetJudged) as told:
        await_verdicts(YOUNG, rulebook_in_force(on))
    return {"code": told.value.code, **told.value.facts}


def made() -> list[int]:
    return sorted(int(file.name.split("-")[1]) for file in census.folder().glob("verdicts-*.duckdb"))


def test_who_asks_first_is_told_and_the_next_one_is_answered() -> None:
    published()
    assert awaited() == {"code": "in-the-making", "cadres": 2, "part": None}
    wait_for_all()
    assert made() == [1]
    await_verdicts(YOUNG, rulebook_in_force(ON))
    assert asked().snapshot.number == 1


def test_few_people_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "FEW", 2)
    published()
    await_verdicts(YOUNG, rulebook_in_force(ON))
    assert made() == []
    assert asked().total == 2
    assert made() == [1]


def test_before_the_first_snapshot_nothing_is_begun() -> None:
    with pytest.raises(NoSnapshot):
        await_verdicts(YOUNG, rulebook_in_force(ON))


def test_another_day_is_made_beside_too() -> None:
    published()
    day = ON + timedelta(days=400)
    assert awaited(day)["code"] == "in-the-making"
    wait_for_all()
    assert len(list(census.folder().glob("facts-*.duckdb"))) == 1
    await_verdicts(YOUNG, rulebook_in_force(day))
    assert asked(day).snapshot.read_on == day


class TestASnapshotAfter:
    @pytest.fixture(autouse=True)
    def published_twice(self, cast: Cast) -> None:
        published()
        awaited()
        wait_for_all()
        with transaction.atomic():
            ChangeMark.objects.create(cadre=cast.chen_file.pk, transaction=current_transaction(connection))
        assert published(AT + timedelta(minutes=1)) == 2

    def test_what_was_made_before_stands_until_the_worker_has_made_it_anew(self) -> None:
        await_verdicts(YOUNG, rulebook_in_force(ON))
        assert (asked().snapshot.number, made()) == (1, [1])
        verdicts.prepare(rulebook_in_force(ON))
        assert made() == [1, 2]
        assert asked().snapshot.number == 2

    def test_who_has_left_the_scope_since_is_out_all_the_same(self, cast: Cast) -> None:
        assert asked().total == 2
        cast.chen_file.status = "retired"
        cast.chen_file.save()
        assert (asked().snapshot.number, asked().total) == (1, 1)

    def test_on_another_day_nothing_of_the_first_is_used(self) -> None:
        assert awaited(ON + timedelta(days=1))["code"] == "in-the-making"

    def test_nor_is_that_of_another_target(self) -> None:
        with pytest.raises(NotYetJudged):
            await_verdicts(tier_target(PostTier.COUNTY_DEPUTY), rulebook_in_force(ON))


class TestTheThread:
    def test_one_file_is_made_once_at_a_time(self, tmp_path: Path) -> None:
        go, count = threading.Event(), list[int]()

        def make() -> None:
            count.append(1)
            go.wait(10)

        file = tmp_path / "verdicts-00000001-x.duckdb"
        begin(file, make)
        begin(file, make)
        go.set()
        wait_for_all()
        assert count == [1]
        begin(file, make)
        wait_for_all()
        assert count == [1, 1]

    def test_a_process_works_at_a_few_at_a_time(self, tmp_path: Path) -> None:
        go, made = threading.Event(), list[str]()

        def make(name: str) -> None:
            go.wait(10)
            made.append(name)

        for name in "abc":
            begin(tmp_path / name, partial(make, name))
        go.set()
        wait_for_all()
        assert sorted(made) == ["a", "b"]
        begin(tmp_path / "c", partial(make, "c"))
        wait_for_all()
        assert sorted(made) == ["a", "b", "c"]

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_a_mistake_of_the_program_does_not_begin_it_anew_each_second(self, tmp_path: Path) -> None:
        def fail() -> None:
            raise KeyError

        begin(tmp_path / "a", fail)
        wait_for_all()
        with pytest.raises(NotYetJudged) as told:
            begin(tmp_path / "a", fail)
        assert told.value.code == "failed"

    def test_a_failure_is_told_once_and_then_it_begins_anew(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise duckdb.OutOfMemoryException("of Chen")

        file = tmp_path / "verdicts-00000001-x.duckdb"
        begin(file, fail)
        wait_for_all()
        with pytest.raises(NotYetJudged) as told:
            begin(file, fail)
        assert told.value.code == "failed"
        assert [each.message for each in caplog.records] == ["verdicts: OutOfMemoryException"]
        count = list[int]()
        begin(file, lambda: count.append(1))
        wait_for_all()
        assert count == [1]


def test_how_far_it_is_is_told_of_that_file_alone(tmp_path: Path) -> None:
    file, other = tmp_path / "verdicts-00000001-x.duckdb", tmp_path / "verdicts-00000001-y.duckdb"
    assert part_of(file) is None
    with note_part(file) as tell:
        tell(0.25)
        assert (part_of(file), part_of(other)) == (0.25, None)
        with note_part(other) as tell_other:
            tell_other(0)
            assert (part_of(file), part_of(other)) == (None, 0)
            assert [each.name for each in tmp_path.iterdir()] == [verdicts_making.NOTE]


def test_the_end_of_one_leaves_the_note_of_another(tmp_path: Path) -> None:
    file, other = tmp_path / "verdicts-00000001-x.duckdb", tmp_path / "verdicts-00000001-y.duckdb"
    with note_part(other) as tell_other:
        with note_part(file) as tell:
            tell(0.5)
            tell_other(0.75)
        assert part_of(other) == 0.75
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_noted_of_what_broke_off(tmp_path: Path) -> None:
    def break_off() -> None:
        with note_part(tmp_path / "x.duckdb") as tell:
            tell(0.5)
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert list(tmp_path.iterdir()) == []


def test_a_note_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    with note_part(tmp_path / "gone" / "x.duckdb") as tell:
        tell(0.5)
        assert part_of(tmp_path / "gone" / "x.duckdb") is None


def test_of_a_torn_note_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / verdicts_making.NOTE).write_text("")
    assert part_of(tmp_path / "x.duckdb") is None


def test_it_grows_from_nothing_by_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    told = list[float]()
    monkeypatch.setattr("quanheng.insight.verdict_table.STRETCH", 1)
    monkeypatch.setattr(verdicts, "note_part", lambda file: nullcontext(told.append))
    published()
    awaited()
    wait_for_all()
    assert told == [0, 0, 0.4, 0.8, 0.9]
