"""Cores that grow: what one that is done with proves, and what it does not."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.planning import proof
from quanheng.planning.budget import Budget, Meter
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.linear import Relaxation
from quanheng.planning.proof import Growth, core_within
from quanheng.planning.rows import build
from quanheng.planning.solve import solve
from tests.planning.towns import some_plan, town


def growth_of(seed: int) -> Growth:
    model = build(town(seed))
    search = Incumbent(model, Meter(Budget(60)))
    search.offer(some_plan(model))
    return Growth(search, Relaxation(model).solve(), None)


def test_a_reduced_cost_of_zero_outside_a_core_leaves_the_linear_bound() -> None:
    """0.0 is not "nothing outside": the core says nothing about plans with that column."""
    growth = growth_of(1)
    assert growth.search.bound is None
    growth._settle(0.0)
    assert growth.search.bound == proof.whole_of(growth.linear.bound)
    assert not growth.search.is_proved
    assert not growth.search.is_infeasible


def test_a_bound_of_zero_beyond_the_chains_is_a_bound() -> None:
    growth = growth_of(1)
    value = growth.search.value
    assert value is not None
    growth.beyond = 0.0
    growth._settle(None)
    assert growth.search.bound == max(0, value)


def test_without_a_column_outside_the_best_plan_is_proved() -> None:
    growth = growth_of(1)
    growth._settle(None)
    assert growth.search.is_proved
    assert growth.search.bound == growth.search.value


def test_a_goal_that_is_refuted_bounds_and_proves_no_plan() -> None:
    growth = growth_of(1)
    assert growth.search.value is not None
    growth.goal = growth.search.value + 5
    growth._settle(None)
    assert growth.search.bound == growth.search.value + 5
    assert not growth.search.is_proved


@pytest.mark.parametrize("size", [1, 5, 50])
def test_columns_at_zero_outside_are_told(size: int) -> None:
    growth = growth_of(2)
    reduced = np.zeros_like(growth.linear.reduced)
    chosen, outside = core_within(None, growth.search.model, replace(growth.linear, reduced=reduced), size)
    assert len(chosen) == size
    assert outside == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_cores_that_grow_prove_the_best_plan(seed: int) -> None:
    growth = growth_of(seed)
    growth.run(0.5)
    assert growth.search.is_proved
    assert growth.search.value == solve(town(seed), Budget(20)).value
