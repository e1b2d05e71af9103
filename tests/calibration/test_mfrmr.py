"""Real essay ratings (ptam4) against R package mfrmr 0.2.2, JML: one scale, raters and criteria centred."""

import numpy as np
import pytest

from quanheng.calibration.jmle_result import JmleFit
from tests.calibration.published import column, jmle, ptam4, table


@pytest.fixture(scope="module")
def fit() -> JmleFit:
    return jmle(ptam4())


def test_raters_and_criteria_agree_to_five_decimals(fit: JmleFit) -> None:
    published = table("ptam4_mfrmr.csv")
    assert fit.raters is not None
    found = np.concatenate([fit.raters.measure, fit.items.measure])
    ratings = ptam4()
    assert ratings.rater is not None
    assert ratings.item is not None
    assert [row["label"] for row in published] == [*ratings.rater.labels, *ratings.item.labels]
    assert np.abs(found - column(published, "measure")).max() <= 1e-5


def test_students_with_extreme_scores_are_measured_apart(fit: JmleFit) -> None:
    ratings = ptam4()
    mean = np.bincount(ratings.person.index, ratings.score) / np.bincount(ratings.person.index)
    assert fit.persons.is_extreme.tolist() == ((mean == 0) | (mean == 3)).tolist()
    assert fit.persons.is_extreme.sum() == 7
    assert np.isfinite(fit.persons.measure).all()


def test_one_component(fit: JmleFit) -> None:
    assert set(fit.component[~fit.persons.is_extreme].tolist()) == {1}
    assert set(fit.rater_component.tolist()) == {1}


def test_converged_to_the_stated_error(fit: JmleFit) -> None:
    assert fit.iterations <= 10
    assert fit.step < 1e-6
    assert fit.score < 1e-6


def test_errors_of_students_count_those_of_raters_and_criteria(fit: JmleFit) -> None:
    inside = ~fit.persons.is_extreme
    assert (fit.persons.se[inside] > fit.persons.model_se[inside]).all()
    assert fit.persons.se[~inside].tolist() == fit.persons.model_se[~inside].tolist()
    assert fit.uncertainty.variance() == pytest.approx(fit.persons.se**2, rel=1e-9)
