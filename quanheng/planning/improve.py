"""Neighbourhood search in the core: most chains of the plan stay, some that lie near one another are planned anew."""

import numpy as np

from quanheng.planning.core import Core, core_of
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.linear import Linear
from quanheng.planning.neighbourhood import chains_of, near, neighbourhood, ties_between
from quanheng.planning.proof import SLACK, search_core

MORE, FEWER = 1.15, 0.85  # after a neighbourhood that was done with in time, or not
WORK = 1.0  # units for one neighbourhood
FEW_MOVES = 60  # a plan of no more is left to the cores
IDLE = 12  # neighbourhoods of all chains without a better plan, then it is enough
COLUMNS_PER_POST = 8  # of the core


def improve(search: Incumbent, linear: Linear, work: float) -> None:
    """Spends `work` units at most on a better plan; nothing without a first one of many chains."""
    moves = len(search.model.weight) - len(search.model.shortfalls)
    if search.x is None or np.count_nonzero(search.x[:moves]) < FEW_MOVES:
        return
    random, core = search.random, _core(search, linear)
    end, count, tried = search.meter.spent + work, search.free_chains, 0.0
    chains = chains_of(search.model, search.x)
    ties = ties_between(core, search.x, chains)
    while not search.is_proved and search.meter.left > 0 and search.meter.spent < end and tried < IDLE * len(chains):
        free = near(ties, int(random.integers(len(chains))), round(count), random)
        part = neighbourhood(core, search.x, np.concatenate([chains[number] for number in free]))
        before = search.value
        found = search_core(search, part, WORK, tell=False)
        search.meter.spend(NEIGHBOURHOOD_RATE * len(core.columns))
        tried += len(free)
        if search.value != before:
            core, tried = _core(search, linear), 0.0
            chains = chains_of(search.model, search.x)
            ties = ties_between(core, search.x, chains)
        count = search.free_chains = min(len(chains), max(3.0, count * (MORE if found.is_exact else FEWER)))
        if found.is_exact and len(free) == len(chains):
            break


def _core(search: Incumbent, linear: Linear) -> Core:
    """Columns that can be in a better plan, the best by reduced cost."""
    moves = len(search.model.weight) - len(search.model.shortfalls)
    reduced = linear.reduced[:moves]
    assert search.value is not None
    useful = np.flatnonzero(reduced >= search.value + 1 - linear.bound - SLACK)
    most = COLUMNS_PER_POST * len(search.model.problem.posts)
    return core_of(search.model, np.sort(useful[np.argsort(-reduced[useful], kind="stable")[:most]]))


NEIGHBOURHOOD_RATE = 4e-6  # units for one column of the core, to build a neighbourhood
