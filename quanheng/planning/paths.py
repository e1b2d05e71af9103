"""Whole chains as columns, where few are left: what one move costs against the bound adds up along its chain.

By the duals of the relaxation a plan is worth at most bound + Σ reduced costs of its columns − Σ duals of the rows (2)
it leaves slack (a post opened and not filled). So a plan better than the best so far holds only chains whose own sum
is within the gap: hundreds or thousands, fewer than single moves within it, and without the fractions that rows (2)
leave. Their relaxation with cuts of its own is tighter; route enumeration, Baldacci, Christofides and Mingozzi 2008.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.columns import NOWHERE, Ints
from quanheng.planning.cuts import Cuts, no_cuts, tighten
from quanheng.planning.linear import Linear, Relaxation
from quanheng.planning.rows import Model

Floats = npt.NDArray[np.float64]

PATH_LIMIT = 12_000  # chains and exchanges of one program
OPEN_LIMIT = 1_000_000  # beginnings of chains looked at for one position
SLACK = 1e-6
ROUNDS = 14  # of cuts; they cost little here
LEAST_GAIN = 2e-5  # of the bound; a round that gives less is the last


@dataclass(frozen=True)
class Paths:
    """`program`: max and rows as a Model, columns chains, exchanges, then shortfalls; `linear` has no part in it.

    `uses` is (columns of the model, columns of the program), 0 or 1: x of the model = uses · x of the program."""

    program: Model
    uses: sparse.csc_matrix

    def within(self, x: Floats) -> Floats:
        """A plan over the model's columns as one over those of the program, as far as its chains are there."""
        own = np.zeros(self.uses.shape[1])
        size = np.diff(self.uses.indptr)
        inside = np.flatnonzero(np.asarray(self.uses.T @ np.minimum(x, 1)).ravel() == size)
        covered = np.zeros(len(x), dtype=bool)
        for column in inside[np.argsort(-size[inside], kind="stable")].tolist():
            parts = self.uses.indices[self.uses.indptr[column] : self.uses.indptr[column + 1]]
            if not covered[parts].any():
                covered[parts], own[column] = True, x[parts[0]]
        return own


def paths_within(model: Model, linear: Linear, width: float, limit: int = PATH_LIMIT) -> Paths | None:
    """All chains and exchanges that a plan worth at least linear.bound − `width` can hold; None when over `limit`."""
    blocks = list(_chains(model, linear, width + SLACK, limit)) if len(model.columns.layers) > 1 else []
    first, last = model.columns.chains, len(model.weight) - len(model.shortfalls)
    closed = first + np.flatnonzero(linear.reduced[first:last] >= -width - SLACK)
    count = sum(map(len, blocks)) + len(closed)
    if count > limit or any(not block.shape[1] for block in blocks):
        return None
    blocks = [*blocks, closed[:, None], np.arange(last, len(model.weight))[:, None]]
    size = np.concatenate([np.full(len(block), block.shape[1]) for block in blocks])
    start = np.concatenate([[0], np.cumsum(size)])
    index = np.concatenate([block.ravel() for block in blocks])
    uses = sparse.csc_matrix((np.ones(len(index)), index, start), shape=(len(model.weight), len(size)))
    return Paths(_program(model, uses), uses)


class PathRelaxation(Relaxation):
    """All columns are inside from the start, so that none is ever priced."""

    def __init__(self, paths: Paths) -> None:
        super().__init__(paths.program, np.zeros(len(paths.program.upper)))

    def _first_columns(self) -> Ints:
        return np.arange(len(self.model.weight))


def tighten_paths(paths: Paths, cuts: Cuts | None, rounds: int = ROUNDS) -> tuple[Linear, Cuts, float]:
    """The relaxation over chains with the cuts of the model and more of its own; all its cuts; the work it took.

    Not feasible: no plan consists of these chains."""
    relaxation = PathRelaxation(paths)
    found = None
    if cuts is not None:
        found = Cuts(sparse.csr_matrix(cuts.rows @ paths.uses), cuts.upper, cuts.parents)
        relaxation.add_cuts(found.rows, found.upper)
    linear, all_cuts = relaxation.solve(), found or no_cuts(relaxation)
    if linear.exact and linear.feasible:
        linear, all_cuts = tighten(relaxation, linear, rounds, found=all_cuts, least_gain=LEAST_GAIN)
    return linear, all_cuts, relaxation.take_work()


def _program(model: Model, uses: sparse.csc_matrix) -> Model:
    """Rows (2) hold along every chain."""
    rows = np.flatnonzero(model.number != 2)
    return replace(
        model,
        weight=np.asarray(uses.T @ model.weight).ravel(),
        limit=np.concatenate([np.ones(uses.shape[1] - len(model.shortfalls)), _limits(model)]),
        matrix=sparse.csc_matrix(model.matrix.tocsr()[rows] @ uses),
        upper=model.upper[rows],
        equal=model.equal[rows],
        number=model.number[rows],
    )


def _limits(model: Model) -> Floats:
    return model.limit[len(model.limit) - len(model.shortfalls) :]


def _chains(model: Model, linear: Linear, width: float, limit: int) -> Iterator[Ints]:
    """By length: (n, length) columns of every chain within the width; a block without columns: too many."""
    costs = _costs(model, linear)
    columns, home = model.columns, model.places.home
    first = np.arange(columns.layers[1])
    paths = first[costs.least[first] <= width][:, None]
    spent = costs.own[paths[:, 0]]
    count = 0
    for position in range(1, len(columns.layers)):
        done = spent + costs.end[paths[:, -1]] <= width
        count += int(done.sum())
        yield paths[done]
        if position + 1 == len(columns.layers) or not len(paths):
            return
        layer = np.arange(*columns.layers[position : position + 2])
        layer = layer[costs.least[layer] <= width]
        follow = _follow(home[columns.person[paths[:, -1]]], columns.post[layer])
        if follow is None or count > limit:
            yield np.zeros((1, 0), dtype=np.int64)
            return
        row, column = follow[0], layer[follow[1]]
        fits = spent[row] + costs.least[column] <= width
        row, column = row[fits], column[fits]
        fresh = (columns.person[paths[row]] != columns.person[column][:, None]).all(axis=1)
        paths = np.column_stack([paths[row[fresh]], column[fresh]])
        spent = spent[row[fresh]] + costs.own[column[fresh]]


@dataclass(frozen=True)
class _Costs:
    """By chain column, all ≥ 0: of itself, of ending after it, and the least of it with any end."""

    own: Floats
    end: Floats
    least: Floats


def _costs(model: Model, linear: Linear) -> _Costs:
    columns, depth, posts = model.columns, len(model.columns.layers), len(model.problem.posts)
    price = np.zeros((posts + 1, depth + 1))  # duals of (1) and (2) by post and position; the last post is NOWHERE
    price[model.node_post, model.node_position] = np.maximum(linear.duals[: model.first_seat_row], 0)
    price[:, depth:] = 0
    price[NOWHERE] = 0
    home = model.places.home[columns.person]
    own = np.maximum(-linear.reduced[: columns.chains], 0)
    end = price[home, columns.position + 1]
    least = own + end
    cheapest = np.full((posts + 1, depth + 1), np.inf)
    for position in range(depth - 1, 0, -1):
        layer = np.arange(*columns.layers[position - 1 : position + 1])
        onward = np.where(home[layer] >= 0, cheapest[home[layer], position + 1], np.inf)
        least[layer] = own[layer] + np.minimum(end[layer], onward)
        np.minimum.at(cheapest[:, position], columns.post[layer], least[layer])
    return _Costs(own, end, least)


def _follow(opened: Ints, posts: Ints) -> tuple[Ints, Ints] | None:
    """For each opened post (NOWHERE: none) the places in the rising `posts` where it stands: (index, place)."""
    first, last = np.searchsorted(posts, opened), np.searchsorted(posts, opened, side="right")
    count = np.where(opened >= 0, last - first, 0)
    if count.sum() > OPEN_LIMIT:
        return None
    row = np.repeat(np.arange(len(opened)), count)
    return row, first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
