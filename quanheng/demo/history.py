"""What a life leaves in the dossier beside posts: grades, rewards, sanctions, training, titles, checks."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from quanheng.demo.chance import Weighted, dotted, month, months, pick
from quanheng.demo.facts import (
    GradeFact,
    RewardFact,
    SanctionFact,
    TitleFact,
    TrainingFact,
    UnitFact,
    VerificationFact,
)
from quanheng.demo.ladder import TODAY
from quanheng.organization.choices import UnitCategory
from quanheng.people.choices import (
    AssessmentGrade,
    RewardKind,
    SanctionKind,
    VerificationItem,
    VerificationResult,
)

LAST_YEAR_GRADED = 2025
EXCELLENT_SHARE = 0.18
_G = AssessmentGrade
_OTHERWISE = Weighted(
    {_G.COMPETENT: 0.982, _G.BASICALLY_COMPETENT: 0.004, _G.NOT_GRADED: 0.008, _G.NOT_ASSESSED: 0.006}
)

_EFFECT = {  # months
    SanctionKind.ADMONISHMENT: 12,
    SanctionKind.PARTY_WARNING: 12,
    SanctionKind.PARTY_SERIOUS_WARNING: 18,
    SanctionKind.WARNING: 6,
    SanctionKind.DEMERIT: 12,
    SanctionKind.SERIOUS_DEMERIT: 18,
}
_PARTY_KINDS = {SanctionKind.PARTY_WARNING, SanctionKind.PARTY_SERIOUS_WARNING}
_CAUSES = (
    "履行项目监管职责不到位",
    "违反工作纪律，擅自离岗",
    "超标准接待",
    "对下属失职负有领导责任",
    "未按规定报告个人有关事项",
)
_COURSES = (  # name, institution, days
    ("中青年干部培训班", "中共霁州市委党校", 60),
    ("科级干部任职培训班", "中共霁州市委党校", 10),
    ("乡村振兴专题培训班", "岚江农业大学", 5),
    ("公务员初任培训班", "霁州市行政学院", 12),
    ("意识形态工作专题研讨班", "中共霁州市委党校", 3),
    ("应急管理能力提升班", "岚江省应急管理培训中心", 4),
    ("依法行政专题网络培训", "岚江干部网络学院", 8),
    ("数字政府建设专题班", "岚江大学", 5),
)
HOURS_A_DAY = 8
_AWARDS = ("防汛抢险先进个人", "乡村振兴工作先进个人", "优秀共产党员", "信访工作先进个人", "抗击疫情先进个人")


def make_grades(
    chance: random.Random, work_start: int, until: int, sanctions: Sequence[SanctionFact]
) -> tuple[GradeFact, ...]:
    """One a year; the first is not graded (on probation), a sanctioned year is not excellent."""
    first, last = work_start // 12, min(LAST_YEAR_GRADED, until // 12 - (until < TODAY))
    marked = {sanction.start // 12 for sanction in sanctions}
    found = [GradeFact(year, _G.NOT_GRADED) for year in (first,) if year <= last]
    for year in range(first + 1, last + 1):
        excellent = chance.random() < EXCELLENT_SHARE and year not in marked
        found.append(GradeFact(year, _G.EXCELLENT if excellent else _OTHERWISE.draw(chance)))
    return tuple(found)


def make_rewards(chance: random.Random, grades: Sequence[GradeFact], authority: str) -> tuple[RewardFact, ...]:
    """嘉奖 for some excellent years, third-class merit for three on end, a title now and then."""
    return tuple(_rewards(chance, grades, authority))


def _rewards(chance: random.Random, grades: Sequence[GradeFact], authority: str) -> Iterator[RewardFact]:
    run = 0
    for grade in grades:
        run = run + 1 if grade.grade == _G.EXCELLENT else 0
        at = months(grade.year + 1, 3)
        document = f"霁人社奖〔{grade.year + 1}〕{grade.year % 17 + 1}号"
        if run == 3:
            name = f"{grade.year - 2}—{grade.year}年连续三年考核优秀，记三等功"
            yield RewardFact(RewardKind.THIRD_CLASS_MERIT, name, authority, document, at)
        elif run and chance.random() < 0.2:
            yield RewardFact(RewardKind.COMMENDATION, f"{grade.year}年度考核优秀，嘉奖", authority, document, at)
    if grades and chance.random() < 0.05:
        year = grades[len(grades) // 2].year
        yield RewardFact(RewardKind.HONORARY_TITLE, pick(chance, _AWARDS), authority, "", months(year, 7))


def make_sanctions(
    chance: random.Random, work_start: int, until: int, *, is_party: bool, authority: str
) -> tuple[SanctionFact, ...]:
    """About one person in eighty, in the last eight years: some still in effect, every fourth until next month."""
    if chance.random() > 0.0125:
        return ()
    kinds = [kind for kind in _EFFECT if is_party or kind not in _PARTY_KINDS]
    kind = pick(chance, kinds)
    back = chance.randint(1, 96)
    start = max(work_start + 24, TODAY - back if work_start // 12 % 4 else TODAY + 1 - _EFFECT[kind])
    if start >= until:
        return ()
    end = start + _EFFECT[kind]
    lifted = end <= TODAY and kind not in _PARTY_KINDS and kind != SanctionKind.ADMONISHMENT
    document = f"霁纪〔{start // 12}〕{chance.randint(1, 90)}号"
    return (SanctionFact(kind, pick(chance, _CAUSES), authority, document, start, end, lifted),)


def make_trainings(chance: random.Random, work_start: int, until: int) -> tuple[TrainingFact, ...]:
    """Up to five in ten years, in the order of time."""
    first = max(work_start, TODAY - 120)
    count = chance.randint(1, 5) if until - first > 24 else 1
    starts = sorted(chance.randint(first, max(first, until - 3)) for _ in range(count))
    return tuple(_training(chance, start) for start in starts)


def make_yearly_trainings(work_start: int, until: int) -> tuple[TrainingFact, ...]:
    """The online class of each of the last five years, for one in six: so their hours are known, and mostly too few."""
    if work_start // 12 % 6 or not work_start + 72 < TODAY <= until:
        return ()
    days = [date(TODAY // 12 - back, 5, 11) for back in range(5)]
    name, institution, length = _COURSES[6]
    return tuple(TrainingFact(name, institution, length * 6, day, day + timedelta(days=length)) for day in days)


def _training(chance: random.Random, start: int) -> TrainingFact:
    name, institution, days = pick(chance, _COURSES)
    day = month(start) + timedelta(days=chance.randint(2, 24))
    return TrainingFact(name, institution, days * HOURS_A_DAY, day, day + timedelta(days=days))


_TITLES = {
    UnitCategory.GOVERNMENT: ("123", "133", "083", "093"),
    UnitCategory.PARTY: ("983", "053"),
    UnitCategory.INSTITUTION: ("053", "083", "123"),
}


def make_titles(chance: random.Random, unit: UnitFact, work_start: int) -> tuple[TitleFact, ...]:
    share = 0.55 if unit.category == UnitCategory.INSTITUTION else 0.12
    start = work_start + chance.randint(60, 120)
    codes = _TITLES.get(unit.category, ("983", "123"))
    return (TitleFact(pick(chance, codes), start),) if chance.random() < share and start < TODAY else ()


_MATERIALS = {
    VerificationItem.BIRTH: "履历表、入党志愿书等7份材料",
    VerificationItem.PARTY_JOINING: "入党志愿书",
    VerificationItem.WORK_START: "录用审批表、工资变动表",
    VerificationItem.EDUCATION: "毕业生登记表、学位证复印件",
    VerificationItem.EXPERIENCE: "任免文件、年度考核登记表",
    VerificationItem.CADRE_STATUS: "公务员登记表",
}
_MISSING = {
    VerificationItem.BIRTH: "缺最早的户籍材料",
    VerificationItem.PARTY_JOINING: "缺转正时间材料",
    VerificationItem.WORK_START: "缺首次工资审批表",
    VerificationItem.EDUCATION: "缺学籍材料",
    VerificationItem.EXPERIENCE: "缺一份任免文件",
    VerificationItem.CADRE_STATUS: "缺登记表复印件",
}


def make_verifications(chance: random.Random, born: date, *, is_party: bool) -> tuple[VerificationFact, ...]:
    """Six checks; of a hundred people six lack a material and two have two places that disagree."""
    items = [item for item in VerificationItem if is_party or item != VerificationItem.PARTY_JOINING]
    on = date(2026, 4, 1) + timedelta(days=chance.randint(0, 150))
    state = chance.random()
    found = checks(on, missing=pick(chance, items) if 0.02 <= state < 0.08 else None, items=items)
    if state >= 0.02:
        return found
    return tuple(_inconsistent(born, on) if one.item == VerificationItem.BIRTH else one for one in found)


def checks(
    on: date, *, missing: VerificationItem | None, items: Sequence[VerificationItem] = tuple(VerificationItem)
) -> tuple[VerificationFact, ...]:
    return tuple(_check(item, on, is_missing=item == missing) for item in items)


def _check(item: VerificationItem, on: date, *, is_missing: bool) -> VerificationFact:
    if is_missing:
        return VerificationFact(item, VerificationResult.MISSING, _MISSING[item], on)
    return VerificationFact(item, VerificationResult.VERIFIED, _MATERIALS[item], on)


def _inconsistent(born: date, on: date) -> VerificationFact:
    birth = born.year * 12 + born.month - 1
    text = f"履历表写作{dotted(birth)}，入团志愿书写作{dotted(birth + 2)}"
    return VerificationFact(VerificationItem.BIRTH, VerificationResult.INCONSISTENT, text, on)
