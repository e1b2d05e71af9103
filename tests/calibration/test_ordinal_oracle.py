"""The ordinal fit against brute force: one dense system of every row and effect."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.layout import Layout
from quanheng.calibration.ordinal import KINDS, OrdinalFit, fit_ordinal
from quanheng.calibration.ordinal_prior import with_ratio_prior
from quanheng.calibration.ordinal_variance import FLOOR
from quanheng.calibration.ratings import Floats
from tests.calibration.dense_ordinal import Dense, side_by_side, solve_dense
from tests.calibration.designs import Shape, layout_from

PLAIN = Shape(units=3, persons=5, ballots=6, links=3, items=3, groups=2, seed=5)
DESIGNS = {
    "everything": PLAIN,
    "no links": replace(PLAIN, links=0),
    "only links": replace(PLAIN, ballots=1, links=6, seed=9),
    "incomplete": replace(PLAIN, missing=0.3),
    "one group": replace(PLAIN, groups=1),
    "one item": replace(PLAIN, items=1),
    "two grades": replace(PLAIN, categories=2, items=4),
    "no units, more ballots": replace(PLAIN, units=1, ballots=30, links=0, groups=1),
    "no units, more persons": replace(PLAIN, units=1, persons=30, ballots=5, links=0),
    "no raters": replace(PLAIN, raters=False, persons=10, items=4),
}
shapes = st.builds(
    Shape,
    units=st.sampled_from([1, 2, 3, 5]),
    persons=st.integers(2, 6),
    ballots=st.integers(2, 6),
    links=st.integers(0, 3),
    items=st.integers(1, 4),
    groups=st.integers(1, 3),
    categories=st.integers(2, 4),
    missing=st.sampled_from([0.0, 0.3]),
    raters=st.sampled_from([True, True, True, False]),
    seed=st.integers(0, 10_000),
)


def brute_force(fit: OrdinalFit) -> Dense:
    """At the variances and φ of the fit, those at the floor included."""
    scales = fit.posterior.system.scales
    return solve_dense(fit.layout, {kind: getattr(scales, kind) ** 2 for kind in KINDS}, fit.phi, weights_of(fit))


def weights_of(fit: OrdinalFit) -> Floats:
    """(pairs,), with which they entered."""
    weight = np.ones(fit.layout.pair_person.size)
    weight[fit.outlying.pair] = fit.outlying.weight
    return weight


def gradient_of(layout: Layout, seed: int = 3) -> Gradient:
    rng = np.random.default_rng(seed)
    persons, fixed = layout.persons, layout.groups + layout.items + layout.points.size - 1
    sizes = (persons, persons, (persons, layout.groups), (persons, fixed), persons)
    return Gradient(*(rng.normal(size=size) for size in sizes))


def rows_of(layout: Layout, gradient: Gradient) -> Floats:
    """The functionals as rows over the unknowns of `Dense`."""
    persons = np.eye(layout.persons)
    units = np.eye(layout.units)[layout.person_unit]
    views = (persons[:, :, None] * gradient.view[:, None]).reshape(layout.persons, -1)
    assert gradient.culture is not None
    parts = (persons * gradient.person[:, None], units * gradient.unit[:, None], views)
    ballots = np.zeros((layout.persons, layout.raters))
    return np.concatenate([*parts, ballots, units * gradient.culture[:, None], gradient.fixed], axis=1)


def all_pairs(fit: OrdinalFit, gradient: Gradient) -> Floats:
    persons = fit.layout.persons
    a, b = np.divmod(np.arange(persons**2), persons)
    return fit.posterior.project(gradient).covariance(a, b).reshape(persons, persons)


def agrees(fit: OrdinalFit) -> None:
    layout, dense = fit.layout, brute_force(fit)
    np.testing.assert_allclose(side_by_side(fit), dense.value, atol=1e-9)
    gradient = gradient_of(layout)
    rows = rows_of(layout, gradient)
    expected = rows @ dense.covariance @ rows.T
    np.testing.assert_allclose(all_pairs(fit, gradient), expected, atol=1e-9 * expected.max())
    fixed = gradient.fixed.shape[1]
    np.testing.assert_allclose(fit.posterior.fixed_covariance(), dense.covariance[-fixed:, -fixed:], atol=1e-9)
    place = dense.kind == KINDS.index("rater")
    used = ~np.isnan(fit.leniency)
    se = np.sqrt(np.diag(dense.covariance)[place])
    np.testing.assert_allclose(fit.posterior.leniency_se()[used], se[used], atol=1e-7)
    assert fit.log_likelihood == pytest.approx(dense.log_likelihood, abs=1e-8)
    if has_halo(layout):
        np.testing.assert_allclose(weights_of(fit), dense.weight, atol=1e-5)
    else:
        assert fit.outlying.pair.size == 0


def has_halo(layout: Layout) -> bool:
    """Ballots with several marks on a person; elsewhere φ is 1 and a residual that of one grade."""
    used = ~layout.set_aside[layout.pair_rater] if layout.raters else np.zeros(layout.pair_person.size, dtype=bool)
    return bool((np.diff(layout.pair_start)[used] > 1).any())


def stands_still(fit: OrdinalFit) -> None:
    """Schall's rule (with the belief about unit and culture) leaves the variances alone, and would lower those at the
    floor; φ is what its rule makes of it.
    """
    dense = brute_force(fit)
    present = [place for place, kind in enumerate(KINDS) if getattr(fit.posterior.system.scales, kind) > 0]
    kinds = tuple(KINDS[place] for place in present)
    x = np.log([getattr(fit.posterior.system.scales, kind) ** 2 for kind in kinds])
    schall = (dense.schall[present] / np.exp(x) - 1) * dense.known[present] / 2
    slope, _ = with_ratio_prior(kinds, x, schall, np.zeros((x.size, x.size)))
    at_floor = x < np.log(2 * FLOOR)
    tied = at_floor & np.isin(kinds, ("unit", "culture"))  # they can only leave together
    slope[tied] = slope[tied].sum()
    assert np.abs(2 * slope / dense.known[present])[~at_floor].max(initial=0.0) < 1e-4
    assert (slope[at_floor] <= 0).all()
    if has_halo(fit.layout):
        assert fit.phi == pytest.approx(dense.phi, rel=1e-4)
    else:
        assert fit.phi == 1


@pytest.mark.parametrize("shape", DESIGNS.values(), ids=list(DESIGNS))
def test_agrees_with_brute_force(shape: Shape) -> None:
    fit = fit_ordinal(layout_from(shape))
    agrees(fit)
    stands_still(fit)


def fit_or_refuse(shape: Shape) -> OrdinalFit:
    try:
        return fit_ordinal(layout_from(shape))
    except CannotCalibrate:
        assume(False)
        raise


@settings(max_examples=25, deadline=None, derandomize=True)
@given(shapes)
def test_any_small_design_agrees_with_brute_force(shape: Shape) -> None:
    agrees(fit_or_refuse(shape))


@pytest.mark.slow
@settings(max_examples=250, deadline=None, derandomize=True)
@given(shapes)
def test_hundreds_of_small_designs_agree_with_brute_force(shape: Shape) -> None:
    agrees(fit_or_refuse(shape))


def test_set_aside_ballots_do_not_enter() -> None:
    layout = layout_from(PLAIN)
    first = int(layout.pair_rater[0])
    aside = np.arange(layout.raters) == first
    fit = fit_ordinal(replace(layout, set_aside=aside))
    assert np.flatnonzero(np.isnan(fit.leniency)).tolist() == [first]
    assert np.flatnonzero(np.isnan(fit.posterior.leniency_se())).tolist() == [first]
    agrees(fit)
    assert np.abs(fit.theta - fit_ordinal(layout).theta).max() > 1e-3
