"""Closed exchanges (rotations): every cycle of people who take each other's posts, up to a length and a limit."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

EXCHANGE_LIMIT = 200_000  # columns; about 27 seats a person give 130,000 exchanges of four
PATH_LIMIT = 2_000_000  # open paths kept at once


@dataclass(frozen=True)
class Exchanges:
    """Exchange c uses the seats seat[start[c]:start[c+1]], its smallest person first."""

    start: Ints
    seat: Ints
    is_complete: bool  # False: EXCHANGE_LIMIT was reached and longer ones are missing, so no bound holds for them

    def __len__(self) -> int:
        return len(self.start) - 1

    def sums(self, by_seat: Ints) -> Ints:
        """The sum over the seats of every exchange."""
        return np.add.reduceat(by_seat[self.seat], self.start[:-1]) if len(self) else by_seat[:0]


def find_exchanges(person: Ints, post: Ints, home: Ints, holder: Ints, longest: int) -> Exchanges:
    """`person` and `post` by seat, `home` by person, `holder` by post (−1: none). Shorter exchanges come first.

    When a length would exceed EXCHANGE_LIMIT (or PATH_LIMIT), nothing of it or beyond is kept and `is_complete`
    is False."""
    graph = _graph(person, post, home, holder)
    found: list[Ints] = []
    complete = True
    for length in range(2, longest + 1):
        cycles = graph.cycles(length, EXCHANGE_LIMIT - sum(map(len, found)))
        if cycles is None:
            complete = False
            break
        found.append(cycles)
    sizes = np.concatenate([np.full(len(cycles), cycles.shape[1]) for cycles in found] or [np.zeros(0, np.int64)])
    seat = np.concatenate([cycles.ravel() for cycles in found] or [np.zeros(0, np.int64)])
    return Exchanges(np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), seat, complete)


@dataclass(frozen=True)
class _Graph:
    """Arcs from each person to the holders of the posts they may take, sorted by person, then head."""

    first: Ints  # by person: the arcs of i are first[i] … first[i+1]
    head: Ints
    seat: Ints
    key: Ints  # person · people + head, rising

    def cycles(self, length: int, limit: int) -> Ints | None:
        """(n, length) seats of all cycles of this length; None when there are more than `limit`."""
        found: list[Ints] = []
        left = limit
        for start in range(len(self.first) - 1):
            cycles = self._cycles_from(start, length)
            left -= limit + 1 if cycles is None else len(cycles)
            if cycles is None or left < 0:
                return None
            found.append(cycles)
        return np.concatenate(found) if found else np.zeros((0, length), dtype=np.int64)

    def _cycles_from(self, start: int, length: int) -> Ints | None:
        """Those whose smallest person is `start`: paths over larger people only, closed at the end."""
        people = np.full((1, 1), start, dtype=np.int64)
        seats = np.zeros((1, 0), dtype=np.int64)
        for _ in range(length - 1):
            row, arc = self._arcs(people[:, -1])
            head = self.head[arc]
            keep = (head > start) & (people[row] != head[:, None]).all(axis=1)
            if np.count_nonzero(keep) > PATH_LIMIT:
                return None
            row, arc = row[keep], arc[keep]
            people = np.column_stack([people[row], self.head[arc]])
            seats = np.column_stack([seats[row], self.seat[arc]])
        return self._closed(people, seats)

    def _closed(self, people: Ints, seats: Ints) -> Ints:
        wanted = people[:, -1] * (len(self.first) - 1) + people[:, 0]
        arc = np.searchsorted(self.key, wanted)
        closes = arc < len(self.key)
        closes[closes] = self.key[arc[closes]] == wanted[closes]
        return np.column_stack([seats[closes], self.seat[arc[closes]]])

    def _arcs(self, people: Ints) -> tuple[Ints, Ints]:
        """All arcs of these people: (index into people, arc)."""
        count = self.first[people + 1] - self.first[people]
        row = np.repeat(np.arange(len(people)), count)
        offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        return row, self.first[people][row] + offset


def _graph(person: Ints, post: Ints, home: Ints, holder: Ints) -> _Graph:
    arcs = np.flatnonzero((home[person] >= 0) & (holder[post] >= 0)) if len(person) else np.zeros(0, np.int64)
    arcs = arcs[np.lexsort((holder[post[arcs]], person[arcs]))]
    tail, head = person[arcs], holder[post[arcs]]
    return _Graph(np.searchsorted(tail, np.arange(len(home) + 1)), head, arcs, tail * len(home) + head)
