"""Rows of the register's database into DuckDB as csv through pipes: neither side holds more than a little of them, and
each works while the other does."""

import csv
import fcntl
import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from io import BufferedWriter, FileIO, StringIO
from itertools import chain, islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from quanheng.census.copying import copied
from quanheng.ledger.transactions import POSTGRESQL

# Rows that are put in order together and inserted at once, a row group of DuckDB. All of them at once would have to
# wait on the disk; a table of some ordered stretches is as quickly searched as one.
STRETCH = 122_880
FETCHED = 4_096  # at once from SQLite
PIPE = 1 << 20  # the most that Linux gives to a pipe
NULL = r"\N"
CSV = (
    f"auto_detect = false, header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '{NULL}',"
    " new_line = '\\n', buffer_size = 2_000_000"
)
Read = Callable[[str], None]  # the rows at a path
Blocks = Iterator[bytes | memoryview]


class Readers:
    """A thread that reads what is poured, and orders it while the next rows are fetched."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._last: Future[None] | None = None

    def pour(self, rows: QuerySet[Any, Any], width: int, read: Read) -> None:
        """Returns once all rows are on their way. Raises what a `read` raised. `width`: values in a row."""
        with closing(stretches(rows, width)) as found:
            for blocks in found:
                self._pour(blocks, read)

    def _pour(self, blocks: Blocks, read: Read) -> None:
        before = self._last
        try:
            with self._handed_over(read) as file:
                file.writelines(blocks)
        except BrokenPipeError:
            if before:
                before.result()  # what it failed at, this one may only have met the end of
            self.finish()  # tells why
            raise
        if before:
            before.result()

    def _handed_over(self, read: Read) -> BufferedWriter:
        """Where to write for the next reader. Of a pipe that it did not get, both ends are closed."""
        with ExitStack() as ends:
            source, sink = (ends.enter_context(end) for end in _pipe())
            writer: BufferedWriter = BufferedWriter(sink, PIPE)
            self._last = self._pool.submit(_read, read, source)
            ends.pop_all()
        return writer

    def finish(self) -> None:
        """Returns once the last stretch is read. Raises what its `read` raised."""
        if self._last:
            self._last.result()


def _pipe() -> tuple[FileIO, FileIO]:
    """To read from, to write to."""
    source, sink = os.pipe()
    with suppress(OSError):  # the system may allow less, then it only takes more turns
        fcntl.fcntl(sink, fcntl.F_SETPIPE_SZ, PIPE)
    return FileIO(source), FileIO(sink, "w")


@contextmanager
def readers() -> Iterator[Readers]:
    """All is read at the end of the block."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        made = Readers(pool)
        yield made
        made.finish()


def _read(read: Read, source: FileIO) -> None:
    with source:  # closed, or who writes would wait for a reader for ever
        read(f"/dev/fd/{source.fileno()}")


def stretches(rows: QuerySet[Any, Any], width: int) -> Generator[Blocks, None, None]:
    """Each to be read before the next. The values are as the database writes them; DuckDB reads them from either."""
    statement, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == POSTGRESQL:
            # expressions are long, sets of units many: to compile them would take ten times as long as to use them
            cursor.execute("SET LOCAL jit = off")
            copy = f"COPY ({statement}) TO STDOUT (FORMAT csv, NULL '{NULL}')"
            with connection.wrap_database_errors, closing(copied(cursor.connection, copy, values)) as found:
                yield from _cut(found, STRETCH)  # a block is a row
            return
        cursor.execute(_without_null(statement, width), values)
        yield from _cut(_written(cursor), STRETCH // FETCHED)


def _cut(blocks: Blocks, size: int) -> Iterator[Blocks]:
    for first in blocks:
        yield chain((first,), islice(blocks, size - 1))


def _written(cursor: Any) -> Blocks:
    while found := cursor.fetchmany(FETCHED):
        text = StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(found)
        yield text.getvalue().encode()


def _without_null(statement: str, width: int) -> str:
    """`csv` writes None and the empty text alike."""
    names = [f"value_{place}" for place in range(width)]
    told = ", ".join(f"ifnull({name}, '{NULL}')" for name in names)
    return f"WITH told({', '.join(names)}) AS ({statement}) SELECT {told} FROM told"  # noqa: S608  names made here
