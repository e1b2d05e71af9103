"""Ballots as read from a file: columns of labels, and a score in each row."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from quanheng.kernel.errors import Refused

# Grade words of 年度考核, 平时考核 and units: the number counts from the lowest.
GRADES: Mapping[str, int] = {
    "优秀": 3,
    "称职": 2,
    "基本称职": 1,
    "不称职": 0,
    "好": 3,
    "较好": 2,
    "一般": 1,
    "较差": 0,
    "良好": 2,
}
NOT_RATED = frozenset({"", "NA", "N/A", "NaN", "nan", "弃权", "不了解", "—", "-"})


Codes = npt.NDArray[np.signedinteger[Any]]


class CannotReadBallots(Refused):
    """The file cannot be used at all: not-text, no-header, missing-column (column, known), repeated-column (column),
    not-a-workbook, too-large (size, limit), no-sheets."""


class BallotFindings(Refused):
    """Rows that say something else than a ballot does: findings (`findings`, `count`), totals (`place`, `column`)."""


@dataclass(frozen=True)
class BallotFinding:
    """`place` is a line of a text, or sheet and row of a workbook."""

    place: str
    column: str
    value: str
    code: str  # empty, no-score, short


@dataclass(frozen=True)
class Column:
    labels: tuple[str, ...]  # distinct, in the order of numbers or of characters
    index: npt.NDArray[np.int32]  # (rows,), -1 where the cell is empty


@dataclass(frozen=True)
class BallotTable:
    score: npt.NDArray[np.float64]  # (rows,)
    columns: Mapping[str, Column]
    place_of: Callable[[int], str]  # of a row, 1 is the first: where a person finds it in the file
    warnings: tuple[str, ...] = field(default=())


def score_of(text: str) -> float | None:
    """A grade word or a number; nan where nothing was rated; None where it is neither."""
    if text in NOT_RATED:
        return math.nan
    if text in GRADES:
        return float(GRADES[text])
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class Coder:
    """Numbers the distinct texts of a column in the order they come, as narrow as there are few of them."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = _Numbering()
        self._parts: list[Codes] = []

    def add(self, cells: tuple[str, ...]) -> None:
        codes = np.fromiter(map(self._codes.__getitem__, cells), dtype=np.int32, count=len(cells))
        self._parts.append(codes.astype(np.min_scalar_type(-len(self._codes) - 1)))

    def raw(self) -> tuple[list[str], Codes]:
        empty = np.zeros(0, dtype=np.int32)
        return list(self._codes), np.concatenate(self._parts) if self._parts else empty

    def column(self) -> Column:
        texts, codes = self.raw()
        self._parts.clear()
        stripped = [text.strip() for text in texts]
        labels = tuple(ordered({text for text in stripped if text}))
        places = {label: place for place, label in enumerate(labels)}
        return Column(labels, np.array([places.get(text, -1) for text in stripped], dtype=np.int32)[codes])


def column_of(cells: Sequence[str]) -> Column:
    coder = Coder()
    coder.add(tuple(cells))
    return coder.column()


class _Numbering(dict[str, int]):
    """A text that is new gets the next number."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


def ordered(labels: Iterable[str]) -> list[str]:
    """By number where all are whole numbers, else by characters: the same for every order of the rows."""
    known = list(labels)
    if all(label.isascii() and label.isdigit() for label in known):
        return sorted(known, key=lambda label: (int(label), label))
    return sorted(known)
