"""The batch plan: the best plan that keeps every rule, with its proof or its honest gap."""

import numpy as np

from quanheng.planning.budget import Budget, Meter, cut_work, linear_work, start_work, sweep_work
from quanheng.planning.core import core_of, fixed_within
from quanheng.planning.cuts import Cuts, tighten
from quanheng.planning.dive import dive
from quanheng.planning.greedy import greedy, simple_bound, unchanged
from quanheng.planning.improve import improve
from quanheng.planning.incumbent import Incumbent, Progress
from quanheng.planning.lagrangian import SWEEPS, find_duals
from quanheng.planning.linear import TOLERANCE, Linear, Relaxation, best_of_nodes
from quanheng.planning.problem import Problem
from quanheng.planning.proof import Growth, break_ties, search_core, settle_ties, whole_of
from quanheng.planning.result import Result
from quanheng.planning.rows import build

WHOLE = 1_500  # columns that CP-SAT proves faster than a linear program would shrink them
MOST_PARENTS = 20  # of a cut that CP-SAT gets
EARLY_PART = 0.1  # of what is left, to improve the first plan before the cuts
CORE_PART = 0.35  # of what is left, for one core
FIRST_PART = 0.15  # of what is left, for improving between cores
STAGE_PART = 0.03  # of what is left, for one stage of the dive
MANY, FEW_SWEEPS = 200_000, 150  # columns beyond which sweeps are dear and the linear program needs fewer
SWEEP_PART = 0.5  # of what is left, for sweeps at most
DIVE_FROM = 25_000  # columns; of fewer, CP-SAT is as fast without
CUTS_FIRST = 100_000  # columns; of more, a plan is wanted before the cuts
BEST_OF_POST = 4  # columns that CP-SAT gets after the dive


def solve(problem: Problem, budget: Budget, progress: Progress | None = None) -> Result:
    """The plan of the highest value within the budget; the same input gives the same plan.

    `problem` has passed checks.py. `progress` is called with a Result each time value or bound gets better; what it
    raises ends the search and comes out of here. Status `unknown` when no plan was found in time, `infeasible` when
    there is none (why, says conflict.py). Every plan handed out has passed checker.py.
    Ties (ruling 9): where the optimum is proved, the plan is the one of the smallest Σ (person index + post index)
    among all that are worth as much, if `parameters` say `tie: proved`; else the smallest found.
    Raises TooManyColumnsError."""
    search = Incumbent(build(problem), Meter(budget), progress)
    search.meter.spend(start_work(len(search.model.weight)))
    if search.model.impossible:
        search.is_infeasible = search.model.is_complete
        return search.result()
    _first_plans(search)
    if len(search.model.weight) <= WHOLE:
        _search_whole(search)
    else:
        _search_by_linear(search)
    return search.result()


def _first_plans(search: Incumbent) -> None:
    search.offer(unchanged(search.model))
    search.offer(greedy(search.model))
    search.lower_bound(simple_bound(search.model))


def _search_whole(search: Incumbent) -> None:
    core = core_of(search.model, np.arange(len(search.model.weight)))
    found = search_core(search, core, search.meter.left)
    search.is_infeasible = found.is_exact and search.value is None and search.model.is_complete
    search.lower_bound(found.bound)
    if search.is_proved:
        break_ties(search, core, search.meter.left)


def _search_by_linear(search: Incumbent) -> None:
    """A dive finds far better plans after the cuts; only where cuts take long, a plan comes first."""
    relaxation, linear = _relax(search)
    if search.is_infeasible:
        return
    if not linear.is_close:
        improve(search, linear, search.meter.left)
        return
    if len(search.model.weight) > CUTS_FIRST:
        _dive(search, relaxation, linear, None)
        improve(search, linear, EARLY_PART * search.meter.left)
    linear, cuts = _cut(search, relaxation, linear)
    columns = len(search.model.weight)
    if columns > DIVE_FROM and (columns <= CUTS_FIRST or cuts is not None):
        _dive(search, relaxation, linear, cuts)
    close_gap(search, Growth(search, linear, cuts))
    if search.is_proved:
        settle_ties(search, linear)


def close_gap(search: Incumbent, growth: Growth) -> None:
    """Cores and neighbourhoods by turns; as soon as a turn has brought no better plan, cores get all that is left."""
    part = CORE_PART
    while not search.is_proved and not search.is_infeasible and search.meter.left > 0:
        value, left = search.value, search.meter.left
        growth.run(part)
        improve(search, growth.linear, (FIRST_PART if part < 1 else 1.0) * search.meter.left)
        if search.meter.left == left:
            break
        part = CORE_PART if search.value != value else 1.0


def _cut(search: Incumbent, relaxation: Relaxation, linear: Linear) -> tuple[Linear, Cuts | None]:
    """A tighter bound and reduced costs; the cuts that bind and are not dense go to CP-SAT."""
    work = cut_work(len(search.model.weight))
    if search.is_proved or search.meter.left < 2 * work:
        return linear, None
    linear, cuts = tighten(relaxation, linear)
    relaxation.take_work()  # is in `work`
    search.meter.spend(work)
    search.lower_bound(whole_of(linear.bound))
    keep = np.flatnonzero((linear.duals[len(search.model.upper) :] > TOLERANCE) & (cuts.parents <= MOST_PARENTS))
    return linear, Cuts(cuts.rows[keep], cuts.upper[keep], cuts.parents[keep])


def _relax(search: Incumbent) -> tuple[Relaxation, Linear]:
    """The linear relaxation and its bound; with little budget only the bound and the reduced costs of some sweeps."""
    model, meter = search.model, search.meter
    columns = len(model.weight)
    most = SWEEPS if columns <= MANY else FEW_SWEEPS
    start = find_duals(model, min(most, int(SWEEP_PART * meter.left / sweep_work(columns))))
    meter.spend(start.sweeps * sweep_work(columns))
    search.lower_bound(whole_of(start.bound))
    relaxation = Relaxation(model, start.duals)
    if meter.left < linear_work(columns):
        return relaxation, relaxation.solve(rounds=0)
    linear = relaxation.solve(seconds=meter.wall_left)
    meter.spend(relaxation.take_work())
    search.is_infeasible = linear.exact and not linear.feasible and model.is_complete
    if linear.feasible:
        search.lower_bound(whole_of(linear.bound))
    return relaxation, linear


def _dive(search: Incumbent, relaxation: Relaxation, linear: Linear, cuts: Cuts | None) -> None:
    """First good plans: within what the dive has fixed at its end, then with less and less fixed while that is easy."""
    if search.is_proved or search.meter.left <= 0:
        return
    found = dive(relaxation, linear, search.meter)
    columns = search.model.columns
    for stage in reversed(found.stages):
        reduced = stage.linear.reduced[: columns.chains]
        best = best_of_nodes(np.arange(columns.chains), reduced, columns.post, BEST_OF_POST)
        chosen = np.unique(np.concatenate([best, stage.linear.support, linear.support, stage.fixed]))
        core = fixed_within(core_of(search.model, chosen, cuts), stage.fixed)
        if search.is_proved or not search_core(search, core, STAGE_PART * search.meter.left).is_exact:
            break
