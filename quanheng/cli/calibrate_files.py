"""The files of `quanheng calibrate --out DIR`: all of them whole, or none."""

import csv
import io
import json
import math
import os
import shutil
import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from quanheng.calibration.contrasts import contrasts
from quanheng.calibration.ratings import Floats
from quanheng.calibration.result import Calibration, Estimates, Fit

FIT = ("infit", "infit_zstd", "outfit", "outfit_zstd")
PERSONS = (
    *("id", "raw", "fair", "se", "lo90", "hi90", "measure", *FIT, "n"),
    *("component", "status", "rank_lo", "rank_hi", "band"),
)
ESTIMATES = ("id", "measure", "se", *FIT, "n")
PAIRS = ("a", "b", "difference", "se", "lo90", "hi90", "p_above")
THRESHOLDS = ("item", "category", "measure", "se")
SHIFTS = ("id", "raw", "fair", "ballots", "culture", "groups", "shrinkage", "second_opinion", "missing_groups")
FLAGS = ("kind", "subject", "count", "expected", "p_adjusted", "effect")
FILES = (
    *("persons.csv", "raters.csv", "items.csv", "pairs.csv"),
    *("thresholds.csv", "shifts.csv", "flags.csv", "summary.json"),
)

Cell = str | int | float | None
Table = tuple[Sequence[str], Iterable[Sequence[Cell]]]


def write_files(folder: Path, calibration: Calibration, pairs: Sequence[tuple[str, str]] | None) -> list[str]:
    """The names of what was written. Files of an earlier run that this one does not have are taken away."""
    tables = tables_of(calibration, pairs)
    with whole_folder(folder) as draft:
        for name, (heads, rows) in tables.items():
            (draft / name).write_bytes(as_csv(heads, rows))
        (draft / "summary.json").write_bytes(as_json(calibration.summary))
    return [*tables, "summary.json"]


def tables_of(calibration: Calibration, pairs: Sequence[tuple[str, str]] | None) -> dict[str, Table]:
    found: dict[str, Table] = {"persons.csv": (PERSONS, _persons(calibration))}
    for name, estimates in (("raters.csv", calibration.raters), ("items.csv", calibration.items)):
        if estimates is not None:
            found[name] = (ESTIMATES, _estimates(estimates))
    if calibration.thresholds:
        found["thresholds.csv"] = (THRESHOLDS, _thresholds(calibration))
    if pairs is not None:
        found["pairs.csv"] = (PAIRS, _pairs(calibration, pairs))
    found["shifts.csv"] = (SHIFTS, _shifts(calibration))
    found["flags.csv"] = (FLAGS, [[getattr(flag, name) for name in FLAGS] for flag in calibration.flags])
    return found


def _persons(calibration: Calibration) -> Iterator[Sequence[Cell]]:
    """Who is not ranked has no rank: empty, not 0."""
    persons = calibration.persons
    figures = (persons.raw, persons.fair, persons.se, persons.lo90, persons.hi90, persons.measure)
    ranks = (persons.rank_lo, persons.rank_hi, persons.band)
    columns = [column.tolist() for column in (*figures, *_fit(persons.fit), persons.n, persons.component)]
    states = [state.value for state in persons.status]
    ranked = [[rank or None for rank in column.tolist()] for column in ranks]
    return zip(persons.labels, *columns, states, *ranked, strict=True)


def _fit(fit: Fit) -> tuple[Floats, ...]:
    return fit.infit, fit.infit_zstd, fit.outfit, fit.outfit_zstd


def _estimates(found: Estimates) -> Iterator[Sequence[Cell]]:
    columns = [column.tolist() for column in (found.measure, found.se, *_fit(found.fit), found.n)]
    return zip(found.labels, *columns, strict=True)


def _thresholds(calibration: Calibration) -> Iterator[Sequence[Cell]]:
    for step in calibration.thresholds:
        yield step.item, step.category, step.measure, step.se


def _pairs(calibration: Calibration, pairs: Sequence[tuple[str, str]]) -> Iterator[Sequence[Cell]]:
    for found in contrasts(calibration, pairs):
        yield [getattr(found, name) for name in PAIRS]


def _shifts(calibration: Calibration) -> Iterator[Sequence[Cell]]:
    persons, shifts = calibration.persons, calibration.shifts
    parts = (persons.raw, persons.fair, shifts.ballots, shifts.culture, shifts.groups, shifts.shrinkage)
    second = calibration.second_opinion
    columns = [column.tolist() for column in parts]
    opinions = [None] * len(persons.labels) if second is None else second.tolist()
    groups = calibration.ratings.group.labels if calibration.ratings.group else ("",)
    missing = [";".join(groups[g] for g in row.nonzero()[0]) for row in persons.missing_groups]
    return zip(persons.labels, *columns, opinions, missing, strict=True)


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8, a figure with all its digits, an empty cell where there is none."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return made.getvalue().encode()


def _cell(cell: Cell) -> Cell:
    return "" if cell is None or (isinstance(cell, float) and not math.isfinite(cell)) else cell


def as_json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder beside it to write into, moved into its place at the end; whatever ends the work before takes it away.

    Into a folder that is there already the files are moved one by one, each of them whole.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)  # of a run that the machine cut off
    draft.mkdir()
    try:
        with _ending_as_interrupt():
            yield draft
            _move(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _move(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    made = {path.name for path in draft.iterdir()}
    for path in sorted(draft.iterdir()):
        os.replace(path, folder / path.name)
    for name in FILES:
        if name not in made:
            (folder / name).unlink(missing_ok=True)


@contextmanager
def _ending_as_interrupt() -> Iterator[None]:
    """A request to end runs the clean-up too, as Ctrl+C does. Only the main thread may ask for signals."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
