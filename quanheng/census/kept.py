"""Files worked out from a snapshot, kept beside it for the next who asks, and gone with it.

A file `<kind>-<snapshot>-<digest>.duckdb` is never written to once it has its name. It is made while the first one who
asks waits; who asks for one meanwhile waits too.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census.publish import finish, number_of, published, spill_place
from quanheng.census.snapshot import MEMORY
from quanheng.census.tables import quoted
from quanheng.rulebook.sql_text import IDLE_OPTIMIZERS, word

_OF_ANY_KIND = re.compile(r"(?!snap)[a-z]+-(\d{8})-.+\.duckdb")


def kept(folder: Path, number: int, kind: str, digest: str, build: Callable[[Path], None], *, most: int) -> Path:
    """The file for the snapshot of that number. `build` writes a new one at the path given. `most`: how many of this
    kind stay, the last ones used. Raises `FileNotFoundError` where the snapshot has gone meanwhile."""
    file = kept_file(folder, number, kind, digest)
    if not file.exists():
        with (folder / f".{kind}").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # waits; goes with the process, however it ends
            if not file.exists():
                finish(_built(folder / f".{kind}.duckdb", build), file)
            forget(folder, kind, most)
    os.utime(file)
    return file


def kept_file(folder: Path, number: int, kind: str, digest: str) -> Path:
    """Where it is, once it is made."""
    return folder / f"{kind}-{number:08}-{digest}.duckdb"


def _built(unfinished: Path, build: Callable[[Path], None]) -> Path:
    """One at a time: what a dead one left goes, and of one that fails nothing is left, least of all on a full disk."""
    _clear(unfinished)
    with ExitStack() as unless_whole:
        unless_whole.callback(_clear, unfinished)
        build(unfinished)
        unless_whole.pop_all()
    return unfinished


def _clear(unfinished: Path) -> None:
    for left in (unfinished, unfinished.with_name(f"{unfinished.name}.wal")):
        left.unlink(missing_ok=True)


def forget_gone(folder: Path) -> None:
    """Of every kind, those whose snapshot is gone: as long as nobody asks for another, no one would take them away."""
    numbers = {number_of(file) for file in published(folder)}
    for file in folder.iterdir():
        found = _OF_ANY_KIND.fullmatch(file.name)
        if found and int(found[1]) not in numbers:
            file.unlink(missing_ok=True)


def forget(folder: Path, kind: str, most: int) -> None:
    """All but the last ones used; and those of a snapshot that is gone, since people may be gone from the register."""
    numbers = {number_of(file) for file in published(folder)}
    name = re.compile(rf"{kind}-(\d{{8}})-.+\.duckdb")
    mine = {file: int(found[1]) for file in folder.iterdir() if (found := name.fullmatch(file.name))}
    alive = [file for file, number in mine.items() if number in numbers]
    alive.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    for file in mine.keys() - {*alive[:most]}:
        file.unlink(missing_ok=True)


def file_of(cursor: DuckDBPyConnection) -> Path:
    """The snapshot that a cursor of `quanheng.census.house` stands on."""
    row = cursor.execute("SELECT path FROM duckdb_databases() WHERE NOT internal").fetchone()
    assert row is not None
    return Path(row[0])


def beside(source: Path) -> DuckDBPyConnection:
    """On the tables of a snapshot, and free to attach a file that is made from them; to ask whole rules of them."""
    config = {"memory_limit": MEMORY, "threads": "2", "disabled_optimizers": IDLE_OPTIMIZERS}
    config["temp_directory"] = str(spill_place(source.parent))
    with ExitStack() as unless_whole:
        connection = unless_whole.enter_context(duckdb.connect(":memory:", config=dict(config)))
        connection.execute(f"ATTACH {word(str(source))} AS census (READ_ONLY)")
        connection.execute("USE census")
        unless_whole.pop_all()
    return connection


def by_stretches(connection: DuckDBPyConnection, most: int) -> Iterator[int]:
    """Some people after the others, at most so many at once, while the tables that `connection` (of `beside`) uses show
    only what is theirs: what takes memory for each person asked need not take it for all. Gives 0, 1, …"""
    asked = "SELECT subject FROM person QUALIFY row_number() OVER (ORDER BY subject) % ? = 1 % ? ORDER BY subject"
    firsts = [row[0] for row in connection.execute(asked, [most, most]).fetchall()]
    if len(firsts) < 2:
        yield 0
        return
    owned = "SELECT table_name FROM duckdb_columns() WHERE column_name = 'subject' AND database_name = 'census'"
    tables = [quoted(row[0]) for row in connection.execute(owned).fetchall()]
    for place, first in enumerate(firsts):
        end = f" AND subject < '{firsts[place + 1]}'" if place + 1 < len(firsts) else ""
        for table in tables:
            theirs = f"SELECT * FROM census.{table} WHERE subject >= '{first}'{end}"  # noqa: S608  keys of the snapshot
            connection.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {theirs}")
        yield place
    for table in tables:
        connection.execute(f"DROP VIEW temp.{table}")
