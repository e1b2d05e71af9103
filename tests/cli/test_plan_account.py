"""A plan as a person reads it, against the checker."""

from dataclasses import replace

import pytest

from quanheng.cli.plan_account import TRIED_POSTS, Account, account_of
from quanheng.planning.budget import Budget
from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.problem import Problem, RuleKind
from quanheng.planning.result import Result, Status
from tests.cli.planning import CITY, PLAN, by_oracle, result_of
from tests.planning.instances import pair, person, post, tiny


@pytest.fixture
def city() -> Account:
    return account_of(CITY, result_of(CITY, PLAN))


def test_chains_come_in_the_order_of_the_posts_that_start_them(city: Account) -> None:
    told = [(chain.number, chain.is_rotation, [step.post for step in chain.steps], chain.end) for chain in city.chains]
    assert told == [
        (1, False, ["应急局局长", "水利局局长", "水利局副局长"], "水库所所长"),
        (2, False, ["雾岭镇镇长"], None),
        (3, True, ["甲科科长", "乙科科长"], None),
    ]
    assert [chain.is_merged for chain in city.chains] == [True, False, False]
    assert [chain.away for chain in city.chains] == [2, 0, 0]


def test_a_step_says_who_comes_from_where_and_how(city: Account) -> None:
    first, second, third = city.chains[0].steps
    assert (first.person, first.source, first.fit, first.fit_before) == ("欧阳景行", "水利局局长", 86, 80)
    assert [step.nature for step in (first, second, third)] == ["交流", "晋升", "晋升"]
    assert [step.is_away for step in (first, second, third)] == [True, False, True]
    single = city.chains[1].steps[0]
    assert (single.fit_before, single.is_pinned, single.is_away) == (None, True, False)
    assert [step.nature for step in city.chains[2].steps] == ["平级", "平级"]


def test_what_a_chain_is_good_for_is_what_the_plan_would_lose(city: Account) -> None:
    for chain in city.chains:
        if chain.number == 2:
            continue  # pinned
        moves = [move for move in city.result.moves if move.chain != chain.number]
        without = check_plan(CITY, moves_of(CITY, [(move.person, move.target) for move in moves]))
        soft = 10 if chain.number == 1 else 0  # 石见川 stays in the group either way, 祝余 is no woman
        assert city.result.value is not None
        assert chain.gain in (city.result.value - without.value, city.result.value - without.value + soft)


def test_what_is_filled_and_what_is_more_than_now(city: Account) -> None:
    assert (city.filled, city.result.unfilled) == (2, ("审计局局长",))
    assert city.more_than_now is None  # as it is, the pin is broken
    free = replace(CITY, pins=())
    found = account_of(free, result_of(free, PLAN))
    assert found.more_than_now == (found.result.value or 0) - check_plan(free, ()).value


def test_an_empty_post_says_what_its_candidates_do_and_would_do(city: Account) -> None:
    (empty,) = city.empty
    assert (empty.post, empty.eligible, empty.moved, empty.forbidden, empty.tried) == ("审计局局长", 2, 2, 0, ())


def test_who_is_free_is_tried_alone() -> None:
    problem = Problem(
        posts=(post("a", vacant=True, unfilled=5), post("b", opened=90), post("c", opened=1, unit="v")),
        people=(person("x", "b", 50), person("y", "c", 10, unit="v"), person("z"), person("w")),
        pairs=(pair("x", "a", 60), pair("y", "a", 9), pair("z", "a", 4), pair("w", "a", 3)),
        kin=(),
        pins=(("x", "b"),),
        forbids=(("z", "a"),),
    )
    account = account_of(problem, result_of(problem, ()))
    (empty,) = account.empty
    assert (empty.eligible, empty.moved, empty.forbidden) == (4, 0, 1)
    assert [(one.person, one.broken, one.change) for one in empty.tried] == [
        ("x", ("pin:x,b",), 60 - 50 + 5 - 90),
        ("y", (), 9 - 10 + 5 - 1),
        ("w", (), 3 + 5),
    ]


def test_only_so_many_empty_posts_are_tried() -> None:
    names = [f"p{number}" for number in range(TRIED_POSTS + 2)]
    problem = Problem(
        posts=tuple(post(name, vacant=True) for name in names),
        people=(person("x"),),
        pairs=tuple(pair("x", name, -1) for name in names),
    )
    account = account_of(problem, result_of(problem, ()))
    assert [len(empty.tried) for empty in account.empty] == [1] * TRIED_POSTS + [0, 0]


def test_of_a_large_problem_nothing_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = replace(CITY, pins=())
    full = account_of(problem, result_of(problem, ()))
    assert (full.more_than_now, [len(empty.tried) for empty in full.empty]) == (0, [1, 2, 1])
    monkeypatch.setattr("quanheng.cli.plan_account.CHECKING", 10)
    short = account_of(problem, result_of(problem, ()))
    assert (short.more_than_now, [len(empty.tried) for empty in short.empty]) == (None, [0, 0, 0])
    assert [empty.eligible for empty in short.empty] == [1, 2, 1]


def test_rules_have_figures(city: Account) -> None:
    told = {figure.rule.id: (figure.state, figure.count, figure.of, figure.short) for figure in city.rules}
    assert told == {
        "提任年轻": ("kept", 2, 3, 0),
        "水利局女干部": ("broken", 1, None, 1),
        "水利局调出": ("kept", 1, None, 0),
        "链长": ("kept", 3, None, 0),
        "轮岗": ("kept", 2, None, 0),
        "文旅局调出": ("idle", 0, None, 0),
    }


def test_the_default_chain_length_is_a_rule_too() -> None:
    problem = replace(CITY, rules=())
    pairs = PLAN[:4]
    (figure,) = account_of(problem, result_of(problem, pairs)).rules
    assert (figure.rule.id, figure.rule.at_most, figure.count) == ("longest_chain:default", 4, 3)


@pytest.mark.parametrize("status", [Status.INFEASIBLE, Status.UNKNOWN])
def test_without_a_plan_there_is_nothing_to_tell(status: Status) -> None:
    account = account_of(CITY, Result(status))
    assert (account.chains, account.empty, account.rules, account.more_than_now) == ((), (), (), None)


@pytest.mark.parametrize("seed", range(60))
def test_chains_add_up_to_the_value_and_figures_to_the_slack(seed: int) -> None:
    """Value = − Σ unfilled_cost of all vacant posts + Σ gains − cost of broken soft rules."""
    problem = tiny(seed)
    result = by_oracle(problem, Budget(1))
    if result.value is None:
        return
    account = account_of(problem, result)
    vacant = sum(post.unfilled_cost for post in problem.posts if post.vacant)
    soft = sum(figure.short * (figure.rule.soft or 0) for figure in account.rules)
    assert result.value == sum(chain.gain for chain in account.chains) - vacant - soft
    slack = {state.id: state.slack for state in result.rules}
    for figure in account.rules:
        if figure.rule.kind in (RuleKind.LEAVE_LIMIT, RuleKind.LONGEST_CHAIN, RuleKind.ROTATION):
            assert figure.count == (figure.rule.at_most or 0) - slack[figure.rule.id]
        if figure.of is not None and isinstance(figure.rule.at_least, tuple):
            a, b = figure.rule.at_least
            assert slack[figure.rule.id] == (b * figure.count - a * figure.of) // b
        assert figure.short == max(0, -slack[figure.rule.id])
