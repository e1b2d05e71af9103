"""The combinators over dated records: exact values, both sides of each boundary, and what is unknown."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.situation import Bounded
from quanheng.rulebook.types import FIRST, LAST, MOST
from quanheng.rulebook.values import ALWAYS, NEVER, Code, Day, Number, State, between, day, exact, unknown
from tests.rulebook.language import ON, day_of, facts, number_of, records, run, truth_of

CHIEF = 'level == "乡科级正职"'


def post(start: str | None, end: str | None = None, level: str | None = "乡科级正职", **more: Any) -> dict[str, Any]:
    return {"start": start, "end": end, "level": level, **more}


def posts(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"posts": records("posts", *rows)}


HOURS = frozenset({"training_years"})


def missing(*names: str) -> frozenset[str]:
    return frozenset(names)


# exists, every


def test_one_exists_from_the_day_it_begins() -> None:
    held = truth_of(f"exists(posts, {CHIEF})", posts(post("2024-01-01"), post("2023-05-05", "2023-06-01")))
    assert (held.state, held.lo, held.hi) == (State.MET, date(2023, 5, 5), LAST)


def test_records_that_begin_after_the_day_do_not_exist_yet() -> None:
    later = posts(post("2025-06-02"))
    assert truth_of("exists(posts)", later) == NEVER
    assert truth_of("exists(posts)", later, date(2025, 6, 2)).state is State.MET
    assert number_of("count(posts)", later) == exact(0)


def test_a_field_that_is_not_recorded_makes_it_unknown() -> None:
    assert truth_of(f"exists(posts, {CHIEF})", posts(post("2024-01-01", level=None))) == unknown(missing("posts.level"))
    known = posts(post("2024-01-01", level=None), post("2024-01-01"))
    assert truth_of(f"exists(posts, {CHIEF})", known).state is State.MET


def test_a_fact_that_is_not_there_is_unknown_and_one_that_is_empty_is_none() -> None:
    assert truth_of("exists(posts)", {}) == unknown(missing("posts"))
    assert truth_of("exists(posts)", posts()) == NEVER
    assert truth_of("every(posts, running)", posts()) == ALWAYS
    assert truth_of("every(posts, running)", {}) == unknown(missing("posts"))


def test_every_record_has_to_meet_it() -> None:
    both = posts(post("2020-01-01"), post("2021-01-01", level="乡科级副职"))
    assert truth_of(f"every(posts, {CHIEF})", both) == NEVER
    assert truth_of('every(posts, level in ("乡科级正职", "乡科级副职"))', both) == ALWAYS


def test_running_holds_until_the_end() -> None:
    held = truth_of("exists(posts, running)", posts(post("2024-01-01", "2025-06-02")))
    assert (held.state, held.hi) == (State.MET, date(2025, 6, 2))
    assert truth_of("exists(posts, running)", posts(post("2024-01-01", "2025-06-01"))).state is State.NOT_MET


def test_none_within_the_span_before_the_day() -> None:
    given = facts(sanctions=[{"system": "党纪", "kind": "警告", "effective": "2024-09-10"}])
    text = "not any_within(sanctions, months(12))"
    inside = truth_of(text, given, date(2025, 9, 9))
    assert (inside.state, inside.earliest(date(2025, 9, 9))) == (State.NOT_MET, date(2025, 9, 10))
    assert truth_of(text, given, date(2025, 9, 10)).state is State.MET
    assert truth_of(text, facts(sanctions=[])) == ALWAYS


# numbers


def test_counts_lie_between_the_sure_and_the_maybe() -> None:
    some = posts(post("2020-01-01"), post("2021-01-01", level=None), post("2022-01-01", level="乡科级副职"))
    assert number_of(f"count(posts, {CHIEF})", some) == Number(1, 2, missing("posts.level"))
    assert truth_of(f"count(posts, {CHIEF}) >= 1", some) == ALWAYS
    assert truth_of(f"count(posts, {CHIEF}) >= 2", some) == unknown(missing("posts.level"))
    assert truth_of(f"count(posts, {CHIEF}) >= 3", some) == NEVER
    assert number_of("count(posts)", {}) == Number(0, MOST, missing("posts"))


@pytest.mark.parametrize(
    ("names", "lo", "hi"),
    [(["a", "a"], 1, 1), (["a", "b"], 2, 2), (["a", None], 1, 2), ([None, None], 1, 2), ([], 0, 0), ([None], 1, 1)],
)
def test_distinct_values(names: list[str | None], lo: int, hi: int) -> None:
    given = posts(*(post("2020-01-01", post=name) for name in names))
    made = number_of("count_distinct(posts, post)", given)
    assert (made.lo, made.hi) == (lo, hi)


def test_sums_and_the_years_that_are_missing() -> None:
    given = facts(
        training_years=[{"year": 2023, "hours": 110}, {"year": 2024, "hours": 90}, {"year": 2021, "hours": 96}]
    )
    assert number_of("sum_of(training_years, hours)", given) == exact(296)
    assert number_of("sum_of(training_years, hours, over=(2023, 2024))", given) == exact(200)
    assert number_of("sum_of(training_years, hours, over=(2021, 2024))", given) == Number(
        296, MOST, missing("training_years")
    )
    assert truth_of("sum_of(training_years, hours, over=(2021, 2024)) >= 296", given) == ALWAYS
    assert truth_of("sum_of(training_years, hours, over=(2021, 2024)) >= 297", given).state is State.UNKNOWN
    assert truth_of("every(training_years, hours >= 90, over=(2023, 2024))", given) == ALWAYS
    assert truth_of("every(training_years, hours >= 91, over=(2023, 2024))", given) == NEVER
    assert truth_of("every(training_years, hours >= 90, over=(2022, 2024))", given) == unknown(
        missing("training_years")
    )


def test_a_bounded_number() -> None:
    given = {"training_years": records("training_years", {"year": 2024, "hours": Bounded(80, 96)})}
    assert number_of("sum_of(training_years, hours)", given) == Number(80, 96, missing("training_years.hours"))
    assert truth_of("exists(training_years, hours >= 80)", given).state is State.MET
    assert truth_of("exists(training_years, hours >= 90)", given) == unknown(missing("training_years.hours"))
    assert truth_of("exists(training_years, hours > 96)", given) == NEVER


def test_gaps_of_a_closed_world_are_none() -> None:
    assert number_of("count(sanctions)", facts(sanctions=[])) == exact(0)


# dates


def test_first_and_last_dates() -> None:
    given = posts(post("2020-01-01", "2021-01-01"), post("2022-01-01", level=None))
    assert day_of("first_date(posts, start)", given) == day(date(2020, 1, 1))
    assert day_of(f"last_date(posts, start, {CHIEF})", given) == Day(
        date(2020, 1, 1), date(2022, 1, 1), missing("posts.level")
    )
    assert day_of("first_date(posts, start)", posts()) == day(LAST)
    assert day_of("last_date(posts, start)", posts()) == day(FIRST)
    assert day_of("last_end(posts)", given) == day(LAST)
    assert day_of("last_end(posts)", posts(post("2020-01-01", "2021-01-01"))) == day(date(2021, 1, 1))
    assert day_of("last_end(posts)", posts()) == day(FIRST)


def test_no_sanction_stands_in_the_way() -> None:
    text = 'last_date(sanctions, free_from(effective, 12), system == "党纪") <= on'
    assert truth_of(text, facts(sanctions=[])) == ALWAYS
    assert truth_of(text, {}) == unknown(missing("sanctions"))


def test_the_end_of_a_period_by_the_switch() -> None:
    given = facts(person__last_promotion="2024-09-10")
    assert run("free_from(person.last_promotion, 12)", given) == day(date(2025, 9, 10))
    day_after = run("free_from(person.last_promotion, 12)", given, ON, SW_PERIOD_END="day_after")
    assert day_after == day(date(2025, 9, 11))


# the last record


def test_the_last_record() -> None:
    given = posts(post("2020-01-01", level="乡科级副职"), post("2023-01-01"))
    assert run("latest(posts, level)", given) == Code("乡科级正职")
    assert run('latest(posts, level, level != "乡科级正职")', given) == Code("乡科级副职")
    assert run('latest_before(posts, level, date("2023-01-01"))', given) == Code("乡科级副职")
    assert run('latest_before(posts, level, date("2023-01-02"))', given) == Code("乡科级正职")
    assert run("latest(posts, level)", posts()) == Code("")
    assert run("latest(posts, start)", posts()) == day(FIRST)
    assert run("latest(posts, is_secondment)", posts()) == NEVER
    assert run("latest(training_years, hours)", facts(training_years=[])) == exact(0)


def test_the_last_record_may_be_unknown() -> None:
    maybe = posts(post("2020-01-01", level="乡科级副职", setting="基层"), post("2023-01-01", setting=None))
    assert run('latest(posts, level, setting == "基层")', maybe) == Code(None, missing("posts", "posts.setting"))
    same = posts(post("2020-01-01", setting="基层"), post("2023-01-01", setting=None))
    assert run('latest(posts, level, setting == "基层")', same) == Code("乡科级正职")
    assert run("latest(posts, level)", {}) == Code(None, missing("posts"))
    tied = posts(post("2023-01-01", level="乡科级副职"), post("2023-01-01"))
    assert run("latest(posts, level)", tied) == Code(None, missing("posts"))
    undated = posts(post("2020-01-01", level="乡科级副职"), post(None))
    assert run("latest(posts, level)", undated) == Code(None, missing("posts"))
    assert run('latest(posts, level, level == "乡科级正职")', undated) == Code("乡科级正职")
    assert run("latest(posts, level)", posts(post("2020-01-01"), post(None))) == Code("乡科级正职")
    assert run('latest(posts, start, setting == "基层")', maybe) == Day(
        date(2020, 1, 1), date(2023, 1, 1), missing("posts", "posts.setting")
    )


def test_the_grade_of_a_year() -> None:
    given = facts(grades=[{"year": 2023, "grade": "优秀", "decided": "2024-01-20"}])
    assert run("latest(grades, grade, over=(2023, 2023))", given) == Code("优秀")
    assert run("latest(grades, grade, over=(2024, 2024))", given) == Code(None, missing("grades"))
    assert run("latest(grades, grade, over=(2023, 2023))", given, date(2024, 1, 19)) == Code(None, missing("grades"))


# periods


def test_held_since_is_the_start_of_the_run_that_reaches_the_day() -> None:
    given = posts(post("2021-05-20", "2023-03-10"), post("2023-03-10"), post("2015-01-01", "2016-01-01"))
    assert day_of(f"held_since(posts, {CHIEF})", given) == day(date(2021, 5, 20))
    gap = posts(post("2021-05-20", "2023-03-09"), post("2023-03-10"))
    assert day_of("held_since(posts)", gap) == day(date(2023, 3, 10))
    ended = posts(post("2021-05-20", "2025-06-01"))
    assert day_of("held_since(posts)", ended) == day(LAST)
    assert day_of("held_since(posts)", ended, date(2025, 5, 31)) == day(date(2021, 5, 20))


def test_held_since_between_the_sure_and_the_maybe() -> None:
    given = posts(post("2021-05-20", "2023-03-10", None), post("2023-03-10"))
    expected = Day(date(2021, 5, 20), date(2023, 3, 10), missing("posts.level"))
    assert day_of(f"held_since(posts, {CHIEF})", given) == expected
    undated = posts(post(None))
    assert day_of("held_since(posts)", undated) == between(FIRST, ON, missing("posts.start"))


def test_three_years_ripen() -> None:
    given = posts(post("2023-01-15"))
    for text in (f"months_between(held_since(posts, {CHIEF}), on) >= 36", f"months_in(posts, {CHIEF}) >= 36"):
        short = truth_of(text, given)
        assert (short.state, short.earliest(ON)) == (State.NOT_MET, date(2026, 1, 15))
        assert truth_of(text, given, date(2026, 1, 14)).state is State.NOT_MET
        assert truth_of(text, given, date(2026, 1, 15)).state is State.MET
        assert truth_of(f"not {text}", given).hi == date(2026, 1, 15)


def test_an_age_lapses() -> None:
    given = facts(person__birth="1985-06-02")
    young = truth_of("years_between(person.birth, on) < 40", given)
    assert (young.state, young.hi) == (State.MET, date(2025, 6, 2))
    assert truth_of("years_between(person.birth, on) < 40", given, date(2025, 6, 2)).state is State.NOT_MET
    assert truth_of("years_between(person.birth, on) <= 40", given, date(2025, 6, 2)).hi == date(2026, 6, 2)
    assert truth_of("40 <= years_between(person.birth, on)", given).earliest(ON) == date(2025, 6, 2)


def test_months_in_all_periods_counts_overlaps_once() -> None:
    given = posts(post("2010-01-01", "2012-01-01"), post("2011-01-01", "2013-01-01"), post("2020-01-01", "2021-01-01"))
    assert number_of("months_in(posts)", given) == exact(48)
    assert truth_of("months_in(posts) >= 49", given) == NEVER
    assert number_of("longest_run(posts)", given) == exact(36)


def test_months_of_a_period_that_runs_go_on_growing_over_the_gap() -> None:
    given = posts(post("2010-01-01", "2011-01-01"), post("2025-01-01"))
    two_years = truth_of("months_in(posts) >= 24", given)
    assert two_years.earliest(ON) == date(2026, 1, 1)
    assert number_of("months_in(posts)", given).lo == 17


def test_odd_days_of_one_period_help_the_next_and_a_full_year_is_twelve_months() -> None:
    odd = posts(post("2010-01-01", "2010-01-21"), post("2025-01-01", "2025-01-12"))
    assert number_of("months_in(posts)", odd) == exact(1)
    years = posts(post("2010-01-01", "2011-01-01"), post("2024-02-29", "2025-02-28"))
    assert number_of("months_in(posts)", years) == exact(24)


def test_months_between_the_sure_and_the_maybe() -> None:
    given = posts(post("2010-01-01", "2011-01-01"), post("2011-01-01", "2012-01-01", None))
    assert number_of(f"months_in(posts, {CHIEF})", given) == Number(12, 24, missing("posts.level"))
    undated = posts(post("2010-01-01", "2011-01-01"), post(None, "2012-01-01"))
    assert number_of("months_in(posts)", undated) == Number(12, MOST, missing("posts.start"))


def test_a_longest_run_that_has_ended_stays_long_enough() -> None:
    given = posts(post("2010-01-01", "2014-01-01"), post("2025-01-01"))
    assert truth_of("longest_run(posts) >= 48", given).state is State.MET
    assert truth_of("longest_run(posts) >= 49", given).earliest(ON) == date(2029, 2, 1)


PERIODS = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 120)), max_size=4)
START = date(2024, 1, 1)


@given(PERIODS)
def test_days_of_all_periods_against_a_walk_over_every_day(drawn: list[tuple[int, int]]) -> None:
    on = START + timedelta(days=300)
    spans = [(START + timedelta(days=first), START + timedelta(days=first + length)) for first, length in drawn]
    given_posts = posts(*({"start": start, "end": end} for start, end in spans))
    held = {START + timedelta(days=n) for n in range(300) if any(a <= START + timedelta(days=n) < b for a, b in spans)}
    months = number_of("months_in(posts)", given_posts, on)
    assert abs(months.lo * 30.44 - len(held)) < 35
    since = on
    while since - timedelta(days=1) in held:
        since -= timedelta(days=1)
    is_held = any(a <= on < b for a, b in spans)
    assert day_of("held_since(posts)", given_posts, on) == day(since if is_held else LAST)


@given(PERIODS, st.integers(1, 30))
def test_the_earliest_day_is_the_first_on_which_it_is_met(drawn: list[tuple[int, int]], months: int) -> None:
    """By today's facts: the same records asked on the day before and on the day itself."""
    on = START + timedelta(days=200)
    spans = [(START + timedelta(days=first), START + timedelta(days=first + length)) for first, length in drawn]
    existing = posts(*({"start": a, "end": None if b > on else b} for a, b in spans if a <= on))
    for text in (f"months_in(posts) >= {months}", f"reached(held_since(posts) + months({months}))"):
        earliest = truth_of(text, existing, on).earliest(on)
        if earliest is not None:
            assert truth_of(text, existing, earliest).state is State.MET
            assert truth_of(text, existing, earliest - timedelta(days=1)).state is State.NOT_MET
