"""What joint maximum likelihood gives back, and the errors of its differences."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from quanheng.calibration.jmle_model import Model, Point
from quanheng.calibration.jmle_newton import Joint
from quanheng.calibration.jmle_rows import Facet, Selection
from quanheng.calibration.ratings import Flags, Floats, Ints
from quanheng.calibration.result import Fit, Uncertainty

CHUNK = 256  # functionals at a time


@dataclass(frozen=True)
class Measures:
    """One facet, an entry an element of the layout. Logits; raters and items: higher is more severe, harder."""

    measure: Floats  # extremes: at their score ±0.3; nan: an item of partial credit with one category in all rows
    se: Floats  # from the inverse of the joint information; extremes: as model_se
    model_se: Floats  # 1/√information, as Winsteps and FACETS print it: too small where links are weak
    fit: Fit  # nan for extremes
    n: Ints  # ratings, also those that are not estimated from
    is_extreme: Flags  # dropped from the estimation, or only with elements that were


@dataclass(frozen=True)
class Steps:
    """The thresholds of one scale, of sum 0; `measure[k]` stands between `categories[k]` and `categories[k + 1]`."""

    item: int | None  # None: of all items
    categories: Ints  # of the layout, those observed; others are closed up
    measure: Floats  # (categories − 1,), logits
    se: Floats


@dataclass(frozen=True)
class JmleFit:
    persons: Measures
    raters: Measures | None
    items: Measures
    steps: tuple[Steps, ...]
    component: Ints  # (persons,), 1 has the most persons; 0: not in the estimation
    rater_component: Ints  # (raters,), the same numbers
    fair: Floats  # (persons,), score expected of the average rater, mean of the items, in points; nan where unknown
    fair_slope: Floats  # (persons,), its derivative: points a logit
    uncertainty: Uncertainty  # of persons.measure
    fair_uncertainty: Uncertainty  # of fair, by the delta method
    log_likelihood: float  # of the ratings estimated from
    iterations: int  # Newton steps worked out
    step: float  # logits: largest entry of the last of them, the error of the measures
    score: float  # largest residual score, in units of √information
    selection: Selection
    model: Model
    point: Point
    joint: Joint

    def of(self, facet: Facet) -> Measures:
        found = {Facet.PERSON: self.persons, Facet.RATER: self.raters, Facet.ITEM: self.items}[facet]
        assert found is not None
        return found

    def difference(self, facet: Facet, a: Ints, b: Ints) -> tuple[Floats, Floats]:
        """Measure of a minus that of b, pair by pair, and its standard error from the joint inverse.

        nan for persons or raters of different components: nothing puts them on one origin.
        """
        measures = self.of(facet)
        difference = measures.measure[a] - measures.measure[b]
        se = np.hypot(measures.se[a], measures.se[b])  # extremes: the others do not depend on them
        joint = np.flatnonzero(~(measures.is_extreme[a] | measures.is_extreme[b]))
        se[joint] = self._joint_se(facet, a[joint], b[joint])
        if facet is not Facet.ITEM:
            component = self.component if facet is Facet.PERSON else self.rater_component
            apart = component[a] != component[b]
            difference[apart], se[apart] = np.nan, np.nan
        return difference, se

    def _joint_se(self, facet: Facet, a: Ints, b: Ints) -> Floats:
        places = [self.model.start[facet] + np.searchsorted(self.model.elements[facet], x) for x in (a, b)]
        signs = np.repeat([1.0, -1.0], len(a))
        entries = (signs, (np.tile(np.arange(len(a)), 2), np.concatenate(places)))
        return np.sqrt(variances(self.joint, sparse.csr_matrix(entries, shape=(len(a), self.model.size))))


def variances(joint: Joint, functionals: Any) -> Floats:
    """Of sparse functionals (f, parameters) of the centred parameters."""
    found = np.zeros(functionals.shape[0])
    for start in range(0, len(found), CHUNK):
        own, rest = joint.reach(functionals[start : start + CHUNK])
        found[start : start + CHUNK] = np.einsum("fe,fe->f", own, own) + np.einsum("fr,fr->f", rest, rest)
    return found
