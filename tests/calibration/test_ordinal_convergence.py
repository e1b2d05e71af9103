"""Tiny designs whose iteration used to go on without end: the variances answered to effects that had moved on."""

import numpy as np
import pytest

from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.ordinal import CAP, CAREFUL, fit_ordinal
from quanheng.calibration.ordinal_variance import FLOOR, Variances
from tests.calibration.designs import Shape, layout_from
from tests.calibration.test_ordinal_oracle import agrees, stands_still

LARGE_VARIANCE = Shape(units=1, persons=6, ballots=4, links=2, items=3, groups=3, missing=0.3, raters=False, seed=5729)
SWINGING = {
    "one variance": LARGE_VARIANCE,
    "one variance, no gaps": Shape(units=1, persons=4, ballots=4, links=2, items=3, groups=1, raters=False, seed=3767),
    "all others at the floor": Shape(units=3, persons=3, ballots=2, links=0, items=1, missing=0.3, seed=5162),
    "two against each other": Shape(units=1, persons=2, ballots=3, links=2, items=1, seed=3004),
    "three groups": Shape(units=1, persons=4, ballots=2, links=3, items=1, groups=3, categories=3, seed=3692),
    "two persons": Shape(units=1, persons=2, ballots=5, links=1, items=1, missing=0.3, seed=2140),
    "two persons a unit": Shape(units=5, persons=2, ballots=3, links=0, items=3, groups=3, missing=0.3, seed=7740),
    "outlying pairs": Shape(units=3, persons=3, ballots=5, links=3, groups=1, items=4, missing=0.3, seed=38),
    "to the floor and back": Shape(units=3, persons=2, ballots=3, links=2, items=4, groups=3, missing=0.3, seed=3696),
}


@pytest.mark.parametrize("shape", SWINGING.values(), ids=list(SWINGING))
def test_comes_to_rest_where_the_rules_leave_it(shape: Shape) -> None:
    fit = fit_ordinal(layout_from(shape))
    agrees(fit)
    stands_still(fit)
    assert CAREFUL < fit.iterations <= CAP


def test_the_same_twice() -> None:
    first, second = (fit_ordinal(layout_from(LARGE_VARIANCE)) for _ in range(2))
    assert first.iterations == second.iterations
    np.testing.assert_array_equal(first.theta, second.theta)


def drawn(seed: int) -> Shape:
    rng = np.random.default_rng(seed)
    units, persons, ballots, links = (int(rng.integers(*ends)) for ends in ((1, 6), (2, 7), (2, 7), (0, 4)))
    items, groups, categories = (int(rng.integers(*ends)) for ends in ((1, 5), (1, 4), (2, 5)))
    missing, raters = float(rng.choice([0, 0.3])), bool(rng.random() < 0.75)
    return Shape(units, persons, ballots, links, items, groups, categories, missing, raters, seed)


@pytest.mark.slow
def test_hardly_any_of_600_small_designs_is_left_without_a_solution() -> None:
    """Those that have one: extreme items and groups are refused before."""
    found = {"solved": 0}
    for seed in range(600):
        try:
            fit_ordinal(layout_from(drawn(seed)))
            found["solved"] += 1
        except CannotCalibrate as refusal:
            found[refusal.code] = found.get(refusal.code, 0) + 1
    assert found.get("not-converged", 0) <= 2, found
    assert found["solved"] > 500


def variances(*x: float) -> Variances:
    return Variances(np.array(x), np.zeros(len(x), dtype=bool))


def test_who_came_back_from_the_floor_comes_back_again_only_when_the_others_are_calm() -> None:
    held = variances(0.0, np.log(FLOOR))
    held.free[:] = [True, False]
    restless, calm, slope = np.array([0.5, 0.0]), np.array([0.001, 0.0]), np.array([0.1, 0.1])
    assert held._jumps(restless, slope)[0].tolist() == [False, True]  # the first time at once
    held.refused[1] = True
    assert held._jumps(restless, slope)[0].tolist() == [False, False]
    assert held._jumps(calm, slope)[0].tolist() == [False, True]
    assert not held.settled(calm, calm, slope, 0.0, 0.01), "it would rise: no maximum yet"


def test_who_came_back_from_the_floor_does_not_fall_by_one_long_step() -> None:
    held = variances(0.0, -4.0, -8.0)
    fall, slope = np.array([0.0, -40.0, -40.0]), np.array([0.0, -0.1, -0.1])
    assert held._jumps(fall, slope)[1].tolist() == [False, True, True]
    held.refused[:] = True
    assert held._jumps(fall, slope)[1].tolist() == [False, False, True]
