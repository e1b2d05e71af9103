"""Duals of all rows in little time: rows (3)…(8) are relaxed, chains are the longest paths of a layered graph.

One evaluation is one sweep from the last position to the first. The prices of (3)…(8) follow a subgradient whose
direction is averaged over the evaluations, as in the volume algorithm (Barahona and Anbil 2000).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from quanheng.planning.columns import Flags, Ints
from quanheng.planning.rows import Model

Floats = npt.NDArray[np.float64]

SWEEPS = 400
PATIENCE = 15  # sweeps without a better bound before the target comes nearer
MEMORY = 0.5  # weight of the earlier directions


@dataclass(frozen=True)
class Start:
    """Duals of all rows of the model and the bound they prove: no plan is worth more than `bound`."""

    duals: Floats
    bound: float
    sweeps: int


def find_duals(model: Model, sweeps: int = SWEEPS, is_over: Callable[[], bool] = lambda: False) -> Start:
    """Deterministic, unless the wall says that it `is_over` before the sweeps are done. Duals are ≥ 0 but for
    equations; no chain column has a positive reduced cost under them.

    Cost: a sweep takes L passes over the seats, about 1 ms for 56,000."""
    relaxed = _Relaxed(model)
    search = _Search(relaxed)
    for _ in range(sweeps):
        if search.is_done() or is_over():
            break
        search.step()
    return Start(relaxed.all_duals(search.best.prices), search.best.bound, search.count)


def repaired(model: Model, duals: Floats, matrix: sparse.csc_matrix, usable: Flags) -> Floats:
    """The duals with those of (1) and (2) as the others want them: what it is worth to fill the post at that position.

    `matrix`: the rows of the model, then any others, as many as duals. Afterwards no chain column that is `usable` has
    a positive reduced cost; so the duals of a program over some columns get to a bound over all of them."""
    columns, home = model.columns, model.places.home
    prices = duals.copy()
    prices[: model.first_seat_row] = 0
    worth = np.where(usable, model.weight - matrix.T @ prices, -np.inf)
    values: list[Floats] = []
    value = np.zeros(len(model.problem.posts) + 1)  # the last is NOWHERE
    for first, last in zip(columns.layers[-2::-1], columns.layers[:0:-1], strict=True):
        seats = columns.seat[first:last]
        through = worth[first:last] + value[home[columns.seats.person[seats]]]
        posts, start = np.unique(columns.seats.post[seats], return_index=True)
        value = np.zeros_like(value)
        value[posts] = np.maximum(np.maximum.reduceat(through, start), 0)
        values.insert(0, value[:-1])
    if values:
        prices[: model.first_seat_row] = np.array(values)[model.node_position - 1, model.node_post]
    return prices


@dataclass(frozen=True)
class _Point:
    prices: Floats  # of rows (3)…(8)
    bound: float
    slope: Floats  # upper − left side of the best relaxed plan


class _Relaxed:
    """The problem without rows (3)…(8)."""

    def __init__(self, model: Model) -> None:
        columns, places = model.columns, model.places
        self.model = model
        self.upper = model.upper[model.first_seat_row :]
        self.equal = model.equal[model.first_seat_row :]
        self.rows = model.seat_matrix
        self.across = sparse.csr_matrix(model.seat_matrix.T)
        self.home = places.home[columns.seats.person] if len(columns.seats) else columns.seats.person
        self.posts, self.first = np.unique(columns.seats.post, return_index=True)
        self.group = np.repeat(np.arange(len(self.posts)), np.diff(np.append(self.first, len(columns.seats))))
        self.depth = len(columns.layers) - 1
        self.starts = np.flatnonzero(places.vacant[self.posts]) if len(self.posts) else self.posts
        moves = columns.chains + len(columns.exchanges)
        self.shortfalls = sparse.csr_matrix(model.matrix[model.first_seat_row :, moves:])
        self.cost, self.most = model.weight[moves:], model.limit[moves:]
        self.price_limit = self._price_limit()

    def _price_limit(self) -> Floats:
        """A soft row costs at most its rule's cost a unit, a hard one any price."""
        limit = np.full(len(self.upper), np.inf)
        for shortfall in self.model.shortfalls:
            limit[list(shortfall.rows)] = shortfall.cost / shortfall.step
        return limit

    def evaluate(self, prices: Floats) -> _Point:
        """The bound at these prices and one of its slopes."""
        worth = self.model.columns.seats.weight - self.across @ prices
        used, total = self._chains(worth)
        exchange_worth = self.model.columns.exchanges.sums(worth)
        chosen = np.flatnonzero(exchange_worth > 0)
        for exchange in chosen.tolist():
            used[self._seats(exchange)] += 1
        short_worth = self.cost - self.shortfalls.T @ prices
        short = np.where(short_worth > 0, self.most, 0)
        total += float(exchange_worth[chosen].sum() + short_worth @ short + prices @ self.upper)
        slope = self.upper - self.rows @ used - self.shortfalls @ short
        return _Point(prices, self.model.constant + total, slope)

    def _seats(self, exchange: int) -> Ints:
        exchanges = self.model.columns.exchanges
        return exchanges.seat[exchanges.start[exchange] : exchanges.start[exchange + 1]]

    def _chains(self, worth: Floats) -> tuple[Floats, float]:
        """How often the best chains use every seat, and what they are worth."""
        used = np.zeros(len(worth))
        if not self.depth:
            return used, 0.0
        values, reached = self.sweep(worth)
        filled = np.zeros(len(values[0]))
        filled[self.posts[self.starts]] = 1
        for position in range(self.depth):
            filled = np.where(values[position] > 0, filled, 0)
            filled = self._fill(filled, reached[position], used)
        return used, float(values[0][self.posts[self.starts]].sum())

    def _fill(self, filled: Floats, reached: Floats, used: Floats) -> Floats:
        """Adds the best seat of each filled post to `used`; returns the posts these seats open."""
        best = np.flatnonzero(reached >= np.maximum.reduceat(reached, self.first)[self.group])
        chosen = np.zeros(len(self.posts), dtype=np.int64)
        chosen[self.group[best[::-1]]] = best[::-1]
        times = filled[self.posts]
        active = times > 0
        seats, times = chosen[active], times[active]
        used[seats] += times
        opened = self.home[seats]
        return np.bincount(opened[opened >= 0], times[opened >= 0], len(filled)).astype(np.float64)

    def sweep(self, worth: Floats) -> tuple[list[Floats], list[Floats]]:
        """By position from the first: what filling each post is worth at best (≥ 0), and what each seat comes to."""
        value = np.zeros(len(self.model.places.vacant) + 1)  # the last is NOWHERE
        values, reached = [], []
        for _ in range(self.depth):
            through = worth + value[self.home]
            value = np.zeros_like(value)
            value[self.posts] = np.maximum(np.maximum.reduceat(through, self.first), 0)
            values.append(value[:-1])
            reached.append(through)
        return values[::-1], reached[::-1]

    def all_duals(self, prices: Floats) -> Floats:
        """With those of (1) and (2): what it is worth to fill the post at that position."""
        if not self.depth:
            return prices
        values = np.array(self.sweep(self.model.columns.seats.weight - self.across @ prices)[0])
        return np.concatenate([values[self.model.node_position - 1, self.model.node_post], prices])


class _Search:
    """Subgradient with a target below the best bound that comes nearer when nothing improves."""

    def __init__(self, relaxed: _Relaxed) -> None:
        self.relaxed = relaxed
        self.best = self.here = relaxed.evaluate(np.zeros(len(relaxed.upper)))
        self.direction = self.best.slope
        self.reach = max(1.0, 0.05 * abs(self.best.bound - relaxed.model.constant))
        self.since, self.count = 0, 1

    def is_done(self) -> bool:
        return not self.direction.any() or self.reach < 1e-4 * max(1.0, abs(self.best.bound))

    def step(self) -> None:
        way = self._open(self.direction)
        length = (self.reach + self.here.bound - self.best.bound) / max(1e-9, float(way @ way))
        self.here = self.relaxed.evaluate(self._projected(self.here.prices - length * way))
        self.direction = MEMORY * self.direction + (1 - MEMORY) * self.here.slope
        self.count += 1
        self.since += 1
        if self.here.bound < self.best.bound:
            is_much = self.here.bound < self.best.bound - 1e-3 * self.reach
            self.best, self.since = self.here, 0 if is_much else self.since
        if self.since > PATIENCE:
            self.reach, self.since = self.reach / 2, 0
            self.here, self.direction = self.best, self.best.slope

    def _open(self, direction: Floats) -> Floats:
        """Without what would leave the prices allowed: slack rows at price 0 would drown all others."""
        prices = self.here.prices
        falls = (prices <= 0) & (direction > 0) & ~self.relaxed.equal
        rises = (prices >= self.relaxed.price_limit) & (direction < 0)
        return np.where(falls | rises, 0, direction)

    def _projected(self, prices: Floats) -> Floats:
        prices = np.minimum(prices, self.relaxed.price_limit)
        return np.where(self.relaxed.equal, prices, np.maximum(prices, 0))
