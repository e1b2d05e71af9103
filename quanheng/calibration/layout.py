"""The ratings as arrays that the estimators share: rows in pairs, pairs on persons and ballots, ballots in units."""

from dataclasses import dataclass

from quanheng.calibration.ratings import Flags, Floats, Ints


@dataclass(frozen=True)
class Layout:
    """Rows are sorted by pair; pairs by unit of the ballot (linking ballots last), then ballot, then person.

    A pair is one ballot on one person. Without a rater facet each person is a pair of its own and `pair_rater` is -1.
    Without a facet of items, groups or units there is one of it.
    """

    value: Floats  # (rows,), the score as given
    category: Ints  # (rows,), 0 is the lowest observed; gaussian: zeros
    row_pair: Ints  # (rows,)
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
    points: Floats  # (categories,), value of each category in units of the result
    persons: int
    raters: int
    items: int
    groups: int
    units: int
    has_units: bool  # False: no facet of units; the one unit is only a place
