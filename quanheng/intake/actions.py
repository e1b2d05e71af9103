"""What an officer decides before an import takes effect: correct, accept or skip, say who is who, discard.

Nothing here touches a dossier.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from quanheng.formats.appointment import AppointmentForm
from quanheng.intake import queries
from quanheng.intake.access import batch_for, item_for
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.compare import GROUPS
from quanheng.intake.flow import IMPORT_FLOW
from quanheng.intake.models import ImportBatch, ImportItem, RememberedReading
from quanheng.intake.reading import REMEMBERED_FIELDS, correct, form_from_json
from quanheng.intake.reading_actions import match_item
from quanheng.intake.refusals import CannotImport, require_reason
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.kernel.flow import require_step
from quanheng.ledger import actions as ledger

REMEMBERED_LENGTH = 120


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
    match_item(actor, row, on)
    row.save(update_fields=["corrections", "match", "cadre", "cadre_revision", "finding_count", "decision"])
    if remember and row.batch.sender:
        _remember(actor, row.batch.sender, original, values, at)
    ledger.record(
        actor=actor,
        action="intake.correct_import",
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
def decide_items(*, actor: Actor, batch: UUID, items: Iterable[UUID], decision: ImportDecision, at: datetime) -> int:
    """Accept or skip persons; those that cannot be accepted stay as they are. Gives how many changed."""
    row = batch_for(actor, batch, for_update=True)
    require_step(IMPORT_FLOW, "decide", state=row.state, actor=actor)
    chosen = row.items.filter(pk__in=list(items)).exclude(decision=decision)
    if decision is ImportDecision.ACCEPT:
        chosen = chosen.filter(match__in=[ImportMatch.NEW, ImportMatch.CHANGED])
    orders = list(chosen.order_by("order").values_list("order", flat=True))
    if not orders:
        return 0  # nothing changes, so there is nothing to tell
    chosen.update(decision=decision)
    detail = {"decision": decision.value, "items": in_ranges(orders), "batch": row.number}
    ledger.record(actor=actor, action="intake.decide_items", obj=row, detail=detail, at=at)
    return len(orders)


def in_ranges(orders: Iterable[int]) -> list[str]:
    """Of thousands of persons the entry names the files in few words: 1-412, 415."""
    ranges: list[tuple[int, int]] = []
    for order in orders:
        if ranges and ranges[-1][1] == order - 1:
            ranges[-1] = (ranges[-1][0], order)
        else:
            ranges.append((order, order))
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges]


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
    match_item(actor, row, on)
    if row.match in (ImportMatch.NEW, ImportMatch.CHANGED):
        row.decision = ImportDecision.ACCEPT
    row.save(update_fields=["corrections", "match", "cadre", "cadre_revision", "decision"])
    detail = {"resolved": "same" if cadre else "another", "batch": row.batch.number}
    ledger.record(actor=actor, action="intake.correct_import", obj=row, detail=detail, at=at)
    return row


@transaction.atomic
def choose_groups(*, actor: Actor, batch: UUID, item: UUID, rejected: Iterable[str], at: datetime) -> ImportItem:
    """Which differences are left as the register has them."""
    row = _reviewed_item(actor, batch, item, "decide")
    left = [group for group in GROUPS if group in set(rejected)]
    if set(left) == queries.rejected_groups(row):
        return row
    row.corrections = {**(row.corrections or {}), "rejected": left}
    row.save(update_fields=["corrections"])
    detail = {"rejected": left, "batch": row.batch.number}
    ledger.record(actor=actor, action="intake.choose_groups", obj=row, detail=detail, at=at)
    return row


@transaction.atomic
def discard(*, actor: Actor, batch: UUID, reason: str, at: datetime) -> ImportBatch:
    row = batch_for(actor, batch, for_update=True)
    require_reason(reason)
    row.state = require_step(IMPORT_FLOW, "discard", state=row.state, actor=actor).target
    row.save(update_fields=["state"])
    ledger.record(actor=actor, action="intake.discard_import", obj=row, reason=reason, at=at)
    return row


def _reviewed_item(actor: Actor, batch: UUID, item: UUID, action: str) -> ImportItem:
    row = batch_for(actor, batch, for_update=True)
    require_step(IMPORT_FLOW, action, state=row.state, actor=actor)
    return item_for(actor, batch, item)


def fail(*, batch: UUID, code: str) -> None:
    """The task could not finish; said on the page with what to do. What another worker finished meanwhile stays so."""
    at_work = ImportBatch.objects.filter(pk=batch, state__in=[ImportState.READING, ImportState.APPLYING])
    at_work.update(state=ImportState.FAILED, failure=code)


def take_over(*, batch: ImportBatch, at: datetime) -> bool:
    """Claim what a killed worker left: the new sign of life is written first, so that only one puts it in again."""
    silent = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, beat_at=batch.beat_at)
    return bool(silent.update(beat_at=at))
