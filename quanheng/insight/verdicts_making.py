"""Verdicts of many people are worked out beside the pages that ask for them: how far that is, and that it is done.

At a million it takes half a minute, on which no page may hang. Each web process works them out in a thread of its own;
a second one waits for the file of the first (`quanheng.census.kept`). How far it is stands in a note in the folder, so
that every process can tell. No person is in it.
"""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread, get_ident

import duckdb
from django.db import DatabaseError, InterfaceError, connection

from quanheng.kernel.errors import Refused

NOTE = ".verdicts.part"
MOST = 2  # targets and days a process works at; others are begun when one of these is done
Tell = Callable[[float], None]  # how much is done, of 1
LOG = logging.getLogger("quanheng.insight")
_lock = Lock()
_running: dict[Path, Thread] = {}
_failed: set[Path] = set()


class NotYetJudged(Refused):
    """in-the-making: the verdicts of `cadres` people are being worked out. `part`: how much is done, of 1; None where
    something else is made before. failed: they could not be; the next one who asks begins anew."""


def begin(file: Path, make: Callable[[], None]) -> None:
    """Have `make` make the file, unless this process is at it already or has enough to do. Raises `NotYetJudged` where
    it failed, once."""
    with _lock:
        if file in _failed:
            _failed.remove(file)
            raise NotYetJudged("failed")
        if file not in _running and len(_running) < MOST:
            _running[file] = Thread(target=_run, args=[file, make], daemon=True)
            _running[file].start()


def _run(file: Path, make: Callable[[], None]) -> None:
    has_failed = True  # whatever it is: nobody is to begin it anew each second
    try:
        with closing(connection):  # of this thread
            make()
        has_failed = False
    except (DatabaseError, InterfaceError, duckdb.Error, OSError, Refused) as error:
        LOG.error("verdicts: %s", type(error).__name__)
    finally:
        with _lock:
            del _running[file]
            if has_failed:
                _failed.add(file)


def wait_for_all() -> None:
    """For tests, which take away the folder."""
    for thread in list(_running.values()):
        thread.join()


@contextmanager
def note_part(file: Path) -> Iterator[Tell]:
    """To be told of that file, in one piece whoever reads; nothing is noted after the block."""

    def tell(part: float) -> None:
        draft = file.parent / f"{NOTE}.{os.getpid()}.{get_ident()}"
        try:
            draft.write_text(f"{file.name} {part:.3f}")
            draft.replace(file.parent / NOTE)
        except OSError:  # how far it is may stay untold, the work goes on
            draft.unlink(missing_ok=True)

    try:
        yield tell
    finally:
        if part_of(file) is not None:
            (file.parent / NOTE).unlink(missing_ok=True)


def part_of(file: Path) -> float | None:
    """None where nobody is at it now, or the note was torn by a failure of power."""
    with suppress(FileNotFoundError, ValueError):
        name, part = (file.parent / NOTE).read_text().split()
        return float(part) if name == file.name else None
    return None
