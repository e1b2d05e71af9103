"""我的档案 and 谁看过: the cadre reads the own file and who has read it, and changes nothing."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.actions import record_opening
from quanheng.ledger.models import Entry
from quanheng.papers.actions import build_file
from quanheng.people import actions
from quanheng.people.models import Cadre, Photo, PostHolding, TrainingRecord
from tests.conftest import Cast, ClientOf
from tests.dossiers import NUMBER, add, fill, words
from tests.formats.samples import jpeg

PAGE, READINGS, AGE = "/mine/dossier/", "/mine/readings/", "/mine/evidence/age/"


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at - timedelta(days=100))


def evidence(kind: str, query: str = "") -> str:
    return reverse("mine:evidence", args=[kind]) + (f"?{query}" if query else "")


def test_the_own_file_in_the_order_of_the_form(chen_file: Cadre, chen: Actor, client_of: ClientOf) -> None:
    text = words(client_of(chen), PAGE)
    assert "陈知行 示范市甲局局长 年龄 46 岁 6 个月" in text
    assert "这里是系统里关于您的档案内容" in text
    assert "出生年月 1980.05 出生证明" in text
    parts = ["学历学位", "任职", "职级", "简历", "奖励", "年度考核", "家庭成员及社会关系", "培训"]
    heads = [text.index(f" {part} ") for part in parts[:1]] + [text.index(part) for part in parts[1:]]
    assert heads[0] < heads[3] < heads[4] < heads[6]
    assert "妻子 云之遥 1981.06 示范市丙局科员" in text
    for absent in ("更正这条", "补录", "任免审批表 PDF", "撤回"):
        assert absent not in text


def test_opening_the_own_file_is_logged_as_such(chen_file: Cadre, chen: Actor, client_of: ClientOf) -> None:
    client = client_of(chen)
    client.get(PAGE)
    client.get(evidence("age"))  # within the opening
    rows = Entry.objects.order_by("pk").values_list("action", "purpose", "actor", "cadre")
    assert list(rows) == [("ledger.open_dossier", "subject_access", chen.key, chen_file.pk)]


def test_evidence_alone_is_an_opening(chen_file: Cadre, chen: Actor, client_of: ClientOf) -> None:
    client_of(chen).get(evidence("age"), headers={"HX-Request": "true"})
    assert list(Entry.objects.values_list("purpose", flat=True)) == ["subject_access"]


def test_evidence_in_the_words_of_the_subject(chen_file: Cadre, chen: Actor, client_of: ClientOf) -> None:
    client = client_of(chen)
    text = words(client, evidence("tier"))
    assert "依据 您的档案" in text
    assert "职务层次 县处级正职 4 年 7 个月 2022.04 起" in text
    assert "示范市甲局局长 2022.04– 计入 示任〔2022〕8号" in text
    assert "本次查阅用途 本人查阅" in text
    assert "您认为有误时，请带上证明材料，向档案所在单位的人事部门提出更正。" in text
    assert "/desk/" not in client.get(evidence("tier")).content.decode()
    drawer = client.get(evidence("field-birth"), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in drawer


def test_the_identity_number_is_masked_everywhere(chen_file: Cadre, chen: Actor, client_of: ClientOf) -> None:
    client = client_of(chen)
    for url in (PAGE, evidence("field-identity-number"), READINGS):
        assert NUMBER not in client.get(url).content.decode()


def test_records_of_others_are_not_there(
    chen_file: Cadre, cast: Cast, chen: Actor, client_of: ClientOf, at: datetime
) -> None:
    foreign = add(PostHolding, cast.zhou_file, at, unit_name="乙局", title="局长", valid_from=date(2020, 1, 1))
    own = PostHolding.objects.get(cadre=chen_file, title="局长")
    client = client_of(chen)
    assert client.get(evidence("record-post", f"record={own.pk}")).status_code == 200
    for record in (foreign.pk, uuid4(), "nonsense", ""):
        assert client.get(evidence("record-post", f"record={record}")).status_code == 404
    assert client.get(evidence("nonsense")).status_code == 404


def test_who_has_read_it_by_name_office_purpose_and_time(
    chen_file: Cadre, chen: Actor, lin: Actor, he: Actor, client_of: ClientOf, at: datetime
) -> None:
    record_opening(actor=lin, cadre=chen_file.pk, purpose=Purpose.SELECTION, at=at - timedelta(hours=2))
    record_opening(actor=he, cadre=chen_file.pk, purpose=Purpose.SUPERVISION, at=at - timedelta(hours=1))
    actions.record_export(actor=lin, cadres=[chen_file.pk], kind="pdf", at=at)
    actions.record_export(actor=lin, cadres=[chen_file.pk], kind="xlsx", at=at)
    client = client_of(chen)
    assert client.get(reverse("mine:dossier")).status_code == 200
    text = words(client, READINGS)
    assert "2026-11-20 06:00 林疏桐 · 干部一科 查阅档案 选拔任用" in text
    assert "2026-11-20 08:00 林疏桐 · 干部一科 打印任免审批表 pdf 日常管理" in text
    assert "林疏桐 · 干部一科 导出档案内容 xlsx" in text
    assert "陈知行 查阅档案 本人查阅" in text
    assert "何静" not in text
    assert "纪检监督的查阅按规定不在此列出。" in text


def test_changes_and_files_of_others_are_no_readings(
    chen_file: Cadre, cast: Cast, chen: Actor, lin: Actor, zhao: Actor, client_of: ClientOf, at: datetime
) -> None:
    record_opening(actor=zhao, cadre=cast.zhou_file.pk, purpose=Purpose.MANAGEMENT, at=at)
    actions.change_field(
        actor=lin, cadre=chen_file.pk, field="birth", raw="198106", reason="按档案审核意见改正录入", at=at
    )
    assert "还没有人打开、打印或导出过您的档案。" in words(client_of(chen), READINGS)


def test_a_longer_list_goes_on(chen_file: Cadre, chen: Actor, lin: Actor, client_of: ClientOf, at: datetime) -> None:
    for minute in range(51):
        moment = at - timedelta(minutes=60 - minute)
        record_opening(actor=lin, cadre=chen_file.pk, purpose=Purpose.MANAGEMENT, at=moment)
    client = client_of(chen)
    first = client.get(READINGS).content.decode()
    assert first.count("查阅档案") == 50
    oldest = Entry.objects.order_by("-pk")[49].pk
    assert f"?before={oldest}" in first
    assert client.get(f"{READINGS}?before={oldest}").content.decode().count("查阅档案") == 1


def test_the_photo_is_the_own_one(chen_file: Cadre, chen: Actor, client_of: ClientOf, at: datetime) -> None:
    client, url = client_of(chen), reverse("mine:dossier-photo")
    assert client.get(url).status_code == 404
    file = build_file(content=jpeg(), media_type="image/jpeg", name="", at=at)
    file.save()
    add(Photo, chen_file, at, file=file, width=3, height=4)
    assert client.get(url).content == jpeg()


@pytest.mark.parametrize("url", [PAGE, READINGS, AGE])
def test_nobody_else_has_these_pages(
    url: str, chen_file: Cadre, lin: Actor, wang: Actor, qian: Actor, outsider: Actor, client_of: ClientOf
) -> None:
    assert [client_of(actor).get(url).status_code for actor in (lin, wang, qian, outsider)] == [404] * 4
    assert Entry.objects.count() == 0


def test_a_cadre_without_a_file_finds_nothing(chen_file: Cadre, cast: Cast, chen: Actor, client_of: ClientOf) -> None:
    account = cast.accounts["chen"]
    account.cadre_key = None
    account.save()
    assert client_of(chen).get(PAGE).status_code == 404


def test_the_number_of_queries_does_not_grow(chen_file: Cadre, chen: Actor, client_of: ClientOf, at: datetime) -> None:
    client = client_of(chen)
    client.get(PAGE)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    few = count()
    for number in range(10):
        add(TrainingRecord, chen_file, at, name=f"第{number}期", valid_from=date(2021, 1, 1 + number))
        add(PostHolding, chen_file, at, unit_name="丁局", title="科员", valid_from=date(2000, 1, 1 + number))
    assert count() == few
