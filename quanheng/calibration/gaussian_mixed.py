"""The general linear mixed model y = Xβ + Σ_f Z_f u_f + e: estimates, prediction error variances, contrasts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from quanheng.calibration.gaussian_crossed import Factor, Sparse, cross
from quanheng.calibration.gaussian_reml import Profile, estimate_ratios
from quanheng.calibration.gaussian_terms import Cells
from quanheng.calibration.ratings import Criterion, Floats, Ints
from quanheng.calibration.result import Uncertainty


@dataclass(frozen=True)
class Mixed:
    """Facets in the order given. Units of y; variances in their square."""

    objective: float  # −2 log-likelihood, restricted or not, as lme4 prints it
    criterion: Criterion
    fixed: Floats  # (columns,), β̂; the first is the intercept
    fixed_covariance: Floats  # (columns, columns)
    effects: tuple[Floats, ...]  # û of each facet, (levels,)
    pev: tuple[Floats, ...]  # var(û − u) of each facet, with what the estimation of β adds
    variances: Floats  # (facets,)
    residual: float  # σ²
    steps: int  # of the average information
    left: float  # relative change of a variance ratio that a further step would make
    profile: Profile

    def uncertainty(self, by_facet: Sequence[Sparse | None], by_fixed: Floats) -> Uncertainty:
        """Errors of functionals Σ_f A_f u_f + Bβ: A_f (k, levels) sparse, None: zero; B (k, columns).

        No two of them may share a level of the largest facet.
        """
        parts = [by_facet[f] for f in self.profile.crossed.order]
        sizes = self.profile.crossed.sizes
        k = len(by_fixed)
        whole = [sparse.csr_array((k, n)) if part is None else part for part, n in zip(parts, sizes, strict=True)]
        functionals = sparse.hstack([*whole, sparse.csr_array(by_fixed)], format="csr")
        own, reach = self.profile.factor.reach(functionals)
        local = tuple(np.array([[value]]) for value in self.residual * own)
        levels = np.arange(k)
        return Uncertainty(levels, np.zeros_like(levels), local, np.sqrt(self.residual) * reach)


def fit_mixed(
    y: Floats, facets: Sequence[tuple[Ints, int]], cells: Cells, criterion: Criterion = Criterion.REML
) -> Mixed:
    """Fit crossed random facets, each given as (level of each row, -1: none; number of levels).

    Raises CannotCalibrate as `cross` and `estimate_ratios` say; what is returned is converged.
    """
    crossed = cross(y, facets, cells)
    minimum, profile = estimate_ratios(crossed, criterion)
    sigma2 = profile.squares / profile.degrees
    place = [crossed.order.index(facet) for facet in range(len(facets))]
    effects, pev = _by_facet(profile, sigma2, place)
    return Mixed(
        objective=profile.objective,
        criterion=criterion,
        fixed=_fixed(profile),
        fixed_covariance=sigma2 * profile.factor.fixed_inverse(),
        effects=effects,
        pev=pev,
        variances=sigma2 * minimum.parameters[place],
        residual=sigma2,
        steps=minimum.steps,
        left=minimum.left,
        profile=profile,
    )


def _fixed(profile: Profile) -> Floats:
    fixed = profile.solution[len(profile.crossed.facet) :].copy()
    fixed[0] += profile.crossed.centre
    return fixed


def _by_facet(profile: Profile, sigma2: float, place: list[int]) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """û and PEV_i = σ² γ_f C_ii, C the inverse of Henderson's matrix with β unknown."""
    factor: Factor = profile.factor
    cuts = np.cumsum(profile.crossed.sizes)[:-1]
    known = profile.criterion is Criterion.REML
    diagonal = profile.inverse_diagonal if known else factor.inverse_diagonal()
    effects = np.split(profile.solution[: len(profile.crossed.facet)], cuts)
    pev = np.split(sigma2 * factor.scale**2 * diagonal, cuts)
    return tuple(effects[p] for p in place), tuple(pev[p] for p in place)
