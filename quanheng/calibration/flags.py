"""Odd patterns in the ballots (calibration.md §1.6, §3.3): counts for a supervisor to look at, never a verdict.

Nothing here removes a ballot, and no flag says which ballots it counts: a subject is a person or a unit. Reciprocal
voting cannot be tested while ballots are anonymous, and gaps in turnout only if the input knew who was invited, which
it does not: there is no flag for either.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import bdtrc, gammaincc, ndtr, pdtrc

from quanheng.calibration.ratings import Flags, Floats, Ints
from quanheng.calibration.result import Flag

FALSE_DISCOVERIES = 0.05  # Benjamini–Hochberg, over all subjects of one kind of flag
EXTREME_RESIDUAL = 2.5  # in standard deviations of the model without halo
EXTREME_GRADE = 0.5  # a mean grade this near the end of the scale
VARIANCE_RATIO = 2.0
CULTURE_LIMIT = 2.0  # in σ_c
FEWEST_FOR_TWO_MEANS = 8  # pairs; below no split into two says anything
NULL_DRAWS = 2000
FEWEST_ALL_HIGHEST = 3  # ballots; one or two careless ones are in every box, and would point at persons


@dataclass(frozen=True)
class Evidence:
    """What the tests look at, from any fit. A pair is one ballot on one person; ballots set aside have none."""

    persons: tuple[str, ...]
    units: tuple[str, ...]
    person_unit: Ints  # (persons,)
    pair_person: Ints  # (pairs,)
    residual: Floats  # (pairs,), Σ_i (y − E) / √(Σ_i V) over the items
    grade: Floats  # (pairs,), mean category over the items, 0 is the lowest
    highest: float  # the highest category
    weight: Floats  # (pairs,), Σ_i V / φ, what a pair tells about the person, 1 / logit²
    phi: float  # halo factor of the whole event
    variance: Floats  # (persons,), posterior, of the logit measure
    slope: Floats  # (persons,), of the fair score by the measure, score units a logit
    culture: Floats  # (units,), ĉ
    culture_sd: float  # σ_c
    identical: "Counted"  # (units,), pairs of local ballots that agree in every mark, not all the highest
    all_highest: "Counted"  # (units,), ballots that give everybody the highest grade


@dataclass(frozen=True)
class Counted:
    """Events a unit against the number the fitted model expects."""

    count: Floats
    expected: Floats


def find_flags(evidence: Evidence) -> tuple[Flag, ...]:
    """All flags, by kind and then in the order of persons or units."""
    found = (
        suppression(evidence),
        favour(evidence),
        bimodality(evidence),
        unit_culture(evidence),
        straight_lining(evidence),
        counted(evidence, "identical_ballots", evidence.identical),
        counted(evidence, "all_highest", evidence.all_highest, fewest=FEWEST_ALL_HIGHEST),
    )
    return tuple(flag for flags in found for flag in flags)


def suppression(evidence: Evidence) -> list[Flag]:
    """压票: too many ballots far below what the ballot and the cadre otherwise explain, and at the bottom (§3.3).

    On simulated events (8 a share) it flagged 2 of 4,477 others, and 91 / 94 % of those whom 20 / 30 % of the ballots
    of their unit voted down: those it misses are low already, or in units of few ballots.
    """
    low = (evidence.residual < -EXTREME_RESIDUAL) & (evidence.grade <= EXTREME_GRADE)
    return _excess(evidence, "suppression", low)


def favour(evidence: Evidence) -> list[Flag]:
    """打招呼: the mirrored test. At a ceiling it has little power: the highest grade is no surprise there."""
    high = (evidence.residual > EXTREME_RESIDUAL) & (evidence.grade >= evidence.highest - EXTREME_GRADE)
    return _excess(evidence, "favour", high)


def _excess(evidence: Evidence, kind: str, odd: Flags) -> list[Flag]:
    """Binomial upper tail against the base rate of everybody else, Benjamini–Hochberg over the persons."""
    persons = len(evidence.persons)
    trials = np.bincount(evidence.pair_person, minlength=persons)
    count = np.bincount(evidence.pair_person, odd, minlength=persons)
    # one more success and trial: that nobody else was hit in a small event proves little
    rate = (count.sum() - count + 1) / (trials.sum() - trials + 1)
    rate = np.minimum(rate, 1.0)
    p = np.where(count > 0, bdtrc(count - 1, trials, rate), 1.0)
    adjusted = adjust(p)
    effect = leave_out(evidence, odd)
    return [
        Flag(kind, evidence.persons[n], float(count[n]), float(trials[n] * rate[n]), float(adjusted[n]), effect[n])
        for n in np.flatnonzero(adjusted <= FALSE_DISCOVERIES)
    ]


def adjust(p: Floats) -> Floats:
    """p-values by Benjamini & Hochberg (1995), step up: the false discovery rate at which each is flagged."""
    order = np.argsort(-p, kind="stable")
    rank = np.arange(len(p), 0, -1)
    stepped = np.minimum.accumulate(p[order] * len(p) / rank)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


def leave_out(evidence: Evidence, odd: Flags) -> Floats:
    """(persons,): change of the fair score when the odd pairs on a person are left out, all else as it was.

    One step of Newton from the fit (Pregibon 1981), not a new fit: Δθ = −C·Σg / (1 − C·Σw) with posterior variance C,
    scores g = (Σ_i r)/φ and weights w of the pairs left out.
    """
    persons = len(evidence.persons)
    score = evidence.residual * np.sqrt(evidence.weight / evidence.phi)
    gone = np.bincount(evidence.pair_person[odd], score[odd], minlength=persons)
    told = np.bincount(evidence.pair_person[odd], evidence.weight[odd], minlength=persons)
    left = np.maximum(1 - evidence.variance * told, 0.05)  # few ballots left: the linear step is no longer to be had
    return np.asarray(-evidence.slope * evidence.variance * gone / left)


def bimodality(evidence: Evidence) -> list[Flag]:
    """Ballots on one cadre that fall into two camps: their residuals vary more than twice as much as all others', and
    a split into two means leaves less spread within than normal residuals would. The second is not Hartigan's dip but
    the two-means ratio (`two_means`): its null is cheap and exact by seeded draws, and it, too, tells camps from tails.

    count: variance ratio, expected 1; effect has no meaning.
    """
    ratio = _variance_ratios(evidence)
    p = np.ones(len(ratio))
    for n in np.flatnonzero(ratio > VARIANCE_RATIO):
        own = evidence.residual[evidence.pair_person == n]
        if len(own) >= FEWEST_FOR_TWO_MEANS:
            p[n] = two_means_p(own)
    adjusted = adjust(p)
    return [
        Flag("bimodality", evidence.persons[n], float(ratio[n]), 1.0, float(adjusted[n]), float("nan"))
        for n in np.flatnonzero(adjusted <= FALSE_DISCOVERIES)
    ]


def _variance_ratios(evidence: Evidence) -> Floats:
    """(persons,): variance of the residuals of a person over that of everybody else; 0 with fewer than two pairs."""
    persons = len(evidence.persons)
    n = np.bincount(evidence.pair_person, minlength=persons)
    mean = np.bincount(evidence.pair_person, evidence.residual, minlength=persons) / np.maximum(n, 1)
    square = np.bincount(evidence.pair_person, (evidence.residual - mean[evidence.pair_person]) ** 2, minlength=persons)
    free = np.maximum(n - 1, 0)
    others = (square.sum() - square) / np.maximum(free.sum() - free, 1)
    own = square / np.maximum(free, 1)
    return np.asarray(np.divide(own, others, out=np.zeros(persons), where=others > 0))


def two_means(values: Floats) -> Floats:
    """(…,) of (…, n): sum of squares within the best split into two, over that around the one mean; last axis.

    1 − 2/π = .36 for many normal values, .25 for uniform ones, near 0 for two camps (Hartigan 1978).
    """
    ordered = np.sort(values, axis=-1)
    ordered = ordered - ordered.mean(axis=-1, keepdims=True)
    n = ordered.shape[-1]
    lower = np.cumsum(ordered, axis=-1)[..., :-1]
    first = np.arange(1, n)
    between = (lower**2 * (1 / first + 1 / (n - first))).max(axis=-1)
    return np.asarray(1 - between / np.maximum((ordered**2).sum(axis=-1), 1e-300))


def two_means_p(values: Floats) -> float:
    """Chance that as many normal values split at least as cleanly; by seeded draws, so never below 1/2001."""
    drawn = np.random.default_rng(len(values)).standard_normal((NULL_DRAWS, len(values)))
    return float((1 + (two_means(drawn) <= two_means(values)).sum()) / (1 + NULL_DRAWS))


def unit_culture(evidence: Evidence) -> list[Flag]:
    """Units whose shared leniency lies beyond ±2σ_c. count: ĉ in σ_c, expected 0; the rule decides, not p."""
    if evidence.culture_sd <= 0:
        return []
    size = evidence.culture / evidence.culture_sd
    adjusted = adjust(2 * ndtr(-np.abs(size)))
    return [
        Flag("unit_culture", evidence.units[u], float(size[u]), 0.0, float(adjusted[u]), float("nan"))
        for u in np.flatnonzero(np.abs(size) > CULTURE_LIMIT)
    ]


def straight_lining(evidence: Evidence) -> list[Flag]:
    """Units whose ballots mark the dimensions more alike than all others: φ of the unit against that of the rest.

    count: φ of the unit; expected: φ of all other units. The mean of squared residuals is held against a gamma
    distribution of their observed mean and variance: heavy tails of single ballots are no habit of the unit.
    """
    units = len(evidence.units)
    if units < 2:
        return []
    unit = evidence.person_unit[evidence.pair_person]
    square = evidence.residual**2
    n = np.bincount(unit, minlength=units)
    total, spread = (np.bincount(unit, square**power, minlength=units) for power in (1, 2))
    rest = np.maximum(len(square) - n, 1)
    others, own = (square.sum() - total) / rest, total / np.maximum(n, 1)
    variance = (spread.sum() - spread) / rest - others**2
    shape = others**2 / np.maximum(variance * (1 / np.maximum(n, 1) + 1 / rest), 1e-300)
    tail = gammaincc(shape, shape * own / np.maximum(others, 1e-300))
    adjusted = adjust(np.where((n > 1) & (rest > 1), tail, 1.0))
    return [
        Flag("straight_lining", evidence.units[u], float(own[u]), float(others[u]), float(adjusted[u]), float("nan"))
        for u in np.flatnonzero(adjusted <= FALSE_DISCOVERIES)
    ]


def counted(evidence: Evidence, kind: str, events: Counted, *, fewest: int = 1) -> list[Flag]:
    """Poisson upper tail of the count of each unit against what the model expects there."""
    p = np.where(events.count > 0, pdtrc(events.count - 1, np.maximum(events.expected, 1e-12)), 1.0)
    adjusted = adjust(p)
    return [
        Flag(kind, evidence.units[u], float(events.count[u]), float(events.expected[u]), float(adjusted[u]), np.nan)
        for u in np.flatnonzero((adjusted <= FALSE_DISCOVERIES) & (events.count >= fewest))
    ]
