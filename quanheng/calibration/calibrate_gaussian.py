"""The Gaussian twin put together: the model for 0–100 scores, and the second opinion on the ordinal one."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.calibrate_case import Case, Outcome, no_fit
from quanheng.calibration.checks import scale_of
from quanheng.calibration.composite import gaussian_composite, points_of
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.fit import FitSums, Moments
from quanheng.calibration.gaussian import GaussianFit
from quanheng.calibration.gaussian_fit import fit_gaussian
from quanheng.calibration.layout import used_pairs
from quanheng.calibration.ratings import Design, Floats, Ints
from quanheng.calibration.result import Estimates, Fit, Uncertainty
from quanheng.calibration.shifts import gaussian_shifts


def gaussian_outcome(case: Case) -> Outcome:
    fit = fit_gaussian(case.layout, case.ratings, case.design)
    composed = gaussian_composite(fit, case.weights, _limits(case))
    fits = residual_fits(fit)
    return Outcome(
        composite=composed,
        person_fit=fits["person"],
        raters=_raters(case, fit, fits),
        items=_items(case, fit),
        thresholds=(),
        shifts=gaussian_shifts(fit, case.weights, composed),
        figures=_figures(case, fit),
        measure=_measure(fit),
        quality_sd=math.sqrt(fit.variance["unit"]),
    )


def with_second_opinion(case: Case, outcome: Outcome) -> Outcome:
    """Where the twin has no solution there is no second opinion, and the reported model stands alone.

    Cut at the ends of the scale, which a linear model does not know: what a strict unit lost on average it gives back
    to everybody, those at the top included.
    """
    try:
        fit = fit_gaussian(case.layout, case.ratings, Design(), is_split_believed=True)
    except CannotCalibrate as refusal:
        return replace(outcome, figures={**outcome.figures, "second_opinion_refused": refusal.code})
    limits = _limits(case)
    fair = gaussian_composite(fit, case.weights, limits).fair
    return replace(outcome, second_opinion=np.clip(fair, *limits))


def _limits(case: Case) -> tuple[float, float]:
    """Intervals are cut at the ends of the declared scale, in points where those are declared."""
    if case.design.points is not None:
        return case.design.points[0], case.design.points[-1]
    return scale_of(case.design) or (-math.inf, math.inf)


def _measure(fit: GaussianFit) -> Uncertainty | None:
    """Of θ + v; only units ask for it."""
    layout = fit.layout
    if not layout.has_units:
        return None
    ones, fixed = np.ones(layout.persons), np.zeros((layout.persons, layout.groups + layout.items))
    return fit.posterior.project(Gradient(ones, ones, np.zeros((layout.persons, layout.groups)), fixed, None))


def residual_fits(fit: GaussianFit) -> dict[str, Fit]:
    """Fit of persons and raters by the mean of each ballot on each person, normal with the variance of its group."""
    layout = fit.layout
    kept = np.flatnonzero(used_pairs(layout))
    size = np.diff(layout.pair_start)
    score = np.bincount(layout.row_pair, points_of(layout), minlength=size.size) / size
    variance = fit.residual[layout.pair_group]
    expected = Moments(pair_means(fit)[kept], variance[kept], 3 * variance[kept] ** 2)
    members = {"person": (layout.pair_person, layout.persons), "rater": (layout.pair_rater, layout.raters)}
    return {name: _sums(index[kept], count, score[kept], expected) for name, (index, count) in members.items() if count}


def _sums(index: Ints, size: int, score: Floats, expected: Moments) -> Fit:
    sums = FitSums(size)
    sums.add(index, score, expected)
    return sums.fit()


def pair_means(fit: GaussianFit) -> Floats:
    """(pairs,): what the model expects of each ballot on each person, mean over its items; nan when set aside."""
    layout = fit.layout
    found = fit.level[layout.pair_person, layout.pair_group]
    hard = np.bincount(layout.row_pair, fit.difficulty[layout.row_item], minlength=found.size)
    found = found - hard / np.diff(layout.pair_start)
    if layout.raters:
        is_local = layout.rater_unit[layout.pair_rater] >= 0
        culture = fit.culture[layout.person_unit[layout.pair_person]]
        found = found + fit.leniency[layout.pair_rater] + np.where(is_local, culture, 0.0)
    return np.asarray(found)


def _raters(case: Case, fit: GaussianFit, fits: Mapping[str, Fit]) -> Estimates | None:
    """Severity, as in the other models: the leniency s with its sign turned."""
    facet = case.ratings.rater
    if facet is None:
        return None
    return Estimates(facet.labels, -fit.leniency, fit.posterior.leniency_se(), fits["rater"], case.counts(facet))


def _items(case: Case, fit: GaussianFit) -> Estimates | None:
    facet = case.ratings.item
    if facet is None:
        return None
    return Estimates(facet.labels, fit.difficulty, fit.difficulty_se, no_fit(len(facet.labels)), case.counts(facet))


def _figures(case: Case, fit: GaussianFit) -> dict[str, object]:
    residual = fit.residual.tolist()
    return {
        f"{fit.criterion.value}_criterion": fit.objective,
        "log_likelihood": fit.log_likelihood,
        "variance_components": {
            **fit.variance,
            **{name: variance for name, (variance, _) in fit.random.items()},
            "residual": residual[0] if len(set(residual)) == 1 else dict(zip(case.group_labels, residual, strict=True)),
        },
        "phi": None,
        "iterations": fit.iterations,
        "group_effects": dict(zip(case.group_labels, fit.group_effect.tolist(), strict=True)),
        "fixed_effects": _fixed(case, fit) if case.design.fixed else [],
    }


def _fixed(case: Case, fit: GaussianFit) -> list[dict[str, object]]:
    """As declared, with the effects of groups and items that the model has of itself."""
    se = np.sqrt(np.diagonal(fit.fixed.covariance))
    found = zip(fit.fixed.names, fit.fixed.estimate.tolist(), se.tolist(), strict=True)
    estimated: list[dict[str, object]] = [{"name": _label(case, name), "estimate": b, "se": e} for name, b, e in found]
    estimated += [{"name": _label(case, name), "estimate": None, "se": None} for name in fit.fixed.dropped]
    return estimated


def _label(case: Case, name: str) -> str:
    """ "(item)=1" by the label of the item; a covariate has its own label already."""
    own = {"(group)": case.group_labels, "(item)": case.item_labels}
    facet, _, place = name.partition("=")
    return f"{facet}={own[facet][int(place)]}" if facet in own else name
