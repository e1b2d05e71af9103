"""The many-facet Rasch model of the kept rows: parameters as one vector, likelihood, gradient and information.

Row r in category x: P(x) ∝ exp(xη − Σ_{j≤x} τ_j), η = θ_person − ρ_rater − δ_item (Linacre 1989; Andrich 1978 with
thresholds τ for all items, Masters 1982 with own thresholds per item). The parameters stand as

    [the larger facet of people | the other facet of people | items | thresholds, scale by scale]

and in these natural parameters the log-likelihood is concave: its maximum, if there is one, is the only one.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from scipy import sparse

from quanheng.calibration.jmle_rows import Facet, Selection
from quanheng.calibration.ratings import Floats, Ints

SIGN = {Facet.PERSON: 1.0, Facet.RATER: -1.0, Facet.ITEM: -1.0}


@dataclass(frozen=True)
class Model:
    """The kept rows with their elements numbered anew, without gaps."""

    order: tuple[Facet, ...]  # the first one is eliminated
    elements: dict[Facet, Ints]  # numbers in the layout of those that are estimated
    index: dict[Facet, Ints]  # (rows,), place among `elements`
    score: Ints  # (rows,), category among those in use
    scale: Ints  # (rows,)
    steps: Ints  # (scales,), number of thresholds

    @property
    def rows(self) -> int:
        return len(self.score)

    @cached_property
    def start(self) -> dict[Facet, int]:
        """Where each facet begins in the vector of parameters."""
        places = np.cumsum([0] + [len(self.elements[f]) for f in self.order])
        return dict(zip(self.order, places.tolist(), strict=False))

    @cached_property
    def step_start(self) -> Ints:
        """Where the thresholds of each scale begin."""
        before = sum(len(e) for e in self.elements.values())
        return np.asarray(before + np.concatenate([[0], np.cumsum(self.steps)[:-1]]))

    @property
    def size(self) -> int:
        return int(self.step_start[-1] + self.steps[-1])

    @property
    def eliminated(self) -> int:
        return len(self.elements[self.order[0]])

    @cached_property
    def columns(self) -> Ints:
        """(rows, facets + most steps): the parameters of each row; steps that its scale lacks repeat the last."""
        facets = [self.start[f] + self.index[f] for f in self.order]
        most = np.maximum(self.steps[self.scale] - 1, 0)
        steps = [self.step_start[self.scale] + np.minimum(j, most) for j in range(int(self.steps.max()))]
        return np.column_stack([*facets, *steps])

    @cached_property
    def lacking(self) -> Any:
        """(rows, most steps): which steps the scale of a row lacks."""
        return np.arange(int(self.steps.max())) >= self.steps[self.scale][:, None]

    @cached_property
    def reached(self) -> Any:
        """(rows, most steps): which steps the score of a row has taken."""
        return np.arange(int(self.steps.max())) < self.score[:, None]

    def predictor(self, beta: Floats) -> Floats:
        """η of each row, in logits."""
        return np.asarray(sum(SIGN[f] * beta[self.start[f] + self.index[f]] for f in self.order))


def build_model(selection: Selection) -> Model:
    rows = np.flatnonzero(selection.kept)
    elements, index = {}, {}
    for facet, places in selection.index.items():
        elements[facet], index[facet] = np.unique(places[rows], return_inverse=True)
    people = [f for f in (Facet.PERSON, Facet.RATER) if f in index]
    order = (*sorted(people, key=lambda f: -len(elements[f])), Facet.ITEM)
    steps = np.array([max(len(used) - 1, 0) for used in selection.categories])
    return Model(order, elements, index, selection.category[rows], selection.scale[rows], steps)


def added(index: Ints, weight: Floats | Ints, size: int = 0) -> Floats:
    """Sums of `weight` by `index`, always in float64."""
    return np.bincount(index, np.asarray(weight, dtype=np.float64), size).astype(np.float64, copy=False)


def probabilities(eta: Floats, thresholds: Floats) -> tuple[Floats, Floats]:
    """Of each category, (rows, categories), and the log of their common divisor.

    `thresholds` (rows, categories − 1); +inf for those that the scale of a row lacks.
    """
    exponent = np.zeros((len(eta), thresholds.shape[1] + 1))
    np.cumsum(eta[:, None] - thresholds, axis=1, out=exponent[:, 1:])
    top = exponent.max(axis=1)
    np.exp(exponent - top[:, None], out=exponent)
    total = exponent.sum(axis=1)
    return exponent / total[:, None], top + np.log(total)


def row_thresholds(model: Model, beta: Floats) -> Floats:
    chosen = beta[model.columns[:, len(model.order) :]]
    return np.where(model.lacking, np.inf, chosen)


@dataclass(frozen=True)
class Point:
    """The model at one vector of parameters."""

    log_likelihood: float
    probability: Floats  # (rows, categories)

    @cached_property
    def passed(self) -> Floats:
        """(rows, steps): probability of a score of at least 1, 2, …"""
        return np.ascontiguousarray(self.probability[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])


def evaluate(model: Model, beta: Floats) -> Point:
    thresholds = row_thresholds(model, beta)
    eta = model.predictor(beta)
    probability, divisor = probabilities(eta, thresholds)
    taken = np.where(model.reached, thresholds, 0.0).sum(axis=1)
    return Point(float((model.score * eta - taken - divisor).sum()), probability)


def gradient(model: Model, point: Point) -> Floats:
    """Of the log-likelihood: steps taken minus steps expected, added up for each parameter."""
    residual = model.reached - point.passed
    weights = [SIGN[f] * residual.sum(axis=1) for f in model.order] + list(-residual.T)
    total = np.zeros(model.size)
    for column, weight in zip(model.columns.T, weights, strict=True):
        total += added(column, weight, model.size)
    return total


@dataclass(frozen=True)
class Information:
    """Minus the second derivatives, the first facet apart: [[diag(own), cross], [crossᵀ, rest]]."""

    own: Floats  # (eliminated,)
    cross: Any  # (eliminated, rest), sparse
    rest: Floats  # (rest, rest)


class Accumulator:
    """Adds up information; where each row's part goes is worked out once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.eliminated, self.others = model.eliminated, model.size - model.eliminated
        columns = model.columns - model.eliminated
        first, others = model.columns[:, 0], range(1, columns.shape[1])
        self.pairs = list(combinations_with_replacement(others, 2))
        keys = np.concatenate([first * self.others + columns[:, c] for c in others])
        places, self.cross_at = np.unique(keys, return_inverse=True)
        self.cross_column = places % self.others
        self.cross_start = np.searchsorted(places, np.arange(self.eliminated + 1) * self.others)
        self.rest_at = [columns[:, a] * self.others + columns[:, b] for a, b in self.pairs]

    def add_up(self, point: Point) -> Information:
        weight = row_weights(self.model, point)
        width = self.model.columns.shape[1]
        own = added(self.model.columns[:, 0], weight(0, 0), self.eliminated)
        values = added(self.cross_at, np.concatenate([weight(0, c) for c in range(1, width)]))
        shape = (self.eliminated, self.others)
        cross = sparse.csr_matrix((values, self.cross_column, self.cross_start), shape=shape)
        half = np.zeros(self.others * self.others)
        for (a, b), at in zip(self.pairs, self.rest_at, strict=True):
            half += added(at, weight(a, b) * (0.5 if a == b else 1.0), half.size)
        square = half.reshape(self.others, self.others)
        return Information(own, cross, square + square.T)


def row_weights(model: Model, point: Point) -> Any:
    """The function (a, b) -> (rows,): information that a row gives on its columns a and b, from Cov of the steps taken.

    Cov(x≥j, x≥k) = P(x ≥ max(j, k)) − P(x≥j) P(x≥k); a facet moves all steps at once.
    """
    facets, passed = len(model.order), point.passed
    expected = passed.sum(axis=1)
    reach = np.arange(1, passed.shape[1] + 1)
    above = np.ascontiguousarray((point.probability[:, 1:] * reach)[:, ::-1].cumsum(axis=1)[:, ::-1])
    slope = above - expected[:, None] * passed  # Cov(x, x≥j)
    variance = slope.sum(axis=1)
    sign = [SIGN[f] for f in model.order]

    def weight(a: int, b: int) -> Floats:
        if b < facets:
            return np.asarray(sign[a] * sign[b] * variance)
        if a < facets:
            return np.asarray(-sign[a] * slope[:, b - facets])
        j, k = a - facets, b - facets
        return np.asarray(passed[:, max(j, k)] - passed[:, j] * passed[:, k])

    return weight
