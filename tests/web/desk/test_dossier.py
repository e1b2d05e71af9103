"""The dossier on the desk: what it shows today and on an earlier day, to whom, for what, and what the ledger keeps."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.accounts.choices import ManagementCategory
from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.models import Entry
from quanheng.papers.actions import build_file
from quanheng.people.choices import KinTieState, VerificationItem, VerificationResult
from quanheng.people.models import Cadre, KinTie, Photo, PostHolding, TrainingRecord, Verification
from tests.conftest import Cast, ClientOf, make_cadre, make_grant
from tests.dossiers import NUMBER, REGISTRAR, TextOf, add, fill, give_source, words
from tests.formats.samples import jpeg


@pytest.fixture(autouse=True)
def _clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at - timedelta(days=100))


@pytest.fixture
def page(chen_file: Cadre) -> str:
    return reverse("desk:dossier", args=[chen_file.pk])


def openings() -> list[tuple[str, str, bool]]:
    rows = Entry.objects.filter(action="ledger.open_dossier").order_by("pk")
    return [(str(row.actor), row.purpose, row.is_refused) for row in rows]


def test_the_overview_is_one_person_in_words(page: str, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), page)
    assert "陈知行 男 汉族 示范市甲局局长 信息归属 示范市甲局" in text
    assert "年龄 46 岁 6 个月 职务层次 县处级正职 4 年 7 个月 任现职 4 年 7 个月" in text
    assert "职级 三级调研员 3 年 5 个月 工龄 23 年 4 个月 基层经历 6 年 8 个月" in text
    assert "入党 2006.12 最高学历 大学 考核 2025–2023 优 — 称" in text
    assert (
        "概览 简历 2 任职与职级 4 学历学位 1 家庭与社会关系 1 奖惩 1 考核 2 培训与专长 资格 表内其他文字 查阅记录 1"
        in text
    )
    assert (
        "2003.07–2010.03 示范市甲镇科员 （ 2008.01–2008.07 示范市乙局跟班学习 ） 更正 基层 录用审批表 已核 更正" in text
    )
    assert "2 段，年月衔接无空档" in text


def test_every_figure_of_the_header_leads_to_its_evidence(
    page: str, chen_file: Cadre, lin: Actor, client_of: ClientOf
) -> None:
    html = client_of(lin).get(page).content.decode()
    strip = html[html.index('class="fact-strip"') : html.index("</dl>")]
    links = re.findall(r'class="ev" href="([^"]+)"', strip)
    kinds = ["age", "tier", "tenure", "rank", "work_years", "grassroots", "party", "education", "grades"]
    assert links == [reverse("desk:evidence", args=[kind, chen_file.pk]) for kind in kinds]


def test_the_page_as_on_an_earlier_day_is_recomputed_and_read_only(page: str, lin: Actor, client_of: ClientOf) -> None:
    text = words(client_of(lin), f"{page}?on=2021-06-30")
    assert "这是 2021-06-30 的状态，只读" in text
    assert "年龄 41 岁 1 个月 职务层次 县处级副职 11 年 3 个月 任现职 11 年 3 个月" in text
    assert "职级 四级调研员 2 年" in text
    assert "考核 2020–2018 — — —" in text
    for absent in ("更正", "补录", "任免审批表 PDF", "核对出生时间"):
        assert absent not in text
    before = words(client_of(lin), f"{page}?on=2003-06-30&tab=posts")
    assert "没有在任的职务记录" in before
    assert "这一项还没有记录。" in before


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("resume", "2010.03– 示范市甲局副局长、局长 市级机关 原登记系统 — 更正"),
        ("posts", "2022.04– 示范市甲局局长 县处级正职 任职 示任〔2022〕8号 原登记系统"),
        ("posts", "2019.06–2023.06 四级调研员"),
        ("education", "1999.09–2003.07 全日制教育 大学 示范大学历史学系"),
        ("family", "妻子 云之遥 1981.06 示范市丙局科员"),
        ("rewards", "2020-09-01 防汛抢险嘉奖 嘉奖"),
        ("grades", "2025 优秀"),
        ("training", "这一项还没有记录。"),
        ("forms", "出生年月 1980.05 出生证明"),
        ("readings", "2026-11-20 08:00 林疏桐 · 干部一科 查阅档案 日常管理"),
        ("nonsense", "三龄二历一身份"),
    ],
)
def test_each_tab_shows_its_records(page: str, lin: Actor, client_of: ClientOf, tab: str, expected: str) -> None:
    assert expected in words(client_of(lin), f"{page}?tab={tab}")


def test_the_six_items_stand_with_materials_and_state(
    page: str, chen_file: Cadre, lin: Actor, client_of: ClientOf
) -> None:
    for item, result in (
        (VerificationItem.BIRTH, VerificationResult.VERIFIED),
        (VerificationItem.CADRE_STATUS, VerificationResult.MISSING),
    ):
        Verification.objects.create(
            cadre=chen_file,
            item=item,
            result=result,
            materials=f"{item.label}的材料",
            verified_on=date(2026, 5, 9),
            verified_by=REGISTRAR,
            verified_by_name="何静",
        )
    text = words(client_of(lin), page)
    assert "三龄二历一身份 核对 1 / 6 · 何静 2026-05-09" in text
    assert "出生时间 1980.05 出生时间的材料 已核 重新核对" in text
    assert "工作经历 2 段 23 年 4 个月 未核 核对" in text
    assert "干部身份 公务员 干部身份的材料 缺材料 重新核对" in text


def test_the_identity_number_is_masked_until_asked_for_and_asking_is_logged(
    page: str, lin: Actor, client_of: ClientOf
) -> None:
    client = client_of(lin)
    masked = client.get(page).content.decode()
    assert NUMBER not in masked
    assert f"{NUMBER[:4]}**********{NUMBER[-4:]}" in masked
    assert NUMBER in client.get(f"{page}?reveal=identity").content.decode()
    assert openings() == [(str(lin.key), "management", False)] * 2
    for tab in ("forms", "family", "readings"):
        assert NUMBER not in client.get(f"{page}?tab={tab}").content.decode()


def test_a_value_that_cannot_be_read_stands_as_it_was_written(
    page: str, chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    chen_file.ethnicity = "汗族"
    chen_file.save()
    give_source(chen_file, "ethnicity", "汗族", at, is_flagged=True)
    assert "民族 汗族 待核" in words(client_of(lin), page)


def test_each_full_page_is_an_opening_and_a_swap_is_part_of_it(page: str, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    client.get(page, headers={"HX-Request": "true"})  # without a page before it: an opening of its own
    client.get(page)
    client.get(f"{page}?tab=family")
    client.get(page, headers={"HX-Request": "true"})
    assert openings() == [(str(lin.key), "management", False)] * 3
    entry = Entry.objects.order_by("pk")[0]
    assert entry.object_key == f"people.cadre:{entry.cadre}"
    assert (entry.stream[:5], entry.detail_hash) == ("read.", entry.detail_hash)


def test_the_purpose_is_a_choice_of_what_the_grants_serve(page: str, lin: Actor, client_of: ClientOf) -> None:
    client = client_of(lin)
    text = words(client, f"{page}?purpose=selection")
    assert "用途 日常管理 选拔任用 考核" in text
    assert "更正" not in text  # changing is management
    assert openings() == [(str(lin.key), "selection", False)]
    assert f"{page}?purpose=selection&amp;tab=family" in client.get(f"{page}?purpose=selection").content.decode()
    for nonsense in ("subject_access", "nonsense"):
        assert client.get(f"{page}?purpose={nonsense}").status_code == 404


def test_a_purpose_that_is_not_granted_is_named_with_those_that_are(
    page: str, chen_file: Cadre, lin: Actor, client_of: ClientOf
) -> None:
    response = client_of(lin).get(f"{page}?purpose=supervision")
    text = str(TextOf(response.content.decode()))
    assert response.status_code == 403
    assert "这个账号的授权不含“监督”这一用途。" in text
    assert "考核 、 日常管理 、 选拔任用" in text
    assert chen_file.name not in text
    assert openings() == [(str(lin.key), "", True)]
    assert (
        Entry.objects.get().detail.detail
        == '{"facts":{"granted":["assessment","management","selection"]},"refused":"purpose-not-granted"}'
    )


def test_the_supervisor_opens_for_supervision_and_officers_are_not_told(
    page: str, he: Actor, lin: Actor, client_of: ClientOf
) -> None:
    text = words(client_of(he), page)
    assert openings() == [(str(he.key), "supervision", False)]
    assert "更正" not in text
    readings = words(client_of(lin), f"{page}?tab=readings")
    assert "何静" not in readings
    assert "查阅记录 1" in readings


def test_a_file_out_of_scope_answers_as_one_that_does_not_exist(
    page: str, chen_file: Cadre, zhao: Actor, client_of: ClientOf
) -> None:
    client = client_of(zhao)
    names = [
        ("desk:dossier", []),
        ("desk:dossier-photo", []),
        ("desk:dossier-form", ["pdf"]),
        ("desk:dossier-field", ["birth"]),
    ]
    for name, more in names:
        foreign = client.get(reverse(name, args=[chen_file.pk, *more]))
        absent = client.get(reverse(name, args=[uuid4(), *more]))
        assert (foreign.status_code, absent.status_code) == (404, 404)
        assert len(foreign.content) == len(absent.content)
    assert Entry.objects.count() == 0


def test_own_and_kin_files_are_closed_to_the_officer(
    page: str, chen_file: Cadre, cast: Cast, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    own = make_cadre("林疏桐", cast.unit_a, at)
    account = cast.accounts["lin"]
    account.cadre_key = own.pk
    account.save()
    KinTie.objects.create(cadre=own, kin=chen_file, relation="12", state=KinTieState.CONFIRMED, proposed_at=at)
    client = client_of(lin)
    for pk in (own.pk, chen_file.pk):
        assert "按回避规定不经手" in words(client, reverse("desk:dossier", args=[pk]), 403)
    assert openings() == [(str(lin.key), "", True)] * 2


def test_administrators_never_come_to_a_dossier(
    page: str, wu: Actor, xu: Actor, qian: Actor, chen: Actor, client_of: ClientOf
) -> None:
    assert [client_of(actor).get(page).status_code for actor in (wu, xu, qian, chen)] == [404] * 4


def test_a_leader_reads_without_a_way_to_change(page: str, wang: Actor, client_of: ClientOf) -> None:
    text = words(client_of(wang), page)
    assert "陈知行" in text
    for absent in ("更正", "补录", "更多"):
        assert absent not in text


def test_neighbours_follow_the_official_order_within_the_visible_set(
    page: str, cast: Cast, chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    before = make_cadre("安行远", cast.unit_a, at, unit_order=1)
    Cadre.objects.filter(pk=chen_file.pk).update(unit_order=2)
    after = make_cadre("方既白", cast.unit_a, at, unit_order=3)
    make_cadre("隐不见", cast.unit_a, at, unit_order=4)
    grant = cast.accounts["lin"].grants.get()
    grant.categories = [ManagementCategory.CITY.value]
    grant.save()
    Cadre.objects.filter(name="隐不见").update(management_category=ManagementCategory.CENTRAL)
    client = client_of(lin)
    html = client.get(f"{page}?on=2020-01-01").content.decode()
    ahead, behind = (reverse("desk:dossier", args=[one.pk]) for one in (before, after))
    assert f'href="{ahead}?on=2020-01-01" data-previous-person' in html
    assert f'href="{behind}?on=2020-01-01" data-next-person' in html
    assert "data-next-person" not in client.get(behind).content.decode()


def test_kin_is_proposed_only_between_visible_files(
    page: str, cast: Cast, chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    wife = make_cadre("云之遥", cast.unit_a, at)
    KinTie.objects.create(cadre=chen_file, kin=wife, relation="13", proposed_at=at)
    KinTie.objects.create(cadre=chen_file, kin=cast.zhou_file, relation="30", proposed_at=at)
    text = words(client_of(lin), page)
    assert "妻子 云之遥 示范市甲局 待确认 姓名和出生年月相同，可能是同一人 确认或排除" in text
    assert "周望舒" not in text


def test_the_photo_is_served_to_this_browser_only(
    page: str, chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime
) -> None:
    client, url = client_of(lin), reverse("desk:dossier-photo", args=[chen_file.pk])
    assert client.get(url).status_code == 404
    assert "无照片" in words(client, page)
    file = build_file(content=jpeg(), media_type="image/jpeg", name="", at=at)
    file.save()
    add(Photo, chen_file, at, file=file, width=3, height=4)
    response = client.get(url)
    assert (response.content, response["Content-Type"]) == (jpeg(), "image/jpeg")
    assert response["Cache-Control"].startswith("private")
    assert "陈知行的照片" in client.get(page).content.decode()


@pytest.mark.parametrize("kind", ["pdf", "docx", "lrmx"])
def test_the_form_is_printed_and_the_printing_logged(
    chen_file: Cadre, lin: Actor, client_of: ClientOf, kind: str
) -> None:
    response = client_of(lin).get(reverse("desk:dossier-form", args=[chen_file.pk, kind]) + "?purpose=selection")
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E9%99%88%E7%9F%A5%E8%A1%8C")
    assert response["Content-Disposition"].endswith(f".{kind}")
    assert response["Cache-Control"] == "no-store"
    start = {"pdf": b"%PDF", "docx": b"PK", "lrmx": b"<?xml"}[kind]
    assert response.content.lstrip(b"\xef\xbb\xbf").startswith(start)
    entry = Entry.objects.get()
    assert entry.action == ("people.export" if kind == "lrmx" else "people.print_form")
    assert (entry.cadre, entry.actor, entry.purpose) == (chen_file.pk, lin.key, "selection")


def test_a_character_without_a_font_is_said_before_printing(chen_file: Cadre, lin: Actor, client_of: ClientOf) -> None:
    Cadre.objects.filter(pk=chen_file.pk).update(native_place="\U000fffff地")
    client, url = client_of(lin), reverse("desk:dossier-form", args=[chen_file.pk, "pdf"])
    text = words(client, url)
    assert "籍贯 \U000fffff U+FFFFF" in text
    assert Entry.objects.count() == 0
    assert client.get(f"{url}?purpose=management&anyway=1").content.startswith(b"%PDF")
    assert client.get(reverse("desk:dossier-form", args=[chen_file.pk, "exe"])).status_code == 404


def counted(client: Client, url: str) -> tuple[int, int]:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url)
    assert response.status_code == 200
    return len(queries), len(response.content)


@pytest.mark.parametrize(
    "tab", ["overview", "resume", "posts", "education", "family", "rewards", "grades", "training", "forms", "readings"]
)
def test_the_number_of_queries_does_not_grow(
    page: str, cast: Cast, chen_file: Cadre, lin: Actor, client_of: ClientOf, at: datetime, tab: str
) -> None:
    client = client_of(lin)
    client.get(page)  # the session is written once
    add(TrainingRecord, chen_file, at, name="任职培训班", valid_from=date(2020, 1, 1))
    few, _size = counted(client, f"{page}?tab={tab}")
    for number in range(20):
        make_cadre(f"同事{number}", cast.unit_a, at)
        add(PostHolding, chen_file, at, unit_name="丁局", title="科员", valid_from=date(2000, 1, 1 + number))
        add(TrainingRecord, chen_file, at, name=f"第{number}期", valid_from=date(2021, 1, 1 + number))
        give_source(chen_file, f"field{number}", "", at)
    many, size = counted(client, f"{page}?tab={tab}")
    assert many == few <= 20
    assert size < 200_000


def test_a_second_grant_adds_its_purposes(page: str, cast: Cast, lin: Actor, client_of: ClientOf, at: datetime) -> None:
    make_grant(cast.accounts["lin"], cast.city, [Purpose.SUPERVISION.value], at)
    assert "用途 日常管理 选拔任用 考核 监督" in words(client_of(lin), page)
