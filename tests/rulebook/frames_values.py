"""Columns of values for `frames`: truths, numbers, days, codes; and arithmetic with dates that may be for ever."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

import polars as pl

from quanheng.rulebook.tree import Function
from quanheng.rulebook.types import FIRST, LAST, MOST
from quanheng.rulebook.vocabulary import Vocabulary

SHARE = 225  # of one, in which numbers are counted
MOST_SHARES = MOST * SHARE
Cells = pl.Series
MET, UNKNOWN, NOT_MET = 2, 1, 0


@dataclass(frozen=True)
class Truths:
    state: Cells
    missing: Cells  # a mask, while unknown
    lo: Cells
    hi: Cells


@dataclass(frozen=True)
class Numbers:
    lo: Cells
    hi: Cells
    missing: Cells
    since: Cells | None = None  # null: does not grow
    months: int = 0  # a step; 0: days


@dataclass(frozen=True)
class Days:
    lo: Cells
    hi: Cells
    missing: Cells


@dataclass(frozen=True)
class Codes:
    value: Cells
    missing: Cells


@dataclass(frozen=True)
class Spans:
    unit: Function
    amount: Numbers


Columns = Truths | Numbers | Days | Codes | Spans
Any_ = TypeVar("Any_", bound=Columns)


def made(expression: pl.Expr) -> Cells:
    return pl.select(expression).to_series()


def when(condition: Cells | pl.Expr, then: Any, otherwise: Any) -> Cells:
    return made(pl.when(condition).then(lit(then)).otherwise(lit(otherwise)))


def lit(value: Any) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)


def extreme(pick: Callable[..., pl.Expr], cells: Sequence[Cells]) -> Cells:
    return made(pick(*map(pl.lit, cells)))


def least(*cells: Cells) -> Cells:
    return extreme(pl.min_horizontal, cells)


def greatest(*cells: Cells) -> Cells:
    return extreme(pl.max_horizontal, cells)


def ored(masks: Sequence[Cells]) -> Cells:
    total = masks[0]
    for mask in masks[1:]:
        total = total | mask
    return total


# dates that may be for ever


def add_months(day: Cells, months: Cells) -> Cells:
    return _moved(day, months.clip(-119_988, 119_988), "mo")


def add_days(day: Cells, days: Cells) -> Cells:
    return _moved(day, days.clip(-3_652_059, 3_652_059), "d")


def _moved(day: Cells, steps: Cells, unit: str) -> Cells:
    there = made(pl.lit(day).dt.offset_by(pl.lit(steps.cast(pl.String)) + unit)).clip(FIRST, LAST)
    return when(is_for_ever(day), day, there)


def is_for_ever(day: Cells) -> Cells:
    return (day == FIRST) | (day == LAST)


def months_between(start: Cells, end: Cells) -> Cells:
    a, b = pl.lit(start).dt, pl.lit(end).dt
    months = made((b.year().cast(pl.Int64) - a.year()) * 12 + b.month().cast(pl.Int64) - a.month())
    full = months - (add_months(start, months) > end).cast(pl.Int64)
    return _unless_open(start, end, full)


def days_between(start: Cells, end: Cells) -> Cells:
    return _unless_open(start, end, made((pl.lit(end) - pl.lit(start)).dt.total_days()))


def _unless_open(start: Cells, end: Cells, steps: Cells) -> Cells:
    kept = when((start == FIRST) | (end == LAST), pl.lit(MOST, pl.Int64), steps)
    return when(start >= end, pl.lit(0, pl.Int64), kept)


@dataclass
class World:
    """What is the same for all rows, and the stored records: a frame a fact, with all of them."""

    vocabulary: Vocabulary
    on: date
    parameters: Mapping[str, int | Fraction]
    switches: Mapping[str, str]
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)  # with a column ` owner`
    names: dict[str, int] = field(default_factory=dict)
    frames: dict[tuple[int, str], Any] = field(default_factory=dict)

    def bit(self, name: str) -> int:
        return 1 << self.names.setdefault(name, len(self.names))

    def told(self, mask: int) -> tuple[str, ...]:
        return tuple(sorted(name for name, place in self.names.items() if mask >> place & 1))


def shares(amount: int | Fraction) -> int:
    counted = Fraction(amount) * SHARE
    assert counted.denominator == 1, amount
    return counted.numerator


def taken(value: Any_, rows: Cells) -> Any_:
    """Some rows of a value."""
    parts: dict[str, Any] = {}
    for each in fields(value):
        part = getattr(value, each.name)
        parts[each.name] = part.gather(rows) if isinstance(part, pl.Series) else part
    if isinstance(value, Spans):
        parts["amount"] = taken(value.amount, rows)
    return replace(value, **parts)
