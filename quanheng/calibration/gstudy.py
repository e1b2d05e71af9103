"""Where the differences between ballots come from (G-study) and how many ballots a wanted reliability needs (D-study).

Words and formulas of Brennan (2001), Generalizability Theory: persons are the objects of measurement, ballots the
facet; Eρ² = σ²(τ) / (σ²(τ) + σ²(δ)), with the universe score τ and the error δ of the comparison that is meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quanheng.calibration.ratings import Floats

MOST_BALLOTS = 10_000  # no event gives out more; a reliability beyond is not to be had


@dataclass(frozen=True)
class Variances:
    """Variance components of one ballot's score of one person; logits², or score units² in the Gaussian twin."""

    person: float  # θ, inside the unit
    unit: float  # v, quality of the unit
    view: float  # γ, person × group
    rater: float  # s, leniency of a ballot
    culture: float  # c, leniency shared by the local ballots of a unit
    residual: float  # of one ballot on one person, mean over its items, halo included


@dataclass(frozen=True)
class Share:
    source: str
    variance: float
    share: float  # of the total of all sources


@dataclass(frozen=True)
class Point:
    """One place of the D-study curve."""

    local: int  # local ballots a unit
    linking: int  # linking ballots a unit
    within: float  # reliability of a difference inside a unit
    across: float  # reliability of a difference between units


def shares(variances: Variances) -> tuple[Share, ...]:
    """The G-study table, in the order of `Variances`."""
    sources = ("person", "unit", "view", "rater", "culture", "residual")
    values = [float(getattr(variances, source)) for source in sources]
    total = sum(values)
    return tuple(
        Share(source, value, value / total if total > 0 else np.nan)
        for source, value in zip(sources, values, strict=True)
    )


def residual_of_pairs(information: Floats, phi: float) -> float:
    """Residual variance of one ballot on one person in logits²: φ / mean Σ_i V_i, (pairs,) Fisher information.

    Informations add up over ballots, so it is their mean that counts, not the mean of their inverses.
    """
    return float(phi / np.mean(information))


def reliability(true: float, error: float, ballots: float) -> float:
    """Spearman–Brown: σ²(τ) / (σ²(τ) + σ²(error of one ballot) / n)."""
    return true / (true + error / ballots)


def ballots_needed(true: float, error: float, wanted: float) -> int:
    """The fewest ballots with `reliability` ≥ wanted: n = wanted / (1 − wanted) · error / true, rounded up."""
    exact = wanted / (1.0 - wanted) * error / true
    return max(1, int(np.ceil(exact - 1e-9)))


def within(variances: Variances, ballots: int, weights: Sequence[float] = (1.0,)) -> float:
    """Reliability of a difference between two persons of one unit, each on the same `ballots`.

    Leniency of ballots and culture are the same on both sides and cancel: σ²(δ) = σ²(residual) / n. The universe
    score is the composite of the statutory group weights, σ²(τ) = σ²(person) + σ²(view) · Σ_g W_g²; the groups are a
    fixed facet with ballots in proportion to their weights.
    """
    return reliability(_own(variances, weights), variances.residual, ballots) if ballots else 0.0


def across(variances: Variances, local: int, linking: int, size: float, weights: Sequence[float] = (1.0,)) -> float:
    """Reliability of a difference between persons of two units: 1 − PEV / Var of the best linear prediction.

    Each unit has `size` persons and `local` ballots of its own; `linking` ballots rate both units. In the balanced
    design the unit means and the deviations from them are orthogonal. Deviations: error σ²_e / (local + linking).
    Unit means: signal S = σ²_v + σ²_p / size, seen with error E_local = σ²_c + σ²_s / local + σ²_e / (local · size)
    through the local ballots, and E_linking = σ²_e / (linking · size) through the linking ones, whose own leniency
    cancels; PEV = 1 / (1/S + 1/E_local + 1/E_linking). Without linking ballots culture is never told from quality.
    """
    own = _own(variances, weights)
    signal = variances.unit + own / size
    precision = 1.0 / signal
    if local:
        precision += 1.0 / (variances.culture + (variances.rater + variances.residual / size) / local)
    if linking:
        precision += linking * size / variances.residual
    deviation = own * (1.0 - 1.0 / size) * (1.0 - within(variances, local + linking, weights))
    return 1.0 - (1.0 / precision + deviation) / (variances.unit + own)


def curve(
    variances: Variances,
    local: Sequence[int],
    linking: Sequence[int],
    size: float,
    weights: Sequence[float] = (1.0,),
) -> tuple[Point, ...]:
    """The D-study curve: every number of local with every number of linking ballots a unit."""
    return tuple(
        Point(here, links, within(variances, here + links, weights), across(variances, here, links, size, weights))
        for here in local
        for links in linking
    )


def linking_needed(
    variances: Variances, local: int, size: float, wanted: float, weights: Sequence[float] = (1.0,)
) -> int | None:
    """The fewest linking ballots a unit with `across` ≥ wanted, by bisection; None: not below 10,000."""
    if across(variances, local, MOST_BALLOTS, size, weights) < wanted:
        return None
    low, high = -1, MOST_BALLOTS  # across(low) < wanted <= across(high)
    while high - low > 1:
        middle = (low + high) // 2
        if across(variances, local, middle, size, weights) >= wanted:
            high = middle
        else:
            low = middle
    return high


def _own(variances: Variances, weights: Sequence[float]) -> float:
    return variances.person + variances.view * sum(weight**2 for weight in weights)
