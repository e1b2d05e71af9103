"""The checker on plans good and bad; tests/planning/test_rulings.py has it ruling by ruling."""

import ast
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.planning import checker
from quanheng.planning.checker import check_plan, moves_of, tie_of
from quanheng.planning.problem import Problem
from quanheng.planning.result import Move
from tests.planning.instances import pair, person, post, shuffled, tiny
from tests.planning.oracle import every_plan
from tests.planning.test_oracle import SEEDS, load

CHAIN = Problem(
    posts=(post("v", vacant=True, group="g"), post("h", opened=3), post("k")),
    people=(person("a", "h", 4), person("b"), person("c", "k")),
    pairs=(pair("a", "v"), pair("b", "h"), pair("b", "v"), pair("c", "v")),
)


def some_plans(problem: Problem, count: int) -> list[tuple[tuple[str, str], ...]]:
    """Sets of eligible pairs, few of them plans."""
    random = Random(7)
    pairs = [(one.person, one.post) for one in problem.pairs]
    return [tuple(random.sample(pairs, min(len(pairs), random.randint(0, 4)))) for _ in range(count)]


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_every_plan_of_the_oracle_is_whole_and_worth_as_much(seed: int) -> None:
    problem = tiny(seed)
    for plan in list(every_plan(problem))[:25]:
        account = check_plan(problem, moves_of(problem, plan.pairs))
        assert (account.value, account.broken) == (plan.value, ())


@given(SEEDS)
@settings(max_examples=150, deadline=None)
def test_what_the_oracle_does_not_allow_is_broken(seed: int) -> None:
    problem = tiny(seed)
    allowed = {plan.pairs for plan in every_plan(problem)}
    home = {one.id: one.post for one in problem.people}
    for pairs in some_plans(problem, 25):
        try:
            moves = moves_of(problem, pairs)
        except ValueError:
            moves = tuple(Move(a, home[a], p, 1, 1, False) for a, p in pairs)
        assert (frozenset(pairs) in allowed) == (check_plan(problem, moves).broken == ()), pairs


@given(SEEDS, SEEDS)
@settings(max_examples=100, deadline=None)
def test_names_and_order_do_not_matter(seed: int, other: int) -> None:
    one, two = tiny(seed), shuffled(tiny(seed), other)
    accounts = [
        sorted(
            (account.value, len(account.unfilled), len(account.opened), len(account.merged))
            for plan in every_plan(problem)
            for account in [check_plan(problem, moves_of(problem, plan.pairs))]
        )
        for problem in (one, two)
    ]
    assert accounts[0] == accounts[1]


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_soft_rules_cost_what_hard_ones_forbid(seed: int) -> None:
    problem = tiny(seed)
    rules = tuple(replace(rule, soft=1000) if rule.soft is not None else rule for rule in problem.rules)
    dearer = replace(problem, rules=rules)
    for pairs in (plan.pairs for plan in list(every_plan(problem))[:10]):
        cheap, dear = (check_plan(one, moves_of(one, pairs)) for one in (problem, dearer))
        short = {state.id: max(0, -state.slack) for state in cheap.rules}
        extra = {rule.id: 1000 - rule.soft for rule in problem.rules if rule.soft is not None}
        assert cheap.value - dear.value == sum(extra[name] * short[name] for name in extra)
        assert [state.state for state in cheap.rules] == [state.state for state in dear.rules]


@pytest.mark.parametrize(
    ("moves", "broken"),
    [
        ([Move("z", None, "v", 1, 1, False)], ("person:z", "pair:z,v")),
        ([Move("b", None, "y", 1, 1, False)], ("post:y", "pair:b,y")),
        ([Move("b", "h", "v", 1, 1, False)], ("person:b",)),
        ([Move("a", None, "v", 1, 1, False)], ("person:a",)),
        ([Move("b", None, "h", 1, 1, False)], ("post:h",)),
        ([Move("c", "k", "h", 1, 1, False)], ("post:h", "pair:c,h")),
        ([Move("a", "h", "v", 1, 1, False), Move("c", "k", "v", 2, 1, False)], ("post:v",)),
        ([Move("a", "h", "v", 1, 1, False), Move("a", "h", "v", 1, 1, False)], ("person:a", "post:v")),
        ([Move("a", "h", "v", 2, 1, False)], ("chain:2",)),
        ([Move("a", "h", "v", 1, 2, False)], ("chain:1",)),
        ([Move("a", "h", "v", 1, 1, True)], ("chain:1",)),
        ([Move("a", "h", "v", 1, 2, False), Move("b", None, "h", 1, 1, False)], ("chain:1",)),
        ([Move("a", "h", "v", 1, 1, False), Move("b", None, "h", 1, 2, False)], ()),
        ([Move("c", "k", "h", 1, 2, False), Move("a", "h", "v", 1, 1, False)], ("pair:c,h",)),
    ],
)
def test_a_bad_plan_is_named_not_raised(moves: list[Move], broken: tuple[str, ...]) -> None:
    assert check_plan(CHAIN, moves).broken == broken


def test_the_account_of_a_chain() -> None:
    account = check_plan(CHAIN, moves_of(CHAIN, [("a", "v")]))
    assert (account.value, account.unfilled, account.opened, account.merged) == (10 - 4 - 3, (), ("h",), ())
    nothing = check_plan(CHAIN, ())
    assert (nothing.value, nothing.unfilled, nothing.opened, nothing.broken) == (0, ("v",), (), ())


@pytest.mark.parametrize(
    "pairs", [[("b", "h")], [("a", "v"), ("c", "v")], [("b", "v"), ("b", "h")], [("b", "nowhere")]]
)
def test_what_is_no_chain_cannot_be_numbered(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError, match="post|person"):
        moves_of(CHAIN, pairs)


def test_chains_of_the_city_are_numbered_in_the_order_of_its_posts() -> None:
    city = load("s20.json")
    free = {post.id for post in city.posts if post.vacant}
    outside = {one.id for one in city.people if one.post is None}
    pairs: dict[str, str] = {}
    for one in city.pairs:
        if one.person in outside and one.post in free and one.person not in pairs and one.post not in pairs.values():
            pairs[one.person] = one.post
    moves = moves_of(city, pairs.items())
    order = [post.id for post in city.posts]
    assert [move.chain for move in moves] == list(range(1, len(pairs) + 1))
    assert [order.index(move.target) for move in moves] == sorted(order.index(post) for post in pairs.values())
    assert {move.position for move in moves} == {1}


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_ties_order_all_plans(seed: int) -> None:
    plans = [plan.pairs for plan in every_plan(tiny(seed))][:12]
    for one, other in combinations(plans, 2):
        assert tie_of(tiny(seed), one) != tie_of(tiny(seed), other)


@given(st.lists(st.tuples(st.sampled_from("abc?"), st.sampled_from("vhk?"), st.integers(-1, 3)), max_size=4))
def test_no_plan_makes_the_checker_fail(rows: list[tuple[str, str, int]]) -> None:
    moves = [Move(who, "h" if chain == 2 else None, where, chain, chain, chain == 3) for who, where, chain in rows]
    account = check_plan(CHAIN, moves)
    assert isinstance(account.value, int)
    assert account.broken or all(move.target in {"v", "h"} for move in moves)


def test_the_checker_shares_no_code_with_the_model() -> None:
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    ours = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert ours == {"quanheng.planning.problem", "quanheng.planning.result"}
