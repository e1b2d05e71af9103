"""What goes in: ratings with their facets, and what is asked of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.signedinteger[Any]]  # where there are millions, narrow ones; products are made in int64
Flags = npt.NDArray[np.bool_]


class Model(Enum):
    ORDINAL = "ordinal"  # empirical Bayes, adjacent categories, every facet about people random: the reported one
    GAUSSIAN = "gaussian"  # the same effects on the scores themselves: second opinion, and for 0–100 scores
    JMLE = "jmle"  # joint maximum likelihood: only to verify against published programs


class Criterion(Enum):
    REML = "reml"
    ML = "ml"


@dataclass(frozen=True)
class Facet:
    """One column of the ratings: which of `labels` stands in each row."""

    labels: tuple[str, ...]  # distinct, as in the input
    index: Ints  # (rows,), each in range(len(labels))


@dataclass(frozen=True)
class Ratings:
    """One row a rating. Persons stand in one unit, raters (ballots) in one group; `layout` refuses other input."""

    score: Floats  # (rows,), as in the input: the number of a category, or 0–100
    person: Facet
    rater: Facet | None = None
    item: Facet | None = None
    group: Facet | None = None
    unit: Facet | None = None
    comparison_class: Facet | None = None  # 同类; persons are ranked only inside one
    covariates: Mapping[str, Facet] = field(default_factory=dict)  # columns of `Design.fixed` and `Design.random`


@dataclass(frozen=True)
class Design:
    """What is declared before the vote: model, points, weights, limits."""

    model: Model = Model.ORDINAL
    points: tuple[float, ...] | None = None  # of category 0, 1, …; None: the score counts as it stands
    scale: tuple[float, float] | None = None  # lowest and highest permitted score; None: as observed, or len(points)
    group_weights: Mapping[str, float] | None = None  # statutory; by label of group, sum 1; None: by number of ballots
    criterion: Criterion = Criterion.REML  # gaussian
    fixed: tuple[str, ...] = ()  # gaussian: covariates as fixed effects; "a*b" with interaction
    random: tuple[str, ...] = ()  # gaussian: further crossed random effects
    partial_credit: bool = False  # jmle: own thresholds for each item
    minimum_ballots: int = 5  # fewer in the whole event are refused
    set_aside: bool = True  # ballots that give everybody the highest grade do not enter the estimation
    seed: int = 20260101  # of the draws for rank ranges
