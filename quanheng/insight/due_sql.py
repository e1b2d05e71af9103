# ruff: noqa: S608  names come from the vocabulary and from constants, values go apart
"""What is due for all people, over the tables of a snapshot: the same watches as `quanheng.insight.due`.

Conditions about one person run as SQL. Of rules with items only those people are asked in Python who have an item that
still runs, which are few.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from duckdb import DuckDBPyConnection

from quanheng.census.reading import facts_of
from quanheng.census.tables import PERSON, SUBJECT, as_recorded, column, quoted, running
from quanheng.insight.due import (
    AHEAD,
    BEHIND,
    IS_RETIRED,
    RETIREMENT_DATE,
    Due,
    DueKind,
    Shape,
    Watch,
    due_of,
    reaching,
    watches,
)
from quanheng.instruments.local import HouseRules
from quanheng.people.rule_facts import sourced
from quanheng.rulebook.compute import Scope, compute
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.sql_rules import conditions, rule_statements
from quanheng.rulebook.values import Day
from quanheng.rulebook.vocabulary import Fact
from quanheng.rulebook.workdays import standard

BATCH = 5_000
NOT_MET, MET = 0, 2  # places in `sql_rules.OUTCOMES`
Value = str | date
COLUMNS = {"due_on": "DATE", "kind": "VARCHAR", "rule": "VARCHAR", "item": "VARCHAR", "subject": "UUID"}


def write_due(connection: DuckDBPyConnection, house: HouseRules, table: str) -> None:
    """Into `table`, which has `COLUMNS`, all that is due on the day of `house`. `connection`: on the tables of that
    day."""
    rules = {rule.id: rule for rule in house.compiled()}
    asked = [(watch, rules[watch.rule]) for watch in watches() if watch.rule in rules]
    selects = [_retirements(house.on)]
    selects += [each for watch, rule in asked if rule.each is None for each in _condition(watch, rule, house)]
    for text, values in selects:
        connection.execute(f"INSERT INTO {table} {text}", values)
    rows = [_row(each) for each in _with_items(connection, [rule for _watch, rule in asked if rule.each], house)]
    if rows:
        connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", rows)


def _row(due: Due) -> list[object]:
    return [due.on, due.kind.value, due.rule, due.item, due.subject]


def _retirements(on: date) -> tuple[str, list[Value]]:
    day, gone = column(RETIREMENT_DATE), column(IS_RETIRED)
    text = f"SELECT {day}, ?, '', '', {SUBJECT} FROM {PERSON} WHERE {day} <= ? AND {gone} IS NOT TRUE"
    return text, [DueKind.RETIREMENT.value, on + AHEAD[DueKind.RETIREMENT]]


def _condition(watch: Watch, rule: Rule, house: HouseRules) -> Iterator[tuple[str, list[Value]]]:
    facts = watch.target.told if watch.target else {}
    bare = Situation(house.on, facts, switches=house.switches, calendar=standard())
    context = Context(as_recorded(load_facts(), sourced()), bare, rule.parameters, Bits())
    head: list[Value] = [watch.kind.value, rule.id, watch.target.code if watch.target else ""]
    for each in rule_statements({"rule": conditions(rule, context)}, context):
        yield _near(watch, rule, each.text, head, bare)


def _near(watch: Watch, rule: Rule, text: str, head: list[Value], bare: Situation) -> tuple[str, list[Value]]:
    """A condition that ripens has its day as `lo`; what is short by a day has one day for all."""
    first = bare.on - BEHIND[watch.kind] if watch.kind in BEHIND else date(1, 1, 2)
    last = bare.on + AHEAD[watch.kind]
    if watch.shape is Shape.RIPENS:
        chosen = f"SELECT rule_lo, ?, ?, ?, {SUBJECT} FROM ({text}) WHERE rule_outcome IN ({NOT_MET}, {MET})"
        held, words = _reached(watch, bare.on)
        return f"{chosen} AND rule_lo BETWEEN ? AND ?{held}", [*head, first, last, *words]
    day = compute(rule.dates[watch.day], Scope(bare, load_facts(), rule.parameters))
    assert isinstance(day, Day)
    chosen = f"SELECT ?::DATE, ?, ?, ?, {SUBJECT} FROM ({text}) WHERE rule_outcome = {NOT_MET}"
    return f"{chosen} AND ?::DATE BETWEEN ? AND ?", [day.lo, *head, day.lo, first, last]


def _reached(watch: Watch, on: date) -> tuple[str, list[Value]]:
    """Not whoever holds the rank that is aimed at, or one above it."""
    if watch.target is None:
        return "", []
    words = reaching(watch.target)
    held = f"SELECT {SUBJECT} FROM ranks WHERE rank IN ({', '.join('?' * len(words))}) AND {running()}"
    return f" AND {SUBJECT} NOT IN ({held})", [*words, on, on]


def _with_items(connection: DuckDBPyConnection, rules: list[Rule], house: HouseRules) -> Iterator[Due]:
    kinds = [watch.kind for watch in watches() if watch.rule in {rule.id for rule in rules}]
    facts = [load_facts().lookup(name) for name in sorted({rule.each.name for rule in rules if rule.each})]
    for keys in _batches(_running(connection, facts, house.on)):
        for subject, known in facts_of(connection, load_facts(), sourced(), keys).items():
            yield from due_of(subject, known, house, kinds)


def _running(connection: DuckDBPyConnection, facts: Iterable[Fact], on: date) -> list[UUID]:
    """Who has a record that runs on the day, of those kinds that rules go through one by one."""
    selects = [_select(fact) for fact in facts]
    if not selects:
        return []
    found = connection.execute(" UNION ".join(selects) + " ORDER BY 1", [on] * len(selects)).fetchall()
    return [subject for (subject,) in found]


def _select(fact: Fact) -> str:
    """Of posts only those of leading members: the limit of ten years is theirs."""
    ended = quoted(fact.ends) if fact.ends else "NULL"
    leading = " AND is_leading_member" if "is_leading_member" in fact.fields else ""
    return f"SELECT {SUBJECT} FROM {quoted(fact.name)} WHERE coalesce({ended} > ?, true){leading}"


def _batches(keys: list[UUID]) -> Iterator[list[UUID]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
