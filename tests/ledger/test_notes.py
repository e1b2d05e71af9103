import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.ledger import notes
from quanheng.ledger.notes import CannotTrustNote, Note

SIGNING = bytes(range(32))
PUBLIC = notes.public_of(SIGNING)
NOTE = Note(
    origin=notes.origin_of(PUBLIC),
    number=3,
    at="2026-11-20T01:02:03.000000+00:00",
    size=7,
    root="ab" * 32,
    heads={"people": (5, "11" * 32), "read.03": (2, "22" * 32)},
)


def test_a_signed_note_reads_back() -> None:
    text = notes.sign(NOTE, SIGNING)
    assert notes.read(text, PUBLIC) == NOTE
    assert text.splitlines()[:7] == [
        NOTE.origin,
        "7",
        base64.b64encode(b"\xab" * 32).decode(),
        "number 3",
        "at 2026-11-20T01:02:03.000000+00:00",
        f"stream people 5 {'11' * 32}",
        f"stream read.03 2 {'22' * 32}",
    ]
    assert text.splitlines()[7] == ""
    assert text.splitlines()[8].startswith(f"— {NOTE.origin} ")


@given(st.data())
def test_a_changed_note_is_not_believed(data: st.DataObject) -> None:
    text = notes.sign(NOTE, SIGNING)
    place = data.draw(st.integers(0, text.index("\n\n")))
    changed = text[:place] + data.draw(st.sampled_from("0a\nx ")) + text[place + 1 :]
    if changed != text:
        with pytest.raises(CannotTrustNote):
            notes.read(changed, PUBLIC)


@given(st.text(max_size=80))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(CannotTrustNote):
        notes.read(text, PUBLIC)


def test_another_ledgers_note_is_refused() -> None:
    other = os.urandom(32)
    with pytest.raises(CannotTrustNote, match="not-signed-by-this-ledger"):
        notes.read(notes.sign(NOTE, SIGNING), notes.public_of(other))
    forged = notes.sign(NOTE, other)  # our origin, another key
    with pytest.raises(CannotTrustNote, match="signature-does-not-hold"):
        notes.read(forged, PUBLIC)


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    text = notes.sign(NOTE, SIGNING)
    with pytest.raises(CannotTrustNote):
        notes.read(text.replace("number 3", "number three"), PUBLIC)
    broken = Note(NOTE.origin, 1, "x", 1, "ab" * 32, {"two words": (1, "a")})
    with pytest.raises(CannotTrustNote, match="unreadable-note"):
        notes.read(notes.sign(broken, SIGNING), PUBLIC)


def test_the_public_key_travels_as_one_line() -> None:
    line = notes.verifier_of(PUBLIC)
    assert line.startswith(f"{NOTE.origin}+")
    assert notes.public_from(line + "\n") == PUBLIC
    for wrong in ("", "a+b+c", line[:-4] + "AAAA", line.replace("+", "-", 1)):
        with pytest.raises(CannotTrustNote, match="unreadable-verifier"):
            notes.public_from(wrong)
