"""The peers of the planning benchmark: never better than every plan counted out, the naive models as good."""

from dataclasses import replace

import pytest

from benchmarks._planning_naive import NoRotationsError, naive
from benchmarks._planning_peers import PEERS, Found, _bound_in, _worth, cp_sat, greedy
from benchmarks.planning_cities import city
from quanheng.planning.problem import Problem, Rule, RuleKind
from tests.planning.instances import pair, person, post, tiny
from tests.planning.oracle import best_value

EXACT = {name: peer for name, peer in PEERS.items() if name != "greedy"}


def without_rotations(problem: Problem) -> Problem:
    return replace(problem, rules=tuple(rule for rule in problem.rules if rule.kind is not RuleKind.ROTATION))


@pytest.mark.parametrize("seed", range(40))
def test_best_pair_first_is_never_better_than_the_best(seed: int) -> None:
    problem = without_rotations(tiny(seed))
    value, best = greedy(problem).value, best_value(problem)
    assert value is None or (best is not None and value <= best)


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("seed", range(12))
def test_the_naive_models_are_as_good_as_counting_out(name: str, seed: int) -> None:
    problem = without_rotations(tiny(seed))
    found = EXACT[name](problem, 10)
    best = best_value(problem)
    assert (found.value, found.proved) == (best, True)
    assert found.bound == best


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 300))
def test_naive_cp_sat_is_as_good_as_counting_out(seed: int) -> None:
    problem = without_rotations(tiny(seed))
    assert cp_sat(problem, 10).value == best_value(problem)


def test_closed_exchanges_are_refused() -> None:
    problem = replace(tiny(1), rules=(Rule("r", RuleKind.ROTATION, at_most=2),))
    with pytest.raises(NoRotationsError):
        naive(problem)


def two_vacancies() -> Problem:
    """The best pair takes b away from where only b can go."""
    return Problem(
        posts=(post("p", vacant=True), post("q", vacant=True)),
        people=(person("a"), person("b")),
        pairs=(pair("a", "p", 60), pair("b", "p", 70), pair("b", "q", 65)),
    )


def test_best_pair_first_takes_what_looks_best() -> None:
    assert greedy(two_vacancies()) == Found(70)
    assert best_value(two_vacancies()) == 125


def test_best_pair_first_follows_a_chain_as_far_as_it_may() -> None:
    problem = Problem(
        posts=(post("p", vacant=True), post("q", opened=30)),
        people=(person("a", "q", 10), person("b")),
        pairs=(pair("a", "p", 90), pair("b", "q", 20)),
    )
    assert greedy(problem) == Found(90 - 10 + 20)
    assert greedy(replace(problem, rules=(Rule("c", RuleKind.LONGEST_CHAIN, at_most=1),))) == Found(90 - 10 - 30)


def test_best_pair_first_lets_a_promotion_wait_for_the_share() -> None:
    problem = Problem(
        posts=(post("p", vacant=True), post("q", vacant=True)),
        people=(person("a"), person("b", young=True)),
        pairs=(pair("a", "p", 90, promotion=True), pair("b", "q", 20, promotion=True)),
        rules=(Rule("s", RuleKind.SHARE, "young", at_least=(1, 2)),),
    )
    assert greedy(problem) == Found(110)


def test_best_pair_first_fills_pins_first() -> None:
    assert greedy(replace(two_vacancies(), pins=(("a", "p"),))) == Found(125)


def test_best_pair_first_finds_a_plan_of_a_city() -> None:
    made = city(5, 1)
    value = greedy(made).value
    assert value is not None
    assert value > -sum(post.unfilled_cost for post in made.posts if post.vacant)


@pytest.mark.parametrize(
    ("log", "bound"),
    [
        ("Upper bound: -1\nLower bound:                    -123.50\nGap:", 123.5),
        ("best possible -200.25 (1.0 seconds)\n best possible -150 (2 seconds)", 150.0),
        ("nothing", None),
    ],
)
def test_the_bound_of_cbc_is_read_from_its_log(log: str, bound: float | None) -> None:
    assert _bound_in(log) == bound


def test_what_does_not_hold_together_is_no_plan() -> None:
    """The holder of the second post stays."""
    problem = Problem(
        posts=(post("p", vacant=True), post("q")), people=(person("a"), person("b", "q", 5)), pairs=(pair("a", "q", 9),)
    )
    assert _worth(problem, [("a", "q")]) is None
    assert _worth(problem, []) is not None
