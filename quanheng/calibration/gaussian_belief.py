"""The second opinion believes of unit quality against unit culture what the reported model does (`ordinal_prior`).

Plain REML estimates of so few units are often at an end: all differences between units are then culture, or none is,
and the opinion differs from the reported model for no reason of the scale. Weakly linked simulated events (§2, B; 10
seeds): ρ .885 without, .895 with it, coverage across units .80 and .84; elsewhere ρ +.000 to +.004.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from quanheng.calibration.gaussian_reml import Point
from quanheng.calibration.ordinal_prior import RATIO_SD
from quanheng.calibration.ratings import Floats

TIED = ("unit", "culture")


def apart(kinds: tuple[str, ...], parameters: int) -> Floats:
    """(parameters,): 1 at unit, −1 at culture; zeros where the design has not both."""
    found = np.zeros(parameters)
    if set(TIED) <= set(kinds):
        found[kinds.index("unit")], found[kinds.index("culture")] = 1.0, -1.0
    return found


@dataclass(frozen=True)
class Believing:
    """`point` at `parameters` with −2 ln p = (ln σ²_v − ln σ²_c)²/RATIO_SD² added."""

    point: Point
    parameters: Floats
    apart: Floats

    @property
    def _distance(self) -> float:
        return float(self.apart @ np.log(self.parameters)) / RATIO_SD

    @property
    def objective(self) -> float:
        return self.point.objective + self._distance**2

    @cached_property
    def gradient(self) -> Floats:
        return np.asarray(self.point.gradient + 2 / RATIO_SD * self._distance * self.apart / self.parameters)

    @cached_property
    def information(self) -> Floats:
        slope = self.apart / self.parameters / RATIO_SD
        return np.asarray(self.point.information + 2 * np.outer(slope, slope))
