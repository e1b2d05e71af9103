"""The last record in SQL: which rows may be it, and what they say together."""

from collections.abc import Callable, Mapping

from quanheng.rulebook.sql import SUBJECT
from quanheng.rulebook.sql_group import ALL, ROW, Group, Selected, value_of
from quanheng.rulebook.sql_text import (
    LIMIT,
    MINUS_LIMIT,
    NEVER,
    SINCE_EVER,
    ZERO,
    Sql,
    bits,
    name,
    sql,
    times,
)
from quanheng.rulebook.sql_values import SCode, SDay, SNumber, STruth, SValue
from quanheng.rulebook.vocabulary import Fact


def latest(chosen: Selected) -> SValue:
    """All that may be the last one together, as `combine._latest`; `extra`: nothing, or what a gap would hold."""
    group, let = chosen.group, chosen.group.after.frame.let
    which = _candidates(chosen)
    has_gap = sql("({0} > 0)", chosen.gaps) if chosen.gaps != ZERO else Sql("FALSE")
    has_none = let(sql("({0} = 0 AND NOT {1})", chosen.count(chosen.sure), has_gap))
    count = let(sql("({0} + CASE WHEN {1} OR {2} THEN 1 ELSE 0 END)", chosen.count(which), has_none, has_gap))
    value = value_of(chosen)
    assert isinstance(value, STruth | SNumber | SDay | SCode)
    own = chosen.bits_of(value.missing, which)
    lacking = chosen.lacking()
    parts = (count, has_gap, lacking, own, bits((own, lacking, group.bit)))
    missing = let(sql("CASE WHEN {0} = 1 THEN CASE WHEN {1} THEN {2} ELSE {3} END ELSE {4} END", *parts))
    return _LAST[type(value)](chosen, value, which, (has_none, has_gap), missing)


def _candidates(chosen: Selected) -> Sql:
    """Rows that are sure or maybe and not before the last sure one; and such as have no recorded place."""
    group, let = chosen.group, chosen.group.rows.frame.let
    if group.are_last:
        return ALL
    place = let(place_of(group.fact, ROW))
    last = let(sql(f"max(CASE WHEN {{0}} THEN {{1}} END) OVER (PARTITION BY {SUBJECT})", chosen.sure, place))
    return let(sql("({0} AND ({1} IS NULL OR {2} IS NULL OR {2} >= {1}))", chosen.maybe, last, place))


def place_of(fact: Fact, prefix: str) -> Sql:
    """Where a row stands in the order of the records; NULL where that is not recorded."""
    return Sql(name(prefix + (fact.order or fact.begins)))


Extra = tuple[Sql, Sql]


def _ends(group: Group, which: Sql, value: Sql) -> tuple[Sql, Sql]:
    """Least and greatest of some rows; NULL where there is none."""
    low, high = (group.aggregate_of(pick, which, value) for pick in ("min", "max"))
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
    ends = (ZERO, times(MINUS_LIMIT, value.over), times(LIMIT, value.over))
    lo, hi = _hull(chosen, (value.lo, value.hi), which, extra, ends)
    return chosen.number(lo, hi, missing, MINUS_LIMIT, over=value.over)


def _last_day(chosen: Selected, value: SDay, which: Sql, extra: Extra, missing: Sql) -> SDay:
    return chosen.day(*_hull(chosen, (value.lo, value.hi), which, extra, (SINCE_EVER, SINCE_EVER, NEVER)), missing)


def _hull(
    chosen: Selected, ends: tuple[Sql, Sql], which: Sql, extra: Extra, idle: tuple[Sql, Sql, Sql]
) -> tuple[Sql, Sql]:
    """Least and greatest of the candidates; `idle`: the value of nothing, and the bounds of what is not known."""
    none, least_of_all, most_of_all = idle
    made = []
    for function, end, beyond in (("min", ends[0], least_of_all), ("max", ends[1], most_of_all)):
        column = chosen.group.aggregate_of(function, which, end)
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
