"""The last record for `frames`: every row that may be it, one row for "none" or for a gap, and what they agree on."""

import polars as pl

from quanheng.rulebook.types import FIRST, LAST, Kind
from tests.rulebook.frames_records import NONE, OWNER, Chosen
from tests.rulebook.frames_values import (
    MET,
    MOST_SHARES,
    NOT_MET,
    UNKNOWN,
    Cells,
    Codes,
    Columns,
    Days,
    Numbers,
    Truths,
    when,
)


def latest(chosen: Chosen) -> Columns:
    assert chosen.node.value is not None
    value = chosen.rows.value(chosen.node.value)
    people, lacking = chosen.people, chosen.lacking()
    own = _columns(value).with_columns(pl.Series(OWNER, chosen.rows.owner, dtype=pl.Int64)).filter(_candidates(chosen))
    sure = chosen.by_person({}, sure=(pl.col("state") == MET).any())["sure"].fill_null(value=False)
    extra = _extra(chosen, type(value)).with_columns(pl.Series("missing", when(chosen.gaps > 0, lacking, NONE)))
    extra = extra.filter(~sure | (chosen.gaps > 0)).select(own.columns)
    table = pl.concat([own, extra], how="vertical_relaxed")
    several = [pl.len().alias("rows"), pl.col("missing").bitwise_or()]
    found = chosen.joined(table.group_by(OWNER).agg(*several, *_aggregates(value)))
    missing = when(found["rows"] == 1, found["missing"], found["missing"] | lacking | people.mask(chosen.fact.name))
    return _agreed(chosen, value, found, missing)


def _candidates(chosen: Chosen) -> Cells:
    """Sure or maybe, and not before the last sure one; a record without a place may be the last."""
    order = chosen.fact.order or chosen.fact.begins
    is_date = chosen.fact.fields[order].type.kind is Kind.DATE
    place = chosen.rows.columns[order if is_date else f"{order} lo"]
    place = (place.cast(pl.Int32) if is_date else place).cast(pl.Int64)
    table = pl.DataFrame({OWNER: chosen.rows.owner, "state": chosen.held.state, "place": place})
    last = pl.col("place").filter(pl.col("state") == MET).max().over(OWNER)
    may_be = last.is_null() | pl.col("place").is_null() | (pl.col("place") >= last)
    return table.select((pl.col("state") > NOT_MET) & may_be).to_series()


def _columns(value: Columns) -> pl.DataFrame:
    match value:
        case Truths(state, missing):
            return pl.DataFrame({"value": state, "missing": missing})
        case Codes(code, missing):
            return pl.DataFrame({"value": code, "missing": missing})
        case Numbers(lo, hi, missing) | Days(lo, hi, missing):
            return pl.DataFrame({"lo": lo, "hi": hi, "missing": missing})
        case _:
            raise NotImplementedError


def _extra(chosen: Chosen, kind: type[Columns]) -> pl.DataFrame:
    """Of each person: there is none, or where there is a gap anything."""
    people, is_gap = chosen.people, chosen.gaps > 0
    owner = pl.Series(OWNER, range(people.size), dtype=pl.Int64)
    if kind is Truths:
        return pl.DataFrame({OWNER: owner, "value": is_gap.cast(pl.Int64) * UNKNOWN})
    if kind is Codes:
        return pl.DataFrame({OWNER: owner, "value": when(is_gap, pl.lit(None, pl.String), pl.lit(""))})
    if kind is Numbers:
        ends = (when(is_gap, pl.lit(end, pl.Int64), pl.lit(0, pl.Int64)) for end in (-MOST_SHARES, MOST_SHARES))
    else:
        ends = (when(is_gap, people.day(end), people.day(FIRST)) for end in (FIRST, LAST))
    return pl.DataFrame([owner, *(each.alias(name) for each, name in zip(ends, ("lo", "hi"), strict=True))])


def _aggregates(value: Columns) -> list[pl.Expr]:
    if isinstance(value, Truths | Codes):
        column = pl.col("value")
        return [column.n_unique().alias("values"), column.null_count().alias("open"), column.first().alias("value")]
    return [pl.col("lo").min(), pl.col("hi").max()]


def _agreed(chosen: Chosen, value: Columns, found: dict[str, Cells], missing: Cells) -> Columns:
    people = chosen.people
    if isinstance(value, Truths):
        state = when(found["values"] == 1, found["value"], pl.lit(UNKNOWN, pl.Int64)).fill_null(UNKNOWN)
        return people.settled(state, missing)
    if isinstance(value, Codes):
        is_one = (found["values"] == 1) & (found["open"] == 0)
        code = when(is_one, found["value"], pl.lit(None, pl.String))
        return Codes(code, when(code.is_null(), missing, NONE))
    if isinstance(value, Numbers):
        return people.number(found["lo"], found["hi"], missing)
    return people.days(found["lo"], found["hi"], missing)
