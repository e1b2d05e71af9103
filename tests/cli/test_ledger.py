"""`quanheng ledger`: whole, tampered with, anchored outside. On both databases."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from quanheng.cli import DONE, FINDINGS, WRONG_USE, main
from quanheng.kernel.actor import SYSTEM
from quanheng.ledger import protection
from quanheng.ledger.actions import record
from quanheng.ledger.chain import GENESIS, Link, hash_of
from quanheng.ledger.models import Checkpoint, Entry, Head, ProofRun

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)
Tamper = Callable[[], None]


@pytest.fixture
def ledger() -> None:
    """Twelve entries in `people`, four in `accounts`."""
    for number in range(1, 13):
        record(actor=SYSTEM, action="people.export", obj=f"x:{number}", detail={"n": number}, reason="原因", at=AT)
    for number in range(1, 5):
        record(actor=SYSTEM, action="accounts.sign_in", obj=f"y:{number}", at=AT)


def tell(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, Any]:
    code = main(["ledger", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def found(told: Any) -> set[tuple[str, str, int, int]]:
    return {(one["code"], one["stream"], one["seq"], one["checkpoint"]) for one in told["findings"]}


def run(statement: str, *values: str | int) -> Tamper:
    def tamper() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return tamper


def both(*steps: Tamper) -> Tamper:
    def tamper() -> None:
        for step in steps:
            step()

    return tamper


def swap() -> None:
    three, four = (Entry.objects.get(stream="people", seq=seq) for seq in (3, 4))
    Entry.objects.filter(pk=three.pk).update(seq=99)
    Entry.objects.filter(pk=four.pk).update(seq=3)
    Entry.objects.filter(pk=three.pk).update(seq=4)


def insert() -> None:
    entry = Entry.objects.get(stream="people", seq=12)
    entry.pk, entry.seq, entry.prev = None, 13, entry.hash
    entry.save(force_insert=True)


def cut(last: int) -> Tamper:
    """The end is gone and the head says so: the chain by itself is whole again."""

    def tamper() -> None:
        gone = Entry.objects.filter(stream="people", seq__gt=last)
        run("DELETE FROM ledger_entrydetail WHERE entry_id IN (SELECT id FROM ledger_entry WHERE seq > %s)", last)()
        gone.delete()
        head = Entry.objects.get(stream="people", seq=last)
        Head.objects.filter(stream="people").update(seq=last, hash=head.hash)

    return tamper


def links() -> Iterator[tuple[int, Link]]:
    columns = [field.name for field in fields(Link) if field.name not in ("salt", "detail", "reason")]
    for pk, *values in Entry.objects.filter(stream="people").order_by("seq").values_list("pk", *columns):
        yield pk, Link(**dict(zip(columns, values, strict=True)))


def rewrite(seq: int) -> Tamper:
    """One entry is about somebody else, and every hash after it is computed anew by one who knows the format."""

    def tamper() -> None:
        before = GENESIS
        for pk, link in list(links()):
            new = replace(link, prev=before, object_key="x:0" if link.seq == seq else link.object_key)
            before = hash_of(new)
            Entry.objects.filter(pk=pk).update(prev=new.prev, hash=before, object_key=new.object_key)
        Head.objects.filter(stream="people").update(hash=before)

    return tamper


EDITS = {
    "action": "people.print_form",
    "object_key": "x:0",
    "actor": "00000000-0000-0000-0000-000000000007",
    "at": "2020-01-01T00:00:00+00:00",
    "is_refused": True,
    "cites": '["R-1"]',
    "purpose": "selection",
    "detail_hash": "0" * 64,
    "hash": "0" * 64,
}
FIFTH = "WHERE entry_id = (SELECT id FROM ledger_entry WHERE stream = 'people' AND seq = 5)"
EDIT_DETAIL = run("UPDATE ledger_entrydetail SET detail = '{}' " + FIFTH)  # noqa: S608  our own words
EDIT_REASON = run("UPDATE ledger_entrydetail SET reason = '无' " + FIFTH)  # noqa: S608
DELETE_DETAIL = run("DELETE FROM ledger_entrydetail " + FIFTH)  # noqa: S608
DELETE_ENTRY = run("DELETE FROM ledger_entry WHERE stream = 'people' AND seq = 5")
MOVE_HEAD = run("UPDATE ledger_head SET seq = 11 WHERE stream = 'people'")
DELETE_HEAD = run("DELETE FROM ledger_head WHERE stream = 'people'")


def edited(column: str, value: object) -> Tamper:
    def tamper() -> None:
        Entry.objects.filter(stream="people", seq=5).update(**{column: value})

    return tamper


CHAINED: dict[str, tuple[Tamper, tuple[str, str, int, int]]] = {
    **{f"edit {name}": (edited(name, value), ("hash", "people", 5, 0)) for name, value in EDITS.items()},
    "edit detail": (EDIT_DETAIL, ("detail", "people", 5, 0)),
    "edit reason": (EDIT_REASON, ("reason", "people", 5, 0)),
    "delete detail": (DELETE_DETAIL, ("detail-missing", "people", 5, 0)),
    "delete": (both(DELETE_DETAIL, DELETE_ENTRY), ("gap", "people", 5, 0)),
    "swap": (swap, ("hash", "people", 3, 0)),
    "insert": (insert, ("hash", "people", 13, 0)),
    "move the head": (MOVE_HEAD, ("head", "people", 11, 0)),
    "delete the head": (DELETE_HEAD, ("head-missing", "people", 12, 0)),
}


def test_a_whole_ledger_is_done(ledger: None, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = tell(capsys, "verify")
    assert code == DONE
    assert told == {
        "whole": True,
        "entries": 16,
        "streams": {"accounts": 4, "people": 12},
        "findings": [],
        "erased": 0,
        "checkpoints": 0,
        "unanchored": 16,
        "unanchored_since": AT.isoformat(),
    }
    assert (ProofRun.objects.get().is_whole, ProofRun.objects.get().entries) == (True, 16)


def test_an_empty_ledger_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify"]) == DONE
    assert capsys.readouterr().out.startswith("台账 0 条，0 条链，核对检查点 0 个：完整")


@pytest.mark.parametrize("name", sorted(CHAINED))
def test_the_chain_finds_and_names(name: str, ledger: None, capsys: pytest.CaptureFixture[str]) -> None:
    tamper, expected = CHAINED[name]
    assert tell(capsys, "verify")[0] == DONE
    tamper()
    code, told = tell(capsys, "verify")
    assert (code, told["whole"]) == (FINDINGS, False)
    assert expected in found(told)
    assert {one["stream"] for one in told["findings"]} == {"people"}
    assert ProofRun.objects.order_by("pk").last().is_whole is False  # type: ignore[union-attr]
    main(["ledger", "verify"])
    assert f"  people 第 {expected[2]} 号：" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["cut", "re-chained rewrite", "re-chained rewrite of the first"])
def test_only_an_exported_checkpoint_finds_it(
    name: str, ledger: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = tmp_path / "note.txt"
    tell(capsys, "checkpoint", "--to", note)
    {"cut": cut(7), "re-chained rewrite": rewrite(9), "re-chained rewrite of the first": rewrite(1)}[name]()
    Checkpoint.objects.all().delete()  # the attacker owns the database: its own copy goes too
    assert tell(capsys, "verify")[0] == DONE
    code, told = tell(capsys, "verify", "--checkpoint", note)
    assert code == FINDINGS
    place = (
        ("shorter-than-checkpoint", "people", 8, 1) if name == "cut" else ("differs-from-checkpoint", "people", 12, 1)
    )
    assert found(told) == {place, ("root", "", 0, 1)}


def test_after_the_anchor_nobody_can_find_it_and_it_says_so(
    ledger: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = tmp_path / "note.txt"
    tell(capsys, "checkpoint", "--to", note)
    record(actor=SYSTEM, action="people.export", obj="x:13", at=AT)
    rewrite(13)()
    code, told = tell(capsys, "verify", "--checkpoint", note)
    assert (code, told["unanchored"], told["unanchored_since"]) == (DONE, 1, AT.isoformat())
    main(["ledger", "verify", "--checkpoint", str(note)])
    assert "1 条还没有外存的检查点覆盖" in capsys.readouterr().out


def test_a_checkpoint_is_a_signed_note_in_a_file(
    ledger: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = tmp_path / "note.txt"
    code, told = tell(capsys, "checkpoint", "--to", note)
    row = Checkpoint.objects.get()
    assert (code, told) == (DONE, {"number": 1, "size": 16, "root": row.root, "file": str(note)})
    assert note.read_text(encoding="utf-8") == row.note
    assert row.exported_at is not None
    assert list(tmp_path.iterdir()) == [note]
    assert tell(capsys, "verify", "--checkpoint", note)[1]["unanchored"] == 0


def test_a_note_that_was_not_written_is_no_anchor(ledger: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "checkpoint", "--to", "/nowhere/note.txt"]) == WRONG_USE
    assert capsys.readouterr().err == "quanheng: /nowhere：没有这个文件夹\n"
    assert not Checkpoint.objects.exists()


def test_nothing_is_signed_on_top_of_a_cut(ledger: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tell(capsys, "checkpoint", "--to", tmp_path / "note.txt")
    cut(7)()
    code, told = tell(capsys, "checkpoint", "--to", tmp_path / "second.txt")
    assert (code, told["refused"]) == (FINDINGS, "differs-from-checkpoint")
    assert not (tmp_path / "second.txt").exists()


@pytest.mark.parametrize("change", ["altered", "of another ledger", "no note"])
def test_a_note_that_cannot_be_trusted_is_refused(
    ledger: None, change: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note = tmp_path / "note.txt"
    tell(capsys, "checkpoint", "--to", note)
    text = note.read_text(encoding="utf-8")
    note.write_bytes(
        {
            "altered": text.replace("\n16\n", "\n15\n"),
            "of another ledger": text.replace("quanheng/ledger/", "quanheng/ledger/0"),
            "no note": "\udcff",
        }[change].encode(errors="surrogateescape")
    )
    code, told = tell(capsys, "verify", "--checkpoint", note)
    assert (code, set(told)) == (FINDINGS, {"refused", "sentence", "facts"})
    assert told["sentence"].startswith("检查点文件")


def test_a_missing_note_is_wrong_use(ledger: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", "verify", "--checkpoint", "/nowhere/note.txt"]) == WRONG_USE
    assert "/nowhere/note.txt" in capsys.readouterr().err


def test_the_protection_can_be_put_back(ledger: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert tell(capsys, "protect") == (DONE, {"installed": True})
    assert tell(capsys, "protect") == (DONE, {"installed": False})
    assert protection.is_installed(connection)
    protection.remove(connection)


def test_nothing_of_an_entry_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """What is found is named by stream and number: a log must not hold what an entry says."""
    record(actor=SYSTEM, action="people.export", obj="x:1", detail={"姓名": "陈知行"}, reason="陈知行的事", at=AT)
    run("UPDATE ledger_entrydetail SET reason = '陈知行改了'")()
    main(["ledger", "verify"])
    said = capsys.readouterr()
    assert "陈知行" not in said.out + said.err
