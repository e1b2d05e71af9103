"""The steps from raw to fair: exact sums, each cause alone, the linear identity of the Gaussian twin."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration import composite, shifts
from quanheng.calibration.composite import Composite, Weights
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Floats
from quanheng.calibration.result import Shifts
from tests.calibration.test_composite import WEIGHTS, small_fit

CURVE = 1e-6  # points of 95: how exactly the curves are read
PARTS = ("ballots", "culture", "groups", "shrinkage")


def total(parts: Shifts) -> Floats:
    return np.asarray(sum(getattr(parts, name) for name in PARTS))


def of(fit: OrdinalFit, weights: Weights = WEIGHTS) -> tuple[Composite, Shifts]:
    composed = composite.composite(fit, weights)
    return composed, shifts.ordinal_shifts(fit, weights, composed)


def neutral_fit() -> OrdinalFit:
    """Nobody is lenient and nobody could be: no variance of leniency, one item level."""
    fit = small_fit()
    variance = {**fit.variance, "rater": 0.0, "culture": 0.0}
    return replace(fit, leniency=0 * fit.leniency, culture=0 * fit.culture, variance=variance)


@pytest.mark.parametrize("weights", [WEIGHTS, Weights(np.array([0.0, 0.4, 0.25]), absent=0.35)])
def test_the_parts_add_up_exactly(weights: Weights) -> None:
    composed, parts = of(small_fit(), weights)
    np.testing.assert_allclose(total(parts), composed.fair - composed.raw, atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 12))
def test_the_parts_add_up_whatever_is_set_aside(ballot: int) -> None:
    fit = small_fit()
    aside = np.arange(fit.layout.raters) == ballot % fit.layout.raters
    leniency = np.where(aside, np.nan, fit.leniency)
    composed, parts = of(replace(fit, layout=replace(fit.layout, set_aside=aside), leniency=leniency))
    np.testing.assert_allclose(total(parts), composed.fair - composed.raw, atol=1e-12)


def test_without_leniency_only_groups_and_shrinkage_are_left() -> None:
    composed, parts = of(neutral_fit())
    np.testing.assert_allclose(parts.ballots, 0.0, atol=CURVE)
    np.testing.assert_allclose(parts.culture, 0.0, atol=CURVE)
    # the grid of the curve is good to 1e-7 points; all but the last person have every group
    np.testing.assert_allclose(parts.groups[:5], 0.0, atol=CURVE)
    assert abs(parts.groups[5]) > 0.1


def test_groups_are_what_the_missing_group_would_add() -> None:
    fit = neutral_fit()
    composed, parts = of(fit)
    seen = [composite.part_of(fit, WEIGHTS, group).value[5] for group in range(3)]
    present = (0.35 * seen[1] + 0.30 * seen[2]) / 0.65
    assert parts.groups[5] == pytest.approx(composed.fair[5] - present, abs=CURVE)
    assert composed.fair[5] == pytest.approx(0.35 * seen[0] + 0.65 * present, abs=1e-9)


def test_strict_ballots_lift_and_lenient_ones_lower() -> None:
    fit = neutral_fit()
    for lean, sign in ((-1.0, 1), (1.0, -1)):
        leaning = replace(fit, leniency=np.full(fit.layout.raters, lean))
        assert np.all(of(leaning)[1].ballots * sign > 0)
        np.testing.assert_allclose(of(leaning)[1].culture, 0.0, atol=CURVE)


def test_culture_bears_on_its_own_unit_and_on_local_ballots() -> None:
    fit = neutral_fit()
    strict = replace(fit, culture=np.array([-1.0, 0.0]))
    parts = of(strict)[1]
    own = fit.layout.person_unit == 0
    assert np.all(parts.culture[own] > 0)
    np.testing.assert_allclose(parts.culture[~own], 0.0, atol=CURVE)
    np.testing.assert_allclose(parts.ballots, 0.0, atol=CURVE)
    only_leaders = of(strict, Weights(np.array([1.0, 0.0, 0.0])))[1]
    np.testing.assert_allclose(only_leaders.culture[:5], 0.0, atol=CURVE)


def test_both_orders_count_alike() -> None:
    """Shapley: when culture and the ballots lean alike on local ballots, they share the lift evenly."""
    fit = neutral_fit()
    both = replace(fit, culture=np.full(2, -0.8), leniency=np.where(fit.layout.rater_unit >= 0, -0.8, 0.0))
    parts = of(both)[1]
    np.testing.assert_allclose(parts.ballots, parts.culture, atol=CURVE)
    assert np.all(parts.culture > 1.0)


def test_shrinkage_is_what_the_model_does_not_take_from_the_ballots() -> None:
    fit = small_fit()
    layout = fit.layout
    eta = fit.theta + fit.quality[layout.person_unit]
    scale = composite.scale_of(fit)
    seen = np.zeros(len(layout.row_pair))
    for row, (pair, item) in enumerate(zip(layout.row_pair, layout.row_item, strict=True)):
        person, rater, group = layout.pair_person[pair], layout.pair_rater[pair], layout.pair_group[pair]
        level = eta[person] + fit.view[person, group] + fit.group_effect[group] + fit.leniency[rater]
        local = fit.culture[layout.person_unit[person]] if layout.rater_unit[rater] >= 0 else 0.0
        seen[row] = scale.expected(np.array(level + local - fit.difficulty[item]))
    means = np.nan_to_num(composite.group_means(layout, value=seen) - composite.group_means(layout))
    expected = (composite.raw_weights(layout, WEIGHTS) * means).sum(axis=1)
    np.testing.assert_allclose(of(fit)[1].shrinkage, expected, atol=CURVE)


def test_ballots_set_aside_count_as_lenient_ballots() -> None:
    fit = neutral_fit()
    layout = replace(fit.layout, set_aside=np.arange(fit.layout.raters) == 0)
    aside = replace(fit, layout=layout, leniency=np.where(layout.set_aside, np.nan, 0.0))
    composed, parts = of(aside)
    kept = composite.group_means(layout, ~layout.set_aside[layout.pair_rater][layout.row_pair])
    expected = (composite.raw_weights(layout, WEIGHTS) * np.nan_to_num(kept)).sum(axis=1) - composed.raw
    np.testing.assert_allclose(parts.ballots, expected, atol=CURVE)


def test_a_group_whose_ballots_were_all_set_aside_is_neutral() -> None:
    fit = neutral_fit()
    layout = replace(fit.layout, set_aside=fit.layout.rater_group == 0)
    aside = replace(fit, layout=layout, leniency=np.where(layout.set_aside, np.nan, 0.0))
    composed, parts = of(aside)
    np.testing.assert_allclose(total(parts), composed.fair - composed.raw, atol=1e-12)
    leaders = composite.part_of(aside, WEIGHTS, 0).value
    given_by_leaders = composite.group_means(layout)[:, 0]
    np.testing.assert_allclose(parts.ballots[:5], 0.35 * (leaders - given_by_leaders)[:5], atol=CURVE)


@given(st.integers(0, 10**6))
def test_the_gaussian_twin_is_the_linear_identity(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fit = small_fit()
    layout = replace(fit.layout, points=np.zeros(0), given=fit.layout.value)
    fit = replace(
        fit,
        layout=layout,
        leniency=rng.normal(0, 4, layout.raters),
        culture=rng.normal(0, 2, layout.units),
        theta=rng.normal(80, 5, layout.persons),
    )
    composed = composite.gaussian_composite(fit, WEIGHTS, (0.0, 100.0))
    parts = shifts.gaussian_shifts(fit, WEIGHTS, composed)
    np.testing.assert_allclose(total(parts), composed.fair - composed.raw, atol=1e-12)
    weight = composite.raw_weights(layout, WEIGHTS)
    is_local = (layout.rater_unit >= 0)[layout.pair_rater][layout.row_pair]
    lean = fit.leniency[layout.pair_rater][layout.row_pair]
    shared = is_local * fit.culture[layout.person_unit[layout.pair_person]][layout.row_pair]
    for name, value in (("ballots", lean), ("culture", shared)):
        means = np.nan_to_num(composite.group_means(layout, value=value))
        np.testing.assert_allclose(getattr(parts, name), -(weight * means).sum(axis=1), atol=1e-11)
    level = composite.own_measure(fit)[:, None] + fit.view + fit.group_effect
    np.testing.assert_allclose(parts.groups, composed.fair - (weight * level).sum(axis=1), atol=1e-11)
    np.testing.assert_allclose(parts.groups[:5], 0.0, atol=1e-11)


def test_without_raters_nothing_is_lenient() -> None:
    fit = small_fit()
    layout = replace(
        fit.layout,
        raters=0,
        rater_unit=np.zeros(0, dtype=np.int64),
        rater_group=np.zeros(0, dtype=np.int64),
        set_aside=np.zeros(0, dtype=np.bool_),
        pair_rater=np.full(len(fit.layout.pair_rater), -1),
    )
    variance = {**fit.variance, "rater": 0.0, "culture": 0.0}
    composed, parts = of(replace(fit, layout=layout, leniency=np.zeros(0), variance=variance))
    np.testing.assert_allclose(total(parts), composed.fair - composed.raw, atol=1e-12)
    np.testing.assert_allclose(parts.ballots, 0.0, atol=CURVE)
    np.testing.assert_allclose(parts.culture, 0.0, atol=CURVE)
