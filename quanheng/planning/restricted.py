"""A linear program in HiGHS over some columns of the model, with props that keep it feasible while it is small.

A prop lets one row be broken at a price; it stands where the row cannot hold with every column at 0.
"""

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.budget import run_work
from quanheng.planning.columns import Ints

Floats = npt.NDArray[np.float64]

SMALL = 400  # rows; below, the simplex method is as quick and gives sparser duals
ROWS_PER_FIXED = 6  # of one column at 1: with its person, its posts, all their positions
PENALTY = 100  # times the largest weight: price of a broken row


@dataclass(frozen=True)
class Answer:
    """Of one run. Values of columns outside the program are 0."""

    status: str  # "optimal", "infeasible" or "stopped"
    x: Floats  # all columns
    duals: Floats  # by row, ≥ 0 but for equations
    broken: float  # total of the props in use


class Restricted:
    """State: HiGHS with its basis, which columns are inside, their bounds and weights. One thread, deterministic."""

    def __init__(self, matrix: sparse.csc_matrix, upper: Floats, equal: npt.NDArray[np.bool_], weight: Floats) -> None:
        """max weight·x, matrix·x ≤ upper (= where `equal`), x ≥ 0. Starts without columns."""
        self.matrix, self.upper, self.equal, self.weight = matrix, upper, equal, weight
        self.penalty = PENALTY * max(1.0, float(np.abs(weight).max(initial=0)))
        self.place = np.full(len(weight), -1, dtype=np.int64)  # of each column in HiGHS
        self.inside = np.zeros(0, dtype=np.int64)  # columns in the order of joining
        self.lower_limit, self.upper_limit = np.zeros(len(weight)), np.full(len(weight), highspy.kHighsInf)
        self.work = 0.0  # units of budget.py, of all runs so far
        self._props: dict[tuple[int, int], int] = {}  # (row, sign) -> place
        self._highs = _quiet()
        _add_rows(self._highs, sparse.csr_matrix((len(upper), 0)), np.where(equal, upper, -highspy.kHighsInf), upper)
        self.prop(np.flatnonzero((upper < 0) | equal))

    def join(self, columns: Ints) -> None:
        """Columns enter; those already inside are ignored."""
        new = np.unique(columns)
        new = new[self.place[new] < 0]
        if not len(new):
            return
        first = self._highs.getNumCol()
        self._add(self.matrix[:, new], -self.weight[new], self.lower_limit[new], self.upper_limit[new])
        self.place[new] = np.arange(first, first + len(new))
        self.inside = np.append(self.inside, new)

    def bound(self, columns: Ints, lower: Floats, upper: Floats) -> None:
        """New limits for columns, inside or not (then they hold when it joins)."""
        self.lower_limit[columns], self.upper_limit[columns] = lower, upper
        here = columns[self.place[columns] >= 0]
        places = self.place[here].astype(np.int32)
        self._highs.changeColsBounds(len(here), places, self.lower_limit[here], self.upper_limit[here])

    def prop(self, rows: Ints) -> None:
        """Rows that may be broken at `penalty` a unit: an inequality upwards, an equation both ways."""
        wanted = [(int(row), sign) for row in rows for sign in ((1, -1) if self.equal[row] else (-1,))]
        new = [key for key in wanted if key not in self._props]
        self._limit_props(wanted, highspy.kHighsInf)
        if not new:
            return
        first = self._highs.getNumCol()
        row, sign = np.array(new, dtype=np.int64).reshape(-1, 2).T
        columns = sparse.csc_matrix((sign.astype(float), (row, np.arange(len(new)))), (len(self.upper), len(new)))
        unlimited = np.full(len(new), highspy.kHighsInf)
        self._add(columns, np.full(len(new), self.penalty), np.zeros(len(new)), unlimited)
        self._props.update({key: first + index for index, key in enumerate(new)})

    def unprop(self) -> None:
        """Only the rows that need it keep their props: with one for each row, interior runs take three times as long
        and their duals are far worse for other columns."""
        needed = (self.upper < 0) | self.equal
        self._limit_props([key for key in self._props if not needed[key[0]]], 0.0)

    def _limit_props(self, keys: list[tuple[int, int]], upper: float) -> None:
        places = np.array([self._props[key] for key in keys if key in self._props], dtype=np.int32)
        if len(places):
            lower, limits = np.zeros(len(places)), np.full(len(places), upper)
            self._highs.changeColsBounds(len(places), places, lower, limits)
            # at its price, a prop that rests would still turn up as the dual of its row after presolve
            self._highs.changeColsCost(len(places), places, np.full(len(places), self.penalty if upper else 0.0))

    def add_rows(self, rows: sparse.csr_matrix, upper: Floats) -> None:
        """Rows ≤ upper over all columns."""
        coo = rows[:, self.inside].tocoo()
        places = self.place[self.inside][coo.col]
        here = sparse.csr_matrix((coo.data, (coo.row, places)), (rows.shape[0], self._highs.getNumCol()))
        _add_rows(self._highs, here, np.full(len(upper), -highspy.kHighsInf), upper)
        self.matrix = sparse.csc_matrix(sparse.vstack([self.matrix, rows.tocsc()], format="csc"))
        self.equal = np.append(self.equal, np.zeros(len(upper), dtype=bool))
        self.upper = np.append(self.upper, upper)
        self.prop(len(self.upper) - len(upper) + np.flatnonzero(upper < 0))

    def weigh(self, weight: Floats, penalty: float) -> None:
        """Another objective."""
        self.weight, self.penalty = weight, penalty
        props = np.fromiter(self._props.values(), dtype=np.int64)
        places = np.concatenate([self.place[self.inside], props]).astype(np.int32)
        cost = np.concatenate([-weight[self.inside], np.full(len(props), penalty)])
        self._highs.changeColsCost(len(places), places, cost)
        if not self.lower_limit.any():
            self.unprop()

    def run(self, *, fresh: bool, dual: bool, seconds: float) -> Answer:
        """`fresh`: interior point and crossover from nothing, else the simplex method from the last basis: dual after
        new limits or rows, primal after new columns. The solution is a vertex in both cases."""
        interior = fresh and len(self.upper) > SMALL
        if interior:
            self._highs.clearSolver()
        self._highs.setOptionValue("solver", "ipm" if interior else "simplex")
        self._highs.setOptionValue("presolve", "choose" if fresh else "off")
        self._highs.setOptionValue("simplex_strategy", 1 if dual else 4)
        self._highs.setOptionValue("time_limit", min(self._highs.getRunTime() + seconds, highspy.kHighsInf))
        self._highs.run()
        self.work += self._work(dual=dual)
        return self._answer(_STATUS.get(self._highs.getModelStatus(), "stopped"))

    def _work(self, *, dual: bool) -> float:
        """What is fixed, presolve takes out of interior runs with its rows."""
        info, fixed = self._highs.getInfo(), int(np.count_nonzero(self.lower_limit))
        interior = max(0, info.ipm_iteration_count)
        simplex, crossover = max(0, info.simplex_iteration_count), max(0, info.crossover_iteration_count)
        rows = len(self.upper)
        if interior:
            rows = max(rows // 4, rows - ROWS_PER_FIXED * fixed)
        primal = crossover + (0 if dual else simplex)
        return run_work(rows, interior=interior, primal=primal, dual=simplex if dual else 0)

    def _answer(self, status: str) -> Answer:
        if status != "optimal":
            return Answer(status, np.zeros(len(self.weight)), np.zeros(len(self.upper)), 0.0)
        solution = self._highs.getSolution()
        values = np.array(solution.col_value)
        duals = -np.array(solution.row_dual)
        x = np.zeros(len(self.weight))
        x[self.inside] = values[self.place[self.inside]]
        props = np.fromiter(self._props.values(), dtype=np.int64)
        duals = np.where(self.equal, duals, np.maximum(duals, 0)) if len(duals) else duals
        return Answer(status, x, duals, float(values[props].sum()) if len(props) else 0.0)

    def _add(self, block: sparse.csc_matrix, cost: Floats, lower: Floats, upper: Floats) -> None:
        count, start = block.shape[1], block.indptr[:-1].astype(np.int32)
        index, value = block.indices.astype(np.int32), block.data.astype(np.float64)
        if count:
            self._highs.addCols(count, cost, lower, upper, block.nnz, start, index, value)


_STATUS = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
}


def _quiet() -> highspy.Highs:
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    return highs


def _add_rows(highs: highspy.Highs, rows: sparse.csr_matrix, lower: Floats, upper: Floats) -> None:
    start, index = rows.indptr[:-1].astype(np.int32), rows.indices.astype(np.int32)
    if rows.shape[0]:
        highs.addRows(rows.shape[0], lower, upper, rows.nnz, start, index, rows.data.astype(np.float64))
