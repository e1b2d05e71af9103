"""What comes out: a figure for each person with its interval, cause and fit; units of the input score unless said."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from quanheng.calibration.ratings import Design, Flags, Floats, Ints, Ratings


class Status(Enum):
    ESTIMATED = "estimated"
    EXTREME = "extreme"  # every score the highest, or every score the lowest
    UNCONNECTED = "unconnected"  # no ballot leads to the largest component


@dataclass(frozen=True)
class Fit:
    """Mean squares of residuals and their standardised values (Wright & Masters 1982); nan where not defined."""

    infit: Floats
    infit_zstd: Floats
    outfit: Floats
    outfit_zstd: Floats


@dataclass(frozen=True)
class Estimates:
    """A facet: measures in logits (gaussian: score units), one an entry of `labels`."""

    labels: tuple[str, ...]
    measure: Floats
    se: Floats
    fit: Fit
    n: Ints  # ratings


@dataclass(frozen=True)
class Uncertainty:
    """Covariance of one figure a person, without the P×P matrix.

    cov(n, m) = local[block[n]][place[n], place[m]] (same block only) + reach[n] · reach[m]
    """

    block: Ints  # (persons,), the unit block a person stands in
    place: Ints  # (persons,), place inside it
    local: tuple[Floats, ...]  # one symmetric matrix a block
    reach: Floats  # (persons, border), the part that runs through linking ballots and fixed effects

    def variance(self) -> Floats:
        own = np.array([self.local[b][i, i] for b, i in zip(self.block, self.place, strict=True)])
        return np.asarray(own + np.einsum("pl,pl->p", self.reach, self.reach))

    def covariance(self, a: Ints, b: Ints) -> Floats:
        """Of persons `a` with persons `b`, pair by pair."""
        shared = np.einsum("pl,pl->p", self.reach[a], self.reach[b])
        pairs = zip(self.block[a], self.block[b], self.place[a], self.place[b], strict=True)
        own = [self.local[k][i, j] if k == m else 0.0 for k, m, i, j in pairs]
        return np.asarray(shared + np.array(own, dtype=np.float64))


@dataclass(frozen=True)
class Persons:
    """Arrays of one entry a person, in the order of `labels`; every person of the input is there."""

    labels: tuple[str, ...]
    raw: Floats  # weighted mean of all ballots as given: the legal record
    fair: Floats  # what the same raters would have given
    se: Floats
    lo90: Floats
    hi90: Floats
    measure: Floats  # logits: person and unit together
    fit: Fit
    n: Ints  # ratings
    component: Ints  # 1 is the largest
    status: tuple[Status, ...]
    rank_lo: Ints  # best and worst rank that cannot be ruled out; 0: not ranked
    rank_hi: Ints
    band: Ints  # 难分先后, 1 is the highest; 0: not ranked
    missing_groups: Flags  # (persons, groups): no ballot of that group, its view is only the average


@dataclass(frozen=True)
class Shifts:
    """fair − raw of each person, taken apart; the parts add up exactly."""

    ballots: Floats  # leniency of the ballots that the person got
    culture: Floats  # leniency that the person's unit shares
    groups: Floats  # groups missing or uneven
    shrinkage: Floats  # few ballots: drawn to the average, and chance


@dataclass(frozen=True)
class Contrast:
    """Person a against person b; None where no ballot connects them."""

    a: str
    b: str
    difference: float | None
    se: float | None
    lo90: float | None
    hi90: float | None
    p_above: float | None  # chance that a stands above b


@dataclass(frozen=True)
class Threshold:
    """Between `category` − 1 and `category`; `item` None: the same for all items."""

    item: str | None
    category: int
    measure: float
    se: float


@dataclass(frozen=True)
class Flag:
    """A pattern in the ballots about one person or unit: counts for a supervisor to look at, never a verdict."""

    kind: str  # suppression, favour, bimodality, identical_ballots, unit_culture, straight_lining, all_highest
    subject: str  # label of person or unit
    count: float
    expected: float
    p_adjusted: float
    effect: float  # change of the fair score when those ballots are left out; nan where that has no meaning


@dataclass(frozen=True)
class Calibration:
    ratings: Ratings
    design: Design
    persons: Persons
    raters: Estimates | None
    items: Estimates | None
    thresholds: tuple[Threshold, ...]
    uncertainty: Uncertainty  # of persons.fair
    shifts: Shifts
    flags: tuple[Flag, ...]
    second_opinion: Floats | None  # fair score of the Gaussian twin
    summary: Mapping[str, object]  # the content of summary.json
