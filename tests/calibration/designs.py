"""Small random events of every kind, drawn from the ordinal model itself: for comparison with brute force."""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ratings import Design, Facet, Floats, Ints, Ratings


@dataclass(frozen=True)
class Shape:
    units: int = 3
    persons: int = 4  # a unit, at most
    ballots: int = 5  # local ones a unit, at most
    links: int = 2
    items: int = 2
    groups: int = 2
    categories: int = 4
    missing: float = 0.0  # share of rows
    raters: bool = True
    seed: int = 0


def ratings_from(shape: Shape) -> Ratings:
    """Rows in a random order; facets of one level are left out."""
    rng = np.random.default_rng(shape.seed)
    unit = np.repeat(np.arange(shape.units), rng.integers(1 + shape.persons // 2, shape.persons + 1, shape.units))
    person, ballot = _pairs(shape, unit, rng)
    item = np.tile(np.arange(shape.items), person.size)
    row_person, row_ballot = (np.repeat(values, shape.items) for values in (person, ballot))
    group = rng.integers(0, shape.groups, ballot.max() + 1)
    latent = rng.normal(0, 1, unit.size)[row_person] + rng.normal(0, 0.7, ballot.max() + 1)[row_ballot]
    latent += (
        rng.normal(0, 0.5, shape.units)[unit[row_person]]
        + rng.normal(0, 0.5, (unit.size, shape.groups))[row_person, group[row_ballot]]
    )
    latent += rng.normal(0, 0.4, (shape.items))[item] + rng.logistic(size=item.size)
    cuts = np.quantile(latent, np.arange(1, shape.categories) / shape.categories)
    score = np.searchsorted(cuts, latent).astype(np.float64)
    kept = rng.permutation(score.size)[: max(int(score.size * (1 - shape.missing)), 1)]
    columns = [values[kept] for values in (row_person, row_ballot, item, group[row_ballot], unit[row_person])]
    persons, ballots, items, groups, units = (facet_of(values) for values in columns)
    rated = shape.raters
    return Ratings(
        score[kept],
        persons,
        ballots if rated else None,
        items if shape.items > 1 else None,
        groups if shape.groups > 1 and rated else None,
        units if shape.units > 1 else None,
    )


def _pairs(shape: Shape, unit: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    if not shape.raters:
        return np.arange(unit.size), np.arange(unit.size)
    papers = [np.flatnonzero(unit == u) for u in range(shape.units) for _ in range(rng.integers(1, shape.ballots + 1))]
    papers += [np.sort(rng.choice(unit.size, max(2, unit.size // 2), replace=False)) for _ in range(shape.links)]
    return np.concatenate(papers), np.repeat(np.arange(len(papers)), [paper.size for paper in papers])


def facet_of(values: Ints | Floats) -> Facet:
    labels, index = np.unique(values, return_inverse=True)
    return Facet(tuple(str(label) for label in labels), index.astype(np.int64))


def layout_from(shape: Shape) -> Layout:
    return lay_out(ratings_from(shape), Design(minimum_ballots=1))
