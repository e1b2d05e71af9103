"""The tables of a snapshot, made from the vocabulary: what the rules written as SQL read (`quanheng.rulebook.sql`).

`person` has a row for each person, with a column for each single fact about one; each records fact about persons is a
table of its name. What no room records yet is there too, and empty. `home_unit`, `management_category` and `status`
stand beside the facts, for whoever asks which people an actor may see.

`keyed` names the facts whose records are told apart by a UUID, which takes a third of what its text would.
"""

import hashlib
import json
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

from quanheng.rulebook.types import Kind, Type
from quanheng.rulebook.vocabulary import Fact, Scope, Vocabulary, World

PERSON, SUBJECT, RECORD, META = "person", "subject", "record", "snapshot"
UNTOLD = "untold"  # people of whom no record says whether they are retired: for them it depends on the day
BESIDE = {"home_unit": "UUID", "management_category": "VARCHAR", "status": "VARCHAR"}
_TYPES = {Kind.DATE: "DATE", Kind.NUMBER: "BIGINT", Kind.TRUTH: "BOOLEAN"}
_META = {
    "number": "BIGINT",
    "as_of": "TIMESTAMPTZ",
    "read_on": "DATE",
    "cadres": "BIGINT",
    "definition": "VARCHAR",  # of the tables and of what was read into them
    "database": "VARCHAR",
    "mark_number": "VARCHAR",  # 64 bits without a sign
    "mark_entry": "BIGINT",
    "mark_hash": "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: Mapping[str, str]  # name -> type of DuckDB

    @property
    def ddl(self) -> str:
        return f"CREATE TABLE {quoted(self.name)} ({', '.join(f'{quoted(n)} {t}' for n, t in self.columns.items())})"


def tables(vocabulary: Vocabulary, keyed: Container[str] = ()) -> list[Table]:
    people = {column(fact.name): _type(fact.type) for fact in singles(vocabulary)}
    made = [Table(META, _META), Table(PERSON, {SUBJECT: "UUID", **BESIDE, **people}), Table(UNTOLD, {SUBJECT: "UUID"})]
    for fact in records(vocabulary):
        fields = {name: _type(each.type) for name, each in fact.fields.items()}
        record = "UUID" if fact.name in keyed else "VARCHAR"
        made.append(Table(fact.name, {SUBJECT: "UUID", RECORD: record, **fields}))
    return made


def layout(vocabulary: Vocabulary, keyed: Container[str] = ()) -> str:
    """Snapshots with the same tables and columns have the same one; software with another cannot read them."""
    columns = [(table.name, list(table.columns.items())) for table in tables(vocabulary, keyed)]
    return hashlib.sha256(json.dumps(columns).encode()).hexdigest()[:12]


def singles(vocabulary: Vocabulary) -> list[Fact]:
    return [fact for fact in vocabulary if fact.scope is Scope.PERSON and not fact.is_records]


def records(vocabulary: Vocabulary) -> list[Fact]:
    return [fact for fact in vocabulary if fact.scope is Scope.PERSON and fact.is_records]


def as_recorded(vocabulary: Vocabulary, recorded: frozenset[str]) -> Vocabulary:
    """The vocabulary to ask a snapshot by: where nothing is recorded yet, no record says nothing, though the world of
    the fact be closed. A missing fact is never a "no"."""
    facts = {fact.name: _opened(fact, recorded) for fact in vocabulary}
    return Vocabulary(facts, vocabulary.codes)


def _opened(fact: Fact, recorded: frozenset[str]) -> Fact:
    is_told = fact.name in recorded or fact.scope is not Scope.PERSON
    return fact if is_told else replace(fact, world=World.OPEN)


def column(fact: str) -> str:
    """`person.birth` as a column."""
    return fact.replace(".", "_")


def running(end: str = "end") -> str:
    """Of a record with a `start`: does it run on a day? For two parameters, both that day."""
    return f"start <= ? AND coalesce({quoted(end)} > ?, true)"


def quoted(name: str) -> str:
    """Names come from the vocabulary, which has small letters, digits and _ only."""
    return f'"{name}"'


def _type(type: Type) -> str:
    return _TYPES.get(type.kind, "VARCHAR")


def create(connection: Any, vocabulary: Vocabulary, keyed: Container[str] = ()) -> None:
    for table in tables(vocabulary, keyed):
        connection.execute(table.ddl)
