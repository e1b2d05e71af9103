"""The functions of the language over bounded values. Each takes the values of its arguments."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction

from quanheng.rulebook.dates import add_days, add_months, date_of, days_between, months_between
from quanheng.rulebook.tree import Function
from quanheng.rulebook.types import FIRST, LAST, MOST
from quanheng.rulebook.values import (
    Amount,
    Day,
    Growth,
    Number,
    Span,
    Unit,
    Value,
    between,
    bounded,
    union,
)
from quanheng.rulebook.workdays import Calendar

YEAR = 12


class NoCalendarError(ValueError):
    """A rule counts working days and the situation has no calendar."""


def arrival(grown: Number, steps: int, on: date) -> date:
    """The day on which a number that grows has surely made so many steps; since ever where it has without growing."""
    assert grown.grows is not None
    since, months = grown.grows.since, grown.grows.months
    if steps <= 0:
        return FIRST
    when = add_months(since, steps * months) if months else add_days(since, steps)
    return FIRST if grown.lo >= steps and when > on else when


def shifted(function: Function, values: list[Value], calendar: Calendar | None, provisional: list[date]) -> Day:
    """date + span or date - span; bounds add up. Working days are only added, and count from the next day."""
    start, length = values
    assert isinstance(start, Day)
    assert isinstance(length, Span)
    sign = 1 if function is Function.ADD else -1
    least, most = sorted((sign * _whole(length.amount.lo), sign * _whole(length.amount.hi)))
    missing = start.missing | length.amount.missing
    if length.unit is not Unit.WORKDAYS:
        add = add_months if length.unit is Unit.MONTHS else add_days
        return between(add(start.lo, least), add(start.hi, most), missing, start.is_provisional)
    lo, lo_guessed = _add_workdays(start.lo, least, calendar)
    hi, hi_guessed = _add_workdays(start.hi, most, calendar)
    if lo_guessed or hi_guessed:
        provisional.append(hi)
    return between(lo, hi, missing, lo_guessed or hi_guessed or start.is_provisional)


def _whole(amount: Amount) -> int:
    return int(amount // 1)


def _add_workdays(start: date, count: int, calendar: Calendar | None) -> tuple[date, bool]:
    if start in (FIRST, LAST) or count <= 0:
        return start, False
    if count >= MOST:
        return LAST, False
    answer = _calendar(calendar).add_workdays(start, count, first_counts=False)
    return answer.value, answer.provisional


def _calendar(calendar: Calendar | None) -> Calendar:
    if calendar is None:
        raise NoCalendarError("a rule counts working days and the situation has no calendar")
    return calendar


def by_calendar(function: Function, values: list[Value], calendar: Calendar | None, provisional: list[date]) -> Value:
    """workdays_between(a, b) and next_workday(a)."""
    days = _days(values)
    if function is Function.NEXT_WORKDAY:
        return _next_workday(days[0], calendar, provisional)
    start, end = days
    missing = start.missing | end.missing
    lo = _count_workdays(start.hi, end.lo, calendar, provisional)
    return bounded(lo, _count_workdays(start.lo, end.hi, calendar, provisional), missing)


def _count_workdays(start: date, end: date, calendar: Calendar | None, provisional: list[date]) -> int:
    if start >= end:
        return 0
    if start == FIRST or end == LAST:
        return MOST
    answer = _calendar(calendar).workdays_between(start, end, first_counts=False)
    if answer.provisional:
        provisional.append(end)
    return answer.value


def _next_workday(when: Day, calendar: Calendar | None, provisional: list[date]) -> Day:
    (lo, lo_guessed), (hi, hi_guessed) = (_roll(end, calendar) for end in (when.lo, when.hi))
    if lo_guessed or hi_guessed:
        provisional.append(hi)
    return between(lo, hi, when.missing, lo_guessed or hi_guessed or when.is_provisional)


def _roll(end: date, calendar: Calendar | None) -> tuple[date, bool]:
    if end in (FIRST, LAST):
        return end, False
    answer = _calendar(calendar).next_workday(end)
    return answer.value, answer.provisional


def _span(unit: Unit) -> Callable[[list[Value]], Value]:
    def make(values: list[Value]) -> Span:
        return Span(unit, _numbers(values)[0])

    return make


def steps_between(function: Function, values: list[Value], *, is_until_now: bool) -> Number:
    """Steps from one date to another. They grow where the second is `on`, not where a recorded date falls on it."""
    start, end = _days(values)
    count, step = STEPS[function]
    grows = Growth(start.hi, step) if is_until_now else None
    return bounded(count(start.hi, end.lo), count(start.lo, end.hi), start.missing | end.missing, grows)


def _years(start: date, end: date) -> int:
    months = months_between(start, end)
    return months if months == MOST else months // YEAR


def _year(values: list[Value]) -> Number:
    (given,) = _days(values)
    return bounded(given.lo.year, given.hi.year, given.missing)


def _month(values: list[Value]) -> Number:
    """It may be any once the bounds lie in two years."""
    (given,) = _days(values)
    is_one_year = given.lo.year == given.hi.year
    return bounded(*((given.lo.month, given.hi.month) if is_one_year else (1, YEAR)), given.missing)


def _date_of(values: list[Value]) -> Day:
    numbers = _numbers(values)
    lo, hi = (date_of(*(_whole(each) for each in ends)) for ends in zip(*((n.lo, n.hi) for n in numbers), strict=True))
    return between(lo, hi, union(each.missing for each in numbers))


def _extreme(pick: Callable[..., Amount], pick_day: Callable[..., date]) -> Callable[[list[Value]], Value]:
    def make(values: list[Value]) -> Value:
        if isinstance(values[0], Number):
            numbers = _numbers(values)
            missing = union(each.missing for each in numbers)
            return bounded(pick(each.lo for each in numbers), pick(each.hi for each in numbers), missing)
        days = _days(values)
        is_guessed = any(each.is_provisional for each in days)
        missing = union(each.missing for each in days)
        return between(pick_day(each.lo for each in days), pick_day(each.hi for each in days), missing, is_guessed)

    return make


def _arithmetic(count: Callable[[Amount, Amount], Amount]) -> Callable[[list[Value]], Value]:
    """Bounds are the least and the most over the corners; an unknown bound stays without limit."""

    def make(values: list[Value]) -> Number:
        left, right = _numbers(values)
        corners = [_limited(count, a, b) for a in (left.lo, left.hi) for b in (right.lo, right.hi)]
        return bounded(min(corners), max(corners), left.missing | right.missing)

    return make


def _limited(count: Callable[[Amount, Amount], Amount], a: Amount, b: Amount) -> Amount:
    return max(-MOST, min(count(a, b), MOST))


def _rounded(round_share: Callable[[Fraction], int]) -> Callable[[Amount, Amount], Amount]:
    def share(a: Amount, b: Amount) -> Amount:
        return round_share(Fraction(a) / Fraction(b)) if b else 0  # nothing of nothing

    return share


def _half_up(share: Fraction) -> int:
    return (2 * share + 1) // 2


def _numbers(values: list[Value]) -> list[Number]:
    return [each for each in values if isinstance(each, Number)]


def _days(values: list[Value]) -> list[Day]:
    return [each for each in values if isinstance(each, Day)]


STEPS: Mapping[Function, tuple[Callable[[date, date], int], int]] = {  # how they are counted, `Growth.months`
    Function.MONTHS_BETWEEN: (months_between, 1),
    Function.YEARS_BETWEEN: (_years, YEAR),
    Function.DAYS_BETWEEN: (days_between, 0),
}
PLAIN: Mapping[Function, Callable[[list[Value]], Value]] = {
    Function.MONTHS: _span(Unit.MONTHS),
    Function.DAYS: _span(Unit.DAYS),
    Function.WORKDAYS: _span(Unit.WORKDAYS),
    Function.YEAR: _year,
    Function.MONTH: _month,
    Function.DATE_OF: _date_of,
    Function.LEAST: _extreme(min, min),
    Function.GREATEST: _extreme(max, max),
    Function.PLUS: _arithmetic(lambda a, b: a + b),
    Function.MINUS: _arithmetic(lambda a, b: a - b),
    Function.TIMES: _arithmetic(lambda a, b: a * b),
    Function.FLOOR: _arithmetic(_rounded(lambda share: share // 1)),
    Function.CEIL: _arithmetic(_rounded(lambda share: -(-share // 1))),
    Function.HALF_UP: _arithmetic(_rounded(_half_up)),
}
