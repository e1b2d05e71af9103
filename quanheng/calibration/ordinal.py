"""The empirical-Bayes many-facet ordinal model (calibration.md §1.1–1.3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy import linalg

from quanheng.calibration.blocks import Crossing, Effects, Information, Scales, System, check_sizes
from quanheng.calibration.blocks_plan import plan
from quanheng.calibration.blocks_posterior import Posterior
from quanheng.calibration.blocks_prior import pulls
from quanheng.calibration.blocks_solve import Slopes, Step, determined, solve
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.layout import Layout
from quanheng.calibration.ordinal_places import check_finite, seat
from quanheng.calibration.ordinal_prior import with_ratio_prior
from quanheng.calibration.ordinal_response import Direct, Moments, Response, count
from quanheng.calibration.ordinal_robust import Bound, Outlying
from quanheng.calibration.ordinal_variance import FLOOR, Variances, average_information, moved_by, squares
from quanheng.calibration.ratings import Floats
from quanheng.calibration.tables import Tables, patterns_of

KINDS = ("person", "unit", "view", "rater", "culture")
RATIO = ("unit", "culture")  # `with_ratio_prior`
START = {"person": 1.0, "unit": 0.2, "view": 0.2, "rater": 0.5, "culture": 0.2}
CAP = 100  # iterations
NEWTON = 1e-6  # logit
RELATIVE = 1e-5  # of variances and φ
LONGEST_STEP = 3.0  # logit; longer Newton steps are cut
HALVINGS = 30
REUSE = 0.1  # logit in the root mean square; so far the crossings of an earlier system serve
KNOWN = 1e-3  # effects that the data determine; with fewer a variance has no meaning and need not settle
CHORDS = 8  # steps with one system, at most
CAREFUL = 30  # iterations, after which the variances wait until the effects have settled
SETTLED = 1e-4  # logit; the traces of the last system then are those at the effects
TRUSTED_STEP = 0.3  # logit; while steps are longer the variances wait


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
    log_likelihood: float  # Laplace approximation of the marginal quasi-likelihood (divided by φ, weighted), ML form
    posterior: Posterior  # fixed effects of its Gradient: β (groups), δ (items), τ (categories − 1), side by side
    outlying: Outlying = field(default_factory=Outlying.none)  # pairs of the layout that pull less than their weight


def fit_ordinal(layout: Layout, *, bounded: bool = True) -> OrdinalFit:
    """Estimate all effects and variances together; `bounded`: with the weights of outlying pairs.

    Newton on all effects at once; with each step the variances go on towards the fixed point of Schall's rule, and φ
    and the weights of outlying pairs (`ordinal_robust`) follow. Once the variances have come to rest, the system is
    made anew and serves for all steps that the effects still need. It stops when the largest of these and the largest
    change of a log weight are below 1e-6, the largest relative step of a variance below 1e-5 and the largest derivative
    below 1e-6 of the root of its information; the posterior is then computed once more at the end.

    Raises CannotCalibrate: "not-converged", "border-too-large", "extreme-item", "extreme-group" or "unused-category"
    (no finite estimate), "all-set-aside".
    """
    return _report(_Search(layout, bounded=bounded).run())


class _Search:
    """The iteration: effects, log σ² and log φ."""

    def __init__(self, layout: Layout, *, bounded: bool) -> None:
        self.layout, self.seats = layout, seat(layout)
        self.places = self.seats.places
        check_sizes(self.places)
        self.counts = count(layout, self.seats.pair)
        check_finite(layout, self.places, self.counts)
        patterns = patterns_of(self.counts)
        self.response: Response = Direct(self.counts) if patterns is None else Tables(self.counts, patterns)
        self.batches = plan(self.places)
        self.kinds = tuple(kind for kind in KINDS if self.seats.has[kind])
        self.halo = self.seats.has["rater"] and self.counts.item.size > self.counts.total.size
        tied = np.array([kind in RATIO and set(RATIO) <= set(self.kinds) for kind in self.kinds])
        self.variances = Variances(np.log([START[kind] for kind in self.kinds]), tied)
        self.effects = self._start()
        self.iterations = 0
        self.crossings: tuple[Crossing, ...] | None = None
        self.moved = 0.0  # logits, since the crossings were summed
        self.bound = Bound(layout, self.counts, self.seats.pair, is_asked=self.halo and bounded)
        self.ready: Moments | None = None  # at the present effects
        self.closing = False  # the variances have come to rest: what is left is the effects, with an exact system
        self.last = (np.inf, np.inf)  # Newton step and derivative

    def _start(self) -> Effects:
        """Thresholds and mean from the shares of the categories (adjacent logits), all else 0."""
        logits = np.diff(np.log(self.counts.shares))
        effects = Effects.zero(self.places, self.counts.basis.shape[1])
        effects.fixed[: self.places.groups] = logits.mean()
        tau = np.append(np.zeros(self.layout.items), logits.mean() - logits)
        effects.fixed[self.places.groups :] = self.counts.basis.T @ tau
        return effects

    @property
    def phi(self) -> float:
        return float(np.exp(self.variances.log_phi))

    def scales(self) -> Scales:
        sigma = dict(zip(self.kinds, np.exp(self.variances.x / 2).tolist(), strict=True))
        return Scales(**{kind: sigma.get(kind, 0.0) for kind in KINDS})

    def fixed(self) -> tuple[Floats, Floats]:
        """δ and τ."""
        full = self.counts.basis @ self.effects.fixed[self.places.groups :]
        return full[: self.layout.items], full[self.layout.items :]

    def moments(self, *, follow: bool = False) -> Moments:
        """With the weights of outlying pairs in hand; `follow`: with those that the present estimates ask for."""
        eta, fixed = self.effects.eta(self.places), self.fixed()
        moments = self.response.moments(eta, *fixed)
        if follow:
            self.bound.follow(moments, self.phi)
        return self.bound.weighted(moments, eta, *fixed)

    def system(self, moments: Moments) -> System:
        information = Information(moments.weight, moments.cross, moments.core, self.phi)
        if self.moved > REUSE:
            self.crossings = None
        if self.crossings is None:
            self.moved = 0.0
        system = System(self.places, self.batches, self.scales(), information, self.crossings)
        self.crossings = system.crossings
        return system

    def run(self) -> "_Search":
        for self.iterations in range(1, CAP + 1):
            if self._advance():
                return self
        raise CannotCalibrate("not-converged", iterations=CAP, step=self.last[0], residual=self.last[1])

    def _advance(self) -> bool:
        """One iteration; True where nothing moves any more. System and moments are let go before the next are made."""
        moments, self.ready = self.ready or self.moments(follow=True), None
        careful = self.iterations > CAREFUL
        self.moved = np.inf if careful or self.closing else self.moved
        system = self.system(moments)
        step = self._solved(system, moments)
        largest, before = step.effects.largest(), self.effects
        self.last = (largest, step.residual)
        if largest > TRUSTED_STEP:
            self.moved += step.effects.typical()
            self.ready = self._climb(step.effects, moments)
            return False
        self.effects = self.effects.plus(step.effects)
        moments, step = self._followed(system, moments, step)
        if careful and max(step.effects.largest(), self.bound.left) > SETTLED:
            return False
        log_phi = partial(self._log_phi, self._halo(moments, step.effects))
        if self._improve(system, log_phi, step):
            return True
        self.moved += self.effects.plus(before, -1).typical()
        return False

    def _left(self, step: Step) -> float:
        """How far the effects and weights still are from their fixed point."""
        return max(step.effects.largest(), step.residual, self.bound.left)

    def _followed(self, system: System, moments: Moments, step: Step) -> tuple[Moments, Step]:
        """Chord steps with the system in hand: one, that the weights of outlying pairs come on before the variances;
        where the variances have come to rest, as many as the effects need to do so.
        """
        if self.bound.is_asked:
            self.bound.begin()
        for _ in range(CHORDS if self.closing else int(self.bound.left > 0)):
            if self._left(step) < NEWTON:
                break
            moments = self.moments(follow=True)
            step = self._solved(system, moments)
            self.effects = self.effects.plus(step.effects)
        self.last = (step.effects.largest(), step.residual)
        return moments, step

    def _solved(self, system: System, moments: Moments) -> Step:
        return solve(system, Slopes(moments.residual, moments.fixed, self.phi), self.effects)

    def _climb(self, step: Effects, moments: Moments) -> Moments:
        """The longest of the step, its half, … that raises the penalised likelihood, which is concave."""
        start, before = self.effects, self.penalised(moments)
        part = LONGEST_STEP / max(step.largest(), LONGEST_STEP)
        for _ in range(HALVINGS):
            self.effects = start.plus(step, part)
            moments = self.moments()
            if self.penalised(moments) >= before:
                break
            part /= 2
        self.bound.lose_sight()
        return moments

    def _penalty(self) -> float:
        """b'D⁻¹b"""
        sigma = self.scales()
        return float(sum(squares(self.effects, kind) / getattr(sigma, kind) ** 2 for kind in self.kinds))

    def penalised(self, moments: Moments) -> float:
        return moments.log_likelihood() / self.phi - self._penalty() / 2

    def _improve(self, system: System, log_phi_of: Callable[[float], float], last: Step) -> bool:
        """Bring the variances and φ on; True where nothing moves any more."""
        known, near = determined(system), max(last.effects.largest(), self.bound.left)
        has = np.array([squares(self.effects, kind) / getattr(system.scales, kind) ** 2 for kind in self.kinds])
        expected = np.array([getattr(known, kind) for kind in self.kinds])
        moved = pulls(system, self.effects, self.kinds)  # ∂b/∂log σ², all else converged
        information = average_information(system, self.effects, self.kinds, moved)
        slope, information = with_ratio_prior(self.kinds, self.variances.x, (has - expected) / 2, information)
        step = self.variances.step(slope, information)
        log_phi = log_phi_of(sum(vars(known).values()) + system.fixed)
        change = slope / np.maximum(expected, KNOWN)
        if near < SETTLED and self.variances.settled(step, change, slope, log_phi, RELATIVE):
            if self.closing and self._left(last) < NEWTON:
                return True
            self.closing = True
        else:
            self.closing = False
        self.effects = moved_by(self.effects, moved, self.variances.move(step, slope, log_phi))
        return False

    def _halo(self, moments: Moments, step: Effects) -> float:
        """Σ(Σ_i r)²/ΣΣ_i V over ballot × person, nearly as it is after the step."""
        residual = step.eta(self.places)
        residual *= moments.weight  # in place: they are as many as the pairs
        np.subtract(moments.residual, residual, out=residual)
        return self.bound.squares(residual) / float(moments.weight.sum())

    def _log_phi(self, ratio: float, spent: float) -> float:
        """φ is the ratio of `_halo`, times n/(n − parameters that the data determine); at least 1."""
        if not self.halo:
            return 0.0
        pairs = self.counts.total.size
        return float(np.log(max(1.0, ratio * pairs / max(pairs - spent, 0.05 * pairs))))


def _report(search: _Search) -> OrdinalFit:
    """Everything once more at the last estimates, so that the posterior is exact there."""
    layout, seats, effects = search.layout, search.seats, search.effects
    moments = search.moments()
    search.moved = np.inf
    system = search.system(moments)
    sigma = search.scales()
    delta, tau = search.fixed()
    ballot = np.append(effects.scalar, np.nan)[seats.scalar]
    leniency = np.where(seats.link >= 0, np.append(effects.link, np.nan)[seats.link], ballot)
    basis = linalg.block_diag(np.eye(layout.groups), search.counts.basis)
    variance = {kind: getattr(sigma, kind) ** 2 for kind in KINDS}
    return OrdinalFit(
        layout=layout,
        theta=effects.person,
        quality=effects.unit if seats.by_unit else np.zeros(layout.units),
        view=effects.view,
        leniency=leniency,
        culture=effects.culture if seats.by_unit else np.zeros(layout.units),
        group_effect=effects.fixed[: layout.groups],
        difficulty=delta,
        thresholds=tau,
        variance={kind: value if value > 2 * FLOOR else 0.0 for kind, value in variance.items()},
        phi=search.phi,
        iterations=search.iterations,
        log_likelihood=search.penalised(moments) - system.log_determinant() / 2,
        posterior=Posterior(system, basis, seats.scalar, seats.link),
        outlying=Outlying(seats.pair[search.bound.outlying.pair], search.bound.outlying.weight),
    )
