"""The ledger of the audit administrator: every entry without a value, the proof and what is taken outside."""

import io
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.actions import record_opening
from quanheng.ledger.checkpoint_actions import export_checkpoint, make_checkpoint, verify_ledger
from quanheng.ledger.exports import verifier
from quanheng.ledger.models import Checkpoint, Entry, EntryDetail, ProofRun
from quanheng.ledger.package import verify_package
from quanheng.people import actions
from quanheng.people.models import Cadre
from quanheng.web.shared.ledger_proof import _report_progress, proof_job, proof_sentences
from quanheng.web.shared.ledger_proof import verify_ledger as verify_task
from tests.conftest import Cast, ClientOf
from tests.web.desk.units import TextOf

REASON = "按原件核对以后更正的内容"
URL = "/console/ledger/"


def change(actor: Actor, cadre: Cadre, raw: str, at: datetime) -> Entry:
    actions.change_field(actor=actor, cadre=cadre.pk, field="native_place", raw=raw, reason=REASON, at=at)
    return Entry.objects.latest("pk")


@pytest.fixture
def browser(qian: Actor, client_of: ClientOf) -> Client:
    return client_of(qian)


def read(browser: Client, at: datetime, url: str = URL, **query: str) -> str:
    with time_machine.travel(at, tick=False):
        response = browser.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def rows(browser: Client, at: datetime, **query: str) -> str:
    return str(TextOf(read(browser, at, **query))).partition(" 重置 ")[2].partition("新的在前")[0]


def running(status: str, at: datetime) -> "DBTaskResult[..., object]":
    return DBTaskResult.objects.create(
        status=status,
        args_kwargs={"args": [], "kwargs": {}},
        task_path=verify_task.module_path,
        backend_name="default",
        run_after=at,
        started_at=at if status != "READY" else None,
    )


def lines(at: datetime) -> list[tuple[str, bool]]:
    return [(sentence.text, sentence.is_wrong) for sentence in proof_sentences(at)]


def test_every_entry_is_listed_by_key_and_without_names_of_cadres(
    browser: Client, cast: Cast, lin: Actor, zhao: Actor, at: datetime
) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    change(zhao, cast.zhou_file, "示范市乙区", at)
    found = rows(browser, at)
    assert f"林疏桐 更正档案项目 · 籍贯 干部 …{str(cast.chen_file.pk)[-8:]}" in found
    assert f"赵临川 更正档案项目 · 籍贯 干部 …{str(cast.zhou_file.pk)[-8:]}" in found
    for hidden in ("陈知行", "周望舒", "示范市甲区"):
        assert hidden not in found


def test_an_entry_names_fields_and_no_value(browser: Client, cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    entry = change(lin, cast.chen_file, "示范市乙区", at)
    page = str(TextOf(read(browser, at, f"{URL}{entry.pk}/")))
    assert "籍贯 （不显示） （不显示）" in page
    assert "审计管理员只看动了哪些项目，看不到内容。" in page
    assert REASON in page
    assert f"前一条摘要 {entry.prev}" in page
    for hidden in ("示范市", "甲区", "乙区", "陈知行"):
        assert hidden not in page


def test_filters_reach_streams_and_objects(browser: Client, cast: Cast, lin: Actor, zhao: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    record_opening(actor=zhao, cadre=cast.zhou_file.pk, purpose=Purpose.MANAGEMENT, at=at)

    def found(**query: str) -> tuple[bool, bool]:
        text = rows(browser, at, **query)
        return "更正档案项目" in text, "查阅档案" in text

    assert found() == (True, True)
    assert found(stream="people") == (True, False)
    assert found(stream="read.") == (False, True)
    assert found(stream="no such") == (True, True)
    assert found(object=str(cast.zhou_file.pk)) == (False, True)
    assert found(object=f"people.cadre:{cast.chen_file.pk}") == (True, False)
    assert found(object="陈知行") == (False, False)  # names of cadres are not his to look up
    assert found(who="赵临川") == (False, True)


def test_without_any_proof_the_line_asks_for_one(cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    assert lines(at) == [
        ("还没有校验过。现在校验，可知各条是否完整。", False),
        ("检查点：还没有导出过；2026-11-20 08:00 起的 1 条都没有外存凭据。", False),
    ]


def test_a_whole_ledger_says_so_until_the_proof_is_old(cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    export_checkpoint(checkpoint=make_checkpoint(at=at), at=at)
    verify_ledger(at=at)
    whole = ("校验：1 条记录完整，2026-11-20 08:00", False)
    anchored = ("检查点：全部记录都在外存的检查点之内。", False)
    assert lines(at + timedelta(days=2)) == [whole, anchored]
    late = ("已超过两天没有校验。请现在校验。", True)
    assert lines(at + timedelta(days=2, seconds=1)) == [whole, late, anchored]


def test_a_tail_without_anchor_becomes_urgent(cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    export_checkpoint(checkpoint=make_checkpoint(at=at), at=at)
    change(lin, cast.chen_file, "示范市乙区", at)
    soon, late = at + timedelta(days=7), at + timedelta(days=7, seconds=1)
    words = "检查点：2026-11-20 08:00 起的 1 条没有外存凭据。"
    assert lines(soon)[-1] == (words, False)
    assert lines(late)[-1] == (f"{words}已超过 7 天，请导出检查点并存到别处。", True)


def test_a_broken_ledger_names_the_first_wrong_entry(browser: Client, cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    second = change(lin, cast.chen_file, "示范市乙区", at)
    EntryDetail.objects.filter(pk=second.pk).update(reason="另一个理由，事后改的")
    verify_ledger(at=at)
    assert lines(at)[:2] == [
        ("校验不符，2026-11-20 08:00", True),
        ("干部（people）第 2 号起不符：理由被改过", True),
    ]
    page = read(browser, at)
    assert "已停止信任所列位置之后的记录。请导出校验包另行保存" in page
    assert page.count('<p class="is-wrong">') == 2


def test_an_altered_checkpoint_is_said(cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    export_checkpoint(checkpoint=make_checkpoint(at=at), at=at)
    Checkpoint.objects.update(note="nothing")
    assert lines(at)[-1] == ("最近导出的检查点签名不成立。请与外存的一份核对。", True)


def test_the_button_proves_in_the_background(browser: Client, cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    with time_machine.travel(at, tick=False):
        response = browser.post(reverse("console:ledger-prove"))
    assert (response.status_code, response.url) == (302, URL)  # type: ignore[attr-defined]
    run = ProofRun.objects.get()
    assert (run.entries, run.is_whole) == (1, True)
    assert "校验：1 条记录完整，2026-11-20 08:00" in read(browser, at)


def test_one_proof_at_a_time(browser: Client, at: datetime) -> None:
    running("READY", at)
    browser.post(reverse("console:ledger-prove"))
    assert ProofRun.objects.count() == 0


def test_progress_is_polled_until_the_outcome(browser: Client, cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    run = running("RUNNING", at)
    _report_progress(str(run.pk), 1)
    later = at + timedelta(seconds=9)
    job = proof_job(later, "/poll/")
    assert job is not None
    assert (job.done, job.total, job.seconds, job.state, job.poll_url) == (1, 1, 9, "running", "/poll/")
    with time_machine.travel(later, tick=False):
        answer = browser.get(reverse("console:ledger-proof"), headers={"HX-Request": "true"}).content.decode()
    assert "1 / 1 条 · 已用 9 秒" in str(TextOf(answer))
    assert 'hx-trigger="every 1s"' in answer
    DBTaskResult.objects.update(status="SUCCESSFUL")
    answer = browser.get(reverse("console:ledger-proof"), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in answer
    assert browser.get(reverse("console:ledger-proof")).status_code == 302  # without htmx: the whole page


def test_a_proof_that_did_not_finish_says_so(browser: Client, at: datetime) -> None:
    running("FAILED", at)
    page = read(browser, at)
    assert "校验没有做完，台账没有变动。" in page
    assert "every 1s" not in page


def test_a_waiting_proof_says_so(browser: Client, at: datetime) -> None:
    running("READY", at)
    assert "校验已排队，轮到就开始。" in read(browser, at)


def test_a_checkpoint_is_taken_outside_and_counts_from_then(
    browser: Client, cast: Cast, lin: Actor, at: datetime
) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    response = browser.post(reverse("console:ledger-checkpoint"))
    row = Checkpoint.objects.get()
    assert response.content.decode() == row.note
    assert response.headers["Content-Disposition"] == 'attachment; filename="ledger-checkpoint-1.txt"'
    assert row.exported_at is not None
    assert "全部记录都在外存的检查点之内" in read(browser, at)


def test_nothing_is_signed_over_a_cut(browser: Client, cast: Cast, lin: Actor, at: datetime) -> None:
    change(lin, cast.chen_file, "示范市甲区", at)
    make_checkpoint(at=at)
    change(lin, cast.chen_file, "示范市乙区", at)
    Entry.objects.filter(seq=1).update(hash="0" * 64)
    response = browser.post(reverse("console:ledger-checkpoint"), follow=True)
    assert "没有签发检查点：台账与上一个检查点对不上。" in response.content.decode()
    assert Checkpoint.objects.filter(exported_at=None).count() == 1


def test_the_package_proves_itself_elsewhere(browser: Client, cast: Cast, lin: Actor, at: datetime) -> None:
    for raw in ("示范市甲区", "示范市乙区"):
        change(lin, cast.chen_file, raw, at)
    with time_machine.travel(at, tick=False):
        response = browser.post(reverse("console:ledger-package"))
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    report = verify_package(io.StringIO(content), verifier())
    assert (report.is_whole, report.entries) == (True, 2)
    assert "示范市" not in content
    assert REASON not in content
    assert 'filename="ledger-20261120-0800.jsonl"' in response.headers["Content-Disposition"]
    page = str(TextOf(read(browser, at)))
    assert "导出校验包" in page
    assert "校验包 ledger-20261120-0800.jsonl" in page


def test_there_is_nothing_to_edit_or_delete(browser: Client, cast: Cast, lin: Actor, at: datetime) -> None:
    entry = change(lin, cast.chen_file, "示范市甲区", at)
    assert "<form" not in _main(read(browser, at, f"{URL}{entry.pk}/"))
    page = _main(read(browser, at))
    posts = [part.partition('"')[0] for part in page.split('method="post" action="')[1:]]
    assert posts == [f"{URL}package/", f"{URL}checkpoint/", f"{URL}prove/"]
    with time_machine.travel(at, tick=False):
        for method in (browser.post, browser.put, browser.delete):
            assert method(f"{URL}{entry.pk}/").status_code == 405


def _main(page: str) -> str:
    return page[page.index('id="main"') : page.index('id="announcer"')]


@pytest.mark.parametrize("name", ["lin", "wang", "he", "chen", "wu", "xu", "outsider"])
def test_nobody_else_has_this_page(name: str, client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    client = client_of(request.getfixturevalue(name))
    for url_name in ("ledger", "ledger-proof"):
        assert client.get(reverse(f"console:{url_name}")).status_code == 404
    assert client.get(f"{URL}1/").status_code == 404
    for url_name in ("ledger-prove", "ledger-checkpoint", "ledger-package"):
        assert client.post(reverse(f"console:{url_name}")).status_code == 404
    assert (ProofRun.objects.count(), Checkpoint.objects.count()) == (0, 0)


def test_progress_without_a_row_of_the_queue_is_lost_quietly(db: None) -> None:
    _report_progress(str(UUID(int=1)), 5)
    assert DBTaskResult.objects.count() == 0
