"""The functions of the language for `frames`."""

from typing import cast

import polars as pl

from quanheng.rulebook.tree import ON, Call, FactName, Function
from quanheng.rulebook.types import MOST, Kind
from quanheng.rulebook.vocabulary import World as Worldview
from tests.rulebook.frames import Frame
from tests.rulebook.frames_values import (
    MET,
    MOST_SHARES,
    SHARE,
    UNKNOWN,
    Cells,
    Codes,
    Columns,
    Days,
    Numbers,
    Spans,
    Truths,
    add_days,
    add_months,
    days_between,
    greatest,
    least,
    made,
    months_between,
    ored,
    when,
)

STEPS = {Function.MONTHS_BETWEEN: 1, Function.YEARS_BETWEEN: 12, Function.DAYS_BETWEEN: 0}
ROUNDED = (Function.FLOOR, Function.CEIL, Function.HALF_UP)


def call(frame: Frame, node: Call) -> Columns:  # noqa: C901, PLR0911  one case a function
    if node.function is Function.KNOWN:
        return _known(frame, node)
    values = [frame.value(each) for each in node.arguments]
    missing = ored([each.missing for each in values if not isinstance(each, Spans)])
    match node.function:
        case Function.MONTHS | Function.DAYS:
            return Spans(node.function, cast(Numbers, values[0]))
        case Function.ADD | Function.SUBTRACT:
            return _shift(frame, node.function, cast(Days, values[0]), cast(Spans, values[1]))
        case Function.REACHED:
            return frame.reached(cast(Days, values[0]))
        case Function.BEFORE:
            return frame.before(cast(Days, values[0]))
        case Function.MONTHS_BETWEEN | Function.YEARS_BETWEEN | Function.DAYS_BETWEEN:
            start, end = (cast(Days, each) for each in values)
            return _between(frame, node, start, end)
        case Function.YEAR | Function.MONTH:
            return _part(frame, node.function, cast(Days, values[0]))
        case Function.DATE_OF:
            ends = ([getattr(each, end) // SHARE for each in values] for end in ("lo", "hi"))
            first, last = (_day_of(frame, *each) for each in ends)
            return frame.days(first, last, missing)
        case Function.LEAST | Function.GREATEST:
            pick = least if node.function is Function.LEAST else greatest
            lo, hi = (pick(*(getattr(each, end) for each in values)) for end in ("lo", "hi"))
            return frame.number(lo, hi, missing) if isinstance(values[0], Numbers) else frame.days(lo, hi, missing)
        case Function.LOWER:
            return _lower(frame, node, cast(Codes, values[0]))
        case _:
            left, right = (cast(Numbers, each) for each in values)
            corners = [_counted(node.function, a, b) for a in (left.lo, left.hi) for b in (right.lo, right.hi)]
            return frame.number(least(*corners), greatest(*corners), missing)


def _counted(function: Function, a: Cells, b: Cells) -> Cells:
    match function:
        case Function.PLUS:
            return a + b
        case Function.MINUS:
            return a - b
        case Function.TIMES:
            return _product(a, b)
        case _:
            assert function in ROUNDED
            return when(b == 0, pl.lit(0, pl.Int64), _quotient(function, a, when(b == 0, pl.lit(1, pl.Int64), b)))


def _product(a: Cells, b: Cells) -> Cells:
    """Exact where it is within the limits; beyond them a limit, which floating point is good enough to tell."""
    about = a.cast(pl.Float64) * b.cast(pl.Float64) / SHARE
    is_beyond, product = about.abs() >= MOST_SHARES, a * b
    assert (is_beyond | (product % SHARE == 0)).all(), "finer than the shares of this test"
    return when(is_beyond, about.clip(-MOST_SHARES, MOST_SHARES).cast(pl.Int64), product // SHARE)


def _quotient(function: Function, a: Cells, b: Cells) -> Cells:
    if function is Function.FLOOR:
        return _floor(a, b) * SHARE
    if function is Function.CEIL:
        return -_floor(-a, b) * SHARE
    return _floor(2 * a + b, 2 * b) * SHARE


def _floor(a: Cells, b: Cells) -> Cells:
    """Down, whatever the signs and whatever way the library rounds."""
    a, b = when(b < 0, -a, a), b.abs()
    return (a - ((a % b) + b) % b) // b


def _shift(frame: Frame, function: Function, start: Days, length: Spans) -> Days:
    add = add_months if length.unit is Function.MONTHS else add_days
    lo, hi = (_floor(each, frame.exactly(1).lo).cast(pl.Int64) for each in (length.amount.lo, length.amount.hi))
    lo, hi = (lo, hi) if function is Function.ADD else (-hi, -lo)
    return frame.days(add(start.lo, lo), add(start.hi, hi), start.missing | length.amount.missing)


def _between(frame: Frame, node: Call, start: Days, end: Days) -> Numbers:
    function = node.function
    count = days_between if function is Function.DAYS_BETWEEN else months_between
    lo, hi = count(start.hi, end.lo), count(start.lo, end.hi)
    if function is Function.YEARS_BETWEEN:
        lo, hi = (when(each >= MOST, each, each // 12) for each in (lo, hi))
    is_now = node.arguments[1] == ON
    lo, hi = (each.cast(pl.Int64) * SHARE for each in (lo, hi))
    return frame.number(lo, hi, start.missing | end.missing, start.hi if is_now else None, STEPS[function])


def _part(frame: Frame, function: Function, day: Days) -> Numbers:
    first, last = (each.dt.year().cast(pl.Int64) for each in (day.lo, day.hi))
    if function is Function.YEAR:
        return frame.number(first * SHARE, last * SHARE, day.missing)
    is_one_year = first == last
    lo = when(is_one_year, day.lo.dt.month().cast(pl.Int64), pl.lit(1, pl.Int64))
    hi = when(is_one_year, day.hi.dt.month().cast(pl.Int64), pl.lit(12, pl.Int64))
    return frame.number(lo * SHARE, hi * SHARE, day.missing)


def _day_of(frame: Frame, year: Cells, month: Cells, day: Cells) -> Cells:
    year, month, day = (each.clip(-(10**9), 10**9).cast(pl.Int64) for each in (year, month, day))
    first = add_months(frame.full(None, pl.Date).fill_null(pl.date(2000, 1, 1)), (year - 2000) * 12 + month - 1)
    length = made(pl.lit(first).dt.month_end() - pl.lit(first)).dt.total_days() + 1
    return add_days(first, least(greatest(day, frame.full(1, pl.Int64)), length) - 1)


def _known(frame: Frame, node: Call) -> Truths:
    asked = node.arguments[0]
    if isinstance(asked, FactName) and asked.type.kind is Kind.RECORDS:
        return frame.tested(_has_rows(frame, asked), frame.mask())
    value = frame.value(asked)
    if isinstance(asked, FactName) and isinstance(value, Numbers):
        is_known = (value.lo > -MOST * SHARE) | (value.hi < MOST * SHARE)
    elif isinstance(value, Numbers | Days):
        is_known = (value.lo == value.hi) & (value.missing == 0)
    elif isinstance(value, Codes):
        is_known = value.value.is_not_null()
    else:
        is_known = cast(Truths, value).state != UNKNOWN
    return frame.settled(is_known.cast(pl.Int64) * MET, frame.mask())


def _has_rows(frame: Frame, asked: FactName) -> Cells:
    people = frame if frame.owner is None else frame.above
    assert people is not None
    if frame.world.vocabulary.lookup(asked.name).world is Worldview.CLOSED:
        return frame.full(True, pl.Boolean)  # noqa: FBT003
    found = pl.Series(range(people.size), dtype=pl.Int64).is_in(frame.world.tables[asked.name][" owner"].to_list())
    return found if frame.owner is None else found.gather(frame.owner)


def _lower(frame: Frame, node: Call, code: Codes) -> Codes:
    scale = frame.world.vocabulary.scale(node.type.of)
    assert scale is not None
    below = dict(zip(scale.values, ("", *scale.values), strict=False))
    return Codes(code.value.replace(below), code.missing)
