"""What `quanheng plan` asks of the engine, in the order it asks."""

from collections.abc import Callable
from dataclasses import dataclass

from quanheng.planning.budget import Budget
from quanheng.planning.problem import Problem
from quanheng.planning.result import Result, WhyNot
from quanheng.planning.solve import solve

Progress = Callable[[Result], object]


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
    result = solve(problem, Budget(question.seconds), progress)
    return Answer(result)
