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

from quanheng.kernel.errors import Refused
from quanheng.ledger import checkpoint_actions, notes
from quanheng.ledger.verify import Report
from quanheng.operations.stream import CannotOpenBackup, open_pieces
from quanheng.operations.tables import backed_up_models, columns_of, load_rows
from quanheng.vault import keyring
from quanheng.vault.fields import current_keyring

Progress = Callable[[str, int], None]


class CannotRestore(Refused):
    """not-empty (tables), other-columns (table), cut-off, counts-differ (table)."""


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
    """Fill the empty database and put the keys in place. A failure leaves the database empty."""
    _require_empty()
    with source.open("rb") as file:
        lines = _lines(_unpacked(open_pieces(file, passphrase)))
        header = next(lines)
        if header.get("format") != 1:
            raise CannotOpenBackup("of-another-version")
        keys = keyring.unwrap(base64.b64decode(header["keys"]), passphrase)
        counts = _load_all(lines, progress)
    keyring.restore_keys(settings.KEY_FILE, keys)
    return Restored(datetime.fromisoformat(header["at"]), counts, header["checkpoint"])


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


@transaction.atomic
def _load_all(lines: Iterator[Any], progress: Progress) -> dict[str, int]:
    known = {model._meta.label_lower: model for model in backed_up_models()}
    counts: dict[str, int] = {}
    line = next(lines)
    while "table" in line:
        model = known[line["table"]]
        if line["columns"] != [field.column for field in columns_of(model)]:
            raise CannotRestore("other-columns", table=line["table"])
        table, line = _Table(lines), None
        counts[model._meta.label_lower] = load_rows(model, table)
        progress(model._meta.label_lower, counts[model._meta.label_lower])
        line = table.following
    if counts != line.get("end"):
        raise CannotRestore("counts-differ")
    _reset_sequences()
    return counts


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
