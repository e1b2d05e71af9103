"""`quanheng restore`: a backup into an empty database, all or nothing, and the proof that it is whole."""

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

from quanheng.kernel.actor import SYSTEM
from quanheng.kernel.errors import Refused
from quanheng.ledger import checkpoint_actions, notes
from quanheng.ledger.actions import record
from quanheng.ledger.verify import Report
from quanheng.operations.backup import FORMAT
from quanheng.operations.ledger_codes import RESTORE
from quanheng.operations.stream import CannotOpenBackup, open_pieces
from quanheng.operations.tables import backed_up_models, columns_of, load_rows
from quanheng.vault import keyring
from quanheng.vault.fields import current_keyring

Progress = Callable[[str, int], None]


class CannotRestore(Refused):
    """not-empty (tables), other-keys (file), other-tables (tables, release), other-columns (table, release), cut-off,
    counts-differ."""


@dataclass(frozen=True, slots=True)
class Restored:
    taken_at: datetime
    counts: dict[str, int]
    note: str


@dataclass(frozen=True, slots=True)
class Proof:
    report: Report
    is_older: bool  # than a checkpoint that was exported later
    newest: int  # number of the newest checkpoint outside


def restore(*, source: Path, passphrase: str, progress: Progress) -> Restored:
    """Fill the empty database and put the keys in place. A failure leaves the database empty and the keys alone."""
    _require_empty()
    with source.open("rb") as file:
        lines = _lines(_unpacked(open_pieces(file, passphrase)))
        header: dict[str, Any] = next(lines, {})
        if header.get("format") != FORMAT:
            raise CannotOpenBackup("of-another-version")
        keys = keyring.unwrap(base64.b64decode(header["keys"]), passphrase)
        _require_no_other_keys(keys)
        with transaction.atomic():
            counts = _load_all(lines, header["release"], progress)
            keyring.restore_keys(settings.KEY_FILE, keys)  # before the commit: rows without keys would be lost
    return Restored(datetime.fromisoformat(header["at"]), counts, header["checkpoint"])


def _require_no_other_keys(keys: keyring.Keyring) -> None:
    """A key file that is there may serve another database: it is never written over."""
    if settings.KEY_FILE.exists() and keyring.load(settings.KEY_FILE) != keys:
        raise CannotRestore("other-keys", file=str(settings.KEY_FILE))


def _require_empty() -> None:
    filled = [model._meta.label_lower for model in backed_up_models() if model._base_manager.exists()]
    if filled:
        raise CannotRestore("not-empty", tables=filled)


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for piece in pieces:
        yield unpacker.decompress(piece)
    yield unpacker.flush()


def _lines(pieces: Iterator[bytes]) -> Iterator[Any]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from map(json.loads, whole)
    if rest:
        raise CannotRestore("cut-off")


def _load_all(lines: Iterator[Any], release: str, progress: Progress) -> dict[str, int]:
    known = {model._meta.label_lower: model for model in backed_up_models()}
    counts: dict[str, int] = {}
    line: dict[str, Any] = next(lines, {})
    while "table" in line:
        label = line["table"]
        if label not in known:
            raise CannotRestore("other-tables", tables=[label], release=release)
        if line["columns"] != [field.column for field in columns_of(known[label])]:
            raise CannotRestore("other-columns", table=label, release=release)
        table = _Table(lines)
        counts[label] = load_rows(known[label], table)
        progress(label, counts[label])
        line = table.following
    if missing := sorted(set(known) - set(counts)):
        raise CannotRestore("other-tables", tables=missing, release=release)
    if counts != line.get("end"):
        raise CannotRestore("counts-differ")
    _read_to_the_end(lines)
    _reset_sequences()
    return counts


def _read_to_the_end(lines: Iterator[Any]) -> None:
    """Only the last piece proves that the file was not cut."""
    if next(lines, None) is not None:
        raise CannotRestore("counts-differ")


class _Table:
    """The rows of one table; the line behind them is kept in `following`."""

    def __init__(self, lines: Iterator[Any]) -> None:
        self.lines = lines
        self.following: dict[str, Any] = {}

    def __iter__(self) -> Iterator[list[Any]]:
        for line in self.lines:
            if isinstance(line, dict):
                self.following = line
                return
            yield line
        raise CannotRestore("cut-off")


def _reset_sequences() -> None:
    statements = connection.ops.sequence_reset_sql(no_style(), list(apps.get_models(include_auto_created=True)))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def prove(*, restored: Restored, at: datetime, external: list[str]) -> Proof:
    """Verify the ledger against the checkpoint in the backup and those kept outside.

    A note from outside that is newer than the backup names it as an older state.
    """
    public = notes.public_of(current_keyring().signing)
    own = notes.read(restored.note, public)
    newest = max([notes.read(text, public).number for text in external], default=0)
    report = checkpoint_actions.verify_ledger(at=at, external=[restored.note, *external])
    return Proof(report, newest > own.number, newest)


def record_restore(*, restored: Restored, at: datetime) -> None:
    """The ledger goes on from an earlier state: said in the ledger itself, after the state as it was is proved."""
    with transaction.atomic():
        detail = {"taken_at": restored.taken_at.isoformat()}
        record(actor=SYSTEM, action=RESTORE, obj="operations.backup", detail=detail, at=at)
