"""Years of training are added up as the register's own statement adds them."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import duckdb
import pytest

from quanheng.census.completion import Completion
from quanheng.census.snapshot import Recipe
from quanheng.census.tables import create
from quanheng.people.rule_facts import KEYED, sourced

ON = date(2026, 11, 20)
ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
def completion(recipe: Recipe) -> Iterator[Completion]:
    with duckdb.connect(config={"threads": "1"}) as target:
        create(target, recipe.vocabulary, KEYED)
        yield Completion(target, recipe.vocabulary, sourced(), recipe.book, recipe.switches, ON)


def train(completion: Completion, person: UUID, start: date | None, hours: int | None) -> None:
    completion.target.execute("INSERT INTO trainings (subject, start, hours) VALUES (?, ?, ?)", [person, start, hours])


def years(completion: Completion) -> list[tuple[Any, ...]]:
    completion.run()
    listed = "SELECT subject, record, year, hours FROM training_years ORDER BY ALL"
    return completion.target.execute(listed).fetchall()


def test_hours_of_a_year_are_its_sum_and_unknown_where_those_of_a_class_are(completion: Completion) -> None:
    for start, hours in ((date(2024, 1, 1), 40), (date(2024, 12, 31), 8), (date(2025, 1, 1), 16)):
        train(completion, ONE, start, hours)
    train(completion, OTHER, date(2024, 5, 1), 40)
    train(completion, OTHER, date(2024, 6, 1), None)
    found = [(ONE, "2024", 2024, 48), (ONE, "2025", 2025, 16), (OTHER, "2024", 2024, None)]
    assert years(completion) == found


def test_who_has_years_already_keeps_them(completion: Completion) -> None:
    """In a snapshot that goes on from the one before."""
    train(completion, ONE, date(2024, 1, 1), 40)
    assert years(completion) == years(completion) == [(ONE, "2024", 2024, 40)]
    train(completion, OTHER, date(2025, 1, 1), 0)
    assert years(completion) == [(ONE, "2024", 2024, 40), (OTHER, "2025", 2025, 0)]
