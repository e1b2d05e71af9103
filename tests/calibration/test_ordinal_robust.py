"""The bounded influence of odd ballots: weights by hand, their fixed point, and what they are good for."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate
from scipy.stats import norm

from quanheng.calibration import ordinal_robust
from quanheng.calibration.flags_evidence import evidence_of
from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ordinal import OrdinalFit, fit_ordinal
from quanheng.calibration.ordinal_response import Direct, count
from quanheng.calibration.ordinal_robust import LIMIT, Bound, Outlying, expected_share
from quanheng.calibration.ratings import Design, Floats
from tests.calibration.designs import Shape, layout_from, ratings_from
from tests.calibration.measures import spearman
from tests.calibration.simulate import SCENARIOS, WEIGHTS, simulate

PLAIN = Shape(units=4, persons=8, ballots=12, links=4, items=4, groups=2, seed=3)
UNBOUNDED = 1e9


@pytest.mark.parametrize("limit", [1.345, 2.0, 2.5])
def test_expected_share_is_that_of_a_normal_residual(limit: float) -> None:
    def mean(power: int) -> float:
        def under(z: float) -> float:
            return float(2 * min(1, limit / z) * z**power * norm.pdf(z)) if z else 0.0

        return float(integrate.quad(under, 0, limit)[0] + integrate.quad(under, limit, 40)[0])

    assert expected_share(limit) == pytest.approx(mean(2) / mean(0), rel=1e-7)


def test_without_a_limit_the_expected_share_is_one() -> None:
    assert expected_share(30.0) == pytest.approx(1, abs=1e-12)


def bound_of(layout: Layout, outlying: Outlying) -> Bound:
    pairs = np.arange(layout.pair_person.size)
    bound = Bound(layout, count(layout, pairs), pairs, is_asked=True)
    bound.outlying = outlying
    return bound


def test_a_pair_without_weight_is_as_if_it_were_not_there() -> None:
    layout = layout_from(replace(PLAIN, missing=0.2))
    pairs, rng = np.arange(layout.pair_person.size), np.random.default_rng(1)
    eta, delta, tau = rng.normal(size=pairs.size), np.array([0.3, -0.2, 0.1, -0.2]), np.array([-0.5, 0.1, 0.4])
    gone = np.array([0, 3, 17])
    bound = bound_of(layout, Outlying(gone, np.zeros(3)))
    whole = Direct(bound.counts).moments(eta, delta, tau)
    found = bound.weighted(whole, eta, delta, tau)
    left = np.delete(pairs, gone)
    wanted = Direct(count(layout, left)).moments(eta[left], delta, tau)
    for name in ("fixed", "core"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), atol=1e-11)
    assert found.log_likelihood() == pytest.approx(wanted.log_likelihood(), rel=1e-12)
    for name in ("residual", "weight"):
        np.testing.assert_allclose(getattr(found, name)[left], getattr(wanted, name), atol=1e-12)
        assert not getattr(found, name)[gone].any()
    np.testing.assert_allclose(found.cross(left), wanted.cross(np.arange(left.size)), atol=1e-12)
    assert not found.cross(gone).any()


def test_a_bound_that_is_not_asked_for_does_nothing() -> None:
    layout = layout_from(PLAIN)
    pairs = np.arange(layout.pair_person.size)
    bound = Bound(layout, count(layout, pairs), pairs, is_asked=False)
    moments = Direct(bound.counts).moments(np.full(pairs.size, 4.0), np.zeros(4), np.zeros(3))
    bound.follow(moments, 1.0)
    assert bound.left == 0
    assert bound.weighted(moments, np.zeros(pairs.size), np.zeros(4), np.zeros(3)) is moments
    assert bound.squares(np.array([1.0, 2.0])) == 5


def voted_down() -> tuple[Layout, int, int]:
    """One ballot gives a person whom all others find excellent the lowest in everything."""
    ratings = ratings_from(PLAIN)
    assert ratings.rater
    person = int(np.argmax(np.bincount(ratings.person.index, ratings.score) / np.bincount(ratings.person.index)))
    ballot = int(ratings.rater.index[ratings.person.index == person][0])
    odd = (ratings.person.index == person) & (ratings.rater.index == ballot)
    return (
        lay_out(replace(ratings, score=np.where(odd, 0.0, ratings.score)), Design(minimum_ballots=1)),
        person,
        ballot,
    )


def standardised(fit: OrdinalFit) -> Floats:
    """(pairs,), z."""
    layout = fit.layout
    labels = tuple(str(number) for number in range(layout.persons))
    units = tuple(str(number) for number in range(layout.units))
    evidence = evidence_of(fit, labels, units, np.ones(layout.persons))
    return np.asarray(evidence.residual / np.sqrt(fit.phi))


def test_an_odd_ballot_weighs_what_its_own_residual_allows() -> None:
    layout, person, ballot = voted_down()
    fit = fit_ordinal(layout)
    odd = np.flatnonzero((layout.pair_person == person) & (layout.pair_rater == ballot))
    z = np.abs(standardised(fit))
    assert set(odd) <= set(fit.outlying.pair)
    assert fit.outlying.pair.tolist() == np.flatnonzero(z > LIMIT).tolist()
    np.testing.assert_allclose(fit.outlying.weight, LIMIT / z[fit.outlying.pair], atol=1e-5)
    assert fit.outlying.weight[fit.outlying.pair == odd[0]] < 0.7


def test_an_odd_ballot_pulls_less_than_unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    clean, (layout, person, _) = layout_from(PLAIN), voted_down()
    fall = fit_ordinal(clean).theta[person] - fit_ordinal(layout).theta[person]
    monkeypatch.setattr(ordinal_robust, "LIMIT", UNBOUNDED)
    unbounded = fit_ordinal(clean).theta[person] - fit_ordinal(layout).theta[person]
    assert 0 < fall < 0.75 * unbounded


def test_plain_reweighting_ends_at_the_same_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    layout, _, _ = voted_down()
    mixed = fit_ordinal(layout)
    monkeypatch.setattr(Bound, "_mixed", lambda self, pair, now, asked: now + asked)
    plain = fit_ordinal(layout)
    np.testing.assert_allclose(mixed.theta, plain.theta, atol=1e-5)
    np.testing.assert_allclose(mixed.outlying.weight, plain.outlying.weight, atol=1e-5)


def test_honest_ballots_keep_nearly_all_their_weight() -> None:
    world = simulate(SCENARIOS["well-specified"], 11)
    fit = fit_ordinal(lay_out(world.ratings, Design(scale=(0.0, 3.0), group_weights=WEIGHTS)))
    assert fit.outlying.pair.size / fit.layout.pair_person.size < 0.06  # .046 of normal residuals
    assert 1 - fit.outlying.weight.sum() / fit.outlying.weight.size < 0.25


def test_voting_down_costs_less_than_unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """压票 (§2, D): those voted down are nearer to their truth, and so is everybody."""
    world = simulate(SCENARIOS["D"], 12)
    layout = lay_out(world.ratings, Design(scale=(0.0, 3.0), group_weights=WEIGHTS))
    bounded = fit_ordinal(layout)
    monkeypatch.setattr(ordinal_robust, "LIMIT", UNBOUNDED)
    unbounded = fit_ordinal(layout)
    near, far = (fit.theta + fit.quality[layout.person_unit] for fit in (bounded, unbounded))
    assert spearman(near, world.truth) > spearman(far, world.truth) + 0.005
    assert (near - far)[world.target].mean() > 0.1


def test_the_bound_can_be_left_out() -> None:
    layout = lay_out(simulate(SCENARIOS["D"], 3).ratings, Design())
    plain, bounded = fit_ordinal(layout, bounded=False), fit_ordinal(layout)
    assert plain.outlying.pair.size == 0
    assert 0 < bounded.outlying.pair.size < layout.pair_person.size / 10
    assert np.abs(plain.theta - bounded.theta).max() > 0.01
