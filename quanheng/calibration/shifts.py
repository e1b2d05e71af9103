"""Why the fair score is not the raw one: the way from one to the other in four steps that add up exactly (§1.8).

The ladder, each rung a score of the same person in points; a step is the difference of two rungs:

1. raw: all ballots as given.
2. kept: without the ballots that are set aside (`ballots`, for saying 优秀 to everybody is the lenience of a ballot).
3. foreseen: what the model expects of these very ballots, with their own leniency s_b and that of the unit, c_u.
   `shrinkage` is foreseen − kept: what the ballots said beyond what holds up, drawn to the average as they are few.
4. neutral: what ballots of the same number, groups and dimensions would have given, had their writers been drawn from
   all raters (`ballots`: s_b replaced by N(0, σ²_s)) and had the unit been drawn from all units (`culture`: c_u of the
   local ballots replaced by N(0, σ²_c)). On the grade scale the order of these two matters, so that each gets the mean
   of both orders (Shapley 1953); in the Gaussian twin both orders agree.
5. fair: the statutory weights, with the groups that are missing, and all dimensions alike (`groups`).

A positive step lifts the person: "打分偏严" is positive. In the Gaussian twin the parts are the linear identity
fair − raw = −Σ_g w_g mean(s_b) − Σ_g w_g (share of local ballots) c_u + groups − Σ_g w_g mean(residual).
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.composite import (
    Composite,
    Effects,
    Weights,
    group_means,
    group_measure,
    local_pairs,
    missing,
    part_of,
    raw_weights,
)
from quanheng.calibration.expected import Scale, curve
from quanheng.calibration.layout import Layout, used_pairs
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Floats
from quanheng.calibration.result import Shifts


@dataclass(frozen=True)
class Rungs:
    """(persons, groups): mean points of the ballots that were kept, as the model sees them; nan where none was."""

    foreseen: Floats  # with the leniency of the ballots and of the unit
    without_ballots: Floats  # ballots of average leniency, the unit's culture left
    without_culture: Floats  # average culture, the ballots' own leniency left
    neutral: Floats  # neither


def ordinal_shifts(fit: OrdinalFit, weights: Weights, composed: Composite) -> Shifts:
    """`composed` is `composite(fit, weights)`; units of the score, (persons,) each."""
    unseen = np.stack([part_of(fit, weights, group).value for group in range(fit.layout.groups)], axis=1)
    return take_apart(fit.layout, weights, (composed.raw, composed.fair), _ordinal_rungs(fit), unseen)


def gaussian_shifts(fit: Effects, weights: Weights, composed: Composite) -> Shifts:
    """`composed` is `gaussian_composite(fit, weights, …)`. Covariates stay in `shrinkage`."""
    layout = fit.layout
    level = np.stack([group_measure(fit, weights, group) for group in range(layout.groups)], axis=1)
    mood, shared = (effect[layout.row_pair] for effect in _leniencies(layout, fit.leniency, fit.culture))
    own = level[layout.pair_person, layout.pair_group][layout.row_pair] - fit.difficulty[layout.row_item]
    kept = used_pairs(layout)[layout.row_pair]
    seen = (group_means(layout, kept, own + lenience) for lenience in (mood + shared, shared, mood, 0.0 * own))
    return take_apart(layout, weights, (composed.raw, composed.fair), Rungs(*seen), level)


def take_apart(layout: Layout, weights: Weights, scores: tuple[Floats, Floats], rungs: Rungs, unseen: Floats) -> Shifts:
    """`unseen` (persons, groups) is the neutral score where every ballot of a group on a person was set aside."""
    raw, fair = scores
    weight, nobody = raw_weights(layout, weights), missing(layout)

    def score(means: Floats) -> Floats:
        return np.asarray((weight * np.where(nobody, 0.0, np.where(np.isnan(means), unseen, means))).sum(axis=1))

    kept = score(group_means(layout, used_pairs(layout)[layout.row_pair]))
    foreseen, neutral = score(rungs.foreseen), score(rungs.neutral)
    no_ballots, no_culture = score(rungs.without_ballots), score(rungs.without_culture)
    culture = ((no_culture - foreseen) + (neutral - no_ballots)) / 2
    return Shifts(
        ballots=(kept - raw) + (neutral - foreseen) - culture,
        culture=culture,
        groups=fair - neutral,
        shrinkage=foreseen - kept,
    )


def _leniencies(layout: Layout, leniency: Floats, culture: Floats) -> tuple[Floats, Floats]:
    """(pairs,) s_b and c_u; no culture in linking ballots, nothing in those that are set aside."""
    if not layout.raters:
        none = np.zeros(len(layout.pair_person))
        return none, none
    mood = np.nan_to_num(leniency[layout.pair_rater])
    return mood, np.where(local_pairs(layout), culture[layout.person_unit[layout.pair_person]], 0.0)


def _ordinal_rungs(fit: OrdinalFit) -> Rungs:
    layout = fit.layout
    levels = [group_measure(fit, Weights(np.ones(layout.groups)), group) for group in range(layout.groups)]
    own = np.stack(levels, axis=1)[layout.pair_person, layout.pair_group]
    mood, shared = _leniencies(layout, fit.leniency, fit.culture)
    by_ballot, by_unit = fit.variance["rater"], fit.variance["culture"]
    return Rungs(
        foreseen=_means(fit, own + mood + shared, 0.0, 0.0),
        without_ballots=_means(fit, own + shared, by_ballot, by_ballot),
        without_culture=_means(fit, own + mood, by_unit, 0.0),
        neutral=_means(fit, own, by_ballot + by_unit, by_ballot),
    )


def _means(fit: OrdinalFit, eta: Floats, local: float, linking: float) -> Floats:
    """(persons, groups): mean expected points over the kept ratings; `eta` (pairs,) without δ.

    The mood still open has variance `local` in local ballots and `linking` in linking ones, where no culture is.
    """
    layout = fit.layout
    kept = used_pairs(layout)[layout.row_pair]
    at = eta[layout.row_pair] - fit.difficulty[layout.row_item]
    points = np.zeros(len(at))
    scale = Scale(layout.points, fit.thresholds, np.zeros(1))
    for variance, pairs in ((local, local_pairs(layout)), (linking, ~local_pairs(layout))):
        rows = kept & pairs[layout.row_pair]
        if rows.any():
            points[rows] = curve(scale, np.sqrt(variance), at[rows].min(), at[rows].max())(at[rows])
    return group_means(layout, kept, points)
