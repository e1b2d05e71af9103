"""Exact Newton steps with the largest facet eliminated, and the joint inverse that they leave behind.

    [D  B ] [x]   [g]        S = R − BᵀD⁻¹B,  y = S⁻¹(h − BᵀD⁻¹g),  x = D⁻¹(g − By)
    [Bᵀ R ] [y] = [h]

S is dense and has the gauge's conditions added to it, so that it can be factored; D is diagonal.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg

from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.jmle_gauge import Gauge, build_gauge
from quanheng.calibration.jmle_model import SIGN, Accumulator, Information, Model, Point, added, evaluate, gradient
from quanheng.calibration.ratings import Floats

STEP = 1e-6  # logits: with an exact Newton step this bounds the error
SCORE = 1e-6  # residual score, in units of √information
MOST_STEPS = 100
LONGEST = 60.0  # logits: a measure that wanders off this far has no maximum
SMALLEST_PIVOT = 1e-11  # of S, against its diagonal
LARGEST_REST = 6_000  # parameters besides the eliminated facet: 0.3 GB a matrix


class FacetsConfounded(CannotCalibrate):
    """Raters and items cannot be told apart: each rater judged only some of the items.

    `facet` and `element` (its place in the layout): one that the others leave free.
    """


class NoFiniteMaximum(CannotCalibrate):
    """The likelihood grows without end though no single element is extreme: one group always stands above another.

    `facet`, `element` (its place in the layout), `measure`: the one that got farthest.
    """


class TooManyParameters(CannotCalibrate):
    """`parameters` are beyond the `limit` of a dense solution: this is the mode for verification."""


@dataclass(frozen=True)
class Joint:
    """The inverse of the information of all parameters, by its parts, and what fixes the origin of the measures."""

    information: Information
    gauge: Gauge
    factor: Floats  # L of S plus conditions = L Lᵀ, lower

    @property
    def eliminated(self) -> int:
        return len(self.information.own)

    @cached_property
    def ratio(self) -> Any:
        """D⁻¹B, sparse."""
        return self.information.cross.multiply(1 / self.information.own[:, None]).tocsr()

    def solve(self, right: Floats) -> Floats:
        """The centred Newton step for the gradient `right`."""
        own, rest = right[: self.eliminated], right[self.eliminated :]
        y = linalg.cho_solve((self.factor, True), rest - self.ratio.T @ own, check_finite=False)
        x = own / self.information.own - self.ratio @ y
        return self.gauge.centre(np.concatenate([x, y]))

    def reach(self, functionals: Any) -> tuple[Floats, Floats]:
        """Sparse functionals (f, parameters) as (f, eliminated) and (f, rest) with Cov = own ownᵀ + rest restᵀ."""
        free = self.gauge.estimable(functionals)
        own, rest = free[:, : self.eliminated], free[:, self.eliminated :]
        rest = rest - (self.ratio.T @ own.T).T
        reach = linalg.solve_triangular(self.factor, rest.T, lower=True, check_finite=False).T
        return own / np.sqrt(self.information.own), reach


@dataclass(frozen=True)
class Solution:
    beta: Floats  # centred
    point: Point
    joint: Joint
    iterations: int  # Newton steps that were worked out, the last one to know the error
    step: float  # largest entry of the last one, logits: the error of `beta` but for terms of its square
    score: float  # largest residual score over √information


def maximise(model: Model) -> Solution:
    """Newton steps, each shortened until the likelihood does not fall; it is concave, so this finds the maximum.

    Refuses what has none, and never returns before step and score are both within their limits.
    """
    if model.size - model.eliminated > LARGEST_REST:
        raise TooManyParameters("too-many-parameters", parameters=model.size - model.eliminated, limit=LARGEST_REST)
    gauge, accumulator = build_gauge(model), Accumulator(model)
    beta = gauge.centre(starting_values(model))
    point, step, score = evaluate(model, beta), np.inf, np.inf
    for iteration in range(1, MOST_STEPS + 1):
        slope = gradient(model, point)
        joint, stuck = factor(accumulator.add_up(point), gauge)
        if stuck is not None and iteration == 1:
            raise FacetsConfounded("facets-confounded", **named(model, stuck))
        if stuck is not None:
            break
        move = joint.solve(slope)
        step, score = float(np.abs(move).max()), scaled_score(slope, joint.information)
        if step < STEP and score < SCORE:
            return Solution(beta, point, joint, iteration, step, score)
        beta, point = climb(model, beta, point, move)
        if np.abs(beta).max() > LONGEST:
            break
    farthest = int(np.abs(beta).argmax())
    raise NoFiniteMaximum("no-finite-maximum", measure=float(beta[farthest]), **named(model, farthest))


def starting_values(model: Model) -> Floats:
    """Log-odds of the share of steps taken, for persons; the others start at 0 and the first step places them."""
    beta = np.zeros(model.size)
    first = model.order[0]
    place = model.columns[:, 0]
    taken = added(place, model.score, model.eliminated)
    share = (taken + 0.5) / (added(place, model.steps[model.scale], model.eliminated) + 1)
    beta[: model.eliminated] = SIGN[first] * np.log(share / (1 - share))
    return beta


def named(model: Model, parameter: int) -> dict[str, object]:
    """Facet and element of a place in the vector of parameters; a threshold goes by its place among them."""
    for facet in model.order:
        place = parameter - model.start[facet]
        if 0 <= place < len(model.elements[facet]):
            return {"facet": facet.value, "element": int(model.elements[facet][place])}
    return {"facet": "threshold", "element": parameter - int(model.step_start[0])}


def factor(information: Information, gauge: Gauge) -> tuple[Joint, int | None]:
    """Cholesky of S plus the working conditions, weighted to its own size, and the first parameter without a pivot.

    At the first point, where all variances are alike, that is a fault of the design; later it means that the
    likelihood has run into a plain without top.
    """
    eliminated = len(information.own)
    scaled = information.cross.multiply(1 / information.own[:, None]).tocsr()
    conditions = gauge.working[:, eliminated:]
    square = information.rest - (information.cross.T @ scaled).toarray()
    square += (conditions.T @ conditions).toarray() * (np.trace(square) / len(square))
    lower, failed = linalg.lapack.dpotrf(square, lower=True, clean=True)
    small = np.flatnonzero(np.diag(lower) ** 2 < SMALLEST_PIVOT * np.diag(square))
    first = failed - 1 if failed > 0 else (int(small[0]) if len(small) else None)
    return Joint(information, gauge, lower), None if first is None else eliminated + first


def scaled_score(slope: Floats, information: Information) -> float:
    own = np.concatenate([information.own, np.diag(information.rest)])
    return float((np.abs(slope) / np.sqrt(own)).max())


def climb(model: Model, beta: Floats, point: Point, move: Floats) -> tuple[Floats, Point]:
    """As far along `move` as the log-likelihood does not fall, but for what rounding makes of it."""
    slack = 1e-11 * (1 + abs(point.log_likelihood))
    length = 1.0
    while True:
        ahead = beta + length * move
        there = evaluate(model, ahead)
        if there.log_likelihood >= point.log_likelihood - slack or length < 1e-8:
            return ahead, there
        length /= 2
