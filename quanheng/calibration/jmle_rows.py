"""The rows that joint maximum likelihood can use: categories numbered as observed, extreme elements left out.

A person, rater or item whose every score is the lowest (the highest) has no finite measure. It is dropped with its
rows, which can make others extreme, and so on: what remains is the same in whatever order one drops.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np

from quanheng.calibration.layout import Layout
from quanheng.calibration.ratings import Flags, Ints


class Facet(Enum):
    PERSON = "person"
    RATER = "rater"
    ITEM = "item"


@dataclass(frozen=True)
class Drop:
    """Elements of one facet found extreme at one stage."""

    facet: Facet
    elements: Ints
    rows: Ints  # their rows among the rows not dropped before


@dataclass(frozen=True)
class Selection:
    index: dict[Facet, Ints]  # (rows,) of the layout; no RATER if there is no such facet
    size: dict[Facet, int]
    scale: Ints  # (rows,), the set of thresholds of a row: 0 for all, or the item
    category: Ints  # (rows,), number of the category among those that its scale uses
    categories: tuple[Ints, ...]  # by scale: the categories of the layout that kept rows use, ascending
    kept: Flags  # (rows,)
    drops: tuple[Drop, ...]  # in the order of dropping


def select(layout: Layout, partial_credit: bool) -> Selection:
    """Leave out extremes until none is left. Unobserved categories are closed up, as Winsteps and mfrmr do."""
    index, size = facets(layout)
    scale, category = index[Facet.ITEM], layout.category.astype(np.int64)
    scale = scale if partial_credit else np.zeros_like(scale)
    scales = layout.items if partial_credit else 1
    kept = np.ones(len(scale), dtype=bool)
    drops: list[Drop] = []
    while (drop := find_extreme(index, size, category, scale, kept)) is not None:
        drops.append(drop)
        kept[drop.rows] = False
    categories = tuple(np.unique(category[kept & (scale == s)]) for s in range(scales))
    return Selection(index, size, scale, renumber(category, scale, categories), categories, kept, tuple(drops))


def facets(layout: Layout) -> tuple[dict[Facet, Ints], dict[Facet, int]]:
    """In int64, since products of them are made."""
    pair = layout.row_pair
    index: dict[Facet, Ints] = {Facet.PERSON: layout.pair_person.astype(np.int64)[pair]}
    index[Facet.ITEM] = layout.row_item.astype(np.int64)
    size = {Facet.PERSON: layout.persons, Facet.ITEM: layout.items}
    if layout.raters:
        index[Facet.RATER] = layout.pair_rater.astype(np.int64)[pair]
        size[Facet.RATER] = layout.raters
    return index, size


def find_extreme(
    index: dict[Facet, Ints], size: dict[Facet, int], category: Ints, scale: Ints, kept: Flags
) -> Drop | None:
    """The extremes of the first facet that has any, persons first: a person keeps the rows of extreme raters."""
    rows = np.flatnonzero(kept)
    if not len(rows):
        return None
    low, high = ends(category[rows], scale[rows])
    for facet in (f for f in Facet if f in index):
        element = index[facet][rows]
        n = np.bincount(element, minlength=size[facet])
        extreme = (n > 0) & ((np.bincount(element, low, n.size) == n) | (np.bincount(element, high, n.size) == n))
        if extreme.any():
            return Drop(facet, np.flatnonzero(extreme), rows[extreme[element]])
    return None


def ends(category: Ints, scale: Ints) -> tuple[Flags, Flags]:
    """Rows in the lowest and in the highest category that their scale uses."""
    lowest = np.full(scale.max() + 1, np.iinfo(np.int64).max)
    highest = np.full(scale.max() + 1, -1)
    np.minimum.at(lowest, scale, category)
    np.maximum.at(highest, scale, category)
    return category == lowest[scale], category == highest[scale]


def renumber(category: Ints, scale: Ints, categories: tuple[Ints, ...]) -> Ints:
    """Numbers without gaps; a category that only dropped rows use counts as the next lower one that is left."""
    number = np.zeros_like(category)
    for s, used in enumerate(categories):
        rows = scale == s if len(categories) > 1 else slice(None)
        number[rows] = np.maximum(np.searchsorted(used, category[rows], side="right") - 1, 0)
    return number
