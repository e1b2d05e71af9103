"""The reported model put together: empirical-Bayes ordinal estimates, fair scores, fit, shifts, flags, G-study."""

from dataclasses import asdict

import numpy as np

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.calibrate_case import Case, Outcome
from quanheng.calibration.composite import composite, scale_of
from quanheng.calibration.fit import FitSums, Moments, moments
from quanheng.calibration.flags import find_flags
from quanheng.calibration.flags_evidence import evidence_of
from quanheng.calibration.gstudy import Variances, curve, linking_needed, mix_of, residual_of_pairs, shares
from quanheng.calibration.layout import Layout, used_pairs
from quanheng.calibration.ordinal import OrdinalFit, fit_ordinal
from quanheng.calibration.ordinal_robust import LIMIT
from quanheng.calibration.ratings import Floats, Ints
from quanheng.calibration.result import Estimates, Fit, Flag, Threshold, Uncertainty
from quanheng.calibration.shifts import ordinal_shifts

PORTION = 1 << 18  # rows whose probabilities are held at a time
LOCAL_STUDY = (5, 10, 20, 40)  # ballots a unit, of the D-study curve
LINKING_STUDY = (0, 1, 2, 3, 6, 10, 20)
WANTED = 0.8  # reliability between units that a set-up should aim at


def ordinal_outcome(case: Case) -> Outcome:
    fit = fit_ordinal(case.layout)
    composed = composite(fit, case.weights)
    fits, information = residual_fits(fit)
    return Outcome(
        composite=composed,
        person_fit=fits["person"],
        raters=_raters(case, fit, fits),
        items=_items(case, fit, fits),
        thresholds=_thresholds(fit),
        shifts=ordinal_shifts(fit, case.weights, composed),
        figures=_figures(case, fit, information),
        measure=_measure(fit),
        quality_sd=float(np.sqrt(fit.variance["unit"])),
        flags=_flags(case, fit, composed.se),
    )


def pair_measures(fit: OrdinalFit) -> Floats:
    """(pairs,): η before δ is taken off; nan on ballots set aside."""
    layout, person = fit.layout, fit.layout.pair_person
    unit = layout.person_unit[person]
    about = fit.theta[person] + fit.quality[unit] + fit.view[person, layout.pair_group]
    eta = about + fit.group_effect[layout.pair_group]
    if layout.raters:
        is_local = layout.rater_unit[layout.pair_rater] >= 0
        eta = eta + fit.leniency[layout.pair_rater] + np.where(is_local, fit.culture[unit], 0.0)
    return np.asarray(eta)


def residual_fits(fit: OrdinalFit) -> tuple[dict[str, Fit], Floats]:
    """Fit of persons, raters and items over the rows of the estimation, and Σ_i V of each such pair."""
    layout = fit.layout
    sizes = {"person": layout.persons, "rater": layout.raters, "item": layout.items}
    sums = {name: FitSums(size) for name, size in sizes.items() if size}
    rows = np.flatnonzero(used_pairs(layout)[layout.row_pair])
    eta, information = pair_measures(fit), np.zeros(layout.pair_person.size)
    for start in range(0, rows.size, PORTION):
        part = rows[start : start + PORTION]
        expected = _moments(fit, eta, part)
        information += np.bincount(layout.row_pair[part], expected.variance, minlength=information.size)
        for name, total in sums.items():
            total.add(_index(layout, name, part), layout.category[part].astype(np.float64), expected)
    return {name: total.fit() for name, total in sums.items()}, information[used_pairs(layout)]


def _moments(fit: OrdinalFit, eta: Floats, rows: Ints) -> Moments:
    layout = fit.layout
    return moments(scale_of(fit).probabilities(eta[layout.row_pair[rows]] - fit.difficulty[layout.row_item[rows]]))


def _index(layout: Layout, name: str, rows: Ints) -> Ints:
    if name == "item":
        return np.asarray(layout.row_item[rows])
    member = layout.pair_person if name == "person" else layout.pair_rater
    return np.asarray(member[layout.row_pair[rows]])


def _raters(case: Case, fit: OrdinalFit, fits: dict[str, Fit]) -> Estimates | None:
    """Severity, as in the verification mode: the leniency s with its sign turned."""
    if case.ratings.rater is None:
        return None
    counts = case.counts(case.ratings.rater)
    return Estimates(case.ratings.rater.labels, -fit.leniency, fit.posterior.leniency_se(), fits["rater"], counts)


def _fixed_se(fit: OrdinalFit) -> Floats:
    return np.asarray(np.sqrt(np.maximum(0.0, np.diagonal(fit.posterior.fixed_covariance()))))


def _items(case: Case, fit: OrdinalFit, fits: dict[str, Fit]) -> Estimates | None:
    if case.ratings.item is None:
        return None
    se = _fixed_se(fit)[fit.layout.groups : fit.layout.groups + fit.layout.items]
    return Estimates(case.ratings.item.labels, fit.difficulty, se, fits["item"], case.counts(case.ratings.item))


def _thresholds(fit: OrdinalFit) -> tuple[Threshold, ...]:
    """`category` is that of the scores used, from the lowest, 0."""
    se = _fixed_se(fit)[fit.layout.groups + fit.layout.items :]
    found = zip(fit.thresholds.tolist(), se.tolist(), strict=True)
    return tuple(Threshold(None, category, *step) for category, step in enumerate(found, start=1))


def _measure(fit: OrdinalFit) -> Uncertainty | None:
    """Of θ + v; only units ask for it."""
    layout = fit.layout
    if not layout.has_units:
        return None
    ones, fixed = np.ones(layout.persons), layout.groups + layout.items + fit.thresholds.size
    gradient = Gradient(ones, ones, np.zeros((layout.persons, layout.groups)), np.zeros((layout.persons, fixed)), None)
    return fit.posterior.project(gradient)


def _flags(case: Case, fit: OrdinalFit, se: Floats) -> tuple[Flag, ...]:
    if not case.layout.raters:
        return ()
    return find_flags(evidence_of(fit, case.ratings.person.labels, case.unit_labels, se))


def _figures(case: Case, fit: OrdinalFit, information: Floats) -> dict[str, object]:
    used = int(used_pairs(fit.layout).sum())
    return {
        "log_likelihood": fit.log_likelihood,
        "variance_components": dict(fit.variance),
        "phi": fit.phi,
        "outlying": {"limit": LIMIT, "pairs": fit.outlying.pair.size, "share": fit.outlying.pair.size / used},
        "iterations": fit.iterations,
        "group_effects": dict(zip(case.group_labels, fit.group_effect.tolist(), strict=True)),
        **_studies(case, fit, information),
    }


def _studies(case: Case, fit: OrdinalFit, information: Floats) -> dict[str, object]:
    """G-study shares, and the D-study curve where there are ballots."""
    variances = Variances(**dict(fit.variance), residual=residual_of_pairs(information, fit.phi))
    found: dict[str, object] = {"g_study": [asdict(share) for share in shares(variances)]}
    if not case.layout.raters:
        return found
    size, mix = case.layout.persons / case.layout.units, mix_of(case.layout, case.weights)
    local = int(round(np.bincount(case.layout.rater_unit + 1, minlength=2)[1:].mean()))
    points = curve(variances, LOCAL_STUDY, LINKING_STUDY, size, mix)
    needed = linking_needed(variances, local, size, WANTED, mix) if case.layout.has_units else None
    study = {"wanted": WANTED, "local_ballots": local, "linking_needed": needed}
    return {**found, "d_study": {**study, "curve": [asdict(point) for point in points]}}
