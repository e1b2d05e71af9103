"""Values with what is unknown about them, and their logic: Kleene's three states with a period.

Every back end computes just these fields, so a value here is a handful of plain columns. Invariant: a truth that is not
UNKNOWN is MET on `on` exactly if lo <= on < hi.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from fractions import Fraction

from quanheng.rulebook.types import FIRST, LAST, MOST

Amount = int | Fraction
Names = frozenset[str]
NOTHING: Names = frozenset()


class State(IntEnum):
    NOT_MET = 0
    UNKNOWN = 1
    MET = 2


@dataclass(frozen=True, slots=True)
class Truth:
    """`missing`: the facts or fields (`posts`, `posts.level`) that would decide it, only while UNKNOWN. [lo, hi): when
    it surely holds by today's facts, as far as can be known. Never: lo = hi = LAST."""

    state: State
    missing: Names = NOTHING
    lo: date = FIRST
    hi: date = LAST

    def earliest(self, on: date) -> date | None:
        """The date from which a condition that is not met will be."""
        return self.lo if self.state is State.NOT_MET and on < self.lo < LAST else None


ALWAYS, NEVER = Truth(State.MET), Truth(State.NOT_MET, lo=LAST, hi=LAST)


@dataclass(frozen=True, slots=True)
class Growth:
    """A number that is the count of full steps from `since` to `on`: `months` a step, or days where `months` is 0."""

    since: date
    months: int


@dataclass(frozen=True, slots=True)
class Number:
    """Known at least `lo`, at most `hi`. `grows`: how `lo` goes on growing with the day asked for."""

    lo: Amount
    hi: Amount
    missing: Names = NOTHING
    grows: Growth | None = None

    @property
    def is_exact(self) -> bool:
        return self.lo == self.hi


@dataclass(frozen=True, slots=True)
class Day:
    """A date known to lie between `lo` and `hi`, both included; FIRST is since ever, LAST is never."""

    lo: date
    hi: date
    missing: Names = NOTHING
    is_provisional: bool = False  # rests on working days that nobody has announced

    @property
    def is_exact(self) -> bool:
        return self.lo == self.hi


@dataclass(frozen=True, slots=True)
class Code:
    """`value` None: unknown. The empty text: there is none (no such record)."""

    value: str | None
    missing: Names = NOTHING


@dataclass(frozen=True, slots=True)
class Codes:
    values: tuple[str, ...]


class Unit(IntEnum):
    MONTHS = 1
    DAYS = 2
    WORKDAYS = 3


@dataclass(frozen=True, slots=True)
class Span:
    unit: Unit
    amount: Number


Value = Truth | Number | Day | Code | Codes | Span


def settled(is_met: bool) -> Truth:
    return ALWAYS if is_met else NEVER


def unknown(missing: Names) -> Truth:
    return Truth(State.UNKNOWN, missing)


def exact(amount: Amount) -> Number:
    return Number(amount, amount)


def bounded(lo: Amount, hi: Amount, missing: Names, grows: Growth | None = None) -> Number:
    """Within the sentinels; nothing is missing once both bounds meet."""
    lo, hi = max(-MOST, min(lo, MOST)), max(-MOST, min(hi, MOST))
    return Number(lo, hi, NOTHING if lo == hi else missing, grows)


def any_number(missing: Names) -> Number:
    return Number(-MOST, MOST, missing)


def day(value: date) -> Day:
    return Day(value, value)


def between(lo: date, hi: date, missing: Names, is_provisional: bool = False) -> Day:
    return Day(lo, hi, NOTHING if lo == hi else missing, is_provisional)


def any_day(missing: Names) -> Day:
    return Day(FIRST, LAST, missing)


def union(sets: Iterable[Names]) -> Names:
    return frozenset().union(*sets)


def reached(when: Day, on: date) -> Truth:
    """on >= when. The period begins on the day from which it is sure."""
    if when.hi <= on:
        return Truth(State.MET, lo=when.hi)
    if on < when.lo:
        return NEVER if when.hi == LAST else Truth(State.NOT_MET, lo=when.hi)
    return unknown(when.missing)


def before(when: Day, on: date) -> Truth:
    """on < when. The period ends on the first day on which it may no longer be so."""
    if on < when.lo:
        return Truth(State.MET, hi=when.lo)
    return unknown(when.missing) if on < when.hi else past(when.lo)


def past(end: date) -> Truth:
    """What held before `end` and no longer does."""
    return NEVER if end == FIRST else Truth(State.NOT_MET, hi=end)


def all_of(parts: Sequence[Truth]) -> Truth:
    state, lo, hi = State.MET, FIRST, LAST
    for part in parts:
        state = part.state if part.state < state else state  # asked very often: `min` takes twice as long
        lo = part.lo if part.lo > lo else lo
        hi = part.hi if part.hi < hi else hi
    if lo >= hi:
        lo = hi = LAST
    return Truth(state, _missing(state, parts), lo, hi)


def any_of(parts: Sequence[Truth], on: date) -> Truth:
    state = max((part.state for part in parts), default=State.NOT_MET)
    counted = [part for part in parts if _speaks(part, state, on)]
    if not counted:
        return unknown(_missing(state, parts)) if state is State.UNKNOWN else NEVER
    lo, hi = min(part.lo for part in counted), max(part.hi for part in counted)
    return Truth(state, _missing(state, parts), lo, hi)


def _speaks(part: Truth, state: State, on: date) -> bool:
    if state is State.MET:
        return part.state is State.MET
    return part.state is State.NOT_MET and on < part.lo < LAST


def negation(part: Truth, on: date) -> Truth:
    if part.state is State.UNKNOWN:
        return unknown(part.missing)
    state = State(State.MET - part.state)
    if on < part.lo:
        return Truth(state, hi=part.lo)
    return NEVER if part.hi == LAST else Truth(state, lo=part.hi)


def _missing(state: State, parts: Iterable[Truth]) -> Names:
    if state is not State.UNKNOWN:
        return NOTHING
    return union(part.missing for part in parts if part.state is State.UNKNOWN)
