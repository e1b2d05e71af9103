"""Which ranks cannot be ruled out, who cannot be told apart, and how well the scores separate the persons."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cholesky, eigh

from quanheng.calibration.contrasts import probability_above, standard_error
from quanheng.calibration.ratings import Flags, Floats, Ints
from quanheng.calibration.result import Uncertainty

DRAWS = 2000
CHUNK = 2_000_000  # numbers drawn at a time: 16 MB
SURE = 0.9  # P(above) from which two persons are told apart


@dataclass(frozen=True)
class Ranks:
    """(persons,) each; 1 is the highest fair score of the class; 0: not ranked."""

    lo: Ints  # best rank of the 90 % interval
    hi: Ints  # worst
    band: Ints  # 难分先后, 1 is the highest


def rank(fair: Floats, uncertainty: Uncertainty, ranked: Flags, comparison_class: Ints | None, seed: int) -> Ranks:
    """Rank ranges and bands of the persons `ranked` (largest component), inside each comparison class apart.

    Arrays (persons,). The range is the 5 % to 95 % quantile of the rank in 2,000 draws of the joint posterior
    N(fair, C) (design §1.3; Goldstein & Spiegelhalter 1996), widened where need be to hold the rank of `fair` itself.
    Each class is drawn anew from `seed`: its ranges do not hang on who else was rated.
    """
    classes = np.zeros(len(fair), dtype=np.int64) if comparison_class is None else comparison_class
    lo, hi, band = (np.zeros(len(fair), dtype=np.int64) for _ in range(3))
    for number in np.unique(classes[ranked]):
        members = np.flatnonzero(ranked & (classes == number))
        lo[members], hi[members] = _range(fair[members], members, uncertainty, seed)
        band[members] = _bands(fair[members], members, uncertainty)
    return Ranks(lo, hi, band)


def standing(fair: Floats) -> Ints:
    """(persons,) rank of each, 1 the highest; equals share the better rank."""
    return np.asarray(len(fair) + 1 - np.searchsorted(np.sort(fair), fair, side="right"), dtype=np.int64)


def _range(fair: Floats, members: Ints, uncertainty: Uncertainty, seed: int) -> tuple[Ints, Ints]:
    # two bytes a rank as long as they suffice: 50,000 persons need 200 MB
    drawn = np.empty((len(fair), DRAWS), dtype=np.uint16 if len(fair) < 2**16 else np.int32)
    places = np.arange(1, len(fair) + 1, dtype=drawn.dtype)
    done = 0
    for rows in _draws(fair, members, uncertainty, seed):
        for values in rows:
            drawn[np.argsort(-values), done] = places
            done += 1
    low, high = int(np.floor(DRAWS * 0.05)), int(np.ceil(DRAWS * 0.95)) - 1
    drawn.partition((low, high), axis=1)
    own = standing(fair)
    return np.minimum(drawn[:, low].astype(np.int64), own), np.maximum(drawn[:, high].astype(np.int64), own)


def _draws(fair: Floats, members: Ints, uncertainty: Uncertainty, seed: int) -> Iterator[Floats]:
    """DRAWS rows of N(fair, C) of the members in portions: fair + root·z (own block) + reach·z (shared)."""
    generator = np.random.default_rng(seed)
    reach, roots = uncertainty.reach[members], _roots(members, uncertainty)
    portion = max(1, CHUNK // max(1, len(members)))
    for start in range(0, DRAWS, portion):
        rows = min(portion, DRAWS - start)
        drawn = fair + generator.standard_normal((rows, reach.shape[1])) @ reach.T
        noise = generator.standard_normal((rows, len(members)))
        for places, root in roots:
            drawn[:, places] += noise[:, places] @ root.T
        yield drawn


def _roots(members: Ints, uncertainty: Uncertainty) -> list[tuple[Ints, Floats]]:
    """For each block that has members: their places among the members, and a root of their covariance."""
    block = uncertainty.block[members]
    order = np.argsort(block, kind="stable")
    found = []
    for places in np.split(order, np.flatnonzero(np.diff(block[order])) + 1):
        own = uncertainty.place[members[places]]
        found.append((places, root(uncertainty.local[block[places[0]]][np.ix_(own, own)])))
    return found


def root(covariance: Floats) -> Floats:
    """R with RR' = covariance: Cholesky, or by eigenvalues where it is only semidefinite."""
    try:
        return np.asarray(cholesky(covariance, lower=True, check_finite=False))
    except LinAlgError:
        values, vectors = eigh(covariance, check_finite=False)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _bands(fair: Floats, members: Ints, uncertainty: Uncertainty) -> Ints:
    """Down the order by fair; a band ends before the first whom its own first stands above with P ≥ .9 (screens.md)."""
    order = np.argsort(-fair, kind="stable")
    band = np.empty(len(fair), dtype=np.int64)
    start, number = 0, 1
    while start < len(order):
        end = _end_of_band(fair, members, uncertainty, order, start)
        band[order[start:end]] = number
        start, number = end, number + 1
    return band


def _end_of_band(fair: Floats, members: Ints, uncertainty: Uncertainty, order: Ints, start: int) -> int:
    """Looks ahead in doubling steps, so that narrow bands among many persons stay cheap."""
    first, at, step = order[start], start + 1, 16
    while at < len(order):
        others = order[at : at + step]
        se = standard_error(uncertainty, np.full(len(others), members[first]), members[others])
        apart = np.flatnonzero(probability_above(fair[first] - fair[others], se) >= SURE)
        if len(apart):
            return at + int(apart[0])
        at, step = at + step, step * 2
    return at


@dataclass(frozen=True)
class Separation:
    """How well the scores tell the persons apart (Wright & Masters 1982, ch. 5)."""

    separation: float  # G: true spread in units of the root mean square error
    reliability: float  # G² / (1 + G²)
    strata: float  # (4G + 1) / 3, levels that can be told apart


def separation(estimate: Floats, variance: Floats, *, shrunken: bool) -> Separation:
    """G² = true variance / error variance; arrays (persons,); nan below two persons.

    S² is the variance of the estimates, RMSE² = mean PEV the mean of `variance`. Estimates not drawn to the mean
    (JMLE): G = √(max(0, S² − mean PEV)) / RMSE, the formula of design §1.3. For posterior means (`shrunken`) the true
    variance σ² is S² + mean PEV (law of total variance), the error variance e² of a score before it is drawn to the
    mean follows from PEV = σ²e² / (σ² + e²), and so G² = σ²/e² = S² / mean PEV, reliability 1 − mean PEV/σ². Taking
    the first formula there would deduct the error twice.
    """
    if len(estimate) < 2:
        return Separation(np.nan, np.nan, np.nan)
    spread, error = float(np.var(estimate, ddof=1)), float(np.mean(variance))
    if error <= 0.0:
        return Separation(np.inf, 1.0, np.inf)
    ratio = (spread if shrunken else max(0.0, spread - error)) / error
    return Separation(np.sqrt(ratio), ratio / (1.0 + ratio), (4.0 * np.sqrt(ratio) + 1.0) / 3.0)
