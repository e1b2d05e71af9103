"""Treatment coding as a statistician writes it, interactions, and columns that cannot be estimated."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian_terms import cells, expand, independent
from quanheng.calibration.ratings import Facet, Floats

A = Facet(("no", "yes"), np.array([0, 1, 0, 1, 0, 1, 1]))
B = Facet(("x", "y", "z"), np.array([0, 0, 1, 1, 2, 2, 2]))
BOTH = {"a": A, "b": B}


def rows_of(fixed: tuple[str, ...]) -> Floats:
    found = cells(fixed, BOTH, 7)
    return np.asarray(found.matrix[found.index])


def test_without_covariates_there_is_the_intercept() -> None:
    found = cells((), {}, 7)
    assert found.names == ("(Intercept)",)
    assert found.matrix.tolist() == [[1.0]]
    assert found.count.tolist() == [7.0]
    assert found.index.tolist() == [0] * 7


def test_the_first_label_is_the_reference() -> None:
    found = cells(("b",), BOTH, 7)
    assert found.names == ("(Intercept)", "b=y", "b=z")
    expected = [[1, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 0], [1, 0, 1], [1, 0, 1], [1, 0, 1]]
    assert rows_of(("b",)).tolist() == expected


def test_a_star_is_main_effects_and_interaction() -> None:
    names = ("(Intercept)", "a=yes", "b=y", "b=z", "a=yes:b=y", "a=yes:b=z")
    assert cells(("a*b",), BOTH, 7).names == names
    whole = rows_of(("a*b",))
    np.testing.assert_array_equal(whole[:, 4], whole[:, 1] * whole[:, 2])
    np.testing.assert_array_equal(whole[:, 5], whole[:, 1] * whole[:, 3])


def test_there_are_as_many_lines_as_cells() -> None:
    found = cells(("a", "b"), BOTH, 7)
    assert found.matrix.shape == (6, 4)
    assert sorted(found.count.tolist()) == [1, 1, 1, 1, 1, 2]
    np.testing.assert_allclose(found.mean(), rows_of(("a", "b")).mean(axis=0))


@pytest.mark.parametrize(
    ("fixed", "terms"),
    [
        (("a",), (("a",),)),
        (("a*b",), (("a",), ("b",), ("a", "b"))),
        (("a*b", "c"), (("a",), ("b",), ("c",), ("a", "b"))),
        (("b", "a * b"), (("b",), ("a",), ("a", "b"))),
        (("a*b", "b*a"), (("a",), ("b",), ("a", "b"))),
        (("a*a",), (("a",),)),
        (("a*b*c",), (("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c"))),
    ],
)
def test_terms_are_ordered_as_in_a_formula(fixed: tuple[str, ...], terms: tuple[tuple[str, ...], ...]) -> None:
    assert expand(fixed) == terms


def test_three_way_interaction_is_the_product() -> None:
    c = Facet(("p", "q"), np.array([0, 0, 0, 1, 1, 1, 1]))
    found = cells(("a*b*c",), {**BOTH, "c": c}, 7)
    assert len(found.names) + len(found.dropped) == 12
    assert found.matrix.shape[1] == len(found.names) <= 7


def test_columns_that_depend_on_others_are_left_out_and_named() -> None:
    same = Facet(("u", "v"), A.index)
    found = cells(("a", "same"), {"a": A, "same": same}, 7)
    assert found.names == ("(Intercept)", "a=yes")
    assert found.dropped == ("same=v",)


def test_a_cell_that_never_occurs_drops_its_interaction() -> None:
    a, b = Facet(("0", "1"), np.array([0, 0, 1])), Facet(("0", "1"), np.array([0, 1, 0]))
    assert cells(("a*b",), {"a": a, "b": b}, 3).dropped == ("a=1:b=1",)


def test_an_unknown_covariate_is_refused() -> None:
    with pytest.raises(CannotCalibrate) as refused:
        cells(("a*rank",), BOTH, 7)
    assert (refused.value.code, refused.value.facts) == ("unknown-covariate", {"name": "rank", "known": ("a", "b")})


@given(st.integers(0, 10_000), st.integers(1, 7), st.integers(1, 7))
def test_kept_columns_are_a_basis(seed: int, rows: int, columns: int) -> None:
    matrix = np.random.default_rng(seed).integers(-1, 2, (rows, columns)).astype(float)
    kept = independent(matrix)
    rank = np.linalg.matrix_rank(matrix)
    assert kept.sum() == rank
    assert np.linalg.matrix_rank(matrix[:, kept]) == rank
