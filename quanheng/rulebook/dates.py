"""Dates that may be for ever: arithmetic that keeps the sentinels and clamps month ends.

31 January + 1 month is 28 or 29 February; a step beyond the years 1 to 9999 is for ever.
"""

from calendar import monthrange
from datetime import date, timedelta

from quanheng.rulebook.types import FIRST, LAST, MOST


def add_months(day: date, months: int) -> date:
    if day in (FIRST, LAST):
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return LAST if year > 9999 else FIRST
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    if day in (FIRST, LAST):
        return day
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return LAST if days > 0 else FIRST


def months_between(start: date, end: date) -> int:
    """The greatest n >= 0 with start + n months <= end. From since ever or to never: MOST."""
    if start >= end:
        return 0
    if start == FIRST or end == LAST:
        return MOST
    months = (end.year - start.year) * 12 + end.month - start.month
    return months - (add_months(start, months) > end)


def days_between(start: date, end: date) -> int:
    """end - start, at least 0. From since ever or to never: MOST."""
    if start >= end:
        return 0
    return MOST if start == FIRST or end == LAST else (end - start).days


def date_of(year: int, month: int, day: int) -> date:
    """The day of that month, clamped to the month's last; months beyond 12 run into the next year."""
    first = add_months(date(2000, 1, 1), (year - 2000) * 12 + month - 1)
    if first in (FIRST, LAST):
        return first
    return first.replace(day=max(1, min(day, monthrange(first.year, first.month)[1])))
