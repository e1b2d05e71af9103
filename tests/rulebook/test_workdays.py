"""Working days: the announced years, the moved weekends, what an office adds, and where knowledge ends."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.strict_yaml import CannotReadYaml
from quanheng.rulebook.workdays import Answer, Calendar, CalendarError, read_year, standard

KNOWN = st.dates(date(2004, 1, 1), date(2026, 11, 30))
ANY = st.dates(date(1990, 1, 1), date(2050, 12, 31))
D = date

YEAR_2031 = """
year: 2031
source: made up for this test
holidays: [2030-12-31, 2031-01-01..2031-01-02, 2031-10-01..2031-10-07]
workdays: [2030-12-28, 2031-09-28]
"""


@pytest.mark.parametrize(
    ("day", "is_worked"),
    [
        (D(2024, 9, 27), True),  # Friday
        (D(2024, 9, 28), False),  # Saturday
        (D(2024, 9, 29), True),  # Sunday, worked for the National Day
        (D(2024, 9, 30), True),
        (D(2024, 10, 1), False),
        (D(2024, 10, 7), False),  # Monday
        (D(2024, 10, 8), True),
        (D(2024, 10, 12), True),  # Saturday, worked
        (D(2024, 10, 13), False),
        (D(2025, 9, 28), True),  # Sunday, worked
        (D(2025, 10, 8), False),  # Wednesday: National Day and Mid-autumn together
        (D(2025, 10, 9), True),
        (D(2025, 10, 11), True),  # Saturday, worked
        (D(2025, 1, 26), True),  # Sunday, worked for the Spring Festival
        (D(2025, 1, 28), False),  # New Year's Eve
        (D(2025, 2, 4), False),
        (D(2025, 2, 5), True),
        (D(2025, 2, 8), True),  # Saturday, worked
        (D(2026, 2, 14), True),  # Saturday, worked
        (D(2026, 2, 23), False),
        (D(2026, 2, 24), True),
        (D(2018, 12, 29), True),  # Saturday, worked by the notice for 2019
        (D(2018, 12, 31), False),
        (D(2005, 12, 31), True),  # Saturday, worked by the notice for 2006; not in the package
    ],
)
def test_announced_days(day: date, is_worked: bool) -> None:
    assert standard().is_workday(day) == Answer(is_worked, provisional=False)


@pytest.mark.parametrize(
    ("posted", "first_counts", "last"),
    [
        # five working days of public notice over the National Day of 2024: Sunday the 29th is worked
        (D(2024, 9, 26), False, D(2024, 10, 9)),  # 27, 29, 30 September, 8, 9 October
        (D(2024, 9, 26), True, D(2024, 10, 8)),
        (D(2024, 9, 30), False, D(2024, 10, 12)),  # 8, 9, 10, 11, Saturday 12
        (D(2024, 9, 30), True, D(2024, 10, 11)),
        (D(2024, 10, 1), False, D(2024, 10, 12)),  # posted on a day off
        (D(2024, 10, 1), True, D(2024, 10, 12)),  # so the first that counts is the 8th all the same
        # 2025: eight days off, Sunday 28 September and Saturday 11 October worked
        (D(2025, 9, 25), False, D(2025, 10, 9)),  # 26, 28, 29, 30 September, 9 October
        (D(2025, 9, 25), True, D(2025, 9, 30)),
        (D(2025, 9, 26), False, D(2025, 10, 10)),
        (D(2025, 9, 30), False, D(2025, 10, 14)),  # 9, 10, 11, 13, 14 October
        (D(2025, 9, 30), True, D(2025, 10, 13)),
        # Spring Festival 2025, Sunday 26 January and Saturday 8 February worked
        (D(2025, 1, 24), False, D(2025, 2, 7)),  # 26, 27 January, 5, 6, 7 February
        (D(2025, 1, 27), False, D(2025, 2, 10)),  # 5, 6, 7, 8, 10 February
    ],
)
def test_five_working_days_of_notice(posted: date, first_counts: bool, last: date) -> None:
    assert standard().add_workdays(posted, 5, first_counts) == Answer(last, provisional=False)
    assert standard().workdays_between(posted, last, first_counts) == Answer(5, provisional=False)
    assert standard().workdays_between(posted, last - timedelta(days=1), first_counts).value == 4


def test_fifteen_working_days_for_a_named_report() -> None:
    """REP-15, case C18."""
    assert standard().add_workdays(D(2025, 11, 5), 15, first_counts=False) == Answer(D(2025, 11, 26), False)


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        (D(2025, 9, 30), D(2025, 9, 30)),
        (D(2025, 10, 1), D(2025, 10, 9)),
        (D(2025, 10, 11), D(2025, 10, 11)),
        (D(2025, 10, 12), D(2025, 10, 13)),
        (D(2024, 9, 28), D(2024, 9, 29)),
    ],
)
def test_next_workday_is_the_day_itself_when_it_is_worked(day: date, rolled: date) -> None:
    assert standard().next_workday(day) == Answer(rolled, provisional=False)


@pytest.mark.parametrize("n", [0, -1])
def test_less_than_one_working_day_cannot_be_asked_for(n: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        standard().add_workdays(D(2025, 1, 2), n, first_counts=True)


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert standard().workdays_between(D(2025, 3, 5), D(2025, 3, 4), first_counts=True) == Answer(0, False)
    assert standard().workdays_between(D(2025, 3, 5), D(2025, 3, 5), first_counts=False) == Answer(0, False)
    assert standard().workdays_between(D(2025, 3, 5), D(2025, 3, 5), first_counts=True) == Answer(1, False)


# --- where knowledge ends


def announced(*years: int) -> Calendar:
    return Calendar(frozenset(), frozenset(), frozenset(years))


@pytest.mark.parametrize(
    ("day", "is_known"),
    [
        (D(2025, 12, 31), False),
        (D(2026, 1, 1), True),
        (D(2026, 12, 25), True),
        (D(2026, 12, 26), False),  # the notice for 2027 may move it
        (D(2027, 1, 1), False),
    ],
)
def test_the_last_days_of_december_are_known_with_the_next_year(day: date, is_known: bool) -> None:
    assert announced(2026).is_known(day) is is_known
    assert announced(2026, 2027).is_known(D(2026, 12, 31))


def test_the_package_knows_from_2004_without_a_gap() -> None:
    years = standard().years
    assert set(range(2004, 2027)) <= years
    assert years == frozenset(range(2004, max(years) + 1))
    assert not standard().is_known(D(2003, 12, 31))


def test_a_deadline_beyond_the_announced_years_is_provisional() -> None:
    calendar = announced(2026)
    assert calendar.add_workdays(D(2026, 12, 18), 5, first_counts=False) == Answer(D(2026, 12, 25), False)
    assert calendar.add_workdays(D(2026, 12, 18), 6, first_counts=False) == Answer(D(2026, 12, 28), True)
    assert calendar.workdays_between(D(2026, 12, 18), D(2026, 12, 25), first_counts=False) == Answer(5, False)
    assert calendar.workdays_between(D(2026, 12, 18), D(2026, 12, 26), first_counts=False) == Answer(5, True)
    assert calendar.is_workday(D(2027, 3, 3)) == Answer(True, provisional=True)
    assert calendar.is_workday(D(2027, 3, 6)) == Answer(False, provisional=True)
    assert calendar.next_workday(D(2026, 12, 27)).provisional


def test_an_unknown_day_on_the_way_makes_the_end_provisional() -> None:
    calendar = announced(2025, 2027)
    assert calendar.add_workdays(D(2025, 12, 24), 300, first_counts=False).provisional


# --- years and days that an office adds


def test_a_year_file_makes_the_year_known(tmp_path: Path) -> None:
    file = tmp_path / "2031.yaml"
    file.write_text(YEAR_2031, encoding="utf-8")
    before, after = announced(2030), announced(2030).with_years([file])
    assert before.add_workdays(D(2030, 12, 27), 2, first_counts=False) == Answer(D(2030, 12, 31), True)
    # Saturday the 28th is worked, the 31st, 1st and 2nd are free: Monday the 30th is the second
    assert after.add_workdays(D(2030, 12, 27), 2, first_counts=False) == Answer(D(2030, 12, 30), False)
    assert after.add_workdays(D(2030, 12, 30), 1, first_counts=False) == Answer(D(2031, 1, 3), False)
    assert after.years == {2030, 2031}
    assert not after.is_workday(D(2031, 10, 7)).value
    assert after.is_workday(D(2031, 10, 8)).value


def test_a_year_file_says_nothing_about_the_year_before(tmp_path: Path) -> None:
    file = tmp_path / "2031.yaml"
    file.write_text(YEAR_2031, encoding="utf-8")
    calendar = announced().with_years([file])
    assert calendar.years == {2031}
    assert not calendar.is_known(D(2030, 12, 20))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "exactly year, source"),
        ("year: 2031", "exactly year, source"),
        (YEAR_2031 + "more: 1", "exactly year, source"),
        (YEAR_2031.replace("2031\n", "later\n", 1), "year is a number"),
        (YEAR_2031.replace("made up for this test", '" "'), "source names the notice"),
        (YEAR_2031.replace("2030-12-31", "2030-12-25"), "2030-12-25 does not belong to 2031"),
        (YEAR_2031.replace("2031-10-07]", "2032-01-01]"), "2032-01-01 does not belong"),
        (YEAR_2031.replace("2031-09-28", "2031-09-29"), "2031-09-29 is no Saturday"),
        (YEAR_2031.replace("[2030-12-28, 2031-09-28]", "2030-12-28"), "workdays: not a list"),
        (YEAR_2031.replace("2031-01-01..", "2031-01-09.."), "ends before it begins"),
        (YEAR_2031.replace("2031-01-01..", "new year.."), "neither a date nor a span"),
        (YEAR_2031.replace("2030-12-31", "5"), "neither a date nor a span"),
    ],
)
def test_a_year_file_that_cannot_be_read_is_refused_by_name(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError, match=says) as refused:
        read_year(file)
    assert str(refused.value).startswith("wrong.yaml: ")


def test_a_year_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("year: [", encoding="utf-8")
    with pytest.raises(CannotReadYaml):
        read_year(file)


def test_a_day_may_not_be_both_free_and_worked(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(YEAR_2031.replace("2030-12-31", "2030-12-28"), encoding="utf-8")
    with pytest.raises(CalendarError, match="both free and worked: 2030-12-28"):
        announced().with_years([file])


def test_the_lists_of_a_situation_overrule_day_by_day() -> None:
    calendar = standard().with_days([D(2025, 4, 2)], [D(2025, 10, 1), D(2025, 10, 2)])
    assert calendar.is_workday(D(2025, 4, 2)) == Answer(False, False)
    assert calendar.is_workday(D(2025, 10, 2)) == Answer(True, False)
    assert calendar.is_workday(D(2025, 10, 3)) == Answer(False, False)  # as announced
    assert calendar.with_days([D(2025, 10, 1)], []).is_workday(D(2025, 10, 1)) == Answer(False, False)


def test_a_situation_may_speak_of_a_year_to_come() -> None:
    calendar = announced(2026).with_days([D(2040, 10, day) for day in range(1, 8)], [])
    assert calendar.add_workdays(D(2040, 9, 28), 1, first_counts=False) == Answer(D(2040, 10, 8), False)


# --- properties


@given(ANY, st.integers(1, 60), st.booleans())
def test_counting_is_the_inverse_of_adding(day: date, n: int, first_counts: bool) -> None:
    reached = standard().add_workdays(day, n, first_counts)
    counted = standard().workdays_between(day, reached.value, first_counts)
    assert counted == Answer(n, reached.provisional)
    assert standard().is_workday(reached.value).value


@given(ANY, st.integers(1, 60))
def test_later_days_and_more_days_end_later(day: date, n: int) -> None:
    calendar = standard()
    here = calendar.add_workdays(day, n, first_counts=False).value
    assert calendar.add_workdays(day + timedelta(days=1), n, first_counts=False).value >= here
    assert calendar.add_workdays(day, n + 1, first_counts=False).value > here
    assert calendar.add_workdays(day, n, first_counts=True).value <= here


@given(KNOWN)
def test_announced_years_are_never_provisional(day: date) -> None:
    assert not standard().is_workday(day).provisional
    assert standard().next_workday(day).value >= day
