"""Keys of records: UUID version 7, so that new rows lie together in an index."""

import os
import time
from uuid import UUID


def new_key() -> UUID:
    """48 bits of milliseconds, then 74 random bits (RFC 9562)."""
    stamp = time.time_ns() // 1_000_000
    value = (stamp << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))
