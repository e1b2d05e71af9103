"""Leading groups and positions of a unit. A position is not changed: it ends and another begins."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.ledger import actions as ledger
from quanheng.organization.access import position_for, unit_for
from quanheng.organization.actions import Basis, CannotReorganize, require_established
from quanheng.organization.choices import GroupRole, LeadingGroupKind, PostTier
from quanheng.organization.models import LeadingGroup, Position, Unit


@dataclass(frozen=True, slots=True)
class PositionFacts:
    title: str
    tier: PostTier
    group_role: GroupRole | str = ""  # blank: no place in the leading group
    is_leading: bool = True
    quota: int = 1


@transaction.atomic
def form_leading_group(
    *, actor: Actor, unit: UUID, kind: LeadingGroupKind, name: str, basis: Basis, at: datetime
) -> LeadingGroup:
    row = _unit(actor, unit, basis, at)
    if LeadingGroup.objects.filter(unit=row, kind=kind, valid_to=None).exists():
        raise CannotReorganize("leading-group-exists")
    group = LeadingGroup.objects.create(unit=row, kind=kind, name=name, valid_from=basis.effective_on)
    detail = {"unit": str(row.pk), "kind": kind, "name": name, "effective_on": basis.effective_on.isoformat()}
    _record(actor, "organization.form_leading_group", group, detail, basis, at)
    return group


@transaction.atomic
def add_position(
    *, actor: Actor, unit: UUID, leading_group: UUID | None, facts: PositionFacts, basis: Basis, at: datetime
) -> Position:
    """A new position after the unit's others. One with a place in the leading group needs the group."""
    row = _unit(actor, unit, basis, at)
    group = _group(row, leading_group, facts, basis.effective_on)
    last = Position.objects.filter(unit=row).order_by("-order").values_list("order", flat=True).first()
    position = Position.objects.create(
        unit=row, leading_group=group, order=(last or 0) + 1, valid_from=basis.effective_on, **asdict(facts)
    )
    detail = {"unit": str(row.pk), "facts": asdict(facts), "effective_on": basis.effective_on.isoformat()}
    _record(actor, "organization.add_position", position, detail, basis, at)
    return position


@transaction.atomic
def end_position(*, actor: Actor, position: UUID, holders: int, basis: Basis, at: datetime) -> Position:
    """`holders` counts who holds it on or after the day; `people.unit_actions` knows and passes it in."""
    row = position_for(actor, position, for_update=True)
    require_established(row.unit, basis, at)
    if row.valid_to is not None:
        raise CannotReorganize("position-ended", on=row.valid_to)
    if row.valid_from >= basis.effective_on:
        raise CannotReorganize("before-current-version", since=row.valid_from)
    if holders:
        raise CannotReorganize("position-is-held")
    row.valid_to = basis.effective_on
    row.save(update_fields=["valid_to"])
    detail = {"unit": str(row.unit_id), "effective_on": basis.effective_on.isoformat()}
    _record(actor, "organization.end_position", row, detail, basis, at)
    return row


def _unit(actor: Actor, unit: UUID, basis: Basis, at: datetime) -> Unit:
    row = unit_for(actor, unit, for_update=True)
    require_established(row, basis, at)
    return row


def _group(unit: Unit, key: UUID | None, facts: PositionFacts, day: date) -> LeadingGroup | None:
    if key is None:
        if facts.group_role:
            raise CannotReorganize("role-without-leading-group")
        return None
    group = LeadingGroup.objects.filter(pk=key, unit=unit, valid_to=None).first()
    if group is None:
        raise NotFound
    if group.valid_from > day:
        raise CannotReorganize("before-leading-group", since=group.valid_from)
    return group


def _record(
    actor: Actor, action: str, row: LeadingGroup | Position, detail: Mapping[str, object], basis: Basis, at: datetime
) -> None:
    cites = (basis.document,) if basis.document else ()
    ledger.record(actor=actor, action=action, obj=row, detail=detail, reason=basis.reason, cites=cites, at=at)
