"""The relaxation by pricing equals the explicit one; its duals, bounds and rays are proofs."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import OptimizeResult, linprog

from quanheng.planning.lagrangian import find_duals
from quanheng.planning.linear import Linear, Relaxation, best_of_nodes, conflict_ray, quarrel
from quanheng.planning.problem import Rule, RuleKind
from quanheng.planning.rows import Model, build, vector_of
from tests.planning.instances import tiny
from tests.planning.oracle import every_plan, is_feasible
from tests.planning.towns import town


def explicit(model: Model) -> OptimizeResult:
    """The whole relaxation by SciPy; status 0 optimal, 2 infeasible."""
    inequality = ~model.equal
    return linprog(
        -model.weight,
        A_ub=model.matrix.tocsr()[inequality],
        b_ub=model.upper[inequality],
        A_eq=model.matrix.tocsr()[model.equal],
        b_eq=model.upper[model.equal],
        bounds=[(0.0, limit) for limit in model.limit],
    )


def check_proof(model: Model, linear: Linear) -> None:
    """The bound follows from the duals by arithmetic alone, and complementary slackness holds."""
    reduced = model.weight - model.matrix.T @ linear.duals
    assert linear.reduced == pytest.approx(reduced)
    assert (linear.duals[~model.equal] >= 0).all()
    assert linear.bound == pytest.approx(
        model.constant + linear.duals @ model.upper + np.maximum(reduced, 0) @ model.limit
    )
    assert linear.bound == pytest.approx(linear.value, abs=1e-4)
    assert (linear.reduced <= 1e-5).all()
    assert np.abs(linear.reduced[linear.support]).max(initial=0) <= 1e-5


@pytest.mark.parametrize("block", range(4))
def test_it_equals_the_explicit_relaxation(block: int) -> None:
    for seed in range(40 * block, 40 * block + 40):
        model = build(tiny(seed))
        if not len(model.weight):
            continue
        found, wanted = Relaxation(model, np.zeros(len(model.upper))).solve(), explicit(model)
        assert found.feasible == (wanted.status == 0), seed
        if found.feasible:
            assert found.value == pytest.approx(model.constant - wanted.fun), seed
            assert found.exact
            check_proof(model, found)


@pytest.mark.parametrize("rotation", [0, 3])
@pytest.mark.parametrize("seed", range(4))
def test_it_equals_the_explicit_relaxation_of_a_town(seed: int, rotation: int) -> None:
    model = build(town(seed, rotation=rotation))
    relaxation = Relaxation(model)
    found = relaxation.solve()
    assert found.value == pytest.approx(model.constant - explicit(model).fun)
    check_proof(model, found)
    assert len(relaxation.program.inside) < len(model.weight) or rotation


@pytest.mark.parametrize("seed", range(60))
def test_the_bound_is_above_every_plan_and_reduced_costs_say_what_each_loses(seed: int) -> None:
    problem = tiny(seed)
    model = build(problem)
    linear = Relaxation(model).solve()
    for plan in every_plan(problem):
        assert plan.value <= linear.bound + 1e-6
        x = vector_of(model, plan.pairs)
        # what a plan uses lies within the width of the core
        assert linear.reduced[x > 0].min(initial=0) >= plan.value - linear.bound - 1e-6


@pytest.mark.parametrize("block", range(2))
def test_a_ray_proves_that_its_rows_quarrel(block: int) -> None:
    rays = 0
    for seed in range(60 * block, 60 * block + 60):
        model = build(tiny(seed))
        ray = conflict_ray(model)
        if ray is None:
            continue
        rays += 1
        assert not is_feasible(tiny(seed))
        assert (ray[~model.equal] >= 0).all()
        assert ray @ model.upper < -1e-6
        moves = len(model.weight) - len(model.shortfalls)
        assert (model.matrix.T @ ray)[:moves].min(initial=0) >= -1e-6
        assert quarrel(model, ray)
    assert rays >= 5


def test_a_ray_is_there_exactly_where_the_relaxation_is_infeasible() -> None:
    for seed in range(60):
        model = build(tiny(seed))
        if len(model.weight):
            assert (conflict_ray(model) is not None) == (explicit(model).status == 2), seed


def test_a_planted_quarrel_is_named() -> None:
    calm = town(seed=1)
    leaves = Rule("nobody leaves", RuleKind.LEAVE_LIMIT, unit="u0", at_most=0)
    home = {post.id: post.unit for post in calm.posts}
    mover = next(pair for pair in calm.pairs if pair.person == "c3" and home[pair.post] != "u0")
    angry = build(replace(calm, kin=(), rules=(*calm.rules, leaves), pins=((mover.person, mover.post),)))
    ray = conflict_ray(angry)
    assert ray is not None
    assert set(quarrel(angry, ray)) == {"nobody leaves", f"pin:{mover.person},{mover.post}"}
    assert conflict_ray(build(calm)) is None


def test_fixing_is_felt_and_undone() -> None:
    model = build(town(seed=2))
    relaxation = Relaxation(model)
    free = relaxation.solve()
    top = free.support[0]
    relaxation.fix([top], 0)
    without = relaxation.solve()
    assert without.x[top] == 0
    assert without.value < free.value - 1e-6 or free.x[top] < 1
    relaxation.fix([top], 1)
    forced = relaxation.solve()
    assert forced.x[top] == pytest.approx(1)
    assert forced.value == pytest.approx(forced.bound)
    relaxation.free([top])
    assert relaxation.solve().value == pytest.approx(free.value)
    assert max(without.value, forced.value) <= free.value + 1e-6


def test_fixings_equal_the_explicit_program() -> None:
    model = build(town(seed=0))
    relaxation = Relaxation(model)
    for column in range(0, model.columns.chains, 37):
        relaxation.fix([column], 1)
        found = relaxation.solve()
        bounds = [(0.0, limit) for limit in model.limit]
        bounds[column] = (1.0, 1.0)
        wanted = linprog(-model.weight, A_ub=model.matrix, b_ub=model.upper, bounds=bounds)
        assert found.feasible == (wanted.status == 0)
        if found.feasible:
            assert found.value == pytest.approx(model.constant - wanted.fun)
            assert found.bound == pytest.approx(found.value)
        relaxation.free([column])


def test_two_fixings_that_exclude_each_other_are_infeasible() -> None:
    model = build(town(seed=0))
    relaxation = Relaxation(model)
    same = np.flatnonzero(model.columns.person == model.columns.person[0])[:2]
    relaxation.fix(same, 1)
    assert not relaxation.solve().feasible
    relaxation.free(same)
    assert relaxation.solve().feasible


def test_stopped_early_it_still_bounds() -> None:
    model = build(town(seed=2))
    exact = Relaxation(model).solve()
    early = Relaxation(model).solve(rounds=0)
    assert not early.exact
    assert early.bound >= exact.value - 1e-6
    assert early.bound < np.inf
    late = Relaxation(model).solve(seconds=0.0)
    assert late.bound >= exact.value - 1e-6


def test_the_same_model_has_the_same_solution() -> None:
    first, second = (Relaxation(build(town(seed=3))).solve() for _ in range(2))
    assert (first.x == second.x).all()
    assert (first.duals == second.duals).all()


def test_best_of_nodes_by_hand() -> None:
    columns, reduced = np.array([4, 5, 6, 7, 8]), np.array([1.0, 3.0, 3.0, 2.0, 9.0])
    assert best_of_nodes(columns, reduced, np.array([0, 0, 0, 0, 1]), 2).tolist() == [5, 6, 8]
    assert best_of_nodes(columns[:0], reduced[:0], columns[:0], 2).tolist() == []


def test_stopped_between_rounds_it_bounds_no_worse_than_the_first_duals() -> None:
    model = build(town(seed=2, vacancies=8))
    start = find_duals(model, sweeps=100)
    for rounds in (0, 1, 2):
        early = Relaxation(model, start.duals).solve(rounds=rounds)
        assert early.bound <= start.bound + 1e-6
        assert early.bound == pytest.approx(Relaxation(model, start.duals).bound_of(early.duals, early.reduced))


def test_a_first_phase_that_is_stopped_does_not_claim_a_quarrel() -> None:
    seed = next(seed for seed in range(100) if conflict_ray(build(tiny(seed))) is not None)
    model = build(tiny(seed))
    for rounds in (0, 1, 2, 3):
        early = Relaxation(model).solve(rounds=rounds)
        assert early.feasible or early.exact
        assert early.exact or early.bound > -np.inf
