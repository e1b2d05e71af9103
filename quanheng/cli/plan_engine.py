"""What `quanheng plan` asks of the engine, in the order it asks. Solvers load with the first question."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from quanheng.planning.budget import Budget
from quanheng.planning.problem import Problem
from quanheng.planning.result import Result, Status, WhyNot

Progress = Callable[[Result], object]
LEAST = 0.25  # of the seconds for each explanation, however long the plan took


@dataclass(frozen=True)
class Question:
    seconds: float
    explain: tuple[str, str] | None = None  # person, post
    alternatives: int = 0


@dataclass(frozen=True)
class Answer:
    result: Result
    why_not: WhyNot | None = None


def answer(problem: Problem, question: Question, progress: Progress) -> Answer:
    """The plan, and what was asked about it; explanations take what the plan has left of the seconds."""
    from quanheng.planning import conflict, solve

    result = solve.solve(problem, Budget(question.seconds), progress)
    if result.status is Status.INFEASIBLE and not result.conflict:
        result = replace(result, conflict=conflict.conflict_of(problem, rest_of(question, result)))
    return Answer(result)


def rest_of(question: Question, result: Result) -> Budget:
    spent = float(dict(result.parameters).get("work", 0))
    return Budget(max(question.seconds - spent, LEAST * question.seconds))
