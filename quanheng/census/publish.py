"""A finished file in place of the one before: readers see the old one or the new one, whenever the writer dies.

Files are built under a name that nobody reads, put on the disk, renamed to `snap-<number>.duckdb`, and pointed to by
the link `current`. A published file is never written to: a writer would lock its readers out. The last ones are kept
for readers that are about to open them. This file knows no Django, nor what a snapshot holds.
"""

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from quanheng.kernel.errors import Refused

KEPT = 3
CURRENT = "current"
_NAME = re.compile(r"snap-(\d{8})\.duckdb")
_UNFINISHED = (".building-", ".current-")
_SPILL = re.compile(r"\.spill-(\d+)-\d+")
_spills = count()


class CannotPublish(Refused):
    """busy: another process is building a snapshot in this folder."""


def current(folder: Path) -> Path | None:
    """The file that readers are to open; None before the first."""
    try:
        return folder / os.readlink(folder / CURRENT)
    except FileNotFoundError:
        return None
    except OSError as error:  # no link: of a folder that was copied file by file
        if error.errno != errno.EINVAL:
            raise
        return None


def number_of(file: Path) -> int:
    found = _NAME.fullmatch(file.name)
    assert found, file
    return int(found[1])


def publish(folder: Path, build: Callable[[Path, int], None]) -> Path:
    """`build` is given a place for the file and its number, and returns once the file is written and closed.

    Raises `CannotPublish`. Whatever `build` raises goes on, and nothing is published.
    """
    for each in (folder.parent, folder):
        each.mkdir(mode=0o700, exist_ok=True)  # for the service alone, as the database is
    with _only_one(folder):
        sweep(folder)
        number = max((number_of(file) for file in published(folder)), default=0) + 1
        unfinished = folder / f".building-{os.getpid()}-{number}.duckdb"
        try:
            build(unfinished, number)
            return _put(folder, unfinished, number)
        finally:
            sweep(folder)


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    """The lock goes with the process, however it ends."""
    with (folder / ".publishing").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotPublish("busy") from None
        yield


def _put(folder: Path, unfinished: Path, number: int) -> Path:
    finished = folder / f"snap-{number:08}.duckdb"
    finish(unfinished, finished)
    link = folder / f".current-{os.getpid()}"
    link.symlink_to(finished.name)
    link.replace(folder / CURRENT)
    _sync(folder)
    for old in published(folder)[:-KEPT]:
        old.unlink()
    return finished


def finish(unfinished: Path, finished: Path) -> None:
    """Under its name only once it is whole and on the disk; for the service alone."""
    unfinished.chmod(0o600)
    _sync(unfinished)
    unfinished.rename(finished)
    _sync(finished.parent)


def sweep(folder: Path) -> None:
    """Take away what a writer or a reader that died has left. Only under the lock: another's work would go too."""
    for left in folder.iterdir():
        if left.name.startswith(_UNFINISHED) or _is_spill_of_the_dead(left.name):
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()


def spill_place(folder: Path) -> Path:
    """Of one connection without a file of its own, for what its memory does not hold. DuckDB would put it where the
    process was started, for everybody to read, and all processes into the same files. It takes the folder away."""
    return folder / f".spill-{os.getpid()}-{next(_spills)}"


def _is_spill_of_the_dead(name: str) -> bool:
    found = _SPILL.fullmatch(name)
    return found is not None and not Path("/proc", found[1]).exists()


def published(folder: Path) -> list[Path]:
    """The oldest first."""
    return sorted(file for file in folder.iterdir() if _NAME.fullmatch(file.name))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
