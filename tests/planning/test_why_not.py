"""What forcing a pair costs equals the difference of two enumerations; rules that alone forbid it are named."""

from dataclasses import replace

import pytest

from quanheng.planning.budget import Budget
from quanheng.planning.conflict import ids_of
from quanheng.planning.ground import Ground, ground_of
from quanheng.planning.problem import Problem, Rule, RuleKind
from quanheng.planning.result import Status, WhyNot
from quanheng.planning.solve import solve
from quanheng.planning.why_not import least_losses, why_not
from tests.planning.instances import pair, person, post, tiny
from tests.planning.oracle import best_value, is_feasible, with_pin, without
from tests.planning.towns import town

TEN = Budget(10.0, wall=60.0)


def ground(problem: Problem) -> Ground:
    return ground_of(problem, solve(problem, TEN), TEN)


def questions(problem: Problem) -> list[tuple[str, str]]:
    """Every pair, and everybody's own post."""
    own = [(one.id, one.post) for one in problem.people if one.post is not None]
    return [*own, *((one.person, one.post) for one in problem.pairs if (one.person, one.post) not in own)]


def check_pair(base: Ground, best: int, name: str, wanted: str) -> str:
    problem = base.problem
    found = why_not(base, name, wanted, TEN)
    forced = best_value(with_pin(problem, name, wanted))
    label = (name, wanted, found)
    if forced is not None and (name, wanted) not in problem.forbids:
        assert found == WhyNot(name, wanted, "displaced", (), best - forced, best - forced, exact=True), label
    elif (name, wanted) in problem.forbids:
        assert (found.verdict, found.rules) == ("rules", (f"forbid:{name},{wanted}",)), label
    else:
        assert (found.verdict, found.lowest, found.highest, found.exact) == ("rules", None, None, False), label
        check_rules(with_pin(problem, name, wanted), f"pin:{name},{wanted}", found.rules)
    return found.verdict


def check_rules(pinned: Problem, pin: str, rules: tuple[str, ...]) -> None:
    """Together with the pin they cannot hold, and less any one of them they can."""
    alone = without(pinned, *(one for one in ids_of(pinned) if one not in rules and one != pin))
    assert not is_feasible(alone)
    assert pin not in rules
    for one in rules:
        assert is_feasible(without(alone, one)), one


@pytest.mark.parametrize("block", range(4))
def test_every_pair_costs_what_enumeration_says(block: int) -> None:
    verdicts = set()
    for seed in range(15 * block, 15 * block + 15):
        best = best_value(tiny(seed))
        if best is not None:
            base = ground(tiny(seed))
            verdicts |= {check_pair(base, best, *one) for one in questions(tiny(seed))[:8]}
    assert verdicts == {"displaced", "rules"}


@pytest.mark.slow
@pytest.mark.parametrize("block", range(5))
def test_every_pair_of_many_costs_what_enumeration_says(block: int) -> None:
    for seed in range(5_000 + 40 * block, 5_040 + 40 * block):
        best = best_value(tiny(seed))
        if best is not None:
            base = ground(tiny(seed))
            for one in questions(tiny(seed)):
                check_pair(base, best, *one)


@pytest.mark.parametrize("seed", range(30))
def test_losses_of_all_pairs_at_once_are_never_too_large(seed: int) -> None:
    best = best_value(tiny(seed))
    if best is None:
        return
    base = ground(tiny(seed))
    losses = least_losses(base)
    assert len(losses.lowest) == len(base.model.columns.seats)
    for person_at, post_at, lowest in zip(losses.person, losses.post, losses.lowest, strict=True):
        forced = best_value(with_pin(tiny(seed), tiny(seed).people[person_at].id, tiny(seed).posts[post_at].id))
        assert lowest >= 0
        assert forced is None or best - forced >= lowest


def test_moves_of_the_plan_lose_nothing() -> None:
    base = ground(town(3))
    losses = least_losses(base)
    known = {
        (base.problem.people[i].id, base.problem.posts[j].id): int(lowest)
        for i, j, lowest in zip(losses.person, losses.post, losses.lowest, strict=True)
    }
    for move in base.result.moves:
        assert known[move.person, move.target] == 0
        found = why_not(base, move.person, move.target, TEN)
        assert (found.verdict, found.lowest, found.highest, found.exact) == ("displaced", 0, 0, True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_forced_pair_of_a_town_costs_what_solving_with_the_pin_costs(seed: int) -> None:
    base = ground(town(seed, vacancies=5))
    assert base.result.value is not None
    for one in base.problem.pairs[seed::61]:
        found = why_not(base, one.person, one.post, TEN)
        pinned = solve(with_pin(base.problem, one.person, one.post), TEN)
        assert pinned.proved
        if pinned.value is None:
            assert found.verdict == "rules"
        else:
            loss = base.result.value - pinned.value
            assert (found.lowest, found.highest, found.exact) == (loss, loss, True)


def small(**changes: object) -> Problem:
    problem = Problem(
        posts=(post("p", vacant=True, unfilled=30), post("q", opened=10, unit="v")),
        people=(person("a", "q", 20, unit="v"), person("b")),
        pairs=(pair("a", "p", 90), pair("b", "p", 50)),
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_who_is_not_eligible() -> None:
    assert why_not(ground(small()), "b", "q", TEN) == WhyNot("b", "q", "not_eligible")


def test_a_loss_is_exact() -> None:
    assert why_not(ground(small()), "b", "p", TEN) == WhyNot("b", "p", "displaced", (), 10, 10, exact=True)


def test_staying_can_be_asked_for() -> None:
    assert why_not(ground(small()), "a", "q", TEN) == WhyNot("a", "q", "displaced", (), 10, 10, exact=True)


def test_a_forbid_forbids() -> None:
    base = ground(small(forbids=(("b", "p"),)))
    assert why_not(base, "b", "p", TEN) == WhyNot("b", "p", "rules", ("forbid:b,p",))


def test_a_rule_that_alone_forbids_is_named() -> None:
    rules = (Rule("stay", RuleKind.LEAVE_LIMIT, unit="v", at_most=0), Rule("r", RuleKind.ROTATION, at_most=2))
    assert why_not(ground(small(rules=rules)), "a", "p", TEN) == WhyNot("a", "p", "rules", ("stay",))


def test_a_pin_of_somebody_else_is_named() -> None:
    assert why_not(ground(small(pins=(("b", "p"),))), "a", "p", TEN).rules == ("pin:b,p",)


def test_a_post_that_nothing_can_open_needs_no_rule() -> None:
    problem = small(pairs=(pair("b", "p", 50), pair("b", "q", 70)))
    assert why_not(ground(problem), "b", "q", TEN) == WhyNot("b", "q", "rules", ())


def test_in_an_infeasible_problem_only_rules_can_be_said() -> None:
    problem = small(pins=(("a", "p"), ("b", "p")))
    base = ground(problem)
    assert base.result.status is Status.INFEASIBLE
    assert why_not(base, "b", "p", TEN).rules == ("pin:a,p",)


def test_an_unproved_plan_gives_an_interval() -> None:
    base = ground(small())
    loose = replace(base, result=replace(base.result, status=Status.FEASIBLE, bound=100))
    value = base.result.value
    assert value is not None
    found = why_not(loose, "b", "p", TEN)
    assert (found.lowest, found.highest, found.exact) == (10, 100 - value + 10, False)


def test_without_budget_the_reduced_costs_still_give_a_bound() -> None:
    base = ground(town(1, vacancies=8))
    one = base.problem.pairs[7]
    found = why_not(base, one.person, one.post, Budget(0.0))
    exact = why_not(base, one.person, one.post, TEN)
    assert exact.lowest is not None
    assert found.lowest is not None
    assert 0 <= found.lowest <= exact.lowest
    assert not found.exact or found.lowest == exact.lowest


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        why_not(ground(small()), "nobody", "p", TEN)
