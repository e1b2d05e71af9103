"""What a snapshot says of people beside what the register says of them. No test in here."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from quanheng.census import reading
from quanheng.census.reading import Reader
from quanheng.census.snapshot import Recipe
from quanheng.people.models import Cadre
from quanheng.people.rule_facts import SOURCES, facts_of, sourced
from quanheng.rulebook.derived import derive
from quanheng.rulebook.situation import FactValue, Record

TEXTS = {(source.fact, name) for source in SOURCES for name in source.texts}
Facts = Mapping[str, FactValue]


def by_snapshot(folder: Path, recipe: Recipe, keys: Iterable[UUID]) -> dict[UUID, dict[str, FactValue]]:
    with Reader(folder).cursor() as (connection, _):
        return reading.facts_of(connection, recipe.vocabulary, sourced(), keys)


def by_register(recipe: Recipe, keys: Iterable[UUID], on: date) -> dict[UUID, dict[str, FactValue]]:
    """With all that is derived on that day."""
    found = facts_of(keys, recipe.vocabulary)
    return {
        key: derive(facts, recipe.vocabulary, on=on, switches=recipe.switches, book=recipe.book)
        for key, facts in found.items()
    }


def flat(facts: Facts) -> list[tuple[str, str, str, Any]]:
    """(fact, record, field, value) of all that is known, texts left out."""
    rows: list[tuple[str, str, str, Any]] = []
    for name, value in facts.items():
        if isinstance(value, tuple):
            rows.append((name, "", "", len(value)))
            rows += [(name, each.key, field, what) for each in value for field, what in each.values.items()]
        else:
            rows.append((name, "", "", value))
    return sorted(row for row in rows if (row[0], row[2]) not in TEXTS)


def records(facts: Facts, name: str) -> tuple[Record, ...]:
    found = facts.get(name, ())
    assert isinstance(found, tuple)
    return found


def texts(facts: Mapping[UUID, Facts]) -> dict[tuple[str, str], dict[str, Any]]:
    """Of each text field the text of each record."""
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for person in facts.values():
        for fact, field in TEXTS:
            for each in records(person, fact):
                if field in each.values:
                    found[fact, field][each.key] = each.values[field]
    return found


def assert_alike(folder: Path, recipe: Recipe, on: date) -> None:
    keys = list(Cadre.objects.values_list("pk", flat=True))
    assert_same(by_snapshot(folder, recipe, keys), by_register(recipe, keys, on))


def assert_same(mine: Mapping[UUID, Facts], theirs: Mapping[UUID, Facts]) -> None:
    """Of a snapshot, which has digests of texts; and of the register."""
    assert mine.keys() == theirs.keys()
    for key, facts in mine.items():
        assert flat(facts) == flat(theirs[key])
    digests, read = texts(mine), texts(theirs)
    assert digests.keys() == read.keys()
    for field, by_record in digests.items():
        assert by_record.keys() == read[field].keys()
        pairs = {(digest, read[field][record]) for record, digest in by_record.items()}
        assert len(pairs) == len({digest for digest, _ in pairs})  # a digest stands for one text
