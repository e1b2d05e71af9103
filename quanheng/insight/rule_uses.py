"""Where a rule is used: what asks it, and how many open matters it would decide.

Matters stay open for days in the rooms of procedures (selection, adjustment, appointment, personal matters …). Each of
them joins `ROOMS` when it is built, with a function that counts its open matters under a rule. What is asked anew each
time it is looked at (eligibility, screening, what is due) is no open matter: it follows the rule at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from quanheng.insight.conditions import conditions
from quanheng.insight.due import watches
from quanheng.insight.targets import POOL, POOLS, POST, RANK, Target, pool_target, rank_target, tier_target
from quanheng.instruments.local import HouseRules
from quanheng.organization.choices import PostTier, Rank

CountOpen = Callable[[str, date], int]  # id of a rule, and the day
ROOMS: Mapping[str, CountOpen] = {}  # by the app


@dataclass(frozen=True, slots=True)
class Uses:
    """`targets`: kinds of target (post, rank, pool) of which it is a condition. `is_watched`: it makes due items."""

    targets: tuple[str, ...]
    is_watched: bool
    open_matters: int


def uses_of(rule: str, house: HouseRules) -> Uses:
    asked = tuple(kind for kind, targets in _targets().items() if _is_condition(rule, house, targets))
    return Uses(asked, any(watch.rule == rule for watch in watches()), count_open_matters(rule, house.on))


def count_open_matters(rule: str, on: date) -> int:
    """In all rooms, whoever asks: a number tells nothing of a file."""
    return sum(count(rule, on) for count in ROOMS.values())


def _targets() -> dict[str, list[Target]]:
    return {
        POST: [tier_target(tier) for tier in PostTier],
        RANK: [rank_target(rank) for rank in Rank],
        POOL: [pool_target(pool) for pool in POOLS],
    }


def _is_condition(rule: str, house: HouseRules, targets: list[Target]) -> bool:
    return any(each.id == rule for target in targets for each in conditions(house, target))
