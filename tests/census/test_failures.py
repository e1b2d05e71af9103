"""What breaks a refresh off, and what cannot be read: said by kind and place, nothing left half-written."""

import errno
import os
import subprocess  # another process holds a file
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from django.db import InterfaceError, OperationalError, connection
from psycopg.errors import DiskFull

from quanheng.census import failures, publish, upkeep
from quanheng.census.extract import _Insert
from quanheng.census.failures import CannotRefresh, NoSnapshot, Trouble, name_of, reading, refreshing, trouble_of
from quanheng.census.kept import kept
from quanheng.census.reading import Reader
from quanheng.census.snapshot import Published, Recipe
from quanheng.people.models import Cadre
from tests.conftest import Cast
from tests.dossiers import fill
from tests.small_disk import files_no_larger_than

AT, ON = datetime(2026, 11, 20, 1, 0, tzinfo=UTC), date(2026, 11, 20)
MINUTE = timedelta(minutes=1)
Round = Callable[..., Published | None]


@pytest.fixture
def chen(cast: Cast) -> Cadre:
    return fill(cast.chen_file, AT)


@pytest.fixture
def round_at(chen: Cadre, folder: Path, recipe: Recipe) -> Round:
    def one(minutes: int, *, is_whole: bool | None = None) -> Published | None:
        at = AT + minutes * MINUTE
        if is_whole is None:
            return upkeep.one_round(folder, recipe, clock=lambda: at, on=ON)
        return upkeep.rebuild(folder, recipe, clock=lambda: at, on=ON, is_whole=is_whole)

    return one


def left_over(folder: Path) -> list[str]:
    return sorted(
        file.name for file in folder.iterdir() if file.name.startswith((".building-", ".current-", ".failed"))
    )


def damage(file: Path, start: int, end: int) -> None:
    raw = bytearray(file.read_bytes())
    raw[start:end] = bytes(each ^ 255 for each in raw[start:end])
    file.chmod(0o600)
    file.write_bytes(raw)


# --- which it is


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(errno.ENOSPC, "x"), Trouble.DISK_FULL),
        (OSError(errno.EDQUOT, "x"), Trouble.DISK_FULL),
        (FileNotFoundError(errno.ENOENT, "x"), Trouble.NO_FOLDER),
        (PermissionError(errno.EACCES, "x"), Trouble.NO_PERMISSION),
        (OSError(errno.EROFS, "x"), Trouble.NO_PERMISSION),
        (OSError(errno.EIO, "x"), Trouble.DAMAGED),
        (OSError(errno.EMFILE, "x"), Trouble.UNFORESEEN),
        (MemoryError(), Trouble.NO_MEMORY),
        (OperationalError("x"), Trouble.NO_DATABASE),
        (InterfaceError("x"), Trouble.NO_DATABASE),
        (duckdb.IOException('IO Error: Could not write file "f": No space left on device'), Trouble.DISK_FULL),
        (duckdb.IOException('IO Error: Cannot open file "f": Read-only file system'), Trouble.NO_PERMISSION),
        (duckdb.OutOfMemoryException("Out of Memory Error: could not allocate block"), Trouble.NO_MEMORY),
        (duckdb.OutOfMemoryException("failed to offload (max_temp_directory_size)"), Trouble.DISK_FULL),
        (duckdb.FatalException("FATAL Error: the database was invalidated"), Trouble.DAMAGED),
        (duckdb.ConversionException("Conversion Error: 陈知行"), Trouble.UNFORESEEN),
    ],
)
def test_an_error_is_of_one_kind(error: BaseException, trouble: Trouble) -> None:
    assert trouble_of(error) is trouble


def test_its_name_has_no_word_of_it() -> None:
    assert name_of(duckdb.ConversionException("陈知行")) == "ConversionException"
    state = OperationalError("陈知行")
    state.__cause__ = DiskFull("陈知行")
    assert name_of(state) == "53100"


def test_neither_cause_nor_words_go_on() -> None:
    with pytest.raises(CannotRefresh) as refused, refreshing(Path("/data/census")):
        raise duckdb.ConversionException("陈知行")
    assert refused.value.facts == {"place": "/data/census", "error": "ConversionException"}
    assert refused.value.__suppress_context__


def test_a_mistake_in_a_statement_is_no_file_that_cannot_be_read() -> None:
    with pytest.raises(duckdb.BinderException), reading(Path("/data/census")):
        raise duckdb.BinderException("no such column")
    with pytest.raises(NoSnapshot) as refused, reading(Path("/data/census")):
        raise duckdb.IOException("IO Error: something new")
    assert refused.value.code == Trouble.UNFORESEEN


def test_every_kind_has_words() -> None:
    from quanheng.cli.words import SENTENCES
    from quanheng.web.shared.refusals import CENSUS

    assert set(SENTENCES["CannotRefresh"]) == {each.value for each in Trouble}
    assert set(SENTENCES["NoSnapshot"]) == {each.value for each in Trouble} - {Trouble.NO_DATABASE}
    assert {each.value for each in Trouble} <= set(CENSUS)


# --- a refresh


@pytest.mark.django_db(transaction=True)
def test_without_room_the_snapshot_before_stays(round_at: Round, folder: Path) -> None:
    round_at(0)
    for is_whole in (False, True):
        with files_no_larger_than(60_000), pytest.raises(CannotRefresh) as refused:
            round_at(1, is_whole=is_whole)
        assert refused.value.code == Trouble.DISK_FULL
        assert left_over(folder) == []
    with Reader(folder).cursor() as (cursor, told):
        assert (told.number, cursor.execute("SELECT count(*) FROM person").fetchall()) == (1, [(2,)])
    found = upkeep.standing(folder, told, at=AT + 2 * MINUTE)
    assert (found.as_of, found.failed_at) == (AT, AT + MINUTE)
    round_at(3)
    assert upkeep.standing(folder, told, at=AT + 3 * MINUTE).failed_at is None  # looked, and nothing is newer


@pytest.mark.django_db(transaction=True)
def test_a_failure_is_not_told_of_a_snapshot_that_others_have_followed(round_at: Round, folder: Path) -> None:
    """A page may stand on an older one, whose verdicts are made."""
    round_at(0)
    with Reader(folder).cursor() as (_, told):
        pass
    with files_no_larger_than(60_000), pytest.raises(CannotRefresh):
        round_at(1, is_whole=True)
    round_at(2, is_whole=True)
    assert upkeep.standing(folder, told, at=AT + 3 * MINUTE).failed_at is None


@pytest.mark.django_db(transaction=True)
def test_what_is_published_stays_though_nobody_can_note_it(
    round_at: Round, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(upkeep, "_note_made", full)
    assert round_at(0)
    with Reader(folder).cursor() as (_, told):
        assert told.number == 1
    assert upkeep.last_failure(folder) is None


@pytest.mark.django_db(transaction=True)
def test_rows_without_room_are_no_fault_of_the_rows(
    round_at: Round, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first reader meets the full disk; the next one only a transaction that is over."""
    round_at(0)
    errors = iter([duckdb.IOException(os.strerror(errno.ENOSPC)), *[duckdb.TransactionException("aborted")] * 99])

    class Full(_Insert):
        def read(self, path: str) -> None:
            Path(path).read_bytes()
            raise next(errors)

    monkeypatch.setattr("quanheng.census.extract._Insert", Full)
    with pytest.raises(CannotRefresh) as refused:
        round_at(1, is_whole=True)
    assert (refused.value.code, refused.value.facts["error"]) == (Trouble.DISK_FULL, "IOException")
    assert left_over(folder) == []


@pytest.mark.django_db(transaction=True)
def test_a_disk_that_takes_not_even_a_note(round_at: Round, folder: Path) -> None:
    round_at(0)
    with files_no_larger_than(0), pytest.raises(CannotRefresh) as refused:
        round_at(1)
    assert (refused.value.code, refused.value.facts["error"]) == (Trouble.DISK_FULL, "OSError")
    assert [file.name for file in folder.glob(".alive*")] == []
    assert upkeep.last_sign(folder) == AT


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("number", "trouble"), [(errno.ENOSPC, Trouble.DISK_FULL), (errno.EROFS, Trouble.NO_PERMISSION)]
)
def test_what_fails_while_it_is_put_in_place(
    round_at: Round, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, trouble: Trouble
) -> None:
    def fails(path: Path) -> None:
        raise OSError(number, os.strerror(number), str(path))

    round_at(0)
    monkeypatch.setattr(publish, "_sync", fails)
    with pytest.raises(CannotRefresh) as refused:
        round_at(1, is_whole=True)
    assert refused.value.code == trouble
    assert left_over(folder) == []
    assert [file.name for file in publish.published(folder)] == ["snap-00000001.duckdb"]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_gone(round_at: Round, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise OperationalError("server closed the connection: 陈知行")

    round_at(0)
    monkeypatch.setattr("quanheng.census.snapshot.marks.watermark", fails)
    with pytest.raises(CannotRefresh) as refused:
        round_at(1, is_whole=True)
    assert (refused.value.code, refused.value.facts["error"]) == (Trouble.NO_DATABASE, "OperationalError")
    assert left_over(folder) == []
    assert not connection.in_atomic_block


# --- a file that cannot be read


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("spoil", ["garbage", "empty", "head"])
def test_a_damaged_snapshot_is_told_and_the_next_is_made_without_it(round_at: Round, folder: Path, spoil: str) -> None:
    made = round_at(0)
    assert made
    if spoil == "head":
        damage(made.file, 4_096, 12_288)
    else:
        made.file.write_bytes(b"garbage" * 1000 if spoil == "garbage" else b"")
    with pytest.raises(NoSnapshot) as refused:
        upkeep.current_snapshot(folder)
    assert refused.value.code == Trouble.DAMAGED
    again = round_at(1)
    assert again
    assert (again.snapshot.number, again.changed, again.differing) == (2, None, None)
    assert upkeep.current_snapshot(folder) == again.snapshot


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_whole", [False, True])
def test_damage_inside_is_not_handed_on(round_at: Round, chen: Cadre, folder: Path, is_whole: bool) -> None:
    """The description can still be read: it shows when a table is."""
    made = round_at(0)
    assert made
    connection = duckdb.connect(str(made.file))
    connection.execute("CREATE TABLE filler AS SELECT md5(i::VARCHAR) AS text FROM range(100000) AS r(i)")
    connection.close()
    with duckdb.connect(str(made.file), read_only=True) as found:
        blocks = found.execute("SELECT block_id FROM pragma_storage_info('person') WHERE persistent").fetchall()
    first = min(block for (block,) in blocks)
    damage(made.file, 12_288 + first * 262_144, 12_288 + first * 262_144 + 64)
    assert upkeep.current_snapshot(folder)
    Cadre.objects.filter(pk=chen.pk).update(name=chen.name)
    again = round_at(1, is_whole=is_whole)
    assert again
    with Reader(folder).cursor() as (cursor, told):
        assert told.number == 2
        assert cursor.execute("SELECT count(*) FROM person").fetchall() == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_that_another_program_writes_to(round_at: Round, folder: Path) -> None:
    made = round_at(0)
    assert made
    hold = f"import duckdb, sys; c = duckdb.connect({str(made.file)!r}); print(1, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # noqa: S603  our own
        assert other.stdout and other.stdin  # noqa: PT018
        other.stdout.readline()
        with pytest.raises(NoSnapshot) as refused:
            upkeep.current_snapshot(folder)
        assert refused.value.code == Trouble.HELD
        with pytest.raises(CannotRefresh) as failed:
            round_at(1)
        assert failed.value.code == Trouble.HELD
        other.stdin.close()
    assert round_at(2) is None  # nothing has changed, and all is well


# --- files beside it


def test_of_a_file_beside_that_fails_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "snap-00000001.duckdb").touch()

    def build(file: Path) -> None:
        file.write_text("half")
        file.with_name(f"{file.name}.wal").write_text("half")
        raise OSError(errno.ENOSPC, "x")

    with pytest.raises(NoSnapshot) as refused, reading(tmp_path):
        kept(tmp_path, 1, "due", "a", build, most=3)
    assert refused.value.code == failures.Trouble.DISK_FULL
    assert sorted(file.name for file in tmp_path.iterdir()) == [".due", "snap-00000001.duckdb"]
