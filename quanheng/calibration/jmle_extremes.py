"""Measures of extremes: where the expected score is .3 of a score point inside (Winsteps and FACETS convention).

Estimated after all others, which do not move: in the reverse order of dropping, from the ratings whose other elements
have a measure by then. Who has none such (every one of the raters is extreme as well) is estimated against average
raters and items, 0 in the gauge, last of all.
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.jmle_model import SIGN, added, probabilities
from quanheng.calibration.jmle_rows import Facet, Selection
from quanheng.calibration.ratings import Flags, Floats, Ints

INSIDE = 0.3  # score points from the end
FARTHEST = 60.0  # logits


@dataclass(frozen=True)
class Known:
    """Measures so far, nan where not known yet, with 1/√information of those that were added here."""

    measure: dict[Facet, Floats]
    se: dict[Facet, Floats]


def add_extremes(selection: Selection, thresholds: Floats, known: Known) -> None:
    """Fill in what is nan. `thresholds` (scales, steps), +inf where a scale has fewer."""
    usable = np.isfinite(thresholds[:, 0])[selection.scale] if thresholds.shape[1] else np.zeros(0, dtype=bool)
    for drop in reversed(selection.drops):
        rows = drop.rows[usable[drop.rows] & others_known(selection, known, drop.facet, drop.rows)]
        place(selection, thresholds, known, drop.facet, rows)
    for facet in (f for f in Facet if f in known.measure):
        left = np.isnan(known.measure[facet])[selection.index[facet]]
        place(selection, thresholds, known, facet, np.flatnonzero(left & usable))


def others_known(selection: Selection, known: Known, facet: Facet, rows: Ints) -> Flags:
    finite = [np.isfinite(known.measure[f][selection.index[f][rows]]) for f in known.measure if f is not facet]
    return np.asarray(np.logical_and.reduce(finite))


def place(selection: Selection, thresholds: Floats, known: Known, facet: Facet, rows: Ints) -> None:
    """Measure the elements of `facet` that stand in `rows`, from these rows alone."""
    if not len(rows):
        return
    elements, index = np.unique(selection.index[facet][rows], return_inverse=True)
    others = np.zeros(len(rows))
    for other, measure in known.measure.items():
        if other is not facet:
            others += SIGN[other] * np.nan_to_num(measure[selection.index[other][rows]])
    steps = thresholds[selection.scale[rows]]
    top = np.isfinite(steps).sum(axis=1)
    most = added(index, top)
    score = added(index, selection.category[rows])
    wanted = np.clip(score, INSIDE, most - INSIDE)
    level, information = solve(others, steps, index, wanted)
    known.measure[facet][elements] = SIGN[facet] * level
    known.se[facet][elements] = 1 / np.sqrt(information)


def solve(others: Floats, steps: Floats, index: Ints, wanted: Floats) -> tuple[Floats, Floats]:
    """The logit of each element at which its expected score is `wanted`, and the information there; by bisection."""
    low, high = np.full(len(wanted), -FARTHEST), np.full(len(wanted), FARTHEST)
    scores = np.arange(steps.shape[1] + 1.0)
    while True:
        middle = (low + high) / 2
        probability, _ = probabilities(others + middle[index], steps)
        expected = np.asarray(probability @ scores)
        if (high - low).max() < 1e-12 * FARTHEST:
            return middle, added(index, probability @ scores**2 - expected**2)
        above = added(index, expected) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
