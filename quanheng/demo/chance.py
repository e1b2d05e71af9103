"""Seeded chance: the same seed gives the same city, keys of rows included, so that links to it stay."""

import hashlib
import random
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from itertools import accumulate
from typing import Generic, TypeVar
from uuid import UUID

Item = TypeVar("Item")

_STAMP = 1_790_000_000_000  # milliseconds of a moment in 2026: keys look like version 7 and lie in order of making


def dice(*names: object) -> random.Random:
    """A source of chance of its own for each thing named, whatever was drawn elsewhere."""
    return random.Random(":".join(map(str, names)))  # noqa: S311  a synthetic city, nothing secret


class Weighted(Generic[Item]):
    """A table of things and their weights, added up once."""

    def __init__(self, table: dict[Item, float]) -> None:
        self._items = tuple(table)
        self._sums = tuple(accumulate(table.values()))

    def draw(self, chance: random.Random) -> Item:
        return chance.choices(self._items, cum_weights=self._sums)[0]


class KeyMaker:
    """Keys of one kind of row: ascending, so that inserts append to the index, and never met twice."""

    def __init__(self, seed: int, kind: str) -> None:
        self._salt = hashlib.sha256(f"{seed}:{kind}".encode()).digest()

    def key(self, number: int) -> UUID:
        """48 bits of a stamp that grows with `number`, 74 bits of the salt and the number mixed."""
        tail = hashlib.blake2b(number.to_bytes(8), key=self._salt, digest_size=10).digest()
        value = ((_STAMP + number) << 80) | int.from_bytes(tail)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        return UUID(int=(value & ~(0x3 << 62)) | (0x2 << 62))


@lru_cache(maxsize=4096)
def month(index: int) -> date:
    """The first day of a month counted from year 0."""
    return date(index // 12, index % 12 + 1, 1)


def months(year: int, number: int) -> int:
    return year * 12 + number - 1


def index_of(day: date) -> int:
    return day.year * 12 + day.month - 1


@cache
def dotted(index: int) -> str:
    return f"{index // 12:04d}.{index % 12 + 1:02d}"


@cache
def compact(index: int) -> str:
    return f"{index // 12:04d}{index % 12 + 1:02d}"


def shares(chance: random.Random, total: int, parts: int) -> list[int]:
    """`total` cut at random into `parts` numbers, none negative."""
    cuts = sorted(chance.randint(0, total) for _ in range(parts - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, total], strict=True)]


def pick(chance: random.Random, items: Sequence[Item]) -> Item:
    """As `random.choice`, which is slower for what happens a million times."""
    return items[int(chance.random() * len(items))]
