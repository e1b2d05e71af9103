"""The safe Newton step and its stops, on functions whose minimum is known; derivatives against differences."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian_crossed import cross
from quanheng.calibration.gaussian_reml import Profile, bounded_step, curved, estimate_ratios, minimise, moments
from quanheng.calibration.gaussian_terms import cells
from quanheng.calibration.ratings import Criterion, Floats

TOP = np.array([0.5, 2.0])
FLOOR = np.full(2, 1e-7)


@dataclass(frozen=True)
class Bowl:
    """(x − TOP)'H(x − TOP)/2; `told` is what it gives for H."""

    at: Floats
    top: Floats
    curvature: Floats
    told: Floats

    @property
    def objective(self) -> float:
        return float((self.at - self.top) @ self.curvature @ (self.at - self.top) / 2)

    @property
    def gradient(self) -> Floats:
        return np.asarray(self.curvature @ (self.at - self.top))

    @property
    def information(self) -> Floats:
        return self.told


CURVATURE = np.array([[2.0, 0.5], [0.5, 1.0]])


def test_a_quadratic_takes_one_step() -> None:
    found = minimise(lambda at: Bowl(at, TOP, CURVATURE, CURVATURE), np.ones(2), FLOOR)
    np.testing.assert_allclose(found.parameters, TOP, rtol=1e-5)
    assert found.steps <= 2
    assert found.left < 3e-6


@pytest.mark.parametrize("factor", [0.2, 0.6, 3.0])
def test_a_wrong_information_still_leads_there(factor: float) -> None:
    """Too small: steps are too long and are halved; too large: too short. The last steps set it right."""
    found = minimise(lambda at: Bowl(at, TOP, CURVATURE, factor * CURVATURE), np.ones(2), FLOOR)
    np.testing.assert_allclose(found.parameters, TOP, rtol=1e-5)
    assert found.steps < 40


def test_a_minimum_beyond_zero_is_put_to_zero() -> None:
    top = np.array([-0.5, 2.0])
    found = minimise(lambda at: Bowl(at, top, CURVATURE, CURVATURE), np.ones(2), FLOOR)
    assert found.parameters[0] == 0
    assert found.parameters[1] == pytest.approx(2 - 0.25, rel=1e-5)  # the least along the edge


def test_a_ratio_leaves_the_floor_when_the_slope_calls() -> None:
    found = minimise(lambda at: Bowl(at, TOP, CURVATURE, CURVATURE), FLOOR, FLOOR)
    np.testing.assert_allclose(found.parameters, TOP, rtol=1e-5)


def test_steps_down_are_no_longer_than_asked() -> None:
    seen: list[float] = []

    def evaluate(at: Floats) -> Bowl:
        seen.append(float(at[1]))
        return Bowl(at, np.array([0.5, 0.001]), CURVATURE, CURVATURE)

    minimise(evaluate, np.ones(2), FLOOR, np.array([1.0, 0.5]))
    assert all(after >= 0.5 * before - 1e-12 for before, after in zip(seen, seen[1:], strict=False))


@dataclass(frozen=True)
class Slide:
    """Falls for ever."""

    at: Floats

    @property
    def objective(self) -> float:
        return float(-np.log(self.at).sum())

    @property
    def gradient(self) -> Floats:
        return -1 / self.at

    @property
    def information(self) -> Floats:
        return np.diag(1 / self.at**2)


def test_what_has_no_minimum_is_refused() -> None:
    with pytest.raises(CannotCalibrate) as refused:
        minimise(Slide, np.ones(1), FLOOR[:1])
    assert refused.value.code == "no-residual"


def test_a_step_that_nothing_helps_is_refused() -> None:
    """The gradient points uphill: no part of the step lowers the objective."""

    @dataclass(frozen=True)
    class Liar(Bowl):
        @property
        def gradient(self) -> Floats:
            return np.asarray(-self.curvature @ (self.at - self.top))

    with pytest.raises(CannotCalibrate) as refused:
        minimise(lambda at: Liar(at, TOP, CURVATURE, CURVATURE), np.ones(2), FLOOR)
    assert refused.value.code == "not-converged"


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_bounded_step_meets_the_conditions_of_karush_kuhn_and_tucker(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 6))
    factor = rng.normal(size=(size, size))
    information = factor @ factor.T + 0.1 * np.eye(size)
    gradient, room = rng.normal(size=size), rng.uniform(0, 1, size)
    step = bounded_step(gradient, information, room)
    slope = gradient + information @ step
    at_edge = step <= -room + 1e-12
    assert np.all(step >= -room - 1e-12)
    np.testing.assert_allclose(slope[~at_edge], 0, atol=1e-4 * np.abs(gradient).max())
    assert np.all(slope[at_edge] >= -1e-4 * np.abs(gradient).max())


def test_directions_of_which_nothing_is_known_do_not_stop_the_step() -> None:
    step = bounded_step(np.array([1.0, -1.0]), np.array([[0.0, 0.0], [0.0, 2.0]]), np.array([0.1, 0.1]))
    assert step[0] == -0.1
    assert step[1] == pytest.approx(0.5, rel=1e-5)


def test_curvature_that_was_met_replaces_what_was_told() -> None:
    told, true = np.eye(2), np.array([[3.0, 1.0], [1.0, 2.0]])
    steps = [np.array([1.0, 0.0]), np.array([0.3, 1.0])]
    found = curved(told, [(step, true @ step) for step in steps])
    np.testing.assert_allclose(found @ steps[1], true @ steps[1])
    assert np.linalg.eigvalsh(found).min() > 0


def test_a_step_that_met_no_curvature_is_passed_over() -> None:
    step = np.array([1.0, 0.0])
    np.testing.assert_array_equal(curved(np.eye(2), [(step, -step)]), np.eye(2))


def problem(seed: int, criterion: Criterion, ratios: Floats) -> Profile:
    rng = np.random.default_rng(seed)
    facets = [(rng.integers(0, size, 80), size) for size in (9, 6, 4)]
    y = rng.normal(size=80) + rng.normal(size=9)[facets[0][0]] + rng.normal(size=6)[facets[1][0]]
    return Profile(cross(y, facets, cells((), {}, 80)), ratios, criterion)


@pytest.mark.parametrize("criterion", list(Criterion))
def test_gradient_is_that_of_the_objective(criterion: Criterion) -> None:
    ratios = np.array([0.4, 1.3, 0.05])
    found = problem(1, criterion, ratios).gradient
    for place, value in enumerate(found):
        step = np.zeros(3)
        step[place] = 1e-5 * ratios[place]
        up, down = (problem(1, criterion, ratios + side * step).objective for side in (1, -1))
        assert value == pytest.approx((up - down) / (2 * step[place]), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("criterion", list(Criterion))
def test_information_is_the_mean_of_observed_and_expected(criterion: Criterion) -> None:
    """AI = (∂²(−2 log L) with the trace terms left out by their expectation), written out with V; σ² profiled."""
    ratios = np.array([0.4, 1.3, 0.05])
    profile = problem(2, criterion, ratios)
    projection, y, parts = dense(2, ratios)
    degrees, squares = profile.degrees, float(y @ projection @ y)
    felt = np.array([part @ projection @ y for part in parts])
    first = np.array([y @ projection @ one for one in felt]) / squares
    second = np.array([[one @ projection @ other for other in felt] for one in felt]) / squares
    np.testing.assert_allclose(profile.information, degrees * (second - np.outer(first, first)), rtol=1e-8, atol=1e-9)


def dense(seed: int, ratios: Floats) -> tuple[Floats, Floats, list[Floats]]:
    """P̃, centred y and Z_f Z_f' of `problem`, in the order of the facets there (largest first, as given)."""
    rng = np.random.default_rng(seed)
    facets = [(rng.integers(0, size, 80), size) for size in (9, 6, 4)]
    y = rng.normal(size=80) + rng.normal(size=9)[facets[0][0]] + rng.normal(size=6)[facets[1][0]]
    parts = [np.eye(size)[code] @ np.eye(size)[code].T for code, size in facets]
    inverse = np.linalg.inv(np.eye(80) + sum(ratio * part for ratio, part in zip(ratios, parts, strict=True)))
    ones = np.ones((80, 1))
    return inverse - inverse @ ones @ ones.T @ inverse / (ones.T @ inverse @ ones), y - y.mean(), parts


def test_moments_are_those_of_the_analysis_of_variance_when_balanced() -> None:
    rng = np.random.default_rng(3)
    table = rng.normal(size=(12, 7)) + 1.5 * rng.normal(size=12)[:, None]
    crossed = cross(table.ravel(), [(np.repeat(np.arange(12), 7), 12)], cells((), {}, 84))
    within = table.var(axis=1, ddof=1).mean()
    between = table.mean(axis=1).var(ddof=1)
    assert moments(crossed)[0] == pytest.approx(min((between - within / 7) / within, 1.0), rel=1e-9)


def test_moments_are_unbiased_in_a_crossed_design() -> None:
    """Mean over 200 draws of two crossed facets, unbalanced; within three standard errors of .3 and .6."""
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 40, 600), rng.integers(0, 25, 600)
    found = []
    for _ in range(200):
        y = rng.normal(size=600) + np.sqrt(0.3) * rng.normal(size=40)[a] + np.sqrt(0.6) * rng.normal(size=25)[b]
        found.append(moments(cross(y, [(a, 40), (b, 25)], cells((), {}, 600))))
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(200)
    assert np.all(np.abs(mean - [0.3, 0.6]) < 3.5 * error + 0.02)


def test_the_equations_returned_are_those_of_the_estimates() -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        facets = [(rng.integers(0, size, 60), size) for size in (8, 5)]
        y = rng.normal(size=60) + (seed % 2) * rng.normal(size=8)[facets[0][0]]
        found, profile = estimate_ratios(cross(y, facets, cells((), {}, 60)), Criterion.REML)
        np.testing.assert_array_equal(profile.ratios, found.parameters)
        assert profile.objective <= found.objective + 1e-6


def test_an_indefinite_information_still_gives_a_step_downhill() -> None:
    gradient, information = np.array([1.0, -2.0]), np.array([[1.0, 1.5], [1.5, 1.0]])
    step = bounded_step(gradient, information, np.array([5.0, 5.0]))
    assert np.isfinite(step).all()
    assert (step >= -5.0).all()
    assert gradient @ step < 0
