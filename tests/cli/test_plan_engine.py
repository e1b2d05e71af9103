"""What the command asks of the engine, and with how much time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from quanheng.cli.plan_engine import LEAST, Question, answer, rest_of
from quanheng.planning import conflict
from quanheng.planning import solve as solving
from quanheng.planning.budget import Budget
from quanheng.planning.problem import Problem
from quanheng.planning.result import Result, Status
from tests.cli.planning import CITY, PLAN, QUARREL, by_oracle, result_of


def ignore(_: Result) -> None:
    pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Each question with its seconds; the plan takes three of them."""
    kept: list[tuple[str, float]] = []

    def solve(problem: Problem, budget: Budget, progress: Callable[[Result], object] | None = None) -> Result:
        kept.append(("solve", budget.seconds))
        return replace(by_oracle(problem, budget, progress), parameters=(("work", "3"),))

    def conflict_of(_: Problem, budget: Budget, *__: Any) -> tuple[str, ...]:
        kept.append(("conflict", budget.seconds))
        return ("pin:欧阳景行,应急局局长",)

    monkeypatch.setattr(solving, "solve", solve)
    monkeypatch.setattr(conflict, "conflict_of", conflict_of)
    return kept


def test_a_plan_needs_no_conflict(asked: list[tuple[str, float]]) -> None:
    found = answer(CITY, Question(10), ignore)
    assert (found.result.status, found.why_not, asked) == (Status.OPTIMAL, None, [("solve", 10)])


def test_what_the_plan_has_left_goes_to_the_conflict(asked: list[tuple[str, float]]) -> None:
    found = answer(QUARREL, Question(10), ignore)
    assert (found.result.status, found.result.conflict) == (Status.INFEASIBLE, ("pin:欧阳景行,应急局局长",))
    assert asked == [("solve", 10), ("conflict", 7)]


def test_an_explanation_has_at_least_a_part_of_the_seconds() -> None:
    result = replace(result_of(CITY, PLAN), parameters=(("work", "9.9"),))
    assert rest_of(Question(10), result).seconds == LEAST * 10
    assert rest_of(Question(10), replace(result, parameters=())).seconds == 10
    assert rest_of(Question(0), result).seconds == 0


def test_progress_is_passed_on(asked: list[tuple[str, float]]) -> None:
    told: list[Result] = []
    answer(CITY, Question(1), told.append)
    assert [result.status for result in told] == [Status.FEASIBLE]


def test_the_engine_names_the_conflict() -> None:
    found = answer(QUARREL, Question(10), ignore)
    assert (found.result.status, found.result.conflict) == (Status.INFEASIBLE, ("pin:欧阳景行,应急局局长",))
