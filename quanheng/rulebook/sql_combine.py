"""Combinators as aggregates: the rows of one fact with their conditions, then one row a subject.

A query holds the records that exist on the day with a truth for each combinator, and, by window functions, which is the
last one and which run of periods it is in; the aggregates of all combinators of a fact are one GROUP BY over it.
"""

from collections.abc import Callable, Mapping

from quanheng.rulebook.sql import MAX_BITS
from quanheng.rulebook.sql_group import ROW, Group, Selected, value_of
from quanheng.rulebook.sql_latest import latest
from quanheng.rulebook.sql_runs import held_since, longest_run, months_in
from quanheng.rulebook.sql_text import (
    LIMIT,
    MINUS_LIMIT,
    NEVER,
    SINCE_EVER,
    ZERO,
    NotInSqlError,
    Sql,
    bits,
    name,
    sql,
    times,
    whole,
)
from quanheng.rulebook.sql_values import ALWAYS, MET, SCode, SDay, SNumber, STruth, SValue, settled
from quanheng.rulebook.tree import TRUE, Combinator, Combine


def write(group: Group, node: Combine) -> SValue:
    """The value of a combinator in the person's frame; its aggregates are noted in the group."""
    rows = group.rows
    held, gaps = group.held or rows.truth(node.where), ZERO
    if node.over is not None:
        held, gaps = _ranged(group, node, held)
    elif node.where == TRUE:
        held = ALWAYS
    return _WRITERS[node.combinator](Selected(group, node, held, gaps))


def _ranged(group: Group, node: Combine, held: STruth) -> tuple[STruth, Sql]:
    """`combine._held` and `combine._gaps`."""
    assert node.over is not None
    rows, fact = group.rows, group.fact
    key = Sql(name(ROW + fact.key))
    first, last = (rows.number(each) for each in node.over)
    if (first.over, last.over) != (1, 1):
        raise NotInSqlError("a range from or to a fraction runs in Python only")
    mask = whole(group.context.bits.of(f"{fact.name}.{fact.key}"))
    parts = (key, first.lo, first.hi, last.lo, last.hi)
    inside, may = "{2} <= {0} AND {0} <= {3}", "{1} <= {0} AND {0} <= {4}"
    unless_sure = "" if (first.lo, last.lo) == (first.hi, last.hi) else f"WHEN {may} THEN 1 "
    text = f"CASE WHEN {{0}} IS NULL THEN 1 WHEN {inside} THEN 2 {unless_sure}ELSE 0 END"
    lacking = sql("CASE WHEN {0} IS NULL THEN {1} ELSE {2} END", key, mask, bits((first.missing, last.missing)))
    within = rows.logic.settled(sql(text, *parts), rows.frame.let(lacking))
    if node.combinator is Combinator.EVERY:
        held = rows.logic.any_of([rows.logic.negation(within), held])
    else:
        held = rows.logic.all_of([within, held])
    return held, _gaps(group, node, key, (first, last)) if node.is_gap_unknown else ZERO


def _gaps(group: Group, node: Combine, key: Sql, row_range: tuple[SNumber, SNumber]) -> Sql:
    assert node.over is not None
    here = _keys_inside(group, key, row_range[0].lo, row_range[1].hi)
    first, last = (group.after.number(each) for each in node.over)
    parts = (first.lo, last.hi, MINUS_LIMIT, LIMIT, here)
    text = "CASE WHEN {1} >= {3} OR {0} <= {2} THEN {3} ELSE greatest(0, {1} - {0} + 1 - {4}) END"
    return group.after.frame.let(sql(text, *parts))


def _keys_inside(group: Group, key: Sql, first: Sql, last: Sql) -> Sql:
    """How many keys of a range have a record, by bits, which are far less work than counting them apart. Beyond two
    masks of keys (a range of 124 years) each record counts for itself."""
    place = group.rows.frame.let(sql("CASE WHEN {1} <= {0} AND {0} <= {2} THEN {0} - {1} END", key, first, last))
    masks = 1 if _is_short(first, last) else 2
    found = [_ones(group, place, number * MAX_BITS) for number in range(masks)]
    if masks > 1:
        beyond = sql("({0} >= {1})", place, whole(masks * MAX_BITS))
        found.append(group.or_else(group.aggregate("count(CASE WHEN {0} THEN 1 END)", beyond), ZERO))
    return _plus(*found)


def _ones(group: Group, place: Sql, first: int) -> Sql:
    """How many different places there are among as many as a mask has bits."""
    lies = f"CASE WHEN {first} <= {{0}} AND {{0}} < {first + MAX_BITS}"
    bit = sql(f"{lies} THEN CAST(1 AS BIGINT) << CAST({{0}} - {first} AS INTEGER) END", place)
    return group.after.frame.let(
        sql(group.context.dialect.ones, group.or_else(group.aggregate("bit_or({0})", bit), ZERO))
    )


def _is_short(first: Sql, last: Sql) -> bool:
    """Has a range that is known when the text is written a place for each key?"""
    ends = [each.text.lstrip("-") for each in (first, last)]
    return all(each.isdigit() for each in ends) and int(last.text) - int(first.text) < MAX_BITS


# truths


def _exists(chosen: Selected) -> STruth:
    group, held = chosen.group, chosen.held
    logic = group.after.logic
    state = group.or_else(group.aggregate("max({0})", held.state), ZERO)
    if chosen.gaps != ZERO:
        state = logic.let(sql("CASE WHEN {0} > 0 THEN greatest({1}, 1) ELSE {1} END", chosen.gaps, state))
    missing = logic.only_unknown(state, chosen.lacking())
    if held.is_settled and group.begin == SINCE_EVER:
        return chosen.truth(settled(state, missing))
    return chosen.truth(STruth(state, missing, *logic.or_hull(state, *_hull(chosen, state))))


def _hull(chosen: Selected, state: Sql) -> tuple[Sql, Sql]:
    """Of the rows that are met, or, where none is, of those that will be: all these begin later, so one least day tells
    of both."""
    group, held = chosen.group, chosen.held
    rows, begun = group.rows, STruth(MET, ZERO, group.begin, NEVER)  # of the rows that there are
    if held.is_settled:
        return chosen.over("min", group.begin, chosen.sure, NEVER), NEVER
    part = held if group.begin == SINCE_EVER else rows.logic.all_of([begun, held])
    begins = (part.state, rows.logic.on, part.lo, NEVER)
    later = rows.frame.let(sql("({0} = 0 AND {1} < {2} AND {2} < {3})", *begins))
    first = chosen.over("min", part.lo, rows.frame.let(sql("({0} OR {1})", chosen.sure, later)), NEVER)
    if part.hi == NEVER:
        return first, NEVER
    ends = (chosen.over("max", part.hi, which, NEVER) for which in (chosen.sure, later))
    return first, group.after.frame.let(sql("CASE WHEN {0} = 2 THEN {1} ELSE {2} END", state, *ends))


def _every(chosen: Selected) -> STruth:
    group, held = chosen.group, chosen.held
    state = group.or_else(group.aggregate("min({0})", held.state), MET)
    if chosen.gaps != ZERO:
        state = group.after.frame.let(sql("CASE WHEN {0} > 0 THEN least({1}, 1) ELSE {1} END", chosen.gaps, state))
    missing = group.after.logic.only_unknown(state, chosen.lacking())
    if held.is_settled:
        return chosen.truth(settled(state, missing))
    lo = group.or_else(group.aggregate("max({0})", held.lo), SINCE_EVER)
    hi = group.or_else(group.aggregate("min({0})", held.hi), NEVER)
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
    value, let = value_of(chosen), chosen.group.rows.frame.let
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


def _sum_of(chosen: Selected) -> SNumber:
    value, let = value_of(chosen), chosen.group.rows.frame.let
    assert isinstance(value, SNumber)
    lo = let(sql("CASE {0} WHEN 2 THEN {1} WHEN 1 THEN least(0, {1}) ELSE 0 END", chosen.held.state, value.lo))
    hi = let(sql("CASE {0} WHEN 2 THEN {1} WHEN 1 THEN greatest(0, {1}) ELSE 0 END", chosen.held.state, value.hi))
    least_sum, most_sum = (chosen.group.or_else(chosen.group.aggregate("sum({0})", each), ZERO) for each in (lo, hi))
    if chosen.gaps != ZERO:
        limit = times(LIMIT, value.over)
        most_sum = sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", chosen.gaps, limit, most_sum)
    return chosen.number(least_sum, most_sum, chosen.lacking(value.missing), MINUS_LIMIT, over=value.over)


# dates


def _first_date(chosen: Selected) -> SDay:
    value = value_of(chosen)
    assert isinstance(value, SDay)
    lo, hi = chosen.over("min", value.lo, chosen.maybe, NEVER), chosen.over("min", value.hi, chosen.sure, NEVER)
    if chosen.gaps != ZERO:
        lo = sql("CASE WHEN {0} > 0 THEN {1} ELSE {2} END", chosen.gaps, SINCE_EVER, lo)
    return chosen.day(lo, hi, chosen.lacking(value.missing))


def _last_date(chosen: Selected) -> SDay:
    value = value_of(chosen)
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


_WRITERS: Mapping[Combinator, Callable[[Selected], SValue]] = {
    Combinator.EXISTS: _exists,
    Combinator.EVERY: _every,
    Combinator.COUNT: _count,
    Combinator.COUNT_DISTINCT: _count_distinct,
    Combinator.SUM_OF: _sum_of,
    Combinator.FIRST_DATE: _first_date,
    Combinator.LAST_DATE: _last_date,
    Combinator.LATEST: latest,
    Combinator.HELD_SINCE: held_since,
    Combinator.MONTHS_IN: months_in,
    Combinator.LONGEST_RUN: longest_run,
    Combinator.LAST_END: _last_end,
}
