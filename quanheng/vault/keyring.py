"""The keys of an installation: one file outside the database, 0600; in a backup only wrapped by a passphrase.

{"version": 1, "encrypt": {id: base64}, "current": id, "index": base64, "ledger": base64, "signing": base64}
"""

import base64
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from quanheng.kernel.errors import Refused

VERSION = 1
KEY_BYTES = 32
ID_BYTES = 4
MAGIC = b"QHK1"


class CannotLoadKeys(Refused):
    """The key file is missing, open to others, or not ours."""


class CannotUnwrap(Refused):
    """Wrong passphrase, or the wrapped keys were altered."""


class CannotRetire(Refused):
    """The key is unknown, current, or still in use."""


@dataclass(frozen=True, slots=True)
class Keyring:
    current: str  # id of the key that new cells are sealed with
    encrypt: Mapping[str, bytes] = field(repr=False)
    index: bytes = field(repr=False)
    ledger: bytes = field(repr=False)
    signing: bytes = field(repr=False)  # Ed25519 private key, raw


def make_keyring() -> Keyring:
    key_id = os.urandom(ID_BYTES).hex()
    return Keyring(key_id, {key_id: os.urandom(KEY_BYTES)}, *(os.urandom(KEY_BYTES) for _ in range(3)))


def ensure_keys(path: Path) -> None:
    """Make the file at the first start. Two processes may race: one file appears, whole, and both use it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _write_draft(path, make_keyring())
    try:
        os.link(draft, path)  # refuses an existing name, so no process ever overwrites another's keys
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def load(path: Path) -> Keyring:
    """Cached per process until the file is replaced, so that a rotation reaches running workers."""
    try:
        state = path.stat()
    except FileNotFoundError:
        raise CannotLoadKeys("key-file-missing", path=str(path)) from None
    if stat.S_IMODE(state.st_mode) & 0o077:
        raise CannotLoadKeys("key-file-open-to-others", path=str(path), mode=oct(stat.S_IMODE(state.st_mode)))
    return _parse_file(path, state.st_ino, state.st_mtime_ns)


def rotate(path: Path) -> Keyring:
    """A new key for writes; cells under the old ones are still read."""
    key_id = os.urandom(ID_BYTES).hex()
    keyring = load(path)
    return _store(path, replace(keyring, current=key_id, encrypt={**keyring.encrypt, key_id: os.urandom(KEY_BYTES)}))


def drop_key(path: Path, key_id: str) -> Keyring:
    """Forget an old key. Only `rotation.retire` calls this: it proves first that no cell needs the key."""
    keyring = load(path)
    if key_id == keyring.current or key_id not in keyring.encrypt:
        raise CannotRetire("key-current-or-unknown", key=key_id)
    return _store(path, replace(keyring, encrypt={k: v for k, v in keyring.encrypt.items() if k != key_id}))


def wrap(keyring: Keyring, passphrase: str) -> bytes:
    """The keyring for a backup: magic, salt, nonce, AES-256-GCM under a key made by scrypt."""
    salt, nonce = os.urandom(16), os.urandom(12)
    return MAGIC + salt + nonce + AESGCM(_stretch(passphrase, salt)).encrypt(nonce, _dump(keyring), MAGIC)


def unwrap(wrapped: bytes, passphrase: str) -> Keyring:
    magic, salt, nonce = wrapped[:4], wrapped[4:20], wrapped[20:32]
    if magic != MAGIC or len(nonce) != 12:
        raise CannotUnwrap("not-wrapped-keys")
    try:
        return _parse(AESGCM(_stretch(passphrase, salt)).decrypt(nonce, wrapped[32:], MAGIC))
    except InvalidTag:
        raise CannotUnwrap("wrong-passphrase") from None


def restore_keys(path: Path, keyring: Keyring) -> None:
    """Put unwrapped keys in place of the file."""
    _store(path, keyring)


def _stretch(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**16, r=8, p=1).derive(passphrase.encode())


def _store(path: Path, keyring: Keyring) -> Keyring:
    _write_draft(path, keyring).replace(path)
    return load(path)


def _write_draft(path: Path, keyring: Keyring) -> Path:
    draft = path.with_name(f".{path.name}.{os.urandom(6).hex()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_dump(keyring))
        file.flush()
        os.fsync(file.fileno())
    return draft


def _dump(keyring: Keyring) -> bytes:
    content = {
        "version": VERSION,
        "encrypt": {key_id: _text(key) for key_id, key in keyring.encrypt.items()},
        "current": keyring.current,
        "index": _text(keyring.index),
        "ledger": _text(keyring.ledger),
        "signing": _text(keyring.signing),
    }
    return json.dumps(content, indent=1).encode()


@lru_cache(maxsize=8)
def _parse_file(path: Path, _inode: int, _changed: int) -> Keyring:
    try:
        return _parse(path.read_bytes())
    except (ValueError, KeyError, TypeError) as error:
        raise CannotLoadKeys("key-file-damaged", path=str(path), why=type(error).__name__) from None


def _parse(content: bytes) -> Keyring:
    found = json.loads(content)
    if found["version"] != VERSION or found["current"] not in found["encrypt"]:
        raise ValueError("not a keyring of this version")
    encrypt = {key_id: _key(text) for key_id, text in found["encrypt"].items()}
    return Keyring(found["current"], encrypt, _key(found["index"]), _key(found["ledger"]), _key(found["signing"]))


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has the wrong length")
    return key


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
