"""The first step of an import: the files are kept, zips taken apart. Nothing is read yet."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO

from django.db import IntegrityError, transaction

from quanheng.formats import archives
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.intake.refusals import CannotImport
from quanheng.kernel.actor import Actor
from quanheng.ledger import actions as ledger
from quanheng.organization.models import Unit
from quanheng.papers.actions import build_file
from quanheng.papers.models import StoredFile
from quanheng.people.access import may_place

MEDIA_TYPE = "application/x-lrmx"
CHUNK = 25
MAX_FILES = 5000
MAX_FILE_BYTES = archives.LIMITS.member_bytes  # one person's file, in a zip or beside it
NUMBER_ATTEMPTS = 3


def upload(
    *,
    actor: Actor,
    files: Iterable[tuple[str, BinaryIO]],
    unit: Unit,
    category: str,
    sender: str,
    at: datetime,
    on: date,
) -> ImportBatch:
    """Keep the files, zips taken apart. Raises archives.CannotUnpack for a zip that must not be opened."""
    if not may_place(actor, unit, category):
        raise CannotImport("no-place", unit=str(unit.pk), category=category)
    return _store_batch(actor, members(files), unit, category, sender.strip(), at, on)


def members(files: Iterable[tuple[str, BinaryIO]]) -> Iterator[tuple[str, bytes]]:
    """One file at a time: a thousand photos are never in memory together."""
    for name, file in files:
        if _is_archive(file):
            yield from ((member.name, member.data) for member in archives.members(file))
        else:
            yield name, _bounded(name, file)


def _bounded(name: str, file: BinaryIO) -> bytes:
    """Measured before it is read: what is far too large never comes into memory."""
    size = file.seek(0, io.SEEK_END)
    if size > MAX_FILE_BYTES:
        raise CannotImport("file-too-large", name=name, size=_megabytes(size), limit=_megabytes(MAX_FILE_BYTES))
    file.seek(0)
    return file.read()


def _megabytes(size: int) -> int:
    return -(-size // 2**20)


def _is_archive(file: BinaryIO) -> bool:
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    return archives.is_archive(head)


@transaction.atomic
def _store_batch(
    actor: Actor,
    members: Iterator[tuple[str, bytes]],
    unit: Unit,
    category: str,
    sender: str,
    at: datetime,
    on: date,
) -> ImportBatch:
    """All files or none: a zip that turns out bad half-way leaves nothing."""
    batch = _create_batch(actor, unit, category, sender, at, on)
    total = 0
    while chunk := list(islice(members, CHUNK)):
        _store_chunk(batch, chunk, total, at)
        total += len(chunk)
        if total > MAX_FILES:
            raise CannotImport("too-many-files", limit=MAX_FILES)
    if not total:
        raise CannotImport("no-files")
    batch.total = total
    batch.save(update_fields=["total"])
    detail = {"number": batch.number, "files": total}
    ledger.record(actor=actor, action="intake.upload_import", obj=batch, detail=detail, at=at)
    return batch


def _store_chunk(batch: ImportBatch, chunk: Sequence[tuple[str, bytes]], before: int, at: datetime) -> None:
    files = [build_file(name=name, media_type=MEDIA_TYPE, content=data, at=at) for name, data in chunk]
    StoredFile.objects.bulk_create(files)
    ImportItem.objects.bulk_create(
        ImportItem(batch=batch, order=order, file=file, file_name=file.name)
        for order, file in enumerate(files, before + 1)
    )


def _create_batch(actor: Actor, unit: Unit, category: str, sender: str, at: datetime, on: date) -> ImportBatch:
    """Two officers who upload in one moment get two numbers: whoever comes second counts again."""
    batch = ImportBatch(
        account_key=actor.key,
        account_name=actor.name,
        unit=unit,
        management_category=category,
        sender=sender,
        created_at=at,
    )
    for attempt in range(1, NUMBER_ATTEMPTS + 1):
        batch.number = _next_number(on)
        try:
            with transaction.atomic():
                batch.save(force_insert=True)
            break
        except IntegrityError:
            if attempt == NUMBER_ATTEMPTS:
                raise
    return batch


def _next_number(on: date) -> str:
    today = ImportBatch.objects.filter(number__startswith=f"{on.isoformat()}-").order_by("-number").first()
    return f"{on.isoformat()}-{int(today.number[-3:]) + 1 if today else 1:03d}"
