# ruff: noqa: S608  names come from the vocabulary and from the sources, values go apart
"""Rows of the register into the tables of a snapshot: keys, codes, numbers and dates; of free text only digests.

Each source is read by its own statement (`quanheng.people.rule_facts`), all of them in the one read transaction of the
caller. A part of the people at a time keeps memory small, whatever their number.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from duckdb import DuckDBPyConnection

from quanheng.census.tables import BESIDE, PERSON, RECORD, SUBJECT, column, quoted, tables
from quanheng.people.models import Cadre
from quanheng.people.rule_facts import PEOPLE, SOURCES
from quanheng.people.rule_sources import Source
from quanheng.rulebook.vocabulary import Vocabulary

BUCKET = 500_000  # people read at once
CHUNK = 500  # keys in one statement
NULL = r"\N"
Part = Callable[[str], Q]  # which people, given what the source calls them


def buckets(size: int = BUCKET) -> Iterator[Part]:
    """All people, in runs of keys."""
    keys, last = Cadre.objects.order_by("pk").values_list("pk", flat=True), None
    while True:
        rest = keys.filter(pk__gt=last) if last else keys
        end = next(iter(rest[size - 1 : size]), None)
        yield _between(last, end)
        if end is None:
            return
        last = end


def chunks(keys: Iterable[UUID]) -> Iterator[Part]:
    """Some people."""
    wanted = list(keys)
    for start in range(0, len(wanted), CHUNK):
        yield _among(wanted[start : start + CHUNK])


def _between(after: UUID | None, upto: UUID | None) -> Part:
    def part(subject: str) -> Q:
        bounds = {f"{subject}__gt": after, f"{subject}__lte": upto}
        return Q(**{name: key for name, key in bounds.items() if key})

    return part


def _among(keys: list[UUID]) -> Part:
    return lambda subject: Q(**{f"{subject}__in": keys})


def extract(target: DuckDBPyConnection, vocabulary: Vocabulary, parts: Iterable[Part], folder: Path) -> None:
    """Add the people of the parts. `folder`: where rows lie on their way; it is left as it was."""
    types = {table.name: table.columns for table in tables(vocabulary)}
    for part in parts:
        for source in (PEOPLE, *SOURCES):
            file = folder / f"{source.fact}.csv"
            try:
                _write(_rows(source, part), file)
                _read(target, source, types[source.fact], file)
            finally:
                file.unlink(missing_ok=True)


def remove(target: DuckDBPyConnection, vocabulary: Vocabulary, keys: Iterable[UUID]) -> None:
    """All that is told of some people."""
    gone = [str(key) for key in keys]
    for table in tables(vocabulary):
        if SUBJECT in table.columns:
            target.execute(f"DELETE FROM {quoted(table.name)} WHERE {SUBJECT} IN (SELECT unnest(?::UUID[]))", [gone])


def _rows(source: Source, part: Part) -> QuerySet[Any, Any]:
    found = source.query(is_readable=False).filter(part(source.subject))
    if source is not PEOPLE:
        return found
    return found.values_list("pk", *(f"fact_{column(name)}" for name in source.columns), *BESIDE)


def _write(rows: QuerySet[Any, Any], file: Path) -> None:
    """The values as the database writes them, which DuckDB reads from either."""
    statement, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with (
                file.open("wb") as out,
                cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv, NULL '{NULL}')", values) as copied,
            ):
                for block in copied:
                    out.write(block)
            return
        with file.open("w", newline="") as text:
            writer = csv.writer(text)
            cursor.execute(statement, values)
            while found := cursor.fetchmany(10_000):
                writer.writerows([[NULL if value is None else value for value in row] for row in found])


def _read(target: DuckDBPyConnection, source: Source, types: Any, file: Path) -> None:
    is_people = source is PEOPLE
    names = [SUBJECT, *([] if is_people else [RECORD]), *map(column, source.columns), *(BESIDE if is_people else [])]
    found = {name: types[name] for name in names}
    if source.key == "pk" and not is_people:
        found[RECORD] = "UUID"  # one spelling of it, whichever database wrote it
    columns = ", ".join(map(quoted, names))
    struct = "{" + ", ".join(f"'{name}': '{type}'" for name, type in found.items()) + "}"
    format = f"auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '{NULL}'"
    rows = f"SELECT {columns} FROM read_csv(?, columns = {struct}, {format}) ORDER BY {SUBJECT}"
    target.execute(f"INSERT INTO {quoted(source.fact)} ({columns}) {rows}", [str(file)])


assert PEOPLE.fact == PERSON
