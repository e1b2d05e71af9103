"""Whole persons from shares: ceilings, shares of shares, targets, quorum and majority."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.quotas import (
    Ceiling,
    Rounding,
    after_proposal,
    attendance,
    ceiling,
    has_majority,
    has_quorum,
    majority,
    nested_ceiling,
    over,
    quorum,
    room,
    round_to,
    short_of,
    target,
)

F = Fraction
FLOOR, HALF_UP, CEIL = Rounding.FLOOR, Rounding.HALF_UP, Rounding.CEIL
COUNTS = st.integers(0, 100_000)
SHARES = st.fractions(0, 1, max_denominator=1000)


@pytest.mark.parametrize(
    ("value", "down", "nearer", "up"),
    [
        (F(0), 0, 0, 0),
        (F(1, 1000), 0, 0, 1),
        (F(49, 100), 0, 0, 1),
        (F(1, 2), 0, 1, 1),
        (F(3, 2), 1, 2, 2),
        (F(5, 2), 2, 3, 3),  # a half goes up, not to the even number
        (F(2999, 1000), 2, 3, 3),
        (F(3), 3, 3, 3),
    ],
)
def test_rounding(value: Fraction, down: int, nearer: int, up: int) -> None:
    assert [round_to(value, how) for how in (FLOOR, HALF_UP, CEIL)] == [down, nearer, up]


def test_county_organ_with_137_posts() -> None:
    """Case C12."""
    assert ceiling(137, F(1, 10)) == 13
    assert nested_ceiling(137, [F(1, 10), F(2, 5)]) == 5
    assert ceiling(137, F(3, 5)) == 82
    counsel = after_proposal(cap=13, held=5 + 8, arriving=1)
    assert counsel == Ceiling(cap=13, held=13, after=14, over=1, room=0)
    assert after_proposal(cap=5, held=5, arriving=1).over == 1
    assert after_proposal(cap=82, held=70, arriving=3, leaving=1) == Ceiling(82, 70, 72, over=0, room=10)


@pytest.mark.parametrize(("rounding", "caps"), [(FLOOR, (13, 5, 82)), (HALF_UP, (14, 6, 82)), (CEIL, (14, 6, 83))])
def test_the_switch_decides_the_ceilings(rounding: Rounding, caps: tuple[int, int, int]) -> None:
    found = (
        ceiling(137, F(1, 10), rounding),
        nested_ceiling(137, [F(1, 10), F(2, 5)], rounding),
        ceiling(137, F(3, 5), rounding),
    )
    assert found == caps


def test_a_share_of_a_share_is_rounded_at_each_step() -> None:
    # 19 posts: 10 % are 1, of which 40 % are none; together they would be 4 % of 19, none as well
    assert nested_ceiling(19, [F(1, 10), F(2, 5)]) == 0
    # 149: 14, then 5; unrounded it would be 5.96 and half-up 6
    assert nested_ceiling(149, [F(1, 10), F(2, 5)]) == 5
    assert nested_ceiling(149, [F(1, 10), F(2, 5)], HALF_UP) == 6
    assert nested_ceiling(149, []) == 149


@pytest.mark.parametrize(
    ("members", "part", "cap"),
    [
        (9, F(1, 5), 1),  # case C14: a group graded fair
        (10, F(1, 5), 2),
        (9, F(3, 10), 2),
        (10, F(3, 10), 3),
        (6, F(3, 20), 0),
        (7, F(3, 20), 1),
    ],
)
def test_excellent_members_of_a_leading_group(members: int, part: Fraction, cap: int) -> None:
    assert ceiling(members, part) == cap


@pytest.mark.parametrize(
    ("batch", "need"),
    [(0, 0), (1, 1), (2, 1), (3, 1), (4, 2), (8, 3), (9, 3), (10, 4)],
)
def test_one_third_of_a_batch(batch: int, need: int) -> None:
    assert target(batch, F(1, 3)) == need


def test_batch_of_nine_with_two_young() -> None:
    """Case C04."""
    need = target(9, F(1, 3))
    assert (need, short_of(need, 2), short_of(need, 3), short_of(need, 4)) == (3, 1, 0, 0)
    assert [target(10, F(1, 3), how) for how in (FLOOR, HALF_UP, CEIL)] == [3, 3, 4]
    assert [target(11, F(1, 3), how) for how in (FLOOR, HALF_UP, CEIL)] == [3, 4, 4]


def test_exact_where_doubles_are_not() -> None:
    assert ceiling(100, F(29, 100)) == 29  # 0.29 * 100 is 28.999999999999996
    assert ceiling(10, F(3, 10), CEIL) == 3
    assert target(3, F(1, 3)) == 1


def test_over_and_room_of_a_ceiling() -> None:
    assert [(over(5, have), room(5, have)) for have in (4, 5, 6)] == [(0, 1), (0, 0), (1, 0)]


@pytest.mark.parametrize(
    ("entitled", "needed"),
    [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (8, 6), (9, 6), (10, 7), (11, 8), (12, 8), (13, 9)],
)
def test_quorum_of_two_thirds(entitled: int, needed: int) -> None:
    assert quorum(entitled) == needed
    assert has_quorum(needed, entitled)
    assert not has_quorum(needed - 1, entitled)


@pytest.mark.parametrize(("entitled", "needed"), [(1, 1), (2, 2), (3, 2), (8, 5), (9, 5), (10, 6), (11, 6), (12, 7)])
def test_majority_of_the_entitled(entitled: int, needed: int) -> None:
    assert majority(entitled) == needed
    assert has_majority(needed, entitled)
    assert not has_majority(needed - 1, entitled)


def test_a_majority_of_those_present_is_not_enough() -> None:
    assert has_quorum(8, 12)
    assert not has_majority(5, 12)  # five of eight present
    assert not has_majority(6, 12)  # exactly half
    assert has_majority(7, 12)


def test_nobody_entitled_is_no_meeting() -> None:
    assert not has_quorum(0, 0)
    assert not has_majority(0, 0)
    assert attendance(0, 0) is None
    assert attendance(8, 12) == F(2, 3)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="10 of 9"):
        has_quorum(10, 9)
    with pytest.raises(ValueError, match="10 of 9"):
        has_majority(10, 9)
    with pytest.raises(ValueError, match="3 of 2"):
        attendance(3, 2)
    with pytest.raises(ValueError, match="below zero: -1"):
        ceiling(-1, F(1, 2))
    with pytest.raises(ValueError, match="below zero: -3"):
        majority(-3)
    with pytest.raises(ValueError, match="below zero: -2"):
        after_proposal(cap=3, held=3, leaving=-2)
    with pytest.raises(ValueError, match="3 leave of 2"):
        after_proposal(cap=3, held=1, arriving=1, leaving=3)


@given(COUNTS, SHARES)
def test_roundings_enclose_the_exact_share(base: int, part: Fraction) -> None:
    low, middle, high = (ceiling(base, part, how) for how in (FLOOR, HALF_UP, CEIL))
    assert low <= base * part <= high <= low + 1
    assert low <= middle <= high
    assert abs(middle - base * part) <= F(1, 2)
    assert 0 <= low <= high <= base


@given(COUNTS, SHARES, SHARES, st.sampled_from(Rounding))
def test_more_posts_never_lower_a_ceiling(base: int, one: Fraction, other: Fraction, how: Rounding) -> None:
    assert ceiling(base, one, how) <= ceiling(base + 1, one, how)
    assert nested_ceiling(base, [one, other], how) <= ceiling(base, one, how)
    assert ceiling(base, min(one, other), how) <= ceiling(base, max(one, other), how)


@given(COUNTS, COUNTS)
def test_over_and_room_exclude_each_other(cap: int, have: int) -> None:
    assert have - over(cap, have) + room(cap, have) == cap
    assert min(over(cap, have), room(cap, have)) == 0
    assert short_of(cap, have) == room(cap, have)


@given(st.integers(1, 2000))
def test_quorum_and_majority_are_the_least_that_do(entitled: int) -> None:
    assert F(quorum(entitled), entitled) >= F(2, 3) > F(quorum(entitled) - 1, entitled)
    assert F(majority(entitled), entitled) > F(1, 2) >= F(majority(entitled) - 1, entitled)
