"""How near a score comes to the truth of a simulated event, and how honest its intervals are."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from quanheng.calibration.ratings import Flags, Floats, Ints, Ratings
from quanheng.calibration.result import Persons, Status, Uncertainty
from tests.calibration.simulate import GRADES, WEIGHTS, World

Z90 = 1.6448536269514722


@dataclass(frozen=True)
class Agreement:
    """Spearman's ρ with the truth, and the share of the true top fifth that the top fifth of the score holds."""

    overall: float
    within: float  # mean over units
    units: float  # of unit means
    top: float


@dataclass(frozen=True)
class Coverage:
    """Share of intervals of a contrast that hold the true contrast, over all pairs of persons, and their mean width in
    hundredths of the scale 0–3."""

    within: float  # both of one unit
    across: float
    width_within: float = 0.0
    width_across: float = 0.0


def plain_means(ratings: Ratings) -> Floats:
    """(persons,), mean of the group means by the statutory weights; weights of absent groups are shared out."""
    assert ratings.group is not None
    persons = len(ratings.person.labels)
    total, weight = np.zeros(persons), np.zeros(persons)
    for group, label in enumerate(ratings.group.labels):
        rows = ratings.group.index == group
        count = np.bincount(ratings.person.index[rows], minlength=persons)
        score = np.bincount(ratings.person.index[rows], ratings.score[rows], minlength=persons)
        total += WEIGHTS[label] * score / np.maximum(count, 1)
        weight += WEIGHTS[label] * (count > 0)
    return np.asarray(total / weight)


def spearman(a: Floats, b: Floats) -> float:
    return float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])


def agreement(world: World, score: Floats) -> Agreement:
    units = range(len(world.unit_truth))
    mean = np.bincount(world.unit, score) / np.bincount(world.unit)
    within = [spearman(score[world.unit == unit], world.truth[world.unit == unit]) for unit in units]
    return Agreement(
        spearman(score, world.truth),
        float(np.mean(within)),
        spearman(mean, world.unit_truth),
        float((_top(score) & _top(world.truth)).sum() / _top(score).sum()),
    )


def _top(score: Floats) -> Flags:
    return np.asarray(rankdata(-score, method="ordinal") <= round(len(score) / 5))


def coverage(world: World, fair: Floats, uncertainty: Uncertainty, *, z: float = Z90) -> Coverage:
    a, b = np.triu_indices(len(fair), 1)
    variance = uncertainty.variance()
    se = np.sqrt(variance[a] + variance[b] - 2 * uncertainty.covariance(a, b))
    held = np.abs(fair[a] - fair[b] - (world.truth[a] - world.truth[b])) <= z * se
    same = world.unit[a] == world.unit[b]
    width = 2 * z * se * 100 / (GRADES - 1)
    means = [float(part.mean()) for part in (held[same], held[~same], width[same], width[~same])]
    return Coverage(*means)


def ranked_across_components(persons: Persons) -> int:
    """Persons whose rank or status claims a comparison that no ballot supports; 0 is a refusal kept.

    Outside the largest component everybody is unconnected, and nobody's range of ranks may reach beyond the own one.
    """
    size = np.bincount(persons.component)[persons.component]
    outside = persons.component > 1
    unconnected = np.array([status is Status.UNCONNECTED for status in persons.status])
    return int(((persons.rank_hi > size) | (outside & ~unconnected)).sum())


def pairs_across_components(component: Ints, count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Some pairs of persons that nothing connects, by lot."""
    a, b = np.triu_indices(len(component), 1)
    apart = np.flatnonzero(component[a] != component[b])
    chosen = rng.permutation(apart)[:count]
    return a[chosen], b[chosen]
