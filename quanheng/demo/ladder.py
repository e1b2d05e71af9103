"""The ladder of leading posts and the steps of rank: which follows which, and after how many years.

Least times as in 《党政领导干部选拔任用工作条例》 (deputy → principal two years, principal → deputy one
tier up three) and 《公务员职务与职级并行规定》 (two years a step, longer at the top). The city is
built by them; whether a step of a real person was lawful is for the rulebook to say.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from quanheng.demo.chance import months, shares
from quanheng.demo.facts import RankFact
from quanheng.organization.choices import PostTier, Rank

TODAY = months(2026, 11)  # the month in which the city stands still
RANKS_SINCE = months(2019, 6)  # the parallel system began
LADDER = (
    PostTier.STAFF,
    PostTier.TOWNSHIP_DEPUTY,
    PostTier.TOWNSHIP_PRINCIPAL,
    PostTier.COUNTY_DEPUTY,
    PostTier.COUNTY_PRINCIPAL,
    PostTier.DEPARTMENT_DEPUTY,
    PostTier.DEPARTMENT_PRINCIPAL,
)
LEAST_YEARS = {  # in the tier below, before this one
    PostTier.TOWNSHIP_DEPUTY: 3,
    PostTier.TOWNSHIP_PRINCIPAL: 2,
    PostTier.COUNTY_DEPUTY: 3,
    PostTier.COUNTY_PRINCIPAL: 2,
    PostTier.DEPARTMENT_DEPUTY: 3,
    PostTier.DEPARTMENT_PRINCIPAL: 2,
}
RANKS = tuple(reversed(Rank))  # lowest first
_FLOOR = {
    PostTier.STAFF: Rank.STAFF_2,
    PostTier.TOWNSHIP_DEPUTY: Rank.SENIOR_STAFF_4,
    PostTier.TOWNSHIP_PRINCIPAL: Rank.SENIOR_STAFF_2,
    PostTier.COUNTY_DEPUTY: Rank.COUNSEL_4,
    PostTier.COUNTY_PRINCIPAL: Rank.COUNSEL_2,
    PostTier.DEPARTMENT_DEPUTY: Rank.INSPECTOR_2,
    PostTier.DEPARTMENT_PRINCIPAL: Rank.INSPECTOR_1,
}
_CEILING = {
    PostTier.STAFF: Rank.SENIOR_STAFF_1,
    PostTier.TOWNSHIP_DEPUTY: Rank.SENIOR_STAFF_1,
    PostTier.TOWNSHIP_PRINCIPAL: Rank.COUNSEL_3,
    PostTier.COUNTY_DEPUTY: Rank.COUNSEL_2,
    PostTier.COUNTY_PRINCIPAL: Rank.COUNSEL_1,
    PostTier.DEPARTMENT_DEPUTY: Rank.INSPECTOR_1,
    PostTier.DEPARTMENT_PRINCIPAL: Rank.INSPECTOR_1,
}
HEIGHT = {rank: number for number, rank in enumerate(RANKS)}


@dataclass(frozen=True, slots=True)
class Stage:
    """The time in one tier."""

    tier: PostTier
    start: int
    end: int  # of the last one: today, or retirement


def least_months(tier: PostTier) -> int:
    """From first work to this tier, and a little while in it."""
    return sum(LEAST_YEARS[one] * 12 for one in LADDER[1 : LADDER.index(tier) + 1]) + 3


def stages(chance: random.Random, tier: PostTier, start: int, until: int) -> tuple[Stage, ...]:
    """The climb to `tier`: each stage its least time and a random share of what is left over."""
    climbed = LADDER[: LADDER.index(tier) + 1]
    spare = shares(chance, until - start - least_months(tier), len(climbed))
    found, at = [], start
    for number, one in enumerate(climbed[:-1]):
        after = at + LEAST_YEARS[climbed[number + 1]] * 12 + spare[number]
        found.append(Stage(one, at, after))
        at = after
    return (*found, Stage(climbed[-1], at, until))


def least_years_in(rank: Rank) -> int:
    """Years in this rank before the next one up."""
    if rank in (Rank.COUNSEL_1, Rank.INSPECTOR_2):
        return 4
    return 3 if rank == Rank.COUNSEL_2 else 2


def ranks(chance: random.Random, climbed: Sequence[Stage], since: int, until: int, entry: Rank) -> tuple[RankFact, ...]:
    """The ranks held since the parallel system, or since joining the civil service if that was later."""
    at = max(since, RANKS_SINCE)
    stage = _stage_at(climbed, at)
    rank = _higher(entry if at > RANKS_SINCE else _by_service(at - since), _FLOOR[stage.tier])
    held = [(rank, at)]
    while (step := _next(chance, climbed, rank, at, until)) is not None:
        rank, at = step
        held.append(step)
    ends = [*(start for _, start in held[1:]), None]
    return tuple(RankFact(one, "", start, end) for (one, start), end in zip(held, ends, strict=True))


def _by_service(service: int) -> Rank:
    """What a clerk of so many months became at the change-over."""
    if service >= 180:
        return Rank.SENIOR_STAFF_3
    return Rank.SENIOR_STAFF_4 if service >= 96 else Rank.STAFF_1


def _stage_at(climbed: Sequence[Stage], at: int) -> Stage:
    return next((stage for stage in reversed(climbed) if stage.start <= at), climbed[0])


def _next(chance: random.Random, climbed: Sequence[Stage], rank: Rank, at: int, until: int) -> tuple[Rank, int] | None:
    """The next rank and its month: by promotion to a tier whose floor is higher, or by time below the ceiling."""
    due = at + least_years_in(rank) * 12 + int(chance.triangular(0, 48, 6))
    for stage in climbed:
        if at < stage.start <= min(due, until) and HEIGHT[_FLOOR[stage.tier]] > HEIGHT[rank]:
            return _FLOOR[stage.tier], stage.start
    while due <= until:
        if HEIGHT[rank] < HEIGHT[_CEILING[_stage_at(climbed, due).tier]]:
            return RANKS[HEIGHT[rank] + 1], due
        later = [stage.start for stage in climbed if stage.start > due]
        if not later:
            return None
        due = later[0]
        if HEIGHT[_FLOOR[_stage_at(climbed, due).tier]] > HEIGHT[rank]:
            return (_FLOOR[_stage_at(climbed, due).tier], due) if due <= until else None
    return None


def _higher(one: Rank, other: Rank) -> Rank:
    return one if HEIGHT[one] >= HEIGHT[other] else other
