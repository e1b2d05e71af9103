"""From a core to a plan, a bound and a proof: the steps that solve.py puts together."""

from dataclasses import dataclass, field

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
TIE_WORK, TIE_PART = 0.2, 0.25  # at least, and of what has been spent


def search_core(search: Incumbent, core: Core, work: float, *, tell: bool = True) -> Found:
    """Looks for a plan of the core that is worth more than the best so far, with `work` units at most.

    `tell`: every better plan is offered at once, not only the last.
    `bound` of what is found: no plan of the core is worth more, the best so far included."""
    found = best_of_core(
        core,
        effort(search, work),
        hint=search.x,
        at_least=None if search.value is None else search.value + 1,
        on_better=(lambda x, _: search.offer(x) or True) if tell else None,
    )
    search.meter.spend(found.work * CP_SAT_RATE)
    search.offer(found.x)
    if found.bound is None and not found.is_exact:
        return found
    bound = max((bound for bound in (found.bound, search.value) if bound is not None), default=None)
    return Found(found.x, bound, found.is_exact, found.work)


@dataclass
class Growth:
    """State: cores around the linear optimum that grow, until one that holds every better plan is done with.

    A plan that uses column j is worth at most bound + reduced cost of j. So a core that is done with bounds all plans:
    who leaves it pays at least the reduced cost of the nearest column outside."""

    search: Incumbent
    linear: Linear
    cuts: Cuts | None
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = CORE_PER_POST * len(self.search.model.problem.posts)

    def run(self, part: float) -> None:
        """One core after the other, each with `part` of what is left, until one is too hard or too large."""
        search = self.search
        while not search.is_proved and search.meter.left > 0:
            chosen, outside = core_within(search, self.linear, self.size)
            if len(chosen) > CORE_LIMIT:
                break
            core = core_of(search.model, chosen, self.cuts)
            if not search_core(search, core, search.meter.left * part).is_exact:
                break
            self._settle(outside)
            self.size = round(GROWTH * self.size)

    def _settle(self, outside: float | None) -> None:
        """No plan of the core is better than the best so far."""
        search = self.search
        if outside is not None:
            search.lower_bound(max(search.value or -FREE, whole_of(self.linear.bound + outside)))
        elif search.value is None:
            search.is_infeasible = search.model.is_complete
        else:
            search.lower_bound(search.value)


def core_within(search: Incumbent, linear: Linear, size: int) -> tuple[Ints, float | None]:
    """The `size` columns of the highest reduced cost, and the highest one outside; None when no plan that uses a column
    outside can be better than the best so far."""
    moves = len(search.model.weight) - len(search.model.shortfalls)
    reduced = linear.reduced[:moves]
    width = np.inf if search.value is None else linear.bound - search.value - 1
    useful = np.flatnonzero(reduced >= -width - SLACK)
    if len(useful) <= size:
        return useful, None
    order = useful[np.argsort(-reduced[useful], kind="stable")]
    return np.sort(order[:size]), float(reduced[order[size]])


def settle_ties(search: Incumbent, linear: Linear) -> None:
    """In the core of all plans that are worth as much as the best; the first search has its core whole."""
    if search.value is not None:
        equals = np.flatnonzero(linear.reduced >= search.value - linear.bound - SLACK)
        break_ties(search, core_of(search.model, equals), max(TIE_WORK, TIE_PART * search.meter.spent))


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
