"""What the command asks of the engine, and with how much time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from quanheng.cli.plan_engine import LEAST, Question, answer, rest_of, why_not_by_solving
from quanheng.planning import conflict
from quanheng.planning import solve as solving
from quanheng.planning.budget import Budget
from quanheng.planning.problem import Problem
from quanheng.planning.result import Result, Status, WhyNot
from tests.cli.planning import CITY, PLAN, QUARREL, by_oracle, result_of
from tests.planning.instances import tiny
from tests.planning.oracle import best_value


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


# --- why not, by solving once more


def why_not(problem: Problem, result: Result, person: str, post: str) -> WhyNot:
    return why_not_by_solving(problem, result, (person, post), Budget(10))


@pytest.mark.parametrize("seed", [3, 8, 21])
def test_the_loss_is_that_of_the_oracle(seed: int) -> None:
    """For every pair of the problem."""
    problem = tiny(seed)
    best = best_value(problem)
    if best is None:
        return
    result = by_oracle(problem, Budget(1))
    for pair in problem.pairs:
        found = why_not(problem, result, pair.person, pair.post)
        forced = best_value(replace(problem, pins=(*problem.pins, (pair.person, pair.post))))
        if forced is None:
            assert found.verdict == "rules"
        else:
            assert found == WhyNot(pair.person, pair.post, "displaced", (), best - forced, best - forced, True)


def test_who_is_not_eligible_and_who_is_forbidden(asked: list[tuple[str, float]]) -> None:
    result = result_of(CITY, PLAN)
    assert why_not(CITY, result, "祝余", "审计局局长").verdict == "not_eligible"
    forbidden = replace(CITY, forbids=(("谢听澜", "审计局局长"),))
    assert why_not(forbidden, result, "谢听澜", "审计局局长").rules == ("forbid:谢听澜,审计局局长",)
    assert asked == []  # nothing was solved


def test_a_pair_that_rules_forbid_names_them(asked: list[tuple[str, float]]) -> None:
    found = why_not(CITY, result_of(CITY, PLAN), "龙启明", "雾岭镇镇长")
    assert (found.lowest, found.highest, found.exact) == (0, 0, True)  # it is the plan
    pinned = replace(CITY, pins=(*CITY.pins, ("谢听澜", "乙科科长")))
    found = why_not(pinned, result_of(CITY, PLAN), "谢听澜", "审计局局长")
    assert (found.verdict, found.rules) == ("rules", ("pin:欧阳景行,应急局局长",))


@pytest.mark.parametrize(
    ("best", "forced", "lowest", "highest"),
    [((10, 10), (7, 7), 3, 3), ((10, 12), (7, 8), 2, 5), ((10, 12), (10, 12), 0, 2), ((10, 12), (None, 9), 1, None),
     ((10, None), (7, None), None, None)],
)  # fmt: skip
def test_an_interval_where_something_is_not_proved(
    best: tuple[int, int | None],
    forced: tuple[int | None, int | None],
    lowest: int | None,
    highest: int | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solving, "solve", lambda *_: Result(Status.FEASIBLE, *forced))
    found = why_not(CITY, Result(Status.FEASIBLE, *best), "谢听澜", "审计局局长")
    assert (found.lowest, found.highest) == (lowest, highest)
    assert found.exact is (lowest is not None and lowest == highest)


def test_the_command_asks_with_what_is_left(asked: list[tuple[str, float]]) -> None:
    found = answer(CITY, Question(10, ("谢听澜", "审计局局长")), ignore)
    assert found.why_not is not None
    assert (found.why_not.verdict, asked) == ("displaced", [("solve", 10), ("solve", 7)])
    assert answer(QUARREL, Question(10, ("谢听澜", "审计局局长")), ignore).why_not is None
