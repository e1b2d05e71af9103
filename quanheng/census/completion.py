# ruff: noqa: S608  names come from the vocabulary, values go apart
"""What the rulebook derives from records (`quanheng.rulebook.derived`), put into the tables beside them.

An expression in SQL cannot compute it, so Python does: once for each birth and class, and by person only for those
under a sanction or of whom it is not said whether they are retired. (`quanheng.census.words`: what one word tells.)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from duckdb import DuckDBPyConnection

from quanheng.census import promotion
from quanheng.census.reading import facts_of
from quanheng.census.tables import PERSON, RECORD, SUBJECT, UNTOLD, column, quoted, running, tables
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.derived import LEADING, derive
from quanheng.rulebook.instrument import Scalar
from quanheng.rulebook.situation import FactValue
from quanheng.rulebook.vocabulary import Vocabulary

VERSION = 2  # raised when what is derived comes to mean something else: all are read anew
BATCH = 10_000
SANCTIONS, POSTS, TERMS, PROBATIONS = "sanctions", "posts", "terms", "probations"
TRAININGS, YEARS = "trainings", "training_years"
SANCTION = ("effect_end", "least_effect_end", "is_inside_another", "system")
BIRTH, RETIREMENT_CLASS = "person.birth", "person.retirement_class"
RETIREMENT, IS_RETIRED = "person.retirement_date", "person.is_retired"
IS_ON_PROBATION, IS_LEADING, CONSECUTIVE = "person.is_on_probation", "person.is_leading_member", "consecutive"


@dataclass(frozen=True)
class Completion:
    """`on`: the day for which the facts are read."""

    target: DuckDBPyConnection
    vocabulary: Vocabulary
    recorded: frozenset[str]
    book: Rulebook
    switches: Mapping[str, Scalar]
    on: date

    def run(self) -> None:
        self._note_untold()
        self._count_training_years()
        self.retirement()
        self.sanctions()
        self.terms()
        self.probations()
        self.leading()
        self.retired()
        promotion.fill_in(self.target, self.on)

    def start_anew(self) -> None:
        """Take out what depends on the day or on a switch, so that `run` fills it in for another. The class of kin and
        the day of retirement depend on neither; the system of a sanction only on its kind."""
        ends = ", ".join(f"{quoted(name)} = NULL" for name in SANCTION if name != "system")
        self.target.execute(f"UPDATE sanctions SET {ends}")
        for name in (IS_ON_PROBATION, IS_LEADING):
            self.target.execute(f"UPDATE {PERSON} SET {column(name)} = NULL")
        untold = f"{SUBJECT} IN (SELECT {SUBJECT} FROM {UNTOLD})"
        self.target.execute(f"UPDATE {PERSON} SET {column(IS_RETIRED)} = NULL WHERE {untold}")
        promotion.take_out(self.target)

    def _note_untold(self) -> None:
        """Before it is derived. Those of the snapshot before are noted already, and some of them have a value now."""
        untold = f"SELECT {SUBJECT} FROM {PERSON} WHERE {column(IS_RETIRED)} IS NULL"
        self.target.execute(f"INSERT INTO {UNTOLD} {untold} EXCEPT SELECT {SUBJECT} FROM {UNTOLD}")

    def _count_training_years(self) -> None:
        """As `rule_facts.TRAINING_YEARS` has them, of those who have none yet: to add them up here is less work than to
        have the database do so and read the sums."""
        hours = "CASE WHEN count(*) = count(hours) THEN sum(hours) END"
        self.target.execute(
            f"INSERT INTO {YEARS} ({SUBJECT}, {RECORD}, year, hours)"
            f" SELECT {SUBJECT}, year(start)::VARCHAR, year(start), {hours} FROM {TRAININGS}"
            f" WHERE {SUBJECT} NOT IN (SELECT {SUBJECT} FROM {YEARS})"
            f" GROUP BY {SUBJECT}, year(start) ORDER BY {SUBJECT}"
        )

    def retirement(self) -> None:
        birth, held = column(BIRTH), column(RETIREMENT_CLASS)
        only = self._only(RETIREMENT)
        are_known = f"{birth} IS NOT NULL AND {held} IS NOT NULL"
        pairs = self._query(f"SELECT DISTINCT {birth}, {held} FROM {PERSON} WHERE {are_known}")
        rows = [
            (
                f"{born} {word}",
                self._derive({"person.birth": born, "person.retirement_class": word}, only).get(RETIREMENT),
            )
            for born, word in pairs
        ]
        self._update(PERSON, f"{birth}::VARCHAR || ' ' || {held}", [column(RETIREMENT)], rows)

    def sanctions(self) -> None:
        for found in self._without(SANCTION[0], SANCTIONS, SANCTIONS):
            rows = list(_values(found.values(), SANCTIONS, SANCTION))
            self._update(SANCTIONS, f"{RECORD}::VARCHAR", SANCTION, rows)

    def terms(self) -> None:
        """The number of a term in an unbroken row. One whose first day is not known has none."""
        for found in self._without(CONSECUTIVE, TERMS, TERMS, where="start IS NOT NULL"):
            rows = list(_values(found.values(), TERMS, [CONSECUTIVE]))
            self._update(TERMS, f"{RECORD}::VARCHAR", [CONSECUTIVE], rows)

    def probations(self) -> None:
        """Does one run on the day? As `rulebook.derived.is_on_probation`, over all at once; where none is written down
        it is not known."""
        runs = f"SELECT {SUBJECT} FROM {PROBATIONS} WHERE {running('closed')}"
        self.target.execute(
            f"UPDATE {PERSON} SET {column(IS_ON_PROBATION)} = {SUBJECT} IN ({runs})"
            f" WHERE {column(IS_ON_PROBATION)} IS NULL AND {SUBJECT} IN (SELECT {SUBJECT} FROM {PROBATIONS})",
            [self.on, self.on],
        )

    def leading(self) -> None:
        """As `rulebook.derived.is_leading_member`, over all at once."""
        name, roles = column(IS_LEADING), "', '".join(sorted(LEADING))
        told = f"CASE WHEN bool_or(role IN ('{roles}')) THEN true WHEN bool_and(role IS NOT NULL) THEN false END"
        self.target.execute(
            f"UPDATE {PERSON} SET {name} = told FROM"
            f" (SELECT {SUBJECT}, {told} AS told FROM {POSTS} WHERE {running()} GROUP BY {SUBJECT}) AS found"
            f" WHERE {PERSON}.{SUBJECT} = found.{SUBJECT} AND {name} IS NULL",
            [self.on, self.on],
        )

    def retired(self) -> None:
        for found in self._without(column(IS_RETIRED), PERSON, POSTS):
            told = [(str(key), facts.get(IS_RETIRED)) for key, facts in found.items()]
            self._update(PERSON, f"{SUBJECT}::VARCHAR", [column(IS_RETIRED)], told)

    def _without(
        self, name: str, table: str, records: str, where: str = "true"
    ) -> Iterator[dict[UUID, dict[str, FactValue]]]:
        """Whoever lacks a value in that column, with all that follows from the records of one kind alone."""
        wanted = f"SELECT DISTINCT {SUBJECT} FROM {table} WHERE {name} IS NULL AND {where} ORDER BY {SUBJECT}"
        only = self._only(records)
        for some in _batches([row[0] for row in self._query(wanted)]):
            found = facts_of(self.target, only, self.recorded, some)
            yield {key: self._derive(facts, only) for key, facts in found.items()}

    def _only(self, *names: str) -> Vocabulary:
        return Vocabulary({name: self.vocabulary.lookup(name) for name in names}, self.vocabulary.codes)

    def _derive(self, facts: Mapping[str, FactValue], only: Vocabulary) -> dict[str, FactValue]:
        return derive(facts, only, on=self.on, switches=self.switches, book=self.book)

    def _query(self, statement: str) -> list[Any]:
        return self.target.execute(statement).fetchall()

    def _update(self, table: str, key: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Set the columns `names` where the text `key` is the first of a row, to the others of it. Rows whose first
        column has a value stand: they were completed in the snapshot before."""
        types = next(each.columns for each in tables(self.vocabulary) if each.name == table)
        made = ", ".join(f"unnest(?::{types[name]}[]) AS {quoted('new_' + name)}" for name in names)
        columns = [list(values) for values in zip(*rows, strict=True)] or [[] for _ in (key, *names)]
        found = f"(SELECT unnest(?::VARCHAR[]) AS its, {made}) AS found"
        sets = ", ".join(f"{quoted(name)} = {quoted('new_' + name)}" for name in names)
        where = f"{key} = its AND {names[0]} IS NULL"
        self.target.execute(f"UPDATE {quoted(table)} SET {sets} FROM {found} WHERE {where}", columns)


def _values(people: Iterable[Mapping[str, FactValue]], fact: str, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Of each record its key, then what is known of it."""
    for facts in people:
        found = facts[fact]
        assert isinstance(found, tuple)
        for each in found:
            yield each.key.removeprefix(f"{fact}[").removesuffix("]"), *(each.values.get(name) for name in names)


def _batches(keys: list[UUID]) -> Iterator[list[UUID]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))
