"""Cuts hold for every whole plan, cut off the relaxation's solution, and never fall below the optimum."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from quanheng.planning import cuts
from quanheng.planning.cuts import Cuts, find_cuts, no_cuts, tighten
from quanheng.planning.linear import Relaxation
from quanheng.planning.rows import Model, build, vector_of
from tests.planning.instances import tiny
from tests.planning.oracle import every_plan
from tests.planning.towns import town


def whole_optimum(model: Model, found: Cuts | None = None) -> int:
    """By HiGHS on the whole model, with the cuts as further rows."""
    rows = [LinearConstraint(model.matrix, model.lower, model.upper)]
    if found is not None and len(found):
        rows.append(LinearConstraint(found.rows, -np.inf, found.upper))
    answer = milp(
        -model.weight, constraints=rows, bounds=Bounds(0, model.limit), integrality=np.ones_like(model.weight)
    )
    return round(float(model.constant - answer.fun))


@pytest.mark.parametrize("block", range(4))
def test_cuts_hold_for_every_plan(block: int) -> None:
    """Under other weights, since those of tiny problems seldom leave a fraction."""
    random = np.random.default_rng(block)
    count = 0
    for seed in range(60 * block, 60 * block + 60):
        model = build(tiny(seed))
        plans = [vector_of(model, plan.pairs) for plan in every_plan(tiny(seed))]
        for _ in range(4 if plans else 0):
            other = replace(model, weight=random.integers(-10, 60, len(model.weight)).astype(float))
            other.weight[len(model.weight) - len(model.shortfalls) :] = -5
            relaxation = Relaxation(other, np.zeros(len(model.upper)))
            first = relaxation.solve()
            linear, found = tighten(relaxation, first, rounds=3)
            count += len(found)
            assert linear.bound <= first.bound + 1e-6
            for x in plans:
                assert (found.rows @ x <= found.upper).all(), seed
                assert other.constant + other.weight @ x <= linear.bound + 1e-6
                assert other.constant + other.weight @ x <= linear.bound + linear.reduced @ x + 1e-6
    assert count >= 5


def test_half_of_any_rows_rounded_down_holds_for_every_plan() -> None:
    random = np.random.default_rng(7)
    for seed in range(60):
        model = build(tiny(seed))
        rows, ones = model.matrix.tocsr(), np.ones(len(model.upper), dtype=np.int64)
        chosen = [np.flatnonzero(random.random(len(ones)) < 0.4) for _ in range(20)]
        found = cuts._rounded(rows, model.upper, ones, chosen)
        for plan in every_plan(tiny(seed)):
            assert (found.rows @ vector_of(model, plan.pairs) <= found.upper).all(), seed


@pytest.mark.parametrize("rotation", [0, 3])
@pytest.mark.parametrize("seed", range(5))
def test_cuts_of_a_town_keep_the_optimum_and_close_the_gap(seed: int, rotation: int) -> None:
    model = build(town(seed, rotation=rotation))
    relaxation = Relaxation(model)
    first = relaxation.solve()
    linear, found = tighten(relaxation, first, rounds=6)
    optimum = whole_optimum(model)
    assert whole_optimum(model, found) == optimum
    assert optimum <= linear.bound + 1e-6
    if first.bound - optimum > 1e-3:
        assert linear.bound < first.bound
    assert linear.bound == pytest.approx(relaxation.bound_of(linear.duals, linear.reduced))


def test_reduced_costs_with_cuts_keep_every_better_plan() -> None:
    """The core of a plan's width holds the optimum, also with cuts: they have a number for every column."""
    for seed in range(60):
        problem = tiny(seed)
        model = build(problem)
        relaxation = Relaxation(model, np.zeros(len(model.upper)))
        first = relaxation.solve()
        if not first.feasible:
            continue
        linear = tighten(relaxation, first)[0]
        for plan in every_plan(problem):
            x = vector_of(model, plan.pairs)
            assert plan.value <= linear.bound + linear.reduced @ x + 1e-6
            assert linear.reduced[x > 0].min(initial=0) >= plan.value - linear.bound - 1e-6


def test_a_cut_is_violated_by_the_solution_it_was_found_at() -> None:
    relaxation = Relaxation(build(town(seed=1)))
    linear = relaxation.solve()
    found = find_cuts(relaxation, linear, no_cuts(relaxation).parents)
    assert len(found) > 0
    assert (found.rows @ linear.x - found.upper >= cuts.LEAST_VIOLATION - 1e-9).all()
    assert (found.parents <= cuts.MOST_PARENTS).all()
    assert found.rows.shape[1] == len(linear.x)
    for numbers in (found.rows.data, found.upper):
        assert (numbers == np.round(numbers)).all()


def test_the_same_solution_has_the_same_cuts() -> None:
    found = []
    for _ in range(2):
        relaxation = Relaxation(build(town(seed=4)))
        found.append(tighten(relaxation, relaxation.solve())[1])
    assert (found[0].rows != found[1].rows).nnz == 0
    assert (found[0].upper == found[1].upper).all()


def test_an_odd_cycle_by_hand() -> None:
    """x + y ≤ 1, y + z ≤ 1, x + z ≤ 1 give x + y + z ≤ 1, whatever the other column is."""
    rows = sparse.csr_matrix(np.array([[1.0, 1, 0, 0], [0, 1, 1, 3], [1, 0, 1, -2]]))
    half = np.array([0.5, 0.5, 0.5])
    found = cuts._combinations(rows[:, :3], np.ones(3), half, np.zeros(3))
    assert [one.tolist() for one in found] == [[0, 1, 2]]
    cut = cuts._rounded(rows, np.ones(3), np.ones(3, dtype=np.int64), found)
    assert cut.rows.toarray().tolist() == [[1, 1, 1, 0]]
    assert (cut.upper.tolist(), cut.parents.tolist()) == ([1], [3])


def test_bits_go_there_and_back() -> None:
    bits = np.random.default_rng(1).random((7, 130)) < 0.5
    words = cuts._packed(bits)
    assert words.shape == (7, 3)
    assert (cuts._unpacked(words, 130) == bits).all()
    assert ((words[:, 1] >> np.uint64(5)) & np.uint64(1)).astype(bool).tolist() == bits[:, 69].tolist()
