"""Input that no estimate can stand on: each refusal says which rows and labels."""

import math
from collections.abc import Mapping

import numpy as np

from quanheng.calibration import errors
from quanheng.calibration.ratings import Design, Facet, Flags, Floats, Ints, Model, Ratings

SHOWN = 10
SUM_TOLERANCE = 1e-6


def check(ratings: Ratings, design: Design) -> None:
    """What can be said before the rows are sorted; raises the first refusal that applies."""
    check_present(ratings)
    check_scores(ratings.score, design)
    check_belonging(ratings)
    check_weights(ratings.group, design.group_weights)
    check_ballots(ratings.rater, design.minimum_ballots)


def facets(ratings: Ratings) -> Mapping[str, Facet]:
    named = {
        "person": ratings.person,
        "rater": ratings.rater,
        "item": ratings.item,
        "group": ratings.group,
        "unit": ratings.unit,
        "class": ratings.comparison_class,
        **ratings.covariates,
    }
    return {name: facet for name, facet in named.items() if facet is not None}


def check_present(ratings: Ratings) -> None:
    """Every row has its score and its place in every facet, every label its rows."""
    if not ratings.score.size:
        raise errors.NoRatings("no-ratings")
    _refuse_missing("score", ~np.isfinite(ratings.score))
    for name, facet in facets(ratings).items():
        if facet.index.shape != ratings.score.shape:
            raise ValueError(f"{name}: {facet.index.size} entries for {ratings.score.size} ratings")
        _refuse_missing(name, (facet.index < 0) | (facet.index >= len(facet.labels)))
        _refuse_unused(name, facet)


def _refuse_missing(facet: str, missing: Flags) -> None:
    if missing.any():
        raise errors.MissingValue("missing-value", facet=facet, rows=rows_of(missing), count=int(missing.sum()))


def _refuse_unused(name: str, facet: Facet) -> None:
    unused = np.flatnonzero(np.bincount(facet.index, minlength=len(facet.labels)) == 0)
    if unused.size:
        labels = tuple(facet.labels[i] for i in unused[:SHOWN])
        raise errors.LabelWithoutRatings("label-without-ratings", facet=name, labels=labels, count=int(unused.size))


def check_scores(score: Floats, design: Design) -> None:
    """Whole numbers where the model has categories, within the scale, and not all the same."""
    if design.model is not Model.GAUSSIAN or design.points is not None:
        _refuse_scores(errors.NotACategory, "not-a-category", score, score != np.rint(score))
    if limits := scale_of(design):
        lowest, highest = limits
        outside = (score < lowest) | (score > highest)
        _refuse_scores(errors.ScoreOutsideScale, "outside-scale", score, outside, lowest=lowest, highest=highest)
    if score.min() == score.max():
        raise errors.SingleCategory("single-category", score=float(score[0]))


def scale_of(design: Design) -> tuple[float, float] | None:
    """Lowest and highest permitted score; declared points number the categories from 0."""
    if design.scale is not None or design.points is None:
        return design.scale
    return (0.0, len(design.points) - 1.0)


def _refuse_scores(
    refusal: type[errors.CannotCalibrate], code: str, score: Floats, wrong: Flags, **facts: object
) -> None:
    if wrong.any():
        first = float(score[np.argmax(wrong)])
        raise refusal(code, score=first, rows=rows_of(wrong), count=int(wrong.sum()), **facts)


def check_belonging(ratings: Ratings) -> None:
    """A person stands in one unit and one comparison class, a ballot in one group."""
    if ratings.group is not None and ratings.rater is None:
        raise errors.GroupsWithoutBallots("groups-without-ballots")
    _refuse_two(errors.PersonInTwoUnits, "person-in-two-units", ("person", "units"), ratings.person, ratings.unit)
    names = ("person", "classes")
    _refuse_two(errors.PersonInTwoClasses, "person-in-two-classes", names, ratings.person, ratings.comparison_class)
    if ratings.rater is not None:
        _refuse_two(
            errors.BallotInTwoGroups, "ballot-in-two-groups", ("ballot", "groups"), ratings.rater, ratings.group
        )


def _refuse_two(
    refusal: type[errors.CannotCalibrate], code: str, names: tuple[str, str], member: Facet, place: Facet | None
) -> None:
    """The member that comes first in the input is shown with all its places."""
    if place is None:
        return
    differs = place.index != places_of(member, place)[member.index]
    if not differs.any():
        return
    first = int(member.index[np.argmax(differs)])
    rows = member.index == first
    labels = tuple(place.labels[i] for i in np.unique(place.index[rows]))
    count = int(np.unique(member.index[differs]).size)
    facts = {names[0]: member.labels[first], names[1]: labels}
    raise refusal(code, **facts, rows=rows_of(rows), count=count)


def places_of(member: Facet, place: Facet) -> Ints:
    """(members,): the place each member has in its last row; its only one when the input is sound."""
    found = np.zeros(len(member.labels), dtype=place.index.dtype)
    found[member.index] = place.index
    return found


def check_weights(group: Facet | None, weights: Mapping[str, float] | None) -> None:
    """Every group there is has its statutory weight, none is negative, and they sum to 1.

    A group that gave no ballot at all keeps its weight: the rules name it, and its view stays unsure (缺A票).
    """
    if weights is None:
        return
    if group is None:
        raise errors.WeightsDoNotFit("no-groups")
    _refuse_groups("without-weight", [name for name in group.labels if name not in weights])
    _refuse_groups("negative", [name for name, weight in weights.items() if not 0 <= weight < math.inf])
    total = math.fsum(weights.values())
    if abs(total - 1) > SUM_TOLERANCE:
        raise errors.WeightsDoNotFit("sum", total=total)


def _refuse_groups(code: str, names: list[str]) -> None:
    if names:
        raise errors.WeightsDoNotFit(code, groups=tuple(names))


def check_ballots(rater: Facet | None, minimum: int) -> None:
    if rater is not None and len(rater.labels) < minimum:
        raise errors.TooFewBallots("too-few-ballots", ballots=len(rater.labels), minimum=minimum)


def rows_of(flags: Flags) -> tuple[int, ...]:
    return tuple(int(row) + 1 for row in np.flatnonzero(flags)[:SHOWN])
