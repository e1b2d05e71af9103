import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.vault.keyring import Keyring, make_keyring
from quanheng.vault.sealing import CannotOpen, blind_index, key_id_of, open_sealed, seal

KEYRING = make_keyring()


def rotated(keyring: Keyring) -> Keyring:
    other = make_keyring()
    return Keyring(other.current, {**keyring.encrypt, **other.encrypt}, keyring.index, keyring.ledger, keyring.signing)


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_was_sealed_opens_in_its_place(plaintext: bytes, context: str) -> None:
    cell = seal(KEYRING, plaintext, context.encode())
    assert open_sealed(KEYRING, cell, context.encode()) == plaintext
    assert len(cell) == 2 + 4 + 12 + len(plaintext) + 16


@given(st.binary(max_size=60), st.data())
def test_any_altered_byte_is_refused(plaintext: bytes, data: st.DataObject) -> None:
    cell = bytearray(seal(KEYRING, plaintext, b"t.c:1"))
    cell[data.draw(st.integers(0, len(cell) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CannotOpen):
        open_sealed(KEYRING, bytes(cell), b"t.c:1")


@given(st.binary(max_size=40))
def test_foreign_bytes_are_refused(cell: bytes) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(KEYRING, cell, b"t.c:1")


def test_a_cell_does_not_open_elsewhere() -> None:
    cell = seal(KEYRING, b"secret", b"people_cadre.identity_number:01")
    for place in (b"people_cadre.identity_number:02", b"people_cadre.health:01", b"people_relative.identity_number:01"):
        with pytest.raises(CannotOpen) as refusal:
            open_sealed(KEYRING, cell, place)
        assert refusal.value.code == "cell-moved-or-altered"
        assert refusal.value.facts == {"context": place.decode()}


def test_the_same_value_is_sealed_differently_each_time() -> None:
    assert seal(KEYRING, b"x", b"c") != seal(KEYRING, b"x", b"c")


def test_an_older_key_is_still_read_and_a_missing_one_is_named() -> None:
    cell = seal(KEYRING, b"x", b"c")
    newer = rotated(KEYRING)
    assert open_sealed(newer, cell, b"c") == b"x"
    assert key_id_of(cell) == KEYRING.current
    assert key_id_of(seal(newer, b"x", b"c")) == newer.current
    with pytest.raises(CannotOpen) as refusal:
        open_sealed(make_keyring(), cell, b"c")
    assert refusal.value.code == "key-not-in-key-file"
    assert refusal.value.facts["key"] == KEYRING.current


def test_the_blind_index_matches_equal_values_of_one_column_only() -> None:
    index = blind_index(KEYRING, "people_cadre.identity_number", "00010119800101001X")
    assert len(index) == 16
    assert index == blind_index(KEYRING, "people_cadre.identity_number", " 00010119800101001x ")
    assert index == blind_index(KEYRING, "people_cadre.identity_number", "00010119800101001X")
    assert index != blind_index(KEYRING, "people_cadre.identity_number", "000101198001010028")
    assert index != blind_index(KEYRING, "people_relative.identity_number", "00010119800101001X")
    assert index != blind_index(make_keyring(), "people_cadre.identity_number", "00010119800101001X")
