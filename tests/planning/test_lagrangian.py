"""Bounds that hold, duals that prove them."""

import numpy as np
import pytest

from quanheng.planning.lagrangian import find_duals
from quanheng.planning.linear import Relaxation
from quanheng.planning.rows import build
from tests.planning.instances import tiny
from tests.planning.oracle import best_value
from tests.planning.towns import town


@pytest.mark.parametrize("seed", range(80))
def test_the_bound_is_above_every_plan_and_proved_by_the_duals(seed: int) -> None:
    problem = tiny(seed)
    model = build(problem)
    start = find_duals(model, sweeps=60)
    best = best_value(problem)
    assert best is None or start.bound >= best - 1e-6
    reduced = model.weight - model.matrix.T @ start.duals
    assert (start.duals[~model.equal] >= 0).all()
    assert reduced[: model.columns.chains].max(initial=0) <= 1e-6
    proved = model.constant + start.duals @ model.upper + np.maximum(reduced, 0) @ model.limit
    assert proved == pytest.approx(start.bound)


def test_more_sweeps_never_give_a_worse_bound() -> None:
    model = build(town(seed=1))
    bounds = [find_duals(model, sweeps=sweeps).bound for sweeps in (0, 20, 100, 400)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] < bounds[0]


def test_it_comes_near_to_the_linear_bound() -> None:
    model = build(town(seed=2))
    start = find_duals(model)
    exact = Relaxation(model, start.duals).solve().value
    assert exact - 1e-6 <= start.bound <= exact + 0.02 * abs(exact)


def test_the_same_model_has_the_same_duals() -> None:
    first, second = (find_duals(build(town(seed=3)), sweeps=50) for _ in range(2))
    assert first.bound == second.bound
    assert (first.duals == second.duals).all()
