"""Reorganizing from the page of a unit: what is done, and what is refused with its reason."""

from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.organization.choices import UnitCategory
from quanheng.organization.models import LeadingGroup, Position, Unit
from quanheng.people.models import Cadre, PostHolding
from tests.conftest import Cast, ClientOf, make_cadre, make_unit
from tests.web.desk.units import Bureau, TextOf, make_bureau, words

BASIS = {"effective_on": "2025-03-01", "document": "示编〔2025〕3号", "reason": "按机构改革方案办理的变动"}


@pytest.fixture
def bureau(cast: Cast, at: datetime) -> Bureau:
    return make_bureau(cast, at)


@pytest.fixture
def browse(client_of: ClientOf) -> ClientOf:
    return client_of


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> object:
    with time_machine.travel(at, tick=False):
        yield


def act(client: Client, unit: Unit, slug: str, **values: object) -> str:
    response = client.post(reverse("desk:unit-act", args=[unit.pk, slug]), BASIS | values, follow=True)
    assert response.status_code == 200
    return str(TextOf(response.content.decode()))


def test_renaming_by_the_page(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    client = browse(lin)
    form = words(client, reverse("desk:unit-act", args=[bureau.unit.pk, "rename"]))
    assert "从生效日期起改用新名称" in form
    page = act(client, bureau.unit, "rename", name="示范市丙局", short_name="")
    assert "已办：更名。已写入沿革和台账。" in page
    assert "2025-03-01 更名 名称：示范市甲局 → 示范市丙局 示编〔2025〕3号" in page
    early = words(client, reverse("desk:unit", args=[bureau.unit.pk]) + "?on=2025-02-28")
    assert "机构与班子 / 示范市 示范市甲局 未定级别 政府工作部门 QH01" in early


def test_quota_left_empty_is_not_known(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = act(browse(lin), bureau.unit, "quota", principal_quota="1", deputy_quota="")
    assert "副职职数：3 → 未核定" in page
    assert bureau.unit.versions.get(valid_to=None).deputy_quota is None


def test_establishing_positions_and_order(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    client = browse(lin)
    facts = {"code": "QH0102", "name": "示范所", "category": "institution", "level": "section", "kind": "legal_person"}
    assert "已办：设立下级单位。" in act(client, bureau.unit, "establish", **facts)
    new = Unit.objects.get(code="QH0102")
    assert new.path == "0001.0001.0002."
    assert "已办：排下级顺序。" in act(client, bureau.unit, "order", order="QH0102 示范所\nQH0101 示范中心\n")
    assert Unit.objects.get(code="QH0102").path == "0001.0001.0001."
    assert "每个下级单位要恰好出现一次，现有 2 个。" in act(client, bureau.unit, "order", order="QH0102")
    assert "不是下级单位的编码：QH02" in act(client, bureau.unit, "order", order="QH02")
    assert "已办：成立班子。" in act(client, new, "group", name="示范所班子", kind="whole")
    group = str(LeadingGroup.objects.get(unit=new).pk)
    facts = {"title": "所长", "tier": "staff", "leading_group": group, "group_role": "principal", "quota": "1"}
    assert "所长 正职 科员及以下 无人在任 1 1 终止" in act(client, new, "position", **facts)


def test_moving_and_merging_name_a_unit_by_code_name_or_not_at_all(
    bureau: Bureau, lin: Actor, browse: ClientOf
) -> None:
    client = browse(lin)
    other = make_unit("QH0103", "示范站", "0001.0001.0003.", bureau.unit, UnitCategory.INSTITUTION)
    assert "没有找到这个单位。是不是：示范站（QH0103）？" in act(client, bureau.centre, "move", target="shifanzhan")
    assert "没有找到这个单位，或它不在本账号的管理范围内。" in act(client, bureau.centre, "move", target="示范市乙局")
    assert "已办：划转。" in act(client, bureau.centre, "move", target="QH0103")
    assert Unit.objects.get(pk=bureau.centre.pk).path == f"{other.path}0001."
    page = act(client, bureau.centre, "merge", target="示范市甲局", effective_on="2025-04-01")
    assert "已办：并入。" in page
    assert "这个单位已于 2025-04-01 终止" in page
    assert "2025-04-01 并入 并入： 示范市甲局" in page
    successor = words(client, reverse("desk:unit", args=[bureau.unit.pk]))
    assert "2025-04-01 并入 并入本单位： 示范中心" in successor


def test_options_suggest_visible_units(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    response = browse(lin).get(reverse("desk:unit-options"), {"target": "sfzx"})
    assert response.content.decode().strip() == '<option value="QH0101">示范中心</option>'


def test_a_refusal_stands_in_the_panel_and_in_the_ledger(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = act(browse(lin), bureau.unit, "rename", name="示范市丙局", effective_on="2026-11-21")
    assert "还没有办成。 生效日期晚于今天（2026-11-20）" in page
    assert Unit.objects.get(pk=bureau.unit.pk).name == "示范市甲局"
    entry = Entry.objects.filter(stream="organization").order_by("-seq")[0]
    assert (entry.action, entry.is_refused) == ("organization.rename_unit", True)


def test_people_in_the_unit_stand_in_the_way(bureau: Bureau, lin: Actor, at: datetime, browse: ClientOf) -> None:
    client = browse(lin)
    make_cadre("顾明谦", bureau.centre, at)
    assert "还有现职干部的档案在这个单位。" in act(client, bureau.centre, "abolish")
    assert "那天起还有 1 个下级单位。" in act(client, bureau.unit, "abolish")
    Cadre.objects.filter(home_unit=bureau.centre).update(home_unit=bureau.unit)
    assert "已办：撤销单位。" in act(client, bureau.centre, "abolish")


def test_a_held_position_does_not_end(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    client, url = browse(lin), reverse("desk:unit-position-end", args=[bureau.unit.pk, bureau.director.pk])
    assert "岗位“局长”从生效日期起终止" in words(client, url)
    refused = client.post(url, BASIS, follow=True)
    assert "那天以后还有人担任这个职务。" in refused.content.decode()
    PostHolding.objects.filter(position=bureau.director).update(valid_to=date(2025, 3, 1))
    assert "已终止岗位“局长”。" in client.post(url, BASIS, follow=True).content.decode()
    assert Position.objects.get(pk=bureau.director.pk).valid_to == date(2025, 3, 1)
    assert client.get(reverse("desk:unit-position-end", args=[bureau.centre.pk, bureau.deputy.pk])).status_code == 404


@pytest.mark.parametrize("missing", ["effective_on", "document", "reason"])
def test_date_document_and_reason_are_required(bureau: Bureau, lin: Actor, browse: ClientOf, missing: str) -> None:
    values = {"name": "示范市丙局", missing: "短" if missing == "reason" else ""}
    page = act(browse(lin), bureau.unit, "rename", **values)
    assert "还没有保存。请改正下面几处" in page
    assert bureau.unit.versions.count() == 1


def test_who_may_not_act(bureau: Bureau, cast: Cast, wang: Actor, he: Actor, zhao: Actor, browse: ClientOf) -> None:
    url = reverse("desk:unit-act", args=[bureau.unit.pk, "rename"])
    statuses = [browse(actor).post(url, BASIS | {"name": "丙"}).status_code for actor in (wang, he, zhao)]
    assert statuses == [403, 403, 403]
    assert Unit.objects.get(pk=bureau.unit.pk).name == "示范市甲局"


def test_an_unknown_act_and_a_foreign_unit_are_404(bureau: Bureau, cast: Cast, lin: Actor, browse: ClientOf) -> None:
    client = browse(lin)
    assert client.get(reverse("desk:unit-act", args=[bureau.unit.pk, "explode"])).status_code == 404
    assert client.get(reverse("desk:unit-act", args=[cast.unit_b.pk, "rename"])).status_code == 404
