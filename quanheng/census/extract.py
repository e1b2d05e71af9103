# ruff: noqa: S608  names come from the vocabulary and from the sources, values go apart
"""Rows of the register into the tables of a snapshot: keys, codes, numbers and dates; of free text only digests.

Each source is read by its own statement (`quanheng.people.rule_facts`), all of them in the one read transaction of the
caller or in one that sees the same state. Rows stream, and DuckDB puts those of a person together on the disk: memory
stays small, whatever their number.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from uuid import UUID

import duckdb
from django.db import DatabaseError, OperationalError
from django.db.models import Q, QuerySet
from duckdb import DuckDBPyConnection

from quanheng.census.failures import Trouble, trouble_of
from quanheng.census.streaming import CSV, Readers, readers
from quanheng.census.tables import BESIDE, PERSON, RECORD, SUBJECT, column, quoted, tables
from quanheng.census.words import ByWord
from quanheng.kernel.errors import Refused
from quanheng.ledger import marks
from quanheng.people.rule_facts import GRADES, KEYED, PEOPLE, POSTS, RELATIVES, SOURCES, TRAINING_YEARS
from quanheng.people.rule_sources import Source
from quanheng.rulebook.vocabulary import Vocabulary

READ = tuple(each for each in (PEOPLE, *SOURCES) if each is not TRAINING_YEARS)  # `completion` counts these from others
CHUNK = 2_000  # keys in one statement
LONG = frozenset({GRADES.fact, POSTS.fact, RELATIVES.fact})  # to be begun with, where two are read at a time
Part = Callable[[str], Q]  # which people, given what the source calls them
Words = Mapping[str, ByWord]  # by table: what follows from a word of its rows
_COLUMN = re.compile(r'^Error when converting column "(\w+)"', re.MULTILINE)


class CannotExtract(Refused):
    """not-given: the database does not give the rows of `table`. not-taken, column-not-taken: the snapshot does not
    take them. `error`: its name or SQLSTATE. Either database's own words quote the row of a person."""


def everybody() -> Iterator[Part]:
    yield lambda subject: Q()


def chunks(keys: Iterable[UUID]) -> Iterator[Part]:
    """Some people."""
    wanted = list(keys)
    for start in range(0, len(wanted), CHUNK):
        yield _among(wanted[start : start + CHUNK])


def _among(keys: list[UUID]) -> Part:
    return lambda subject: Q(**{f"{subject}__in": keys})


def extract(target: DuckDBPyConnection, vocabulary: Vocabulary, parts: Iterable[Part], words: Words) -> None:
    """Add the people of the parts. Raises `CannotExtract`."""
    work = _Extraction(target, vocabulary, words)
    work.take((part, source) for part in parts for source in READ)


def extract_everybody(target: DuckDBPyConnection, vocabulary: Vocabulary, words: Words) -> None:
    """Two sources at a time where two connections can see one state: of some the server gives rows more slowly than
    they are put in order here, of some faster. Raises `CannotExtract`."""
    state = marks.state_for_others()
    if state is None:
        extract(target, vocabulary, everybody(), words)
        return
    work = _Extraction(target, vocabulary, words)
    sources = sorted(READ, key=lambda source: source.fact not in LONG)
    # two threads take from it, which a list's iterator bears and a generator does not
    waiting = iter([(part, source) for part in everybody() for source in sources])
    with ThreadPoolExecutor(max_workers=1) as pool, work.telling_first():
        beside = pool.submit(work.take_beside, state, waiting)
        with suppress(_BrokenOff):
            work.take(waiting)
        beside.result()


class _BrokenOff(Exception):  # noqa: N818  no error of its own
    """Whoever works beside this one has failed, and tells why."""


class _Extraction:
    """Of one snapshot: its tables are filled by one thread or by two."""

    def __init__(self, target: DuckDBPyConnection, vocabulary: Vocabulary, words: Words) -> None:
        self._target, self._words = target, words
        self._types = {table.name: table.columns for table in tables(vocabulary, KEYED)}
        self._first: BaseException | None = None  # what failed; all after it may only have met the end

    def take_beside(self, state: str, waiting: Iterator[tuple[Part, Source]]) -> None:
        """In a thread of its own, which has a connection of its own; where there is none to be had, the one beside
        takes all."""
        with ExitStack() as connected:
            try:
                connected.enter_context(marks.same_state(state))
            except OperationalError:
                return
            self.take(waiting)

    def take(self, waiting: Iterable[tuple[Part, Source]]) -> None:
        with self._telling(), readers() as reading:
            for part, source in waiting:
                self._pour(reading, part, source)

    def _pour(self, reading: Readers, part: Part, source: Source) -> None:
        insert = _Insert(self._target, source, self._types[source.fact], self._words.get(source.fact))

        def read(path: str) -> None:
            if self._first:
                raise _BrokenOff
            with self._telling():
                insert.read(path)

        try:
            reading.pour(_rows(source, part), len(insert.names), read)
        except DatabaseError as error:
            raise CannotExtract("not-given", table=source.fact, error=_state(error)) from None

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """The one beside, and whoever asks in the end."""
        try:
            yield
        except BaseException as error:
            self._first = self._first or error
            raise

    @contextmanager
    def telling_first(self) -> Iterator[None]:
        """Of two that failed the first knows why."""
        try:
            yield
        except BaseException as error:
            if self._first is None or error is self._first:
                raise
            raise self._first from None


def remove(target: DuckDBPyConnection, vocabulary: Vocabulary, keys: Iterable[UUID]) -> None:
    """All that is told of some people."""
    gone = [str(key) for key in keys]
    for table in tables(vocabulary):
        if SUBJECT in table.columns:
            target.execute(f"DELETE FROM {quoted(table.name)} WHERE {SUBJECT} IN (SELECT unnest(?::UUID[]))", [gone])


def _state(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or type(error).__name__


def _rows(source: Source, part: Part) -> QuerySet[Any, Any]:
    found = source.query(is_readable=False).filter(part(source.subject))
    if source is not PEOPLE:
        return found
    return found.values_list("pk", *(f"fact_{column(name)}" for name in source.columns), *BESIDE)


class _Insert:
    """Of what a source gives, and of what follows from a word of it."""

    def __init__(
        self, target: DuckDBPyConnection, source: Source, types: Mapping[str, str], by_word: ByWord | None
    ) -> None:
        record, beside = ([], [*BESIDE]) if source is PEOPLE else ([RECORD], [])
        self.names = [SUBJECT, *record, *map(column, source.columns), *beside]
        self._target, self._table, self._types, self._by_word = target, source.fact, types, by_word

    def read(self, path: str) -> None:
        columns = "{" + ", ".join(f"'{name}': '{self._types[name]}'" for name in self.names) + "}"
        told = f"read_csv(?, columns = {columns}, {CSV})"
        values: list[object] = [path]
        names, by_word = self.names, self._by_word
        if by_word:
            told += f" LEFT JOIN ({by_word.rows(self._types)}) AS words ON {quoted(by_word.of)} = word"
            values, names = [path, *by_word.lists], [*names, *by_word.names]
        listed = ", ".join(map(quoted, names))
        statement = f"INSERT INTO {quoted(self._table)} ({listed}) SELECT {listed} FROM {told} ORDER BY {SUBJECT}"
        with self._target.cursor() as cursor:  # others use the connection beside this one
            try:
                cursor.execute(statement, values)
            except duckdb.Error as error:
                if trouble_of(error) is not Trouble.UNFORESEEN:
                    raise  # of the disk or the memory, not of these rows
                raise self._not_taken(error) from None

    def _not_taken(self, error: duckdb.Error) -> CannotExtract:
        facts = {"table": self._table, "error": type(error).__name__}
        for name in _COLUMN.findall(str(error)):
            if name in self.names:  # and no word of a row
                return CannotExtract("column-not-taken", column=name, **facts)
        return CannotExtract("not-taken", **facts)


assert PEOPLE.fact == PERSON
