"""Fixed effects of the Gaussian model: treatment coding of covariates, with interactions, kept by cell.

Rows that agree in all covariates are one cell, so the design matrix has as many lines as there are cells, not ratings.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.ratings import Facet, Floats, Ints

DEPENDENT = 1e-9  # length left of a unit column after its projection on those before it: counts as none

Term = tuple[str, ...]  # covariates that interact; one: a main effect


@dataclass(frozen=True)
class Cells:
    """X of Xβ, one line a cell. The first column is the intercept."""

    names: tuple[str, ...]  # (columns,), "(Intercept)", "service=1", "service=1:dept=6"
    dropped: tuple[str, ...]  # columns that depend linearly on those before them: not estimable, left out
    matrix: Floats  # (cells, columns)
    index: Ints  # (rows,), cell of each row
    count: Floats  # (cells,), rows of each cell

    def mean(self) -> Floats:
        """The average row of X, (columns,)."""
        return np.asarray(self.count @ self.matrix / self.count.sum())


def cells(fixed: Sequence[str], covariates: Mapping[str, Facet], rows: int) -> Cells:
    """Treatment coding with the first label as reference; "a*b" is a, b and their interaction.

    Raises CannotCalibrate("unknown-covariate", name=…) for a name that is no column of `covariates`.
    """
    terms = expand(fixed)
    facets = {name: find(name, covariates) for name in dict.fromkeys(name for term in terms for name in term)}
    index, levels = _cells_of(tuple(facets.values()), rows)
    level = dict(zip(facets, levels.T, strict=True))
    names, columns = ["(Intercept)"], [np.ones(len(levels))]
    for term in terms:
        for name, column in _columns(term, facets, level):
            names.append(name)
            columns.append(column)
    count = np.bincount(index, minlength=len(levels)).astype(np.float64)
    matrix = np.column_stack(columns)
    kept = independent(matrix * np.sqrt(count)[:, None])
    dropped = tuple(name for name, keep in zip(names, kept, strict=True) if not keep)
    return Cells(tuple(name for name in names if name not in dropped), dropped, matrix[:, kept], index, count)


def expand(fixed: Sequence[str]) -> tuple[Term, ...]:
    """Main effects first, then interactions by their order, as a model formula is read; none twice."""
    found: dict[frozenset[str], Term] = {}
    for text in fixed:
        names = tuple(dict.fromkeys(part.strip() for part in text.split("*")))
        for size in range(1, len(names) + 1):
            for term in combinations(names, size):
                found.setdefault(frozenset(term), term)
    return tuple(sorted(found.values(), key=len))


def find(name: str, covariates: Mapping[str, Facet]) -> Facet:
    if name not in covariates:
        raise CannotCalibrate("unknown-covariate", name=name, known=tuple(covariates))
    return covariates[name]


def independent(matrix: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which columns do not depend on those before them (modified Gram–Schmidt, twice for its rounding)."""
    basis = np.zeros((len(matrix), 0))
    kept = np.zeros(matrix.shape[1], dtype=np.bool_)
    for place, column in enumerate(matrix.T):
        length = np.linalg.norm(column)
        rest = column / length if length else column
        for _ in range(2):
            rest = rest - basis @ (basis.T @ rest)
        left = np.linalg.norm(rest)
        if left > DEPENDENT:
            kept[place] = True
            basis = np.column_stack([basis, rest / left])
    return kept


def _cells_of(facets: tuple[Facet, ...], rows: int) -> tuple[Ints, Ints]:
    """Cell of each row, (rows,), and level of each facet in each cell, (cells, facets)."""
    index = np.zeros(rows, dtype=np.int64)
    levels = np.zeros((1, 0), dtype=np.int64)
    for facet in facets:
        size = len(facet.labels)
        found, index = np.unique(index * size + facet.index, return_inverse=True)
        levels = np.column_stack([levels[found // size], found % size])
    return index, levels


def _columns(term: Term, facets: Mapping[str, Facet], level: Mapping[str, Ints]) -> list[tuple[str, Floats]]:
    """Of one term: a column for each combination of levels that are not the reference; the first covariate fastest."""
    columns = [("", np.ones(len(level[term[0]])))]
    for name in reversed(term):
        labels = facets[name].labels
        columns = [
            (f"{name}={labels[k]}:{rest}" if rest else f"{name}={labels[k]}", column * (level[name] == k))
            for rest, column in columns
            for k in range(1, len(labels))
        ]
    return columns
