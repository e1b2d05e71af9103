"""The parts of joint maximum likelihood: choice of rows, derivatives, gauge, damping, extremes."""

import numpy as np
import pytest
from scipy import sparse

from quanheng.calibration import jmle_newton
from quanheng.calibration.jmle import scaled
from quanheng.calibration.jmle_extremes import solve
from quanheng.calibration.jmle_gauge import build_gauge
from quanheng.calibration.jmle_model import Accumulator, Model, build_model, evaluate, gradient, probabilities
from quanheng.calibration.jmle_newton import maximise
from quanheng.calibration.jmle_rows import Facet, Selection, select
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Design, Floats, Ratings
from quanheng.calibration.ratings import Model as Which
from quanheng.calibration.result import Uncertainty
from tests.calibration.ballots import facet
from tests.calibration.jmle_dense import random_ratings
from tests.calibration.published import jmle


def chosen(ratings: Ratings, *, partial_credit: bool = False) -> Selection:
    return select(lay_out(ratings, Design(model=Which.JMLE, minimum_ballots=0)), partial_credit)


def table(rows: list[str]) -> Ratings:
    """Persons by items, a digit each, no raters."""
    marks = [(f"p{p}", f"i{i}", float(x)) for p, row in enumerate(rows) for i, x in enumerate(row) if x != "."]
    person, item, score = zip(*marks, strict=True)
    return Ratings(np.array(score), facet(person), item=facet(item))


def model_of(seed: int, *, raters: int, partial_credit: bool) -> Model:
    ratings = random_ratings(seed, persons=8, raters=raters, items=4, categories=4, share=0.9)
    return build_model(chosen(ratings, partial_credit=partial_credit))


def test_dropping_one_extreme_makes_another() -> None:
    """p0 has all; without it nobody has missed i0; without i0 p1 has none of the rest."""
    selection = chosen(table(["1111", "1000", "1011", "1101", "1010", "1110"]))
    assert [(drop.facet, drop.elements.tolist()) for drop in selection.drops] == [
        (Facet.PERSON, [0]),
        (Facet.ITEM, [0]),
        (Facet.PERSON, [1]),
    ]
    assert selection.kept.reshape(6, 4).tolist() == [[False] * 4] * 2 + [[False, True, True, True]] * 4


def test_rows_of_a_drop_are_those_that_were_left() -> None:
    selection = chosen(table(["1111", "1000", "1011", "1101", "1010", "1110"]))
    assert [len(drop.rows) for drop in selection.drops] == [4, 5, 3]


def test_everything_can_be_extreme() -> None:
    assert not chosen(table(["11", "01", "01"])).kept.any()


def test_category_of_a_dropped_person_is_closed_up() -> None:
    """Only p3, who has the highest throughout, is ever given a 3."""
    selection = chosen(table(["0120", "1201", "2012", "3333"]))
    assert [used.tolist() for used in selection.categories] == [[0, 1, 2]]
    assert selection.category.reshape(4, 4)[3].tolist() == [2, 2, 2, 2]


def test_partial_credit_numbers_the_categories_of_each_item() -> None:
    selection = chosen(table(["0120", "2201", "2012", "0121"]), partial_credit=True)
    assert [used.tolist() for used in selection.categories] == [[0, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]]
    assert selection.category.reshape(4, 4)[:, 0].tolist() == [0, 1, 1, 0]


def test_item_of_one_category_has_no_measure_and_no_threshold_under_partial_credit() -> None:
    ratings = table(["0121", "1201", "2011", "0211", "1021"])
    fit = jmle(ratings, partial_credit=True)
    assert np.isfinite(fit.items.measure).tolist() == [True, True, True, False]
    assert fit.steps[3].measure.size == 0
    assert np.isfinite(fit.persons.measure).all()
    assert np.isfinite(fit.fair).all()


@pytest.mark.parametrize("partial_credit", [False, True])
@pytest.mark.parametrize("raters", [0, 5, 20])
def test_derivatives_are_those_of_the_likelihood(raters: int, partial_credit: bool) -> None:
    model = model_of(3, raters=raters, partial_credit=partial_credit)
    chance = np.random.default_rng(1)
    beta = chance.normal(0, 0.5, model.size)
    step = 1e-5 * np.eye(model.size)
    slope = [(evaluate(model, beta + d).log_likelihood - evaluate(model, beta - d).log_likelihood) / 2e-5 for d in step]
    assert gradient(model, evaluate(model, beta)) == pytest.approx(np.array(slope), abs=1e-6)
    bend = [
        (gradient(model, evaluate(model, beta - d)) - gradient(model, evaluate(model, beta + d))) / 2e-5 for d in step
    ]
    assert whole(model, beta) == pytest.approx(np.array(bend), abs=1e-6)


def whole(model: Model, beta: Floats) -> Floats:
    information = Accumulator(model).add_up(evaluate(model, beta))
    cross = information.cross.toarray()
    return np.block([[np.diag(information.own), cross], [cross.T, information.rest]])


@pytest.mark.parametrize("raters", [0, 5, 20])
def test_gauge_moves_no_probability_and_meets_its_conditions(raters: int) -> None:
    model = model_of(4, raters=raters, partial_credit=True)
    gauge = build_gauge(model)
    beta = np.random.default_rng(2).normal(0, 1, model.size)
    centred = gauge.centre(beta)
    assert evaluate(model, centred).probability == pytest.approx(evaluate(model, beta).probability, abs=1e-12)
    assert gauge.conditions @ centred == pytest.approx(np.zeros(gauge.conditions.shape[0]), abs=1e-12)
    assert gauge.centre(centred) == pytest.approx(centred, abs=1e-12)
    assert not gauge.working[:, : model.eliminated].nnz


def test_estimable_functionals_give_the_centred_figure_of_any_solution() -> None:
    model = model_of(5, raters=5, partial_credit=False)
    gauge = build_gauge(model)
    beta = np.random.default_rng(3).normal(0, 1, model.size)
    functionals = gauge.estimable(sparse.eye_array(model.size, format="csr"))
    assert functionals @ beta == pytest.approx(gauge.centre(beta), abs=1e-12)
    assert functionals @ gauge.shifts.toarray() == pytest.approx(
        np.zeros((model.size, gauge.shifts.shape[1])), abs=1e-12
    )


def test_larger_facet_of_people_is_eliminated() -> None:
    assert model_of(1, raters=5, partial_credit=False).order[0] is Facet.PERSON
    assert model_of(1, raters=20, partial_credit=False).order[0] is Facet.RATER


@pytest.mark.parametrize("spread", [1.0, 4.0, 8.0])
def test_damping_leads_from_far_away_to_the_same_optimum(monkeypatch: pytest.MonkeyPatch, spread: float) -> None:
    model = model_of(6, raters=5, partial_credit=False)
    near = maximise(model)
    far = np.random.default_rng(4).normal(0, spread, model.size)
    monkeypatch.setattr(jmle_newton, "starting_values", lambda _: far)
    again = maximise(model)
    assert again.beta == pytest.approx(near.beta, abs=1e-6)
    assert again.point.log_likelihood == pytest.approx(near.point.log_likelihood, abs=1e-9)


def test_nothing_comes_back_before_it_has_converged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jmle_newton, "MOST_STEPS", 2)
    with pytest.raises(jmle_newton.NoFiniteMaximum):
        maximise(model_of(6, raters=5, partial_credit=False))


def test_probabilities_far_out_are_finite() -> None:
    probability, divisor = probabilities(np.array([-900.0, 0.0, 900.0]), np.tile([-1.0, 1.0, np.inf], (3, 1)))
    assert probability[0].tolist() == [1.0, 0.0, 0.0, 0.0]
    assert probability[2].tolist() == [0.0, 0.0, 1.0, 0.0]
    assert probability[1] == pytest.approx(np.array([1, np.e, 1, 0]) / (2 + np.e))
    assert np.isfinite(divisor).all()


def test_expected_score_is_met_by_bisection() -> None:
    """Two dichotomies at 0 and .6 of 1 wanted, one of ten at 9.7: closed forms."""
    index = np.array([0] + [1] * 10)
    level, information = solve(np.zeros(11), np.zeros((11, 1)), index, np.array([0.6, 9.7]))
    assert level == pytest.approx([np.log(0.6 / 0.4), np.log(0.97 / 0.03)], abs=1e-9)
    assert information == pytest.approx([0.24, 10 * 0.97 * 0.03], abs=1e-9)


def test_scaled_uncertainty_is_that_of_the_scaled_figures() -> None:
    chance = np.random.default_rng(8)
    root = chance.normal(size=(3, 3))
    uncertainty = Uncertainty(
        np.array([1, 0, 1, 1]), np.array([2, 0, 0, 1]), (np.array([[2.0]]), root @ root.T), chance.normal(size=(4, 2))
    )
    factor = np.array([2.0, 3.0, -1.0, 0.5])
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(4), np.arange(4)))
    wanted = uncertainty.covariance(a, b) * factor[a] * factor[b]
    assert scaled(uncertainty, factor).covariance(a, b) == pytest.approx(wanted)
