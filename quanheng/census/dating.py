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
from quanheng.census.kept import kept, kept_file
from quanheng.census.publish import current, number_of
from quanheng.census.reading import Snapshot, connect, describe, open_current
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
    with open_current(folder, lambda: current(folder), lambda file: _opened(file, on, recipe)) as connection:
        yield connection, describe(connection)


def _opened(snapshot: Path, on: date, recipe: Recipe) -> DuckDBPyConnection:
    with connect(snapshot) as connection:
        told = describe(connection)
    is_of_day = (told.read_on, told.definition) == (on, recipe.definition)
    return connect(snapshot if is_of_day else _made(snapshot, told, on, recipe))


def _made(snapshot: Path, told: Snapshot, on: date, recipe: Recipe) -> Path:
    made = replace(told, read_on=on, definition=recipe.definition)

    def build(file: Path) -> None:
        _build(snapshot, file, made, recipe)

    return kept(snapshot.parent, number_of(snapshot), KIND, _digest(on, recipe), build, most=KEPT)


def dated_file(snapshot: Path, on: date, recipe: Recipe) -> Path:
    """Where the facts of that day lie once somebody has asked for them."""
    return kept_file(snapshot.parent, number_of(snapshot), KIND, _digest(on, recipe))


def _digest(on: date, recipe: Recipe) -> str:
    return f"{on}-{recipe.definition[:12]}"


def _build(snapshot: Path, file: Path, made: Snapshot, recipe: Recipe) -> None:
    shutil.copyfile(snapshot, file)
    with duckdb.connect(str(file), config={"memory_limit": MEMORY, "threads": "2"}) as target:
        completion = Completion(target, recipe.vocabulary, sourced(), recipe.book, recipe.switches, made.read_on)
        completion.start_anew()
        completion.run()
        write_description(target, made)
        target.execute("CHECKPOINT")
