"""Months, effect periods one after the other and side by side."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import quanheng.rulebook
from quanheng.kernel import period
from quanheng.rulebook.dates import add_days, add_months, months_between
from quanheng.rulebook.quotas import Rounding
from quanheng.rulebook.spans import PeriodEnd, Sanction, effect_end, effect_end_in_sequence, latest_end

SWITCHES = Path(quanheng.rulebook.__path__[0]) / "instruments" / "switches.yaml"
D = date
DAY_AFTER = PeriodEnd.DAY_AFTER
CAP = 48  # XZCF2007 10
DATES = st.dates(date(1930, 1, 1), date(2080, 12, 31))
MONTHS = st.integers(0, 600)


# --- months


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        (D(2024, 1, 31), 1, D(2024, 2, 29)),
        (D(2025, 1, 31), 1, D(2025, 2, 28)),
        (D(2025, 1, 28), 1, D(2025, 2, 28)),
        (D(2024, 2, 29), 12, D(2025, 2, 28)),
        (D(2024, 2, 29), 48, D(2028, 2, 29)),
        (D(2024, 8, 31), 6, D(2025, 2, 28)),
        (D(2024, 12, 15), 1, D(2025, 1, 15)),
        (D(2024, 3, 31), -1, D(2024, 2, 29)),
        (D(2024, 1, 1), -1, D(2023, 12, 1)),
        (D(2024, 5, 5), 0, D(2024, 5, 5)),
        (D(9999, 1, 1), 11, D(9999, 12, 1)),
        (D(9999, 1, 1), 12, date.max),
        (D(1, 2, 1), -1, D(1, 1, 1)),
        (D(1, 2, 1), -2, date.min),
        (date.max, -5, date.max),
        (date.min, 5, date.min),
    ],
)
def test_add_months(day: date, months: int, moved: date) -> None:
    assert add_months(day, months) == moved


def test_add_days() -> None:
    assert add_days(D(2024, 2, 28), 2) == D(2024, 3, 1)
    assert (add_days(date.max, -3), add_days(date.min, 3)) == (date.max, date.min)
    assert (add_days(D(9999, 12, 30), 9), add_days(D(1, 1, 2), -9)) == (date.max, date.min)


@pytest.mark.parametrize(
    ("start", "on", "months"),
    [
        (D(2021, 5, 20), D(2024, 5, 19), 35),
        (D(2021, 5, 20), D(2024, 5, 20), 36),  # case C01
        (D(2023, 1, 15), D(2025, 6, 1), 28),  # case C02
        (D(2024, 8, 31), D(2025, 2, 27), 5),
        (D(2024, 8, 31), D(2025, 2, 28), 6),  # the last of February is six months on
        (D(2024, 2, 29), D(2025, 2, 27), 11),
        (D(2024, 2, 29), D(2025, 2, 28), 12),
        (D(2024, 1, 30), D(2024, 2, 29), 1),
        (D(2024, 5, 5), D(2024, 5, 5), 0),
        (D(2024, 5, 5), D(2024, 4, 4), 0),
    ],
)
def test_months_between(start: date, on: date, months: int) -> None:
    assert months_between(start, on) == months


@given(DATES, DATES)
def test_full_months_are_those_that_have_been_reached(one: date, other: date) -> None:
    start, on = min(one, other), max(one, other)
    months = months_between(start, on)
    assert add_months(start, months) <= on < add_months(start, months + 1)


@given(DATES, MONTHS)
def test_adding_and_counting_are_inverse(day: date, months: int) -> None:
    assert months_between(day, add_months(day, months)) == months


@given(DATES, DATES, MONTHS)
def test_who_begins_later_reaches_later(one: date, other: date, months: int) -> None:
    assert add_months(min(one, other), months) <= add_months(max(one, other), months)


@given(DATES, DATES)
def test_the_dossier_counts_months_as_the_rules_do(one: date, other: date) -> None:
    start, on = min(one, other), max(one, other)
    assert period.whole_months(start, on) == months_between(start, on)


@pytest.mark.parametrize(
    ("start", "on", "months"),
    [
        (D(2024, 8, 31), D(2025, 2, 27), 5),
        (D(2024, 8, 31), D(2025, 2, 28), 6),  # the last day of a month that is too short is the day
        (D(2024, 2, 29), D(2025, 2, 28), 12),
        (D(2024, 1, 15), D(2024, 1, 14), -1),  # a day that is still to come
    ],
)
def test_months_at_the_end_of_a_month(start: date, on: date, months: int) -> None:
    assert period.whole_months(start, on) == months


# --- effect periods


def test_switches_have_the_values_that_the_instruments_offer() -> None:
    switches = yaml.safe_load(SWITCHES.read_text(encoding="utf-8"))["switches"]
    offered = {
        one["id"]: [one["default"]["value"], *(each["value"] for each in one["alternatives"])] for one in switches
    }
    assert offered["SW-PERIOD-END"] == list(PeriodEnd)
    assert offered["SW-ROUND"][0] == Rounding.FLOOR
    assert offered["SW-ROUND-YOUNG"][0] == Rounding.CEIL
    assert set(offered["SW-ROUND"]) == set(offered["SW-ROUND-YOUNG"]) == set(Rounding)


@pytest.mark.parametrize(
    ("start", "months", "free"),
    [
        (D(2024, 9, 10), 12, D(2025, 9, 10)),  # case C06
        (D(2024, 5, 6), 12, D(2025, 5, 6)),  # case C07
        (D(2024, 5, 6), 18, D(2025, 11, 6)),
        (D(2024, 8, 31), 6, D(2025, 2, 28)),
        (D(2024, 2, 29), 24, D(2026, 2, 28)),
    ],
)
def test_end_of_an_effect_period_by_the_switch(start: date, months: int, free: date) -> None:
    assert effect_end(start, months) == free
    assert effect_end(start, months, DAY_AFTER) == free + timedelta(days=1)


def test_of_parallel_periods_the_longest_binds() -> None:
    """Case C07: demerit and serious party warning of the same day."""
    assert latest_end([effect_end(D(2024, 5, 6), 12), effect_end(D(2024, 5, 6), 18)]) == D(2025, 11, 6)
    assert latest_end([]) is None


@pytest.mark.parametrize(
    ("sanctions", "free"),
    [
        ([], None),
        ([(D(2024, 3, 1), 12)], D(2025, 3, 1)),
        # a warning inside a demerit: 5 months and 15 days remain, and 6 more
        ([(D(2024, 3, 1), 12), (D(2024, 9, 15), 6)], D(2025, 9, 1)),
        ([(D(2024, 9, 15), 6), (D(2024, 3, 1), 12)], D(2025, 9, 1)),  # in any order
        ([(D(2024, 3, 1), 12), (D(2025, 2, 28), 6)], D(2025, 9, 1)),  # on the last day
        ([(D(2024, 3, 1), 12), (D(2025, 3, 1), 6)], D(2025, 9, 1)),  # on the day it is over: alone, the same here
        ([(D(2024, 3, 1), 12), (D(2025, 3, 2), 6)], D(2025, 9, 2)),
        # 24 + 24 stay under the cap, a third does not: 2026-06-01 + 48 months
        ([(D(2024, 1, 1), 24), (D(2024, 6, 1), 24)], D(2028, 1, 1)),
        ([(D(2024, 1, 1), 24), (D(2024, 1, 2), 24)], D(2028, 1, 1)),
        ([(D(2024, 1, 1), 24), (D(2024, 6, 1), 24), (D(2024, 7, 1), 24)], D(2028, 7, 1)),
        ([(D(2024, 1, 1), 24), (D(2024, 6, 1), 24), (D(2026, 1, 1), 24)], D(2030, 1, 1)),
        ([(D(2024, 1, 1), 24), (D(2024, 6, 1), 24), (D(2025, 12, 31), 24)], D(2029, 12, 31)),
        # of one day, the longest alone
        ([(D(2024, 5, 6), 12), (D(2024, 5, 6), 18)], D(2025, 11, 6)),
    ],
)
def test_sanction_inside_a_sanction(sanctions: list[tuple[date, int]], free: date | None) -> None:
    given_sanctions = [Sanction(start, months) for start, months in sanctions]
    assert effect_end_in_sequence(given_sanctions, cap_months=CAP) == free


def test_remaining_and_new_of_party_sanctions_have_no_cap() -> None:
    # a serious warning in the eighth month of a warning: 5 + 18 = 23 months from then
    party = [Sanction(D(2024, 1, 10), 12), Sanction(D(2024, 8, 10), 18)]
    assert effect_end_in_sequence(party, cap_months=None) == add_months(D(2024, 8, 10), 23) == D(2026, 7, 10)
    three = [Sanction(D(2024, 1, 1), 24), Sanction(D(2024, 2, 1), 24), Sanction(D(2024, 3, 1), 24)]
    assert effect_end_in_sequence(three, cap_months=None) == D(2030, 1, 1)
    assert effect_end_in_sequence(three, cap_months=CAP) == D(2028, 3, 1)


def test_the_switch_adds_one_day_to_a_sequence() -> None:
    two = [Sanction(D(2024, 3, 1), 12), Sanction(D(2024, 9, 15), 6)]
    assert effect_end_in_sequence(two, DAY_AFTER) == D(2025, 9, 2)
    # the day on which the first ends is inside it now
    assert effect_end_in_sequence([Sanction(D(2024, 3, 1), 12), Sanction(D(2025, 3, 1), 6)], DAY_AFTER) == D(2025, 9, 2)
    three = [Sanction(D(2024, 1, 1), 24), Sanction(D(2024, 2, 1), 24), Sanction(D(2024, 3, 1), 24)]
    assert effect_end_in_sequence(three, DAY_AFTER, CAP) == D(2028, 3, 2)


SANCTIONS = st.lists(st.builds(Sanction, DATES, st.sampled_from([6, 12, 18, 24])), min_size=1, max_size=5)


@given(SANCTIONS)
def test_a_sequence_is_never_shorter_than_its_parts(sanctions: list[Sanction]) -> None:
    free = effect_end_in_sequence(sanctions, cap_months=CAP)
    assert free is not None
    last = max(one.start for one in sanctions)
    assert max(effect_end(one.start, one.months) for one in sanctions if one.start == last) <= free
    assert free <= add_months(last, 48)


@given(SANCTIONS)
def test_periods_apart_do_not_add_up(sanctions: list[Sanction]) -> None:
    starts = sorted(one.start for one in sanctions)
    longest = max(one.months for one in sanctions)
    if all(add_months(one, longest) <= other for one, other in pairwise(starts)):
        assert effect_end_in_sequence(sanctions) == latest_end(effect_end(one.start, one.months) for one in sanctions)


# --- a sanction that ends by a decision


@pytest.mark.parametrize(
    ("sanctions", "free"),
    [
        ([Sanction(D(2024, 3, 15), 0, D(2027, 4, 2))], D(2027, 4, 2)),
        ([Sanction(D(2024, 3, 15), 0, D(2027, 4, 2)), Sanction(D(2026, 1, 10), 18)], D(2028, 10, 2)),
        ([Sanction(D(2024, 1, 10), 12), Sanction(D(2024, 3, 15), 0, D(2027, 4, 2))], D(2027, 4, 2)),
        ([Sanction(D(2024, 1, 10), 60), Sanction(D(2024, 3, 15), 0, D(2027, 4, 2))], D(2029, 1, 10)),
        ([Sanction(D(2024, 3, 15), 60), Sanction(D(2024, 3, 15), 0, D(2027, 4, 2))], D(2029, 3, 15)),
    ],
)
def test_a_fixed_end_adds_nothing_and_counts_where_it_is_later(sanctions: list[Sanction], free: date) -> None:
    assert effect_end_in_sequence(sanctions, cap_months=None) == free
