"""Rows that cannot be read or taken: the refresh ends, says of which table, and quotes nobody."""

import os
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import DatabaseError, OperationalError, connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from quanheng.census import extract, streaming, upkeep
from quanheng.census.extract import CannotExtract
from quanheng.census.publish import published
from quanheng.census.snapshot import Published, Recipe
from quanheng.census.tables import Table, tables
from quanheng.census.upkeep import Failed
from quanheng.ledger import marks
from quanheng.ledger.transactions import POSTGRESQL
from quanheng.people.models import Cadre
from quanheng.people.rule_facts import PEOPLE, SOURCES
from quanheng.people.rule_sources import Source
from tests.census.comparing import assert_alike
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 0, tzinfo=UTC), date(2026, 11, 20)
MIB = 1 << 20


@pytest.fixture
def chen(cast: Cast) -> Cadre:
    return fill(cast.chen_file, AT)


@pytest.fixture
def unfit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digest of a post is no date."""

    def changed(*given: Any) -> list[Table]:
        return [
            replace(each, columns={**each.columns, "post": "DATE"}) if each.name == "posts" else each
            for each in real(*given)
        ]

    real = tables
    monkeypatch.setattr(extract, "tables", changed)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column that the register lacks."""

    def failing(source: Source, part: extract.Part) -> QuerySet[Any, Any]:
        found = real(source, part)
        return found.filter(pk=RawSQL("no_such_column", [])) if source.fact == "posts" else found

    real = extract._rows
    monkeypatch.setattr(extract, "_rows", failing)


def refused(folder: Path, recipe: Recipe) -> CannotExtract:
    with pytest.raises(CannotExtract) as told:
        upkeep.rebuild(folder, recipe, clock=lambda: AT, on=ON)
    assert (published(folder), upkeep.current_snapshot(folder)) == ([], None)
    assert {file.name for file in folder.iterdir()} == {".publishing", "failed.json"}
    return told.value


def test_a_value_that_is_not_taken_is_not_quoted(chen: Cadre, unfit: None, folder: Path, recipe: Recipe) -> None:
    told = refused(folder, recipe)
    facts = {"table": "posts", "column": "post", "error": "ConversionException"}
    assert (told.code, told.facts) == ("column-not-taken", facts)
    said = "".join(traceback.format_exception(told))
    assert str(chen.pk) not in said
    assert "Original Line" not in said
    assert upkeep.last_failure(folder) == Failed(AT, "ConversionException (posts)")


def test_rows_that_are_not_given_are_told_by_their_table(
    chen: Cadre, unread: None, folder: Path, recipe: Recipe
) -> None:
    error = "42703" if connection.vendor == POSTGRESQL else "OperationalError"
    told = refused(folder, recipe)
    assert (told.code, told.facts) == ("not-given", {"table": "posts", "error": error})
    assert "no_such_column" not in "".join(traceback.format_exception(told))
    assert upkeep.last_failure(folder) == Failed(AT, f"{error} (posts)")


def test_a_register_that_breaks_off_after_some_mb_leaves_nothing(
    chen: Cadre, folder: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(blocks: streaming.Blocks) -> streaming.Blocks:
        first = bytes(next(iter(blocks)))
        yield from chain(repeat(first, 3 * MIB // len(first)))
        raise DatabaseError("gone")

    def failing(rows: QuerySet[Any, Any], width: int) -> Iterator[streaming.Blocks]:
        return (long(blocks) for blocks in real(rows, width))

    def held() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd"))

    real = streaming.stretches
    monkeypatch.setattr(streaming, "stretches", failing)
    before = held()
    told = refused(folder, recipe)
    first = extract.LONG if connection.vendor == POSTGRESQL else {PEOPLE.fact}
    assert (told.code, told.facts["error"]) == ("not-given", "DatabaseError")
    assert told.facts["table"] in first
    assert held() == before
    monkeypatch.undo()
    made: Published = upkeep.rebuild(folder, recipe, clock=lambda: AT, on=ON)
    assert (made.snapshot.number, made.snapshot.cadres) == (1, 2)


@pytest.mark.skipif(connection.vendor != POSTGRESQL, reason="SQLite reads with one connection")
def test_without_a_second_connection_the_first_takes_all(
    chen: Cadre, folder: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def too_many(state: str) -> Iterator[None]:
        asked.append(state)
        raise OperationalError("sorry, too many clients already")
        yield

    asked: list[str] = []
    monkeypatch.setattr(marks, "same_state", too_many)
    made: Published = upkeep.rebuild(folder, recipe, clock=lambda: AT, on=ON)
    assert (made.snapshot.cadres, len(asked)) == (2, 1)
    monkeypatch.undo()
    assert_alike(folder, recipe, ON)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ('x\nError when converting column "post". Could not', "column-not-taken"),
        ('x\nError when converting column "Chen". Could not', "not-taken"),  # no column of ours
        ("Out of Memory Error: of Chen", "not-taken"),
    ],
)
def test_of_an_error_only_a_column_of_ours_is_told(recipe: Recipe, words: str, code: str) -> None:
    source = next(each for each in SOURCES if each.fact == "posts")
    target: Any = None
    told = extract._Insert(target, source, {}, None)._not_taken(duckdb.Error(words))
    column = {"column": "post"} if code == "column-not-taken" else {}
    assert (told.code, told.facts) == (code, {"table": "posts", "error": "Error", **column})
