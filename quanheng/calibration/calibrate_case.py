"""What the three models have in common: who is ranked, in which state each person is, and how all is put together."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quanheng.calibration.composite import Composite, Weights, weights_of
from quanheng.calibration.layout import Layout, extreme_persons
from quanheng.calibration.ranks import separation
from quanheng.calibration.ratings import Design, Facet, Flags, Floats, Ints, Model, Ratings
from quanheng.calibration.result import (
    Estimates,
    Fit,
    Flag,
    Shifts,
    Status,
    Threshold,
    Uncertainty,
)

MANY_BANDS = 1  # a second opinion that puts a person more bands away is an alarm


@dataclass(frozen=True)
class Case:
    ratings: Ratings
    design: Design
    layout: Layout
    component: Ints  # (persons,), 1 is the largest

    @property
    def is_ranked(self) -> Flags:
        return np.asarray(self.component == 1)

    @property
    def group_labels(self) -> tuple[str, ...]:
        return self.ratings.group.labels if self.ratings.group else ("",)

    @property
    def unit_labels(self) -> tuple[str, ...]:
        return self.ratings.unit.labels if self.ratings.unit else ("",)

    @property
    def item_labels(self) -> tuple[str, ...]:
        return self.ratings.item.labels if self.ratings.item else ("",)

    @property
    def weights(self) -> Weights:
        return weights_of(self.layout, self.group_labels, self.design.group_weights)

    @property
    def classes(self) -> Ints | None:
        """(persons,), the comparison class of each."""
        facet = self.ratings.comparison_class
        if facet is None:
            return None
        found = np.zeros(self.layout.persons, dtype=np.int64)
        found[self.ratings.person.index] = facet.index
        return found

    def counts(self, facet: Facet) -> Ints:
        """Ratings of each label."""
        return np.bincount(facet.index, minlength=len(facet.labels))


@dataclass(frozen=True)
class Outcome:
    """What one model says."""

    composite: Composite
    person_fit: Fit
    raters: Estimates | None
    items: Estimates | None
    thresholds: tuple[Threshold, ...]
    shifts: Shifts
    figures: Mapping[str, object]  # of the summary: criterion, variance components, phi, iterations
    measure: Uncertainty | None  # of θ + v, for the links of units; None: not estimated
    quality_sd: float  # σ_v
    flags: tuple[Flag, ...] = ()
    second_opinion: Floats | None = None
    extremes: Flags | None = None  # (persons,); None: by their scores
    component: Ints | None = None  # (persons,), where the model joins fewer persons than ballots do


def statuses(case: Case, outcome: Outcome) -> tuple[Status, ...]:
    """Unconnected goes before extreme: no comparison is what a reader must know first."""
    if outcome.extremes is not None:
        extreme = outcome.extremes
    elif case.design.model is Model.GAUSSIAN:
        extreme = np.zeros(case.layout.persons, dtype=np.bool_)  # scores themselves have no ends
    else:
        extreme = extreme_persons(case.layout)
    by_score = [Status.EXTREME if is_extreme else Status.ESTIMATED for is_extreme in extreme]
    return tuple(
        state if is_ranked else Status.UNCONNECTED for state, is_ranked in zip(by_score, case.is_ranked, strict=True)
    )


def alarms(case: Case, fair: Floats, band: Ints, second: Floats) -> Ints:
    """Persons whom the second opinion puts more than one band away: the band that stands at the rank it gives them."""
    classes = np.zeros(fair.size, dtype=np.int64) if case.classes is None else case.classes
    found = np.zeros(fair.size, dtype=np.bool_)
    for number in np.unique(classes[case.is_ranked]):
        members = np.flatnonzero(case.is_ranked & (classes == number))
        first = members[np.argsort(-fair[members], kind="stable")]
        other = members[np.argsort(-second[members], kind="stable")]
        found[other] = np.abs(band[first] - band[other]) > MANY_BANDS
    return np.flatnonzero(found)


def reliabilities(case: Case, outcome: Outcome) -> Mapping[str, float]:
    """Of the fair scores of those that are compared."""
    ranked = np.flatnonzero(case.is_ranked & np.isfinite(outcome.composite.se))
    found = separation(
        outcome.composite.fair[ranked], outcome.composite.se[ranked] ** 2, shrunken=case.design.model is not Model.JMLE
    )
    return {"separation": found.separation, "reliability": found.reliability, "strata": found.strata}


def no_fit(size: int) -> Fit:
    """Where the model has no such figure."""
    return Fit(*(np.full(size, np.nan) for _ in range(4)))


def no_shifts(composed: Composite) -> Shifts:
    """Without a model of leniency the way from raw to fair is one step."""
    none = np.zeros(composed.fair.size)
    return Shifts(ballots=composed.fair - composed.raw, culture=none, groups=none, shrinkage=none)
