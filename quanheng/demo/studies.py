"""Study before work and beside it: what was read where, and when work could begin."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from quanheng.demo.chance import Weighted, months, pick
from quanheng.demo.facts import EducationFact, LineFact
from quanheng.demo.places import COLLEGES, UNIVERSITIES
from quanheng.people.choices import EducationKind, ResumeSetting

MAJORS = (  # name, bachelor's and master's degree (GB/T 6864)
    ("经济学", "402", "302"),
    ("法学", "403", "303"),
    ("汉语言文学", "405", "305"),
    ("行政管理", "412", "312"),
    ("会计学", "412", "312"),
    ("土木工程", "408", "308"),
    ("水利水电工程", "408", "308"),
    ("计算机科学与技术", "408", "308"),
    ("农学", "409", "309"),
    ("教育学", "404", "304"),
    ("思想政治教育", "403", "303"),
    ("数学与应用数学", "407", "307"),
    ("城乡规划", "408", "308"),
    ("环境工程", "408", "308"),
)
YEARS = {"35": 3, "31": 3, "21": 4, "11": 7}  # 中专, 大专, 大学, 研究生 (after 大学)
_BY_TIME = (
    (1995, Weighted({"35": 0.3, "31": 0.42, "21": 0.28})),
    (2004, Weighted({"35": 0.1, "31": 0.3, "21": 0.53, "11": 0.07})),
    (9999, Weighted({"31": 0.1, "21": 0.68, "11": 0.22})),
)


@dataclass(frozen=True, slots=True)
class Study:
    level: str
    educations: tuple[EducationFact, ...]
    lines: tuple[LineFact, ...]
    work_start: int


def full_time(chance: random.Random, born: int, latest_start: int) -> Study:
    """Study from the year of the entrance examination on; short enough that work starts in time."""
    entry = (born + 4) // 12 + 18  # those born from September on sit a year later
    table = next(table for until, table in _BY_TIME if entry < until)
    level = table.draw(chance)
    while level != "35" and _graduation(entry, level) > latest_start:
        level = {"11": "21", "21": "31", "31": "35"}[level]
    return _study(chance, entry, level, latest_start)


def _graduation(entry: int, level: str) -> int:
    return months(entry if level == "35" else entry + YEARS[level], 7)


def _study(chance: random.Random, entry: int, level: str, latest_start: int) -> Study:
    major = pick(chance, MAJORS)
    steps = [_step(chance, entry, "21" if level == "11" else level, major)]
    if level == "11":
        steps.append(_master(chance, steps[0], major))
    lines = [_line(step, major[0]) for step in steps]
    start = steps[-1].end
    if chance.random() < 0.06 and start + 8 <= latest_start:
        start += chance.randint(2, 8)
        lines.append(LineFact(steps[-1].end, start, "待业", ResumeSetting.OTHER))
    return Study(level, tuple(steps), tuple(lines), start)


def _step(chance: random.Random, entry: int, level: str, major: tuple[str, str, str]) -> EducationFact:
    first = entry - 3 if level == "35" else entry
    school = pick(chance, UNIVERSITIES if level == "21" else COLLEGES) + f"{major[0]}专业"
    degree = major[1] if level == "21" else ""
    return EducationFact(
        EducationKind.FULL_TIME, level, degree, school, months(first, 9), months(first + YEARS[level], 7)
    )


def _master(chance: random.Random, before: EducationFact, major: tuple[str, str, str]) -> EducationFact:
    school = pick(chance, UNIVERSITIES) + f"{major[0]}专业"
    return EducationFact(EducationKind.FULL_TIME, "11", major[2], school, before.end, before.end + 36)


def _line(step: EducationFact, major: str) -> LineFact:
    school = step.school.removesuffix(f"{major}专业")
    what = f"{major}专业硕士研究生学习" if step.level_code == "11" else f"{major}专业学习"
    return LineFact(step.start, step.end, school + what, ResumeSetting.STUDY, "学籍材料")


_PARTY_SCHOOLS = {"1B": "岚江省委党校", "22": "中央党校函授学院", "1A": "中央党校研究生院"}
_PARTY_SCHOOL_MAJORS = (("经济管理", "", ""), ("公共管理", "", ""), ("法学", "", ""))
_ON_JOB = {"35": ("31", "21", "22"), "31": ("21", "22", "1B"), "21": ("11", "1B", "1A"), "11": ("11",)}
_WORDS = {
    "31": "大专学习",
    "21": "大学学习",
    "22": "大学学习",
    "1B": "在职研究生学习",
    "1A": "在职研究生学习",
    "11": "在职研究生学习",
}


def on_job(chance: random.Random, study: Study, work_start: int, until: int) -> tuple[EducationFact, LineFact] | None:
    """Study beside work, with its 其间 line; the lower the first level, the likelier."""
    share = {"35": 0.85, "31": 0.7, "21": 0.28, "11": 0.03}[study.level]
    first_year, last_year = work_start // 12 + 2, until // 12 - 3
    if chance.random() > share or last_year <= first_year:
        return None
    year = chance.randint(first_year, min(last_year, first_year + 12))
    return _beside_work(chance, pick(chance, _ON_JOB[study.level]), year)


def _beside_work(chance: random.Random, level: str, year: int) -> tuple[EducationFact, LineFact]:
    major = pick(chance, _PARTY_SCHOOL_MAJORS if level in _PARTY_SCHOOLS else MAJORS)
    start, end = months(year, 9), months(year + 3 - (level in _PARTY_SCHOOLS and chance.random() < 0.5), 7)
    school = _PARTY_SCHOOLS.get(level) or pick(chance, UNIVERSITIES)
    degree = {"21": major[1] if chance.random() < 0.4 else "", "11": "349"}.get(level, "")
    fact = EducationFact(EducationKind.ON_JOB, level, degree, f"{school}{major[0]}专业", start, end)
    return fact, LineFact(start, end, f"{school}{major[0]}专业{_WORDS[level]}", ResumeSetting.STUDY)


def place_inside(lines: Sequence[LineFact], inside: LineFact) -> int:
    """The number of the line in whose time it ended: one spanning several goes after the last."""
    end = inside.end or inside.start
    return next(n for n, line in enumerate(lines) if line.start < end and (line.end is None or end <= line.end))
