"""docs/calibration.md tells what is: its example, its options, its modules, its pictures."""

import argparse
import re
from pathlib import Path

import numpy as np
import pytest

from quanheng import calibration
from quanheng.calibration.result import Calibration
from quanheng.cli.calibrate import add_commands
from quanheng.cli.calibrate_files import FILES
from tests.cli.calibration_pictures.two_units import EXAMPLE, PEOPLE, as_csv, calibrated
from tests.structure import ROOT

DOCUMENT = (ROOT / "docs/calibration.md").read_text(encoding="utf-8")
STRICT, LENIENT = "水利局", "文化和旅游局"


@pytest.fixture(scope="module")
def found() -> Calibration:
    return calibrated()


def scores(found: Calibration, unit: str) -> list[tuple[str, float, float]]:
    places = [found.persons.labels.index(name) for name in PEOPLE[unit]]
    return [(found.persons.labels[n], float(found.persons.raw[n]), float(found.persons.fair[n])) for n in places]


def example_rows() -> list[list[str]]:
    table = DOCUMENT.split("<!-- example -->")[1].split("<!-- /example -->")[0]
    lines = [line for line in table.strip().splitlines() if line.startswith("|")][2:]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]


def test_the_ballots_of_the_example_are_those_that_are_committed() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") == as_csv()


def test_the_table_of_the_example_is_what_the_engine_says(found: Calibration) -> None:
    *people, means = example_rows()
    for row, strict, lenient in zip(people, scores(found, STRICT), scores(found, LENIENT), strict=True):
        assert (row[1], row[4]) == (strict[0], lenient[0])
        told = [float(row[k]) for k in (2, 3, 5, 6)]
        assert told == pytest.approx([*strict[1:], *lenient[1:]], abs=0.0501)
    figures = [np.mean([person[k] for person in scores(found, unit)]) for unit in (STRICT, LENIENT) for k in (1, 2)]
    assert [float(means[k]) for k in (2, 3, 5, 6)] == pytest.approx(figures, abs=0.0501)


def test_the_units_come_together(found: Calibration) -> None:
    """Equally good in truth: most of the raw difference is gone, and what is left is within its error."""
    (raw_a, fair_a), (raw_b, fair_b) = (
        np.mean([person[1:] for person in scores(found, u)], 0) for u in (STRICT, LENIENT)
    )
    assert raw_b - raw_a > 12
    assert 0 < fair_b - fair_a < 0.25 * (raw_b - raw_a)
    weight = np.zeros(len(found.persons.labels))
    for unit, sign in ((STRICT, -1), (LENIENT, 1)):
        for name in PEOPLE[unit]:
            weight[found.persons.labels.index(name)] = sign / len(PEOPLE[unit])
    assert fair_b - fair_a < 1.645 * mean_error(found, weight)


def mean_error(found: Calibration, weight: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Of Σ weight · fair, with all covariances."""
    a, b = np.nonzero(np.outer(weight, weight))
    return float(np.sqrt(weight[a] * weight[b] @ found.uncertainty.covariance(a, b)))


def test_nobody_of_the_strict_unit_is_in_the_raw_top_fifth(found: Calibration) -> None:
    top = {found.persons.labels[n] for n in np.argsort(-found.persons.raw)[:6]}
    assert not top & set(PEOPLE[STRICT])
    assert PEOPLE[STRICT][0] in {found.persons.labels[n] for n in np.argsort(-found.persons.fair)[:6]}


def test_every_option_is_explained_with_an_example() -> None:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    options = {name for action in commands.choices["calibrate"]._actions for name in action.option_strings}
    rows = [line for line in DOCUMENT.splitlines() if line.startswith("| `--")]
    assert options - {"-h", "--help"} == {
        name for row in rows for name in re.findall(r"`(--[a-z-]+)`", row.split("|")[1])
    }
    assert [row for row in rows if "--" not in row.split("|")[3]] == []


def test_modules_named_are_there() -> None:
    table = DOCUMENT.split("## 2.2 Where each formula is")[1].split("## 2.3")[0]
    named = {
        name
        for line in table.splitlines()
        for name in re.findall(r"`([a-z_]+)`", line.rsplit("|", 2)[-2] if "|" in line else "")
    }
    modules = {path.stem for path in Path(calibration.__path__[0]).glob("*.py")}
    assert named
    assert named - modules == set()


def test_tests_and_files_named_are_there() -> None:
    tests = {path.stem for path in (ROOT / "tests/calibration").glob("test_*.py")}
    assert set(re.findall(r"`(test_[a-z_]+)`", DOCUMENT)) - tests == set()
    assert [name for name in FILES if f"`{name}`" not in DOCUMENT] == []
