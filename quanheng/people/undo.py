"""Take back one change of a file: the entry of the ledger says what was done, this does the reverse.

Refused when the change is older than a week or what it touched has changed since, which includes being
taken back already. Nothing is guessed: a value comes back as the records or the entry still hold it.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.errors import NotFound, Refused
from quanheng.ledger import actions as ledger
from quanheng.ledger.digests import digest
from quanheng.ledger.models import Entry
from quanheng.people import access
from quanheng.people.actions import CannotChange, bump, require_reason, write_columns
from quanheng.people.fields import BY_KEY, Columns, IdentityField
from quanheng.people.models import Cadre, FieldSource, ResumeEntry
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries import RECORD_MODELS

UNDO_FOR = timedelta(days=7)
Detail = Mapping[str, Any]


class CannotUndo(Refused):
    """A change that stays: undo-too-late, changed-since, detail-erased, no-earlier-value."""


def undo_until(entry: Entry) -> datetime:
    return entry.at + UNDO_FOR


@transaction.atomic
def undo_change(*, actor: Actor, cadre: UUID, entry: int, reason: str, at: datetime) -> Cadre:
    """`entry`: key of the ledger's entry of the change, which must be about this file."""
    require_reason(reason)
    person = access.dossier_for(actor, cadre, purpose=Purpose.MANAGEMENT, for_update=True)
    row = entry_of(person, entry)
    if at > undo_until(row):
        raise CannotUndo("undo-too-late", until=f"{undo_until(row):%Y-%m-%d}")
    detail = _detail_of(row)
    try:
        with transaction.atomic():
            _UNDO[row.action](person, row, detail)
    except IntegrityError as error:
        raise CannotUndo("changed-since") from error
    what = {name: detail[name] for name in ("kind", "field") if name in detail}
    ledger.record(
        actor=actor,
        action="people.undo_change",
        obj=person,
        cadre=person.pk,
        detail={"undone": row.action, "seq": row.seq, **what},
        reason=reason,
        at=at,
    )
    return person


def entry_of(cadre: Cadre, key: int) -> Entry:
    """The entry of a change of this file; NotFound for any other."""
    rows = Entry.objects.filter(pk=key, cadre=cadre.pk, action__in=list(_UNDO), is_refused=False)
    row = rows.select_related("detail").first()
    if row is None:
        raise NotFound
    return row


def _detail_of(row: Entry) -> Detail:
    try:
        detail: Detail = json.loads(row.detail.detail)
    except ObjectDoesNotExist:
        raise CannotUndo("detail-erased") from None
    return detail


def _undo_add(cadre: Cadre, row: Entry, detail: Detail) -> None:
    record = _standing(cadre, detail, "added")
    if isinstance(record, ResumeEntry) and record.inner.filter(withdrawn_at=None).exists():
        raise CannotChange("has-inner-lines")
    _withdraw(record, row)
    bump(cadre)


def _undo_withdrawal(cadre: Cadre, row: Entry, detail: Detail) -> None:
    _revive(_withdrawn_by(cadre, row, detail))
    bump(cadre)


def _undo_replacement(cadre: Cadre, row: Entry, detail: Detail) -> None:
    new, old = _standing(cadre, detail, "added"), _withdrawn_by(cadre, row, detail)
    _withdraw(new, row)
    _revive(old)
    if isinstance(new, ResumeEntry):
        new.inner.filter(withdrawn_at=None).update(inside=old)
    bump(cadre)


def _standing(cadre: Cadre, detail: Detail, part: str) -> DossierRecord:
    """The record that the change made, if nobody has touched it since."""
    model: Any = RECORD_MODELS[detail["kind"]]
    record: DossierRecord | None = model.objects.filter(cadre=cadre, pk=detail[part]["key"], withdrawn_at=None).first()
    if record is None:
        raise CannotUndo("changed-since")
    return record


def _withdrawn_by(cadre: Cadre, row: Entry, detail: Detail) -> DossierRecord:
    """The record that the change withdrew, if it is still withdrawn by it and has a place to come back to."""
    model: Any = RECORD_MODELS[detail["kind"]]
    record: DossierRecord | None = model.objects.filter(
        cadre=cadre, pk=detail["withdrawn"]["key"], withdrawn_at=row.at
    ).first()
    if record is None:
        raise CannotUndo("changed-since")
    if isinstance(record, ResumeEntry) and record.inside is not None and record.inside.withdrawn_at is not None:
        raise CannotUndo("changed-since")
    return record


def _withdraw(record: DossierRecord, row: Entry) -> None:
    """Withdrawn as of the moment of the change itself: it was never said."""
    record.withdrawn_at, record.withdrawn_by = row.at, row.actor
    record.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _revive(record: DossierRecord) -> None:
    record.withdrawn_at = record.withdrawn_by = None
    record.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _undo_field(cadre: Cadre, row: Entry, detail: Detail) -> None:
    spec = BY_KEY[detail["field"]]
    sources = FieldSource.objects.filter(cadre=cadre, field=spec.key)
    current = sources.filter(withdrawn_at=None, recorded_at=row.at).first()
    if current is None:
        raise CannotUndo("changed-since")
    earlier = sources.filter(withdrawn_at=row.at).first()
    columns = _earlier_columns(spec, detail["before"], earlier)
    current.withdrawn_at, current.withdrawn_by = row.at, row.actor
    current.save(update_fields=["withdrawn_at", "withdrawn_by"])
    if earlier:
        earlier.withdrawn_at = earlier.withdrawn_by = None
        earlier.save(update_fields=["withdrawn_at", "withdrawn_by"])
    write_columns(cadre, columns)


def _earlier_columns(spec: IdentityField, before: Detail, earlier: FieldSource | None) -> Columns:
    """As the entry says it; of a sealed value, of which it holds a digest, as the earlier source reads."""
    if not spec.is_sealed:
        return {field.name: field.to_python(before[field.name]) for field in _columns(before)}
    if all(value is None for value in before.values()):
        return dict.fromkeys(before)
    columns = spec.parse(str(earlier.raw or ""))[0] if earlier else {}
    if {name: digest(value) for name, value in columns.items()} != before:
        raise CannotUndo("no-earlier-value")
    return columns


def _columns(before: Detail) -> list[Any]:
    return [field for field in Cadre._meta.concrete_fields if field.name in before]


_UNDO: Mapping[str, Callable[[Cadre, Entry, Detail], None]] = {
    "people.change_field": _undo_field,
    "people.add_record": _undo_add,
    "people.replace_record": _undo_replacement,
    "people.withdraw_record": _undo_withdrawal,
}
UNDOABLE = frozenset(_UNDO)
