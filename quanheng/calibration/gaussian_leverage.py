"""Traces of the twin: how much of the residual of each group the effects take up, and inverses as if β were known."""

from copy import copy

import numpy as np
from scipy import linalg

from quanheng.calibration.blocks import Half, System
from quanheng.calibration.blocks_plan import placed, summed
from quanheng.calibration.ratings import Floats


def with_known_fixed(system: System) -> System:
    """The same system, whose inverse leaves out that the fixed effects are estimated (for ML)."""
    links = system.places.links
    known = copy(system)
    known._inverse = np.zeros_like(system.border)
    if links:
        root = system.root[:links, :links]
        known._inverse[:links, :links] = linalg.cho_solve((root, True), np.eye(links), check_finite=False)
    return known


def leverages(system: System, weight: Floats) -> Floats:
    """Σ_p w_p var(η_p) by group, (groups,): the trace of the hat matrix, group by group. `weight` is that of `system`.

    A pair on a local ballot has η = a + s_b, a its part in block and border. Eliminating s_b leaves
    s_b | rest = −σ²κ Σ_p w a + noise of variance σ²κ, so that with ω = Σ_p w, by ballot,

        Σ_p w var(η_p) = Σ_p w var(a_p) − σ²κ(1 + κ) var(Σ_p w a_p) + 1 − κ
    """
    groups, first = system.places.groups, system.places.links
    found = _of_links(system, weight)
    inverse = system.border_inverse
    for half in system.halves:
        through = half.gain @ inverse[half.index[:, :, None], half.index[:, None, :]]
        for group in range(groups):
            block, cross, fixed = _quadratic(system, half, weight, group)
            found[group] += (1 - half.kept[:, group]).sum()
            found[group] += np.vdot(half.inverse, block) + np.vdot(through, block @ half.gain)
            found[group] += np.vdot(inverse[first:, first:], fixed) - 2 * np.vdot(through, cross)
    return found


def _quadratic(system: System, half: Half, weight: Floats, group: int) -> tuple[Floats, Floats, Floats]:
    """Σ over the pairs of a group of w·aa', less the ballots: on blocks (U, k, k), crosswise, and on fixed effects."""
    batch, t = half.batch, half.batch.column.shape[1]
    u, groups, _, m = batch.shape
    own, shared = half.weight[:, group], half.shared[:, group]
    pull = (system.scales.rater**2 * half.kept * (1 + half.kept))[:, group, :, None]
    local = np.zeros((u, groups, m, m))
    local[:, group] = -np.swapaxes(own * pull, 1, 2) @ own
    diagonal = np.einsum("ugii->ugi", local)
    diagonal[:, group] += own.sum(axis=1)
    total = local.copy()
    of_group = np.arange(groups) == group
    outer = summed(weight[batch.outer], batch.outer_at, (u, groups, m)) * of_group[:, None]
    np.einsum("ugii->ugi", total)[...] += outer
    reach = np.zeros((u, groups, m, system.fixed))
    reach[:, group] = -np.swapaxes(own * pull, 1, 2) @ shared
    reach[:, group, :, group] += own.sum(axis=1)
    outer_reach = reach.copy()
    outer_reach[:, group, :, group] += outer[:, group]
    links = placed(weight[batch.linked], batch.linked_at, (u, groups, m, t)) * of_group[:, None, None]
    links *= system.scales.rater
    cross = system.spread(
        np.concatenate([links, outer_reach], axis=3), np.concatenate([np.zeros_like(links), reach], axis=3)
    )
    fixed = -np.tensordot(shared * pull, shared, axes=((0, 1), (0, 1)))
    fixed[group, group] += own.sum() + outer.sum()
    return system.square(total, local), cross, fixed


def _of_links(system: System, weight: Floats) -> Floats:
    """By group: Σ w·var(s_b) of linking ballots and twice their covariance with β_g."""
    places, links = system.places, system.places.links
    linked = places.link >= 0
    sums = np.bincount(places.link[linked], weight[linked], links)
    inverse, group = system.border_inverse, np.zeros(links, dtype=np.int64)
    group[places.link[linked]] = places.group[linked]
    scale = system.scales.rater
    own = scale**2 * np.diagonal(inverse)[:links] + 2 * scale * inverse[np.arange(links), links + group]
    return np.bincount(group, sums * own, places.groups).astype(np.float64)
