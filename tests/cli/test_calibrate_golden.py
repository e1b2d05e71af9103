"""Every file of a small example, cell by cell: words exactly, figures to where another machine may round apart."""

import csv
import json
import math
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from quanheng.cli import DONE
from tests.cli.calibrate_golden import FOLDER, MODELS, run

CLOSE = 1e-3
RANKS = {"rank_lo", "rank_hi"}  # of draws: a last digit may move one across


@pytest.mark.parametrize("model", MODELS)
def test_the_files_of_the_example(model: str, tmp_path: Path) -> None:
    assert run(model, tmp_path / "out") == DONE
    kept = sorted(path.name for path in (FOLDER / model).iterdir())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == kept
    for name in kept:
        if name.endswith(".csv"):
            assert_same_table(tmp_path / "out" / name, FOLDER / model / name)
        else:
            found, wanted = (json.loads((folder / name).read_text()) for folder in (tmp_path / "out", FOLDER / model))
            assert_same(found, wanted, name)


def assert_same_table(found: Path, wanted: Path) -> None:
    with found.open(encoding="utf-8", newline="") as one, wanted.open(encoding="utf-8", newline="") as two:
        for number, (row, kept) in enumerate(zip_longest(csv.DictReader(one), csv.DictReader(two)), start=2):
            assert list(row) == list(kept)
            for column, cell in kept.items():
                assert_cell(row[column], cell, column, f"{wanted.name}:{number} {column}")


def assert_cell(found: str, wanted: str, column: str, place: str) -> None:
    try:
        number = float(wanted)
    except ValueError:
        assert found == wanted, place
        return
    assert math.isclose(float(found), number, rel_tol=CLOSE, abs_tol=1 if column in RANKS else CLOSE), place


def assert_same(found: Any, wanted: Any, place: str) -> None:
    """Version and iterations are those of the program, not of the example."""
    if isinstance(wanted, dict):
        assert list(found) == list(wanted), place
        for name in wanted.keys() - {"software", "iterations", "largest_step", "largest_score_residual"}:
            assert_same(found[name], wanted[name], f"{place}.{name}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), place
        for number, (one, two) in enumerate(zip(found, wanted, strict=True)):
            assert_same(one, two, f"{place}[{number}]")
    elif isinstance(wanted, float):
        assert math.isclose(found, wanted, rel_tol=CLOSE, abs_tol=CLOSE), place
    else:
        assert found == wanted, place
