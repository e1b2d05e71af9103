"""Cross-products of crossed random facets and fixed effects, and Henderson's equations solved in them.

y = Xβ + Σ_f Z_f u_f + e with u_f ~ N(0, γ_f σ²), e ~ N(0, σ²). Written with u_f = √γ_f · v_f (Bates et al. 2015,
"Fitting linear mixed-effects models using lme4", eq. 17–19) the equations stay regular at γ_f = 0:

    [ ΛZ'ZΛ + I   ΛZ'X ] [v]   [ΛZ'y]
    [ X'ZΛ         X'X ] [β] = [X'y ]      Λ = diag(√γ)

The facet with most levels has a diagonal block and is eliminated first; what is left, `border`, is dense.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg, sparse

from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian_terms import Cells
from quanheng.calibration.ratings import Floats, Ints

BORDER = 6_000  # columns of the dense rest; a factorisation takes seconds from here on
PAIRS = 12_000_000  # pairs of border columns that are listed; above, blocks of columns go through BLAS
CHUNK = 512  # eliminated levels that go through BLAS together

Sparse = Any  # scipy.sparse arrays carry no types


@dataclass(frozen=True)
class Crossed:
    """Cross-products. Facet 0 is the eliminated one; `order` says which facet of the caller each is."""

    order: tuple[int, ...]
    sizes: tuple[int, ...]  # levels of each facet
    count: Floats  # (first,), rows of each level of facet 0
    meet: Sparse  # (rest, first), rows that levels of the other facets share with those of facet 0
    rest: Sparse  # (rest, rest), rows that levels of the other facets share among themselves
    first_fixed: Floats  # (first, columns)
    rest_fixed: Floats  # (rest, columns)
    fixed: Floats  # (columns, columns)
    response: Floats  # (first + rest + columns,), products with y − centre
    total: float  # Σ (y − centre)²
    centre: float
    rows: int

    @property
    def first(self) -> int:
        return self.sizes[0]

    @property
    def columns(self) -> int:
        return len(self.fixed)

    @cached_property
    def meeting(self) -> "Meeting":
        return Meeting.of(self.meet, self.meet.shape[0] + self.columns)

    @cached_property
    def facet(self) -> Ints:
        """Facet of each random level, (first + rest,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def level_rows(self) -> Floats:
        """Rows of each random level, (first + rest,)."""
        return np.concatenate([self.count, self.rest.diagonal()])

    def times(self, vectors: Floats) -> Floats:
        """[Z X]'[Z X] times (first + rest + columns, k)."""
        a, b = self.first, self.first + self.rest.shape[0]
        first, rest, fixed = vectors[:a], vectors[a:b], vectors[b:]
        top = self.count[:, None] * first + self.meet.T @ rest + self.first_fixed @ fixed
        middle = self.meet @ first + self.rest @ rest + self.rest_fixed @ fixed
        low = self.first_fixed.T @ first + self.rest_fixed.T @ rest + self.fixed @ fixed
        return np.concatenate([top, middle, low])


def cross(y: Floats, facets: Sequence[tuple[Ints, int]], cells: Cells) -> Crossed:
    """Cross-products of `y` (rows,) with facets given as (level of each row, -1: none; number of levels).

    Raises CannotCalibrate("border-too-large", columns=…, limit=…).
    """
    order = tuple(sorted(range(len(facets)), key=lambda f: (-facets[f][1], f)))
    sizes = tuple(facets[f][1] for f in order)
    if sum(sizes[1:]) + cells.matrix.shape[1] > BORDER:
        raise CannotCalibrate("border-too-large", columns=sum(sizes[1:]) + cells.matrix.shape[1], limit=BORDER)
    codes = [facets[f][0] for f in order]
    centre = float(np.mean(y))
    z = y - centre
    facet = list(zip(codes, sizes, strict=True))
    by_cell = [_table(code, cells.index, (size, len(cells.count))) @ cells.matrix for code, size in facet]
    sums = [np.bincount(code[code >= 0], z[code >= 0], size) for code, size in facet]
    cell_sum = np.bincount(cells.index, z, len(cells.count))
    return Crossed(
        order=order,
        sizes=sizes,
        count=np.bincount(codes[0][codes[0] >= 0], minlength=sizes[0]).astype(np.float64),
        meet=_stack([[_table(a, codes[0], (m, sizes[0]))] for a, m in facet[1:]], sizes[0]),
        rest=_stack([[_table(a, b, (m, n)) for b, n in facet[1:]] for a, m in facet[1:]], 0),
        first_fixed=by_cell[0],
        rest_fixed=np.concatenate([np.zeros((0, cells.matrix.shape[1])), *by_cell[1:]]),
        fixed=cells.matrix.T @ (cells.count[:, None] * cells.matrix),
        response=np.concatenate([*sums, cells.matrix.T @ cell_sum]),
        total=float(z @ z),
        centre=centre,
        rows=len(y),
    )


def _table(a: Ints, b: Ints, shape: tuple[int, int]) -> Sparse:
    """Contingency table of two codes."""
    both = (a >= 0) & (b >= 0)
    return sparse.coo_array((np.ones(both.sum()), (a[both], b[both])), shape=shape).tocsr()


def _stack(blocks: list[list[Sparse]], width: int) -> Sparse:
    return sparse.block_array(blocks, format="csr") if blocks else sparse.csr_array((0, width))


@dataclass(frozen=True)
class Meeting:
    """C diag(w) C' of C (rest, first) for weights w, and c'Kc for each column c.

    Each eliminated level meets few others as a rule: then the pairs of border columns that it joins are listed once.
    Matrices are (side, side), rest <= side; only their lower triangle is read and written.
    """

    table: Sparse
    side: int
    place: Ints | None  # (pairs,), row · side + column, row >= column; None: too many to list
    level: Ints  # (pairs,)
    product: Floats  # (pairs,)

    @classmethod
    def of(cls, table: Sparse, side: int) -> "Meeting":
        columns = table.tocsc()
        columns.sort_indices()
        met = np.diff(columns.indptr).astype(np.int64)
        if int(met @ (met + 1)) // 2 > PAIRS:
            return cls(columns, side, None, np.zeros(0, dtype=np.int64), np.zeros(0))
        left, right = _pairs_of(met)
        row, column = columns.indices.astype(np.int64)[right], columns.indices[left]
        level = np.repeat(np.arange(len(met)), met * (met + 1) // 2)
        return cls(columns, side, row * side + column, level, columns.data[left] * columns.data[right])

    def weighted(self, weight: Floats) -> Floats:
        """C diag(w) C'."""
        if self.place is not None:
            pairs = weight[self.level] * self.product
            found = np.bincount(self.place, pairs, self.side**2).astype(np.float64, copy=False)
            return found.reshape(self.side, self.side)
        rest, found = self.table.shape[0], np.zeros((self.side, self.side))
        for chunk in self._chunks():
            dense = self.table[:, chunk].toarray()
            found[:rest, :rest] += (dense * weight[chunk]) @ dense.T
        return found

    def quadratic(self, half: Floats) -> Floats:
        """c'Kc of each column c, (first,); `half` is K with half its diagonal: a pair stands for both of its orders."""
        if self.place is not None:
            values = half.reshape(-1)[self.place] * self.product
            return np.asarray(2.0 * np.bincount(self.level, values, self.table.shape[1]))
        rest = self.table.shape[0]
        found, lower = np.zeros(self.table.shape[1]), np.tril(half[:rest, :rest])
        for chunk in self._chunks():
            dense = self.table[:, chunk].toarray()
            found[chunk] = 2 * np.einsum("ri,ri->i", dense, lower @ dense)
        return found

    def _chunks(self) -> list[slice]:
        return [slice(at, at + CHUNK) for at in range(0, self.table.shape[1], CHUNK)]


def _pairs_of(met: Ints) -> tuple[Ints, Ints]:
    """Places (a, b), a <= b, of all pairs inside runs of lengths `met` laid end to end."""
    place = np.arange(met.sum())
    after = np.repeat(np.cumsum(met), met) - place  # partners of each place, itself the first
    left = np.repeat(place, after)
    offset = np.repeat(place - np.cumsum(after) + after, after)
    return left, np.arange(len(left)) + offset


def symmetric(lower: Floats) -> Floats:
    return np.asarray(np.tril(lower) + np.tril(lower, -1).T)


class Factor:
    """Henderson's equations at variance ratios γ (facets of `Crossed.order`), with σ² = 1."""

    def __init__(self, crossed: Crossed, ratios: Floats) -> None:
        self.crossed = crossed
        self.ratios = ratios
        self.scale = np.sqrt(ratios)[crossed.facet]  # √γ of each random level
        self._first, self._rest = np.split(self.scale, [crossed.first])
        self.diagonal = 1 + self._first**2 * crossed.count
        self.coupling = self._first**2 / self.diagonal  # what facet 0 takes out of the border
        self.root = self._factorise()

    def _factorise(self) -> Floats:
        """Cholesky factor L of the border, in the lower triangle; the fixed effects come last."""
        c, rest = self.crossed, len(self._rest)
        border = c.meeting.weighted(self.coupling)
        np.negative(border, out=border)
        shared = c.rest.tocoo()
        border[shared.row, shared.col] += shared.data
        border[:rest, :rest] *= self._rest
        border[:rest, :rest] *= self._rest[:, None]
        np.einsum("ii->i", border)[:rest] += 1
        weighted = self.coupling[:, None] * c.first_fixed
        border[rest:, :rest] = (c.rest_fixed - c.meet @ weighted).T * self._rest
        border[rest:, rest:] = c.fixed - c.first_fixed.T @ weighted
        root, failed = linalg.lapack.dpotrf(border.T, lower=0, clean=0, overwrite_a=1)
        if failed:
            raise np.linalg.LinAlgError("border is not positive definite")
        return np.asarray(root.T)

    @property
    def log_det_random(self) -> float:
        """log |ΛZ'ZΛ + I| = log |V/σ²|."""
        diagonal = np.diagonal(self.root)[: len(self._rest)]
        return float(np.sum(np.log(self.diagonal)) + 2 * np.sum(np.log(diagonal)))

    @property
    def log_det_fixed(self) -> float:
        """log |X'(V/σ²)⁻¹X|."""
        return float(2 * np.sum(np.log(np.diagonal(self.root)[len(self._rest) :])))

    def solve(self, products: Floats) -> Floats:
        """u and β for right sides [Z X]'a, (first + rest + columns, k): the coefficients of the fit of a."""
        c = self.crossed
        scaled = np.concatenate([products[: len(self.scale)] * self.scale[:, None], products[len(self.scale) :]])
        first = scaled[: c.first] / self.diagonal[:, None]
        border = scaled[c.first :] - self._down(first)
        half = linalg.solve_triangular(self.root, border, lower=True, check_finite=False)
        solved = linalg.solve_triangular(self.root, half, lower=True, trans=1, check_finite=False)
        first = first - self._up(solved) / self.diagonal[:, None]
        return np.concatenate(
            [first * self._first[:, None], solved[: len(self._rest)] * self._rest[:, None], solved[len(self._rest) :]]
        )

    def _down(self, first: Floats) -> Floats:
        """B · first, (border, k): B couples facet 0 to the border."""
        c, scaled = self.crossed, first * self._first[:, None]
        return np.concatenate([(c.meet @ scaled) * self._rest[:, None], c.first_fixed.T @ scaled])

    def _up(self, border: Floats) -> Floats:
        """B' · border, (first, k)."""
        c = self.crossed
        rest, fixed = border[: len(self._rest)], border[len(self._rest) :]
        return np.asarray((c.meet.T @ (rest * self._rest[:, None]) + c.first_fixed @ fixed) * self._first[:, None])

    def inverse_diagonal(self, *, known_fixed: bool = False) -> Floats:
        """Diagonal of the inverse at the random levels v, (first + rest,); `known_fixed`: as if β were known."""
        c, rest = self.crossed, len(self._rest)
        inverse = self._inverse(rest if known_fixed else len(self.root))
        own = np.diagonal(inverse)[:rest].copy()
        inverse[:, :rest] *= self._rest
        inverse[:rest, :rest] *= self._rest[:, None]
        np.einsum("ii->i", inverse)[:rest] *= 0.5
        met = c.meeting.quadratic(inverse)
        if not known_fixed:
            cross = c.meet.T @ inverse[rest:, :rest].T
            fixed = c.first_fixed @ symmetric(inverse[rest:, rest:])
            met = met + np.einsum("ip,ip->i", 2 * cross + fixed, c.first_fixed)
        first = 1 / self.diagonal + self._first**2 * met / self.diagonal**2
        return np.concatenate([first, own])

    def _inverse(self, size: int) -> Floats:
        """Of the first `size` columns of the border, zeros beyond; only the lower triangle is right."""
        side = len(self.root)
        if size == side:
            return np.asarray(linalg.lapack.dpotri(self.root.T, lower=0)[0].T)
        found = np.zeros((side, side))
        if size:
            found[:size, :size] = linalg.lapack.dpotri(self.root[:size, :size].T, lower=0)[0].T
        return found

    def fixed_inverse(self) -> Floats:
        """Covariance of β̂ over σ², (columns, columns)."""
        half = self._half(np.eye(len(self.root))[:, len(self._rest) :])
        return np.asarray(half.T @ half)

    def reach(self, functionals: Sparse) -> tuple[Floats, Floats]:
        """Errors of functionals (k, first + rest + columns) of u and β, over σ²: covariance = diag(own) + reach reach'.

        own (k,), reach (k, border). No two functionals may share a level of facet 0.
        """
        c = self.crossed
        first = functionals[:, : c.first]
        own = (first * first) @ (self.coupling)
        border = functionals[:, c.first :].toarray()
        border[:, : len(self._rest)] -= (first @ (c.meet.T * self.coupling[:, None])).toarray()
        border[:, : len(self._rest)] *= self._rest
        border[:, len(self._rest) :] -= first @ (c.first_fixed * self.coupling[:, None])
        return np.asarray(own), self._half(border.T).T

    def _half(self, columns: Floats) -> Floats:
        return np.asarray(linalg.solve_triangular(self.root, columns, lower=True, check_finite=False))
