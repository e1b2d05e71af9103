"""The facts that rules may speak of: name, type, unit, meaning, source, world, scope.

A name of a single fact has a dot (`person.work_start`, `target.level`, `case.votes_for`); records have a bare name
(`posts`) and their fields are names inside a combinator. World says what *no record in the register* means: `open` is
unknown, `closed` is none. The extraction decides by it; a situation that leaves a fact out says "unknown".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from quanheng.kernel.errors import Refused
from quanheng.rulebook.types import Kind, Type


class World(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Scope(StrEnum):
    PERSON = "person"
    TARGET = "target"
    CASE = "case"


class CannotReadVocabulary(Refused):
    """Facts: file, name, what, why."""


class UnknownName(Refused):
    """Facts: name, expected (kind of name), near (nearest known name or "")."""


@dataclass(frozen=True, slots=True)
class Meaning:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """The values a code can take. `is_scale`: they are in order, lowest first, and may be compared with < and >."""

    name: str
    values: tuple[str, ...]
    is_scale: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record: what it is called, its type, its unit ("" where none), what it means."""

    name: str
    type: Type
    unit: str
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Fact:
    """`source`: the records it comes from. For records: `begins` and `ends` name the fields of the half-open period in
    which a record holds ("" where it has none; without an end date it still runs), `key` the number of which there is
    one record each (a year), `order` the field that puts them in order, `label` the field that names one."""

    name: str
    type: Type
    unit: str
    meaning: Meaning
    source: str
    world: World
    scope: Scope
    fields: Mapping[str, Field] = field(default_factory=dict)
    begins: str = ""
    ends: str = ""
    key: str = ""
    order: str = ""
    label: str = ""

    @property
    def is_records(self) -> bool:
        return self.type.kind is Kind.RECORDS


@dataclass(frozen=True, slots=True)
class Vocabulary:
    facts: Mapping[str, Fact]
    codes: Mapping[str, CodeList]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def lookup(self, name: str) -> Fact:
        """Raises `UnknownName` with the nearest known name."""
        if name not in self.facts:
            near = nearest(name, self.facts)
            raise UnknownName("unknown-fact", name=name, expected="a fact of the vocabulary", near=near)
        return self.facts[name]

    def named(self, name: str) -> list[Fact]:
        """The fact of this name, that of a field (`posts.level`), or those with codes of this list (`sanction_kind`).
        Raises `UnknownName`."""
        if name in self.facts:
            return [self.facts[name]]
        fact, _, field = name.partition(".")
        if fact in self.facts and field in self.facts[fact].fields:
            return [self.facts[fact]]
        return [each for each in self if name in _codes_of(each)] or [self.lookup(name)]

    def values(self, type: Type) -> tuple[str, ...]:
        """The codes that a value of this type may be; none where it is no code."""
        return self.codes[type.of].values if type.kind is Kind.CODE else ()

    def scale(self, name: str) -> CodeList | None:
        """The code list if it is in order."""
        codes = self.codes.get(name)
        return codes if codes and codes.is_scale else None

    def merge(self, other: "Vocabulary") -> "Vocabulary":
        """Both together; a name that is declared twice is refused, even alike."""
        for mine, theirs, what in ((self.facts, other.facts, "fact"), (self.codes, other.codes, "code list")):
            for name in mine.keys() & theirs.keys():
                raise CannotReadVocabulary(
                    "declared-twice", file="-", name=name, what=what, why="one place declares it"
                )
        return Vocabulary({**self.facts, **other.facts}, {**self.codes, **other.codes})


def _codes_of(fact: Fact) -> set[str]:
    """The lists from which its value, or those of its fields, come."""
    return {each.of for each in (fact.type, *(field.type for field in fact.fields.values())) if each.kind is Kind.CODE}


EMPTY = Vocabulary({}, {})


def merge_all(parts: Iterable[Vocabulary]) -> Vocabulary:
    whole = EMPTY
    for part in parts:
        whole = whole.merge(part)
    return whole


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like `name`, whatever its capitals, or ""."""
    by_small = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), list(by_small), n=1, cutoff=0.5)
    return by_small[found[0]] if found else ""
