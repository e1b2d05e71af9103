# ruff: noqa: S608  tables of the test itself
"""Small registers for the tests of back ends: a vocabulary of their own, people in Python and as tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import duckdb
import polars as pl

from quanheng.rulebook.compute import Scope, truth
from quanheng.rulebook.facts_reading import read_facts
from quanheng.rulebook.parse import Names, parse
from quanheng.rulebook.situation import Bounded, Record, Situation
from quanheng.rulebook.sql import Bits, Context, bound_columns
from quanheng.rulebook.sql_statement import Statement, statement
from quanheng.rulebook.sql_text import DUCKDB, POSTGRESQL, Dialect
from quanheng.rulebook.tree import Node
from quanheng.rulebook.types import NUMBER, TRUTH, Kind, Type
from quanheng.rulebook.values import State, Truth
from quanheng.rulebook.vocabulary import Fact, World
from tests.rulebook.frames import Frame
from tests.rulebook.frames_records import OWNER
from tests.rulebook.frames_values import World as World_
from tests.rulebook.language import parameter

VOCABULARY = read_facts(
    """
codes:
  level: {scale: true, values: [low, middle, high]}
  colour: {values: [red, green]}
facts:
  person.birth: {type: date, zh: 生, en: birth, source: test, world: open}
  person.start: {type: date, zh: 起, en: start, source: test, world: open}
  person.size: {type: number, zh: 数, en: size, source: test, world: open}
  person.hours: {type: number, zh: 时, en: hours, source: test, world: open}
  person.level: {type: code of level, zh: 层, en: level, source: test, world: open}
  person.is_member: {type: truth, zh: 员, en: member, source: test, world: open}
  target.level: {type: code of level, zh: 层, en: level, source: test, world: open}
  posts:
    type: records
    zh: 任
    en: posts
    source: test
    world: open
    begins: start
    ends: end
    fields:
      start: {type: date, zh: 起, en: start}
      end: {type: date, zh: 止, en: end}
      level: {type: code of level, zh: 层, en: level}
      colour: {type: code of colour, zh: 色, en: colour}
      size: {type: number, zh: 数, en: size}
      hours: {type: number, zh: 时, en: hours}
      is_far: {type: truth, zh: 远, en: far}
  marks:
    type: records
    zh: 分
    en: marks
    source: test
    world: open
    begins: decided
    key: year
    order: year
    fields:
      year: {type: number, zh: 年, en: year}
      mark: {type: code of colour, zh: 分, en: mark}
      hours: {type: number, zh: 时, en: hours}
      decided: {type: date, zh: 定, en: decided}
  sanctions:
    type: records
    zh: 处
    en: sanctions
    source: test
    world: closed
    begins: effective
    fields:
      effective: {type: date, zh: 效, en: effective}
      colour: {type: code of colour, zh: 色, en: colour}
      months: {type: number, zh: 月, en: months}
""",
    "registers.yaml",
)
PARAMETERS = {"share": parameter("share", Fraction(2, 5)), "third": parameter("third", Fraction(-1, 3))}
BOUNDED = frozenset({"person.hours", "posts.hours"})  # numbers of which bounds may be all that is known
NAMES = Names(VOCABULARY, dict.fromkeys(PARAMETERS, NUMBER), {"SW-PERIOD-END": ("same_day", "day_after")})
SWITCHES = {"SW-PERIOD-END": "same_day"}
COLUMN_TYPES = {Kind.DATE: "DATE", Kind.NUMBER: "BIGINT", Kind.TRUTH: "BOOLEAN"}
POLARS_TYPES = {Kind.DATE: pl.Date, Kind.TRUTH: pl.Boolean}
Person = Mapping[str, Any]  # single facts by name, records facts as lists of mappings


@dataclass(frozen=True)
class Told:
    """What a back end says of one condition for one person."""

    state: State
    missing: tuple[str, ...]
    lo: date
    hi: date


def tree(text: str) -> Node:
    return parse(text, NAMES, TRUTH)


def singles() -> list[Fact]:
    return [fact for fact in VOCABULARY if not fact.is_records and fact.name.startswith("person.")]


def tables() -> list[Fact]:
    return [fact for fact in VOCABULARY if fact.is_records]


def situation(person: Person, on: date, target: str | None = "middle") -> Situation:
    """As an extraction would build it: no row of an open-world fact is unknown."""
    facts: dict[str, Any] = {fact.name: person.get(fact.name) for fact in singles()}
    for fact in tables():
        rows = tuple(Record(f"{fact.name}[{place}]", row) for place, row in enumerate(person.get(fact.name, ())))
        if rows or fact.world is World.CLOSED:
            facts[fact.name] = rows
    given = {name: value for name, value in facts.items() if value is not None}
    return Situation(on, given | ({"target.level": target} if target else {}), switches=dict(SWITCHES))


def by_python(nodes: Sequence[Node], people: Sequence[Person], on: date) -> list[list[Told]]:
    """One row a person, one column a condition."""
    return [
        [_told(truth(node, Scope(situation(person, on), VOCABULARY, PARAMETERS))) for node in nodes]
        for person in people
    ]


def _told(held: Truth) -> Told:
    return Told(held.state, tuple(sorted(held.missing)), held.lo, held.hi)


def _ddl_and_rows(people: Sequence[Person]) -> Iterator[tuple[str, str, list[list[Any]]]]:
    """(table, its columns, its rows) of a register."""
    types = {fact.name: fact.type for fact in singles()}
    yield _table("person", types, types, list(enumerate(people)))
    for fact in tables():
        own = [(number, row) for number, person in enumerate(people) for row in person.get(fact.name, ())]
        fields = {f"{fact.name}.{name}": each.type for name, each in fact.fields.items()}
        yield _table(fact.name, fields, fact.fields, own)


def _table(
    table: str, types: Mapping[str, Type], names: Iterable[str], own: Sequence[tuple[int, Person]]
) -> tuple[str, str, list[list[Any]]]:
    """`types`: by what is missing where there is no value; `names`: of the columns."""
    columns, kept = list[str](), list(names)
    for (missing, type), column in zip(types.items(), kept, strict=True):
        made = column.replace(".", "_")
        ends = bound_columns(made) if missing in BOUNDED else (made,)
        columns += [f'"{each}" {COLUMN_TYPES.get(type.kind, "VARCHAR")}' for each in ends]
    cells = list(zip(types, kept, strict=True))
    rows = [[number, *(cell for pair in cells for cell in _cells(row, *pair))] for number, row in own]
    return table, ", ".join(columns), rows


def _cells(row: Person, missing: str, name: str) -> tuple[Any, ...]:
    value = row.get(name)
    if missing not in BOUNDED:
        return (value,)
    return (value.lo, value.hi) if isinstance(value, Bounded) else (value, value)


def fill(cursor: Any, people: Sequence[Person], mark: str) -> None:
    """`mark`: how the database writes a place for a value."""
    for table, columns, rows in _ddl_and_rows(people):
        cursor.execute(f'CREATE TEMPORARY TABLE "{table}" (subject BIGINT, {columns})')
        if rows:
            places = ", ".join([mark] * len(rows[0]))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)


def asked(nodes: Sequence[Node], on: date, dialect: Dialect) -> Statement:
    context = Context(VOCABULARY, situation({}, on), PARAMETERS, Bits(), dialect, BOUNDED)
    return statement({f"c{place}": node for place, node in enumerate(nodes)}, context)


def by_duckdb(nodes: Sequence[Node], people: Sequence[Person], on: date) -> list[list[Told]]:
    made = asked(nodes, on, DUCKDB)
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        fill(connection, people, "?")
        rows = connection.execute(f"SELECT * FROM ({made.text}) AS t ORDER BY subject").fetchall()
    return told_of(rows, made)


def by_postgresql(nodes: Sequence[Node], people: Sequence[Person], on: date, cursor: Any) -> list[list[Told]]:
    """In temporary tables of their own transaction, which is rolled back."""
    made = asked(nodes, on, POSTGRESQL)
    fill(cursor, people, "%s")
    cursor.execute(f"SELECT * FROM ({made.text}) AS t ORDER BY subject")
    return told_of(cursor.fetchall(), made)


def by_polars(nodes: Sequence[Node], people: Sequence[Person], on: date) -> list[list[Told]]:
    shares = {name: each.value for name, each in PARAMETERS.items() if isinstance(each.value, Fraction)}
    world = World_(VOCABULARY, on, shares, SWITCHES)
    singles_ = {fact.name: fact.type for fact in singles()}
    frame = Frame(world, len(people), _cells_of(singles_, list(people)) | _target(len(people)))
    for fact in tables():
        own = [(number, row) for number, person in enumerate(people) for row in person.get(fact.name, ())]
        columns = _cells_of({name: each.type for name, each in fact.fields.items()}, [row for _, row in own])
        owner = pl.Series(OWNER, [number for number, _ in own], dtype=pl.Int64)
        world.tables[fact.name] = pl.DataFrame({OWNER: owner, **columns})
    told = [frame.truth(node) for node in nodes]
    rows = [zip(held.state, held.missing, held.lo, held.hi, strict=True) for held in told]
    made = [[Told(State(state), world.told(mask), lo, hi) for state, mask, lo, hi in row] for row in rows]
    return [list(row) for row in zip(*made, strict=True)]


def _cells_of(types: Mapping[str, Type], rows: Sequence[Person]) -> dict[str, pl.Series]:
    made: dict[str, pl.Series] = {}
    for name, type in types.items():
        values = [row.get(name) for row in rows]
        if type.kind is Kind.NUMBER:
            for end in ("lo", "hi"):
                ends = [getattr(value, end) if isinstance(value, Bounded) else value for value in values]
                made[f"{name} {end}"] = pl.Series(f"{name} {end}", ends, dtype=pl.Int64)
        else:
            made[name] = pl.Series(name, values, dtype=POLARS_TYPES.get(type.kind, pl.String))
    return made


def _target(size: int) -> dict[str, pl.Series]:
    return {"target.level": pl.Series("target.level", ["middle"] * size, dtype=pl.String)}


def told_of(rows: Sequence[Sequence[Any]], made: Statement) -> list[list[Told]]:
    places = range(1, 1 + 4 * len(made.names), 4)
    return [[_of_row(row[place : place + 4], made.bits) for place in places] for row in rows]


def _of_row(row: Sequence[Any], bits: Bits) -> Told:
    state, missing, lo, hi = row
    return Told(State(state), bits.names(missing), lo, hi)


# --- what the tests of statements share


def bare_context(on: date) -> Context:
    """Nothing is told of the person."""
    return Context(VOCABULARY, situation({}, on), PARAMETERS, Bits())


def agreed(on: date, texts: Sequence[str], people: Sequence[Person]) -> list[list[Told]]:
    """What Python, DuckDB and Polars say alike."""
    nodes = [tree(text) for text in texts]
    told = by_python(nodes, people, on)
    assert by_duckdb(nodes, people, on) == told
    assert by_polars(nodes, people, on) == told
    return told
