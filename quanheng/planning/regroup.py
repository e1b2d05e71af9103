"""Neighbourhood search over whole chains (paths.py): where few are left, most of a plan may be planned anew at once.

A neighbourhood of single moves is settled in a second with half of the chains free, one of whole chains that the
tighter linear optimum likes with four fifths of them.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from quanheng.planning.columns import Ints
from quanheng.planning.core import Core, Floats, core_of, fixed_within
from quanheng.planning.cuts import Cuts
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.linear import Linear
from quanheng.planning.neighbourhood import near
from quanheng.planning.paths import Paths
from quanheng.planning.proof import search_core

KEPT = 2_000  # chains of the highest reduced cost, of which new plans are made
WORK = 0.6  # units for one neighbourhood
FIRST = 0.6  # of the chains, free at the beginning
FEWEST = 4  # chains that are free
MORE, FEWER = 1.1, 0.9  # after a neighbourhood that was done with in time, or not
IDLE = 12  # neighbourhoods without a better plan, then it is enough


@dataclass
class Regroup:
    """State: how much may be free at once. `linear` and `cuts` are those of the program of `paths`."""

    search: Incumbent
    paths: Paths
    linear: Linear
    cuts: Cuts | None
    share: float = FIRST
    touching: sparse.csc_matrix = field(init=False)  # (people and posts, chains): 0 or 1
    best: Ints = field(init=False)

    def __post_init__(self) -> None:
        program = self.paths.program
        moves = len(program.weight) - len(program.shortfalls)
        rows = program.matrix.tocsr()[np.flatnonzero((program.number == 1) | (program.number == 3)), :moves]
        self.touching = sparse.csc_matrix(rows != 0).astype(np.float64)
        order = np.argsort(-self.linear.reduced[:moves], kind="stable")
        self.best = np.sort(order[:KEPT])

    def run(self, work: float) -> None:
        """Spends `work` units at most on a better plan than the one that is there; nothing without one."""
        search, idle = self.search, 0
        end = search.meter.spent + work
        while search.x is not None and not search.is_proved and idle < IDLE:
            left = min(end - search.meter.spent, search.meter.left)
            if left <= 0:
                return
            before = search.value
            core = self.neighbourhood(self.paths.within(search.x))
            found = search_core(search, core, min(WORK, left), tell=False, paths=self.paths)
            self.share = min(1.0, self.share * (MORE if found.is_exact else FEWER))
            if found.is_exact and not len(core.fixed):
                return
            idle = idle + 1 if search.value == before else 0

    def neighbourhood(self, x: Floats) -> Core:
        """The chains that are possible while those of the plan `x` stay but for some that lie near one another.

        Chains of the plan that the program has not are never kept."""
        plan = np.flatnonzero(x[: self.touching.shape[1]] > 0.5)
        fixed = plan[:0]
        count = max(FEWEST, round(self.share * len(plan)))
        if count < len(plan):
            random = self.search.random
            free = near(self._ties(plan), int(random.integers(len(plan))), count, random)
            fixed = np.delete(plan, free)
        taken = np.asarray(self.touching[:, fixed].sum(axis=1)).ravel()
        columns = np.union1d(self.best, plan)
        columns = columns[self.touching[:, columns].T @ taken == 0]
        return fixed_within(core_of(self.paths.program, columns, self.cuts), fixed)

    def _ties(self, plan: Ints) -> Floats:
        """(plan, plan): how many chains of the best would take a person or post from both, by all such of each."""
        meets = self.touching[:, plan].T @ self.touching[:, self.best]
        both = np.asarray((meets != 0).astype(np.float64) @ (meets != 0).astype(np.float64).T.toarray())
        np.fill_diagonal(both, 0)
        part = 100 * both / np.maximum(1, both.sum(axis=1, keepdims=True))
        return np.asarray(part + part.T)
