"""Rank ranges, bands and separation: closed forms, an oracle of full draws, metamorphic properties."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.calibration import contrasts, ranks
from quanheng.calibration.ratings import Flags, Floats
from quanheng.calibration.result import Uncertainty
from tests.calibration.test_contrasts import matrix_of, random_uncertainty

SEED = 20260101
seeds = st.integers(0, 10**6)


def everybody(count: int) -> Flags:
    return np.ones(count, dtype=np.bool_)


def independent(se: Floats) -> Uncertainty:
    count = len(se)
    places = np.zeros(count, dtype=np.int64)
    return Uncertainty(np.arange(count), places, tuple(np.array([[s * s]]) for s in se), np.zeros((count, 0)))


def scores(seed: int) -> Floats:
    return np.random.default_rng(seed).normal(2.4, 0.5, 8)


def test_known_scores_have_one_rank_and_a_band_each() -> None:
    found = ranks.rank(np.array([2.0, 3.0, 1.0]), independent(np.zeros(3)), everybody(3), None, SEED)
    assert found.lo.tolist() == found.hi.tolist() == found.band.tolist() == [2, 1, 3]


def test_equal_scores_share_rank_and_band() -> None:
    found = ranks.rank(np.array([2.0, 2.0, 1.0]), independent(np.zeros(3)), everybody(3), None, SEED)
    assert found.band.tolist() == [1, 1, 2]
    assert found.lo.tolist() == [1, 1, 3]


def test_unsure_scores_may_stand_anywhere() -> None:
    found = ranks.rank(np.array([2.0, 2.01, 2.02, 1.99]), independent(np.full(4, 5.0)), everybody(4), None, SEED)
    assert (found.lo.tolist(), found.hi.tolist(), found.band.tolist()) == ([1] * 4, [4] * 4, [1] * 4)


def test_a_common_error_leaves_the_order() -> None:
    count = 5
    common = Uncertainty(
        np.arange(count), np.zeros(count, dtype=np.int64), (np.zeros((1, 1)),) * count, np.full((count, 1), 7.0)
    )
    found = ranks.rank(np.arange(count, dtype=float), common, everybody(count), None, SEED)
    assert found.lo.tolist() == found.hi.tolist() == [5, 4, 3, 2, 1]
    assert found.band.tolist() == [5, 4, 3, 2, 1]


def test_a_band_starts_where_its_first_stands_above_with_nine_tenths() -> None:
    apart = 1.2815515655446004 * np.sqrt(2)  # Φ⁻¹(.9) · SE of a difference
    fair = np.array([0.0, -apart + 1e-9, -apart - 1e-9, -2 * apart, -2 * apart - 1e-6])
    found = ranks.rank(fair, independent(np.ones(5)), everybody(5), None, SEED)
    # p1 is just inside p0's band; p2 begins the second; p3 and p4 are less than `apart` below p2, or just so
    assert found.band.tolist() == [1, 1, 2, 2, 3]


def test_the_range_is_that_of_draws_from_the_whole_matrix() -> None:
    uncertainty, fair = random_uncertainty(4), scores(4)
    found = ranks.rank(fair, uncertainty, everybody(8), None, SEED)
    drawn = np.random.default_rng(9).multivariate_normal(fair, matrix_of(uncertainty), 40_000)
    placed = 1 + (drawn[:, None, :] > drawn[:, :, None]).sum(axis=2)
    low, high = np.quantile(placed, [0.05, 0.95], axis=0, method="inverted_cdf")
    own = ranks.standing(fair)
    assert np.abs(found.lo - np.minimum(low, own)).max() <= 1
    assert np.abs(found.hi - np.maximum(high, own)).max() <= 1
    assert (found.lo == np.minimum(low, own)).mean() >= 0.75


def test_only_the_ranked_count_and_the_others_have_none() -> None:
    fair = np.array([5.0, 3.0, 4.0, 1.0])
    found = ranks.rank(fair, independent(np.zeros(4)), np.array([False, True, True, True]), None, SEED)
    assert found.lo.tolist() == found.hi.tolist() == found.band.tolist() == [0, 2, 1, 3]


def test_nobody_to_rank() -> None:
    found = ranks.rank(np.array([1.0, 2.0]), independent(np.ones(2)), np.zeros(2, dtype=np.bool_), None, SEED)
    assert found.lo.tolist() == found.hi.tolist() == found.band.tolist() == [0, 0]


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_the_range_holds_the_rank_and_bands_go_down_the_order(seed: int) -> None:
    uncertainty, fair = random_uncertainty(seed), scores(seed)
    found = ranks.rank(fair, uncertainty, everybody(8), None, seed)
    own = ranks.standing(fair)
    assert np.all((found.lo >= 1) & (found.lo <= own) & (own <= found.hi) & (found.hi <= 8))
    order = np.argsort(-fair)
    steps = np.diff(found.band[order])
    assert found.band[order[0]] == 1
    assert set(steps.tolist()) <= {0, 1}
    first = order[0]
    for before, person in zip(order[:-1], order[1:], strict=True):
        se = contrasts.standard_error(uncertainty, np.array([first]), np.array([person]))
        is_above = contrasts.probability_above(fair[[first]] - fair[[person]], se)[0] >= 0.9
        assert is_above == (found.band[person] > found.band[before])
        first = person if is_above else first


@settings(max_examples=10, deadline=None)
@given(seeds)
def test_a_class_is_ranked_as_if_it_were_alone(seed: int) -> None:
    uncertainty, fair = random_uncertainty(seed), scores(seed)
    classes = np.array([0, 1, 0, 1, 0, 0, 1, 1])
    found = ranks.rank(fair, uncertainty, everybody(8), classes, SEED)
    for number in (0, 1):
        alone = ranks.rank(fair, uncertainty, classes == number, None, SEED)
        for name in ("lo", "hi", "band"):
            np.testing.assert_array_equal(
                getattr(found, name)[classes == number], getattr(alone, name)[classes == number]
            )


@settings(max_examples=10, deadline=None)
@given(seeds, st.permutations(range(8)))
def test_relabelling_moves_bands_and_leaves_ranges_to_chance(seed: int, moved: list[int]) -> None:
    plain, fair = random_uncertainty(seed), scores(seed)
    other = replace(plain, block=plain.block[moved], place=plain.place[moved], reach=plain.reach[moved])
    here = ranks.rank(fair, plain, everybody(8), None, SEED)
    there = ranks.rank(fair[moved], other, everybody(8), None, SEED)
    np.testing.assert_array_equal(there.band, here.band[moved])
    assert np.abs(there.lo - here.lo[moved]).max() <= 1
    assert np.abs(there.hi - here.hi[moved]).max() <= 1


def test_the_seed_decides() -> None:
    uncertainty, fair = random_uncertainty(5, (40, 60), 3), np.linspace(0, 1, 100)
    one, again, other = (ranks.rank(fair, uncertainty, everybody(100), None, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.lo, again.lo)
    np.testing.assert_array_equal(one.hi, again.hi)
    assert np.any(one.lo != other.lo)
    np.testing.assert_array_equal(one.band, other.band)


def test_portions_of_draws_do_not_change_who_is_ranked(monkeypatch: pytest.MonkeyPatch) -> None:
    uncertainty, fair = random_uncertainty(6), scores(6)
    whole = ranks.rank(fair, uncertainty, everybody(8), None, SEED)
    monkeypatch.setattr(ranks, "CHUNK", 100)
    parts = ranks.rank(fair, uncertainty, everybody(8), None, SEED)
    assert np.abs(whole.lo - parts.lo).max() <= 1


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_a_root_of_a_semidefinite_matrix(rank: int) -> None:
    factor = np.random.default_rng(1).normal(size=(4, rank))
    covariance = factor @ factor.T
    found = ranks.root(covariance)
    np.testing.assert_allclose(found @ found.T, covariance, atol=1e-7)


def test_ranks_with_ties_count_from_the_best() -> None:
    assert ranks.standing(np.array([3.0, 5.0, 3.0, 1.0])).tolist() == [2, 1, 2, 4]


def test_separation_of_unshrunken_scores_is_the_stated_formula() -> None:
    estimate = np.array([-2.0, 0.0, 2.0])  # S² = 4
    found = ranks.separation(estimate, np.full(3, 0.8), shrunken=False)
    assert found.separation == pytest.approx(2.0)  # √((4 − .8) / .8)
    assert found.reliability == pytest.approx(0.8)
    assert found.strata == pytest.approx(3.0)
    assert ranks.separation(estimate, np.full(3, 9.0), shrunken=False).reliability == 0.0


def test_separation_of_posterior_means_is_the_reliability_of_the_scores() -> None:
    """One normal score each: reliability is σ²/(σ²+e²), whether from the scores or from their posterior means."""
    rng = np.random.default_rng(7)
    true, error = 1.5, 0.9
    score = rng.normal(0, np.sqrt(true), 200_000) + rng.normal(0, np.sqrt(error), 200_000)
    shrunk, left = score * true / (true + error), np.full(200_000, true * error / (true + error))
    raw = ranks.separation(score, np.full(200_000, error), shrunken=False)
    posterior = ranks.separation(shrunk, left, shrunken=True)
    assert raw.reliability == pytest.approx(true / (true + error), abs=0.005)
    assert posterior.reliability == pytest.approx(raw.reliability, abs=0.005)
    assert posterior.separation == pytest.approx(raw.separation, abs=0.02)


def test_separation_without_error_or_without_a_second_person() -> None:
    assert ranks.separation(np.array([1.0, 2.0]), np.zeros(2), shrunken=True).reliability == 1.0
    assert np.isnan(ranks.separation(np.array([1.0]), np.ones(1), shrunken=True).reliability)


@pytest.mark.slow
def test_fifty_thousand_persons() -> None:
    rng = np.random.default_rng(1)
    count = 50_000
    root = rng.normal(0, 0.05, (count // 10, 10, 10))
    persons = np.arange(count)
    uncertainty = Uncertainty(
        persons // 10, persons % 10, tuple(r @ r.T for r in root), rng.normal(0, 0.01, (count, 50))
    )
    found = ranks.rank(rng.normal(size=count), uncertainty, everybody(count), None, SEED)
    assert np.all((found.lo >= 1) & (found.lo <= found.hi) & (found.hi <= count))
