"""Periods in SQL: unbroken runs by window functions (gaps and islands), and what is counted over them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from quanheng.rulebook.sql import SUBJECT
from quanheng.rulebook.sql_functions import months_between
from quanheng.rulebook.sql_group import Group, Selected
from quanheng.rulebook.sql_text import (
    LIMIT,
    NEVER,
    SINCE_EVER,
    ZERO,
    Sql,
    bits,
    sql,
    whole,
)
from quanheng.rulebook.sql_values import SDay, SNumber


@dataclass(frozen=True)
class Runs:
    """The unbroken runs of some rows (`which`), by window functions: each row knows the start of its run.

    Rows are put in order twice. Those that begin together have no order of their own, and none that a database would
    keep from one time to the next: the first time numbers them, and the second goes by these numbers."""

    group: Group
    which: Sql
    end: Sql  # of each row
    beside: "tuple[Runs, ...]" = ()  # other runs of the group, numbered together so that rows are put in order once

    def let(self, text: str, *parts: Sql) -> Sql:
        return self.group.rows.frame.let(sql(text, *parts))

    @property
    def kept(self) -> Sql:
        return self.let("({0} AND {1} < {2})", self.which, self.group.begin, self.end)

    # the first time

    def _by_begin(self, text: str, rows: str, *parts: Sql) -> Sql:
        return self.let(f"{text} {_over(len(parts), rows)}", *parts, self.group.begin)

    @property
    def number(self) -> Sql:
        """Counts all rows; it names `kept` so that it is found in one go with the other two, as are those of the runs
        beside if they lie as deep."""
        own = self.kept
        kept = {each.text: each for each in (own, *(runs.kept for runs in self.beside)) if each.level == own.level}
        text = " OR ".join(f"{{{place}}}" for place in range(len(kept)))
        return self._by_begin(f"count({text})", _UP_TO_HERE, *(kept[each] for each in sorted(kept)))

    @property
    def is_start(self) -> Sql:
        """Of the first row of each run."""
        before = self._by_begin("max(CASE WHEN {0} THEN {1} END)", _BEFORE, self.kept, self.end)
        return self.let("({0} AND ({1} IS NULL OR {2} > {1}))", self.kept, before, self.group.begin)

    @property
    def last(self) -> Sql:
        """At the last row of a run its end: a run begins after the ends of all before it."""
        return self._by_begin("max(CASE WHEN {0} THEN {1} END)", _UP_TO_HERE, self.kept, self.end)

    # the second time

    def _by_number(self, text: str, rows: str, *parts: Sql) -> Sql:
        return self.let(f"{text} {_over(len(parts), rows)}", *parts, self.number)

    @property
    def start(self) -> Sql:
        return self._by_number("max(CASE WHEN {0} THEN {1} END)", _UP_TO_HERE, self.is_start, self.group.begin)

    @property
    def is_last(self) -> Sql:
        """Of one row of each run, which knows where it ends."""
        follows = self._by_number("lead({0})", "", self.is_start)
        return self.let("({0} IS NOT NULL AND ({1} IS NULL OR {1}))", self.start, follows)

    @property
    def newest(self) -> Sql:
        """The start of the last run."""
        return self._by_number("max(CASE WHEN {0} THEN {1} END)", _ALL, self.is_start, self.group.begin)

    @property
    def months(self) -> Sql:
        """At the last row of a run."""
        return months_between(self.group.rows, self.start, self.last)


_BEFORE = " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
_UP_TO_HERE = " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
_ALL = " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def _over(order: int, rows: str) -> str:
    return f"OVER (PARTITION BY {SUBJECT} ORDER BY {{{order}}}{rows})"


def _together(*runs: Runs) -> list[Runs]:
    return [replace(each, beside=runs) for each in runs]


def _run_to_now(chosen: Selected, runs: Runs) -> Sql:
    group, on = chosen.group, chosen.group.rows.logic.on
    here = runs.let("({0} AND {1} <= {2} AND {2} < {3})", runs.kept, group.begin, on, group.end)
    return chosen.over("min", runs.start, here, NEVER)


def held_since(chosen: Selected) -> SDay:
    group, on = chosen.group, chosen.group.after.logic.on
    runs = _together(*(Runs(group, which, group.end) for which in (chosen.maybe, chosen.sure)))
    lo, hi = (_run_to_now(chosen, each) for each in runs)
    begin = whole(group.context.bits.of(f"{group.fact.name}.{group.fact.begins}"))
    undated = sql("CASE WHEN {0} = {1} THEN {2} ELSE 0 END", lo, SINCE_EVER, begin)
    hi = sql("CASE WHEN {0} = {1} THEN {2} ELSE {0} END", hi, SINCE_EVER, on)
    return chosen.day(lo, hi, bits((chosen.lacking(), group.after.frame.let(undated))))


def _dated(chosen: Selected, which: Sql) -> Sql:
    group = chosen.group
    return group.rows.frame.let(sql("({0} AND {1} > {2})", which, group.begin, SINCE_EVER))


def _undated(chosen: Selected) -> Sql:
    group = chosen.group
    return chosen.count(group.rows.frame.let(sql("({0} AND {1} = {2})", chosen.maybe, group.begin, SINCE_EVER)))


def _months(chosen: Selected, lo: Sql, hi: Sql, since: Sql) -> SNumber:
    """Bounds where some periods have no recorded beginning, which is then missing."""
    group, undated = chosen.group, _undated(chosen)
    begin = whole(group.context.bits.of(f"{group.fact.name}.{group.fact.begins}"))
    hi = sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", undated, LIMIT, hi)
    lacking = group.after.frame.let(sql("CASE WHEN {0} > 0 THEN {1} ELSE 0 END", undated, begin))
    return chosen.number(lo, hi, bits((chosen.lacking(), lacking)), since=since)


def months_in(chosen: Selected) -> SNumber:
    sure, maybe = _together(*_until_now(chosen))
    lo, since = _stitched(chosen, sure)
    hi, _ = _stitched(chosen, maybe)
    return _months(chosen, lo, hi, since)


def _until_now(chosen: Selected) -> Iterator[Runs]:
    """Of the rows that are met and of those that may be, as far as the day."""
    group, rows = chosen.group, chosen.group.rows
    end = rows.frame.let(sql("least({0}, {1})", group.end, rows.logic.on))
    for which in (chosen.sure, chosen.maybe):
        yield Runs(group, _dated(chosen, which), end)


def _stitched(chosen: Selected, runs: Runs) -> tuple[Sql, Sql]:
    """Months and since when they grow, as `combine._stitched`."""
    group, on = chosen.group, chosen.group.rows.logic.on
    dialect, rows, let = group.context.dialect, group.rows.frame.let, group.after.frame.let
    odd = runs.let("({0} - {1})", runs.last, rows(dialect.add_months(runs.start, runs.months)))
    earlier = runs.let("({0} AND {1} < {2})", runs.is_last, runs.start, runs.newest)
    running = chosen.count(runs.let("({0} AND {1} < {2})", runs.which, on, group.end))
    end, start = (chosen.over("max", each, runs.is_last, NEVER) for each in (runs.last, runs.start))
    begins_now = let(sql("({0} > 0 AND {1} <> {2})", running, end, on))
    counted = [
        sql(
            "CASE WHEN {0} THEN {1} ELSE {2} END",
            begins_now,
            *(chosen.over("sum", each, rows_, ZERO) for rows_ in (runs.is_last, earlier)),
        )
        for each in (runs.months, odd)
    ]
    start = let(sql("CASE WHEN {0} THEN {1} ELSE {2} END", begins_now, on, start))
    end = let(sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", running, on, end))
    months, days = (let(sql("(-({0}))", each)) for each in counted)
    back = let(dialect.add_days(let(dialect.add_months(start, months)), days))
    return months_between(group.after, back, end), let(sql("CASE WHEN {0} > 0 THEN {1} END", running, back))


def longest_run(chosen: Selected) -> SNumber:
    group = chosen.group
    to_now = Runs(group, _dated(chosen, chosen.sure), group.end)
    sure, maybe, to_now = _together(*_until_now(chosen), to_now)
    lo, hi = (chosen.over("max", runs.months, runs.is_last, ZERO) for runs in (sure, maybe))
    since = _run_to_now(chosen, to_now)
    grows = group.after.frame.let(sql("CASE WHEN {0} < {1} THEN {0} END", since, NEVER))
    return _months(chosen, lo, hi, grows)
