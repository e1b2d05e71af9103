"""Whole persons from shares."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.quotas import Rounding, ceiling, round_to

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


@pytest.mark.parametrize(("rounding", "caps"), [(FLOOR, (13, 82)), (HALF_UP, (14, 82)), (CEIL, (14, 83))])
def test_the_switch_decides_the_ceilings(rounding: Rounding, caps: tuple[int, int]) -> None:
    """Case C12: a county organ with 137 posts."""
    assert (ceiling(137, F(1, 10), rounding), ceiling(137, F(3, 5), rounding)) == caps


def test_nobody_is_fewer_than_none() -> None:
    with pytest.raises(ValueError, match="below zero: -1"):
        ceiling(-1, F(1, 2))


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


def test_exact_where_doubles_are_not() -> None:
    assert ceiling(100, F(29, 100)) == 29  # 0.29 * 100 is 28.999999999999996
    assert ceiling(10, F(3, 10), CEIL) == 3
    assert ceiling(3, F(1, 3), CEIL) == 1


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
    assert ceiling(base, min(one, other), how) <= ceiling(base, max(one, other), how)
