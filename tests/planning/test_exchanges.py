"""Closed exchanges against a search by permutations."""

from itertools import permutations
from random import Random

import numpy as np
import pytest

from quanheng.planning import exchanges
from quanheng.planning.exchanges import find_exchanges


def random_graph(seed: int, people: int) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Seats (person, post) of people who hold the post of their own number, but for the last, who holds none."""
    random = Random(seed)
    home = [*range(people - 1), -1]
    holder = [*range(people - 1), -1]
    seats = [(i, j) for i in range(people) for j in range(people) if i != j and random.random() < 0.5]
    return seats, home, holder


def by_permutation(seats: list[tuple[int, int]], people: int, longest: int) -> set[frozenset[tuple[int, int]]]:
    able = set(seats)
    rings = (
        [(ring[index - 1], ring[index]) for index in range(len(ring))]
        for length in range(2, longest + 1)
        for ring in permutations(range(people - 1), length)
    )
    return {frozenset(ring) for ring in rings if able.issuperset(ring)}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("longest", [0, 1, 2, 4])
def test_all_cycles_once(seed: int, longest: int) -> None:
    seats, home, holder = random_graph(seed, 6)
    person, post = np.array(seats).T
    found = find_exchanges(person, post, np.array(home), np.array(holder), longest)
    cycles = [
        frozenset(seats[seat] for seat in found.seat[found.start[c] : found.start[c + 1]]) for c in range(len(found))
    ]
    assert len(set(cycles)) == len(cycles)
    assert set(cycles) == by_permutation(seats, 6, longest)
    assert found.is_complete
    assert found.sums(np.ones(len(seats), dtype=np.int64)).tolist() == list(map(len, cycles))
    assert sorted(map(len, cycles)) == list(map(len, cycles))


def test_beyond_the_limit_the_longer_ones_are_left_out_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    seats, home, holder = random_graph(1, 6)
    person, post = np.array(seats).T
    pairs = len(by_permutation(seats, 6, 2))
    monkeypatch.setattr(exchanges, "EXCHANGE_LIMIT", pairs)
    found = find_exchanges(person, post, np.array(home), np.array(holder), 4)
    assert (len(found), found.is_complete) == (pairs, False)
    monkeypatch.setattr(exchanges, "EXCHANGE_LIMIT", 200)
    monkeypatch.setattr(exchanges, "PATH_LIMIT", 0)
    assert not find_exchanges(person, post, np.array(home), np.array(holder), 2).is_complete


def test_no_seats() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(find_exchanges(none, none, np.array([0]), np.array([0]), 3)) == 0
    assert len(find_exchanges(none, none, none, none, 3)) == 0
