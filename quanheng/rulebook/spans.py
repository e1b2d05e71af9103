"""Effect periods of sanctions, alone and in sequence. Pure functions of dates; the lengths come from the rules.

Months are counted as in `dates`: the same day number n months later, or the last day of a month that is too short.
Dates are first days on which something holds (periods are half-open).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quanheng.rulebook.dates import add_days, add_months


class PeriodEnd(StrEnum):
    """Switch SW-PERIOD-END: the first day that is free of an n-month effect period. No clause says it."""

    SAME_DAY = "same_day"  # start + n months
    DAY_AFTER = "day_after"  # start + n months + 1 day


def effect_end(start: date, months: int, end: PeriodEnd = PeriodEnd.SAME_DAY) -> date:
    """First day free of an effect period of `months` that begins on `start` (switch SW-PERIOD-END).

    Sources of the lengths: ZWCF2020 8 and GWYF2018 64 (6, 12, 18, 24), DJCF2023 10-13 (12, 18, 24, 60).
    """
    last = add_months(start, months)
    return last if end is PeriodEnd.SAME_DAY else add_days(last, 1)


def latest_end(ends: Iterable[date]) -> date | None:
    """Parallel periods: the longest binds (TJ2019, chapter on removal; SAN-MAX). None when there is no period."""
    return max(ends, default=None)


@dataclass(frozen=True, slots=True)
class Sanction:
    """One sanction: the day from which it takes effect and its months, or the day on which it ends where months do not
    give it (a party probation ends by a decision)."""

    start: date
    months: int
    fixed_end: date | None = None


def effect_end_in_sequence(
    sanctions: Iterable[Sanction], end: PeriodEnd = PeriodEnd.SAME_DAY, cap_months: int | None = None
) -> date | None:
    """First free day of sanctions of one system, a new one inside a period adding to what remains. None without any.

    New period = months not yet served + months of the new sanction, at most `cap_months` from the new sanction's day
    (XZCF2007 10: 48; DJCF2023 has the sum and no cap: None). On the day on which a period has ended, a new one stands
    alone. Of sanctions with the same day, none is inside the other: their longest counts (how several acts are joined
    is for people, SAN-ADM-MULTI). One with a fixed end adds nothing: the later day counts.
    """
    free: date | None = None
    for one in _longest_of_a_day(sanctions, end):
        if free is None or one.start >= free:
            free = _end_alone(one, end)
            continue
        if one.fixed_end:
            free = max(free, one.fixed_end)
            continue
        free = add_months(free, one.months)
        if cap_months is not None:
            free = min(free, effect_end(one.start, cap_months, end))
    return free


def _end_alone(one: Sanction, end: PeriodEnd) -> date:
    return one.fixed_end or effect_end(one.start, one.months, end)


def _longest_of_a_day(sanctions: Iterable[Sanction], end: PeriodEnd) -> list[Sanction]:
    """The one that ends last of each day, in order."""
    found: dict[date, Sanction] = {}
    for one in sorted(sanctions, key=lambda one: (one.start, _end_alone(one, end), one.months)):
        found[one.start] = one
    return list(found.values())
