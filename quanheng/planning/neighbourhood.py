"""What a plan leaves free when most of its chains stay: the chains of a plan, which lie near, what may then move."""

import numpy as np

from quanheng.planning.columns import NOWHERE, Flags, Ints
from quanheng.planning.core import Core, Floats, core_of, fixed_within
from quanheng.planning.rows import Model


def neighbourhood(core: Core, x: Floats, free: Ints) -> Core:
    """The columns of `core` that are possible while all moves of the plan `x` but those of `free` stay.

    `free`: columns of the plan, whole chains. A fixed chain may still grow at its end."""
    model = core.model
    moves = _moves(model)
    fixed = np.setdiff1d(np.flatnonzero(x[:moves] > 0.5), free)
    taken, filled = _people_of(model, fixed), _posts_of(model, fixed)
    candidates = core.columns[core.columns < moves]
    open_ = candidates[~_touches(model, candidates, taken, filled)]
    return fixed_within(core_of(model, _reachable(model, open_, fixed)), fixed)


def _reachable(model: Model, open_: Ints, fixed: Ints) -> Ints:
    """Of `open_`, the columns whose post is vacant at the start or can be opened at the position before (2)."""
    columns, places = model.columns, model.places
    plain = np.union1d(open_, fixed)
    plain = plain[plain < columns.chains]
    kept = [open_[open_ >= columns.chains]]
    free = places.vacant
    for position in range(1, len(columns.layers)):
        layer = plain[columns.position[plain] == position]
        layer = layer[free[columns.post[layer]]]
        kept.append(layer)
        home = places.home[columns.person[layer]]
        free = np.zeros_like(places.vacant)
        free[home[home != NOWHERE]] = True
    return np.setdiff1d(np.concatenate(kept), fixed)


def chains_of(model: Model, x: Floats) -> list[Ints]:
    """The columns of every chain and every exchange of a plan, in the order of their first columns."""
    columns, places = model.columns, model.places
    used = np.flatnonzero(x[: _moves(model)] > 0.5)
    at = {int(columns.post[column]): int(column) for column in used if column < columns.chains}
    chains = []
    for first in (column for column in at.values() if columns.position[column] == 1):
        chain, home = [first], int(places.home[columns.person[first]])
        while home != NOWHERE and home in at:
            chain.append(at[home])
            home = int(places.home[columns.person[at[home]]])
        chains.append(np.array(chain, dtype=np.int64))
    return [*chains, *(np.array([column]) for column in used if column >= columns.chains)]


def ties_between(core: Core, x: Floats, chains: list[Ints]) -> Floats:
    """(chains, chains): how many columns of the core lead from a person of one to a post of the other, both ways."""
    model = core.model
    of_person = np.full(len(model.problem.people), NOWHERE)
    of_post = np.full(len(model.problem.posts), NOWHERE)
    for number, chain in enumerate(chains):
        of_person[np.flatnonzero(_people_of(model, chain))] = number
        of_post[np.flatnonzero(_posts_of(model, chain))] = number
    candidates = core.columns[core.columns < model.columns.chains]
    tail, head = of_person[model.columns.person[candidates]], of_post[model.columns.post[candidates]]
    both = (tail >= 0) & (head >= 0) & (tail != head)
    ties = np.zeros((len(chains), len(chains)))
    np.add.at(ties, (tail[both], head[both]), 1)
    return ties + ties.T


def near(ties: Floats, start: int, count: int, random: np.random.Generator) -> Ints:
    """`count` chains around one: each next is drawn by its ties to those already there."""
    chosen = [start]
    weight = ties[start] + 0.05
    weight[start] = 0
    while len(chosen) < min(count, len(ties)):
        drawn = int(random.choice(len(ties), p=weight / weight.sum()))
        chosen.append(drawn)
        weight = weight + ties[drawn]
        weight[chosen] = 0
    return np.array(chosen, dtype=np.int64)


def _moves(model: Model) -> int:
    return len(model.weight) - len(model.shortfalls)


def _people_of(model: Model, columns: Ints) -> Flags:
    flags = np.zeros(len(model.problem.people), dtype=bool)
    flags[model.columns.seats.person[model.columns.seats_of(columns)[1]]] = True
    return flags


def _posts_of(model: Model, columns: Ints) -> Flags:
    flags = np.zeros(len(model.problem.posts), dtype=bool)
    flags[model.columns.seats.post[model.columns.seats_of(columns)[1]]] = True
    return flags


def _touches(model: Model, columns: Ints, taken: Flags, filled: Flags) -> Flags:
    """Of each column whether one of its people moves already or one of its posts is filled."""
    index, seat = model.columns.seats_of(columns)
    seats = model.columns.seats
    hit = taken[seats.person[seat]] | filled[seats.post[seat]]
    flags = np.zeros(len(columns), dtype=bool)
    flags[index[hit]] = True
    return flags
