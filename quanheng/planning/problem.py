"""What is given: posts, people, eligible pairs and rules, as the published schema has them. Ids are strings."""

from dataclasses import dataclass, field, replace
from enum import Enum

DEFAULT_CHAIN = 4
CHAIN_RULE = "longest_chain:default"


@dataclass(frozen=True)
class Post:
    id: str
    unit: str
    group: str | None  # leading group
    principal: bool
    vacant: bool  # at the start
    unfilled_cost: int  # vacant at the start and left empty
    open_cost: int  # opened by a move and left empty
    merge_cost: int | None  # abolished when opened; None: it may not be


@dataclass(frozen=True)
class Person:
    id: str
    post: str | None
    unit: str
    fit: int  # for the present post; 0 without a post
    attributes: dict[str, bool | int] = field(default_factory=dict)  # absent is false


@dataclass(frozen=True)
class Pair:
    """An eligible person for a post; what is not here is not eligible."""

    person: str
    post: str
    fit: int
    promotion: bool


class RuleKind(Enum):
    SHARE = "share"
    GROUP_COUNT = "group_count"
    LEAVE_LIMIT = "leave_limit"
    LONGEST_CHAIN = "longest_chain"
    ROTATION = "rotation"


@dataclass(frozen=True)
class Rule:
    """One of the five kinds; fields that its kind does not use are None."""

    id: str
    kind: RuleKind
    attribute: str | None = None  # share, group_count
    group: str | None = None  # group_count
    unit: str | None = None  # leave_limit
    at_least: int | tuple[int, int] | None = None  # group_count: people; share: [a, b] of promotions
    at_most: int | None = None
    soft: int | None = None  # cost per unit of shortfall; None: hard


@dataclass(frozen=True)
class Problem:
    posts: tuple[Post, ...]
    people: tuple[Person, ...]
    pairs: tuple[Pair, ...]
    kin: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    pins: tuple[tuple[str, str], ...] = ()  # (person, post)
    forbids: tuple[tuple[str, str], ...] = ()
    move_cost: int = 0
    version: int = 1


def changed(
    problem: Problem, pins: tuple[tuple[str, str], ...] = (), forbids: tuple[tuple[str, str], ...] = ()
) -> Problem:
    """The problem with more (person, post) pins and forbids; those it has already count once."""
    return replace(
        problem,
        pins=tuple(dict.fromkeys((*problem.pins, *pins))),
        forbids=tuple(dict.fromkeys((*problem.forbids, *forbids))),
    )
