"""The model is right when its integer optimum is that of full enumeration, for every kind of rule."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.problem import Pair, Person, Post, Problem, Rule, RuleKind
from quanheng.planning.rows import Model, build, plan_of, slack_of, value_of, vector_of
from tests.planning.instances import tiny
from tests.planning.oracle import best_value, every_plan


def explicit_optimum(model: Model) -> tuple[int, tuple[tuple[str, str], ...]] | None:
    """(value, plan) by HiGHS on the whole model; None when infeasible."""
    if not len(model.weight):
        return None if model.impossible else (model.constant, ())
    rows = [LinearConstraint(model.matrix, model.lower, model.upper)] if len(model.upper) else []
    answer = milp(
        -model.weight, constraints=rows, bounds=Bounds(0, model.limit), integrality=np.ones_like(model.weight)
    )
    if answer.x is None:
        return None
    return round(model.constant - answer.fun), plan_of(model, answer.x)


def check_against_enumeration(seed: int) -> None:
    problem = tiny(seed)
    model = build(problem)
    found = explicit_optimum(model)
    assert (found and found[0]) == best_value(problem), seed
    if found:
        account = check_plan(problem, moves_of(problem, found[1]))
        assert (account.broken, account.value) == ((), found[0]), seed
    if model.impossible:
        assert found is None, seed


@pytest.mark.parametrize("block", range(6))
def test_the_integer_optimum_is_that_of_full_enumeration(block: int) -> None:
    for seed in range(50 * block, 50 * block + 50):
        check_against_enumeration(seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(15))
def test_the_integer_optimum_is_that_of_full_enumeration_for_many_more(block: int) -> None:
    for seed in range(10_000 + 100 * block, 10_100 + 100 * block):
        check_against_enumeration(seed)


@pytest.mark.parametrize("seed", range(60))
def test_every_plan_is_a_vector_of_the_model_with_its_value(seed: int) -> None:
    problem = tiny(seed)
    model = build(problem)
    for plan in every_plan(problem):
        x = vector_of(model, plan.pairs)
        slack = slack_of(model, x)
        assert slack.min(initial=0) >= 0
        assert not slack[model.equal].any()
        assert (x <= model.limit).all()
        assert value_of(model, x) == plan.value
        assert set(plan_of(model, x)) == plan.pairs


# One example by hand: v is vacant; a serves at p, b at q, c has no post.


def post(name: str, *, unit: str = "u", group: str | None = None, vacant: bool = False) -> Post:
    return Post(name, unit, group, principal=False, vacant=vacant, unfilled_cost=50, open_cost=30, merge_cost=None)


def pair(person: str, target: str, fit: int, *, promotion: bool = False) -> Pair:
    return Pair(person, target, fit, promotion)


HAND = Problem(
    posts=(post("v", vacant=True, group="g"), post("p", group="g"), replace(post("q", unit="w"), merge_cost=7)),
    people=(
        Person("a", "p", "u", fit=40, attributes={"young": True}),
        Person("b", "q", "w", fit=20, attributes={"young": False, "age": 50}),
        Person("c", None, "u", fit=0),
    ),
    pairs=(
        pair("a", "v", 80, promotion=True),
        pair("b", "v", 60),
        pair("b", "p", 70, promotion=True),
        pair("c", "p", 30),
        pair("c", "q", 25),
        pair("a", "q", 90),
        pair("a", "p", 99),  # the own post: ignored
        pair("c", "v", 10),
    ),
    forbids=(("c", "v"),),
    move_cost=5,
)


def with_rules(*rules: Rule, **changes: object) -> Model:
    return build(replace(HAND, rules=rules, **changes))  # type: ignore[arg-type]


def cells(model: Model, name: str) -> dict[tuple[str, str, int], int]:
    """(person, post, position) -> number of a row; the shortfall is ("s", rule, 0)."""
    row = model.names.index(name)
    dense = np.asarray(model.matrix[[row]].todense())[0]
    return {label(model, column): int(dense[column]) for column in np.flatnonzero(dense).tolist()}


def label(model: Model, column: int) -> tuple[str, str, int]:
    columns = model.columns
    if column < columns.chains:
        person, target = columns.person[column], columns.post[column]
        return HAND.people[person].id, HAND.posts[target].id, int(columns.position[column])
    return "s", model.shortfalls[column - len(model.weight)].rule, 0


def test_weights_by_hand() -> None:
    model = with_rules()
    weights = {label(model, column): int(model.weight[column]) for column in range(len(model.weight))}
    assert model.constant == -50
    assert weights == {
        ("a", "v", 1): 80 - 40 - 5 - 30 + 50,
        ("b", "v", 1): 60 - 20 - 5 - 7 + 50,
        ("b", "p", 2): 70 - 20 - 5 - 7 + 30,
        ("c", "p", 2): 30 + 30,
        ("a", "q", 2): 90 - 40 - 5 - 30 + 7,
        ("c", "q", 2): 25 + 7,
        ("b", "p", 3): 70 - 20 - 5 - 7 + 30,
        ("c", "p", 3): 30 + 30,
        ("a", "q", 3): 90 - 40 - 5 - 30 + 7,
        ("c", "q", 3): 25 + 7,
    }
    assert model.columns.longest == 3  # of the default 4: two holders, so no chain is longer than three


def test_positions_are_limited_and_reachable() -> None:
    model = with_rules(Rule("chain", RuleKind.LONGEST_CHAIN, at_most=2))
    assert [label(model, column) for column in range(model.columns.chains)] == [
        ("a", "v", 1),
        ("b", "v", 1),
        ("b", "p", 2),
        ("c", "p", 2),
        ("a", "q", 2),
        ("c", "q", 2),
    ]
    assert with_rules(Rule("chain", RuleKind.LONGEST_CHAIN, at_most=0)).columns.chains == 0


def test_a_post_nobody_can_open_has_no_columns() -> None:
    model = build(replace(HAND, pairs=tuple(one for one in HAND.pairs if (one.person, one.post) != ("b", "v"))))
    assert ("a", "q", 2) not in {label(model, column) for column in range(model.columns.chains)}


CHAIN_2 = Rule("chain", RuleKind.LONGEST_CHAIN, at_most=2)


def test_rows_of_chains_by_hand() -> None:
    model = with_rules(CHAIN_2)
    assert cells(model, "start:v") == {("a", "v", 1): 1, ("b", "v", 1): 1}
    assert cells(model, "follow:p:1") == {("b", "p", 2): 1, ("c", "p", 2): 1, ("a", "v", 1): -1}
    assert cells(model, "follow:q:1") == {("a", "q", 2): 1, ("c", "q", 2): 1, ("b", "v", 1): -1}
    assert cells(model, "once:a") == {("a", "v", 1): 1, ("a", "q", 2): 1}
    assert dict(zip(model.names, model.upper, strict=True)) == {
        "start:v": 1,
        "follow:p:1": 0,
        "follow:q:1": 0,
        "once:a": 1,
        "once:b": 1,
        "once:c": 1,
    }


def test_leave_limit_by_hand() -> None:
    model = with_rules(CHAIN_2, Rule("leave", RuleKind.LEAVE_LIMIT, unit="u", at_most=0, soft=9))
    assert cells(model, "leave") == {("a", "q", 2): 1, ("s", "leave", 0): -1}  # a to v stays inside, c does not serve
    assert model.upper[model.names.index("leave")] == 0
    assert (model.weight[-1], model.limit[-1]) == (-9, 1)


def test_a_leave_limit_that_nobody_can_break_has_no_row() -> None:
    model = with_rules(CHAIN_2, Rule("leave", RuleKind.LEAVE_LIMIT, unit="u", at_most=1, soft=9))
    assert "leave" not in model.names
    assert model.shortfalls == ()


def test_group_count_by_hand() -> None:
    rule = Rule("young", RuleKind.GROUP_COUNT, attribute="young", group="g", at_least=1, at_most=1)
    model = with_rules(CHAIN_2, rule)
    assert cells(model, "young:least") == {("a", "q", 2): 1}  # a to v stays in g: no effect
    assert model.upper[model.names.index("young:least")] == 1 - 1
    assert "young:most" not in model.names  # no other young can come
    by_age = with_rules(CHAIN_2, replace(rule, attribute="age", at_least=1, at_most=0, soft=4))
    assert cells(by_age, "young:least") == {("b", "v", 1): -1, ("b", "p", 2): -1, ("s", "young", 0): -1}
    assert cells(by_age, "young:most") == {("b", "v", 1): 1, ("b", "p", 2): 1, ("s", "young", 0): -1}


def test_share_by_hand() -> None:
    model = with_rules(CHAIN_2, Rule("share", RuleKind.SHARE, attribute="young", at_least=(2, 5), soft=9))
    assert cells(model, "share") == {("a", "v", 1): 2 - 5, ("b", "p", 2): 2, ("s", "share", 0): -5}
    assert model.limit[-1] == 1


def test_kin_by_hand() -> None:
    model = with_rules(CHAIN_2, kin=(("b", "a"), ("a", "b")))
    # a is in g today: y = 1 − (a to q); b is not: y = b to v, b to p
    assert cells(model, "kin:b,a:g") == {("b", "v", 1): 1, ("b", "p", 2): 1, ("a", "q", 2): -1}
    assert model.upper[model.names.index("kin:b,a:g")] == 0
    assert model.ids[model.names.index("kin:b,a:g")] == ("kin:b,a",)


def test_a_clique_of_kin_is_one_row() -> None:
    model = with_rules(CHAIN_2, kin=(("a", "b"), ("b", "c"), ("c", "a")))
    assert [ids for ids in model.ids if ids] == [("kin:a,b", "kin:c,a", "kin:b,c")]


def test_pins_by_hand() -> None:
    model = with_rules(CHAIN_2, pins=(("b", "p"), ("a", "p"), ("c", "v")))
    assert cells(model, "pin:b,p") == {("b", "p", 2): 1}
    assert cells(model, "pin:a,p") == {("a", "v", 1): 1, ("a", "q", 2): 1}  # the own post: stays
    assert {name: upper for name, upper, equal in zip(model.names, model.upper, model.equal, strict=True) if equal} == {
        "pin:b,p": 1,
        "pin:a,p": 0,
        "pin:c,v": 1,
    }
    assert model.impossible == (("pin:c,v",),)  # forbidden


def test_an_impossible_rule_is_seen_at_once() -> None:
    nobody = Rule("nobody", RuleKind.GROUP_COUNT, attribute="female", group="g", at_least=1)
    nowhere = Rule("nowhere", RuleKind.GROUP_COUNT, attribute="female", group="none", at_least=1)
    three = Rule("three", RuleKind.GROUP_COUNT, attribute="young", group="g", at_least=2)
    assert with_rules(nobody, nowhere, three, CHAIN_2).impossible == (("nobody",), ("nowhere",), ("three",))
    assert with_rules(*(replace(rule, soft=3) for rule in (nobody, nowhere, three))).impossible == ()


def test_kin_who_share_a_group_and_cannot_move_are_impossible() -> None:
    stuck = replace(HAND, pairs=(), people=(*HAND.people[:2], Person("c", "v", "u", 1)), kin=(("a", "c"),))
    assert build(replace(stuck, posts=(replace(HAND.posts[0], vacant=False), *HAND.posts[1:]))).impossible == (
        ("kin:a,c",),
    )


def test_vectors_refuse_what_is_no_plan() -> None:
    model = with_rules(CHAIN_2)
    with pytest.raises(ValueError, match="may not take"):
        vector_of(model, [("c", "v")])
    with pytest.raises(ValueError, match="does not start"):
        vector_of(model, [("c", "p")])
    with pytest.raises(ValueError, match="no column at position"):
        vector_of(model, [("a", "v"), ("b", "p"), ("c", "q")])
    with pytest.raises(ValueError, match="exchange"):
        vector_of(model, [("a", "q"), ("b", "p")])


def test_the_numbers_are_whole() -> None:
    for seed in range(40):
        model = build(tiny(seed))
        for numbers in (model.matrix.data, model.upper, model.weight, model.limit):
            assert (numbers == np.round(numbers)).all()
