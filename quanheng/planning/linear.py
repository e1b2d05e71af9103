"""The linear relaxation over all columns, solved exactly on a small growing set of them.

Every column outside the restricted program is priced with its duals and the best few of a node join, until none
would improve: duals, reduced costs and bound hold for all columns. Method: docs/planning.md, step 1.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.columns import Ints
from quanheng.planning.lagrangian import find_duals, repaired
from quanheng.planning.restricted import Answer, Restricted
from quanheng.planning.rows import Model

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-6
FIRST_PER_ROW = 2.5  # size of the first set of columns
JOIN_PER_NODE = 3
JOIN_EXCHANGES = 300
MANY_NEW = 0.01  # of the rows, and at least LEAST_MANY: then starting from nothing beats the old basis
LEAST_MANY = 150
PENALTY_GROWTH = 1_000
MANY_ROWS = 4_000  # with cuts; beyond, the dual simplex method may need half a minute for them
LARGE = 5_000  # rows; beyond, the simplex method is too slow after fixings or cuts and a close bound is enough
HUGE = 10_000  # rows; beyond, it is so after any change
CLOSE, CLOSE_OF_HUGE = 1e-4, 2e-3  # of the value


@dataclass(frozen=True)
class Linear:
    """Solution of the relaxation. `bound` is proved by `duals` alone, whatever the solver did (`bound_of`)."""

    feasible: bool  # False: `duals` is a Farkas ray (see conflict_ray), `x` breaks as little as can be
    exact: bool  # False: stopped early; `bound` still holds, `value` and `x` are those of a restricted program
    value: float
    bound: float  # no plan within the fixed columns is worth more; −inf when infeasible
    x: Floats  # all columns
    duals: Floats  # rows of the model, then cuts; ≥ 0 but for equations
    reduced: Floats  # all columns: weight − duals·column

    @property
    def is_close(self) -> bool:
        """The bound is as good as that of an exact solution, and so are `x` and `reduced`."""
        close = CLOSE if len(self.duals) <= HUGE else CLOSE_OF_HUGE
        return self.exact or (self.feasible and self.bound - self.value <= close * max(1.0, abs(self.value)))

    @property
    def support(self) -> Ints:
        """Columns in use."""
        return np.flatnonzero(self.x > TOLERANCE)


class Relaxation:
    """State: the restricted program, its cuts and fixed columns. Later solves start from the last basis."""

    def __init__(self, model: Model, duals: Floats | None = None) -> None:
        """`duals` (of lagrangian.find_duals) choose the first columns; without them, find_duals is asked."""
        self.model = model
        self.program = Restricted(model.matrix, model.upper, model.equal, model.weight)
        self._node = model.columns.position * len(model.problem.posts) + model.columns.post
        self._fresh, self._dual = True, True
        self._open = np.ones(len(model.weight), dtype=bool)  # False: 0 because of what is fixed at 1
        self._start = find_duals(model).duals if duals is None else duals
        self.program.join(self._first_columns())

    def take_work(self) -> float:
        """Units spent since this was asked last."""
        work, self.program.work = self.program.work, 0.0
        return work

    @property
    def cuts(self) -> int:
        """Number of rows beyond those of the model."""
        return len(self.program.upper) - len(self.model.upper)

    def fix(self, columns: Iterable[int], value: int) -> None:
        """0-1 columns to 0 or 1; undone by `free`. From the first fixing on, any row may turn out impossible."""
        chosen = np.fromiter(columns, dtype=np.int64)
        self.program.prop(np.arange(len(self.program.upper)))
        self.program.join(chosen)
        self.program.bound(chosen, np.full(len(chosen), float(value)), np.full(len(chosen), float(value)))
        self._note_fixed()

    def free(self, columns: Iterable[int]) -> None:
        chosen = np.fromiter(columns, dtype=np.int64)
        self.program.bound(chosen, np.zeros(len(chosen)), np.full(len(chosen), highspy.kHighsInf))
        self._note_fixed()

    def _note_fixed(self) -> None:
        """Whose person moves already or whose post is filled is 0 by the rows, whatever its reduced cost."""
        ones = np.flatnonzero(self.program.lower_limit > 0)
        self._open = ~self.model.columns.sharing(ones, len(self.model.weight))
        self._open[ones] = True
        if len(ones):
            self._close_unreachable()
        else:
            self.program.unprop()
        self._dual = True

    def _close_unreachable(self) -> None:
        """Position by position: a post that nobody can open before is not filled there."""
        columns, places = self.model.columns, self.model.places
        free = places.vacant
        for first, last in itertools.pairwise(columns.layers):
            seats = columns.seat[first:last]
            self._open[first:last] &= free[columns.seats.post[seats]]
            home = places.home[columns.seats.person[seats[self._open[first:last]]]]
            free = np.zeros_like(free)
            free[home[home >= 0]] = True

    def add_cuts(self, rows: sparse.csr_matrix, upper: Floats) -> None:
        """Rows ≤ upper with a number for every column, valid for every whole solution."""
        self.program.add_rows(rows, upper)
        self._fresh, self._dual = self._fresh or len(self.program.upper) > MANY_ROWS, True

    def solve(self, rounds: int = 1_000, seconds: float = np.inf) -> Linear:
        """Until no column improves, or `rounds` of pricing, or `seconds` of wall time in one run of the solver.

        A large program is also done with as soon as it is close; then it is not exact."""
        answer = self._priced(self.model.weight, rounds, seconds)
        while answer.status == "optimal" and answer.broken > TOLERANCE:
            penalty = self.program.penalty
            ray = self._phase_one(rounds, seconds)
            if ray.status != "optimal" or ray.broken > TOLERANCE:
                self.program.weigh(self.model.weight, penalty)
                return self._linear(ray) if ray.status == "stopped" else self._infeasible(ray)
            self.program.weigh(self.model.weight, penalty * PENALTY_GROWTH)
            answer = self._priced(self.model.weight, rounds, seconds)
        return self._infeasible(answer) if answer.status == "infeasible" else self._linear(answer)

    def reduced_costs(self, duals: Floats, weight: Floats | None = None) -> Floats:
        """Of all columns: weight − duals·column."""
        return np.asarray((self.model.weight if weight is None else weight) - self.program.matrix.T @ duals)

    def bound_of(self, duals: Floats, reduced: Floats) -> float:
        """const + duals·upper + what positive reduced costs add within the limits: holds for any duals ≥ 0."""
        lower = self.program.lower_limit
        upper = np.where(self._open, np.minimum(self.model.limit, self.program.upper_limit), 0)
        best = np.maximum(reduced * lower, reduced * upper).sum()
        return float(self.model.constant + duals @ self.program.upper + best)

    def _phase_one(self, rounds: int, seconds: float) -> Answer:
        """Least total of broken rows; where it is not 0, its duals prove that no columns help."""
        self.program.weigh(np.zeros(len(self.model.weight)), 1.0)
        return self._priced(self.program.weight, rounds, seconds)

    def _priced(self, weight: Floats, rounds: int, seconds: float) -> Answer:
        last: Answer | None = None
        for left in range(rounds, 0, -1):
            answer = self.program.run(fresh=self._fresh, dual=self._dual, seconds=seconds)
            if answer.status == "stopped":
                return self._stopped(last)
            if answer.status == "infeasible":
                return answer
            new = self._improving(self.reduced_costs(answer.duals, weight))
            if not len(new):
                self._fresh = self.is_large
                return answer
            last = answer
            if left == 1:
                break
            if self.is_large and self._is_close(answer, weight):
                self.program.join(new)  # without them, the duals after cuts are far worse
                break
            many = max(LEAST_MANY, MANY_NEW * len(self.program.upper))
            self._fresh, self._dual = self.is_huge or len(new) > many, False
            self.program.join(new)
        return self._stopped(last)

    def _is_close(self, answer: Answer, weight: Floats) -> bool:
        """Not in phase one, where only the exact answer says something."""
        if weight is not self.model.weight:
            return False
        return self._linear(self._stopped(answer)).is_close

    def _repaired(self, duals: Floats) -> Floats:
        """Of a restricted program as ones that bound all columns but the fixed ones."""
        usable = self._open & (self.program.upper_limit > self.program.lower_limit)
        return repaired(self.model, duals, self.program.matrix, usable)

    def _stopped(self, last: Answer | None) -> Answer:
        """What is known so far, with the duals that bound best: before all columns are priced those of a restricted
        program may be far worse than the first ones."""
        x = np.zeros(len(self.model.weight)) if last is None else last.x
        start = np.append(self._start, np.zeros(len(self.program.upper) - len(self._start)))
        known = [start] if last is None else [start, last.duals, self._repaired(last.duals)]
        best = min(known, key=lambda duals: self.bound_of(duals, self.reduced_costs(duals)))
        return Answer("stopped", x, best, 0.0 if last is None else last.broken)

    def _first_columns(self) -> Ints:
        """The nearest to a reduced cost of 0, the best of each node, all of pinned rows, all shortfalls."""
        model, chains = self.model, self.model.columns.chains
        reduced = self.reduced_costs(self._start)
        moves = len(reduced) - len(model.shortfalls)
        count = min(moves, int(FIRST_PER_ROW * len(model.upper)))
        near = np.argpartition(-reduced[:moves], count - 1)[:count] if count else np.zeros(0, np.int64)
        pinned = model.matrix.tocsr()[np.flatnonzero(model.equal)].indices
        best = best_of_nodes(np.arange(chains), reduced[:chains], self._node, 1)
        return np.concatenate([near, best, pinned, np.arange(moves, len(reduced))])

    def _improving(self, reduced: Floats) -> Ints:
        outside = (self.program.place < 0) & (self.program.upper_limit > 0) & self._open
        better = np.flatnonzero(outside & (reduced > TOLERANCE))
        chains = better[better < self.model.columns.chains]
        others = better[len(chains) :]
        others = others[np.argsort(-reduced[others], kind="stable")[:JOIN_EXCHANGES]]
        best = best_of_nodes(chains, reduced[chains], self._node[chains], JOIN_PER_NODE)
        return np.concatenate([best, others])

    @property
    def is_large(self) -> bool:
        return len(self.model.upper) > LARGE

    @property
    def is_huge(self) -> bool:
        return len(self.model.upper) > HUGE

    def _linear(self, answer: Answer) -> Linear:
        reduced = self.reduced_costs(answer.duals)
        value = self.model.constant + float(self.model.weight @ answer.x)
        bound = self.bound_of(answer.duals, reduced)
        feasible = answer.status == "optimal" or answer.broken <= TOLERANCE
        return Linear(feasible, answer.status == "optimal", value, bound, answer.x, answer.duals, reduced)

    def _infeasible(self, answer: Answer) -> Linear:
        reduced = self.reduced_costs(answer.duals)
        return Linear(False, answer.status == "optimal", -np.inf, -np.inf, answer.x, answer.duals, reduced)


def conflict_ray(model: Model) -> Floats | None:
    """None when all rows can be kept together (fractions allowed), else y with y·rows ≥ 0 on every column and
    y·upper < 0: the rows with y ≠ 0 quarrel, see `quarrel`. All columns are priced, weights do not matter."""
    relaxation = Relaxation(model, duals=np.zeros(len(model.upper)))
    answer = relaxation._phase_one(rounds=1_000, seconds=np.inf)
    return answer.duals if answer.broken > TOLERANCE else None


def quarrel(model: Model, ray: Floats) -> tuple[str, ...]:
    """The ids of rules, pins and kin behind a Farkas ray, in the order of the rows; holds every id only once."""
    rows = np.flatnonzero(np.abs(ray[: len(model.upper)]) > TOLERANCE)
    return tuple(dict.fromkeys(one for row in rows for one in model.ids[row]))


def best_of_nodes(columns: Ints, reduced: Floats, node: Ints, count: int) -> Ints:
    """Of each node (position, post) the `count` columns with the largest reduced cost; ties by column."""
    order = np.lexsort((columns, -reduced, node))
    node = node[order]
    first = np.flatnonzero(np.append(True, node[1:] != node[:-1])) if len(node) else np.zeros(0, np.int64)
    rank = np.arange(len(node)) - np.repeat(first, np.diff(np.append(first, len(node))))
    return columns[order[rank < count]]
