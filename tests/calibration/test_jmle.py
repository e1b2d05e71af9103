"""Joint maximum likelihood against a dense solution on random designs, and what must not change it."""

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from quanheng.calibration.errors import AllExtreme, CannotCalibrate
from quanheng.calibration.jmle_newton import FacetsConfounded, NoFiniteMaximum
from quanheng.calibration.jmle_result import JmleFit
from quanheng.calibration.jmle_rows import Facet
from quanheng.calibration.ratings import Floats, Ints, Ratings
from tests.calibration.jmle_dense import Dense, has_maximum, is_identified, maximum, random_ratings, write_out
from tests.calibration.published import jmle

designs = st.builds(
    random_ratings,
    st.integers(0, 2**32),
    persons=st.integers(4, 10),
    raters=st.sampled_from([0, 2, 3, 4, 6, 11]),
    items=st.integers(1, 4),
    categories=st.integers(2, 4),
    share=st.floats(0.3, 1.0),
    nested=st.sampled_from([False, False, False, True]),
)


def refusal(dense: Dense) -> type[CannotCalibrate] | None:
    """What has to be refused, by rank and by linear program."""
    if not dense.kept.any():
        return AllExtreme
    if not is_identified(dense):
        return FacetsConfounded
    return None if has_maximum(dense) else NoFiniteMaximum


@settings(max_examples=40, deadline=None, derandomize=True)
@given(ratings=designs, partial_credit=st.booleans())
def test_agrees_with_the_dense_solution_or_refuses_what_has_none(ratings: Ratings, partial_credit: bool) -> None:
    check_against_dense(ratings, partial_credit=partial_credit)


@pytest.mark.slow
@settings(max_examples=600, deadline=None, derandomize=True)
@given(ratings=designs, partial_credit=st.booleans())
def test_agrees_with_the_dense_solution_on_hundreds_of_designs(ratings: Ratings, partial_credit: bool) -> None:
    check_against_dense(ratings, partial_credit=partial_credit)


def check_against_dense(ratings: Ratings, *, partial_credit: bool) -> None:
    if np.unique(ratings.score).size < 2:
        return
    dense = write_out(ratings, partial_credit=partial_credit)
    wanted = refusal(dense)
    event(wanted.__name__ if wanted else "estimated")
    if wanted:
        with pytest.raises(wanted):
            jmle(ratings, partial_credit=partial_credit)
        return
    compare(jmle(ratings, partial_credit=partial_credit), dense)


def compare(fit: JmleFit, dense: Dense) -> None:
    optimum = maximum(dense)
    assert fit.log_likelihood == pytest.approx(optimum.log_likelihood, abs=1e-8)
    for facet, elements in fit.model.elements.items():
        at, measures = dense.at(facet.value), fit.of(facet)
        assert [dense.names[i][1] for i in at] == elements.tolist()
        assert measures.measure[elements] == pytest.approx(optimum.beta[at], abs=1e-6)
        assert measures.se[elements] == pytest.approx(np.sqrt(np.diag(optimum.covariance)[at]), rel=1e-5, abs=1e-7)
        compare_differences(fit, facet, elements, optimum.covariance[np.ix_(at, at)])
    steps = np.concatenate([s.measure for s in fit.steps])
    assert steps == pytest.approx(optimum.beta[dense.at("step")], abs=1e-6)
    covariance = optimum.covariance[np.ix_(dense.at("person"), dense.at("person"))]
    compare_uncertainty(fit, covariance)


def compare_differences(fit: JmleFit, facet: Facet, elements: Ints, covariance: Floats) -> None:
    a, b = np.triu_indices(len(elements), 1)
    _, se = fit.difference(facet, elements[a], elements[b])
    wanted = np.diag(covariance)[a] + np.diag(covariance)[b] - 2 * covariance[a, b]
    told = np.isfinite(se)
    assert se[told] == pytest.approx(np.sqrt(wanted)[told], rel=1e-5, abs=1e-7)


def compare_uncertainty(fit: JmleFit, covariance: Floats) -> None:
    persons = fit.model.elements[Facet.PERSON]
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(len(persons)), np.arange(len(persons))))
    found = fit.uncertainty.covariance(persons[a], persons[b])
    assert found == pytest.approx(covariance[a, b], rel=1e-5, abs=1e-7)
    slope = fit.fair_slope[persons]
    scaled = fit.fair_uncertainty.covariance(persons[a], persons[b])
    assert scaled == pytest.approx(covariance[a, b] * slope[a] * slope[b], rel=1e-5, abs=1e-7)
