"""Taking a whole import back, while nobody has edited the files since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model, Q

from quanheng.intake import queries
from quanheng.intake.access import batch_for
from quanheng.intake.choices import ImportDecision, ImportMatch
from quanheng.intake.flow import IMPORT_FLOW
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.intake.refusals import CannotUndo, require_reason
from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.flow import require_step
from quanheng.ledger import actions as ledger
from quanheng.people import access
from quanheng.people.fields import column_of
from quanheng.people.models import Cadre, FieldSource
from quanheng.people.queries import RECORD_MODELS


@dataclass(frozen=True, slots=True)
class Undone:
    undone: int
    refused: tuple[ImportItem, ...]  # edited since, or taken out of the actor's scope


@transaction.atomic
def undo_import(*, actor: Actor, batch: UUID, reason: str, at: datetime) -> Undone:
    """Take a whole import back. Persons edited since keep their file and are named."""
    row = batch_for(actor, batch, for_update=True)
    step = require_step(IMPORT_FLOW, "undo", state=row.state, actor=actor)
    _require_undoable(row, reason, at)
    items = list(row.items.filter(decision=ImportDecision.ACCEPT).exclude(cadre=None).order_by("order"))
    undone, refused = _sorted_out(actor, items)
    if not undone:
        raise CannotUndo("all-edited", count=len(refused))
    for item, cadre in undone:
        _undo_item(item, cadre, at)
    row.state, row.undone_at = step.target, at
    row.save(update_fields=["state", "undone_at"])
    row.items.filter(pk__in=[item.pk for item in refused]).update(error="edited-since")
    _record_undo(actor, row, undone, refused, reason, at)
    return Undone(len(undone), tuple(refused))


def _require_undoable(batch: ImportBatch, reason: str, at: datetime) -> None:
    require_reason(reason)
    until = queries.undo_until(batch)
    if until is None or at > until:
        raise CannotUndo("too-late", until=until)


def _sorted_out(actor: Actor, items: Iterable[ImportItem]) -> tuple[list[tuple[ImportItem, Cadre]], list[ImportItem]]:
    rows = list(items)
    visible = access.visible_cadres(actor, purpose=Purpose.MANAGEMENT).filter(pk__in=[item.cadre_id for item in rows])
    cadres = {cadre.pk: cadre for cadre in visible.select_for_update(of=("self",)).order_by("pk")}
    undone, refused = [], []
    for item in rows:
        cadre = cadres.get(item.cadre_id) if item.cadre_id else None
        if cadre is not None and cadre.revision == item.cadre_revision and not _named_elsewhere(item, cadre):
            undone.append((item, cadre))
        else:
            refused.append(item)
    return undone, refused


def _named_elsewhere(item: ImportItem, cadre: Cadre) -> bool:
    """A new person to whom a tie was confirmed since must stay."""
    if item.match != ImportMatch.NEW:
        return False
    return cadre.kin_ties_from.filter(~Q(decided_at=None)).exists()


def _undo_item(item: ImportItem, cadre: Cadre, at: datetime) -> None:
    models: tuple[type[Model], ...] = (*RECORD_MODELS.values(), FieldSource)
    for model in models:
        own = model._default_manager.filter(cadre=cadre)
        own.filter(source_key=item.pk, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=item.pk)
        replaced = own.filter(withdrawn_by=item.pk).exclude(source_key=item.pk)
        replaced.update(withdrawn_at=None, withdrawn_by=None)
    columns = ["revision"]
    if item.match == ImportMatch.NEW:
        cadre.withdrawn_at = at
        columns.append("withdrawn_at")
    else:
        columns += _restore_columns(cadre, item.undo or {})
    cadre.revision += 1
    try:
        with transaction.atomic():
            cadre.save(update_fields=columns)
    except IntegrityError as error:
        raise CannotUndo("number-taken") from error


def _restore_columns(cadre: Cadre, before: dict[str, Any]) -> list[str]:
    for name, value in before.items():
        setattr(cadre, name, column_of(name).to_python(value))
    names = list(before)
    return [*names, "identity_number_index", "identity_tail_index"] if "identity_number" in before else names


def _record_undo(
    actor: Actor,
    batch: ImportBatch,
    undone: Sequence[tuple[ImportItem, Cadre]],
    refused: Sequence[ImportItem],
    reason: str,
    at: datetime,
) -> None:
    drafts = [
        ledger.Draft(
            action="intake.undo_import",
            object_key=ledger.object_key(cadre),
            cadre=cadre.pk,
            detail={"import": batch.number, "item": str(item.pk)},
            reason=reason,
        )
        for item, cadre in undone
    ]
    detail = {"number": batch.number, "undone": len(undone), "refused": [str(item.cadre_id) for item in refused]}
    whole = ledger.Draft(action="intake.undo_import", object_key=ledger.object_key(batch), detail=detail, reason=reason)
    ledger.record_many(actor=actor, drafts=[*drafts, whole], at=at)
