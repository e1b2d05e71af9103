"""Liking for Science against the table that Winsteps printed: measures, errors, fit, extremes (design §4, target 4)."""

import numpy as np
import pytest

from quanheng.calibration.jmle_result import JmleFit, Measures
from quanheng.calibration.ratings import Floats
from tests.calibration.published import column, jmle, liking_for_science, table

ROUNDED = 0.005  # two decimals


@pytest.fixture(scope="module")
def fit() -> JmleFit:
    return jmle(liking_for_science(), partial_credit=True)


@pytest.fixture(scope="module")
def persons() -> list[dict[str, str]]:
    return table("liking_for_science_winsteps_persons.csv")


@pytest.fixture(scope="module")
def items() -> list[dict[str, str]]:
    return table("liking_for_science_winsteps_items.csv")


def farthest(found: Floats, published: Floats, measures: Measures) -> float:
    """Largest difference, extremes left out."""
    return float(np.abs(found - published)[~measures.is_extreme].max())


def test_items_within_a_hundredth(fit: JmleFit, items: list[dict[str, str]]) -> None:
    assert farthest(fit.items.measure, column(items, "measure"), fit.items) <= 0.01
    assert not fit.items.is_extreme.any()
    assert abs(fit.items.measure.sum()) < 1e-9


def test_persons_within_two_hundredths(fit: JmleFit, persons: list[dict[str, str]]) -> None:
    assert farthest(fit.persons.measure, column(persons, "measure"), fit.persons) <= 0.02


def test_extreme_person_within_two_hundredths(fit: JmleFit, persons: list[dict[str, str]]) -> None:
    extreme = [row["extreme"] == "yes" for row in persons]
    assert fit.persons.is_extreme.tolist() == extreme
    assert sum(extreme) == 1
    assert fit.persons.measure[extreme] == pytest.approx(column(persons, "measure")[extreme], abs=0.02)
    assert fit.persons.model_se[extreme] == pytest.approx(column(persons, "model_se")[extreme], abs=ROUNDED)
    assert np.isnan(fit.persons.fit.infit[extreme]).all()


def test_thresholds_within_a_hundredth(fit: JmleFit) -> None:
    published = table("liking_for_science_winsteps_thresholds.csv")
    steps = {(str(s.item), str(c)): m for s in fit.steps for c, m in zip(s.categories[1:], s.measure, strict=True)}
    wanted = {(str(int(row["item"]) - 1), row["category"]): float(row["measure"]) for row in published}
    assert steps == pytest.approx(wanted, abs=0.01)


def test_unobserved_category_leaves_one_threshold(fit: JmleFit) -> None:
    assert fit.steps[11].categories.tolist() == [1, 2]
    assert fit.steps[11].measure.tolist() == [0.0]
    assert fit.steps[11].se.tolist() == pytest.approx([0.0], abs=1e-7)


def test_model_errors_as_printed(fit: JmleFit, persons: list[dict[str, str]], items: list[dict[str, str]]) -> None:
    assert farthest(fit.items.model_se, column(items, "model_se"), fit.items) <= ROUNDED + 1e-3
    assert farthest(fit.persons.model_se, column(persons, "model_se"), fit.persons) <= ROUNDED + 1e-3


def test_infit_within_a_hundredth(fit: JmleFit, persons: list[dict[str, str]], items: list[dict[str, str]]) -> None:
    assert farthest(fit.items.fit.infit, column(items, "infit"), fit.items) <= 0.01
    assert farthest(fit.persons.fit.infit, column(persons, "infit"), fit.persons) <= 0.01


def test_outfit_within_three_hundredths(
    fit: JmleFit, persons: list[dict[str, str]], items: list[dict[str, str]]
) -> None:
    """Of single unexpected answers: one hundredth of a logit moves it that far."""
    assert farthest(fit.items.fit.outfit, column(items, "outfit"), fit.items) <= 0.03
    assert farthest(fit.persons.fit.outfit, column(persons, "outfit"), fit.persons) <= 0.03


def test_standardised_fit(fit: JmleFit, persons: list[dict[str, str]], items: list[dict[str, str]]) -> None:
    assert farthest(fit.items.fit.infit_zstd, column(items, "infit_zstd"), fit.items) <= 0.02
    assert farthest(fit.persons.fit.infit_zstd, column(persons, "infit_zstd"), fit.persons) <= 0.02
    assert farthest(fit.items.fit.outfit_zstd, column(items, "outfit_zstd"), fit.items) <= 0.06


def test_outfit_of_persons_but_for_the_four_highest(fit: JmleFit, persons: list[dict[str, str]]) -> None:
    """Winsteps bounds q of the persons near the top (2.8 to 1.41 and so on), by a rule it does not print."""
    top = fit.persons.measure > 3
    apart = np.abs(fit.persons.fit.outfit_zstd - column(persons, "outfit_zstd"))
    assert top.sum() == 5
    assert apart[~top].max() <= 0.02
    assert np.nanmax(apart[top]) <= 0.75


def test_fair_score_keeps_the_order_of_raw_scores(fit: JmleFit, persons: list[dict[str, str]]) -> None:
    """Everybody answered everything: equal raw scores are equal, and the fair score is the raw mean."""
    raw = column(persons, "score")
    inside = ~fit.persons.is_extreme
    assert fit.fair[inside] == pytest.approx(raw[inside] / 25, abs=1e-6)
    assert fit.fair[~inside] == pytest.approx(49.7 / 25, abs=1e-9)
