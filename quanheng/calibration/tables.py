"""Expected scores from tables of η: one look-up a pair instead of one sum over categories a row.

A pair with the items I has Σ_{i∈I} E(η − δ_i), a smooth function of η alone. It is computed on a grid and interpolated
by the cubic through four neighbours (Lagrange); with the step of .01 the error of E and V is below 2e-9.
Worth it where many pairs have the same items (`worth_tables`); otherwise `ordinal_response.Direct`.
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.ordinal_response import (
    Counts,
    Curves,
    Moments,
    curves,
    fixed_core,
    fixed_slopes,
    log_likelihood,
)
from quanheng.calibration.ratings import Flags, Floats, Ints

STEP = 0.01
LEAST_PAIRS = 3_000  # fewer are as quick row by row
PATTERNS = 40  # different sets of items
MASKED_ITEMS = 62  # sets of items are written as the bits of one integer


@dataclass(frozen=True)
class Patterns:
    """The sets of items that pairs have."""

    of_pair: Ints  # (pairs,); empty where there is one set
    has: Flags  # (patterns, items)


def patterns_of(counts: Counts) -> Patterns | None:
    """None where tables are not worth it: few pairs, or many different sets of items."""
    items = counts.item_total.size
    if counts.total.size < LEAST_PAIRS or items > MASKED_ITEMS:
        return None
    width = int(counts.rows[0])
    if (counts.rows == width).all() and (counts.item.reshape(-1, width) == counts.item[:width]).all():
        return Patterns(np.zeros(0, dtype=np.int64), np.isin(np.arange(items), counts.item[:width])[None])
    mask = np.add.reduceat(np.left_shift(1, counts.item, dtype=np.int64), counts.start)
    masks, of_pair = np.unique(mask, return_inverse=True)
    if masks.size > PATTERNS or masks.size * LEAST_PAIRS > mask.size * 2:
        return None
    return Patterns(of_pair, (masks[:, None] >> np.arange(items)) & 1 == 1)


@dataclass(frozen=True)
class Grid:
    """Interval of each pair and its place inside, 0 to 1; nodes run from one before to one after."""

    interval: Ints  # (pairs,)
    inside: Floats  # (pairs,)
    node: Floats  # (nodes,)

    @property
    def intervals(self) -> int:
        return self.node.size - 3


def grid_of(eta: Floats) -> Grid:
    place = eta * (1 / STEP)
    lowest = np.floor(place.min())
    place -= lowest
    interval = place.astype(np.int64)
    place -= interval
    return Grid(interval, place, (lowest - 1 + np.arange(int(interval.max()) + 4)) * STEP)


def cubics(values: Floats) -> Floats:
    """(4, intervals, …), coefficients of the cubic through the four nodes around each interval."""
    a, b, c, d = values[:-3], values[1:-2], values[2:-1], values[3:]
    return np.stack([b, c - a / 3 - b / 2 - d / 6, (a + c) / 2 - b, (d - a) / 6 + (b - c) / 2])


def node_weights(powers: Floats) -> Floats:
    """The transpose of `cubics`: (4, intervals) sums of inside**0…3 to (nodes,) weights with the same totals."""
    h0, h1, h2, h3 = powers
    weights = np.zeros(powers.shape[1] + 3)
    weights[:-3] += h2 / 2 - h1 / 3 - h3 / 6
    weights[1:-2] += h0 - h1 / 2 - h2 + h3 / 2
    weights[2:-1] += h1 + h2 / 2 - h3 / 2
    weights[3:] += (h3 - h1) / 6
    return weights


def interpolate(cubic: Floats, interval: Ints, inside: Floats) -> Floats:
    """(4, intervals) at the pairs, by Horner's rule."""
    value: Floats = cubic[3].take(interval)
    for power in (2, 1, 0):
        value *= inside
        value += cubic[power].take(interval)
    return value


@dataclass(frozen=True)
class Tables:
    counts: Counts
    patterns: Patterns

    def moments(self, eta: Floats, delta: Floats, tau: Floats) -> Moments:
        grid = grid_of(eta)
        at = [curves(grid.node - own, tau) for own in delta]
        index = grid.interval
        if len(self.patterns.has) > 1:
            index = index + self.patterns.of_pair * grid.intervals
        weights = self._weights(grid, index)
        by_item = self._by_item(at, weights)
        products = sum((a.upper.T @ (w[:, None] * a.upper) for a, w in zip(at, weights, strict=True)), np.zeros(1))
        mean, variance = (self._cubic([getattr(a, name) for a in at]) for name in ("mean", "variance"))
        cross = self._cross(at)
        return Moments(
            residual=self.counts.total - interpolate(mean, index, grid.inside),
            weight=interpolate(variance, index, grid.inside),
            fixed=fixed_slopes(self.counts, by_item),
            core=fixed_core(self.counts, by_item, np.asarray(products)),
            cross=lambda pairs: _columns(cross, index[pairs], grid.inside[pairs]),
            log_likelihood=lambda: log_likelihood(self.counts, eta, delta, tau, _log_norm(at, weights)),
        )

    def _weights(self, grid: Grid, index: Ints) -> Floats:
        """(items, nodes), how often each node counts for each item."""
        size = grid.intervals * len(self.patterns.has)
        powers: list[Floats] = [np.bincount(index, minlength=size).astype(np.float64)]
        power = grid.inside
        for exponent in range(1, 4):
            powers.append(np.bincount(index, power, size).astype(np.float64, copy=False))
            power = power * grid.inside if exponent < 3 else power
        by_pattern = np.stack(powers).reshape(4, len(self.patterns.has), -1)
        nodes = np.stack([node_weights(by_pattern[:, pattern]) for pattern in range(by_pattern.shape[1])])
        return np.asarray(self.patterns.has.T.astype(np.float64) @ nodes)

    def _by_item(self, at: list[Curves], weights: Floats) -> Floats:
        rows = [
            np.concatenate([[w @ a.mean, w @ a.variance], w @ a.upper, w @ a.joint])
            for a, w in zip(at, weights, strict=True)
        ]
        return np.stack(rows)

    def _cubic(self, values: list[Floats]) -> Floats:
        """(4, patterns · intervals, …) of the sum over the items of each pattern."""
        stacked = np.stack(values)
        own = [cubics(stacked[has].sum(axis=0)) for has in self.patterns.has]
        return np.concatenate(own, axis=1)

    def _cross(self, at: list[Curves]) -> Floats:
        """(4, patterns · intervals, fixed)"""
        items, nodes = len(at), at[0].mean.size
        values: list[Floats] = []
        for item, own in enumerate(at):
            by_effect = np.zeros((nodes, items + self.counts.reached.size))
            by_effect[:, item] = -own.variance
            by_effect[:, items:] = -own.joint
            values.append(by_effect @ self.counts.basis)
        return self._cubic(values)


def _columns(cubic: Floats, interval: Ints, inside: Floats) -> Floats:
    """(pairs, fixed)"""
    values = np.empty((cubic.shape[2], interval.size)).T  # by columns, as they are used
    for column in range(cubic.shape[2]):
        values[:, column] = interpolate(np.ascontiguousarray(cubic[:, :, column]), interval, inside)
    return values


def _log_norm(at: list[Curves], weights: Floats) -> float:
    return float(sum(w @ a.log_norm for a, w in zip(at, weights, strict=True)))
