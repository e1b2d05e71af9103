"""The pages of units: what is read there, and what each figure rests on."""

import json
from datetime import datetime
from io import BytesIO
from uuid import uuid4

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.organization.choices import UnitCategory
from quanheng.organization.models import Unit
from quanheng.web.desk.unit_tree import TreeLinks, children, tree
from tests.conftest import Cast, ClientOf, make_unit
from tests.web.desk.units import Bureau, hold, make_bureau, words


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


def test_the_list_shows_the_quota_table_of_the_granted_subtree(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = words(browse(lin), reverse("desk:units"))
    assert "示范市甲局 4 3 0 1 1 1 0 0 3 2 0 1" in page
    assert "示范中心 未核定 0 — — 未核定 0 — — 未核定 0 — —" in page
    assert "合计 4 3 0 1 1 1 0 0 3 2 0 1" in page
    assert "其中 1 个单位未核定全部职数" in page
    assert "示范市乙局" not in page


def test_the_list_without_what_is_below(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = words(browse(lin), f"{reverse('desk:units')}?unit={bureau.unit.pk}&below=0")
    assert "共 1 个单位" in page
    assert "合计" not in page


def test_the_list_on_an_earlier_day(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = words(browse(lin), f"{reverse('desk:units')}?on=2021-06-30")
    assert "这是 2021-06-30 的状态，只读" in page
    assert "示范市甲局 4 0 0 4 1 0 0 1 3 0 0 3" in page


@pytest.mark.parametrize("query", ["on=2099-01-01", "on=gestern", "page=99", "page=-1", "below=7"])
def test_odd_parameters_are_harmless(bureau: Bureau, lin: Actor, browse: ClientOf, query: str) -> None:
    assert "示范市甲局 4 3" in words(browse(lin), f"{reverse('desk:units')}?{query}")


def test_another_scope_is_not_there(bureau: Bureau, cast: Cast, zhao: Actor, lin: Actor, browse: ClientOf) -> None:
    client = browse(zhao)
    urls = [
        reverse("desk:unit", args=[bureau.unit.pk]),
        reverse("desk:unit-evidence", args=[bureau.unit.pk, "total-filled"]),
        reverse("desk:unit-quotas", args=[bureau.unit.pk]),
        f"{reverse('desk:units')}?unit={bureau.unit.pk}",
        f"{reverse('desk:units')}?unit=nonsense",
        reverse("desk:unit", args=[uuid4()]),
    ]
    assert [client.get(url).status_code for url in urls] == [404] * 6
    assert browse(lin).get(reverse("desk:unit", args=[cast.city.pk])).status_code == 404  # above the grant
    assert client.get(reverse("desk:unit-children", args=[bureau.unit.pk])).status_code == 404
    assert client.get(f"{reverse('desk:unit-options')}?target=示范市甲局").content.strip() == b""


def test_the_unit_page_shows_who_is_in_the_group(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = words(browse(lin), reverse("desk:unit", args=[bureau.unit.pk]))
    assert "甲局领导班子" in page
    assert "局长 正职 县处级副职 陈知行 1 0 终止" in page
    assert "韩若川、方既白、祁望舒 挂职，不占职数 3 1 终止" in page.replace(" 、", "、").replace("、 ", "、")
    assert "2020-01-01 设立 登记开始时已有，设立文件未载" in page
    assert "正职职数 1 副职职数 3 内设机构领导职数 未核定" in page
    assert "办理机构变动" in page


def test_names_of_cadres_out_of_scope_are_withheld(
    bureau: Bureau, cast: Cast, lin: Actor, at: datetime, browse: ClientOf
) -> None:
    """The file of who comes from unit B lies outside Lin's grant: counted, not named."""
    hold(cast.zhou_file, bureau.deputy, at)
    client = browse(lin)
    page = words(client, reverse("desk:unit", args=[bureau.unit.pk]))
    assert "另有 1 人不在本账号权限内 3 0 终止" in page
    evidence = words(client, reverse("desk:unit-evidence", args=[bureau.unit.pk, "deputy-filled"]))
    assert "副职实配 3 名" in evidence
    assert "1 条记录不在本账号权限内，已计入结果。" in evidence
    assert "周望舒" not in page + evidence


def test_readers_without_the_role_see_no_acts(bureau: Bureau, he: Actor, browse: ClientOf) -> None:
    page = words(browse(he), reverse("desk:unit", args=[bureau.unit.pk]))
    assert "局长 正职 县处级副职 陈知行 1 0" in page
    assert "办理机构变动" not in page
    assert "终止" not in page


def test_an_earlier_day_of_the_unit_is_read_only(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = words(browse(lin), reverse("desk:unit", args=[bureau.unit.pk]) + "?on=2021-06-30")
    assert "这一天这个单位没有登记班子和岗位。" in page
    assert "办理机构变动" not in page
    before = words(browse(lin), reverse("desk:unit", args=[bureau.unit.pk]) + "?on=2019-06-30")
    assert "这一天这个单位还没有设立" in before


def test_evidence_of_a_shortage_names_quota_and_persons(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    page = words(browse(lin), reverse("desk:unit-evidence", args=[bureau.unit.pk, "deputy-short"]))
    assert "示范市甲局 · 副职缺配 1 名 应配 3，实配 2 按 2026-11-20 计" in page
    assert "核定正职 1、副职 3" in page
    assert "韩若川 · 副局长 2022-01-01 起 计入 示任〔2022〕8号" in page
    assert "祁望舒 · 副局长 2022-01-01 起 不计入 挂职不占领导职数" in page
    assert "陈知行" not in page
    assert "缺配 = 应配 − 实配，不足 0 的记 0。" in page


def test_a_person_counts_once(bureau: Bureau, cast: Cast, lin: Actor, at: datetime, browse: ClientOf) -> None:
    hold(cast.chen_file, bureau.deputy, at)
    page = words(browse(lin), reverse("desk:unit-evidence", args=[bureau.unit.pk, "total-filled"]))
    assert "示范市甲局 · 总数实配 3 名" in page
    assert "陈知行 · 局长 2022-01-01 起 计入" in page
    assert "陈知行 · 副局长 2022-01-01 起 不计入 这个人已经计过一次" in page


def test_evidence_of_a_sum_leads_to_the_units(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    client = browse(lin)
    url = reverse("desk:unit-evidence", args=[bureau.unit.pk, "total-short"])
    page = words(client, f"{url}?below=1")
    assert "示范市甲局及下级单位 · 总数缺配 1 名" in page
    assert "示范市甲局 1 计入" in page
    assert "示范中心 — 不计入 未核定" in page
    assert "1 个单位未核定，只计实配，不计应配和超缺。" in page


def test_evidence_is_a_drawer_for_htmx_and_a_page_without(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    client, url = browse(lin), reverse("desk:unit-evidence", args=[bureau.unit.pk, "total-over"])
    assert b"<html" in client.get(url).content
    assert b"<html" not in client.get(url, headers={"HX-Request": "true"}).content
    for wrong in ("total", "total-nothing", "staff-over"):
        assert client.get(reverse("desk:unit-evidence", args=[bureau.unit.pk, wrong])).status_code == 404


def test_export_holds_the_table(bureau: Bureau, lin: Actor, browse: ClientOf) -> None:
    bureau.centre.versions.update(name="=HYPERLINK(1)")
    Unit.objects.filter(pk=bureau.centre.pk).update(name="=HYPERLINK(1)")
    response = browse(lin).get(reverse("desk:unit-quotas", args=[bureau.unit.pk]))
    assert response.headers["Content-Disposition"] == 'attachment; filename="post-quotas-2026-11-20.xlsx"'
    sheet = openpyxl.load_workbook(BytesIO(response.content)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    assert rows[0] == ("示范市甲局", 4, 3, 0, 1, 1, 1, 0, 0, 3, 2, 0, 1)
    assert rows[1][:3] == ("=HYPERLINK(1)", "未核定", 0)
    assert sheet["A5"].data_type == "s"
    assert rows[2][0] == "合计"
    assert sheet["A1"].value == "示范市甲局领导职数配备表（2026-11-20）"
    entry = Entry.objects.get(action="organization.export_quotas")
    assert (entry.object_key, entry.actor) == (f"organization.unit:{bureau.unit.pk}", lin.key)
    assert (entry.purpose, entry.cadre) == ("management", None)
    assert json.loads(entry.detail.detail) == {"kind": "xlsx", "units": 2, "as_of": "2026-11-20"}
    text = words(browse(lin), reverse("desk:ledger-entry", args=[entry.pk]))
    assert "导出职数配备表" in text
    assert "单位数 2" in text
    assert "截至日期 2026-11-20" in text


def test_an_account_without_a_grant_is_told_so(cast: Cast, wang: Actor, at: datetime, browse: ClientOf) -> None:
    cast.accounts["wang"].grants.update(revoked_at=at)
    assert "这个账号现在没有可看的单位。" in words(browse(wang), reverse("desk:units"))


def test_the_tree_adds_up_and_opens_the_way(bureau: Bureau, cast: Cast, lin: Actor) -> None:
    counts = {bureau.unit.pk: 4, bureau.centre.pk: 2}
    links = TreeLinks(page=lambda key: f"/u/{key}", children=lambda key: f"/c/{key}")
    [root] = tree(lin, bureau.centre.pk, counts, links)
    assert (root.name, root.count, root.url, root.is_open) == ("示范市", 6, "", True)
    [node] = root.children
    assert (node.name, node.count, node.url, node.is_open) == ("示范市甲局", 6, f"/u/{bureau.unit.pk}", True)
    assert (node.children[0].is_current, node.children[0].words) == (True, "sfzx shifanzhongxin")


def test_a_large_tree_fetches_closed_branches(
    bureau: Bureau, lin: Actor, browse: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = make_unit("QH010101", "示范组", "0001.0001.0001.0001.", bureau.centre, UnitCategory.INSTITUTION)
    monkeypatch.setattr("quanheng.web.desk.unit_tree.WHOLE", 2)
    links = TreeLinks(page=str, children=lambda key: f"/c/{key}")
    [root] = tree(lin, bureau.unit.pk, {below.pk: 1}, links)
    [centre] = root.children[0].children
    assert (centre.children, centre.children_url, centre.count) == ((), f"/c/{bureau.centre.pk}", 1)
    nodes, depth = children(lin, bureau.centre.pk, {below.pk: 1}, links)
    assert ([node.name for node in nodes], depth) == (["示范组"], 4)
    page = browse(lin).get(reverse("desk:unit-children", args=[bureau.centre.pk]) + "?to=units").content.decode()
    assert f'href="/desk/units/?unit={below.pk}"' in page
    assert 'class="node d4"' in page


@pytest.mark.parametrize(("name", "most"), [("desk:units", 16), ("desk:unit", 30)])
def test_queries_do_not_grow_with_the_units(bureau: Bureau, lin: Actor, browse: ClientOf, name: str, most: int) -> None:
    client = browse(lin)
    url = reverse(name, args=[bureau.unit.pk] if name == "desk:unit" else [])
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(url)
    for number in range(30):
        make_unit(f"X{number}", f"科{number}", f"0001.0001.1{number:03}.", bureau.unit, UnitCategory.GOVERNMENT)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)
    assert len(many) <= most
