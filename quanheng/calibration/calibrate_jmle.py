"""The verification mode put together: joint maximum likelihood, measures in logits."""

import numpy as np

from quanheng.calibration.calibrate_case import Case, Outcome, no_shifts
from quanheng.calibration.composite import Composite, assemble
from quanheng.calibration.connectivity import numbered
from quanheng.calibration.jmle import fit_jmle
from quanheng.calibration.jmle_result import JmleFit, Measures
from quanheng.calibration.ratings import Ints
from quanheng.calibration.result import Estimates, Threshold


def jmle_outcome(case: Case) -> Outcome:
    """Units and groups do not enter; persons extreme in the sense of the model are reported at their score ±0.3."""
    fit = fit_jmle(case.layout, case.design)
    composed = _composite(case, fit)
    raters = None
    if case.ratings.rater is not None and fit.raters is not None:
        raters = _estimates(case.ratings.rater.labels, fit.raters)
    return Outcome(
        composite=composed,
        person_fit=fit.persons.fit,
        raters=raters,
        items=_estimates(case.ratings.item.labels, fit.items) if case.ratings.item else None,
        thresholds=_thresholds(case, fit),
        shifts=no_shifts(composed),
        figures={
            "log_likelihood": fit.log_likelihood,
            "iterations": fit.iterations,
            "largest_step": fit.step,
            "largest_score_residual": fit.score,
        },
        measure=None,
        quality_sd=0.0,
        extremes=fit.persons.is_extreme,
        component=joined(case, fit.component),
    )


def joined(case: Case, estimated: Ints) -> Ints:
    """Components once extremes are dropped: what only they joined is apart. Extremes stand with the most of theirs.

    `estimated` (persons,) is that of the model, 0 for those that are not in the estimation.
    """
    found = estimated.copy()
    for number in np.unique(case.component):
        members = np.flatnonzero(case.component == number)
        counts = np.bincount(estimated[members])[1:]
        dropped = members[estimated[members] == 0]
        found[dropped] = counts.argmax() + 1 if counts.any() else estimated.max() + number
    return numbered(found, case.ratings.person.labels)


def _composite(case: Case, fit: JmleFit) -> Composite:
    points = case.layout.points
    limits = (float(points.min()), float(points.max()))
    return assemble(case.layout, case.weights, (fit.fair, fit.persons.measure), fit.fair_uncertainty, limits)


def _estimates(labels: tuple[str, ...], found: Measures) -> Estimates:
    return Estimates(labels, found.measure, found.se, found.fit, found.n)


def _thresholds(case: Case, fit: JmleFit) -> tuple[Threshold, ...]:
    """`category` is that of the scores used, from the lowest, 0; an item of partial credit lacks those it never saw."""
    return tuple(
        Threshold(
            None if step.item is None else case.item_labels[step.item],
            int(step.categories[place + 1]),
            float(step.measure[place]),
            float(step.se[place]),
        )
        for step in fit.steps
        for place in np.arange(step.measure.size)
    )
