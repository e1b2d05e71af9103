# ruff: noqa: S608  names are constants, values go apart
"""The table of what is due for people, beside a snapshot: worked out once with it, read by every office for its people.

It knows no actor: who may see an item is decided at each question. Keys, rules and dates; no names.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duckdb import DuckDBPyConnection

from quanheng.census.failures import reading
from quanheng.census.house import folder, open_beside
from quanheng.census.kept import beside, kept
from quanheng.census.reading import Snapshot, connect
from quanheng.insight.due import AHEAD, BEHIND, watches
from quanheng.insight.due_sql import COLUMNS, write_due
from quanheng.instruments.local import HouseRules
from quanheng.rulebook.sql_text import word

KIND, MOST, VERSION = "due", 3, 5
DUE = "due"


@contextmanager
def due_cursor(house: HouseRules) -> Iterator[tuple[DuckDBPyConnection, Snapshot]]:
    """On the table `due` for the day of `house`: `COLUMNS`, with unit, category and status as in the snapshot, by
    day and kind. Raises `NoSnapshot`."""

    def opener(source: Path, snapshot: Snapshot) -> tuple[DuckDBPyConnection, Snapshot]:
        return connect(_kept(source, snapshot, house)), snapshot

    with reading(folder()):
        connection, snapshot = open_beside(house.on, opener)
        with connection:
            yield connection, snapshot


def prepare(house: HouseRules) -> None:
    """Makes the table, unless it is there: for the worker, so that the first who asks in the morning need not wait.
    Raises `NoSnapshot`."""
    with due_cursor(house):
        pass


def _kept(source: Path, snapshot: Snapshot, house: HouseRules) -> Path:
    def build(file: Path) -> None:
        _build(source, file, house)

    return kept(source.parent, snapshot.number, KIND, _digest(snapshot, house), build, most=MOST)


def _digest(snapshot: Snapshot, house: HouseRules) -> str:
    rules = {watch.rule for watch in watches()}
    texts = [rule.text for rule in house.compiled() if rule.id in rules]
    asked = (VERSION, snapshot.definition, house.on, sorted(house.switches.items()), texts, AHEAD, BEHIND)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


def _build(source: Path, file: Path, house: HouseRules) -> None:
    with beside(source) as connection:
        connection.execute(f"ATTACH {word(str(file))} AS made")
        columns = ", ".join(f"{name} {type}" for name, type in COLUMNS.items())
        connection.execute(f"CREATE TEMP TABLE found ({columns})")
        write_due(connection, house, "found")
        chosen = "SELECT found.*, home_unit, management_category, status FROM found JOIN person USING (subject)"
        connection.execute(f"CREATE TABLE made.{DUE} AS {chosen} ORDER BY due_on, kind, rule, item, subject")
