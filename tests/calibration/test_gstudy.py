"""G-study and D-study against published figures and against best linear prediction written out densely."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.calibration import gstudy
from quanheng.calibration.composite import Weights
from quanheng.calibration.gstudy import Mix, Variances
from quanheng.calibration.ratings import Floats, Ints
from tests.calibration.test_composite import small_fit

COUNTY = Variances(person=1.0, unit=0.16, view=0.16, rater=0.49, culture=0.25, residual=1.1)
EVENT = Mix(weights=(0.35, 0.35, 0.30), local=(0.0, 0.6, 0.4), linking=(1.0, 0.0, 0.0))
# InstEval, REML of y ~ 1 + (1|s) + (1|d), lme4 1.1-31 (docs/calibration.md)
INSTEVAL_PERSON, INSTEVAL_RATER, INSTEVAL_RESIDUAL = 0.52319677**2, 0.32590567**2, 1.17778593**2

variance = st.floats(0.05, 3.0)
variances = st.builds(
    Variances, person=variance, unit=variance, view=variance, rater=variance, culture=variance, residual=variance
)


def test_insteval_one_rater_and_the_raters_for_eighty() -> None:
    error = INSTEVAL_RATER + INSTEVAL_RESIDUAL
    assert round(gstudy.reliability(INSTEVAL_PERSON, error, 1), 3) == 0.155
    assert gstudy.ballots_needed(INSTEVAL_PERSON, error, 0.80) == 22


def test_insteval_with_the_rounded_components_of_the_design() -> None:
    assert round(gstudy.reliability(0.274, 0.106 + 1.387, 1), 3) == 0.155
    assert gstudy.ballots_needed(0.274, 0.106 + 1.387, 0.80) == 22


def test_shares_add_up_and_keep_their_order() -> None:
    table = gstudy.shares(Variances(4.0, 1.0, 0.5, 2.0, 0.5, 2.0))
    assert [row.source for row in table] == ["person", "unit", "view", "rater", "culture", "residual"]
    assert [row.share for row in table] == [0.4, 0.1, 0.05, 0.2, 0.05, 0.2]
    assert [row.variance for row in table] == [4.0, 1.0, 0.5, 2.0, 0.5, 2.0]


def test_shares_of_nothing_are_not_a_number() -> None:
    assert all(np.isnan(row.share) for row in gstudy.shares(Variances(0, 0, 0, 0, 0, 0)))


def test_residual_comes_from_the_mean_information() -> None:
    assert gstudy.residual_of_pairs(np.array([1.0, 3.0]), 1.5) == 0.75


def test_an_exact_number_of_ballots_is_not_rounded_up() -> None:
    assert gstudy.ballots_needed(1.0, 1.0, 0.8) == 4
    assert gstudy.reliability(1.0, 1.0, 4) == pytest.approx(0.8, abs=1e-15)
    assert gstudy.ballots_needed(1.0, 0.0, 0.8) == 1


def test_within_one_group_is_spearman_brown() -> None:
    own = 1.0 + 0.16
    assert gstudy.within(COUNTY, 20) == pytest.approx(gstudy.reliability(own, 1.1, 20), abs=1e-15)
    assert gstudy.within(COUNTY, 12, 8) == gstudy.within(COUNTY, 20)
    assert gstudy.within(COUNTY, 0) == 0.0


def _same(key: Ints) -> Floats:
    return np.asarray((key[:, None] == key[None, :]).astype(float))


def _dense(v: Variances, local: tuple[int, ...], linking: tuple[int, ...], size: int, weights: Floats) -> list[float]:
    """1 − PEV/Var of differences inside a unit and between two, every ballot written out, free mean of each group."""
    rows = []  # unit, person, ballot, is local, group
    ballot = 0
    for is_local, counts in ((1, local), (0, linking)):
        for group, count in enumerate(counts):
            for _ in range(count):
                for unit in range(2):
                    rows += [(unit, person, ballot, is_local, group) for person in range(size)]
                    ballot += is_local  # each unit has its own local ballots; linking ones rate both
                ballot += 1
    unit, person, ballots, at_home, group = np.array(rows).T
    own = unit * size + person
    base = v.person * _same(own) + v.unit * _same(unit)
    seen = base + v.view * _same(own * 3 + group) + v.rater * _same(ballots)
    seen += v.culture * _same(unit) * np.outer(at_home, at_home) + v.residual * np.eye(len(rows))
    inverse = np.linalg.inv(seen)
    means = np.eye(3)[group][:, np.unique(group)]
    found = []
    for other_unit, other_person in ((0, 1), (1, 0)):
        sides = [(unit == u) & (person == p) for u, p in ((0, 0), (other_unit, other_person))]
        toward = np.zeros(len(rows))
        for side, sign in zip(sides, (1.0, -1.0), strict=True):
            same_unit = unit == unit[np.argmax(side)]
            toward += sign * (v.person * side + v.unit * same_unit + v.view * side * weights[group])
        free = means.T @ inverse @ toward
        explained = toward @ inverse @ toward - free @ np.linalg.solve(means.T @ inverse @ means, free)
        total = 2 * (v.person + v.view * weights @ weights + v.unit * other_unit)
        found.append(float(explained / total))
    return found


@pytest.mark.parametrize(
    ("local", "linking", "size"),
    [((3, 0, 0), (0, 0, 0), 2), ((0, 3, 2), (4, 0, 0), 3), ((0, 1, 2), (2, 1, 0), 2), ((0, 0, 0), (3, 2, 1), 2)],
)
def test_both_are_the_dense_best_linear_prediction(local: tuple[int, ...], linking: tuple[int, ...], size: int) -> None:
    weights = np.array([0.35, 0.35, 0.30])
    here, links = sum(local), sum(linking)
    shares = [tuple(n / max(total, 1) for n in side) for side, total in ((local, here), (linking, links))]
    mix = Mix((0.35, 0.35, 0.30), shares[0], shares[1])
    within, across = _dense(COUNTY, local, linking, size, weights)
    assert gstudy.within(COUNTY, here, links, mix) == pytest.approx(within, abs=1e-12)
    assert gstudy.across(COUNTY, here, links, size, mix) == pytest.approx(across, abs=1e-12)


def test_a_group_that_nobody_votes_in_limits_the_reliability() -> None:
    mix = Mix((0.35, 0.35, 0.30), (0.0, 0.5, 0.5), (0.0, 0.5, 0.5))
    own = 1.0 + 0.16 * (0.35**2 + 0.35**2 + 0.30**2)
    toward, shown = 1.0 + 0.16 * np.array([0.35, 0.30]), 1.0 + 0.16 * np.eye(2)
    limit = toward @ np.linalg.solve(shown, toward) / own
    assert gstudy.within(COUNTY, 10**9, 0, mix) == pytest.approx(limit, abs=1e-6)
    absent = Mix((0.35, 0.30), (0.5, 0.5), (0.5, 0.5))  # the same, the group without a column
    assert gstudy.within(COUNTY, 10**9, 0, absent) > limit  # its view does not count in the universe score


def test_one_group_has_the_closed_form() -> None:
    own, size, local, linking = 1.16, 9.0, 20.0, 6.0
    pev = 1 / (1 / (0.16 + own / size) + 1 / (0.25 + (0.49 + 1.1 / size) / local) + linking * size / 1.1)
    deviation = own * (1 - 1 / size) * (1 - gstudy.within(COUNTY, local, linking))
    expected = 1 - (pev + deviation) / (0.16 + own)
    assert gstudy.across(COUNTY, local, linking, size) == pytest.approx(expected, abs=1e-12)


def test_the_mix_of_an_event_is_counted_in_pairs() -> None:
    found = gstudy.mix_of(small_fit().layout, Weights(np.array([0.35, 0.35, 0.30])))
    assert found == Mix((0.35, 0.35, 0.30), (0.0, 0.4, 0.6), (1.0, 0.0, 0.0))


def test_an_absent_group_has_weight_and_no_ballots() -> None:
    found = gstudy.mix_of(small_fit().layout, Weights(np.array([0.0, 0.35, 0.30]), absent=0.35))
    assert found == Mix((0.0, 0.35, 0.30, 0.35), (0.0, 0.4, 0.6, 0.0), (1.0, 0.0, 0.0, 0.0))


def test_without_linking_ballots_they_are_planned_by_weight() -> None:
    layout = small_fit().layout
    local_only = replace(layout, set_aside=layout.rater_unit < 0)
    assert gstudy.mix_of(local_only, Weights(np.array([0.35, 0.35, 0.30]))).linking == pytest.approx((0.35, 0.35, 0.30))


@given(variances, st.integers(0, 40), st.integers(0, 40), st.integers(1, 20))
def test_more_ballots_never_make_it_worse(v: Variances, local: int, linking: int, size: int) -> None:
    here = gstudy.across(v, local, linking, size)
    assert -1e-12 <= here <= 1.0
    assert gstudy.across(v, local + 1, linking, size) >= here - 1e-12
    assert gstudy.across(v, local, linking + 1, size) >= here - 1e-12


@given(variances, st.floats(0.3, 0.99))
def test_ballots_needed_is_the_fewest(v: Variances, wanted: float) -> None:
    needed = gstudy.ballots_needed(v.person, v.residual, wanted)
    assert gstudy.reliability(v.person, v.residual, needed) >= wanted - 1e-9
    assert needed == 1 or gstudy.reliability(v.person, v.residual, needed - 1) < wanted


@given(variances, st.integers(1, 30), st.integers(1, 12), st.floats(0.3, 0.98))
def test_linking_needed_is_the_fewest(v: Variances, local: int, size: int, wanted: float) -> None:
    needed = gstudy.linking_needed(v, local, size, wanted)
    assert needed is not None
    assert gstudy.across(v, local, needed, size) >= wanted
    assert needed == 0 or gstudy.across(v, local, needed - 1, size) < wanted


def test_without_links_no_number_of_local_ballots_tells_culture_from_quality() -> None:
    limit = 1 - (1 / (1 / (0.16 + 1.16 / 9) + 1 / 0.25)) / (0.16 + 1.16)
    assert gstudy.across(COUNTY, 10**9, 0, 9) == pytest.approx(limit, abs=1e-6)


def test_linking_needed_says_when_nothing_suffices() -> None:
    assert gstudy.linking_needed(COUNTY, 10, 9, 0.99999) is None


def test_the_curve_has_every_combination() -> None:
    points = gstudy.curve(COUNTY, (5, 20), (0, 6), 9, EVENT)
    assert [(point.local, point.linking) for point in points] == [(5, 0), (5, 6), (20, 0), (20, 6)]
    assert points[3].within == gstudy.within(COUNTY, 20, 6, EVENT)
    assert points[3].across == gstudy.across(COUNTY, 20, 6, 9, EVENT)


@pytest.mark.parametrize(("linking", "measured"), [(1, 0.908), (2, 0.919), (3, 0.934), (6, 0.957), (13, 0.966)])
def test_the_forecast_bounds_what_was_measured_under_misspecification(linking: int, measured: float) -> None:
    """Design §2.1, ρ with truth over all; √reliability is what a well-specified model would reach."""
    forecast = np.sqrt(gstudy.across(COUNTY, 24, linking, 9.5, EVENT))
    assert measured < forecast < measured + 0.055
