"""One person against another: the difference of their fair scores with the covariance of both."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
from scipy.special import ndtr

from quanheng.calibration.ratings import Floats, Ints
from quanheng.calibration.result import Contrast, Persons, Uncertainty
from quanheng.kernel.errors import Refused

Z90 = 1.6448536269514722  # Φ(Z90) = .95: half the width of a 90 % interval in standard errors


class UnknownPerson(Refused):
    """No rating names this person."""


class Calibrated(Protocol):
    """What a contrast needs of a `Calibration`."""

    @property
    def persons(self) -> Persons: ...
    @property
    def uncertainty(self) -> Uncertainty: ...


def contrast(calibrated: Calibrated, a: str, b: str) -> Contrast:
    """Person a minus person b, in units of the score; see `contrasts`."""
    return contrasts(calibrated, [(a, b)])[0]


def contrasts(calibrated: Calibrated, pairs: Iterable[tuple[str, str]]) -> list[Contrast]:
    """Each pair's difference Δ = F_a − F_b, Var Δ = a'Ca with the full joint inverse (design §1.3), P(Δ>0) = Φ(Δ/SE).

    Everything but the labels is None when no chain of ballots joins the two. Raises `UnknownPerson`.
    """
    wanted = list(pairs)
    place = {label: i for i, label in enumerate(calibrated.persons.labels)}
    for label in (label for pair in wanted for label in pair):
        if label not in place:
            raise UnknownPerson("unknown-person", label=label)
    first = np.array([place[a] for a, _ in wanted], dtype=np.int64)
    second = np.array([place[b] for _, b in wanted], dtype=np.int64)
    component = calibrated.persons.component
    difference = calibrated.persons.fair[first] - calibrated.persons.fair[second]
    error = standard_error(calibrated.uncertainty, first, second)
    above = probability_above(difference, error)
    return [
        _contrast(pair, float(difference[k]), float(error[k]), float(above[k]))
        if component[first[k]] == component[second[k]]
        else Contrast(pair[0], pair[1], None, None, None, None, None)
        for k, pair in enumerate(wanted)
    ]


def _contrast(pair: tuple[str, str], difference: float, se: float, above: float) -> Contrast:
    return Contrast(pair[0], pair[1], difference, se, difference - Z90 * se, difference + Z90 * se, above)


def standard_error(uncertainty: Uncertainty, first: Ints, second: Ints) -> Floats:
    """Of F_first − F_second, pair by pair: √(C_aa + C_bb − 2 C_ab)."""
    # the parts through the border are subtracted before they are squared: a common error cancels without rounding
    apart = uncertainty.reach[first] - uncertainty.reach[second]
    own = [_local_variance(uncertainty, int(a), int(b)) for a, b in zip(first, second, strict=True)]
    return np.asarray(np.sqrt(np.maximum(0.0, np.array(own) + np.einsum("pl,pl->p", apart, apart))))


def _local_variance(uncertainty: Uncertainty, a: int, b: int) -> float:
    i, j = uncertainty.place[a], uncertainty.place[b]
    of_a, of_b = uncertainty.local[uncertainty.block[a]], uncertainty.local[uncertainty.block[b]]
    shared = of_a[i, j] if uncertainty.block[a] == uncertainty.block[b] else 0.0
    return float(of_a[i, i] + of_b[j, j] - 2.0 * shared)


def probability_above(difference: Floats, se: Floats) -> Floats:
    """Φ(Δ/SE); without error the sign decides, and equals stand at one half."""
    certain = np.where(difference > 0, 1.0, np.where(difference < 0, 0.0, 0.5))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(se > 0, ndtr(difference / se), certain)
