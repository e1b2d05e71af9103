"""The brute-force solution as an `OrdinalFit`: for tests that need a posterior which can be seen whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np

from quanheng.calibration.blocks_posterior import Gradient, Posterior
from quanheng.calibration.layout import Layout
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Floats, Ints
from quanheng.calibration.result import Uncertainty
from tests.calibration.dense_ordinal import solve_dense

VARIANCE = {"person": 1.0, "unit": 0.2, "view": 0.3, "rater": 0.5, "culture": 0.3}


@dataclass(frozen=True)
class Columns:
    """Where each effect begins in the vector θ, v, γ, s, c, β, δ, τ."""

    start: Mapping[str, int]
    sizes: Mapping[str, int]
    total: int

    def of(self, name: str) -> slice:
        return slice(self.start[name], self.start[name] + self.sizes[name])


def columns(layout: Layout) -> Columns:
    sizes = {
        "person": layout.persons,
        "unit": layout.units,
        "view": layout.persons * layout.groups,
        "rater": layout.raters,
        "culture": layout.units,
        "group": layout.groups,
        "item": layout.items,
        "threshold": len(layout.points) - 1,
    }
    ends = np.cumsum(list(sizes.values()))
    return Columns({name: int(end) - sizes[name] for name, end in zip(sizes, ends, strict=True)}, sizes, int(ends[-1]))


class DensePosterior:
    """In place of `Posterior`: holds the whole covariance; gives all persons one block."""

    def __init__(self, place: Columns, covariance: Floats, unit: Ints) -> None:
        self.place, self.covariance, self.unit = place, covariance, unit

    def matrix(self, gradient: Gradient) -> Floats:
        """(persons, effects): the gradient written out."""
        persons = len(gradient.person)
        rows = np.zeros((persons, self.place.total))
        at = np.arange(persons)
        rows[at, at + self.place.start["person"]] = gradient.person
        rows[at, self.unit + self.place.start["unit"]] = gradient.unit
        groups = gradient.view.shape[1]
        for group in range(groups):
            rows[at, self.place.start["view"] + at * groups + group] = gradient.view[:, group]
        first = self.place.start["group"]
        rows[:, first : first + gradient.fixed.shape[1]] = gradient.fixed  # the twin has no thresholds
        return rows

    def project(self, gradient: Gradient) -> Uncertainty:
        rows = self.matrix(gradient)
        persons = np.arange(len(rows))
        covariance = rows @ self.covariance @ rows.T
        return Uncertainty(np.zeros_like(persons), persons, (covariance,), np.zeros((len(rows), 0)))


def dense_fit(layout: Layout, variance: Mapping[str, float] | None = None, phi: float = 1.0) -> OrdinalFit:
    """Posterior mode at given variances."""
    variances = dict(VARIANCE if variance is None else variance)
    place, found = columns(layout), solve_dense(layout, variances, phi, np.ones(layout.pair_person.size))
    effect = found.value
    return OrdinalFit(
        layout=layout,
        theta=effect[place.of("person")],
        quality=effect[place.of("unit")],
        view=effect[place.of("view")].reshape(layout.persons, layout.groups),
        leniency=np.where(layout.set_aside, np.nan, effect[place.of("rater")]),
        culture=effect[place.of("culture")],
        group_effect=effect[place.of("group")],
        difficulty=effect[place.of("item")],
        thresholds=effect[place.of("threshold")],
        variance=variances,
        phi=phi,
        iterations=1,
        log_likelihood=found.log_likelihood,
        posterior=cast(Posterior, DensePosterior(place, found.covariance, layout.person_unit)),
    )


def covariance_of(fit: OrdinalFit) -> Floats:
    """(effects, effects) of a `dense_fit`."""
    return cast(DensePosterior, fit.posterior).covariance
