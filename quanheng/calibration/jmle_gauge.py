"""What the data leave free, and how it is fixed: raters and items centred per component, thresholds per scale.

Adding the same to all persons and raters of a component, to persons and items, or to the thresholds of a scale and its
items (with the other sign) changes no probability. Each such shift is a column of Z, each condition a row of A:

    Σ raters = 0 in each component · Σ items = 0 · Σ thresholds of a scale = 0,   A Z invertible.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from quanheng.calibration.jmle_model import Model
from quanheng.calibration.jmle_rows import Facet
from quanheng.calibration.ratings import Floats, Ints

Part = tuple[Ints, Ints, float]  # parameters, the number of the shift each belongs to, by how much it moves


@dataclass(frozen=True)
class Gauge:
    shifts: Any  # Z (parameters, shifts), sparse
    conditions: Any  # A (shifts, parameters), sparse
    working: Any  # other conditions, with nothing on the facet that is eliminated (shifts, parameters), sparse
    inverse: Floats  # (A Z)⁻¹
    component: Ints  # (estimated persons,), 0 has the most persons

    def centre(self, beta: Floats) -> Floats:
        """The same probabilities, with the conditions met."""
        return np.asarray(beta - self.shifts @ (self.inverse @ (self.conditions @ beta)))

    def estimable(self, functionals: Any) -> Floats:
        """Functionals (f, parameters) of centred parameters, as ones that no shift moves: F − F Z (A Z)⁻¹ A."""
        moved = (functionals @ self.shifts).toarray()
        return np.asarray(functionals.toarray() - (self.conditions.T @ (moved @ self.inverse).T).T)


def build_gauge(model: Model) -> Gauge:
    rater = Facet.RATER in model.index
    groups = [components(model, (Facet.RATER,))] if rater else []
    groups.append(components(model, (Facet.RATER, Facet.ITEM) if rater else (Facet.ITEM,)))
    centred = (Facet.RATER, Facet.ITEM)[-len(groups) :]
    blocks = [connected(model, facet, group) for facet, group in zip(centred, groups, strict=True)]
    parts = [*blocks, step_parts(model)]  # of each block first what its condition is on
    shifts = stack(model, parts)
    conditions = stack(model, [block[:1] for block in parts])
    free = [[p for p in block if not len(p[0]) or p[0][0] >= model.eliminated][:1] for block in parts]
    inverse = np.linalg.inv((conditions @ shifts.T).toarray())
    return Gauge(shifts.T.tocsr(), conditions, stack(model, free), inverse, groups[0][Facet.PERSON])


def components(model: Model, facets: tuple[Facet, ...]) -> dict[Facet, Ints]:
    """Of persons and the facets that connect them, numbered by falling number of persons."""
    nodes = {f: model.start[f] + model.index[f] for f in model.order}
    edges = np.concatenate([nodes[f] for f in facets])
    persons = np.tile(nodes[Facet.PERSON], len(facets))
    graph = sparse.coo_matrix((np.ones(len(edges)), (persons, edges)), shape=(model.size, model.size))
    _, label = connected_components(graph, directed=False)
    own = {f: label[model.start[f] : model.start[f] + len(model.elements[f])] for f in model.order}
    found, size = np.unique(own[Facet.PERSON], return_counts=True)
    number = np.zeros(label.max() + 1, dtype=np.int64)
    number[found[np.argsort(-size, kind="stable")]] = np.arange(len(found))
    return {f: number[own[f]] for f in (Facet.PERSON, *facets)}


def connected(model: Model, facet: Facet, group: dict[Facet, Ints]) -> list[Part]:
    """Persons and `facet` of a component move together."""
    return [(model.start[f] + np.arange(len(model.elements[f])), group[f], 1.0) for f in (facet, Facet.PERSON)]


def step_parts(model: Model) -> list[Part]:
    """The thresholds of a scale move together, and its items against them."""
    used = np.cumsum(model.steps > 0) - 1  # numbers of the scales that have thresholds
    scale_of = np.zeros(len(model.elements[Facet.ITEM]), dtype=np.int64)
    scale_of[model.index[Facet.ITEM]] = used[model.scale]
    steps = model.step_start[0] + np.arange(model.steps.sum())
    items = model.start[Facet.ITEM] + np.arange(len(scale_of))
    return [(steps, np.repeat(used, model.steps), 1.0), (items, scale_of, -1.0)]


def stack(model: Model, blocks: list[list[Part]]) -> Any:
    """One row a shift, (shifts, parameters)."""
    before, rows, columns, values = 0, [], [], []
    for block in blocks:
        for parameters, number, move in block:
            rows.append(before + number)
            columns.append(parameters)
            values.append(np.full(len(parameters), move))
        before += max(int(number.max()) for _, number, _ in block) + 1
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(entries, shape=(before, model.size))
