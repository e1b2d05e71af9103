"""Each way to tamper by itself: what is found, where, and what only a checkpoint finds."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from quanheng.ledger.chain import Link
from quanheng.ledger.merkle import Frontier
from quanheng.ledger.notes import Note
from quanheng.ledger.verify import verify
from tests.ledger.chains import Chains, Heads, found, heads_of, make_chain, make_link, note_of, prove, rechain
from tests.ledger.conftest import AT


@pytest.fixture
def chains() -> Chains:
    return {"alpha": make_chain("alpha", 40), "beta": make_chain("beta", 25)}


@pytest.fixture
def heads(chains: Chains) -> Heads:
    return heads_of(chains)


@pytest.fixture
def notes(chains: Chains) -> list[Note]:
    """Two checkpoints: after alpha 10 and beta 5, and after alpha 30 and beta 20."""
    frontier = Frontier()
    first = note_of(1, {"alpha": chains["alpha"][:10], "beta": chains["beta"][:5]}, None, frontier)
    second = note_of(2, {"alpha": chains["alpha"][:30], "beta": chains["beta"][:20]}, first, frontier)
    return [first, second]


def test_an_untouched_ledger_is_whole(chains: Chains, heads: Heads, notes: list[Note]) -> None:
    report = prove(chains, heads, notes)
    assert (report.is_whole, report.findings) == (True, ())
    assert (report.entries, report.streams) == (65, {"alpha": 40, "beta": 25})
    assert (report.checkpoints, report.unanchored) == (2, 15)
    assert report.unanchored_since == AT + timedelta(minutes=21)
    assert prove({}, {}).is_whole


def test_without_a_copy_outside_everything_is_unanchored(chains: Chains, heads: Heads) -> None:
    report = prove(chains, heads)
    assert (report.anchor, report.unanchored, report.unanchored_since) == (None, 65, AT + timedelta(minutes=1))


EDITS: list[dict[str, object]] = [
    {"at": AT},
    {"actor": UUID(int=99)},
    {"on_behalf_of": UUID(int=98)},
    {"action": "alpha.other"},
    {"is_refused": True},
    {"object_key": "people.cadre:0"},
    {"cadre": None},
    {"purpose": "selection"},
    {"cites": "[]"},
    {"detail_hash": "00"},
    {"reason_hash": "00"},
    {"prev": "00"},
    {"hash": "00"},
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: next(iter(edit)))
def test_every_edited_field_is_named_at_its_entry(chains: Chains, heads: Heads, edit: dict[str, object]) -> None:
    chains["alpha"][19] = replace(chains["alpha"][19], **edit)  # type: ignore[arg-type]
    assert found(prove(chains, heads)) == {("hash", "alpha", 20, 0)}


def test_an_edit_with_its_own_hash_breaks_the_next_link(chains: Chains, heads: Heads) -> None:
    edited = rechain([*chains["alpha"][:19], replace(chains["alpha"][19], cadre=None)], 19)
    chains["alpha"][19] = edited[19]
    assert found(prove(chains, heads)) == {("broken-link", "alpha", 21, 0)}


def test_a_deleted_entry_is_a_gap(chains: Chains, heads: Heads) -> None:
    del chains["alpha"][19]
    assert found(prove(chains, heads)) == {("gap", "alpha", 20, 0)}


def test_an_inserted_entry_is_found(chains: Chains, heads: Heads) -> None:
    chains["alpha"].insert(20, make_link("alpha", 20, chains["alpha"][18].hash))
    assert found(prove(chains, heads)) == {("repeated", "alpha", 20, 0)}


def test_an_entry_appended_past_the_head_is_found(chains: Chains, heads: Heads) -> None:
    chains["alpha"].append(make_link("alpha", 41, chains["alpha"][-1].hash))
    assert found(prove(chains, heads)) == {("head", "alpha", 41, 0)}


def test_two_swapped_entries_are_found(chains: Chains, heads: Heads) -> None:
    one, two = chains["alpha"][19], chains["alpha"][20]
    chains["alpha"][19:21] = [replace(two, seq=20), replace(one, seq=21)]
    assert found(prove(chains, heads)) == {("hash", "alpha", 20, 0)}


def test_a_cut_tail_is_found_by_the_head(chains: Chains, heads: Heads) -> None:
    del chains["alpha"][35:]
    assert found(prove(chains, heads)) == {("entries-missing", "alpha", 36, 0)}


def test_a_stream_that_is_gone_is_found_by_its_head(chains: Chains, heads: Heads) -> None:
    del chains["beta"]
    assert found(prove(chains, heads)) == {("entries-missing", "beta", 1, 0)}


def test_an_edited_or_deleted_head_is_found(chains: Chains, heads: Heads) -> None:
    heads["alpha"] = (40, "00")
    del heads["beta"]
    assert found(prove(chains, heads)) == {("head", "alpha", 40, 0), ("head-missing", "beta", 25, 0)}
    heads["alpha"] = (39, chains["alpha"][38].hash)
    assert ("head", "alpha", 40, 0) in found(prove(chains, heads))


def test_an_edited_detail_or_reason_is_found(chains: Chains, heads: Heads) -> None:
    chains["alpha"][19] = replace(chains["alpha"][19], detail='{"after":21}')
    chains["beta"][3] = replace(chains["beta"][3], reason="另一个")
    assert found(prove(chains, heads)) == {("detail", "alpha", 20, 0), ("reason", "beta", 4, 0)}


def test_an_erased_detail_verifies_when_an_entry_says_so(chains: Chains, heads: Heads) -> None:
    chains["alpha"][19] = replace(chains["alpha"][19], salt=None, detail=None, reason=None)
    assert found(prove(chains, heads)) == {("detail-missing", "alpha", 20, 0)}
    erasure = replace(make_link("ledger", 1, ""), action="ledger.erase_detail", object_key="ledger.entry:alpha/20")
    chains["ledger"] = rechain([erasure])
    report = prove(chains, heads_of(chains))
    assert (report.is_whole, report.erased) == (True, 1)


def test_cut_with_the_head_set_back_is_found_by_the_checkpoint_only(chains: Chains, notes: list[Note]) -> None:
    del chains["alpha"][25:]
    assert prove(chains, heads_of(chains)).is_whole
    assert found(prove(chains, heads_of(chains), notes)) == {
        ("shorter-than-checkpoint", "alpha", 26, 2),
        ("root", "", 0, 2),
    }


def test_rewriting_with_new_hashes_is_found_by_the_checkpoint_only(chains: Chains, notes: list[Note]) -> None:
    chains["alpha"][4] = replace(chains["alpha"][4], cadre=None)
    chains["alpha"] = rechain(chains["alpha"], 4)
    assert prove(chains, heads_of(chains)).is_whole
    assert found(prove(chains, heads_of(chains), notes)) == {
        ("differs-from-checkpoint", "alpha", 10, 1),
        ("root", "", 0, 1),
    }


def test_the_root_alone_finds_a_rewriting_between_the_heads(chains: Chains, notes: list[Note]) -> None:
    """A note whose stream lines were made to agree still has the root over all entries."""
    chains["alpha"][14] = replace(chains["alpha"][14], cadre=None)
    chains["alpha"] = rechain(chains["alpha"], 14)
    agreeing = replace(notes[1], heads={**notes[1].heads, "alpha": (30, chains["alpha"][29].hash)})
    assert found(prove(chains, heads_of(chains), [notes[0], agreeing])) == {("root", "", 0, 2)}


def test_what_happens_after_the_checkpoint_is_found_by_nobody(chains: Chains, notes: list[Note]) -> None:
    """The window that the page names: it ends with the next exported checkpoint."""
    del chains["alpha"][32:]
    assert prove(chains, heads_of(chains), notes).is_whole


def test_a_whole_stream_removed_with_its_head_is_found_by_the_checkpoint(chains: Chains, notes: list[Note]) -> None:
    del chains["beta"]
    assert prove(chains, heads_of(chains)).is_whole
    assert ("shorter-than-checkpoint", "beta", 1, 1) in found(prove(chains, heads_of(chains), notes))


def test_an_earlier_note_that_is_missing_is_named(chains: Chains, heads: Heads, notes: list[Note]) -> None:
    assert found(prove(chains, heads, notes[1:])) == {("checkpoint-missing", "", 0, 2)}
    claims_more = replace(notes[1], size=notes[1].size + 10**9)
    assert found(prove(chains, heads, [notes[0], claims_more])) == {("root", "", 0, 2)}


def test_only_the_first_broken_entry_of_a_stream_is_named(chains: Chains, heads: Heads) -> None:
    for place in (5, 9, 30):
        chains["alpha"][place] = replace(chains["alpha"][place], cadre=None)
    del chains["beta"][2]
    chains["beta"][7] = replace(chains["beta"][7], cadre=None)
    assert found(prove(chains, heads)) == {("hash", "alpha", 6, 0), ("gap", "beta", 3, 0)}


def test_a_row_that_cannot_be_read_ends_its_stream_only(chains: Chains, heads: Heads) -> None:
    def broken() -> Iterator[Link]:
        yield from chains["alpha"][:7]
        raise ValueError("badly formed hexadecimal UUID string")

    report = verify([("alpha", broken()), ("beta", chains["beta"])], heads)
    assert found(report) == {("unreadable", "alpha", 8, 0)}
    assert report.streams == {"alpha": 7, "beta": 25}


def test_writers_may_append_while_the_ledger_is_read(chains: Chains, heads: Heads) -> None:
    before = {"alpha": (38, chains["alpha"][37].hash)}
    report = verify(sorted(chains.items()), before, heads_after=lambda: heads)
    assert report.is_whole
    later = {**heads, "alpha": (45, "ff"), "beta": (30, "ff")}
    assert verify(sorted(chains.items()), before, heads_after=lambda: later).is_whole
    assert found(verify(sorted(chains.items()), before, heads_after=lambda: before)) == {
        ("head", "alpha", 40, 0),
        ("head-missing", "beta", 25, 0),
    }


def test_progress_is_told() -> None:
    told: list[int] = []
    chain = make_chain("alpha", 20_001)
    verify([("alpha", chain)], heads_of({"alpha": chain}), progress=told.append)
    assert told == [10_000, 20_000]
