"""Why a snapshot can be neither made nor read: a code and the place, never a word of the engine, which may quote the
row of a person."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import duckdb
from django.db import Error

from quanheng.kernel.errors import Refused


class Trouble(StrEnum):
    DISK_FULL = "snapshot-disk-full"
    NO_FOLDER = "snapshot-no-folder"
    NO_PERMISSION = "snapshot-no-permission"
    HELD = "snapshot-held"
    DAMAGED = "snapshot-damaged"
    NO_MEMORY = "snapshot-no-memory"
    NO_DATABASE = "snapshot-no-database"
    UNFORESEEN = "snapshot-unforeseen"


class CannotRefresh(Refused):
    """A `Trouble`, with `place`, the folder, and `error`, its name or SQLSTATE. The snapshot before stays."""


class NoSnapshot(Refused):
    """not-yet: nothing has been published in this folder. Or a `Trouble` with the one that was, with facts as above."""


_NUMBERS = {
    Trouble.DISK_FULL: (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    Trouble.NO_FOLDER: (errno.ENOENT, errno.ENOTDIR),
    Trouble.NO_PERMISSION: (errno.EACCES, errno.EPERM, errno.EROFS),
    Trouble.DAMAGED: (errno.EIO,),
    Trouble.NO_MEMORY: (errno.ENOMEM,),
}
# DuckDB has one error for most of it, and tells what the system said. The disk before the memory: of work that was to
# wait on a full disk it says both.
_SIGNS = {
    Trouble.DISK_FULL: ("max_temp_directory_size",),
    Trouble.NO_MEMORY: ("failed to allocate", "could not allocate"),
    Trouble.HELD: ("Could not set lock on file",),
    Trouble.DAMAGED: (
        "not a valid DuckDB database file",
        "Corrupt database file",
        "Could not read enough bytes",
        "Failed to load metadata pointer",
        "Failed to deserialize",
    ),
}
_OF_READING = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.FatalException,
    duckdb.InternalException,
    duckdb.SerializationException,
)
FAILURES = (OSError, MemoryError, duckdb.Error, Error)


def trouble_of(error: BaseException) -> Trouble:
    if isinstance(error, FileNotFoundError):
        return Trouble.NO_FOLDER
    if isinstance(error, OSError):
        return next((each for each, numbers in _NUMBERS.items() if error.errno in numbers), Trouble.UNFORESEEN)
    if isinstance(error, Error):
        return Trouble.NO_DATABASE
    if isinstance(error, MemoryError):
        return Trouble.NO_MEMORY
    text = str(error)
    return next((each for each, signs in _signs().items() if any(sign in text for sign in signs)), _unsaid(error))


def _signs() -> dict[Trouble, tuple[str, ...]]:
    said = {each: tuple(map(os.strerror, numbers)) for each, numbers in _NUMBERS.items()}
    return {each: (*_SIGNS.get(each, ()), *said.get(each, ())) for each in Trouble}


def _unsaid(error: BaseException) -> Trouble:
    if isinstance(error, duckdb.OutOfMemoryException):
        return Trouble.NO_MEMORY
    is_damaged = isinstance(error, duckdb.SerializationException | duckdb.FatalException | duckdb.InternalException)
    return Trouble.DAMAGED if is_damaged else Trouble.UNFORESEEN


def name_of(error: BaseException) -> str:
    """Without a word of its own."""
    return getattr(error.__cause__, "sqlstate", None) or type(error).__name__


@contextmanager
def refreshing(folder: Path) -> Iterator[None]:
    """Raises `CannotRefresh` for what breaks the block off."""
    try:
        yield
    except FAILURES as error:
        raise CannotRefresh(trouble_of(error), place=str(folder), error=name_of(error)) from None


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Raises `NoSnapshot` where the block cannot read the files of the folder, or make one from them. A mistake in a
    statement goes on as it is."""
    try:
        yield
    except (OSError, MemoryError, duckdb.Error) as error:
        if not _is_of_reading(error):
            raise
        raise NoSnapshot(trouble_of(error), place=str(folder), error=name_of(error)) from None


def _is_of_reading(error: BaseException) -> bool:
    """What DuckDB finds damaged inside a file has no class of its own."""
    is_known = isinstance(error, (OSError, MemoryError, *_OF_READING))
    return is_known or trouble_of(error) is not Trouble.UNFORESEEN
