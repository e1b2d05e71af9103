"""What the ordinal fit must keep: order, names, directions, refusals."""

from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
import pytest

from quanheng.calibration import blocks, ordinal
from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ordinal import KINDS, OrdinalFit, fit_ordinal
from quanheng.calibration.ratings import Design, Facet, Flags, Ints, Ratings
from tests.calibration.designs import Shape, layout_from, ratings_from
from tests.calibration.simulate import SCENARIOS, simulate

PLAIN = Shape(units=4, persons=6, ballots=8, links=3, items=3, groups=2, seed=1)
DESIGN = Design(minimum_ballots=1)


def fit_of(ratings: Ratings) -> OrdinalFit:
    return fit_ordinal(lay_out(ratings, DESIGN))


def chosen(facet: Facet | None, rows: Ints) -> Facet | None:
    return None if facet is None else Facet(facet.labels, facet.index[rows])


def reordered(ratings: Ratings, rows: Ints) -> Ratings:
    person = Facet(ratings.person.labels, ratings.person.index[rows])
    rater, item, group, unit = (chosen(f, rows) for f in (ratings.rater, ratings.item, ratings.group, ratings.unit))
    return Ratings(ratings.score[rows], person, rater, item, group, unit)


def renamed(ratings: Ratings, name: str, order: Ints) -> Ratings:
    """The same entries of a facet under other places: new place `order[i]` for old place i."""
    facet: Facet = getattr(ratings, name)
    labels = np.empty(len(facet.labels), dtype=object)
    labels[order] = facet.labels
    new: Any = {name: Facet(tuple(labels), order[facet.index])}
    return replace(ratings, **new)


def test_two_runs_are_the_same_to_the_last_bit() -> None:
    first, second = (fit_ordinal(layout_from(PLAIN)) for _ in range(2))
    for name in ("theta", "quality", "view", "leniency", "culture", "group_effect", "difficulty", "thresholds"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes(), name
    assert (first.variance, first.phi, first.log_likelihood) == (second.variance, second.phi, second.log_likelihood)


def test_the_order_of_rows_changes_nothing() -> None:
    ratings = ratings_from(PLAIN)
    rows = np.random.default_rng(5).permutation(ratings.score.size)
    first, second = fit_of(ratings), fit_of(reordered(ratings, rows))
    assert first.theta.tobytes() == second.theta.tobytes()
    assert first.leniency.tobytes() == second.leniency.tobytes()


def test_other_names_only_permute() -> None:
    ratings = ratings_from(PLAIN)
    rng = np.random.default_rng(6)
    facets = ("person", "rater", "item", "group", "unit")
    orders = {name: rng.permutation(len(getattr(ratings, name).labels)) for name in facets}
    other = fit_of(reduce(lambda done, name: renamed(done, name, orders[name]), facets, ratings))
    fit = fit_of(ratings)
    np.testing.assert_allclose(other.theta[orders["person"]], fit.theta, atol=1e-6)
    np.testing.assert_allclose(other.leniency[orders["rater"]], fit.leniency, atol=1e-6)
    np.testing.assert_allclose(other.difficulty[orders["item"]], fit.difficulty, atol=1e-6)
    np.testing.assert_allclose(other.quality[orders["unit"]], fit.quality, atol=1e-6)
    np.testing.assert_allclose(other.view[orders["person"]][:, orders["group"]], fit.view, atol=1e-6)


def test_turning_the_scale_round_turns_the_measures_round() -> None:
    ratings = ratings_from(PLAIN)
    fit, turned = fit_of(ratings), fit_of(replace(ratings, score=3 - ratings.score))
    np.testing.assert_allclose(turned.theta, -fit.theta, atol=1e-6)
    np.testing.assert_allclose(turned.leniency, -fit.leniency, atol=1e-6)
    np.testing.assert_allclose(turned.thresholds, -fit.thresholds[::-1], atol=1e-6)
    assert turned.variance == pytest.approx(fit.variance, rel=1e-4, abs=1e-9)


def test_sums_are_zero_and_effects_that_are_not_there_are_zero() -> None:
    fit = fit_ordinal(layout_from(replace(PLAIN, units=1, groups=1)))
    assert fit.difficulty.sum() == pytest.approx(0, abs=1e-12)
    assert fit.thresholds.sum() == pytest.approx(0, abs=1e-12)
    assert fit.quality.tolist() == fit.culture.tolist() == [0.0]
    assert not fit.view.any()
    assert [fit.variance[kind] for kind in ("unit", "view", "culture")] == [0.0, 0.0, 0.0]


def test_without_raters_there_is_no_leniency_and_no_halo() -> None:
    fit = fit_ordinal(layout_from(replace(PLAIN, raters=False, persons=20)))
    assert fit.leniency.size == fit.posterior.leniency_se().size == 0
    assert (fit.variance["rater"], fit.variance["culture"], fit.phi) == (0.0, 0.0, 1.0)


def test_without_links_quality_and_culture_share_what_they_cannot_part() -> None:
    fit = fit_ordinal(layout_from(replace(PLAIN, units=8, links=0)))
    assert fit.variance["unit"] == pytest.approx(fit.variance["culture"])
    np.testing.assert_allclose(fit.quality, fit.culture, atol=1e-9)


def test_links_make_persons_of_two_units_comparable() -> None:
    """The standard error across units falls with links, and is wider than inside a unit."""
    errors = []
    for name in ("F", "A"):
        fit = fit_ordinal(lay_out(simulate(SCENARIOS[name], 11).ratings, Design()))
        layout = fit.layout
        fixed = layout.groups + layout.items + layout.points.size - 1
        ones, views = np.ones(layout.persons), np.full((layout.persons, layout.groups), 1 / layout.groups)
        spread = fit.posterior.project(Gradient(ones, ones, views, np.zeros((layout.persons, fixed))))
        a, b = np.array([0, 0]), np.array([1, layout.persons - 1])
        if layout.person_unit[0] != layout.person_unit[1]:
            pytest.fail("the first two persons stand in one unit")
        variance = spread.variance()
        errors.append(np.sqrt(variance[a] + variance[b] - 2 * spread.covariance(a, b)))
    assert errors[0][1] > 1.2 * errors[0][0]
    assert errors[1][1] < 0.9 * errors[0][1]


def test_halo_is_found() -> None:
    fit = fit_ordinal(lay_out(simulate(SCENARIOS["well-specified"], 2).ratings, Design()))
    assert 1.2 < fit.phi < 1.7
    assert {kind: fit.variance[kind] > 0 for kind in KINDS} == dict.fromkeys(KINDS, True)
    assert fit.iterations < 40


def refusal(ratings: Ratings) -> CannotCalibrate:
    with pytest.raises(CannotCalibrate) as refused:
        fit_of(ratings)
    return refused.value


def with_scores(ratings: Ratings, rows: Flags, score: float) -> Ratings:
    return replace(ratings, score=np.where(rows, score, ratings.score))


def test_an_item_or_group_that_is_always_the_highest_has_no_finite_measure() -> None:
    ratings = ratings_from(PLAIN)
    assert ratings.item is not None
    assert ratings.group is not None
    item = refusal(with_scores(ratings, ratings.item.index == 1, 3.0))
    assert (item.code, item.facts) == ("extreme-item", {"index": 1, "count": 1})
    group = refusal(with_scores(ratings, ratings.group.index == 0, 3.0))
    assert (group.code, group.facts) == ("extreme-group", {"index": 0, "count": 1})


def test_nothing_left_after_setting_aside() -> None:
    layout = layout_from(PLAIN)
    with pytest.raises(CannotCalibrate) as refused:
        fit_ordinal(replace(layout, set_aside=np.ones(layout.raters, dtype=bool)))
    assert refused.value.code == "all-set-aside"


def test_nothing_is_given_back_unconverged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordinal, "CAP", 4)
    with pytest.raises(CannotCalibrate) as refused:
        fit_ordinal(layout_from(PLAIN))
    assert refused.value.code == "not-converged"
    assert refused.value.facts["iterations"] == 4


def test_too_many_links_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BORDER_LIMIT", 2)
    with pytest.raises(CannotCalibrate) as refused:
        fit_ordinal(layout_from(replace(PLAIN, groups=1, persons=2)))
    assert (refused.value.code, refused.value.facts) == ("border-too-large", {"links": 3, "block": 2, "limit": 2})
