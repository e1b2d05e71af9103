"""The facts of another day: a snapshot with what depends on the day derived anew, kept for the next who asks.

A file `facts-<snapshot>-<day>-<recipe>.duckdb` beside the snapshots, never written to once it has its name. It is made
while the first one who asks waits; who asks for it meanwhile waits too. The last ones that were used are kept, as long
as the snapshot that they were made from.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census.completion import Completion
from quanheng.census.publish import current, finish, number_of, published
from quanheng.census.reading import TRIES, NoSnapshot, Snapshot, connect, describe
from quanheng.census.snapshot import MEMORY, Recipe, write_description
from quanheng.people.rule_facts import sourced

KEPT = 4
_NAME = re.compile(r"facts-(\d{8})-\d{4}-\d\d-\d\d-[0-9a-f]{12}\.duckdb")


@contextmanager
def dated(folder: Path, on: date, recipe: Recipe) -> Iterator[tuple[DuckDBPyConnection, Snapshot]]:
    """The current snapshot with the facts of the day `on`, read-only; closed at the end of the block.

    `recipe`: the rulebook and the switches of that day (`quanheng.census.house.recipe_on`). The tables hold the records
    as they stand in the register now: those that begin after `on` are there, and a rule asked on that day leaves them
    out. The description has `on` as its `read_on`; `number` and `as_of` are those of the snapshot.
    Raises `NoSnapshot`.
    """
    for _ in range(TRIES):
        file = current(folder)
        if file is None:
            break
        try:  # between two steps the file may go, where others publish or ask for many days
            with connect(file) as connection:
                told = describe(connection)
            if (told.read_on, told.definition) != (on, recipe.definition):
                file = _made(file, told, on, recipe)
            connection = connect(file)
        except (duckdb.IOException, FileNotFoundError):
            if file.exists():
                raise
            continue
        with connection:
            yield connection, describe(connection)
            return
    raise NoSnapshot("not-yet", folder=str(folder))


def _made(snapshot: Path, told: Snapshot, on: date, recipe: Recipe) -> Path:
    folder = snapshot.parent
    file = folder / f"facts-{number_of(snapshot):08}-{on}-{recipe.definition[:12]}.duckdb"
    with (folder / ".dating").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # waits; goes with the process, however it ends
        if file.exists():
            os.utime(file)
        else:
            finish(_built(snapshot, replace(told, read_on=on, definition=recipe.definition), recipe), file)
        forget(folder)
    return file


def _built(snapshot: Path, made: Snapshot, recipe: Recipe) -> Path:
    unfinished = snapshot.with_name(".dating.duckdb")  # one at a time: what a dead one left is written over
    unfinished.with_name(f"{unfinished.name}.wal").unlink(missing_ok=True)
    shutil.copyfile(snapshot, unfinished)
    with duckdb.connect(str(unfinished), config={"memory_limit": MEMORY, "threads": "2"}) as target:
        completion = Completion(target, recipe.vocabulary, sourced(), recipe.book, recipe.switches, made.read_on)
        completion.start_anew()
        completion.run()
        write_description(target, made)
        target.execute("CHECKPOINT")
    return unfinished


def forget(folder: Path) -> None:
    """All but the last ones used; and those of a snapshot that is gone, since people may be gone from the register."""
    numbers = {number_of(file) for file in published(folder)}
    used = sorted(_dated(folder), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    alive = [file for file in used if _snapshot_of(file) in numbers]
    for file in {*used} - {*alive[:KEPT]}:
        file.unlink(missing_ok=True)


def _dated(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if _NAME.fullmatch(file.name)]


def _snapshot_of(file: Path) -> int:
    found = _NAME.fullmatch(file.name)
    assert found
    return int(found[1])
