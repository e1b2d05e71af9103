"""The questions that the planning benchmark asks of a plan."""

import pytest

from benchmarks._planning_answers import answers, other_pairs, planted
from benchmarks.planning_cities import city
from quanheng.planning.budget import Budget
from quanheng.planning.checks import check
from quanheng.planning.conflict import conflict_of
from quanheng.planning.ground import solved


def test_the_planted_conflict_is_one() -> None:
    problem, ids = planted(city(5, 1))
    assert check(problem) == ()
    assert set(conflict_of(problem, Budget(10))) == ids


def test_questions_are_about_posts_that_the_plan_fills() -> None:
    problem = city(2, 1)
    ground = solved(problem, Budget(10))
    asked = other_pairs(ground, 5)
    assert len(asked) == len(set(asked)) == 5
    assert {post for _, post in asked} <= {post for _, post in ground.pairs}
    assert not set(asked) & set(ground.pairs)


@pytest.mark.slow
def test_answers_are_measured_with_their_limits() -> None:
    figures = list(answers(2, 1))
    assert [(figure.name, figure.limit) for figure in figures] == [
        ("S2 why not, one pair, median", 1.5),
        ("S2 plan after a pin by a cold one, median", 0.3),
        ("S2 one alternative, mean", 6.0),
    ]
    assert "exact 9 of 9" in figures[0].note
    assert "both proved and equal 3 of 3" in figures[1].note
    assert "proved 3" in figures[2].note
