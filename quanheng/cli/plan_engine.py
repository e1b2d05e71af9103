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
    budget = rest_of(question, result)
    if result.status is Status.INFEASIBLE and not result.conflict:
        result = replace(result, conflict=conflict.conflict_of(problem, budget))
    if result.value is None or question.explain is None:
        return Answer(result)
    return Answer(result, why_not_by_solving(problem, result, question.explain, budget))


def rest_of(question: Question, result: Result) -> Budget:
    spent = float(dict(result.parameters).get("work", 0))
    return Budget(max(question.seconds - spent, LEAST * question.seconds))


def why_not_by_solving(problem: Problem, result: Result, pair: tuple[str, str], budget: Budget) -> WhyNot:
    """The problem once more with the pair as a pin: exact where both are proved, else an interval.

    `result` has a plan. A stay in the own post is a pair too."""
    from quanheng.planning import conflict, solve

    blank = WhyNot(*pair, "displaced")
    held = any((person.id, person.post) == pair for person in problem.people)
    if not held and all((one.person, one.post) != pair for one in problem.pairs):
        return replace(blank, verdict="not_eligible")
    if pair in problem.forbids and not held:
        return replace(blank, verdict="rules", rules=(f"forbid:{pair[0]},{pair[1]}",))
    forced = replace(problem, pins=tuple(dict.fromkeys([*problem.pins, pair])))
    found = solve.solve(forced, budget)
    if found.status is Status.INFEASIBLE:
        given = frozenset({f"pin:{pair[0]},{pair[1]}"})
        return replace(blank, verdict="rules", rules=conflict.conflict_of(forced, budget, given))
    return _loss(blank, result, found)


def _loss(blank: WhyNot, best: Result, forced: Result) -> WhyNot:
    """Of the best plan, which lies between value and bound, against the best with the pair, which does too."""
    lowest = None if forced.bound is None or best.value is None else max(0, best.value - forced.bound)
    highest = None if best.bound is None or forced.value is None else best.bound - forced.value
    return replace(blank, lowest=lowest, highest=highest, exact=lowest is not None and lowest == highest)
