"""Changes of one file by an officer. Each is one transaction with one ledger entry.

Records are not overwritten: a change withdraws the record and adds another, so that every state a
file ever had can be shown and the last change can be taken back.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.errors import NotFound, Refused
from quanheng.ledger import actions as ledger
from quanheng.ledger.digests import digest
from quanheng.people import access
from quanheng.people.choices import KinTieState, SourceKind, VerificationItem, VerificationResult
from quanheng.people.detail import plain, values_of
from quanheng.people.fields import BY_KEY, IdentityField, columns_before
from quanheng.people.kin import propose_kin_ties
from quanheng.people.models import Cadre, FieldSource, KinTie, ResumeEntry, SavedQuery, Verification
from quanheng.people.models.records import DossierRecord
from quanheng.people.names import search_text, sort_name
from quanheng.people.queries import RECORD_MODELS, SCREENING


class CannotChange(Refused):
    """A change of a file that could not be made: conflict, no-reason, duplicate, value-unreadable, unchanged."""


MIN_REASON = 10  # characters
KIN_FIELDS = frozenset({"name", "birth"})  # by these a relative is found in the register


def _editable(actor: Actor, key: UUID, expected_revision: int | None) -> Cadre:
    """The file locked for this actor, refused when somebody changed it since the page was opened."""
    cadre = access.dossier_for(actor, key, purpose=Purpose.MANAGEMENT, for_update=True)
    if expected_revision is not None and cadre.revision != expected_revision:
        raise CannotChange("conflict", expected=expected_revision, found=cadre.revision)
    return cadre


def require_reason(reason: str) -> None:
    if len(reason.strip()) < MIN_REASON:
        raise CannotChange("no-reason", minimum=MIN_REASON)


def bump(cadre: Cadre, *columns: str) -> None:
    cadre.revision += 1
    cadre.save(update_fields=["revision", *columns])


@transaction.atomic
def change_field(
    *,
    actor: Actor,
    cadre: UUID,
    field: str,
    raw: str,
    reason: str,
    at: datetime,
    expected_revision: int | None = None,
) -> Cadre:
    """Give one value of the identity part anew, as text of the form. Unreadable text is refused here."""
    require_reason(reason)
    person, spec = _editable(actor, cadre, expected_revision), BY_KEY[field]
    columns, is_flagged = spec.parse(raw.strip())
    if is_flagged:
        raise CannotChange("value-unreadable", field=field)
    before = columns_before(person, spec)
    if before == columns:
        raise CannotChange("unchanged", field=field)
    write_columns(person, columns)
    set_source(person, spec, raw, actor.key, at, SourceKind.OFFICER, actor.key, "", is_flagged)
    if field in KIN_FIELDS:
        propose_kin_ties([person.pk], at=at)
    detail = {"field": field, "before": _shown(spec, before), "after": _shown(spec, columns)}
    _record(actor, "people.change_field", person, detail, reason, at)
    return person


def _shown(spec: IdentityField, columns: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: digest(value) if spec.is_sealed and value is not None else plain(value) for name, value in columns.items()
    }


def write_columns(cadre: Cadre, columns: Mapping[str, object]) -> None:
    """Set columns with what hangs on them: search text with the name, indexes with the identity number."""
    for name, value in columns.items():
        setattr(cadre, name, value)
    extra: list[str] = []
    if "name" in columns:
        cadre.search_text, cadre.sort_name = search_text(cadre.name, cadre.former_names), sort_name(cadre.name)
        extra = ["search_text", "sort_name"]
    if "identity_number" in columns:
        extra = ["identity_number_index", "identity_tail_index"]
    try:
        with transaction.atomic():
            bump(cadre, *columns, *extra)
    except IntegrityError as error:
        raise CannotChange("duplicate") from error


def set_source(
    cadre: Cadre,
    spec: IdentityField,
    raw: str,
    by: UUID,
    at: datetime,
    source: SourceKind,
    source_key: UUID | None,
    source_field: str,
    is_flagged: bool,
) -> FieldSource:
    """Withdraw the field's present source and put another in its place."""
    FieldSource.objects.filter(cadre=cadre, field=spec.key, withdrawn_at=None).update(
        withdrawn_at=at, withdrawn_by=source_key or by
    )
    return FieldSource.objects.create(
        cadre=cadre,
        field=spec.key,
        raw=raw,
        is_flagged=is_flagged,
        source=source,
        source_key=source_key,
        source_field=source_field,
        recorded_at=at,
        recorded_by=by,
    )


@transaction.atomic
def add_record(
    *,
    actor: Actor,
    cadre: UUID,
    kind: str,
    values: Mapping[str, Any],
    reason: str,
    at: datetime,
    expected_revision: int | None = None,
) -> DossierRecord:
    require_reason(reason)
    person = _editable(actor, cadre, expected_revision)
    record = _insert(person, kind, values, actor, at)
    _propose_kin(person, kind, at)
    bump(person)
    _record(actor, "people.add_record", person, {"kind": kind, "added": _named(record)}, reason, at)
    return record


@transaction.atomic
def replace_record(
    *,
    actor: Actor,
    cadre: UUID,
    kind: str,
    record: UUID,
    values: Mapping[str, Any],
    reason: str,
    at: datetime,
    expected_revision: int | None = None,
) -> DossierRecord:
    """Withdraw a record and add it anew with other values; values not given stay."""
    require_reason(reason)
    person = _editable(actor, cadre, expected_revision)
    old = _live_record(person, kind, record)
    content = {field.name: getattr(old, field.name) for field in _content_fields(old)}
    _withdraw(old, actor.key, at)
    new = _insert(person, kind, {**content, **values}, actor, at)
    _carry_inner(old, new)
    _propose_kin(person, kind, at)
    bump(person)
    detail = {"kind": kind, "withdrawn": _named(old), "added": _named(new)}
    _record(actor, "people.replace_record", person, detail, reason, at)
    return new


@transaction.atomic
def withdraw_record(
    *,
    actor: Actor,
    cadre: UUID,
    kind: str,
    record: UUID,
    reason: str,
    at: datetime,
    expected_revision: int | None = None,
) -> DossierRecord:
    require_reason(reason)
    person = _editable(actor, cadre, expected_revision)
    old = _live_record(person, kind, record)
    if isinstance(old, ResumeEntry) and old.inner.filter(withdrawn_at=None).exists():
        raise CannotChange("has-inner-lines")
    _withdraw(old, actor.key, at)
    bump(person)
    _record(actor, "people.withdraw_record", person, {"kind": kind, "withdrawn": _named(old)}, reason, at)
    return old


def _named(record: DossierRecord) -> dict[str, Any]:
    return {"key": str(record.pk), **values_of(record)}


def _content_fields(record: DossierRecord) -> list[Any]:
    base = {field.name for field in DossierRecord._meta.get_fields()}
    return [f for f in record._meta.concrete_fields if f.name not in base and not f.name.endswith("_index")]


def _live_record(cadre: Cadre, kind: str, key: UUID) -> DossierRecord:
    model: Any = RECORD_MODELS.get(kind)
    found = model and model.objects.filter(cadre=cadre, pk=key, withdrawn_at=None).first()
    if not found:
        raise NotFound
    record: DossierRecord = found
    return record


def _insert(cadre: Cadre, kind: str, values: Mapping[str, Any], actor: Actor, at: datetime) -> DossierRecord:
    model: Any = RECORD_MODELS[kind]
    record: DossierRecord = model(
        cadre=cadre,
        source=SourceKind.OFFICER,
        source_key=actor.key,
        recorded_at=at,
        recorded_by=actor.key,
        **values,
    )
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        raise CannotChange("duplicate", kind=kind) from error
    return record


def _withdraw(record: DossierRecord, by: UUID, at: datetime) -> None:
    record.withdrawn_at, record.withdrawn_by = at, by
    record.save(update_fields=["withdrawn_at", "withdrawn_by"])


def _propose_kin(cadre: Cadre, kind: str, at: datetime) -> None:
    """A relative written down by hand may be a registered person as well as one from a file."""
    if kind == "family":
        propose_kin_ties([cadre.pk], at=at)


def _carry_inner(old: DossierRecord, new: DossierRecord) -> None:
    """其间 lines follow the line they belong to."""
    if isinstance(old, ResumeEntry):
        old.inner.filter(withdrawn_at=None).update(inside=new)


@transaction.atomic
def verify_item(
    *,
    actor: Actor,
    cadre: UUID,
    item: VerificationItem,
    result: VerificationResult,
    materials: str,
    on: date,
    at: datetime,
) -> Verification:
    """Say what was found when an item of 三龄二历一身份 was checked against the materials named."""
    if not materials.strip():
        raise CannotChange("no-materials")
    person = _editable(actor, cadre, None)
    Verification.objects.filter(cadre=person, item=item, withdrawn_at=None).update(withdrawn_at=at)
    row = Verification.objects.create(
        cadre=person,
        item=item,
        result=result,
        materials=materials.strip(),
        verified_on=on,
        verified_by=actor.key,
        verified_by_name=actor.name,
    )
    bump(person)
    detail = {"item": item.value, "result": result.value, "materials": row.materials}
    _record(actor, "people.verify_item", person, detail, "", at)
    return row


@transaction.atomic
def decide_kin_tie(*, actor: Actor, cadre: UUID, tie: UUID, state: KinTieState, reason: str, at: datetime) -> KinTie:
    """Confirm or reject that a relative is a registered person. Confirming recuses both from each other's file.

    The other person must be in reach too: nobody decides on a tie to the own file, or to one out of scope.
    """
    require_reason(reason)
    person = _editable(actor, cadre, None)
    ties = KinTie.objects.filter(kin__in=access.visible_cadres(actor)).select_for_update(of=("self",))
    row = ties.filter(pk=tie, cadre=person).first()
    if row is None:
        raise NotFound
    row.state, row.decided_at, row.decided_by = state, at, actor.key
    row.save(update_fields=["state", "decided_at", "decided_by"])
    bump(person)
    detail = {"tie": str(row.pk), "kin": str(row.kin_id), "relation": row.relation, "state": state.value}
    _record(actor, "people.decide_kin_tie", person, detail, reason, at)
    return row


@transaction.atomic
def save_query(*, actor: Actor, name: str, query: str, at: datetime) -> SavedQuery:
    """Keep a filter by name; the same name again replaces it, but never a list by a screening or the other way round.
    Not about a person: no ledger entry."""
    name, is_screening = name.strip()[:60], query.startswith(SCREENING)
    values = {"query": query[:1000], "created_at": at}
    locked = SavedQuery.objects.select_for_update()  # made first: what is not there yet cannot be locked
    row, is_new = locked.get_or_create(account_key=actor.key, name=name, defaults=values)
    if is_new:
        return row
    if row.query.startswith(SCREENING) != is_screening:
        raise CannotChange("name-of-a-list" if is_screening else "name-of-a-screening", name=name)
    row.query, row.created_at = query[:1000], at
    row.save(update_fields=["query", "created_at"])
    return row


def delete_query(*, actor: Actor, query: UUID) -> None:
    deleted, _kinds = SavedQuery.objects.filter(account_key=actor.key, pk=query).delete()
    if not deleted:
        raise NotFound  # another account's answers as if it did not exist


def _record(actor: Actor, action: str, cadre: Cadre, detail: dict[str, Any], reason: str, at: datetime) -> None:
    ledger.record(actor=actor, action=action, obj=cadre, cadre=cadre.pk, detail=detail, reason=reason, at=at)


def record_export(
    *,
    actor: Actor,
    cadres: Sequence[UUID],
    kind: str,
    at: datetime,
    together: int | None = None,
    purpose: Purpose | None = None,
) -> None:
    """Who took whose file out in which form: an entry for each person, so that 谁看过 shows it.

    `together` is how many leave at once, where these are only some of them. The purpose is kept, for what
    is taken out for supervision is told to supervisors only, as their reading is.
    """
    served = purpose or access.default_purpose(actor)
    action = "people.print_form" if kind in ("pdf", "docx") else "people.export"
    drafts = [
        ledger.Draft(
            action=action,
            object_key=f"people.cadre:{key}",
            cadre=key,
            purpose=served.value,
            detail={"kind": kind, "together": together or len(cadres)},
        )
        for key in cadres
    ]
    with transaction.atomic():
        ledger.record_many(actor=actor, drafts=drafts, at=at)
