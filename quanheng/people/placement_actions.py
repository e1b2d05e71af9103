"""Putting people into the register by hand, and moving files between units: 信息归属, category, status."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.errors import NotPermitted
from quanheng.ledger import actions as ledger
from quanheng.organization.models import Unit
from quanheng.people import access
from quanheng.people.actions import CannotChange, require_reason
from quanheng.people.choices import CadreStatus, SourceKind
from quanheng.people.fields import BY_KEY, IdentityField
from quanheng.people.kin import propose_kin_ties
from quanheng.people.models import Cadre, FieldSource
from quanheng.people.names import search_text, sort_name

MAX_TOGETHER = 200


@transaction.atomic
def create_cadre(
    *,
    actor: Actor,
    texts: Mapping[str, str],
    unit: Unit,
    category: str,
    is_another: bool,
    reason: str,
    at: datetime,
) -> Cadre:
    """A new file from texts as the form has them, by key of `fields.BY_KEY`; blank ones are left out.

    Refused: an unreadable text (value-unreadable), a number already registered (duplicate), a visible namesake
    born in the same month unless `is_another` says that it is somebody else (namesake).
    """
    require_reason(reason)
    _require_in_force(unit)
    if not access.may_place(actor, unit, category):
        raise NotPermitted("no-place")
    given = {BY_KEY[key]: text.strip() for key, text in texts.items() if text.strip()}
    cadre = Cadre(home_unit=unit, management_category=category, created_at=at, revision=1)
    for spec, text in given.items():
        _set(cadre, spec, text)
    cadre.search_text, cadre.sort_name = search_text(cadre.name), sort_name(cadre.name)
    if not is_another:
        _refuse_namesake(actor, cadre)
    _insert(cadre)
    FieldSource.objects.bulk_create(_source(cadre, spec, text, actor, at) for spec, text in given.items())
    propose_kin_ties([cadre.pk], at=at)
    detail = {"unit": str(unit.pk), "category": category, "fields": sorted(spec.key for spec in given)}
    ledger.record(
        actor=actor, action="people.create_cadre", obj=cadre, cadre=cadre.pk, detail=detail, reason=reason, at=at
    )
    return cadre


def _set(cadre: Cadre, spec: IdentityField, text: str) -> None:
    columns, is_flagged = spec.parse(text)
    if is_flagged:
        raise CannotChange("value-unreadable", field=spec.key)
    for name, value in columns.items():
        setattr(cadre, name, value)


def _refuse_namesake(actor: Actor, cadre: Cadre) -> None:
    alike = access.visible_cadres(actor, purpose=Purpose.MANAGEMENT).filter(
        name=cadre.name, birth_month=cadre.birth_month
    )
    if cadre.birth_month and (known := alike.first()):
        raise CannotChange("namesake", cadre=str(known.pk))


def _insert(cadre: Cadre) -> None:
    if not cadre.name:
        raise CannotChange("value-unreadable", field="name")
    try:
        with transaction.atomic():
            cadre.save(force_insert=True)
    except IntegrityError as error:
        raise CannotChange("duplicate") from error


def _source(cadre: Cadre, spec: IdentityField, text: str, actor: Actor, at: datetime) -> FieldSource:
    return FieldSource(
        cadre=cadre,
        field=spec.key,
        raw=text,
        source=SourceKind.OFFICER,
        source_key=actor.key,
        recorded_at=at,
        recorded_by=actor.key,
    )


@transaction.atomic
def place_cadres(
    *,
    actor: Actor,
    cadres: Sequence[UUID],
    unit: Unit | None = None,
    category: str = "",
    status: str = "",
    reason: str,
    at: datetime,
) -> list[Cadre]:
    """Move files to a unit, category or status; what is not given stays. All of them or none.

    The actor needs the file as it stands and the place it goes to.
    """
    require_reason(reason)
    if not 0 < len(cadres) <= MAX_TOGETHER:
        raise CannotChange("too-many" if cadres else "nobody", count=len(cadres), limit=MAX_TOGETHER)
    if not (unit or category or status):
        raise CannotChange("unchanged")
    if unit:
        _require_in_force(unit)
    people = [
        access.dossier_for(actor, key, purpose=Purpose.MANAGEMENT, for_update=True) for key in sorted(set(cadres))
    ]
    drafts = [_place(actor, cadre, unit, category, status, reason) for cadre in people]
    ledger.record_many(actor=actor, drafts=drafts, at=at)
    return people


def _require_in_force(unit: Unit) -> None:
    """Locked before any file: who ends the unit counts, under the same lock, that nobody is left in it."""
    if Unit.objects.select_for_update().get(pk=unit.pk).abolished_on is not None:
        raise NotPermitted("no-place")


def _place(actor: Actor, cadre: Cadre, unit: Unit | None, category: str, status: str, reason: str) -> ledger.Draft:
    before = _place_of(cadre)
    cadre.home_unit = unit or cadre.home_unit
    cadre.management_category = category or cadre.management_category
    cadre.status = CadreStatus(status) if status else cadre.status
    if not access.may_place(actor, cadre.home_unit, cadre.management_category):
        raise NotPermitted("no-place")
    cadre.unit_order = 9999 if unit else cadre.unit_order  # at the end of the new unit's list
    cadre.revision += 1
    cadre.save(update_fields=["home_unit", "management_category", "status", "unit_order", "revision"])
    return ledger.Draft(
        action="people.place_cadre",
        object_key=ledger.object_key(cadre),
        cadre=cadre.pk,
        detail={"before": before, "after": _place_of(cadre)},
        reason=reason,
    )


def _place_of(cadre: Cadre) -> dict[str, Any]:
    return {"unit": str(cadre.home_unit_id), "category": str(cadre.management_category), "status": str(cadre.status)}
