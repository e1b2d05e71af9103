"""Data sets with published measures, from tests/data/calibration (its README names the sources)."""

import csv
from pathlib import Path

import numpy as np

from quanheng.calibration.jmle import fit_jmle
from quanheng.calibration.jmle_result import JmleFit
from quanheng.calibration.layout import lay_out
from quanheng.calibration.ratings import Design, Floats, Model, Ratings
from tests.calibration.ballots import facet

FOLDER = Path(__file__).parent.parent / "data/calibration"


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict[str, str]], name: str) -> Floats:
    return np.array([float(row[name]) for row in rows])


def liking_for_science() -> Ratings:
    """Persons and items in the order of the published tables."""
    rows = [
        (f"{int(row['person']):02}", f"{act:02}", row[f"act{act}"])
        for row in table("liking_for_science.csv")
        for act in range(1, 26)
    ]
    person, item, score = zip(*rows, strict=True)
    return Ratings(np.array(score, dtype=np.float64), facet(person), item=facet(item))


def ptam4() -> Ratings:
    rows = [
        (row["student"], row["rater"], item, row[item])
        for row in table("ptam4.csv")
        for item in ("crit2", "crit3", "crit4")
    ]
    person, rater, item, score = zip(*rows, strict=True)
    return Ratings(np.array(score, dtype=np.float64), facet(person), facet(rater), facet(item))


def jmle(ratings: Ratings, *, partial_credit: bool = False) -> JmleFit:
    design = Design(model=Model.JMLE, partial_credit=partial_credit, minimum_ballots=0)
    return fit_jmle(lay_out(ratings, design), design)
