"""The example whose files are kept: `python -m tests.cli.calibrate_golden` writes them anew after a wanted change."""

import csv
import shutil
from pathlib import Path

from quanheng.cli import main
from tests.calibration.ballots import Row, event

FOLDER = Path(__file__).parents[1] / "data" / "calibration" / "event"
MODELS = ("ordinal", "gaussian", "jmle")
COLUMNS = "--person 人 --unit 单位 --rater 票 --group 票类 --item 项目 --score 分 --points 0,60,80,95"


def run(model: str, out: Path) -> int:
    options = [*COLUMNS.split(), "--group-weights", "A=.35,B=.35,C=.30", "--pairs", str(FOLDER / "pairs.csv")]
    return main(["calibrate", str(FOLDER / "ratings.csv"), *options, "--model", model, "--out", str(out)])


def rows() -> list[Row]:
    """Two units that three ballots link, and a third apart."""
    apart = event(units=1, ballots=8, links=0, seed=3)
    moved: list[Row] = [(f"V{p[1:]}", "V1", f"V{b[1:]}", g, item, score) for p, _, b, g, item, score in apart]
    return event(units=2, persons=5, ballots=8, links=3) + moved


def write() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "ratings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["人", "单位", "票", "票类", "项目", "分"])
        writer.writerows([*row[:5], int(row[5])] for row in rows())
    (FOLDER / "pairs.csv").write_text("a,b\nU1P1,U1P2\nU1P1,U2P3\nU1P1,V1P1\n", encoding="utf-8")
    for model in MODELS:
        shutil.rmtree(FOLDER / model, ignore_errors=True)
        run(model, FOLDER / model)


if __name__ == "__main__":
    write()
