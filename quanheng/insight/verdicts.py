"""How everybody in a snapshot stands to one target: worked out once, kept beside the snapshot for all who ask.

The file knows no actor: who may be in a list is decided at each question (`quanheng.insight.screening_scope`). Its
table (`quanheng.insight.verdict_table`) has a row a person: unit, category and status as in the snapshot, and how the
conditions stand.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from quanheng.census.failures import reading
from quanheng.census.house import cursor_on, folder, open_beside, place_on
from quanheng.census.kept import beside, file_of, kept, kept_file
from quanheng.census.publish import number_of, published
from quanheng.census.reading import Snapshot, connect, describe, telling_gone
from quanheng.census.tables import as_recorded
from quanheng.insight.conditions import conditions
from quanheng.insight.targets import Target, targets_of
from quanheng.insight.verdict_table import VERDICT, write
from quanheng.insight.verdicts_making import NotYetJudged, begin, note_part, part_of
from quanheng.instruments.local import HouseRules
from quanheng.people.rule_facts import sourced
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.sql_text import word
from quanheng.rulebook.vocabulary import Vocabulary
from quanheng.rulebook.workdays import standard

KIND, MOST, VERSION = "verdicts", 60, 5  # the last is that of the table
PREPARED = 6
FEW = 20_000  # people: a page may wait for the verdicts of so many


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
    """Of the current snapshot with the facts of the house's day; of many people, as long as theirs are not made, of a
    snapshot before. Raises `NoSnapshot`."""
    rules = conditions(house, target)

    def opener(source: Path, snapshot: Snapshot) -> tuple[DuckDBPyConnection, Snapshot]:
        if snapshot.cadres > FEW and (before := _before(source, snapshot, target, house, rules)):
            return before
        return _opened(source, _kept(source, snapshot, target, house, rules)), snapshot

    with reading(folder()):
        connection, snapshot = open_beside(house.on, opener)
        with connection:
            yield Verdicts(connection, snapshot, target, house, rules)


def await_verdicts(target: Target, house: HouseRules) -> None:
    """For a page: returns where `verdicts` has them at hand, or soon, of few people; else has them worked out beside
    and raises `NotYetJudged`. Raises `NoSnapshot`."""
    rules = conditions(house, target)
    with reading(folder()):
        source, snapshot = place_on(house.on)
        file = kept_file(source.parent, snapshot.number, KIND, _digest(snapshot, target, house, rules))
        if snapshot.cadres <= FEW or file.exists() or _file_before(source, file, house):
            return
    begin(file, lambda: _make(target, house))
    raise NotYetJudged("in-the-making", cadres=snapshot.cadres, part=part_of(file))


def _make(target: Target, house: HouseRules) -> None:
    with verdicts(target, house):
        pass


def prepare(house: HouseRules) -> None:
    """For the worker: the targets that were asked about last are made anew for the current snapshot, so that whoever
    goes on with one need not wait. Raises `NoSnapshot`."""
    with reading(folder()):
        with cursor_on(house.on) as (cursor, snapshot):
            source = file_of(cursor)
        used = _used_last(source.parent)
        for target in targets_of(list(used), house.on):
            file = _kept(source, snapshot, target, house, conditions(house, target))
            os.utime(file, ns=(used[target.code], used[target.code]))  # this is no use of it


def _used_last(folder: Path) -> dict[str, int]:
    """Codes of targets with the time of their last use, the last first. Others may take files away meanwhile."""
    found: dict[str, int] = {}
    for at, file in sorted(_with_times(folder.glob(f"{KIND}-*.duckdb")), reverse=True)[:MOST]:
        with suppress(FileNotFoundError), connect(file) as connection:
            (code,) = connection.execute("SELECT target FROM asked").fetchall()[0]
            found.setdefault(code, at)
        if len(found) == PREPARED:
            break
    return found


def _with_times(files: Iterable[Path]) -> Iterator[tuple[int, Path]]:
    for file in files:
        with suppress(FileNotFoundError):
            yield file.stat().st_mtime_ns, file


def context(target: Target, house: HouseRules) -> Context:
    told = Situation(house.on, target.told, switches=house.switches, calendar=standard())
    return Context(vocabulary(), told, {}, Bits())


@cache
def vocabulary() -> Vocabulary:
    return as_recorded(load_facts(), sourced())


# --- the file


def _before(
    source: Path, snapshot: Snapshot, target: Target, house: HouseRules, rules: Sequence[Rule]
) -> tuple[DuckDBPyConnection, Snapshot] | None:
    """Made of a snapshot before by the same rules for the same day, where those of this one are not made yet: the
    worker makes them, and changes since are known by their marks meanwhile."""
    file = kept_file(source.parent, snapshot.number, KIND, _digest(snapshot, target, house, rules))
    found = None if file.exists() else _file_before(source, file, house)
    if found is None:
        return None
    earlier, kept_then, told = found
    os.utime(kept_then)
    return _opened(earlier, kept_then), told


def _file_before(source: Path, file: Path, house: HouseRules) -> tuple[Path, Path, Snapshot] | None:
    """The snapshot, what was made of it, what it says of itself. Not where the day is another than a snapshot's."""
    digest = file.name.rpartition("-")[2]
    for earlier in reversed(published(source.parent)):
        found = file.with_name(f"{KIND}-{number_of(earlier):08}-{digest}")
        if not found.exists() or found == file:
            continue
        with suppress(FileNotFoundError, duckdb.Error), connect(earlier) as connection:
            told = describe(connection)
            if told.read_on == house.on:
                return earlier, found, told
    return None


def _opened(source: Path, file: Path) -> DuckDBPyConnection:
    with ExitStack() as unless_whole:
        connection = unless_whole.enter_context(beside(source))
        with telling_gone(file):
            connection.execute(f"ATTACH {word(str(file))} AS kept (READ_ONLY)")
        connection.execute("SET enable_external_access = false")
        unless_whole.pop_all()
    return connection


def _kept(source: Path, snapshot: Snapshot, target: Target, house: HouseRules, rules: Sequence[Rule]) -> Path:
    digest = _digest(snapshot, target, house, rules)
    made = kept_file(source.parent, snapshot.number, KIND, digest)

    def build(file: Path) -> None:
        with note_part(made) as tell, beside(source) as connection:
            connection.execute(f"ATTACH {word(str(file))} AS kept")
            write(connection, context(target, house), rules, tell)
            connection.execute("CREATE TABLE kept.asked AS SELECT ? AS target", [target.code])

    return kept(source.parent, snapshot.number, KIND, digest, build, most=MOST)


def _digest(snapshot: Snapshot, target: Target, house: HouseRules, rules: Sequence[Rule]) -> str:
    asked = [VERSION, snapshot.definition, house.on, sorted(target.told.items()), sorted(house.switches.items())]
    whole = repr((asked, [rule.text for rule in rules]))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
