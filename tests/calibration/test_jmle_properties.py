"""What must not change a joint maximum likelihood solution, and what must be refused."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from quanheng.calibration import jmle_newton
from quanheng.calibration.errors import AllExtreme
from quanheng.calibration.jmle_newton import FacetsConfounded, NoFiniteMaximum, TooManyParameters
from quanheng.calibration.jmle_rows import Facet
from quanheng.calibration.ratings import Facet as Column
from quanheng.calibration.ratings import Floats, Ints, Ratings
from tests.calibration.jmle_dense import random_ratings
from tests.calibration.published import jmle


def relabelled(ratings: Ratings, seed: int) -> tuple[Ratings, dict[str, Ints]]:
    """Rows in another order, elements of every facet in another order; the new place of each old element."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(ratings.score))
    columns: dict[str, Any] = {}
    places: dict[str, Ints] = {}
    for name in (facet.value for facet in Facet):
        old: Column | None = getattr(ratings, name)
        if old is not None:
            place = chance.permutation(len(old.labels)).astype(np.int64)
            labels = tuple(old.labels[i] for i in np.argsort(place))
            columns[name], places[name] = Column(labels, place[old.index][order]), place
    return replace(ratings, score=ratings.score[order], **columns), places


def solid(seed: int, *, raters: int = 6) -> Ratings:
    items = 3 if raters else 12
    return random_ratings(seed, persons=9, raters=raters, items=items, categories=4, share=0.7)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("raters", [0, 6, 14])
def test_order_and_names_do_not_matter(seed: int, raters: int) -> None:
    ratings = solid(seed, raters=raters)
    other, places = relabelled(ratings, seed)
    before, after = jmle(ratings), jmle(other)
    assert after.log_likelihood == pytest.approx(before.log_likelihood, abs=1e-8)
    for facet in before.selection.index:
        old, new, place = before.of(facet), after.of(facet), places[facet.value]
        for name in ("measure", "se", "model_se", "n", "is_extreme"):
            assert getattr(new, name)[place] == pytest.approx(getattr(old, name), abs=1e-6)
        assert new.fit.infit[place] == pytest.approx(old.fit.infit, abs=1e-6, nan_ok=True)
        assert new.fit.outfit_zstd[place] == pytest.approx(old.fit.outfit_zstd, abs=1e-5, nan_ok=True)


def with_ballot(ratings: Ratings, label: str, scores: Floats) -> Ratings:
    """A further ballot on the first persons and items; `scores` (persons, items)."""
    assert ratings.rater is not None
    assert ratings.item is not None
    persons, items = scores.shape
    person, item = (places.ravel() for places in np.indices((persons, items)))
    added = np.full(persons * items, len(ratings.rater.labels))
    return Ratings(
        np.concatenate([ratings.score, scores.ravel()]),
        Column(ratings.person.labels, np.concatenate([ratings.person.index, person])),
        Column((*ratings.rater.labels, label), np.concatenate([ratings.rater.index, added])),
        Column(ratings.item.labels, np.concatenate([ratings.item.index, item])),
    )


@pytest.mark.parametrize("score", [0.0, 3.0])
@pytest.mark.parametrize("seed", range(4))
def test_constant_extreme_ballot_changes_nothing(seed: int, score: float) -> None:
    ratings = solid(seed)
    before, after = jmle(ratings), jmle(with_ballot(ratings, "z", np.full((9, 3), score)))
    assert before.raters is not None
    assert after.raters is not None
    inside = ~before.persons.is_extreme
    assert after.persons.measure[inside].tolist() == before.persons.measure[inside].tolist()
    assert after.persons.se[inside].tolist() == before.persons.se[inside].tolist()
    assert after.raters.measure[:-1].tolist() == before.raters.measure.tolist()
    assert after.raters.is_extreme.tolist() == [*before.raters.is_extreme.tolist(), True]
    assert np.sign(after.raters.measure[-1]) == (1 if score == 0 else -1)


@pytest.mark.parametrize("seed", range(4))
def test_equal_raters_are_equal_and_their_order_is_nothing(seed: int) -> None:
    marks = np.random.default_rng(seed).integers(0, 4, (9, 3)).astype(np.float64)
    both = [with_ballot(with_ballot(solid(seed), a, marks), b, marks) for a, b in (("x", "y"), ("y", "x"))]
    first, second = (jmle(ratings) for ratings in both)
    assert first.raters is not None
    assert second.raters is not None
    assert first.raters.measure[-1] == pytest.approx(first.raters.measure[-2], abs=1e-9)
    assert first.raters.se[-1] == pytest.approx(first.raters.se[-2], rel=1e-9)
    assert second.raters.measure.tolist() == first.raters.measure.tolist()
    assert second.persons.measure.tolist() == first.persons.measure.tolist()


def test_same_digits_every_time() -> None:
    first, second = jmle(solid(1)), jmle(solid(1))
    assert first.persons.measure.tobytes() == second.persons.measure.tobytes()
    assert first.persons.se.tobytes() == second.persons.se.tobytes()
    assert first.step == second.step


def beside(a: Ratings, b: Ratings) -> Ratings:
    """Two events that share the items and nobody."""
    columns: dict[str, Any] = {}
    for name in ("person", "rater"):
        one, two = getattr(a, name), getattr(b, name)
        labels = one.labels + tuple(f"{label}'" for label in two.labels)
        columns[name] = Column(labels, np.concatenate([one.index, two.index + len(one.labels)]))
    assert a.item is not None
    assert b.item is not None
    item = Column(a.item.labels, np.concatenate([a.item.index, b.item.index]))
    return Ratings(np.concatenate([a.score, b.score]), item=item, **columns)


def test_components_are_centred_apart_and_have_no_difference() -> None:
    large, small = solid(1), random_ratings(5, persons=6, raters=5, items=3, categories=4, share=0.8)
    fit = jmle(beside(large, small))
    assert fit.raters is not None
    assert not fit.persons.is_extreme.any()
    assert fit.component.tolist() == [1] * 9 + [2] * 6
    assert fit.rater_component.tolist() == [1] * 6 + [2] * 5
    assert abs(fit.raters.measure[:6].sum()) < 1e-9
    assert abs(fit.raters.measure[6:].sum()) < 1e-9
    a, b = np.array([0, 0]), np.array([1, 9])
    for found in fit.difference(Facet.PERSON, a, b):
        assert np.isfinite(found).tolist() == [True, False]
    assert np.isfinite(fit.difference(Facet.ITEM, np.array([0]), np.array([1]))[1]).all()


def test_extremes_stand_three_tenths_inside() -> None:
    base = solid(2)
    best = np.flatnonzero(base.person.index == 0)
    raised = base.score.copy()
    raised[best] = 3.0
    fit = jmle(replace(base, score=raised))
    assert fit.persons.is_extreme.tolist() == [True] + [False] * 8
    rows = np.flatnonzero(fit.selection.index[Facet.PERSON] == 0)
    assert fit.raters is not None
    eta = (
        fit.persons.measure[0]
        - fit.raters.measure[fit.selection.index[Facet.RATER][rows]]
        - fit.items.measure[fit.selection.index[Facet.ITEM][rows]]
    )
    weight = np.exp(np.cumsum(np.column_stack([np.zeros(len(rows)), eta[:, None] - fit.steps[0].measure]), axis=1))
    share = weight / weight.sum(axis=1, keepdims=True)
    expected = share @ np.arange(4.0)
    information = (share @ np.arange(4.0) ** 2 - expected**2).sum()
    assert expected.sum() == pytest.approx(3 * len(rows) - 0.3, abs=1e-8)
    assert fit.persons.se[0] == pytest.approx(information**-0.5)
    assert fit.persons.n[0] == len(rows)


def test_person_whom_only_extreme_ballots_rate_gets_a_measure_out_of_component() -> None:
    """One all highest, one all lowest: nothing is known of the ballots, so the score stands before average ones."""
    base = solid(3)
    assert base.rater is not None
    assert base.item is not None
    person = Column((*base.person.labels, "q"), np.concatenate([base.person.index, np.full(6, 9)]))
    rater = Column((*base.rater.labels, "x", "y"), np.concatenate([base.rater.index, np.repeat([6, 7], 3)]))
    item = Column(base.item.labels, np.concatenate([base.item.index, np.tile(np.arange(3), 2)]))
    fit = jmle(Ratings(np.concatenate([base.score, [3.0] * 3, [0.0] * 3]), person, rater, item))
    assert fit.component[9] == 0
    assert fit.persons.is_extreme[9]
    assert abs(fit.persons.measure[9]) < 3
    assert fit.raters is not None
    assert fit.raters.measure[6] < fit.persons.measure[9] < fit.raters.measure[7]


def test_all_extreme_is_refused() -> None:
    ratings = solid(1)
    score = np.where(ratings.person.index < 4, 0.0, 3.0)
    with pytest.raises(AllExtreme):
        jmle(replace(ratings, score=score))


def test_raters_who_judge_one_item_each_are_refused() -> None:
    ratings = random_ratings(3, persons=9, raters=6, items=2, categories=3, share=1.0, nested=True)
    with pytest.raises(FacetsConfounded) as refused:
        jmle(ratings)
    assert refused.value.facts["facet"] in ("rater", "item")
    assert refused.value.facts["element"] in range(6)


def test_group_always_above_the_other_is_refused() -> None:
    """Ballots that link two units and give one 3 and the other 0: how far apart they are, nothing says."""
    low, high = solid(1), solid(4)
    apart = beside(low, high)
    assert apart.rater is not None
    assert apart.item is not None
    persons, items = np.meshgrid([0, 1, 9, 10], np.arange(3), indexing="ij")
    person = Column(apart.person.labels, np.concatenate([apart.person.index, persons.ravel()]))
    rater = Column((*apart.rater.labels, "z"), np.concatenate([apart.rater.index, np.full(12, 12)]))
    item = Column(apart.item.labels, np.concatenate([apart.item.index, items.ravel()]))
    score = np.concatenate([apart.score, np.where(persons.ravel() < 9, 0.0, 3.0)])
    with pytest.raises(NoFiniteMaximum) as refused:
        jmle(Ratings(score, person, rater, item))
    assert refused.value.code == "no-finite-maximum"
    assert set(refused.value.facts) == {"facet", "element", "measure"}


def test_more_parameters_than_a_dense_solution_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jmle_newton, "LARGEST_REST", 11)
    with pytest.raises(TooManyParameters) as refused:
        jmle(solid(1))
    assert refused.value.facts == {"parameters": 12, "limit": 11}
