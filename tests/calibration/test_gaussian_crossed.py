"""Cross-products and Henderson's equations against the same matrices written out."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from threadpoolctl import threadpool_limits

from quanheng.calibration import gaussian_crossed
from quanheng.calibration.gaussian_crossed import Crossed, Factor, Meeting, cross, symmetric
from quanheng.calibration.gaussian_terms import cells
from quanheng.calibration.ratings import Facet, Floats, Ints


@pytest.fixture(autouse=True, scope="module")
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def sample(seed: int) -> tuple[Floats, list[tuple[Ints, int]], Crossed, Floats]:
    """y, facets, cross-products, and [Z X] in the order of `Crossed.order`."""
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(20, 50))
    sizes = [int(rng.integers(2, 8)) for _ in range(rng.integers(1, 4))]
    facets = [(rng.integers(-(seed % 2), size, rows), size) for size in sizes]
    covariate = Facet(("a", "b", "c"), rng.integers(0, 3, rows))
    fixed = cells(("x",), {"x": covariate}, rows)
    y = rng.normal(10, 2, rows)
    crossed = cross(y, facets, fixed)
    indicators = [np.vstack([np.eye(size), np.zeros(size)])[code] for code, size in facets]
    return y, facets, crossed, np.hstack([*(indicators[f] for f in crossed.order), fixed.matrix[fixed.index]])


SEEDS = st.integers(0, 5_000)


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_products_are_those_of_the_design_matrix(seed: int) -> None:
    y, facets, crossed, design = sample(seed)
    assert crossed.sizes == tuple(sorted((size for _, size in facets), reverse=True))
    vectors = np.random.default_rng(seed).normal(size=(design.shape[1], 3))
    np.testing.assert_allclose(crossed.times(vectors), design.T @ design @ vectors, atol=1e-9)
    np.testing.assert_allclose(crossed.response, design.T @ (y - y.mean()), atol=1e-9)
    assert crossed.total == pytest.approx(np.var(y) * len(y))
    np.testing.assert_array_equal(crossed.level_rows, design[:, : len(crossed.facet)].sum(axis=0))


def equations(crossed: Crossed, design: Floats, ratios: Floats) -> tuple[Floats, Floats]:
    """Henderson's matrix for [v, β], and √γ of each column (1 for β)."""
    scale = np.append(np.sqrt(ratios)[crossed.facet], np.ones(crossed.columns))
    ridge = np.append(np.ones(len(crossed.facet)), np.zeros(crossed.columns))
    return (design * scale).T @ (design * scale) + np.diag(ridge), scale


@given(SEEDS)
@settings(max_examples=50, deadline=None)
def test_solution_determinants_and_inverse_are_those_of_the_whole_matrix(seed: int) -> None:
    _, _, crossed, design = sample(seed)
    ratios = np.random.default_rng(seed).choice([0.0, 0.3, 2.0], len(crossed.sizes))
    factor, (matrix, scale) = Factor(crossed, ratios), equations(crossed, design, ratios)
    levels, inverse = len(crossed.facet), np.linalg.inv(matrix)
    right = np.random.default_rng(seed).normal(size=(design.shape[1], 2))
    np.testing.assert_allclose(factor.solve(right), scale[:, None] * (inverse @ (scale[:, None] * right)), atol=1e-8)
    random = np.linalg.slogdet(matrix[:levels, :levels])[1]
    assert factor.log_det_random == pytest.approx(random, abs=1e-9)
    assert factor.log_det_fixed == pytest.approx(np.linalg.slogdet(matrix)[1] - random, abs=1e-8)
    np.testing.assert_allclose(factor.inverse_diagonal(), np.diagonal(inverse)[:levels], atol=1e-9)
    known = np.diagonal(np.linalg.inv(matrix[:levels, :levels]))
    np.testing.assert_allclose(factor.inverse_diagonal(known_fixed=True), known, atol=1e-9)
    np.testing.assert_allclose(factor.fixed_inverse(), inverse[levels:, levels:], atol=1e-9)


@given(SEEDS)
@settings(max_examples=30, deadline=None)
def test_reach_and_own_make_up_the_covariance(seed: int) -> None:
    _, _, crossed, design = sample(seed)
    ratios = np.random.default_rng(seed).choice([0.0, 0.5], len(crossed.sizes))
    factor, (matrix, scale) = Factor(crossed, ratios), equations(crossed, design, ratios)
    rng = np.random.default_rng(seed + 1)
    functionals = rng.normal(size=(crossed.first, design.shape[1]))
    functionals[:, : crossed.first] = np.diag(rng.normal(size=crossed.first))  # no two share a level of facet 0
    own, reach = factor.reach(sparse.csr_array(functionals))
    expected = (functionals * scale) @ np.linalg.inv(matrix) @ (functionals * scale).T
    np.testing.assert_allclose(np.diag(own) + reach @ reach.T, expected, atol=1e-8)


@pytest.mark.parametrize("most", [0, 1_000_000])
def test_meeting_is_the_weighted_product_listed_or_by_blocks(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_crossed, "PAIRS", most)
    monkeypatch.setattr(gaussian_crossed, "CHUNK", 4)
    rng = np.random.default_rng(most)
    table = rng.poisson(0.7, (6, 11)).astype(float)
    meeting = Meeting.of(sparse.csr_array(table), 8)
    assert (meeting.place is None) == (most == 0)
    weight, kernel = rng.uniform(size=11), rng.normal(size=(6, 6))
    kernel = kernel + kernel.T
    found = meeting.weighted(weight)
    assert found.shape == (8, 8)
    np.testing.assert_allclose(symmetric(found[:6, :6]), (table * weight) @ table.T, atol=1e-12)
    half = np.full((8, 8), np.nan)
    half[:6, :6] = np.tril(kernel) - np.diag(np.diagonal(kernel)) / 2
    np.testing.assert_allclose(meeting.quadratic(half), np.einsum("ri,rs,si->i", table, kernel, table), atol=1e-12)


def test_a_single_facet_needs_no_border_but_the_fixed_effects() -> None:
    code = np.array([0, 0, 1, 1, 1])
    crossed = cross(np.arange(5.0), [(code, 2)], cells((), {}, 5))
    factor = Factor(crossed, np.array([2.0]))
    assert factor.root.shape == (1, 1)
    assert factor.log_det_random == pytest.approx(np.log(5) + np.log(7))
