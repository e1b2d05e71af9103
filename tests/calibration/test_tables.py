"""Tables of expected scores against the sum over categories, row by row."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.calibration import tables
from quanheng.calibration.ordinal import fit_ordinal
from quanheng.calibration.ordinal_response import Counts, Direct, Moments, basis_of, count, curves, zero_sum
from quanheng.calibration.ratings import Floats
from quanheng.calibration.tables import (
    Patterns,
    Tables,
    add_powers,
    cubics,
    grid_of,
    interpolate,
    node_weights,
    patterns_of,
)
from tests.calibration.designs import Shape, layout_from

WIDE = Shape(units=4, persons=8, ballots=20, links=2, items=5, groups=2, seed=2)
RNG = np.random.default_rng(4)
TAU = np.array([-1.3, 0.2, 1.1])


def both(shape: Shape) -> tuple[Counts, Moments, Moments]:
    layout = layout_from(shape)
    counts = count(layout, np.arange(layout.pair_person.size))
    eta = RNG.normal(0, 2.5, counts.total.size)
    delta = RNG.normal(0, 0.5, layout.items) if layout.items > 1 else np.zeros(1)
    patterns = pattern_table(counts)
    return counts, Direct(counts).moments(eta, delta, TAU), Tables(counts, patterns).moments(eta, delta, TAU)


def pattern_table(counts: Counts) -> Patterns:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "LEAST_PAIRS", 0)
        patterns = patterns_of(counts)
    assert patterns is not None
    return patterns


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_tables_are_the_direct_sums(missing: float) -> None:
    counts, direct, table = both(replace(WIDE, missing=missing))
    np.testing.assert_allclose(table.residual, direct.residual, atol=2e-9)
    np.testing.assert_allclose(table.weight, direct.weight, atol=2e-9)
    pairs = np.arange(counts.total.size)
    np.testing.assert_allclose(table.cross(pairs), direct.cross(pairs), atol=2e-9)
    scale = counts.total.size
    np.testing.assert_allclose(table.fixed, direct.fixed, atol=2e-9 * scale)
    np.testing.assert_allclose(table.core, direct.core, atol=2e-9 * scale)
    assert table.log_likelihood() == pytest.approx(direct.log_likelihood(), abs=2e-9 * scale)


def test_a_fit_by_tables_is_the_fit_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = layout_from(WIDE)
    direct = fit_ordinal(layout)
    monkeypatch.setattr(tables, "LEAST_PAIRS", 0)
    table = fit_ordinal(layout)
    np.testing.assert_allclose(table.theta, direct.theta, atol=1e-7)
    np.testing.assert_allclose(table.thresholds, direct.thresholds, atol=1e-7)


def test_tables_only_where_they_pay() -> None:
    few = layout_from(WIDE)
    assert patterns_of(count(few, np.arange(few.pair_person.size))) is None
    many = layout_from(replace(WIDE, units=20, ballots=60, persons=12))
    patterns = patterns_of(count(many, np.arange(many.pair_person.size)))
    assert patterns is not None
    assert patterns.has.tolist() == [[True] * 5]
    holes = layout_from(replace(WIDE, units=20, ballots=60, persons=12, missing=0.5))
    assert patterns_of(count(holes, np.arange(holes.pair_person.size))) is None


def derivative(values: Floats, x: Floats) -> Floats:
    return np.asarray((values[2:] - values[:-2]) / (x[2:] - x[:-2]))


def test_variance_is_the_slope_of_the_mean_and_joint_of_the_upper_shares() -> None:
    x = np.linspace(-4, 4, 4001)
    at = curves(x, TAU)
    np.testing.assert_allclose(derivative(at.mean, x), at.variance[1:-1], atol=1e-5)
    np.testing.assert_allclose(derivative(at.log_norm, x), at.mean[1:-1], atol=1e-5)
    for j in range(3):
        np.testing.assert_allclose(derivative(at.upper[:, j], x), at.joint[1:-1, j], atol=1e-5)
        moved = curves(x, TAU + 1e-6 * (np.arange(3) == j))
        np.testing.assert_allclose((moved.mean - at.mean) / 1e-6, -at.joint[:, j], atol=1e-5)


def test_curves_by_hand() -> None:
    at = curves(np.array([0.0]), np.array([0.0, 0.0]))
    assert at.mean.tolist() == [pytest.approx(1.0)]
    assert at.variance.tolist() == [pytest.approx(2 / 3)]
    assert at.upper.tolist() == [[pytest.approx(2 / 3), pytest.approx(1 / 3)]]


def test_curves_far_out_stay_finite() -> None:
    at = curves(np.array([-800.0, 800.0]), TAU)
    assert at.mean.tolist() == [0.0, 3.0]
    assert np.isfinite(at.log_norm).all()


def test_a_cubic_is_met_exactly() -> None:
    nodes = np.arange(8.0)
    values = nodes**3 - 2 * nodes**2 + 5
    interval, inside = np.array([0, 2, 4]), np.array([0.5, 0.25, 1.0])
    at = interval + 1 + inside
    np.testing.assert_allclose(interpolate(cubics(values), interval, inside), at**3 - 2 * at**2 + 5, atol=1e-12)


def test_weights_of_nodes_are_the_transpose_of_the_interpolation() -> None:
    eta = RNG.normal(0, 0.1, 50)
    grid = grid_of(eta)
    interval, inside = grid.places(eta)
    values, powers = np.sin(grid.node), np.zeros((4, grid.intervals))
    add_powers(powers, interval, inside)
    direct = interpolate(cubics(values), interval, inside).sum()
    assert node_weights(powers) @ values == pytest.approx(direct, abs=1e-12)
    np.testing.assert_allclose(grid.node[interval + 1] + inside * tables.STEP, eta, atol=1e-12)


def test_the_grid_reaches_one_node_beyond_the_outermost() -> None:
    eta = np.array([-0.315, 0.0, 0.425])
    grid = grid_of(eta)
    interval, inside = grid.places(eta)
    assert interval.tolist()[0] == 0
    assert interval[-1] == grid.intervals - 2, "one to spare: the last may be rounded up"
    assert ((inside >= 0) & (inside < 1)).all()
    assert grid.node[0] <= eta[0] - tables.STEP
    assert grid.node[-1] >= eta[-1] + tables.STEP


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_sums_over_some_pairs_are_those_row_by_row(missing: float) -> None:
    """Each pair with a share of its own; many patterns of items and one."""
    counts, direct, table = both(replace(WIDE, missing=missing))
    pairs = np.flatnonzero(RNG.random(counts.total.size) < 0.1)
    share = RNG.random(pairs.size)
    found, wanted = table.expected(pairs, share), direct.expected(pairs, share)
    np.testing.assert_allclose(found.by_item, wanted.by_item, atol=2e-9 * pairs.size)
    np.testing.assert_allclose(found.products, wanted.products, atol=2e-9 * counts.item.size)
    assert found.log_norm == pytest.approx(wanted.log_norm, abs=2e-9 * pairs.size)


@pytest.mark.parametrize("size", [1, 2, 5])
def test_zero_sum_basis(size: int) -> None:
    basis = zero_sum(size)
    np.testing.assert_allclose(basis.T @ basis, np.eye(size - 1), atol=1e-14)
    np.testing.assert_allclose(basis.sum(axis=0), 0, atol=1e-14)


def test_basis_of_items_and_steps() -> None:
    basis = basis_of(2, 4)
    assert basis.shape == (5, 3)
    assert np.count_nonzero(basis[:2, 1:]) == np.count_nonzero(basis[2:, :1]) == 0


def test_curves_are_those_of_every_category_by_itself() -> None:
    """Against the definition, category by category; far out nothing overflows."""
    tau, x = np.array([-0.8, 0.3, 0.5]), np.array([-800.0, -3.0, 0.0, 0.7, 4.0, 800.0])
    found = curves(x, tau)
    for place, eta in enumerate(x):
        logits = np.arange(4) * eta - np.append(0.0, np.cumsum(tau))
        p = np.exp(logits - logits.max())
        p /= p.sum()
        mean = p @ np.arange(4)
        assert found.mean[place] == pytest.approx(mean, abs=1e-14)
        assert found.variance[place] == pytest.approx(p @ (np.arange(4) - mean) ** 2, abs=1e-13)
        for step in range(1, 4):
            above = np.arange(4) >= step
            assert found.upper[place, step - 1] == pytest.approx(p @ above, abs=1e-14)
            covariance = p @ (np.arange(4) * above) - mean * (p @ above)
            assert found.joint[place, step - 1] == pytest.approx(covariance, abs=1e-13)
    assert found.log_norm[[0, 5]].tolist() == [0.0, 2400.0]
    assert found.upper.shape == found.joint.shape == (6, 3)


def test_crossings_of_some_pairs_are_those_rows_of_all() -> None:
    direct, eta = Direct(count(layout_from(Shape(missing=0.3)), np.arange(12))), np.linspace(-2, 2, 12)
    delta, tau = np.array([-0.2, 0.2]), np.array([-0.5, 0.1, 0.4])
    moments = direct.moments(eta, delta, tau)
    everything = moments.cross(np.arange(12))
    np.testing.assert_array_equal(moments.cross(np.array([7, 2])), everything[[7, 2]])
    small = 1e-6
    for pair in range(12):  # cross is −∂(slope of the fixed effects)/∂η
        moved = eta + small * (np.arange(12) == pair)
        slope = (direct.moments(moved, delta, tau).fixed - moments.fixed) / small
        np.testing.assert_allclose(everything[pair], -slope, atol=1e-5)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_sums_by_pair_and_by_item_are_those_of_the_rows(missing: float) -> None:
    layout = layout_from(replace(WIDE, missing=missing))
    counts = count(layout, np.arange(layout.pair_person.size))
    assert counts.width == (0 if missing else layout.items)
    values = RNG.normal(size=counts.item.size)
    by_pair = [values[a : a + size].sum() for a, size in zip(counts.start, counts.rows, strict=True)]
    np.testing.assert_allclose(counts.by_pair(values), by_pair, atol=1e-13)
    by_item = [values[counts.item == item].sum() for item in range(layout.items)]
    np.testing.assert_allclose(counts.of_items(values), by_item, atol=1e-12)
    row, place = counts.rows_of(np.array([2, 7]))
    wanted = [np.arange(counts.start[pair], counts.start[pair] + counts.rows[pair]) for pair in (2, 7)]
    np.testing.assert_array_equal(row, np.concatenate(wanted))
    np.testing.assert_array_equal(place, np.repeat([0, 1], counts.rows[[2, 7]]))
