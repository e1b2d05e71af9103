"""Refusals to estimate: one exception each, with the facts that say where and why. The command words them.

`rows` are places in the ratings, 1 is the first, at most ten of them; `count` is how many there are in all.
"""

from quanheng.kernel.errors import Refused


class CannotCalibrate(Refused):
    """Nothing is estimated."""


class NoRatings(CannotCalibrate):
    """There is no row at all."""


class MissingValue(CannotCalibrate):
    """A score, or the entry of a facet, is empty: `facet`, `rows`, `count`."""


class LabelWithoutRatings(CannotCalibrate):
    """A label stands in no row: `facet`, `labels`, `count`."""


class TooFewBallots(CannotCalibrate):
    """`ballots` of at least `minimum`."""


class SingleCategory(CannotCalibrate):
    """Every score is `score`."""


class AllExtreme(CannotCalibrate):
    """Every person has only the highest or only the lowest score, once `set_aside` ballots are left out."""


class ScoreOutsideScale(CannotCalibrate):
    """`score` is not within `lowest` and `highest`: `rows`, `count`."""


class NotACategory(CannotCalibrate):
    """`score` is no whole number, and the model needs categories: `rows`, `count`."""


class PersonInTwoUnits(CannotCalibrate):
    """`person` stands in `units`: `rows`; `count` persons in all."""


class PersonInTwoClasses(CannotCalibrate):
    """`person` stands in `classes`: `rows`; `count` persons in all."""


class BallotInTwoGroups(CannotCalibrate):
    """`ballot` stands in `groups`: `rows`; `count` ballots in all."""


class GroupsWithoutBallots(CannotCalibrate):
    """Rater groups are named, ballots are not."""


class DuplicateRating(CannotCalibrate):
    """`ballot` scores `person` on `item` more than once: `rows`; `count` such cells. No such facet: empty."""


class WeightsDoNotFit(CannotCalibrate):
    """without-weight (`groups`), no-groups, negative (`groups`), sum (`total`)."""
