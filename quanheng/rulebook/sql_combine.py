"""Combinators as aggregates: the rows of one fact with their conditions, then one row a subject.

A query holds the records that exist on the day with a truth for each combinator, and, by window functions, which is the
last one and which run of periods it is in; the aggregates of all combinators of a fact are one GROUP BY over it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from quanheng.rulebook.sql import SUBJECT, Context, Writer
from quanheng.rulebook.sql_functions import months_between
from quanheng.rulebook.sql_text import (
    LIMIT,
    MINUS_LIMIT,
    NEVER,
    NONE,
    SINCE_EVER,
    ZERO,
    Sql,
    bits,
    name,
    sql,
    whole,
)
from quanheng.rulebook.sql_values import MET, SCode, SDay, SNumber, STruth, SValue
from quanheng.rulebook.tree import TRUE, Combinator, Combine
from quanheng.rulebook.types import Kind
from quanheng.rulebook.vocabulary import Fact, World

ROW = "r_"


@dataclass
class Group:
    """The combinators of one fact at one depth. `rows`: the frame of its records; `after`: the frame of the person."""

    context: Context
    fact: Fact
    key: str  # of its CTEs
    source: str  # the CTE of the person's columns
    rows: Writer
    after: Writer
    aggregates: dict[str, str] = field(default_factory=dict)  # column -> aggregate

    # columns of the rows

    @property
    def begin(self) -> Sql:
        if not self.fact.begins:
            return SINCE_EVER
        return self.rows.frame.let(sql("coalesce({0}, {1})", Sql(name(ROW + self.fact.begins)), SINCE_EVER))

    @property
    def end(self) -> Sql:
        return self.rows.frame.let(sql("coalesce({0}, {1})", Sql(name(ROW + self.fact.ends)), NEVER))

    def aggregate(self, text: str, *parts: Sql) -> Sql:
        """A column of the aggregated rows, as the person's frame sees it: NULL where there is no row."""
        expression = sql(text, *parts).text
        for column, known in self.aggregates.items():
            if known == expression:
                return Sql(name(column))
        column = f"{self.key}_a{len(self.aggregates)}"
        self.aggregates[column] = expression
        return Sql(name(column))

    def or_else(self, column: Sql, idle: Sql) -> Sql:
        return self.after.frame.let(sql("coalesce({0}, {1})", column, idle))

    @property
    def is_unknown(self) -> Sql:
        """No row at all of an open-world fact."""
        if self.fact.world is World.CLOSED:
            return Sql("FALSE")
        return Sql(f"({name(self.key + '_n')} IS NULL)")

    @property
    def bit(self) -> Sql:
        return whole(self.context.bits.of(self.fact.name))

    def unless_unknown(self, value: Sql, unknown: Sql) -> Sql:
        if self.fact.world is World.CLOSED:
            return value
        return self.after.frame.let(sql("CASE WHEN {0} THEN {1} ELSE {2} END", self.is_unknown, unknown, value))


@dataclass(frozen=True)
class Selected:
    """One combinator: the truth of each row, and how many gaps there are (in the person's frame)."""

    group: Group
    node: Combine
    held: STruth
    gaps: Sql

    @property
    def sure(self) -> Sql:
        return self.group.rows.frame.let(sql("({0} = 2)", self.held.state))

    @property
    def maybe(self) -> Sql:
        return self.group.rows.frame.let(sql("({0} >= 1)", self.held.state))

    def over(self, function: str, value: Sql, which: Sql, idle: Sql) -> Sql:
        """An aggregate of some of the rows; `idle` where there is none."""
        column = self.group.aggregate(f"{function}(CASE WHEN {{0}} THEN {{1}} END)", which, value)
        return self.group.or_else(column, idle)

    def count(self, which: Sql) -> Sql:
        return self.group.or_else(self.group.aggregate("count(CASE WHEN {0} THEN 1 END)", which), ZERO)

    def lacking(self, *more: Sql) -> Sql:
        """What the maybes lack, with what their values lack."""
        parts = [self.bits_of(self.held.missing, Sql("TRUE")), *(self.bits_of(each, self.maybe) for each in more)]
        if self.gaps != ZERO:
            gap = sql("CASE WHEN {0} > 0 THEN {1} ELSE 0 END", self.gaps, self.group.bit)
            parts.append(self.group.after.frame.let(gap))
        return bits(parts)

    def bits_of(self, missing: Sql, which: Sql) -> Sql:
        return ZERO if missing == ZERO else self.over("bit_or", missing, which, ZERO)

    def number(self, lo: Sql, hi: Sql, missing: Sql, idle: Sql = ZERO, since: Sql = NONE) -> SNumber:
        group, step = self.group, None if since == NONE else 1
        made = group.after.logic.number(lo, hi, missing)
        return SNumber(
            group.unless_unknown(made.lo, idle),
            group.unless_unknown(made.hi, LIMIT),
            group.unless_unknown(made.missing, group.bit),
            group.unless_unknown(since, NONE) if step else NONE,
            step,
        )

    def day(self, lo: Sql, hi: Sql, missing: Sql) -> SDay:
        group = self.group
        made = group.after.logic.day(lo, hi, missing)
        return SDay(
            group.unless_unknown(made.lo, SINCE_EVER),
            group.unless_unknown(made.hi, NEVER),
            group.unless_unknown(made.missing, group.bit),
        )

    def truth(self, made: STruth) -> STruth:
        group = self.group
        named = group.after.logic.named(made)
        return STruth(
            group.unless_unknown(named.state, whole(1)),
            group.unless_unknown(named.missing, group.bit),
            group.unless_unknown(named.lo, SINCE_EVER),
            group.unless_unknown(named.hi, NEVER),
        )


def write(group: Group, node: Combine) -> SValue:
    """The value of a combinator in the person's frame; its aggregates are noted in the group."""
    rows = group.rows
    held, gaps = rows.truth(node.where), ZERO
    if node.over is not None:
        held, gaps = _ranged(group, node, held)
    elif node.where == TRUE:
        held = STruth(MET, ZERO, SINCE_EVER, NEVER)
    return _WRITERS[node.combinator](Selected(group, node, held, gaps))


def _ranged(group: Group, node: Combine, held: STruth) -> tuple[STruth, Sql]:
    """`combine._held` and `combine._gaps`."""
    assert node.over is not None
    rows, fact = group.rows, group.fact
    key = Sql(name(ROW + fact.key))
    first, last = (rows.number(each) for each in node.over)
    mask = whole(group.context.bits.of(f"{fact.name}.{fact.key}"))
    parts = (key, first.lo, first.hi, last.lo, last.hi)
    inside, may = "{2} <= {0} AND {0} <= {3}", "{1} <= {0} AND {0} <= {4}"
    text = f"CASE WHEN {{0}} IS NULL THEN 1 WHEN {inside} THEN 2 WHEN {may} THEN 1 ELSE 0 END"
    lacking = sql("CASE WHEN {0} IS NULL THEN {1} ELSE {2} END", key, mask, bits((first.missing, last.missing)))
    within = rows.logic.settled(sql(text, *parts), rows.frame.let(lacking))
    if node.combinator is Combinator.EVERY:
        held = rows.logic.any_of([rows.logic.negation(within), held])
    else:
        held = rows.logic.all_of([within, held])
    return held, _gaps(group, node, key, (first, last)) if node.is_gap_unknown else ZERO


def _gaps(group: Group, node: Combine, key: Sql, row_range: tuple[SNumber, SNumber]) -> Sql:
    assert node.over is not None
    inside = "count(DISTINCT CASE WHEN {1} <= {0} AND {0} <= {2} THEN {0} END)"
    here = group.or_else(group.aggregate(inside, key, row_range[0].lo, row_range[1].hi), ZERO)
    first, last = (group.after.number(each) for each in node.over)
    parts = (first.lo, last.hi, MINUS_LIMIT, LIMIT, here)
    text = "CASE WHEN {1} >= {3} OR {0} <= {2} THEN {3} ELSE greatest(0, {1} - {0} + 1 - {4}) END"
    return group.after.frame.let(sql(text, *parts))


# truths


def _exists(chosen: Selected) -> STruth:
    rows, held = chosen.group.rows, chosen.held
    begin = chosen.group.begin
    part = held if begin == SINCE_EVER else rows.logic.all_of([rows.logic.reached(SDay(begin, begin, ZERO)), held])
    on = rows.logic.on
    next_one = rows.frame.let(sql("({0} = 0 AND {1} < {2} AND {2} < {3})", part.state, on, part.lo, NEVER))
    sure = rows.frame.let(sql("({0} = 2)", part.state))
    state = chosen.group.or_else(chosen.group.aggregate("max({0})", part.state), ZERO)
    after = chosen.group.after
    if chosen.gaps != ZERO:
        state = after.frame.let(sql("CASE WHEN {0} > 0 THEN greatest({1}, 1) ELSE {1} END", chosen.gaps, state))
    lo = _picked(chosen, state, "min", part.lo, sure, next_one)
    hi = _picked(chosen, state, "max", part.hi, sure, next_one)
    some = sql("({0} = 2 OR {1} IS NOT NULL)", state, chosen.group.aggregate("min(CASE WHEN {0} THEN 1 END)", next_one))
    missing = after.logic.only_unknown(state, chosen.lacking())
    return chosen.truth(STruth(state, missing, *after.logic.or_hull(some, state, lo, hi)))


def _picked(chosen: Selected, state: Sql, function: str, end: Sql, sure: Sql, next_one: Sql) -> Sql:
    met, later = (chosen.over(function, end, which, NEVER) for which in (sure, next_one))
    return chosen.group.after.frame.let(sql("CASE WHEN {0} = 2 THEN {1} ELSE {2} END", state, met, later))


def _every(chosen: Selected) -> STruth:
    group, held = chosen.group, chosen.held
    state = group.or_else(group.aggregate("min({0})", held.state), MET)
    if chosen.gaps != ZERO:
        state = group.after.frame.let(sql("CASE WHEN {0} > 0 THEN least({1}, 1) ELSE {1} END", chosen.gaps, state))
    lo = group.or_else(group.aggregate("max({0})", held.lo), SINCE_EVER)
    hi = group.or_else(group.aggregate("min({0})", held.hi), NEVER)
    missing = group.after.logic.only_unknown(state, chosen.lacking())
    return chosen.truth(STruth(state, missing, *group.after.logic.not_empty(lo, hi)))


# numbers


def _count(chosen: Selected) -> SNumber:
    return chosen.number(chosen.count(chosen.sure), _plus(chosen.count(chosen.maybe), chosen.gaps), chosen.lacking())


def _plus(*parts: Sql) -> Sql:
    kept = [part for part in parts if part != ZERO]
    if not kept:
        return ZERO
    return sql("(" + " + ".join(f"{{{place}}}" for place in range(len(kept))) + ")", *kept)


def _count_distinct(chosen: Selected) -> SNumber:
    value, let = _value(chosen), chosen.group.rows.frame.let
    if isinstance(value, SCode):
        single, known = value.value, let(sql("({0} IS NOT NULL)", value.value))
    else:
        assert isinstance(value, SNumber)
        single, known = value.lo, let(sql("({0} = {1})", value.lo, value.hi))
    sure, maybe = (let(sql("({0} AND {1})", each, known)) for each in (chosen.sure, chosen.maybe))
    distinct = [_distinct(chosen, single, each) for each in (sure, maybe)]
    unnamed = chosen.count(let(sql("({0} AND NOT {1})", chosen.maybe, known)))
    some = sql("CASE WHEN {0} > 0 THEN 1 ELSE 0 END", chosen.count(chosen.sure))
    lo = sql("greatest({0}, {1})", distinct[0], some)
    return chosen.number(lo, _plus(distinct[1], unnamed, chosen.gaps), chosen.lacking(value.missing))


def _distinct(chosen: Selected, value: Sql, which: Sql) -> Sql:
    column = chosen.group.aggregate("count(DISTINCT CASE WHEN {0} THEN {1} END)", which, value)
    return chosen.group.or_else(column, ZERO)


def _value(chosen: Selected) -> SValue:
    assert chosen.node.value is not None
    return chosen.group.rows.value(chosen.node.value)


def _sum_of(chosen: Selected) -> SNumber:
    value, let = _value(chosen), chosen.group.rows.frame.let
    assert isinstance(value, SNumber)
    lo = let(sql("CASE {0} WHEN 2 THEN {1} WHEN 1 THEN least(0, {1}) ELSE 0 END", chosen.held.state, value.lo))
    hi = let(sql("CASE {0} WHEN 2 THEN {1} WHEN 1 THEN greatest(0, {1}) ELSE 0 END", chosen.held.state, value.hi))
    least_sum, most_sum = (chosen.group.or_else(chosen.group.aggregate("sum({0})", each), ZERO) for each in (lo, hi))
    if chosen.gaps != ZERO:
        most_sum = sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", chosen.gaps, LIMIT, most_sum)
    return chosen.number(least_sum, most_sum, chosen.lacking(value.missing), MINUS_LIMIT)


# dates


def _first_date(chosen: Selected) -> SDay:
    value = _value(chosen)
    assert isinstance(value, SDay)
    lo, hi = chosen.over("min", value.lo, chosen.maybe, NEVER), chosen.over("min", value.hi, chosen.sure, NEVER)
    if chosen.gaps != ZERO:
        lo = sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", chosen.gaps, SINCE_EVER, lo)
    return chosen.day(lo, hi, chosen.lacking(value.missing))


def _last_date(chosen: Selected) -> SDay:
    value = _value(chosen)
    assert isinstance(value, SDay)
    lo = chosen.over("max", value.lo, chosen.sure, SINCE_EVER)
    hi = chosen.over("max", value.hi, chosen.maybe, SINCE_EVER)
    if chosen.gaps != ZERO:
        hi = sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", chosen.gaps, NEVER, hi)
    return chosen.day(lo, hi, chosen.lacking(value.missing))


def _last_end(chosen: Selected) -> SDay:
    end = chosen.group.end
    lo, hi = (chosen.over("max", end, which, SINCE_EVER) for which in (chosen.sure, chosen.maybe))
    return chosen.day(lo, hi, chosen.lacking())


# the last record


def _latest(chosen: Selected) -> SValue:
    """All that may be the last one together, as `combine._latest`; `extra`: nothing, or what a gap would hold."""
    group, let = chosen.group, chosen.group.after.frame.let
    which = _candidates(chosen)
    has_gap = sql("({0} > 0)", chosen.gaps) if chosen.gaps != ZERO else Sql("FALSE")
    has_none = let(sql("({0} = 0 AND NOT {1})", chosen.count(chosen.sure), has_gap))
    count = let(sql("({0} + CASE WHEN {1} OR {2} THEN 1 ELSE 0 END)", chosen.count(which), has_none, has_gap))
    value = _value(chosen)
    assert isinstance(value, STruth | SNumber | SDay | SCode)
    own = chosen.bits_of(value.missing, which)
    lacking = chosen.lacking()
    parts = (count, has_gap, lacking, own, bits((own, lacking, group.bit)))
    missing = let(sql("CASE WHEN {0} = 1 THEN CASE WHEN {1} THEN {2} ELSE {3} END ELSE {4} END", *parts))
    return _LAST[type(value)](chosen, value, which, (has_none, has_gap), missing)


def _candidates(chosen: Selected) -> Sql:
    """Rows that are sure or maybe and not before the last sure one."""
    group, let = chosen.group, chosen.group.rows.frame.let
    order = group.fact.order or group.fact.begins
    beyond = NEVER if group.fact.fields[order].type.kind is Kind.DATE else LIMIT
    place = let(sql("coalesce({0}, {1})", Sql(name(ROW + order)), beyond))
    last = let(sql(f"max(CASE WHEN {{0}} THEN {{1}} END) OVER (PARTITION BY {SUBJECT})", chosen.sure, place))
    return let(sql("({0} AND ({1} IS NULL OR {2} >= {1}))", chosen.maybe, last, place))


Extra = tuple[Sql, Sql]


def _ends(group: Group, which: Sql, value: Sql) -> tuple[Sql, Sql]:
    """Least and greatest of some rows; NULL where there is none."""
    low, high = (group.aggregate(f"{pick}(CASE WHEN {{0}} THEN {{1}} END)", which, value) for pick in ("min", "max"))
    return low, high


def _last_code(chosen: Selected, value: SCode, which: Sql, extra: Extra, missing: Sql) -> SCode:
    group, let = chosen.group, chosen.group.after.frame.let
    low, high = _ends(group, which, value.value)
    is_open = chosen.count(group.rows.frame.let(sql("({0} AND {1} IS NULL)", which, value.value)))
    parts = (is_open, extra[1], low, high, extra[0], group.unless_unknown(Sql("FALSE"), Sql("TRUE")))
    text = (
        "CASE WHEN {5} OR {0} > 0 OR {1} OR {2} <> {3} THEN NULL "
        "WHEN {4} THEN CASE WHEN coalesce({2}, '') = '' THEN '' END ELSE {2} END"
    )
    made = let(sql(text, *parts))
    lacking = sql("CASE WHEN {0} IS NOT NULL THEN 0 ELSE {1} END", made, group.unless_unknown(missing, group.bit))
    return SCode(made, let(lacking))


def _last_number(chosen: Selected, value: SNumber, which: Sql, extra: Extra, missing: Sql) -> SNumber:
    lo, hi = _hull(chosen, (value.lo, value.hi), which, extra, (ZERO, MINUS_LIMIT, LIMIT))
    return chosen.number(lo, hi, missing, MINUS_LIMIT)


def _last_day(chosen: Selected, value: SDay, which: Sql, extra: Extra, missing: Sql) -> SDay:
    return chosen.day(*_hull(chosen, (value.lo, value.hi), which, extra, (SINCE_EVER, SINCE_EVER, NEVER)), missing)


def _hull(
    chosen: Selected, ends: tuple[Sql, Sql], which: Sql, extra: Extra, idle: tuple[Sql, Sql, Sql]
) -> tuple[Sql, Sql]:
    """Least and greatest of the candidates; `idle`: the value of nothing, and the bounds of what is not known."""
    none, least_of_all, most_of_all = idle
    made = []
    for function, end, beyond in (("min", ends[0], least_of_all), ("max", ends[1], most_of_all)):
        column = chosen.group.aggregate(f"{function}(CASE WHEN {{0}} THEN {{1}} END)", which, end)
        pick = "least" if function == "min" else "greatest"
        parts = (extra[1], beyond, extra[0], none, column)
        text = f"CASE WHEN {{0}} THEN {{1}} WHEN {{2}} THEN {pick}({{3}}, coalesce({{4}}, {{3}})) ELSE {{4}} END"
        made.append(chosen.group.after.frame.let(sql(text, *parts)))
    return made[0], made[1]


def _last_truth(chosen: Selected, value: STruth, which: Sql, extra: Extra, missing: Sql) -> STruth:
    """Of a single candidate its own truth; of several what they agree on."""
    group, let = chosen.group, chosen.group.after.frame.let
    low, high = _ends(group, which, value.state)
    parts = (extra[1], extra[0], low, high)
    text = (
        "CASE WHEN {0} THEN 1 WHEN {1} THEN CASE WHEN coalesce({3}, 0) = 0 THEN 0 ELSE 1 END "
        "WHEN {2} = {3} THEN {2} ELSE 1 END"
    )
    return chosen.truth(group.after.logic.settled(let(sql(text, *parts)), missing))


_LAST: Mapping[type, Callable[..., SValue]] = {
    SCode: _last_code,
    SNumber: _last_number,
    SDay: _last_day,
    STruth: _last_truth,
}

# periods


@dataclass(frozen=True)
class Runs:
    """The unbroken runs of some rows (`which`), by window functions: each row knows the start of its run."""

    group: Group
    which: Sql
    end: Sql  # of each row

    def let(self, text: str, *parts: Sql) -> Sql:
        return self.group.rows.frame.let(sql(text, *parts))

    @property
    def kept(self) -> Sql:
        return self.let("({0} AND {1} < {2})", self.which, self.group.begin, self.end)

    @property
    def is_start(self) -> Sql:
        window = f"OVER (PARTITION BY {SUBJECT} ORDER BY {{2}} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        parts = (self.kept, self.end, self.group.begin)
        before = self.let(f"max(CASE WHEN {{0}} THEN {{1}} END) {window}", *parts)
        return self.let("({0} AND ({1} IS NULL OR {2} > {1}))", self.kept, before, self.group.begin)

    @property
    def start(self) -> Sql:
        window = f"OVER (PARTITION BY {SUBJECT} ORDER BY {{1}} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
        return self.let(f"max(CASE WHEN {{0}} THEN {{1}} END) {window}", self.is_start, self.group.begin)

    @property
    def last(self) -> Sql:
        """The end of the run a row is in."""
        window = f"OVER (PARTITION BY {SUBJECT}, {{2}})"
        return self.let(f"max(CASE WHEN {{0}} THEN {{1}} END) {window}", self.kept, self.end, self.start)

    @property
    def months(self) -> Sql:
        return months_between(self.group.rows, self.start, self.last)


def _run_to_now(chosen: Selected, which: Sql) -> Sql:
    group = chosen.group
    runs, on = Runs(group, which, group.end), group.rows.logic.on
    here = runs.let("({0} AND {1} <= {2} AND {2} < {3})", runs.kept, group.begin, on, group.end)
    return chosen.over("min", runs.start, here, NEVER)


def _held_since(chosen: Selected) -> SDay:
    group, on = chosen.group, chosen.group.after.logic.on
    lo, hi = _run_to_now(chosen, chosen.maybe), _run_to_now(chosen, chosen.sure)
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


def _months_in(chosen: Selected) -> SNumber:
    lo, since = _stitched(chosen, _dated(chosen, chosen.sure))
    hi, _ = _stitched(chosen, _dated(chosen, chosen.maybe))
    return _months(chosen, lo, hi, since)


def _stitched(chosen: Selected, which: Sql) -> tuple[Sql, Sql]:
    """Months and since when they grow, as `combine._stitched`."""
    group, on = chosen.group, chosen.group.rows.logic.on
    dialect, rows, let = group.context.dialect, group.rows.frame.let, group.after.frame.let
    runs = Runs(group, which, rows(sql("least({0}, {1})", group.end, on)))
    newest = runs.let(f"max(CASE WHEN {{0}} THEN {{1}} END) OVER (PARTITION BY {SUBJECT})", runs.is_start, runs.start)
    odd = runs.let("({0} - {1})", runs.last, rows(dialect.add_months(runs.start, runs.months)))
    earlier = runs.let("({0} AND {1} < {2})", runs.is_start, runs.start, newest)
    running = chosen.count(runs.let("({0} AND {1} < {2})", which, on, group.end))
    end, start = (chosen.over("max", each, runs.is_start, NEVER) for each in (runs.last, runs.start))
    begins_now = let(sql("({0} > 0 AND {1} <> {2})", running, end, on))
    counted = [
        sql(
            "CASE WHEN {0} THEN {1} ELSE {2} END",
            begins_now,
            *(chosen.over("sum", each, rows_, ZERO) for rows_ in (runs.is_start, earlier)),
        )
        for each in (runs.months, odd)
    ]
    start = let(sql("CASE WHEN {0} THEN {1} ELSE {2} END", begins_now, on, start))
    end = let(sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", running, on, end))
    months, days = (let(sql("(-({0}))", each)) for each in counted)
    back = let(dialect.add_days(let(dialect.add_months(start, months)), days))
    return months_between(group.after, back, end), let(sql("CASE WHEN {0} > 0 THEN {1} END", running, back))


def _longest_run(chosen: Selected) -> SNumber:
    sure = _dated(chosen, chosen.sure)
    lo, hi = (_longest(chosen, each) for each in (sure, _dated(chosen, chosen.maybe)))
    since = _run_to_now(chosen, sure)
    grows = chosen.group.after.frame.let(sql("CASE WHEN {0} < {1} THEN {0} END", since, NEVER))
    return _months(chosen, lo, hi, grows)


def _longest(chosen: Selected, which: Sql) -> Sql:
    group = chosen.group
    runs = Runs(group, which, group.rows.frame.let(sql("least({0}, {1})", group.end, group.rows.logic.on)))
    return chosen.over("max", runs.months, runs.is_start, ZERO)


_WRITERS: Mapping[Combinator, Callable[[Selected], SValue]] = {
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
