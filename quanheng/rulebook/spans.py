"""Spans of time in months, years and days, as the instruments count them. Pure functions of dates.

Months are counted as in `dates`: the same day number n months later, or the last day of a month that is too short, and
full months so that a person for whom 36 are needed and 36 are counted has reached them. Months over several stretches
are counted by `months_in` of the language, where odd days of one stretch add to those of another. Dates are first days
on which something holds (periods are half-open).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quanheng.rulebook.dates import add_days, add_months, months_between
from quanheng.rulebook.workdays import Answer, Calendar

TERM_YEARS = 5  # 党政领导干部职务任期暂行规定 (RQ2006) 3
MAX_TERMS = 2  # RQ2006 6
SANCTION_CAP_MONTHS = 48  # 行政机关公务员处分条例 (XZCF2007) 10
PROBATION_MONTHS = (12, 24)  # 中国共产党纪律处分条例 (DJCF2023) 12
RESTORED_MONTHS = 24  # DJCF2023 12
HOLD_MONTHS = 3  # 关于推行党政领导干部任前公示制的意见 (GS2000) 3


class PeriodEnd(StrEnum):
    """Switch SW-PERIOD-END: the first day that is free of an n-month effect period. No clause says it."""

    SAME_DAY = "same_day"  # start + n months
    DAY_AFTER = "day_after"  # start + n months + 1 day


class DayCount(StrEnum):
    """Switch SW-DAY-COUNT: what happens to a person's own filing deadline that falls on a day off."""

    ROLL = "roll_for_person"  # the default, in the person's favour
    NO_ROLL = "no_roll"


class ProbationError(ValueError):
    """A party probation that DJCF2023 12 does not know: other lengths, or two years made longer."""


def add_years(day: date, years: int) -> date:
    """`day` moved by `years`; 29 February becomes 28 February in a common year."""
    return add_months(day, 12 * years)


def years_between(start: date, on: date) -> int:
    """Full years, in twelve full months each."""
    return months_between(start, on) // 12


def month_of(day: date) -> date:
    """First day of the month: time in a rank counts from the month of appointment (RNK-DATE)."""
    return day.replace(day=1)


# --- effect periods -------------------------------------------------------------------------------------------------


def effect_end(start: date, months: int, end: PeriodEnd = PeriodEnd.SAME_DAY) -> date:
    """First day free of an effect period of `months` that begins on `start` (switch SW-PERIOD-END).

    Sources of the lengths: ZWCF2020 8 and GWYF2018 64 (6, 12, 18, 24), DJCF2023 10-13 (12, 18, 24, 60).
    """
    return _end(add_months(start, months), end)


def _end(day: date, end: PeriodEnd) -> date:
    return day if end is PeriodEnd.SAME_DAY else add_days(day, 1)


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
    sanctions: Iterable[Sanction], end: PeriodEnd = PeriodEnd.SAME_DAY, cap_months: int | None = SANCTION_CAP_MONTHS
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


def probation_end(start: date, months: int, is_extended: bool = False, end: PeriodEnd = PeriodEnd.SAME_DAY) -> date:
    """First day after a party probation (留党察看) of one year, two years, or one year extended by one (DJCF2023 12).

    Raises ProbationError for any other: two years are the most.
    """
    if months not in PROBATION_MONTHS:
        raise ProbationError(f"a probation of {months} months: one year or two")
    total = months + 12 if is_extended else months
    if total > max(PROBATION_MONTHS):
        raise ProbationError("a probation of two years cannot be extended")
    return effect_end(start, total, end)


def restored_end(restored_on: date, end: PeriodEnd = PeriodEnd.SAME_DAY) -> date:
    """First day free of the two years after the rights of a party member came back (DJCF2023 12).

    They come back by a decision, so its day is a fact and not computed.
    """
    return effect_end(restored_on, RESTORED_MONTHS, end)


def hold_end(decided_on: date, months: int = HOLD_MONTHS) -> date:
    """Last day to which an appointment is normally held back after a report in the notice period (GS2000 3)."""
    return add_months(decided_on, months)


# --- limits in days and months ---------------------------------------------------------------------------------------


def days_limit(event: date, days: int) -> date:
    """Last day of a limit of calendar days; the day after the event is the first (SW-DAY-COUNT).

    No roll-over: limits of offices and reports that are a duty (PMR-NEW, PMR-CHG: 30 days) end on the day itself.
    """
    return add_days(event, days)


def filing_limit(
    event: date, calendar: Calendar, *, days: int = 0, months: int = 0, count: DayCount = DayCount.ROLL
) -> Answer[date]:
    """Last day on which a person may file for themself: 30 days (GWYF2018 95), one month (JCF2024 56).

    The day after the event is the first. By SW-DAY-COUNT it moves to the next working day when it falls on a day off.
    """
    last = add_days(add_months(event, months), days)
    return calendar.next_workday(last) if count is DayCount.ROLL else Answer(last, False)


def days_late(deadline: date, done_on: date) -> int:
    """Calendar days after the deadline; 0 when it was in time."""
    return max(0, (done_on - deadline).days)


# --- terms and limits in years ---------------------------------------------------------------------------------------


def term_end(start: date, terms: int = 1) -> date:
    """First day after `terms` full terms of five years (RQ2006 3)."""
    return add_years(start, TERM_YEARS * terms)


def is_term_limit_reached(consecutive_terms: int, limit: int = MAX_TERMS) -> bool:
    """Two consecutive terms in one post: not to be nominated for the same post again (RQ2006 6)."""
    return consecutive_terms >= limit


def limit_reached(start: date, years: int) -> date:
    """The day on which `years` without a break are full (JL2006 5: ten years). From that day the limit bites."""
    return add_years(start, years)
