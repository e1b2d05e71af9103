"""A bureau to read and to reorganize, and how a page is read. For the tests of the unit pages."""

from dataclasses import dataclass
from datetime import date, datetime
from html.parser import HTMLParser
from uuid import uuid4

from django.test import Client

from quanheng.organization.choices import GroupRole, PostTier, UnitCategory
from quanheng.organization.models import LeadingGroup, Position, Unit
from quanheng.people.choices import HoldingKind, SourceKind
from quanheng.people.models import Cadre, PostHolding
from tests.conftest import Cast, make_cadre, make_unit

SINCE = date(2022, 1, 1)


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


@dataclass
class Bureau:
    """Unit A with one principal, two deputies, a seconded deputy and a quota of 1 + 3; a centre below it."""

    unit: Unit
    centre: Unit
    director: Position
    deputy: Position
    holdings: list[PostHolding]


def hold(cadre: Cadre, position: Position, at: datetime, kind: HoldingKind = HoldingKind.APPOINTMENT) -> PostHolding:
    return PostHolding.objects.create(
        cadre=cadre,
        position=position,
        unit=position.unit,
        unit_name=position.unit.name,
        title=position.title,
        kind=kind,
        document="示任〔2022〕8号",
        valid_from=SINCE,
        source=SourceKind.OFFICER,
        recorded_at=at,
        recorded_by=uuid4(),
    )


def position(unit: Unit, group: LeadingGroup, title: str, role: GroupRole, quota: int, order: int) -> Position:
    return Position.objects.create(
        unit=unit,
        leading_group=group,
        title=title,
        tier=PostTier.COUNTY_DEPUTY,
        group_role=role,
        quota=quota,
        order=order,
        valid_from=SINCE,
    )


def make_bureau(cast: Cast, at: datetime) -> Bureau:
    unit = cast.unit_a
    unit.versions.update(principal_quota=1, deputy_quota=3)
    centre = make_unit("QH0101", "示范中心", "0001.0001.0001.", unit, UnitCategory.INSTITUTION)
    group = LeadingGroup.objects.create(unit=unit, name="甲局领导班子", valid_from=SINCE)
    director = position(unit, group, "局长", GroupRole.PRINCIPAL, 1, 1)
    deputy = position(unit, group, "副局长", GroupRole.DEPUTY, 3, 2)
    others = [
        make_cadre(name, unit, at, unit_order=number) for number, name in enumerate(("韩若川", "方既白", "祁望舒"))
    ]
    holdings = [
        hold(cast.chen_file, director, at),
        hold(others[0], deputy, at),
        hold(others[1], deputy, at),
        hold(others[2], deputy, at, HoldingKind.SECONDMENT),
    ]
    return Bureau(unit, centre, director, deputy, holdings)


def words(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.content.decode()[:2000]
    return str(TextOf(response.content.decode()))
