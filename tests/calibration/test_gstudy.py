"""G-study and D-study against published figures and against best linear prediction written out densely."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.calibration import gstudy
from quanheng.calibration.gstudy import Variances
from quanheng.calibration.ratings import Floats, Ints

COUNTY = Variances(person=1.0, unit=0.16, view=0.16, rater=0.49, culture=0.25, residual=1.1)
WEIGHTS = (0.35, 0.35, 0.30)
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


def test_within_counts_the_views_by_squared_weights() -> None:
    own = 1.0 + 0.16 * (0.35**2 + 0.35**2 + 0.30**2)
    assert gstudy.within(COUNTY, 20, WEIGHTS) == pytest.approx(own / (own + 1.1 / 20), abs=1e-15)
    assert gstudy.within(COUNTY, 0) == 0.0


def _same(key: Ints) -> Floats:
    return np.asarray((key[:, None] == key[None, :]).astype(float))


def _dense_across(v: Variances, local: int, linking: int, size: int) -> float:
    """1 − PEV/Var of the difference of the first persons of two units; every ballot written out, free mean."""
    rows = []  # unit, person, ballot, is local
    for unit in range(2):
        rows += [(unit, person, unit * local + ballot, 1) for ballot in range(local) for person in range(size)]
        rows += [(unit, person, 2 * local + ballot, 0) for ballot in range(linking) for person in range(size)]
    unit, person, ballot, is_local = np.array(rows).T
    own = unit * size + person
    signal = (v.person + v.view) * _same(own) + v.unit * _same(unit)
    seen = signal + v.rater * _same(ballot) + v.culture * _same(unit) * np.outer(is_local, is_local)
    seen += v.residual * np.eye(len(rows))
    first, other = np.argmax((unit == 0) & (person == 0)), np.argmax((unit == 1) & (person == 0))
    with_rows = signal[first] - signal[other]
    inverse = np.linalg.inv(seen)
    ones = np.ones(len(rows))
    free = with_rows @ inverse @ ones  # the mean of all is estimated: its error is the same on both sides
    explained = with_rows @ inverse @ with_rows - free**2 / (ones @ inverse @ ones)
    return float(explained / (2 * (v.person + v.view + v.unit)))


@pytest.mark.parametrize(("local", "linking", "size"), [(3, 0, 2), (4, 1, 3), (2, 5, 4), (0, 3, 2), (6, 2, 1)])
def test_across_is_the_dense_best_linear_prediction(local: int, linking: int, size: int) -> None:
    assert gstudy.across(COUNTY, local, linking, size) == pytest.approx(
        _dense_across(COUNTY, local, linking, size), abs=1e-12
    )


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
    points = gstudy.curve(COUNTY, (5, 20), (0, 6), 9, WEIGHTS)
    assert [(point.local, point.linking) for point in points] == [(5, 0), (5, 6), (20, 0), (20, 6)]
    assert points[3].within == gstudy.within(COUNTY, 26, WEIGHTS)
    assert points[3].across == gstudy.across(COUNTY, 20, 6, 9, WEIGHTS)


@pytest.mark.parametrize(("linking", "measured"), [(1, 0.908), (2, 0.919), (3, 0.934), (6, 0.957), (13, 0.966)])
def test_the_forecast_bounds_what_was_measured_under_misspecification(linking: int, measured: float) -> None:
    """Design §2.1, ρ with truth over all; √reliability is what a well-specified model would reach."""
    forecast = np.sqrt(gstudy.across(COUNTY, 24, linking, 9.5))
    assert measured < forecast < measured + 0.055
