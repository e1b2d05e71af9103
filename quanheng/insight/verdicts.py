# ruff: noqa: S608  names are made here or come from the vocabulary
"""How everybody in a snapshot stands to one target: worked out once, kept beside the snapshot for all who ask.

A file `verdicts-<snapshot>-<digest>.duckdb`, never written to once it has its name; the digest is of the target, the
rules, the switches and the day. It knows no actor: who may be in a list is decided at each question
(`quanheng.insight.screening_scope`). Its table (`quanheng.insight.verdict_table`) has a row a person: unit, category
and status as in the snapshot, and how the conditions stand. The last files used are kept, as long as their snapshot.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census.house import cursor_on
from quanheng.census.publish import finish, number_of, published
from quanheng.census.reading import TRIES, NoSnapshot, Snapshot
from quanheng.census.tables import as_recorded
from quanheng.insight.conditions import conditions
from quanheng.insight.targets import Target
from quanheng.insight.verdict_table import VERDICT, write
from quanheng.instruments.local import HouseRules
from quanheng.people.rule_facts import sourced
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.vocabulary import Vocabulary
from quanheng.rulebook.workdays import standard

KEPT = 60
MEMORY = "2GB"
VERSION = 2  # of what this file writes
_NAME = re.compile(r"verdicts-(\d{8})-[0-9a-f]{16}\.duckdb")


@dataclass(frozen=True)
class Verdicts:
    """`rules`: the conditions by their places in the table. `connection` reads the snapshot's tables too."""

    connection: DuckDBPyConnection
    snapshot: Snapshot
    target: Target
    house: HouseRules
    rules: tuple[Rule, ...]

    @property
    def dated(self) -> frozenset[int]:
        """Places of the conditions that hold from some day on for somebody whom they keep out."""
        described = self.connection.execute(f"DESCRIBE {VERDICT}").fetchall()
        return frozenset(int(name[1:]) for name, *_ in described if name[0] == "d")

    @property
    def context(self) -> Context:
        return context(self.target, self.house)


@contextmanager
def verdicts(target: Target, house: HouseRules) -> Iterator[Verdicts]:
    """Of the current snapshot with the facts of the house's day. Raises `NoSnapshot`."""
    rules = conditions(house, target)
    for _ in range(TRIES):
        with cursor_on(house.on) as (cursor, snapshot):
            source = _file_of(cursor)
        try:  # between two steps a file may go, where others publish
            kept = _kept(source, snapshot, target, house, rules)
            connection = _opened(source, kept)
        except (duckdb.IOException, FileNotFoundError):
            if source.exists():
                raise
            continue
        with connection:
            yield Verdicts(connection, snapshot, target, house, rules)
            return
    raise NoSnapshot("not-yet", folder=str(source.parent))


def context(target: Target, house: HouseRules) -> Context:
    told = Situation(house.on, target.told, switches=house.switches, calendar=standard())
    return Context(vocabulary(), told, {}, Bits())


@cache
def vocabulary() -> Vocabulary:
    return as_recorded(load_facts(), sourced())


# --- the file


def _file_of(cursor: DuckDBPyConnection) -> Path:
    row = cursor.execute("SELECT path FROM duckdb_databases() WHERE NOT internal").fetchone()
    assert row is not None
    return Path(row[0])


def _opened(source: Path, kept: Path) -> DuckDBPyConnection:
    connection = _beside(source)
    connection.execute(f"ATTACH '{kept}' AS kept (READ_ONLY)")
    return _closed_to_the_outside(connection)


def _beside(source: Path) -> DuckDBPyConnection:
    connection = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": "2"})
    connection.execute(f"ATTACH '{source}' AS census (READ_ONLY)")
    connection.execute("USE census")
    return connection


def _closed_to_the_outside(connection: DuckDBPyConnection) -> DuckDBPyConnection:
    connection.execute("SET enable_external_access = false")
    return connection


def _kept(source: Path, snapshot: Snapshot, target: Target, house: HouseRules, rules: Sequence[Rule]) -> Path:
    digest = _digest(snapshot, target, house, rules)
    file = source.parent / f"verdicts-{snapshot.number:08}-{digest}.duckdb"
    if not file.exists():
        with (source.parent / ".judging").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # waits; goes with the process, however it ends
            if not file.exists():
                finish(_built(source, target, house, rules), file)
            forget(source.parent)
    os.utime(file)
    return file


def _digest(snapshot: Snapshot, target: Target, house: HouseRules, rules: Sequence[Rule]) -> str:
    asked = [VERSION, snapshot.definition, house.on, sorted(target.told.items()), sorted(house.switches.items())]
    whole = repr((asked, [rule.text for rule in rules]))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def forget(folder: Path) -> None:
    """All but the last ones used; and those of a snapshot that is gone."""
    numbers = {number_of(file) for file in published(folder)}
    mine = [(file, found) for file in folder.iterdir() if (found := _NAME.fullmatch(file.name))]
    alive = [file for file, found in mine if int(found[1]) in numbers]
    alive.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    for file in {file for file, _ in mine} - {*alive[:KEPT]}:
        file.unlink(missing_ok=True)


def _built(source: Path, target: Target, house: HouseRules, rules: Sequence[Rule]) -> Path:
    unfinished = source.parent / ".judging.duckdb"  # one at a time: what a dead one left is written over
    for left in (unfinished, unfinished.with_name(f"{unfinished.name}.wal")):
        left.unlink(missing_ok=True)
    with _beside(source) as connection:
        connection.execute(f"ATTACH '{unfinished}' AS kept")
        write(connection, context(target, house), rules)
    return unfinished
