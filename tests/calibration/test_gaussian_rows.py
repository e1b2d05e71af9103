"""The general model of a layout: facets and constants in the words of the other models."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian import GaussianFit
from quanheng.calibration.gaussian_fit import fit_gaussian
from quanheng.calibration.gaussian_mixed import fit_mixed
from quanheng.calibration.gaussian_terms import cells
from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ratings import Design, Facet, Flags, Model, Ratings
from tests.calibration.test_gaussian_fit import event

DESIGN = Design(model=Model.GAUSSIAN, minimum_ballots=1)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def labels(prefix: str, size: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{k}" for k in range(size))


def crossed(seed: int, *, items: int = 1, skip: float = 0.3, groups: int = 1) -> Ratings:
    """20 ballots on 8 persons, no units; a covariate of the ballot and one of the row."""
    rng = np.random.default_rng(seed)
    pair = np.flatnonzero(rng.random(160) >= skip)
    person, ballot = np.repeat(pair // 20, items), np.repeat(pair % 20, items)
    item, hour = np.tile(np.arange(items), len(pair)), np.repeat(rng.integers(0, 3, len(pair)), items)
    score = 70 + rng.normal(0, 6, 8)[person] + rng.normal(0, 4, 20)[ballot] + 3 * (ballot % 2) - 2 * item
    score += rng.normal(0, 2, 3)[hour] + 5 * (ballot % groups) + rng.normal(0, 3, len(person))
    return Ratings(
        score=score,
        person=Facet(labels("p", 8), person),
        rater=Facet(labels("b", 20), ballot),
        item=Facet(labels("i", items), item) if items > 1 else None,
        group=Facet(labels("g", groups), ballot % groups) if groups > 1 else None,
        covariates={"post": Facet(("deputy", "head"), ballot % 2), "hour": Facet(labels("h", 3), hour)},
    )


def fitted(ratings: Ratings, design: Design = DESIGN) -> tuple[Layout, GaussianFit]:
    layout = lay_out(ratings, design)
    return layout, fit_gaussian(layout, ratings, design)


def test_persons_and_ballots_are_crossed_random_facets() -> None:
    ratings = crossed(1)
    _, fit = fitted(ratings)
    assert ratings.rater is not None
    facets = [(ratings.person.index, 8), (ratings.rater.index, 20)]
    direct = fit_mixed(ratings.score, facets, cells((), {}, len(ratings.score)))
    assert fit.objective == pytest.approx(direct.objective, abs=1e-9)
    np.testing.assert_allclose(fit.theta, direct.effects[0], atol=1e-9)
    np.testing.assert_allclose(fit.leniency, direct.effects[1], atol=1e-9)
    np.testing.assert_allclose(fit.posterior.leniency_se() ** 2, direct.pev[1], rtol=1e-9)
    assert fit.group_effect[0] == pytest.approx(direct.fixed[0])
    assert fit.variance == {
        "person": direct.variances[0],
        "unit": 0.0,
        "view": 0.0,
        "rater": direct.variances[1],
        "culture": 0.0,
    }


def test_covariates_enter_as_declared() -> None:
    ratings = crossed(2)
    _, fit = fitted(ratings, replace(DESIGN, fixed=("post",), random=("hour",)))
    assert ratings.rater is not None
    hour = ratings.covariates["hour"].index
    facets = [(ratings.person.index, 8), (ratings.rater.index, 20), (hour, 3)]
    direct = fit_mixed(ratings.score, facets, cells(("post",), ratings.covariates, len(hour)))
    assert fit.objective == pytest.approx(direct.objective, abs=1e-8)
    assert fit.fixed.names == ("(Intercept)", "post=head")
    np.testing.assert_allclose(fit.fixed.estimate, direct.fixed, atol=1e-7)
    variance, effects = fit.random["hour"]
    assert variance == pytest.approx(direct.variances[2], rel=1e-5, abs=1e-9)
    np.testing.assert_allclose(effects, direct.effects[2], atol=1e-5)


def test_the_constant_is_that_of_the_average_row() -> None:
    ratings = crossed(3)
    _, fit = fitted(ratings, replace(DESIGN, fixed=("post*hour",)))
    found = cells(("post*hour",), ratings.covariates, len(ratings.score))
    assert fit.group_effect[0] == pytest.approx(float(found.mean() @ fit.fixed.estimate))


def test_groups_are_fixed_and_seen_by_views() -> None:
    layout, fit = fitted(crossed(4, groups=2, skip=0.0))
    assert fit.group_effect.shape == (2,)
    assert fit.view.shape == (8, 2)
    assert fit.group_effect[1] - fit.group_effect[0] == pytest.approx(fit.fixed.estimate[1])
    assert layout.groups == 2


def test_means_are_taken_where_ballots_are_complete() -> None:
    """The rows and their means give the same effects of persons when nothing but dimensions differs inside a ballot."""
    ratings = crossed(5, items=3)
    layout, fit = fitted(ratings)
    mean = layout.value.reshape(-1, 3).mean(axis=1)
    facets = [(layout.pair_person, 8), (layout.pair_rater, 20)]
    direct = fit_mixed(mean, facets, cells((), {}, len(mean)))
    assert fit.objective == pytest.approx(direct.objective, abs=1e-9)
    by_item = layout.value.reshape(-1, 3).mean(axis=0)
    np.testing.assert_allclose(fit.difficulty, by_item.mean() - by_item, atol=1e-9)


def test_dimensions_are_fixed_effects_of_rows_where_ballots_have_gaps() -> None:
    ratings = crossed(6, items=3)
    kept = np.random.default_rng(6).random(len(ratings.score)) > 0.3
    assert ratings.rater is not None
    assert ratings.item is not None
    left = Ratings(
        score=ratings.score[kept],
        person=Facet(ratings.person.labels, ratings.person.index[kept]),
        rater=Facet(ratings.rater.labels, ratings.rater.index[kept]),
        item=Facet(ratings.item.labels, ratings.item.index[kept]),
    )
    layout, fit = fitted(left)
    x = cells(("i",), {"i": Facet(labels("", 3), layout.row_item)}, len(layout.value))
    pair = layout.row_pair
    facets = [(layout.pair_person[pair], 8), (layout.pair_rater[pair], 20)]
    direct = fit_mixed(layout.value, facets, x)
    assert fit.objective == pytest.approx(direct.objective, abs=1e-9)
    second, third = direct.fixed[1], direct.fixed[2]
    np.testing.assert_allclose(fit.difficulty, (second + third) / 3 - np.array([0.0, second, third]), atol=1e-9)
    assert fit.difficulty.sum() == pytest.approx(0, abs=1e-9)
    assert fit.group_effect[0] == pytest.approx(direct.fixed[0] + (second + third) / 3)
    assert np.all(fit.difficulty_se > 0)


def test_a_ballot_of_one_mark_is_part_of_the_residual() -> None:
    """Six marks a person, each on a ballot of its own: no leniency can be told, persons can."""
    rng = np.random.default_rng(7)
    person = np.repeat(np.arange(10), 6)
    ratings = Ratings(
        score=rng.normal(0, 2, 10)[person] + rng.normal(0, 1, 60),
        person=Facet(labels("p", 10), person),
        rater=Facet(labels("b", 60), np.arange(60)),
    )
    _, fit = fitted(ratings)
    assert fit.variance["rater"] == 0
    assert not fit.leniency.any()
    assert np.isnan(fit.posterior.leniency_se()).all()
    assert fit.variance["person"] > 0


def test_a_covariate_that_is_not_there_is_refused() -> None:
    for design in (replace(DESIGN, fixed=("rank",)), replace(DESIGN, random=("rank",))):
        with pytest.raises(CannotCalibrate) as refused:
            fitted(crossed(8), design)
        assert refused.value.code == "unknown-covariate"


def test_standard_errors_of_fair_scores_hold_those_of_the_constant() -> None:
    """Repeated draws of everything: errors of β + θ are as large as said, within 4 % of their standard deviation."""
    errors, said = [], []
    rng = np.random.default_rng(9)
    person, ballot = np.divmod(np.arange(12 * 15), 15)
    for _ in range(150):
        theta, mood = rng.normal(0, 2, 12), rng.normal(0, 1.5, 15)
        ratings = Ratings(
            score=50 + theta[person] + mood[ballot] + rng.normal(0, 3, len(person)),
            person=Facet(labels("p", 12), person),
            rater=Facet(labels("b", 15), ballot),
        )
        layout, fit = fitted(ratings)
        ones = np.ones(12)
        gradient = Gradient(ones, ones, np.zeros((12, 1)), np.column_stack([ones, np.zeros(12)]))
        errors.append(50 + theta - fit.level[:, 0])
        said.append(fit.posterior.project(gradient).variance())
        assert layout.persons == 12
    assert np.mean(np.square(errors)) == pytest.approx(np.mean(said), rel=0.08)


def test_units_and_their_culture_stand_beside_covariates() -> None:
    """A declared covariate sends ballots in units to the general model: the same effects as the twin, and one more."""
    ratings = event(12, groups=1, leaders=4)
    post = Facet(("deputy", "head"), np.random.default_rng(0).integers(0, 2, len(ratings.score)))
    declared = replace(ratings, covariates={"post": post})
    layout, twin = fitted(ratings)
    _, fit = fitted(declared, replace(DESIGN, fixed=("post",)))
    assert set(fit.variance) == set(twin.variance)
    assert fit.variance["view"] == 0
    assert fit.quality.shape == fit.culture.shape == (layout.units,)
    assert fit.fixed.names[-1] == "post=head"
    assert np.corrcoef(fit.theta, twin.theta)[0, 1] > 0.99


def test_the_second_opinion_on_grades_is_the_model_of_their_points() -> None:
    """The ordinal layout with declared points and the Gaussian layout of the same points give the same digits."""
    ratings = event(13, groups=2)
    grade = np.clip(np.round((ratings.score - 60) / 10), 0, 3)
    graded, points = replace(ratings, score=grade), (0.0, 60.0, 80.0, 95.0)
    ordinal, gaussian = (Design(model=model, points=points) for model in (Model.ORDINAL, Model.GAUSSIAN))
    one, other = (
        fit_gaussian(replace(lay_out(graded, design), set_aside=nobody(graded)), graded, design)
        for design in (ordinal, gaussian)
    )
    np.testing.assert_array_equal(one.theta, other.theta)
    np.testing.assert_array_equal(one.difficulty, other.difficulty)
    assert one.objective == other.objective


def nobody(ratings: Ratings) -> Flags:
    assert ratings.rater is not None
    return np.zeros(len(ratings.rater.labels), dtype=np.bool_)
