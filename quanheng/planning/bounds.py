"""What the duals of the relaxation say about whole plans: which columns a better plan may use, what a pair costs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quanheng.planning.columns import Ints
from quanheng.planning.linear import TOLERANCE, Linear
from quanheng.planning.rows import Model

Floats = npt.NDArray[np.float64]


def whole_bound(linear: Linear) -> int:
    """The bound of the duals, rounded down: values are whole. Raises OverflowError when infeasible."""
    return int(np.floor(linear.bound + TOLERANCE))


def core_of(linear: Linear, value: float) -> Ints:
    """Columns that a plan worth at least `value` can use; all others are 0 in every such plan.

    Proved by `linear.bound` and reduced costs alone, so it also holds for a relaxation stopped early. Empty when no
    plan is worth so much. Shortfalls are in it like any other column: one left out is 0 in every such plan."""
    return np.flatnonzero(linear.bound + np.minimum(linear.reduced, 0) >= value - TOLERANCE)


@dataclass(frozen=True)
class PairBounds:
    """No plan that uses the pair is worth more than `bound`; −inf for pairs that no column has. By seat of the model.

    Weak (the exact loss is 10 to 100 % larger): to rank pairs, never to answer as exact."""

    person: Ints
    post: Ints
    bound: Floats


def bounds_of_pairs(model: Model, linear: Linear) -> PairBounds:
    """For all usable pairs at once: the bound less the least reduced cost among the columns of the pair."""
    columns, seats = model.columns, model.columns.seats
    best = np.full(len(seats), -np.inf)
    chains = columns.chains
    np.maximum.at(best, columns.seat, linear.reduced[:chains])
    exchanges = columns.exchanges
    sizes = np.diff(exchanges.start)
    np.maximum.at(best, exchanges.seat, np.repeat(linear.reduced[chains : chains + len(exchanges)], sizes))
    return PairBounds(seats.person, seats.post, linear.bound + np.minimum(best, 0))
