# ruff: noqa: S608  names are constants
"""The register of the rulebook bench, and its rules in Python, over the dated tables and over facts."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from benchmarks._rulebook_register import TABLES, build
from benchmarks._rulebook_rules import ON, Asked, asked, situation
from quanheng.census.reading import facts_of
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.situation import FactValue, Situation
from quanheng.rulebook.sql_rules import OUTCOMES, rule_statements, rule_statements_on_facts
from quanheng.rulebook.sql_statement import Statement

SIZE = 100


@pytest.fixture(scope="module")
def rules() -> Asked:
    return asked()


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBPyConnection]:
    file = tmp_path_factory.mktemp("register") / "register.duckdb"
    build(file, SIZE, threads=1)
    with duckdb.connect(str(file)) as connection:
        yield connection


def by_python(connection: DuckDBPyConnection, rules: Asked) -> dict[UUID, dict[str, tuple[object, ...]]]:
    vocabulary, given = rules.context.vocabulary, situation()
    keys = [row[0] for row in connection.execute("SELECT subject FROM person").fetchall()]
    people = facts_of(connection, vocabulary, frozenset(fact.name for fact in vocabulary), keys)
    return {key: _found(rules, facts | dict(given.facts), given) for key, facts in people.items()}


def _found(rules: Asked, facts: dict[str, FactValue], given: Situation) -> dict[str, tuple[object, ...]]:
    asked_of = Situation(ON, facts, switches=given.switches, calendar=given.calendar)
    findings = (evaluate(rule, asked_of, rules.context.vocabulary)[0] for rule in rules.rules.values())
    return {each.rule: (each.outcome, each.missing, each.lo, each.hi) for each in findings}


def by_sql(connection: DuckDBPyConnection, made: Statement, into: dict[UUID, dict[str, tuple[object, ...]]]) -> None:
    for subject, *values in connection.execute(made.text).fetchall():
        for place, name in enumerate(made.names):
            outcome, mask, lo, hi = values[4 * place : 4 * place + 4]
            into.setdefault(subject, {})[name] = (OUTCOMES[outcome], made.bits_of(name).names(mask), lo, hi)


def test_at_least_forty_rules_are_asked_and_the_others_are_told_why(rules: Asked) -> None:
    assert len(rules.rules) >= 40
    assert not set(rules.rules) & set(rules.left_out)
    assert rules.left_out["SEL-QUAL-08-3b"] == "does not apply to this post, whoever is asked about"
    assert rules.left_out["RNK-APPR"] == "RNK-APPR: findings of single records are made in Python"


def test_the_register_is_the_same_each_time(register: DuckDBPyConnection, tmp_path: Path) -> None:
    build(tmp_path / "again.duckdb", SIZE, threads=2)
    register.execute(f"ATTACH '{tmp_path / 'again.duckdb'}' AS again (READ_ONLY)")
    for table in ("person", *TABLES):
        for some, others in ((table, f"again.{table}"), (f"again.{table}", table)):
            assert register.execute(f"SELECT * FROM {some} EXCEPT ALL SELECT * FROM {others}").fetchall() == []
    register.execute("DETACH again")


def test_every_table_has_rows_and_periods_end_after_they_begin(register: DuckDBPyConnection) -> None:
    counts = {table: register.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES}
    assert sum(count == 0 for count in counts.values()) <= 6  # such as there are of one person in a hundred
    assert counts["grades"] == 7 * SIZE
    assert register.execute('SELECT count(*) FROM posts WHERE "end" <= start').fetchall() == [(0,)]


@pytest.mark.slow
def test_python_says_the_same_as_sql_from_the_tables_and_on_facts(register: DuckDBPyConnection, rules: Asked) -> None:
    expected = by_python(register, rules)
    dated: dict[UUID, dict[str, tuple[object, ...]]] = {}
    on_facts: dict[UUID, dict[str, tuple[object, ...]]] = {}
    for made in rule_statements(rules.conditions, rules.context):
        by_sql(register, made, dated)
    for each in rule_statements_on_facts(rules.conditions, rules.context):
        register.execute(f"CREATE TEMP TABLE {each.table} AS {each.facts}")
        by_sql(register, each.statement, on_facts)
    assert dated == expected
    assert on_facts == expected
    assert len({found[0] for person in expected.values() for found in person.values()}) == len(OUTCOMES)
