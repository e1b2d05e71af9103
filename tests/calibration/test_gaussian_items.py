"""Dimensions: difficulty and noise from deviations within pairs, whatever is missing."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration.gaussian_items import items_of
from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ratings import Design, Facet, Model, Ratings


def layout(seed: int, *, skip: float, items: int = 4) -> Layout:
    """12 ballots on 3 persons; pairs that would be empty keep one mark."""
    rng = np.random.default_rng(seed)
    pair, item = np.repeat(np.arange(36), items), np.tile(np.arange(items), 36)
    kept = rng.random(pair.size) >= skip
    kept[np.arange(36) * items + rng.integers(0, items, 36)] = True
    score = rng.normal(70, 9, 36)[pair] - 3 * item + rng.normal(0, 2, pair.size)
    names = tuple(map(str, range(36)))
    return lay_out(
        Ratings(
            score=score[kept],
            person=Facet(names[:3], pair[kept] % 3),
            rater=Facet(names[:12], pair[kept] // 3),
            item=Facet(names[:items], item[kept]),
        ),
        Design(model=Model.GAUSSIAN),
    )


@given(st.integers(0, 5_000), st.sampled_from([0.0, 0.2, 0.5]))
@settings(max_examples=40, deadline=None)
def test_they_are_least_squares_with_an_effect_for_each_pair(seed: int, skip: float) -> None:
    laid = layout(seed, skip=skip)
    found = items_of(laid, np.arange(36))
    pairs, marks = np.eye(36)[laid.row_pair], np.eye(4)[laid.row_item]
    design = np.hstack([pairs, -marks])
    if np.linalg.matrix_rank(design) < 39:
        assert np.isnan(found.difficulty).all()
        return
    solution = np.linalg.lstsq(design, laid.value, rcond=None)[0]
    difficulty = solution[36:] - solution[36:].mean()
    np.testing.assert_allclose(found.difficulty, difficulty, atol=1e-9)
    rest = laid.value - design @ solution
    degrees = len(rest) - 39
    assert found.noise == pytest.approx(rest @ rest / degrees, rel=1e-9)
    within = marks - (pairs / pairs.sum(axis=0)) @ (pairs.T @ marks)
    covariance = found.noise * np.linalg.pinv(within.T @ within)
    np.testing.assert_allclose(found.se, np.sqrt(np.diagonal(covariance)), rtol=1e-7)
    adjusted = np.bincount(laid.row_pair, laid.value + difficulty[laid.row_item]) / found.count
    np.testing.assert_allclose(found.mean, adjusted, atol=1e-9)


def test_only_the_pairs_in_use_count() -> None:
    laid = layout(1, skip=0.3)
    used = np.flatnonzero(laid.pair_rater != 5)
    found = items_of(laid, used)
    changed = np.where(laid.pair_rater[laid.row_pair] == 5, 0.0, laid.value)
    other = items_of(replace(laid, given=changed), used)
    np.testing.assert_array_equal(found.difficulty, other.difficulty)
    np.testing.assert_array_equal(found.mean, other.mean)
    assert len(found.mean) == len(used) == 33


def test_one_mark_a_pair_says_nothing_of_dimensions() -> None:
    laid = layout(2, skip=1.0)
    found = items_of(laid, np.arange(36))
    assert np.isnan(found.difficulty).all()
    assert np.isnan(found.se).all()
    assert found.noise == 0
    np.testing.assert_array_equal(found.mean, laid.value)


def test_a_single_dimension_has_no_difficulty() -> None:
    laid = layout(3, skip=0.0, items=1)
    found = items_of(laid, np.arange(36))
    assert found.difficulty.tolist() == [0.0]
    np.testing.assert_array_equal(found.mean, laid.value)


def test_declared_points_are_what_is_averaged() -> None:
    laid = layout(4, skip=0.0)
    points = np.array([0.0, 60.0, 80.0, 95.0])
    graded = replace(laid, category=np.arange(len(laid.value)) % 4, points=points)
    found = items_of(graded, np.arange(36))
    np.testing.assert_allclose(found.mean, points.mean())
    np.testing.assert_allclose(found.difficulty, points.mean() - points)
