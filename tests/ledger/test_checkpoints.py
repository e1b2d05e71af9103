"""Checkpoints and the proof on the database, as an attacker with its password meets them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.keys import new_key
from quanheng.ledger import checkpoint_actions, notes, queries
from quanheng.ledger.actions import Draft, erase_detail, record, record_many, record_opening
from quanheng.ledger.chain import GENESIS
from quanheng.ledger.checkpoint_actions import CannotCheckpoint, export_checkpoint, make_checkpoint, verify_ledger
from quanheng.ledger.models import Checkpoint, Entry, Head, ProofRun
from quanheng.ledger.notes import CannotTrustNote
from quanheng.vault import keyring as keys
from quanheng.vault.fields import current_keyring
from tests.ledger.chains import found, rechain
from tests.ledger.conftest import AT

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def ledger(officer: Actor) -> Actor:
    """Twelve entries in alpha, three in beta, four openings."""
    drafts = [Draft(action="alpha.change", object_key=f"x:{n}", detail={"n": n}, reason="原因") for n in range(12)]
    drafts += [Draft(action="beta.change", object_key=f"y:{n}", cadre=new_key()) for n in range(3)]
    record_many(actor=officer, drafts=drafts, at=AT)
    for _ in range(4):
        record_opening(actor=officer, cadre=new_key(), purpose=Purpose.MANAGEMENT, at=AT)
    return officer


def run(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def rewrite(stream: str) -> None:
    """Chain a stream anew from its rows as they stand and set its head: the work of one who knows the format."""
    links = rechain([link for name, chain in queries.chains() if name == stream for link in chain])
    pks = Entry.objects.filter(stream=stream).order_by("seq").values_list("pk", flat=True)
    for pk, link in zip(list(pks), links, strict=True):
        run("UPDATE ledger_entry SET seq=%s, prev=%s, hash=%s WHERE id=%s", link.seq, link.prev, link.hash, pk)
    run("UPDATE ledger_head SET seq=%s, hash=%s WHERE stream=%s", links[-1].seq, links[-1].hash, stream)


def test_the_first_checkpoint_covers_everything(ledger: Actor) -> None:
    checkpoint = make_checkpoint(at=AT)
    note = notes.read(checkpoint.note, notes.public_of(current_keyring().signing))
    assert (checkpoint.number, checkpoint.size, note.size) == (1, 19, 19)
    assert note.heads["alpha"] == (12, Head.objects.get(stream="alpha").hash)
    assert {name.partition(".")[0] for name in note.heads} == {"alpha", "beta", "read"}
    report = queries.prove()
    assert (report.is_whole, report.entries, report.checkpoints, report.anchor) == (True, 19, 1, None)


def test_checkpoints_continue_each_other(ledger: Actor) -> None:
    first = make_checkpoint(at=AT)
    assert make_checkpoint(at=LATER) == first
    for _ in range(5):
        record(actor=ledger, action="gamma.change", obj="z:1", at=LATER)
        record(actor=ledger, action="alpha.change", obj="x:1", at=LATER)
        make_checkpoint(at=LATER)
    assert list(Checkpoint.objects.order_by("number").values_list("number", "size")) == [
        (1, 19),
        (2, 21),
        (3, 23),
        (4, 25),
        (5, 27),
        (6, 29),
    ]
    assert queries.prove().is_whole


def test_an_empty_ledger_can_be_signed_too(officer: Actor) -> None:
    assert make_checkpoint(at=AT).size == 0
    record(actor=officer, action="alpha.change", obj="x:1", at=AT)
    assert make_checkpoint(at=AT).size == 1
    assert queries.prove().is_whole


def test_the_anchor_is_the_last_exported_checkpoint(ledger: Actor) -> None:
    state = queries.anchor_state()
    assert (state.checkpoint, state.unanchored, state.since) == (None, 19, AT)
    checkpoint = make_checkpoint(at=AT)
    assert queries.anchor_state().checkpoint is None
    assert export_checkpoint(checkpoint=checkpoint, at=LATER) == checkpoint.note
    state = queries.anchor_state()
    assert (state.checkpoint, state.unanchored, state.since) == (checkpoint, 0, None)
    record(actor=ledger, action="gamma.change", obj="z:1", at=LATER)
    record(actor=ledger, action="alpha.change", obj="x:1", at=LATER + timedelta(hours=1))
    make_checkpoint(at=LATER)
    state = queries.anchor_state()
    assert (state.checkpoint, state.unanchored, state.since) == (checkpoint, 2, LATER)
    report = queries.prove()
    assert report.anchor is not None
    assert (report.anchor.number, report.unanchored, report.unanchored_since) == (1, 2, LATER)
    export_checkpoint(checkpoint=checkpoint, at=LATER + timedelta(days=1))
    assert Checkpoint.objects.get(number=1).exported_at == LATER


TAMPERING = [
    ("UPDATE ledger_entry SET cadre = NULL, object_key = 'x:9' WHERE stream = 'alpha' AND seq = 5", ("hash", 5)),
    ("DELETE FROM ledger_entry WHERE stream = 'alpha' AND seq = 5", ("gap", 5)),
    ("UPDATE ledger_entry SET seq = seq + 100 WHERE stream = 'alpha' AND seq = 5", ("gap", 5)),
    ("DELETE FROM ledger_entry WHERE stream = 'alpha' AND seq > 9", ("entries-missing", 10)),
    ("DELETE FROM ledger_entry WHERE stream = 'alpha'", ("entries-missing", 1)),
    ("UPDATE ledger_head SET seq = 11 WHERE stream = 'alpha'", ("head", 11)),
    ("UPDATE ledger_head SET hash = 'ff' WHERE stream = 'alpha'", ("head", 12)),
    ("DELETE FROM ledger_head WHERE stream = 'alpha'", ("head-missing", 12)),
    ("UPDATE ledger_entry SET stream = 'beta', seq = 4 WHERE stream = 'alpha' AND seq = 12", ("entries-missing", 12)),
]


@pytest.mark.parametrize(("statement", "expected"), TAMPERING)
def test_tampered_rows_are_named(ledger: Actor, statement: str, expected: tuple[str, int]) -> None:
    if statement.startswith("DELETE FROM ledger_entry"):
        run("DELETE FROM ledger_entrydetail")  # their absence is a finding of its own
    run(statement)
    report = queries.prove()
    assert not report.is_whole
    assert [(one.code, one.seq) for one in report.findings if one.stream == "alpha"][0] == expected


def test_an_edited_detail_is_named_and_a_deleted_one_too(ledger: Actor) -> None:
    where = "WHERE entry_id = (SELECT id FROM ledger_entry WHERE stream = 'alpha' AND seq = %s)"
    run(f"UPDATE ledger_entrydetail SET detail = %s {where}", '{"n":3}', 3)  # noqa: S608
    run(f"DELETE FROM ledger_entrydetail {where}", 7)  # noqa: S608
    assert found(queries.prove()) == {("detail", "alpha", 3, 0), ("detail-missing", "alpha", 7, 0)}


def test_an_unreadable_row_is_named(ledger: Actor) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("its columns hold no such value")
    run("UPDATE ledger_entry SET actor = 'nobody' WHERE stream = 'alpha' AND seq = 6")
    assert found(queries.prove()) == {("unreadable", "alpha", 6, 0)}


def test_a_cut_that_sets_the_head_back_is_found_by_the_exported_note(ledger: Actor) -> None:
    text = export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT)
    run("DELETE FROM ledger_entrydetail")
    run("DELETE FROM ledger_checkpoint")
    run("DELETE FROM ledger_entry WHERE stream = 'alpha' AND seq > 9")
    last = Entry.objects.get(stream="alpha", seq=9)
    run("UPDATE ledger_head SET seq = 9, hash = %s WHERE stream = 'alpha'", last.hash)
    run("UPDATE ledger_entry SET detail_hash = '', reason_hash = ''")
    rewrite("alpha")
    assert queries.prove().is_whole
    assert found(queries.prove([text])) == {("shorter-than-checkpoint", "alpha", 10, 1), ("root", "", 0, 1)}


def test_a_rewritten_stream_is_found_by_the_exported_note(ledger: Actor) -> None:
    text = export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT)
    run("UPDATE ledger_entry SET object_key = 'x:other' WHERE stream = 'alpha' AND seq = 3")
    rewrite("alpha")
    expected = {("differs-from-checkpoint", "alpha", 12, 1), ("root", "", 0, 1)}
    assert found(queries.prove()) == expected
    run("DELETE FROM ledger_checkpoint")
    assert queries.prove().is_whole
    assert found(queries.prove([text])) == expected


def test_even_with_the_signing_key_the_note_outside_differs(ledger: Actor) -> None:
    text = export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT)
    run("UPDATE ledger_entry SET object_key = 'x:other' WHERE stream = 'alpha' AND seq = 3")
    rewrite("alpha")
    run("DELETE FROM ledger_checkpoint")
    make_checkpoint(at=AT)
    assert queries.prove().is_whole
    assert ("checkpoint-differs", "", 0, 1) in found(queries.prove([text]))
    assert ("differs-from-checkpoint", "alpha", 12, 1) in found(queries.prove([text]))


def test_a_restored_older_ledger_is_named(ledger: Actor) -> None:
    make_checkpoint(at=AT)
    record(actor=ledger, action="gamma.change", obj="z:1", at=LATER)
    text = export_checkpoint(checkpoint=make_checkpoint(at=LATER), at=LATER)
    run("DELETE FROM ledger_checkpoint WHERE number = 2")  # yesterday's backup
    run("DELETE FROM ledger_head WHERE stream = 'gamma'")
    run("DELETE FROM ledger_entry WHERE stream = 'gamma'")
    assert queries.prove().is_whole
    assert found(queries.prove([text])) == {("shorter-than-checkpoint", "gamma", 1, 2), ("root", "", 0, 2)}


def test_an_older_note_is_consistent_with_a_grown_ledger(ledger: Actor) -> None:
    texts = []
    for _ in range(3):
        texts.append(export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT))
        record(actor=ledger, action="beta.change", obj="y:1", at=LATER)
    for kept in (texts[:1], texts[1:2], texts):
        assert queries.prove(kept).is_whole


def test_a_foreign_or_altered_note_is_refused(ledger: Actor, settings: Any, tmp_path: Any) -> None:
    text = make_checkpoint(at=AT).note
    with pytest.raises(CannotTrustNote, match="signature-does-not-hold"):
        queries.prove([text.replace("number 1", "number 7")])
    settings.KEY_FILE = tmp_path / "keys.json"
    keys.ensure_keys(settings.KEY_FILE)
    with pytest.raises(CannotTrustNote, match="not-signed-by-this-ledger"):
        queries.prove([text])


def test_altered_checkpoint_rows_are_named_and_not_built_upon(ledger: Actor) -> None:
    checkpoint = make_checkpoint(at=AT)
    record(actor=ledger, action="alpha.change", obj="x:1", at=LATER)
    run("UPDATE ledger_checkpoint SET size = 3")
    assert found(queries.prove()) == {("checkpoint-invalid", "", 0, 1)}
    run("UPDATE ledger_checkpoint SET size = 19, frontier = %s", json.dumps([[0, "00" * 32]]))
    with pytest.raises(CannotCheckpoint, match="frontier-altered"):
        make_checkpoint(at=LATER)
    run("UPDATE ledger_checkpoint SET note = %s", checkpoint.note.replace("number 1", "number 2"))
    assert found(queries.prove()) == {("checkpoint-invalid", "", 0, 1)}
    with pytest.raises(CannotTrustNote):
        make_checkpoint(at=LATER)


def test_nothing_is_signed_over_a_cut(ledger: Actor) -> None:
    make_checkpoint(at=AT)
    run("UPDATE ledger_head SET seq = 0, hash = %s WHERE stream = 'beta'", GENESIS)
    run("DELETE FROM ledger_entry WHERE stream = 'beta'")
    with pytest.raises(CannotCheckpoint) as refusal:
        make_checkpoint(at=LATER)
    assert refusal.value.facts == {"stream": "beta", "seq": 3}


def test_an_erased_detail_leaves_every_proof_whole(ledger: Actor) -> None:
    text = export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT)
    erase_detail(actor=ledger, entry=Entry.objects.get(stream="alpha", seq=4), reason="依法删除", at=LATER)
    report = queries.prove([text])
    assert (report.is_whole, report.erased) == (True, 1)


def test_the_outcome_of_a_run_is_kept(ledger: Actor) -> None:
    assert queries.last_proof() is None
    assert verify_ledger(at=AT).is_whole
    run("UPDATE ledger_entry SET object_key = 'x:other' WHERE stream = 'alpha' AND seq = 3")
    checkpoint_actions.verify_ledger(at=LATER)
    kept = queries.last_proof()
    assert kept is not None
    assert (kept.at, kept.entries, kept.is_whole) == (LATER, 19, False)
    assert json.loads(kept.findings) == [{"code": "hash", "stream": "alpha", "seq": 3, "checkpoint": 0}]
    assert ProofRun.objects.count() == 2
