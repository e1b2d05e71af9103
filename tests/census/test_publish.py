"""A writer killed at any moment, readers beside it: each read is of one whole file, and never of an older one."""

import fcntl
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from quanheng.census.publish import KEPT, current, number_of, publish, spill_place, sweep

ROWS = 20_000
SUM = ROWS * (ROWS - 1) // 2
# For each line it is given it starts a process that publishes one file after another, and tells its number. Each row
# holds the number of its file, and the sum proves that all rows are there.
WRITERS = """
import os, signal, sys, duckdb
from pathlib import Path
from quanheng.census.publish import publish
def build(file, number):
    with duckdb.connect(str(file), config={"threads": "1"}) as target:
        target.execute("CREATE TABLE rows AS SELECT i, ? AS number FROM range(?) AS t(i)", [number, int(sys.argv[2])])
        target.execute("CHECKPOINT")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    while child == 0:
        publish(Path(sys.argv[1]), build)
    print(child, flush=True)
"""
# Reads through the pointer for as long as it is there, and says how often.
READER = """
import sys, duckdb
from pathlib import Path
from quanheng.census.publish import current, number_of
folder, stop, whole, seen, reads = Path(sys.argv[1]), Path(sys.argv[2]), (int(sys.argv[3]), int(sys.argv[4])), 0, 0
while not stop.exists():
    file = current(folder)
    assert file is not None
    try:
        connection = duckdb.connect(str(file), read_only=True, config={"threads": "1"})
    except duckdb.IOException:
        assert current(folder) != file, "missing"
        continue
    number, last, *found = connection.execute("SELECT min(number), max(number), count(*), sum(i) FROM rows").fetchone()
    assert (number, last, tuple(found)) == (number_of(file), number, whole), "torn"
    assert number >= seen, "backward"
    seen, reads = number, reads + 1
    connection.close()
print(reads)
"""


def build(file: Path, number: int) -> None:
    with duckdb.connect(str(file), config={"threads": "1"}) as target:
        target.execute(f"CREATE TABLE rows AS SELECT i, {number} AS number FROM range({ROWS}) AS t(i)")  # noqa: S608
        target.execute("CHECKPOINT")


@contextmanager
def running(program: str, *arguments: object) -> Iterator["subprocess.Popen[str]"]:
    command, pipe = [sys.executable, "-c", program, *map(str, arguments)], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def kill_at_some_moment(writers: "subprocess.Popen[str]", folder: Path, chance: random.Random) -> None:
    """Once it has published; at every other time as soon as the next file is begun, else some moments later."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    before = current(folder)
    print("start", file=writers.stdin, flush=True)
    writer = int(writers.stdout.readline())
    while current(folder) == before:
        pass
    if chance.random() < 0.5:  # where the disk is slow, a moment would pass before anything is begun
        while not begun(folder):
            pass
    else:
        for _ in range(chance.randrange(400_000)):
            pass
    os.kill(writer, signal.SIGKILL)
    with (folder / ".publishing").open("a") as lock:  # free once the process is gone
        fcntl.flock(lock, fcntl.LOCK_EX)


@pytest.mark.parametrize("kills", [10, pytest.param(30, marks=pytest.mark.slow)])
def test_no_read_is_torn_or_missing(folder: Path, tmp_path: Path, kills: int) -> None:
    publish(folder, build)
    stop, chance, unfinished = tmp_path / "stop", random.Random(kills), 0
    reader = (READER, folder, stop, ROWS, SUM)
    with running(*reader) as one, running(*reader) as two, running(WRITERS, folder, ROWS) as writers:
        for done in range(20 * kills):
            if done >= kills and unfinished:  # on a busy host one may have to try longer
                break
            kill_at_some_moment(writers, folder, chance)
            unfinished += begun(folder)
        stop.touch()
        told = [reader.communicate(timeout=60) for reader in (one, two)]
    assert [errors for _, errors in told] == ["", ""]
    assert all(int(reads) > 0 for reads, _ in told)
    assert unfinished > 0  # or nobody was killed at work
    last = publish(folder, build)
    assert number_of(last) > kills
    assert left(folder) == [".publishing", "current", *names(last)]


def begun(folder: Path) -> bool:
    """A file is being built, or was when its writer died."""
    return any(name.startswith(".building-") for name in left(folder))


def left(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def names(last: Path) -> list[str]:
    """Of the files that are kept."""
    return [f"snap-{number:08}.duckdb" for number in range(number_of(last) - KEPT + 1, number_of(last) + 1)]


def test_the_last_three_are_kept(folder: Path) -> None:
    files = [publish(folder, build) for _ in range(5)]
    assert [file.name for file in files] == [f"snap-{number:08}.duckdb" for number in range(1, 6)]
    assert current(folder) == files[-1]
    assert left(folder) == [".publishing", "current", *(file.name for file in files[-KEPT:])]


def test_a_failed_build_leaves_the_one_before(folder: Path) -> None:
    first = publish(folder, build)

    def fails(file: Path, number: int) -> None:
        file.write_bytes(b"half")
        file.with_name(f"{file.name}.rows").mkdir()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        publish(folder, fails)
    assert current(folder) == first
    assert left(folder) == [".publishing", "current", first.name]


def test_what_a_dead_reader_spilled_is_swept_and_of_a_living_one_stays(folder: Path) -> None:
    folder.mkdir(parents=True)
    living, dead = spill_place(folder), folder / ".spill-0-0"  # no process has the number 0
    for each in (living, dead):
        each.mkdir()
        (each / "duckdb_temp_storage-0.tmp").write_text("rows")
    sweep(folder)
    assert list(folder.iterdir()) == [living]


def test_what_a_dead_writer_left_is_swept(folder: Path) -> None:
    first = publish(folder, build)
    (folder / ".building-1-2.duckdb").write_bytes(b"half")
    (folder / ".building-1-2.duckdb.rows").mkdir()
    (folder / ".building-1-2.duckdb.rows" / "posts.csv").write_bytes(b"half")
    (folder / ".current-1").symlink_to("nowhere")
    sweep(folder)
    assert left(folder) == [".publishing", "current", first.name]


def test_renamed_but_not_pointed_to_is_no_snapshot(folder: Path) -> None:
    """Where a writer died between the two: the pointer stands, and the number is not given out again."""
    first = publish(folder, build)
    (folder / "snap-00000002.duckdb").write_bytes(first.read_bytes())
    assert current(folder) == first
    assert number_of(publish(folder, build)) == 3


def test_a_copied_folder_gets_its_next_file(folder: Path, tmp_path: Path) -> None:
    """In a copy the link may have become a file: it points nowhere."""
    publish(folder, build)
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    assert current(copy) is None
    assert number_of(publish(copy, build)) == 2
    assert current(copy) == copy / "snap-00000002.duckdb"


def test_there_is_none_before_the_first(folder: Path) -> None:
    assert current(folder) is None


def test_folder_and_file_are_for_the_service_alone(folder: Path) -> None:
    file = publish(folder / "layout", build)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, folder / "layout", file)] == [0o700, 0o700, 0o600]
