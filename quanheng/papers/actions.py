"""Keeping files. The caller's transaction and ledger entry cover it: a file alone says nothing."""

import hashlib
from datetime import datetime

from quanheng.ledger.digests import digest
from quanheng.papers.models import StoredFile


def build_file(*, name: str, media_type: str, content: bytes, at: datetime) -> StoredFile:
    """The row, not yet written: imports write many at once."""
    return StoredFile(
        name=name[-200:],
        media_type=media_type,
        size=len(content),
        digest=content_digest(content),
        content=content,
        created_at=at,
    )


def content_digest(content: bytes) -> str:
    """Keyed, so that whoever holds the database cannot look for a file he has; equal contents are equal."""
    return digest(hashlib.sha256(content).hexdigest())
