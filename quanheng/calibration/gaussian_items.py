"""Dimensions in the Gaussian model: their difficulty, their noise, and the mean of each ballot on each person.

y_bni = η_bn − δ_i + h_bn + ε_bni: inside a pair everything but δ and ε cancels, so that both come from deviations
within pairs (the fixed-effects or within estimator, Baltagi, Econometric Analysis of Panel Data, §2.2).
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.composite import points_of
from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Flags, Floats, Ints


@dataclass(frozen=True)
class Items:
    """Of the pairs in use."""

    difficulty: Floats  # δ, (items,), sum 0; nan for all where no pair says how two dimensions compare
    se: Floats  # (items,)
    noise: float  # variance of ε; 0 where no pair has two items
    count: Ints  # (pairs,), items of each pair
    mean: Floats  # (pairs,), of y + δ


def items_of(layout: Layout, pair: Ints) -> Items:
    """`pair` are the pairs in use, ascending."""
    kept = np.zeros(len(layout.pair_person), dtype=np.bool_)
    kept[pair] = True
    count = np.diff(layout.pair_start)[pair]
    value, item = _chosen(layout, kept)
    if layout.items == 1:
        return Items(np.zeros(1), np.zeros(1), 0.0, count, value)
    sums = _complete(value, count, layout.items) or _incomplete(value, item, count, layout.items)
    inverse = np.linalg.pinv(sums.information, hermitian=True, rcond=1e-10)
    rank = int(np.linalg.matrix_rank(sums.information, hermitian=True, rtol=1e-10))
    degrees = len(value) - len(pair) - rank
    explained = float(sums.slope @ inverse @ sums.slope)
    noise = max(0.0, sums.squares - explained) / degrees if degrees > 0 else 0.0
    if rank < layout.items - 1:
        unknown = np.full(layout.items, np.nan)
        return Items(unknown, unknown, noise, count, sums.mean)
    difficulty = -inverse @ sums.slope
    shift = 0.0 if sums.is_complete else np.add.reduceat(difficulty[item], np.cumsum(count) - count) / count
    return Items(difficulty, np.sqrt(noise * np.diagonal(inverse)), noise, count, sums.mean + shift)


def _chosen(layout: Layout, pairs: Flags) -> tuple[Floats, Ints]:
    value = points_of(layout)
    if pairs.all():
        return value, layout.row_item
    rows = pairs[layout.row_pair]
    return value[rows], layout.row_item[rows]


@dataclass(frozen=True)
class _Within:
    """Normal equations of −δ on deviations from the pair's mean."""

    mean: Floats  # (pairs,), of y
    information: Floats  # (items, items)
    slope: Floats  # (items,)
    squares: float  # Σ of squared deviations
    is_complete: bool  # every pair has every item


def _complete(value: Floats, count: Ints, items: int) -> _Within | None:
    if len(value) != len(count) * items:
        return None
    table = value.reshape(-1, items)  # rows of a pair stand in the order of items
    mean = table @ np.full(items, 1 / items)
    centre = float(mean.mean())
    # around `centre`, or the two sums would agree in most of their digits
    total = float(value @ value) - centre * (2 * float(value.sum()) - len(value) * centre)
    inside = mean - centre
    information = len(count) * (np.eye(items) - 1 / items)
    squares = total - items * float(inside @ inside)
    return _Within(mean, information, np.ones(len(count)) @ table - mean.sum(), squares, is_complete=True)


def _incomplete(value: Floats, item: Ints, count: Ints, items: int) -> _Within:
    pair = np.repeat(np.arange(len(count)), count)
    mean = np.add.reduceat(value, np.cumsum(count) - count) / count
    present = np.zeros((len(count), items))
    present[pair, item] = 1.0
    information = np.diag(present.sum(axis=0)) - present.T @ (present / count[:, None])
    deviation = value - mean[pair]
    slope = np.bincount(item, deviation, items).astype(np.float64)
    return _Within(mean, information, slope, float(deviation @ deviation), is_complete=False)
