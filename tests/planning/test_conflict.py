"""A conflict cannot hold, and every part of it can: against full enumeration."""

from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest

from quanheng.planning.assumptions import find_quarrel
from quanheng.planning.budget import Budget
from quanheng.planning.conflict import conflict_of, ids_of, is_stationary, only, part_of, smallest_quarrel
from quanheng.planning.core import Effort
from quanheng.planning.linear import conflict_ray, quarrel
from quanheng.planning.problem import CHAIN_RULE, Problem, Rule, RuleKind
from quanheng.planning.rows import build
from tests.planning.instances import pair, person, post, tiny
from tests.planning.oracle import is_feasible, without
from tests.planning.towns import town

TEN = Budget(10.0)


def infeasible_seeds(first: int, number: int) -> list[int]:
    return list(islice((seed for seed in count(first) if not is_feasible(tiny(seed))), number))


def check_irreducible(problem: Problem, label: object = "") -> tuple[str, ...]:
    """Alone it cannot hold; less any member it can."""
    conflict = conflict_of(problem, TEN)
    others = [one for one in ids_of(problem) if one not in conflict]
    alone = without(problem, *others)
    assert not is_feasible(alone), (label, conflict)
    assert conflict, label
    for one in conflict:
        assert is_feasible(without(alone, one)), (label, conflict, one)
    return conflict


@pytest.mark.parametrize("block", range(8))
def test_every_conflict_is_irreducible(block: int) -> None:
    for seed in infeasible_seeds(2_000 * block, 30):
        check_irreducible(tiny(seed), seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_every_conflict_of_a_thousand_is_irreducible(block: int) -> None:
    for seed in infeasible_seeds(100_000 + 2_000 * block, 100):
        check_irreducible(tiny(seed), seed)


@pytest.mark.parametrize("seed", range(20))
def test_a_feasible_problem_has_no_conflict(seed: int) -> None:
    if is_feasible(tiny(seed)):
        assert conflict_of(tiny(seed), TEN) == ()


def line(length: int, *rules: Rule) -> Problem:
    """One vacancy; filling p0 with the holder of p1, whose post only the holder of p2 can take, and so on."""
    posts = tuple(post(f"p{index}", vacant=index == 0, opened=5) for index in range(length))
    people = tuple(person(f"c{index}", f"p{index}" if index else None, 10 if index else 0) for index in range(length))
    pairs = tuple(pair(f"c{index + 1}", f"p{index}") for index in range(length - 1))
    return Problem(posts, people, pairs, rules=rules)


def chain(most: int, name: str = "chain") -> Rule:
    return Rule(name, RuleKind.LONGEST_CHAIN, at_most=most)


def pinned(problem: Problem, *pins: tuple[str, str]) -> Problem:
    return replace(problem, pins=(*problem.pins, *pins))


def test_two_pins_for_one_post() -> None:
    problem = replace(line(3), pairs=(pair("c0", "p0"), pair("c1", "p0")))
    assert check_irreducible(pinned(problem, ("c0", "p0"), ("c1", "p0"))) == ("pin:c0,p0", "pin:c1,p0")


def test_a_chain_too_short_for_a_pin() -> None:
    assert check_irreducible(pinned(line(4, chain(2)), ("c3", "p2"))) == ("chain", "pin:c3,p2")


def test_the_default_length_is_a_member_of_its_own() -> None:
    assert check_irreducible(pinned(line(6), ("c5", "p4"))) == (CHAIN_RULE, "pin:c5,p4")


@pytest.mark.parametrize("most", [2, 5])
def test_without_the_rule_the_default_holds(most: int) -> None:
    """Neither length nor default lets the sixth move happen, so the rule is not what is in the way."""
    assert check_irreducible(pinned(line(7, chain(most)), ("c6", "p5"))) == ("pin:c6,p5",)


def test_of_two_lengths_the_shorter_is_named() -> None:
    problem = pinned(line(5, chain(3, "three"), chain(2, "two"), chain(5, "five")), ("c3", "p2"))
    assert check_irreducible(problem) == ("two", "pin:c3,p2")


def test_a_loose_length_is_not_blamed_for_the_stricter_default() -> None:
    """With five moves only the count is in the way; with the default of four the pin is, by itself."""
    problem = pinned(line(6, chain(5), Rule("leave", RuleKind.LEAVE_LIMIT, unit="u", at_most=0)), ("c5", "p4"))
    spread = tuple(replace(one, unit=one.id) for one in problem.posts)
    people = tuple(replace(one, unit=one.post or "u") for one in problem.people)
    leave = Rule("leave", RuleKind.LEAVE_LIMIT, unit="p3", at_most=0)
    assert check_irreducible(replace(problem, posts=spread, people=people, rules=(chain(5), leave))) == ("pin:c5,p4",)


def test_kin_in_one_group_who_cannot_move() -> None:
    posts = (post("p", group="g"), post("q", group="g"))
    people = (person("a", "p"), person("b", "q"), person("c"))
    problem = Problem(posts, people, (), kin=(("a", "b"), ("b", "a"), ("a", "c")))
    assert check_irreducible(replace(problem, kin=(("a", "b"), ("a", "c")))) == ("kin:a,b",)
    assert conflict_of(problem, TEN) == ("kin:a,b",)


def test_of_three_who_are_all_kin_only_the_pair_that_meets_is_named() -> None:
    posts = (post("p", group="g", vacant=True), post("q", group="g", vacant=True), post("r", group="h", vacant=True))
    people = (person("a"), person("b"), person("c"))
    problem = Problem(posts, people, (pair("a", "p"), pair("b", "q"), pair("c", "r"), pair("c", "p")))
    problem = replace(problem, kin=(("a", "b"), ("b", "c"), ("a", "c")), pins=(("a", "p"), ("b", "q"), ("c", "r")))
    assert check_irreducible(problem) == ("pin:a,p", "pin:b,q", "kin:a,b")


def test_a_count_that_nobody_can_reach() -> None:
    least = Rule("women", RuleKind.GROUP_COUNT, "female", group="g", at_least=2)
    problem = Problem(
        posts=(post("p", group="g", vacant=True), post("q", group="g", vacant=True)),
        people=(person("a", female=True), person("b")),
        pairs=(pair("a", "p"), pair("b", "q")),
        rules=(least, Rule("young", RuleKind.SHARE, "young", at_least=(1, 1))),
    )
    assert check_irreducible(problem) == ("women",)


def test_soft_rules_and_permission_to_rotate_are_no_members() -> None:
    soft = Rule("soft", RuleKind.LEAVE_LIMIT, unit="u", at_most=0, soft=1)
    problem = line(4, soft, Rule("r", RuleKind.ROTATION, at_most=2), Rule("s", RuleKind.ROTATION, at_most=3))
    assert ids_of(pinned(problem, ("c1", "p0"))) == ("r", CHAIN_RULE, "pin:c1,p0")


def test_the_stricter_of_two_rotations_can_be_in_the_way() -> None:
    posts = (post("p"), post("q"), post("r"))
    people = (person("a", "p"), person("b", "q"), person("c", "r"))
    rules = (Rule("two", RuleKind.ROTATION, at_most=2), Rule("three", RuleKind.ROTATION, at_most=3))
    problem = Problem(posts, people, (pair("a", "q"), pair("b", "r"), pair("c", "p")), rules=rules)
    assert check_irreducible(pinned(problem, ("a", "q"))) == ("two", "pin:a,q")


def test_a_share_and_a_count_that_ask_for_too_much() -> None:
    """Two promotions of people without y need two with it; the only one may count once."""
    posts = tuple(post(name, vacant=True, group=f"g{index}") for index, name in enumerate("pqr"))
    posts = tuple(replace(one, group="g") for one in posts[:2]) + posts[2:]
    people = tuple(person(name, x=True) for name in "abc")
    problem = Problem(posts, people, tuple(pair(a, p) for a in "abc" for p in "pq"))
    some = Rule("odd", RuleKind.SHARE, "y", at_least=(1, 2))
    problem = replace(
        problem,
        people=(*people, person("d", y=True)),
        pairs=tuple(replace(one, promotion=True) for one in problem.pairs) + (pair("d", "r", promotion=True),),
        rules=(some, Rule("two", RuleKind.GROUP_COUNT, "x", group="g", at_least=2)),
    )
    assert check_irreducible(problem) == ("odd", "two")


def test_given_pins_stay_and_are_not_named() -> None:
    problem = pinned(line(4, chain(2)), ("c3", "p2"))
    assert conflict_of(problem, TEN, given=frozenset({"pin:c3,p2"})) == ("chain",)
    assert conflict_of(problem, TEN, given=frozenset(ids_of(problem))) == ()


def test_a_planted_conflict_of_a_town_is_the_only_one() -> None:
    problem = town(1, vacancies=6)
    vacant = next(one.id for one in problem.posts if one.vacant)
    rivals = [one.person for one in problem.pairs if one.post == vacant][:2]
    planted = pinned(problem, *((rival, vacant) for rival in rivals))
    conflict = conflict_of(planted, TEN)
    assert set(conflict) == {f"pin:{rival},{vacant}" for rival in rivals}


def test_a_group_without_anyone_to_fill_it_is_found_in_a_town() -> None:
    problem = town(2, vacancies=6)
    need = Rule("need", RuleKind.GROUP_COUNT, "young", group="g0", at_least=7)
    assert conflict_of(replace(problem, rules=(*problem.rules, need)), TEN) == ("need",)


def test_no_budget_no_false_conflict() -> None:
    for seed in infeasible_seeds(500, 10):
        assert set(conflict_of(tiny(seed), Budget(0.0, wall=0.0))) <= set(ids_of(tiny(seed)))


@pytest.mark.parametrize("seed", infeasible_seeds(700, 12))
def test_a_part_of_the_model_is_the_model_of_the_part(seed: int) -> None:
    problem = without(tiny(seed), *(rule.id for rule in tiny(seed).rules if rule.soft is not None))
    model = build(problem)
    for one in ids_of(problem):
        kept = frozenset(ids_of(problem)) - {one}
        if one == CHAIN_RULE or one == "chain":
            continue
        part, anew = part_of(model, kept), build(only(problem, kept))
        assert part is not None
        assert (part.matrix != anew.matrix).nnz == 0
        assert (part.upper == anew.upper).all()
        assert part.names == anew.names
        assert part.ids == anew.ids
        assert (part.seat_matrix != anew.seat_matrix).nnz == 0


@pytest.mark.parametrize("seed", infeasible_seeds(900, 25))
def test_a_stationary_ray_holds_for_chains_of_any_length(seed: int) -> None:
    """And one that is none is not believed: it may only be that chains are short."""
    problem = without(
        tiny(seed), *(rule.id for rule in tiny(seed).rules if rule.soft is not None or rule.id == "chain")
    )
    model = build(problem)
    ray = conflict_ray(model) if len(model.weight) else None
    if ray is not None and is_stationary(model, ray):
        assert not is_feasible(without(problem, CHAIN_RULE))


@pytest.mark.parametrize("seed", infeasible_seeds(1_200, 25))
def test_the_smallest_quarrel_of_a_ray_is_one(seed: int) -> None:
    problem = only(tiny(seed), frozenset(ids_of(tiny(seed))))
    model = build(problem)
    ray = conflict_ray(model) if len(model.weight) else None
    if ray is not None:
        ids, part = smallest_quarrel(model, ray)
        assert ids <= set(quarrel(model, ray))
        assert set(quarrel(model, part)) == ids
        assert part @ model.upper < 0
        assert (model.matrix.T @ part).min(initial=0) > -1e-6
        lengths = {rule.id for rule in problem.rules if rule.kind in (RuleKind.LONGEST_CHAIN, RuleKind.ROTATION)}
        assert not is_feasible(only(problem, ids | lengths))


def test_a_ray_of_two_quarrels_gives_the_smaller() -> None:
    problem = replace(line(3), pairs=(pair("c0", "p0"), pair("c1", "p0")))
    least = Rule("women", RuleKind.GROUP_COUNT, "female", group="g", at_least=1)
    problem = replace(pinned(problem, ("c0", "p0"), ("c1", "p0")), rules=(least,))
    assert conflict_of(problem, TEN) == ("women",)


@pytest.mark.parametrize("rules", [(), (Rule("long", RuleKind.LONGEST_CHAIN, at_most=2),)])
def test_a_quarrel_of_any_length_is_told_without_lengths(rules: tuple[Rule, ...]) -> None:
    """The default is longer than the rule, so that leaving it out would mean more columns."""
    stay = Rule("stay", RuleKind.LEAVE_LIMIT, unit="v", at_most=0)
    problem = Problem(
        posts=(post("p", vacant=True), post("q", unit="v"), post("r", unit="w")),
        people=(person("a", "q", unit="v"), person("b", "r", unit="w"), person("c")),
        pairs=(pair("a", "p"), pair("b", "q"), pair("c", "r"), pair("c", "p")),
        pins=(("a", "p"),),
        rules=(stay, *rules),
    )
    assert check_irreducible(problem) == ("stay", "pin:a,p")


def test_what_fractions_would_hide_is_found_by_assumptions() -> None:
    """Two times three people of whom any two share an attribute that one may have: three of them, if halves counted."""
    shared = [{"x": True, f"n{i}": True, f"n{3 * (i // 3) + (i + 1) % 3}": True} for i in range(6)]
    people = tuple(replace(person(f"c{index}"), attributes=dict(has)) for index, has in enumerate(shared))
    limits = tuple(Rule(f"n{index}", RuleKind.GROUP_COUNT, f"n{index}", group="g", at_most=1) for index in range(6))
    three = Rule("three", RuleKind.GROUP_COUNT, "x", group="g", at_least=3)
    posts = tuple(post(f"p{index}", vacant=True, group="g") for index in range(6))
    pairs = tuple(pair(f"c{index}", f"p{index}") for index in range(6))
    problem = Problem(posts, people, pairs, rules=(*limits, three))
    assert conflict_ray(build(problem)) is None
    assert len(check_irreducible(problem)) == 7


def test_a_ray_that_comes_from_short_chains_is_not_stationary() -> None:
    problem = pinned(replace(line(5), pairs=(*line(5).pairs, pair("c0", "p3"))), ("c4", "p3"), ("c3", "p2"))
    model = build(replace(problem, rules=(chain(3),)))
    ray = conflict_ray(model)
    assert ray is not None
    assert not is_stationary(model, ray)


@pytest.mark.parametrize("seed", range(40))
def test_assumptions_decide_what_enumeration_decides(seed: int) -> None:
    problem = tiny(seed)
    model = build(problem)
    found = find_quarrel(model, np.arange(len(model.weight)), Effort(10.0, 10.0))
    assert found.feasible == is_feasible(problem)
    if not found.feasible:
        assert not is_feasible(only(problem, frozenset(found.ids) | {"chain", "rotation"}))
