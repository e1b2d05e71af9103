"""Bounded values beside each other: what is settled, what is open, and from which day a growing number has it."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.kernel.period import whole_months
from quanheng.rulebook.comparing import compare_numbers, ordered
from quanheng.rulebook.tree import Operator
from quanheng.rulebook.types import FIRST, LAST
from quanheng.rulebook.values import Growth, Number, State, Truth

ON = date(2026, 11, 22)
LEFT, RIGHT = frozenset({"person.left"}), frozenset({"person.right"})
MEANT = {
    Operator.LT: lambda left, right: left < right,
    Operator.LE: lambda left, right: left <= right,
    Operator.EQ: lambda left, right: left == right,
    Operator.NE: lambda left, right: left != right,
    Operator.GE: lambda left, right: left >= right,
    Operator.GT: lambda left, right: left > right,
}
bounds = st.tuples(st.integers(-3, 4), st.integers(0, 3)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def test_every_operator_is_meant() -> None:
    assert set(MEANT) == set(Operator)


@given(operator=st.sampled_from(list(Operator)), left=bounds, right=bounds)
def test_settled_is_what_all_values_within_the_bounds_say(
    operator: Operator, left: tuple[int, int], right: tuple[int, int]
) -> None:
    """The oracle tries them one by one."""
    said = {MEANT[operator](a, b) for a, b in product(range(left[0], left[1] + 1), range(right[0], right[1] + 1))}
    held = ordered(operator, left, right, LEFT)
    assert held.state is {(True,): State.MET, (False,): State.NOT_MET}.get(tuple(said), State.UNKNOWN)
    assert held.missing == (LEFT if held.state is State.UNKNOWN else frozenset())
    assert held.state is State.UNKNOWN or {held.lo, held.hi} <= {FIRST, LAST}


@pytest.mark.parametrize(
    ("operator", "left", "right", "state"),
    [
        (Operator.LE, (ON, ON), (ON, ON), State.MET),
        (Operator.LT, (ON, ON), (ON, ON), State.NOT_MET),
        (Operator.LT, (ON - timedelta(1), ON), (ON, ON), State.UNKNOWN),
        (Operator.GE, (ON, LAST), (ON, ON), State.MET),
        (Operator.NE, (ON, ON), (ON + timedelta(1), LAST), State.MET),
    ],
)
def test_days_are_compared_as_numbers_are(
    operator: Operator, left: tuple[date, date], right: tuple[date, date], state: State
) -> None:
    assert ordered(operator, left, right, LEFT).state is state


def test_halves_are_exact() -> None:
    third = Fraction(1, 3)
    assert ordered(Operator.EQ, (third, third), (Fraction(2, 6), Fraction(2, 6)), LEFT).state is State.MET


def test_what_is_missing_of_either_side_is_named() -> None:
    held = compare_numbers(Operator.GE, Number(1, 3, LEFT), Number(2, 2, RIGHT), ON)
    assert (held.state, held.missing) == (State.UNKNOWN, LEFT | RIGHT)
    assert compare_numbers(Operator.GE, Number(2, 3, LEFT), Number(2, 2, RIGHT), ON).missing == frozenset()


# --- numbers that grow with the day


def months_since(start: date, on: date = ON) -> Number:
    """Full months from that day, which grow."""
    full = whole_months(start, on)
    return Number(full, full, grows=Growth(start, 1))


def three(operator: Operator, start: date) -> tuple[State, date, date]:
    held = compare_numbers(operator, months_since(start), Number(3, 3), ON)
    return held.state, held.lo, held.hi


@pytest.mark.parametrize(
    ("operator", "start", "expected"),
    [
        (Operator.GE, date(2026, 8, 22), (State.MET, ON, LAST)),  # three months are full today
        (Operator.GE, date(2026, 8, 23), (State.NOT_MET, date(2026, 11, 23), LAST)),
        (Operator.GT, date(2026, 7, 22), (State.MET, ON, LAST)),  # more than three: the fourth
        (Operator.GT, date(2026, 8, 22), (State.NOT_MET, date(2026, 12, 22), LAST)),
        (Operator.LT, date(2026, 8, 23), (State.MET, FIRST, date(2026, 11, 23))),  # as long as it lasts
        (Operator.LT, date(2026, 8, 22), (State.NOT_MET, LAST, LAST)),
        (Operator.LE, date(2026, 8, 22), (State.MET, FIRST, date(2026, 12, 22))),
        (Operator.LE, date(2026, 7, 22), (State.NOT_MET, LAST, LAST)),
        (Operator.GE, date(2026, 8, 31), (State.NOT_MET, date(2026, 11, 30), LAST)),  # the month is too short
    ],
)
def test_a_growing_number_has_its_day(operator: Operator, start: date, expected: tuple[State, date, date]) -> None:
    assert three(operator, start) == expected


@given(back=st.integers(0, 400), steps=st.integers(1, 14), operator=st.sampled_from([Operator.GE, Operator.GT]))
def test_from_its_day_on_it_holds_and_not_before(back: int, steps: int, operator: Operator) -> None:
    start = ON - timedelta(days=back)
    lo = compare_numbers(operator, months_since(start), Number(steps, steps), ON).lo
    for day, holds in ((lo, True), (lo - timedelta(days=1), False)):
        assert MEANT[operator](months_since(start, day).lo, steps) is holds


def test_turned_round_it_says_the_same() -> None:
    grown, fixed = months_since(date(2026, 8, 23)), Number(3, 3)
    for operator, turned in ((Operator.LT, Operator.GT), (Operator.LE, Operator.GE)):
        assert compare_numbers(operator, fixed, grown, ON) == compare_numbers(turned, grown, fixed, ON)


def test_two_that_grow_alike_and_equality_have_no_day() -> None:
    one, other = months_since(date(2026, 8, 23)), months_since(date(2026, 1, 1))
    assert compare_numbers(Operator.LT, one, other, ON) == Truth(State.MET)
    assert compare_numbers(Operator.EQ, one, Number(2, 2), ON) == Truth(State.MET)


def test_one_that_will_never_grow_so_far_has_no_day() -> None:
    assert three(Operator.GE, date(9999, 11, 1))[1:] == (LAST, LAST)


def test_settled_by_its_bounds_the_day_is_not_known() -> None:
    """At least two months by what is recorded, four at most: three are open, though two grow to three on a day."""
    grown = Number(2, 4, LEFT, Growth(date(2026, 8, 23), 1))
    assert compare_numbers(Operator.GE, grown, Number(3, 3), ON).state is State.UNKNOWN
    more = Number(5, 9, LEFT, Growth(date(2026, 8, 23), 1))
    assert compare_numbers(Operator.GE, more, Number(3, 3), ON).state is State.MET
