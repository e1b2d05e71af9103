"""The proof away from the database: a file, the public key and notes that were kept outside."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from quanheng.kernel.actor import SYSTEM, Actor, Purpose
from quanheng.kernel.keys import new_key
from quanheng.ledger import notes
from quanheng.ledger.actions import Draft, record, record_many, record_opening
from quanheng.ledger.checkpoint_actions import export_checkpoint, make_checkpoint
from quanheng.ledger.exports import export_package, verifier
from quanheng.ledger.models import Entry
from quanheng.ledger.package import CannotReadPackage, verify_package
from quanheng.ledger.verify import Report
from tests.ledger.chains import found
from tests.ledger.conftest import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> str:
    """Ten entries in alpha and three openings under a checkpoint, then two more in beta."""
    drafts = [
        Draft(action="alpha.change", object_key=f"x:{n}", detail={"n": n}, reason="保密的原因") for n in range(10)
    ]
    record_many(actor=SYSTEM, drafts=drafts, at=AT)
    for _ in range(3):
        record_opening(actor=SYSTEM, cadre=new_key(), purpose=Purpose.SELECTION, at=AT)
    text = export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT)
    for _ in range(2):
        record(actor=SYSTEM, action="beta.change", obj="y:1", at=AT + timedelta(hours=1), on_behalf_of=new_key())
    return text


def packed() -> str:
    file = io.StringIO()
    assert export_package(actor=SYSTEM, file=file, name="ledger.jsonl", at=AT) == 15
    return file.getvalue()


def prove(text: str, *external: str) -> Report:
    return verify_package(io.StringIO(text), verifier(), external)


def altered(text: str, change: Callable[[dict[str, Any]], object], line: int) -> str:
    lines = text.splitlines(keepends=True)
    row = json.loads(lines[line])
    change(row)
    lines[line] = json.dumps(row, ensure_ascii=False) + "\n"
    return "".join(lines)


def test_a_package_proves_itself_and_the_notes_outside(note: str) -> None:
    text = packed()
    report = prove(text, note)
    assert (report.is_whole, report.entries, report.checkpoints) == (True, 15, 1)
    assert (report.unanchored, report.unanchored_since) == (2, AT + timedelta(hours=1))
    assert prove(text).unanchored == 15


def test_details_and_reasons_stay_at_home(note: str) -> None:
    text = packed()
    assert "保密的原因" not in text
    assert '"salt"' not in text


def test_a_package_that_leaves_is_told_past_its_own_heads(note: str, officer: Actor) -> None:
    first, second = io.StringIO(), io.StringIO()
    at = AT + timedelta(hours=2)
    assert export_package(actor=officer, file=first, name="ledger-1.jsonl", at=at) == 15
    entry = Entry.objects.latest("pk")
    assert (entry.action, entry.object_key) == ("ledger.export_package", "ledger.package:ledger-1.jsonl")
    assert (entry.actor, entry.at, entry.detail.detail) == (officer.key, at, '{"count":15}')
    assert prove(first.getvalue(), note).is_whole
    assert export_package(actor=officer, file=second, name="ledger-2.jsonl", at=at) == 16
    assert prove(second.getvalue(), note).is_whole


def test_an_altered_line_is_named(note: str) -> None:
    text = packed()
    assert found(prove(altered(text, lambda row: row.update(object_key="x:other"), 4))) == {
        ("hash", "alpha", 4, 0),
        ("root", "", 0, 1),
    }
    assert ("unreadable", "alpha", 5, 0) in found(prove(altered(text, lambda row: row.update(actor="nobody"), 5)))
    assert ("unreadable", "alpha", 6, 0) in found(prove(altered(text, lambda row: row.pop("at"), 6)))
    assert ("head", "beta", 2, 0) in found(prove(altered(text, lambda row: row["heads"].update(beta=[2, "00"]), 0)))


def test_a_line_left_out_is_named(note: str) -> None:
    lines = packed().splitlines(keepends=True)
    assert ("gap", "alpha", 7, 0) in found(prove("".join(lines[:7] + lines[8:])))
    assert found(prove("".join(lines[:-1]))) >= {("entries-missing", lines_stream(lines[-1]), lines_seq(lines[-1]), 0)}


def lines_stream(line: str) -> str:
    return str(json.loads(line)["stream"])


def lines_seq(line: str) -> int:
    return int(json.loads(line)["seq"])


def test_a_package_without_its_notes_still_meets_the_one_outside(note: str) -> None:
    text = altered(packed(), lambda row: row.update(notes=[]), 0)
    assert prove(text, note).is_whole
    lines = text.splitlines(keepends=True)
    kept = lines[:1] + [line for line in lines[1:] if lines_stream(line) != "alpha"]
    cut = altered("".join(kept), lambda row: row["heads"].pop("alpha"), 0)
    assert prove(cut).is_whole
    assert ("shorter-than-checkpoint", "alpha", 1, 1) in found(prove(cut, note))


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "no json", '{"heads": [], "notes": []}', '{"heads": {"a": 1}, "notes": []}']
)
def test_anything_else_is_refused(note: str, text: str) -> None:
    with pytest.raises(CannotReadPackage):
        prove(text)
    with pytest.raises(CannotReadPackage, match="unreadable-line"):
        prove(packed() + "{\n")


def test_the_key_of_another_ledger_is_refused(note: str) -> None:
    other = notes.verifier_of(notes.public_of(bytes(32)))
    with pytest.raises(notes.CannotTrustNote, match="not-signed-by-this-ledger"):
        verify_package(io.StringIO(packed()), other)
