"""The belief about the split of unit differences: derivatives of one normal density, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.calibration.ordinal_prior import RATIO_SD, with_ratio_prior

KINDS = ("person", "unit", "view", "rater", "culture")
ZERO, NONE = np.zeros(5), np.zeros((5, 5))


def log_prior(x: list[float]) -> float:
    return -0.5 * (x[1] - x[4]) ** 2 / RATIO_SD**2


@given(st.lists(st.floats(-5, 5), min_size=5, max_size=5), st.integers(0, 4))
def test_the_slope_is_that_of_the_density(x: list[float], place: int) -> None:
    slope, _ = with_ratio_prior(KINDS, np.array(x), ZERO, NONE)
    up, down = (x[:place] + [x[place] + by] + x[place + 1 :] for by in (1e-4, -1e-4))
    assert slope[place] == pytest.approx((log_prior(up) - log_prior(down)) / 2e-4, abs=1e-6)


def test_the_information_is_its_curvature() -> None:
    _, information = with_ratio_prior(KINDS, ZERO, ZERO, NONE)
    expected = np.zeros((5, 5))
    expected[1, 1] = expected[4, 4] = 1 / RATIO_SD**2
    expected[1, 4] = expected[4, 1] = -1 / RATIO_SD**2
    assert np.array_equal(information, expected)


def test_it_adds_to_what_the_ballots_say() -> None:
    slope, information = with_ratio_prior(KINDS, ZERO, np.arange(5.0), np.eye(5))
    assert np.array_equal(slope, np.arange(5.0))
    assert np.array_equal(information - np.eye(5), with_ratio_prior(KINDS, ZERO, ZERO, NONE)[1])


@pytest.mark.parametrize("kinds", [("person", "rater"), ("person", "unit"), ("culture", "person")])
def test_without_both_effects_nothing_is_believed(kinds: tuple[str, ...]) -> None:
    slope, information = with_ratio_prior(kinds, np.array([1.0, -3.0]), np.ones(2), np.eye(2))
    assert np.array_equal(slope, np.ones(2))
    assert np.array_equal(information, np.eye(2))
