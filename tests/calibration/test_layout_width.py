"""Narrow integers change nothing but the memory: labels by the hundred do not overflow them."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration import errors
from quanheng.calibration.flags_evidence import _sheets
from quanheng.calibration.jmle_rows import Facet as Place
from quanheng.calibration.jmle_rows import facets, select
from quanheng.calibration.layout import Layout, extreme_persons, lay_out, narrow
from quanheng.calibration.ordinal import fit_ordinal
from quanheng.calibration.ordinal_response import count
from quanheng.calibration.ratings import Design, Facet, Model, Ratings
from tests.calibration.designs import Shape, facet_of, layout_from, ratings_from

ANY = Design(minimum_ballots=1)
WIDE = Shape(units=2, persons=5, ballots=6, links=2, items=150, categories=4, groups=2, seed=3)


def narrowed(ratings: Ratings, kind: type[np.signedinteger]) -> Ratings:
    """Every facet in integers of that kind."""
    named = ("person", "rater", "item", "group", "unit")
    old = {name: getattr(ratings, name) for name in named}
    new: Any = {name: facet and Facet(facet.labels, facet.index.astype(kind)) for name, facet in old.items()}
    return replace(ratings, **new)


@pytest.mark.parametrize(("size", "kind"), [(127, np.int8), (128, np.int16), (32_767, np.int16), (32_768, np.int32)])
def test_as_narrow_as_the_number_of_labels(size: int, kind: type) -> None:
    found = narrow(np.arange(size), size)
    assert found.dtype == kind
    assert found.tolist() == list(range(size))
    assert found.dtype.type(size) == size


def test_a_rating_takes_ten_bytes() -> None:
    layout = layout_from(replace(WIDE, items=5))
    rows = (layout.given, layout.category, layout.row_item, layout.row)
    assert [a.dtype.itemsize * a.size for a in rows] == [4 * 8, *(layout.row.size * size for size in (1, 1, 4))]
    assert "row_pair" not in vars(layout)
    fit_ordinal(layout)
    assert "row_pair" not in vars(layout), "10 million of them are not needed for the estimation"
    for pairs in (layout.pair_start, layout.pair_person, layout.pair_rater, layout.pair_group, layout.row_pair):
        assert pairs.dtype == np.int32


def test_without_ballots_items_and_units() -> None:
    layout = layout_from(Shape(units=1, persons=9, items=1, raters=False, links=0, groups=1))
    assert layout.row_item.dtype == np.int8
    assert layout.pair_rater.dtype == np.int32
    assert set(layout.pair_rater.tolist()) == {-1}


def same(one: Layout, other: Layout) -> None:
    for name in ("given", "value", "category", "row_item", "row", "row_pair", "pair_start", "pair_person"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in ("pair_rater", "pair_group", "person_unit", "rater_unit", "rater_group", "set_aside", "points"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 1000), st.sampled_from([Model.ORDINAL, Model.GAUSSIAN, Model.JMLE]))
def test_the_integers_of_the_input_do_not_matter(seed: int, model: Model) -> None:
    ratings = ratings_from(Shape(seed=seed, missing=0.2))
    lay = partial(lay_out, design=replace(ANY, model=model))
    same(lay(ratings), lay(narrowed(ratings, np.int32)))


def test_values_are_the_scores_of_the_rows() -> None:
    ratings = ratings_from(replace(WIDE, items=3))
    for model in Model:
        layout = lay_out(replace(ratings, score=2 * ratings.score + 1), replace(ANY, model=model))
        np.testing.assert_array_equal(layout.value, 2 * ratings.score[layout.row] + 1)


def test_a_hundred_and_fifty_items_do_not_overflow() -> None:
    ratings = ratings_from(WIDE)
    layout = lay_out(ratings, ANY)
    assert layout.row_item.dtype == np.int16
    counted = count(layout, np.arange(layout.pair_person.size)).by_item
    assert ratings.item is not None
    expected = np.zeros((150, 4), dtype=np.int64)
    np.add.at(expected, (ratings.item.index, ratings.score.astype(int)), 1)
    np.testing.assert_array_equal(counted, expected)


def test_a_hundred_items_of_four_grades_do_not_overflow_bytes() -> None:
    """Items and grades fit in bytes, but not the cells that they make together."""
    layout = layout_from(replace(WIDE, items=100))
    assert layout.row_item.dtype == layout.category.dtype == np.int8
    counted = count(layout, np.arange(layout.pair_person.size))
    assert counted.by_item.sum() == layout.category.size
    assert counted.total.sum() == layout.category.sum(dtype=np.int64)
    assert np.bincount(layout.row_item).tolist() == counted.by_item.sum(axis=1).tolist()


def test_scores_of_two_hundred_grades() -> None:
    rng = np.random.default_rng(1)
    person, score = np.repeat(np.arange(20), 40), rng.permutation(np.arange(800) % 200).astype(np.float64)
    ballot = np.tile(np.arange(40), 20)
    layout = lay_out(Ratings(score, facet_of(person), facet_of(ballot)), ANY)
    assert layout.category.dtype == np.int16
    np.testing.assert_array_equal(layout.value, score[layout.row])
    assert not extreme_persons(layout).any()


def test_the_verification_mode_counts_in_wide_integers() -> None:
    index, _ = facets(layout_from(replace(WIDE, items=100)))
    assert {facet: found.dtype for facet, found in index.items()} == dict.fromkeys(Place, np.dtype(np.int64))
    chosen = select(layout_from(replace(WIDE, items=100)), partial_credit=True)
    assert chosen.scale.dtype == chosen.category.dtype == np.int64


def test_sheets_of_many_persons_and_items_are_told_apart() -> None:
    """person × item × grade passes 2³¹ in a large event."""
    layout = layout_from(replace(WIDE, items=5))
    moved = replace(layout, pair_person=layout.pair_person + np.int32(2**31 - 1 - layout.persons))
    plain, far = _sheets(layout), _sheets(moved)
    assert len(np.unique(far.cells)) == len(np.unique(plain.cells))
    assert len(np.unique(far.marks)) == len(np.unique(plain.marks))


def test_of_two_repeated_ratings_the_first_in_the_input_is_shown() -> None:
    ratings = ratings_from(replace(WIDE, items=2, groups=1))
    rows = np.concatenate([np.arange(ratings.score.size), [7, 3, 7]])
    named = {name: getattr(ratings, name) for name in ("person", "rater", "item", "unit")}
    columns: Any = {name: Facet(facet.labels, facet.index[rows]) for name, facet in named.items()}
    with pytest.raises(errors.DuplicateRating) as refusal:
        lay_out(Ratings(ratings.score[rows], **columns), ANY)
    size = ratings.score.size
    assert refusal.value.facts["rows"] == (8, size + 1, size + 3)
    assert refusal.value.facts["count"] == 2
