"""CP-SAT over some of the columns: the best plan that uses no other, and how much any such plan can be worth.

Whether the other columns matter is decided by their reduced costs (solve.py); here they are simply 0.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from quanheng.planning.columns import Ints
from quanheng.planning.rows import Model

Floats = npt.NDArray[np.float64]
OnBetter = Callable[[Floats, int | None], bool]  # a vector over all columns, a bound on the core; False stops

FREE = 2**60  # an end of a row that does not bind


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
    """Columns that may be used. Shortfalls always belong to it."""

    model: Model
    columns: Ints  # rising
    fixed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))  # of these, the ones that must be 1

    @property
    def weight(self) -> Ints:
        return np.asarray(np.rint(self.model.weight[self.columns]), dtype=np.int64)


def core_of(model: Model, chosen: Ints) -> Core:
    """The chosen columns with all shortfalls."""
    first = len(model.weight) - len(model.shortfalls)
    return Core(model, np.union1d(chosen, np.arange(first, len(model.weight))))


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
    _row(proto, np.arange(len(core.columns)), core.weight, value - core.model.constant, value - core.model.constant)
    proto.objective.vars.extend(range(len(core.columns)))
    proto.objective.coeffs.extend(cost[core.columns].tolist())
    _hint(core, program, hint)
    found = _solve(core, program, effort, None)
    return Found(found.x, None, found.is_exact, found.work)


def _program(core: Core) -> cp_model.CpModel | None:
    """Rows (1)…(8) over the core; None when one of them cannot hold."""
    program = cp_model.CpModel()
    limits = core.model.limit[core.columns].astype(np.int64)
    fixed = np.isin(core.columns, core.fixed)
    for limit, is_fixed in zip(limits.tolist(), fixed.tolist(), strict=True):
        program.proto.variables.add().domain.extend([int(is_fixed), limit])
    rows = core.model.matrix[:, core.columns].tocsr()
    for columns, values, upper, equal in _entries(rows, core.model):
        if not len(columns):
            if upper < 0 or (equal and upper):
                return None
            continue
        _add(program.proto, columns, values, upper, equal=equal, binary=bool((limits[columns] == 1).all()))
    return program


def _entries(rows: object, model: Model) -> Iterator[tuple[Ints, Ints, int, bool]]:
    start, index, data = rows.indptr, rows.indices, np.rint(rows.data).astype(np.int64)  # type: ignore[attr-defined]
    for row, (first, last) in enumerate(zip(start[:-1], start[1:], strict=True)):
        yield index[first:last], data[first:last], round(model.upper[row]), bool(model.equal[row])


def _add(proto: object, columns: Ints, values: Ints, upper: int, *, equal: bool, binary: bool) -> None:
    """As at-most-one or exactly-one where it is one: that is what propagates and gives cliques."""
    if binary and upper == 1 and (values == 1).all():
        clause = proto.constraints.add()  # type: ignore[attr-defined]
        (clause.exactly_one if equal else clause.at_most_one).literals.extend(columns.tolist())
    elif equal or values[values > 0].sum() > upper or not binary:
        _row(proto, columns, values, upper if equal else -FREE, upper)


def _row(proto: object, columns: Ints, values: Ints, lower: int, upper: int) -> None:
    linear = proto.constraints.add().linear  # type: ignore[attr-defined]
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
        objective.domain.extend([-FREE, core.model.constant - at_least])


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
    x = _vector(core, response.solution) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
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
    return x


def _bound(core: Core, response: object) -> int | None:
    """Nothing is known before the search has said so: the lower end is then that of 64 bits."""
    inner = int(response.inner_objective_lower_bound)  # type: ignore[attr-defined]
    return None if abs(inner) >= FREE else core.model.constant - inner
