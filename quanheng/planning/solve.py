"""The batch plan: the best plan that keeps every rule, with its proof or its honest gap."""

import math

import numpy as np

from quanheng.planning.budget import Budget, Meter, cut_work, find_work, linear_work, start_work, sweep_work
from quanheng.planning.core import core_of, fixed_within
from quanheng.planning.cuts import LEAST_GAIN, ROUNDS, Cuts, binding, few_parents, tighten
from quanheng.planning.dive import dive
from quanheng.planning.greedy import greedy, simple_bound, unchanged
from quanheng.planning.improve import improve
from quanheng.planning.incumbent import Incumbent, Progress
from quanheng.planning.lagrangian import SWEEPS, find_duals
from quanheng.planning.linear import Linear, Relaxation, best_of_nodes
from quanheng.planning.paths import ROUNDS as OF_PATHS
from quanheng.planning.paths import paths_within, tighten_paths
from quanheng.planning.problem import Problem
from quanheng.planning.proof import Growth, break_ties, search_core, settle_ties, whole_of
from quanheng.planning.regroup import Regroup
from quanheng.planning.result import Result
from quanheng.planning.rows import build

WHOLE = 1_500  # columns that CP-SAT proves faster than a linear program would shrink them
MOST_PARENTS = 20  # of a cut that CP-SAT gets
QUICK, QUICK_OF_LARGE, DEEP = 0.5, 0.3, 0.25  # part of the fractions that a dive leaves: soon a plan, or a good one
CORE_PART = 0.25  # of what is left, for one core
FIRST_PART = 0.15  # of what is left, for improving between cores
BRIEF_PART = 0.02  # of what is left, for improving before the cuts
STAGE_PART = 0.03  # of what is left, for one stage of the dive
MANY, FEW_SWEEPS = 200_000, 250  # columns beyond which sweeps are dear and the linear program needs fewer
SWEEP_PART = 0.5  # of what is left, for sweeps at most
DIVE_FROM = 0  # columns; of fewer, CP-SAT is as fast without
PATH_WORK, PATH_RATE = 0.05, 1.5e-5  # units for the cuts of a program over chains, and for one column of it
SMALL = 25_000  # columns of a problem where a guessed value is proved or refuted before anything else
SWEEPS_OF_SMALL, GAIN_OF_SMALL, PATH_ROUNDS = 150, 7e-4, 6  # there each step must be worth its tenth of a second
WIDTHS = 0.006, 0.009, 0.0135  # of the bound of moves, that the best plan is below it
GUESSES, GUESS_PART = (0.003, 0.006, 1.0), 0.4  # of that of chains; of what is left, for one guess
PRESS_SHARE, PRESS_END, PRESS_PART = 0.5, 0.95, 0.7  # of the gap that a step leaves; of what is left, for one step
PRESS_ALL = 3  # times the work of a step must be left to try all that is left of the gap next
NARROWER, NARROWEST = 1.5, 0.3  # steps of the width of a program over chains, the least of the gap
REGROUP_PART = 0.2  # of what is left, for neighbourhoods of whole chains
CUTS_FIRST = 100_000  # columns; of more, a plan is wanted before the cuts
CUTS_OF_MANY = 500  # in one round, where rounds are few
ROUND_PART = 0.2  # of what is left, for rounds of cuts where they take long
CUT_LEAVES = 1.5  # times their work must be left for cuts to be made
BEST_OF_POST = 4  # columns that CP-SAT gets after the dive

Steps = tuple[float, ...]


def solve(problem: Problem, budget: Budget, progress: Progress | None = None) -> Result:
    """The plan of the highest value within the budget; the same input gives the same plan.

    `problem` has passed checks.py. `progress` is called with a Result each time value or bound gets better; what it
    raises ends the search and comes out of here. Status `unknown` when no plan was found in time, `infeasible` when
    there is none (why, says conflict.py). Every plan handed out has passed checker.py.
    Ties (ruling 9): where the optimum is proved, the plan is the one of the smallest Σ (person index + post index)
    among all that are worth as much, if `parameters` say `tie: proved`; else the smallest found.
    Raises TooManyColumnsError."""
    return search_for(problem, budget, progress).result()


def search_for(problem: Problem, budget: Budget, progress: Progress | None = None) -> Incumbent:
    """As `solve`, with what the search leaves behind: model, relaxation, cuts (ground.py answers from them)."""
    meter = Meter(budget)  # its wall stands before the model
    search = Incumbent(build(problem), meter, progress)
    search.meter.spend(start_work(len(search.model.weight)))
    if search.model.impossible:
        search.is_infeasible = search.model.is_complete
        return search
    _first_plans(search)
    if len(search.model.weight) <= WHOLE:
        _search_whole(search)
    else:
        _search_by_linear(search)
    return search


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
    """A dive finds far better plans after the cuts; only where cuts take long, a plan comes first, and neighbourhoods
    bring more than a second dive."""
    relaxation, linear = _relax(search)
    if search.is_infeasible:
        return
    search.linear = linear
    if not linear.is_close:
        improve(search, linear, search.meter.left)
        return
    columns = len(search.model.weight)
    if columns > CUTS_FIRST:
        _dive(search, relaxation, linear, None)
        improve(search, linear, BRIEF_PART * search.meter.left)
    linear, cuts = _cut(search, relaxation, linear)
    search.linear, search.cuts = linear, cuts
    if DIVE_FROM < columns <= CUTS_FIRST:
        if is_small(search):
            guess(search, linear, cuts, [width * abs(linear.bound) for width in WIDTHS], GUESSES, PATH_ROUNDS)
        _dive(search, relaxation, linear, cuts)
    close_gap(search, linear, cuts)
    if search.is_proved:
        settle_ties(search, linear)


def close_gap(search: Incumbent, linear: Linear, cuts: Cuts | None) -> None:
    """Cores and neighbourhoods by turns; as soon as neighbourhoods bring no better plan, cores get all that is left.

    Of many columns a core takes long for little, so neighbourhoods go first until they bring nothing."""
    if len(search.model.weight) > CUTS_FIRST:
        improve(search, linear, search.meter.left)
    elif not search.is_proved:
        _regroup(search, linear, cuts)
        _press(search, linear, cuts)
    part, growth, value = CORE_PART, growth_of(search, linear, cuts), search.value
    while not search.is_proved and not search.is_infeasible and search.meter.left > 0:
        left = search.meter.left
        growth.run(part)
        before = search.value
        improve(search, linear, (FIRST_PART if part < 1 else 1.0) * search.meter.left)
        if search.meter.left == left:
            break
        if search.value == before and part < 1 and len(search.model.weight) <= CUTS_FIRST:
            _press(search, linear, cuts)
        part = CORE_PART if search.value != before else 1.0
        if search.value != value:
            growth, value = growth_of(search, linear, cuts), search.value
        elif growth.is_done:
            growth = Growth(search, linear, few_parents(cuts, MOST_PARENTS) if cuts else None)


def _regroup(search: Incumbent, linear: Linear, cuts: Cuts | None) -> None:
    """Neighbourhoods of whole chains, where not too many are left."""
    growth = growth_of(search, linear, cuts)
    if growth.paths is not None:
        Regroup(search, growth.paths, growth.linear, growth.cuts).run(REGROUP_PART * search.meter.left)


def guess(
    search: Incumbent,
    linear: Linear,
    cuts: Cuts | None,
    widths: list[float],
    steps: Steps,
    rounds: int = OF_PATHS,
) -> None:
    """As if a plan within a width of the bound were known; either there is one, or the bound is nearer.

    The bound of whole chains is much nearer to the best plan than that of moves: `steps` are parts of its own."""
    for width in widths:
        least = math.ceil(linear.bound - width) - 1
        if search.is_proved or search.meter.left <= 0 or (search.value is not None and least <= search.value):
            return
        growth = growth_of(search, linear, cuts, least, rounds)
        if growth.paths is None or growth.beyond is not None:
            return
        if not _refute(growth, least, steps):
            return


def is_small(search: Incumbent) -> bool:
    return len(search.model.weight) <= SMALL


def _refute(growth: Growth, least: int, steps: Steps) -> bool:
    """Nearer and nearer to it; whether no plan is worth more than `least`. A plan that is found ends it, too."""
    bound = growth.linear.bound
    for part in () if growth.is_done else steps:
        growth.goal, growth.is_done = max(least, math.ceil(bound - part * abs(bound)) - 1), False
        growth.run(GUESS_PART)
        if not growth.is_done or growth.search.is_proved:
            return False
        if growth.goal == least:
            break
    return True


def _press(search: Incumbent, linear: Linear, cuts: Cuts | None) -> None:
    """The bound down, step by step: to refute plans far above the best is easier than those just above it."""
    share = PRESS_SHARE
    while not search.is_proved and search.meter.left > 0 and search.value is not None and search.bound is not None:
        goal = search.value + int((search.bound - search.value) * share)
        growth = growth_of(search, linear, cuts, goal)
        if growth.paths is None or growth.beyond is not None or share > PRESS_END:
            return
        before = search.meter.spent
        growth.run(PRESS_PART)
        if growth.is_done:
            share = 0.0 if search.meter.left > PRESS_ALL * (search.meter.spent - before) else PRESS_SHARE
        else:
            share = (1 + share) / 2


def growth_of(
    search: Incumbent, linear: Linear, cuts: Cuts | None, goal: int | None = None, rounds: int = OF_PATHS
) -> Growth:
    """Cores of whole chains where not too many are left, else of single moves, for plans worth more than `goal`."""
    few = None if cuts is None else few_parents(cuts, MOST_PARENTS)
    floor = search.value if goal is None else goal
    if floor is None or search.is_proved or search.meter.left <= 0:
        return Growth(search, linear, few)
    gap = width = linear.bound - floor
    paths = paths_within(search.model, linear, width)
    while paths is None and width > NARROWEST * gap:
        width /= NARROWER
        paths = paths_within(search.model, linear, width)
    search.meter.spend(linear_work(len(search.model.weight)))
    if paths is None:
        return Growth(search, linear, few)
    tight, found, work = tighten_paths(paths, cuts, rounds)
    search.meter.spend(work + PATH_WORK + PATH_RATE * len(paths.program.weight))
    beyond = linear.bound - width if width < gap else None
    least = [floor, *(whole_of(one) for one in (beyond,) if one is not None)]
    least += [] if search.value is None else [search.value]
    if not tight.feasible:
        if tight.exact:
            search.lower_bound(max(least))
        return Growth(search, linear, few, is_done=tight.exact)
    search.lower_bound(max(*least, whole_of(tight.bound)))
    return Growth(search, tight, binding(found, tight, MOST_PARENTS), paths, beyond, goal)


def _cut(search: Incumbent, relaxation: Relaxation, linear: Linear) -> tuple[Linear, Cuts | None]:
    """A tighter bound and reduced costs; the cuts that bind and are not dense go to CP-SAT."""
    work = cut_work(len(search.model.weight))
    if search.is_proved or search.meter.left < CUT_LEAVES * work:
        return linear, None
    if len(search.model.weight) > CUTS_FIRST:  # few rounds, so that `work` would be far too much
        rounds = min(ROUNDS, max(1, int(ROUND_PART * search.meter.left * ROUNDS / work)))
        linear, cuts = tighten(relaxation, linear, rounds, CUTS_OF_MANY)
        work = rounds * find_work(len(search.model.weight)) + relaxation.take_work()
    else:
        linear, cuts = tighten(relaxation, linear, least_gain=GAIN_OF_SMALL if is_small(search) else LEAST_GAIN)
        relaxation.take_work()  # is in `work`
    search.meter.spend(work)
    search.lower_bound(whole_of(linear.bound))
    return linear, binding(cuts, linear)


def _relax(search: Incumbent) -> tuple[Relaxation, Linear]:
    """The linear relaxation and its bound; with little budget only the bound and the reduced costs of some sweeps."""
    model, meter = search.model, search.meter
    columns = len(model.weight)
    most = SWEEPS_OF_SMALL if is_small(search) else SWEEPS if columns <= MANY else FEW_SWEEPS
    start = find_duals(model, min(most, int(SWEEP_PART * meter.left / sweep_work(columns))), lambda: meter.is_cut)
    meter.spend(start.sweeps * sweep_work(columns))
    search.lower_bound(whole_of(start.bound))
    search.offer(greedy(model, start.duals) if meter.wall_left > 0 else None)
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
    quick = QUICK_OF_LARGE if relaxation.is_large else QUICK
    found = dive(relaxation, linear, search.meter, quick if cuts is None and not relaxation.is_huge else DEEP)
    few = None if cuts is None else few_parents(cuts, MOST_PARENTS)
    columns = search.model.columns
    for stage in reversed(found.stages[1:] or found.stages):
        reduced = stage.linear.reduced[: columns.chains]
        best = best_of_nodes(np.arange(columns.chains), reduced, columns.post, BEST_OF_POST)
        chosen = np.unique(np.concatenate([best, stage.linear.support, linear.support, stage.fixed]))
        core = fixed_within(core_of(search.model, chosen, few), stage.fixed)
        if search.is_proved or not search_core(search, core, STAGE_PART * search.meter.left).is_exact:
            break
