"""Rows of the register's database into DuckDB as csv through a pipe: neither side holds more than a little of them, and
each works while the other does."""

import csv
import fcntl
import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO, Any

from django.db import connection
from django.db.models import QuerySet

from quanheng.ledger.transactions import POSTGRESQL

BLOCK = 1 << 20  # the most that Linux lets anybody put into a pipe
ROWS = 5_000  # fetched at once from SQLite
NULL = r"\N"
CSV = f"auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '{NULL}'"
Read = Callable[[str], None]  # the rows at a path


class Readers:
    """Threads that read what is poured. One may still sort what it has read while the next one reads."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._last: Future[None] | None = None

    def pour(self, rows: QuerySet[Any, Any], width: int, read: Read) -> None:
        """Returns once all rows are on their way. Raises what an earlier `read` raised."""
        source, sink = os.pipe()
        fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, BLOCK)
        before, self._last = self._last, self._pool.submit(_read, read, source)
        try:
            with open(sink, "wb", buffering=BLOCK) as file:
                write(rows, width, file)
        except BrokenPipeError:
            self.finish()  # tells why
            raise
        if before:
            before.result()

    def finish(self) -> None:
        if self._last:
            self._last.result()


@contextmanager
def readers() -> Iterator[Readers]:
    """All is read at the end of the block."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        made = Readers(pool)
        yield made
        made.finish()


def _read(read: Read, source: int) -> None:
    try:
        read(f"/dev/fd/{source}")
    finally:
        os.close(source)  # or who writes would wait for a reader for ever


def write(rows: QuerySet[Any, Any], width: int, file: IO[bytes]) -> None:
    """The values as the database writes them, which DuckDB reads from either. `width`: how many a row has."""
    statement, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == POSTGRESQL:
            # expressions are long and sets of units many: to compile them would take ten times what they take
            cursor.execute("SET LOCAL jit = off")
            with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv, NULL '{NULL}')", values) as copied:
                file.writelines(copied)
            return
        cursor.execute(_without_null(statement, width), values)
        text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        writer = csv.writer(text)
        while found := cursor.fetchmany(ROWS):
            writer.writerows(found)
        text.detach()


def _without_null(statement: str, width: int) -> str:
    """`csv` writes None and the empty text alike."""
    names = [f"value_{place}" for place in range(width)]
    told = ", ".join(f"ifnull({name}, '{NULL}')" for name in names)
    return f"WITH told({', '.join(names)}) AS ({statement}) SELECT {told} FROM told"  # noqa: S608  names made here
