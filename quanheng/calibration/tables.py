"""Expected scores from tables of η: one look-up a pair instead of one sum over categories a row.

A pair with the items I has Σ_{i∈I} E(η − δ_i), a smooth function of η alone. It is computed on a grid and interpolated
by the cubic through four neighbours (Lagrange); with the step of .01 the error of E and V is below 2e-9.
Worth it where many pairs have the same items (`worth_tables`); otherwise `ordinal_response.Direct`.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from quanheng.calibration.blocks import CHUNK
from quanheng.calibration.ordinal_response import (
    Counts,
    Curves,
    Moments,
    Sums,
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
    if counts.width:
        return Patterns(np.zeros(0, dtype=np.int64), np.isin(np.arange(items), counts.item[: counts.width])[None])
    mask = np.add.reduceat(np.left_shift(1, counts.item, dtype=np.int64), counts.start)
    masks, of_pair = np.unique(mask, return_inverse=True)
    if masks.size > PATTERNS or masks.size * LEAST_PAIRS > mask.size * 2:
        return None
    return Patterns(of_pair, (masks[:, None] >> np.arange(items)) & 1 == 1)


@dataclass(frozen=True)
class Grid:
    """Nodes run from one before the lowest interval to two after the highest: the last may be rounded up."""

    lowest: float  # interval, in steps
    node: Floats  # (nodes,)

    @property
    def intervals(self) -> int:
        return self.node.size - 3

    def places(self, eta: Floats) -> tuple[Ints, Floats]:
        """Interval of each and the place inside, 0 to 1."""
        place = eta * (1 / STEP)
        place -= self.lowest
        interval = place.astype(np.int64)
        place -= interval
        return interval, place


def grid_of(eta: Floats) -> Grid:
    lowest, highest = (float(np.floor(end * (1 / STEP))) for end in (eta.min(), eta.max()))
    return Grid(lowest, STEP * np.arange(lowest - 1, highest + 4, dtype=np.float64))


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


def add_powers(powers: Floats, index: Ints, inside: Floats) -> None:
    """Add the sums of inside**0…3 by interval to `powers` (4, intervals)."""
    size, power = powers.shape[1], inside
    powers[0] += np.bincount(index, minlength=size)
    for exponent in range(1, 4):
        powers[exponent] += np.bincount(index, power, size)
        power = power * inside


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
        mean, variance = (self._cubic([getattr(a, name) for a in at]) for name in ("mean", "variance"))
        residual, weight = np.empty(eta.size), np.empty(eta.size)
        powers = np.zeros((4, grid.intervals * len(self.patterns.has)))
        for start in range(0, eta.size, CHUNK):
            part = slice(start, start + CHUNK)
            index, inside = self._places(grid, eta[part], part)
            np.subtract(self.counts.total[part], interpolate(mean, index, inside), out=residual[part])
            weight[part] = interpolate(variance, index, inside)
            add_powers(powers, index, inside)
        sums = self._sums(at, powers)
        cross = cache(lambda: self._cross(at))  # not every step asks for it
        return Moments(
            residual=residual,
            weight=weight,
            fixed=fixed_slopes(self.counts, sums.by_item),
            core=fixed_core(self.counts, sums),
            cross=lambda pairs: _columns(cross(), *self._places(grid, eta.take(pairs, mode="clip"), pairs)),
            log_likelihood=lambda: log_likelihood(self.counts, eta, delta, tau, sums.log_norm),
            expected=lambda pairs, share: self._sums(at, self._powers(grid, eta, pairs, share)),
        )

    def _powers(self, grid: Grid, eta: Floats, pairs: Ints, share: Floats) -> Floats:
        """(4, intervals of all patterns), sums over some pairs of share · inside**0…3."""
        powers = np.zeros((4, grid.intervals * len(self.patterns.has)))
        index, inside = self._places(grid, eta[pairs], pairs)
        for power in powers:
            power += np.bincount(index, share, power.size)
            share = share * inside
        return powers

    def _places(self, grid: Grid, eta: Floats, pairs: Ints | slice) -> tuple[Ints, Floats]:
        """Interval in the tables of all patterns, and the place inside."""
        index, inside = grid.places(eta)
        if len(self.patterns.has) > 1:
            index += self.patterns.of_pair[pairs] * grid.intervals
        return index, inside

    def _weights(self, powers: Floats) -> Floats:
        """(items, nodes), how often each node counts for each item."""
        by_pattern = powers.reshape(4, len(self.patterns.has), -1)
        nodes = np.stack([node_weights(by_pattern[:, pattern]) for pattern in range(by_pattern.shape[1])])
        return np.asarray(self.patterns.has.T.astype(np.float64) @ nodes)

    def _sums(self, at: list[Curves], powers: Floats) -> Sums:
        weights = self._weights(powers)
        rows, products, log_norm = [], np.zeros((at[0].upper.shape[1],) * 2), 0.0
        for own, weight in zip(at, weights, strict=True):
            rows.append(
                np.concatenate([[weight @ own.mean, weight @ own.variance], weight @ own.upper, weight @ own.joint])
            )
            products += own.upper.T @ (weight[:, None] * own.upper)
            log_norm += float(weight @ own.log_norm)
        return Sums(np.stack(rows), products, log_norm)

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
