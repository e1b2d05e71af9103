"""The ledger of the desk: what happened to files in scope, before and after, and never a sealed value."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.accounts.models import RoleAssignment
from quanheng.kernel.actor import Actor, Purpose, Role
from quanheng.kernel.errors import Refused
from quanheng.ledger.actions import record_opening, record_refusal
from quanheng.ledger.models import Entry, EntryDetail
from quanheng.people import actions
from quanheng.people.models import Cadre
from tests.conftest import SINCE, Cast, ClientOf, make_grant
from tests.web.desk.units import TextOf

REASON = "按原件核对以后更正的内容"


def change(actor: Actor, cadre: Cadre, field: str, raw: str, at: datetime) -> Entry:
    actions.change_field(actor=actor, cadre=cadre.pk, field=field, raw=raw, reason=REASON, at=at)
    return Entry.objects.latest("pk")


def words(client_of: ClientOf, actor: Actor, at: datetime, url: str, **query: str) -> str:
    with time_machine.travel(at, tick=False):
        response = client_of(actor).get(url, query)
    assert response.status_code == 200
    return str(TextOf(response.content.decode()))


def listed(client_of: ClientOf, actor: Actor, at: datetime, **query: str) -> str:
    return words(client_of, actor, at, reverse("desk:ledger"), **query).partition(" 重置 ")[2].partition("新的在前")[0]


def opened(client_of: ClientOf, actor: Actor, at: datetime, entry: Entry) -> str:
    return words(client_of, actor, at, reverse("desk:ledger-entry", args=[entry.pk]))


def test_an_officer_reads_what_was_changed_and_why(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "native_place", "示范市甲区", at)
    entry = change(lin, cast.chen_file, "native_place", "示范市乙区", at)
    assert "2026-11-20 08:00:00 林疏桐 更正档案项目 · 籍贯 陈知行" in listed(client_of, lin, at)
    page = opened(client_of, lin, at, entry)
    assert "更正档案项目 · 籍贯 对象 陈知行" in page
    assert f"理由 {REASON} 依据 未引" in page
    assert "籍贯 示范市 甲 区 示范市 乙 区" in page
    assert f"链上位置 干部（people）第 2 号 摘要 {entry.hash} 前一条摘要 {entry.prev}" in page
    assert f"对象的键 people.cadre:{cast.chen_file.pk}" in page


def test_a_sealed_value_is_only_a_digest(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "health", "患有某种慢性病", at)
    entry = change(lin, cast.chen_file, "health", "健康", at)
    page = opened(client_of, lin, at, entry)
    assert page.count("（加密保存，摘要") == 2
    for secret in ("患有某种慢性病", "慢性病"):
        assert secret not in page


def test_zhao_never_reads_of_unit_a(
    client_of: ClientOf, cast: Cast, lin: Actor, zhao: Actor, wang: Actor, at: datetime
) -> None:
    hidden = change(lin, cast.chen_file, "native_place", "示范市甲区", at)
    own = change(zhao, cast.zhou_file, "native_place", "示范市乙区", at)
    rows = listed(client_of, zhao, at)
    assert "周望舒" in rows
    for secret in ("陈知行", "林疏桐", str(cast.chen_file.pk), str(cast.chen_file.pk)[-8:]):
        assert secret not in rows
    assert client_of(zhao).get(reverse("desk:ledger-entry", args=[hidden.pk])).status_code == 404
    assert client_of(zhao).get(reverse("desk:ledger-entry", args=[own.pk])).status_code == 200
    for text in ("陈知行", str(cast.chen_file.pk), f"people.cadre:{cast.chen_file.pk}"):
        found = listed(client_of, zhao, at, object=text)
        assert "没有符合这些条件的记录" in found
    both = listed(client_of, wang, at)
    assert ("陈知行" in both, "周望舒" in both) == (True, True)


def test_nobody_reads_the_own_file_or_that_supervisors_looked(
    client_of: ClientOf, cast: Cast, lin: Actor, he: Actor, at: datetime
) -> None:
    record_opening(actor=he, cadre=cast.chen_file.pk, purpose=Purpose.SUPERVISION, at=at)
    assert "查阅档案 · 监督 陈知行" in listed(client_of, he, at)
    assert "陈知行" not in listed(client_of, lin, at)
    record_opening(actor=he, cadre=cast.chen_file.pk, purpose=Purpose.SELECTION, at=at)
    assert "陈知行" in listed(client_of, lin, at)
    account = cast.accounts["chen"]
    RoleAssignment.objects.create(account=account, role=Role.UNIT_OFFICER.value, valid_from=SINCE)
    make_grant(account, cast.unit_a, [Purpose.SELECTION.value], at)
    own = listed(client_of, Actor(account.pk, account.name, frozenset()), at)
    assert ("没有符合这些条件的记录" in own, "查阅档案" in own) == (True, False)


def test_filters_narrow_and_combine(client_of: ClientOf, cast: Cast, lin: Actor, wang: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "native_place", "示范市甲区", at)
    record_opening(actor=wang, cadre=cast.chen_file.pk, purpose=Purpose.SELECTION, at=at + timedelta(days=1))
    later = at + timedelta(days=2)

    def found(**query: str) -> tuple[bool, bool]:
        rows = listed(client_of, lin, later, object="陈知行", **query)
        return "更正档案项目" in rows, "查阅档案" in rows

    assert found() == (True, True)
    assert found(who="王景行") == (False, True)
    assert found(who="lin") == (True, False)
    assert found(who="无此人") == (False, False)
    assert found(action="people.change_field") == (True, False)
    assert found(action="no.such") == (True, True)
    assert found(since="2026-11-21") == (False, True)
    assert found(until="2026-11-20") == (True, False)
    assert found(since="not a day") == (True, True)
    assert found(refused="1") == (False, False)


def test_a_refused_step_says_why(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    refusal = Refused("reason-too-short", minimum=10)
    action = "people.change_field"
    entry = record_refusal(
        actor=lin, action=action, obj=cast.chen_file, refusal=refusal, at=at, cadre=cast.chen_file.pk
    )
    assert "更正档案项目 未办成 陈知行" in listed(client_of, lin, at, refused="1")
    assert "未办成的原因 理由不少于 10 个字；写入台账，以后可查。" in opened(client_of, lin, at, entry)


def test_an_erased_detail_says_so(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    entry = change(lin, cast.chen_file, "native_place", "示范市甲区", at)
    EntryDetail.objects.all().delete()
    page = opened(client_of, lin, at, entry)
    assert "这一条的明细已依规清除；摘要仍在，链条完整。" in page
    assert ("示范市甲区" in page, "改了什么" in page) == (False, False)


def test_pages_go_by_key(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    for _number in range(51):
        record_opening(actor=lin, cadre=cast.chen_file.pk, purpose=Purpose.MANAGEMENT, at=at)
    first = Entry.objects.order_by("pk")[0]
    client = client_of(lin)
    page = client.get(reverse("desk:ledger"), {"action": "ledger.open_dossier"})
    older = f"?action=ledger.open_dossier&amp;before={first.pk + 1}"
    assert (page.content.decode().count("data-row"), older in page.content.decode()) == (50, True)
    last = client.get(reverse("desk:ledger"), {"action": "ledger.open_dossier", "before": str(first.pk + 1)})
    assert last.content.decode().count("data-row") == 1
    assert f"after={first.pk}" in last.content.decode()


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "9" * 30}, {"after": "-1"}, {"before": "²"}])
def test_keys_that_are_none_are_passed_over(query: dict[str, str], client_of: ClientOf, lin: Actor) -> None:
    assert client_of(lin).get(reverse("desk:ledger"), query).status_code == 200


def test_no_such_entry_is_not_found(client_of: ClientOf, lin: Actor) -> None:
    assert client_of(lin).get("/desk/ledger/1/").status_code == 404
    assert client_of(lin).get(f"/desk/ledger/{'9' * 30}/").status_code == 404


def test_there_is_nothing_to_edit_or_delete(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    entry = change(lin, cast.chen_file, "native_place", "示范市甲区", at)
    url = reverse("desk:ledger-entry", args=[entry.pk])
    page = client_of(lin).get(url).content.decode()
    main = page[page.index('id="main"') : page.index('id="announcer"')]
    assert ("<form" in main, "<button" in main) == (False, False)
    assert client_of(lin).post(url).status_code == 405


@pytest.mark.parametrize("name", ["chen", "qian", "wu", "xu", "outsider"])
def test_others_have_no_such_page(name: str, client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    client = client_of(request.getfixturevalue(name))
    assert client.get(reverse("desk:ledger")).status_code == 404
    assert client.get(reverse("desk:ledger-entry", args=[1])).status_code == 404


def test_queries_do_not_grow_with_the_rows(client_of: ClientOf, cast: Cast, lin: Actor, at: datetime) -> None:
    client = client_of(lin)
    client.get(reverse("desk:ledger"))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk:ledger"))
        return len(queries)

    change(lin, cast.chen_file, "native_place", "示范市甲区", at)
    before = count()
    for number in range(8):
        change(lin, cast.chen_file, "native_place", f"示范市{number}区", at)
    assert count() == before
    assert before <= 12
