"""A plan after one more pin or forbid is worth what solving anew gives; further rows mean what a new problem means."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from quanheng.planning.budget import Budget
from quanheng.planning.checker import check_plan
from quanheng.planning.greedy import keeps
from quanheng.planning.ground import Ground, SeatRow, forbid_row, ground_of, pin_row, search_again, solved, with_rows
from quanheng.planning.problem import Problem, changed
from quanheng.planning.reading import read_problem
from quanheng.planning.replan import replan, replanned
from quanheng.planning.result import Result, Status
from quanheng.planning.rows import build, vector_of
from quanheng.planning.solve import solve
from quanheng.planning.why_not import why_not
from tests.planning.instances import tiny
from tests.planning.oracle import best_value, every_plan, with_forbid, with_pin
from tests.planning.towns import town

DATA = Path(__file__).parent.parent / "data" / "planning"
TEN = Budget(10.0, wall=60.0)


def ground(problem: Problem) -> Ground:
    return ground_of(problem, solve(problem, TEN), TEN)


@pytest.mark.parametrize("seed", range(30))
def test_a_tiny_plan_with_one_more_pin_or_forbid(seed: int) -> None:
    base = ground(tiny(seed))
    for one in tiny(seed).pairs[:6]:
        seat = (one.person, one.post)
        assert replan(base, TEN, pins=(seat,)).value == best_value(with_pin(tiny(seed), *seat))
        assert replan(base, TEN, forbids=(seat,)).value == best_value(with_forbid(tiny(seed), *seat))


@pytest.mark.parametrize("seed", range(30))
def test_a_further_row_is_the_pin_or_forbid(seed: int) -> None:
    """By the plans that keep it, and by the value of the search that small problems do not take."""
    base = ground(tiny(seed))
    plans = list(every_plan(tiny(seed)))
    for one in tiny(seed).pairs[:4]:
        seat = (one.person, one.post)
        pinned, without = pin_row(base.model, *seat), forbid_row(base.model, *seat)
        for row, after in ((pinned, with_pin(tiny(seed), *seat)), (without, with_forbid(tiny(seed), *seat))):
            model = with_rows(base.model, [row], after)
            kept = {plan.pairs for plan in plans if keeps(model, vector_of(model, plan.pairs))}
            assert kept == {plan.pairs for plan in every_plan(after)}
            search = search_again(base, [row], TEN, after)
            assert (search.value, search.is_proved) == (best_value(after), True)


def test_rows_are_added_at_the_end_and_leave_the_rest() -> None:
    model = build(town(1, rotation=3))
    by_seat = np.arange(len(model.columns.seats))
    more = with_rows(model, [SeatRow("a", by_seat, 5), SeatRow("b", -by_seat, 7, equal=True)])
    assert (more.matrix[: len(model.upper)] != model.matrix).nnz == 0
    assert list(more.upper[-2:]) == [5, 7]
    assert list(more.equal[-2:]) == [False, True]
    assert more.names[-2:] == ("a", "b")
    last = more.matrix.tocsr()[-2].toarray().ravel()
    assert (last[: model.columns.chains] == by_seat[model.columns.seat]).all()
    exchanges = model.columns.exchanges
    assert len(exchanges)
    for number in range(0, len(exchanges), 7):
        seats = exchanges.seat[exchanges.start[number] : exchanges.start[number + 1]]
        assert last[model.columns.chains + number] == seats.sum()
    assert not last[len(model.weight) - len(model.shortfalls) :].any()


def test_pins_and_forbids_together() -> None:
    problem = town(2)
    moves = solve(problem, TEN).moves
    base = ground(problem)
    forbids = tuple((move.person, move.target) for move in moves[:2])
    pins = tuple((move.person, move.target) for move in moves[-1:])
    found, cold = replan(base, TEN, pins=pins, forbids=forbids), solve(changed(problem, pins, forbids), TEN)
    assert (found.status, found.value, found.input_hash) == (cold.status, cold.value, cold.input_hash)


def test_what_cannot_be_is_infeasible() -> None:
    base = ground(town(2, vacancies=10))
    one, other = [pair for pair in base.problem.pairs if pair.post == base.problem.posts[2].id][:2]
    assert base.problem.posts[2].vacant
    pins = ((one.person, one.post), (other.person, other.post))
    assert replan(base, TEN, pins=pins).status is Status.INFEASIBLE


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_larger_town_goes_by_its_duals(seed: int) -> None:
    base = ground(town(seed, vacancies=14))
    assert not base.is_small
    move = base.result.moves[seed]
    found = replan(base, TEN, forbids=((move.person, move.target),))
    cold = solve(with_forbid(base.problem, move.person, move.target), TEN)
    account = check_plan(with_forbid(base.problem, move.person, move.target), found.moves)
    assert (account.broken, account.value) == ((), found.value)
    assert found.bound is not None
    assert cold.value is not None
    assert found.value is not None
    assert found.value <= cold.bound  # type: ignore[operator]
    assert cold.value <= found.bound
    if found.proved and cold.proved:
        assert found.value == cold.value


def test_keeping_a_move_of_the_plan_costs_nothing_to_find() -> None:
    base = ground(town(0, vacancies=14))
    move = base.result.moves[0]
    found = replan(base, TEN, pins=((move.person, move.target),))
    assert found.value == base.result.value
    assert found.moves == base.result.moves


@pytest.mark.parametrize("seed", range(20))
def test_a_second_change_builds_on_the_first(seed: int) -> None:
    base = solved(tiny(seed), TEN)
    for one, other in pairwise(tiny(seed).pairs[:5]):
        first, second = (one.person, one.post), (other.person, other.post)
        after = replanned(base, TEN, forbids=(first,))
        assert set(after.problem.forbids) == {*tiny(seed).forbids, first}
        assert replan(after, TEN, pins=(second,)).value == best_value(with_pin(after.problem, *second))


def test_what_the_solver_leaves_is_the_ground() -> None:
    """The same answer as `solve`, with the relaxation and the cuts that it has made."""
    problem = town(0, vacancies=14)
    base, result = solved(problem, TEN), solve(problem, TEN)
    assert (base.result.value, base.result.bound, base.pairs) == (result.value, result.bound, _pairs(result))
    assert base.linear is not None
    assert base.cuts is not None
    assert base.linear.bound >= result.value  # type: ignore[operator]
    x = vector_of(base.model, base.pairs)
    assert (base.cuts.rows @ x <= base.cuts.upper + 1e-9).all()
    after = replanned(base, TEN, pins=(base.pairs[0],))
    assert len(after.model.upper) == len(base.model.upper) + 1
    assert after.result.value == base.result.value


def test_small_problems_have_a_relaxation_too() -> None:
    base = solved(town(1, vacancies=4), TEN)
    assert base.is_small
    assert base.linear is not None


def _pairs(result: Result) -> tuple[tuple[str, str], ...]:
    return tuple((move.person, move.target) for move in result.moves)


@pytest.mark.slow
def test_pairs_of_the_city_cost_what_solving_with_the_pin_costs() -> None:
    """Exact only where both sides are proved; else the interval holds it."""
    budget = Budget(30.0, wall=200.0)
    base = solved(read_problem(json.loads((DATA / "s20.json").read_text())), budget)
    assert base.result.status is Status.OPTIMAL
    value = base.result.value
    loose = replace(base, result=replace(base.result, status=Status.FEASIBLE, bound=value + 7))  # type: ignore[operator]
    for one in base.problem.pairs[40::400][:3]:
        pinned = solve(with_pin(base.problem, one.person, one.post), budget)
        found, unsure = (why_not(ground, one.person, one.post, budget) for ground in (base, loose))
        assert pinned.proved
        if pinned.value is None:
            assert found.verdict == unsure.verdict == "rules"
            continue
        loss = value - pinned.value  # type: ignore[operator]
        assert (found.lowest, found.highest, found.exact) == (loss, loss, True)
        assert (unsure.lowest, unsure.highest, unsure.exact) == (loss, loss + 7, False)


@pytest.mark.slow
def test_the_city_after_a_forbid() -> None:
    problem = read_problem(json.loads((DATA / "s20.json").read_text()))
    base = ground_of(problem, solve(problem, Budget(30.0, wall=200.0)), Budget(30.0, wall=200.0))
    move = base.result.moves[3]
    found = replan(base, Budget(30.0, wall=200.0), forbids=((move.person, move.target),))
    cold = solve(with_forbid(problem, move.person, move.target), Budget(60.0, wall=300.0))
    assert cold.status is Status.OPTIMAL
    assert (found.status, found.value) == (cold.status, cold.value)
