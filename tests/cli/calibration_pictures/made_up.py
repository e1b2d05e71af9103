"""A `Calibration` without an estimator: figures that hang together, to test pictures apart from the engine."""

import numpy as np

from quanheng.calibration.connectivity import components, unit_links
from quanheng.calibration.contrasts import Z90
from quanheng.calibration.layout import Layout, lay_out
from quanheng.calibration.ranks import rank
from quanheng.calibration.ratings import Design, Floats, Ints, Ratings
from quanheng.calibration.result import (
    Calibration,
    Estimates,
    Fit,
    Persons,
    Shifts,
    Status,
    Threshold,
    Uncertainty,
)
from quanheng.calibration.summary import digest


def made_up(ratings: Ratings, design: Design, seed: int = 5) -> Calibration:
    """Fair is raw, half of what the unit is off the whole taken off, drawn a tenth to the mean, and some chance."""
    layout = lay_out(ratings, design)
    points = layout.points[layout.category]
    raw = _means(layout.pair_person[layout.row_pair], points, layout.persons)
    off = (_means(layout.person_unit, raw, layout.units) - raw.mean())[layout.person_unit]
    own = np.random.default_rng(seed).normal(0, 1, layout.persons)
    shifts = Shifts(ballots=own, culture=-off / 2, groups=np.zeros_like(own), shrinkage=-(raw - raw.mean()) / 10)
    fair = raw + shifts.ballots + shifts.culture + shifts.shrinkage
    se = 20 / np.sqrt(np.bincount(layout.pair_person, minlength=layout.persons))
    return Calibration(
        ratings=ratings,
        design=design,
        persons=_persons(layout, ratings, design, raw, fair, se),
        raters=None,
        items=_items(layout, ratings),
        thresholds=tuple(Threshold(None, k, 0.4 * (k - 2), 0.05) for k in (1, 2, 3)),
        uncertainty=_apart(se),
        shifts=shifts,
        flags=(),
        second_opinion=None,
        summary={"input_sha256": digest(ratings), "links": _links(layout, ratings)},
    )


def _means(member: Ints, values: Floats, size: int) -> Floats:
    return np.asarray(np.bincount(member, values, minlength=size) / np.bincount(member, minlength=size))


def _apart(se: Floats) -> Uncertainty:
    """Everybody's error by itself."""
    places = np.arange(len(se))
    blocks = tuple(np.array([[error**2]]) for error in se)
    return Uncertainty(places, np.zeros_like(places), blocks, np.zeros((len(se), 0)))


def _persons(layout: Layout, ratings: Ratings, design: Design, raw: Floats, fair: Floats, se: Floats) -> Persons:
    component = components(layout, ratings.person.labels)
    kinds = ratings.comparison_class
    classes = np.zeros(layout.persons, dtype=np.int64)
    if kinds is not None:
        classes[ratings.person.index] = kinds.index
    ranks = rank(fair, _apart(se), component == 1, classes, design.seed)
    return Persons(
        labels=ratings.person.labels,
        raw=raw,
        fair=fair,
        se=se,
        lo90=fair - Z90 * se,
        hi90=fair + Z90 * se,
        measure=(fair - fair.mean()) / fair.std(),
        fit=_no_fit(layout.persons),
        n=np.bincount(ratings.person.index),
        component=component,
        status=tuple(Status.ESTIMATED if k == 1 else Status.UNCONNECTED for k in component),
        rank_lo=ranks.lo,
        rank_hi=ranks.hi,
        band=ranks.band,
        missing_groups=np.zeros((layout.persons, layout.groups), dtype=np.bool_),
    )


def _items(layout: Layout, ratings: Ratings) -> Estimates:
    assert ratings.item is not None
    measure = np.linspace(0.05, -0.05, layout.items)
    return Estimates(ratings.item.labels, measure, measure + 1, _no_fit(layout.items), np.bincount(ratings.item.index))


def _no_fit(size: int) -> Fit:
    return Fit(*(np.full(size, np.nan) for _ in range(4)))


def _links(layout: Layout, ratings: Ratings) -> dict[str, object]:
    """In the form of summary.json."""
    assert ratings.unit is not None
    labels = ratings.unit.labels
    found = [
        {
            "a": labels[link.a],
            "b": labels[link.b],
            "ballots": link.ballots,
            "chain": link.chain,
            "se_ratio": None,
            "weak": link.is_weak,
        }
        for link in unit_links(layout, None, 0.0)
    ]
    return {"units": found}
