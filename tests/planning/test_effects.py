"""What a rule costs equals the difference of two enumerations."""

from dataclasses import replace

import pytest

from quanheng.planning.budget import Budget
from quanheng.planning.effects import Effect, dropped, effects
from quanheng.planning.ground import Ground, ground_of
from quanheng.planning.problem import CHAIN_RULE, Problem, Rule, RuleKind
from quanheng.planning.result import Status
from quanheng.planning.solve import solve
from tests.planning.instances import pair, person, post, tiny
from tests.planning.oracle import best_value, without
from tests.planning.towns import town

TEN = Budget(10.0, wall=60.0)


def ground(problem: Problem) -> Ground:
    return ground_of(problem, solve(problem, TEN), TEN)


@pytest.mark.parametrize("block", range(4))
def test_each_rule_gains_what_enumeration_says(block: int) -> None:
    gains = 0
    for seed in range(15 * block, 15 * block + 15):
        problem = tiny(seed)
        best = best_value(problem)
        for found in effects(ground(problem), TEN):
            after = best_value(without(problem, found.rule))
            if best is None:
                assert found == Effect(found.rule, exact=found.exact, lifts=after is not None), seed
            elif after is None:
                assert found.highest is None, seed
            else:
                assert found == Effect(found.rule, after - best, after - best, exact=True), seed
                gains += after > best
    assert gains


@pytest.mark.parametrize("seed", range(20))
def test_a_rule_is_dropped_as_in_the_conflict(seed: int) -> None:
    for name in [*(rule.id for rule in tiny(seed).rules), CHAIN_RULE]:
        assert dropped(tiny(seed), name) == without(tiny(seed), name)


def two_steps(*rules: Rule) -> Problem:
    return Problem(
        posts=(post("p", vacant=True, unfilled=30), post("q", opened=10, unit="v")),
        people=(person("a", "q", 20, unit="v"), person("b")),
        pairs=(pair("a", "p", 90), pair("b", "q", 50)),
        rules=rules,
    )


def test_every_rule_has_its_line_in_order() -> None:
    rules = (Rule("leave", RuleKind.LEAVE_LIMIT, unit="v", at_most=0), Rule("idle", RuleKind.LEAVE_LIMIT, unit="w"))
    rules = (rules[0], replace(rules[1], at_most=3))
    assert effects(ground(two_steps(*rules)), TEN) == (
        Effect("leave", 150, 150, exact=True),
        Effect("idle", 0, 0, exact=True),
        Effect(CHAIN_RULE, 0, 0, exact=True),
    )


def test_with_a_rule_of_length_there_is_no_default_to_drop() -> None:
    found = effects(ground(two_steps(Rule("one", RuleKind.LONGEST_CHAIN, at_most=1))), TEN)
    assert found == (Effect("one", 60, 60, exact=True),)


def test_dropping_the_permission_to_rotate_loses() -> None:
    problem = Problem(
        posts=(post("p"), post("q")),
        people=(person("a", "p", 10), person("b", "q", 10)),
        pairs=(pair("a", "q", 30), pair("b", "p", 30)),
        rules=(Rule("rotation", RuleKind.ROTATION, at_most=2),),
    )
    assert effects(ground(problem), TEN)[0] == Effect("rotation", -40, -40, exact=True)


def test_a_soft_rule_gains_at_least_what_it_costs() -> None:
    soft = Rule("leave", RuleKind.LEAVE_LIMIT, unit="v", at_most=0, soft=7)
    assert effects(ground(two_steps(soft)), TEN)[0] == Effect("leave", 7, 7, exact=True)


def test_a_rule_that_alone_prevents_every_plan_lifts() -> None:
    need = Rule("need", RuleKind.GROUP_COUNT, "female", group="g", at_least=1)
    found = effects(ground(two_steps(need)), TEN)
    assert found[0] == Effect("need", exact=True, lifts=True)
    assert found[1] == Effect(CHAIN_RULE, exact=True)


def test_an_unproved_plan_gives_intervals() -> None:
    base = ground(two_steps(Rule("leave", RuleKind.LEAVE_LIMIT, unit="v", at_most=0)))
    assert base.result.value is not None
    loose = replace(base, result=replace(base.result, status=Status.FEASIBLE, bound=base.result.value + 5))
    assert effects(loose, TEN)[0] == Effect("leave", 145, 150)


@pytest.mark.slow
def test_effects_of_a_town_hold_their_intervals() -> None:
    base = ground(town(1))
    for found in effects(base, Budget(30.0, wall=120.0)):
        after = solve(dropped(base.problem, found.rule), TEN)
        assert after.value is not None
        assert base.result.value is not None
        assert found.lowest is not None
        assert found.highest is not None
        assert found.lowest <= after.value - base.result.value <= found.highest
