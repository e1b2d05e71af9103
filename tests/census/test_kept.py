"""Files beside a snapshot: made once, kept while they are used, gone with their snapshot. No register is needed."""

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from quanheng.census.kept import beside, by_stretches, forget, forget_gone, kept
from quanheng.census.publish import number_of, publish


def snapshot(folder: Path) -> int:
    def build(file: Path, number: int) -> None:
        file.write_text(str(number))

    return number_of(publish(folder, build))


def write(text: str) -> Callable[[Path], None]:
    def build(file: Path) -> None:
        file.write_text(text)

    return build


def names(folder: Path, kind: str) -> list[str]:
    return sorted(file.name for file in folder.glob(f"{kind}-*"))


def test_it_is_made_once(folder: Path) -> None:
    number = snapshot(folder)
    first = kept(folder, number, "due", "a", write("first"), most=2)
    assert first.name == "due-00000001-a.duckdb"
    assert kept(folder, number, "due", "a", write("second"), most=2).read_text() == "first"
    assert kept(folder, number, "other", "a", write("of another kind"), most=2).read_text() == "of another kind"


def test_the_last_used_stay(folder: Path) -> None:
    number = snapshot(folder)
    for place, digest in enumerate("abc"):
        os.utime(kept(folder, number, "due", digest, write(digest), most=3), (place, place))
    kept(folder, number, "due", "a", write("not made again"), most=2)
    kept(folder, number, "due", "d", write("d"), most=2)
    assert names(folder, "due") == ["due-00000001-a.duckdb", "due-00000001-d.duckdb"]


def test_they_go_with_their_snapshot(folder: Path) -> None:
    number = snapshot(folder)
    kept(folder, number, "due", "a", write("a"), most=9)
    for _ in range(3):  # three snapshots are kept
        last = snapshot(folder)
    kept(folder, last, "due", "b", write("b"), most=9)
    assert names(folder, "due") == ["due-00000004-b.duckdb"]


def test_what_fails_leaves_nothing(folder: Path) -> None:
    number = snapshot(folder)

    def fail(file: Path) -> None:
        file.write_text("half")
        raise ValueError("in the midst")

    with pytest.raises(ValueError, match="in the midst"):
        kept(folder, number, "due", "a", fail, most=2)
    assert names(folder, "due") == []
    assert kept(folder, number, "due", "a", write("whole"), most=2).read_text() == "whole"
    forget(folder, "due", 0)
    assert names(folder, "due") == []


def test_whatever_was_made_of_a_snapshot_that_is_gone_goes(folder: Path) -> None:
    first = snapshot(folder)
    for kind in ("facts", "due"):
        kept(folder, first, kind, "2019-03-01-ab", write("1"), most=9)
    for _ in range(2):
        snapshot(folder)
    last = snapshot(folder)
    kept(folder, last, "facts", "2019-03-01-ab", write("4"), most=9)
    assert len(names(folder, "due")) == 1
    forget_gone(folder)
    assert [names(folder, kind) for kind in ("due", "facts", "snap")] == [
        [],
        [f"facts-{last:08}-2019-03-01-ab.duckdb"],
        [f"snap-{number:08}.duckdb" for number in range(2, 5)],
    ]


def made(file: Path) -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE person AS SELECT 1 AS subject")
    return file


def spills_of(source: Path) -> str:
    with beside(source) as connection:
        return str(connection.execute("SELECT current_setting('temp_directory')").fetchall()[0][0])


def test_what_memory_does_not_hold_stays_in_the_folder_apart_for_each(tmp_path: Path) -> None:
    first, second = spills_of(made(tmp_path / "snap.duckdb")), spills_of(tmp_path / "snap.duckdb")
    assert [Path(each).parent for each in (first, second)] == [tmp_path, tmp_path]
    assert first != second


def test_a_folder_may_have_a_quote_in_its_name(tmp_path: Path) -> None:
    (tmp_path / "o'brien").mkdir()
    with beside(made(tmp_path / "o'brien" / "snap.duckdb")) as connection:
        assert connection.execute("SELECT subject FROM person").fetchall() == [(1,)]


KEYS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(7)]


@pytest.mark.parametrize(
    ("most", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (6, [6, 1]), (7, [7]), (8, [7])], ids=lambda given: str(given)
)
def test_people_are_asked_in_stretches_of_whole_persons(tmp_path: Path, most: int, sizes: list[int]) -> None:
    with duckdb.connect(str(tmp_path / "snap.duckdb")) as made:
        made.execute("CREATE TABLE person AS SELECT unnest(?)::UUID AS subject", [KEYS[::-1]])
        made.execute("CREATE TABLE posts AS SELECT subject, unnest([1, 2]) AS number FROM person")
        made.execute("CREATE TABLE about AS SELECT 1 AS layout")
    with beside(tmp_path / "snap.duckdb") as connection:
        asked = "SELECT count(*), (SELECT count(*) FROM posts), (SELECT count(*) FROM about) FROM person"
        told = [(place, *connection.execute(asked).fetchall()[0]) for place in by_stretches(connection, most)]
        assert told == [(place, size, 2 * size, 1) for place, size in enumerate(sizes)]
        assert connection.execute(asked).fetchall() == [(7, 14, 1)]
