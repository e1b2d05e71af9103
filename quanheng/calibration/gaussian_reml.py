"""Average-information REML and ML (Gilmour, Thompson & Cullis 1995; Johnson & Thompson 1995), σ² profiled out.

With V = σ²Ṽ, Ṽ = I + Σ_f γ_f Z_f Z_f', P̃ = Ṽ⁻¹ − Ṽ⁻¹X(X'Ṽ⁻¹X)⁻¹X'Ṽ⁻¹, r² = y'P̃y and ν = rows − columns (ML: rows):

    objective    −2 log L = log|Ṽ| [+ log|X'Ṽ⁻¹X|, REML] + ν(1 + log(2π r²/ν)), as lme4 and MixedModels.jl print it
    gradient     g_f = tr(P̃ Z_f Z_f') − ν q_f/r²,  q_f = |Z_f'P̃y|²  (ML: tr(Ṽ⁻¹ Z_f Z_f'))
    information  AI_fg = ν(s_fg/r² − q_f q_g/r⁴),  s_fg = y'P̃ Z_f Z_f' P̃ Z_g Z_g' P̃y

A step solves AI·Δ = −g inside γ >= floor, and is halved until the objective does not rise. A ratio on its floor whose
gradient points outward is zero: the last evaluation puts it there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import optimize, sparse

from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian_crossed import Crossed, Factor
from quanheng.calibration.ratings import Criterion, Floats

STEP = (
    3e-6  # largest relative change of a ratio still to come: 1e-6 of a standard deviation and no digit of the objective
)
STEPS = 200
LARGEST = 1e8  # of a ratio
START = 0.1  # of each ratio
FLOOR = 1e-7  # of a ratio, times the rows of a level: below, a facet has no variance
HALVINGS = 30
NEAR = 0.2  # largest relative step that tells of the curvature around the minimum
MEMORY = 5
DAMPING = 1e-6  # of the information on a ratio


class Point(Protocol):
    """The objective at one vector of parameters. Gradient and information are worked out when asked for."""

    @property
    def objective(self) -> float: ...
    @property
    def gradient(self) -> Floats: ...
    @property
    def information(self) -> Floats: ...


@dataclass(frozen=True)
class Minimum:
    parameters: Floats  # on their floor: zero
    objective: float
    steps: int
    left: float  # largest relative change that a further step would make


def minimise(
    evaluate: Callable[[Floats], Point], start: Floats, floor: Floats, longest: Floats | float = 1.0
) -> Minimum:
    """Newton steps with the average information inside `parameters` >= `floor` > 0.

    `longest` is the share of itself that a parameter may lose in one step.

    Raises CannotCalibrate: "not-converged" (steps, left), for nothing is returned that is no minimum; "no-residual"
    (ratio), when facets explain every rating and the likelihood has no bound.
    """
    at = np.maximum(start, floor)
    point, left = evaluate(at), np.inf
    past: list[tuple[Floats, Floats]] = []
    for steps in range(STEPS):
        step = bounded_step(point.gradient, curved(point.information, past), np.minimum(at - floor, longest * at))
        left = float(np.max(np.abs(step) / at, initial=0.0))
        if left < STEP:
            return Minimum(np.where(at <= 2 * floor, 0.0, at), point.objective, steps, left)
        before, slope = at, point.gradient
        at, point = _descend(evaluate, at, step, floor, point.objective)
        if np.max(np.abs(at - before) / before) < NEAR:
            past = [*past[1 - MEMORY :], (at - before, point.gradient - slope)]
        if at.max(initial=0.0) > LARGEST:
            raise CannotCalibrate("no-residual", ratio=float(at.max()))
    raise CannotCalibrate("not-converged", steps=STEPS, left=left)


def _descend(
    evaluate: Callable[[Floats], Point], at: Floats, step: Floats, floor: Floats, objective: float
) -> tuple[Floats, Point]:
    """The first of the step, its half, its quarter … that does not raise the objective beyond rounding."""
    for halving in range(HALVINGS):
        tried = np.maximum(at + step * 0.5**halving, floor)
        point = evaluate(tried)
        if point.objective <= objective + 1e-12 * abs(objective):
            return tried, point
    raise CannotCalibrate("not-converged", steps=HALVINGS, left=float(np.max(np.abs(step) / at)))


def curved(information: Floats, past: list[tuple[Floats, Floats]]) -> Floats:
    """With the curvature that the last steps met (BFGS; Nocedal & Wright 2006, eq. 6.19), from (step, change of g)."""
    for step, change in past:
        felt, met = information @ step, float(step @ change)
        if met > 1e-3 * float(step @ felt):
            information = information - np.outer(felt, felt) / (step @ felt) + np.outer(change, change) / met
    return information


def _root(matrix: Floats) -> Floats:
    """R with R·R' = matrix. In designs of a few rows rounding can leave the average information indefinite: it is
    lifted to what DAMPING grants, and the criterion, which is computed anew, still decides on the step.
    """
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix)
        return np.asarray(vectors * np.sqrt(np.maximum(values, DAMPING)))


def bounded_step(gradient: Floats, information: Floats, room: Floats) -> Floats:
    """The least of g'Δ + Δ'·AI·Δ/2 over Δ >= −room, by non-negative least squares in the Cholesky factor of AI.

    DAMPING decides only where the data tell nothing: two facets that are the same, one without any effect.
    """
    least = DAMPING**2 * gradient**2 + np.finfo(np.float64).tiny
    scale = np.sqrt(np.maximum(np.diagonal(information), least))
    root = _root(information / scale / scale[:, None] + DAMPING * np.eye(len(scale)))
    right = root.T @ (room * scale) - np.linalg.solve(root, gradient / scale)
    moved, _ = optimize.nnls(root.T, right)
    return np.asarray(np.where(moved > 0, moved / scale - room, -room))


@dataclass(frozen=True)
class Profile:
    """The profiled objective at variance ratios γ, in the order of `Crossed.order`."""

    crossed: Crossed
    ratios: Floats
    criterion: Criterion

    @cached_property
    def factor(self) -> Factor:
        return Factor(self.crossed, self.ratios)

    @cached_property
    def solution(self) -> Floats:
        """û and β̂, (first + rest + columns,)."""
        return self.factor.solve(self.crossed.response[:, None])[:, 0]

    @property
    def degrees(self) -> int:
        return self.crossed.rows - (self.crossed.columns if self.criterion is Criterion.REML else 0)

    @cached_property
    def squares(self) -> float:
        """r² = y'P̃y."""
        return float(self.crossed.total - self.crossed.response @ self.solution)

    @cached_property
    def objective(self) -> float:
        """Infinite where rounding leaves nothing of the equations (ratios beyond 1e12)."""
        try:
            return self._objective()
        except np.linalg.LinAlgError:
            return np.inf

    def _objective(self) -> float:
        if self.squares <= 0:
            return np.inf
        determinant = self.factor.log_det_random
        if self.criterion is Criterion.REML:
            determinant += self.factor.log_det_fixed
        return float(determinant + self.degrees * (1 + np.log(2 * np.pi * self.squares / self.degrees)))

    @cached_property
    def inverse_diagonal(self) -> Floats:
        """Diagonal of the inverse for the criterion, (first + rest,)."""
        return self.factor.inverse_diagonal(known_fixed=self.criterion is Criterion.ML)

    @cached_property
    def _explained(self) -> Floats:
        """Z_f'P̃y of each random level, (first + rest,)."""
        c = self.crossed
        residual = c.response - c.times(self.solution[:, None])[:, 0]
        return np.asarray(residual[: len(c.facet)])

    @cached_property
    def gradient(self) -> Floats:
        """g_f; tr(P̃ Z_f Z_f') = Σ(1 − diagonal of the inverse)/γ_f."""
        c = self.crossed
        trace = np.bincount(c.facet, 1 - self.inverse_diagonal) / self.ratios
        return np.asarray(trace - self.degrees * self._quadratic / self.squares)

    @cached_property
    def _quadratic(self) -> Floats:
        return np.bincount(self.crossed.facet, self._explained**2).astype(np.float64)

    @cached_property
    def information(self) -> Floats:
        """The working variates of AI are Z_f Z_f'P̃y; their products stay in the space of the cross-products."""
        c, levels = self.crossed, len(self.crossed.facet)
        variates = np.zeros((levels + c.columns, len(c.sizes)))
        variates[np.arange(levels), c.facet] = self._explained
        products = c.times(variates)
        second = products.T @ (variates - self.factor.solve(products))
        first = self._quadratic / self.squares
        return np.asarray(self.degrees * ((second + second.T) / 2 / self.squares - np.outer(first, first)))


def estimate_ratios(crossed: Crossed, criterion: Criterion) -> tuple[Minimum, Profile]:
    """REML or ML estimates of γ, in the order of `Crossed.order`, and the equations there.

    Raises CannotCalibrate: "too-few-ratings" (no more rows than fixed effects), "no-variation" (the fixed effects leave
    nothing), "facet-is-residual" (no level of the facet has a second row), and as `minimise`.
    """
    _refuse_hopeless(crossed)
    rows_of_level = crossed.rows / np.array(crossed.sizes, dtype=np.float64)
    start, floor = moments(crossed), FLOOR / rows_of_level
    last = Profile(crossed, start, criterion)

    def evaluate(ratios: Floats) -> Profile:
        nonlocal last
        last = Profile(crossed, ratios, criterion)
        return last

    found = minimise(evaluate, start, floor)
    is_last = np.array_equal(last.ratios, found.parameters)  # not where a ratio went from its floor to zero
    return found, last if is_last else Profile(crossed, found.parameters, criterion)


def moments(crossed: Crossed) -> Floats:
    """Where to begin: γ by Henderson's method 1 (1953; Searle, Casella & McCulloch 1992, §5.3), fixed effects ignored.

    The sums of squares between levels of each facet, Σ y_i²/n_i, and the total are set equal to their expectations.
    """
    levels, size = len(crossed.facet), len(crossed.sizes)
    tables = sparse.block_array([[sparse.diags_array(crossed.count), crossed.meet.T], [crossed.meet, crossed.rest]])
    cells = tables.tocoo()
    rows = np.maximum(crossed.level_rows, 1.0)
    places = crossed.facet[cells.row] * size + crossed.facet[cells.col]
    shared = np.bincount(places, cells.data**2 / rows[cells.row], size * size).reshape(size, size)
    mean = np.bincount(crossed.facet, crossed.level_rows**2) / crossed.rows
    expected = np.zeros((size + 1, size + 1))
    expected[:size, :size] = shared - mean
    expected[size, :size] = np.bincount(crossed.facet, crossed.level_rows) - mean
    expected[:, size] = np.append(crossed.sizes, crossed.rows) - 1.0
    found = np.append(np.bincount(crossed.facet, crossed.response[:levels] ** 2 / rows), crossed.total)
    variance = np.linalg.lstsq(expected, found, rcond=1e-8)[0]
    ratio = variance[:size] / variance[size] if variance[size] > 0 else np.full(size, START)
    return np.asarray(np.clip(ratio, START / 10, START * 10))


def _refuse_hopeless(crossed: Crossed) -> None:
    if crossed.rows <= crossed.columns:
        raise CannotCalibrate("too-few-ratings", rows=crossed.rows, columns=crossed.columns)
    fixed = crossed.response[len(crossed.facet) :]
    left = crossed.total - fixed @ np.linalg.solve(crossed.fixed, fixed)
    if left <= 1e-12 * (crossed.total + crossed.rows * crossed.centre**2):
        raise CannotCalibrate("no-variation", rows=crossed.rows)
    most = np.maximum.reduceat(crossed.level_rows, np.cumsum([0, *crossed.sizes[:-1]]))
    for place, rows in enumerate(most):
        if rows <= 1:
            raise CannotCalibrate("facet-is-residual", facet=crossed.order[place])
