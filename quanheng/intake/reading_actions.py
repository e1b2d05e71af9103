"""The second step: each file is read and matched in the background; may be repeated after a crash."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from quanheng.formats import lrmx
from quanheng.intake import queries
from quanheng.intake.access import batch_for
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.flow import IMPORT_FLOW
from quanheng.intake.match import match
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.intake.reading import as_json, read_file
from quanheng.kernel.actor import Actor
from quanheng.kernel.flow import require_step
from quanheng.papers.actions import build_file
from quanheng.papers.models import StoredFile

CHUNK = 25


def start_reading(*, actor: Actor, batch: UUID, at: datetime) -> ImportBatch:
    return start(actor, batch, "read", at)


@transaction.atomic
def start(actor: Actor, batch: UUID, action: str, at: datetime) -> ImportBatch:
    row = batch_for(actor, batch, for_update=True)
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
    files = [file for item in items if (file := read_item(actor, item, remembered, at, on))]
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


def read_item(
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
    match_item(actor, item, on)
    return kept or None


def match_item(actor: Actor, item: ImportItem, on: date) -> None:
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
