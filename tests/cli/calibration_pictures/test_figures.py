"""Words and limits: what is rounded how, what a shift is put down to, and what is kept back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.calibration.ratings import Design, Model
from quanheng.calibration.result import Calibration, Shifts
from quanheng.cli.calibration_pictures.figures import (
    ballots_of,
    cast,
    decimals,
    has_parts,
    number,
    parts,
    signed,
    source,
    why,
)
from quanheng.cli.calibration_pictures.shifts import rounded_parts


def shifted(calibration: Calibration, *, se: float = 1.0, **steps: float) -> Calibration:
    """Everybody moved by the same steps from raw."""
    size = len(calibration.persons.labels)
    each = {"ballots": 0.0, "culture": 0.0, "groups": 0.0, "shrinkage": 0.0} | steps
    persons = replace(
        calibration.persons, fair=calibration.persons.raw + sum(each.values()), se=np.full(size, se, dtype=np.float64)
    )
    moved = Shifts(**{name: np.full(size, value) for name, value in each.items()})
    return replace(calibration, persons=persons, shifts=moved)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ({"culture": 2.0}, "本单位评分偏严"),
        ({"culture": -2.0}, "本单位评分偏宽"),
        ({"ballots": 2.0, "culture": 1.0}, "所得各票偏严"),
        ({"ballots": -2.0, "culture": 1.0}, "所得各票偏宽"),
        ({"ballots": 2.0, "culture": -3.0, "shrinkage": 2.5}, "向平均靠拢"),  # up, so a step down is no cause
        ({"groups": 1.0}, "票类构成不同"),
        ({"shrinkage": -1.0}, "向平均靠拢"),
        ({"culture": 0.2}, "基本不变"),
        ({}, "基本不变"),
    ],
)
def test_a_shift_is_put_down_to_its_largest_cause(small: Calibration, steps: dict[str, float], words: str) -> None:
    assert why(shifted(small, **steps), 0) == words


def test_the_verification_mode_names_no_cause(small: Calibration) -> None:
    jmle = replace(small, design=Design(model=Model.JMLE))
    assert not has_parts(jmle)
    assert why(jmle, 0) == ""


def test_unknown_parts_name_no_cause(small: Calibration) -> None:
    assert why(shifted(small, culture=float("nan")), 0) == ""


def test_parts_stand_in_the_order_of_the_words(small: Calibration) -> None:
    assert parts(shifted(small, ballots=1, culture=2, groups=3, shrinkage=4), 0).tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(90.64, 1, "90.6"), (-1.25, 2, "−1.25"), (0.0, 1, "0.0"), (float("nan"), 1, "—"), (float("inf"), 1, "—")],
)
def test_numbers(value: float, places: int, text: str) -> None:
    assert number(value, places) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2.04, "+2.0"), (-1.55, "−1.6"), (0.04, "0.0"), (-0.04, "0.0"), (float("nan"), "—")]
)
def test_signed_numbers(value: float, text: str) -> None:
    assert signed(value, 1) == text


def test_grades_get_two_decimals_and_scores_one(small: Calibration) -> None:
    assert decimals(small) == 1
    grades = replace(small.persons, raw=small.persons.raw / 40)
    assert decimals(replace(small, persons=grades)) == 2


def test_cast_names_unit_and_class(large: Calibration) -> None:
    who = cast(large)
    ratings = large.ratings
    assert ratings.unit is not None
    assert ratings.comparison_class is not None
    assert who.class_labels == ("正职", "副职")
    for row in range(0, len(ratings.score), 997):
        person = int(ratings.person.index[row])
        assert who.units[person] == ratings.unit.labels[ratings.unit.index[row]]
        assert who.classes[person] == ratings.comparison_class.index[row]


def test_without_facets_everybody_is_in_one_class(small: Calibration) -> None:
    who = cast(replace(small, ratings=replace(small.ratings, unit=None)))
    assert who.class_labels == ("全部人员",)
    assert set(who.units) == {""}


def test_ballots_are_counted_once_however_many_dimensions(small: Calibration) -> None:
    ratings = small.ratings
    assert ratings.rater is not None
    pairs = {(int(p), int(b)) for p, b in zip(ratings.person.index, ratings.rater.index, strict=True)}
    expected = [sum(p == person for p, _ in pairs) for person in range(len(ratings.person.labels))]
    assert ballots_of(small).tolist() == expected


def test_means_of_fewer_than_five_ballots_are_kept_back(small: Calibration) -> None:
    ratings = small.ratings
    assert ratings.rater is not None
    few = ratings.rater.index[ratings.person.index == 0]
    kept = np.unique(few)[:4]
    rows = (ratings.person.index != 0) | np.isin(ratings.rater.index, kept)
    facets = {
        name: replace(facet, index=facet.index[rows])
        for name in ("person", "rater", "item", "group", "unit")
        if (facet := getattr(ratings, name)) is not None
    }
    thinned = replace(small, ratings=replace(ratings, score=ratings.score[rows], **facets))
    assert ballots_of(thinned)[0] == 4
    assert cast(thinned).shown == (False, *(True,) * (len(ratings.person.labels) - 1))
    assert all(cast(small).shown)


def test_without_ballots_nothing_has_to_be_kept_back(small: Calibration) -> None:
    answers = replace(small.ratings, rater=None, group=None, score=small.ratings.score)
    assert all(cast(replace(small, ratings=answers)).shown)


def test_source_is_the_hash_of_the_input(small: Calibration) -> None:
    assert source(small) == f"输入指纹 {str(small.summary['input_sha256'])[:12]} · 内部资料"
    assert source(replace(small, summary={})) == "内部资料"


@given(
    st.lists(st.floats(-50, 50), min_size=4, max_size=4),
    st.floats(0, 100),
    st.sampled_from([1, 2]),
)
def test_rounded_parts_add_up_to_the_printed_total(steps: list[float], raw: float, places: int) -> None:
    fair = raw + sum(steps)
    total = round(fair, places) - round(raw, places)
    rounded = rounded_parts(np.array(steps), total, places)
    assert rounded.sum() == pytest.approx(total, abs=1e-9)
    assert np.abs(rounded - steps).max() < 1.01 * 10.0**-places


def test_parts_that_fit_are_rounded_plainly() -> None:
    assert rounded_parts(np.array([1.54, 0.6, 0.0, -0.14]), 2.0, 1).tolist() == [1.5, 0.6, 0.0, -0.1]
    assert rounded_parts(np.array([0.06, 0.06, 0.06, 0.06]), 0.2, 1).sum() == pytest.approx(0.2)
