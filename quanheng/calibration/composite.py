"""The fair score: what the same raters, weighted as the rules say, would have given each person (§1.1 Composite)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.contrasts import Z90
from quanheng.calibration.expected import Average, Scale, average
from quanheng.calibration.layout import Layout, used_pairs
from quanheng.calibration.ordinal import OrdinalFit
from quanheng.calibration.ratings import Flags, Floats
from quanheng.calibration.result import Uncertainty


@dataclass(frozen=True)
class Weights:
    """Weight of each group of the layout; `absent` is that of groups the rules name and nobody voted in."""

    groups: Floats  # (groups,)
    absent: float = 0.0


class Projects(Protocol):
    def project(self, gradient: Gradient) -> Uncertainty: ...


class Effects(Protocol):
    """What the ordinal and the Gaussian fit have in common; shapes as there."""

    @property
    def layout(self) -> Layout: ...
    @property
    def theta(self) -> Floats: ...
    @property
    def quality(self) -> Floats: ...
    @property
    def view(self) -> Floats: ...
    @property
    def leniency(self) -> Floats: ...
    @property
    def culture(self) -> Floats: ...
    @property
    def group_effect(self) -> Floats: ...
    @property
    def difficulty(self) -> Floats: ...
    @property
    def variance(self) -> Mapping[str, float]: ...
    @property
    def posterior(self) -> Projects: ...


@dataclass(frozen=True)
class Composite:
    """(persons,) each, in units of the score unless said."""

    raw: Floats
    fair: Floats
    se: Floats
    lo90: Floats
    hi90: Floats
    measure: Floats  # θ + v, logits (gaussian: score units)
    missing_groups: Flags  # (persons, groups): no ballot of that group, set-aside ones counted
    uncertainty: Uncertainty  # of `fair`


def weights_of(layout: Layout, labels: tuple[str, ...], declared: Mapping[str, float] | None) -> Weights:
    """Statutory weights by label of group; not declared: the group's share of the pairs."""
    if declared is None:
        pairs = np.bincount(layout.pair_group, minlength=layout.groups)
        return Weights(pairs / pairs.sum())
    known = np.array([declared[label] for label in labels], dtype=np.float64)
    return Weights(known, sum(weight for label, weight in declared.items() if label not in labels))


def composite(fit: OrdinalFit, weights: Weights) -> Composite:
    """F_n = Σ_g W_g · E[points(y) | θ_n + v_u + γ_ng + β_g], averaged over δ_i and over the moods s, c.

    Standard errors by the delta method with the full joint inverse, the variances taken as known. A group that gave a
    person no ballot keeps its weight: γ = 0 with variance σ²_γ. The 90 % interval is symmetric and cut at the ends of
    the scale.

    Halo is not averaged in again: the quasi-likelihood leaves it out of η, so that the fitted curve is already the mean
    over it (population-averaged; Zeger, Liang & Albert 1988). On simulated events (§2, mean of all scenarios) averaging
    over a halo variance taken from φ left ρ as it is and gave coverage −.003 (under a ceiling, C, it rose) and error
    +3 % (in small units, E, none); the posterior mean of F in place of its value at the estimates changed ρ by less
    than .0002 but under a ceiling, where it lost .002.
    """
    layout = fit.layout
    parts = [part_of(fit, weights, group) for group in range(len(_with_absent(weights)))]
    fair = np.stack([part.value for part in parts], axis=1) @ _with_absent(weights)
    slope = np.stack([part.by_eta for part in parts], axis=1) * _with_absent(weights)
    uncertainty = _uncertainty(fit, weights, slope, _by_scale(weights, parts))
    return assemble(
        layout, weights, (fair, own_measure(fit)), uncertainty, (float(layout.points.min()), float(layout.points.max()))
    )


def gaussian_composite(fit: Effects, weights: Weights, limits: tuple[float, float]) -> Composite:
    """The same on the scores themselves: F_n = Σ_g W_g (θ_n + v_u + γ_ng + β_g); δ sums to 0 over the dimensions.

    `limits` are the lowest and highest permitted score: intervals are cut there, `fair` is not.
    """
    weight = _with_absent(weights)
    levels = np.stack([group_measure(fit, weights, group) for group in range(len(weight))], axis=1)
    slope = np.tile(weight, (fit.layout.persons, 1))
    uncertainty = _uncertainty(fit, weights, slope, np.zeros((fit.layout.persons, fit.layout.items)))
    return assemble(fit.layout, weights, (levels @ weight, own_measure(fit)), uncertainty, limits)


def moods_of(layout: Layout, variance: Mapping[str, float]) -> Floats:
    """(groups + 1,), logits: spread over raters of what is not the person's, s and, in local ballots, c.

    A group of leaders whose ballots all link has no culture of a unit in it. The last is that of all groups together,
    for one that is absent. The same for all persons: who got which ballots does not enter.
    """
    used = used_pairs(layout)
    local = np.bincount(layout.pair_group[used & local_pairs(layout)], minlength=layout.groups)
    pairs = np.bincount(layout.pair_group[used], minlength=layout.groups)
    share = np.append(local, local.sum()) / np.maximum(1, np.append(pairs, pairs.sum()))
    return np.asarray(np.sqrt(variance["rater"] + share * variance["culture"]))


def local_pairs(layout: Layout) -> Flags:
    """(pairs,): from a ballot on the persons of one unit only."""
    if not layout.raters:
        return np.zeros(len(layout.pair_person), dtype=np.bool_)
    return np.asarray(layout.rater_unit[layout.pair_rater] >= 0)


def scale_of(fit: OrdinalFit) -> Scale:
    return Scale(fit.layout.points, fit.thresholds, fit.difficulty)


def own_measure(fit: Effects) -> Floats:
    """θ_n + v_u, (persons,)."""
    return np.asarray(fit.theta + fit.quality[fit.layout.person_unit])


def group_measure(fit: Effects, weights: Weights, group: int) -> Floats:
    """(persons,) η before δ and moods; one past the last group: the average of them, seen without a view."""
    own = own_measure(fit)
    if group < fit.layout.groups:
        return np.asarray(own + fit.view[:, group] + fit.group_effect[group])
    return np.asarray(own + _common(weights) @ fit.group_effect)


def assemble(
    layout: Layout,
    weights: Weights,
    scores: tuple[Floats, Floats],
    uncertainty: Uncertainty,
    limits: tuple[float, float],
) -> Composite:
    """Raw scores and intervals beside `scores`, the fair ones and the measures; also for the Gaussian twin."""
    fair, measure = scores
    se = np.sqrt(uncertainty.variance())
    low, high = (np.clip(fair + side * Z90 * se, *limits) for side in (-1, 1))
    return Composite(raw_scores(layout, weights), fair, se, low, high, measure, missing(layout), uncertainty)


def raw_scores(layout: Layout, weights: Weights) -> Floats:
    """(persons,): plain mean of the points of all ballots in each group, weights renormalised to the groups present."""
    return np.asarray((raw_weights(layout, weights) * np.nan_to_num(group_means(layout))).sum(axis=1))


def raw_weights(layout: Layout, weights: Weights) -> Floats:
    """(persons, groups), rows summing to 1. A person seen only by groups without weight has their plain mean."""
    present = ~missing(layout)
    weight = present * weights.groups
    weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, present)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def points_of(layout: Layout) -> Floats:
    """(rows,), what each rating is worth."""
    return layout.points[layout.category] if layout.points.size else layout.value


def group_means(layout: Layout, rows: Flags | None = None, value: Floats | None = None) -> Floats:
    """(persons, groups): mean over the person's ratings of that group, of `rows` only; nan where there is none."""
    chosen = np.ones(len(layout.row_pair), dtype=np.bool_) if rows is None else rows
    pair = layout.row_pair[chosen]
    cell = layout.pair_person[pair] * layout.groups + layout.pair_group[pair]
    size = layout.persons * layout.groups
    summed = np.bincount(cell, weights=(points_of(layout) if value is None else value)[chosen], minlength=size)
    with np.errstate(invalid="ignore"):
        return np.asarray(summed / np.bincount(cell, minlength=size)).reshape(layout.persons, layout.groups)


def missing(layout: Layout) -> Flags:
    """(persons, groups): no ballot of that group is on the person."""
    return without(layout, np.ones(len(layout.row_pair), dtype=np.bool_))


def without(layout: Layout, rows: Flags) -> Flags:
    """(persons, groups): none of `rows` is of that group on the person."""
    pair = layout.row_pair[rows]
    found = np.ones((layout.persons, layout.groups), dtype=np.bool_)
    found[layout.pair_person[pair], layout.pair_group[pair]] = False
    return found


def _with_absent(weights: Weights) -> Floats:
    return np.append(weights.groups, weights.absent) if weights.absent else weights.groups


def _common(weights: Weights) -> Floats:
    """Weights for the average rater, where a group is not there at all."""
    total = weights.groups.sum()
    return weights.groups / total if total > 0 else np.full(len(weights.groups), 1.0 / len(weights.groups))


def part_of(fit: OrdinalFit, weights: Weights, group: int) -> Average:
    """What raters of one group, of all moods, would give on average to each person."""
    return average(scale_of(fit), group_measure(fit, weights, group), float(moods_of(fit.layout, fit.variance)[group]))


def _uncertainty(fit: Effects, weights: Weights, slope: Floats, by_scale: Floats) -> Uncertainty:
    """`slope` (persons, groups, and the absent one if any): W_g · dF/dη; `by_scale`: by the fixed effects after β."""
    unseen = _unseen(fit.layout, slope.shape[1])
    own, groups = slope.sum(axis=1), fit.layout.groups
    # an absent group leans on the β of all others
    by_group = slope[:, :groups] + slope[:, groups:].sum(axis=1, keepdims=True) * _common(weights)
    gradient = Gradient(
        own, own, np.where(unseen, 0.0, slope)[:, :groups], np.concatenate([by_group, by_scale], axis=1)
    )
    extra = fit.variance["view"] * (np.where(unseen, slope, 0.0) ** 2).sum(axis=1)
    return add_variance(fit.posterior.project(gradient), extra)


def _by_scale(weights: Weights, parts: list[Average]) -> Floats:
    """Derivatives by δ and τ, side by side."""
    both = np.stack([np.concatenate([part.by_difficulty, part.by_threshold], axis=1) for part in parts])
    return np.asarray(np.einsum("g,gpi->pi", _with_absent(weights), both))


def _unseen(layout: Layout, columns: int) -> Flags:
    """(persons, columns): nothing in the estimation says how that group sees the person."""
    unseen = np.ones((layout.persons, columns), dtype=np.bool_)
    unseen[:, : layout.groups] = without(layout, used_pairs(layout)[layout.row_pair])
    return unseen


def add_variance(uncertainty: Uncertainty, extra: Floats) -> Uncertainty:
    """With `extra` (persons,) that no other person shares."""
    local = list(uncertainty.local)
    for person in np.flatnonzero(extra):
        block, place = uncertainty.block[person], uncertainty.place[person]
        if local[block] is uncertainty.local[block]:
            local[block] = local[block].copy()
        local[block][place, place] += extra[person]
    return replace(uncertainty, local=tuple(local))
