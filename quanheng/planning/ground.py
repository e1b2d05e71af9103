"""An answered problem with what its proof leaves behind, so that a change of it is answered from there.

A change is one more row (a pin, a forbid, "differs from the plan"): columns stay, duals and cuts stay valid, the plan
is a place to start from.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.budget import Budget, Meter, cut_work, start_work
from quanheng.planning.columns import Ints
from quanheng.planning.core import core_of
from quanheng.planning.cuts import Cuts, binding, tighten
from quanheng.planning.greedy import greedy, keeps, simple_bound, unchanged
from quanheng.planning.improve import improve
from quanheng.planning.incumbent import Incumbent, Progress
from quanheng.planning.lagrangian import find_duals
from quanheng.planning.linear import Linear, Relaxation
from quanheng.planning.neighbourhood import chains_of, near, neighbourhood, ties_between
from quanheng.planning.paths import paths_within, tighten_paths
from quanheng.planning.problem import Problem
from quanheng.planning.proof import search_core, whole_of
from quanheng.planning.regroup import Regroup
from quanheng.planning.result import Result
from quanheng.planning.rows import Model, build, vector_of
from quanheng.planning.solve import MOST_PARENTS, PATH_RATE, PATH_WORK, WHOLE, close_gap, guess, search_for

Floats = npt.NDArray[np.float64]

REPAIRED = 8, 28  # chains planned anew around a change, for a first plan and better ones
REPAIR_WORK = 0.3
REPAIR_PER_POST = 8  # columns
ALTERED, ALTER_PART = (14, 20), 0.25  # the same for another plan; of what is left, for neighbourhoods after it
NEAR_PATHS, NARROWER = 6_000, 1.5  # whole chains that another plan is made of; steps of their width
CHAIN_ROUNDS = 4  # of cuts over whole chains, for a changed problem
WIDTHS, LEAST_WIDTH = (1.15, 1.8, 2.8), 1e-3  # times the gap of the plan before; of the bound
AT_ONCE = (1.0,)  # all of a width: its parts take longer here
LOOSEST_PARENTS = 80  # of a cut that is kept
NEAR_PER_ROW = 2.5  # columns of the first restricted program of a changed problem


@dataclass(frozen=True)
class Ground:
    """`linear` is None where there is no relaxation to speak of: no columns, or no plan even in fractions."""

    model: Model
    result: Result
    linear: Linear | None = None
    cuts: Cuts | None = None

    @property
    def problem(self) -> Problem:
        return self.model.problem

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Of the plan."""
        return tuple((move.person, move.target) for move in self.result.moves)

    @property
    def is_small(self) -> bool:
        """CP-SAT takes all columns at once."""
        return self.linear is None or len(self.model.weight) <= WHOLE


@dataclass(frozen=True)
class SeatRow:
    """Σ by_seat·(seats) ≤ upper, or =. Whole numbers."""

    name: str
    by_seat: Ints
    upper: int
    equal: bool = False


def solved(problem: Problem, budget: Budget, progress: Progress | None = None) -> Ground:
    """`solve` with all that it leaves behind, so that nothing is computed twice. Raises as `solve` does."""
    return ground_after(search_for(problem, budget, progress))


def ground_after(search: Incumbent) -> Ground:
    """Of a search that has ended."""
    result = search.result()
    if search.linear is None and len(search.model.weight) <= WHOLE:  # CP-SAT needed no relaxation; pairs do
        return _relaxed(search.model, result, Meter(search.meter.budget))
    return Ground(search.model, result, search.linear, search.cuts)


def ground_of(problem: Problem, result: Result, budget: Budget) -> Ground:
    """`result` is what `solve` answered to `problem` some time ago. Costs building, relaxation, cuts."""
    meter = Meter(budget)
    return _relaxed(build(problem), result, meter)


def _relaxed(model: Model, result: Result, meter: Meter) -> Ground:
    columns = len(model.weight)
    if not columns or model.impossible:
        return Ground(model, result)
    relaxation = Relaxation(model, find_duals(model).duals)
    linear = relaxation.solve(seconds=meter.wall_left)
    meter.spend(start_work(columns) + relaxation.take_work())
    if not linear.feasible:
        return Ground(model, result)
    if columns <= WHOLE or not linear.exact or meter.left < cut_work(columns):
        return Ground(model, result, linear)
    linear, cuts = tighten(relaxation, linear)
    return Ground(model, result, linear, binding(cuts, linear, LOOSEST_PARENTS))


def with_rows(model: Model, rows: list[SeatRow], problem: Problem | None = None) -> Model:
    """The model with more rows at the end. `problem`: what it now stands for, if that is a problem by itself."""
    columns, shortfalls = model.columns, np.zeros(len(model.shortfalls))
    full = [
        np.concatenate([row.by_seat[columns.seat], columns.exchanges.sums(row.by_seat), shortfalls]) for row in rows
    ]
    by_seat = sparse.csr_matrix(np.array([row.by_seat for row in rows], dtype=np.float64))
    return replace(
        model,
        problem=problem or model.problem,
        matrix=sparse.csc_matrix(sparse.vstack([model.matrix, sparse.csr_matrix(np.array(full))], format="csc")),
        upper=np.append(model.upper, [float(row.upper) for row in rows]),
        equal=np.append(model.equal, [row.equal for row in rows]),
        number=np.append(model.number, np.full(len(rows), 8)),
        names=(*model.names, *(row.name for row in rows)),
        ids=(*model.ids, *((row.name,) for row in rows)),
        seat_matrix=sparse.csr_matrix(sparse.vstack([model.seat_matrix, by_seat], format="csr")),
    )


def pin_row(model: Model, person: str, post: str) -> SeatRow:
    """(8): the pair is used; for the own post, none of the person's pairs is. Impossible when the pair is no seat."""
    i, j = model.places.person_of[person], model.places.post_of[post]
    seats = model.columns.seats
    stays = int(model.places.home[i]) == j
    chosen = seats.person == i if stays else (seats.person == i) & (seats.post == j)
    return SeatRow(f"pin:{person},{post}", chosen.astype(np.int64), upper=0 if stays else 1, equal=True)


def forbid_row(model: Model, person: str, post: str) -> SeatRow:
    i, j = model.places.person_of[person], model.places.post_of[post]
    seats = model.columns.seats
    chosen = (seats.person == i) & (seats.post == j)
    return SeatRow(f"forbid:{person},{post}", chosen.astype(np.int64), upper=0, equal=True)


def search_again(ground: Ground, rows: list[SeatRow], budget: Budget, problem: Problem | None = None) -> Incumbent:
    """The best plan that also keeps these rows, with its bound or proof, as far as the budget goes."""
    search = Incumbent(with_rows(ground.model, rows, problem), Meter(budget))
    search.meter.spend(start_work(len(search.model.weight)))
    if search.model.impossible:
        search.is_infeasible = search.model.is_complete
        return search
    _first(search, ground.pairs)
    search.lower_bound(ground.result.bound)
    if ground.linear is None or ground.is_small:
        _search_whole(search)
    elif not search.is_proved:
        _search_near(ground, ground.linear, search)
    return search


def _first(search: Incumbent, pairs: tuple[tuple[str, str], ...]) -> None:
    """The old plan if it still holds, and what costs nothing to try."""
    x = vector_of(search.model, pairs)
    search.offer(x if keeps(search.model, x) else None)
    search.offer(unchanged(search.model))
    search.offer(greedy(search.model))
    search.lower_bound(simple_bound(search.model))


def _search_whole(search: Incumbent) -> None:
    if search.is_proved:
        return
    found = search_core(search, core_of(search.model, np.arange(len(search.model.weight))), search.meter.left)
    search.is_infeasible = found.is_exact and search.value is None and search.model.is_complete
    if found.is_exact or found.x is not None:  # CP-SAT stopped before its search says 0, which is no bound
        search.lower_bound(found.bound)


def _search_near(ground: Ground, old: Linear, search: Incumbent) -> None:
    """Whole chains within a width like that of the plan before, then within wider ones."""
    linear, cuts = _relax(ground, old, search)
    search.linear, search.cuts = (linear, cuts) if linear.feasible else (None, None)
    if not linear.is_close or search.is_infeasible or search.is_proved:
        return
    search.hint = vector_of(search.model, ground.pairs)
    if search.model.problem is ground.problem:  # "another plan" touches many chains, and lies near the plan
        _repair(ground, linear, search, ALTERED)
        improve(search, linear, ALTER_PART * search.meter.left)
        _regroup(search, linear, cuts)
    else:  # the first width mostly holds the best plan: one by hand would come too late
        guess(search, linear, cuts, _widths(ground, old, linear, search), AT_ONCE, CHAIN_ROUNDS)
        _repair(ground, linear, search, REPAIRED)
    close_gap(search, linear, cuts)


def _regroup(search: Incumbent, linear: Linear, cuts: Cuts | None) -> None:
    """All that is left on neighbourhoods of few whole chains: a proof is seldom near, and a program of all that could
    matter takes as long to build as several neighbourhoods. What is found says nothing of the bound."""
    paths, width = None, 0.0 if search.value is None else linear.bound - search.value
    least = LEAST_WIDTH * max(1.0, abs(linear.bound))
    while paths is None and width > least and search.meter.left > 0:
        paths = paths_within(search.model, linear, width, NEAR_PATHS)
        search.meter.spend(PATH_WORK)
        width /= NARROWER
    if paths is None:
        return
    tight, found, work = tighten_paths(paths, cuts, CHAIN_ROUNDS)
    search.meter.spend(work + PATH_WORK + PATH_RATE * len(paths.program.weight))
    if tight.exact and tight.feasible:
        Regroup(search, paths, tight, binding(found, tight, MOST_PARENTS)).run(search.meter.left)


def _widths(ground: Ground, old: Linear, linear: Linear, search: Incumbent) -> list[float]:
    """How far below its bound the changed plan may lie; nothing that only a plan as good as the old one would meet."""
    value = ground.result.value
    known = 0.0 if value is None else old.bound - value
    least = LEAST_WIDTH * max(1.0, abs(old.bound))
    over = 0.0 if search.bound is None else linear.bound - search.bound
    return [width for step in WIDTHS if (width := max(known, least) * step) >= over + least]


def _relax(ground: Ground, old: Linear, search: Incumbent) -> tuple[Linear, Cuts | None]:
    """From the old duals; a new row begins with 0. What was nearly in use joins at once."""
    model, rows = search.model, len(ground.model.upper)
    added = np.zeros(len(model.upper) - rows)
    relaxation = Relaxation(model, np.concatenate([old.duals[:rows], added]))
    if ground.cuts is not None and len(ground.cuts):
        count = min(len(old.reduced), int(NEAR_PER_ROW * len(model.upper)))
        relaxation.program.join(np.argsort(-old.reduced, kind="stable")[:count])
        relaxation.add_cuts(ground.cuts.rows, ground.cuts.upper)
    linear = relaxation.solve(seconds=search.meter.wall_left)
    search.meter.spend(relaxation.take_work())
    search.is_infeasible = linear.exact and not linear.feasible and model.is_complete
    if linear.feasible:
        search.lower_bound(whole_of(linear.bound))
    return linear, None if ground.cuts is None else binding(ground.cuts, linear, LOOSEST_PARENTS)


def _repair(ground: Ground, linear: Linear, search: Incumbent, counts: tuple[int, ...]) -> None:
    """The plan with the chains around the change planned anew: a change seldom reaches far. First few of the old one,
    then more of what that gave."""
    model = search.model
    order = np.argsort(-linear.reduced, kind="stable")[: REPAIR_PER_POST * len(model.problem.posts)]
    core, x = core_of(model, np.union1d(order, linear.support)), vector_of(model, ground.pairs)
    for count in counts:
        chains = chains_of(model, x)
        if not chains or search.is_proved or search.meter.left <= 0:
            return
        random = np.random.default_rng(search.meter.budget.seed)
        free = near(ties_between(core, x, chains), _touched(model, chains), count, random)
        part, before = neighbourhood(core, x, np.concatenate([chains[number] for number in free])), search.value
        search_core(search, part, min(REPAIR_WORK, search.meter.left))
        x = x if search.x is None or search.value == before else search.x


def _touched(model: Model, chains: list[Ints]) -> int:
    """The chain that shares a person or post with the last row; the first one when none does."""
    seats, row = model.columns.seats, model.seat_matrix[[-1]].indices
    people, posts = set(seats.person[row].tolist()), set(seats.post[row].tolist())
    for number, chain in enumerate(chains):
        own = chain[chain < model.columns.chains]
        if people & set(model.columns.person[own].tolist()) or posts & set(model.columns.post[own].tolist()):
            return number
    return 0
