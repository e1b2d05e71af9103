"""Rows stream into DuckDB whatever is in them; who breaks off on either side is told, and nobody waits for ever."""

from collections.abc import Iterator
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
from quanheng.census.streaming import CSV, readers, stretches
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
