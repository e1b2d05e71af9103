"""The posterior of a three-level system: covariances of functionals of persons, exact for any two of them."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from quanheng.calibration.blocks import Half, System
from quanheng.calibration.blocks_plan import gathered
from quanheng.calibration.ratings import Floats, Ints
from quanheng.calibration.result import Uncertainty


@dataclass(frozen=True)
class Gradient:
    """One functional a person: its derivatives by the effects that bear on that person.

    `fixed` is by the fixed effects in the order of the model; ordinal: β (groups), δ (items), τ (categories − 1).
    """

    person: Floats  # (persons,), by θ of the person
    unit: Floats  # (persons,), by v of the person's unit
    view: Floats  # (persons, groups), by γ of the person
    fixed: Floats  # (persons, fixed effects)
    culture: Floats | None = None  # (persons,), by c of the person's unit; None: none of them


@dataclass(frozen=True)
class Posterior:
    """What is left unsure when all is estimated together: the joint inverse, held by blocks."""

    system: System
    basis: Floats  # (fixed effects of the model, fixed effects of the system)
    scalar: Ints  # (raters,), the scalar of each, -1: none
    link: Ints  # (raters,), the link of each, -1: none

    def project(self, gradient: Gradient) -> Uncertainty:
        """Covariance of the functionals, Var(a'b) = a'Ca with the full joint inverse C (§1.3), a block a unit."""
        places = self.system.places
        persons = places.persons
        reach = np.zeros((persons, len(self.system.border)))
        reach[:, places.links :] = gradient.fixed @ self.basis
        place = np.zeros(persons, dtype=np.int64)
        local: list[Floats] = [np.zeros((0, 0))] * places.blocks
        for half in self.system.halves:
            rows = self._rows(half, gradient)
            covariance = rows @ half.inverse @ np.swapaxes(rows, 1, 2)
            member, at = half.batch.member, half.batch.member_at
            place[member] = at % half.batch.person.shape[1]
            sizes = (half.batch.person >= 0).sum(axis=1)
            for block, size, own in zip(half.batch.block.tolist(), sizes.tolist(), covariance, strict=True):
                local[block] = own[:size, :size].copy()
            through = (rows @ half.gain).reshape(-1, half.index.shape[1])[at]
            np.subtract.at(reach, (member[:, None], half.index[at // half.batch.person.shape[1]]), through)
        reach = linalg.solve_triangular(self.system.root, reach.T, lower=True, overwrite_b=True, check_finite=False).T
        return Uncertainty(places.block, place, tuple(local), reach)

    def _rows(self, half: Half, gradient: Gradient) -> Floats:
        """(U, m, k), the functional of each person of a batch by the effects of its block."""
        person = half.batch.person
        u, m = person.shape
        rows = np.zeros((u, m, half.inverse.shape[1]))
        seat = np.arange(m)
        rows[:, seat, seat] = gathered(gradient.person, person)
        for group in range(self.system.views):
            rows[:, seat, m + group * m + seat] = gathered(gradient.view[:, group], person)
        rows[:, :, -2] = gathered(gradient.unit, person)
        if gradient.culture is not None:
            rows[:, :, -1] = gathered(gradient.culture, person)
        return rows * self.system.block_scales(m)

    def fixed_covariance(self) -> Floats:
        """Of the fixed effects, in the order of the model (`Gradient.fixed`), square."""
        first = self.system.places.links
        return np.asarray(self.basis @ self.system.border_inverse[first:, first:] @ self.basis.T)

    def leniency_se(self) -> Floats:
        """Standard error of s, (raters,), in logits; nan for ballots set aside, empty without a rater facet."""
        places, scale = self.system.places, self.system.scales.rater
        of_scalar = np.full(places.scalars + 1, np.nan)
        for half in self.system.halves:
            used = half.batch.scalar >= 0
            of_scalar[half.batch.scalar[used]] = self._scalar_variance(half)[used]
        inner = np.diag(self.system.border_inverse)[: places.links]
        of_link = np.append(scale**2 * inner, np.nan)
        return np.asarray(np.sqrt(np.where(self.link >= 0, of_link[self.link], of_scalar[self.scalar])))

    def _scalar_variance(self, half: Half) -> Floats:
        """(U, G, n), C_bb = σ²κ + (σ²κ)² r'Cr, r the row of the ballot in block and border."""
        u, g, n, m = half.batch.shape
        rows = np.zeros((u, g, n, half.inverse.shape[1]))
        rows[..., :m] = half.weight
        for group in range(self.system.views):
            rows[:, group, :, m + group * m : 2 * m + group * m] = half.weight[:, group]
        rows[..., -2] = rows[..., -1] = half.weight.sum(axis=3)
        rows *= self.system.block_scales(m)
        flat = rows.reshape(u, g * n, half.inverse.shape[1])
        rest = -(flat @ half.gain)
        rest[..., half.batch.column.shape[1] :] += half.shared.reshape(u, g * n, self.system.fixed)
        inverse = self.system.border_inverse[half.index[:, :, None], half.index[:, None, :]]
        spread = ((flat @ half.inverse) * flat).sum(axis=2) + ((rest @ inverse) * rest).sum(axis=2)
        left = self.system.scales.rater**2 * half.kept
        return np.asarray(left + left**2 * spread.reshape(u, g, n))
