"""One entry as it is hashed and the hash itself. Pure: the same code proves a live database and an exported file."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from uuid import UUID

DOMAIN = b"qh-ledger-1"
GENESIS = "0" * 64  # what the first entry of a stream continues
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Link:
    """The stored columns of an entry. `salt`, `detail` and `reason` are None where the detail row is gone."""

    stream: str
    seq: int
    prev: str
    at: datetime
    actor: UUID
    on_behalf_of: UUID | None
    action: str
    is_refused: bool
    object_key: str
    cadre: UUID | None
    purpose: str
    cites: str
    detail_hash: str
    reason_hash: str
    hash: str = ""
    salt: bytes | None = None
    detail: str | None = None
    reason: str | None = None


def canonical(value: object) -> str:
    """RFC 8785 for what we write: sorted keys, no spaces, UTF-8, and no floats, whose text is not one thing."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: object) -> object:
    match value:
        case None | bool() | int():
            return value
        case Enum():
            return plain(value.value)
        case str():
            return str(value)
        case UUID():
            return str(value)
        case datetime():
            return stamp(value)
        case date():
            return value.isoformat()
        case dict():
            return {str(key): plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case set() | frozenset():
            return sorted((plain(part) for part in value), key=str)
    raise TypeError(f"the ledger cannot hold a {type(value).__name__}")


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def hash_of(link: Link) -> str:
    """SHA-256 over the fields, never over a stored hash, so that an edited field shows."""
    content = {
        "v": 1,
        "stream": link.stream,
        "seq": link.seq,
        "prev": link.prev,
        "at": stamp(link.at),
        "actor": str(link.actor),
        "on_behalf_of": str(link.on_behalf_of or ""),
        "action": link.action,
        "is_refused": bool(link.is_refused),
        "object": link.object_key,
        "cadre": str(link.cadre or ""),
        "purpose": link.purpose,
        "cites": link.cites,
        "detail_hash": link.detail_hash,
        "reason_hash": link.reason_hash,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(DOMAIN + text.encode()).hexdigest()


def keyed(salt: bytes, part: str, text: str) -> str:
    """Hash of a detail or reason under the salt of its row: with the row erased nobody can try values."""
    return hmac.digest(salt, f"{part}\0{text}".encode(), hashlib.sha256).hex() if text else ""
