"""RFC 6962 tree hash, grown leaf by leaf. Pure."""

import hashlib
from dataclasses import dataclass, field
from typing import Self


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """The full subtrees of the leaves so far, largest first, as (height, hash): all that the next root needs."""

    subtrees: list[tuple[int, bytes]] = field(default_factory=list)

    def append(self, content: bytes) -> None:
        height, digest = 0, leaf_hash(content)
        while self.subtrees and self.subtrees[-1][0] == height:
            digest = node_hash(self.subtrees.pop()[1], digest)
            height += 1
        self.subtrees.append((height, digest))

    def root(self) -> bytes:
        if not self.subtrees:
            return hashlib.sha256(b"").digest()
        digest = self.subtrees[-1][1]
        for _, left in reversed(self.subtrees[:-1]):
            digest = node_hash(left, digest)
        return digest

    def to_list(self) -> list[list[int | str]]:
        return [[height, digest.hex()] for height, digest in self.subtrees]

    @classmethod
    def from_list(cls, rows: list[list[int | str]]) -> Self:
        return cls([(int(height), bytes.fromhex(str(digest))) for height, digest in rows])
