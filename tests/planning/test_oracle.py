"""The oracle against what is known, and that its random problems hold what they promise."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.planning.problem import Problem, RuleKind
from quanheng.planning.reading import read_problem, read_text
from tests.planning.instances import pair, person, post, shuffled, side_by_side, tiny
from tests.planning.oracle import (
    best_plan,
    best_value,
    every_plan,
    is_feasible,
    with_forbid,
    with_pin,
    without,
)

DATA = Path(__file__).parent.parent / "data" / "planning"
EXPECTED: dict[str, dict[str, object]] = json.loads((DATA / "expected.json").read_text())
TINY = [name for name in EXPECTED if name.startswith("tiny")]
SEEDS = st.integers(0, 10**6)


def load(name: str) -> Problem:
    return read_problem(read_text((DATA / name).read_bytes()))


@pytest.mark.parametrize("name", TINY)
def test_the_published_tiny_ones_have_their_published_values(name: str) -> None:
    assert best_value(load(name)) == EXPECTED[name]["value"]
    assert is_feasible(load(name)) == (EXPECTED[name]["status"] == "optimal")


def test_four_tiny_ones_and_a_city_are_here() -> None:
    assert sorted(EXPECTED) == ["s20.json", "tiny_1.json", "tiny_2.json", "tiny_3.json", "tiny_infeasible.json"]
    assert sum(place.vacant for place in load("s20.json").posts) == 20


def test_every_plan_of_a_chain_of_two() -> None:
    """p0 is vacant, a holds p1 and may move up, b may follow or take p0 at once."""
    problem = Problem(
        posts=(post("p0", vacant=True, unfilled=7), post("p1", opened=3)),
        people=(person("a", "p1", 4), person("b")),
        pairs=(pair("a", "p0", 9), pair("b", "p1", 5), pair("b", "p0", 6)),
        move_cost=1,
    )
    values = {tuple(sorted(plan.pairs)): plan.value for plan in every_plan(problem)}
    assert values == {
        (): -7,
        (("a", "p0"),): 9 - 4 - 1 - 3,
        (("b", "p0"),): 6,
        (("a", "p0"), ("b", "p1")): 9 - 4 - 1 + 5,
    }
    best = best_plan(problem)
    assert best is not None
    assert (best.value, sorted(best.pairs)) == (9, [("a", "p0"), ("b", "p1")])


def test_without_takes_away_rules_pins_kin_and_the_default() -> None:
    problem = replace(load("tiny_2.json"), rules=())
    freed = without(problem, "pin:c3,p4", "kin:c1,c2", "longest_chain:default")
    assert (freed.pins, freed.kin) == ((), ())
    assert [(rule.kind, rule.at_most) for rule in freed.rules] == [(RuleKind.LONGEST_CHAIN, 6)]
    assert {rule.id for rule in without(load("tiny_2.json"), "s", "l0").rules} == {
        rule.id for rule in load("tiny_2.json").rules
    } - {"s", "l0"}


def test_a_thousand_random_ones_exercise_everything() -> None:
    seen: Counter[str] = Counter()
    for seed in range(1000):
        seen.update(_features(tiny(seed)))
    rare = {name: count for name, count in seen.items() if count < 20}
    assert rare == {}
    assert set(seen) == {
        *(f"{kind} {how}" for kind in ("share", "group_count", "leave_limit") for how in ("hard", "soft")),
        *("longest_chain hard", "rotation hard", "default chain", "rotation made", "chain of 3", "chain of 4"),
        *("pin", "pin to own post", "forbid", "pin and forbid", "kin", "kin in one group today", "merge", "no vacancy"),
        *("outsider", "own pair", "infeasible", "unknown group", "unknown unit", "broken today, repaired"),
    }


def _features(problem: Problem) -> set[str]:
    home = {one.id: one.post for one in problem.people}
    group = {one.id: one.group for one in problem.posts}
    kinds = {rule.kind for rule in problem.rules}
    found = {f"{rule.kind.value} {'hard' if rule.soft is None else 'soft'}" for rule in problem.rules}
    groups = [(group.get(home[a] or ""), group.get(home[b] or "")) for a, b in problem.kin]
    tests = {
        "default chain": RuleKind.LONGEST_CHAIN not in kinds,
        "pin": bool(problem.pins),
        "pin to own post": any(home[a] == p for a, p in problem.pins),
        "forbid": bool(problem.forbids),
        "pin and forbid": bool(set(problem.pins) & set(problem.forbids)),
        "kin": bool(problem.kin),
        "kin in one group today": any(one is not None and one == other for one, other in groups),
        "merge": any(one.merge_cost is not None for one in problem.posts),
        "no vacancy": not any(one.vacant for one in problem.posts),
        "outsider": None in home.values(),
        "own pair": any(home[one.person] == one.post for one in problem.pairs),
        "unknown group": any(rule.group == "nobody" for rule in problem.rules),
        "unknown unit": any(rule.unit == "nowhere" for rule in problem.rules),
    }
    return found | {name for name, is_there in tests.items() if is_there} | _features_of_plan(problem)


def _features_of_plan(problem: Problem) -> set[str]:
    best = best_plan(problem)
    if best is None:
        return {"infeasible"}
    home = {one.id: one.post for one in problem.people}
    taker = {p: a for a, p in best.pairs}
    chained, longest = 0, 0
    for start in (one.id for one in problem.posts if one.vacant):
        place, length = start, 0
        while place in taker:
            place, length = home[taker[place]] or "", length + 1
        chained, longest = chained + length, max(longest, length)
    unchanged = is_feasible(replace(problem, pairs=(), pins=tuple((a, p) for a, p in problem.pins if home[a] == p)))
    tests = {
        "rotation made": chained < len(best.pairs),
        "chain of 3": longest == 3,
        "chain of 4": longest == 4,
        "broken today, repaired": not unchanged,
    }
    return {name for name, is_there in tests.items() if is_there}


@given(SEEDS)
def test_problems_have_the_promised_size(seed: int) -> None:
    problem = tiny(seed)
    assert 3 <= len(problem.posts) <= 7
    assert 3 <= len(problem.people) <= 8
    assert problem == tiny(seed)


@given(SEEDS, SEEDS)
@settings(max_examples=60, deadline=None)
def test_names_and_order_do_not_matter(seed: int, other: int) -> None:
    assert best_value(tiny(seed)) == best_value(shuffled(tiny(seed), other))


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_pin_of_the_plan_keeps_it_and_a_forbid_never_helps(seed: int) -> None:
    best = best_plan(tiny(seed))
    for who, where in sorted(best.pairs) if best else []:
        assert best is not None
        assert best_value(with_pin(tiny(seed), who, where)) == best.value
        forbidden = best_value(with_forbid(tiny(seed), who, where))
        assert forbidden is None or forbidden <= best.value


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_two_cities_add_up(seed: int) -> None:
    one, other = _small(seed), _small(seed + 1)
    other = replace(other, move_cost=one.move_cost, rules=())
    values = best_value(one), best_value(other)
    both = best_value(side_by_side(one, shuffled(other, seed)))
    assert both == (None if None in values else sum(value or 0 for value in values))


def _small(seed: int) -> Problem:
    """Without a share or a chain rule, which would count for both, and with few pairs."""
    problem = tiny(seed)
    kept = tuple(rule for rule in problem.rules if rule.kind in (RuleKind.GROUP_COUNT, RuleKind.LEAVE_LIMIT))
    pairs = problem.pairs[:8]
    pins = tuple(pin for pin in problem.pins if pin in {(one.person, one.post) for one in pairs})
    return replace(problem, rules=kept, pairs=pairs, pins=pins)
