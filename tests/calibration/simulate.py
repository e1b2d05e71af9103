"""Ballots with a known truth: the scenarios of calibration.md §2. The truth is deliberately none of the fitted models.

A grade comes from a logistic graded response (cumulative logits, the engine fits adjacent ones) on what a rater
perceives; that has three things the engine has no term for: views by dimension, a personal stretch of the scale,
and ballots that say 优秀 to everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from quanheng.calibration.ratings import Facet, Flags, Floats, Ints, Ratings

GROUPS = ("A", "B", "C")  # leaders, peers, subordinates
WEIGHTS = {"A": 0.35, "B": 0.35, "C": 0.30}
GRADES = 4


@dataclass(frozen=True)
class Setting:
    """One scenario; standard deviations in logits."""

    units: int = 20
    cadres: tuple[int, int] = (5, 14)  # a unit, both ends included, as below
    ballots: tuple[int, int] = (12, 36)  # local ones a unit, peers and subordinates together
    leaders: int = 8
    reach: int = 8  # units that a leader rates, on one ballot
    dimensions: int = 5
    excellent: float = 0.55  # share of 优秀 that honest raters give
    careless: float = 0.05  # share of ballots that give 优秀 to everybody
    colluding_units: float = 0.0  # share of units in which one cadre is voted down
    colluding_ballots: float = 0.0  # share of the local ballots there that give him the lowest of everything
    skipped: float = 0.0  # share of ballot × cadre that is left empty
    unit: float = 0.4
    cadre: float = 1.0
    view: float = 0.4  # cadre × group
    aspect: float = 0.3  # cadre × dimension
    severity: float = 0.7  # of a ballot
    culture: float = 0.5  # of a unit, shared by its local ballots
    halo: float = 0.8  # ballot × cadre
    stretch: float = 0.25  # of the logarithm


BASE = Setting()
SCENARIOS: Mapping[str, Setting] = {
    "A": BASE,
    "B": replace(BASE, leaders=3, reach=4),  # weak links
    "C": replace(BASE, excellent=0.85, careless=0.2),  # ceiling
    "D": replace(BASE, colluding_units=0.4, colluding_ballots=0.3),  # 压票
    "E": replace(BASE, ballots=(3, 6)),  # small units
    "F": replace(BASE, leaders=0),  # nothing links the units
    "G": replace(BASE, leaders=12, reach=10, severity=1.1, culture=1.1),  # severe raters, strong cultures
    "I": replace(BASE, skipped=0.5),  # incomplete ballots
    "well-specified": replace(BASE, careless=0.0, aspect=0.0, stretch=0.0),
}
COLLUSION = tuple(replace(BASE, colluding_units=0.4, colluding_ballots=share) for share in (0.1, 0.2, 0.3))
LINKS = tuple(replace(BASE, leaders=leaders) for leaders in (2, 4, 8, 16, 32))  # .8, 1.6, 3.2, 6.4, 12.8 a unit
LOCALS = tuple(replace(BASE, ballots=(count, count)) for count in (3, 5, 10, 20, 40, 80))


@dataclass(frozen=True)
class World:
    """Ratings with what they hide. Arrays of persons are in the order of `ratings.person.labels`."""

    setting: Setting
    ratings: Ratings
    truth: Floats  # (persons,), expected grade 0–3 from honest raters by the statutory weights
    unit: Ints  # (persons,)
    unit_truth: Floats  # (units,), mean over its persons
    target: Flags  # (persons,), voted down
    colluding: Flags  # (ballots,)
    careless: Flags  # (ballots,)


@dataclass(frozen=True)
class _People:
    unit: Ints
    perceived: Floats  # (persons, groups, dimensions), logits
    culture: Floats  # (units,)


@dataclass(frozen=True)
class _Ballots:
    group: Ints
    severity: Floats
    stretch: Floats
    careless: Flags
    visit_ballot: Ints  # (visits,), a ballot goes to one unit or, a leader's, to several
    visit_unit: Ints


def simulate(setting: Setting, seed: int) -> World:
    """One event. The same setting and seed give the same world, rows shuffled like papers out of a box."""
    rng = np.random.default_rng(seed)
    people = _people(setting, rng)
    ballots = _ballots(setting, rng)
    ballot, person = _pairs(setting, people, ballots, rng)
    grades = _grades(setting, people, ballots, (ballot, person), rng)
    target, colluding = _collusion(setting, people, ballots, rng)
    grades[colluding[ballot] & target[person]] = 0
    assert len(np.unique(person)) == len(people.unit)  # everybody is rated by somebody
    filled = np.unique(ballot)  # a ballot on which everything is left empty is not handed in
    truth = expected_grades(setting, people.perceived) @ np.array(list(WEIGHTS.values()))
    return World(
        setting,
        _ratings(setting, people, ballots, (ballot, person), grades, rng),
        truth,
        people.unit,
        np.bincount(people.unit, truth) / np.bincount(people.unit),
        target,
        colluding[filled],
        ballots.careless[filled],
    )


def _people(setting: Setting, rng: np.random.Generator) -> _People:
    low, high = setting.cadres
    unit = np.repeat(np.arange(setting.units), rng.integers(low, high + 1, setting.units))
    own = rng.normal(0, setting.unit, setting.units)[unit] + rng.normal(0, setting.cadre, len(unit))
    view = rng.normal(0, setting.view, (len(unit), len(GROUPS)))
    aspect = rng.normal(0, setting.aspect, (len(unit), setting.dimensions))
    perceived = own[:, None, None] + view[:, :, None] + aspect[:, None, :]
    return _People(unit, perceived, rng.normal(0, setting.culture, setting.units))


def _ballots(setting: Setting, rng: np.random.Generator) -> _Ballots:
    low, high = setting.ballots
    local_unit = np.repeat(np.arange(setting.units), rng.integers(low, high + 1, setting.units))
    count = len(local_unit) + setting.leaders
    group = np.concatenate([_local_groups(local_unit, rng), np.zeros(setting.leaders, dtype=np.int64)])
    visited = [rng.choice(setting.units, setting.reach, replace=False) for _ in range(setting.leaders)]
    leader = np.repeat(np.arange(len(local_unit), count), setting.reach)
    return _Ballots(
        group,
        rng.normal(0, setting.severity, count),
        np.exp(rng.normal(0, setting.stretch, count)),
        rng.random(count) < setting.careless,
        np.concatenate([np.arange(len(local_unit)), leader]),
        np.concatenate([local_unit, *visited]),
    )


def _local_groups(unit: Ints, rng: np.random.Generator) -> Ints:
    """Peers and subordinates by lot, but at least one of each in a unit."""
    place = np.arange(len(unit)) - np.searchsorted(unit, unit)
    return np.where(place < 2, place % 2, rng.integers(0, 2, len(unit))) + 1


def _pairs(setting: Setting, people: _People, ballots: _Ballots, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Ballot and person of each pair: everybody in the visited unit, but for those left empty."""
    size = np.bincount(people.unit, minlength=setting.units)
    start = np.cumsum(size) - size
    times = size[ballots.visit_unit]
    inside = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    ballot = np.repeat(ballots.visit_ballot, times)
    person = np.repeat(start[ballots.visit_unit], times) + inside
    kept = rng.random(len(ballot)) >= setting.skipped
    return ballot[kept], person[kept]


def _grades(
    setting: Setting, people: _People, ballots: _Ballots, pairs: tuple[Ints, Ints], rng: np.random.Generator
) -> Ints:
    """(pairs, dimensions). Leaders stand outside the culture of a unit."""
    ballot, person = pairs
    group = ballots.group[ballot]
    seen = ballots.stretch[ballot, None] * people.perceived[person, group]
    mood = ballots.severity[ballot] + np.where(group > 0, people.culture[people.unit[person]], 0.0)
    mood += rng.normal(0, setting.halo, len(ballot))
    latent = seen + mood[:, None] + rng.logistic(size=seen.shape)
    grades = np.asarray((latent[..., None] > cuts(setting)).sum(axis=2), dtype=np.int64)
    grades[ballots.careless[ballot]] = GRADES - 1
    return grades


def _collusion(setting: Setting, people: _People, ballots: _Ballots, rng: np.random.Generator) -> tuple[Flags, Flags]:
    """One cadre by lot in each of the first colluding units, and the local ballots that agreed on him."""
    target, colluding = np.zeros(len(people.unit), dtype=bool), np.zeros(len(ballots.group), dtype=bool)
    for unit in range(round(setting.colluding_units * setting.units)):
        target[rng.choice(np.flatnonzero(people.unit == unit))] = True
        local = ballots.visit_ballot[(ballots.visit_unit == unit) & (ballots.group[ballots.visit_ballot] > 0)]
        colluding[rng.permutation(local)[: round(setting.colluding_ballots * len(local))]] = True
    return target, colluding


@lru_cache
def _cuts(setting: Setting) -> tuple[float, ...]:
    spread = np.sqrt(_mood_variance(setting, local=True) + _perceived_variance(setting))
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    shares = [1 - (1 - setting.excellent) * rest for rest in (0.12, 0.40, 1.0)]  # at least 基本称职, 称职, 优秀

    def excess(cut: float, share: float) -> float:
        return float(expit(spread * nodes - cut) @ weights / weights.sum()) - share

    return tuple(brentq(excess, -30, 30, args=(share,), xtol=1e-12) for share in shares)


def cuts(setting: Setting) -> Floats:
    """(3,), lower ends of 基本称职, 称职, 优秀 in logits, such that honest ballots give the stated share of 优秀."""
    return np.array(_cuts(setting))


def _mood_variance(setting: Setting, *, local: bool) -> float:
    return setting.severity**2 + setting.halo**2 + (setting.culture**2 if local else 0.0)


def _perceived_variance(setting: Setting) -> float:
    """With E[stretch²] of a log-normal."""
    own = setting.unit**2 + setting.cadre**2 + setting.view**2 + setting.aspect**2
    return float(own * np.exp(2 * setting.stretch**2))


def expected_grades(setting: Setting, perceived: Floats) -> Floats:
    """(persons, groups): mean grade over dimensions and honest raters, by Gauss–Hermite (9 stretches, 21 moods)."""
    at, weight = np.polynomial.hermite_e.hermegauss(21)
    wide, share = np.polynomial.hermite_e.hermegauss(9)
    grades = np.zeros(perceived.shape[:2])
    for group in range(len(GROUPS)):
        mood = at * np.sqrt(_mood_variance(setting, local=group > 0))
        for stretch, times in zip(np.exp(setting.stretch * wide), share / share.sum(), strict=True):
            latent = stretch * perceived[:, group, :, None, None] + mood[:, None] - cuts(setting)
            grades[:, group] += times * (expit(latent).sum(axis=3).mean(axis=1) @ weight) / weight.sum()
    return grades


def _ratings(
    setting: Setting,
    people: _People,
    ballots: _Ballots,
    pairs: tuple[Ints, Ints],
    grades: Ints,
    rng: np.random.Generator,
) -> Ratings:
    ballot, person = (np.repeat(side, setting.dimensions) for side in pairs)
    dimension = np.tile(np.arange(setting.dimensions), len(pairs[0]))
    order = rng.permutation(len(ballot))
    ballot, person = ballot[order], person[order]
    return Ratings(
        score=grades.reshape(-1)[order].astype(np.float64),
        person=_facet("p", person),
        rater=_facet("b", ballot),
        item=_facet("d", dimension[order]),
        group=_group(ballots.group[ballot]),
        unit=_facet("u", people.unit[person]),
    )


def _facet(prefix: str, number: Ints) -> Facet:
    """Only labels that occur, in order."""
    present, index = np.unique(number, return_inverse=True)
    return Facet(tuple(f"{prefix}{n:04d}" for n in present), index)


def _group(number: Ints) -> Facet:
    present, index = np.unique(number, return_inverse=True)
    return Facet(tuple(GROUPS[n] for n in present), index)
