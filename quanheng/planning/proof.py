"""From a core to a plan, a bound and a proof: the steps that solve.py puts together."""

import numpy as np

from quanheng.planning.budget import CP_SAT_RATE
from quanheng.planning.columns import Ints
from quanheng.planning.core import FREE, Core, Effort, Found, best_of_core, core_of, smallest_of_core
from quanheng.planning.cuts import Cuts
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.linear import Linear
from quanheng.planning.rows import Model

CORE_PER_POST = 4  # columns of the first core
CORE_LIMIT = 7_000  # columns beyond which CP-SAT gets nowhere
GROWTH = 1.6  # from core to core
SLACK = 1e-6
TIE_WORK = 2.0


def search_core(search: Incumbent, core: Core, work: float) -> Found:
    """Looks for a plan of the core that is worth more than the best so far, with `work` units at most.

    `bound` of what is found: no plan of the core is worth more, the best so far included."""
    found = best_of_core(
        core,
        effort(search, work),
        hint=search.x,
        at_least=None if search.value is None else search.value + 1,
        on_better=lambda x, _: search.offer(x) or True,
    )
    search.meter.spend(found.work * CP_SAT_RATE)
    search.offer(found.x)
    if found.bound is None and not found.is_exact:
        return found
    bound = max((bound for bound in (found.bound, search.value) if bound is not None), default=None)
    return Found(found.x, bound, found.is_exact, found.work)


def grow_cores(search: Incumbent, linear: Linear, cuts: Cuts | None, part: float) -> None:
    """Searches growing cores around the linear optimum, until one that holds every better plan is done with, or one is
    too hard for `part` of what is left.

    A plan that uses column j is worth at most bound + reduced cost of j. So a core that is done with bounds all plans:
    who leaves it pays at least the reduced cost of the nearest column outside."""
    size = CORE_PER_POST * len(search.model.problem.posts)
    while not search.is_proved and search.meter.left > 0:
        chosen, outside = core_within(search, linear, size)
        core = core_of(search.model, chosen, cuts)
        found = search_core(search, core, search.meter.left * part)
        if not found.is_exact:
            break
        if outside is not None:
            search.lower_bound(max(search.value or -FREE, whole_of(linear.bound + outside)))
        elif search.value is None:
            search.is_infeasible = search.model.is_complete
        else:
            search.lower_bound(search.value)
        if len(core.columns) >= CORE_LIMIT:
            break
        size = round(GROWTH * size)


def core_within(search: Incumbent, linear: Linear, size: int) -> tuple[Ints, float | None]:
    """The `size` columns of the highest reduced cost, and the highest one outside; None when no plan that uses a column
    outside can be better than the best so far."""
    moves = len(search.model.weight) - len(search.model.shortfalls)
    reduced = linear.reduced[:moves]
    width = np.inf if search.value is None else linear.bound - search.value - 1
    useful = np.flatnonzero(reduced >= -width - SLACK)
    if len(useful) <= min(size, CORE_LIMIT):
        return useful, None
    order = useful[np.argsort(-reduced[useful], kind="stable")]
    count = min(size, CORE_LIMIT)
    return np.sort(order[:count]), float(reduced[order[count]])


def settle_ties(search: Incumbent, linear: Linear) -> None:
    """In the core of all plans that are worth as much as the best; the first search has its core whole."""
    if search.value is not None:
        equals = np.flatnonzero(linear.reduced >= search.value - linear.bound - SLACK)
        break_ties(search, core_of(search.model, equals), min(search.meter.left, TIE_WORK))


def effort(search: Incumbent, work: float) -> Effort:
    """Units of the meter as deterministic time."""
    meter = search.meter
    return Effort(min(work, meter.left) / CP_SAT_RATE, meter.wall_left, meter.budget.seed)


def break_ties(search: Incumbent, core: Core, work: float) -> None:
    """The plan of the smallest Σ (person index + post index) among the plans of the core worth as much (ruling 9).

    Only where the optimum is proved and the core holds all optimal plans does this decide every tie."""
    if search.x is None or search.value is None:
        return
    cost = tie_costs(search.model)
    found = smallest_of_core(core, effort(search, work), cost=cost, value=search.value, hint=search.x)
    search.meter.spend(found.work * CP_SAT_RATE)
    search.offer(found.x)
    search.notes["tie"] = "proved" if found.is_exact else "smallest found"


def tie_costs(model: Model) -> Ints:
    """By column, the sum of the person and post indices of its moves; 0 for shortfalls."""
    columns = model.columns
    of_seat = columns.seats.person + columns.seats.post
    parts = [of_seat[columns.seat], columns.exchanges.sums(of_seat), np.zeros(len(model.shortfalls), dtype=np.int64)]
    return np.concatenate(parts)


def whole_of(value: float) -> int:
    """A bound of a linear program as one on whole values: rounded down, with room for what floats have lost."""
    return int(np.floor(value + 1e-6 * max(1.0, abs(value)) ** 0.5))
