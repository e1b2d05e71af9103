"""Readers open another file once it is current, and each process its own."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from quanheng.census.failures import NoSnapshot
from quanheng.census.publish import publish
from quanheng.census.reading import TRIES, Reader, Snapshot, connect, describe, open_current
from quanheng.census.snapshot import Recipe, write_description
from quanheng.census.tables import as_recorded, create, records, running, singles, tables
from quanheng.ledger.marks import Watermark
from quanheng.rulebook.vocabulary import Scope, World

AT, ON = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC), date(2026, 11, 20)
MARK = Watermark("sqlite", 2**64 - 1, 4, "ab")
TOLD = Snapshot(1, AT, date(2026, 11, 20), 2, "cd", MARK)


@pytest.fixture
def empty(folder: Path, recipe: Recipe) -> Path:
    def build(file: Path, number: int) -> None:
        with duckdb.connect(str(file)) as target:
            create(target, recipe.vocabulary)
            write_description(target, replace(TOLD, number=number))

    publish(folder, build)
    publish(folder, build)
    return folder


def test_a_file_describes_itself(empty: Path) -> None:
    with Reader(empty).cursor() as (cursor, snapshot):
        assert snapshot == replace(TOLD, number=2) == describe(cursor)


def copy_of(other: Path) -> Callable[[Path, int], None]:
    def build(file: Path, number: int) -> None:
        shutil.copyfile(other, file)

    return build


def test_a_reader_follows_the_pointer(empty: Path) -> None:
    reader = Reader(empty)
    with reader.cursor() as (old, first):
        publish(empty, copy_of(empty / "current"))
        with reader.cursor() as (_, second):
            assert (first.number, reader._opened and reader._opened.file.name) == (2, "snap-00000003.duckdb")
            assert second == first  # the content is the same
        assert old.execute("SELECT count(*) FROM person").fetchall() == [(0,)]


def test_a_reader_opens_a_file_once(empty: Path) -> None:
    reader = Reader(empty)
    with reader.cursor(), reader.cursor():
        opened = reader._opened
    with reader.cursor():
        assert reader._opened is opened


def test_a_reader_cannot_write_nor_reach_other_files(empty: Path) -> None:
    with Reader(empty).cursor() as (cursor, _):
        with pytest.raises(duckdb.InvalidInputException):
            cursor.execute("CREATE TABLE mine (i INT)")
        with pytest.raises(duckdb.PermissionException):
            cursor.execute("SELECT * FROM read_csv('/etc/hostname')")


def test_a_forked_process_opens_its_own(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(empty)
    with reader.cursor():
        opened = reader._opened
    process = os.getpid()
    monkeypatch.setattr("quanheng.census.reading.os.getpid", lambda: process + 1)
    with reader.cursor():
        assert reader._opened is not opened


def test_a_published_file_is_open_to_many(empty: Path) -> None:
    with connect(empty / "current") as one, connect(empty / "snap-00000001.duckdb") as two:
        assert one.execute("SELECT number FROM snapshot").fetchall() == [(2,)]
        assert two.execute("SELECT number FROM snapshot").fetchall() == [(1,)]


def test_every_fact_about_a_person_has_its_place(recipe: Recipe) -> None:
    made = {table.name: set(table.columns) for table in tables(recipe.vocabulary)}
    people = [fact for fact in recipe.vocabulary if fact.scope is Scope.PERSON]
    for fact in people:
        if fact.is_records:
            assert made[fact.name] == {"subject", "record", *fact.fields}
        else:
            assert fact.name.replace(".", "_") in made["person"]
    assert len(people) == len(singles(recipe.vocabulary)) + len(records(recipe.vocabulary))
    assert {"subject", "home_unit", "management_category", "status"} <= made["person"]


def test_no_field_has_the_name_of_a_column_of_every_table(recipe: Recipe) -> None:
    taken = {"subject", "record"}
    assert [fact.name for fact in records(recipe.vocabulary) if taken & set(fact.fields)] == []


def test_where_nothing_is_recorded_no_record_says_nothing(recipe: Recipe) -> None:
    closed = {fact.name for fact in recipe.vocabulary if fact.world is World.CLOSED}
    asked = as_recorded(recipe.vocabulary, frozenset({"sanctions"}))
    still = {fact.name for fact in asked if fact.world is World.CLOSED}
    assert {"sanctions", "waivers"} <= closed
    assert "sanctions" in still
    assert "waivers" not in still
    assert {fact.scope for fact in asked if fact.world is World.CLOSED and fact.name != "sanctions"} <= {
        Scope.TARGET,
        Scope.CASE,
    }
    assert asked.codes == recipe.vocabulary.codes


class TestAFileThatGoesMeanwhile:
    def opened(self, folder: Path, files: list[Path | None]) -> str:
        """Each look gives the next file; one that is not there cannot be opened."""
        left = iter(files)
        return open_current(folder, lambda: next(left), lambda file: file.read_text())

    def test_the_next_current_one_is_taken(self, tmp_path: Path) -> None:
        (tmp_path / "second").write_text("found")
        assert self.opened(tmp_path, [tmp_path / "first", tmp_path / "second"]) == "found"

    def test_after_some_tries_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(NoSnapshot) as refused:
            self.opened(tmp_path, [tmp_path / "first"] * TRIES)
        assert refused.value.facts == {"folder": str(tmp_path)}

    def test_nothing_was_published(self, tmp_path: Path) -> None:
        with pytest.raises(NoSnapshot):
            self.opened(tmp_path, [None])

    def test_one_that_is_there_and_cannot_be_read_is_an_error(self, tmp_path: Path) -> None:
        torn = tmp_path / "torn"
        torn.write_text("no database at all")
        with pytest.raises(duckdb.IOException):
            open_current(tmp_path, lambda: torn, connect)

    def test_one_made_from_it_goes_and_it_is_asked_again(self, tmp_path: Path) -> None:
        snapshot, asked = tmp_path / "snapshot", []
        snapshot.touch()

        def opener(file: Path) -> int:
            asked.append(file)
            if len(asked) < TRIES:
                connect(tmp_path / "facts")
            return len(asked)

        assert open_current(tmp_path, lambda: snapshot, opener) == TRIES

    def test_one_made_from_it_that_goes_each_time_is_an_error(self, tmp_path: Path) -> None:
        snapshot, asked = tmp_path / "snapshot", []
        snapshot.touch()

        def opener(file: Path) -> None:
            asked.append(file)
            connect(tmp_path / "facts")

        with pytest.raises(FileNotFoundError):
            open_current(tmp_path, lambda: snapshot, opener)
        assert asked == [snapshot] * TRIES


@pytest.mark.parametrize(
    ("start", "end", "is_told"),
    [
        (ON, None, True),
        (ON, ON + timedelta(days=1), True),
        (ON, ON, False),  # the day on which it ends is no longer in it
        (ON + timedelta(days=1), None, False),
        (None, None, None),
    ],
)
def test_what_runs_on_a_day(start: date | None, end: date | None, is_told: bool | None) -> None:
    connection = duckdb.connect()
    told = connection.execute(
        f"SELECT {running('closed')} FROM (SELECT ?::date AS start, ?::date AS closed)",  # noqa: S608
        [ON, ON, start, end],
    )
    assert told.fetchall() == [(is_told,)]
