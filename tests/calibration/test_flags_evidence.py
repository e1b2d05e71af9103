"""What the pattern tests are given, against sums written out by hand for every pair and ballot."""

from functools import lru_cache
from itertools import combinations, product

import numpy as np
import pytest

from quanheng.calibration.blocks_posterior import Posterior
from quanheng.calibration.flags import find_flags
from quanheng.calibration.flags_evidence import (
    all_highest,
    evidence_of,
    identical_ballots,
    measures,
    measures_without_leniency,
)
from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Design, Floats, Ratings
from tests.calibration.ballots import Row, event, ratings_of

THRESHOLDS = np.array([-1.4, -0.1, 1.5])
PHI = 1.6


def fitted(layout: Layout, seed: int = 3) -> OrdinalFit:
    """Some effects, not estimated: what is reckoned from them does not care. Ballots set aside have no leniency."""
    rng = np.random.default_rng(seed)
    variance = {"person": 1.0, "unit": 0.2, "view": 0.1, "rater": 0.5, "culture": 0.3}
    leniency = rng.normal(0, 0.7, layout.raters)
    leniency[layout.set_aside] = np.nan
    difficulty = rng.normal(0, 0.4, layout.items)
    return OrdinalFit(
        layout=layout,
        theta=rng.normal(0, 1, layout.persons),
        quality=rng.normal(0, 0.4, layout.units),
        view=rng.normal(0, 0.3, (layout.persons, layout.groups)),
        leniency=leniency,
        culture=rng.normal(0, 0.5, layout.units),
        group_effect=rng.normal(0.5, 0.2, layout.groups),
        difficulty=difficulty - difficulty.mean(),
        thresholds=THRESHOLDS,
        variance=variance,
        phi=PHI,
        iterations=1,
        log_likelihood=0.0,
        posterior=Posterior.__new__(Posterior),
    )


def with_twins(rows: list[Row]) -> list[Row]:
    """U1B2 copies U1B1; U1B3 gives everybody the highest, as do both U2B1 and U2B2."""
    of_first = {(person, item): score for person, _, ballot, _, item, score in rows if ballot == "U1B1"}
    changed = []
    for person, unit, ballot, group, item, score in rows:
        if ballot == "U1B2":
            score = of_first[person, item]
        if ballot in {"U1B3", "U2B1", "U2B2"}:
            score = 3.0
        changed.append((person, unit, ballot, group, item, score))
    return changed


def ratings() -> Ratings:
    return ratings_of(with_twins(event()))


@lru_cache
def fit() -> OrdinalFit:
    return fitted(lay_out(ratings(), Design(scale=(0.0, 3.0))))


def chance(eta: float, delta: float) -> Floats:
    exponent = np.arange(4) * (eta - delta) - np.concatenate([[0], np.cumsum(THRESHOLDS)])
    return np.asarray(np.exp(exponent) / np.exp(exponent).sum())


def label(ratings: Ratings, ballot: str) -> int:
    assert ratings.rater is not None
    return ratings.rater.labels.index(ballot)


def test_measures_add_up_the_effects_of_the_model() -> None:
    found, made = measures(fit()), fit()
    layout = made.layout
    for pair in range(0, len(found), 7):
        n, b, g = layout.pair_person[pair], layout.pair_rater[pair], layout.pair_group[pair]
        u = layout.person_unit[n]
        local = layout.rater_unit[b] >= 0
        eta = made.group_effect[g] + made.theta[n] + made.quality[u] + made.view[n, g] + local * made.culture[u]
        assert measures_without_leniency(made)[pair] == pytest.approx(eta)
        assert found[pair] == pytest.approx(eta + made.leniency[b], nan_ok=True)


def test_pairs_have_their_residual_grade_and_weight() -> None:
    made, layout = fit(), fit().layout
    se = np.full(layout.persons, 0.1)
    found = evidence_of(made, tuple("p" * layout.persons), tuple("u" * layout.units), se)
    used = np.flatnonzero(~layout.set_aside[layout.pair_rater])
    assert len(found.residual) == len(used) < len(layout.pair_person)
    assert np.array_equal(found.pair_person, layout.pair_person[used])
    for place in range(0, len(used), 5):
        rows = slice(*layout.pair_start[used[place] : used[place] + 2])
        probabilities = [chance(measures(made)[used[place]], made.difficulty[i]) for i in layout.row_item[rows]]
        mean = sum(p @ np.arange(4) for p in probabilities)
        spread = sum(p @ np.arange(4) ** 2 - (p @ np.arange(4)) ** 2 for p in probabilities)
        marks = layout.category[rows]
        assert found.residual[place] == pytest.approx((marks.sum() - mean) / np.sqrt(spread))
        assert found.grade[place] == pytest.approx(marks.mean())
        assert found.weight[place] == pytest.approx(spread / PHI)


def test_variance_of_a_measure_is_that_of_the_score_over_the_slope() -> None:
    layout = fit().layout
    found = evidence_of(fit(), tuple("p" * layout.persons), tuple("u" * layout.units), np.full(layout.persons, 0.1))
    assert np.sqrt(found.variance) * found.slope == pytest.approx(np.full(layout.persons, 0.1))
    assert (found.slope > 0).all()
    assert found.culture_sd == pytest.approx(np.sqrt(0.3))
    assert found.highest == 3.0


def test_ballots_all_of_the_highest_are_counted_by_unit() -> None:
    assert all_highest(fit()).count.tolist() == [1, 2]


def test_expected_number_of_them_is_the_integral_over_leniency() -> None:
    """A sum over a fine grid of leniency, ballot by ballot."""
    made, layout = fit(), fit().layout
    grid = np.linspace(-4, 4, 161) * np.sqrt(0.5)
    density = np.exp(-(grid**2)) / np.exp(-(grid**2)).sum()
    eta = measures_without_leniency(made)
    expected = np.zeros(layout.units)
    for ballot in np.flatnonzero(layout.rater_unit >= 0):
        pairs = np.flatnonzero(layout.pair_rater == ballot)
        logs = np.zeros(len(grid))
        for pair, item in product(pairs, range(layout.items)):
            logs += np.log([chance(eta[pair] + s, made.difficulty[item])[3] for s in grid])
        expected[layout.rater_unit[ballot]] += density @ np.exp(logs / PHI)
    assert all_highest(made).expected == pytest.approx(expected, rel=0.02)


def test_small_units_are_not_looked_at_for_all_highest() -> None:
    """Where everybody may well be excellent (calibration.md §2.0)."""
    rows = with_twins(event(persons=4))
    found = all_highest(fitted(lay_out(ratings_of(rows), Design(scale=(0.0, 3.0)))))
    assert found.count.tolist() == [0, 0]
    assert found.expected.tolist() == [0, 0]


def agreeing(layout: Layout) -> list[tuple[int, int]]:
    """Pairs of local ballots of a unit with the same marks, looked up one by one."""
    rater = layout.pair_rater[layout.row_pair]
    sheet = {}
    for ballot in np.flatnonzero((layout.rater_unit >= 0) & ~layout.set_aside):
        rows = np.flatnonzero(rater == ballot)
        cells = zip(
            layout.pair_person[layout.row_pair[rows]], layout.row_item[rows], layout.category[rows], strict=True
        )
        sheet[int(ballot)] = frozenset((int(n), int(i), int(k)) for n, i, k in cells)
    return [(a, b) for a, b in combinations(sheet, 2) if sheet[a] == sheet[b]]


def test_identical_ballots_are_counted_and_expected() -> None:
    made, layout = fit(), fit().layout
    twins = agreeing(layout)
    assert twins == [(label(ratings(), "U1B1"), label(ratings(), "U1B2"))]
    found = identical_ballots(made)
    assert found.count.tolist() == [1, 0]
    assert found.expected[1] == 0  # nothing to explain there
    assert found.expected[0] == pytest.approx(expected_agreements(made, 0))


def expected_agreements(made: OrdinalFit, unit: int) -> float:
    layout, eta = made.layout, measures(made)
    ballots = [b for b in range(layout.raters) if layout.rater_unit[b] == unit and not layout.set_aside[b]]
    total = 0.0
    for a, b in combinations(ballots, 2):
        same, highest = 0.0, 0.0
        for person, item in product(np.flatnonzero(layout.person_unit == unit), range(layout.items)):
            pair = [np.flatnonzero((layout.pair_rater == x) & (layout.pair_person == person))[0] for x in (a, b)]
            one, other = (chance(eta[p], made.difficulty[item]) for p in pair)
            same += float(np.log(one @ other))
            highest += float(np.log(one[3] * other[3]))
        total += max(0.0, float(np.exp(same / PHI) - np.exp(highest / PHI)))
    return total


def test_ballots_on_different_persons_are_never_identical() -> None:
    rows = [row for row in with_twins(event()) if not (row[2] == "U1B2" and row[0] == "U1P3")]
    assert identical_ballots(fitted(lay_out(ratings_of(rows), Design(scale=(0.0, 3.0))))).count.sum() == 0


def test_three_alike_are_three_pairs() -> None:
    rows = with_twins(event())
    of_first = {(person, item): score for person, _, ballot, _, item, score in rows if ballot == "U1B1"}
    rows = [(*row[:5], of_first[row[0], row[4]]) if row[2] == "U1B4" else row for row in rows]
    layout = lay_out(ratings_of(rows), Design(scale=(0.0, 3.0)))
    assert identical_ballots(fitted(layout)).count.tolist() == [len(agreeing(layout)), 0] == [3, 0]


def test_twins_are_flagged_end_to_end() -> None:
    """Copies of one ballot among many: nothing honest gives as many."""
    rows = event(ballots=14, seed=9)
    of_first = {(person, item): score for person, _, ballot, _, item, score in rows if ballot == "U1B1"}
    copies = {"U1B2", "U1B3", "U1B4"}
    rows = [(*row[:5], of_first[row[0], row[4]]) if row[2] in copies else row for row in rows]
    made = fitted(lay_out(ratings_of(rows), Design(scale=(0.0, 3.0))))
    layout = made.layout
    found = evidence_of(made, tuple("p" * layout.persons), ("U1", "U2"), np.full(layout.persons, 0.1))
    assert [(flag.subject, flag.count) for flag in find_flags(found) if flag.kind == "identical_ballots"] == [
        ("U1", 6.0)
    ]
