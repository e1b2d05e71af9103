"""What the engine's explanations take: why not, conflicts, plans after a pin. In a process of its own.

`python -m benchmarks._planning_answers 50 2` prints Figures as JSON.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import partial
from random import Random
from statistics import median
from typing import TypeVar

import numpy as np

from benchmarks._planning_goals import Figure
from benchmarks._planning_peers import PATIENCE
from benchmarks._planning_run import cpu_seconds
from benchmarks.planning_cities import city
from quanheng.planning.alternatives import alternatives
from quanheng.planning.budget import Budget
from quanheng.planning.conflict import conflict_of
from quanheng.planning.ground import Ground, solved
from quanheng.planning.problem import Problem, Rule, RuleKind, changed
from quanheng.planning.replan import replan
from quanheng.planning.solve import solve
from quanheng.planning.why_not import least_losses, why_not

T = TypeVar("T")
PAIRS = 9  # asked for at 50 vacancies; the median does not hang on one
PINS = 3
SECONDS = {50: 25.0, 200: 10.0}  # for the plan that the questions are about
OTHERS = 3  # alternatives
BOUNDS_MS, EXACT_S, CONFLICT_S, REPLAN_SHARE, OTHER_S = 10.0, 1.5, 1.0, 0.3, 6.0


def answers(size: int, seed: int) -> Iterator[Figure]:
    """In this process. Single questions at 50 vacancies, all pairs at once and conflicts at 200."""
    problem = city(size, seed)
    cold, ground = _timed(lambda: solved(problem, _budget(SECONDS.get(size, 25.0))))
    if size < 200:
        yield _why_nots(size, ground)
        yield _replans(size, ground, cold)
        yield _others(size, ground)
    else:
        least_losses(ground)  # the first call pays for what later ones find in the caches
        taken, losses = _timed(lambda: least_losses(ground))
        note = f"{len(losses.lowest):,} pairs, {np.count_nonzero(losses.lowest):,} with a loss"
        yield Figure(f"S{size} why not, bounds of all pairs", 1000 * taken, BOUNDS_MS, "ms", note=note)
        yield _conflict(size, problem)


def planted(problem: Problem) -> tuple[Problem, frozenset[str]]:
    """Somebody is pinned to a vacant post of another unit, and nobody may leave that person's unit."""
    vacant = {post.id: post.unit for post in problem.posts if post.vacant}
    units = {person.id: person.unit for person in problem.people if person.post is not None}
    pinned = {post for _, post in problem.pins}
    idle = set(problem.forbids)
    person, post = next(
        (pair.person, pair.post)
        for pair in problem.pairs
        if pair.post in vacant.keys() - pinned and units.get(pair.person, vacant[pair.post]) != vacant[pair.post]
        if (pair.person, pair.post) not in idle
    )
    rule = Rule("nobody-leaves", RuleKind.LEAVE_LIMIT, unit=units[person], at_most=0)
    others = tuple(r for r in problem.rules if r.kind is not RuleKind.LEAVE_LIMIT or r.unit != units[person])
    made = replace(problem, rules=(*others, rule), pins=(*problem.pins, (person, post)))
    return made, frozenset({rule.id, f"pin:{person},{post}"})


def other_pairs(ground: Ground, count: int) -> list[tuple[str, str]]:
    """Eligible pairs that the plan does not make, of posts that it fills: what an officer would ask for."""
    filled = {post for _, post in ground.pairs}
    kept = {person for person, _ in ground.problem.pins}
    without = set(ground.pairs) | set(ground.problem.forbids)
    asked = [
        (pair.person, pair.post)
        for pair in ground.problem.pairs
        if pair.post in filled and pair.person not in kept and (pair.person, pair.post) not in without
    ]
    return Random(1).sample(asked, min(count, len(asked)))


def _why_nots(size: int, ground: Ground) -> Figure:
    timed = [_timed(partial(why_not, ground, *seat, _budget(6))) for seat in other_pairs(ground, PAIRS)]
    exact = sum(answer.exact or answer.verdict != "displaced" for _, answer in timed)
    note = f"exact {exact} of {len(timed)}, else an interval; worst {max(taken for taken, _ in timed):.1f} s"
    return Figure(f"S{size} why not, one pair, median", median(t for t, _ in timed), EXACT_S, "s", note=note)


def _replans(size: int, ground: Ground, first: float) -> Figure:
    """Against solving the changed problem from nothing, with the same budget; the median of some pins."""
    shares, same, budget = [], 0, _budget(SECONDS[50])
    for seat in other_pairs(ground, PINS):
        warm, result = _timed(partial(replan, ground, budget, pins=(seat,)))
        cold, fresh = _timed(partial(solve, changed(ground.problem, (seat,)), budget))
        shares.append(warm / cold)
        same += result.proved and fresh.proved and result.value == fresh.value
    note = f"all {', '.join(f'{share:.2f}' for share in shares)}; both proved and equal {same} of {len(shares)}; "
    note += f"first plan {first:.1f} s"
    return Figure(f"S{size} plan after a pin by a cold one, median", median(shares), REPLAN_SHARE, "x", note=note)


def _others(size: int, ground: Ground) -> Figure:
    taken, found = _timed(lambda: alternatives(ground, OTHERS, _budget(6 * OTHERS)))
    value = ground.result.value or 0
    note = f"{len(found)}, proved {sum(one.proved for one in found)}; "
    note += f"worth {', '.join(str(one.value - value) for one in found)} to the plan"
    return Figure(f"S{size} one alternative, mean", taken / max(1, len(found)), OTHER_S, "s", note=note)


def _conflict(size: int, problem: Problem) -> Figure:
    made, ids = planted(problem)
    taken, found = _timed(lambda: conflict_of(made, _budget(30)))
    note = "the planted two" if set(found) == ids else f"found {', '.join(found) or 'nothing'}"
    return Figure(f"S{size} conflict", taken, CONFLICT_S, "s", note=note)


def _budget(seconds: float) -> Budget:
    return Budget(seconds, wall=PATIENCE * seconds)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds."""
    start = cpu_seconds()
    answer = work()
    return cpu_seconds() - start, answer


if __name__ == "__main__":
    print(json.dumps([asdict(figure) for figure in answers(int(sys.argv[1]), int(sys.argv[2]))]))
