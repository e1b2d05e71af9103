"""From a linear optimum towards a whole plan: fix what is nearly 1, solve again, until most fractions are gone.

The columns that look best under the duals of each stage are where CP-SAT finds a good plan fast with what that stage
has fixed: from the last stage, nearly a plan, back to the first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quanheng.planning.budget import Meter
from quanheng.planning.columns import Ints
from quanheng.planning.linear import Linear, Relaxation

Floats = npt.NDArray[np.float64]

NEARLY = 0.95  # fixed at once
PORTION = 0.08  # of the fractions, fixed when few are nearly 1
LARGE_PORTION = 0.12  # beside what is nearly 1, in a large program
TINY = 1e-6


@dataclass(frozen=True)
class Stage:
    """A linear optimum with the columns fixed at 1 for it."""

    linear: Linear
    fixed: Ints


@dataclass(frozen=True)
class Dive:
    """All stages, the start first, and how often the dive has solved."""

    stages: tuple[Stage, ...]
    solves: int


def dive(relaxation: Relaxation, start: Linear, meter: Meter, stop: float = 0.25) -> Dive:
    """`start` is the optimum of `relaxation`, which is given back without fixings. Spends what its solves take.

    `stop`: the part of the fractions that may be left."""
    search = _Dive(relaxation, start, meter)
    stages = [search.stage()]
    goal = stop * len(search.fractions())
    while len(search.fractions()) > goal and meter.left > 0 and search.step():
        stages.append(search.stage())
    relaxation.free([*search.ones, *search.zeros])
    return Dive(tuple(stages), search.solves)


class _Dive:
    def __init__(self, relaxation: Relaxation, start: Linear, meter: Meter) -> None:
        self.relaxation, self.linear, self.meter = relaxation, start, meter
        self.moves = len(relaxation.model.weight) - len(relaxation.model.shortfalls)
        self.ones: set[int] = set()
        self.zeros: set[int] = set()
        self.solves = 0

    def stage(self) -> Stage:
        return Stage(self.linear, np.array(sorted(self.ones), dtype=np.int64))

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
        if self.relaxation.is_large:  # every step is dear
            return free[: nearly + round(LARGE_PORTION * len(self.fractions()))]
        return free[: max(nearly, round(PORTION * len(self.fractions())), 1)]

    def _try(self, batch: list[int], value: int) -> bool:
        self.relaxation.fix(batch, value)
        rounds = 1 if self.relaxation.is_large else 1_000
        linear = self.relaxation.solve(rounds, seconds=self.meter.wall_left)
        self.meter.spend(self.relaxation.take_work())
        self.solves += 1
        if linear.feasible:
            self.linear = linear
        elif value:
            self.relaxation.free(batch)
        return linear.feasible
