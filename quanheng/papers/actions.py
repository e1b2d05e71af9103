"""Keeping files. The caller's transaction and ledger entry cover it: a file alone says nothing."""

import hashlib
import re
from datetime import datetime

from quanheng.ledger.digests import digest
from quanheng.papers.models import StoredFile

# Offices name a form 姓名+公民身份号码.lrmx; the number is encrypted at rest and may not stand here in the clear.
IDENTITY_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXxＸｘ]|\d{15})(?!\d)")
HIDDEN = "＊"


def build_file(*, name: str, media_type: str, content: bytes, at: datetime) -> StoredFile:
    """The row, not yet written: imports write many at once."""
    return StoredFile(
        name=kept_name(name),
        media_type=media_type,
        size=len(content),
        digest=content_digest(content),
        content=content,
        created_at=at,
    )


def kept_name(name: str) -> str:
    """What a database takes of a file's name: an identity number hidden, no control or broken character."""
    readable = "".join(character if character.isprintable() else "_" for character in name)
    return IDENTITY_NUMBER.sub(HIDDEN, readable)[-200:]


def content_digest(content: bytes) -> str:
    """Keyed, so that whoever holds the database cannot look for a file he has; equal contents are equal."""
    return digest(hashlib.sha256(content).hexdigest())
