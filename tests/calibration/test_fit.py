"""Mean squares and their standardised values: by hand, by simulation, by portions."""

import numpy as np
import pytest

from quanheng.calibration import fit as module
from quanheng.calibration.fit import FitSums, Moments, facet_fit, moments, odd, standardise
from quanheng.calibration.ratings import Floats
from quanheng.calibration.result import Fit


def dichotomous(logit: Floats) -> Floats:
    p = 1 / (1 + np.exp(-logit))
    return np.column_stack([1 - p, p])


def test_moments_of_a_dichotomy() -> None:
    found = moments(np.array([[0.25, 0.75], [0.5, 0.5]]))
    assert found.expected.tolist() == [0.75, 0.5]
    assert found.variance.tolist() == [0.1875, 0.25]
    assert found.fourth == pytest.approx([0.25 * 0.75**4 + 0.75 * 0.25**4, 0.0625])


def test_moments_of_given_values() -> None:
    found = moments(np.array([[0.5, 0.5, 0.0]]), np.array([0.0, 60.0, 80.0]))
    assert (found.expected.item(), found.variance.item(), found.fourth.item()) == (30.0, 900.0, 810_000.0)


def test_mean_squares_by_hand() -> None:
    """Two answers of p = .75 and .5: right and wrong."""
    both = moments(np.array([[0.25, 0.75], [0.5, 0.5]]))
    found = facet_fit(np.zeros(2, dtype=np.int64), 1, np.array([1.0, 0.0]), both)
    assert found.infit.item() == pytest.approx((0.0625 + 0.25) / 0.4375)
    assert found.outfit.item() == pytest.approx((1 / 3 + 1) / 2)
    fourth = 0.25 * 0.75**4 + 0.75 * 0.25**4
    q = np.sqrt(fourth - 0.1875**2) / 0.4375
    assert found.infit_zstd.item() == pytest.approx((np.cbrt(found.infit.item()) - 1) * 3 / q + q / 3)
    q = np.sqrt(fourth / 0.1875**2 / 4 + 1 / 4 - 1 / 2)
    assert found.outfit_zstd.item() == pytest.approx((np.cbrt(found.outfit.item()) - 1) * 3 / q + q / 3)


def test_element_without_rows_has_no_fit() -> None:
    found = facet_fit(np.array([0, 2]), 3, np.array([1.0, 0.0]), moments(np.array([[0.25, 0.75], [0.5, 0.5]])))
    for values in (found.infit, found.outfit):
        assert np.isfinite(values).tolist() == [True, False, True]


def test_mean_square_that_cannot_vary_is_not_standardised() -> None:
    """Of answers at p = .5 every squared residual is .25."""
    found = facet_fit(np.zeros(3, dtype=np.int64), 1, np.array([1.0, 0.0, 1.0]), moments(np.full((3, 2), 0.5)))
    assert found.infit.tolist() == [1.0]
    assert found.outfit.tolist() == [1.0]
    assert np.isnan(found.infit_zstd).all()
    assert np.isnan(standardise(np.array([1.0]), np.array([0.0]))).all()


def test_rows_without_variance_do_not_count() -> None:
    index, score = np.zeros(3, dtype=np.int64), np.array([1.0, 0.0, 1.0])
    probability = np.array([[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]])
    found = facet_fit(index, 1, score, moments(probability))
    without = facet_fit(index[:2], 1, score[:2], moments(probability[:2]))
    assert found.infit.tolist() == without.infit.tolist()
    assert found.outfit_zstd.tolist() == without.outfit_zstd.tolist()


def test_standardised_values_are_nearly_standard_normal() -> None:
    """Answers that follow the model: mean 0, deviation 1, about 5 % outside 1.96."""
    chance = np.random.default_rng(5)
    elements, each = 4_000, 60
    probability = dichotomous(chance.normal(0, 1.5, elements * each))
    score = (chance.random(len(probability)) < probability[:, 1]).astype(np.float64)
    found = facet_fit(np.repeat(np.arange(elements), each), elements, score, moments(probability))
    assert found.infit.mean() == pytest.approx(1, abs=0.01)
    assert found.outfit.mean() == pytest.approx(1, abs=0.02)
    for zstd in (found.infit_zstd, found.outfit_zstd):
        assert zstd.mean() == pytest.approx(0, abs=0.06)
        assert zstd.std() == pytest.approx(1, abs=0.08)
        assert 0.03 <= (np.abs(zstd) > 1.96).mean() <= 0.06


def test_portions_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(6)
    index = chance.integers(0, 7, 1_000)
    probability = dichotomous(chance.normal(0, 1, 1_000))
    score = (chance.random(1_000) < probability[:, 1]).astype(np.float64)
    whole = facet_fit(index, 7, score, moments(probability))
    monkeypatch.setattr(module, "CHUNK", 64)
    sums = FitSums(7)
    for part in (slice(0, 300), slice(300, 1_000)):
        sums.add(index[part], score[part], moments(probability[part]))
    for name in ("infit", "infit_zstd", "outfit", "outfit_zstd"):
        assert getattr(sums.fit(), name) == pytest.approx(getattr(whole, name), rel=1e-12)


def test_noise_raises_and_monotony_lowers_the_mean_squares() -> None:
    logit = np.linspace(-3, 3, 41)
    expected = moments(dichotomous(logit))
    ordered = (logit > 0).astype(np.float64)
    index = np.zeros(41, dtype=np.int64)
    fits = [facet_fit(index, 1, score, expected) for score in (ordered, 1 - ordered)]
    assert fits[0].infit.item() < 0.5
    assert fits[1].infit.item() > 1.5
    assert [odd(found).item() for found in fits] == [True, True]


def test_odd_needs_both_size_and_surprise() -> None:
    fit = Fit(
        infit=np.array([1.0, 1.6, 1.6, 0.4, 1.0, np.nan]),
        infit_zstd=np.array([3.0, 1.9, 2.1, -2.1, 0.0, np.nan]),
        outfit=np.array([1.0, 1.0, 1.0, 1.0, 1.7, np.nan]),
        outfit_zstd=np.array([0.0, 0.0, 0.0, 0.0, 2.5, np.nan]),
    )
    assert odd(fit).tolist() == [False, False, True, True, True, False]


def test_scores_of_another_unit_give_the_same_fit() -> None:
    """Grade points 0, 20, 40 instead of 0, 1, 2: residuals, variances and fourth moments scale together."""
    chance = np.random.default_rng(7)
    probability = chance.dirichlet([1, 1, 1], 50)
    score, index = chance.integers(0, 3, 50).astype(np.float64), np.zeros(50, dtype=np.int64)
    grades = facet_fit(index, 1, score, moments(probability))
    points = facet_fit(index, 1, 20 * score, moments(probability, np.array([0.0, 20.0, 40.0])))
    assert points.outfit_zstd == pytest.approx(grades.outfit_zstd)
    assert points.infit_zstd == pytest.approx(grades.infit_zstd)


def test_moments_may_come_from_any_model() -> None:
    """A normal one: C4 = 3V², so q² = 2/N for both."""
    residual = np.array([1.0, -2.0, 0.5, 0.5])
    variance = np.full(4, 2.0)
    found = facet_fit(np.zeros(4, dtype=np.int64), 1, residual, Moments(np.zeros(4), variance, 3 * variance**2))
    square, q = 5.5 / 8, np.sqrt(2 / 4)
    assert found.infit.item() == pytest.approx(square)
    assert found.outfit_zstd.item() == pytest.approx((np.cbrt(square) - 1) * 3 / q + q / 3)
    assert found.infit_zstd.item() == pytest.approx(found.outfit_zstd.item())
