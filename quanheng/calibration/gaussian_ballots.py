"""The twin put together from a layout: scores of ballots on persons in, a `GaussianFit` in units of the score out."""

from dataclasses import replace

import numpy as np

from quanheng.calibration.blocks import check_sizes
from quanheng.calibration.blocks_plan import Places, plan
from quanheng.calibration.blocks_posterior import Posterior
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian import FixedEffects, GaussianFit
from quanheng.calibration.gaussian_items import Items, items_of
from quanheng.calibration.gaussian_reml import Minimum
from quanheng.calibration.gaussian_twin import KINDS, Scores, TwinPoint, estimate, system_of
from quanheng.calibration.layout import Layout
from quanheng.calibration.ordinal_places import Seats, seat
from quanheng.calibration.ratings import Criterion, Floats

ROUNDS = 50  # of the share that noise of the dimensions has in the residual
SETTLED = 1e-7  # change of that share


def fit_ballots(
    layout: Layout, criterion: Criterion = Criterion.REML, *, is_split_believed: bool = False
) -> GaussianFit:
    """`is_split_believed`: penalised for the ratio of unit quality to unit culture, as the ordinal model is.

    Raises CannotCalibrate: "not-converged", "border-too-large", "no-residual", "facet-is-residual" (no person, or no
    ballot, has two pairs).
    """
    seats = seat(layout)
    check_sizes(seats.places)
    items = items_of(layout, seats.pair)
    scores = replace(_scores(layout, seats, items, criterion), is_split_believed=is_split_believed)
    minimum, scores = _settled(scores, items)
    return _report(layout, seats, items, scores, minimum)


def _scores(layout: Layout, seats: Seats, items: Items, criterion: Criterion) -> Scores:
    places = seats.places
    centre = float(items.mean.mean())
    levels = {
        "person": places.persons,
        "unit": places.blocks,
        "view": places.persons * places.groups,
        "rater": places.scalars + places.links,
        "culture": places.blocks,
    }
    kinds = tuple(kind for kind in KINDS if seats.has[kind])
    _refuse_single(places)
    return Scores(
        y=items.mean - centre,
        centre=centre,
        places=places,
        batches=plan(places),
        kinds=kinds,
        levels=levels,
        criterion=criterion,
        precision=np.ones(len(items.mean)),
    )


def _refuse_single(places: Places) -> None:
    """With one pair a person θ cannot be told from the residual, nor s with one pair a ballot."""
    on_scalar, on_link = places.scalar >= 0, places.link >= 0
    ballots = np.concatenate([np.bincount(places.scalar[on_scalar]), np.bincount(places.link[on_link])])
    for facet, count in (("person", np.bincount(places.person)), ("rater", ballots)):
        if count.size and count.max() <= 1:
            raise CannotCalibrate("facet-is-residual", facet=facet)


def _settled(scores: Scores, items: Items) -> tuple[Minimum, Scores]:
    """Fitted, with the weights of pairs that lack items: var = σ_g²(1 + ρ(most/n − 1)), ρ = noise/(most · σ²).

    ρ is the share of the noise of dimensions in the residual variance of a pair with most items; the rest is halo.
    """
    minimum, most, share = estimate(scores), int(items.count.max()), 0.0
    if items.count.min() == most or items.noise == 0:
        return minimum, scores
    for _ in range(ROUNDS):
        point = TwinPoint(scores, minimum.parameters)
        found = min(1.0, items.noise / most / (point.squares / scores.degrees))
        if abs(found - share) < SETTLED:
            return minimum, scores
        share = found
        scores = replace(scores, precision=1 / (1 + share * (most / items.count - 1)))
        minimum = estimate(scores, minimum.parameters)
    raise CannotCalibrate("not-converged", steps=ROUNDS, left=abs(found - share))


def _report(layout: Layout, seats: Seats, items: Items, scores: Scores, minimum: Minimum) -> GaussianFit:
    point = TwinPoint(scores, minimum.parameters)
    sigma2 = point.squares / scores.degrees
    kinds = len(scores.kinds)
    found = zip(scores.kinds, (sigma2 * minimum.parameters[:kinds]).tolist(), strict=True)
    variance = dict.fromkeys(KINDS, 0.0) | dict(found)
    effects = point.effects
    absolute = system_of(scores, variance, point.weight / sigma2)
    basis = np.zeros((layout.groups + layout.items, layout.groups))
    basis[: layout.groups] = np.eye(layout.groups)
    posterior = Posterior(absolute, basis, seats.scalar, seats.link)
    unknown = bool(np.isnan(items.difficulty).any())
    names = tuple(f"group={group}" for group in range(layout.groups))
    covariance = posterior.fixed_covariance()[: layout.groups, : layout.groups]
    beta = effects.fixed + scores.centre
    return GaussianFit(
        layout=layout,
        theta=effects.person,
        quality=effects.unit if seats.by_unit else np.zeros(layout.units),
        view=effects.view,
        leniency=_leniency(seats, effects.scalar, effects.link),
        culture=effects.culture if seats.by_unit else np.zeros(layout.units),
        group_effect=beta,
        difficulty=np.zeros(layout.items) if unknown else items.difficulty,
        difficulty_se=items.se,
        variance=variance,
        residual=sigma2 * np.append(1.0, minimum.parameters[kinds:]),
        random={},
        fixed=FixedEffects(names, beta, covariance, ()),
        criterion=scores.criterion,
        objective=point.objective,
        iterations=minimum.steps,
        left=minimum.left,
        posterior=posterior,
    )


def _leniency(seats: Seats, scalar: Floats, link: Floats) -> Floats:
    """(raters,), nan for ballots set aside."""
    of_scalar = np.append(scalar, np.nan)[seats.scalar]
    return np.asarray(np.where(seats.link >= 0, np.append(link, np.nan)[seats.link], of_scalar))
