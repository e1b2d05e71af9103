"""Tables of steps: which step may follow, who takes it. One table serves page, guard, docs and test."""

from collections.abc import Iterable
from dataclasses import dataclass

from quanheng.kernel.actor import Actor, Role
from quanheng.kernel.errors import Refused


class StepRefused(Refused):
    """The step is not open in this state, or not to this actor."""


@dataclass(frozen=True, slots=True)
class Step:
    action: str
    source: str
    target: str
    roles: frozenset[Role]
    citation: str = ""


def open_steps(flow: Iterable[Step], *, state: str, actor: Actor) -> tuple[Step, ...]:
    return tuple(step for step in flow if step.source == state and actor.has_role(*step.roles))


def require_step(flow: Iterable[Step], action: str, *, state: str, actor: Actor) -> Step:
    """The step, or StepRefused with the state and what would be open."""
    for step in open_steps(flow, state=state, actor=actor):
        if step.action == action:
            return step
    raise StepRefused("step-not-open", action=action, state=state)
