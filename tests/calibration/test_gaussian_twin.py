"""Derivatives and leverages of the twin against differences and dense matrices."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from quanheng.calibration.blocks_plan import plan
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.gaussian_items import items_of
from quanheng.calibration.gaussian_leverage import leverages, with_known_fixed
from quanheng.calibration.gaussian_twin import KINDS, Scores, TwinPoint, estimate, without_scale
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ordinal_places import seat
from quanheng.calibration.ratings import Criterion, Floats
from tests.calibration.test_gaussian_fit import DESIGN, event


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


def scores(seed: int, criterion: Criterion = Criterion.REML, *, groups: int = 3, leaders: int = 3) -> Scores:
    """With weights of pairs that differ."""
    layout = lay_out(event(seed, groups=groups, leaders=leaders), DESIGN)
    seats = seat(layout)
    mean = items_of(layout, seats.pair).mean
    places = seats.places
    return Scores(
        y=mean - mean.mean(),
        centre=float(mean.mean()),
        places=places,
        batches=plan(places),
        kinds=tuple(kind for kind in KINDS if seats.has[kind]),
        levels={
            "person": places.persons,
            "unit": places.blocks,
            "view": places.persons * places.groups,
            "rater": places.scalars + places.links,
            "culture": places.blocks,
        },
        criterion=criterion,
        precision=np.random.default_rng(seed).uniform(0.5, 1.0, len(mean)),
    )


def parameters(of: Scores, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    return np.append(rng.uniform(0.1, 2, len(of.kinds)), rng.uniform(0.5, 2, of.places.groups - 1))


def columns(of: Scores) -> dict[str, Floats]:
    """(pairs, levels) of each kind, fixed effects last."""
    places = of.places
    block = places.block[places.person]
    found = {"person": np.eye(places.persons)[places.person], "unit": np.eye(places.blocks)[block]}
    if places.groups > 1:
        views = places.persons * places.groups
        found["view"] = np.eye(views)[places.person * places.groups + places.group]
    scalar = np.vstack([np.eye(places.scalars), np.zeros(places.scalars)])[places.scalar]
    link = np.vstack([np.eye(places.links), np.zeros(places.links)])[places.link]
    found["rater"] = np.hstack([scalar, link])
    found["culture"] = np.eye(places.blocks)[block] * (places.scalar >= 0)[:, None]
    return found | {"fixed": np.eye(places.groups)[places.group]}


@pytest.mark.parametrize("criterion", list(Criterion))
@pytest.mark.parametrize("groups", [1, 3])
def test_gradient_is_that_of_the_objective(criterion: Criterion, groups: int) -> None:
    for seed in range(6):
        given = scores(seed, criterion, groups=groups, leaders=seed % 4)
        at = parameters(given, seed)
        found = TwinPoint(given, at).gradient
        for place, value in enumerate(found):
            step = np.zeros(len(at))
            step[place] = 1e-5 * at[place]
            up, down = (TwinPoint(given, at + side * step).objective for side in (1, -1))
            assert value == pytest.approx((up - down) / (2 * step[place]), rel=1e-5, abs=1e-4)


def test_squares_from_sums_are_those_from_residuals() -> None:
    for seed in range(6):
        given = scores(seed)
        point = TwinPoint(given, parameters(given, seed))
        assert point.squares == pytest.approx(float(point.weight * given.y @ point.residual), rel=1e-11)


@pytest.mark.parametrize("known", [False, True])
def test_leverages_are_the_diagonal_of_the_hat_matrix(*, known: bool) -> None:
    for seed in range(6):
        given = scores(seed, leaders=seed % 4)
        at = parameters(given, seed)
        point, parts = TwinPoint(given, at), columns(given)
        ratios = dict(zip(given.kinds, at, strict=False))
        names = [*given.kinds] if known else [*given.kinds, "fixed"]
        design = np.hstack([parts[name] for name in names])
        prior = np.concatenate([np.full(parts[name].shape[1], 1 / ratios.get(name, np.inf)) for name in names])
        inverse = np.linalg.inv(design.T @ (point.weight[:, None] * design) + np.diag(prior))
        hat = point.weight * np.einsum("pi,ij,pj->p", design, inverse, design)
        expected = np.bincount(given.places.group, hat, given.places.groups)
        system = with_known_fixed(point.system) if known else point.system
        np.testing.assert_allclose(leverages(system, point.weight), expected, rtol=1e-8)


def test_a_known_constant_does_not_change_the_system_itself() -> None:
    given = scores(1)
    point = TwinPoint(given, parameters(given, 1))
    before = point.system.border_inverse.copy()
    with_known_fixed(point.system)
    np.testing.assert_array_equal(point.system.border_inverse, before)


def test_information_without_the_scale_stays_positive() -> None:
    shared = np.array([[2.0, 1.9], [1.9, 2.0]])
    for learnt in (np.array([1.0, 1.0]), np.array([10.0, 10.0])):
        found = without_scale(shared, learnt, 40)
        assert np.linalg.eigvalsh(found).min() > 0
    np.testing.assert_allclose(without_scale(shared, np.ones(2), 40), shared - np.ones((2, 2)) / 40)


def test_estimates_do_not_depend_on_where_they_begin() -> None:
    given = scores(2)
    one = estimate(given)
    other = estimate(given, np.full(len(one.parameters), 0.7))
    assert other.objective == pytest.approx(one.objective, abs=1e-8)
    np.testing.assert_allclose(other.parameters, one.parameters, rtol=2e-5)


def test_few_steps_are_enough() -> None:
    """The design hopes for 6 or 7 on large events; small ones with three groups take some more."""
    taken = [estimate(scores(seed, groups=1 + seed % 3)).steps for seed in range(20)]
    assert max(taken) <= 40
    assert np.median(taken) <= 13


def test_a_group_explained_to_the_last_is_refused() -> None:
    """Ballots of the second group that agree with an additive model exactly: its residual variance would be 0."""
    given = scores(3, groups=2, leaders=0)
    places = given.places
    person, ballot = np.arange(places.persons) * 0.7, np.arange(places.scalars) * 0.3
    exact = person[places.person] + ballot[places.scalar]
    noise = np.random.default_rng(0).normal(size=len(exact)) * (places.group == 0)
    perfect = replace(given, y=exact + noise - (exact + noise).mean(), precision=np.ones(len(exact)))
    with pytest.raises(CannotCalibrate) as refused:
        estimate(perfect)
    assert refused.value.code in {"no-residual", "not-converged"}
