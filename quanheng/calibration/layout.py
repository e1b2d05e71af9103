"""The ratings as arrays that the estimators share: rows in pairs, pairs on persons and ballots, ballots in units."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from quanheng.calibration import errors
from quanheng.calibration.checks import SHOWN, check, places_of, scale_of
from quanheng.calibration.ratings import Design, Facet, Flags, Floats, Ints, Model, Ratings

SET_ASIDE_PERSONS = 4  # a ballot says something of its writer only when it rates that many alike
SET_ASIDE_UNIT = 5  # in a unit of three, everybody may well be excellent


@dataclass(frozen=True)
class Layout:
    """Rows are sorted by pair; pairs by unit of the ballot (linking ballots last), then ballot, then person.

    A pair is one ballot on one person. Without a rater facet each person is a pair of its own and `pair_rater` is -1.
    Without a facet of items, groups or units there is one of it. Set-aside ballots are in all arrays.
    Arrays over rows are as narrow as they can be, those over pairs are int32: ten million rows have to fit in 0.6 GB.
    """

    given: Floats  # (categories,), the score of each; gaussian: (rows,), the score or its declared points
    category: Ints  # (rows,), 0 is the lowest observed, unused ones are closed up; gaussian: zeros
    row_item: Ints  # (rows,)
    row: Ints  # (rows,), place in the input
    pair_start: Ints  # (pairs + 1,), rows of pair p are pair_start[p]:pair_start[p + 1]
    pair_person: Ints  # (pairs,)
    pair_rater: Ints  # (pairs,)
    pair_group: Ints  # (pairs,)
    person_unit: Ints  # (persons,)
    rater_unit: Ints  # (raters,), -1: a linking ballot, on persons of more than one unit
    rater_group: Ints  # (raters,)
    set_aside: (
        Flags  # (raters,), everybody the highest, at least 4 persons in a unit of at least 5: not in the estimation
    )
    points: Floats  # (categories,), value of each category in units of the result; gaussian: empty
    persons: int
    raters: int
    items: int
    groups: int
    units: int
    has_units: bool  # False: no facet of units; the one unit is only a place

    @property
    def value(self) -> Floats:
        """(rows,), the score as given; gaussian with declared points: their points."""
        return self.given[self.category] if self.points.size else self.given

    @cached_property
    def row_pair(self) -> Ints:
        """(rows,); the estimation does without it."""
        return np.repeat(np.arange(self.pair_person.size, dtype=np.int32), np.diff(self.pair_start))


def lay_out(ratings: Ratings, design: Design) -> Layout:
    """Check and sort. Raises a subclass of CannotCalibrate with labels, rows and counts.

    The arrays do not depend on the order of the rows, but for `row`.
    """
    check(ratings, design)
    person_unit = _of_persons(ratings.person, ratings.unit)
    rater_unit, rater_group = _of_raters(ratings, person_unit)
    order, key = _sorted_rows(ratings, rater_unit, person_unit)
    _refuse_duplicates(ratings, order, key)
    key //= _size(ratings.item)
    starts = np.append(0, np.flatnonzero(key[1:] != key[:-1]) + 1)
    del key
    laid = _laid(ratings, design, (order, starts), (person_unit, rater_unit, rater_group))
    laid = replace(laid, set_aside=_constant_maximum(laid, ratings, design))
    _refuse_all_extreme(laid, design.model)
    return laid


def _laid(ratings: Ratings, design: Design, rows: tuple[Ints, Ints], places: tuple[Ints, Ints, Ints]) -> Layout:
    """`rows`: their order, and where each pair starts in it; `places`: unit of persons, unit and group of raters."""
    (order, starts), (person_unit, rater_unit, rater_group) = rows, places
    rater = np.full(starts.size, -1, dtype=np.int32) if ratings.rater is None else ratings.rater.index[order[starts]]
    given, category, points = _scores(ratings.score, design)
    item = np.zeros(1, dtype=np.int8) if ratings.item is None else narrow(ratings.item.index, _size(ratings.item))
    return Layout(
        given=given if points.size else given[order],
        category=category[order],
        row_item=np.zeros(order.size, dtype=np.int8) if ratings.item is None else item[order],
        row=order,
        pair_start=np.append(starts, order.size).astype(np.int32),
        pair_person=ratings.person.index[order[starts]].astype(np.int32, copy=False),
        pair_rater=rater.astype(np.int32, copy=False),
        pair_group=np.zeros(starts.size, dtype=np.int32) if ratings.rater is None else rater_group[rater],
        person_unit=person_unit,
        rater_unit=rater_unit,
        rater_group=rater_group,
        set_aside=np.zeros(rater_unit.size, dtype=np.bool_),
        points=points,
        persons=len(ratings.person.labels),
        raters=0 if ratings.rater is None else len(ratings.rater.labels),
        items=_size(ratings.item),
        groups=_size(ratings.group),
        units=_size(ratings.unit),
        has_units=ratings.unit is not None,
    )


def narrow(values: Ints, count: int) -> Ints:
    """`values`, 0 … count − 1, in the narrowest integers that hold `count` itself."""
    return values.astype(np.min_scalar_type(-count - 1), copy=False)


def _size(facet: Facet | None) -> int:
    return 1 if facet is None else len(facet.labels)


def _of_persons(person: Facet, place: Facet | None) -> Ints:
    found = np.zeros(len(person.labels)) if place is None else places_of(person, place)
    return found.astype(np.int32)


def _of_raters(ratings: Ratings, person_unit: Ints) -> tuple[Ints, Ints]:
    """Unit (-1: linking) and group of each ballot."""
    if ratings.rater is None:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    unit = person_unit[ratings.person.index]
    own = np.zeros(len(ratings.rater.labels), dtype=np.int32)
    own[ratings.rater.index] = unit
    own[ratings.rater.index[unit != own[ratings.rater.index]]] = -1
    return own, _of_persons(ratings.rater, ratings.group)


def _sorted_rows(ratings: Ratings, rater_unit: Ints, person_unit: Ints) -> tuple[Ints, Ints]:
    """Order of the rows, and the key of each in that order: place of the ballot or person, person, item."""
    if ratings.rater is None:
        key = _places(person_unit)[ratings.person.index]
    else:
        key = _places(rater_unit)[ratings.rater.index]
    key *= len(ratings.person.labels)
    key += ratings.person.index
    if ratings.item is not None:
        key *= _size(ratings.item)
        key += ratings.item.index
    order: Ints = np.argsort(key)  # not stable: no key occurs twice, or it is refused
    if order.size < np.iinfo(np.int32).max:
        order = order.astype(np.int32)
    return order, key[order]


def _places(unit: Ints) -> Ints:
    """Place of each member when they are sorted by unit, those of no unit last."""
    last = np.where(unit < 0, np.iinfo(unit.dtype).max, unit)
    places = np.empty(unit.size, dtype=np.int64)
    places[np.argsort(last, kind="stable")] = np.arange(unit.size)
    return places


def _refuse_duplicates(ratings: Ratings, order: Ints, key: Ints) -> None:
    again = key[1:] == key[:-1]
    if not again.any():
        return
    order = order[np.lexsort((order, key))]
    repeated = key[1:][again]
    rows = order[key == repeated[np.argmin(order[1:][again])]]
    first = int(rows[0])
    names = {"person": ratings.person, "ballot": ratings.rater, "item": ratings.item}
    facts = {name: facet.labels[facet.index[first]] if facet else "" for name, facet in names.items()}
    shown = tuple(int(row) + 1 for row in rows[:SHOWN])
    raise errors.DuplicateRating("duplicate-rating", **facts, rows=shown, count=int(np.unique(repeated).size))


def _scores(score: Floats, design: Design) -> tuple[Floats, Ints, Floats]:
    """Score of each category (gaussian: row), category of each row, and the points of the categories in use."""
    lowest = (scale_of(design) or (0.0, 0.0))[0]
    if design.model is Model.GAUSSIAN:
        value = score if design.points is None else np.array(design.points)[(score - lowest).astype(np.int64)]
        return value, np.zeros(score.size, dtype=np.int8), np.zeros(0)
    first = int(score.min())
    number = narrow((score - first).astype(np.int32), int(score.max()) - first)
    used = np.flatnonzero(np.bincount(number))
    category = narrow(np.cumsum(np.bincount(used)) - 1, used.size)  # of each number from the lowest
    points = used + first if design.points is None else np.array(design.points)[used + first - int(lowest)]
    return (used + first).astype(np.float64), category[number], np.asarray(points, dtype=np.float64)


def _constant_maximum(layout: Layout, ratings: Ratings, design: Design) -> Flags:
    """Ballots that give every mark the highest, to at least 4 persons who stand in units of at least 5.

    Not in the verification mode, and in the Gaussian model only where units say that the ratings are ballots.
    """
    is_asked = design.model is Model.ORDINAL or (design.model is Model.GAUSSIAN and layout.has_units)
    if not layout.raters or not (is_asked and design.set_aside):
        return layout.set_aside
    highest = ratings.score.max() if scale_of(design) is None else (scale_of(design) or (0, 0))[1]
    marks = layout.category if layout.points.size else ratings.score[layout.row]
    lowest = np.minimum.reduceat(marks, layout.pair_start[:-1])
    mark = layout.given[lowest] if layout.points.size else lowest
    below = np.bincount(layout.pair_rater[mark < highest], minlength=layout.raters)
    is_large = np.bincount(layout.person_unit) >= SET_ASIDE_UNIT
    counted = layout.pair_rater[is_large[layout.person_unit[layout.pair_person]]]
    return np.asarray((below == 0) & (np.bincount(counted, minlength=layout.raters) >= SET_ASIDE_PERSONS))


def extreme_persons(layout: Layout, *, pairs: Flags | None = None) -> Flags:
    """(persons,): every score the highest of all, or every score the lowest; `pairs`: only in these."""
    kept = np.ones(layout.pair_person.size, dtype=np.bool_) if pairs is None else pairs
    mark, starts = layout.category if layout.points.size else layout.given, layout.pair_start[:-1]
    lowest, highest = np.minimum.reduceat(mark, starts), np.maximum.reduceat(mark, starts)
    is_below = np.bincount(layout.pair_person[kept & (lowest < highest.max())], minlength=layout.persons) > 0
    is_above = np.bincount(layout.pair_person[kept & (highest > lowest.min())], minlength=layout.persons) > 0
    return np.asarray(~(is_below & is_above))


def used_pairs(layout: Layout) -> Flags:
    """(pairs,): not of a ballot that is set aside."""
    if not layout.raters:
        return np.ones(layout.pair_rater.size, dtype=np.bool_)
    return np.asarray(~layout.set_aside[layout.pair_rater])


def _refuse_all_extreme(layout: Layout, model: Model) -> None:
    """Scores themselves have no ends, but they have to differ."""
    used = used_pairs(layout)
    if model is Model.GAUSSIAN:
        left = layout.value[used[layout.row_pair]]
        is_extreme = not left.size or left.min() == left.max()
    else:
        is_extreme = bool(extreme_persons(layout, pairs=used).all())
    if is_extreme:
        raise errors.AllExtreme("all-extreme", persons=layout.persons, set_aside=int(layout.set_aside.sum()))
