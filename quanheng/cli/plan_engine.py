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
    """The plan, and what was asked about it; explanations share what the plan has left of the seconds."""
    from quanheng.planning import conflict, solve

    result = solve.solve(problem, Budget(question.seconds), progress)
    budget = rest_of(question, result)
    if result.status is Status.INFEASIBLE and not result.conflict:
        result = replace(result, conflict=conflict.conflict_of(problem, budget))
    if result.value is None or not (question.explain or question.alternatives):
        return Answer(result)
    return _explained(problem, result, question, budget)


def _explained(problem: Problem, result: Result, question: Question, budget: Budget) -> Answer:
    from quanheng.planning import alternatives, ground, why_not

    stand = ground.ground_of(problem, result, budget)
    share = Budget(budget.seconds / (bool(question.explain) + bool(question.alternatives)))
    why = why_not.why_not(stand, *question.explain, share) if question.explain else None
    if question.alternatives:
        result = replace(result, alternatives=alternatives.alternatives(stand, question.alternatives, share))
    return Answer(result, why)


def rest_of(question: Question, result: Result) -> Budget:
    spent = float(dict(result.parameters).get("work", 0))
    return Budget(max(question.seconds - spent, LEAST * question.seconds))
