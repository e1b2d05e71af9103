"""Expected scores and their derivatives in the adjacent-category model, row by row.

P(y=k) ∝ exp(k·x − Σ_{j≤k} τ_j), x = η − δ_i (Andrich 1978). With E, V the mean and variance of y:
∂E/∂x = V, ∂E/∂τ_j = −C_j, C_j = Cov(y, 1[y ≥ j]).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Protocol

import numpy as np

from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Floats, Ints

CHUNK = 1_000_000  # rows at once, where a copy of all would cost memory


@dataclass(frozen=True)
class Sums:
    """What the model expects, summed over rows, each times a share."""

    by_item: Floats  # (items, 2 + 2(K − 1)), E, V, P(y ≥ j), C_j
    products: Floats  # (K − 1, K − 1), P(y ≥ j)·P(y ≥ l)
    log_norm: float


@dataclass(frozen=True)
class Moments:
    """Derivatives of the log-likelihood at η, δ, τ; `fixed` effects are δ and τ in a basis that keeps their sums 0."""

    residual: Floats  # (pairs,), Σ_i (y − E)
    weight: Floats  # (pairs,), Σ_i V
    fixed: Floats  # (fixed,)
    core: Floats  # (fixed, fixed), minus the second derivatives
    cross: Callable[[Ints], Floats]  # pairs -> (pairs, fixed), minus the second derivatives by η and fixed
    log_likelihood: Callable[[], float]
    expected: Callable[[Ints, Floats], Sums]  # pairs and the share of each; by the model alone, without weights


class Response(Protocol):
    def moments(self, eta: Floats, delta: Floats, tau: Floats) -> Moments:
        """η (pairs,), δ (items,), τ (categories − 1,)."""


@dataclass(frozen=True)
class Curves:
    """At each x: what the model expects."""

    mean: Floats  # (n,), E
    variance: Floats  # (n,), V
    upper: Floats  # (n, K − 1), P(y ≥ j)
    joint: Floats  # (n, K − 1), C_j
    log_norm: Floats  # (n,), log Σ_k exp(k·x − Σ_{j≤k} τ_j)


def curves(x: Floats, tau: Floats) -> Curves:
    """x (n,), τ (K − 1,). Worked out by categories, (K, n), since there are few of them and many x."""
    steps = np.arange(tau.size + 1)[:, None]
    logit = steps * x - np.append(0.0, np.cumsum(tau))[:, None]
    top = logit.max(axis=0)
    logit -= top
    p = np.exp(logit)
    norm = p.sum(axis=0)
    p /= norm
    upper, above = p[1:].copy(), steps[1:] * p[1:]
    for step in range(tau.size - 1, 0, -1):  # sums from above; np.cumsum takes several times as long
        upper[step - 1] += upper[step]
        above[step - 1] += above[step]
    mean = above[0].copy()
    joint = above
    joint -= mean * upper
    return Curves(mean, joint.sum(axis=0), upper.T, joint.T, top + np.log(norm))


def zero_sum(size: int) -> Floats:
    """(size, size − 1), orthonormal columns that sum to 0 (Helmert)."""
    step = np.arange(1, size)
    basis = np.triu(np.ones((size, size - 1))) / np.sqrt(step * (step + 1))
    basis[step, step - 1] = -step / np.sqrt(step * (step + 1))
    return np.asarray(basis)


def basis_of(items: int, categories: int) -> Floats:
    """(items + categories − 1, fixed), δ and τ by the fixed effects of the system."""
    of_items, of_steps = zero_sum(items), zero_sum(categories - 1)
    basis = np.zeros((items + categories - 1, of_items.shape[1] + of_steps.shape[1]))
    basis[:items, : items - 1], basis[items:, items - 1 :] = of_items, of_steps
    return basis


@dataclass(frozen=True)
class Counts:
    """The rows in use, and what they add up to: sufficient for δ and τ."""

    item: Ints  # (rows,)
    start: Ints  # (pairs,), first row of each
    rows: Ints  # (pairs,), how many
    total: Floats  # (pairs,), Σ_i y
    by_item: Ints  # (items, K), rows
    basis: Floats

    @cached_property
    def pair(self) -> Ints:
        """(rows,)"""
        return np.repeat(np.arange(self.rows.size), self.rows)

    @cached_property
    def width(self) -> int:
        """How many rows each pair has, where all have the same items; otherwise 0."""
        width = int(self.rows[0])
        is_even = (self.rows == width).all() and (self.item.reshape(-1, width) == self.item[:width]).all()
        return width if is_even else 0

    def by_pair(self, values: Floats) -> Floats:
        """(rows,) summed: (pairs,)."""
        if self.width:
            return np.asarray(values.reshape(-1, self.width) @ np.ones(self.width))
        return np.add.reduceat(values, self.start)

    def of_items(self, values: Floats) -> Floats:
        """(rows,) summed: (items,)."""
        if not self.width:
            return np.bincount(self.item, values, len(self.by_item)).astype(np.float64, copy=False)
        sums = np.zeros(len(self.by_item))
        sums[self.item[: self.width]] = np.ones(self.rows.size) @ values.reshape(-1, self.width)
        return sums

    def rows_of(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Rows of some pairs, and for each row the place of its pair among these."""
        if self.width:
            step = np.arange(self.width)
            return (self.start[pairs].astype(np.int64)[:, None] + step).ravel(), np.arange(pairs.size).repeat(
                self.width
            )
        sizes = self.rows[pairs]
        pair = np.repeat(np.arange(pairs.size), sizes)
        return (self.start[pairs] - np.cumsum(sizes) + sizes)[pair] + np.arange(pair.size), pair

    @property
    def item_total(self) -> Floats:
        """(items,), Σ y"""
        return np.asarray(self.by_item @ np.arange(self.by_item.shape[1], dtype=np.float64))

    @property
    def shares(self) -> Ints:
        """(K,), rows with y = k"""
        return np.asarray(self.by_item.sum(axis=0))

    @property
    def reached(self) -> Floats:
        """(K − 1,), rows with y ≥ j"""
        return np.cumsum(self.shares[:0:-1])[::-1].astype(np.float64)


def count(layout: Layout, used: Ints) -> Counts:
    """Rows of the pairs `used`, which ascend."""
    rows = np.diff(layout.pair_start)[used]
    category, item = layout.category, layout.row_item
    if used.size < layout.pair_person.size:
        kept = np.zeros(layout.pair_person.size, dtype=bool)
        kept[used] = True
        chosen = np.repeat(kept, np.diff(layout.pair_start))
        category, item = category[chosen], item[chosen]
    start = (np.cumsum(rows) - rows).astype(np.int32)
    categories = layout.points.size
    by_item = np.zeros(layout.items * categories, dtype=np.int64)
    for chunk in range(0, item.size, CHUNK):
        own = slice(chunk, chunk + CHUNK)
        by_item += np.bincount(item[own].astype(np.int32) * categories + category[own], minlength=by_item.size)
    return Counts(
        item=item,
        start=start,
        rows=rows,
        total=np.add.reduceat(category, start, dtype=np.int32).astype(np.float64),
        by_item=by_item.reshape(layout.items, categories),
        basis=basis_of(layout.items, categories),
    )


@dataclass(frozen=True)
class Direct:
    """Every row by itself: for designs with few pairs, or whose pairs lack now this item, now that one."""

    counts: Counts

    def moments(self, eta: Floats, delta: Floats, tau: Floats) -> Moments:
        counts = self.counts
        pair = counts.pair
        at = curves(eta[pair] - delta[counts.item], tau)
        items, steps = delta.size, tau.size
        by_item = np.stack([counts.of_items(value) for value in _columns(at)], axis=1)
        sums = Sums(by_item, at.upper.T @ at.upper, float(at.log_norm.sum()))

        def cross(pairs: Ints) -> Floats:
            by_effect = np.zeros((eta.size, items + steps))
            by_effect[pair, counts.item] = -at.variance
            for step, joint in enumerate(at.joint.T, start=items):
                by_effect[:, step] = -counts.by_pair(joint)
            return np.asarray(by_effect[pairs] @ counts.basis)

        def expected(pairs: Ints, share: Floats) -> Sums:
            row, place = counts.rows_of(pairs)
            own = Curves(*(getattr(at, each.name)[row] for each in fields(Curves)))
            return _sums(own, counts.item[row], share[place], items)

        return Moments(
            residual=counts.total - counts.by_pair(at.mean),
            weight=counts.by_pair(at.variance),
            fixed=fixed_slopes(counts, sums.by_item),
            core=fixed_core(counts, sums),
            cross=cross,
            log_likelihood=lambda: log_likelihood(counts, eta, delta, tau, sums.log_norm),
            expected=expected,
        )


def _columns(at: Curves) -> tuple[Floats, ...]:
    """Those of `Sums.by_item`."""
    return (at.mean, at.variance, *at.upper.T, *at.joint.T)


def _sums(at: Curves, item: Ints, share: Floats, items: int) -> Sums:
    by_item = np.stack([np.bincount(item, share * value, items) for value in _columns(at)], axis=1)
    return Sums(
        np.asarray(by_item, dtype=np.float64), at.upper.T @ (share[:, None] * at.upper), float(share @ at.log_norm)
    )


def fixed_slopes(counts: Counts, by_item: Floats) -> Floats:
    """Derivatives by the fixed effects; `by_item` (items, 2 + 2(K − 1)) has the sums of E, V, P(y ≥ j), C_j."""
    steps = counts.reached.size
    expected = by_item[:, 2 : 2 + steps].sum(axis=0)
    return np.asarray(counts.basis.T @ -np.append(counts.item_total - by_item[:, 0], counts.reached - expected))


def fixed_core(counts: Counts, sums: Sums) -> Floats:
    """Information of the fixed effects."""
    by_item = sums.by_item
    items, steps = len(by_item), counts.reached.size
    upper = by_item[:, 2 : 2 + steps].sum(axis=0)
    core = np.zeros((items + steps, items + steps))
    core[:items, :items] = np.diag(by_item[:, 1])
    core[:items, items:] = by_item[:, 2 + steps :]
    core[items:, :items] = core[:items, items:].T
    order = np.arange(steps)
    core[items:, items:] = upper[np.maximum(order[:, None], order)] - sums.products
    return np.asarray(counts.basis.T @ core @ counts.basis)


def log_likelihood(counts: Counts, eta: Floats, delta: Floats, tau: Floats, log_norm: float) -> float:
    observed = counts.total @ eta - counts.item_total @ delta - counts.reached @ tau
    return float(observed) - log_norm
