"""Newton steps of the priors alone, several kinds of effect at a time: what the variances ask of every iteration.

The right-hand sides are zero but for one kind each, so that nothing is read from the pairs, and one product of
matrices serves all of them.
"""

from collections.abc import Sequence

import numpy as np
from scipy import linalg

from quanheng.calibration.blocks import Effects, Half, System
from quanheng.calibration.blocks_plan import gathered
from quanheng.calibration.ratings import Floats

KINDS = ("person", "view", "unit", "culture", "rater")


def pulls(system: System, now: Effects, kinds: Sequence[str]) -> tuple[Effects, ...]:
    """H⁻¹D⁻¹b_l for each of the `kinds` l, b_l being the effects of that kind alone."""
    places, first, scale = system.places, system.places.links, system.scales.rater
    right = np.zeros((len(system.border), len(kinds)))
    if "rater" in kinds and scale > 0:
        right[:first, kinds.index("rater")] = now.link / scale
    parts = [_reduced(system, half, now, kinds, right) for half in system.halves]
    for half, (_, _, explained) in zip(system.halves, parts, strict=True):
        np.subtract.at(right, half.index, explained)
    border = linalg.cho_solve((system.root, True), right, check_finite=False)
    steps = tuple(Effects.zero(places, system.fixed - places.groups) for _ in kinds)
    for step, column in zip(steps, border.T, strict=True):
        step.link[:], step.fixed[:] = scale * column[:first], column[first:]
    for half, (pulled, solved, _) in zip(system.halves, parts, strict=True):
        _back(system, half, (pulled, solved), border, steps, kinds)
    return steps


def _reduced(
    system: System, half: Half, now: Effects, kinds: Sequence[str], right: Floats
) -> tuple[Floats | None, Floats, Floats]:
    """What the ballots would step alone (U, G, n); the solved blocks (U, k, kinds); what the border owes to them."""
    own = _own(system, half, now, kinds)
    pulled = None
    if "rater" in kinds and system.scales.rater > 0:
        pulled = half.kept * gathered(now.scalar, half.batch.scalar)
        local = -(pulled[:, :, None] @ half.weight)[:, :, 0]
        own[:, :, kinds.index("rater")] = system.spread(local, local)
        flat = half.shared.reshape(-1, half.shared.shape[3])
        right[system.places.links :, kinds.index("rater")] -= pulled.ravel() @ flat
    solved = half.inverse @ own
    return pulled, solved, np.asarray(np.swapaxes(half.gain, 1, 2) @ own)


def _own(system: System, half: Half, now: Effects, kinds: Sequence[str]) -> Floats:
    """(U, k, kinds), z = b/σ of each kind in its own column; 0 where σ is 0."""
    person, block = half.batch.person, half.batch.block
    m = person.shape[1]
    own = np.zeros((person.shape[0], half.inverse.shape[1], len(kinds)))
    for column, kind in enumerate(kinds):
        scale = getattr(system.scales, kind)
        if scale <= 0:
            continue
        if kind == "person":
            own[:, :m, column] = gathered(now.person, person) / scale
        if kind == "unit":
            own[:, -2, column] = now.unit[block] / scale
        if kind == "culture":
            own[:, -1, column] = now.culture[block] / scale
        for group in range(system.views if kind == "view" else 0):
            own[:, m + group * m : 2 * m + group * m, column] = gathered(now.view[:, group], person) / scale
    return own


def _back(
    system: System,
    half: Half,
    parts: tuple[Floats | None, Floats],
    border: Floats,
    steps: tuple[Effects, ...],
    kinds: Sequence[str],
) -> None:
    """Steps of blocks and ballots from those of the border."""
    batch, (pulled, solved) = half.batch, parts
    m, scales = batch.person.shape[1], system.block_scales(batch.person.shape[1])
    own = (solved - half.gain @ border[half.index]) * scales[:, None]
    reached = (own[:, :m] + own[:, -2:-1] + own[:, -1:])[:, None]
    if system.views:
        reached = reached + own[:, m:-2].reshape(len(own), system.views, m, -1)
    felt = half.weight @ reached + half.shared @ border[system.places.links :]
    ballot = felt * (-(system.scales.rater**2) * half.kept)[..., None]
    if pulled is not None:
        ballot[..., kinds.index("rater")] += pulled
    used = batch.scalar >= 0
    seats, ballots, flat = batch.scalar[used], ballot[used], own[:, :m].reshape(-1, len(kinds))[batch.member_at]
    for column, step in enumerate(steps):
        step.scalar[seats] = ballots[:, column]
        step.person[batch.member] = flat[:, column]
        step.unit[batch.block], step.culture[batch.block] = own[:, -2, column], own[:, -1, column]
        for group in range(system.views):
            a = m + group * m
            step.view[batch.member, group] = own[:, a : a + m, column].ravel()[batch.member_at]
