"""Components against a plain search, what would join them, and the strength of joints by hand."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration.connectivity import (
    MissingLink,
    UnitLink,
    components,
    missing_links,
    shared_ballots,
    unit_links,
)
from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ratings import Design, Model, Ratings
from quanheng.calibration.result import Uncertainty
from tests.calibration.ballots import Row, event, ratings_of

PLAIN = Design(model=Model.GAUSSIAN, minimum_ballots=1, set_aside=False)


def laid(rows: list[Row], *, without: tuple[str, ...] = (), design: Design = PLAIN) -> tuple[Layout, Ratings]:
    ratings = ratings_of(rows, without=without)
    return lay_out(ratings, design), ratings


def numbers(rows: list[Row], *, without: tuple[str, ...] = ()) -> dict[str, int]:
    layout, ratings = laid(rows, without=without)
    found = components(layout, ratings.person.labels)
    return dict(zip(ratings.person.labels, found.tolist(), strict=True))


def on(ballot: str, *persons: str, score: float = 1) -> list[Row]:
    """One ballot; the unit of a person is the first letter of the name; scores differ from row to row."""
    return [(person, person[0], ballot, "G", "i", score + place % 2) for place, person in enumerate(persons)]


def test_without_linking_ballots_each_unit_is_a_component_the_largest_first() -> None:
    rows = on("x", "a1", "a2") + on("y", "b1", "b2", "b3") + on("z", "c1", "c2")
    assert numbers(rows) == {"a1": 2, "a2": 2, "b1": 1, "b2": 1, "b3": 1, "c1": 3, "c2": 3}


def test_one_linking_ballot_joins() -> None:
    rows = on("x", "a1", "a2") + on("y", "b1", "b2", "b3") + on("z", "a2", "b1")
    assert set(numbers(rows).values()) == {1}


def test_without_ballots_items_join() -> None:
    rows: list[Row] = [("a", "u", "", "", "i", 1), ("b", "u", "", "", "i", 2), ("c", "u", "", "", "j", 1)]
    assert numbers(rows, without=("rater", "group", "unit")) == {"a": 1, "b": 1, "c": 2}
    assert numbers(rows, without=("rater", "group", "unit", "item")) == {"a": 1, "b": 1, "c": 1}


def test_a_ballot_that_is_set_aside_joins_nobody() -> None:
    rows = event(links=0) + [(f"U{u}P{p}", f"U{u}", "X", "A", "德", 3) for u in (1, 2) for p in (1, 2, 3)]
    kept, ratings = laid(rows)
    aside, _ = laid(rows, design=Design())
    assert set(components(kept, ratings.person.labels).tolist()) == {1}
    assert sorted(set(components(aside, ratings.person.labels).tolist())) == [1, 2]


EDGES = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 6)), min_size=2, max_size=14, unique=True)


@settings(max_examples=150, deadline=None)
@given(EDGES)
def test_components_are_those_of_a_plain_search(edges: list[tuple[int, int]]) -> None:
    rows: list[Row] = [(f"p{p}", "u", f"b{b}", "g", "i", k % 2) for k, (p, b) in enumerate(edges)]
    found = numbers(rows)
    groups = {p: {p} for p in found}
    for (p, b), (q, c) in combinations(edges, 2):
        if b == c or p == q:
            joined = groups[f"p{p}"] | groups[f"p{q}"]
            groups.update(dict.fromkeys(joined, joined))
    for one, other in combinations(found, 2):
        assert (found[one] == found[other]) == (other in groups[one])
    ordered = sorted({tuple(sorted(group)) for group in groups.values()}, key=lambda group: (-len(group), group[0]))
    assert [found[group[0]] for group in ordered] == list(range(1, len(ordered) + 1))


def test_the_message_names_units_that_one_ballot_would_join() -> None:
    rows = on("x", "a1", "a2") + on("y", "b1", "b2", "c1") + on("z", "d1", "d2")
    layout, ratings = laid(rows)
    assert ratings.unit is not None
    component = components(layout, ratings.person.labels)
    assert missing_links(layout, component, ratings.person.labels, ratings.unit.labels) == (
        MissingLink(2, ("a",), 2, False, "a", "b"),
        MissingLink(3, ("d",), 2, False, "d", "b"),
    )


def test_a_unit_in_two_components_or_no_units_name_persons() -> None:
    rows = on("x", "a1", "a2") + on("y", "a3", "a4", "a5")
    layout, ratings = laid(rows)
    assert ratings.unit is not None
    component = components(layout, ratings.person.labels)
    expected = MissingLink(2, ("a",), 2, True, "a1", "a3")
    assert missing_links(layout, component, ratings.person.labels, ratings.unit.labels) == (expected,)
    assert missing_links(layout, component, ratings.person.labels, None) == (MissingLink(2, (), 2, True, "a1", "a3"),)


CHAIN = on("x", "a1", "b1", "b2") + on("y", "a2", "b1") + on("z", "b2", "c1") + on("w", "d1", "d2")


def test_linking_ballots_are_counted_once_for_each_pair_of_units() -> None:
    layout, _ = laid(CHAIN)
    assert shared_ballots(layout).toarray().tolist() == [[0, 2, 0, 0], [2, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


def independent(layout: Layout, variance: float) -> Uncertainty:
    """Every person known by itself, and an error common to unit a."""
    sizes = np.bincount(layout.person_unit)
    place = np.concatenate([np.arange(size) for size in sizes])
    reach = (layout.person_unit == 0).astype(np.float64)[:, None] * 0.5
    return Uncertainty(layout.person_unit, place, tuple(variance * np.eye(size) for size in sizes), reach)


def test_the_strength_of_a_link_is_its_ballots_and_its_standard_error() -> None:
    layout, _ = laid(CHAIN)  # units of 2, 2, 1 and 2 persons, in the order of their labels
    found = unit_links(layout, independent(layout, 0.08), 2.0)
    near, far, last = (
        math.sqrt(0.04 + 0.04 + 0.25) / 2,
        math.sqrt(0.04 + 0.08 + 0.25) / 2,
        math.sqrt(0.04 + 0.08) / 2,
    )
    assert [(link.a, link.b, link.ballots, link.chain) for link in found] == [(0, 1, 2, 2), (0, 2, 0, 1), (1, 2, 1, 1)]
    assert [link.se_ratio for link in found] == pytest.approx([near, far, last])
    assert [link.is_weak for link in found] == [False, True, True]


def test_a_wide_standard_error_is_weak_whatever_the_ballots() -> None:
    assert UnitLink(0, 1, 5, 5, 0.81).is_weak
    assert not UnitLink(0, 1, 5, 5, 0.8).is_weak
    assert not UnitLink(0, 1, 5, 5, math.nan).is_weak


def test_two_units_in_one_block_count_what_they_share() -> None:
    layout, _ = laid(on("x", "a1", "b1") + on("y", "a1", "b1", score=2))
    one = Uncertainty(
        np.zeros(2, dtype=np.int64), np.arange(2), (np.array([[2.0, 1.5], [1.5, 2.0]]),), np.zeros((2, 0))
    )
    assert unit_links(layout, one, 1.0)[0].se_ratio == pytest.approx(1.0)


def test_without_units_or_estimates_there_is_less_to_say() -> None:
    layout, _ = laid(CHAIN, without=("unit",))
    assert unit_links(layout, None, 1.0) == ()
    with_units, _ = laid(CHAIN)
    assert math.isnan(unit_links(with_units, None, 1.0)[0].se_ratio)
    assert math.isnan(unit_links(with_units, independent(with_units, 1.0), 0.0)[0].se_ratio)


def test_many_units_are_compared_only_where_ballots_join_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.calibration.connectivity.ALL_PAIRS_UNITS", 3)
    layout, _ = laid(CHAIN)
    assert [(link.a, link.b, link.ballots) for link in unit_links(layout, None, 1.0)] == [(0, 1, 2), (1, 2, 1)]
