"""`quanheng backup`: one moment of the whole database, encrypted, with the ledger's checkpoint in it.

A file is a header line, then for each table a line with its name and lines with its rows, then a line
with the counts; compressed, then sealed by `stream`. The keys go along only wrapped in the passphrase.
"""

import base64
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

from django.db import connection, transaction

from quanheng.kernel.actor import SYSTEM
from quanheng.kernel.errors import Refused
from quanheng.ledger import checkpoint_actions
from quanheng.ledger.actions import record
from quanheng.operations.ledger_codes import BACK_UP
from quanheng.operations.stream import SealedWriter
from quanheng.operations.tables import backed_up_models, columns_of, dump_rows
from quanheng.vault import keyring
from quanheng.vault.fields import current_keyring

FORMAT = 1
MIN_PASSPHRASE = 12
Progress = Callable[[str, int], None]


class CannotBackUp(Refused):
    """weak-passphrase, exists."""


def back_up(*, target: Path, passphrase: str, at: datetime, progress: Progress) -> dict[str, int]:
    """Write the backup beside `target` and move it there when it is whole. Gives rows by table."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise CannotBackUp("weak-passphrase", minimum=MIN_PASSPHRASE)
    if target.exists():
        raise CannotBackUp("exists", file=str(target))
    draft = target.with_name(f".{target.name}.{os.urandom(4).hex()}.part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            counts = _write(file, passphrase, _checkpoint(at), at, progress)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return counts


def _checkpoint(at: datetime) -> str:
    """That everything left the house in a file is an entry of its own, and the checkpoint covers it."""
    with transaction.atomic():
        record(actor=SYSTEM, action=BACK_UP, obj="operations.backup", at=at)
    return checkpoint_actions.make_checkpoint(at=at).note


def _write(file: BinaryIO, passphrase: str, note: str, at: datetime, progress: Progress) -> dict[str, int]:
    sealed = SealedWriter(file, passphrase)
    packer = zlib.compressobj(6)

    def put(line: Any) -> None:
        sealed.write(packer.compress(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"))

    with one_moment():
        put(_header(passphrase, note, at))
        counts = dict(_put_tables(put, progress))
    put({"end": counts})
    sealed.write(packer.flush())
    sealed.close()
    return counts


def _header(passphrase: str, note: str, at: datetime) -> dict[str, Any]:
    keys = base64.b64encode(keyring.wrap(current_keyring(), passphrase)).decode()
    release = version("quanheng")
    return {"format": FORMAT, "at": at.isoformat(), "release": release, "checkpoint": note, "keys": keys}


def _put_tables(put: Callable[[Any], None], progress: Progress) -> Iterator[tuple[str, int]]:
    for model in backed_up_models():
        label, count = model._meta.label_lower, 0
        put({"table": label, "columns": [field.column for field in columns_of(model)]})
        for row in dump_rows(model):
            put(row)
            count += 1
        progress(label, count)
        yield label, count


@contextmanager
def one_moment() -> Iterator[None]:
    """All tables as of one instant, while others go on writing."""
    if connection.in_atomic_block:  # in a test: the surrounding transaction is the moment
        yield
        return
    if connection.vendor == "sqlite":
        with _reading_sqlite():
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


@contextmanager
def _reading_sqlite() -> Iterator[None]:
    """Django's own transactions take the write lock at once; a reader's snapshot needs none."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("COMMIT")
