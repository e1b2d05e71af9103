"""What `quanheng plan` asks of the engine, in the order it asks. Solvers load with the first question."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quanheng.planning.budget import Budget
from quanheng.planning.problem import Problem
from quanheng.planning.result import Result, Status, WhyNot

if TYPE_CHECKING:
    from quanheng.planning.effects import Effect
    from quanheng.planning.ground import Ground

Progress = Callable[[Result], object]
Seats = tuple[tuple[str, str], ...]  # (person, post)
LEAST = 0.25  # of the seconds for each explanation, however long the plan took


@dataclass(frozen=True)
class Question:
    seconds: float
    explain: tuple[str, str] | None = None  # person, post
    alternatives: int = 0
    effects: bool = False
    pins: Seats = ()  # beside those of the problem
    forbids: Seats = ()

    @property
    def parts(self) -> int:
        """How many explanations share what the plan has left of the seconds."""
        return bool(self.explain) + bool(self.alternatives) + self.effects


@dataclass(frozen=True)
class Answer:
    """`problem` is the one that `result` answers: with the pins and forbids of the question. `before`: without them."""

    problem: Problem
    result: Result
    why_not: WhyNot | None = None
    effects: "tuple[Effect, ...]" = ()
    before: Result | None = None


def answer(problem: Problem, question: Question, progress: Progress) -> Answer:
    """The plan, and what was asked about it; explanations share what the plan has left of the seconds."""
    from quanheng.planning import ground

    stand = ground.solved(problem, Budget(question.seconds), progress)
    found = Answer(problem, _with_conflict(problem, stand.result, question))
    if question.pins or question.forbids:
        found, stand = _changed(stand, found.result, question)
    return _explained(found, question, stand)


def _with_conflict(problem: Problem, result: Result, question: Question) -> Result:
    from quanheng.planning import conflict

    if result.status is not Status.INFEASIBLE or result.conflict:
        return result
    return replace(result, conflict=conflict.conflict_of(problem, rest_of(question, result)))


def _changed(stand: "Ground", before: Result, question: Question) -> "tuple[Answer, Ground]":
    """The plan after more pins and forbids, from the answer without them."""
    from quanheng.planning import replan

    after = replan.replanned(stand, rest_of(question, before), pins=question.pins, forbids=question.forbids)
    other = after.problem
    return Answer(other, _with_conflict(other, after.result, question), before=before), after


def _explained(found: Answer, question: Question, stand: "Ground") -> Answer:
    is_answered = found.result.value is not None or (question.effects and found.result.status is Status.INFEASIBLE)
    if not question.parts or not is_answered:
        return found
    return _with_explanations(found, question, stand, Budget(rest_of(question, found.result).seconds / question.parts))


def _with_explanations(found: Answer, question: Question, stand: "Ground", share: Budget) -> Answer:
    from quanheng.planning import alternatives, effects, why_not

    if question.explain and found.result.value is not None:
        found = replace(found, why_not=why_not.why_not(stand, *question.explain, share))
    if question.effects:
        found = replace(found, effects=effects.effects(stand, share))
    if question.alternatives:
        others = alternatives.alternatives(stand, question.alternatives, share)
        found = replace(found, result=replace(found.result, alternatives=others))
    return found


def rest_of(question: Question, result: Result) -> Budget:
    spent = float(dict(result.parameters).get("work", 0))
    return Budget(max(question.seconds - spent, LEAST * question.seconds))
