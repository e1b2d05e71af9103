"""沈砚秋, whose file the design's pictures show: written by hand on top of what chance gave."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from quanheng.demo.chance import months
from quanheng.demo.facts import (
    CadreFact,
    EducationFact,
    GradeFact,
    HoldingFact,
    LineFact,
    RankFact,
    RewardFact,
    UnitFact,
)
from quanheng.demo.history import LAST_YEAR_GRADED, checks
from quanheng.organization.choices import PostTier, Rank
from quanheng.people.choices import (
    AssessmentGrade,
    EducationKind,
    HoldingKind,
    ResumeSetting,
    RewardKind,
    VerificationItem,
)

_EXCELLENT_YEARS = {2012, 2016, 2020, 2024, 2025}
_WORK_START = months(2007, 7)
_COUNTY, _CITY = ResumeSetting.COUNTY, ResumeSetting.CITY
_GRASSROOTS, _STUDY = ResumeSetting.GRASSROOTS, ResumeSetting.STUDY
_TOWN, _BUREAU, _COMMISSION = "松涧县青萍镇", "松涧县发展和改革局", "霁州市发展和改革委员会"
_SECONDMENT = (months(2016, 4), months(2017, 4))

_POSTS = (  # unit, title, tier, setting, document, from, to
    (_TOWN, "科员", PostTier.STAFF, _GRASSROOTS, "录用审批表", _WORK_START, months(2010, 10)),
    (_TOWN, "党政办公室主任", PostTier.STAFF, _GRASSROOTS, "青委〔2010〕27号", months(2010, 10), months(2014, 5)),
    (
        *(_TOWN, "党委委员、副镇长", PostTier.TOWNSHIP_DEPUTY, _GRASSROOTS, "松组任〔2014〕13号"),
        *(months(2014, 5), months(2018, 3)),
    ),
    (
        *(_BUREAU, "党组成员、副局长", PostTier.TOWNSHIP_DEPUTY, _COUNTY, "松组任〔2018〕21号"),
        *(months(2018, 3), months(2022, 4)),
    ),
    (_BUREAU, "党组书记、局长", PostTier.TOWNSHIP_PRINCIPAL, _COUNTY, "松组任〔2022〕8号", months(2022, 4), None),
)
_MASTER = (months(2016, 9), months(2019, 6))


def as_drawn(fact: CadreFact, units: Sequence[UnitFact]) -> CadreFact:
    by_name = {unit.name: unit for unit in units}
    return replace(
        fact,
        affiliation="01",
        party_joined=months(2006, 12),
        work_start=_WORK_START,
        specialties="经济管理",
        health="健康",
        resume=_resume(),
        holdings=_holdings(by_name),
        ranks=_RANKS,
        educations=_EDUCATIONS,
        titles=(),
        rewards=_REWARDS,
        sanctions=(),
        grades=tuple(_grade(year) for year in range(2007, LAST_YEAR_GRADED + 1)),
        verifications=checks(fact.verifications[0].verified_on, missing=VerificationItem.CADRE_STATUS),
    )


def _resume() -> tuple[LineFact, ...]:
    lines = [
        LineFact(start, end, unit + title, setting, document)
        for unit, title, _, setting, document, start, end in _POSTS
    ]
    lines[2] = replace(lines[2], inside=(LineFact(*_SECONDMENT, f"{_COMMISSION}挂职", _CITY),))
    study = LineFact(*_MASTER, "霁州大学公共管理专业在职研究生学习，获公共管理硕士学位", _STUDY)
    lines[3] = replace(lines[3], inside=(study,))
    first = LineFact(months(2003, 9), _WORK_START, "霁州师范学院经济学专业学习", _STUDY, "学籍材料")
    return (first, *lines)


def _holdings(units: Mapping[str, UnitFact]) -> tuple[HoldingFact, ...]:
    posts = [_holding(units[post[0]], post) for post in _POSTS]
    seconded = HoldingFact(
        units[_COMMISSION].key,
        _COMMISSION,
        None,
        "挂职干部",
        PostTier.TOWNSHIP_DEPUTY,
        HoldingKind.SECONDMENT,
        "松组〔2016〕5号",
        *_SECONDMENT,
    )
    return (*posts, seconded)


def _holding(unit: UnitFact, post: tuple[str, str, PostTier, ResumeSetting, str, int, int | None]) -> HoldingFact:
    name, title, tier, _, document, start, end = post
    position = next(one for one in unit.positions if one.title == title)
    return HoldingFact(unit.key, name, position.key, title, tier, HoldingKind.APPOINTMENT, document, start, end)


_RANKS = (
    RankFact(Rank.SENIOR_STAFF_2, "松组职〔2019〕3号", months(2019, 6), months(2021, 6)),
    RankFact(Rank.SENIOR_STAFF_1, "松组职〔2021〕7号", months(2021, 6), months(2024, 7)),
    RankFact(Rank.COUNSEL_4, "松组职〔2024〕11号", months(2024, 7), None),
)
_EDUCATIONS = (
    EducationFact(EducationKind.FULL_TIME, "21", "402", "霁州师范学院经济学专业", months(2003, 9), _WORK_START),
    EducationFact(EducationKind.ON_JOB, "11", "349", "霁州大学公共管理专业", *_MASTER),
)
_REWARDS = (
    RewardFact(RewardKind.OTHER, "青萍镇先进工作者", "中共松涧县青萍镇委员会", "", months(2012, 7)),
    RewardFact(RewardKind.COMMENDATION, "防汛抢险嘉奖", "松涧县人民政府", "松政奖〔2020〕4号", months(2020, 9)),
)


def _grade(year: int) -> GradeFact:
    if year == 2007:
        return GradeFact(year, AssessmentGrade.NOT_GRADED)
    return GradeFact(year, AssessmentGrade.EXCELLENT if year in _EXCELLENT_YEARS else AssessmentGrade.COMPETENT)
