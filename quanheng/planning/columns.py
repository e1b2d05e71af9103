"""Columns x[i,j,k] "person i moves to post j as the k-th move of a chain", and one column per closed exchange.

Everything is an array: a seat is a usable pair (person, post), a column is a seat with a position, or several seats.
Source: position-indexed formulation of kidney exchange (PICEF), docs/planning.md; row numbers (1)…(9) as there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from quanheng.planning.exchanges import Exchanges, find_exchanges
from quanheng.planning.problem import DEFAULT_CHAIN, Post, Problem, RuleKind

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

COLUMN_LIMIT = 4_000_000  # about 1.5 GB of matrix
NOWHERE = -1  # the home of a person without a post, the group of a post without one


class TooManyColumnsError(ValueError):
    """The model would not fit into memory; carries `count` and `limit`."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} columns, at most {COLUMN_LIMIT}")
        self.count, self.limit = count, COLUMN_LIMIT


@dataclass(frozen=True)
class Places:
    """The problem by index: posts and people in the order of the problem, labels as numbers (NOWHERE: none)."""

    post_of: dict[str, int]
    person_of: dict[str, int]
    unit_of: dict[str, int]
    group_of: dict[str, int]
    vacant: Flags  # by post
    holder: Ints  # by post: person or NOWHERE
    unit: Ints  # by post
    group: Ints  # by post
    home: Ints  # by person: post or NOWHERE
    home_unit: Ints  # by person, NOWHERE without a post
    home_group: Ints  # by person, NOWHERE without a post


@dataclass(frozen=True)
class Seats:
    """The pairs that may be used (not forbidden, not the own post, reachable), sorted by post, then person."""

    person: Ints
    post: Ints
    weight: Ints  # w[i,j]
    promotion: Flags

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Columns:
    """First the chain columns, sorted by position, post, person; then the exchanges. Shortfalls come in rows.py."""

    seats: Seats
    seat: Ints  # of every chain column
    position: Ints  # of every chain column, from 1
    layers: Ints  # the columns of position k are layers[k−1] … layers[k]
    exchanges: Exchanges
    longest: int  # L; no chain can be longer than len(layers) − 1 anyway

    @property
    def chains(self) -> int:
        """Number of chain columns."""
        return len(self.seat)

    @property
    def weight(self) -> Ints:
        """Of chain columns and exchanges."""
        return np.concatenate([self.seats.weight[self.seat], self.exchanges.sums(self.seats.weight)])

    @cached_property
    def person(self) -> Ints:
        """Of every chain column."""
        return self.seats.person[self.seat]

    @cached_property
    def post(self) -> Ints:
        """Of every chain column."""
        return self.seats.post[self.seat]

    def seats_of(self, columns: Ints) -> tuple[Ints, Ints]:
        """(index into columns, seat) of all seats that these chain columns and exchanges use."""
        closed = np.flatnonzero(columns >= self.chains)
        plain = np.flatnonzero(columns < self.chains)
        number = columns[closed] - self.chains
        size = self.exchanges.start[number + 1] - self.exchanges.start[number]
        offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        seat = self.exchanges.seat[np.repeat(self.exchanges.start[number], size) + offset]
        return np.concatenate([plain, np.repeat(closed, size)]), np.concatenate([self.seat[columns[plain]], seat])

    def sharing(self, chosen: Ints, count: int) -> Flags:
        """Of the first `count` columns, shortfalls too, whether a person or post of theirs is one of `chosen`."""
        moves = self.chains + len(self.exchanges)
        seat = self.seats_of(chosen[chosen < moves])[1]
        person, post = np.zeros(
            (2, 1 + max(self.seats.person.max(initial=0), self.seats.post.max(initial=0))), dtype=bool
        )
        person[self.seats.person[seat]] = True
        post[self.seats.post[seat]] = True
        index, seat = self.seats_of(np.arange(min(moves, count)))
        flags = np.zeros(count, dtype=bool)
        flags[index[person[self.seats.person[seat]] | post[self.seats.post[seat]]]] = True
        return flags


def closing_cost(post: Post) -> int:
    """close(p): what an opened post costs when it is left empty, open or merged."""
    return post.open_cost if post.merge_cost is None else min(post.open_cost, post.merge_cost)


def longest_chain(problem: Problem) -> int:
    """L: the smallest of all longest_chain rules, 4 without one."""
    limits = [rule.at_most or 0 for rule in problem.rules if rule.kind is RuleKind.LONGEST_CHAIN]
    return min(limits, default=DEFAULT_CHAIN)


def longest_exchange(problem: Problem) -> int:
    """The most people in one closed exchange; 0 without a rotation rule."""
    limits = [rule.at_most or 0 for rule in problem.rules if rule.kind is RuleKind.ROTATION]
    return min(min(limits), longest_chain(problem)) if limits else 0


def places_of(problem: Problem) -> Places:
    """Raises KeyError when a person holds an unknown post (checks.py refuses that first)."""
    post_of = {post.id: index for index, post in enumerate(problem.posts)}
    unit_of = _numbered(post.unit for post in problem.posts)
    group_of = _numbered(post.group for post in problem.posts if post.group is not None)
    unit = _ints(unit_of[post.unit] for post in problem.posts)
    group = _ints(NOWHERE if post.group is None else group_of[post.group] for post in problem.posts)
    home = _ints(NOWHERE if person.post is None else post_of[person.post] for person in problem.people)
    holder = np.full(len(problem.posts), NOWHERE, dtype=np.int64)
    holder[home[home >= 0]] = np.flatnonzero(home >= 0)
    return Places(
        post_of=post_of,
        person_of={person.id: index for index, person in enumerate(problem.people)},
        unit_of=unit_of,
        group_of=group_of,
        vacant=np.array([post.vacant for post in problem.posts], dtype=bool),
        holder=holder,
        unit=unit,
        group=group,
        home=home,
        home_unit=np.where(home >= 0, _at(unit, home), NOWHERE),
        home_group=np.where(home >= 0, _at(group, home), NOWHERE),
    )


def seats_of(problem: Problem, places: Places) -> Seats:
    """Pairs less the forbidden ones and those with the own post, with their exact weights."""
    forbidden = {(person, post) for person, post in problem.forbids}
    pairs = [pair for pair in problem.pairs if (pair.person, pair.post) not in forbidden]
    person = _ints(places.person_of[pair.person] for pair in pairs)
    post = _ints(places.post_of[pair.post] for pair in pairs)
    order = np.lexsort((person, post))
    order = order[places.home[person[order]] != post[order]]
    weight = _ints(pair.fit for pair in pairs) + _gain(problem, places)[post] - _loss(problem, places)[person]
    promotion = np.array([pair.promotion for pair in pairs], dtype=bool)
    return Seats(person[order], post[order], weight[order], promotion[order])


def constant_of(problem: Problem) -> int:
    """The value of doing nothing, less what soft rules cost: all vacant posts stay empty."""
    return -sum(post.unfilled_cost for post in problem.posts if post.vacant)


def columns_of(problem: Problem, places: Places, seats: Seats) -> Columns:
    """All columns over the seats that have one: what no chain and no exchange can reach is left out of `seats`.

    Raises TooManyColumnsError above COLUMN_LIMIT."""
    longest = min(longest_chain(problem), 1 + int(np.count_nonzero(places.home >= 0)))
    layers = _layers(places, seats, longest)
    sizes = [len(layer) for layer in layers]
    exchanges = find_exchanges(seats.person, seats.post, places.home, places.holder, longest_exchange(problem))
    used, number = np.unique(np.concatenate([*layers, exchanges.seat]), return_inverse=True)
    chains = sum(sizes)
    return Columns(
        seats=Seats(seats.person[used], seats.post[used], seats.weight[used], seats.promotion[used]),
        seat=number[:chains],
        position=np.repeat(np.arange(1, len(layers) + 1), sizes),
        layers=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        exchanges=replace(exchanges, seat=number[chains:]),
        longest=longest,
    )


def _layers(places: Places, seats: Seats, longest: int) -> list[Ints]:
    """Seats by position: vacant posts first, then only what the position before can have opened."""
    layers: list[Ints] = []
    reachable = places.vacant.copy()
    home = _at(places.home, seats.person)
    total = 0
    for _ in range(longest):
        layer = np.flatnonzero(reachable[seats.post])
        if not len(layer):
            break
        layers.append(layer)
        total += len(layer)
        if total > COLUMN_LIMIT:
            raise TooManyColumnsError(total)
        opened = home[layer]
        reachable = np.zeros_like(reachable)
        reachable[opened[opened >= 0]] = True
    return layers


def _gain(problem: Problem, places: Places) -> Ints:
    """By post: the cost that filling it saves."""
    return _ints(post.unfilled_cost if post.vacant else closing_cost(post) for post in problem.posts)


def _loss(problem: Problem, places: Places) -> Ints:
    """By person: what leaving costs; nothing without a post."""
    close = _ints(closing_cost(post) for post in problem.posts)
    fit = _ints(person.fit for person in problem.people)
    return np.where(places.home >= 0, fit + problem.move_cost + _at(close, places.home), 0)


def _at(values: Ints, index: Ints) -> Ints:
    """values[index], also when there are no values and every index is NOWHERE."""
    return values[index] if len(values) else np.full(len(index), NOWHERE, dtype=np.int64)


def _numbered(labels: Iterable[str]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for label in labels:
        numbers.setdefault(label, len(numbers))
    return numbers


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
