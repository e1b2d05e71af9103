"""The general mixed model against the dense likelihood: V written out, minimised by a general optimiser."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import optimize, sparse
from threadpoolctl import threadpool_limits

from quanheng.calibration import gaussian_crossed
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian_mixed import Mixed, fit_mixed
from quanheng.calibration.gaussian_terms import cells
from quanheng.calibration.ratings import Criterion, Facet, Floats, Ints

REML, ML = Criterion.REML, Criterion.ML


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@dataclass(frozen=True)
class Sample:
    y: Floats
    facets: list[tuple[Ints, int]]
    covariates: dict[str, Facet]
    fixed: tuple[str, ...]

    def fit(self, criterion: Criterion) -> Mixed:
        return fit_mixed(self.y, self.facets, cells(self.fixed, self.covariates, len(self.y)), criterion)

    def design(self) -> Floats:
        found = cells(self.fixed, self.covariates, len(self.y))
        return np.asarray(found.matrix[found.index])

    def indicators(self) -> list[Floats]:
        return [np.vstack([np.eye(size), np.zeros(size)])[code] for code, size in self.facets]


def sample(seed: int, *, null: bool = False) -> Sample:
    """One to three facets, 30–70 rows, none to two covariates; `null`: the facets have no effect in truth."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(30, 70))
    sizes = [int(rng.integers(2, 9)) for _ in range(rng.integers(1, 4))]
    lowest = -int(seed % 5 == 0)  # in some, rows without a level
    facets = [(rng.integers(lowest, size, rows), size) for size in sizes]
    covariates = {
        name: Facet(tuple("uvw"[:levels]), rng.integers(0, levels, rows)) for name, levels in (("a", 2), ("b", 3))
    }
    fixed = ((), ("a",), ("a", "b"), ("a*b",))[rng.integers(0, 4)]
    y = rng.normal(rng.normal(0, 50), rng.uniform(0.2, 3), rows)
    for code, size in facets:
        y = y + (0 if null else rng.uniform(0, 3)) * np.append(rng.normal(size=size), 0.0)[code]
    return Sample(y, facets, covariates, fixed)


@dataclass(frozen=True)
class Dense:
    """y'P̃y and determinants from V itself."""

    sample: Sample
    criterion: Criterion

    def covariance(self, ratios: Floats) -> Floats:
        terms = zip(ratios, self.sample.indicators(), strict=True)
        return np.asarray(sum((ratio * z @ z.T for ratio, z in terms), np.eye(len(self.sample.y))))

    def objective(self, ratios: Floats) -> float:
        x, y, inverse = self.sample.design(), self.sample.y, np.linalg.inv(self.covariance(ratios))
        information = x.T @ inverse @ x
        residual = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
        squares = residual @ inverse @ residual
        reml = self.criterion is REML
        degrees = len(y) - x.shape[1] * reml
        determinant = -np.linalg.slogdet(inverse)[1] + reml * np.linalg.slogdet(information)[1]
        return float(determinant + degrees * (1 + np.log(2 * np.pi * squares / degrees)))

    def least(self, start: Floats) -> float:
        """The lowest objective found from `start` and from two other places."""
        starts = (start, np.full(len(start), 0.01), np.full(len(start), 1.0))
        bounds = [(0, None)] * len(start)
        tried = (optimize.minimize(self.objective, at, method="L-BFGS-B", bounds=bounds, tol=1e-13) for at in starts)
        return float(min(found.fun for found in tried))


SEEDS = range(60)


@pytest.mark.parametrize("criterion", [REML, ML])
@pytest.mark.parametrize("null", [False, True])
@pytest.mark.parametrize("seeds", [range(8), pytest.param(range(8, 120), marks=pytest.mark.slow)])
def test_objective_is_the_least_of_the_dense_likelihood(criterion: Criterion, seeds: range, *, null: bool) -> None:
    zeros = 0
    for seed in seeds:
        drawn = sample(seed, null=null)
        fit, dense = drawn.fit(criterion), Dense(drawn, criterion)
        ratios = fit.variances / fit.residual
        assert fit.objective == pytest.approx(dense.objective(ratios), abs=1e-8), seed
        assert fit.objective <= dense.least(ratios) + 1e-6, seed
        zeros += int(np.sum(ratios == 0))
    assert zeros  # the boundary is among the cases


@pytest.mark.parametrize("criterion", [REML, ML])
def test_effects_and_their_errors_are_those_of_the_dense_matrix(criterion: Criterion) -> None:
    for seed in SEEDS:
        drawn = sample(seed)
        fit = drawn.fit(criterion)
        x, y = drawn.design(), drawn.y
        ratios = fit.variances / fit.residual
        inverse = np.linalg.inv(Dense(drawn, criterion).covariance(ratios)) / fit.residual
        spread = np.linalg.inv(x.T @ inverse @ x)
        fixed = spread @ x.T @ inverse @ y
        projection = inverse - inverse @ x @ spread @ x.T @ inverse
        np.testing.assert_allclose(fit.fixed, fixed, atol=1e-7)
        np.testing.assert_allclose(fit.fixed_covariance, spread, rtol=1e-7, atol=1e-9)
        for z, effect, pev, variance in zip(drawn.indicators(), fit.effects, fit.pev, fit.variances, strict=True):
            np.testing.assert_allclose(effect, variance * z.T @ inverse @ (y - x @ fixed), atol=1e-8)
            error = variance * np.eye(z.shape[1]) - variance**2 * z.T @ projection @ z
            np.testing.assert_allclose(pev, np.diagonal(error), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("criterion", [REML, ML])
def test_uncertainty_is_the_joint_covariance_of_facet_and_fixed_effects(criterion: Criterion) -> None:
    for seed in range(20):
        drawn = sample(seed)
        fit = drawn.fit(criterion)
        joint, starts = joint_covariance(drawn, fit)
        shift = np.random.default_rng(seed).normal(size=len(fit.fixed))
        for facet, (_, size) in enumerate(drawn.facets):
            take = np.zeros((size, len(joint)))
            take[:, starts[facet] : starts[facet] + size] = np.eye(size)
            take[:, starts[-1] :] = shift
            expected = take @ joint @ take.T
            parts = [sparse.eye_array(size).tocsr() if f == facet else None for f in range(len(drawn.facets))]
            found = fit.uncertainty(parts, np.tile(shift, (size, 1)))
            levels = np.arange(size)
            np.testing.assert_allclose(found.variance(), np.diagonal(expected), rtol=1e-7, atol=1e-9)
            shifted = found.covariance(levels, np.roll(levels, 1))
            np.testing.assert_allclose(shifted, expected[levels, np.roll(levels, 1)], rtol=1e-6, atol=1e-9)


def joint_covariance(drawn: Sample, fit: Mixed) -> tuple[Floats, list[int]]:
    """Of all u and β, by inversion in the form that stays finite for variances of 0; starts of the facets and of β."""
    design = np.hstack([*drawn.indicators(), drawn.design()])
    sizes = [size for _, size in drawn.facets]
    scale = np.concatenate([np.repeat(np.sqrt(fit.variances), sizes), np.ones(len(fit.fixed))])
    ridge = np.diag(np.concatenate([np.ones(sum(sizes)), np.zeros(len(fit.fixed))]))
    scaled = design * scale
    inverse = np.linalg.inv(scaled.T @ scaled / fit.residual + ridge)
    return inverse * np.outer(scale, scale), [0, *np.cumsum(sizes).tolist()]


def test_levels_that_are_met_by_many_others_give_the_same_by_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [sample(seed).fit(REML) for seed in range(10)]
    monkeypatch.setattr(gaussian_crossed, "PAIRS", 0)
    monkeypatch.setattr(gaussian_crossed, "CHUNK", 3)
    for seed, expected in enumerate(listed):
        found = sample(seed).fit(REML)
        assert found.objective == pytest.approx(expected.objective, abs=1e-9)
        for one, other in zip(found.pev, expected.pev, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-10)


def test_the_same_input_gives_the_same_digits() -> None:
    one, other = sample(3).fit(REML), sample(3).fit(REML)
    assert one.objective == other.objective
    assert np.array_equal(one.effects[0], other.effects[0])
    assert np.array_equal(one.pev[0], other.pev[0])


def test_order_of_rows_and_of_facets_does_not_matter() -> None:
    for seed in range(20):
        drawn = sample(seed)
        turned = np.random.default_rng(seed).permutation(len(drawn.y))
        facets = [(code[turned], size) for code, size in drawn.facets][::-1]
        covariates = {name: Facet(facet.labels, facet.index[turned]) for name, facet in drawn.covariates.items()}
        one = drawn.fit(REML)
        other = Sample(drawn.y[turned], facets, covariates, drawn.fixed).fit(REML)
        assert other.objective == pytest.approx(one.objective, abs=1e-9)
        np.testing.assert_allclose(other.variances[::-1], one.variances, rtol=1e-5, atol=1e-8)


def test_scale_and_origin_of_the_scores_carry_over() -> None:
    drawn = sample(7)
    one = drawn.fit(REML)
    other = Sample(drawn.y * 10 + 1000, drawn.facets, drawn.covariates, drawn.fixed).fit(REML)
    assert other.fixed[0] == pytest.approx(one.fixed[0] * 10 + 1000, rel=1e-9)
    np.testing.assert_allclose(other.effects[0], 10 * one.effects[0], atol=1e-6)
    assert other.residual == pytest.approx(100 * one.residual, rel=1e-8)


def test_the_same_facet_twice_shares_the_variance() -> None:
    drawn = sample(4)
    once = Sample(drawn.y, drawn.facets[:1], {}, ()).fit(REML)
    twice = Sample(drawn.y, [drawn.facets[0]] * 2, {}, ()).fit(REML)
    assert twice.objective == pytest.approx(once.objective, abs=1e-8)
    assert sum(twice.variances) == pytest.approx(once.variances[0], rel=1e-5)


def test_a_facet_without_any_effect_has_no_variance() -> None:
    y = np.array([1.0, 2, 3] * 4)
    fit = fit_mixed(y, [(np.repeat(np.arange(4), 3), 4)], cells((), {}, 12))
    assert fit.variances[0] == 0
    assert fit.residual == pytest.approx(8 / 11)
    assert not fit.effects[0].any()
    assert not fit.pev[0].any()


def test_balanced_one_way_equals_analysis_of_variance() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(size=(9, 5)) + 2 * rng.normal(size=9)[:, None]
    fit = fit_mixed(table.ravel(), [(np.repeat(np.arange(9), 5), 9)], cells((), {}, 45))
    within = table.var(axis=1, ddof=1).mean()
    between = table.mean(axis=1).var(ddof=1)
    assert fit.residual == pytest.approx(within, rel=1e-6)
    assert fit.variances[0] == pytest.approx(between - within / 5, rel=1e-6)
    assert fit.fixed[0] == pytest.approx(table.mean(), rel=1e-12)


def refusal(y: Floats, code: Ints, fixed: tuple[str, ...] = (), covariates: dict[str, Facet] | None = None) -> str:
    facets = [(code, int(code.max()) + 1)]
    with pytest.raises(CannotCalibrate) as refused:
        fit_mixed(y, facets, cells(fixed, covariates or {}, len(y)))
    return refused.value.code


def test_refusals() -> None:
    two, steps = np.array([0, 0, 1, 1]), np.arange(4.0)
    assert refusal(np.full(4, 7.0), two) == "no-variation"
    assert refusal(steps, np.arange(4)) == "facet-is-residual"
    assert refusal(steps, two, ("a",), {"a": Facet(tuple("uvwx"), np.arange(4))}) == "too-few-ratings"
    assert refusal(np.array([1.0, 1, 2, 2]), two) == "no-residual"


def test_a_border_that_no_memory_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_crossed, "BORDER", 3)
    code = np.arange(12) % 4
    with pytest.raises(CannotCalibrate) as refused:
        fit_mixed(np.arange(12.0), [(code, 4), (code, 4)], cells((), {}, 12))
    assert (refused.value.code, refused.value.facts) == ("border-too-large", {"columns": 5, "limit": 3})
