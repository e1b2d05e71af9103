"""Alternatives are the best plans that differ so much: against full enumeration."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.planning.alternatives import Substance, alternatives, by_value, least_difference, most_work
from quanheng.planning.budget import Budget
from quanheng.planning.checker import check_plan
from quanheng.planning.ground import Ground, ground_of
from quanheng.planning.problem import Problem
from quanheng.planning.result import Alternative, Move
from quanheng.planning.solve import solve
from tests.planning.instances import tiny
from tests.planning.oracle import Plan, every_plan
from tests.planning.towns import town

TEN = Budget(10.0, wall=60.0)


def ground(problem: Problem) -> Ground:
    return ground_of(problem, solve(problem, TEN), TEN)


def pairs(moves: tuple[Move, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((move.person, move.target) for move in moves)


def differs_in_moves(plan: Plan, one: frozenset[tuple[str, str]]) -> bool:
    return len(plan.pairs & one) <= len(one) - least_difference(len(one))


def holders(problem: Problem, moves: frozenset[tuple[str, str]]) -> dict[str, str]:
    places = {person.id: person.post for person in problem.people} | dict(moves)
    return {post: person for person, post in places.items() if post is not None}


def others_on_principals(problem: Problem, one: frozenset[tuple[str, str]], two: frozenset[tuple[str, str]]) -> int:
    before, after = holders(problem, one), holders(problem, two)
    principals = [post.id for post in problem.posts if post.principal]
    return sum(post in after and after[post] != before.get(post) for post in principals)


def check_list(problem: Problem, base: Ground, found: tuple[Alternative, ...], count: int) -> None:
    """Each is worth the most of all that differ from the plan and those before."""
    before = [pairs(base.result.moves)]
    plans = list(every_plan(problem))
    for other in found:
        left = [plan for plan in plans if all(differs_in_moves(plan, one) for one in before)]
        assert other.value == max(plan.value for plan in left)
        assert other.proved
        account = check_plan(problem, other.moves)
        assert (account.broken, account.value) == ((), other.value)
        assert any(plan.pairs == pairs(other.moves) for plan in left)
        before.append(pairs(other.moves))
    if len(found) < count:
        assert not [plan for plan in plans if all(differs_in_moves(plan, one) for one in before)]


@pytest.mark.parametrize("block", range(4))
def test_they_are_the_best_that_differ(block: int) -> None:
    for seed in range(25 * block, 25 * block + 25):
        base = ground(tiny(seed))
        found = alternatives(base, 3, TEN)
        if base.result.value is None:
            assert found == ()
        else:
            check_list(tiny(seed), base, found, 3)


@pytest.mark.parametrize("seed", range(40))
def test_an_alternative_names_the_posts_that_others_take(seed: int) -> None:
    base = ground(tiny(seed))
    for other in alternatives(base, 1, TEN):
        before, after = (holders(base.problem, pairs(moves)) for moves in (base.result.moves, other.moves))
        changed = [post.id for post in base.problem.posts if after.get(post.id) not in (None, before.get(post.id))]
        assert list(other.differs) == changed


def with_principals(problem: Problem) -> Problem:
    return replace(problem, posts=tuple(replace(post, principal=True) for post in problem.posts))


@pytest.mark.parametrize("block", range(3))
def test_other_people_on_three_principal_posts(block: int) -> None:
    some = 0
    for seed in range(40 * block, 40 * block + 40):
        problem = with_principals(tiny(seed))
        base = ground(problem)
        if base.result.value is None:
            continue
        plan = pairs(base.result.moves)
        left = [one.value for one in every_plan(problem) if others_on_principals(problem, plan, one.pairs) >= 3]
        found = alternatives(base, 1, TEN, Substance.PRINCIPALS)
        assert [other.value for other in found] == ([max(left)] if left else [])
        some += len(found)
    assert some


@pytest.mark.parametrize(("moves", "least"), [(0, 1), (1, 1), (9, 1), (15, 2), (50, 5), (200, 20)])
def test_about_a_tenth_of_the_moves(moves: int, least: int) -> None:
    assert least_difference(moves) == least


def test_a_plan_without_moves_has_no_alternative_by_moves() -> None:
    assert alternatives(ground(Problem((), (), ())), 2, TEN) == ()


def test_alternatives_of_a_town_differ_from_each_other_and_fall_in_value() -> None:
    base = ground(town(2, vacancies=8))
    found = alternatives(base, 3, TEN)
    assert len(found) == 3
    assert base.result.value is not None
    values = [base.result.value, *(other.value for other in found)]
    assert values[1:] == sorted(values[1:], reverse=True)
    if base.result.proved:
        assert values[0] >= max(values[1:], default=values[0])
    plans = [pairs(base.result.moves), *(pairs(other.moves) for other in found)]
    for number, plan in enumerate(plans):
        for earlier in plans[:number]:
            assert len(plan & earlier) <= len(earlier) - least_difference(len(earlier))


def test_the_same_question_has_the_same_answer() -> None:
    base = ground(town(4, vacancies=5))
    assert alternatives(base, 2, TEN) == alternatives(base, 2, TEN)


def test_nothing_is_asked_when_nothing_is_wanted() -> None:
    assert alternatives(ground(town(1)), 0, TEN) == ()


def test_one_plan_takes_no_more_than_its_limit_whatever_the_budget() -> None:
    base = ground(town(1))
    assert most_work(base) == 4.0
    long = replace(base, model=replace(base.model, weight=np.zeros(100_000)))
    assert most_work(long) == 8.0
    assert most_work(replace(base, model=replace(base.model, weight=np.zeros(50_000)))) == 4.0


def other(value: int, *, proved: bool) -> Alternative:
    return Alternative(value, proved, (), ())


def test_the_best_alternative_stands_first_whenever_it_was_found() -> None:
    found = [other(7, proved=False), other(9, proved=False), other(8, proved=False)]
    assert [one.value for one in by_value(found)] == [9, 8, 7]


def test_alternatives_of_one_value_stay_in_the_order_they_were_found_in() -> None:
    found = [other(7, proved=True), other(7, proved=False)]
    assert by_value(found) == tuple(found)


def test_a_proof_that_stood_on_a_plan_that_now_comes_later_is_none() -> None:
    assert by_value([other(7, proved=False), other(9, proved=True)]) == (other(9, proved=False), other(7, proved=False))


def test_a_proof_that_stood_on_plans_before_it_is_kept() -> None:
    found = [other(9, proved=True), other(8, proved=True), other(8, proved=False)]
    assert by_value(found) == tuple(found)


def test_no_alternatives_are_in_order() -> None:
    assert by_value([]) == ()
