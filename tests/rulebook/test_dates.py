"""Month ends, leap days and the sentinels."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.dates import add_days, add_months, date_of, days_between, months_between
from quanheng.rulebook.types import FIRST, LAST, MOST

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2024-12-31", 2, "2025-02-28"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-01-15", -1, "2024-12-15"),
        ("2024-09-10", 12, "2025-09-10"),
    ],
)
def test_months_clamp_at_the_end_of_the_month(start: str, months: int, end: str) -> None:
    assert add_months(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2023-01-15", "2025-06-01", 28),
        ("2023-01-15", "2026-01-14", 35),
        ("2023-01-15", "2026-01-15", 36),
        ("2025-01-31", "2025-02-27", 0),
        ("2025-01-31", "2025-02-28", 1),
        ("2024-02-29", "2025-02-28", 12),
        ("2025-06-01", "2025-06-01", 0),
        ("2025-06-02", "2025-06-01", 0),
    ],
)
def test_full_months(start: str, end: str, months: int) -> None:
    assert months_between(date.fromisoformat(start), date.fromisoformat(end)) == months


@given(days, days, st.integers(1, 600))
def test_so_many_months_are_full_exactly_from_their_day_on(start: date, on: date, months: int) -> None:
    assert (months_between(start, on) >= months) is (add_months(start, months) <= on)


def test_for_ever_stays_for_ever() -> None:
    for day in (FIRST, LAST):
        assert add_months(day, 12) == add_days(day, -5) == day
    assert add_months(date(2025, 1, 1), MOST) == add_days(date(2025, 1, 1), MOST) == LAST
    assert add_months(date(2025, 1, 1), -MOST) == add_days(date(2025, 1, 1), -MOST) == FIRST
    assert months_between(FIRST, date(2025, 1, 1)) == days_between(date(2025, 1, 1), LAST) == MOST
    assert months_between(LAST, date(2025, 1, 1)) == days_between(LAST, LAST) == 0


def test_days_between_is_never_negative() -> None:
    assert days_between(date(2024, 2, 28), date(2024, 3, 1)) == 2
    assert days_between(date(2024, 3, 1), date(2024, 2, 28)) == 0


@pytest.mark.parametrize(
    ("year", "month", "day", "made"),
    [(2026, 1, 31, "2026-01-31"), (2025, 2, 30, "2025-02-28"), (2025, 13, 1, "2026-01-01"), (2024, 2, 0, "2024-02-01")],
)
def test_a_day_of_a_month(year: int, month: int, day: int, made: str) -> None:
    assert date_of(year, month, day) == date.fromisoformat(made)


def test_a_year_beyond_the_calendar_is_for_ever() -> None:
    assert (date_of(10**6, 1, 1), date_of(-5, 1, 1)) == (LAST, FIRST)
