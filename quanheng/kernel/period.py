"""Half-open periods `[start, end)`; an open end is None, an unknown start is None as well."""

from datetime import date


def contains(start: date | None, end: date | None, on: date) -> bool:
    return (start is None or start <= on) and (end is None or on < end)


def overlaps(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    return (end is None or other_start < end) and (other_end is None or start < other_end)


def whole_years(start: date, on: date) -> int:
    """Completed years, by day."""
    return on.year - start.year - ((on.month, on.day) < (start.month, start.day))


def whole_months(start: date, on: date) -> int:
    """The greatest n for which `start` moved by n months is not after `on`: from 31 August six are full on 28 February,
    as the rules count (`rulebook.dates.months_between`)."""
    months = (on.year - start.year) * 12 + on.month - start.month
    return months - (add_months(start, months) > on)


def month_start(year: int, month: int) -> date:
    return date(year, month, 1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last day of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
