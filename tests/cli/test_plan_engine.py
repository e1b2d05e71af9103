"""What the command asks of the engine, and with how much time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from quanheng.cli.plan_engine import LEAST, Question, answer, rest_of
from quanheng.planning import alternatives, conflict, ground, why_not
from quanheng.planning.budget import Budget
from quanheng.planning.checker import check_plan
from quanheng.planning.ground import Ground
from quanheng.planning.problem import Problem
from quanheng.planning.result import Result, Status, WhyNot
from tests.cli.planning import CITY, PLAN, QUARREL, by_oracle, ground_of, result_of
from tests.planning.instances import tiny
from tests.planning.oracle import best_value


def ignore(_: Result) -> None:
    pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Each question with its seconds; the plan takes three of them."""
    kept: list[tuple[str, float]] = []

    def solve(problem: Problem, budget: Budget, progress: Callable[[Result], object] | None = None) -> Ground:
        kept.append(("solve", budget.seconds))
        return ground_of(problem, replace(by_oracle(problem, budget, progress), parameters=(("work", "3"),)))

    def conflict_of(_: Problem, budget: Budget, *__: Any) -> tuple[str, ...]:
        kept.append(("conflict", budget.seconds))
        return ("pin:欧阳景行,应急局局长",)

    monkeypatch.setattr(ground, "solved", solve)
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


# --- explanations


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_the_loss_is_that_of_the_oracle(seed: int) -> None:
    """For the first pairs of the problem."""
    problem = tiny(seed)
    best = best_value(problem)
    if best is None:
        return
    for pair in problem.pairs[:6]:
        found = answer(problem, Question(10, (pair.person, pair.post)), ignore)
        forced = best_value(replace(problem, pins=(*problem.pins, (pair.person, pair.post))))
        assert found.result.value == best
        if forced is None:
            assert found.why_not is not None
            assert found.why_not.verdict == "rules"
        else:
            assert found.why_not == WhyNot(pair.person, pair.post, "displaced", (), best - forced, best - forced, True)


def test_who_is_not_eligible_and_who_is_forbidden() -> None:
    found = answer(CITY, Question(10, ("祝余", "审计局局长")), ignore).why_not
    assert found is not None
    assert found.verdict == "not_eligible"
    forbidden = replace(CITY, forbids=(("谢听澜", "审计局局长"),))
    found = answer(forbidden, Question(10, ("谢听澜", "审计局局长")), ignore).why_not
    assert found is not None
    assert (found.verdict, found.rules) == ("rules", ("forbid:谢听澜,审计局局长",))


def test_alternatives_are_worth_what_they_say_and_differ() -> None:
    result = answer(CITY, Question(10, None, 2), ignore).result
    assert len(result.alternatives) == 2
    values = [result.value, *(other.value for other in result.alternatives)]
    assert values == sorted(values, key=lambda value: -(value or 0))
    plans = {frozenset((move.person, move.target) for move in moves)
             for moves in (result.moves, *(other.moves for other in result.alternatives))}  # fmt: skip
    assert len(plans) == 3
    for other in result.alternatives:
        account = check_plan(CITY, other.moves)
        assert (account.broken, account.value) == ((), other.value)


def test_without_a_plan_nothing_is_explained(asked: list[tuple[str, float]]) -> None:
    found = answer(QUARREL, Question(10, ("谢听澜", "审计局局长"), 3), ignore)
    assert (found.why_not, found.result.alternatives) == (None, ())
    assert asked == [("solve", 10), ("conflict", 7)]


@pytest.mark.parametrize(
    ("explain", "count", "shares"),
    [
        (("谢听澜", "审计局局长"), 0, [("why", 7)]),
        (None, 2, [("others", 7)]),
        (("谢听澜", "审计局局长"), 2, [("why", 3.5), ("others", 3.5)]),
    ],
)
def test_explanations_share_what_is_left(
    explain: tuple[str, str] | None,
    count: int,
    shares: list[tuple[str, float]],
    asked: list[tuple[str, float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def keep(name: str, answered: object) -> Callable[..., object]:
        def say(*given: Any) -> object:
            asked.append((name, given[-1].seconds))
            return answered

        return say

    monkeypatch.setattr(why_not, "why_not", keep("why", WhyNot("谢听澜", "审计局局长", "displaced")))
    monkeypatch.setattr(alternatives, "alternatives", keep("others", ()))
    answer(CITY, Question(10, explain, count), ignore)
    assert asked == [("solve", 10), *shares]
