"""Neighbourhood search in the core: most chains of the plan stay, some that lie near one another are planned anew."""

import numpy as np

from quanheng.planning.budget import search_work
from quanheng.planning.columns import Ints
from quanheng.planning.core import Core, Floats, core_of
from quanheng.planning.incumbent import Incumbent
from quanheng.planning.linear import Linear
from quanheng.planning.neighbourhood import chains_of, near, neighbourhood, ties_between
from quanheng.planning.proof import SLACK, search_core

MORE, FEWER = 1.15, 0.8  # after a neighbourhood that was done with in time, or not
WORK = 1.1  # deterministic time of CP-SAT for one neighbourhood
ENOUGH = 0.4  # of it: a larger neighbourhood would often not be done with, and what is not seldom brings anything
FEW_MOVES = 60  # a plan of no more is left to the cores
IDLE = 12  # neighbourhoods of all chains without a better plan, then it is enough
PULLED = 0.5  # part of the neighbourhoods that are drawn where the plan leaves the linear optimum
KEPT = 0.15  # weight of a chain that the linear optimum has, of 1 for one that it has not
COLUMNS_PER_POST = 8  # of the core


def improve(search: Incumbent, linear: Linear, work: float) -> None:
    """Spends `work` units at most on a better plan; nothing without a first one of many chains."""
    moves = len(search.model.weight) - len(search.model.shortfalls)
    if search.x is None or np.count_nonzero(search.x[:moves]) < FEW_MOVES:
        return
    random, core = search.random, _core(search, linear)
    end, count, tried = search.meter.spent + work, search.free_chains, 0.0
    chains, work_of_one = chains_of(search.model, search.x), search_work(WORK, len(search.model.weight))
    pull, ties = _pull(linear, chains), ties_between(core, search.x, chains)
    while not search.is_proved and search.meter.left > 0 and search.meter.spent < end and tried < IDLE * len(chains):
        drawn = pull if random.random() < PULLED else np.ones(len(chains))  # else the same ones again and again
        start = int(random.choice(len(chains), p=drawn / drawn.sum()))
        free = near(ties * drawn, start, round(count), random)
        part = neighbourhood(core, search.x, np.concatenate([chains[number] for number in free]))
        before = search.value
        found = search_core(search, part, work_of_one, tell=False)
        search.meter.spend(NEIGHBOURHOOD_RATE * len(core.columns))
        tried += len(free)
        if search.value != before:
            core, tried = _core(search, linear), 0.0
            chains = chains_of(search.model, search.x)
            pull, ties = _pull(linear, chains), ties_between(core, search.x, chains)
        change = FEWER if not found.is_exact else MORE if found.work < ENOUGH * WORK else 1.0
        count = search.free_chains = min(len(chains), max(3.0, count * change))
        if found.is_exact and len(free) == len(chains):
            break


def _pull(linear: Linear, chains: list[Ints]) -> Floats:
    """Of each chain: one that the linear optimum has whole is likely right, and seldom planned anew."""
    return np.array([KEPT + 1 - min(1.0, float(linear.x[chain].min())) for chain in chains])


def _core(search: Incumbent, linear: Linear) -> Core:
    """Columns that can be in a better plan, the best by reduced cost."""
    moves = len(search.model.weight) - len(search.model.shortfalls)
    reduced = linear.reduced[:moves]
    assert search.value is not None
    useful = np.flatnonzero(reduced >= search.value + 1 - linear.bound - SLACK)
    most = COLUMNS_PER_POST * len(search.model.problem.posts)
    return core_of(search.model, np.sort(useful[np.argsort(-reduced[useful], kind="stable")[:most]]))


NEIGHBOURHOOD_RATE = 4e-6  # units for one column of the core, to build a neighbourhood
