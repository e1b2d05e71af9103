"""An event as a file, and the command run on it."""

import csv
from pathlib import Path

import pytest

from quanheng.cli import main
from tests.calibration.ballots import Row, event

HEADS = ["人", "单位", "票", "票类", "项目", "分"]
COLUMNS = ["--person", "人", "--unit", "单位", "--rater", "票", "--group", "票类", "--item", "项目", "--score", "分"]
ROWS = event(units=2, persons=5, ballots=8, links=3)
APART = event(units=2, persons=5, ballots=8, links=0)
PERSONS = "id,raw,fair,se,lo90,hi90,measure,infit,infit_zstd,outfit,outfit_zstd,n,component,status,rank_lo,rank_hi,band"


def table(path: Path, rows: list[Row], heads: list[str] = HEADS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([*row[:5], f"{row[5]:g}"] for row in rows)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["calibrate", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
