"""Rules as SQL over a snapshot say of each person what Python says over the register."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from quanheng.census.reading import Reader
from quanheng.census.snapshot import Recipe, refresh
from quanheng.census.tables import as_recorded
from quanheng.demo.load import load_city
from quanheng.people.models import Cadre
from quanheng.people.rule_facts import facts_of, sourced
from quanheng.rulebook.checking import compiled
from quanheng.rulebook.compute import Scope, truth
from quanheng.rulebook.derived import derive
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import FactValue, Situation
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.sql_statement import statement
from quanheng.rulebook.sql_text import NotInSqlError
from quanheng.rulebook.tree import Node
from quanheng.rulebook.values import State, Truth
from quanheng.rulebook.vocabulary import Scope as Whose

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
TARGET: dict[str, FactValue] = {"target.kind": "post", "target.level": "县处级副职", "target.role": "副职"}
Told = tuple[State, tuple[str, ...], date, date]


@dataclass(frozen=True)
class Asked:
    """`people`: the facts of each person in Python."""

    recipe: Recipe
    people: dict[UUID, dict[str, FactValue]]
    connection: Any

    def situation(self, facts: dict[str, FactValue]) -> Situation:
        return Situation(ON, {**facts, **TARGET}, switches=self.recipe.switches)

    def by_python(self, rule: Rule, node: Node) -> dict[UUID, Told]:
        vocabulary = as_recorded(self.recipe.vocabulary, sourced())
        scopes = {key: Scope(self.situation(facts), vocabulary, rule.parameters) for key, facts in self.people.items()}
        return {key: told(truth(node, scope)) for key, scope in scopes.items()}

    def by_sql(self, rule: Rule, node: Node) -> dict[UUID, Told]:
        vocabulary = as_recorded(self.recipe.vocabulary, sourced())
        made = statement({"c": node}, Context(vocabulary, self.situation({}), rule.parameters, Bits()))
        rows = self.connection.execute(made.text).fetchall()
        return {key: (State(state), made.bits.names(missing), lo, hi) for key, state, missing, lo, hi in rows}


def told(held: Truth) -> Told:
    return held.state, tuple(sorted(held.missing)), held.lo, held.hi


@pytest.fixture
def people(folder: Path, recipe: Recipe) -> dict[UUID, dict[str, FactValue]]:
    """A city in the register and in a snapshot; and the facts of each person as the register gives them."""
    load_city(cadres=60, seed=12, at=AT)
    refresh(folder, recipe, at=AT, on=ON)
    found = facts_of(Cadre.objects.values_list("pk", flat=True), recipe.vocabulary)
    return {
        key: derive(facts, recipe.vocabulary, on=ON, switches=recipe.switches, book=recipe.book)
        for key, facts in found.items()
    }


def conditions(recipe: Recipe) -> Iterator[tuple[str, Rule, Node]]:
    """Of the rules about one person that hold on the day."""
    for text, rule in compiled(recipe.book, recipe.vocabulary).items():
        if not rule.each and rule.about is Whose.PERSON and text.in_force.contains(ON):
            yield f"{rule.id} applies", rule, rule.applies
            yield f"{rule.id} requires", rule, rule.requires


def test_every_rule_that_is_sql_says_the_same(people: dict[UUID, Any], folder: Path, recipe: Recipe) -> None:
    states: set[State] = set()
    alike: list[str] = []
    with Reader(folder).cursor() as (connection, _):
        asked = Asked(recipe, people, connection)
        for name, rule, node in conditions(recipe):
            with suppress(NotInSqlError):
                by_sql, by_python = asked.by_sql(rule, node), asked.by_python(rule, node)
                assert by_sql == by_python, name
                states |= {state for state, *_ in by_python.values()}
                alike.append(name)
    assert len(alike) > 100
    assert states == set(State)
