"""The yardsticks themselves, on events small enough to reckon by hand."""

from dataclasses import replace

import numpy as np
import pytest

from quanheng.calibration.ratings import Facet, Floats, Ratings
from quanheng.calibration.result import Fit, Persons, Status, Uncertainty
from tests.calibration.measures import (
    Z90,
    agreement,
    coverage,
    pairs_across_components,
    plain_means,
    ranked_across_components,
    spearman,
)
from tests.calibration.simulate import BASE, GROUPS, World, simulate


def world(truth: list[float], unit: list[int]) -> World:
    made = simulate(replace(BASE, units=2, leaders=0, cadres=(1, 1), ballots=(2, 2)), seed=1)
    units = np.array(unit)
    mean = np.bincount(units, truth) / np.bincount(units)
    return replace(made, truth=np.array(truth), unit=units, unit_truth=mean)


def apart(variances: list[float]) -> Uncertainty:
    """Everybody a block of their own, no part in common."""
    count = len(variances)
    local = tuple(np.array([[variance]]) for variance in variances)
    return Uncertainty(np.arange(count), np.zeros(count, dtype=np.int64), local, np.zeros((count, 0)))


def test_plain_mean_weighs_groups_not_ballots() -> None:
    ratings = Ratings(
        score=np.array([3.0, 1.0, 2.0, 0.0, 3.0]),
        person=Facet(("a",), np.zeros(5, dtype=np.int64)),
        group=Facet(GROUPS, np.array([0, 1, 1, 2, 2])),
    )
    assert plain_means(ratings) == pytest.approx([0.35 * 3 + 0.35 * 1.5 + 0.30 * 1.5])


def test_plain_mean_shares_out_the_weight_of_an_absent_group() -> None:
    ratings = Ratings(
        score=np.array([3.0, 0.0]),
        person=Facet(("a",), np.zeros(2, dtype=np.int64)),
        group=Facet(GROUPS, np.array([1, 2])),
    )
    assert plain_means(ratings) == pytest.approx([0.35 * 3 / 0.65])


def test_spearman_knows_order_only() -> None:
    assert spearman(np.array([1.0, 2.0, 30.0]), np.array([-5.0, 0.0, 0.1])) == pytest.approx(1.0)
    assert spearman(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0])) == pytest.approx(-1.0)


def test_agreement_apart_for_persons_and_units() -> None:
    made = world([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0] * 5 + [1] * 5)
    swapped = np.array([6, 7, 8, 9, 10, 1, 2, 3, 4, 5], dtype=np.float64)
    found = agreement(made, swapped)
    assert (found.within, found.units, found.top) == pytest.approx((1.0, -1.0, 0.0))
    assert found.overall == pytest.approx(-0.51515, abs=1e-5)


def test_the_truth_agrees_with_itself() -> None:
    made = simulate(BASE, seed=3)
    found = agreement(made, made.truth)
    assert (found.overall, found.within, found.units, found.top) == pytest.approx((1, 1, 1, 1))


@pytest.mark.parametrize(("error", "held"), [(1.0, 1.0), (3.0, 0.0)])
def test_coverage_counts_contrasts_not_levels(error: float, held: float) -> None:
    made = world([1, 2, 3, 4], [0, 0, 1, 1])
    fair: Floats = np.array([1, 2 + error, 3, 4 + error]) + 100  # a common shift is no error of a contrast
    found = coverage(made, fair, apart([0.5] * 4))  # SE of a contrast 1, half-width 1.645
    assert found.within == held
    assert found.across == (1.0 if held else 0.5)
    assert (found.width_within, found.width_across) == pytest.approx((2 * Z90 / 3 * 100, 2 * Z90 / 3 * 100))


def test_coverage_uses_covariance() -> None:
    made = world([1, 2, 3, 4], [0, 0, 1, 1])
    shared = replace(apart([0.5] * 4), reach=np.full((4, 1), 10.0))  # what all have in common cancels
    assert coverage(made, np.array([1.0, 4, 3, 4]), shared).within == 0.5


def persons(component: list[int], rank_hi: list[int], status: list[Status]) -> Persons:
    zero = np.zeros(len(component))
    whole = zero.astype(np.int64)
    return Persons(
        labels=tuple("abcdef"[: len(component)]),
        raw=zero,
        fair=zero,
        se=zero,
        lo90=zero,
        hi90=zero,
        measure=zero,
        fit=Fit(zero, zero, zero, zero),
        n=whole,
        component=np.array(component),
        status=tuple(status),
        rank_lo=whole,
        rank_hi=np.array(rank_hi),
        band=whole,
        missing_groups=np.zeros((len(component), 0), dtype=bool),
    )


def test_ranks_inside_a_component_are_kept_refusals() -> None:
    in_, out = Status.ESTIMATED, Status.UNCONNECTED
    assert ranked_across_components(persons([1, 1, 1, 2, 2], [3, 3, 3, 0, 2], [in_] * 3 + [out] * 2)) == 0


def test_ranks_across_components_are_counted() -> None:
    in_, out = Status.ESTIMATED, Status.UNCONNECTED
    assert ranked_across_components(persons([1, 1, 1, 2, 2], [5, 3, 3, 0, 3], [in_] * 3 + [out] * 2)) == 2


def test_an_unconnected_person_who_is_called_estimated_is_counted() -> None:
    in_ = Status.ESTIMATED
    assert ranked_across_components(persons([1, 1, 2], [2, 2, 0], [in_] * 3)) == 1


def test_pairs_by_lot_are_all_apart() -> None:
    component = np.array([1, 1, 2, 3])
    a, b = pairs_across_components(component, 100, np.random.default_rng(0))
    assert sorted(zip(a.tolist(), b.tolist(), strict=True)) == [(0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert len(pairs_across_components(component, 2, np.random.default_rng(0))[0]) == 2
