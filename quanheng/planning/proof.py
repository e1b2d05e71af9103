"""From a core to a plan, a bound and a proof: the steps that solve.py puts together."""

from dataclasses import dataclass, field

import numpy as np

from quanheng.planning.budget import search_work
from quanheng.planning.columns import Ints
from quanheng.planning.core import FREE, Core, Effort, Found, best_of_core, core_of, smallest_of_core
from quanheng.planning.cuts import Cuts
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.linear import Linear
from quanheng.planning.paths import Paths
from quanheng.planning.rows import Floats, Model

CORE_PER_SUPPORT = 4  # columns of the first core for each in use at the linear optimum
CORE_LIMIT = 7_000  # columns beyond which CP-SAT gets nowhere
GROWTH = 1.6  # from core to core
ALL_PATHS = 6_000  # chains that CP-SAT gets at once
NEARLY_ALL = 1.3  # times the size of a core: then all useful columns are taken at once
PATHS_RATE = 0.8  # of the units that its deterministic time is worth elsewhere: nothing is looked for but conflicts
CALL_RATE, CALL_LIMIT = 3e-5, 100_000  # units for one column of a core, to build it; of larger problems, their
# neighbourhoods count that themselves
SLACK = 1e-6
TIE_WORK, TIE_PART = 0.2, 0.1  # at least, and of what has been spent


def search_core(
    search: Incumbent,
    core: Core,
    work: float,
    *,
    tell: bool = True,
    paths: Paths | None = None,
    goal: int | None = None,
) -> Found:
    """Looks for a plan of the core that is worth more than the best so far, with `work` units at most.

    `tell`: every better plan is offered at once, not only the last. `paths`: the core is one of their program.
    `goal`: only plans worth more than that, too.
    `bound` of what is found: no plan of the core is worth more, the best so far included."""

    def offer(x: Floats | None) -> bool:
        return search.offer(x if paths is None or x is None else paths.uses @ x)

    rate = 1.0 if paths is None else PATHS_RATE
    x = search.x if goal is None else search.hint  # a plan far below the goal leads away from it
    found = best_of_core(
        core,
        effort(search, work / rate),
        hint=x if paths is None or x is None else paths.within(x),
        at_least=None if (floor := _higher(search.value, goal)) is None else floor + 1,
        on_better=(lambda x, _: offer(x) or True) if tell else None,
    )
    columns = len(search.model.weight)
    search.meter.spend(search_work(found.work, columns) * rate)
    search.meter.spend(CALL_RATE * len(core.columns) if columns <= CALL_LIMIT else 0.0)
    offer(found.x)
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
    paths: Paths | None = None  # `linear` and `cuts` are those of their program
    beyond: float | None = None  # no plan with a chain outside `paths` is worth more; None: it is no better
    goal: int | None = None  # plans worth no more are not looked for
    is_done: bool = False  # nothing is left to look at in here
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = CORE_PER_SUPPORT * len(self.linear.support)

    def run(self, part: float) -> None:
        """One core after the other, each with `part` of what is left, until one is too hard or too large."""
        search = self.search
        while not search.is_proved and not self.is_done and search.meter.left > 0:
            model = self.paths.program if self.paths else search.model
            chosen, outside = core_within(
                _higher(search.value, self.goal), model, self.linear, self.size, ALL_PATHS if self.paths else 0
            )
            if len(chosen) > CORE_LIMIT:
                break
            core = core_of(model, chosen, self.cuts)
            if not search_core(search, core, search.meter.left * part, paths=self.paths, goal=self.goal).is_exact:
                break
            self._settle(outside)
            self.is_done = outside is None
            self.size = round(GROWTH * self.size)

    def _settle(self, outside: float | None) -> None:
        """No plan of the core is better than the best so far and the goal."""
        search, floor = self.search, _higher(self.search.value, self.goal)
        beyond = None if outside is None else self.linear.bound + outside
        others = [bound for bound in (beyond, self.beyond) if bound is not None]
        if others:
            search.lower_bound(max(-FREE if floor is None else floor, whole_of(max(others))))
        elif floor is None:
            search.is_infeasible = search.model.is_complete
        else:
            search.lower_bound(floor)


def _higher(value: int | None, goal: int | None) -> int | None:
    return max((one for one in (value, goal) if one is not None), default=None)


def core_within(
    value: int | None, model: Model, linear: Linear, size: int, at_once: int = 0
) -> tuple[Ints, float | None]:
    """The `size` columns of the highest reduced cost, and the highest one outside; None when no plan that uses a column
    outside can be worth more than `value`. Not many more than `size`, and up to `at_once`, are taken all."""
    moves = len(model.weight) - len(model.shortfalls)
    reduced = linear.reduced[:moves]
    width = np.inf if value is None else linear.bound - value - 1
    useful = np.flatnonzero(reduced >= -width - SLACK)
    if len(useful) <= max(NEARLY_ALL * size, at_once):
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
    return Effort(
        min(work, meter.left) / search_work(1.0, len(search.model.weight)), meter.wall_left, meter.budget.seed
    )


def break_ties(search: Incumbent, core: Core, work: float) -> None:
    """The plan of the smallest Σ (person index + post index) among the plans of the core worth as much (ruling 9).

    Only where the optimum is proved and the core holds all optimal plans does this decide every tie."""
    if search.x is None or search.value is None:
        return
    cost = tie_costs(search.model)
    found = smallest_of_core(core, effort(search, work), cost=cost, value=search.value, hint=search.x)
    search.meter.spend(search_work(found.work, len(search.model.weight)))
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
