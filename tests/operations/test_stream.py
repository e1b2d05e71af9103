"""The encrypted file: whole, or refused with the reason."""

import io
import os

import pytest
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.operations import stream
from quanheng.operations.stream import MAGIC, CannotOpenBackup, SealedWriter, open_pieces

PHRASE = "made-up words for a test"
HEAD = len(MAGIC) + 16 + 7
CHECK = 4 + stream.TAG  # the empty piece that proves the passphrase


@pytest.fixture(autouse=True)
def _small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 100 bytes and a cheap key: the construction is the same."""
    real = Scrypt
    monkeypatch.setattr(stream, "PIECE", 100)
    monkeypatch.setattr(
        stream, "Scrypt", lambda *, salt, length, n, r, p: real(salt=salt, length=length, n=2, r=1, p=1)
    )


def sealed(*parts: bytes) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, PHRASE)
    for part in parts:
        writer.write(part)
    writer.close()
    return file.getvalue()


def opened(content: bytes, phrase: str = PHRASE) -> bytes:
    return b"".join(open_pieces(io.BytesIO(content), phrase))


def refusal(content: bytes, phrase: str = PHRASE) -> tuple[str, object]:
    with pytest.raises(CannotOpenBackup) as refused:
        opened(content, phrase)
    return refused.value.code, refused.value.facts.get("piece")


@given(st.lists(st.binary(max_size=350), max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_goes_in_comes_out(parts: list[bytes]) -> None:
    assert opened(sealed(*parts)) == b"".join(parts)


def test_nothing_of_the_content_is_in_the_file() -> None:
    assert b"000000197503150011" not in sealed(b"000000197503150011" * 20)


def test_two_files_of_one_content_differ() -> None:
    assert sealed(b"x" * 50)[HEAD:] != sealed(b"x" * 50)[HEAD:]


def test_a_wrong_passphrase_is_named_at_once() -> None:
    assert refusal(sealed(b"x" * 250), "other words for a test") == ("wrong-passphrase", None)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", MAGIC, MAGIC + bytes(22), b"QHBK2\n" + bytes(200)])
def test_another_file_is_no_backup(content: bytes) -> None:
    assert refusal(content) == ("not-a-backup", None)


def test_every_flipped_byte_is_found() -> None:
    """One byte anywhere. In the head it looks like a wrong passphrase; behind it the piece is named."""
    whole = sealed(b"x" * 250)
    codes = []
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        codes.append(refusal(bytes(changed))[0])
    assert set(codes[: len(MAGIC)]) == {"not-a-backup"}
    assert set(codes[len(MAGIC) : HEAD]) == {"wrong-passphrase"}
    assert set(codes[HEAD + 4 : HEAD + CHECK]) == {"wrong-passphrase"}
    assert set(codes[HEAD + CHECK :]) == {"damaged"}


def test_every_cut_is_found() -> None:
    whole = sealed(b"x" * 250)
    codes = [refusal(whole[:end])[0] for end in range(len(whole))]
    assert set(codes[:HEAD]) == {"not-a-backup"}
    assert set(codes[HEAD:]) == {"damaged"}


def pieces(content: bytes) -> list[bytes]:
    found, place = [], HEAD
    while place < len(content):
        size = int.from_bytes(content[place : place + 4], "big")
        found.append(content[place : place + 4 + size])
        place += 4 + size
    return found


def joined(content: bytes, order: list[int]) -> bytes:
    parts = pieces(content)
    return content[:HEAD] + b"".join(parts[number] for number in order)


@pytest.mark.parametrize(
    ("order", "piece"),
    [
        ([0, 2, 1, 3], 1),
        ([0, 1, 3, 2], 2),
        ([0, 1, 3], 2),
        ([0, 2, 3], 1),
        ([0, 1, 2], 2),
        ([0, 1, 2, 3, 3], 3),
        ([0, 1, 1, 2, 3], 2),
        ([0], 1),
    ],
)
def test_pieces_swapped_left_out_or_repeated_are_found(order: list[int], piece: int) -> None:
    whole = sealed(b"a" * 100 + b"b" * 100 + b"c" * 50)
    assert len(pieces(whole)) == 4
    assert joined(whole, [0, 1, 2, 3]) == whole
    assert refusal(joined(whole, order)) == ("damaged", piece)


def test_a_piece_of_another_backup_does_not_fit() -> None:
    one, two = sealed(b"a" * 150), sealed(b"b" * 150)
    assert refusal(one[:HEAD] + b"".join([*pieces(one)[:2], pieces(two)[2]])) == ("damaged", 2)


def test_a_length_that_lies_takes_no_memory() -> None:
    whole = sealed(b"x" * 50)
    lie = whole[: HEAD + CHECK] + b"\xff\xff\xff\xff" + os.urandom(64)
    assert refusal(lie) == ("damaged", 1)
