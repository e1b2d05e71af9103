"""Small words for tests of the language: parse and evaluate a condition over facts that are written as plain Python."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from quanheng.rulebook.compute import Scope, compute
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.instrument import Citation, Parameter, Unit
from quanheng.rulebook.parse import Names, parse
from quanheng.rulebook.rule import parameter_type
from quanheng.rulebook.situation import Record, Situation
from quanheng.rulebook.tree import Node
from quanheng.rulebook.values import Day, Number, Truth, Value

SWITCHES = {"SW-PERIOD-END": ("same_day", "day_after"), "SW-ROUND": ("floor", "half_up", "ceil")}
ON = date(2025, 6, 1)


def day(text: str) -> date:
    return date.fromisoformat(text)


def records(name: str, *rows: Mapping[str, Any]) -> tuple[Record, ...]:
    """Texts that look like dates become dates."""
    values = ({key: value(each) for key, each in row.items()} for row in rows)
    return tuple(Record(f"{name}[{place}]", row) for place, row in enumerate(values))


def value(written: Any) -> Any:
    is_date = isinstance(written, str) and len(written) == 10 and written[4] == written[7] == "-"
    return day(written) if is_date else written


def facts(**given: Any) -> dict[str, Any]:
    """`person__birth` is `person.birth`; lists are records."""
    return {
        name.replace("__", "."): records(name, *each) if isinstance(each, list) else value(each)
        for name, each in given.items()
    }


def parameter(name: str, given: Any, unit: Unit = Unit.MONTHS) -> Parameter:
    return Parameter(name, given, unit, Citation("TEST", "1"), is_seen=True)


def read(text: str, *parameters: Parameter, item: str = "") -> Node:
    return parse(text, Names(load_facts(), {each.name: parameter_type(each) for each in parameters}, SWITCHES, item))


def run(text: str, given: Mapping[str, Any], on: date = ON, *parameters: Parameter, **switches: str) -> Value:
    chosen = {"SW-PERIOD-END": "same_day", "SW-ROUND": "floor"}
    chosen.update({name.replace("_", "-"): each for name, each in switches.items()})
    situation = Situation(on, given, switches=chosen)
    return compute(read(text, *parameters), Scope(situation, load_facts(), {each.name: each for each in parameters}))


def truth_of(text: str, given: Mapping[str, Any], on: date = ON) -> Truth:
    made = run(text, given, on)
    assert isinstance(made, Truth)
    return made


def number_of(text: str, given: Mapping[str, Any], on: date = ON) -> Number:
    made = run(text, given, on)
    assert isinstance(made, Number)
    return made


def day_of(text: str, given: Mapping[str, Any], on: date = ON) -> Day:
    made = run(text, given, on)
    assert isinstance(made, Day)
    return made
