"""Variances by Schall's rule, brought on by Anderson mixing.

Schall (1991), "Estimation in generalized linear models with random effects": σ² ← b'b / (q − tr C/σ²); at its fixed
point the derivative of the Laplace-approximated restricted likelihood is 0. Anderson (1965) mixes the last steps of
log σ², Walker & Ni (2011) type II.
"""

import numpy as np

from quanheng.calibration.ratings import Flags, Floats

MEMORY = 5
FLOOR = 1e-8  # σ² of an effect for which nothing speaks: its estimates are then below 1e-7 logit
TRY_FLOOR = 0.02  # a variance below it that still falls is tried at the floor
LONGEST = 1.0  # step in log σ²


class Mixing:
    """Fixed-point iteration on log σ² (and log φ). `propose` takes x and g(x) and gives the next x."""

    def __init__(self, size: int) -> None:
        self.past: list[tuple[Floats, Floats]] = []
        self.free = np.ones(size, dtype=bool)
        self.refused = np.zeros(size, dtype=bool)  # tried at the floor in vain
        self.kept = np.zeros(size)  # where they were before that

    def propose(self, x: Floats, image: Floats, may_vanish: Flags) -> Floats:
        """At the floor a variance stays while Schall's rule would shrink it on: 0 is then a local maximum."""
        change = image - x
        back = ~self.free & (change > 0)
        down = self.free & may_vanish & ~self.refused & (x < np.log(TRY_FLOOR)) & (change < 0) & (len(self.past) > 1)
        down |= self.free & may_vanish & (x < np.log(FLOOR) + 1)
        if back.any() or down.any():
            return self._jump(x, back, down)
        self.past = [*self.past[-MEMORY:], (x, change)]
        step = self._mixed()
        step[~self.free] = 0.0
        return x + step * min(1.0, LONGEST / max(float(np.abs(step).max()), 1e-300))

    def _jump(self, x: Floats, back: Flags, down: Flags) -> Floats:
        self.kept = np.where(down, np.maximum(x, np.log(FLOOR) + 2), self.kept)
        self.free = (self.free | back) & ~down
        self.refused |= back
        self.past = []
        return np.where(back, self.kept, np.where(down, np.log(FLOOR), x))

    def _mixed(self) -> Floats:
        """Change that the combination of past points with the smallest residual leads to."""
        x, change = self.past[-1]
        if len(self.past) == 1:
            return change.copy()
        residuals = np.stack([f - change for _, f in self.past[:-1]])[:, self.free]
        moves = np.stack([p + f - x - change for p, f in self.past[:-1]])
        if not self.free.any():
            return np.zeros_like(x)
        share = np.linalg.lstsq(residuals.T, -change[self.free], rcond=1e-10)[0]
        mixed = np.asarray(change + share @ moves)
        return mixed if float(np.abs(share).sum()) < 50 else change.copy()

    def settled(self, x: Floats, image: Floats, tolerance: float) -> bool:
        """Relative changes of the free variances below the tolerance; those at the floor would shrink."""
        change = image - x
        return bool((np.abs(change[self.free]) < tolerance).all() and (change[~self.free] <= 0).all())
