"""A symmetric system in three levels: local ballots (scalars), units (dense blocks), border (linking ballots, fixed).

The matrix is the information of pairs plus that of the priors, H = Z'WZ + D⁻¹ (calibration.md §1.2). A local ballot
touches one unit only and is eliminated by hand; what is left of a unit is dense and small; what units share stands in
the border, where their Schur complements add up. Random effects are written b = σz with z ~ N(0, 1) (Bates et al. 2015,
"Fitting linear mixed-effects models using lme4", §3): all blocks are I + something, and nothing happens at σ = 0.

A block holds [θ of its persons | γ by group, if there is more than one | v | c]; `k` is its size.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from itertools import repeat
from math import prod

import numpy as np
from scipy import linalg

from quanheng.calibration.blocks_plan import Batch, Places, placed, summed
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.ratings import Floats, Ints

CHUNK = 1 << 16  # pairs at once: what is made on the way stays in the cache
BORDER_LIMIT = 6_000  # linking ballots, or persons with views in one block: beyond it the memory and minutes are lost


@dataclass(frozen=True)
class Scales:
    """σ of each kind of random effect; 0: there is none."""

    person: float
    unit: float
    view: float
    rater: float
    culture: float


@dataclass(frozen=True)
class Information:
    """Second derivatives of the (minus) log-likelihood at the present estimates, by pairs.

    Fixed effects are one constant a group, then others, whose derivatives by η of a pair `cross` gives.
    """

    weight: Floats  # (pairs,)
    cross: Callable[[Ints], Floats]  # pairs -> (pairs, others)
    core: Floats  # (others, others)
    phi: float = 1.0  # what all of it is divided by


@dataclass(frozen=True)
class Effects:
    """A value of each unknown, or a step of each."""

    person: Floats  # (persons,)
    view: Floats  # (persons, groups)
    unit: Floats  # (blocks,)
    culture: Floats  # (blocks,)
    scalar: Floats  # (scalars,)
    link: Floats  # (links,)
    fixed: Floats  # (groups + others,)

    @staticmethod
    def zero(places: Places, others: int) -> "Effects":
        p, b, g = places.persons, places.blocks, places.groups
        sizes = ((p,), (p, g), (b,), (b,), (places.scalars,), (places.links,), (g + others,))
        return Effects(*(np.zeros(size) for size in sizes))

    def plus(self, step: "Effects", part: float = 1.0) -> "Effects":
        return Effects(*(getattr(self, f.name) + part * getattr(step, f.name) for f in fields(self)))

    def largest(self) -> float:
        return max(float(np.abs(getattr(self, f.name)).max(initial=0.0)) for f in fields(self))

    def typical(self) -> float:
        """Root mean square of the kind that has the largest."""
        values = (getattr(self, f.name) for f in fields(self))
        return max(float(np.sqrt(np.vdot(value, value) / max(value.size, 1))) for value in values)

    def eta(self, places: Places) -> Floats:
        """(pairs,), without the fixed effects that are not of groups. c bears on local ballots only."""
        own = ((self.person + self.unit[places.block])[:, None] + self.fixed[: places.groups] + self.view).ravel()
        ballot = np.append(self.scalar + self.culture[places.scalar_block], 0.0)
        eta: Floats = np.empty(places.cell.size)
        for start in range(0, eta.size, CHUNK):
            part = slice(start, start + CHUNK)
            np.add(own.take(places.cell[part]), ballot.take(places.scalar[part]), out=eta[part])
        if places.links:
            eta[places.linked] += self.link[places.link[places.linked]]
        return eta


@dataclass(frozen=True)
class Crossing:
    """Sums over pairs of the derivatives by η and the fixed effects that are not constants of groups, times φ."""

    ballot: Floats  # (U, G, n, others), over the pairs of a local ballot
    cell: Floats  # (U, G, m, others), over local pairs
    outer: Floats  # (U, G, m, others), over the other pairs
    link: Floats  # (links, others)


@dataclass(frozen=True)
class Half:
    """A batch of blocks without their ballots. U blocks, G groups, n ballots, m persons, F fixed effects, T links."""

    batch: Batch
    weight: Floats  # (U, G, n, m), W
    kept: Floats  # (U, G, n), κ = 1 / (1 + σ_s² Σw), share of the prior variance of s that is left given the rest
    shared: Floats  # (U, G, n, F), by ballot and fixed effect
    inverse: Floats  # (U, k, k), M⁻¹
    gain: Floats  # (U, k, T + F), M⁻¹ times what stands between block and border
    index: Ints  # (U, T + F), places in the border
    crossing: Crossing


class System:
    """The factored system. O(pairs · persons a unit) + O(units · k³) + O(border³).

    `crossings` of an earlier system spare the dearest part while the estimates hardly move: the Newton step is then
    nearly, not fully, that of the second derivatives (a chord); the first derivatives stay exact.
    """

    def __init__(
        self,
        places: Places,
        batches: tuple[Batch, ...],
        scales: Scales,
        information: Information,
        crossings: tuple[Crossing, ...] | None = None,
    ) -> None:
        self.places, self.scales = places, scales
        self.fixed = places.groups + information.core.shape[0]
        size = places.links + self.fixed
        self.border = np.zeros((size, size))
        self._begin_border(information)
        self.crossings = crossings or tuple(_crossing(batch, places, information) for batch in batches)
        self.halves = tuple(map(self._forward, batches, repeat(information), self.crossings))
        try:
            self.root = linalg.cholesky(self.border, lower=True, check_finite=False)
        except linalg.LinAlgError as singular:
            raise CannotCalibrate("not-estimable", border=size) from singular
        self._inverse: Floats | None = None

    @property
    def views(self) -> int:
        return self.places.groups if self.places.groups > 1 else 0

    @property
    def border_inverse(self) -> Floats:
        """(border, border), covariance of what stands in the border: links (as z), fixed effects."""
        if self._inverse is None:
            self._inverse = linalg.cho_solve((self.root, True), np.eye(len(self.root)), check_finite=False)
        return self._inverse

    def log_determinant(self) -> float:
        """log|H| over the random effects (as z) with the fixed ones held: what the Laplace approximation takes."""
        ballots = -sum(float(np.log(half.kept).sum()) for half in self.halves)
        blocks = -sum(float(np.linalg.slogdet(half.inverse)[1].sum()) for half in self.halves)
        return ballots + blocks + 2 * float(np.log(np.diag(self.root)[: self.places.links]).sum())

    def _begin_border(self, information: Information) -> None:
        places, groups = self.places, self.places.groups
        links = np.arange(places.links)
        of_link = np.bincount(places.link[places.linked], information.weight[places.linked], places.links)
        self.border[links, links] = 1 + self.scales.rater**2 / information.phi * of_link
        self.border[places.links + groups :, places.links + groups :] = information.core / information.phi

    def _forward(self, batch: Batch, information: Information, crossing: Crossing) -> Half:
        weight = batch.table(information.weight)
        weight /= information.phi
        on_ballot, cell = weight @ np.ones(weight.shape[3]), np.ones(weight.shape[2]) @ weight
        kept = 1 / (1 + self.scales.rater**2 * on_ballot)
        shared = _with_groups(on_ballot, crossing.ballot, information.phi)
        by_cell = _with_groups(cell, crossing.cell, information.phi)
        pulled = np.swapaxes(weight * (self.scales.rater**2 * kept)[..., None], 2, 3)
        local = -(pulled @ weight)
        _diagonal(local)[...] += cell
        outer, links = self._outer(batch, information, crossing)
        outer_cell = _with_groups(outer, crossing.outer, information.phi)
        total = local.copy()
        _diagonal(total)[...] += outer
        self._add_fixed(by_cell + outer_cell, shared, kept)
        reach = by_cell - pulled @ shared
        matrix = self.square(total, local)
        _diagonal(matrix)[...] += 1
        cross = self.spread(
            np.concatenate([links, reach + outer_cell], axis=3), np.concatenate([np.zeros_like(links), reach], axis=3)
        )
        inverse = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
        fixed = np.broadcast_to(self.places.links + np.arange(self.fixed), (len(inverse), self.fixed))
        index = np.concatenate([batch.column, fixed], axis=1)
        half = Half(batch, weight, kept, shared, inverse, inverse @ cross, index, crossing)
        self._subtract(half, cross)
        return half

    def _outer(self, batch: Batch, information: Information, crossing: Crossing) -> tuple[Floats, Floats]:
        """Weights of pairs that are not on local ballots: by cell, and by cell and link."""
        u, g, _, m = batch.shape
        cell = summed(information.weight[batch.outer], batch.outer_at, (u, g, m))
        links = placed(information.weight[batch.linked], batch.linked_at, (u, g, m, batch.column.shape[1]))
        if batch.linked.size:
            self._add_links(batch.linked, information, crossing)
        return cell / information.phi, np.asarray(links * (self.scales.rater / information.phi))

    def _add_links(self, linked: Ints, information: Information, crossing: Crossing) -> None:
        link, group = self.places.link[linked], self.places.group[linked]
        rows = np.concatenate([np.zeros((self.places.links, self.places.groups)), crossing.link], axis=1)
        np.add.at(rows, (link, group), information.weight[linked])
        rows *= self.scales.rater / information.phi
        self.border[: self.places.links, self.places.links :] += rows
        self.border[self.places.links :, : self.places.links] += rows.T

    def _add_fixed(self, by_cell: Floats, shared: Floats, kept: Floats) -> None:
        """Fixed effects among themselves: all pairs, less what local ballots explain."""
        groups, first = self.places.groups, self.places.links
        by_group = by_cell.sum(axis=(0, 2))
        own = self.border[first:, first:]
        own[:groups] += by_group
        own[groups:, :groups] += by_group[:, groups:].T
        flat = shared.reshape(-1, self.fixed)
        own -= self.scales.rater**2 * (flat.T @ (kept.reshape(-1, 1) * flat))

    def _subtract(self, half: Half, cross: Floats) -> None:
        """The Schur complement: border less what the blocks explain."""
        first, t = self.places.links, half.batch.column.shape[1]
        if not t:
            self.border[first:, first:] -= cross.reshape(-1, self.fixed).T @ half.gain.reshape(-1, self.fixed)
            return
        explained = np.swapaxes(cross, 1, 2) @ half.gain
        self.border[first:, first:] -= explained[:, t:, t:].sum(axis=0)
        at = half.index[:, :t, None] * len(self.border)
        np.subtract.at(self.border.reshape(-1), at + half.index[:, None, :t], explained[:, :t, :t])
        side = np.zeros((first, self.fixed))
        np.add.at(side, half.index[:, :t], explained[:, :t, t:])
        self.border[:first, first:] -= side
        self.border[first:, :first] -= side.T

    def block_scales(self, m: int) -> Floats:
        """(k,), σ of the places of a block."""
        s = self.scales
        return np.repeat([s.person, s.view, s.unit, s.culture], [m, self.views * m, 1, 1])

    def spread(self, total: Floats, local: Floats) -> Floats:
        """(U, G, m, …) by cell (person × group) to (U, k, …) by effect: J', scaled. `local` is the part on c."""
        own = [total[:, 0] if total.shape[1] == 1 else total.sum(axis=1)]
        if self.views:
            own.append(total.reshape(total.shape[0], -1, *total.shape[3:]))
        own += [_over_cells(total), _over_cells(local)]
        spread = np.concatenate(own, axis=1)
        spread *= self.block_scales(total.shape[2]).reshape(-1, *[1] * (spread.ndim - 2))
        return spread

    def square(self, total: Floats, local: Floats) -> Floats:
        """(U, G, m, m), blocks on the diagonal by group, to (U, k, k): J'KJ, scaled on both sides."""
        m = total.shape[2]
        scale = self.block_scales(m)
        square = np.zeros((total.shape[0], scale.size, scale.size))
        square[:, :m, :m] = total[:, 0] if total.shape[1] == 1 else total.sum(axis=1)
        for group in range(self.views):
            a = m + group * m
            square[:, :m, a : a + m] = square[:, a : a + m, :m] = square[:, a : a + m, a : a + m] = total[:, group]
        square *= scale[:, None] * scale
        edge, local_edge = total @ np.ones(m), local @ np.ones(m)
        square[:, :, -2] = square[:, -2] = self.spread(edge, local_edge) * scale[-2]
        square[:, :, -1] = square[:, -1] = self.spread(local_edge, local_edge) * scale[-1]
        return square

    def cells(self, block: Floats) -> tuple[Floats, Floats]:
        """(U, k) by effect to (U, G, m) by cell, on linking ballots and on local ones: J, scaled."""
        groups = self.places.groups
        m = (block.shape[1] - 2) // (1 + self.views)
        own = block * self.block_scales(m)
        outer = np.repeat((own[:, :m] + own[:, -2:-1])[:, None], groups, axis=1)
        if self.views:
            outer += own[:, m:-2].reshape(-1, groups, m)
        return outer, outer + own[:, -1][:, None, None]


def _crossing(batch: Batch, places: Places, information: Information) -> Crossing:
    u, g, n, m = batch.shape
    outer = information.cross(batch.outer)
    link = np.zeros((places.links, outer.shape[1]))
    if batch.linked.size:
        np.add.at(link, places.link[batch.linked], information.cross(batch.linked))
    return Crossing(*_local_crossing(batch, information), _columns(outer, batch.outer_at, (u, g, m)), link)


def _local_crossing(batch: Batch, information: Information) -> tuple[Floats, Floats]:
    """By ballot and by cell."""
    u, g, n, m = batch.shape
    if batch.filled.size:
        values = information.cross(batch.filled)
        values[batch.blank] = 0.0
        table = values.T.reshape(-1, u, g, n, m)
        return np.moveaxis(table @ np.ones(m), 0, -1), np.moveaxis(np.ones(n) @ table, 0, -1)
    values = information.cross(batch.local)
    ballot = batch.local_at // m if m else batch.local_at
    cell = batch.local_at - (ballot - ballot // max(n, 1)) * m
    return _columns(values, ballot, (u, g, n)), _columns(values, cell, (u, g, m))


def _columns(values: Floats, at: Ints, shape: tuple[int, ...]) -> Floats:
    """(pairs, others) summed by place: (*shape, others)."""
    summary = np.empty((*shape, values.shape[1]))
    for column in range(values.shape[1]):
        summary[..., column] = summed(values[:, column], at, shape)
    return summary


def _over_cells(values: Floats) -> Floats:
    """(U, G, m, …) to (U, 1, …): by products, which are quicker than sums over short axes."""
    u, g, m, *rest = values.shape
    flat = values.reshape(u, g * m, prod(rest))
    return (np.ones((1, g * m)) @ flat).reshape(u, 1, *rest)


def _with_groups(weight: Floats, others: Floats, phi: float) -> Floats:
    """(U, G, x) and (U, G, x, others) to (U, G, x, G + others): a weight belongs to the constant of its group."""
    groups = weight.shape[1]
    both = np.zeros((*weight.shape, groups + others.shape[3]))
    for group in range(groups):
        both[:, group, :, group] = weight[:, group]
    np.divide(others, phi, out=both[..., groups:])
    return both


def _diagonal(matrices: Floats) -> Floats:
    """The diagonals of a stack of matrices, to be written to."""
    diagonal: Floats = np.einsum("...ii->...i", matrices)
    return diagonal


def check_sizes(places: Places) -> None:
    """Refuse what would take gigabytes and minutes."""
    block = int(np.bincount(places.block, minlength=1).max()) * (places.groups + 1 if places.groups > 1 else 1)
    if max(block, places.links) > BORDER_LIMIT:
        raise CannotCalibrate("border-too-large", links=places.links, block=block, limit=BORDER_LIMIT)
