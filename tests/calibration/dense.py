"""A small dense fit of the ordinal model with given variances: every effect a column, every covariance written out.

Slow and plain on purpose; it stands in for `fit_ordinal` where a test needs a posterior that can be seen whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quanheng.calibration.blocks_posterior import Gradient, Posterior
from quanheng.calibration.expected import Scale
from quanheng.calibration.layout import Layout, used_pairs
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Floats, Ints
from quanheng.calibration.result import Uncertainty

VARIANCE = {"person": 1.0, "unit": 0.2, "view": 0.3, "rater": 0.5, "culture": 0.3}
STEPS = 30


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


class DensePosterior(Posterior):
    """Holds the whole covariance; gives all persons one block."""

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
        rows[:, self.place.start["group"] :] = gradient.fixed
        return rows

    def project(self, gradient: Gradient) -> Uncertainty:
        rows = self.matrix(gradient)
        persons = np.arange(len(rows))
        covariance = rows @ self.covariance @ rows.T
        return Uncertainty(np.zeros_like(persons), persons, (covariance,), np.zeros((len(rows), 0)))


def dense_fit(layout: Layout, variance: Mapping[str, float] | None = None, phi: float = 1.0) -> OrdinalFit:
    """Posterior mode by Newton on all effects at once; sums of δ and of τ are held at 0."""
    variances = dict(VARIANCE if variance is None else variance)
    place = columns(layout)
    basis, precision = _free(place), _precision(place, variances)
    rows = np.flatnonzero(used_pairs(layout)[layout.row_pair])
    design = _design(layout, place)[rows]
    effect = np.zeros(place.total)
    for _ in range(STEPS):
        score, information = _derivatives(layout, place, design, rows, effect)
        bread = basis.T @ (information / phi + np.diag(precision)) @ basis
        effect = effect + basis @ np.linalg.solve(bread, basis.T @ (score / phi - precision * effect))
    covariance = basis @ np.linalg.inv(bread) @ basis.T
    posterior = DensePosterior(place, covariance, layout.person_unit)
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
        iterations=STEPS,
        log_likelihood=np.nan,
        posterior=posterior,
    )


def _precision(place: Columns, variance: Mapping[str, float]) -> Floats:
    precision = np.zeros(place.total)
    for name, value in variance.items():
        precision[place.of(name)] = 1.0 / value
    return precision


def _free(place: Columns) -> Floats:
    """Columns that span what the constraints leave free."""
    keep = np.eye(place.total)
    for name in ("item", "threshold"):
        size = place.sizes[name]
        keep[place.of(name), place.of(name)] -= 1.0 / size
    left, spread, _ = np.linalg.svd(keep)
    return np.asarray(left[:, spread > 0.5])


def _design(layout: Layout, place: Columns) -> Floats:
    pair = layout.row_pair
    person, rater, group = layout.pair_person[pair], layout.pair_rater[pair], layout.pair_group[pair]
    design, at = np.zeros((len(pair), place.total)), np.arange(len(pair))
    design[at, place.start["person"] + person] = 1.0
    design[at, place.start["unit"] + layout.person_unit[person]] = 1.0
    design[at, place.start["view"] + person * layout.groups + group] = 1.0
    design[at, place.start["rater"] + rater] = 1.0
    local = layout.rater_unit[rater] >= 0
    design[at[local], place.start["culture"] + layout.person_unit[person[local]]] = 1.0
    design[at, place.start["group"] + group] = 1.0
    design[at, place.start["item"] + layout.row_item] = -1.0
    return design


def _derivatives(layout: Layout, place: Columns, design: Floats, rows: Ints, effect: Floats) -> tuple[Floats, Floats]:
    categories = np.arange(len(layout.points))
    scale = Scale(layout.points, effect[place.of("threshold")], np.zeros(layout.items))
    chance = scale.probabilities(design @ effect)
    step = (categories[:, None] >= categories[None, 1:]).astype(float)  # (K, K − 1), 1[y ≥ j]
    score, information = np.zeros(place.total), np.zeros((place.total, place.total))
    observed = layout.category[rows]
    for x, p, y in zip(design, chance, observed, strict=True):
        features = np.outer(categories, x)
        features[:, place.of("threshold")] -= step
        mean = p @ features
        score += features[y] - mean
        information += (features * p[:, None]).T @ features - np.outer(mean, mean)
    return score, information
