"""Every plan keeps the bounds of its pairs and lies in the core of its value."""

import numpy as np
import pytest

from quanheng.planning.bounds import bounds_of_pairs, core_of, whole_bound
from quanheng.planning.cuts import tighten
from quanheng.planning.linear import Relaxation
from quanheng.planning.rows import build, vector_of
from tests.planning.instances import tiny
from tests.planning.oracle import every_plan
from tests.planning.towns import town


@pytest.mark.parametrize("block", range(3))
def test_every_plan_keeps_its_bounds(block: int) -> None:
    for seed in range(40 * block, 40 * block + 40):
        problem = tiny(seed)
        model = build(problem)
        relaxation = Relaxation(model, np.zeros(len(model.upper)))
        linear = relaxation.solve()
        if not linear.feasible:
            continue
        if seed % 2:
            linear = tighten(relaxation, linear)[0]
        bounds = bounds_of_pairs(model, linear)
        by_pair = {
            (problem.people[i].id, problem.posts[j].id): bound
            for i, j, bound in zip(bounds.person.tolist(), bounds.post.tolist(), bounds.bound.tolist(), strict=True)
        }
        for plan in every_plan(problem):
            assert plan.value <= whole_bound(linear)
            assert all(plan.value <= by_pair[pair] + 1e-6 for pair in plan.pairs)
            assert set(np.flatnonzero(vector_of(model, plan.pairs))) <= set(core_of(linear, plan.value).tolist())


def test_the_core_shrinks_with_the_value_and_is_empty_above_the_bound() -> None:
    model = build(town(seed=1))
    linear = Relaxation(model).solve()
    sizes = [len(core_of(linear, linear.bound - width)) for width in (0, 50, 500, 1e9)]
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(model.weight)
    assert len(core_of(linear, linear.bound + 1)) == 0


def test_the_core_of_a_stopped_relaxation_holds_every_plan_too() -> None:
    for seed in range(40):
        problem = tiny(seed)
        model = build(problem)
        early = Relaxation(model).solve(rounds=0)
        for plan in every_plan(problem):
            assert set(np.flatnonzero(vector_of(model, plan.pairs))) <= set(core_of(early, plan.value).tolist())


def test_all_pairs_are_bounded_once() -> None:
    model = build(town(seed=3, rotation=2))
    bounds = bounds_of_pairs(model, Relaxation(model).solve())
    assert len(bounds.bound) == len(model.columns.seats)
    assert np.isfinite(bounds.bound).all()
