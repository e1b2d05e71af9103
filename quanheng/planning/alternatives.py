"""Other plans that differ in substance, each the best of those that differ so much from all before."""

from dataclasses import replace
from enum import Enum

import numpy as np

from quanheng.planning.budget import Budget, Meter
from quanheng.planning.checker import moves_of
from quanheng.planning.columns import NOWHERE, Ints
from quanheng.planning.difference import difference
from quanheng.planning.ground import Ground, SeatRow, search_again
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.result import Alternative, Move
from quanheng.planning.rows import Model, plan_of

PART = 10  # of the moves, one differs
PRINCIPALS = 3  # posts with another person
MOST_WORK, MOST_RATE = 4.0, 8e-5  # units for one plan: at most, or for one column if that is more


class Substance(Enum):
    """When a plan is another one: it leaves out a tenth of the moves, or fills principal posts otherwise."""

    MOVES = "moves"
    PRINCIPALS = "principals"


def alternatives(
    ground: Ground, count: int, budget: Budget, substance: Substance = Substance.MOVES
) -> tuple[Alternative, ...]:
    """At most `count`, the best first; fewer when no further plan exists or none was found within the budget.

    Each was looked for apart from all found before; without a proof a later one may be worth more and then stands
    first. `proved`: no plan that differs so much from the plan and all alternatives before it in the answer is worth
    more. `differs`: posts that another person takes. None without a plan."""
    meter = Meter(budget)
    rows: list[SeatRow] = []
    found: list[Alternative] = []
    last = ground.result.moves if ground.result.value is not None else None
    while last is not None and len(found) < count:
        rows.append(_row(ground.model, last, substance))
        search = search_again(ground, rows, _share(meter, count - len(found), most_work(ground)))
        meter.spend(search.meter.spent)
        last = None
        if search.x is not None and search.value is not None:
            last = moves_of(ground.problem, plan_of(search.model, search.x))
            found.append(_alternative(ground, search, search.value, last))
    return by_value(found)


def least_difference(moves: int) -> int:
    """D: about a tenth of the moves, at least one."""
    return max(1, round(moves / PART))


def most_work(ground: Ground) -> float:
    """Units for one plan: what longer looking brings is seldom worth the wait."""
    return max(MOST_WORK, MOST_RATE * len(ground.model.weight))


def by_value(found: list[Alternative]) -> tuple[Alternative, ...]:
    """The best first. A proof also stood on those found before that now come later, so that it no longer says so."""
    kept = [
        replace(one, proved=one.proved and all(other.value >= one.value for other in found[:number]))
        for number, one in enumerate(found)
    ]
    return tuple(sorted(kept, key=lambda one: -one.value))


def _share(meter: Meter, left: int, most: float) -> Budget:
    return Budget(min(meter.left / left, most), meter.budget.seed, wall=meter.wall_left / left)


def _alternative(ground: Ground, search: Incumbent, value: int, moves: tuple[Move, ...]) -> Alternative:
    differs = difference(ground.problem, ground.result.moves, moves).taken
    return Alternative(value, search.is_proved, moves, differs)


def _row(model: Model, moves: tuple[Move, ...], substance: Substance) -> SeatRow:
    if substance is Substance.PRINCIPALS:
        return _principals(model, moves)
    return SeatRow("differs", _used(model, moves), upper=len(moves) - least_difference(len(moves)))


def _used(model: Model, moves: tuple[Move, ...]) -> Ints:
    """1 for the seats of a plan."""
    places, seats = model.places, model.columns.seats
    taker = np.full(len(places.vacant), NOWHERE)
    for move in moves:
        taker[places.post_of[move.target]] = places.person_of[move.person]
    return (taker[seats.post] == seats.person).astype(np.int64) if len(seats) else seats.person


def _principals(model: Model, moves: tuple[Move, ...]) -> SeatRow:
    """−(principal posts taken by somebody else, or kept by the holder who leaves it in the plan) ≤ −3.

    That holder keeps it when none of their seats is used: 1 − Σ x."""
    places, seats = model.places, model.columns.seats
    principal = np.array([post.principal for post in model.problem.posts], dtype=bool)
    opened = np.zeros(len(principal) + 1, dtype=bool)  # the last: nowhere
    opened[[places.post_of[move.source] for move in moves if move.source is not None]] = True
    opened[:-1] &= principal
    if not len(seats):
        return SeatRow("differs", seats.person, upper=int(opened.sum()) - PRINCIPALS)
    taken = principal[seats.post] & (_used(model, moves) == 0)
    by_seat = opened[places.home[seats.person]].astype(np.int64) - taken
    return SeatRow("differs", by_seat, upper=int(opened.sum()) - PRINCIPALS)
