"""The nine rulings of docs/planning.md, by their numbers: the oracle and the checker, written apart, agree on each."""

from dataclasses import replace
from typing import Any

import pytest

from quanheng.planning.checker import Account, check_plan, moves_of, tie_of
from quanheng.planning.problem import Pair, Person, Post, Problem, Rule, RuleKind
from quanheng.planning.reading import Invalid, findings_of, read_problem
from quanheng.planning.result import Move, Result, RuleState, Status
from quanheng.planning.writing import write_problem
from tests.planning.instances import pair, person, post
from tests.planning.oracle import best_plan, best_value, every_plan, is_feasible

Pairs = tuple[tuple[str, str], ...]


def problem_of(posts: list[Post], people: list[Person], pairs: list[Pair], *rules: Rule, **more: object) -> Problem:
    problem = replace(Problem(tuple(posts), tuple(people), tuple(pairs), rules=rules), **more)  # type: ignore[arg-type]
    assert findings_of(problem) == ()
    return problem


def account(problem: Problem, *pairs: tuple[str, str]) -> Account:
    return check_plan(problem, moves_of(problem, pairs))


def best_pairs(problem: Problem) -> Pairs:
    """Of the oracle; the checker must find the same value and nothing broken."""
    best = best_plan(problem)
    assert best is not None
    checked = account(problem, *best.pairs)
    assert (checked.value, checked.broken) == (best.value, ())
    return tuple(sorted(best.pairs))


def broken(problem: Problem, *pairs: tuple[str, str]) -> tuple[str, ...]:
    """Of the checker; the oracle must know no such plan."""
    ids = account(problem, *pairs).broken
    assert (frozenset(pairs) in {plan.pairs for plan in every_plan(problem)}) == (ids == ())
    return ids


def codes(problem: Problem) -> list[tuple[str, str]]:
    return [(place.path, place.code) for place in findings_of(problem)]


def chain_of(length: int, *rules: Rule) -> Problem:
    """p0 is vacant, a1 holds p1, … and each may move one up, for 10 each; the last post is filled from outside."""
    posts = [post("p0", vacant=True), *(post(f"p{n}", opened=100) for n in range(1, length))]
    people = [*(person(f"a{n}", f"p{n}") for n in range(1, length)), person(f"a{length}")]
    return problem_of(posts, people, [pair(f"a{n}", f"p{n - 1}") for n in range(1, length + 1)], *rules)


def swap(*rules: Rule, **more: object) -> Problem:
    """a and b hold p and q, and each is better in the other's post."""
    posts, people = [post("p"), post("q")], [person("a", "p", 1), person("b", "q", 1)]
    return problem_of(posts, people, [pair("a", "q"), pair("b", "p")], *rules, **more)


def rotation(at_most: int) -> Rule:
    return Rule("swap", RuleKind.ROTATION, at_most=at_most)


def longest(at_most: int) -> Rule:
    return Rule("longest", RuleKind.LONGEST_CHAIN, at_most=at_most)


def test_ruling_1_a_post_is_filled_once_and_a_person_moves_once() -> None:
    problem = problem_of(
        [post("p", vacant=True), post("q", vacant=True)],
        [person("a"), person("b")],
        [pair("a", "p", 9), pair("a", "q", 9), pair("b", "p", 8)],
    )
    assert best_pairs(problem) == (("a", "q"), ("b", "p"))
    twice = [Move("a", None, "p", 1, 1, False), Move("a", None, "q", 2, 1, False)]
    assert check_plan(problem, twice).broken == ("person:a",)
    both = [Move("a", None, "p", 1, 1, False), Move("b", None, "p", 1, 1, False)]
    assert check_plan(problem, both).broken == ("post:p",)


def test_ruling_1_a_held_post_is_filled_only_when_its_holder_moves() -> None:
    problem = problem_of([post("p")], [person("a", "p"), person("b")], [pair("b", "p", 99)])
    assert best_pairs(problem) == ()
    assert check_plan(problem, [Move("b", None, "p", 1, 1, False)]).broken == ("post:p",)


def test_ruling_1_a_rotation_needs_its_rule() -> None:
    assert best_pairs(swap()) == ()
    assert broken(swap(), ("a", "q"), ("b", "p")) == ("rotation:absent",)
    assert best_pairs(swap(rotation(2))) == (("a", "q"), ("b", "p"))
    assert best_pairs(swap(rotation(1))) == ()
    assert broken(swap(rotation(1)), ("a", "q"), ("b", "p")) == ("swap",)


def test_ruling_1_a_rotation_obeys_the_longest_chain() -> None:
    assert broken(swap(rotation(2), longest(1)), ("a", "q"), ("b", "p")) == ("longest",)
    assert best_pairs(swap(rotation(2), longest(2))) == (("a", "q"), ("b", "p"))


def test_ruling_1_moves_are_numbered_along_their_chains() -> None:
    problem = problem_of(
        [post("q"), post("p"), post("v", vacant=True), post("r"), post("w", vacant=True)],
        [person("a", "p"), person("b", "q"), person("c", "r"), person("d"), person("e")],
        [pair("a", "q"), pair("b", "p"), pair("c", "v"), pair("d", "r"), pair("e", "w")],
        rotation(2),
    )
    moves = moves_of(problem, [("e", "w"), ("d", "r"), ("c", "v"), ("b", "p"), ("a", "q")])
    assert moves == (
        Move("a", "p", "q", 1, 1, True),
        Move("b", "q", "p", 1, 2, True),
        Move("c", "r", "v", 2, 1, False),
        Move("d", None, "r", 2, 2, False),
        Move("e", None, "w", 3, 1, False),
    )
    assert check_plan(problem, reversed(moves)).broken == ()
    assert check_plan(problem, [*moves[:4], replace(moves[4], chain=4)]).broken == ("chain:4",)
    assert check_plan(problem, [replace(moves[0], rotation=False), *moves[1:]]).broken == ("chain:1",)


def leaving(at_most: int, soft: int | None = None, **more: object) -> Problem:
    """a and b serve in u; p is in u, q and r elsewhere; c has no post but belongs to u."""
    return problem_of(
        [
            post("p", vacant=True),
            post("q", unit="w", vacant=True),
            post("r", unit="w", vacant=True),
            post("h"),
            post("i"),
        ],
        [person("a", "h", 2), person("b", "i", 2), person("c")],
        [pair("a", "p"), pair("a", "q", 20), pair("b", "q", 20), pair("c", "r")],
        Rule("stay", RuleKind.LEAVE_LIMIT, unit="u", at_most=at_most, soft=soft),
        **more,
    )


def test_ruling_2_only_serving_people_who_go_to_another_unit_leave() -> None:
    assert best_pairs(leaving(0)) == (("a", "p"), ("c", "r"))
    assert broken(leaving(0), ("a", "q")) == ("stay",)
    assert best_pairs(leaving(1)) == (("a", "p"), ("b", "q"), ("c", "r"))
    assert account(leaving(1), ("a", "p"), ("c", "r")).rules[0] == RuleState("stay", "kept", 1)


def test_ruling_2_move_cost_is_for_serving_people_only() -> None:
    assert account(leaving(1, move_cost=5), ("c", "r")).value == 10
    assert account(leaving(1, move_cost=5), ("a", "p")).value == 10 - 2 - 5


def sharing(least: tuple[int, int], soft: int | None = None) -> Problem:
    """Five promotions are open; only y1 and y2 are young."""
    names = ["y1", "y2", "o1", "o2", "o3"]
    return problem_of(
        [post(f"p{n}", vacant=True) for n in range(5)],
        [person(name, young=True) if name.startswith("y") else person(name) for name in names],
        [pair(name, f"p{n}", promotion=True) for n, name in enumerate(names)],
        Rule("share", RuleKind.SHARE, "young", at_least=least, soft=soft),
    )


FIVE = (("y1", "p0"), ("y2", "p1"), ("o1", "p2"), ("o2", "p3"), ("o3", "p4"))


@pytest.mark.parametrize(
    ("least", "promoted", "slack"),
    [
        ((2, 5), 5, 0),  # 2 of 5
        ((1, 2), 5, -1),  # half of 5 is 3
        ((1, 3), 5, 0),  # a third of 5 is 2
        ((1, 5), 5, 1),
        ((1, 1), 5, -3),
        ((2, 3), 4, -1),  # two thirds of 4 is 3
        ((1, 1), 2, 0),
        ((0, 1), 5, 2),
    ],
)
def test_ruling_3_people_missing_from_a_share_are_rounded_up(least: tuple[int, int], promoted: int, slack: int) -> None:
    state = account(sharing(least), *FIVE[:promoted]).rules[0]
    assert state == RuleState("share", "broken" if slack < 0 else "kept", slack)
    assert broken(sharing(least), *FIVE[:promoted]) == (("share",) if slack < 0 else ())
    soft = account(sharing(least, soft=7), *FIVE[:promoted])
    assert (soft.value, soft.broken) == (10 * promoted - 7 * max(0, -slack), ())


def test_ruling_3_a_share_of_no_promotions_holds() -> None:
    assert account(sharing((1, 1))).rules[0] == RuleState("share", "idle", 0)
    assert account(sharing((1, 1))).broken == ()


def counting(at_least: int | None, at_most: int | None, soft: int | None = None) -> Problem:
    """g has the posts h (a, a woman), i (b, of whom nothing is known) and the vacant v; c is a woman too."""
    return problem_of(
        [
            post("h", group="g", merge=0, opened=1),
            post("i", group="g"),
            post("v", group="g", vacant=True),
            post("x", vacant=True),
        ],
        [person("a", "h", female=True), person("b", "i"), person("c", female=1)],
        [pair("a", "x"), pair("b", "v"), pair("c", "v", 1), pair("c", "h", 1)],
        Rule("women", RuleKind.GROUP_COUNT, "female", "g", at_least=at_least, at_most=at_most, soft=soft),
    )


def test_ruling_3_a_group_is_counted_after_the_plan() -> None:
    assert account(counting(1, 1)).rules[0] == RuleState("women", "kept", 0)
    assert broken(counting(1, None), ("a", "x")) == ("women",)
    assert account(counting(1, None), ("a", "x"), ("c", "h")).broken == ()
    assert broken(counting(None, 1), ("c", "v")) == ("women",)
    assert best_pairs(counting(0, 1)) == (("a", "x"), ("b", "v"), ("c", "h"))


def test_ruling_3_a_soft_group_count_costs_the_distance_to_the_interval() -> None:
    below, above = account(counting(3, None, soft=4)), account(counting(None, 0, soft=4), ("c", "v"))
    assert (below.value, below.rules[0].slack, below.broken) == (-8, -2, ())
    assert (above.value, above.rules[0].slack, above.broken) == (1 - 8, -2, ())


def test_ruling_3_empty_and_merged_posts_count_nobody_and_an_absent_attribute_is_false() -> None:
    plan = account(counting(None, 0), ("a", "x"))
    assert (plan.merged, plan.unfilled, plan.rules[0].slack, plan.broken) == (("h",), ("v",), 0, ())


@pytest.mark.parametrize(
    ("opened", "merge", "value", "is_merged"),
    [(5, 3, 7, True), (5, 5, 5, False), (5, 8, 5, False), (5, None, 5, False)],
)
def test_ruling_4_an_opened_post_costs_the_smaller(opened: int, merge: int | None, value: int, is_merged: bool) -> None:
    posts = [post("v", vacant=True), post("h", opened=opened, merge=merge)]
    problem = problem_of(posts, [person("a", "h")], [pair("a", "v")])
    assert best_pairs(problem) == (("a", "v"),)
    plan = account(problem, ("a", "v"))
    assert (plan.value, plan.opened, plan.merged) == (value, *(((), ("h",)) if is_merged else (("h",), ())))


def test_ruling_4_a_post_vacant_at_the_start_is_never_merged() -> None:
    problem = problem_of([post("v", vacant=True, unfilled=9, opened=1, merge=0)], [person("a")], [])
    assert (best_pairs(problem), best_value(problem)) == ((), -9)
    assert account(problem) == Account(-9, ("v",), (), (), (RuleState("longest_chain:default", "idle", 4),), ())


def related(**more: object) -> Problem:
    """a and b serve in g today; a could go to x, c could join g; c is kin of b."""
    return problem_of(
        [
            post("p", group="g"),
            post("q", group="g"),
            post("v", group="g", vacant=True),
            post("x", vacant=True, group="f"),
        ],
        [person("a", "p", 50), person("b", "q", 50), person("c")],
        [pair("a", "x", 1), pair("c", "v", 80)],
        **more,
    )


def test_ruling_5_kin_who_share_a_group_today_must_part() -> None:
    problem = related(kin=(("a", "b"),))
    assert account(problem).broken == ("kin:a,b",)
    assert best_pairs(problem) == (("a", "x"), ("c", "v"))
    stuck = replace(problem, pairs=problem.pairs[1:])
    assert not is_feasible(stuck)
    assert account(stuck, ("c", "v")).broken == ("kin:a,b",)


def test_ruling_5_kin_may_not_join() -> None:
    problem = related(kin=(("c", "b"),))
    assert broken(problem, ("c", "v")) == ("kin:c,b",)
    assert best_pairs(problem) == ()


def test_ruling_5_kin_in_posts_of_no_group_do_not_matter() -> None:
    problem = problem_of([post("p"), post("q")], [person("a", "p"), person("b", "q")], [], kin=(("a", "b"),))
    assert account(problem).broken == ()


def test_ruling_6_a_pin_to_the_own_post_means_stays() -> None:
    problem = swap(rotation(2), pins=(("a", "p"),))
    assert best_pairs(problem) == ()
    assert broken(problem, ("a", "q"), ("b", "p")) == ("pin:a,p",)


def test_ruling_6_a_pin_must_be_followed_and_must_be_eligible() -> None:
    assert broken(leaving(1, pins=(("b", "q"),))) == ("pin:b,q",)
    assert best_pairs(leaving(1, pins=(("c", "r"),))) == (("a", "p"), ("b", "q"), ("c", "r"))
    assert codes(replace(leaving(1), pins=(("b", "p"),))) == [("/pins/0", "pin_not_eligible")]


def test_ruling_6_pin_and_forbid_of_one_pair_is_a_conflict_not_invalid() -> None:
    problem = leaving(1, pins=(("c", "r"),), forbids=(("c", "r"),))
    assert not is_feasible(problem)
    assert broken(problem, ("c", "r")) == ("forbid:c,r",)
    assert broken(problem) == ("pin:c,r",)


def test_ruling_6_a_pair_with_the_own_post_is_ignored() -> None:
    own = replace(swap(), pairs=(pair("a", "p", 999),), forbids=(("a", "p"),))
    assert best_pairs(own) == ()
    assert read_problem(write_problem(own)).pairs == ()
    assert check_plan(own, [Move("a", "p", "p", 1, 1, True)]).broken[0] == "pair:a,p"
    pinned = replace(own, pins=(("a", "p"),))  # a forbid outside the pairs is idle, and so is this one
    assert best_pairs(pinned) == ()


def test_ruling_7_the_default_chain_is_four_and_the_result_says_so() -> None:
    four = tuple((f"a{n}", f"p{n - 1}") for n in range(1, 5))
    assert best_pairs(chain_of(4)) == four
    assert account(chain_of(4), *four).rules == (RuleState("longest_chain:default", "kept", 0),)
    five = (*four, ("a5", "p4"))
    assert broken(chain_of(5), *five) == ("longest_chain:default",)
    assert best_pairs(chain_of(5, longest(5))) == five
    assert account(chain_of(5, longest(5)), *five).rules == (RuleState("longest", "kept", 0),)


def test_ruling_7_longest_chain_may_not_be_soft() -> None:
    soft = replace(chain_of(2), rules=(replace(longest(1), soft=3),))
    assert codes(soft) == [("/rules/0/soft", "never_soft")]


def test_of_two_longest_chains_the_smaller_counts() -> None:
    problem = chain_of(3, longest(3), replace(longest(1), id="short"))
    assert broken(problem, ("a1", "p0"), ("a2", "p1")) == ("short",)


# 8: the rest is in test_reading


def test_ruling_8_unknown_units_and_groups_count_nobody() -> None:
    rules = [
        Rule("g", RuleKind.GROUP_COUNT, "female", "nobody", at_least=1),
        Rule("u", RuleKind.LEAVE_LIMIT, unit="nowhere", at_most=0),
        Rule("h", RuleKind.GROUP_COUNT, "female", "nobody", at_most=0),
    ]
    assert broken(swap(*rules)) == ("g",)
    assert account(swap(*rules)).rules[:3] == (
        RuleState("g", "broken", -1),
        RuleState("u", "idle", 0),
        RuleState("h", "idle", 0),
    )


def test_ruling_8_kin_is_a_set_and_a_forbid_outside_the_pairs_is_idle() -> None:
    problem = related(kin=(("a", "b"), ("b", "a"), ("a", "b"), ("c", "b")), forbids=(("b", "v"),))
    assert read_problem(write_problem(problem)).kin == (("a", "b"), ("c", "b"))
    assert is_feasible(problem)


@pytest.mark.parametrize("cost", [1.5, "3", None, True, float("nan"), float("inf")])
def test_ruling_8_costs_are_whole_numbers(cost: object) -> None:
    for name, index, field in (("posts", 0, "open_cost"), ("people", 0, "fit"), ("pairs", 1, "fit")):
        value: Any = write_problem(swap())
        value[name][index][field] = cost
        with pytest.raises(Invalid) as caught:
            read_problem(value)
        assert [(place.path, place.code) for place in caught.value.places] == [(f"/{name}/{index}/{field}", "type")]


def test_ruling_9_doing_nothing_is_no_plan_when_it_breaks_a_rule() -> None:
    problem = counting(2, None)
    assert account(problem).broken == ("women",)
    assert best_pairs(problem) == (("c", "v"),)
    assert not is_feasible(replace(problem, pairs=()))


@pytest.mark.parametrize(("value", "bound", "gap"), [(100, 110, 0.1), (-50, -40, 0.2), (0, 3, 3.0), (7, 7, 0.0)])
def test_ruling_9_the_gap(value: int, bound: int, gap: float) -> None:
    assert Result(Status.FEASIBLE, value=value, bound=bound).gap == gap


def test_ruling_9_ties_break_by_the_smallest_sum_of_indices() -> None:
    problem = problem_of(
        [post("p", vacant=True), post("q", vacant=True)],
        [person("a"), person("b")],
        [pair("b", "p", 0), pair("a", "q", 5), pair("b", "q", 5)],
    )
    assert best_pairs(problem) == (("a", "q"),)
    assert tie_of(problem, [("a", "q")]) == (1, ((0, 1),))
    assert tie_of(problem, [("b", "q"), ("a", "p")]) == (2, ((0, 0), (1, 1)))
