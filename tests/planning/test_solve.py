"""The engine equals full enumeration, and changes of a problem change its value as they must."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.planning.budget import Budget
from quanheng.planning.checker import check_plan
from quanheng.planning.problem import Problem, Rule, RuleKind
from quanheng.planning.reading import read_problem
from quanheng.planning.result import Result, Status
from quanheng.planning.solve import solve
from tests.planning.instances import pair, person, post, shuffled, side_by_side, tiny
from tests.planning.oracle import best_plan, every_plan, with_forbid, with_pin

DATA = Path(__file__).parent.parent / "data" / "planning"
SEEDS = st.integers(0, 100_000)
TEN = Budget(10.0)


def load(name: str) -> Problem:
    return read_problem(json.loads((DATA / name).read_text()))


def pairs_of(result: Result) -> frozenset[tuple[str, str]]:
    return frozenset((move.person, move.target) for move in result.moves)


def value_of(problem: Problem) -> int | None:
    result = solve(problem, TEN)
    assert result.proved
    return result.value


def check_against_enumeration(seed: int) -> None:
    problem, best = tiny(seed), best_plan(tiny(seed))
    result = solve(problem, TEN)
    if best is None:
        assert (result.status, result.value, result.bound, result.moves) == (Status.INFEASIBLE, None, None, ()), seed
        return
    assert (result.status, result.value, result.bound) == (Status.OPTIMAL, best.value, best.value), seed
    assert pairs_of(result) == best.pairs, seed  # the smallest sum of indices, too
    account = check_plan(problem, result.moves)
    assert (account.broken, account.value, account.rules) == ((), best.value, result.rules), seed


@pytest.mark.parametrize("block", range(5))
def test_the_answer_is_that_of_full_enumeration(block: int) -> None:
    for seed in range(30_000 + 25 * block, 30_025 + 25 * block):
        check_against_enumeration(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_the_answer_is_that_of_full_enumeration_for_a_thousand(block: int) -> None:
    for seed in range(40_000 + 100 * block, 40_100 + 100 * block):
        check_against_enumeration(seed)


@pytest.mark.parametrize("name", ["tiny_1.json", "tiny_2.json", "tiny_3.json", "tiny_infeasible.json"])
def test_the_examples_have_their_known_values(name: str) -> None:
    expected = json.loads((DATA / "expected.json").read_text())[name]
    result = solve(load(name), TEN)
    assert (result.status.value, result.value) == (expected["status"], expected["value"])


@pytest.mark.slow
def test_the_city_of_twenty_vacancies_is_proved() -> None:
    result = solve(load("s20.json"), Budget(20.0))
    assert (result.status, result.value, result.bound) == (Status.OPTIMAL, 20009, 20009)


@given(SEEDS, SEEDS)
@settings(max_examples=25, deadline=None)
def test_names_and_order_do_not_change_the_value(seed: int, other: int) -> None:
    assert value_of(tiny(seed)) == value_of(shuffled(tiny(seed), other))


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_forcing_a_move_of_the_plan_keeps_the_value_and_forbidding_it_never_raises_it(seed: int) -> None:
    result = solve(tiny(seed), TEN)
    for move in result.moves:
        assert result.value is not None
        assert value_of(with_pin(tiny(seed), move.person, move.target)) == result.value
        without = value_of(with_forbid(tiny(seed), move.person, move.target))
        assert without is None or without <= result.value


def loosened(rule: Rule) -> Rule | None:
    """The same rule with one more to spare; None drops it."""
    if rule.kind is RuleKind.GROUP_COUNT:
        least = rule.at_least - 1 if isinstance(rule.at_least, int) and rule.at_least else None
        return replace(rule, at_least=least, at_most=None if rule.at_most is None else rule.at_most + 1)
    return None if rule.at_most is None else replace(rule, at_most=rule.at_most + 1)


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_loosening_a_rule_never_lowers_the_value(seed: int) -> None:
    problem = tiny(seed)
    before = value_of(problem)
    for number, rule in enumerate(problem.rules):
        looser = loosened(rule)
        rules = (*problem.rules[:number], *((looser,) if looser else ()), *problem.rules[number + 1 :])
        after = value_of(replace(problem, rules=rules))
        assert before is None or (after is not None and after >= before)


@given(SEEDS, SEEDS)
@settings(max_examples=15, deadline=None)
def test_two_cities_without_common_rules_add_up(seed: int, other: int) -> None:
    one, two = alone(tiny(seed)), alone(tiny(other))
    two = replace(two, move_cost=one.move_cost)
    both = value_of(side_by_side(one, shuffled(two, seed)))
    values = value_of(one), value_of(two)
    assert both == (None if None in values else sum(value or 0 for value in values))


def alone(problem: Problem) -> Problem:
    """Without rules that count over all of both cities."""
    own = (RuleKind.GROUP_COUNT, RuleKind.LEAVE_LIMIT)
    return replace(problem, rules=tuple(rule for rule in problem.rules if rule.kind in own))


def swap() -> Problem:
    """Two who would each be better in the other's post, and no vacancy."""
    return Problem(
        posts=(post("p", opened=100), post("q", opened=100)),
        people=(person("a", "p", 50), person("b", "q", 40)),
        pairs=(pair("a", "q", 70), pair("b", "p", 90)),
        move_cost=10,
    )


def test_a_swap_needs_the_rotation_rule() -> None:
    assert (pairs_of(solve(swap(), TEN)), value_of(swap())) == (frozenset(), 0)
    allowed = solve(replace(swap(), rules=(Rule("r", RuleKind.ROTATION, at_most=2),)), TEN)
    assert pairs_of(allowed) == {("a", "q"), ("b", "p")}
    assert allowed.value == 70 - 50 + 90 - 40 - 20
    assert [move.rotation for move in allowed.moves] == [True, True]


def test_ties_go_to_the_smallest_sum_of_indices() -> None:
    problem = Problem(
        posts=(post("p", vacant=True), post("q", vacant=True)),
        people=(person("a"), person("b"), person("c")),
        pairs=(pair("c", "p"), pair("b", "p"), pair("b", "q"), pair("a", "q")),
    )
    result = solve(problem, TEN)
    assert pairs_of(result) == {("b", "p"), ("a", "q")}
    assert dict(result.parameters)["tie"] == "proved"


@pytest.mark.parametrize("block", range(3))
def test_the_way_by_linear_programs_finds_the_same(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relaxation, dive, cuts, cores: else only problems too large for enumeration go there."""
    monkeypatch.setattr("quanheng.planning.solve.WHOLE", 0)
    for seed in range(60_000 + 20 * block, 60_020 + 20 * block):
        check_against_enumeration(seed)


def test_neighbourhoods_are_searched_where_cores_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cores nothing can be proved; the plan is checked and lies below the bound."""
    monkeypatch.setattr("quanheng.planning.proof.CORE_LIMIT", 0)
    monkeypatch.setattr("quanheng.planning.solve.paths_within", lambda *_: None)
    monkeypatch.setattr("quanheng.planning.improve.FEW_MOVES", 0)
    result = solve(load("s20.json"), Budget(1.5, wall=600.0))
    assert result.status is Status.FEASIBLE
    assert result.value is not None
    assert result.bound is not None
    assert 19_500 < result.value <= 20_009 <= result.bound < 20_250


def test_the_same_input_gives_the_same_plan() -> None:
    """Also where the budget ends before the proof."""
    budget = Budget(0.6, wall=600.0)
    first, second = solve(load("s20.json"), budget), solve(load("s20.json"), budget)
    assert first == second
    assert first.bound is not None


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.1])
def test_a_tiny_budget_still_answers(seconds: float) -> None:
    """The empty plan breaks a pin of this city, so that none may be found; there is a bound in any case."""
    result = solve(load("s20.json"), Budget(seconds, wall=600.0))
    assert result.status in (Status.UNKNOWN, Status.FEASIBLE)
    assert result.bound is not None
    assert result.bound >= 20_009


@pytest.mark.parametrize("seconds", [0.05, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8])
def test_no_budget_proves_what_is_not_so(seconds: float) -> None:
    result = solve(load("s20.json"), Budget(seconds, wall=600.0))
    assert result.status is not Status.INFEASIBLE
    assert (result.value or 0) <= 20_009 <= (result.bound or 0)
    assert (result.status is Status.OPTIMAL) == (result.value == result.bound == 20_009)


def test_without_a_budget_the_unchanged_plan_or_a_greedy_one_is_answered() -> None:
    problem = Problem(
        posts=(post("p", vacant=True, unfilled=5), post("q")),
        people=(person("a"), person("b", "q", 3)),
        pairs=(pair("a", "p", 10), pair("b", "p", 12)),
    )
    result = solve(problem, Budget(0.0, wall=0.0))
    assert (result.status in (Status.FEASIBLE, Status.OPTIMAL), result.value) == (True, 10)
    assert result.bound is not None
    assert result.bound >= 10


def test_progress_only_gets_better_and_ends_with_the_answer() -> None:
    told: list[Result] = []
    result = solve(load("s20.json"), Budget(20.0, wall=600.0), told.append)
    values = [one.value for one in told if one.value is not None]
    bounds = [one.bound for one in told if one.bound is not None]
    assert values == sorted(values)
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == min(bounds) == result.bound
    assert values[-1] == result.value == 20_009
    for one in told:
        assert not one.moves or check_plan(load("s20.json"), one.moves).broken == ()


class KilledError(Exception):
    pass


@pytest.mark.parametrize("after", [0, 2, 5])
def test_what_the_receiver_raises_ends_the_search(after: int) -> None:
    told: list[Result] = []

    def receive(result: Result) -> None:
        told.append(result)
        if len(told) > after:
            raise KilledError

    with pytest.raises(KilledError):
        solve(load("s20.json"), Budget(20.0), receive)
    assert len(told) == after + 1


def test_the_answer_says_how_it_was_found() -> None:
    result = solve(load("tiny_1.json"), Budget(10.0, seed=7))
    parameters = dict(result.parameters)
    assert (parameters["seed"], parameters["budget"], parameters["tie"]) == ("7", "10", "proved")
    assert "OR-Tools 9.15" in result.solver
    assert "HiGHS 1.12" in result.solver
    assert result.input_hash.startswith("sha256:")


def test_the_value_of_a_forced_pair_is_that_with_the_pin() -> None:
    """By enumeration of all plans with the pair, and by the engine with the pin."""
    for seed in range(70_000, 70_006):
        problem = tiny(seed)
        plans = list(every_plan(problem))
        for one in problem.pairs[:4]:
            with_it = [plan.value for plan in plans if (one.person, one.post) in plan.pairs]
            home = next(who.post for who in problem.people if who.id == one.person)
            if one.post != home:
                assert value_of(with_pin(problem, one.person, one.post)) == max(with_it, default=None)
