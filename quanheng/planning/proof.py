"""From a core to a plan, a bound and a proof: the steps that solve.py puts together."""

import numpy as np

from quanheng.planning.budget import CP_SAT_RATE
from quanheng.planning.columns import Ints
from quanheng.planning.core import Core, Effort, Floats, Found, best_of_core, smallest_of_core
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.rows import Model


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


def price(model: Model, duals: Floats) -> Floats:
    """Reduced costs of all columns: positive where the column could still help."""
    return np.asarray(model.weight - duals @ model.matrix)
