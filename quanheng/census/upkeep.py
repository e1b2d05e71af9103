"""Keeping the snapshots of a folder: a round of the worker, and what is noted of it for the pages that ask.

A round looks whether anything has changed, reads the changed anew, and on a new day everybody; the whole snapshot is
compared with the one before, and the marks that all kept snapshots have read are forgotten. Notes are small files
beside the snapshots: they speak of this folder, and a restored database must not bring along another's.
"""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import get_ident
from typing import Any

import duckdb

from quanheng.census import reading
from quanheng.census.extract import CannotExtract
from quanheng.census.failures import (
    FAILURES,
    Trouble,
    name_of,
    refreshing,
    trouble_of,
)
from quanheng.census.failures import reading as telling
from quanheng.census.kept import forget_gone
from quanheng.census.publish import current, published
from quanheng.census.reading import Snapshot, describe
from quanheng.census.snapshot import Published, Recipe, refresh
from quanheng.ledger import marks
from quanheng.ledger.mark_actions import forget_marks

PATIENCE = timedelta(minutes=10)  # without a sign of the worker for longer, it stands still
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Standing:
    """`as_of`: every change committed before is told by the snapshot. `still_since`: the last sign of the worker, where
    that is too long ago. `changes`: since the snapshot, by whomever; None where this database is not its own.
    `failed_at`: the last try to make a newer one, where none has gone well since."""

    as_of: datetime
    still_since: datetime | None
    changes: int | None
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The last refresh. `changed`: how many people were read anew; None where all were."""

    at: datetime
    seconds: float
    number: int
    cadres: int
    changed: int | None


@dataclass(frozen=True, slots=True)
class Failed:
    """The last refresh that broke off, by the name of the error, with the table where one is to blame."""

    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Compared:
    """The last whole snapshot beside the one before it: tables that differ without a mark."""

    at: datetime
    differing: tuple[str, ...]


def one_round(folder: Path, recipe: Recipe, *, clock: Clock, on: date) -> Published | None:
    """Of the worker. Raises as `bring_up_to_date` does."""
    with refreshing(folder):
        _note(folder, "alive", at=clock())
        try:
            return bring_up_to_date(folder, recipe, clock=clock, on=on)
        finally:
            _note(folder, "alive", at=clock())


def bring_up_to_date(folder: Path, recipe: Recipe, *, clock: Clock, on: date) -> Published | None:
    """A newer snapshot; None where the current one says all there is to say.

    Raises `CannotPublish` while another process builds one; `CannotExtract` and `CannotRefresh` for what breaks it off,
    which is noted.
    """
    with refreshing(folder):
        at, told = clock(), _before(folder)
        if told and _is_up_to_date(told, recipe, on):
            _note(folder, "looked", at=at, number=told.number)
            return None
    return rebuild(folder, recipe, clock=clock, on=on)


def rebuild(folder: Path, recipe: Recipe, *, clock: Clock, on: date, is_whole: bool = False) -> Published:
    """A newer snapshot whether or not anything has changed, and what is due after a whole one. Raises as above."""
    with refreshing(folder):
        return _rebuilt(folder, recipe, clock, on, is_whole)


def _rebuilt(folder: Path, recipe: Recipe, clock: Clock, on: date, is_whole: bool) -> Published:
    began = clock()
    try:
        made = refresh(folder, recipe, at=began, on=on, is_whole=is_whole)
    except (*FAILURES, CannotExtract) as error:
        with suppress(OSError):  # a full disk takes no note either
            _note(folder, "failed", at=clock(), error=_name(error))
        raise
    seconds = (clock() - began).total_seconds()
    with suppress(OSError):  # it is published, though a disk that it has filled takes no note
        _note_made(folder, made, began, seconds)
    if made.changed is None:
        forget_read_marks(folder)
    forget_gone(folder)
    return made


def _note_made(folder: Path, made: Published, began: datetime, seconds: float) -> None:
    told = made.snapshot
    _note(folder, "refreshed", at=began, seconds=seconds, number=told.number, cadres=told.cadres, changed=made.changed)
    if made.differing is not None:
        _note(folder, "compared", at=began, differing=made.differing)


def _name(error: BaseException) -> str:
    """Names only: an error's own words may quote a person's row."""
    if isinstance(error, CannotExtract):
        return f"{error.facts['error']} ({error.facts['table']})"
    return name_of(error)


def _is_up_to_date(told: Snapshot, recipe: Recipe, on: date) -> bool:
    return told.read_on == on and told.definition == recipe.definition and marks.count_since(told.mark) == 0


def forget_read_marks(folder: Path) -> int:
    """Those that all kept snapshots have read; gives how many are gone."""
    kept = [told.mark for file in published(folder) if (told := _readable(file))]
    own = [mark for mark in kept if marks.is_of_this_database(mark)]
    return forget_marks(before=min(own, key=lambda mark: mark.number)) if own else 0


def current_snapshot(folder: Path) -> Snapshot | None:
    """Raises `NoSnapshot` where there is one that cannot be read."""
    with telling(folder):
        file = current(folder)
        return _described(file) if file else None


def _before(folder: Path) -> Snapshot | None:
    """As `current_snapshot`; a damaged one is none, since the next is made without it."""
    file = current(folder)
    return _readable(file) if file else None


def _readable(file: Path) -> Snapshot | None:
    try:
        return _described(file)
    except duckdb.Error as error:
        if trouble_of(error) is Trouble.DAMAGED:
            return None
        raise


def _described(file: Path) -> Snapshot | None:
    """None where another process has taken it away meanwhile."""
    try:
        with reading.connect(file) as connection:
            return describe(connection)
    except FileNotFoundError:
        return None


# --- what pages ask


def standing(folder: Path, told: Snapshot, *, at: datetime) -> Standing:
    """Of the snapshot that a page shows. One look at the database, some milliseconds."""
    looked, alive = _noted(folder, "looked"), _noted(folder, "alive")
    is_looked_at = looked.get("number") == told.number
    sign = alive.get("at", told.as_of)
    as_of = max(looked["at"], told.as_of) if is_looked_at else told.as_of
    failed_at, made = _noted(folder, "failed").get("at"), last_refresh(folder)
    newest = max(as_of, made.at) if made else as_of  # what is told may be a snapshot before the last
    return Standing(
        as_of=as_of,
        still_since=sign if at - sign > PATIENCE else None,
        changes=marks.count_since(told.mark),
        failed_at=failed_at if failed_at and failed_at > newest else None,
    )


def last_refresh(folder: Path) -> Refreshed | None:
    found = _noted(folder, "refreshed")
    return Refreshed(**found) if found else None


def last_failure(folder: Path) -> Failed | None:
    found = _noted(folder, "failed")
    return Failed(**found) if found else None


def last_comparison(folder: Path) -> Compared | None:
    found = _noted(folder, "compared")
    return Compared(found["at"], tuple(found["differing"])) if found else None


def last_sign(folder: Path) -> datetime | None:
    """Of the worker."""
    found: datetime | None = _noted(folder, "alive").get("at")
    return found


def _note(folder: Path, name: str, **values: Any) -> None:
    """In one piece, whoever reads or dies meanwhile. No person is in it."""
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)
    draft = folder / f".{name}.{os.getpid()}.{get_ident()}"
    try:
        draft.write_text(json.dumps({**values, "at": values["at"].isoformat()}))
        draft.replace(folder / f"{name}.json")
    finally:
        draft.unlink(missing_ok=True)


def _noted(folder: Path, name: str) -> Mapping[str, Any]:
    """Nothing of a note that is empty or torn: it is not put on the disk at once, and power may fail."""
    try:
        found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return {**found, "at": datetime.fromisoformat(found["at"])}
