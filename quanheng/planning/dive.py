"""From a linear optimum towards a whole plan: fix what is nearly 1, solve again, until half of the fractions are gone.

The columns that look best under the duals at the end are where CP-SAT then finds a good plan fast.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quanheng.planning.columns import Ints
from quanheng.planning.linear import Linear, Relaxation

Floats = npt.NDArray[np.float64]

NEARLY = 0.95  # fixed at once
PORTION = 0.08  # of the fractions, fixed when few are nearly 1
TINY = 1e-6


@dataclass(frozen=True)
class Dive:
    """Where the dive ended: its linear optimum, the columns it has fixed at 1, how often it has solved."""

    linear: Linear
    fixed: Ints
    solves: int


def dive(relaxation: Relaxation, start: Linear, stop: float = 0.5) -> Dive:
    """`start` is the optimum of `relaxation`, which is given back without fixings.

    `stop`: the part of the fractions that may be left."""
    search = _Dive(relaxation, start)
    goal = stop * len(search.fractions())
    while len(search.fractions()) > goal and search.step():
        pass
    relaxation.free([*search.ones, *search.zeros])
    return Dive(search.linear, np.array(sorted(search.ones), dtype=np.int64), search.solves)


class _Dive:
    def __init__(self, relaxation: Relaxation, start: Linear) -> None:
        self.relaxation, self.linear = relaxation, start
        self.moves = len(relaxation.model.weight) - len(relaxation.model.shortfalls)
        self.ones: set[int] = set()
        self.zeros: set[int] = set()
        self.solves = 0

    def fractions(self) -> Ints:
        x = self.linear.x[: self.moves]
        return np.flatnonzero((x > TINY) & (x < 1 - TINY))

    def step(self) -> bool:
        """Fixes a batch, or the half of it, …, or at last one column at 0; False when nothing goes."""
        batch = self._batch()
        while batch:
            if self._try(batch, 1):
                self.ones.update(batch)
                return True
            if len(batch) == 1:
                self.zeros.update(batch)
                return self._try(batch, 0)
            batch = batch[: len(batch) // 2]
        return False

    def _batch(self) -> list[int]:
        """Not yet fixed, the largest first."""
        x = self.linear.x[: self.moves]
        free = [int(column) for column in np.argsort(-x, kind="stable") if x[column] > TINY and column not in self.ones]
        nearly = sum(bool(x[column] >= NEARLY) for column in free)
        return free[: max(nearly, round(PORTION * len(self.fractions())), 1)]

    def _try(self, batch: list[int], value: int) -> bool:
        self.relaxation.fix(batch, value)
        linear = self.relaxation.solve()
        self.solves += 1
        if linear.feasible:
            self.linear = linear
        elif value:
            self.relaxation.free(batch)
        return linear.feasible
