"""Two plans side by side: exact lists, and what must hold of all pairs of plans."""

from itertools import islice

import pytest

from quanheng.planning.checker import moves_of
from quanheng.planning.difference import Difference, Elsewhere, OtherHolder, difference
from quanheng.planning.problem import Problem
from tests.planning.instances import pair, person, post, tiny
from tests.planning.oracle import every_plan


def city() -> Problem:
    return Problem(
        posts=(post("p", vacant=True), post("q"), post("r", vacant=True)),
        people=(person("a", "q", 20), person("b"), person("c")),
        pairs=(pair("a", "p"), pair("b", "q"), pair("b", "p"), pair("c", "r")),
    )


def of(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return pairs


def compare(problem: Problem, one: object, two: object) -> Difference:
    return difference(problem, moves_of(problem, one), moves_of(problem, two))  # type: ignore[arg-type]


def test_a_plan_does_not_differ_from_itself() -> None:
    plan = of(("a", "p"), ("b", "q"))
    assert compare(city(), plan, tuple(reversed(plan))) == Difference((), ())


def test_who_goes_elsewhere_and_who_is_in_the_posts_then() -> None:
    found = compare(city(), of(("a", "p"), ("b", "q")), of(("b", "p"), ("c", "r")))
    assert found.people == (
        Elsewhere("a", "p", "q"),
        Elsewhere("b", "q", "p"),
        Elsewhere("c", None, "r"),
    )
    assert found.posts == (
        OtherHolder("p", "a", "b"),
        OtherHolder("q", "b", "a"),
        OtherHolder("r", None, "c"),
    )
    assert found.taken == ("p", "q", "r")


def test_a_post_that_falls_empty_is_no_post_taken() -> None:
    found = compare(city(), of(("a", "p"), ("b", "q")), of(("a", "p")))
    assert found == Difference((Elsewhere("b", "q", None),), (OtherHolder("q", "b", None),))
    assert found.taken == ()


@pytest.mark.parametrize("seed", range(15))
def test_turned_round_it_says_the_opposite(seed: int) -> None:
    plans = [tuple(sorted(plan.pairs)) for plan in islice(every_plan(tiny(seed)), 8)]
    for one in plans:
        for two in plans:
            there, back = compare(tiny(seed), one, two), compare(tiny(seed), two, one)
            assert [(x.person, x.first, x.second) for x in there.people] == [
                (x.person, x.second, x.first) for x in back.people
            ]
            assert [(x.post, x.first, x.second) for x in there.posts] == [
                (x.post, x.second, x.first) for x in back.posts
            ]
            assert (there.people == ()) == (one == two)
