import json
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from quanheng.kernel.actor import SYSTEM, Actor, Purpose
from quanheng.kernel.errors import Refused
from quanheng.kernel.keys import new_key
from quanheng.ledger import actions, codes, queries
from quanheng.ledger.actions import CannotErase, Draft, record, record_many, record_opening, record_refusal
from quanheng.ledger.chain import GENESIS, canonical, keyed
from quanheng.ledger.codes import UnknownCode
from quanheng.ledger.digests import digest
from quanheng.ledger.models import Checkpoint, Entry, EntryDetail, Head
from tests.ledger.conftest import AT

pytestmark = pytest.mark.django_db
PERSON = UUID(int=77)


def test_an_entry_says_who_did_what_to_which_object(officer: Actor) -> None:
    entry = record(
        actor=officer,
        action="alpha.change",
        obj="people.cadre:77",
        cadre=PERSON,
        detail={"field": "name", "before": "甲", "after": "乙"},
        reason="录入错误",
        cites=["R-12.3", "R-15"],
        at=AT,
        on_behalf_of=UUID(int=12),
    )
    found = Entry.objects.get()
    assert found.pk == entry.pk
    assert (found.stream, found.seq, found.prev) == ("alpha", 1, GENESIS)
    assert (found.at, found.actor, found.on_behalf_of) == (AT, officer.key, UUID(int=12))
    assert (found.action, found.object_key, found.cadre) == ("alpha.change", "people.cadre:77", PERSON)
    assert (found.purpose, found.is_refused, found.cites) == ("", False, '["R-12.3","R-15"]')
    assert found.detail.detail == '{"after":"乙","before":"甲","field":"name"}'
    assert found.detail.reason == "录入错误"
    assert found.detail_hash == keyed(bytes(found.detail.salt), "detail", found.detail.detail)
    assert found.reason_hash == keyed(bytes(found.detail.salt), "reason", "录入错误")
    assert (Head.objects.get().stream, Head.objects.get().seq, Head.objects.get().hash) == ("alpha", 1, found.hash)


def test_entries_of_a_stream_continue_each_other_and_streams_do_not_meet(officer: Actor) -> None:
    first, second = (record(actor=officer, action="alpha.change", obj="x:1", at=AT) for _ in range(2))
    other = record(actor=officer, action="beta.change", obj="x:1", at=AT)
    assert (second.seq, second.prev) == (2, first.hash)
    assert (other.seq, other.prev) == (1, GENESIS)
    assert EntryDetail.objects.count() == 0


def test_a_row_is_named_by_label_and_key(officer: Actor) -> None:
    head = Head(stream="alpha")
    assert record(actor=officer, action="beta.change", obj=head, at=AT).object_key == "ledger.head:alpha"


def test_the_actors_name_is_nowhere(officer: Actor) -> None:
    record(actor=officer, action="alpha.change", obj="x:1", reason="原因", at=AT)
    assert all(officer.name not in str(value) for row in Entry.objects.values() for value in row.values())


def test_an_unknown_action_is_refused(officer: Actor) -> None:
    with pytest.raises(UnknownCode, match=r"alpha\.invent"):
        record(actor=officer, action="alpha.invent", obj="x:1", at=AT)
    assert (Entry.objects.count(), Head.objects.count()) == (0, 0)


def test_codes_come_from_every_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    codes.known_codes.cache_clear()
    assert {"ledger.open_dossier", "ledger.erase_detail"} <= codes.known_codes()
    assert all(code.count(".") == 1 and code.islower() for code in codes.known_codes())


def test_what_the_ledger_cannot_hold_is_refused(officer: Actor) -> None:
    with pytest.raises(TypeError, match="cannot hold a float"):
        record(actor=officer, action="alpha.change", obj="x:1", detail={"score": 1.5}, at=AT)


def test_values_have_one_canonical_text() -> None:
    value = {"b": [date(2026, 1, 2), PERSON, None, True], "a": Purpose.ASSESSMENT, "c": {3, 1}, "d": AT}
    assert canonical(value) == (
        '{"a":"assessment","b":["2026-01-02","00000000-0000-0000-0000-00000000004d",null,true],'
        '"c":[1,3],"d":"2026-11-20T01:02:03.456789+00:00"}'
    )
    china = AT.astimezone(timezone(timedelta(hours=8)))
    assert canonical({"d": china}) == canonical({"d": AT})


def test_digests_tell_change_without_value() -> None:
    assert digest("00010119800101001X") == digest("00010119800101001X")
    assert digest("00010119800101001X") != digest("000101198001010028")
    assert digest(["a"]) != digest("a")
    assert digest("x").startswith("digest:")
    assert len(digest("x")) == 7 + 32


def test_many_entries_take_one_lock_and_keep_their_order(officer: Actor, django_assert_num_queries: Any) -> None:
    record(actor=officer, action="alpha.change", obj="x:0", at=AT)
    drafts = [Draft(action="alpha.change", object_key=f"x:{n}", reason="导入") for n in range(1, 21)]
    with django_assert_num_queries(4):  # lock, entries, details, head
        entries = record_many(actor=officer, drafts=drafts, at=AT)
    assert [entry.object_key for entry in entries] == [f"x:{n}" for n in range(1, 21)]
    assert [entry.seq for entry in entries] == list(range(2, 22))
    assert [entry.detail.reason for entry in entries] == ["导入"] * 20
    assert queries.prove().is_whole


def test_many_entries_of_several_streams(officer: Actor) -> None:
    drafts = [Draft(action=f"{room}.change", object_key="x:1") for room in ("beta", "alpha", "beta")]
    entries = record_many(actor=officer, drafts=drafts, at=AT)
    assert [(entry.stream, entry.seq) for entry in entries] == [("alpha", 1), ("beta", 1), ("beta", 2)]
    assert record_many(actor=officer, drafts=[], at=AT) == []


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_written(officer: Actor) -> None:
    with pytest.raises(transaction.TransactionManagementError, match="in the transaction of its change"):
        record(actor=officer, action="alpha.change", obj="x:1", at=AT)
    assert Entry.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_its_transaction(officer: Actor) -> None:
    with transaction.atomic():
        record(actor=officer, action="alpha.change", obj="x:1", at=AT)
        transaction.set_rollback(True)
    assert (Entry.objects.count(), Head.objects.count()) == (0, 0)


class CannotDo(Refused):
    pass


@pytest.mark.django_db(transaction=True)
def test_a_refused_step_leaves_only_its_refusal(officer: Actor) -> None:
    def change_too_late() -> None:
        with actions.recorded_step(actor=officer, action="alpha.change", obj="x:1", cadre=PERSON, at=AT):
            record(actor=officer, action="beta.change", obj="x:1", at=AT)
            raise CannotDo("too-late", since=date(2026, 1, 1), count=3, typed="自由文本", purpose=Purpose.SELECTION)

    with pytest.raises(CannotDo):
        change_too_late()
    entry = Entry.objects.get()
    assert (entry.action, entry.is_refused, entry.cadre) == ("alpha.change", True, PERSON)
    assert json.loads(entry.detail.detail) == {
        "refused": "too-late",
        "facts": {"count": 3, "purpose": "selection", "since": "2026-01-01"},
    }
    assert queries.prove().is_whole


@pytest.mark.django_db(transaction=True)
def test_a_step_that_succeeds_is_committed(officer: Actor) -> None:
    with actions.recorded_step(actor=officer, action="alpha.change", obj="x:1", at=AT):
        record(actor=officer, action="alpha.change", obj="x:1", at=AT)
    assert [entry.is_refused for entry in Entry.objects.all()] == [False]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_not_recorded_inside_a_transaction_that_may_roll_back(officer: Actor) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        record_refusal(actor=officer, action="alpha.change", obj="x:1", refusal=CannotDo("no"), at=AT)


def test_an_opening_is_one_entry_in_a_stream_of_its_person(officer: Actor, django_assert_max_num_queries: Any) -> None:
    record_opening(actor=officer, cadre=PERSON, purpose=Purpose.MANAGEMENT, at=AT)
    with django_assert_max_num_queries(5):  # savepoint, lock, entry, head, release
        entry = record_opening(actor=officer, cadre=PERSON, purpose=Purpose.SELECTION, at=AT)
    assert (entry.action, entry.purpose, entry.cadre) == ("ledger.open_dossier", "selection", PERSON)
    assert entry.object_key == f"people.cadre:{PERSON}"
    assert (entry.seq, EntryDetail.objects.count()) == (2, 0)


def test_openings_spread_over_sixteen_streams() -> None:
    opening = Draft(action="ledger.open_dossier", object_key="x:1", cadre=PERSON)
    streams = {replace(opening, cadre=new_key()).stream for _ in range(500)}
    assert streams == {f"read.{number:02d}" for number in range(16)}
    assert opening.stream == replace(opening, purpose="selection").stream


def test_erasing_a_detail_is_itself_recorded(officer: Actor) -> None:
    entry = record(actor=officer, action="alpha.change", obj="x:1", cadre=PERSON, detail={"a": 1}, at=AT)
    erasure = actions.erase_detail(actor=officer, entry=entry, reason="当事人依法请求删除", at=AT)
    assert EntryDetail.objects.filter(pk=entry.pk).count() == 0
    assert (erasure.object_key, erasure.cadre) == ("ledger.entry:alpha/1", PERSON)
    report = queries.prove()
    assert (report.is_whole, report.erased) == (True, 1)
    with pytest.raises(CannotErase) as refusal:
        actions.erase_detail(actor=officer, entry=entry, reason="再次", at=AT)
    assert refusal.value.code == "nothing-to-erase"
    with pytest.raises(CannotErase, match="no-reason"):
        actions.erase_detail(actor=officer, entry=entry, reason=" ", at=AT)


def test_the_system_is_an_actor_too() -> None:
    at = datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    assert record(actor=SYSTEM, action="alpha.change", obj="x:1", at=at).actor == UUID(int=0)
    assert queries.prove().is_whole
    assert Checkpoint.objects.count() == 0
