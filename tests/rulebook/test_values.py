"""Kleene's states and their periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.types import FIRST, LAST, MOST
from quanheng.rulebook.values import (
    ALWAYS,
    NEVER,
    Day,
    State,
    Truth,
    all_of,
    any_of,
    before,
    bounded,
    day,
    negation,
    reached,
    unknown,
)

ON = date(2025, 6, 1)
NEXT = date(2025, 6, 2)
A, B = frozenset({"a"}), frozenset({"b"})
UNSURE = unknown(A)


def since(text: str) -> Truth:
    return reached(day(date.fromisoformat(text)), ON)


def until(text: str) -> Truth:
    return before(day(date.fromisoformat(text)), ON)


def test_reached_holds_from_its_day_on() -> None:
    assert since("2025-06-01") == Truth(State.MET, lo=ON)
    assert since("2025-06-02") == Truth(State.NOT_MET, lo=NEXT)
    assert since("2025-06-02").earliest(ON) == NEXT
    assert since("2025-06-01").earliest(ON) is None


def test_before_holds_until_its_day() -> None:
    assert until("2025-06-02") == Truth(State.MET, hi=NEXT)
    assert until("2025-06-01") == Truth(State.NOT_MET, hi=ON)
    assert until("2025-06-01").earliest(ON) is None


def test_a_day_that_never_comes_is_not_met_and_has_no_earliest() -> None:
    assert reached(day(LAST), ON) == NEVER
    assert NEVER.earliest(ON) is None
    assert before(day(LAST), ON) == ALWAYS
    assert reached(day(FIRST), ON) == ALWAYS
    assert before(day(FIRST), ON) == NEVER


@pytest.mark.parametrize(
    ("lo", "hi", "state"),
    [
        ("2025-05-01", "2025-06-01", State.MET),
        ("2025-05-01", "2025-06-02", State.UNKNOWN),
        ("2025-06-02", "2025-07-01", State.NOT_MET),
    ],
)
def test_a_day_between_bounds(lo: str, hi: str, state: State) -> None:
    when = Day(date.fromisoformat(lo), date.fromisoformat(hi), A)
    assert reached(when, ON).state is state
    assert before(when, ON).state is State(State.MET - state)
    assert reached(when, ON).missing == (A if state is State.UNKNOWN else frozenset())


def test_not_met_between_bounds_is_sure_from_the_later_one() -> None:
    assert reached(Day(NEXT, date(2025, 7, 1), A), ON).earliest(ON) == date(2025, 7, 1)


STATES = {"met": ALWAYS, "not": NEVER, "unknown": UNSURE}
AND = {("met", "met"): "met", ("met", "unknown"): "unknown", ("unknown", "unknown"): "unknown"}
OR = {("not", "not"): "not", ("not", "unknown"): "unknown", ("unknown", "unknown"): "unknown"}


@pytest.mark.parametrize("left", STATES)
@pytest.mark.parametrize("right", STATES)
def test_states_are_those_of_kleene(left: str, right: str) -> None:
    pair = tuple(sorted((left, right)))
    both, one = all_of([STATES[left], STATES[right]]), any_of([STATES[left], STATES[right]], ON)
    assert both.state is STATES[AND.get((pair[0], pair[1]), "not")].state
    assert one.state is STATES[OR.get((pair[0], pair[1]), "met")].state


def test_what_is_missing_is_told_only_while_it_matters() -> None:
    assert all_of([UNSURE, unknown(B), ALWAYS]).missing == A | B
    assert all_of([UNSURE, NEVER]).missing == frozenset()
    assert any_of([UNSURE, unknown(B), NEVER], ON).missing == A | B
    assert any_of([UNSURE, ALWAYS], ON).missing == frozenset()


def test_both_hold_from_the_later_to_the_earlier_day() -> None:
    both = all_of([since("2025-07-01"), since("2025-08-01"), until("2025-09-01")])
    assert (both.state, both.lo, both.hi) == (State.NOT_MET, date(2025, 8, 1), date(2025, 9, 1))
    assert all_of([since("2025-09-01"), until("2025-09-01")]) == NEVER


def test_what_has_lapsed_has_no_earliest() -> None:
    """Found once by the property test of the design: a condition that lapsed gave an earliest day in the past."""
    assert all_of([since("2020-01-01"), until("2025-06-01")]).earliest(ON) is None


def test_one_of_several_holds_from_the_first_that_still_comes() -> None:
    assert any_of([since("2026-01-01"), since("2025-09-01")], ON).earliest(ON) == date(2025, 9, 1)
    assert any_of([until("2025-01-01"), since("2026-01-01")], ON).earliest(ON) == date(2026, 1, 1)
    assert any_of([since("2020-01-01"), since("2026-01-01")], ON) == Truth(State.MET, lo=date(2020, 1, 1))
    assert any_of([], ON) == NEVER


def test_unknown_parts_say_nothing_about_the_period() -> None:
    one = any_of([UNSURE, since("2026-01-01")], ON)
    assert (one.state, one.lo) == (State.UNKNOWN, date(2026, 1, 1))
    assert all_of([UNSURE, since("2026-01-01")]).earliest(ON) == date(2026, 1, 1)


def test_negation_is_the_part_of_the_rest_that_holds_or_comes_next() -> None:
    assert negation(since("2025-09-01"), ON) == until("2025-09-01")
    assert negation(until("2025-09-01"), ON) == Truth(State.NOT_MET, lo=date(2025, 9, 1))
    assert negation(until("2025-01-01"), ON) == Truth(State.MET, lo=date(2025, 1, 1))
    within = all_of([since("2025-01-01"), until("2026-01-01")])
    assert negation(within, ON) == Truth(State.NOT_MET, lo=date(2026, 1, 1))
    assert (negation(ALWAYS, ON), negation(NEVER, ON), negation(UNSURE, ON)) == (NEVER, ALWAYS, UNSURE)


def test_bounds_stay_within_the_sentinels() -> None:
    assert bounded(-(10**15), 10**15, A).lo == -MOST
    assert bounded(3, 3, A).missing == frozenset()


days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@st.composite
def truths(draw: st.DrawFn, depth: int = 3) -> tuple[Truth, object]:
    """A truth on ON with the function that tells it on any day after."""
    kind = draw(st.sampled_from(["since", "until"] if depth == 0 else ["since", "until", "and", "or", "not"]))
    if kind in ("since", "until"):
        when = draw(days)
        made = reached(day(when), ON) if kind == "since" else before(day(when), ON)
        return made, (lambda on: on >= when) if kind == "since" else (lambda on: on < when)
    if kind == "not":
        part, tells = draw(truths(depth=depth - 1))
        return negation(part, ON), lambda on: not tells(on)  # type: ignore[operator]
    parts = draw(st.lists(truths(depth=depth - 1), min_size=1, max_size=3))
    made = all_of([part for part, _ in parts]) if kind == "and" else any_of([part for part, _ in parts], ON)
    combine = all if kind == "and" else any
    return made, lambda on: combine(tells(on) for _, tells in parts)  # type: ignore[operator]


@given(truths())
def test_a_truth_is_met_exactly_if_the_day_lies_in_its_period(drawn: tuple[Truth, object]) -> None:
    made, tells = drawn
    assert (made.state is State.MET) is (made.lo <= ON < made.hi)
    assert (made.state is State.MET) is tells(ON)  # type: ignore[operator]


@given(truths(depth=1))
def test_it_is_met_first_on_its_earliest_day(drawn: tuple[Truth, object]) -> None:
    """Against a walk over every day. Deeper trees may have gaps, over which a period is only the hull."""
    made, tells = drawn
    walked = [ON + timedelta(days=n) for n in range(1, 700)]
    first = next((on for on in walked if tells(on)), None)  # type: ignore[operator]
    assert made.earliest(ON) == (first if made.state is State.NOT_MET else None)
