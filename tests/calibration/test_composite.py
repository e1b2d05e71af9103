"""The fair score: closed forms, numeric gradients, the covariance against the whole posterior written out."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration import composite
from quanheng.calibration.composite import Weights
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Design, Facet, Floats, Ratings
from quanheng.calibration.result import Uncertainty
from tests.calibration.dense_posterior import columns, covariance_of, dense_fit

DECLARED = {"A": 0.35, "B": 0.35, "C": 0.30}
WEIGHTS = Weights(np.array([0.35, 0.35, 0.30]))
POINTS = (0.0, 60.0, 80.0, 95.0)
STEP = 1e-5


def small_ratings(seed: int = 1, *, persons: int = 6, units: int = 2, linking: int = 2) -> Ratings:
    """Two units with local ballots of B and C; linking ones of A, which leave the last person out."""
    rng = np.random.default_rng(seed)
    unit = np.arange(persons) % units
    rows = []
    ballots = [(here, group) for here in range(units) for group in (1, 1, 2, 2, 2)] + [(-1, 0)] * linking
    for ballot, (here, group) in enumerate(ballots):
        for person in range(persons):
            if here in (-1, unit[person]) and not (here == -1 and person == persons - 1):
                rows += [(person, ballot, item, group, unit[person]) for item in range(2)]
    person, ballot, item, group, place = np.array(rows).T
    ability = rng.normal(0, 1, persons)[person] + rng.normal(0, 0.7, len(ballots))[ballot]
    score = np.clip(np.round(1.7 + ability + rng.normal(0, 0.8, len(rows))), 0, 3)
    score[:4] = [0, 1, 2, 3]  # every grade is used
    return Ratings(
        score,
        Facet(tuple(f"p{n}" for n in range(persons)), person),
        Facet(tuple(f"b{n}" for n in range(len(ballots))), ballot),
        Facet(("d0", "d1"), item),
        Facet(("A", "B", "C"), group),
        Facet(tuple(f"u{n}" for n in range(units)), place),
    )


@lru_cache
def small_fit(seed: int = 1) -> OrdinalFit:
    return dense_fit(lay_out(small_ratings(seed), Design(points=POINTS, group_weights=DECLARED)), phi=1.3)


def moved(fit: OrdinalFit, name: str, place: tuple[int, ...], by: float) -> OrdinalFit:
    values = getattr(fit, name).copy()
    values[place] += by
    return replace(fit, **{name: values})


def slope(fit: OrdinalFit, weights: Weights, name: str, place: tuple[int, ...]) -> Floats:
    up, down = (composite.composite(moved(fit, name, place, by), weights).fair for by in (STEP, -STEP))
    return (up - down) / (2 * STEP)


def numeric_jacobian(fit: OrdinalFit, weights: Weights) -> Floats:
    """(persons, effects) of `fair`, by central differences in every effect."""
    place = columns(fit.layout)
    names = {"person": "theta", "unit": "quality", "group": "group_effect", "item": "difficulty"}
    jacobian = np.zeros((fit.layout.persons, place.total))
    for kind, name in {**names, "threshold": "thresholds"}.items():
        for i in range(place.sizes[kind]):
            jacobian[:, place.start[kind] + i] = slope(fit, weights, name, (i,))
    for person in range(fit.layout.persons):
        for group in range(fit.layout.groups):
            column = place.start["view"] + person * fit.layout.groups + group
            jacobian[:, column] = slope(fit, weights, "view", (person, group))
    return jacobian


def dense_matrix(uncertainty: Uncertainty) -> Floats:
    """(persons, persons), written out."""
    persons = len(uncertainty.block)
    a, b = (side.ravel() for side in np.indices((persons, persons)))
    return uncertainty.covariance(a, b).reshape(persons, persons)


@pytest.mark.parametrize("weights", [WEIGHTS, Weights(np.array([0.0, 0.4, 0.25]), absent=0.35)])
def test_the_covariance_is_that_of_the_numeric_gradient(weights: Weights) -> None:
    """The oracle keeps a column for every view, seen or not: an absent group brings its prior variance."""
    fit = small_fit()
    jacobian = numeric_jacobian(fit, weights)
    expected = jacobian @ covariance_of(fit) @ jacobian.T
    if weights.absent:  # a view of a group that has no column at all
        part = composite.part_of(fit, weights, fit.layout.groups)
        expected += np.diag((weights.absent * part.by_eta) ** 2 * fit.variance["view"])
    found = composite.composite(fit, weights)
    np.testing.assert_allclose(dense_matrix(found.uncertainty), expected, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(found.se, np.sqrt(np.diag(expected)), rtol=1e-6)


def test_fair_is_the_weighted_mean_over_groups_dimensions_and_moods() -> None:
    fit = small_fit()
    at, weight = np.polynomial.hermite_e.hermegauss(9)
    spreads = [np.sqrt(fit.variance["rater"] + (fit.variance["culture"] if group else 0.0)) for group in range(3)]
    expected = np.zeros(fit.layout.persons)
    steps = np.concatenate([[0.0], np.cumsum(fit.thresholds)])
    for person, unit in enumerate(fit.layout.person_unit):
        for group, share in enumerate(WEIGHTS.groups):
            for item in range(2):
                for mood, node in zip(at * spreads[group], weight / weight.sum(), strict=True):
                    eta = fit.theta[person] + fit.quality[unit] + fit.view[person, group] + fit.group_effect[group]
                    chance = np.exp(np.arange(4) * (eta - fit.difficulty[item] + mood) - steps)
                    expected[person] += share * node * 0.5 * (chance @ POINTS) / chance.sum()
    np.testing.assert_allclose(composite.composite(fit, WEIGHTS).fair, expected, rtol=1e-12)


def test_one_group_one_item_no_moods_is_the_logistic_function() -> None:
    fit = small_fit()
    fit = replace(
        fit,
        difficulty=np.zeros(2),
        thresholds=np.zeros(3),
        variance={**fit.variance, "rater": 0.0, "culture": 0.0},
        layout=replace(fit.layout, points=np.array([0.0, 1.0, 2.0, 3.0])),
    )
    only_b = Weights(np.array([0.0, 1.0, 0.0]))
    eta = fit.theta + fit.quality[fit.layout.person_unit] + fit.view[:, 1] + fit.group_effect[1]
    odds = np.exp(np.outer(np.arange(4), eta))
    np.testing.assert_allclose(
        composite.composite(fit, only_b).fair, (np.arange(4) @ odds) / odds.sum(axis=0), rtol=1e-12
    )


def test_the_moods_of_a_group_hold_culture_as_far_as_its_ballots_are_local() -> None:
    fit = small_fit()
    found = composite.moods_of(fit.layout, fit.variance) ** 2
    np.testing.assert_allclose(found, [0.5, 0.8, 0.8, 0.5 + 0.3 * 30 / 40], atol=1e-12)


def twin_of(fit: OrdinalFit) -> OrdinalFit:
    """The same effects and posterior, read as score units."""
    return replace(fit, layout=replace(fit.layout, points=np.zeros(0), given=fit.layout.value))


@pytest.mark.parametrize("absent", [0.0, 0.35])
def test_the_twin_is_the_weighted_mean_with_its_covariance(absent: float) -> None:
    fit = twin_of(small_fit())
    weights = Weights(np.array([0.35 - absent, 0.35, 0.30]), absent)
    found = composite.gaussian_composite(fit, weights, (-100.0, 100.0))
    own = fit.theta + fit.quality[fit.layout.person_unit]
    common = weights.groups / weights.groups.sum() @ fit.group_effect
    np.testing.assert_allclose(
        found.fair, own + (fit.view + fit.group_effect) @ weights.groups + absent * common, atol=1e-12
    )
    place, persons = columns(small_fit().layout), np.arange(6)
    rows = np.zeros((6, place.total))
    rows[persons, persons] = 1.0
    rows[persons, place.start["unit"] + fit.layout.person_unit] = 1.0
    for group in range(3):
        rows[persons, place.start["view"] + persons * 3 + group] = weights.groups[group]
    beta = weights.groups + absent * weights.groups / weights.groups.sum()
    rows[:, place.start["group"] : place.start["item"]] = beta
    expected = rows @ covariance_of(fit) @ rows.T + np.eye(6) * absent**2 * fit.variance["view"]
    np.testing.assert_allclose(dense_matrix(found.uncertainty), expected, atol=1e-10)
    np.testing.assert_array_equal(found.raw, composite.raw_scores(fit.layout, weights))


def test_the_intervals_of_the_twin_end_with_the_scale() -> None:
    fit = twin_of(small_fit())
    found = composite.gaussian_composite(fit, WEIGHTS, (-0.5, 0.5))
    assert (found.lo90.min(), found.hi90.max()) == (-0.5, 0.5)


def test_measure_is_person_and_unit() -> None:
    fit = small_fit()
    found = composite.composite(fit, WEIGHTS).measure
    np.testing.assert_array_equal(found, fit.theta + fit.quality[fit.layout.person_unit])


def test_raw_is_the_mean_in_each_group_then_by_weight() -> None:
    ratings = small_ratings()
    assert ratings.group is not None
    raw = composite.composite(small_fit(), WEIGHTS).raw
    points = np.array(POINTS)[ratings.score.astype(int)]
    for person in range(6):
        means = {
            group: points[(ratings.person.index == person) & (ratings.group.index == group)].mean()
            for group in ((0, 1, 2) if person < 5 else (1, 2))
        }
        weights = {group: WEIGHTS.groups[group] for group in means}
        expected = sum(means[g] * weights[g] for g in means) / sum(weights.values())
        assert raw[person] == pytest.approx(expected, abs=1e-12)


def test_a_missing_group_is_marked_and_keeps_its_weight_in_fair() -> None:
    fit = small_fit()
    found = composite.composite(fit, WEIGHTS)
    expected = np.zeros((6, 3), dtype=bool)
    expected[5, 0] = True
    np.testing.assert_array_equal(found.missing_groups, expected)
    assert fit.view[5, 0] == 0.0
    with_view = composite.composite(replace(fit, variance={**fit.variance, "view": 0.0}), WEIGHTS)
    part = composite.part_of(fit, WEIGHTS, 0)
    gained = found.se**2 - with_view.se**2
    assert gained[5] == pytest.approx(0.35**2 * part.by_eta[5] ** 2 * fit.variance["view"], rel=1e-9)
    np.testing.assert_allclose(gained[:5], 0.0, atol=1e-12)


def test_raw_counts_ballots_that_are_set_aside_and_missing_does_too() -> None:
    layout = small_fit().layout
    aside = replace(layout, set_aside=layout.rater_group == 0)
    np.testing.assert_array_equal(composite.raw_scores(aside, WEIGHTS), composite.raw_scores(layout, WEIGHTS))
    np.testing.assert_array_equal(composite.missing(aside), composite.missing(layout))


def test_a_group_that_is_only_set_aside_counts_as_unseen_in_the_error() -> None:
    fit = small_fit()
    aside = replace(fit, layout=replace(fit.layout, set_aside=fit.layout.rater_group == 0))
    found = composite.composite(aside, WEIGHTS)
    jacobian = numeric_jacobian(fit, WEIGHTS)
    views = columns(fit.layout).start["view"] + 3 * np.arange(6)  # of group A
    unseen = jacobian[np.arange(6), views].copy()
    jacobian[:, views] = 0.0
    variance = np.diag(jacobian @ covariance_of(fit) @ jacobian.T) + fit.variance["view"] * unseen**2
    np.testing.assert_allclose(found.se, np.sqrt(variance), rtol=1e-6)
    assert not found.missing_groups[:5].any()


def test_intervals_are_symmetric_and_end_with_the_scale() -> None:
    fit = small_fit()
    found = composite.composite(fit, WEIGHTS)
    np.testing.assert_allclose(found.hi90, np.minimum(95.0, found.fair + 1.6448536269514722 * found.se), atol=1e-12)
    np.testing.assert_allclose(found.lo90, np.maximum(0.0, found.fair - 1.6448536269514722 * found.se), atol=1e-12)
    high = composite.composite(replace(fit, theta=fit.theta + 4.0), WEIGHTS)
    assert high.hi90.max() == 95.0


def test_weights_not_declared_are_shares_of_the_pairs() -> None:
    layout = small_fit().layout
    found = composite.weights_of(layout, ("A", "B", "C"), None)
    np.testing.assert_allclose(found.groups, np.array([10, 12, 18]) / 40)
    assert found.absent == 0.0


def test_declared_weights_go_by_label() -> None:
    layout = small_fit().layout
    found = composite.weights_of(layout, ("C", "A", "B"), DECLARED)
    np.testing.assert_array_equal(found.groups, [0.30, 0.35, 0.35])
    found = composite.weights_of(layout, ("B", "C"), DECLARED)
    np.testing.assert_array_equal(found.groups, [0.35, 0.30])
    assert found.absent == 0.35


def test_a_person_seen_only_by_groups_without_weight_has_their_plain_mean() -> None:
    layout = small_fit().layout
    raw = composite.raw_scores(layout, Weights(np.array([1.0, 0.0, 0.0])))
    means = composite.group_means(layout)
    assert raw[5] == pytest.approx((means[5, 1] + means[5, 2]) / 2, abs=1e-12)


@settings(max_examples=6, deadline=None)
@given(st.permutations(range(6)), st.permutations(range(3)))
def test_relabelling_persons_and_groups_only_moves_the_figures(persons: list[int], groups: list[int]) -> None:
    plain = small_ratings()
    assert plain.group is not None
    moved_to, group_to = np.argsort(persons), np.argsort(groups)
    other = replace(
        plain,
        person=Facet(tuple(plain.person.labels[p] for p in persons), moved_to[plain.person.index]),
        group=Facet(tuple(plain.group.labels[g] for g in groups), group_to[plain.group.index]),
    )
    design = Design(points=POINTS, group_weights=DECLARED)
    fit = dense_fit(lay_out(other, design), phi=1.3)
    assert other.group is not None
    found = composite.composite(fit, composite.weights_of(fit.layout, other.group.labels, DECLARED))
    expected = composite.composite(small_fit(), WEIGHTS)
    for name in ("raw", "fair", "se", "measure", "lo90", "hi90"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name)[persons], rtol=1e-8, atol=1e-8)
