"""The posterior of a three-level system: covariances of functionals of persons, exact for any two of them."""

from dataclasses import dataclass

from quanheng.calibration.ratings import Floats
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


class Posterior:
    """What is left unsure when all is estimated together: the joint inverse, held by blocks."""

    def project(self, gradient: Gradient) -> Uncertainty:
        """Covariance of the functionals, Var(a'b) = a'Ca with the full joint inverse C (§1.3), a block a unit."""
        raise NotImplementedError

    def fixed_covariance(self) -> Floats:
        """Of the fixed effects, in the order of the model (`Gradient.fixed`), square."""
        raise NotImplementedError

    def leniency_se(self) -> Floats:
        """Standard error of s, (raters,), in logits; nan for ballots set aside, empty without a rater facet."""
        raise NotImplementedError
