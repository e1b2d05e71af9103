"""CP-SAT asked for any plan at all, each rule, pin and kin pair as an assumption: which of them does it refute?"""

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from quanheng.planning.columns import Ints
from quanheng.planning.core import FREE, Effort
from quanheng.planning.rows import Model


@dataclass(frozen=True)
class Quarrel:
    """`feasible` None: not decided. Where False, these ids cannot hold together over the columns asked for."""

    feasible: bool | None
    ids: tuple[str, ...]
    work: float


def find_quarrel(model: Model, columns: Ints, effort: Effort) -> Quarrel:
    """`columns` rising, all others are 0. A row holds when all its ids are assumed; rows without ids always hold."""
    program = cp_model.CpModel()
    for limit in model.limit[columns].astype(np.int64).tolist():
        program.proto.variables.add().domain.extend([0, limit])
    named = tuple(dict.fromkeys(one for ids in model.ids for one in ids))
    literal = {one: len(columns) + index for index, one in enumerate(named)}
    for _ in named:
        program.proto.variables.add().domain.extend([0, 1])
    _add_rows(program, model, columns, literal)
    program.proto.assumptions.extend(literal.values())
    solver = _solver(effort)
    status = solver.solve(program)
    refuted = set(solver.response_proto.sufficient_assumptions_for_infeasibility)
    feasible = {cp_model.OPTIMAL: True, cp_model.FEASIBLE: True, cp_model.INFEASIBLE: False}.get(status)
    ids = tuple(one for one in named if literal[one] in refuted) if feasible is False else ()
    return Quarrel(feasible, ids, solver.response_proto.deterministic_time)


def _add_rows(program: cp_model.CpModel, model: Model, columns: Ints, literal: dict[str, int]) -> None:
    rows = model.matrix[:, columns].tocsr()
    for row, ids in enumerate(model.ids):
        inside = slice(rows.indptr[row], rows.indptr[row + 1])
        constraint = program.proto.constraints.add()
        constraint.enforcement_literal.extend(literal[one] for one in ids)
        constraint.linear.vars.extend(rows.indices[inside].tolist())
        constraint.linear.coeffs.extend(np.rint(rows.data[inside]).astype(np.int64).tolist())
        upper = round(model.upper[row])
        constraint.linear.domain.extend([upper if model.equal[row] else -FREE, upper])


def _solver(effort: Effort) -> cp_model.CpSolver:
    """As in core.py, but for presolve, which would have to keep assumptions anyway."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = max(effort.work, 1e-6)
    solver.parameters.max_time_in_seconds = max(effort.wall, 1e-3)
    return solver
