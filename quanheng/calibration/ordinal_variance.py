"""Variances: where Schall's rule stands still, found by average-information steps.

Schall (1991), "Estimation in generalized linear models with random effects": σ² ← b'b / (q − tr C/σ²). At its fixed
point g = ½(b'b/σ² − (q − tr C/σ²)), the derivative of the restricted likelihood of the linearised model by log σ²,
is 0. Its second derivatives are replaced by the average information of Gilmour, Thompson & Cullis (1995), "Average
information REML": AI_kl = ½[δ_kl b_k'b_k/σ_k² − (b_k/σ_k²)'H⁻¹(b_l/σ_l²)], one solution of the factored system a kind.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from quanheng.calibration.blocks import Effects, System
from quanheng.calibration.blocks_solve import solve
from quanheng.calibration.ratings import Flags, Floats

FLOOR = 1e-8  # σ² of an effect for which nothing speaks: its estimates are then below 1e-7 logit
TRY_FLOOR = 0.05  # a variance below it that would fall by a long step is tried at the floor
LONGEST = 1.5  # step in log σ²


def squares(effects: Effects, kind: str) -> float:
    """b'b of a kind of effect."""
    return sum(float(np.vdot(getattr(effects, name), getattr(effects, name))) for name in members(kind))


def members(kind: str) -> tuple[str, ...]:
    """The parts of `Effects` that share a variance."""
    return ("scalar", "link") if kind == "rater" else (kind,)


def responses(system: System, effects: Effects, kinds: tuple[str, ...]) -> tuple[Effects, ...]:
    """∂b/∂log σ² of each kind, all else converged: H⁻¹(b_l/σ_l²)."""
    none = Effects.zero(system.places, system.fixed - system.places.groups)
    alone = (replace(none, **{name: -getattr(effects, name) for name in members(kind)}) for kind in kinds)
    return tuple(solve(system, None, own).effects for own in alone)


def average_information(system: System, effects: Effects, kinds: tuple[str, ...], moved: tuple[Effects, ...]) -> Floats:
    """(kinds, kinds), by log σ²."""
    variance = [getattr(system.scales, kind) ** 2 for kind in kinds]
    information = np.diag([squares(effects, kind) / s for kind, s in zip(kinds, variance, strict=True)])
    for k, kind in enumerate(kinds):
        for place, move in enumerate(moved):
            parts = (np.vdot(getattr(effects, name), getattr(move, name)) for name in members(kind))
            information[k, place] -= float(sum(parts)) / variance[k]
    return (information + information.T) / 4


@dataclass
class Variances:
    """log σ² by kind; `free` those not at the floor."""

    x: Floats
    free: Flags
    refused: Flags  # tried at the floor in vain
    kept: Floats  # where they were before that

    @staticmethod
    def start(x: Floats) -> "Variances":
        none = np.zeros(x.size, dtype=bool)
        return Variances(x, ~none, none.copy(), x.copy())

    def step(self, slope: Floats, information: Floats) -> Floats:
        """Newton's step of the free ones with the average information; directions without information rest."""
        step = np.zeros(self.x.size)
        free = np.flatnonzero(self.free)
        if not free.size:
            return step
        scale = 1 / np.sqrt(np.maximum(np.diag(information)[free], 1e-300))
        scaled = scale[:, None] * information[np.ix_(free, free)] * scale
        step[free] = scale * (np.linalg.pinv(scaled, rcond=1e-7, hermitian=True) @ (scale * slope[free]))
        wrong = step * slope < 0  # not uphill: follow the slope alone
        if (wrong & (np.abs(step) > LONGEST)).any():
            step[free] = scale**2 * slope[free]
        return step

    def settled(self, step: Floats, slope: Floats, tolerance: float) -> bool:
        """At the floor a variance stays while its derivative would have it fall on: 0 is then a local maximum."""
        return bool((np.abs(step[self.free]) < tolerance).all() and (slope[~self.free] <= 0).all())

    def move(self, step: Floats, slope: Floats) -> Floats:
        """Take the step, or go to the floor and back. Gives the change of the free ones."""
        back = ~self.free & (slope > 0)
        falls = self.free & (step < 0)
        down = falls & ~self.refused & (step <= -LONGEST) & (self.x < np.log(TRY_FLOOR))
        down |= falls & (self.x + step < np.log(FLOOR))
        change = np.where(self.free & ~down, np.clip(step, -LONGEST, LONGEST), 0.0)
        self.kept = np.where(down, np.maximum(self.x, np.log(FLOOR) + 2), self.kept)
        self.x = np.where(back, self.kept, np.where(down, np.log(FLOOR), self.x + change))
        self.free = (self.free | back) & ~down
        self.refused |= back
        return change


def moved_by(effects: Effects, moved: tuple[Effects, ...], change: Floats) -> Effects:
    """Effects at the new variances, to first order."""
    for part, response in zip(change.tolist(), moved, strict=True):
        effects = effects.plus(response, part)
    return effects


def finite(effects: Effects) -> bool:
    return all(bool(np.isfinite(getattr(effects, field.name)).all()) for field in fields(effects))
