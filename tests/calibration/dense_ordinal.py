"""The ordinal model by brute force: every row, every effect, one dense Newton. For small designs only."""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.layout import Layout
from quanheng.calibration.ordinal import KINDS, OrdinalFit
from quanheng.calibration.ordinal_robust import LIMIT, expected_share
from quanheng.calibration.ratings import Flags, Floats, Ints


@dataclass(frozen=True)
class Dense:
    """Unknowns side by side: θ, v, γ (person by person), s, c, β, δ, τ; `covariance` of them all."""

    value: Floats
    covariance: Floats
    kind: Ints  # of each unknown: its place in KINDS, -1: fixed
    schall: Floats  # (kinds,), what Schall's rule makes of each variance
    known: Floats  # (kinds,), effects that the data determine
    phi: float  # what its rule makes of φ
    weight: Floats  # (pairs,), what its rule makes of the weights; 1 where pairs are not in use
    log_likelihood: float


def columns(layout: Layout) -> tuple[Floats, Ints, Flags]:
    """(rows, unknowns) derivatives of η − δ_i by each unknown but τ; kind of each; rows in use."""
    pair = layout.row_pair
    person, group, rater = layout.pair_person[pair], layout.pair_group[pair], layout.pair_rater[pair]
    unit = layout.person_unit[person]
    local = layout.rater_unit[rater] >= 0 if layout.raters else np.zeros(pair.size, dtype=bool)
    kept = ~layout.set_aside[rater] if layout.raters else np.ones(pair.size, dtype=bool)
    by_person, by_unit, by_group = (
        np.eye(size)[of] for size, of in ((layout.persons, person), (layout.units, unit), (layout.groups, group))
    )
    by_view = (by_person[:, :, None] * by_group[:, None]).reshape(pair.size, -1)
    by_rater = np.eye(layout.raters)[rater] if layout.raters else np.zeros((pair.size, 0))
    by_item = -np.eye(layout.items)[layout.row_item]
    blocks = [by_person, by_unit, by_view, by_rater, by_unit * local[:, None], by_group, by_item]
    places = [0, KINDS.index("unit"), KINDS.index("view"), KINDS.index("rater"), KINDS.index("culture"), -1, -1]
    kind = np.repeat(places, [block.shape[1] for block in blocks])
    return np.concatenate(blocks, axis=1), kind, kept


def centred(size: int) -> Floats:
    """(size, size − 1), any basis of what sums to 0."""
    return np.concatenate([np.eye(size - 1), -np.ones((1, size - 1))])


def solve_dense(layout: Layout, variance: dict[str, float], phi: float, weight: Floats) -> Dense:
    """`weight` (pairs,), of outlying ones below 1."""
    x, kind, kept = columns(layout)
    x, steps, pair = x[kept], layout.points.size - 1, layout.row_pair[kept]
    y = layout.category[kept]
    reached = (y[:, None] >= np.arange(1, steps + 1)).astype(float)
    free = np.eye(x.shape[1] + steps)
    first = x.shape[1] - layout.items
    free = np.delete(free, [x.shape[1] - 1, x.shape[1] + steps - 1], axis=1)
    free[first : x.shape[1], first : x.shape[1] - 1] = centred(layout.items)
    free[x.shape[1] :, x.shape[1] - 1 :] = centred(steps)
    prior = np.array([variance[KINDS[k]] if k >= 0 else np.inf for k in kind])
    kind = np.concatenate([kind, np.full(steps, -1)])
    prior = np.concatenate([prior, np.full(steps, np.inf)])
    alive = prior > 0
    sigma = np.where(np.isinf(prior), 1.0, np.sqrt(prior))
    map_ = (sigma[:, None] * free)[:, (free[alive] != 0).any(axis=0)]
    penalised = np.array([bool(np.isfinite(prior[np.flatnonzero(column)[0]])) for column in map_.T])
    z = np.zeros(map_.shape[1])
    penalty = np.diag(penalised.astype(float))
    for _ in range(60):
        value = map_ @ z
        slope, information, expected = _derivatives(x, y, reached, value, steps, weight[pair])
        gradient = map_.T @ slope / phi - penalty @ z
        inverse = np.linalg.inv(map_.T @ information @ map_ / phi + penalty)
        move = inverse @ gradient
        z += move * min(1.0, 3 / max(np.abs(move).max(), 3))
        if np.abs(move).max() < 1e-13:
            break
    value, covariance = map_ @ z, map_ @ inverse @ map_.T
    return _figures(value, covariance, kind, prior, (x, y, pair, weight), (steps, phi, expected, z, inverse, penalised))


def _probabilities(latent: Floats, tau: Floats) -> Floats:
    logit = latent[:, None] * np.arange(tau.size + 1) - np.append(0, np.cumsum(tau))
    p = np.exp(logit - logit.max(axis=1, keepdims=True))
    return np.asarray(p / p.sum(axis=1, keepdims=True))


def _derivatives(
    x: Floats, y: Ints, reached: Floats, value: Floats, steps: int, weight: Floats
) -> tuple[Floats, Floats, Floats]:
    """Features of category k in row r: k·x_r and −1[k ≥ j]; slope: observed less expected, information: covariance."""
    p = _probabilities(x @ value[:-steps], value[-steps:])
    k = np.arange(steps + 1)
    at_least = (k[:, None] >= np.arange(1, steps + 1)).astype(float)
    mean, upper = p @ k, p @ at_least
    variance = p @ k**2 - mean**2
    joint = p @ (k[:, None] * at_least) - mean[:, None] * upper
    by_row = weight[:, None]
    steps_cov = np.einsum("rk,kj,kl->jl", by_row * p, at_least, at_least) - upper.T @ (by_row * upper)
    side = -x.T @ (by_row * joint)
    information = np.block([[x.T @ ((weight * variance)[:, None] * x), side], [side.T, steps_cov]])
    slope = np.concatenate([x.T @ (weight * (y - mean)), -weight @ (reached - upper)])
    return slope, information, np.stack([mean, variance])


def _figures(value, covariance, kind, prior, rows, rest) -> Dense:  # type: ignore[no-untyped-def]
    x, y, pair, weight = rows
    steps, phi, (mean, variance), z, inverse, penalised = rest
    schall, known = np.zeros(len(KINDS)), np.zeros(len(KINDS))
    for place in range(len(KINDS)):
        own = kind == place
        if not own.any() or prior[own][0] == 0:
            continue
        known[place] = own.sum() - np.trace(covariance[np.ix_(own, own)]) / prior[own][0]
        schall[place] = value[own] @ value[own] / known[place]
    spent = known.sum() + (~penalised).sum()
    pairs = np.unique(pair)
    residual, spread = np.bincount(pair, y - mean)[pairs], np.bincount(pair, variance)[pairs]
    ratio = (weight[pairs] * residual) @ residual / (weight[pairs] @ spread) / expected_share(LIMIT)
    following = np.ones(weight.size)
    following[pairs] = np.minimum(1, LIMIT * np.sqrt(phi * spread) / np.maximum(np.abs(residual), 1e-9))
    p = _probabilities(x @ value[:-steps], value[-steps:])
    likelihood = weight[pair] @ np.log(p[np.arange(y.size), y]) / phi
    information = np.linalg.inv(inverse)[np.ix_(penalised, penalised)]
    marginal = likelihood - z[penalised] @ z[penalised] / 2 - np.linalg.slogdet(information)[1] / 2
    phi = max(1.0, ratio * pairs.size / (pairs.size - spent))
    return Dense(value, covariance, kind, schall, known, phi, following, float(marginal))


def side_by_side(fit: OrdinalFit) -> Floats:
    """The estimates of a fit in the order of `Dense.value`; 0 for ballots set aside."""
    parts = (fit.theta, fit.quality, fit.view.ravel(), np.nan_to_num(fit.leniency), fit.culture)
    return np.concatenate([*parts, fit.group_effect, fit.difficulty, fit.thresholds])
