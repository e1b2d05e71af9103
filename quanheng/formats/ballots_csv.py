"""Ratings as text: one row a rating, comma or tab, UTF-8 with or without mark, or GB18030.

Ten million rows are read in portions: a cell is kept as the number of its label, never as text.
"""

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt

from quanheng.formats.ballots_table import (
    BallotFinding,
    BallotFindings,
    BallotTable,
    CannotReadBallots,
    Coder,
    score_of,
)

PORTION = 5_000  # rows: what is in hand stays in the cache; larger portions take three times as long
BLOCK = 1 << 20  # bytes
SHOWN = 50
Progress = Callable[[int], None]


def read_csv(path: Path, score: str, columns: Sequence[str], progress: Progress | None = None) -> BallotTable:
    """The named columns of every row. Raises CannotReadBallots, BallotFindings, OSError.

    Blank lines are left out. A score may be a grade word or a number; an empty one is nan.
    """
    coders = {name: Coder() for name in dict.fromkeys([*columns, score])}
    with _opened(path) as file:
        rows, places = _header(file, list(coders))
        for done, portion in enumerate(_portions(rows), start=1):
            for place, cells in _cells(portion, places, score, path).items():
                coders[place].add(cells)
            if progress:
                progress(done * PORTION)
    numbers = _scores(path, score, coders[score])
    found = {name: coders[name].column() for name in columns}
    return BallotTable(numbers, found, lambda row: place_of(path, row))


def _opened(path: Path) -> TextIO:
    return path.open(encoding=_encoding(path), newline="")


def _encoding(path: Path) -> str:
    """UTF-8 if all of it is, else GB18030 if all of it is; marks of UTF-8 and UTF-16 decide at once."""
    with path.open("rb") as file:
        start = file.read(3)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _is_text(path, encoding):
            return encoding
    raise CannotReadBallots("not-text")


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                if "\0" in decoder.decode(block):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _header(file: TextIO, wanted: Sequence[str]) -> tuple[Iterator[list[str]], dict[str, int]]:
    """The rows below the header, and where in them each wanted column stands."""
    heads, rows = _below(file)
    known = [head.strip() for head in heads]
    if not any(known):
        raise CannotReadBallots("no-header")
    for name in wanted:
        if name not in known:
            raise CannotReadBallots("missing-column", column=name, known=known)
        if known.count(name) > 1:
            raise CannotReadBallots("repeated-column", column=name)
    return rows, {name: known.index(name) for name in wanted}


def _below(file: TextIO) -> tuple[list[str], Any]:
    """The cells of the header, and a reader of what comes after; the header says whether commas or tabs part cells."""
    first = file.readline()
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    return next(csv.reader([first], delimiter=delimiter), []), csv.reader(file, delimiter=delimiter)


def _portions(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    try:
        while portion := list(islice(rows, PORTION)):
            yield portion
    except csv.Error as error:
        raise CannotReadBallots("not-text") from error


def _cells(portion: list[list[str]], places: dict[str, int], score: str, path: Path) -> dict[str, tuple[str, ...]]:
    """The wanted columns of a portion. The quick way holds for rows of one length that have a score."""
    width = max(places.values()) + 1
    try:
        cells = list(zip(*portion, strict=True))
    except ValueError:
        cells = []
    if len(cells) < width or "" in cells[places[score]]:
        full = [row[:width] for row in portion if any(row)]
        if any(len(row) < width for row in full):
            found = [BallotFinding(f"第 {line} 行", "", ",".join(row), "short") for line, row in _short(path, width)]
            raise BallotFindings("findings", findings=found[:SHOWN], count=len(found))
        cells = list(zip(*full, strict=True)) or [()] * width
    return {name: cells[place] for name, place in places.items()}


def _short(path: Path, width: int) -> list[tuple[int, list[str]]]:
    return [(line, row) for line, row in _lines(path) if len(row) < width]


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row below the header with the line where it ends."""
    with _opened(path) as file:
        _, rows = _below(file)
        yield from ((rows.line_num + 1, row) for row in rows if any(row))


def place_of(path: Path, row: int) -> str:
    """1 is the first row below the header. The file is read anew, since few rows are asked for."""
    return f"第 {next(islice(_lines(path), row - 1, None))[0]} 行"


def _scores(path: Path, name: str, coder: Coder) -> npt.NDArray[np.float64]:
    """Each distinct text is read once."""
    texts, codes = coder.raw()
    values = [score_of(text.strip()) for text in texts]
    unread = [place for place, value in enumerate(values) if value is None]
    if unread:
        rows = np.flatnonzero(np.isin(codes, unread))
        shown = [(place_of(path, int(row) + 1), texts[codes[row]]) for row in rows[:10]]
        found = [BallotFinding(place, name, text, "no-score") for place, text in shown]
        raise BallotFindings("findings", findings=found, count=int(rows.size))
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)[codes]


def read_pairs(path: Path) -> tuple[tuple[str, str], ...]:
    """The columns a and b of a file of comparisons. Raises CannotReadBallots, OSError."""
    with _opened(path) as file:
        rows, places = _header(file, ["a", "b"])
        full = [row for row in rows if any(row)]
    if any(len(row) <= max(places.values()) for row in full):
        raise CannotReadBallots("missing-column", column="a、b", known=[])
    return tuple((row[places["a"]].strip(), row[places["b"]].strip()) for row in full)
