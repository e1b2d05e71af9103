"""One Newton step of the three-level system, and how many effects the data determine (for the variances)."""

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from quanheng.calibration.blocks import Effects, Half, System
from quanheng.calibration.blocks_plan import gathered, summed
from quanheng.calibration.ratings import Floats


@dataclass(frozen=True)
class Slopes:
    """First derivatives of the log-likelihood (without the priors)."""

    eta: Floats  # (pairs,), by η of each pair
    fixed: Floats  # (others,), by the fixed effects that are not constants of groups
    phi: float = 1.0  # what all of it is divided by


@dataclass(frozen=True)
class Step:
    effects: Effects
    residual: float  # largest derivative of the penalised likelihood, each over the root of its information


@dataclass(frozen=True)
class Determined:
    """q − tr C/σ² by kind of effect: how many of its effects the data determine (Schall 1991)."""

    person: float
    unit: float
    view: float
    rater: float
    culture: float


@dataclass(frozen=True)
class _Right:
    """Right-hand sides of a batch after its ballots are eliminated."""

    scalar: Floats  # (U, G, n), σ_s² κ ρ: what the ballot would step if nothing else did
    solved: Floats  # (U, k)
    explained: Floats  # (U, T + F)
    residual: float


def solve(system: System, slopes: Slopes | None, now: Effects) -> Step:
    """The joint Newton step H⁻¹(gradient − D⁻¹b) from `now`; without slopes, of the priors alone."""
    places, first, scale = system.places, system.places.links, system.scales.rater
    groups = places.groups
    right = np.zeros(len(system.border))
    right[:first] = -_shrunk(now.link, scale)
    if slopes is not None:
        linked = places.linked
        right[:first] += scale / slopes.phi * np.bincount(places.link[linked], slopes.eta[linked], first)
        right[first + groups :] = slopes.fixed / slopes.phi
    halves = [_reduced(system, half, slopes, now, right) for half in system.halves]
    worst = float((np.abs(right) / np.sqrt(np.diag(system.border))).max(initial=0.0))
    for half, reduced in zip(system.halves, halves, strict=True):
        np.subtract.at(right, half.index, reduced.explained)
    border = linalg.cho_solve((system.root, True), right, check_finite=False)
    step = Effects.zero(places, system.fixed - groups)
    step.link[:], step.fixed[:] = scale * border[:first], border[first:]
    for half, reduced in zip(system.halves, halves, strict=True):
        _back(system, half, reduced, border, step)
    return Step(step, max([worst, *(reduced.residual for reduced in halves)]))


def _shrunk(value: Floats, scale: float) -> Floats:
    """Derivative of the prior by z = b/σ."""
    return value / scale if scale > 0 else np.zeros_like(value)


def _reduced(system: System, half: Half, slopes: Slopes | None, now: Effects, right: Floats) -> _Right:
    batch, scale = half.batch, system.scales.rater
    u, g, n, m = batch.shape
    ballot, local, outer = np.zeros((u, g, n)), np.zeros((u, g, m)), np.zeros((u, g, m))
    if slopes is not None:
        marks = batch.table(slopes.eta)
        marks /= slopes.phi
        ballot, local = scale**2 * (marks @ np.ones(m)), np.ones(n) @ marks
        outer = summed(slopes.eta[batch.outer], batch.outer_at, (u, g, m)) / slopes.phi
        right[system.places.links : system.places.links + g] += (local + outer).sum(axis=(0, 2))
    if scale > 0:
        ballot -= gathered(now.scalar, batch.scalar)
    pulled = half.kept * ballot
    local -= _times(half.weight, pulled)
    total = local + outer
    own = system.spread(total, local) - _prior(system, half, now)
    right[system.places.links :] -= np.tensordot(pulled, half.shared, axes=3)
    solved = np.einsum("ukl,ul->uk", half.inverse, own)
    worst = np.abs(own).max(initial=0.0)  # the information of z is at least 1, so this is the stricter
    if scale > 0:
        worst = max(worst, float((np.abs(ballot) * np.sqrt(half.kept)).max(initial=0.0)) / scale)
    return _Right(pulled, solved, np.einsum("ukt,uk->ut", half.gain, own), float(worst))


def _times(weight: Floats, ballot: Floats) -> Floats:
    """W'x: (U, G, n, m) and (U, G, n) to (U, G, m)."""
    return np.asarray((ballot[:, :, None] @ weight)[:, :, 0])


def _prior(system: System, half: Half, now: Effects) -> Floats:
    """(U, k), z = b/σ at present; 0 where it is padded or σ is 0."""
    person, block = half.batch.person, half.batch.block
    own = [gathered(now.person, person)]
    own += [gathered(now.view[:, group], person) for group in range(system.views)]
    own += [now.unit[block][:, None], now.culture[block][:, None]]
    scale = system.block_scales(person.shape[1])
    return np.asarray(np.concatenate(own, axis=1) * np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0))


def _back(system: System, half: Half, reduced: _Right, border: Floats, step: Effects) -> None:
    """Steps of blocks and ballots from those of the border."""
    batch = half.batch
    z = reduced.solved - np.einsum("ukt,ut->uk", half.gain, border[half.index])
    _, local = system.cells(z)
    fixed = border[system.places.links :]
    felt = (half.weight @ local[..., None])[..., 0] + half.shared @ fixed
    ballot = reduced.scalar - system.scales.rater**2 * half.kept * felt
    step.scalar[batch.scalar[batch.scalar >= 0]] = ballot[batch.scalar >= 0]
    own = z * system.block_scales(batch.person.shape[1])
    m = batch.person.shape[1]
    step.person[batch.member] = own[:, :m].ravel()[batch.member_at]
    for group in range(system.views):
        step.view[batch.member, group] = own[:, m + group * m : 2 * m + group * m].ravel()[batch.member_at]
    step.unit[batch.block], step.culture[batch.block] = own[:, -2], own[:, -1]


def determined(system: System) -> Determined:
    """Traces of the joint inverse by kind of effect, exact."""
    inverse, first = system.border_inverse, system.places.links
    rater = float((1 - np.diag(inverse)[:first]).sum())
    sums = np.zeros(4)
    for half in system.halves:
        m, views = half.batch.person.shape[1], system.views
        through = half.gain @ inverse[half.index[:, :, None], half.index[:, None, :]]
        left = np.einsum("ukk->uk", half.inverse) + np.einsum("ukt,ukt->uk", through, half.gain)
        learnt = (1 - left).sum(axis=0)
        sums += [learnt[:m].sum(), learnt[m : m + views * m].sum(), learnt[-2], learnt[-1]]
        rater += _of_scalars(system, half, through, inverse[first:, first:])
    person, view, unit, culture = map(float, sums)
    return Determined(person=person, unit=unit, view=view, rater=rater, culture=culture)


def _of_scalars(system: System, half: Half, through: Floats, fixed_inverse: Floats) -> float:
    """Σ (1 − C_bb/σ_s²) over local ballots; C_bb/σ_s² = κ + σ_s² κ² r'Cr, r the row of the ballot in blocks and border.

    Σ σ_s² κ² r'Cr is the trace of C with K = Σ σ_s² κ² r r', which is small and dense like the block.
    """
    kept, shared, t = half.kept, half.shared, half.batch.column.shape[1]
    factor = (system.scales.rater * kept) ** 2
    pulled = np.swapaxes(half.weight * factor[..., None], 2, 3)
    own, side = pulled @ half.weight, pulled @ shared
    block, cross = system.square(own, own), system.spread(side, side)
    flat = shared.reshape(-1, shared.shape[3])
    fixed = flat.T @ (factor.reshape(-1, 1) * flat)
    trace = np.vdot(half.inverse, block) + np.vdot(through, block @ half.gain)
    trace += np.vdot(fixed_inverse, fixed) - 2 * np.vdot(through[:, :, t:], cross)
    return float((1 - kept).sum() - trace)
