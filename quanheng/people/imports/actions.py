"""The steps of an import before it takes effect: upload, read, correct, decide, discard.

Nothing here touches a dossier. Reading runs in the background and may be repeated after a crash.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from django.db import IntegrityError, transaction

from quanheng.formats import archives, lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, Refused
from quanheng.kernel.flow import require_step
from quanheng.ledger import actions as ledger
from quanheng.organization.models import Unit
from quanheng.papers.actions import build_file
from quanheng.papers.models import StoredFile
from quanheng.people import access
from quanheng.people.choices import ImportDecision, ImportMatch, ImportState
from quanheng.people.flow import IMPORT_FLOW
from quanheng.people.imports import queries
from quanheng.people.imports.compare import GROUPS
from quanheng.people.imports.match import match
from quanheng.people.imports.reading import REMEMBERED_FIELDS, as_json, correct, form_from_json, read_file
from quanheng.people.models import ImportBatch, ImportItem, RememberedReading

MEDIA_TYPE = "application/x-lrmx"
CHUNK = 25


class CannotImport(Refused):
    """No files, too many, no place for new persons, a decision or correction that does not fit."""


MIN_REASON = 10
MAX_FILES = 5000
MAX_FILE_BYTES = archives.LIMITS.member_bytes  # one person's file, in a zip or beside it
NUMBER_ATTEMPTS = 3
REMEMBERED_LENGTH = 120


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
    if not access.may_place(actor, unit, category):
        raise CannotImport("no-place", unit=str(unit.pk), category=category)
    return _store_batch(actor, _members(files), unit, category, sender.strip(), at, on)


def _members(files: Iterable[tuple[str, BinaryIO]]) -> Iterator[tuple[str, bytes]]:
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
    ledger.record(actor=actor, action="people.upload_import", obj=batch, detail=detail, at=at)
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


def start_reading(*, actor: Actor, batch: UUID, at: datetime) -> ImportBatch:
    return _start(actor, batch, "read", at)


@transaction.atomic
def _start(actor: Actor, batch: UUID, action: str, at: datetime) -> ImportBatch:
    row = queries.batch_for(actor, batch, for_update=True)
    step = require_step(IMPORT_FLOW, action, state=row.state, actor=actor)
    row.state, row.started_at, row.beat_at, row.done = step.target, at, at, 0
    row.save(update_fields=["state", "started_at", "beat_at", "done"])
    return row


def read_items(*, actor: Actor, batch: ImportBatch, clock: Callable[[], datetime], on: date) -> None:
    """Read every file not read yet, a few to a transaction, so that progress shows and a crash loses little."""
    remembered = queries.remembered_for(batch.sender)
    unread = batch.items.filter(match="").order_by("order").values_list("pk", flat=True)
    keys = list(unread)
    for start in range(0, len(keys), CHUNK):
        chunk = ImportItem.objects.filter(pk__in=keys[start : start + CHUNK]).select_related("file").order_by("order")
        if not _read_chunk(actor, batch, list(chunk), remembered, clock(), on):
            return  # another worker has taken over or finished
    _finish_reading(batch)


def _read_chunk(
    actor: Actor,
    batch: ImportBatch,
    items: list[ImportItem],
    remembered: Mapping[tuple[str, str], str],
    at: datetime,
    on: date,
) -> bool:
    files = [file for item in items if (file := _read_item(actor, item, remembered, at, on))]
    with transaction.atomic():
        if not _is_still_unread(batch, items):
            return False
        StoredFile.objects.bulk_create(files)
        ImportItem.objects.bulk_update(items, _READ_COLUMNS)
        done = batch.items.exclude(match="").count()
        ImportBatch.objects.filter(pk=batch.pk).update(done=done, beat_at=at)
    return True


def _is_still_unread(batch: ImportBatch, items: Sequence[ImportItem]) -> bool:
    """A worker thought dead may come back late; it must not write over what an officer has decided since."""
    row = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    read = ImportItem.objects.filter(pk__in=[item.pk for item in items]).exclude(match="")
    return row.state == ImportState.READING and not read.exists()


_READ_COLUMNS = (
    "match",
    "decision",
    "cadre",
    "cadre_revision",
    "finding_count",
    "reading",
    "photo",
    "photo_width",
    "photo_height",
    "error",
)


def _read_item(
    actor: Actor, item: ImportItem, remembered: Mapping[tuple[str, str], str], at: datetime, on: date
) -> StoredFile | None:
    """Fill the item from its file; gives the photo to be kept, if there is one."""
    try:
        reading = read_file(item.file.content, remembered)
    except lrmx.CannotRead as error:
        item.match, item.decision, item.error = ImportMatch.UNREADABLE, ImportDecision.SKIP, error.code
        item.reading = {"facts": dict(error.facts)}
        return None
    item.reading = as_json(reading.form, reading.findings)
    photo = reading.photo
    kept = photo and build_file(name=item.file_name, media_type=photo.media_type, content=photo.data, at=at)
    if photo and kept:
        item.photo, item.photo_width, item.photo_height = kept, photo.width, photo.height
    _match_item(actor, item, on)
    return kept or None


def _match_item(actor: Actor, item: ImportItem, on: date) -> None:
    """Whom it is about, what differs, what is proposed to do. Anew after each correction."""
    form, findings = queries.corrected(item)
    found = match(actor, form)
    item.match, item.cadre, item.finding_count = found.kind, found.cadre, len(findings)
    item.cadre_revision = found.cadre.revision if found.cadre else None
    if found.kind is ImportMatch.DUPLICATE and (said := queries.resolution(item)) is not None:
        _take_resolution(actor, item, said)
    if item.match == ImportMatch.CHANGED:
        comparison = queries.compare_item(item, on=on)
        if not comparison.changes and not comparison.posts_differ:
            item.match = ImportMatch.UNCHANGED
    item.decision = _proposed(item)


def _take_resolution(actor: Actor, item: ImportItem, said: str) -> None:
    """What the officer said of a namesake holds through later corrections, while that person is still in question."""
    form = queries.corrected(item)[0]
    if said == "":
        item.match, item.cadre, item.cadre_revision = ImportMatch.NEW, None, None
        return
    person = next((cadre for cadre in queries.candidates(actor, form) if str(cadre.pk) == said), None)
    if person:
        item.match, item.cadre, item.cadre_revision = ImportMatch.CHANGED, person, person.revision


def _proposed(item: ImportItem) -> ImportDecision:
    """What needs nobody is taken, what cannot be taken is skipped, the rest waits for a person."""
    if item.match in (ImportMatch.UNCHANGED, ImportMatch.OUT_OF_SCOPE, ImportMatch.UNREADABLE):
        return ImportDecision.SKIP
    return ImportDecision.PENDING if queries.needs_person(item) else ImportDecision.ACCEPT


@transaction.atomic
def _finish_reading(batch: ImportBatch) -> None:
    """Of two files with one identity number that would both be taken, the second waits for a person's word."""
    row = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if row.state != ImportState.READING:
        return  # another worker has finished it
    seen: set[str] = set()
    taken = [ImportMatch.NEW, ImportMatch.CHANGED, ImportMatch.DUPLICATE]
    for item in batch.items.filter(match__in=taken).order_by("order"):
        number = (item.reading or {}).get("form", {}).get("identity_number", "")
        if number and number in seen:
            item.decision, item.error = ImportDecision.SKIP, "twice-in-import"
            item.save(update_fields=["decision", "error"])
        seen.add(number)
    ImportBatch.objects.filter(pk=batch.pk).update(state=ImportState.REVIEW, failure="")


@transaction.atomic
def correct_item(
    *, actor: Actor, batch: UUID, item: UUID, values: Mapping[str, str], remember: bool, at: datetime, on: date
) -> ImportItem:
    """Put right what the reader could not read, by attribute of the form; matched and compared anew."""
    row = _reviewed_item(actor, batch, item, "correct")
    if not queries.has_form(row):
        raise CannotImport("unreadable")
    before = dict((row.corrections or {}).get("values", {}))
    original = form_from_json(row.reading)
    correct(original, {**before, **values})  # refused here, before anything is kept
    row.corrections = {**(row.corrections or {}), "values": {**before, **values}}
    _match_item(actor, row, on)
    row.save(update_fields=["corrections", "match", "cadre", "cadre_revision", "finding_count", "decision"])
    if remember and row.batch.sender:
        _remember(actor, row.batch.sender, original, values, at)
    ledger.record(
        actor=actor,
        action="people.correct_import",
        obj=row,
        detail={"fields": sorted(values), "batch": row.batch.number},
        at=at,
    )
    return row


def _remember(actor: Actor, sender: str, form: AppointmentForm, values: Mapping[str, str], at: datetime) -> None:
    for key in set(values) & set(REMEMBERED_FIELDS):
        raw = getattr(form, key)
        if raw and max(len(raw), len(values[key])) <= REMEMBERED_LENGTH:  # what is longer is no word of a code table
            RememberedReading.objects.update_or_create(
                sender=sender,
                field=key,
                raw=raw,
                defaults={"value": values[key], "recorded_at": at, "recorded_by": actor.key},
            )


@transaction.atomic
def decide_items(*, actor: Actor, batch: UUID, items: Iterable[UUID], decision: ImportDecision) -> int:
    """Accept or skip persons; those that cannot be accepted stay as they are. Gives how many changed."""
    row = queries.batch_for(actor, batch, for_update=True)
    require_step(IMPORT_FLOW, "decide", state=row.state, actor=actor)
    chosen = row.items.filter(pk__in=list(items))
    if decision is ImportDecision.ACCEPT:
        chosen = chosen.filter(match__in=[ImportMatch.NEW, ImportMatch.CHANGED])
    return chosen.update(decision=decision)


@transaction.atomic
def resolve_duplicate(
    *, actor: Actor, batch: UUID, item: UUID, cadre: UUID | None, at: datetime, on: date
) -> ImportItem:
    """Say that a namesake is the same person (`cadre`) or another one (None). May be said anew until 生效."""
    row = _reviewed_item(actor, batch, item, "decide")
    if row.match != ImportMatch.DUPLICATE and queries.resolution(row) is None:
        raise CannotImport("no-duplicate")
    if cadre and cadre not in {person.pk for person in queries.candidates(actor, queries.corrected(row)[0])}:
        raise NotFound
    row.corrections = {**(row.corrections or {}), "resolved": str(cadre) if cadre else ""}
    _match_item(actor, row, on)
    if row.match in (ImportMatch.NEW, ImportMatch.CHANGED):
        row.decision = ImportDecision.ACCEPT
    row.save(update_fields=["corrections", "match", "cadre", "cadre_revision", "decision"])
    detail = {"resolved": "same" if cadre else "another", "batch": row.batch.number}
    ledger.record(actor=actor, action="people.correct_import", obj=row, detail=detail, at=at)
    return row


@transaction.atomic
def choose_groups(*, actor: Actor, batch: UUID, item: UUID, rejected: Iterable[str]) -> ImportItem:
    """Which differences are left as the register has them."""
    row = _reviewed_item(actor, batch, item, "decide")
    row.corrections = {**(row.corrections or {}), "rejected": sorted(set(rejected) & set(GROUPS))}
    row.save(update_fields=["corrections"])
    return row


def require_reason(reason: str) -> None:
    if len(reason.strip()) < MIN_REASON:
        raise CannotImport("no-reason", minimum=MIN_REASON)


@transaction.atomic
def discard(*, actor: Actor, batch: UUID, reason: str, at: datetime) -> ImportBatch:
    row = queries.batch_for(actor, batch, for_update=True)
    require_reason(reason)
    row.state = require_step(IMPORT_FLOW, "discard", state=row.state, actor=actor).target
    row.save(update_fields=["state"])
    ledger.record(actor=actor, action="people.discard_import", obj=row, reason=reason, at=at)
    return row


def _reviewed_item(actor: Actor, batch: UUID, item: UUID, action: str) -> ImportItem:
    row = queries.batch_for(actor, batch, for_update=True)
    require_step(IMPORT_FLOW, action, state=row.state, actor=actor)
    return queries.item_for(actor, batch, item)


def fail(*, batch: UUID, code: str) -> None:
    """The task could not finish; said on the page with what to do. What another worker finished meanwhile stays so."""
    at_work = ImportBatch.objects.filter(pk=batch, state__in=[ImportState.READING, ImportState.APPLYING])
    at_work.update(state=ImportState.FAILED, failure=code)


def take_over(*, batch: ImportBatch, at: datetime) -> bool:
    """Claim what a killed worker left: the new sign of life is written first, so that only one puts it in again."""
    silent = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, beat_at=batch.beat_at)
    return bool(silent.update(beat_at=at))
