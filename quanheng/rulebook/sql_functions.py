"""The functions of the language in SQL, as `functions` has them in Python."""

from collections.abc import Callable, Mapping, Sequence

from quanheng.rulebook.sql import Writer
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
    sql,
    word,
)
from quanheng.rulebook.sql_values import SCode, SDay, SNumber, SSpan, STruth, SValue
from quanheng.rulebook.tree import Call, FactName, Function
from quanheng.rulebook.types import Kind
from quanheng.rulebook.values import Unit


def write_call(writer: Writer, node: Call) -> SValue:
    if node.function is Function.KNOWN:
        return _known(writer, node)
    if node.function not in _WRITERS:
        raise NotInSqlError(f"{node.function} runs in Python only")
    return _WRITERS[node.function](writer, node, [writer.value(each) for each in node.arguments])


def _known(writer: Writer, node: Call) -> SValue:
    asked = node.arguments[0]
    if isinstance(asked, FactName) and asked.type.kind is Kind.RECORDS:
        raise NotInSqlError("known(records) runs in Python only")
    value = writer.value(asked)
    if isinstance(value, SNumber | SDay):
        state = sql("CASE WHEN {0} = {1} AND {2} = 0 THEN 2 ELSE 0 END", value.lo, value.hi, value.missing)
    elif isinstance(value, SCode):
        state = sql("CASE WHEN {0} IS NOT NULL THEN 2 ELSE 0 END", value.value)
    else:
        assert isinstance(value, STruth)
        state = sql("CASE WHEN {0} <> 1 THEN 2 ELSE 0 END", value.state)
    return writer.logic.settled(state, ZERO)


def _span(unit: Unit) -> "Write":
    def write(writer: Writer, node: Call, values: Sequence[SValue]) -> SSpan:
        return SSpan(unit, _numbers(values)[0])

    return write


def _shift(writer: Writer, node: Call, values: Sequence[SValue]) -> SDay:
    start, length = values
    assert isinstance(start, SDay)
    assert isinstance(length, SSpan)
    if length.unit is Unit.WORKDAYS:
        raise NotInSqlError("working days run in Python only")
    amount, let = length.amount, writer.frame.let
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
    grows = end.lo == end.hi == writer.logic.on
    missing = bits((start.missing, end.missing))
    return writer.logic.number(lo, hi, missing, start.hi if grows else NONE, step if grows else None)


def months_between(writer: Writer, start: Sql, end: Sql) -> Sql:
    """`dates.months_between`."""
    let = writer.frame.let
    text = "((year({1}) - year({0})) * 12 + month({1}) - month({0}))"
    if writer.context.dialect.name != "duckdb":
        text = (
            "((extract(year FROM {1}) - extract(year FROM {0})) * 12 "
            "+ extract(month FROM {1}) - extract(month FROM {0}))::bigint"
        )
    months = let(sql(text, start, end))
    moved = let(writer.context.dialect.add_months(start, months))
    parts = (start, end, SINCE_EVER, NEVER, LIMIT, months, moved)
    steps = "{5} - CASE WHEN {6} > {1} THEN 1 ELSE 0 END"
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
    given = [each for each in values if isinstance(each, SNumber | SDay)]
    lo, hi = pick([each.lo for each in given], NONE), pick([each.hi for each in given], NONE)
    missing = bits(each.missing for each in given)
    is_number = isinstance(given[0], SNumber)
    return writer.logic.number(lo, hi, missing) if is_number else writer.logic.day(lo, hi, missing)


def _plus(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    left, right = _numbers(values)
    lo, hi = sql("({0} + {1})", left.lo, right.lo), sql("({0} + {1})", left.hi, right.hi)
    return writer.logic.number(lo, hi, bits((left.missing, right.missing)))


def _minus(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    left, right = _numbers(values)
    lo, hi = sql("({0} - {1})", left.lo, right.hi), sql("({0} - {1})", left.hi, right.lo)
    return writer.logic.number(lo, hi, bits((left.missing, right.missing)))


def _times(writer: Writer, node: Call, values: Sequence[SValue]) -> SNumber:
    left, right = _numbers(values)
    wide = f"(CAST({{0}} AS {writer.context.dialect.wide}) * {{1}})"
    ends = dict.fromkeys((a, b) for a in (left.lo, left.hi) for b in (right.lo, right.hi))
    corners = [writer.frame.let(sql(wide, a, b)) for a, b in ends]
    lo, hi = least(corners, NONE), greatest(corners, NONE)
    return writer.logic.number(lo, hi, bits((left.missing, right.missing)))


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
    Function.WORKDAYS: _span(Unit.WORKDAYS),
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
    Function.LOWER: _lower,
}
