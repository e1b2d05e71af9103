"""The arrays of a small event by hand, and of random ones against a plain reading of the rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration.layout import Layout, extreme_persons, lay_out, used_pairs
from quanheng.calibration.ratings import Design, Model
from tests.calibration.ballots import Row, event, ratings_of

FIVE = Design(minimum_ballots=1)


def laid(rows: list[Row], design: Design = FIVE, *, without: tuple[str, ...] = ()) -> Layout:
    return lay_out(ratings_of(rows, without=without), design)


SMALL: list[Row] = [
    ("b", "U2", "z", "G", "j", 3),
    ("a", "U1", "z", "G", "i", 1),
    ("b", "U2", "y", "H", "i", 0),
    ("a", "U1", "z", "G", "j", 0),
    ("a", "U1", "x", "H", "i", 3),
]


def test_pairs_stand_by_unit_then_ballot_then_person_linking_ballots_last() -> None:
    layout = laid(SMALL)
    assert layout.pair_rater.tolist() == [0, 1, 2, 2]  # x (U1), y (U2), z (both)
    assert layout.pair_person.tolist() == [0, 1, 0, 1]
    assert layout.pair_group.tolist() == [1, 1, 0, 0]
    assert layout.rater_unit.tolist() == [0, 1, -1]
    assert layout.rater_group.tolist() == [1, 1, 0]
    assert layout.person_unit.tolist() == [0, 1]
    assert layout.row.tolist() == [4, 2, 1, 3, 0]
    assert layout.row_pair.tolist() == [0, 1, 2, 2, 3]
    assert layout.row_item.tolist() == [0, 0, 0, 1, 1]
    assert layout.pair_start.tolist() == [0, 1, 2, 4, 5]
    assert layout.value.tolist() == [3, 0, 1, 0, 3]
    assert (layout.persons, layout.raters, layout.items, layout.groups, layout.units) == (2, 3, 2, 2, 2)


def test_an_unused_category_between_others_is_closed_up_and_keeps_its_points() -> None:
    layout = laid(SMALL)
    assert layout.category.tolist() == [2, 0, 1, 0, 2]
    assert layout.points.tolist() == [0, 1, 3]
    with_points = laid(SMALL, Design(points=(0, 60, 80, 95), minimum_ballots=1))
    assert with_points.points.tolist() == [0, 60, 95]


def test_a_scale_that_starts_at_one_counts_its_points_from_there() -> None:
    rows = [(*row[:5], row[5] + 1) for row in SMALL]
    layout = laid(rows, Design(points=(0, 60, 80, 95), scale=(1, 4), minimum_ballots=1))
    assert layout.points.tolist() == [0, 60, 95]
    assert layout.value.tolist() == [4, 1, 2, 1, 4]


def test_the_gaussian_model_has_no_categories() -> None:
    layout = laid(SMALL, Design(model=Model.GAUSSIAN, minimum_ballots=1))
    assert layout.category.tolist() == [0, 0, 0, 0, 0]
    assert layout.points.size == 0
    points = laid(SMALL, Design(model=Model.GAUSSIAN, points=(0, 60, 80, 95), minimum_ballots=1))
    assert points.value.tolist() == [95, 0, 60, 0, 95]


def test_without_ballots_each_person_is_a_pair() -> None:
    rows = [SMALL[0], SMALL[1], SMALL[3]]
    layout = laid(rows, without=("rater", "group", "unit"))
    assert layout.pair_rater.tolist() == [-1, -1]
    assert layout.pair_person.tolist() == [0, 1]
    assert layout.pair_start.tolist() == [0, 2, 3]
    assert (layout.raters, layout.groups, layout.units, layout.has_units) == (0, 1, 1, False)
    assert used_pairs(layout).tolist() == [True, True]


def test_the_order_of_the_rows_changes_only_where_they_stood() -> None:
    rows = event()
    first, second = laid(rows), laid(rows[::-1])
    for name in ("value", "category", "row_pair", "row_item", "pair_start", "pair_person", "pair_rater", "set_aside"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    assert np.array_equal(second.row, len(rows) - 1 - first.row)


def constant(ballot: str, persons: int, score: float, unit: str = "U1") -> list[Row]:
    return [(f"{unit}P{p}", unit, ballot, "B", item, score) for p in range(1, persons + 1) for item in ("德", "能")]


@pytest.mark.parametrize(
    ("size", "rated", "score", "is_set_aside"),
    [(5, 4, 3, True), (5, 5, 3, True), (5, 3, 3, False), (4, 4, 3, False), (3, 3, 3, False), (5, 5, 2, False)],
)
def test_only_a_ballot_that_calls_many_of_a_large_unit_excellent_is_set_aside(
    size: int, rated: int, score: float, is_set_aside: bool
) -> None:
    layout = lay_out(ratings := ratings_of(event(persons=size) + constant("X", rated, score)), FIVE)
    assert ratings.rater is not None
    assert layout.set_aside[ratings.rater.labels.index("X")] == is_set_aside
    rows = used_pairs(layout)[layout.row_pair]
    assert int((~rows).sum()) == rated * 2 * is_set_aside + others(layout, ratings.rater.labels.index("X"))


def others(layout: Layout, mine: int) -> int:
    rater = layout.pair_rater[layout.row_pair]
    return int((layout.set_aside[rater] & (rater != mine)).sum())


def test_one_mark_below_the_highest_keeps_a_ballot() -> None:
    rows = constant("X", 5, 3)
    rows[3] = (*rows[3][:5], 2)
    layout = lay_out(ratings := ratings_of(event() + rows), FIVE)
    assert ratings.rater is not None
    assert not layout.set_aside[ratings.rater.labels.index("X")]


def test_the_highest_is_the_highest_of_the_declared_scale() -> None:
    rows = [(*row[:5], min(row[5], 2.0)) for row in event()] + constant("X", 5, 2)
    ratings = ratings_of(rows)
    assert ratings.rater is not None
    mine = ratings.rater.labels.index("X")
    assert lay_out(ratings, FIVE).set_aside[mine]
    assert not lay_out(ratings, Design(points=(0, 60, 80, 95), minimum_ballots=1)).set_aside[mine]


def test_a_linking_ballot_counts_its_persons_of_large_units() -> None:
    rows = event(units=2, persons=5) + constant("X", 2, 3) + constant("X", 2, 3, "U2")
    ratings = ratings_of(rows)
    assert ratings.rater is not None
    layout = lay_out(ratings, FIVE)
    assert layout.rater_unit[ratings.rater.labels.index("X")] == -1
    assert layout.set_aside[ratings.rater.labels.index("X")]


def test_set_aside_is_asked_for_and_never_in_verification() -> None:
    rows = event() + constant("X", 5, 3)
    for design, without in (
        (Design(set_aside=False), ()),
        (Design(model=Model.JMLE), ()),
        (Design(model=Model.GAUSSIAN), ("unit",)),
    ):
        assert not laid(rows, design, without=without).set_aside.any()
    assert laid(rows, Design(model=Model.GAUSSIAN)).set_aside.any()
    assert laid(rows, without=("unit",)).set_aside.any()


def test_extreme_persons_have_only_the_highest_or_only_the_lowest() -> None:
    rows: list[Row] = [(p, "U", f"B{b}", "G", "i", s) for p, s in (("a", 3), ("b", 0), ("c", 1)) for b in range(3)]
    rows += [("d", "U", "B1", "G", "i", 3), ("d", "U", "B2", "G", "i", 0)]
    assert extreme_persons(laid(rows)).tolist() == [True, True, False, False]


CELLS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 5), st.integers(0, 2)), st.integers(0, 3), min_size=3, max_size=40
)


@settings(max_examples=150, deadline=None)
@given(CELLS.filter(lambda cells: len(set(cells.values())) > 1))
def test_the_arrays_say_what_the_rows_say(cells: dict[tuple[int, int, int], int]) -> None:
    rows: list[Row] = [(f"p{p}", f"u{p % 2}", f"b{b}", f"g{b % 3}", f"i{i}", s) for (p, b, i), s in cells.items()]
    ratings = ratings_of(rows)
    assert ratings.rater is not None
    assert ratings.item is not None
    layout = lay_out(ratings, Design(model=Model.GAUSSIAN, minimum_ballots=1))
    pair = layout.row_pair
    assert (np.diff(pair) >= 0).all()
    assert np.array_equal(np.repeat(np.arange(layout.pair_person.size), np.diff(layout.pair_start)), pair)
    persons, raters = layout.pair_person[pair], layout.pair_rater[pair]
    told = [
        (ratings.person.labels[p], ratings.rater.labels[r], ratings.item.labels[i], v)
        for p, r, i, v in zip(persons, raters, layout.row_item, layout.value, strict=True)
    ]
    assert sorted(told) == sorted((row[0], row[2], row[4], row[5]) for row in rows)
    for rater, unit in enumerate(layout.rater_unit):
        seen = {int(layout.person_unit[p]) for p in layout.pair_person[layout.pair_rater == rater]}
        assert unit == (seen.pop() if len(seen) == 1 else -1)
