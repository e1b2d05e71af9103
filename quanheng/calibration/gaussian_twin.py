"""The Gaussian twin: the effects of the ordinal model on the scores themselves, ballot by person (calibration.md §1.1).

    y_bn = β_g + θ_n + v_u + γ_ng + s_b + c_u + e_bn,  y_bn the mean over dimensions, e_bn ~ N(0, σ_g²), halo included

The equations are those of a Newton step of the ordinal model with unit weights (`blocks`). All variances are relative
to σ² of the first group, which is profiled out as in `gaussian_reml`; there g, AI and the objective are named. In place
of AI stands Fisher's expected information, block by block: with z = u/σ and C its error variance

    I_kl = Σ_{i∈k, j∈l} (δ_ij − C_ij)² − d_k d_l/ν,  d_k = Σ_{i∈k} (1 − C_ii),  per relative change of a variance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from quanheng.calibration.blocks import Effects, Information, Scales, System
from quanheng.calibration.blocks_plan import Batch, Places
from quanheng.calibration.blocks_solve import Slopes, determined, solve
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian_belief import Believing, apart
from quanheng.calibration.gaussian_leverage import leverages, with_known_fixed
from quanheng.calibration.gaussian_reml import FLOOR, START, Minimum, Point, minimise
from quanheng.calibration.ratings import Criterion, Floats, Ints

LEAST = 1e-5  # residual variance of a group, relative to the first group's
MOST = 0.9  # of the information on a direction that may be that on σ²
LONGEST_TIED = 0.7  # share of itself that a variance may lose in a step where its ratio to another is believed in
LEAST_TIED = 0.01  # of the variance of a unit's mean: below it there are no units, and the two are nothing together

KINDS = ("person", "unit", "view", "rater", "culture")


@dataclass(frozen=True)
class Sums:
    """Weighted sums of y, before the residual variance of each group divides them."""

    square: Floats  # (groups,), of y²
    cell: Floats  # (persons, groups)
    scalar: Floats  # (scalars,), local ballots
    link: Floats  # (links,)
    scalar_group: Ints
    scalar_block: Ints
    link_group: Ints


@dataclass(frozen=True)
class Scores:
    """What the twin is fitted to."""

    y: Floats  # (pairs,), mean of each pair less `centre`
    centre: float
    places: Places
    batches: tuple[Batch, ...]
    kinds: tuple[str, ...]  # of `KINDS`, those that the design has
    levels: Mapping[str, int]  # effects of each kind
    criterion: Criterion
    precision: Floats  # (pairs,), 1/variance relative to a pair with all items of its group
    is_split_believed: bool = False  # `gaussian_belief`

    @cached_property
    def sums(self) -> Sums:
        places, weighted = self.places, self.precision * self.y
        of_scalar, of_link = places.scalar >= 0, places.link >= 0
        scalar, link = places.scalar[of_scalar], places.link[of_link]
        group, block = np.zeros(places.scalars, dtype=np.int64), np.zeros(places.scalars, dtype=np.int64)
        group[scalar], block[scalar] = places.group[of_scalar], places.block[places.person[of_scalar]]
        link_group = np.zeros(places.links, dtype=np.int64)
        link_group[link] = places.group[of_link]
        cells = np.bincount(places.person * places.groups + places.group, weighted, places.persons * places.groups)
        return Sums(
            square=np.array([(weighted * self.y)[places.group == group].sum() for group in range(places.groups)]),
            cell=cells.reshape(places.persons, places.groups).astype(np.float64),
            scalar=np.bincount(scalar, weighted[of_scalar], places.scalars).astype(np.float64),
            link=np.bincount(link, weighted[of_link], places.links).astype(np.float64),
            scalar_group=group,
            scalar_block=block,
            link_group=link_group,
        )

    @property
    def fixed(self) -> int:
        return self.places.groups

    @cached_property
    def pairs(self) -> Floats:
        """(groups,), pairs of each."""
        return np.bincount(self.places.group, minlength=self.places.groups).astype(np.float64)

    @property
    def degrees(self) -> int:
        return len(self.y) - (self.fixed if self.criterion is Criterion.REML else 0)


@dataclass(frozen=True)
class TwinPoint:
    """The profiled objective at relative variances: those of `kinds`, then of the residuals of groups 1, 2, …"""

    scores: Scores
    parameters: Floats

    @cached_property
    def weight(self) -> Floats:
        return np.asarray(self.scores.precision / self._ratio[self.scores.places.group])

    @cached_property
    def system(self) -> System:
        return system_of(self.scores, dict(zip(self.scores.kinds, self.parameters, strict=False)), self.weight)

    @cached_property
    def effects(self) -> Effects:
        start = Effects.zero(self.scores.places, 0)
        return solve(self.system, Slopes(self.weight * self.scores.y, np.zeros(0)), start).effects

    @property
    def _ratio(self) -> Floats:
        """(groups,), residual variances relative to the first."""
        return np.append(1.0, self.parameters[len(self.scores.kinds) :])

    @cached_property
    def residual(self) -> Floats:
        return np.asarray(self.scores.y - self.effects.eta(self.scores.places))

    @cached_property
    def squares(self) -> float:
        """r² = y'P̃y = y'Wy − y'Wη̂, from sums by person and ballot."""
        sums, found, share = self.scores.sums, self.effects, 1 / self._ratio
        places = self.scores.places
        level = (found.person + found.unit[places.block])[:, None] + found.view + found.fixed
        fitted = np.vdot(sums.cell * share, level) + np.vdot(sums.link * share[sums.link_group], found.link)
        mood = found.scalar + found.culture[sums.scalar_block]
        fitted += np.vdot(sums.scalar * share[sums.scalar_group], mood)
        return float(sums.square @ share - fitted)

    @cached_property
    def objective(self) -> float:
        """Infinite where rounding leaves nothing of the equations."""
        try:
            return self._objective()
        except CannotCalibrate:
            return np.inf

    def _objective(self) -> float:
        degrees = self.scores.degrees
        determinant = self.system.log_determinant() - float(np.log(self.weight).sum())
        if self.scores.criterion is Criterion.REML:
            first = self.scores.places.links
            determinant += 2 * float(np.log(np.diagonal(self.system.root)[first:]).sum())
        if self.squares <= 0:
            return np.inf
        return float(determinant + degrees * (1 + np.log(2 * np.pi * self.squares / degrees)))

    @cached_property
    def traced(self) -> System:
        """Where the traces of the criterion are taken."""
        return self.system if self.scores.criterion is Criterion.REML else with_known_fixed(self.system)

    @cached_property
    def learnt(self) -> Floats:
        """d of each parameter: of effects q − tr C, of residuals the pairs less their leverages."""
        found = determined(self.traced)
        kinds = np.array([getattr(found, kind) for kind in self.scores.kinds])
        if len(kinds) == len(self.parameters):
            return kinds
        return np.append(kinds, (self.scores.pairs - leverages(self.traced, self.weight))[1:])

    @cached_property
    def gradient(self) -> Floats:
        """g = (d − ν·spread/r²)/parameter, spread the sum of squares that the parameter stands for."""
        sums = squares_of(self.effects)
        spread = np.array([sums[kind] for kind in self.scores.kinds]) / self.parameters[: len(self.scores.kinds)]
        if len(spread) < len(self.parameters):
            of_group = np.bincount(self.scores.places.group, self.weight * self.residual**2)
            spread = np.append(spread, of_group[1:])
        return np.asarray((self.learnt - self.scores.degrees * spread / self.squares) / self.parameters)

    @cached_property
    def information(self) -> Floats:
        shared = shared_information(self.traced, self.scores, self.learnt)
        relative = without_scale(shared, self.learnt, self.scores.degrees)
        return np.asarray(relative / self.parameters / self.parameters[:, None])


def without_scale(shared: Floats, learnt: Floats, degrees: int) -> Floats:
    """I − dd'/ν: σ² is estimated along. No more than leaves it positive, as ballots are only nearly alike."""
    scale = np.sqrt(np.maximum(np.diagonal(shared), np.finfo(np.float64).tiny))
    scaled = shared / scale / scale[:, None] + 1e-9 * np.eye(len(scale))
    found = float(learnt / scale @ np.linalg.solve(scaled, learnt / scale)) / degrees
    return np.asarray(shared - min(1.0, MOST / found) * np.outer(learnt, learnt) / degrees)


def system_of(scores: Scores, variances: Mapping[str, float], weight: Floats) -> System:
    scales = Scales(**{kind: float(np.sqrt(variances.get(kind, 0.0))) for kind in KINDS})
    information = Information(weight, lambda pairs: np.zeros((len(pairs), 0)), np.zeros((0, 0)))
    return System(scores.places, scores.batches, scales, information)


def squares_of(effects: Effects) -> dict[str, float]:
    """Σ u² of each kind."""
    by_kind = {
        "person": (effects.person,),
        "unit": (effects.unit,),
        "view": (effects.view,),
        "rater": (effects.scalar, effects.link),
        "culture": (effects.culture,),
    }
    return {kind: sum(float(np.vdot(part, part)) for part in parts) for kind, parts in by_kind.items()}


def shared_information(system: System, scores: Scores, learnt: Floats) -> Floats:
    """Σ (δ_ij − C_ij)² by parameters, square: inside blocks exact, of ballots and residuals as if all were alike."""
    place = {kind: at for at, kind in enumerate(("person", "view", "unit", "culture"))}
    sums = np.zeros((4, 4))
    for half in system.halves:
        m, views = half.batch.person.shape[1], system.views
        through = half.gain @ system.border_inverse[half.index[:, :, None], half.index[:, None, :]]
        left = np.eye(half.inverse.shape[1]) - half.inverse - through @ np.swapaxes(half.gain, 1, 2)
        starts = [0, m, m + views * m, m + views * m + 1] if views else [0, m, m + 1]
        kinds = [0, 1, 2, 3] if views else [0, 2, 3]
        squared = np.einsum("uij,uij->ij", left, left)
        reduced = np.add.reduceat(np.add.reduceat(squared, starts, axis=0), starts, axis=1)
        sums[np.ix_(kinds, kinds)] += reduced
    alike = np.append([scores.levels[kind] for kind in scores.kinds], scores.pairs[1:])
    found = np.diag(learnt**2 / np.maximum(alike, 1))
    for row, kind in enumerate(scores.kinds):
        for column, other in enumerate(scores.kinds):
            if kind in place and other in place:
                found[row, column] = sums[place[kind], place[other]]
    return found


def estimate(scores: Scores, start: Floats | None = None) -> Minimum:
    """REML or ML estimates of the parameters of `TwinPoint`.

    Raises CannotCalibrate as `minimise`, "no-residual" also where one group's ballots are explained to the last.
    """
    rows = np.array([len(scores.y) / max(scores.levels[kind], 1) for kind in scores.kinds])
    groups = scores.places.groups - 1
    floor = np.append(FLOOR / rows, np.full(groups, LEAST))
    begin = np.append(np.full(len(rows), START), np.ones(groups)) if start is None else start
    longest = np.append(np.ones(len(rows)), np.full(groups, 0.9))
    tied = apart(scores.kinds if scores.is_split_believed else (), len(begin))
    longest[tied != 0] = LONGEST_TIED
    floor = np.where(tied != 0, LEAST_TIED / FLOOR * floor, floor)

    def evaluate(at: Floats) -> Point:
        point = TwinPoint(scores, at)
        return Believing(point, at, tied) if tied.any() else point

    found = minimise(evaluate, begin, floor, longest)
    if not found.parameters[len(rows) :].all():
        raise CannotCalibrate("no-residual", ratio=1 / LEAST)
    return found
