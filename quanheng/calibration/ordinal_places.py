"""Which pairs enter the ordinal model, and what is eliminated first."""

from dataclasses import dataclass

import numpy as np

from quanheng.calibration.blocks_plan import Places
from quanheng.calibration.errors import CannotCalibrate
from quanheng.calibration.layout import Layout
from quanheng.calibration.ordinal_response import Counts
from quanheng.calibration.ratings import Flags, Ints


@dataclass(frozen=True)
class Seats:
    """The pairs in use (all but those of ballots set aside) and where they stand."""

    pair: Ints  # (used,), pairs of the layout
    places: Places  # of the pairs in use
    scalar: Ints  # (raters,), -1: none
    link: Ints  # (raters,), -1: none
    by_unit: bool  # blocks are units; otherwise they are persons, or all persons together
    has: dict[str, bool]  # kinds of random effect that the design has


def seat(layout: Layout) -> Seats:
    """With units: local ballots, then units, then linking ballots. Without: the larger facet first, then the other."""
    kept = np.ones(layout.pair_person.size, dtype=bool)
    if layout.raters:
        kept = ~layout.set_aside[layout.pair_rater]
    pair = np.flatnonzero(kept)
    if not pair.size:
        raise CannotCalibrate("all-set-aside", ballots=int(layout.set_aside.sum()))
    by_unit = layout.has_units and layout.units > 1
    block, local = _blocks(layout, by_unit)
    in_use = np.zeros(layout.raters, dtype=bool)
    if layout.raters:
        in_use[layout.pair_rater[pair]] = True
    scalar, link = _numbered(in_use & local), _numbered(in_use & ~local)
    places = _places(layout, pair, block, scalar, link)
    has = {
        "person": True,
        "unit": by_unit,
        "view": layout.groups > 1,
        "rater": bool(layout.raters),
        "culture": by_unit and bool((scalar >= 0).any()),
    }
    return Seats(pair, places, scalar, link, by_unit, has)


def _blocks(layout: Layout, by_unit: bool) -> tuple[Ints, Flags]:
    """Block of each person, and which ballots are local to one."""
    if by_unit:
        return layout.person_unit, layout.rater_unit >= 0
    views = 1 + layout.groups if layout.groups > 1 else 1
    if layout.persons * views > layout.raters:
        return np.arange(layout.persons, dtype=np.int32), np.zeros(layout.raters, dtype=bool)
    return np.zeros(layout.persons, dtype=np.int32), np.ones(layout.raters, dtype=bool)


def _numbered(chosen: Flags) -> Ints:
    return np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)


def _places(layout: Layout, pair: Ints, block: Ints, scalar: Ints, link: Ints) -> Places:
    used = slice(None) if pair.size == layout.pair_person.size else pair  # no copy where all are in use
    rater = layout.pair_rater[used]
    return Places(
        person=layout.pair_person[used],
        group=layout.pair_group[used],
        scalar=scalar[rater] if layout.raters else rater,
        link=link[rater] if layout.raters else rater,
        scalars=int((scalar >= 0).sum()),
        links=int((link >= 0).sum()),
        block=block,
        blocks=int(block.max()) + 1 if block is not layout.person_unit else layout.units,
        groups=layout.groups,
    )


def check_finite(layout: Layout, places: Places, counts: Counts) -> None:
    """An item or group that got one extreme category only has no finite difficulty; nor has an unused category."""
    top = layout.points.size - 1
    rows, pairs = counts.by_item, counts.rows
    of_items = (rows.sum(axis=1), rows @ np.arange(top + 1))
    of_groups = tuple(np.bincount(places.group, values, layout.groups) for values in (pairs, counts.total))
    for code, (number, total) in (("extreme-item", of_items), ("extreme-group", of_groups)):
        extreme = np.flatnonzero((total == 0) | (total == top * number))
        if extreme.size and (number.size > 1 or code == "extreme-group"):
            raise CannotCalibrate(code, index=int(extreme[0]), count=int(extreme.size))
    unused = np.flatnonzero(rows.sum(axis=0) == 0)
    if unused.size:
        raise CannotCalibrate("unused-category", category=int(unused[0]))
