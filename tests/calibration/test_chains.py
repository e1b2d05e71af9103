"""Weakly linked units: the exact solution in few steps, intervals that hold along the chain (design §3.2, target 5)."""

import numpy as np
import pytest

from quanheng.calibration.jmle_result import JmleFit
from quanheng.calibration.jmle_rows import Facet
from quanheng.calibration.ratings import Floats, Ints
from tests.calibration.chains import chain
from tests.calibration.jmle_dense import maximum, write_out
from tests.calibration.jmle_sparse import sparse_optimum
from tests.calibration.measures import Z90
from tests.calibration.published import jmle

SIZES = {5: 3_990, 20: 16_140, 60: 48_540}


@pytest.mark.parametrize(("units", "size"), SIZES.items())
def test_within_a_millionth_of_the_optimum_in_ten_steps(units: int, size: int) -> None:
    made = chain(units, seed=1)
    assert len(made.ratings.score) == size
    fit = jmle(made.ratings)
    assert fit.iterations <= 10
    assert fit.step < 1e-6
    optimum = sparse_optimum(made.ratings)
    assert fit.raters is not None
    found = {"persons": fit.persons, "raters": fit.raters, "items": fit.items}
    for name, measures in found.items():
        assert not measures.is_extreme.any()
        assert np.abs(measures.measure - optimum[name]).max() < 1e-6
    assert np.abs(fit.steps[0].measure - optimum["steps"]).max() < 1e-6


@pytest.mark.slow
def test_the_two_oracles_agree_on_a_chain() -> None:
    made = chain(3, seed=2)
    dense = write_out(made.ratings, partial_credit=False)
    beta = maximum(dense).beta
    assert dense.kept.all()
    assert beta == pytest.approx(np.concatenate(list(sparse_optimum(made.ratings).values())), abs=1e-8)


def test_errors_grow_along_the_chain_and_model_errors_do_not() -> None:
    made = chain(20, seed=3)
    fit = jmle(made.ratings)
    first, last = np.flatnonzero(made.unit == 0), np.flatnonzero(made.unit == 19)
    _, near = fit.difference(Facet.PERSON, first[:5], first[5:])
    _, far = fit.difference(Facet.PERSON, first, last)
    flat = np.hypot(fit.persons.model_se[first], fit.persons.model_se[last])
    assert (far > 5 * np.median(near)).all()
    assert np.median(far / flat) > 5


def covered(fit: JmleFit, truth: Floats, unit: Ints, *, least: int, most: int) -> tuple[float, float]:
    """Of 90 % intervals for persons `least` to `most` units apart: by the joint inverse, and by 1/√information."""
    a, b = np.triu_indices(len(truth), 1)
    apart = np.abs(unit[a] - unit[b])
    asked = (apart >= least) & (apart <= most)
    a, b = a[asked], b[asked]
    difference = fit.persons.measure[a] - fit.persons.measure[b]
    variance = fit.uncertainty.variance()
    joint = np.sqrt(variance[a] + variance[b] - 2 * fit.uncertainty.covariance(a, b))
    alone = np.hypot(fit.persons.model_se[a], fit.persons.model_se[b])
    off = np.abs(difference - (truth[a] - truth[b]))
    return float((off <= Z90 * joint).mean()), float((off <= Z90 * alone).mean())


@pytest.mark.slow
def test_intervals_hold_between_distant_units() -> None:
    far, near = [], []
    for seed in range(30):
        made = chain(10, seed=100 + seed)
        fit = jmle(made.ratings)
        far.append(covered(fit, made.person, made.unit, least=3, most=9))
        near.append(covered(fit, made.person, made.unit, least=0, most=0))
    (joint, alone), (joint_near, alone_near) = np.mean(far, axis=0), np.mean(near, axis=0)
    assert 0.87 <= joint <= 0.93
    assert alone <= 0.45
    assert 0.87 <= joint_near <= 0.93
    assert 0.87 <= alone_near <= 0.93


def test_intervals_hold_between_distant_units_of_a_few_chains() -> None:
    figures = []
    for seed in range(4):
        made = chain(10, seed=seed)
        figures.append(covered(jmle(made.ratings), made.person, made.unit, least=3, most=9))
    joint, alone = np.mean(figures, axis=0)
    assert joint >= 0.8
    assert alone <= 0.6
