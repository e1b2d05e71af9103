"""The census of this installation: where its snapshots lie, what they are made by, how a page reads them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from django.conf import settings
from duckdb import DuckDBPyConnection

from quanheng.census.dating import dated, dated_file
from quanheng.census.kept import file_of
from quanheng.census.reading import Opened, Reader, Snapshot, open_current
from quanheng.census.snapshot import Recipe
from quanheng.census.tables import layout
from quanheng.instruments.local import rulebook_in_force
from quanheng.people.rule_facts import KEYED
from quanheng.rulebook.facts_reading import load_facts


def folder() -> Path:
    """One for each layout of the tables: software that was upgraded finds none until its worker has made one."""
    place: Path = settings.CENSUS_FOLDER / layout(load_facts(), KEYED)
    return place


def recipe_on(on: date) -> Recipe:
    """By the rules and switches of this house as they are on that day. Three queries."""
    house = rulebook_in_force(on)
    return Recipe(load_facts(), house.book, house.switches)


@cache
def _reader(folder: Path) -> Reader:
    return Reader(folder)


@contextmanager
def cursor_on(on: date) -> Iterator[tuple[DuckDBPyConnection, Snapshot]]:
    """The current snapshot, with the facts of that day. Raises `NoSnapshot`.

    For the day of the snapshot it is opened at once, though a switch may have changed a minute ago; the worker takes
    that up. For another day the facts are made first, unless somebody asked for it before: some seconds at a million.
    """
    with _reader(folder()).cursor() as (cursor, snapshot):
        if snapshot.read_on == on:
            yield cursor, snapshot
            return
    with dated(folder(), on, recipe_on(on)) as (connection, of_day):
        yield connection, of_day


def place_on(on: date) -> tuple[Path, Snapshot]:
    """Where `cursor_on` stands, or will once the facts of that day are made, and what is said there.

    Raises `NoSnapshot`.
    """
    with _reader(folder()).cursor() as (cursor, snapshot):
        file = file_of(cursor)
    if snapshot.read_on == on:
        return file, snapshot
    recipe = recipe_on(on)
    of_day = replace(snapshot, read_on=on, definition=recipe.definition)
    return dated_file(file, on, recipe), of_day


def open_beside(on: date, opener: Callable[[Path, Snapshot], Opened]) -> Opened:
    """What `opener` makes of the file with the facts of that day; asked again where that file or one made from it goes
    meanwhile. Raises `NoSnapshot`."""
    told = dict[Path, Snapshot]()

    def find() -> Path:
        with cursor_on(on) as (cursor, snapshot):
            file = file_of(cursor)
        told[file] = snapshot
        return file

    return open_current(folder(), find, lambda file: opener(file, told[file]))
