"""What is derived of records that a test writes down."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from quanheng.rulebook.book import load
from quanheng.rulebook.derived import derive
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situation import FactValue, Raw, Record

BOOK, VOCABULARY = load(), load_facts()
ON = date(2025, 6, 1)


def derived(on: date = ON, switches: Mapping[str, str] | None = None, **facts: FactValue) -> Mapping[str, FactValue]:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return derive(named, VOCABULARY, on=on, switches=switches or {}, book=BOOK)


def records(*each: Mapping[str, Raw]) -> tuple[Record, ...]:
    return tuple(Record(f"r[{number}]", values) for number, values in enumerate(each))


def column(facts: Mapping[str, FactValue], fact: str, field: str) -> list[Any]:
    found = facts[fact]
    assert isinstance(found, tuple)
    return [each.values.get(field) for each in found]
