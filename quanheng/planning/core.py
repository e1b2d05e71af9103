"""CP-SAT over some of the columns: the best plan that uses no other, and how much any such plan can be worth.

Whether the other columns matter is decided by their reduced costs (solve.py); here they are simply 0.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import CpModelProto, CpSolverResponse
from scipy import sparse

from quanheng.planning.columns import Flags, Ints
from quanheng.planning.cuts import Cuts
from quanheng.planning.rows import Model

Floats = npt.NDArray[np.float64]
OnBetter = Callable[[Floats, int | None], bool]  # a vector over all columns, a bound on the core; False stops

FREE = 2**60  # an end of a row that does not bind
BY_LINEAR = 100_000  # columns of the model; of no more, branching by the linear program proves twice as fast
UNSHRUNK = 1_500  # columns; of no more, presolve takes longer than what it saves


@dataclass(frozen=True)
class Effort:
    """How hard CP-SAT may try: `work` in its deterministic seconds; `wall` seconds are only the last stop."""

    work: float
    wall: float
    seed: int = 0


@dataclass(frozen=True)
class Found:
    """`x` over all columns, None when none was found. `bound`: no vector over the core is worth more.

    `is_exact`: the core is done with; the bound is the value of `x`, or there is no `x` that is good enough."""

    x: Floats | None
    bound: int | None
    is_exact: bool
    work: float


@dataclass(frozen=True)
class Core:
    """Columns that may be used, besides those that must be. Shortfalls always belong to it."""

    model: Model
    columns: Ints  # rising
    fixed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # at 1, not among `columns`
    cuts: Cuts | None = None  # hold for every whole solution; they help CP-SAT to a bound

    @property
    def weight(self) -> Ints:
        return np.asarray(np.rint(self.model.weight[self.columns]), dtype=np.int64)

    @property
    def constant(self) -> int:
        """What is already certain of the value."""
        return self.model.constant + round(float(self.model.weight[self.fixed].sum()))


def core_of(model: Model, chosen: Ints, cuts: Cuts | None = None) -> Core:
    """The chosen columns with all shortfalls."""
    first = len(model.weight) - len(model.shortfalls)
    return Core(model, np.union1d(chosen, np.arange(first, len(model.weight))), cuts=cuts)


def fixed_within(core: Core, fixed: Ints) -> Core:
    """With these columns at 1; what shares a row (1) or (3) with one of them is left to CP-SAT to strike out."""
    return replace(core, columns=np.setdiff1d(core.columns, fixed), fixed=fixed)


def best_of_core(
    core: Core,
    effort: Effort,
    *,
    hint: Floats | None = None,
    at_least: int | None = None,
    on_better: OnBetter | None = None,
) -> Found:
    """The plan of the highest value, of at least `at_least`. `hint` is a vector over all columns."""
    program = _program(core)
    if program is None:
        return Found(None, None, is_exact=True, work=0.0)
    _aim_at_value(core, program, at_least)
    _hint(core, program, hint)
    return _solve(core, program, effort, on_better)


def smallest_of_core(core: Core, effort: Effort, *, cost: Ints, value: int, hint: Floats) -> Found:
    """Among the plans worth exactly `value` the one of the smallest Σ cost (by column of the model, whole, ≥ 0)."""
    program = _program(core)
    assert program is not None, "the hint is a plan of this core"
    proto = program.proto
    _linear(proto, np.arange(len(core.columns)), core.weight, value - core.constant, value - core.constant)
    proto.objective.vars.extend(range(len(core.columns)))
    proto.objective.coeffs.extend(cost[core.columns].tolist())
    _hint(core, program, hint)
    found = _solve(core, program, effort, None)
    return Found(found.x, None, found.is_exact, found.work)


def _program(core: Core) -> cp_model.CpModel | None:
    """Rows (1)…(8) and the cuts over the core; None when one of them cannot hold."""
    program = cp_model.CpModel()
    limits = core.model.limit[core.columns].astype(np.int64)
    for limit in limits.tolist():
        program.proto.variables.add().domain.extend([0, limit])
    rows = _over(core, core.model.matrix, core.model.upper, core.model.equal)
    if rows is None:
        return None
    cuts = core.cuts and _over(core, core.cuts.rows, core.cuts.upper, np.zeros(len(core.cuts), dtype=bool))
    for row in [*rows, *(cuts or ())]:
        _add(program.proto, row, binary=bool((limits[row.columns] == 1).all()))
    return program


@dataclass(frozen=True)
class _Row:
    columns: Ints  # by place in the core
    values: Ints
    upper: int
    equal: bool


def _over(core: Core, matrix: sparse.spmatrix, upper: Floats, equal: Flags) -> list[_Row] | None:
    """Rows over the core, less what is fixed; None when one without columns does not hold."""
    matrix = matrix.tocsc()
    left = np.rint(upper - np.asarray(matrix[:, core.fixed].sum(axis=1)).ravel()).astype(np.int64)
    rows = matrix[:, core.columns].tocsr()
    sizes = np.diff(rows.indptr)
    if ((sizes == 0) & ((left < 0) | (equal & (left != 0)))).any():
        return None
    data = np.rint(rows.data).astype(np.int64)
    return [
        _Row(rows.indices[first:last], data[first:last], int(left[row]), bool(equal[row]))
        for row, first, last in zip(np.flatnonzero(sizes), *_ends(rows.indptr, sizes), strict=True)
    ]


def _ends(start: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    used = np.flatnonzero(sizes)
    return start[used], start[used + 1]


def _add(proto: CpModelProto, row: _Row, *, binary: bool) -> None:
    """As at-most-one or exactly-one where it is one: that is what propagates and gives cliques."""
    if binary and row.upper == 1 and (row.values == 1).all():
        clause = proto.constraints.add()
        (clause.exactly_one if row.equal else clause.at_most_one).literals.extend(row.columns.tolist())
    elif row.equal or not binary or row.values[row.values > 0].sum() > row.upper:
        _linear(proto, row.columns, row.values, row.upper if row.equal else -FREE, row.upper)


def _linear(proto: CpModelProto, columns: Ints, values: Ints, lower: int, upper: int) -> None:
    linear = proto.constraints.add().linear
    linear.vars.extend(columns.tolist())
    linear.coeffs.extend(values.tolist())
    linear.domain.extend([lower, upper])


def _aim_at_value(core: Core, program: cp_model.CpModel, at_least: int | None) -> None:
    """Inside, CP-SAT minimises −w·x in whole numbers; the constant stays outside."""
    objective = program.proto.objective
    used = np.flatnonzero(core.weight)
    objective.vars.extend(used.tolist())
    objective.coeffs.extend((-core.weight[used]).tolist())
    if at_least is not None:
        objective.domain.extend([-FREE, core.constant - at_least])


def _hint(core: Core, program: cp_model.CpModel, hint: Floats | None) -> None:
    if hint is not None:
        program.proto.solution_hint.vars.extend(range(len(core.columns)))
        program.proto.solution_hint.values.extend(np.rint(hint[core.columns]).astype(np.int64).tolist())


class _Watch(cp_model.CpSolverSolutionCallback):
    """Hands better plans out while the search goes on; what the receiver raises is kept and raised afterwards."""

    def __init__(self, core: Core, on_better: OnBetter) -> None:
        super().__init__()
        self.core, self.on_better = core, on_better
        self.raised: BaseException | None = None

    def on_solution_callback(self) -> None:
        try:
            response = self.response_proto
            if not self.on_better(_vector(self.core, response.solution), _bound(self.core, response)):
                self.stop_search()
        except BaseException as error:  # noqa: BLE001 — it may not cross the solver's C++ frames
            self.raised = error
            self.stop_search()


def _solve(core: Core, program: cp_model.CpModel, effort: Effort, on_better: OnBetter | None) -> Found:
    solver = _solver(effort)
    if core.cuts is not None:  # those found here are too many for what they add
        solver.parameters.cut_level = 0
    if len(core.model.weight) <= BY_LINEAR:
        solver.parameters.search_branching = cp_model.LP_SEARCH
        solver.parameters.cp_model_presolve = len(core.columns) > UNSHRUNK
    watch = _Watch(core, on_better) if on_better else None
    status = solver.solve(program, watch)
    if watch is not None and watch.raised is not None:
        raise watch.raised
    response = solver.response_proto
    work = response.deterministic_time
    if status == cp_model.MODEL_INVALID:
        raise ValueError(program.validate())
    if status == cp_model.INFEASIBLE:
        return Found(None, None, is_exact=True, work=work)
    if status == cp_model.UNKNOWN:  # stopped before the search began, it says 0, which is no bound
        return Found(None, None, is_exact=False, work=work)
    x = _vector(core, response.solution)
    return Found(x, _bound(core, response), is_exact=status == cp_model.OPTIMAL, work=work)


def _solver(effort: Effort) -> cp_model.CpSolver:
    """The parameters of planning.md §3 step 4, one worker, seeded."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.linearization_level = 2
    solver.parameters.symmetry_level = 0
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.max_deterministic_time = max(effort.work, 1e-6)
    solver.parameters.max_time_in_seconds = max(effort.wall, 1e-3)
    return solver


def _vector(core: Core, solution: object) -> Floats:
    x = np.zeros(len(core.model.weight))
    x[core.columns] = np.array(solution, dtype=np.float64)
    x[core.fixed] = 1
    return x


def _bound(core: Core, response: CpSolverResponse) -> int | None:
    """Nothing is known before the search has said so: the lower end is then that of 64 bits."""
    inner = int(response.inner_objective_lower_bound)
    return None if abs(inner) >= FREE else core.constant - inner
