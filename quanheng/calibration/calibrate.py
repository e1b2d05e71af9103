"""From ratings to a Calibration: the one entry of the engine."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from threadpoolctl import threadpool_limits

from quanheng.calibration.calibrate_case import Case, Outcome, statuses
from quanheng.calibration.calibrate_gaussian import gaussian_outcome, with_second_opinion
from quanheng.calibration.calibrate_jmle import jmle_outcome
from quanheng.calibration.calibrate_ordinal import ordinal_outcome
from quanheng.calibration.connectivity import components
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ranks import Ranks, rank
from quanheng.calibration.ratings import Design, Model, Ratings
from quanheng.calibration.result import Calibration, Persons
from quanheng.calibration.summary import summary

Progress = Callable[[str], None]


def calibrate(ratings: Ratings, design: Design, progress: Progress | None = None) -> Calibration:
    """Estimate what each person would score before the same raters, and how surely.

    The result hangs on the ratings and the design alone: one BLAS thread, a fixed order, a fixed seed. `progress` is
    told each stage: layout, estimate, second-opinion, ranks, summary. Raises subclasses of CannotCalibrate; nothing
    unconverged is given back.
    """
    tell = progress or (lambda stage: None)
    with threadpool_limits(limits=1):
        tell("layout")
        layout = lay_out(ratings, design)
        case = Case(ratings, design, layout, components(layout, ratings.person.labels))
        tell("estimate")
        outcome = _named(case)
        if design.model is Model.ORDINAL:
            tell("second-opinion")
            outcome = with_second_opinion(case, outcome)
        tell("ranks")
        return _assembled(case, outcome, tell)


def _named(case: Case) -> Outcome:
    """Estimators know places; a reader knows labels."""
    try:
        return _estimate(case)
    except CannotCalibrate as refusal:
        label = _label(case, refusal.code, refusal.facts)
        raise type(refusal)(refusal.code, **{**refusal.facts, "label": label}) from refusal


def _label(case: Case, code: str, facts: Mapping[str, object]) -> str:
    """Of the item, group, person or ballot that the facts are about; empty where they are about none."""
    raters = case.ratings.rater.labels if case.ratings.rater else ()
    by_code = {"extreme-item": case.item_labels, "extreme-group": case.group_labels}
    by_facet = {"person": case.ratings.person.labels, "rater": raters, "item": case.item_labels}
    labels = by_code.get(code) or by_facet.get(str(facts.get("facet"))) or ()
    place = facts.get("index", facts.get("element"))
    return labels[place] if isinstance(place, int) and place < len(labels) else ""


def _estimate(case: Case) -> Outcome:
    match case.design.model:
        case Model.ORDINAL:
            return ordinal_outcome(case)
        case Model.GAUSSIAN:
            return gaussian_outcome(case)
        case Model.JMLE:
            return jmle_outcome(case)


def _assembled(case: Case, outcome: Outcome, tell: Progress) -> Calibration:
    if outcome.component is not None:
        case = replace(case, component=outcome.component)
    ranks = rank(outcome.composite.fair, outcome.composite.uncertainty, case.is_ranked, case.classes, case.design.seed)
    persons = _persons(case, outcome, ranks)
    tell("summary")
    return Calibration(
        ratings=case.ratings,
        design=case.design,
        persons=persons,
        raters=outcome.raters,
        items=outcome.items,
        thresholds=outcome.thresholds,
        uncertainty=outcome.composite.uncertainty,
        shifts=outcome.shifts,
        flags=outcome.flags,
        second_opinion=outcome.second_opinion,
        summary=summary(case, outcome, persons),
    )


def _persons(case: Case, outcome: Outcome, ranks: Ranks) -> Persons:
    composed = outcome.composite
    return Persons(
        labels=case.ratings.person.labels,
        raw=composed.raw,
        fair=composed.fair,
        se=composed.se,
        lo90=composed.lo90,
        hi90=composed.hi90,
        measure=composed.measure,
        fit=outcome.person_fit,
        n=case.counts(case.ratings.person),
        component=case.component,
        status=statuses(case, outcome),
        rank_lo=ranks.lo,
        rank_hi=ranks.hi,
        band=ranks.band,
        missing_groups=composed.missing_groups,
    )
