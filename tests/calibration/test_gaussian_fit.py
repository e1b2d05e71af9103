"""The Gaussian model of whole layouts against matrices written out, and what officers may rely on."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import optimize
from threadpoolctl import threadpool_limits

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.composite import Weights, gaussian_composite
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian import GaussianFit
from quanheng.calibration.gaussian_ballots import fit_ballots
from quanheng.calibration.gaussian_fit import fit_gaussian
from quanheng.calibration.gaussian_rows import fit_rows
from quanheng.calibration.layout import Layout, lay_out, used_pairs
from quanheng.calibration.ratings import Criterion, Design, Facet, Floats, Ints, Model, Ratings
from quanheng.calibration.shifts import gaussian_shifts

REML, ML = Criterion.REML, Criterion.ML


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


DESIGN = Design(model=Model.GAUSSIAN, set_aside=False, minimum_ballots=1)
KINDS = ("person", "unit", "view", "rater", "culture")


def facet(index: Ints, prefix: str) -> Facet:
    """Levels that occur, numbered anew."""
    found, place = np.unique(index, return_inverse=True)
    return Facet(tuple(f"{prefix}{k}" for k in found.tolist()), place)


def event(
    seed: int, *, groups: int = 2, items: int = 3, units: int = 4, leaders: int = 3, skip: float = 0.0
) -> Ratings:
    """Small units with local ballots, leaders who rate two units each, 0–100 scores; `skip`: share of empty marks."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(units), rng.integers(3, 6, units))
    local = rng.integers(4, 8, units)
    home = [(u,) for u in np.repeat(np.arange(units), local)] + [
        tuple(rng.choice(units, 2, replace=False)) for _ in range(leaders)
    ]
    cells = [(b, n) for b, places in enumerate(home) for n in np.flatnonzero(np.isin(unit, places))]
    ballot, person = np.array(cells).T
    group = rng.permutation(np.arange(len(home)) % groups)
    is_local = np.array([len(places) == 1 for places in home])
    theta, quality = rng.normal(0, 5, len(unit)), rng.normal(0, 3, units)
    view, mood, culture = rng.normal(0, 2, (len(unit), groups)), rng.normal(0, 4, len(home)), rng.normal(0, 3, units)
    level = 80 + theta[person] + quality[unit[person]] + view[person, group[ballot]] + 2 * group[ballot]
    level += mood[ballot] + culture[unit[person]] * is_local[ballot] + rng.normal(0, 3, len(person))
    score = level[:, None] - np.linspace(-4, 4, items) + rng.normal(0, 2 + group[ballot][:, None], (len(person), items))
    row = np.flatnonzero(rng.random(score.size) >= skip)
    p, item = row // items, row % items
    return Ratings(
        score=np.round(score.ravel()[row], 1),
        person=facet(person[p], "p"),
        rater=facet(ballot[p], "b"),
        item=facet(item, "i") if items > 1 else None,
        group=facet(group[ballot[p]], "g") if groups > 1 else None,
        unit=facet(unit[person[p]], "u"),
    )


def designs(layout: Layout) -> dict[str, Floats]:
    """(pairs in use, levels) of each kind of effect."""
    used = used_pairs(layout)
    person, group, rater = layout.pair_person[used], layout.pair_group[used], layout.pair_rater[used]
    unit = layout.person_unit[person]
    found = {"person": np.eye(layout.persons)[person], "unit": np.eye(layout.units)[unit]}
    if layout.groups > 1:
        found["view"] = np.eye(layout.persons * layout.groups)[person * layout.groups + group]
    found["rater"] = np.eye(layout.raters)[rater]
    is_local = layout.rater_unit[rater] >= 0
    if is_local.any():
        found["culture"] = np.eye(layout.units)[unit] * is_local[:, None]
    return found


def pair_means(layout: Layout, fit: GaussianFit) -> Floats:
    """Of y + δ."""
    shifted = layout.value + fit.difficulty[layout.row_item]
    mean = np.add.reduceat(shifted, layout.pair_start[:-1]) / np.diff(layout.pair_start)
    return np.asarray(mean[used_pairs(layout)])


def dense_covariance(layout: Layout, variances: dict[str, float], residual: Floats) -> Floats:
    group = layout.pair_group[used_pairs(layout)]
    v = np.diag(residual[group])
    for kind, z in designs(layout).items():
        v = v + variances[kind] * z @ z.T
    return np.asarray(v)


def dense_objective(layout: Layout, fit: GaussianFit, variances: dict[str, float], residual: Floats) -> float:
    x = np.eye(layout.groups)[layout.pair_group[used_pairs(layout)]]
    y, v = pair_means(layout, fit), dense_covariance(layout, variances, residual)
    inverse = np.linalg.inv(v)
    information = x.T @ inverse @ x
    rest = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
    found = np.linalg.slogdet(v)[1] + rest @ inverse @ rest
    degrees = len(y)
    if fit.criterion is REML:
        found += np.linalg.slogdet(information)[1]
        degrees -= layout.groups
    return float(found + degrees * np.log(2 * np.pi))


def by_parameters(layout: Layout, fit: GaussianFit) -> tuple[Callable[[Floats], float], Floats]:
    """The dense objective by the variances of effects and residuals, and the estimates of these."""
    kinds = tuple(designs(layout))

    def objective(x: Floats) -> float:
        return dense_objective(layout, fit, dict(zip(kinds, x[: len(kinds)], strict=True)), x[len(kinds) :])

    return objective, np.array([*(fit.variance[kind] for kind in kinds), *fit.residual])


@pytest.mark.parametrize("criterion", [REML, ML])
@pytest.mark.parametrize("seeds", [range(9), pytest.param(range(9, 120), marks=pytest.mark.slow)])
def test_the_dense_likelihood_is_at_its_top(criterion: Criterion, seeds: range) -> None:
    """Its derivative is 0 for each variance, and no help where the variance is 0."""
    for seed in seeds:
        layout = lay_out(event(seed, groups=1 + seed % 3, leaders=seed % 4), DESIGN)
        fit = fit_ballots(layout, criterion)
        objective, found = by_parameters(layout, fit)
        assert fit.objective == pytest.approx(objective(found), abs=1e-7), seed
        assert fit.left < 3e-6
        for place, value in enumerate(found):
            step = np.zeros(len(found))
            step[place] = 1e-3 * max(value, 1e-3)
            if value == 0:
                assert objective(found + step) >= objective(found)
            else:
                slope = (objective(found + step) - objective(found - step)) / 2
                assert slope == pytest.approx(0, abs=2e-6), (seed, place)


@pytest.mark.slow
def test_no_general_optimiser_finds_more() -> None:
    for seed in range(8):
        layout = lay_out(event(seed, groups=1 + seed % 2, units=3), DESIGN)
        fit = fit_ballots(layout)
        objective, found = by_parameters(layout, fit)
        bounds = [(0, None)] * (len(found) - layout.groups) + [(1e-3, None)] * layout.groups
        best = optimize.minimize(objective, np.full(len(found), 5.0), method="L-BFGS-B", bounds=bounds, tol=1e-12).fun
        assert fit.objective <= best + 1e-5, seed


@pytest.mark.parametrize("criterion", [REML, ML])
def test_effects_and_their_errors_are_those_of_the_dense_matrix(criterion: Criterion) -> None:
    for seed in range(12):
        layout = lay_out(event(seed, groups=1 + seed % 3), DESIGN)
        fit = fit_ballots(layout, criterion)
        v = np.linalg.inv(dense_covariance(layout, dict(fit.variance), fit.residual))
        x = np.eye(layout.groups)[layout.pair_group]
        spread = np.linalg.inv(x.T @ v @ x)
        y = pair_means(layout, fit)
        beta = spread @ x.T @ v @ y
        np.testing.assert_allclose(fit.group_effect, beta, atol=1e-7)
        np.testing.assert_allclose(fit.fixed.covariance, spread, rtol=1e-6)
        whole = {kind: fit.variance[kind] * z.T @ v @ (y - x @ beta) for kind, z in designs(layout).items()}
        for kind, found in effects_of(fit).items():
            np.testing.assert_allclose(found, whole.get(kind, np.zeros(found.size)), atol=1e-7)


def effects_of(fit: GaussianFit) -> dict[str, Floats]:
    return {
        "person": fit.theta,
        "unit": fit.quality,
        "view": fit.view.ravel(),
        "rater": fit.leniency,
        "culture": fit.culture,
    }


def dense_errors(layout: Layout, fit: GaussianFit, by_kind: dict[str, Floats], by_beta: Floats) -> Floats:
    """Error covariance of functionals Σ A u + Bβ: A G A' less what y tells, with β unknown."""
    v = np.linalg.inv(dense_covariance(layout, dict(fit.variance), fit.residual))
    x = np.eye(layout.groups)[layout.pair_group[used_pairs(layout)]]
    prior, reach = np.zeros((len(by_beta), len(by_beta))), np.zeros((len(by_beta), len(x)))
    for kind, z in designs(layout).items():
        a = by_kind.get(kind, np.zeros((len(by_beta), z.shape[1])))
        prior += fit.variance[kind] * a @ a.T
        reach += fit.variance[kind] * a @ z.T
    left = by_beta - reach @ v @ x
    return np.asarray(prior - reach @ v @ reach.T + left @ np.linalg.inv(x.T @ v @ x) @ left.T)


@pytest.mark.parametrize("general", [False, True])
def test_covariances_of_fair_scores_are_those_of_the_dense_matrix(*, general: bool) -> None:
    for seed in range(8):
        groups = 1 + seed % 3
        ratings = event(seed, groups=groups)
        layout = lay_out(ratings, DESIGN)
        fit = fit_rows(layout, ratings, DESIGN) if general else fit_ballots(layout)
        persons, weight = np.arange(layout.persons), np.linspace(1, 2, groups) / np.linspace(1, 2, groups).sum()
        by_kind = {
            "person": np.eye(layout.persons),
            "unit": np.eye(layout.units)[layout.person_unit],
            "view": np.kron(np.eye(layout.persons), weight[None]),
        }
        expected = dense_errors(layout, fit, by_kind, np.tile(weight, (layout.persons, 1)))
        ones = np.ones(layout.persons)
        fixed = np.tile(np.append(weight, np.zeros(layout.items)), (layout.persons, 1))
        found = fit.posterior.project(Gradient(ones, ones, np.tile(weight, (layout.persons, 1)), fixed))
        np.testing.assert_allclose(found.variance(), np.diagonal(expected), rtol=1e-6)
        turned = np.roll(persons, 1)
        np.testing.assert_allclose(found.covariance(persons, turned), expected[persons, turned], rtol=1e-5, atol=1e-8)
        by_rater = dense_errors(layout, fit, {"rater": np.eye(layout.raters)}, np.zeros((layout.raters, groups)))
        np.testing.assert_allclose(fit.posterior.leniency_se() ** 2, np.diagonal(by_rater), rtol=1e-6)


def test_twin_and_general_model_are_the_same_where_both_fit() -> None:
    """The general model has one residual variance, so one group; its culture, too, bears on local ballots only."""
    for seed in range(10):
        ratings = event(seed, groups=1, leaders=seed % 5)
        layout = lay_out(ratings, DESIGN)
        for criterion in (REML, ML):
            twin = fit_ballots(layout, criterion)
            rows = fit_rows(layout, ratings, replace(DESIGN, criterion=criterion))
            assert rows.objective == pytest.approx(twin.objective, abs=1e-5)
            if seed % 5 == 0:
                continue  # without linking ballots v and c are one
            for kind, found in effects_of(twin).items():
                np.testing.assert_allclose(effects_of(rows)[kind], found, atol=2e-3)


def test_unlinked_units_share_what_they_differ_by_between_quality_and_culture() -> None:
    fit = fit_ballots(lay_out(event(1, leaders=0, units=8), DESIGN))
    assert fit.variance["unit"] == pytest.approx(fit.variance["culture"], rel=1e-6)
    np.testing.assert_allclose(fit.quality, fit.culture, atol=1e-7)


def test_which_model_is_used() -> None:
    ratings = event(2)
    layout = lay_out(ratings, DESIGN)
    assert fit_gaussian(layout, ratings, DESIGN).objective == fit_ballots(layout).objective
    covariates = {"post": facet(np.arange(len(ratings.score)) % 2, "k")}
    declared = replace(ratings, covariates=covariates)
    with_fixed = fit_gaussian(layout, declared, replace(DESIGN, fixed=("post",)))
    assert with_fixed.fixed.names == ("(Intercept)", "(group)=1", "(item)=1", "(item)=2", "post=k1")
    with_random = fit_gaussian(layout, declared, replace(DESIGN, random=("post",)))
    assert list(with_random.random) == ["post"]
    assert with_random.random["post"][1].shape == (2,)
    without_units = replace(ratings, unit=None)
    found = fit_gaussian(lay_out(without_units, DESIGN), without_units, DESIGN)
    assert found.variance["unit"] == found.variance["culture"] == 0
    assert found.quality.tolist() == [0.0]


def test_without_ballots_persons_and_dimensions_are_left() -> None:
    ratings = replace(event(3, groups=1), rater=None)
    first = np.unique(np.stack([ratings.person.index, index_of(ratings.item)]), axis=1, return_index=True)[1]
    alone = Ratings(
        score=ratings.score[first],
        person=Facet(ratings.person.labels, ratings.person.index[first]),
        item=Facet(("i0", "i1", "i2"), index_of(ratings.item)[first]),
        unit=Facet(("u0", "u1", "u2", "u3"), index_of(ratings.unit)[first]),
    )
    layout = lay_out(alone, DESIGN)
    with pytest.raises(CannotCalibrate, match="facet-is-residual"):
        fit_gaussian(layout, alone, DESIGN)


def index_of(found: Facet | None) -> Ints:
    assert found is not None
    return found.index


def test_difficulty_of_complete_ballots_is_the_deviation_of_the_mean() -> None:
    layout = lay_out(event(4), DESIGN)
    fit = fit_ballots(layout)
    by_item = np.bincount(layout.row_item, layout.value) / np.bincount(layout.row_item)
    np.testing.assert_allclose(fit.difficulty, by_item.mean() - by_item, atol=1e-9)
    table = layout.value.reshape(-1, 3)
    rest = table - table.mean(axis=1, keepdims=True) + fit.difficulty
    noise = (rest**2).sum() / (2 * len(table) - 2)
    np.testing.assert_allclose(fit.difficulty_se, np.sqrt(noise * 2 / 3 / len(table)), rtol=1e-9)


def test_difficulty_of_incomplete_ballots_is_least_squares_inside_pairs() -> None:
    layout = lay_out(event(5, skip=0.3), DESIGN)
    fit = fit_ballots(layout)
    design = np.hstack([np.eye(len(layout.pair_person))[layout.row_pair], -np.eye(3)[layout.row_item]])
    found = np.linalg.lstsq(design, layout.value, rcond=None)[0][-3:]
    np.testing.assert_allclose(fit.difficulty, found - found.mean(), atol=1e-9)


def test_pairs_with_fewer_dimensions_weigh_less_by_the_noise_of_dimensions() -> None:
    layout = lay_out(event(6, groups=1, skip=0.4), DESIGN)
    fit = fit_ballots(layout)
    count = np.diff(layout.pair_start)
    design = np.hstack([np.eye(len(count))[layout.row_pair], -np.eye(3)[layout.row_item][:, :2]])
    rest = layout.value - design @ np.linalg.lstsq(design, layout.value, rcond=None)[0]
    noise = rest @ rest / (len(layout.value) - len(count) - 2)
    extra = noise / 3 * (3 / count - 1)
    v = dense_covariance(layout, dict(fit.variance), fit.residual) + np.diag(extra)
    y, x = pair_means(layout, fit), np.ones((len(count), 1))
    inverse = np.linalg.inv(v)
    beta = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
    theta = fit.variance["person"] * designs(layout)["person"].T @ inverse @ (y - x @ beta)
    np.testing.assert_allclose(fit.theta, theta, atol=1e-5)


def test_ballots_set_aside_do_not_enter() -> None:
    ratings = event(7, groups=1, items=1)
    layout = lay_out(ratings, DESIGN)
    aside = np.zeros(layout.raters, dtype=np.bool_)
    aside[[0, 5]] = True
    fit = fit_ballots(replace(layout, set_aside=aside))
    assert np.isnan(fit.leniency).tolist() == aside.tolist()
    kept = ~aside[index_of(ratings.rater)]
    left = Ratings(
        score=ratings.score[kept],
        person=Facet(ratings.person.labels, ratings.person.index[kept]),
        rater=facet(index_of(ratings.rater)[kept], "b"),
        unit=Facet(("u0", "u1", "u2", "u3"), index_of(ratings.unit)[kept]),
    )
    expected = fit_ballots(lay_out(left, DESIGN))
    assert fit.objective == pytest.approx(expected.objective, abs=1e-8)
    np.testing.assert_allclose(fit.theta, expected.theta, atol=1e-9)


def test_the_same_input_gives_the_same_digits_in_any_order() -> None:
    ratings = event(8, skip=0.2)
    turned = np.random.default_rng(0).permutation(len(ratings.score))
    facets = {name: getattr(ratings, name) for name in ("person", "rater", "item", "group", "unit")}
    columns: dict[str, Any] = {name: Facet(own.labels, own.index[turned]) for name, own in facets.items()}
    again = replace(ratings, score=ratings.score[turned], **columns)
    one, other, third = (fit_ballots(lay_out(rows, DESIGN)) for rows in (ratings, ratings, again))
    for kind, found in effects_of(one).items():
        assert np.array_equal(found, effects_of(other)[kind])
        assert np.array_equal(found, effects_of(third)[kind])


def test_points_added_to_every_score_move_only_the_constants() -> None:
    ratings = event(9)
    one, other = (fit_ballots(lay_out(rows, DESIGN)) for rows in (ratings, replace(ratings, score=ratings.score + 100)))
    np.testing.assert_allclose(other.group_effect, one.group_effect + 100, atol=1e-7)
    np.testing.assert_allclose(other.theta, one.theta, atol=1e-6)
    assert other.objective == pytest.approx(one.objective, abs=1e-6)


def test_shift_is_the_linear_identity() -> None:
    """fair − raw = −Σ w mean(s_b) − Σ w (local share) c_u + groups − Σ w mean(residual)."""
    layout = lay_out(event(10), DESIGN)
    fit, weights = fit_ballots(layout), Weights(np.array([0.6, 0.4]))
    composed = gaussian_composite(fit, weights, (0.0, 100.0))
    shifts = gaussian_shifts(fit, weights, composed)
    whole = shifts.ballots + shifts.culture + shifts.groups + shifts.shrinkage
    np.testing.assert_allclose(whole, composed.fair - composed.raw, atol=1e-10)
    np.testing.assert_allclose(composed.fair, fit.level @ weights.groups, atol=1e-10)


def test_one_ballot_a_person_is_refused() -> None:
    ratings = event(11, groups=1, items=1, leaders=0)
    first = np.unique(ratings.person.index, return_index=True)[1]
    alone = Ratings(
        score=ratings.score[first],
        person=Facet(ratings.person.labels, ratings.person.index[first]),
        rater=facet(index_of(ratings.rater)[first], "b"),
        unit=Facet(("u0", "u1", "u2", "u3"), index_of(ratings.unit)[first]),
    )
    with pytest.raises(CannotCalibrate, match="facet-is-residual"):
        fit_ballots(lay_out(alone, DESIGN))
