"""The empirical-Bayes many-facet ordinal model (calibration.md §1.1–1.3)."""

from collections.abc import Mapping
from dataclasses import dataclass

from quanheng.calibration.blocks_posterior import Posterior
from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Floats


@dataclass(frozen=True)
class OrdinalFit:
    """P(y=k) ∝ exp(k·η − Σ_{j≤k} τ_j), η = β_g + θ_n + v_u + γ_ng + s_b + c_u − δ_i; measures in logits.

    Effects that the design lacks are zeros. c bears on local ballots only.
    """

    layout: Layout
    theta: Floats  # θ, (persons,)
    quality: Floats  # v, (units,)
    view: Floats  # γ, (persons, groups); 0 where no ballot of that group is on the person
    leniency: Floats  # s, (raters,); nan for ballots set aside
    culture: Floats  # c, (units,)
    group_effect: Floats  # β, (groups,)
    difficulty: Floats  # δ, (items,), sum 0
    thresholds: Floats  # τ, (categories − 1,), sum 0
    variance: Mapping[str, float]  # σ² of person, unit, view, rater, culture in logit²; 0 where there is no such effect
    phi: float  # quasi-likelihood factor of halo, at least 1
    iterations: int
    log_likelihood: float  # Laplace approximation of the marginal quasi-likelihood (divided by φ), ML form
    posterior: Posterior  # fixed effects of its Gradient: β (groups), δ (items), τ (categories − 1), side by side


def fit_ordinal(layout: Layout) -> OrdinalFit:
    """Estimate all effects and variances together; raises CannotCalibrate ("not-converged", "border-too-large", …)."""
    raise NotImplementedError
