"""The Gaussian model of scores: second opinion on grades, and the model for 0–100 scores (calibration.md §1.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from quanheng.calibration.blocks_posterior import Gradient
from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Criterion, Floats
from quanheng.calibration.result import Uncertainty


class Posterior(Protocol):
    """Prediction errors. Fixed effects of its Gradient: β (groups), then δ (items) as zeros."""

    def project(self, gradient: Gradient) -> Uncertainty: ...
    def fixed_covariance(self) -> Floats: ...
    def leniency_se(self) -> Floats: ...


@dataclass(frozen=True)
class FixedEffects:
    """Declared covariates, treatment-coded: "(Intercept)", "post=deputy", … of `Design.fixed`."""

    names: tuple[str, ...]
    estimate: Floats
    covariance: Floats
    dropped: tuple[str, ...]  # columns that the data do not determine


@dataclass(frozen=True)
class GaussianFit:
    """y = β_g + θ_n + v_u + γ_ng + s_b + c_u − δ_i + e, in units of the score; fields as in `OrdinalFit`.

    Effects that the design lacks are zeros. c bears on local ballots only. With covariates β_g is that of the average
    row: fair scores compare persons as if all had been rated under the same conditions.
    """

    layout: Layout
    theta: Floats  # θ, (persons,)
    quality: Floats  # v, (units,)
    view: Floats  # γ, (persons, groups); 0 where no ballot of that group is on the person
    leniency: Floats  # s, (raters,); nan for ballots set aside
    culture: Floats  # c, (units,)
    group_effect: Floats  # β, (groups,)
    difficulty: Floats  # δ, (items,), sum 0; zeros where nothing says how two dimensions compare
    difficulty_se: Floats  # (items,), nan in that case
    variance: Mapping[str, float]  # σ² of person, unit, view, rater, culture; 0 where there is no such effect
    residual: Floats  # (groups,), σ² of one ballot on one person, mean over its dimensions, halo included
    random: Mapping[str, tuple[float, Floats]]  # of `Design.random`: variance, and û by label
    fixed: FixedEffects
    criterion: Criterion
    objective: float  # −2 log-likelihood, restricted or not, of the scores that enter (means of ballots on persons)
    iterations: int
    left: float  # largest relative change of a variance that a further step would make
    posterior: Posterior

    @property
    def level(self) -> Floats:
        """θ + v + γ + β, (persons, groups): each person before raters of average leniency."""
        own = self.theta + self.quality[self.layout.person_unit]
        return own[:, None] + self.view + self.group_effect

    @property
    def log_likelihood(self) -> float:
        return -self.objective / 2
