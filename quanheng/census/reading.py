# ruff: noqa: S608  names come from the vocabulary, values go apart
"""Snapshots as screens read them: read-only, one connection a process, opened anew once another file is current."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census.failures import NoSnapshot
from quanheng.census.publish import current
from quanheng.census.tables import META, PERSON, RECORD, SUBJECT, column, quoted, records, singles
from quanheng.ledger.marks import Watermark
from quanheng.rulebook.situation import FactValue, Record
from quanheng.rulebook.vocabulary import Fact, Vocabulary, World

Row = tuple[Any, ...]
Opened = TypeVar("Opened")
TRIES = 5
CONFIG = {"threads": "2", "memory_limit": "1GB", "enable_external_access": "false"}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a file says of itself. `as_of`: every change committed before this moment is in it."""

    number: int
    as_of: datetime
    read_on: date
    cadres: int
    definition: str
    mark: Watermark


def describe(connection: DuckDBPyConnection) -> Snapshot:
    row = connection.execute(
        f"SELECT number, epoch_us(as_of), read_on, cadres, definition, database, mark_number, mark_entry, mark_hash"
        f" FROM {META}"
    ).fetchone()
    assert row is not None
    number, micros, read_on, cadres, definition, database, mark, entry, hash = row
    moment = datetime.fromtimestamp(micros // 1_000_000, UTC).replace(microsecond=micros % 1_000_000)
    return Snapshot(number, moment, read_on, cadres, definition, Watermark(database, int(mark), entry, hash))


@dataclass(frozen=True, slots=True)
class _Opened:
    process: int
    file: Path
    connection: DuckDBPyConnection
    snapshot: Snapshot


class Reader:
    """Of one folder. Threads share it; a process that forked opens its own file."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._lock = folder, Lock()
        self._opened: _Opened | None = None

    @contextmanager
    def cursor(self) -> Iterator[tuple[DuckDBPyConnection, Snapshot]]:
        """On the current snapshot, with what it says of itself. Raises `NoSnapshot`."""
        opened = self._current()
        with opened.connection.cursor() as cursor:
            yield cursor, opened.snapshot

    def _current(self) -> "_Opened":
        with self._lock:
            self._opened = open_current(self._folder, lambda: current(self._folder), self._open)
            return self._opened

    def _open(self, file: Path) -> "_Opened":
        if self._opened and (self._opened.process, self._opened.file) == (os.getpid(), file):
            return self._opened
        connection = connect(file)
        return _Opened(os.getpid(), file, connection, describe(connection))


def open_current(folder: Path, find: Callable[[], Path | None], opener: Callable[[Path], Opened]) -> Opened:
    """What `opener` makes of the file that `find` gives. Between the two, where others publish or ask for many days, it
    may go, or one made from it: then they are asked again. Raises `NoSnapshot`."""
    for left in reversed(range(TRIES)):
        file = find()
        if file is None:
            break
        try:
            return opener(file)
        except FileNotFoundError:
            if file.exists() and not left:
                raise
        except duckdb.IOException:
            if file.exists():
                raise
    raise NoSnapshot("not-yet", folder=str(folder))


def connect(file: Path) -> DuckDBPyConnection:
    """Raises `FileNotFoundError`."""
    with telling_gone(file):
        return duckdb.connect(str(file), read_only=True, config=dict(CONFIG))


@contextmanager
def telling_gone(file: Path) -> Iterator[None]:
    """DuckDB has one error for a file that cannot be read and for one that is not there; only the latter is worth
    another try. Raises `FileNotFoundError`."""
    try:
        yield
    except duckdb.IOException as error:
        if file.exists():
            raise
        raise FileNotFoundError(file) from error


def facts_of(
    connection: DuckDBPyConnection, vocabulary: Vocabulary, recorded: frozenset[str], subjects: Iterable[UUID]
) -> dict[UUID, dict[str, FactValue]]:
    """The facts of some people, as `quanheng.people.rule_facts.facts_of` gives them from the register, with what is
    derived at hand; texts are digests. `recorded`: the facts that have a source."""
    keys = [str(key) for key in subjects]
    names = [fact.name for fact in singles(vocabulary)]
    rows = _select(connection, PERSON, map(column, names), keys)
    made: dict[UUID, dict[str, FactValue]] = {row[0]: _known(names, row[1:]) for row in rows}
    for fact in records(vocabulary):
        found = _records(connection, fact, keys)
        is_told = fact.world is World.CLOSED and fact.name in recorded
        for key, facts in made.items():
            if key in found or is_told:
                facts[fact.name] = tuple(found.get(key, ()))
    return made


def _select(connection: DuckDBPyConnection, table: str, columns: Iterable[str], keys: list[str]) -> list[Row]:
    listed = ", ".join(map(quoted, [SUBJECT, *columns]))
    return connection.execute(
        f"SELECT {listed} FROM {quoted(table)} WHERE {SUBJECT} IN (SELECT unnest(?::UUID[])) ORDER BY ALL",
        [keys],
    ).fetchall()


def _records(connection: DuckDBPyConnection, fact: Fact, keys: list[str]) -> dict[UUID, list[Record]]:
    found: dict[UUID, list[Record]] = {}
    for subject, key, *values in _select(connection, fact.name, [RECORD, *fact.fields], keys):
        found.setdefault(subject, []).append(Record(f"{fact.name}[{key}]", _known(fact.fields, values)))
    return found


def _known(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}
