"""Why not her: what it would cost to force one pair, and which rules alone forbid it."""

from dataclasses import dataclass, replace

import numpy as np

from quanheng.planning.bounds import bounds_of_pairs
from quanheng.planning.budget import Budget
from quanheng.planning.columns import Ints
from quanheng.planning.conflict import conflict_of
from quanheng.planning.ground import Ground, pin_row, search_again
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.proof import whole_of
from quanheng.planning.result import Status, WhyNot


@dataclass(frozen=True)
class Losses:
    """By usable pair (index of person, of post): every plan with it is worth at least `lowest` ≥ 0 less than the plan.

    For ranking only: the true loss is 10 to 100 % larger."""

    person: Ints
    post: Ints
    lowest: Ints


def least_losses(ground: Ground) -> Losses:
    """For all pairs at once, from the reduced costs; 0 where nothing is known. ≤ 10 ms at 200 vacancies."""
    seats, value = ground.model.columns.seats, ground.result.value
    if ground.linear is None or value is None:
        return Losses(seats.person, seats.post, np.zeros(len(seats), dtype=np.int64))
    found = bounds_of_pairs(ground.model, ground.linear)
    bound = np.floor(np.maximum(found.bound, -(2.0**52)) + 1e-6 * max(1.0, abs(ground.linear.bound)) ** 0.5)
    return Losses(found.person, found.post, np.maximum(0, value - bound.astype(np.int64)))


def why_not(ground: Ground, person: str, post: str, budget: Budget) -> WhyNot:
    """The verdict on one pair; the own post means that the person stays.

    not_eligible: no such pair. rules: the ids that alone forbid it (a forbid; hard rules, pins and kin that cannot
    hold together with it; none when the post cannot be opened for anyone by a chain or an allowed exchange).
    displaced: the best plan with the pair is worth `lowest` to `highest` less than the best plan (None: not known);
    `exact` where both are proved. Raises KeyError for an unknown person or post."""
    answer = WhyNot(person, post, "displaced")
    if not _is_eligible(ground, person, post):
        return replace(answer, verdict="not_eligible")
    if (person, post) in ground.problem.forbids:
        return replace(answer, verdict="rules", rules=(f"forbid:{person},{post}",))
    search = _forced(ground, person, post, budget)
    if search.is_infeasible:
        return replace(answer, verdict="rules", rules=_rules_against(ground, person, post, budget))
    return _loss(ground, search, answer)


def _is_eligible(ground: Ground, person: str, post: str) -> bool:
    places = ground.model.places
    is_own = int(places.home[places.person_of[person]]) == places.post_of[post]
    return is_own or any((pair.person, pair.post) == (person, post) for pair in ground.problem.pairs)


def _forced(ground: Ground, person: str, post: str, budget: Budget) -> Incumbent:
    pinned = replace(ground.problem, pins=(*ground.problem.pins, (person, post)))
    search = search_again(ground, [pin_row(ground.model, person, post)], budget, pinned)
    if ground.linear is not None and not search.is_infeasible:
        search.lower_bound(_quick_bound(ground, person, post))
    return search


def _quick_bound(ground: Ground, person: str, post: str) -> int | None:
    """From the reduced costs alone: what is left to say when the budget has ended before the relaxation."""
    assert ground.linear is not None
    found, places = bounds_of_pairs(ground.model, ground.linear), ground.model.places
    at = (found.person == places.person_of[person]) & (found.post == places.post_of[post])
    bound = found.bound[at]
    return whole_of(float(bound[0])) if len(bound) and np.isfinite(bound[0]) else None


def _rules_against(ground: Ground, person: str, post: str, budget: Budget) -> tuple[str, ...]:
    pinned = replace(ground.problem, pins=(*ground.problem.pins, (person, post)))
    return conflict_of(pinned, budget, given=frozenset({f"pin:{person},{post}"}))


def _loss(ground: Ground, search: Incumbent, answer: WhyNot) -> WhyNot:
    """Both values lie between plan and bound, so the loss lies between the ends of the difference."""
    best = ground.result
    lowest = 0 if best.value is not None else None
    if best.value is not None and search.bound is not None:
        lowest = max(0, best.value - search.bound)
    highest = None
    if best.bound is not None and search.value is not None:
        highest = best.bound - search.value
    exact = best.status is Status.OPTIMAL and search.is_proved
    return replace(answer, lowest=lowest, highest=highest, exact=exact)
