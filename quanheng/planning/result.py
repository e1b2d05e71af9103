"""What comes back: the plan, how sure it is, what it costs not to follow it."""

from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    OPTIMAL = "optimal"
    FEASIBLE = "feasible"  # a plan with a gap to the bound
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"  # none found yet
    INVALID = "invalid"


@dataclass(frozen=True)
class Move:
    person: str
    source: str | None  # "from" in the JSON
    target: str  # "to"
    chain: int  # 1, 2, … in the order of the posts that start them
    position: int  # 1 is the post vacant at the start; in a rotation the order of the exchange
    rotation: bool


@dataclass(frozen=True)
class RuleState:
    id: str
    state: str  # "kept", "broken" (soft only) or "idle"
    slack: int  # units to spare; negative: short by so many


@dataclass(frozen=True)
class Place:
    """Where and why a problem is invalid: a path in the JSON and a sentence."""

    path: str
    reason: str


@dataclass(frozen=True)
class Alternative:
    value: int
    proved: bool  # the best of all plans that differ so much
    moves: tuple[Move, ...]
    differs: tuple[str, ...]  # posts that another person takes


@dataclass(frozen=True)
class Result:
    status: Status
    value: int | None = None
    bound: int | None = None  # no plan is worth more; None: not known
    moves: tuple[Move, ...] = ()
    unfilled: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()
    rules: tuple[RuleState, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    conflict: tuple[str, ...] = ()  # ids of rules, `pin:person,post`, `kin:a,b`, `longest_chain:default`
    invalid: tuple[Place, ...] = ()
    solver: str = ""  # names and versions
    parameters: tuple[tuple[str, str], ...] = ()  # seed, deterministic budget, rounds …
    input_hash: str = ""

    @property
    def proved(self) -> bool:
        return self.status in (Status.OPTIMAL, Status.INFEASIBLE)

    @property
    def gap(self) -> float | None:
        return gap_of(self.value, self.bound)


def gap_of(value: int | None, bound: int | None) -> float | None:
    """(bound − value) / max(1, |value|); None where one of them is not known."""
    if value is None or bound is None:
        return None
    return (bound - value) / max(1, abs(value))


@dataclass(frozen=True)
class WhyNot:
    """What forcing one pair would cost. `lowest` ≤ loss ≤ `highest`; exact where they are equal and `exact`."""

    person: str
    post: str
    verdict: str  # "not_eligible", "rules" or "displaced"
    rules: tuple[str, ...] = ()  # that alone forbid it
    lowest: int | None = None
    highest: int | None = None
    exact: bool = False
