"""今日: what an officer finds in the morning, and that the day of unit B says nothing of unit A."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch
from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.actions import Draft, record_many, record_opening
from quanheng.ledger.models import Entry
from quanheng.people import actions
from quanheng.people.choices import VerificationItem, VerificationResult
from quanheng.people.models import Cadre
from quanheng.people.queries_due import DueKind
from quanheng.people.undo import undo_change
from quanheng.web.desk.today_parts import KINDS, when
from tests.conftest import Cast, ClientOf, make_cadre
from tests.people.test_queries_due import REASON, flag, tie, verify
from tests.web.desk.units import TextOf

pytestmark = pytest.mark.django_db


def body(client_of: ClientOf, actor: Actor, at: datetime, url: str = "") -> str:
    with time_machine.travel(at, tick=False):
        response = client_of(actor).get(url or reverse("desk:today"))
    assert response.status_code == 200
    return response.content.decode()


def text(client_of: ClientOf, actor: Actor, at: datetime, url: str = "") -> str:
    return str(TextOf(body(client_of, actor, at, url)))


def batch(cast: Cast, actor: Actor, at: datetime, state: ImportState, **values: object) -> ImportBatch:
    return ImportBatch.objects.create(
        number=str(values.pop("number", "2026-11-20-001")),
        account_key=actor.key,
        account_name=actor.name,
        state=state,
        unit=cast.unit_a,
        management_category="city",
        created_at=at,
        total=3,
        **values,
    )


def test_an_empty_day_says_so_with_a_next_step(client_of: ClientOf, lin: Actor, at: datetime) -> None:
    page = body(client_of, lin, at)
    words = str(TextOf(page))
    assert "今日 11 月 20 日，星期五" in words
    assert "今天没有等着办的事。 看人员名册" in words
    assert "近 14 天没有变动。 看台账" in words
    assert "还没有打开过档案。" in words
    assert f'href="{reverse("desk:people")}"' in page


def test_an_account_without_a_grant_learns_who_gives_one(client_of: ClientOf, cast: Cast, at: datetime) -> None:
    cast.accounts["lin"].grants.update(revoked_at=at)
    lin = Actor(cast.accounts["lin"].pk, "林疏桐", frozenset())
    assert "授权由安全管理员登记" in text(client_of, lin, at)


def test_what_waits_is_named_with_its_person_and_leads_there(
    client_of: ClientOf, cast: Cast, lin: Actor, at: datetime
) -> None:
    verify(lin, cast.chen_file, VerificationResult.INCONSISTENT, at)
    flag(cast.chen_file, at)
    tie(cast.chen_file, make_cadre("某亲属", cast.unit_a, at), at)
    page = body(client_of, lin, at)
    words = str(TextOf(page))
    assert "亲属 1 人的亲属可能也在册，待确认 陈知行 姓名与出生年月相同；确认后双方回避 去确认" in words
    assert "档案核对 1 人两处不一，待认定 陈知行 三龄二历一身份 去认定" in words
    assert "档案项目 1 人有读不出的项目，待更正 陈知行 导入时保留了原文 去更正" in words
    assert "某亲属" not in words  # only whose file is to be opened
    assert f'<a href="{reverse("desk:dossier", args=[cast.chen_file.pk])}" data-open>去认定</a>' in page


def test_zhao_never_reads_of_unit_a(client_of: ClientOf, cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    """Everything that 今日 can show happened in unit A; the page of unit B is empty and names nobody of it."""
    verify(lin, cast.chen_file, VerificationResult.INCONSISTENT, at)
    flag(cast.chen_file, at)
    tie(cast.chen_file, make_cadre("某亲属", cast.unit_a, at), at)
    batch(cast, lin, at, ImportState.REVIEW)
    record_opening(actor=lin, cadre=cast.chen_file.pk, purpose=Purpose.MANAGEMENT, at=at)
    words = text(client_of, zhao, at)
    assert "今天没有等着办的事。" in words
    assert "近 14 天没有变动。" in words
    for secret in ("陈知行", "甲局", "2026-11-20-001", "林疏桐"):
        assert secret not in words
    for kind in DueKind:
        listed = text(client_of, zhao, at, reverse("desk:today-due", args=[kind.value]))
        assert "现在没有这样的人。" in listed
        assert "陈知行" not in listed


def test_several_persons_lead_to_their_list(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    for name in ("甲某", "乙某", "丙某", "丁某"):
        verify(lin, make_cadre(name, cast.unit_a, at), VerificationResult.MISSING, at)
    words = text(client_of, lin, at)
    assert "档案核对 4 人缺材料 丁某 、 丙某 、 乙某 三龄二历一身份 看名单" in words
    listed = text(client_of, lin, at, reverse("desk:today-due", args=["missing"]))
    assert "档案核对：缺材料 4 人 三龄二历一身份" in listed
    assert "甲某 示范市甲局 出生时间 去补材料" in listed


def test_an_unknown_list_is_not_found(client_of: ClientOf, lin: Actor) -> None:
    assert client_of(lin).get("/desk/today/everything/").status_code == 404


def test_imports_wait_for_their_officer_only(
    client_of: ClientOf, cast: Cast, lin: Actor, wang: Actor, at: datetime
) -> None:
    batch(cast, lin, at, ImportState.REVIEW)
    batch(cast, lin, at, ImportState.FAILED, number="2026-11-20-002")
    batch(cast, lin, at, ImportState.APPLIED, number="2026-11-18-001", applied_at=at - timedelta(days=2))
    words = text(client_of, lin, at)
    assert "导入 核对导入 2026-11-20-001：3 份 11-20 上传，未生效 继续导入" in words
    assert "导入 导入 2026-11-20-002 没有办完，3 份文件都还在 11-20 上传，未生效 去看原因" in words
    assert "导入 导入 2026-11-18-001 已生效，11-25 以后不能撤销 撤销期 7 天 看导入" in words
    assert "2026-11-20-001" not in text(client_of, wang, at)


def test_own_changes_can_be_taken_back_for_a_week(
    client_of: ClientOf, cast: Cast, lin: Actor, wang: Actor, at: datetime
) -> None:
    actions.change_field(actor=lin, cadre=cast.chen_file.pk, field="native_place", raw="甲区", reason=REASON, at=at)
    later = at + timedelta(hours=3)
    page = body(client_of, lin, later)
    assert "08:00 林疏桐 陈知行 ：更正档案项目 · 籍贯 撤销可用至 11-27" in str(TextOf(page))
    assert f"/desk/people/{cast.chen_file.pk}/undo/" in page
    assert "更正档案项目 · 籍贯 最近打开" in text(client_of, wang, later)  # another's change: no undo
    assert "撤销可用" not in text(client_of, lin, at + timedelta(days=8))


def test_a_change_taken_back_has_no_link_any_more(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    actions.change_field(actor=lin, cadre=cast.chen_file.pk, field="native_place", raw="甲区", reason=REASON, at=at)
    entry = Entry.objects.latest("pk").pk
    undo_change(actor=lin, cadre=cast.chen_file.pk, entry=entry, reason=REASON, at=at + timedelta(minutes=1))
    words = text(client_of, lin, at + timedelta(minutes=2))
    assert "更正档案项目 · 籍贯 已撤销" in words
    assert "撤销可用" not in words


def test_an_import_is_one_line_with_its_way_back(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    applied = batch(cast, lin, at, ImportState.APPLIED, applied_at=at)
    files = [cast.chen_file, make_cadre("甲某", cast.unit_a, at), make_cadre("乙某", cast.unit_a, at)]
    drafts = [Draft(action="intake.import_cadre", object_key=f"people.cadre:{c.pk}", cadre=c.pk) for c in files]
    record_many(actor=lin, drafts=drafts, at=at)
    page = body(client_of, lin, at)
    assert "乙某 等，另 2 人：导入更新档案 撤销可用至 11-27" in str(TextOf(page))
    assert f'<a class="undo" href="{reverse("desk:import", args=[applied.pk])}">' in page


def test_leaders_are_not_sent_to_steps_that_are_not_theirs(
    client_of: ClientOf, cast: Cast, lin: Actor, wang: Actor, at: datetime
) -> None:
    flag(cast.chen_file, at)
    verify(lin, cast.chen_file, VerificationResult.MISSING, at)
    page = body(client_of, wang, at)
    words = str(TextOf(page))
    assert "读不出" not in words
    assert "档案核对 1 人缺材料 陈知行 三龄二历一身份 看档案" in words
    listed = text(client_of, wang, at, reverse("desk:today-due", args=["missing"]))
    assert "出生时间 看档案" in listed
    assert "去补材料" not in words + listed
    assert f'href="{reverse("desk:imports")}"' not in page


@pytest.mark.parametrize("name", ["chen", "qian", "wu", "xu", "outsider"])
def test_others_have_no_day(name: str, client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    client = client_of(request.getfixturevalue(name))
    assert client.get(reverse("desk:today")).status_code == 404
    assert client.get(reverse("desk:today-due", args=["kin"])).status_code == 404


def test_queries_of_a_full_day_are_pinned(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    for number in range(12):
        cadre = make_cadre(f"新{number}", cast.unit_a, at)
        verify(lin, cadre, VerificationResult.MISSING, at)
        verify_party(lin, cadre, at)
        flag(cadre, at)
        record_opening(actor=lin, cadre=cadre.pk, purpose=Purpose.MANAGEMENT, at=at)
    batch(cast, lin, at, ImportState.REVIEW)
    client = client_of(lin)
    with time_machine.travel(at, tick=False):
        client.get(reverse("desk:today"))  # renews the session
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk:today"))
    assert len(queries) <= 30


def verify_party(actor: Actor, cadre: Cadre, at: datetime) -> None:
    actions.verify_item(
        actor=actor,
        cadre=cadre.pk,
        item=VerificationItem.PARTY_JOINING,
        result=VerificationResult.INCONSISTENT,
        materials="入党志愿书",
        on=date(2026, 11, 1),
        at=at,
    )


def test_every_kind_has_its_words() -> None:
    assert set(KINDS) == set(DueKind)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(minutes=20), "07:40"),
        (timedelta(hours=9), "昨天 23:00"),
        (timedelta(hours=33), "11-18 23:00"),
    ],
)
def test_times_are_short_where_the_day_is_known(before: timedelta, words: str, at: datetime) -> None:
    assert when(at - before, at) == words
