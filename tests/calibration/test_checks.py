"""Each refusal with its exact facts, the rows counted from 1."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from quanheng.calibration import errors
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Design, Facet, Model, Ratings
from tests.calibration.ballots import Row, event, facet, ratings_of

WEIGHTS = {"A": 0.35, "B": 0.35, "C": 0.3}


def refused(ratings: Ratings, design: Design | None = None) -> tuple[str, str, dict[str, object]]:
    with pytest.raises(errors.CannotCalibrate) as caught:
        lay_out(ratings, design or Design())
    return type(caught.value).__name__, caught.value.code, dict(caught.value.facts)


def changed(change: Callable[[list[Row]], object]) -> Ratings:
    rows = event()
    change(rows)
    return ratings_of(rows)


def test_the_event_itself_is_taken() -> None:
    assert lay_out(ratings_of(event()), Design(group_weights=WEIGHTS)).persons == 10


def test_no_rows() -> None:
    empty = Ratings(score=np.zeros(0), person=Facet((), np.zeros(0, dtype=np.int64)))
    assert refused(empty) == ("NoRatings", "no-ratings", {})


@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_a_score_that_is_missing(score: float) -> None:
    ratings = ratings_of(event())
    ratings.score[[4, 9]] = score
    facts = {"facet": "score", "rows": (5, 10), "count": 2}
    assert refused(ratings) == ("MissingValue", "missing-value", facts)


def test_a_label_that_is_missing() -> None:
    ratings = ratings_of(event())
    ratings.person.index[2] = -1
    facts = {"facet": "person", "rows": (3,), "count": 1}
    assert refused(ratings) == ("MissingValue", "missing-value", facts)


def test_a_label_without_rows() -> None:
    ratings = ratings_of(event())
    wider = replace(ratings, person=Facet((*ratings.person.labels, "无票"), ratings.person.index))
    facts = {"facet": "person", "labels": ("无票",), "count": 1}
    assert refused(wider) == ("LabelWithoutRatings", "label-without-ratings", facts)


def test_facets_of_another_length_are_an_error_of_the_program() -> None:
    ratings = ratings_of(event())
    with pytest.raises(ValueError, match="person: 3 entries"):
        lay_out(replace(ratings, person=facet(["a", "b", "c"])), Design())


def test_fewer_than_the_minimum_of_ballots() -> None:
    ratings = ratings_of(event(units=1, ballots=3, links=1))
    assert refused(ratings) == ("TooFewBallots", "too-few-ballots", {"ballots": 4, "minimum": 5})
    assert lay_out(ratings, Design(minimum_ballots=4)).raters == 4


def test_a_single_category() -> None:
    ratings = ratings_of([(*row[:5], 2.0) for row in event()])
    for model in Model:
        facts = {"score": 2.0}
        assert refused(ratings, Design(model=model)) == ("SingleCategory", "single-category", facts)


def test_only_extreme_persons() -> None:
    scores = {"U1P1": 3.0, "U1P2": 0.0}
    rows = [(*row[:5], scores.get(row[0], 3.0)) for row in event()]
    assert refused(ratings_of(rows)) == ("AllExtreme", "all-extreme", {"persons": 10, "set_aside": 6})
    assert refused(ratings_of(rows), Design(set_aside=False))[2] == {"persons": 10, "set_aside": 0}


def test_nothing_left_beside_ballots_set_aside() -> None:
    """The one ballot that differs leaves each person with one end of the scale."""
    rows: list[Row] = [(f"P{p}", "U", f"B{b}", "G", "i", 3.0) for p in range(5) for b in range(6)]
    rows += [(f"P{p}", "U", "X", "G", "i", 3.0 if p else 0.0) for p in range(5)]
    assert refused(ratings_of(rows)) == ("AllExtreme", "all-extreme", {"persons": 5, "set_aside": 6})
    gaussian = [row for row in rows if row[2] != "X"] + [("P0", "U", "X", "G", "i", 1.0)]
    facts = {"persons": 5, "set_aside": 6}
    assert refused(ratings_of(gaussian), Design(model=Model.GAUSSIAN)) == ("AllExtreme", "all-extreme", facts)


def test_a_score_outside_the_scale() -> None:
    ratings = ratings_of(event())
    ratings.score[[7, 11]] = 5, 6
    facts = {"score": 5.0, "rows": (8, 12), "count": 2, "lowest": 0.0, "highest": 3.0}
    expected = ("ScoreOutsideScale", "outside-scale", facts)
    assert refused(ratings, Design(points=(0, 60, 80, 95))) == expected
    assert refused(ratings, Design(scale=(0, 3))) == expected


@pytest.mark.parametrize("model", [Model.ORDINAL, Model.JMLE])
def test_a_score_that_is_no_category(model: Model) -> None:
    ratings = ratings_of(event())
    ratings.score[3] = 1.5
    facts = {"score": 1.5, "rows": (4,), "count": 1}
    assert refused(ratings, Design(model=model)) == ("NotACategory", "not-a-category", facts)
    assert lay_out(ratings, Design(model=Model.GAUSSIAN)).value[lay_out(ratings, Design(model=Model.GAUSSIAN)).row == 3]


def test_a_person_in_two_units() -> None:
    def move(rows: list[Row]) -> None:
        rows[1] = (rows[1][0], "U2", *rows[1][2:])

    ratings = changed(move)
    rows = tuple(int(row) + 1 for row in np.flatnonzero(ratings.person.index == 0))[:10]
    facts = {"person": "U1P1", "units": ("U1", "U2"), "rows": rows, "count": 1}
    assert refused(ratings) == ("PersonInTwoUnits", "person-in-two-units", facts)


def test_a_person_in_two_classes() -> None:
    ratings = ratings_of(event())
    two = facet(["正职" if row else "副职" for row in range(ratings.score.size)])
    name, code, facts = refused(replace(ratings, comparison_class=two))
    assert (name, code) == ("PersonInTwoClasses", "person-in-two-classes")
    assert (facts["person"], facts["classes"], facts["count"]) == ("U1P1", ("副职", "正职"), 1)


def test_a_ballot_in_two_groups() -> None:
    def move(rows: list[Row]) -> None:
        rows[-1] = (*rows[-1][:3], "A", *rows[-1][4:])

    name, code, facts = refused(changed(move))
    assert (name, code) == ("BallotInTwoGroups", "ballot-in-two-groups")
    assert (facts["ballot"], facts["groups"], facts["count"]) == ("U2B6", ("A", "B"), 1)


def test_groups_without_ballots() -> None:
    ratings = ratings_of(event(), without=("rater",))
    assert refused(ratings) == ("GroupsWithoutBallots", "groups-without-ballots", {})


def test_a_rating_twice() -> None:
    ratings = changed(lambda rows: rows.append((*rows[2][:5], 1.0)))
    facts = {"person": "U1P2", "ballot": "L1", "item": "德", "rows": (3, 161), "count": 1}
    assert refused(ratings) == ("DuplicateRating", "duplicate-rating", facts)


def test_a_rating_twice_without_ballots_and_items() -> None:
    ratings = ratings_of(event(), without=("rater", "group", "item"))
    name, code, facts = refused(ratings)
    assert (name, code) == ("DuplicateRating", "duplicate-rating")
    assert (facts["person"], facts["ballot"], facts["item"], facts["count"]) == ("U1P1", "", "", 10)
    assert facts["rows"] == (1, 2, 21, 22, 41, 42, 51, 52, 61, 62)


@pytest.mark.parametrize(
    ("weights", "code", "facts"),
    [
        ({"A": 0.5, "B": 0.5}, "without-weight", {"groups": ("C",)}),
        ({"A": -0.1, "B": 0.8, "C": 0.3}, "negative", {"groups": ("A",)}),
        ({"A": 0.5, "B": 0.5, "C": 0.5}, "sum", {"total": 1.5}),
    ],
)
def test_weights_that_do_not_fit(weights: dict[str, float], code: str, facts: dict[str, object]) -> None:
    assert refused(ratings_of(event()), Design(group_weights=weights)) == ("WeightsDoNotFit", code, facts)


def test_a_group_without_any_ballot_keeps_its_weight() -> None:
    """The rules name the groups; that one of them did not vote is no slip."""
    lay_out(ratings_of(event()), Design(group_weights={**{name: w / 2 for name, w in WEIGHTS.items()}, "D": 0.5}))


def test_weights_without_groups() -> None:
    ratings = ratings_of(event(), without=("group",))
    assert refused(ratings, Design(group_weights={"A": 1.0})) == ("WeightsDoNotFit", "no-groups", {})
