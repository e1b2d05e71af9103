# ruff: noqa: S608  names are constants, values go apart
"""A snapshot of all people: built whole, or made from the one before by reading those anew who have changed since."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from uuid import UUID

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census import reading, words
from quanheng.census.comparison import differing
from quanheng.census.completion import VERSION, Completion
from quanheng.census.extract import chunks, extract, extract_everybody, remove
from quanheng.census.failures import Trouble, trouble_of
from quanheng.census.publish import current, publish
from quanheng.census.reading import Snapshot, describe
from quanheng.census.tables import META, PERSON, create, tables
from quanheng.ledger import marks
from quanheng.people.rule_facts import KEYED, PEOPLE, SOURCES, sourced
from quanheng.rulebook.book import Rulebook
from quanheng.rulebook.instrument import Scalar
from quanheng.rulebook.vocabulary import Vocabulary

MEMORY = "2GB"
BUILDING = "140MB"  # what does not fit waits on the disk; what is taken out of a snapshot of many people cannot
MANY = 0.2  # of all people: beyond it, reading all of them is less work


@dataclass(frozen=True)
class Recipe:
    """What a snapshot is made by. Another vocabulary, other switches, another source or meaning of what is derived need
    all people anew."""

    vocabulary: Vocabulary
    book: Rulebook
    switches: Mapping[str, Scalar]

    @cached_property
    def definition(self) -> str:
        columns = [(table.name, list(table.columns.items())) for table in tables(self.vocabulary, KEYED)]
        sources = [str(source.query(is_readable=False).query) for source in (PEOPLE, *SOURCES)]
        rules = [(rule.id, [repr(each) for each in rule.parameters]) for rule in self.book.texts]
        whole = json.dumps([VERSION, columns, sources, sorted(self.switches.items()), rules], ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Published:
    """`changed`: how many people were read; None where all were. `differing`: where all were, the tables in which the
    snapshot before said something else of people without a mark; None where there was none to compare."""

    snapshot: Snapshot
    file: Path
    changed: int | None
    differing: tuple[str, ...] | None


def refresh(folder: Path, recipe: Recipe, *, at: datetime, on: date, is_whole: bool = False) -> Published:
    """Publish a snapshot that holds every change committed before `at`, which is now; `on` is its day here.

    Raises `CannotPublish` while another process builds one, `CannotReadWhole` inside a transaction.
    """
    work = _Refresh(recipe, at, on, is_whole, current(folder))
    try:
        file = publish(folder, work.build)
    except duckdb.Error as error:
        if trouble_of(error) is not Trouble.DAMAGED or work.before_file is None:
            raise
        work.before_file = None  # all are read, and no damage is handed on
        file = publish(folder, work.build)
    assert work.made is not None
    return Published(work.made, file, work.changed, work.differing)


def _before(file: Path | None, recipe: Recipe) -> tuple[Path, Snapshot] | None:
    """The snapshot before. None if there is none, or if what it is made of is another."""
    if file is None:
        return None
    with reading.connect(file) as connection:
        before = describe(connection)
    return (file, before) if before.definition == recipe.definition and before.cadres else None


@dataclass
class _Refresh:
    recipe: Recipe
    at: datetime
    on: date
    is_whole: bool
    before_file: Path | None
    before: tuple[Path, Snapshot] | None = None
    made: Snapshot | None = None
    changed: int | None = None
    differing: tuple[str, ...] | None = None

    def build(self, file: Path, number: int) -> None:
        self.before = _before(self.before_file, self.recipe)
        with marks.one_state():
            mark = marks.watermark()
            marked = marks.changed_since(self.before[1].mark) if self.before else None
            keys = marked if self._goes_on(marked) else None
            self.changed = None if keys is None else len(keys)
            if self.before and keys is not None:
                shutil.copyfile(self.before[0], file)
            with self._connected(file, threads=1) as target:  # each reader is one
                self._extract(target, keys)
                self.made = Snapshot(number, self.at, self.on, _count(target), self.recipe.definition, mark)
        self._finish(file)
        if self.before and keys is None and marked is not None:
            self.differing = differing(self.before[0], file, but=marked)

    def _connected(self, file: Path, *, threads: int) -> DuckDBPyConnection:
        memory = BUILDING if self.changed is None else MEMORY
        return duckdb.connect(str(file), config={"memory_limit": memory, "threads": str(threads)})

    def _goes_on(self, marked: list[UUID] | None) -> bool:
        """From the snapshot before, or are all read anew?"""
        if self.is_whole or self.before is None or marked is None:
            return False
        _, before = self.before
        return before.read_on == self.on and len(marked) <= max(1000, MANY * before.cadres)

    def _extract(self, target: DuckDBPyConnection, keys: list[UUID] | None) -> None:
        recipe = self.recipe
        by_word = {words.RELATIVES: words.kin(recipe.vocabulary, recipe.book, recipe.switches, self.on)}
        if keys is None:
            create(target, recipe.vocabulary, KEYED)
            extract_everybody(target, recipe.vocabulary, by_word)
        else:
            remove(target, recipe.vocabulary, keys)
            extract(target, recipe.vocabulary, chunks(keys), by_word)

    def _finish(self, file: Path) -> None:
        """Outside the read transaction: the register need not wait for it."""
        recipe, made = self.recipe, self.made
        assert made is not None
        with self._connected(file, threads=2) as target:
            Completion(target, recipe.vocabulary, sourced(), recipe.book, recipe.switches, self.on).run()
            write_description(target, made)
            target.execute("CHECKPOINT")


def write_description(target: DuckDBPyConnection, made: Snapshot) -> None:
    target.execute(f"DELETE FROM {META}")
    mark = made.mark
    values = [made.number, made.as_of, made.read_on, made.cadres, made.definition]
    values += [mark.database, str(mark.number), mark.entry, mark.hash]
    target.execute(f"INSERT INTO {META} VALUES ({', '.join('?' * len(values))})", values)


def _count(target: DuckDBPyConnection) -> int:
    row = target.execute(f"SELECT count(*) FROM {PERSON}").fetchone()
    assert row is not None
    return int(row[0])
