"""How long the engine may try: seconds as an amount of work, so that the same input gives the same plan.

One unit of work is about one CPU second on the machine of docs/planning.md. Every step says beforehand what it may
spend and afterwards what it has spent, in counts that do not depend on the machine: deterministic time of CP-SAT,
simplex iterations, rounds. The wall clock is only the last stop; a plan it has cut short may differ between runs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

CP_SAT_RATE = 0.9  # units for one deterministic second of CP-SAT on a small problem
CP_SAT_GROWTH, CP_SAT_MOST = 250_000, 0.65  # so many columns would double it, as cores outgrow caches; the most added
COLUMN_RATE = 5e-6  # units for one column of the model: to build it, to solve a small linear program once
LINEAR_GROWTH = 120_000  # a linear program of so many columns takes twice as long for each
SWEEP_RATE = 2e-8  # units for one column in one sweep of the Lagrangian
WALL_FACTOR, WALL_EXTRA = 1.5, 0.5  # a machine this much slower than the reference still stops by work
CUT_RATE, CUT_GROWTH = 4e-5, 200_000  # units for one column; twice as many for that many columns
FIND_RATE = 5e-6  # units for one column


def start_work(columns: int) -> float:
    """Units for reading, building, the greedy plan."""
    return COLUMN_RATE * columns


def linear_work(columns: int) -> float:
    """Units that the linear program may take from nothing, for a decision beforehand; what it took, says `run_work`."""
    return COLUMN_RATE * columns * (1 + columns / LINEAR_GROWTH)


def sweep_work(columns: int) -> float:
    """Units for one sweep of the Lagrangian."""
    return SWEEP_RATE * columns


def run_work(rows: int, *, interior: int, primal: int, dual: int) -> float:
    """Units for one run of the linear solver with so many iterations of each kind; crossover is like primal."""
    return rows * (2.5e-6 + interior * (1.5e-6 + 3e-10 * rows) + 3.5e-8 * primal + 1e-7 * dual)


def cut_work(columns: int) -> float:
    """Units for all rounds of cuts with their linear programs."""
    return CUT_RATE * columns * (1 + columns / CUT_GROWTH)


def search_work(deterministic: float, columns: int) -> float:
    """Units for so much deterministic time of CP-SAT, on a core of a problem of so many columns."""
    return CP_SAT_RATE * deterministic * (1 + min(columns / CP_SAT_GROWTH, CP_SAT_MOST))


def find_work(columns: int) -> float:
    """Units to look once for cuts, without the linear program after them."""
    return FIND_RATE * columns


@dataclass(frozen=True)
class Budget:
    """`seconds` ≥ 0 as said to the command. `wall` seconds end everything; None: somewhat more than `seconds`."""

    seconds: float = 60.0
    seed: int = 0
    wall: float | None = None

    def __post_init__(self) -> None:
        if not self.seconds >= 0:
            raise ValueError(f"a budget of {self.seconds} seconds")

    @property
    def wall_seconds(self) -> float:
        return self.seconds * WALL_FACTOR + WALL_EXTRA if self.wall is None else self.wall


@dataclass
class Meter:
    """What is left of a budget."""

    budget: Budget
    clock: Callable[[], float] = time.monotonic
    spent: float = 0.0
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def spend(self, work: float) -> None:
        self.spent += work

    @property
    def left(self) -> float:
        """Units of work; 0 when the wall has been reached."""
        return 0.0 if self.wall_left <= 0 else max(0.0, self.budget.seconds - self.spent)

    @property
    def wall_left(self) -> float:
        return max(0.0, self.budget.wall_seconds - (self.clock() - self._started))

    @property
    def is_cut(self) -> bool:
        """The wall has decided something: another run may give another plan."""
        return self.wall_left <= 0
