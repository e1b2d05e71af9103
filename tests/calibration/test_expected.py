"""Mean points: closed forms, numeric derivatives, symmetry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from quanheng.calibration import expected
from quanheng.calibration.expected import Scale
from quanheng.calibration.ratings import Floats

SCALE = Scale(np.array([0.0, 60.0, 80.0, 95.0]), np.array([-1.2, 0.1, 1.1]), np.array([-0.4, 0.1, 0.3]))
ETA = np.array([-3.0, -0.5, 0.0, 0.7, 2.5])
STEP = 1e-5


def test_two_categories_are_the_logistic_function() -> None:
    scale = Scale(np.array([0.0, 1.0]), np.array([0.3]), np.zeros(1))
    np.testing.assert_allclose(scale.expected(ETA), expit(ETA - 0.3), atol=1e-15)


def test_probabilities_have_the_stated_ratios() -> None:
    chance = SCALE.probabilities(ETA)
    np.testing.assert_allclose(chance.sum(axis=1), 1.0, atol=1e-15)
    np.testing.assert_allclose(np.log(chance[:, 1:] / chance[:, :-1]), ETA[:, None] - SCALE.thresholds, atol=1e-12)


def test_far_out_it_is_the_end_of_the_scale() -> None:
    np.testing.assert_allclose(expected.average(SCALE, np.array([-900.0, 900.0]), 1.0).value, [0.0, 95.0], atol=1e-12)


@pytest.mark.parametrize("mood", [0.3, 0.9, 1.4])
def test_the_mood_is_integrated_out(mood: float) -> None:
    def integrand(x: float, eta: float) -> float:
        return float(np.mean(SCALE.expected(eta + x - SCALE.difficulty)) * norm.pdf(x, scale=mood))

    exact = [quad(integrand, -9 * mood, 9 * mood, args=(eta,), epsabs=1e-10)[0] for eta in ETA]
    np.testing.assert_allclose(expected.average(SCALE, ETA, mood).value, exact, atol=0.01)


def test_without_a_mood_it_is_the_mean_over_dimensions() -> None:
    plain = SCALE.expected(ETA[:, None] - SCALE.difficulty).mean(axis=1)
    np.testing.assert_allclose(expected.average(SCALE, ETA, 0.0).value, plain, atol=1e-13)


def _shifted(field: str, place: int, by: float) -> Scale:
    values = {"thresholds": SCALE.thresholds.copy(), "difficulty": SCALE.difficulty.copy()}
    values[field][place] += by
    return Scale(SCALE.points, **values)


def _numeric(field: str, place: int) -> Floats:
    up = expected.average(_shifted(field, place, STEP), ETA, 0.8).value
    return (up - expected.average(_shifted(field, place, -STEP), ETA, 0.8).value) / (2 * STEP)


def test_derivatives_are_the_numeric_ones() -> None:
    found = expected.average(SCALE, ETA, 0.8)
    up, down = (expected.average(SCALE, ETA + step, 0.8).value for step in (STEP, -STEP))
    np.testing.assert_allclose(found.by_eta, (up - down) / (2 * STEP), atol=1e-7)
    for j in range(3):
        np.testing.assert_allclose(found.by_threshold[:, j], _numeric("thresholds", j), atol=1e-7)
        np.testing.assert_allclose(found.by_difficulty[:, j], _numeric("difficulty", j), atol=1e-7)


@given(st.floats(-5, 5), st.floats(0, 2))
def test_moving_all_parameters_alike_changes_nothing(by: float, mood: float) -> None:
    """η + a, δ + a is the same rating; so the derivatives by η and by all δ cancel, and so do those by η and τ."""
    moved = Scale(SCALE.points, SCALE.thresholds, SCALE.difficulty + by)
    here, there = expected.average(SCALE, ETA, mood), expected.average(moved, ETA + by, mood)
    np.testing.assert_allclose(there.value, here.value, atol=1e-10)
    np.testing.assert_allclose(here.by_difficulty.sum(axis=1), -here.by_eta, atol=1e-10)
    np.testing.assert_allclose(here.by_threshold.sum(axis=1), -here.by_eta, atol=1e-10)


@given(st.floats(-6, 6), st.floats(0.01, 3), st.floats(0, 2))
def test_a_better_person_never_scores_less(eta: float, more: float, mood: float) -> None:
    low, high = expected.average(SCALE, np.array([eta, eta + more]), mood).value
    assert 0 <= low < high <= 95


def test_portions_do_not_show() -> None:
    eta = np.linspace(-4, 4, expected.PORTION + 3)
    whole = expected.average(SCALE, eta, 0.7)
    for place in (0, expected.PORTION - 1, expected.PORTION, expected.PORTION + 2):
        one = expected.average(SCALE, eta[[place]], 0.7)
        np.testing.assert_allclose(whole.value[place], one.value[0], rtol=1e-14)
        np.testing.assert_allclose(whole.by_threshold[place], one.by_threshold[0], rtol=1e-11)


def test_nobody_gives_nothing() -> None:
    none = expected.average(SCALE, np.zeros(0), 0.7)
    assert none.value.shape == (0,)
    assert none.by_difficulty.shape == (0, 3)


def test_a_curve_is_the_average_between_its_places() -> None:
    eta = np.random.default_rng(1).uniform(-6, 5, 500)
    found = expected.curve(SCALE, 0.8, eta.min(), eta.max())(eta)
    np.testing.assert_allclose(found, expected.average(SCALE, eta, 0.8).value, atol=95e-9)


def test_a_curve_over_one_place() -> None:
    found = expected.curve(SCALE, 0.0, 1.5, 1.5)(np.array([1.5]))
    np.testing.assert_allclose(found, expected.average(SCALE, np.array([1.5]), 0.0).value, rtol=1e-12)
