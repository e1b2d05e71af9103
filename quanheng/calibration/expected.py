"""Points that a grade is worth on average: over the categories, the dimensions, and the moods of raters."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicHermiteSpline

from quanheng.calibration.ratings import Floats

NODES = 9  # of Gauss–Hermite: exact for polynomials of the mood up to degree 17
GRID = 0.02  # logits between the places of a curve: cubic pieces with exact slopes are then good to 1e-9
PORTION = 4096  # measures averaged at a time: keeps the arrays in the cache


@dataclass(frozen=True)
class Scale:
    """What turns logits into points: P(y=k) ∝ exp(k·η − Σ_{j≤k} τ_j), a dimension's η lowered by δ_i (§1.1)."""

    points: Floats  # (categories,)
    thresholds: Floats  # τ, (categories − 1,)
    difficulty: Floats  # δ, (items,)

    def probabilities(self, eta: Floats) -> Floats:
        """(…,) logits, δ already taken off -> (…, categories)."""
        steps = np.concatenate([[0.0], np.cumsum(self.thresholds)])
        exponent = np.multiply.outer(eta, np.arange(len(steps))) - steps
        exponent -= exponent.max(axis=-1, keepdims=True)
        weight = np.exp(exponent)
        return np.asarray(weight / weight.sum(axis=-1, keepdims=True))

    def expected(self, eta: Floats) -> Floats:
        """E[points] at logits from which δ is taken off."""
        return np.asarray(self.probabilities(eta) @ self.points)


@dataclass(frozen=True)
class Average:
    """Mean points at each measure, and its derivatives."""

    value: Floats  # (measures,)
    by_eta: Floats  # (measures,)
    by_difficulty: Floats  # (measures, items)
    by_threshold: Floats  # (measures, categories − 1)


def average(scale: Scale, eta: Floats, mood: float) -> Average:
    """Over all dimensions alike and over a mood ~ N(0, mood²), by 9-node Gauss–Hermite; η is (measures,) logits."""
    portions = [_average(scale, eta[at : at + PORTION], mood) for at in range(0, max(1, len(eta)), PORTION)]
    return Average(
        np.concatenate([part.value for part in portions]),
        np.concatenate([part.by_eta for part in portions]),
        np.concatenate([part.by_difficulty for part in portions]),
        np.concatenate([part.by_threshold for part in portions]),
    )


def _average(scale: Scale, eta: Floats, mood: float) -> Average:
    at, weight = nodes(mood)
    chance = scale.probabilities(eta[:, None, None] - scale.difficulty[:, None] + at)  # (measures, items, nodes, K)
    mean = chance @ scale.points
    # P(y ≥ j) and E[points; y ≥ j] for j = 1 … K − 1: their covariance is the derivative by −τ_j
    reached = np.cumsum(chance[..., ::-1], axis=-1)[..., -2::-1]
    gained = np.cumsum((chance * scale.points)[..., ::-1], axis=-1)[..., -2::-1]
    by_step = np.einsum("piqj,q->pij", gained - mean[..., None] * reached, weight)
    by_item = by_step.sum(axis=2)  # Cov(points, y), for y = Σ_j 1[y ≥ j]
    items = len(scale.difficulty)
    return Average(
        value=np.asarray((mean @ weight).mean(axis=1)),
        by_eta=np.asarray(by_item.mean(axis=1)),
        by_difficulty=np.asarray(-by_item / items),
        by_threshold=np.asarray(-by_step.mean(axis=1)),
    )


def nodes(mood: float) -> tuple[Floats, Floats]:
    """Places and weights of N(0, mood²); a single place where nothing varies."""
    if mood <= 0.0:
        return np.zeros(1), np.ones(1)
    at, weight = np.polynomial.hermite_e.hermegauss(NODES)
    return np.asarray(at * mood), np.asarray(weight / weight.sum())


def curve(scale: Scale, mood: float, low: float, high: float) -> Callable[[Floats], Floats]:
    """`average(…).value` for millions of measures between `low` and `high`."""
    grid = np.asarray(low + GRID * np.arange(int(np.ceil((high - low) / GRID)) + 2), dtype=np.float64)
    known = average(scale, grid, mood)
    pieces = CubicHermiteSpline(grid, known.value, known.by_eta)
    return lambda eta: np.asarray(pieces(eta))
