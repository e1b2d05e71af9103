"""Where the differences between ballots come from (G-study) and how many ballots a wanted reliability needs (D-study).

Words and formulas of Brennan (2001), Generalizability Theory: persons are the objects of measurement, ballots the
facet; Eρ² = σ²(τ) / (σ²(τ) + σ²(δ)), with the universe score τ and the error δ of the comparison that is meant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quanheng.calibration.composite import Weights, local_pairs
from quanheng.calibration.layout import Layout, used_pairs
from quanheng.calibration.ratings import Floats, Ints

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
class Mix:
    """Which groups the ballots come from; (groups,) each, summing to 1 (0 where there are no such ballots)."""

    weights: tuple[float, ...]  # statutory, of the composite
    local: tuple[float, ...]  # share of each group in the local ballots
    linking: tuple[float, ...]  # and in the linking ones

    def ballots(self, local: float, linking: float) -> tuple[Floats, Floats]:
        return local * np.array(self.local), linking * np.array(self.linking)


ONE_GROUP = Mix((1.0,), (1.0,), (1.0,))


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


def mix_of(layout: Layout, weights: Weights) -> Mix:
    """As in an event; where no ballot links, linking ones are taken to come from the groups by their weights."""
    group, local = layout.pair_group[used_pairs(layout)], local_pairs(layout)[used_pairs(layout)]
    counts = [np.bincount(group[chosen], minlength=layout.groups) for chosen in (local, ~local)]
    shares = [tuple((count / count.sum()).tolist()) if count.sum() else () for count in counts]
    by_weight = tuple((weights.groups / weights.groups.sum()).tolist())
    unseen = (0.0,) if weights.absent else ()  # a group of the rules that gives no ballots
    own = tuple(weights.groups.tolist()) + ((weights.absent,) if weights.absent else ())
    return Mix(own, (shares[0] or by_weight) + unseen, (shares[1] or by_weight) + unseen)


def within(variances: Variances, local: float, linking: float = 0.0, mix: Mix = ONE_GROUP) -> float:
    """Reliability of a difference between two persons of one unit, both on the same ballots; 0 without any.

    Leniency of ballots and culture are the same on both sides and cancel. The universe score is the composite
    τ = θ + Σ_g W_g γ_g; the n_g ballots of group g show θ + γ_g with error σ²_e / n_g. Reliability is that of the best
    linear prediction, c'(C + E)⁻¹c / σ²(τ) (Brennan 2001, ch. 9, with regressed scores); with one group it is
    σ²(τ) / (σ²(τ) + σ²_e / n).
    """
    here, links = mix.ballots(local, linking)
    ballots = here + links
    seen = np.flatnonzero(ballots)
    weight = np.array(mix.weights)
    signal = variances.person + variances.view * np.eye(len(weight))
    toward = variances.person + variances.view * weight  # cov(τ, θ + γ_g)
    return _explained(signal, toward, variances.residual / ballots[seen], seen) / _own(variances, mix)


def across(variances: Variances, local: float, linking: float, size: float, mix: Mix = ONE_GROUP) -> float:
    """Reliability of a difference between persons of two units: 1 − PEV / Var of the best linear prediction.

    Each unit has `size` persons and `local` ballots of its own; `linking` ballots rate both units. In the balanced
    design unit means and deviations from them are orthogonal. Deviations: as `within`. The mean of a unit, of universe
    variance S = σ²_v + σ²(τ) / size, is seen by each group through local ballots with error
    σ²_c (common to all) + (σ²_s + σ²_e / size) / n and through linking ones, whose own leniency cancels, with error
    σ²_e / (size · n). Without linking ballots culture is never told from quality. With one group
    PEV = 1 / (1/S + 1/E_local + 1/E_linking).
    """
    weight, groups = np.array(mix.weights), len(mix.weights)
    here, links = mix.ballots(local, linking)
    ballots = np.append(here, links)
    seen = np.flatnonzero(ballots)
    is_local = np.arange(2 * groups) < groups
    signal = variances.unit + (variances.person + variances.view * np.tile(np.eye(groups), (2, 2))) / size
    toward = variances.unit + (variances.person + variances.view * np.tile(weight, 2)) / size
    one = np.where(is_local, variances.rater, 0.0) + variances.residual / size
    common = variances.culture * np.outer(is_local, is_local)
    known = _explained(signal + common, toward, one[seen] / ballots[seen], seen)
    own = _own(variances, mix)
    return float((known + own * (1.0 - 1.0 / size) * within(variances, local, linking, mix)) / (variances.unit + own))


def curve(
    variances: Variances, local: Sequence[int], linking: Sequence[int], size: float, mix: Mix = ONE_GROUP
) -> tuple[Point, ...]:
    """The D-study curve: every number of local with every number of linking ballots a unit."""
    return tuple(
        Point(here, links, within(variances, here, links, mix), across(variances, here, links, size, mix))
        for here in local
        for links in linking
    )


def linking_needed(variances: Variances, local: float, size: float, wanted: float, mix: Mix = ONE_GROUP) -> int | None:
    """The fewest linking ballots a unit with `across` ≥ wanted, by bisection; None: not below 10,000."""
    if across(variances, local, MOST_BALLOTS, size, mix) < wanted:
        return None
    low, high = -1, MOST_BALLOTS  # across(low) < wanted <= across(high)
    while high - low > 1:
        middle = (low + high) // 2
        if across(variances, local, middle, size, mix) >= wanted:
            high = middle
        else:
            low = middle
    return high


def _explained(shown: Floats, toward: Floats, error: Floats, seen: Ints) -> float:
    """c'(C + E)⁻¹c over the observations `seen`: variance of the best linear prediction."""
    covariance = shown[np.ix_(seen, seen)] + np.diag(error)
    return float(toward[seen] @ np.linalg.solve(covariance, toward[seen])) if len(seen) else 0.0


def _own(variances: Variances, mix: Mix) -> float:
    """σ²(τ) inside a unit."""
    return variances.person + variances.view * sum(weight**2 for weight in mix.weights)
