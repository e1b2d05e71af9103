"""Combinators for `frames`: expressions over the records, grouped by person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import polars as pl

from quanheng.rulebook.tree import TRUE, Combinator, Combine
from quanheng.rulebook.types import FIRST, LAST, MOST
from quanheng.rulebook.vocabulary import Fact
from quanheng.rulebook.vocabulary import World as Worldview
from tests.rulebook.frames import Frame
from tests.rulebook.frames_values import (
    MET,
    MOST_SHARES,
    NOT_MET,
    SHARE,
    UNKNOWN,
    Cells,
    Codes,
    Columns,
    Days,
    Numbers,
    Truths,
    add_days,
    add_months,
    greatest,
    least,
    months_between,
    when,
)

OWNER = " owner"
NONE = pl.lit(0, pl.Int64)


@dataclass
class Chosen:
    """The records that exist on the day (`rows`), with the truth of each; `gaps` and `gap` (its bit): by person."""

    people: Frame
    rows: Frame
    node: Combine
    fact: Fact
    held: Truths
    gaps: Cells
    gap: Cells

    def by_person(self, columns: Mapping[str, Cells], **aggregates: pl.Expr) -> dict[str, Cells]:
        """One row a person, null where there is no record."""
        assert self.rows.owner is not None
        table = pl.DataFrame({OWNER: self.rows.owner, "state": self.held.state, "lacks": self.held.missing, **columns})
        return self.joined(table.group_by(OWNER).agg(**aggregates))

    def joined(self, grouped: pl.DataFrame) -> dict[str, Cells]:
        people = pl.DataFrame({OWNER: pl.int_range(self.people.size, eager=True)})
        return {each.name: each for each in people.join(grouped, on=OWNER, how="left", maintain_order="left")}

    def lacking(self, more: Cells | None = None) -> Cells:
        """What the maybes lack; `more`: what their values lack."""
        mask = self.held.missing if more is None else self.held.missing | when(self.held.state > 0, more, NONE)
        found = self.by_person({"mask": mask}, mask=pl.col("mask").bitwise_or())
        return found["mask"].fill_null(0) | self.gap

    def stored(self, name: str, idle: object) -> Cells:
        return self.rows.columns[name].fill_null(idle)

    @property
    def begin(self) -> Cells:
        return self.stored(self.fact.begins, FIRST)

    @property
    def end(self) -> Cells:
        return self.stored(self.fact.ends, LAST)

    def bit(self, name: str) -> Cells:
        return self.people.mask(f"{self.fact.name}.{name}")


SURE, MAYBE = pl.col("state") == MET, pl.col("state") > NOT_MET


def combine(people: Frame, node: Combine) -> Columns:
    fact = people.world.vocabulary.lookup(node.records.name)
    rows = existing(people, fact)
    held, gaps = rows.truth(node.where), people.full(0, pl.Int64)
    if node.over is not None:
        held = _in_range(rows, fact, node, held)
        gaps = _gaps(people, rows, fact, node) if node.is_gap_unknown else gaps
    elif node.where == TRUE:
        held = rows.settled(rows.full(MET, pl.Int64), rows.mask())
    gap = when(gaps > 0, people.mask(fact.name), NONE)
    made = _COMBINE[node.combinator](Chosen(people, rows, node, fact, held, gaps, gap))
    return _known_only(people, fact, node, made)


def existing(people: Frame, fact: Fact) -> Frame:
    """The frame of the records that exist on the day; one a fact, so that what is computed stays."""
    key = (id(people), fact.name)
    if key not in people.world.frames:
        table = people.world.tables[fact.name]
        if fact.begins:
            table = table.filter(pl.col(fact.begins).is_null() | (pl.col(fact.begins) <= people.world.on))
        columns = {each.name: each for each in table}
        people.world.frames[key] = Frame(people.world, table.height, columns, people, columns[OWNER])
    return cast(Frame, people.world.frames[key])


def _known_only(people: Frame, fact: Fact, node: Combine, made: Columns) -> Columns:
    """Nothing is known of who has no record at all of an open-world fact."""
    if fact.world is Worldview.CLOSED:
        return made
    owners = people.world.tables[fact.name][OWNER].to_list()
    here, bit = pl.int_range(people.size, eager=True).is_in(owners), people.mask(fact.name)
    missing = when(here, made.missing, bit)  # type: ignore[union-attr]  # no span
    match made:
        case Truths(state, _, lo, hi):
            ends = when(here, lo, people.day(FIRST)), when(here, hi, people.day(LAST))
            return Truths(when(here, state, pl.lit(UNKNOWN, pl.Int64)), missing, *ends)
        case Numbers(lo, hi, _, since, months):
            least_ = 0 if node.combinator in _COUNTS else -MOST_SHARES
            ends = when(here, lo, pl.lit(least_, pl.Int64)), when(here, hi, pl.lit(MOST_SHARES, pl.Int64))
            since = None if since is None else when(here, since, pl.lit(None, pl.Date))
            return Numbers(*ends, missing, since, months)
        case Days(lo, hi):
            return Days(when(here, lo, people.day(FIRST)), when(here, hi, people.day(LAST)), missing)
        case _:
            return Codes(when(here, cast(Codes, made).value, pl.lit(None, pl.String)), missing)


def _in_range(rows: Frame, fact: Fact, node: Combine, held: Truths) -> Truths:
    assert node.over is not None
    first, last = (cast(Numbers, rows.value(each)) for each in node.over)
    key = cast(Numbers, rows.column(fact.key, fact.fields[fact.key].type, f"{fact.name}.{fact.key}"))
    is_known = key.lo == key.hi
    met, may = (first.hi <= key.lo) & (key.lo <= last.lo), (first.lo <= key.lo) & (key.lo <= last.hi)
    state = when(is_known, met.cast(pl.Int64) + (met | may).cast(pl.Int64), pl.lit(UNKNOWN, pl.Int64))
    within = rows.settled(state, when(is_known, first.missing | last.missing, key.missing))
    if node.combinator is Combinator.EVERY:
        return rows.any_of([rows.negation(within), held])
    return rows.all_of([within, held])


def _gaps(people: Frame, rows: Frame, fact: Fact, node: Combine) -> Cells:
    assert node.over is not None
    first, last = (cast(Numbers, people.value(each)) for each in node.over)
    table = pl.DataFrame({OWNER: rows.owner, "key": rows.columns[f"{fact.key} lo"]}).unique().drop_nulls()
    ends = pl.DataFrame({OWNER: pl.int_range(people.size, eager=True), "first": first.lo, "last": last.hi})
    key = pl.col("key").cast(pl.Int64) * SHARE
    here = table.join(ends, on=OWNER).filter((pl.col("first") <= key) & (key <= pl.col("last")))
    counted = ends.join(here.group_by(OWNER).len(), on=OWNER, how="left", maintain_order="left")["len"].fill_null(0)
    width = (last.hi // SHARE - first.lo // SHARE + 1 - counted.cast(pl.Int64)).clip(0, MOST).cast(pl.Int64)
    return when((last.hi >= MOST_SHARES) | (first.lo <= -MOST_SHARES), pl.lit(MOST, pl.Int64), width)


# truths


def _exists(chosen: Chosen) -> Truths:
    people, rows, part = chosen.people, chosen.rows, chosen.held
    if chosen.fact.begins:
        begun = rows.reached(Days(chosen.begin, chosen.begin, rows.mask()))
        part = rows.all_of([begun, part])
    columns = {"own": part.state, "lo": part.lo, "hi": part.hi, "comes": rows.comes(part)}
    met = pl.col("own") == MET
    found = chosen.by_person(
        columns,
        top=pl.col("own").max(),
        met_lo=pl.col("lo").filter(met).min(),
        met_hi=pl.col("hi").filter(met).max(),
        later_lo=pl.col("lo").filter(pl.col("comes")).min(),
        later_hi=pl.col("hi").filter(pl.col("comes")).max(),
    )
    state = greatest(found["top"].fill_null(NOT_MET), (chosen.gaps > 0).cast(pl.Int64))
    lo, hi = (when(state == MET, found[f"met_{end}"], found[f"later_{end}"]) for end in ("lo", "hi"))
    is_said = lo.is_not_null()
    return people.hull(state, chosen.lacking(), lo, hi, is_said)


def _every(chosen: Chosen) -> Truths:
    held = chosen.held
    aggregates = {"low": pl.col("state").min(), "lo": pl.col("from").max(), "hi": pl.col("to").min()}
    found = chosen.by_person({"from": held.lo, "to": held.hi}, **aggregates)
    state = least(found["low"].fill_null(MET), when(chosen.gaps > 0, pl.lit(UNKNOWN), pl.lit(MET)))
    return chosen.people.kept(state, chosen.lacking(), found["lo"].fill_null(FIRST), found["hi"].fill_null(LAST))


# numbers


def _counted(chosen: Chosen, lo: Cells, hi: Cells, missing: Cells) -> Numbers:
    lo, hi = (each.fill_null(0).cast(pl.Int64) * SHARE for each in (lo, hi))
    return chosen.people.number(lo, hi, missing)


def _count(chosen: Chosen) -> Numbers:
    found = chosen.by_person({}, lo=SURE.sum().cast(pl.Int64), hi=MAYBE.sum().cast(pl.Int64))
    return _counted(chosen, found["lo"], found["hi"].fill_null(0) + chosen.gaps, chosen.lacking())


def _count_distinct(chosen: Chosen) -> Numbers:
    value = _value(chosen)
    assert isinstance(value, Codes | Numbers)
    none = pl.lit(None, pl.Int64)
    single = value.value if isinstance(value, Codes) else when(value.lo == value.hi, value.lo, none)
    single_ = pl.col("single")
    found = chosen.by_person(
        {"single": single},
        sure=single_.filter(SURE).drop_nulls().n_unique().cast(pl.Int64),
        some=SURE.any().cast(pl.Int64),
        maybe=single_.filter(MAYBE).drop_nulls().n_unique().cast(pl.Int64),
        unnamed=(MAYBE & single_.is_null()).sum().cast(pl.Int64),
    )
    hi = found["maybe"].fill_null(0) + found["unnamed"].fill_null(0) + chosen.gaps
    return _counted(chosen, greatest(found["sure"], found["some"]), hi, chosen.lacking(value.missing))


def _value(chosen: Chosen) -> Columns:
    assert chosen.node.value is not None
    return chosen.rows.value(chosen.node.value)


def _sum_of(chosen: Chosen) -> Numbers:
    value, maybe = cast(Numbers, _value(chosen)), chosen.held.state
    zero = pl.lit(0, pl.Int64)
    lo = when(maybe == MET, value.lo, when(maybe == UNKNOWN, value.lo.clip(upper_bound=0), zero))
    hi = when(maybe == MET, value.hi, when(maybe == UNKNOWN, value.hi.clip(lower_bound=0), zero))
    found = chosen.by_person({"lo": lo, "hi": hi}, lo=pl.col("lo").sum(), hi=pl.col("hi").sum())
    most = when(chosen.gaps > 0, pl.lit(MOST_SHARES, pl.Int64), found["hi"].fill_null(0))
    return chosen.people.number(found["lo"].fill_null(0), most, chosen.lacking(value.missing))


# dates


def _ends(chosen: Chosen, value: Days, pick: str) -> dict[str, Cells]:
    """`min`: none is never; `max`: none is since ever."""
    which = (MAYBE, SURE) if pick == "min" else (SURE, MAYBE)
    lo, hi = (getattr(pl.col(end).filter(each), pick)() for end, each in zip(("lo", "hi"), which, strict=True))
    found = chosen.by_person({"lo": value.lo, "hi": value.hi}, lo=lo, hi=hi)
    return {end: found[end].fill_null(LAST if pick == "min" else FIRST) for end in ("lo", "hi")}


def _first_date(chosen: Chosen) -> Days:
    value = cast(Days, _value(chosen))
    found = _ends(chosen, value, "min")
    lo = when(chosen.gaps > 0, chosen.people.day(FIRST), found["lo"])
    return chosen.people.days(lo, found["hi"], chosen.lacking(value.missing))


def _last_date(chosen: Chosen) -> Days:
    value = cast(Days, _value(chosen))
    found = _ends(chosen, value, "max")
    hi = when(chosen.gaps > 0, chosen.people.day(LAST), found["hi"])
    return chosen.people.days(found["lo"], hi, chosen.lacking(value.missing))


def _last_end(chosen: Chosen) -> Days:
    found = _ends(chosen, Days(chosen.end, chosen.end, chosen.rows.mask()), "max")
    return chosen.people.days(found["lo"], found["hi"], chosen.lacking())


# the last record


def _latest(chosen: Chosen) -> Columns:
    """The candidates, and what there would be besides them, as rows of one table; then what those rows agree on."""
    from tests.rulebook.frames_latest import latest

    return latest(chosen)


# periods


def runs(chosen: Chosen, which: Cells, end: Cells) -> pl.DataFrame:
    """Owner, start and end of the unbroken runs, in order."""
    table = pl.DataFrame({OWNER: chosen.rows.owner, "start": chosen.begin, "end": end}).filter(which)
    table = table.filter(pl.col("start") < pl.col("end")).sort(OWNER, "start")
    before = pl.col("end").cum_max().shift(1).over(OWNER)
    is_new = (before.is_null() | (pl.col("start") > before)).cast(pl.Int64)
    grouped = table.with_columns(run=is_new.cum_sum()).group_by(OWNER, "run", maintain_order=True)
    return grouped.agg(pl.col("start").min(), pl.col("end").max()).drop("run")


def _run_to_now(chosen: Chosen, least_state: int) -> Cells:
    on = chosen.people.world.on
    now = (pl.col("start") <= on) & (pl.col("end") > on)
    found = runs(chosen, chosen.held.state >= least_state, chosen.end).filter(now)
    return chosen.joined(found)["start"].fill_null(LAST)


def _held_since(chosen: Chosen) -> Days:
    lo, hi = _run_to_now(chosen, UNKNOWN), _run_to_now(chosen, MET)
    missing = chosen.lacking() | when(lo == FIRST, chosen.bit(chosen.fact.begins), NONE)
    return chosen.people.days(lo, when(hi == FIRST, chosen.people.on, hi), missing)


def _is_dated(chosen: Chosen, least_state: int) -> Cells:
    return (chosen.held.state >= least_state) & (chosen.begin > FIRST)


def _months(chosen: Chosen, lo: Cells, hi: Cells, since: Cells) -> Numbers:
    undated = (chosen.held.state > NOT_MET) & (chosen.begin == FIRST)
    some = chosen.by_person({"undated": undated}, some=pl.col("undated").any())["some"].fill_null(value=False)
    missing = chosen.lacking() | when(some, chosen.bit(chosen.fact.begins), NONE)
    lo, hi = (each.cast(pl.Int64) * SHARE for each in (lo, hi))
    return chosen.people.number(lo, when(some, pl.lit(MOST_SHARES, pl.Int64), hi), missing, since, 1)


def _months_in(chosen: Chosen) -> Numbers:
    lo, since = _stitched(chosen, _is_dated(chosen, MET))
    hi, _ = _stitched(chosen, _is_dated(chosen, UNKNOWN))
    return _months(chosen, lo, hi, since)


def _stitched(chosen: Chosen, which: Cells) -> tuple[Cells, Cells]:
    """The earlier runs, in full months and then odd days, put before the last one."""
    on = chosen.people.world.on
    running = chosen.by_person({"runs": which & (chosen.end > on)}, runs=pl.col("runs").any())["runs"]
    running = running.fill_null(value=False)
    now = pl.DataFrame({OWNER: pl.int_range(chosen.people.size, eager=True)}).filter(running)
    now = now.with_columns(start=pl.lit(on), end=pl.lit(on))
    table = runs(chosen, which, least(chosen.end, chosen.rows.on))
    ends = table.filter(pl.col("end") == on)[OWNER].to_list()
    table = pl.concat([table, now.filter(~pl.col(OWNER).is_in(ends))]).sort(OWNER, "start")
    months = months_between(table["start"], table["end"])
    odd = (table["end"] - add_months(table["start"], months)).dt.total_days()
    table = table.with_columns(months=months, odd=odd, last=pl.col("start") == pl.col("start").max().over(OWNER))
    earlier = table.filter(~pl.col("last")).group_by(OWNER).agg(pl.col("months").sum(), pl.col("odd").sum())
    last = chosen.joined(table.filter("last").select(OWNER, "start", "end"))
    before = chosen.joined(earlier)
    start = add_months(last["start"].fill_null(LAST), -before["months"].fill_null(0))
    start = add_days(start, -before["odd"].fill_null(0))
    return months_between(start, last["end"].fill_null(LAST)), when(running, start, pl.lit(None, pl.Date))


def _longest_run(chosen: Chosen) -> Numbers:
    lo, hi = (_longest(chosen, _is_dated(chosen, state)) for state in (MET, UNKNOWN))
    sure = Chosen(**{**vars(chosen), "held": _dated_only(chosen)})
    since = _run_to_now(sure, MET)
    return _months(chosen, lo, hi, when(since < LAST, since, pl.lit(None, pl.Date)))


def _dated_only(chosen: Chosen) -> Truths:
    state = when(chosen.begin > FIRST, chosen.held.state, pl.lit(NOT_MET, pl.Int64))
    return Truths(state, chosen.held.missing, chosen.held.lo, chosen.held.hi)


def _longest(chosen: Chosen, which: Cells) -> Cells:
    table = runs(chosen, which, least(chosen.end, chosen.rows.on))
    table = table.with_columns(months=months_between(table["start"], table["end"]))
    return chosen.joined(table.group_by(OWNER).agg(pl.col("months").max()))["months"].fill_null(0)


_COUNTS = (Combinator.COUNT, Combinator.COUNT_DISTINCT, Combinator.MONTHS_IN, Combinator.LONGEST_RUN)
_COMBINE: Mapping[Combinator, Callable[[Chosen], Columns]] = {
    Combinator.EXISTS: _exists,
    Combinator.EVERY: _every,
    Combinator.COUNT: _count,
    Combinator.COUNT_DISTINCT: _count_distinct,
    Combinator.SUM_OF: _sum_of,
    Combinator.FIRST_DATE: _first_date,
    Combinator.LAST_DATE: _last_date,
    Combinator.LATEST: _latest,
    Combinator.HELD_SINCE: _held_since,
    Combinator.MONTHS_IN: _months_in,
    Combinator.LONGEST_RUN: _longest_run,
    Combinator.LAST_END: _last_end,
}
