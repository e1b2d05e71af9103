"""The facts of another day: a snapshot with what depends on the day derived anew, in a file that is kept beside it.

It is named `facts-<snapshot>-<day>-<recipe>.duckdb` (`quanheng.census.kept`).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census.completion import Completion
from quanheng.census.kept import kept
from quanheng.census.publish import current, number_of
from quanheng.census.reading import TRIES, NoSnapshot, Snapshot, connect, describe
from quanheng.census.snapshot import MEMORY, Recipe, write_description
from quanheng.people.rule_facts import sourced

KIND, KEPT = "facts", 4


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
    made = replace(told, read_on=on, definition=recipe.definition)

    def build(file: Path) -> None:
        _build(snapshot, file, made, recipe)

    return kept(snapshot.parent, number_of(snapshot), KIND, f"{on}-{recipe.definition[:12]}", build, most=KEPT)


def _build(snapshot: Path, file: Path, made: Snapshot, recipe: Recipe) -> None:
    shutil.copyfile(snapshot, file)
    with duckdb.connect(str(file), config={"memory_limit": MEMORY, "threads": "2"}) as target:
        completion = Completion(target, recipe.vocabulary, sourced(), recipe.book, recipe.switches, made.read_on)
        completion.start_anew()
        completion.run()
        write_description(target, made)
        target.execute("CHECKPOINT")
