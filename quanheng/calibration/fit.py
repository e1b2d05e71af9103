"""Infit, outfit and their standardised values: Wright & Masters (1982), Rating Scale Analysis, ch. 5; design §1.3.

For any model that gives each rating an expectation E, a variance V and a fourth central moment C4. With the residual
r = x − E of the N ratings of one person, rater or item:

    infit  = Σr² / ΣV              q² = Σ(C4 − V²) / (ΣV)²
    outfit = Σ(r²/V) / N           q² = Σ(C4/V²) / N² − 1/N
    zstd   = (MS^⅓ − 1)(3/q) + q/3    (Wilson & Hilferty: MS^⅓ is nearly normal)
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.ratings import Flags, Floats, Ints
from quanheng.calibration.result import Fit

CHUNK = 1 << 20  # rows at a time, so that 10 M ratings need no temporary of 10 M
ODD = (0.5, 1.5)  # mean squares outside are odd, if |zstd| > 2 as well


@dataclass(frozen=True)
class Moments:
    """Of the score of each row under the model, in categories: expectation, variance, fourth central moment."""

    expected: Floats  # (rows,)
    variance: Floats  # (rows,)
    fourth: Floats  # (rows,)


def moments(probability: Floats, values: Floats | None = None) -> Moments:
    """From the probability of each category, (rows, categories); the scores are 0, 1, … unless `values` are given."""
    scores = np.arange(probability.shape[1], dtype=np.float64) if values is None else values
    expected = probability @ scores
    squared = (scores - expected[:, None]) ** 2
    variance = np.einsum("rk,rk->r", probability, squared)
    return Moments(expected, variance, np.einsum("rk,rk->r", probability, squared * squared))


class FitSums:
    """The sums of one facet, filled in as many portions of rows as memory asks for."""

    def __init__(self, size: int) -> None:
        self._sums = np.zeros((6, size))

    def add(self, index: Ints, score: Floats, moments: Moments) -> None:
        """A portion of rows: `index` is the element of the facet. Rows without variance say nothing: not counted."""
        for start in range(0, len(index), CHUNK):
            part = slice(start, start + CHUNK)
            self._add(index[part], score[part] - moments.expected[part], moments.variance[part], moments.fourth[part])

    def _add(self, index: Ints, residual: Floats, variance: Floats, fourth: Floats) -> None:
        told = variance > 0
        if not told.all():
            index, residual, variance, fourth = index[told], residual[told], variance[told], fourth[told]
        square, flat = residual * residual, variance * variance
        for place, weight in enumerate((None, square, variance, square / variance, fourth - flat, fourth / flat)):
            self._sums[place] += np.bincount(index, weight, minlength=self._sums.shape[1])

    def fit(self) -> Fit:
        """nan for an element without rows."""
        n, square, variance, standard, spread, kurtosis = self._sums
        with np.errstate(divide="ignore", invalid="ignore"):
            infit, outfit = square / variance, standard / n
            infit_q = np.sqrt(np.maximum(spread, 0)) / variance
            outfit_q = np.sqrt(np.maximum(kurtosis / n - 1, 0) / n)
            return Fit(infit, standardise(infit, infit_q), outfit, standardise(outfit, outfit_q))


def standardise(mean_square: Floats, q: Floats) -> Floats:
    """ZSTD by the cube-root transformation of Wilson & Hilferty; nan where the mean square cannot vary (q = 0)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (np.cbrt(mean_square) - 1) * (3 / q) + q / 3
    return np.where(q > 0, value, np.nan)


def facet_fit(index: Ints, size: int, score: Floats, moments: Moments) -> Fit:
    """Fit of each of `size` elements, of which `index` (rows,) names that of each row; `score` in categories."""
    sums = FitSums(size)
    sums.add(index, score, moments)
    return sums.fit()


def odd(fit: Fit) -> Flags:
    """Elements whose infit or outfit is outside .5–1.5 with |zstd| > 2: to be looked at."""
    low, high = ODD
    kinds = ((fit.infit, fit.infit_zstd), (fit.outfit, fit.outfit_zstd))
    found = [((square < low) | (square > high)) & (np.abs(zstd) > 2) for square, zstd in kinds]
    return np.asarray(found[0] | found[1])
