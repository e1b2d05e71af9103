"""The empirical-Bayes many-facet ordinal model (calibration.md §1.1–1.3)."""

from dataclasses import dataclass

from quanheng.calibration.blocks_posterior import Posterior
from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Floats


@dataclass(frozen=True)
class Variances:
    """σ² of each random effect in logit²; 0 where the design has no such effect, or where nothing speaks for it."""

    person: float  # θ
    unit: float  # v, quality of the unit
    view: float  # γ, person × group
    rater: float  # s, leniency of the ballot
    culture: float  # c, leniency that the local ballots of a unit share


@dataclass(frozen=True)
class OrdinalFit:
    """P(y=k) ∝ exp(k·η − Σ_{j≤k} τ_j), η = β_g + θ_n + v_u + γ_ng + s_b + c_u − δ_i; measures in logits.

    Effects that the design lacks are zeros. c bears on local ballots only.
    """

    layout: Layout
    theta: Floats  # (persons,)
    v: Floats  # (units,)
    gamma: Floats  # (persons, groups); 0 where no ballot of that group is on the person
    s: Floats  # (raters,); nan for ballots set aside
    c: Floats  # (units,)
    beta: Floats  # (groups,)
    delta: Floats  # (items,), sum 0
    tau: Floats  # (categories − 1,), sum 0
    variance: Variances
    phi: float  # quasi-likelihood factor of halo, at least 1
    iterations: int
    log_likelihood: float  # Laplace approximation of the marginal quasi-likelihood (divided by φ), ML form
    posterior: Posterior  # fixed effects of its Gradient: β (groups), δ (items), τ (categories − 1), side by side


def fit_ordinal(layout: Layout) -> OrdinalFit:
    """Estimate all effects and variances together; raises CannotCalibrate ("not-converged", "border-too-large", …)."""
    raise NotImplementedError
