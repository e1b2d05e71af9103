"""Variances: where Schall's rule stands still, found by average-information steps.

Schall (1991), "Estimation in generalized linear models with random effects": σ² ← b'b / (q − tr C/σ²). At its fixed
point g = ½(b'b/σ² − (q − tr C/σ²)), the derivative of the restricted likelihood of the linearised model by log σ²,
is 0. Its second derivatives are replaced by the average information of Gilmour, Thompson & Cullis (1995), "Average
information REML": AI_kl = ½[δ_kl b_k'b_k/σ_k² − (b_k/σ_k²)'H⁻¹(b_l/σ_l²)], one solution of the factored system a kind.
"""

import numpy as np

from quanheng.calibration.blocks import Effects, System
from quanheng.calibration.ratings import Flags, Floats

FLOOR = 1e-8  # σ² of an effect for which nothing speaks: its estimates are then below 1e-7 logit
TRY_FLOOR = 0.05  # a variance below it that would fall by a long step is tried at the floor
LONGEST = 1.5  # step in log σ²
RELAXED = (0.1, 3.0)  # least and largest part of a step
SLIGHT = 1e-3  # σ² below which it may fall by any step
CALM = 0.01  # steps in log σ² of the others, below which a variance may leave the floor again
NOTHING = 1e-9  # of information about log σ²: below it there is no step


def squares(effects: Effects, kind: str) -> float:
    """b'b of a kind of effect."""
    return sum(float(np.vdot(getattr(effects, name), getattr(effects, name))) for name in members(kind))


def members(kind: str) -> tuple[str, ...]:
    """The parts of `Effects` that share a variance."""
    return ("scalar", "link") if kind == "rater" else (kind,)


def average_information(system: System, effects: Effects, kinds: tuple[str, ...], moved: tuple[Effects, ...]) -> Floats:
    """(kinds, kinds), by log σ²."""
    variance = [getattr(system.scales, kind) ** 2 for kind in kinds]
    information = np.diag([squares(effects, kind) / s for kind, s in zip(kinds, variance, strict=True)])
    for k, kind in enumerate(kinds):
        for place, move in enumerate(moved):
            parts = (np.vdot(getattr(effects, name), getattr(move, name)) for name in members(kind))
            information[k, place] -= float(sum(parts)) / variance[k]
    return (information + information.T) / 4


class Variances:
    """log σ² by kind and log φ; `free` are those not at the floor. In small designs they can swing against each other
    or creep together: steps are relaxed by Aitken's factor, from how the last changed the next (Irons & Tuck 1969).
    """

    def __init__(self, x: Floats, tied: Flags) -> None:
        self.x = x
        self.tied = tied  # kinds whose ratio is believed in: none of them vanishes alone
        self.log_phi = 0.0
        self.free = np.ones(x.size, dtype=bool)
        self.refused = np.zeros(x.size, dtype=bool)  # tried at the floor in vain
        self.kept = x.copy()  # where they were before that
        self.relaxation = 1.0
        self.last: Floats | None = None

    def step(self, slope: Floats, information: Floats) -> Floats:
        """Newton's step of the free ones with the average information; where there is none, towards the floor."""
        turn = self._turn()
        slope, information = turn @ slope, turn @ information @ turn
        known = np.diag(information) > NOTHING
        step = np.where(self.free & ~known & (slope <= 0), -3 * LONGEST, 0.0)
        free = np.flatnonzero(self.free & known)
        if not free.size:
            return np.asarray(turn @ step)
        scale = 1 / np.sqrt(np.diag(information)[free])
        scaled = scale[:, None] * information[np.ix_(free, free)] * scale
        step[free] = scale * (np.linalg.pinv(scaled, rcond=1e-7, hermitian=True) @ (scale * slope[free]))
        if ((step * slope < 0) & (np.abs(step) > LONGEST)).any():  # far, and not uphill: each along its own slope
            step[free] = scale**2 * slope[free]
        return np.asarray(turn @ step)

    def _turn(self) -> Floats:
        """Orthogonal and its own inverse: the tied ones as their sum, of which little may be known, and difference."""
        turn = np.eye(self.x.size)
        if self.tied.any():
            turn[np.ix_(self.tied, self.tied)] = np.array([[1, 1], [1, -1]]) / np.sqrt(2)
        return turn

    def settled(self, step: Floats, change: Floats, slope: Floats, log_phi: float, tolerance: float) -> bool:
        """Neither the step nor Schall's change moves them. At the floor a variance stays while its derivative would
        have it fall on: 0 is then a local maximum.
        """
        still = abs(log_phi - self.log_phi) < tolerance and (np.abs(step[self.free]) < tolerance).all()
        rest = bool((np.abs(change[self.free]) < tolerance).all())
        return bool(still) and rest and not self._jumps(step, slope)[0].any()

    def move(self, step: Floats, slope: Floats, log_phi: float) -> Floats:
        """Take the step, or go to the floor and back. Gives the change of log σ² of those that took it."""
        back, down = self._jumps(step, slope)
        whole = np.append(np.where(self.free, np.clip(step, -LONGEST, LONGEST), 0.0), log_phi - self.log_phi)
        relaxed = self._relaxed(whole, jumped=bool((back | down).any()))
        change = np.where(down, 0.0, relaxed[:-1])
        self.kept = np.where(down, np.maximum(self.x, np.log(FLOOR) + 2), self.kept)
        self.x = np.where(back, self.kept, np.where(down, np.log(FLOOR), self.x + change))
        self.log_phi = max(0.0, self.log_phi + float(relaxed[-1]))
        self.free = (self.free | back) & ~down
        self.refused |= back
        return change

    def _jumps(self, step: Floats, slope: Floats) -> tuple[Flags, Flags]:
        """Those that leave the floor, and those that go there; the tied ones only together.

        Who came back once leaves again only when the others are calm, and does not fall again by one long step.
        """
        is_calm = bool((np.abs(step[self.free]) < CALM).all())
        back = ~self.free & (slope > 0) & (is_calm | ~self.refused)
        step = np.where(self.refused & (self.x > np.log(SLIGHT)), np.maximum(step, -LONGEST), step)
        falls = self.free & (step < 0) & ~self.refused
        low, long = self.x < np.log(TRY_FLOOR), step <= -LONGEST
        down = (falls & low & long) | (self.free & (step < 0) & (self.x + step < np.log(FLOOR)))
        if self.tied.any():
            together = down[self.tied].all() or ((falls & low)[self.tied].all() and long[self.tied].any())
            back[self.tied] = not self.free[self.tied].any() and slope[self.tied].sum() > 0
            back[self.tied] &= is_calm | ~self.refused[self.tied].any()
            down[self.tied] = together
        return back, down

    def _relaxed(self, step: Floats, *, jumped: bool) -> Floats:
        last, self.last = self.last, None if jumped else step
        if last is None or jumped:
            self.relaxation = 1.0
            return step
        turned = last - step
        along = float(last @ turned)
        if along > 0:
            self.relaxation *= along / float(turned @ turned)
        else:  # it grows: there is farther to go
            self.relaxation *= 2
        self.relaxation = min(max(self.relaxation, RELAXED[0]), RELAXED[1])
        return np.asarray(np.clip(self.relaxation * step, -LONGEST, LONGEST))


def moved_by(effects: Effects, moved: tuple[Effects, ...], change: Floats) -> Effects:
    """Effects at the new variances, to first order."""
    for part, response in zip(change.tolist(), moved, strict=True):
        effects = effects.plus(response, part)
    return effects
