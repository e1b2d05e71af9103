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
from tests.planning.oracle import best_plan, with_forbid, with_pin

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
