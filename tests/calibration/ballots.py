"""Small events for the tests: rows of (person, unit, ballot, group, item, score) as ratings."""

from collections.abc import Sequence

import numpy as np

from quanheng.calibration.ratings import Facet, Ratings

Row = tuple[str, str, str, str, str, float]


def facet(values: Sequence[str]) -> Facet:
    labels, index = np.unique(np.array(values), return_inverse=True)
    return Facet(tuple(str(label) for label in labels), index.astype(np.int64))


def ratings_of(rows: Sequence[Row], *, without: Sequence[str] = ()) -> Ratings:
    person, unit, rater, group, item = (facet([str(row[place]) for row in rows]) for place in range(5))
    return Ratings(
        score=np.array([row[5] for row in rows], dtype=np.float64),
        person=person,
        rater=None if "rater" in without else rater,
        item=None if "item" in without else item,
        group=None if "group" in without else group,
        unit=None if "unit" in without else unit,
    )


def event(*, units: int = 2, persons: int = 5, ballots: int = 6, links: int = 2, seed: int = 7) -> list[Row]:
    """Units U1… with persons U1P1…, local ballots U1B1… of groups B and C, linking ballots L1… of group A on all."""
    chance = np.random.default_rng(seed)
    rows: list[Row] = []
    names = {f"U{u}": [f"U{u}P{p}" for p in range(1, persons + 1)] for u in range(1, units + 1)}
    everybody = [(person, unit) for unit, own in names.items() for person in own]
    level = {person: chance.normal() for person, _ in everybody}
    papers = [(f"L{b}", "A", everybody) for b in range(1, links + 1)]
    for unit, own in names.items():
        for b in range(1, ballots + 1):
            papers.append((f"{unit}B{b}", "BC"[b % 2], [(person, unit) for person in own]))
    for ballot, group, rated in papers:
        leniency = chance.normal()
        for person, unit in rated:
            for item in ("德", "能"):
                latent = 1.5 + level[person] + leniency + chance.normal()
                rows.append((person, unit, ballot, group, item, float(np.clip(np.rint(latent), 0, 3))))
    return rows
