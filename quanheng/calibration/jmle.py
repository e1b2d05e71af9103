"""Joint maximum likelihood for the many-facet Rasch model: the mode to verify against Winsteps, FACETS and mfrmr.

Rating scale (one set of thresholds) or partial credit (own thresholds for each item). Groups and units do not enter.
Inconsistent with many small ballots and without measures for extremes, so never the reported figure (design §2).
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from quanheng.calibration.errors import AllExtreme
from quanheng.calibration.fit import facet_fit, moments
from quanheng.calibration.jmle_extremes import Known, add_extremes
from quanheng.calibration.jmle_model import Model, build_model, probabilities
from quanheng.calibration.jmle_newton import Joint, Solution, maximise
from quanheng.calibration.jmle_result import CHUNK, JmleFit, Measures, Steps, variances
from quanheng.calibration.jmle_rows import Facet, Selection, select
from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Design, Floats, Ints
from quanheng.calibration.result import Fit, Uncertainty


def fit_jmle(layout: Layout, design: Design) -> JmleFit:
    """Measures of all elements with their errors and fit; refuses rather than give back what has not converged."""
    selection = select(layout, design.partial_credit)
    if not selection.kept.any():
        raise AllExtreme("all-extreme", persons=layout.persons, set_aside=0)
    model = build_model(selection)
    solution = maximise(model)
    steps = threshold_measures(selection, model, solution)
    known = known_measures(selection, model, solution)
    add_extremes(selection, threshold_table(steps), known)
    measures = {f: facet_measures(selection, model, solution, known, f) for f in selection.index}
    component, rater_component = element_components(selection, model, solution.joint)
    fair, slope = fair_scores(layout, measures, steps)
    uncertainty = person_uncertainty(model, solution.joint, measures[Facet.PERSON])
    return JmleFit(
        persons=measures[Facet.PERSON],
        raters=measures.get(Facet.RATER),
        items=measures[Facet.ITEM],
        steps=steps,
        component=component,
        rater_component=rater_component,
        fair=fair,
        fair_slope=slope,
        uncertainty=uncertainty,
        fair_uncertainty=scaled(uncertainty, slope),
        log_likelihood=solution.point.log_likelihood,
        iterations=solution.iterations,
        step=solution.step,
        score=solution.score,
        selection=selection,
        model=model,
        point=solution.point,
        joint=solution.joint,
    )


def known_measures(selection: Selection, model: Model, solution: Solution) -> Known:
    """Of the elements estimated; nan for those that were dropped."""
    known = Known({f: np.full(n, np.nan) for f, n in selection.size.items()}, {})
    for facet, elements in model.elements.items():
        start = model.start[facet]
        known.measure[facet][elements] = solution.beta[start : start + len(elements)]
        known.se[facet] = np.full(selection.size[facet], np.nan)
    return known


def threshold_measures(selection: Selection, model: Model, solution: Solution) -> tuple[Steps, ...]:
    whole = sparse.eye_array(model.size, format="csr")
    error = np.sqrt(variances(solution.joint, whole[model.step_start[0] :]))
    steps = []
    for scale, used in enumerate(selection.categories):
        place = model.step_start[scale] + np.arange(model.steps[scale])
        item = scale if len(selection.categories) > 1 else None
        steps.append(Steps(item, used, solution.beta[place], error[place - model.step_start[0]]))
    return tuple(steps)


def threshold_table(steps: tuple[Steps, ...]) -> Floats:
    """(scales, most steps), +inf where a scale has fewer."""
    table = np.full((len(steps), max(len(s.measure) for s in steps)), np.inf)
    for row, scale in zip(table, steps, strict=True):
        row[: len(scale.measure)] = scale.measure
    return table


def facet_measures(selection: Selection, model: Model, solution: Solution, known: Known, facet: Facet) -> Measures:
    elements, size = model.elements[facet], selection.size[facet]
    start = model.start[facet]
    estimated = sparse.eye_array(model.size, format="csr")[start : start + len(elements)]
    extreme = np.ones(size, dtype=bool)
    extreme[elements] = False
    spread = moments(solution.point.probability)
    information = np.bincount(model.index[facet], spread.variance)
    model_se, se = known.se[facet].copy(), known.se[facet].copy()
    model_se[elements] = 1 / np.sqrt(information)
    se[elements] = np.sqrt(variances(solution.joint, estimated))
    fit = facet_fit(model.index[facet], len(elements), model.score.astype(np.float64), spread)
    n = np.bincount(selection.index[facet], minlength=size)
    return Measures(known.measure[facet], se, model_se, spread_fit(fit, elements, size), n, extreme)


def spread_fit(fit: Fit, elements: Ints, size: int) -> Fit:
    """Of the estimated elements, nan for all others."""

    def spread(values: Floats) -> Floats:
        whole = np.full(size, np.nan)
        whole[elements] = values
        return whole

    return Fit(spread(fit.infit), spread(fit.infit_zstd), spread(fit.outfit), spread(fit.outfit_zstd))


def element_components(selection: Selection, model: Model, joint: Joint) -> tuple[Ints, Ints]:
    """Of persons and of raters, 1 has the most persons; 0: not estimated."""
    person = np.zeros(selection.size[Facet.PERSON], dtype=np.int64)
    person[model.elements[Facet.PERSON]] = joint.gauge.component + 1
    rater = np.zeros(selection.size.get(Facet.RATER, 0), dtype=np.int64)
    if len(rater):
        rater[model.elements[Facet.RATER][model.index[Facet.RATER]]] = (
            joint.gauge.component[model.index[Facet.PERSON]] + 1
        )
    return person, rater


def fair_scores(layout: Layout, measures: dict[Facet, Measures], steps: tuple[Steps, ...]) -> tuple[Floats, Floats]:
    """Expected points of each person before a rater of measure 0, averaged over the items, and the slope a logit.

    FACETS' fair average (Linacre 1989), but averaged over the items instead of at their mean.
    """
    person, items = measures[Facet.PERSON].measure, measures[Facet.ITEM].measure
    fair, slope = np.zeros(layout.persons), np.zeros(layout.persons)
    told = np.flatnonzero(np.isfinite(items))
    for item in told:
        scale = steps[item if len(steps) > 1 else 0]
        thresholds = np.broadcast_to(scale.measure, (layout.persons, len(scale.measure)))
        probability, _ = probabilities(person - items[item], thresholds)
        points, number = layout.points[scale.categories], np.arange(len(scale.categories))
        expected = probability @ points
        fair += expected / len(told)
        slope += (probability @ (points * number) - expected * (probability @ number)) / len(told)  # Cov(points, x)
    return fair, slope


def person_uncertainty(model: Model, joint: Joint, persons: Measures) -> Uncertainty:
    """Covariance of the persons' measures; those of extremes stand alone, since nothing else depends on them."""
    elements, size = model.elements[Facet.PERSON], len(persons.measure)
    start = model.start[Facet.PERSON]
    functionals = sparse.eye_array(model.size, format="csr")[start : start + len(elements)]
    block, place = np.arange(size), np.zeros(size, dtype=np.int64)
    variance = persons.se**2
    if model.order[0] is Facet.PERSON:  # given all others, persons are independent
        reach = np.zeros((size, model.size - len(elements)))
        for at in range(0, len(elements), CHUNK):
            reach[elements[at : at + CHUNK]] = joint.reach(functionals[at : at + CHUNK])[1]
        variance[elements] = 1 / joint.information.own
        return Uncertainty(block, place, tuple(np.full((1, 1), v) for v in variance), reach)
    own, rest = joint.reach(functionals)
    local = [np.full((1, 1), v) for v in variance]
    block[elements], place[elements] = elements[0], np.arange(len(elements))
    local[elements[0]] = own @ own.T + rest @ rest.T
    return Uncertainty(block, place, tuple(local), np.zeros((size, 0)))


def scaled(uncertainty: Uncertainty, factor: Floats) -> Uncertainty:
    """Of factor · figure, for each person."""
    order = np.lexsort((uncertainty.place, uncertainty.block))
    blocks, starts = np.unique(uncertainty.block[order], return_index=True)
    local = list(uncertainty.local)
    for block, members in zip(blocks, np.split(factor[order], starts[1:]), strict=True):
        local[block] = local[block] * np.outer(members, members)
    return replace(uncertainty, local=tuple(local), reach=uncertainty.reach * factor[:, None])
