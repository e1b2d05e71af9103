"""Chains of units that hang together by two ballots at a time: pure Rasch truth, where stopping early goes wrong.

Unit u has 10 persons on 15 ballots of its own; 2 linking ballots rate 3 persons of unit u and 3 of unit u + 1. Five
items, four grades: 5 units are 3,990 ratings, 20 are 16,140, 60 are 48,540 (design §3.2).
"""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.ratings import Facet, Floats, Ints, Ratings

PERSONS, BALLOTS, LINKS, REACH = 10, 15, 2, 3
ITEMS = np.array([-0.6, -0.3, 0.0, 0.3, 0.6])
THRESHOLDS = np.array([-1.5, 0.0, 1.5])


@dataclass(frozen=True)
class Chain:
    ratings: Ratings
    person: Floats  # true measures
    rater: Floats
    unit: Ints  # of each person


def chain(units: int, seed: int) -> Chain:
    chance = np.random.default_rng(seed)
    person, rater = pairs(units)
    unit = np.arange(units * PERSONS) // PERSONS
    level = chance.normal(0, 1, unit.size) + chance.normal(0, 0.4, units)[unit]
    severity = chance.normal(0, 0.7, rater.max() + 1)
    eta = (level[person] - severity[rater])[:, None] - ITEMS
    score = draw(chance, eta.ravel())
    items = np.tile(np.arange(len(ITEMS)), len(person))
    ratings = Ratings(
        score.astype(np.float64),
        named("P", np.repeat(person, len(ITEMS)), unit.size),
        named("B", np.repeat(rater, len(ITEMS)), severity.size),
        named("I", items, len(ITEMS)),
        unit=named("U", unit[np.repeat(person, len(ITEMS))], units),
    )
    return Chain(ratings, level, severity, unit)


def pairs(units: int) -> tuple[Ints, Ints]:
    """Persons and ballots of all pairs: local ones first, linking ballots last."""
    local = [(u * PERSONS + p, u * BALLOTS + b) for u in range(units) for b in range(BALLOTS) for p in range(PERSONS)]
    links = []
    for u in range(units - 1):
        rated = [*range(u * PERSONS, u * PERSONS + REACH), *range((u + 1) * PERSONS, (u + 1) * PERSONS + REACH)]
        links += [(p, units * BALLOTS + u * LINKS + b) for b in range(LINKS) for p in rated]
    both = np.array(local + links, dtype=np.int64)
    return both[:, 0], both[:, 1]


def draw(chance: np.random.Generator, eta: Floats) -> Ints:
    """A grade from the adjacent-category model."""
    exponent = np.zeros((len(eta), len(THRESHOLDS) + 1))
    exponent[:, 1:] = np.cumsum(eta[:, None] - THRESHOLDS, axis=1)
    weight = np.exp(exponent - exponent.max(axis=1, keepdims=True)).cumsum(axis=1)
    return np.asarray((chance.random(len(eta))[:, None] * weight[:, -1:] > weight).sum(axis=1))


def named(letter: str, index: Ints, size: int) -> Facet:
    return Facet(tuple(f"{letter}{number:05}" for number in range(size)), index)
