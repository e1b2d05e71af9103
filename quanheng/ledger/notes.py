"""Checkpoints as signed notes (C2SP tlog-checkpoint and signed-note): plain text that can be printed and kept.

origin, size, base64 root, then `number N`, `at TIME` and a line `stream NAME SIZE HEAD` each; an empty line; signature.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from quanheng.kernel.errors import Refused

ED25519 = b"\x01"  # signature type of the signed-note format


class CannotTrustNote(Refused):
    """Not a checkpoint of ours: unreadable, of another ledger, or its signature does not hold."""


@dataclass(frozen=True, slots=True)
class Note:
    origin: str
    number: int
    at: str
    size: int
    root: str  # hex
    heads: Mapping[str, tuple[int, str]]  # stream -> size and hash of its last entry

    def size_of(self, stream: str) -> int:
        return self.heads.get(stream, (0, ""))[0]


def origin_of(public: bytes) -> str:
    """Names the ledger by its key, so that a note of another installation is never taken for ours."""
    return f"quanheng/ledger/{hashlib.sha256(public).hexdigest()[:16]}"


def public_of(signing: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw()


def verifier_of(public: bytes) -> str:
    """The public key as a line, to be kept beside the notes: name+id+key."""
    text = base64.b64encode(ED25519 + public).decode()
    return f"{origin_of(public)}+{_key_id(public).hex()}+{text}"


def public_from(verifier: str) -> bytes:
    try:
        name, key_id, text = verifier.strip().split("+", 2)  # base64 may hold a plus too
        public = base64.b64decode(text, validate=True)[1:]
        known = (origin_of(public), _key_id(public).hex(), 32)
    except (ValueError, binascii.Error):
        raise CannotTrustNote("unreadable-verifier") from None
    if (name, key_id, len(public)) != known:
        raise CannotTrustNote("unreadable-verifier")
    return public


def sign(note: Note, signing: bytes) -> str:
    body = _body(note)
    signature = Ed25519PrivateKey.from_private_bytes(signing).sign(body.encode())
    text = base64.b64encode(_key_id(public_of(signing)) + signature).decode()
    return f"{body}\n— {note.origin} {text}\n"


def read(text: str, public: bytes) -> Note:
    """The note, proved by its signature before a word of it is believed."""
    body, _, rest = text.partition("\n\n")
    body += "\n"
    signatures = [line.split(" ") for line in rest.splitlines() if line.startswith("— ")]
    ours = [parts[2] for parts in signatures if len(parts) == 3 and parts[1] == origin_of(public)]
    if not ours:
        raise CannotTrustNote("not-signed-by-this-ledger")
    try:
        signature = base64.b64decode(ours[0], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], body.encode())
    except (binascii.Error, InvalidSignature):
        raise CannotTrustNote("signature-does-not-hold") from None
    return _parse(body)


def _parse(body: str) -> Note:
    try:
        origin, size, root, number, at, *streams = body.splitlines()
        rows = [line.split(" ") for line in streams]
        heads = {name: (int(count), head) for _, name, count, head in rows}
        place = (int(number.removeprefix("number ")), at.removeprefix("at "), int(size))
        return Note(origin, *place, base64.b64decode(root, validate=True).hex(), heads)
    except (ValueError, binascii.Error):
        raise CannotTrustNote("unreadable-note") from None


def _body(note: Note) -> str:
    root = base64.b64encode(bytes.fromhex(note.root)).decode()
    lines = [note.origin, str(note.size), root, f"number {note.number}", f"at {note.at}"]
    lines += [f"stream {name} {count} {head}" for name, (count, head) in sorted(note.heads.items())]
    return "\n".join(lines) + "\n"


def _key_id(public: bytes) -> bytes:
    return hashlib.sha256(origin_of(public).encode() + b"\n" + ED25519 + public).digest()[:4]
