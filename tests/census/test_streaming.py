"""Rows stream into DuckDB whatever is in them; who breaks off on either side is told, and nobody waits for ever."""

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import UUID

import duckdb
import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet, TextField, Value
from django.db.models.functions import NullIf
from duckdb import DuckDBPyConnection

from quanheng.census import streaming
from quanheng.census.streaming import CSV, Readers, readers, stretches
from quanheng.ledger.models import ChangeMark
from quanheng.ledger.transactions import POSTGRESQL

pytestmark = pytest.mark.django_db(transaction=True)
ODD = ['a,b "c"\n\\N', "", "名", r"\N!", " "]  # all that csv may stumble over
KEYS = [UUID(int=7 * number) for number in range(10)]
WIDTH = len(ODD) + 2


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> QuerySet[Any, Any]:
    """A key, the texts, nothing; the last key first, four of them a stretch."""
    monkeypatch.setattr(streaming, "STRETCH", 4)
    monkeypatch.setattr(streaming, "FETCHED", 2)
    ChangeMark.objects.bulk_create(ChangeMark(cadre=key) for key in KEYS)
    texts = {f"text_{place}": Value(text, TextField()) for place, text in enumerate(ODD)}
    nothing = NullIf(Value("x"), Value("x"), output_field=TextField())
    found = ChangeMark.objects.filter(cadre__in=KEYS).annotate(**texts, nothing=nothing)
    return found.order_by("-cadre").values_list("cadre", *texts, "nothing")


@pytest.fixture
def target() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect(config={"threads": "1"}) as made:
        yield made


def test_every_value_arrives_and_each_stretch_is_in_order(rows: QuerySet[Any, Any], target: DuckDBPyConnection) -> None:
    columns = "{'key': 'UUID', " + ", ".join(f"'c{place}': 'VARCHAR'" for place in range(WIDTH - 1)) + "}"
    statement = f"SELECT * FROM read_csv(?, columns = {columns}, {CSV}) ORDER BY key"  # noqa: S608  made here
    read: list[list[tuple[Any, ...]]] = []

    def take(path: str) -> None:
        with target.cursor() as cursor:
            read.append(cursor.execute(statement, [path]).fetchall())

    with transaction.atomic(), readers() as reading:
        reading.pour(rows, WIDTH, take)
    assert [[row[0] for row in stretch] for stretch in sorted(read, reverse=True)] == [KEYS[6:], KEYS[2:6], KEYS[:2]]
    assert {row[1:] for stretch in read for row in stretch} == {(*ODD, None)}


def test_nothing_to_pour_is_not_read(rows: QuerySet[Any, Any]) -> None:
    with transaction.atomic(), readers() as reading:
        reading.pour(rows.filter(seq=-1), WIDTH, pytest.fail)


def test_who_reads_and_breaks_off_is_told(rows: QuerySet[Any, Any]) -> None:
    def refuse(path: str) -> None:
        raise ArithmeticError(path[:8])

    long = rows.annotate(long=Value("x" * 400_000, TextField()))  # more than a pipe takes
    with pytest.raises(ArithmeticError, match="/dev/fd/"), transaction.atomic(), readers() as reading:
        reading.pour(long, WIDTH + 1, refuse)
    assert ChangeMark.objects.filter(cadre__in=KEYS).count() == len(KEYS)  # the connection goes on


def test_rows_need_not_be_read_to_the_end(rows: QuerySet[Any, Any]) -> None:
    def break_off() -> None:
        with transaction.atomic(), closing(stretches(rows, WIDTH)) as found:
            raise KeyError(sum(1 for _ in next(found)))

    with pytest.raises(KeyError, match=r"^[24]$"):  # rows on PostgreSQL, blocks of them on SQLite
        break_off()
    assert ChangeMark.objects.filter(cadre__in=KEYS).count() == len(KEYS)


@pytest.mark.skipif(connection.vendor != POSTGRESQL, reason="SQLite divides by nothing")
@pytest.mark.parametrize("seq", [0, 1], ids=["before the first row", "after it"])
def test_a_statement_that_fails_is_told(rows: QuerySet[Any, Any], seq: int) -> None:
    first = ChangeMark.objects.filter(cadre=KEYS[-1]).values_list("seq", flat=True)[0]  # the first of the rows
    failing = rows.annotate(part=Value(1) / (F("seq") - first + seq)).values_list("cadre", "part")
    taken: list[str] = []

    def take(path: str) -> None:
        with open(path) as file:
            taken.extend(file)

    with pytest.raises(DatabaseError), transaction.atomic(), readers() as reading:
        reading.pour(failing, 2, take)
    assert len(taken) <= seq
    assert ChangeMark.objects.filter(cadre__in=KEYS).count() == len(KEYS)


# --- nothing is left behind

MIB = 1 << 20


def held() -> tuple[int, int]:
    """Threads and descriptors of this process."""
    return threading.active_count(), len(os.listdir("/proc/self/fd"))


def poured(monkeypatch: pytest.MonkeyPatch, blocks: Iterator[bytes]) -> Any:
    monkeypatch.setattr(streaming, "stretches", lambda rows, width: (each for each in (blocks,)))
    return ChangeMark.objects.none()


def test_who_writes_and_fails_while_the_other_is_busy_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()
    read: list[int] = []

    def take(path: str) -> None:
        with open(path, "rb", buffering=0) as file:
            read.append(sum(len(file.read(MIB // 16)) for _ in range(3 * 16)))
            assert failed.wait(60)
            read.append(len(file.read()))

    def blocks() -> Iterator[bytes]:
        yield from (b"x" * (MIB // 2) for _ in range(7))
        failed.set()
        raise ArithmeticError("after some MB")

    rows, before = poured(monkeypatch, blocks()), held()
    with pytest.raises(ArithmeticError, match="after some MB"), readers() as reading:
        reading.pour(rows, 1, take)
    assert (sum(read), held()) == (7 * MIB // 2, before)


def test_a_small_pipe_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the system allows no larger one."""

    def refused(*given: object) -> int:
        raise PermissionError(errno.EPERM, "no more pages")

    read: list[int] = []

    def take(path: str) -> None:
        with open(path, "rb") as file:
            read.append(len(file.read()))

    rows, before = poured(monkeypatch, iter([b"x" * 3 * MIB])), held()
    monkeypatch.setattr(fcntl, "fcntl", refused)
    with readers() as reading:
        reading.pour(rows, 1, take)
    assert (read, held()) == ([3 * MIB], before)


def test_a_pipe_that_nobody_takes_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = ThreadPoolExecutor(max_workers=1)
    pool.shutdown()
    rows, before = poured(monkeypatch, iter([b"x"])), held()
    with pytest.raises(RuntimeError, match="after shutdown"):
        Readers(pool).pour(rows, 1, pytest.fail)
    assert held() == before
