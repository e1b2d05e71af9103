"""From ratings to a Calibration: the one entry of the engine."""

from collections.abc import Callable

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from quanheng.calibration.calibrate_case import Case, Outcome, assembled
from quanheng.calibration.calibrate_gaussian import gaussian_outcome, with_second_opinion
from quanheng.calibration.calibrate_jmle import jmle_outcome
from quanheng.calibration.calibrate_ordinal import ordinal_outcome
from quanheng.calibration.connectivity import components
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Design, Model, Ratings
from quanheng.calibration.result import Calibration

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
        return assembled(case, outcome, tell)


def _named(case: Case) -> Outcome:
    """Estimators know places; a reader knows labels."""
    try:
        return _estimate(case)
    except CannotCalibrate as refusal:
        labels = {"extreme-item": case.item_labels, "extreme-group": case.group_labels}.get(refusal.code)
        if labels is None or not isinstance(index := refusal.facts.get("index"), int):
            raise
        raise type(refusal)(refusal.code, **{**refusal.facts, "label": labels[index]}) from refusal


def _estimate(case: Case) -> Outcome:
    match case.design.model:
        case Model.ORDINAL:
            return ordinal_outcome(case)
        case Model.GAUSSIAN:
            return gaussian_outcome(case)
        case Model.JMLE:
            return jmle_outcome(case)
