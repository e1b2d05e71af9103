"""The event of docs/calibration.md: a strict and a lenient unit whose people are equally good, and four others.

`python -m tests.cli.calibration_pictures.two_units` writes docs/calibration anew: the ballots and the pictures.
"""

import csv
import io
from pathlib import Path

import numpy as np

from quanheng.calibration.calibrate import calibrate
from quanheng.calibration.ratings import Design, Ratings
from quanheng.calibration.result import Calibration
from quanheng.cli.calibration_pictures.intervals import interval_pictures
from quanheng.cli.calibration_pictures.sheet import own_settings
from quanheng.cli.calibration_pictures.shifts import shift_picture
from quanheng.cli.files import put
from tests.calibration.ballots import facet

EXAMPLE = Path(__file__).parents[3] / "docs/calibration/two-units.csv"
COLUMNS = ("票号", "票类", "单位", "姓名", "维度", "等次")
GRADES = ("不称职", "基本称职", "称职", "优秀")
CUTS = np.array([-3.2, -1.6, 0.0])
ASPECTS = ("德", "能", "绩")
CULTURE = {"水利局": -1.3, "文化和旅游局": 1.3, "教育局": 0.2, "民政局": -0.3, "商务局": 0.4, "审计局": -0.3}
PEOPLE = {
    "水利局": ("沈砚秋", "欧阳景行", "江听雨", "杜若衡", "韩若川"),
    "文化和旅游局": ("柳闻笛", "方既白", "顾明谦", "罗望之", "魏青崖"),
    "教育局": ("殷知行", "唐砚农", "孟拾光", "管子衿", "黎暮云"),
    "民政局": ("陆知远", "何静岚", "林疏桐", "赵明远", "周望舒"),
    "商务局": ("阿卜杜热合曼·图尔荪尼亚孜", "吴若谷", "郑听松", "冯既明", "陈拾遗"),
    "审计局": ("褚知白", "卫子衡", "蒋暮雨", "秦青岚", "许望川"),
}
LEVELS = (1.1, 0.5, 0.0, -0.5, -1.1)  # of the five people of each unit, the same in all
LOCAL, LEADERS, REACH = 16, 9, 4  # ballots a unit, leaders, units on a leader's ballot


def rows(seed: int = 20261121) -> list[tuple[str, ...]]:
    """One row a mark, shuffled: a ballot number says nothing of who wrote it or when."""
    chance = np.random.default_rng(seed)
    units = list(PEOPLE)
    papers = [("BC"[b % 2], [unit]) for unit in units for b in range(LOCAL)]
    papers += [("A", [units[(first + step) % 6] for step in range(REACH)]) for first in range(LEADERS)]
    numbers = chance.permutation(len(papers)) + 1
    made = []
    for number, (group, visited) in zip(numbers, papers, strict=True):
        mood = chance.normal(0, 0.6)
        for unit in visited:
            for person, level in zip(PEOPLE[unit], LEVELS, strict=True):
                seen = 0.6 + level + mood + chance.normal(0, 0.6) + (CULTURE[unit] if group != "A" else 0.0)
                for aspect in ASPECTS:
                    grade = GRADES[_grade(chance, seen)]
                    made.append((f"{number:03d}", group, unit, person, aspect, grade))
    return [made[place] for place in chance.permutation(len(made))]


def _grade(chance: np.random.Generator, seen: float) -> int:
    return int((seen + chance.logistic() > CUTS).sum())


def as_csv() -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows())
    return out.getvalue()


def calibrated() -> Calibration:
    """As the command in the document has it."""
    columns = list(zip(*rows(), strict=True))
    ballot, group, unit, person, aspect = map(facet, columns[:5])
    score = np.array([GRADES.index(grade) for grade in columns[5]], dtype=np.float64)
    ratings = Ratings(score, person, rater=ballot, item=aspect, group=group, unit=unit)
    return calibrate(ratings, Design(points=(0.0, 60.0, 80.0, 95.0), group_weights={"A": 0.35, "B": 0.35, "C": 0.3}))


def main() -> None:
    EXAMPLE.parent.mkdir(exist_ok=True)
    EXAMPLE.write_text(as_csv(), encoding="utf-8")
    found = calibrated()
    with own_settings():
        put(EXAMPLE.with_name("intervals.png"), next(interval_pictures(found))[1].png())
        shifts = shift_picture(found)
        assert shifts is not None
        put(EXAMPLE.with_name("shifts.png"), shifts.png())


if __name__ == "__main__":
    main()
