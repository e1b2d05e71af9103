"""Where each pair stands in the three-level system: local ballots (scalars), units (dense blocks), border.

Units of like size are padded to one size and worked on together, so that thousands of them cost a few calls of numpy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from quanheng.calibration.ratings import Floats, Ints

CELLS = 150_000  # of ballots × persons in a batch: keeps its arrays in the cache
SLACK = 1.25  # how far sizes in a batch may differ
FILLED = 0.5  # of the places of a batch: then reading all of them costs less than writing those that there are
SMALL = 20_000  # cells, up to which padding costs less than another batch


@dataclass(frozen=True)
class Places:
    """Pairs on persons in blocks, and on ballots that are scalars (one block only) or links in the border."""

    person: Ints  # (pairs,)
    group: Ints  # (pairs,)
    scalar: Ints  # (pairs,), the scalar ballot, -1: none
    link: Ints  # (pairs,), the ballot's place in the border, -1: none
    scalars: int
    links: int
    block: Ints  # (persons,)
    blocks: int
    groups: int

    @property
    def persons(self) -> int:
        return self.block.size

    @cached_property
    def cell(self) -> Ints:
        """(pairs,), place in a table of persons × groups."""
        return self.person * self.groups + self.group

    @cached_property
    def linked(self) -> Ints:
        """Pairs on links."""
        return np.flatnonzero(self.link >= 0)

    @cached_property
    def scalar_block(self) -> Ints:
        """(scalars,), the one block that all its pairs are in."""
        block = np.zeros(self.scalars + 1, dtype=np.int32)
        block[self.scalar] = self.block[self.person]
        return block[:-1]


@dataclass(frozen=True)
class Batch:
    """Blocks of like size. Padded places hold -1 in `person` and `scalar`, column 0 with zeros in `column`."""

    block: Ints  # (U,)
    person: Ints  # (U, m)
    scalar: Ints  # (U, G, n)
    column: Ints  # (U, T), links that touch the block
    local: Ints  # pairs on scalars
    local_at: Ints  # their places in (U, G, n, m)
    filled: Ints  # (U·G·n·m,), pair of each place, any where there is none; empty where most places have none
    blank: Ints  # places of `filled` that have none
    outer: Ints  # the other pairs
    outer_at: Ints  # their places in (U, G, m)
    linked: Ints  # pairs on links
    linked_at: Ints  # their places in (U, G, m, T)
    member: Ints  # persons of the batch
    member_at: Ints  # their places in (U, m)

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Blocks, groups, ballots, persons."""
        blocks, groups, ballots = self.scalar.shape
        return blocks, groups, ballots, self.person.shape[1]

    def table(self, values: Floats) -> Floats:
        """(U, G, n, m) of values of all pairs, 0 where there is none."""
        if not self.filled.size:
            return placed(values[self.local], self.local_at, self.shape)
        table = values.take(self.filled, mode="clip")
        table[self.blank] = 0.0
        return table.reshape(self.shape)


def plan(places: Places) -> tuple[Batch, ...]:
    """Batches in a fixed order; each block in one of them."""
    planner = _Planner(places)
    return tuple(planner.batch(blocks) for blocks in planner.alike())


class _Members:
    """Members by container (-1: in none), each with its place inside."""

    def __init__(self, container: Ints, count: int) -> None:
        self.order = np.argsort(container, kind="stable")
        self.size = np.bincount(container[container >= 0], minlength=count)
        self.start = np.cumsum(self.size) - self.size + int((container < 0).sum())
        self.place = np.full(container.size, -1)
        inside = self.order[container.size - int(self.size.sum()) :]
        self.place[inside] = _count_up(self.size)

    def of(self, containers: Ints) -> Ints:
        """Members of the containers, one container after another."""
        size = self.size[containers]
        return np.asarray(self.order[np.repeat(self.start[containers], size) + _count_up(size)])

    def table(self, containers: Ints) -> Ints:
        """(containers, widest), -1 where it is padded."""
        size = self.size[containers]
        table = np.full((containers.size, int(size.max(initial=0))), -1)
        table[np.repeat(np.arange(containers.size), size), _count_up(size)] = self.of(containers)
        return table


def _count_up(sizes: Ints) -> Ints:
    """0, 1, … for each size, one after another."""
    ends = np.cumsum(sizes)
    return np.asarray(np.arange(int(sizes.sum())) - np.repeat(ends - sizes, sizes))


class _Planner:
    """Everything sorted by block once; a batch then takes its slices."""

    def __init__(self, places: Places) -> None:
        self.places = places
        block = places.block[places.person]
        self.pair_block = block
        self.persons = _Members(places.block, places.blocks)
        self.pairs = _Members(block, places.blocks)
        on_scalar, on_link = places.scalar >= 0, places.link >= 0
        slab = np.full(places.scalars, -1)
        slab[places.scalar[on_scalar]] = (block * places.groups + places.group)[on_scalar]
        self.scalars = _Members(slab, places.blocks * places.groups)
        self.links = max(places.links, 1)
        # (block, link) that touch
        self.key = np.unique(block[on_link].astype(np.int64) * self.links + places.link[on_link])
        self.touching = _Members(self.key // self.links, places.blocks)

    def alike(self) -> Iterator[Ints]:
        """Blocks sorted by size and cut where sizes differ too much or the batch is full."""
        groups = self.places.groups
        ballots = self.scalars.size.reshape(-1, groups).max(axis=1, initial=0)
        sizes = np.stack([ballots, self.touching.size, self.persons.size])
        rank = np.floor(np.log(np.maximum(sizes, 1)) / np.log(SLACK)).astype(np.int64)
        batch: list[int] = []
        low: list[int] = []
        high: list[int] = []
        for block in np.lexsort((np.arange(sizes.shape[1]), *rank)).tolist():
            own = sizes[:, block].tolist()
            low, high = (list(map(min, low, own)), list(map(max, high, own))) if batch else (own, own)
            cells = (len(batch) + 1) * high[2] * (groups * sum(high) + high[2])
            uneven = any(b > SLACK * a + 2 for a, b in zip(low, high, strict=True))
            if batch and (cells > CELLS or (uneven and cells > SMALL)):
                yield np.array(batch)
                batch, low, high = [], own, own
            batch.append(block)
        if batch:
            yield np.array(batch)

    def batch(self, blocks: Ints) -> Batch:
        places, groups = self.places, self.places.groups
        where = np.full(places.blocks, -1)
        where[blocks] = np.arange(blocks.size)
        slabs = (blocks[:, None] * groups + np.arange(groups)).ravel()
        scalar, person, column = self.scalars.table(slabs), self.persons.table(blocks), self.touching.table(blocks)
        n, m, t = scalar.shape[1], person.shape[1], column.shape[1]
        mine = self.pairs.of(blocks)
        slab = where[self.pair_block[mine]] * groups + places.group[mine]
        seat = slab * m + self.persons.place[places.person[mine]]
        on_scalar, on_link = places.scalar[mine] >= 0, places.link[mine] >= 0
        local, outer, linked = mine[on_scalar], mine[~on_scalar], mine[on_link]
        touch = np.searchsorted(self.key, self.pair_block[linked].astype(np.int64) * self.links + places.link[linked])
        member = self.persons.of(blocks)
        local_at = seat[on_scalar] + ((slab * (n - 1))[on_scalar] + self.scalars.place[places.scalar[local]]) * m
        filled, blank = _filled(local, local_at, blocks.size * groups * n * m)
        return Batch(
            block=blocks,
            person=person,
            scalar=scalar.reshape(blocks.size, groups, n),
            column=np.where(column < 0, 0, (self.key % self.links)[column] if t else 0),
            local=_narrow(local),
            local_at=_narrow(local_at),
            filled=filled,
            blank=blank,
            outer=_narrow(outer),
            outer_at=_narrow(seat[~on_scalar]),
            linked=linked,
            linked_at=seat[on_link] * t + self.touching.place[touch],
            member=member,
            member_at=where[places.block[member]] * m + self.persons.place[member],
        )


def _filled(pairs: Ints, at: Ints, size: int) -> tuple[Ints, Ints]:
    """`Batch.filled` and `Batch.blank`."""
    if pairs.size < FILLED * size:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    filled = np.full(size, -1, dtype=np.int32)
    filled[at] = pairs
    blank = np.flatnonzero(filled < 0)
    filled[blank] = 0
    return filled, blank


def _narrow(places: Ints) -> Ints:
    """There is one for each pair; a batch never has 2³¹ cells."""
    return places.astype(np.int32)


def placed(values: Floats, at: Ints, shape: tuple[int, ...]) -> Floats:
    """Values of pairs at their places in an array of zeros."""
    placed = np.zeros((prod(shape[: len(shape) - values.ndim + 1]), *values.shape[1:]))
    placed[at] = values
    return placed.reshape(shape)


def summed(values: Floats, at: Ints, shape: tuple[int, ...]) -> Floats:
    """Values of pairs summed by place."""
    return np.bincount(at, values, prod(shape)).reshape(shape).astype(np.float64, copy=False)


def gathered(values: Floats, index: Ints) -> Floats:
    """`values` at `index`, 0 where it is padded."""
    return np.asarray(np.append(values, 0.0)[index])
