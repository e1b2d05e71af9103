"""Cores, neighbourhoods, the greedy plan and the meter, each against what can be counted by hand or by enumeration."""

import numpy as np
import pytest

from quanheng.planning.budget import Budget, Meter
from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.columns import Ints
from quanheng.planning.core import Core, Effort, best_of_core, core_of, fixed_within, smallest_of_core
from quanheng.planning.greedy import greedy, keeps, simple_bound, unchanged
from quanheng.planning.incumbent import Incumbent, WrongPlanError
from quanheng.planning.neighbourhood import chains_of, near, neighbourhood, ties_between
from quanheng.planning.proof import tie_costs, whole_of
from quanheng.planning.rows import Model, build, plan_of, value_of, vector_of
from tests.planning.instances import tiny
from tests.planning.oracle import best_plan, every_plan, is_feasible
from tests.planning.test_solve import load

ENOUGH = Effort(work=10.0, wall=600.0)
SEEDS = range(80_000, 80_040)


def whole(model: Model) -> Core:
    return core_of(model, np.arange(len(model.weight)))


def moves(model: Model) -> int:
    return len(model.weight) - len(model.shortfalls)


def best_vector(problem_seed: int) -> tuple[Model, np.ndarray] | None:
    best = best_plan(tiny(problem_seed))
    model = build(tiny(problem_seed))
    return None if best is None else (model, vector_of(model, best.pairs))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_core_of_all_columns_holds_the_optimum(seed: int) -> None:
    model, best = build(tiny(seed)), best_plan(tiny(seed))
    found = best_of_core(whole(model), ENOUGH)
    assert found.is_exact
    assert (found.x is None) == (best is None)
    if best is not None and found.x is not None:
        assert (value_of(model, found.x), found.bound) == (best.value, best.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_core_of_some_columns_holds_the_best_plan_of_these(seed: int) -> None:
    problem, model = tiny(seed), build(tiny(seed))
    chosen = np.flatnonzero(np.random.default_rng(seed).random(moves(model)) < 0.6)
    outside = np.setdiff1d(np.arange(moves(model)), chosen)
    plans = [plan for plan in every_plan(problem) if not vector_of(model, plan.pairs)[outside].any()]
    found = best_of_core(core_of(model, chosen), ENOUGH)
    assert found.is_exact
    assert (found.x is None) == (not plans)
    if found.x is not None:
        assert value_of(model, found.x) == max(plan.value for plan in plans)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_found_above_the_optimum(seed: int) -> None:
    best = best_vector(seed)
    if best is not None:
        model, x = best
        value = value_of(model, x)
        found = best_of_core(whole(model), ENOUGH, hint=x, at_least=value + 1)
        assert (found.x, found.is_exact) == (None, True)
        again = best_of_core(whole(model), ENOUGH, hint=x, at_least=value)
        assert again.x is not None
        assert value_of(model, again.x) == value


@pytest.mark.parametrize("seed", SEEDS)
def test_fixed_columns_stay(seed: int) -> None:
    best = best_vector(seed)
    if best is None or not best[1][: moves(best[0])].any():
        return
    model, x = best
    fixed = np.flatnonzero(x[: moves(model)])[:1]
    found = best_of_core(fixed_within(whole(model), fixed), ENOUGH)
    assert found.x is not None
    assert found.x[fixed].all()
    assert value_of(model, found.x) == found.bound == value_of(model, x)


@pytest.mark.parametrize("seed", SEEDS)
def test_ties_go_to_the_smallest_sum(seed: int) -> None:
    best = best_plan(tiny(seed))
    if best is None:
        return
    model = build(tiny(seed))
    equal = [vector_of(model, plan.pairs) for plan in every_plan(tiny(seed)) if plan.value == best.value]
    cost = tie_costs(model)
    found = smallest_of_core(whole(model), ENOUGH, cost=cost, value=best.value, hint=equal[0])
    assert found.x is not None
    assert cost @ np.rint(found.x).astype(int) == min(cost @ x.astype(int) for x in equal)


def test_a_search_that_never_began_has_no_bound() -> None:
    model = build(load("s20.json"))
    found = best_of_core(whole(model), Effort(work=0.0, wall=600.0))
    assert not found.is_exact
    assert found.bound is None or found.bound >= 20_009


@pytest.mark.parametrize("seed", SEEDS)
def test_the_unchanged_and_the_greedy_plan_keep_every_rule(seed: int) -> None:
    problem, model = tiny(seed), build(tiny(seed))
    for x in (unchanged(model), greedy(model)):
        if x is not None:
            account = check_plan(problem, moves_of(problem, plan_of(model, x)))
            assert (account.broken, account.value) == ((), value_of(model, x))
    idle = frozenset() in {plan.pairs for plan in every_plan(problem)}
    assert (unchanged(model) is not None) == idle


@pytest.mark.parametrize("seed", SEEDS)
def test_the_simple_bound_holds(seed: int) -> None:
    best = best_plan(tiny(seed))
    assert best is None or simple_bound(build(tiny(seed))) >= best.value


def test_keeps_sees_a_broken_row() -> None:
    model = build(load("s20.json"))
    assert not keeps(model, vector_of(model, ()))


@pytest.mark.parametrize("seed", SEEDS)
def test_chains_share_out_the_columns_of_a_plan(seed: int) -> None:
    best = best_vector(seed)
    if best is not None:
        model, x = best
        columns = np.sort(np.concatenate([*chains_of(model, x), np.zeros(0, dtype=np.int64)]))
        assert columns.tolist() == np.flatnonzero(x[: moves(model)]).tolist()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_neighbourhood_holds_exactly_the_plans_with_the_fixed_moves(seed: int) -> None:
    """Of a plan with its first chain free: the best of all that keep the other columns."""
    best = best_vector(seed)
    if best is None or len(chains_of(*best)) < 2:
        return
    model, x = best
    free = chains_of(model, x)[0]
    part = neighbourhood(whole(model), x, free)
    vectors = [vector_of(model, plan.pairs) for plan in every_plan(tiny(seed))]
    values = [value_of(model, one) for one in vectors if one[part.fixed].all()]
    found = best_of_core(part, ENOUGH)
    assert found.x is not None
    assert value_of(model, found.x) == max(values)


def test_near_chains_are_drawn_by_their_ties() -> None:
    ties = np.array([[0.0, 90.0, 0.0, 0.0], [90.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0], [0.0, 0.0, 1.0, 0.0]])
    random = np.random.default_rng(1)
    drawn = [near(ties, 0, 2, random).tolist() for _ in range(50)]
    assert sum(one == [0, 1] for one in drawn) > 40
    assert sorted(near(ties, 2, 9, random).tolist()) == [0, 1, 2, 3]


def test_ties_count_columns_between_chains() -> None:
    model = build(load("s20.json"))
    x = best_of_core(core_of(model, best_columns(model)), ENOUGH).x
    assert x is not None
    chains = chains_of(model, x)
    ties = ties_between(whole(model), x, chains)
    assert ties.shape == (len(chains), len(chains))
    assert (ties == ties.T).all()
    assert not ties.diagonal().any()
    assert ties.sum() > 0


def best_columns(model: Model) -> Ints:
    """Three thousand of the highest weight: enough for some plan."""
    return np.sort(np.argsort(-model.weight[: moves(model)], kind="stable")[:3000])


def test_the_incumbent_refuses_what_contradicts_itself() -> None:
    problem = load("tiny_1.json")
    best = best_plan(problem)
    assert best is not None
    model = build(problem)
    search = Incumbent(model, Meter(Budget(1.0)))
    assert search.offer(vector_of(model, best.pairs))
    assert not search.offer(vector_of(model, best.pairs))
    with pytest.raises(WrongPlanError):
        search.lower_bound(best.value - 1)
    search.lower_bound(best.value)
    assert search.is_proved
    other = Incumbent(model, Meter(Budget(1.0)), bound=best.value - 1)
    with pytest.raises(WrongPlanError):
        other.offer(vector_of(model, best.pairs))


def test_a_plan_that_breaks_a_rule_never_becomes_an_answer() -> None:
    model = build(load("s20.json"))
    with pytest.raises(WrongPlanError):
        Incumbent(model, Meter(Budget(1.0))).offer(vector_of(model, ()))


def test_the_meter_counts_work_and_stops_at_the_wall() -> None:
    now = [100.0]
    meter = Meter(Budget(2.0, wall=5.0), clock=lambda: now[0])
    meter.spend(0.5)
    assert (meter.left, meter.wall_left, meter.is_cut) == (1.5, 5.0, False)
    meter.spend(9.0)
    assert meter.left == 0.0
    meter.spent, now[0] = 0.0, 105.0
    assert (meter.left, meter.is_cut) == (0.0, True)


def test_a_budget_is_not_negative_and_no_number_is_none() -> None:
    for seconds in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="budget"):
            Budget(seconds)
    assert Budget(10.0).wall_seconds == 15.5


def test_bounds_are_rounded_down_but_not_by_noise() -> None:
    assert [whole_of(value) for value in (5.0, 5.9, 5.999_999_999, -3.2, 20_008.999_999_9)] == [5, 5, 6, -4, 20_009]


def test_infeasible_tiny_problems_exist_here() -> None:
    assert {is_feasible(tiny(seed)) for seed in SEEDS} == {True, False}
