"""The functions of the language in SQL, as `functions` has them in Python."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from quanheng.rulebook.sql import SUBJECT, Writer, bound_columns
from quanheng.rulebook.sql_text import (
    LIMIT,
    NEVER,
    NONE,
    SINCE_EVER,
    ZERO,
    NotInSqlError,
    Sql,
    bits,
    greatest,
    least,
    name,
    sql,
    times,
    whole,
    word,
)
from quanheng.rulebook.sql_values import MET, SCode, SDay, SNumber, SSpan, STruth, SValue, alike, common
from quanheng.rulebook.tree import ON, Call, FactName, Function, Node
from quanheng.rulebook.types import Kind
from quanheng.rulebook.values import Unit
from quanheng.rulebook.vocabulary import World

ONE = whole(1)
NO_WORKDAYS = "working days run in Python only, which tells whether the holidays of that year are announced"
_BY_CALENDAR = (Function.WORKDAYS, Function.WORKDAYS_BETWEEN, Function.NEXT_WORKDAY)


def write_call(writer: Writer, node: Call) -> SValue:
    if node.function is Function.KNOWN:
        return _known(writer, node)
    if node.function in _BY_CALENDAR:
        raise NotInSqlError(f"{node.function}: {NO_WORKDAYS}")
    return _WRITERS[node.function](writer, node, [writer.value(each) for each in node.arguments])


def is_of_records(node: Node) -> bool:
    """Does it ask whether the records of a fact are known?"""
    if not isinstance(node, Call) or node.function is not Function.KNOWN:
        return False
    return node.arguments[0].type.kind is Kind.RECORDS


def _known(writer: Writer, node: Call) -> SValue:
    asked = node.arguments[0]
    if node in writer.combined:
        return writer.combined[node]
    if isinstance(asked, FactName) and asked.type.kind is Kind.RECORDS:
        return _known_records(writer, asked)
    if isinstance(asked, FactName) and asked.name in writer.context.bounded:
        ends = (Sql(name(each)) for each in bound_columns(asked.name.replace(".", "_")))
        return writer.logic.settled(sql("CASE WHEN coalesce({0}, {1}) IS NULL THEN 0 ELSE 2 END", *ends), ZERO)
    value = writer.value(asked)
    if isinstance(value, SNumber | SDay):
        state = sql("CASE WHEN {0} = {1} AND {2} = 0 THEN 2 ELSE 0 END", value.lo, value.hi, value.missing)
    elif isinstance(value, SCode):
        state = sql("CASE WHEN {0} IS NOT NULL THEN 2 ELSE 0 END", value.value)
    else:
        assert isinstance(value, STruth)
        state = sql("CASE WHEN {0} <> 1 THEN 2 ELSE 0 END", value.state)
    return writer.logic.settled(state, ZERO)


def _known_records(writer: Writer, asked: FactName) -> STruth:
    """Where no row means none it is known of everybody."""
    if writer.context.vocabulary.lookup(asked.name).world is World.CLOSED:
        return writer.logic.settled(MET, ZERO)
    rows = f"SELECT {SUBJECT} FROM {name(asked.name)}"  # noqa: S608  a name of the vocabulary
    return writer.logic.settled(Sql(f"CASE WHEN {SUBJECT} IN ({rows}) THEN 2 ELSE 0 END", is_name=False), ZERO)


def _span(unit: Unit) -> "Write":
    def write(writer: Writer, node: Call, values: Sequence[SValue]) -> SSpan:
        return SSpan(unit, _numbers(values)[0])

    return write


def _shift(writer: Writer, node: Call, values: Sequence[SValue]) -> SDay:
    start, length = values
    assert isinstance(start, SDay)
    assert isinstance(length, SSpan)
    if length.unit is Unit.WORKDAYS:
        raise NotInSqlError(f"a span of them: {NO_WORKDAYS}")
    amount, let = _floored(writer, length.amount), writer.frame.let
    add = writer.context.dialect.add_months if length.unit is Unit.MONTHS else writer.context.dialect.add_days
    if node.function is Function.ADD:
        least_steps, most_steps = amount.lo, amount.hi
    else:
        least_steps, most_steps = (let(sql("(-({0}))", each)) for each in (amount.hi, amount.lo))
    lo, hi = add(start.lo, least_steps), add(start.hi, most_steps)
    return writer.logic.day(lo, hi, bits((start.missing, amount.missing)))


def _condition(writer: Writer, node: Call, values: Sequence[SValue]) -> STruth:
    (when,) = values
    assert isinstance(when, SDay)
    return writer.logic.reached(when) if node.function is Function.REACHED else writer.logic.before(when)


def _between(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    start, end = _days(values)
    count = days_between if node.function is Function.DAYS_BETWEEN else months_between
    lo, hi = count(writer, start.hi, end.lo), count(writer, start.lo, end.hi)
    if node.function is Function.YEARS_BETWEEN:
        years = "CASE WHEN {0} >= {1} THEN {0} ELSE {0} // 12 END"
        if writer.context.dialect.name != "duckdb":
            years = years.replace("//", "/")
        lo, hi = (sql(years, each, LIMIT) for each in (lo, hi))
    step = {Function.MONTHS_BETWEEN: 1, Function.YEARS_BETWEEN: 12, Function.DAYS_BETWEEN: 0}[node.function]
    grows = node.arguments[1] == ON
    missing = bits((start.missing, end.missing))
    return writer.logic.number(lo, hi, missing, start.hi if grows else NONE, step if grows else None)


def months_between(writer: Writer, start: Sql, end: Sql) -> Sql:
    """`dates.months_between`, with no month added to a day: the last one is not complete where the start's day of the
    month is still to come, and a month that is at its end has no further day."""
    let = writer.frame.let
    months = let(sql(writer.context.dialect.month_count, start, end))
    day = "extract(day FROM {0})"
    days = [let(sql(day, each)) for each in (start, end, sql("({0} + 1)", end))]
    parts = (start, end, SINCE_EVER, NEVER, LIMIT, months, *days)
    steps = "{5} - CASE WHEN {6} > {7} AND {8} > 1 THEN 1 ELSE 0 END"
    return let(
        sql(f"CASE WHEN {{0}} >= {{1}} THEN 0 WHEN {{0}} = {{2}} OR {{1}} = {{3}} THEN {{4}} ELSE {steps} END", *parts)
    )


def days_between(writer: Writer, start: Sql, end: Sql) -> Sql:
    parts = (start, end, SINCE_EVER, NEVER, LIMIT)
    text = "CASE WHEN {0} >= {1} THEN 0 WHEN {0} = {2} OR {1} = {3} THEN {4} ELSE ({1} - {0}) END"
    return writer.frame.let(sql(text, *parts))


def _part(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    (when,) = _days(values)
    part = str(node.function)
    lo, hi = (sql(f"CAST(extract({part} FROM {{0}}) AS BIGINT)", each) for each in (when.lo, when.hi))
    if node.function is Function.MONTH:
        years = (when.lo, when.hi)
        is_one_year = "extract(year FROM {0}) = extract(year FROM {1})"
        lo = sql(f"CASE WHEN {is_one_year} THEN {{2}} ELSE 1 END", *years, lo)
        hi = sql(f"CASE WHEN {is_one_year} THEN {{2}} ELSE 12 END", *years, hi)
    return writer.logic.number(lo, hi, when.missing)


def _extreme(writer: Writer, node: Call, values: Sequence[SValue]) -> SValue:
    pick = least if node.function is Function.LEAST else greatest
    given: list[SNumber | SDay] = [*alike(*_numbers(values)), *_days(values)]
    lo, hi = pick([each.lo for each in given], NONE), pick([each.hi for each in given], NONE)
    missing = bits(each.missing for each in given)
    if isinstance(given[0], SNumber):
        return writer.logic.number(lo, hi, missing, over=given[0].over)
    return writer.logic.day(lo, hi, missing)


def _plus(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    left, right = alike(*_numbers(values))
    lo, hi = sql("({0} + {1})", left.lo, right.lo), sql("({0} + {1})", left.hi, right.hi)
    return writer.logic.number(lo, hi, bits((left.missing, right.missing)), over=left.over)


def _minus(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    left, right = alike(*_numbers(values))
    lo, hi = sql("({0} - {1})", left.lo, right.hi), sql("({0} - {1})", left.hi, right.lo)
    return writer.logic.number(lo, hi, bits((left.missing, right.missing)), over=left.over)


def _times(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    left, right = _numbers(values)
    wide = f"(CAST({{0}} AS {writer.context.dialect.wide}) * {{1}})"
    corners = [writer.frame.let(sql(wide, a, b)) for a, b in _corners(left, right)]
    return _of_corners(writer, corners, left, right, common([left.over * right.over]))


def _corners(left: SNumber, right: SNumber) -> Iterable[tuple[Sql, Sql]]:
    return dict.fromkeys((a, b) for a in (left.lo, left.hi) for b in (right.lo, right.hi))


def _of_corners(writer: Writer, corners: Sequence[Sql], left: SNumber, right: SNumber, over: int) -> SNumber:
    missing = bits((left.missing, right.missing))
    return writer.logic.number(least(corners, NONE), greatest(corners, NONE), missing, over=over)


def _share(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    """floor, ceil and half_up of a / b; nothing of nothing is 0."""
    left, right = alike(*_numbers(values))
    corners = [rounded(writer, node.function, a, b) for a, b in _corners(left, right)]
    return _of_corners(writer, corners, left, right, 1)


def rounded(writer: Writer, function: Function, a: Sql, b: Sql) -> Sql:
    """`functions._rounded`, exact: whatever way the database rounds a quotient, the rest tells on which side it is."""
    if b == ONE:
        return a
    wide, let = writer.context.dialect.wide, writer.frame.let
    a, b = (let(sql(f"CAST({{0}} AS {wide})", each)) for each in (a, b))
    up = let(sql("CASE WHEN {1} < 0 THEN -({0}) ELSE {0} END", a, b))
    down = let(sql("nullif(abs({0}), 0)", b))
    if function is Function.HALF_UP:
        up, down = let(sql("(2 * {0} + {1})", up, down)), let(times(down, 2))
    parts = (let(sql(writer.context.dialect.quotient, up, down)), down, up)
    correction = "+ CASE WHEN {0} * {1} < {2}" if function is Function.CEIL else "- CASE WHEN {0} * {1} > {2}"
    return let(sql(f"coalesce({{0}} {correction} THEN 1 ELSE 0 END, 0)", *parts))


def _floored(writer: Writer, given: SNumber) -> SNumber:
    lo, hi = (rounded(writer, Function.FLOOR, each, whole(given.over)) for each in (given.lo, given.hi))
    return replace(given, lo=lo, hi=hi, over=1)


def _date_of(writer: Writer, node: Call, values: Sequence[SValue]) -> SDay:
    numbers = [_floored(writer, each) for each in _numbers(values)]
    lo, hi = (_day_of(writer, *ends) for ends in zip(*((each.lo, each.hi) for each in numbers), strict=True))
    return writer.logic.day(lo, hi, bits(each.missing for each in numbers))


def _day_of(writer: Writer, year: Sql, month: Sql, day: Sql) -> Sql:
    """`dates.date_of`: the day of that month, clamped to the month's last."""
    dialect, let = writer.context.dialect, writer.frame.let
    months = let(sql("(({0} - 2000) * 12 + {1} - 1)", year, month))
    first = let(dialect.add_months(Sql("DATE '2000-01-01'"), months))
    after = let(dialect.add_months(first, ONE))
    last = let(sql("CASE WHEN {0} = {1} THEN 31 ELSE {0} - {2} END", after, NEVER, first))
    within = let(sql("CAST(greatest(1, least({0}, {1})) - 1 AS INTEGER)", day, last))
    return let(dialect.add_days(first, within))


def _lower(writer: Writer, node: Call, values: Sequence[SValue]) -> SCode:
    (code,) = values
    scale = writer.context.vocabulary.scale(node.type.of)
    assert isinstance(code, SCode)
    assert scale is not None
    below = zip(scale.values, ("", *scale.values), strict=False)
    cases = " ".join(f"WHEN {word(each)} THEN {word(lower)}" for each, lower in below)
    return SCode(writer.frame.let(sql(f"CASE {{0}} {cases} ELSE {{0}} END", code.value)), code.missing)


def _numbers(values: Sequence[SValue]) -> list[SNumber]:
    return [each for each in values if isinstance(each, SNumber)]


def _days(values: Sequence[SValue]) -> list[SDay]:
    return [each for each in values if isinstance(each, SDay)]


Write = Callable[[Writer, Call, Sequence[SValue]], SValue]
_WRITERS: Mapping[Function, Write] = {
    Function.MONTHS: _span(Unit.MONTHS),
    Function.DAYS: _span(Unit.DAYS),
    Function.ADD: _shift,
    Function.SUBTRACT: _shift,
    Function.REACHED: _condition,
    Function.BEFORE: _condition,
    Function.MONTHS_BETWEEN: _between,
    Function.YEARS_BETWEEN: _between,
    Function.DAYS_BETWEEN: _between,
    Function.YEAR: _part,
    Function.MONTH: _part,
    Function.LEAST: _extreme,
    Function.GREATEST: _extreme,
    Function.PLUS: _plus,
    Function.MINUS: _minus,
    Function.TIMES: _times,
    Function.FLOOR: _share,
    Function.CEIL: _share,
    Function.HALF_UP: _share,
    Function.DATE_OF: _date_of,
    Function.LOWER: _lower,
}
