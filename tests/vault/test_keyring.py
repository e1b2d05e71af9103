import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from quanheng.vault import keyring as keys
from quanheng.vault.keyring import CannotLoadKeys, CannotRetire, CannotUnwrap


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keys.ensure_keys(tmp_path / "keys.json")
    return tmp_path / "keys.json"


def test_the_first_start_makes_a_private_file(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    content = json.loads(path.read_text())
    assert set(content) == {"version", "encrypt", "current", "index", "ledger", "signing"}
    assert list(content["encrypt"]) == [content["current"]]
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"]


def test_the_second_start_keeps_the_keys(path: Path) -> None:
    before = path.read_bytes()
    keys.ensure_keys(path)
    assert path.read_bytes() == before


def test_processes_that_start_together_share_one_file(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from quanheng.vault.keyring import ensure_keys, load;"
        "path = pathlib.Path(sys.argv[1]); ensure_keys(path); print(load(path).current)"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "keys.json")], stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    assert len({run.communicate()[0] for run in runs}) == 1
    assert [run.returncode for run in runs] == [0, 0, 0, 0]


def test_all_keys_differ_and_none_is_printed(path: Path) -> None:
    keyring = keys.load(path)
    assert len({*keyring.encrypt.values(), keyring.index, keyring.ledger, keyring.signing}) == 4
    assert repr(keyring) == f"Keyring(current='{keyring.current}')"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(CannotLoadKeys) as refusal:
        keys.load(path)
    assert refusal.value.code == "key-file-open-to-others"
    assert refusal.value.facts["mode"] == oct(mode)


def test_a_missing_file_is_never_replaced_by_reading(tmp_path: Path) -> None:
    with pytest.raises(CannotLoadKeys) as refusal:
        keys.load(tmp_path / "keys.json")
    assert refusal.value.code == "key-file-missing"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{}", '{"version": 2}', "not json"])
def test_a_damaged_file_is_refused(path: Path, content: str) -> None:
    path.write_text(content)
    with pytest.raises(CannotLoadKeys) as refusal:
        keys.load(path)
    assert refusal.value.code == "key-file-damaged"


def test_a_short_key_is_refused(path: Path) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "index": "AAAA"}))
    with pytest.raises(CannotLoadKeys):
        keys.load(path)


def test_loading_is_cached_until_the_file_changes(path: Path) -> None:
    first = keys.load(path)
    assert keys.load(path) is first
    assert keys.rotate(path) is not first
    assert keys.load(path) is not first


def test_rotation_adds_a_key_and_keeps_the_rest(path: Path) -> None:
    old = keys.load(path)
    new = keys.rotate(path)
    assert new.current != old.current
    assert new.encrypt[old.current] == old.encrypt[old.current]
    assert set(new.encrypt) == {old.current, new.current}
    assert (new.index, new.ledger, new.signing) == (old.index, old.ledger, old.signing)
    assert path.stat().st_mode & 0o777 == 0o600


def test_only_an_old_key_can_be_dropped(path: Path) -> None:
    old = keys.load(path).current
    for wrong in (old, "00000000"):
        with pytest.raises(CannotRetire):
            keys.drop_key(path, wrong)
    current = keys.rotate(path).current
    assert set(keys.drop_key(path, old).encrypt) == {current}


def test_wrapped_keys_open_with_their_passphrase_only(path: Path) -> None:
    keyring = keys.load(path)
    wrapped = keys.wrap(keyring, "山高水长 2026")
    assert keys.unwrap(wrapped, "山高水长 2026") == keyring
    with pytest.raises(CannotUnwrap) as refusal:
        keys.unwrap(wrapped, "山高水长 2027")
    assert refusal.value.code == "wrong-passphrase"
    assert all(key not in wrapped for key in (keyring.index, keyring.ledger, keyring.signing))


def test_altered_or_foreign_bytes_do_not_unwrap(path: Path) -> None:
    wrapped = keys.wrap(keys.load(path), "pass")
    with pytest.raises(CannotUnwrap, match="wrong-passphrase"):
        keys.unwrap(wrapped[:-1] + bytes((wrapped[-1] ^ 1,)), "pass")
    for foreign in (b"", b"QHK1", os.urandom(100)):
        with pytest.raises(CannotUnwrap, match="not-wrapped-keys"):
            keys.unwrap(foreign, "pass")


def test_restored_keys_replace_the_file(path: Path, tmp_path: Path) -> None:
    keyring = keys.load(path)
    keys.restore_keys(tmp_path / "other.json", keyring)
    assert keys.load(tmp_path / "other.json") == keyring
    assert (tmp_path / "other.json").stat().st_mode & 0o777 == 0o600
