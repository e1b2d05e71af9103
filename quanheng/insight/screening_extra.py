# ruff: noqa: S608  names are made here or come from the vocabulary
"""Further conditions of one question: an expression of the rulebook's language over any facts of a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from quanheng.census.tables import SUBJECT
from quanheng.insight.eligibility import has_source
from quanheng.insight.verdict_table import NOT_MET, OUTSIDE, SHOWN, UNKNOWN, VERDICT, mask
from quanheng.insight.verdicts import Verdicts, vocabulary
from quanheng.kernel.errors import Refused
from quanheng.people.rule_facts import SOURCES
from quanheng.rulebook.parse import Names, parse
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.sql import Bits, Context
from quanheng.rulebook.sql_statement import Statement, statement
from quanheng.rulebook.sql_text import day
from quanheng.rulebook.tree import Compare, FieldName, Literal, Node, Within, walk
from quanheng.rulebook.types import LAST, TRUTH, Kind


class CannotScreen(Refused):
    """told-by-digest: of the field `what` a snapshot holds no words, only what tells one text from another. Compared
    with a written one it would be another one of everybody."""


@dataclass(frozen=True, slots=True)
class Extra:
    """`text`: the expression. `title`: what the page calls it."""

    text: str
    title: str = ""

    def read(self) -> Node:
        """Raises `CannotParse`, `CannotScreen`."""
        tree = parse(self.text, Names(vocabulary()), TRUTH, "extra")
        for what in _told_by_digest(tree):
            raise CannotScreen("told-by-digest", what=what)
        return tree

    def check(self, on: date) -> None:
        """Raises as `read`, or `NotInSqlError` for what cannot be asked of everybody at once (working days)."""
        statement({"e0": self.read()}, Context(vocabulary(), Situation(on, {}), {}, Bits()))


def _told_by_digest(tree: Node) -> Iterator[str]:
    """Fields that are compared with a text as it is written."""
    digested = {f"{source.fact}.{name}" for source in SOURCES for name in source.texts}
    for node in walk(tree):
        match node:
            case Compare(_, value, Literal(str(word))) | Compare(_, Literal(str(word)), value) if word:
                pass
            case Within(value, _):
                pass
            case _:
                continue
        if value.type.kind is Kind.TEXT:
            fields = (f"{each.fact}.{each.name}" for each in walk(value) if isinstance(each, FieldName))
            yield from (field for field in fields if field in digested)


@dataclass(frozen=True, slots=True)
class Source:
    """A table like that of the verdicts, in which extras are conditions after the rules; `kept`: SQL for those whom it
    is narrowed to, who surely fulfil what narrows; `dated`: places with a column of days."""

    table: str
    kept: str
    dated: frozenset[int]


def with_extras(found: Verdicts, extras: Sequence[Extra], narrowed: Sequence[Extra]) -> Source:
    if not extras and not narrowed:
        return Source(VERDICT, "", found.dated)
    first, count = len(found.rules), len(extras)
    trees = {f"e{place}": each.read() for place, each in enumerate([*extras, *narrowed])}
    written = statement(trees, replace(found.context, bits=Bits()))
    columns = "".join(_judged(f"e{place}", first + place, written, found) for place in range(count))
    keeping = "".join(f", e{place}_state = 2 AS n{place}" for place in range(count, len(trees)))
    found.connection.execute(f"CREATE TEMP TABLE further AS SELECT {SUBJECT}{columns}{keeping} FROM ({written.text})")
    masks = [f"v.m{code} + {mask(count, f'f.k{{0}} = {code}', first)} AS m{code}" for code in SHOWN]
    timeless = mask(count, f"f.k{{0}} = {NOT_MET} AND f.d{{0}} IS NULL", first)
    changed = ", ".join([*masks, f"v.timeless + {timeless} AS timeless"])
    joined = f"{VERDICT} AS v JOIN further AS f USING ({SUBJECT})"
    table = f"(SELECT v.* REPLACE ({changed}), f.* EXCLUDE ({SUBJECT}) FROM {joined})"
    kept = "".join(f" AND n{place}" for place in range(count, len(trees)))
    return Source(table, kept, found.dated | set(range(first, first + count)))


def _judged(name: str, place: int, written: Statement, found: Verdicts) -> str:
    state, missing, lo = (f"{name}_{part}" for part in ("state", "missing", "lo"))
    sourced = sum(1 << bit for each, bit in written.bits.places.items() if has_source(each))
    code = f"CASE WHEN {state} = {UNKNOWN} AND {missing} & {sourced} = 0 THEN {OUTSIDE} ELSE {state} END"
    is_to_come = f"{state} = {NOT_MET} AND {lo} > {day(found.house.on)} AND {lo} < {day(LAST)}"
    return f", {code} AS k{place}, CASE WHEN {is_to_come} THEN {lo} END AS d{place}"
