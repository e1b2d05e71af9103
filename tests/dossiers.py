"""A dossier to read and to change: the records of 陈知行, and the words of a page. No test in here."""

from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any, TypeVar
from uuid import UUID

from django.test import Client

from quanheng.formats import identity
from quanheng.organization.choices import PostTier, Rank
from quanheng.people.choices import AssessmentGrade, EducationKind, ResumeSetting, RewardKind, SourceKind
from quanheng.people.models import (
    AnnualGrade,
    Cadre,
    Education,
    FamilyMember,
    FieldSource,
    PostHolding,
    RankHolding,
    ResumeEntry,
    Reward,
)
from quanheng.people.models.records import DossierRecord

Record = TypeVar("Record", bound=DossierRecord)
REGISTRAR = UUID("00000000-0000-7000-8000-000000000001")  # an account of the system that was here before
NUMBER = identity.complete("00010119800501001")  # of nobody: there is no province 00


class TextOf(HTMLParser):
    """The words of a page, blanks collapsed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.parts += data.split()

    def __str__(self) -> str:
        return " ".join(self.parts)


def words(client: Client, url: str, status: int = 200, **headers: str) -> str:
    response = client.get(url, headers=headers)
    assert response.status_code == status, response.content.decode()[:2000]
    return str(TextOf(response.content.decode()))


def add(model: type[Record], cadre: Cadre, at: datetime, **values: Any) -> Record:
    given = {"source": SourceKind.REGISTER, "recorded_at": at, "recorded_by": REGISTRAR}
    record: Record = model._default_manager.create(cadre=cadre, **(given | values))
    return record


def give_source(cadre: Cadre, field: str, raw: str, at: datetime, **values: Any) -> FieldSource:
    given = {"source": SourceKind.REGISTER, "recorded_at": at, "recorded_by": REGISTRAR, "raw": raw}
    return FieldSource.objects.create(cadre=cadre, field=field, **(given | values))


def fill(cadre: Cadre, at: datetime) -> Cadre:
    """A career of one study, two stretches, two posts, two ranks, two grades, a reward, a wife."""
    cadre.sex, cadre.ethnicity, cadre.native_place = "male", "01", "示范松涧"
    cadre.work_start_month, cadre.party_joined_month = date(2003, 7, 1), date(2006, 12, 1)
    cadre.political_affiliation, cadre.identity_number = "01", NUMBER
    cadre.save()
    give_source(cadre, "birth", "198005", at, source_field="出生证明")
    add(
        Education,
        cadre,
        at,
        kind=EducationKind.FULL_TIME,
        level_code="21",
        level_name="大学",
        valid_from=date(1999, 9, 1),
        valid_to=date(2003, 7, 1),
        school="示范大学历史学系",
    )
    town = add(
        ResumeEntry,
        cadre,
        at,
        order=1,
        text="示范市甲镇科员",
        setting=ResumeSetting.GRASSROOTS,
        valid_from=date(2003, 7, 1),
        valid_to=date(2010, 3, 1),
        source_field="录用审批表",
        verified_on=date(2026, 5, 9),
        verified_by=REGISTRAR,
        verified_by_name="何静",
    )
    add(
        ResumeEntry,
        cadre,
        at,
        order=1,
        inside=town,
        text="示范市乙局跟班学习",
        setting=ResumeSetting.CITY,
        valid_from=date(2008, 1, 1),
        valid_to=date(2008, 7, 1),
    )
    add(
        ResumeEntry,
        cadre,
        at,
        order=2,
        text="示范市甲局副局长、局长",
        setting=ResumeSetting.CITY,
        valid_from=date(2010, 3, 1),
    )
    unit = cadre.home_unit
    add(
        PostHolding,
        cadre,
        at,
        unit=unit,
        unit_name=unit.name,
        title="副局长",
        tier=PostTier.COUNTY_DEPUTY,
        valid_from=date(2010, 3, 1),
        valid_to=date(2022, 4, 1),
        document="示任〔2010〕3号",
    )
    add(
        PostHolding,
        cadre,
        at,
        unit=unit,
        unit_name=unit.name,
        title="局长",
        tier=PostTier.COUNTY_PRINCIPAL,
        valid_from=date(2022, 4, 1),
        document="示任〔2022〕8号",
    )
    add(RankHolding, cadre, at, rank=Rank.COUNSEL_4, valid_from=date(2019, 6, 1), valid_to=date(2023, 6, 1))
    add(RankHolding, cadre, at, rank=Rank.COUNSEL_3, valid_from=date(2023, 6, 1))
    add(AnnualGrade, cadre, at, year=2025, grade=AssessmentGrade.EXCELLENT)
    add(AnnualGrade, cadre, at, year=2023, grade=AssessmentGrade.COMPETENT)
    add(Reward, cadre, at, kind=RewardKind.COMMENDATION, name="防汛抢险嘉奖", valid_from=date(2020, 9, 1))
    add(
        FamilyMember,
        cadre,
        at,
        order=1,
        relation="妻子",
        relation_code="13",
        name="云之遥",
        birth="198106",
        work="示范市丙局科员",
    )
    return cadre
