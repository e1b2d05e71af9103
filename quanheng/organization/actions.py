"""Reorganization of units: establish, rename, move, merge, abolish, quotas, order. Each keeps history.

An act takes effect on a day that is not after today (a future act would need somebody to switch the
tree on that day) and not before the unit's current version began: earlier history is not rewritten.
Two acts of one day amend the version of that day together; the acts themselves stay apart.

Whether cadres stand in the way of an end is known only above this room. `Occupancy` is therefore an
argument of `merge_unit` and `abolish_unit`; `people.unit_actions` counts it under the same lock.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Length, Substr
from django.utils import timezone

from quanheng.kernel.actor import SYSTEM, Actor
from quanheng.kernel.errors import NotFound, Refused
from quanheng.kernel.keys import new_key
from quanheng.ledger import actions as ledger
from quanheng.organization.access import SEGMENT, lock_tree, unit_for
from quanheng.organization.choices import ReorganizationKind, UnitCategory, UnitKind, UnitLevel
from quanheng.organization.models import LeadingGroup, Position, Reorganization, Unit, UnitVersion

MAX_PATH = 200
MAX_SIBLINGS = 9999


class CannotReorganize(Refused):
    """An act that could not be carried out; the codes are worded in web.desk.unit_words."""


@dataclass(frozen=True, slots=True)
class Basis:
    """On what and from when an act takes effect."""

    effective_on: date
    document: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quotas:
    """核定职数 and 编制; None is not known (未核定), never nought."""

    principal_quota: int | None = None
    deputy_quota: int | None = None
    internal_quota: int | None = None
    administrative_establishment: int | None = None
    institution_establishment: int | None = None
    other_establishment: int | None = None


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What a unit is established with."""

    name: str
    category: UnitCategory
    short_name: str = ""
    region: str = ""
    affiliation: str = ""
    level: UnitLevel = UnitLevel.NONE
    kind: UnitKind = UnitKind.LEGAL_PERSON


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Who is still there: serving cadres whose files lie in the unit, posts held on or after the day."""

    cadres: int
    holders: int


@transaction.atomic
def establish_unit(
    *,
    actor: Actor,
    parent: UUID | None,
    code: str,
    facts: UnitFacts,
    quotas: Quotas,
    basis: Basis,
    at: datetime,
) -> Unit:
    """A new unit at the end of its siblings. A unit at the very top is set up by SYSTEM only."""
    lock_tree()
    above = _target(actor, parent, basis)
    _require_not_future(basis, at)
    if Unit.objects.filter(code=code).exists():
        raise CannotReorganize("duplicate-code", unit_code=code)
    unit = Unit.objects.create(code=code, name=facts.name, parent=above, path=_free_path(above))
    act = _act(ReorganizationKind.ESTABLISHED, unit, actor, basis, at)
    UnitVersion.objects.create(
        unit=unit, parent=above, reorganization=act, valid_from=basis.effective_on, **asdict(facts), **asdict(quotas)
    )
    detail = {"code": code, "parent": _key(above), "facts": asdict(facts), "quotas": asdict(quotas)}
    _record(actor, "organization.establish_unit", unit, detail, basis, at)
    return unit


@transaction.atomic
def rename_unit(*, actor: Actor, unit: UUID, name: str, short_name: str, basis: Basis, at: datetime) -> Unit:
    current = _current(actor, unit, basis, at)
    row = current.unit
    before = {"name": current.name, "short_name": current.short_name}
    after = {"name": name, "short_name": short_name}
    _require_change(before, after)
    _change(current, ReorganizationKind.RENAMED, actor, basis, at, **after)
    row.name = name
    row.save(update_fields=["name"])
    _record(actor, "organization.rename_unit", row, {"before": before, "after": after}, basis, at)
    return row


@transaction.atomic
def move_unit(*, actor: Actor, unit: UUID, parent: UUID, basis: Basis, at: datetime) -> Unit:
    """Under another parent, with everything below. The path of the whole subtree changes today."""
    lock_tree()
    current = _current(actor, unit, basis, at)
    row, target = current.unit, _target(actor, parent, basis)
    assert target is not None  # a parent was named
    before, after = {"parent": _key(row.parent)}, {"parent": _key(target)}
    _require_change(before, after)
    _require_acyclic(row, target, basis)
    _change(current, ReorganizationKind.MOVED, actor, basis, at, parent=target)
    _repath(row.path, _free_path(target, deepest=_height(row)))
    Unit.objects.filter(pk=row.pk).update(parent=target)
    _record(actor, "organization.move_unit", row, {"before": before, "after": after}, basis, at)
    return Unit.objects.get(pk=row.pk)


@transaction.atomic
def merge_unit(*, actor: Actor, unit: UUID, successor: UUID, occupancy: Occupancy, basis: Basis, at: datetime) -> Unit:
    """Ends the unit in its successor. What is below it and who is in it must have been moved before."""
    lock_tree()
    current = _current(actor, unit, basis, at)
    target = _target(actor, successor, basis)
    if target is None or target.pk == current.unit_id:
        raise CannotReorganize("target-is-itself")
    row = _end(current, ReorganizationKind.MERGED, actor, occupancy, basis, at, successor=target)
    _record(actor, "organization.merge_unit", row, {"successor": _key(target)}, basis, at)
    return row


@transaction.atomic
def abolish_unit(*, actor: Actor, unit: UUID, occupancy: Occupancy, basis: Basis, at: datetime) -> Unit:
    lock_tree()
    current = _current(actor, unit, basis, at)
    row = _end(current, ReorganizationKind.ABOLISHED, actor, occupancy, basis, at, successor=None)
    _record(actor, "organization.abolish_unit", row, {}, basis, at)
    return row


@transaction.atomic
def set_quota(*, actor: Actor, unit: UUID, quotas: Quotas, basis: Basis, at: datetime) -> Unit:
    current = _current(actor, unit, basis, at)
    after = asdict(quotas)
    before = {name: getattr(current, name) for name in after}
    _require_change(before, after)
    _change(current, ReorganizationKind.QUOTA, actor, basis, at, **after)
    _record(actor, "organization.set_quota", current.unit, {"before": before, "after": after}, basis, at)
    return current.unit


@transaction.atomic
def reorder_siblings(*, actor: Actor, parent: UUID, order: Sequence[UUID], reason: str, at: datetime) -> None:
    """The official order (规范顺序) below one parent: exactly its units in force. It has no history."""
    lock_tree()
    above = unit_for(actor, parent, for_update=True)
    children = list(Unit.objects.filter(parent=above).order_by("path"))
    in_force = [child.pk for child in children if child.abolished_on is None]
    if sorted(in_force) != sorted(order):
        raise CannotReorganize("not-the-siblings")
    paths = {child.pk: child.path for child in children}
    wanted = [*order, *(child.pk for child in children if child.abolished_on is not None)]
    for key in wanted:  # first out of the way: a path is unique at every moment
        _repath(paths[key], f"~{paths[key]}")
    for number, key in enumerate(wanted, start=1):
        _repath(f"~{paths[key]}", f"{above.path}{number:04d}.")
    detail = {"before": [str(key) for key in in_force], "after": [str(key) for key in order]}
    ledger.record(actor=actor, action="organization.reorder_siblings", obj=above, detail=detail, reason=reason, at=at)


def _key(unit: Unit | None) -> str | None:
    return None if unit is None else str(unit.pk)


def require_established(unit: Unit, basis: Basis, at: datetime) -> None:
    """The unit stands, and stood on the day of the act."""
    _require_not_future(basis, at)
    if unit.abolished_on is not None:
        raise CannotReorganize("unit-abolished", on=unit.abolished_on)
    if not unit.versions.filter(valid_from__lte=basis.effective_on).exists():
        raise CannotReorganize("not-yet-established")


def _current(actor: Actor, unit: UUID, basis: Basis, at: datetime) -> UnitVersion:
    """The current version, on which an act of that day may follow."""
    row = unit_for(actor, unit, for_update=True)
    require_established(row, basis, at)
    current = UnitVersion.objects.select_related("unit", "unit__parent").get(unit=row, valid_to=None)
    if basis.effective_on < current.valid_from:
        raise CannotReorganize("before-current-version", since=current.valid_from)
    return current


def _require_not_future(basis: Basis, at: datetime) -> None:
    today = timezone.localtime(at).date()
    if basis.effective_on > today:
        raise CannotReorganize("effective-in-the-future", today=today)


def _require_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    if before == after:
        raise CannotReorganize("nothing-changes")


def _target(actor: Actor, key: UUID | None, basis: Basis) -> Unit | None:
    """The unit that is to stand above or to succeed: in scope, and in force since the day."""
    if key is None:
        if actor != SYSTEM:
            raise NotFound
        return None
    target = unit_for(actor, key, for_update=True)
    if target.abolished_on is not None:
        raise CannotReorganize("target-abolished", on=target.abolished_on)
    if not target.versions.filter(valid_from__lte=basis.effective_on).exists():
        raise CannotReorganize("target-not-yet-established")
    return target


def _require_acyclic(unit: Unit, target: Unit, basis: Basis) -> None:
    """On no day since the act may the target stand below the unit, or both would hang in the air."""
    since = Q(valid_to=None) | Q(valid_to__gt=basis.effective_on)
    edges = UnitVersion.objects.filter(since).values_list("unit_id", "parent_id")
    above: dict[UUID, set[UUID]] = {}
    for child, parent in edges:
        above.setdefault(child, set()).update({parent} - {None})
    seen: set[UUID] = set()
    ahead = [target.pk]
    while ahead:
        key = ahead.pop()
        if key == unit.pk:
            raise CannotReorganize("target-is-itself" if target.pk == unit.pk else "target-below-itself")
        if key not in seen:
            seen.add(key)
            ahead += above.get(key, ())


def _act(kind: ReorganizationKind, unit: Unit, actor: Actor, basis: Basis, at: datetime) -> Reorganization:
    return Reorganization.objects.create(kind=kind, unit=unit, recorded_at=at, recorded_by=actor.key, **asdict(basis))


def _change(
    current: UnitVersion, kind: ReorganizationKind, actor: Actor, basis: Basis, at: datetime, **values: Any
) -> None:
    """End the current version and begin the next; on the day it began, amend it (a period is never empty)."""
    act = _act(kind, current.unit, actor, basis, at)
    if basis.effective_on > current.valid_from:
        UnitVersion.objects.filter(pk=current.pk).update(valid_to=basis.effective_on, ended_by=act)
        current.pk = new_key()
        current._state.adding = True
        current.valid_from, current.reorganization = basis.effective_on, act
    for name, value in values.items():
        setattr(current, name, value)
    current.save()


def _end(
    current: UnitVersion,
    kind: ReorganizationKind,
    actor: Actor,
    occupancy: Occupancy,
    basis: Basis,
    at: datetime,
    *,
    successor: Unit | None,
) -> Unit:
    """The unit, its positions and its leading groups end on one day."""
    unit, day = current.unit, basis.effective_on
    _require_empty(unit, occupancy, day)
    _require_begun_before(current, day)
    current.ended_by = _act(kind, unit, actor, basis, at)
    current.valid_to, current.successor = day, successor
    current.save(update_fields=["valid_to", "successor", "ended_by"])
    Position.objects.filter(unit=unit, valid_to=None).update(valid_to=day)
    LeadingGroup.objects.filter(unit=unit, valid_to=None).update(valid_to=day)
    unit.abolished_on = day
    unit.save(update_fields=["abolished_on"])
    return unit


def _require_empty(unit: Unit, occupancy: Occupancy, day: date) -> None:
    below = UnitVersion.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), parent=unit)
    if below.exists():
        raise CannotReorganize("has-subordinate-units", units=below.values("unit").distinct().count())
    if occupancy.cadres:
        raise CannotReorganize("has-cadres", unit=unit.pk)
    if occupancy.holders:
        raise CannotReorganize("has-holders", unit=unit.pk)


def _require_begun_before(current: UnitVersion, day: date) -> None:
    begun = [current.valid_from]
    for model in (Position, LeadingGroup):
        begun += model.objects.filter(unit=current.unit, valid_to=None).values_list("valid_from", flat=True)
    if max(begun) >= day:
        raise CannotReorganize("before-current-version", since=max(begun))


def _free_path(above: Unit | None, *, deepest: int = 0) -> str:
    """The place after the last sibling; abolished ones keep theirs. `deepest` is what hangs below, in characters."""
    prefix = above.path if above else ""
    last = Unit.objects.filter(parent=above).order_by("-path").values_list("path", flat=True).first()
    number = int(last[-SEGMENT:-1]) + 1 if last else 1
    if number > MAX_SIBLINGS:
        raise CannotReorganize("too-many-siblings")
    path = f"{prefix}{number:04d}."
    if len(path) + deepest > MAX_PATH:
        raise CannotReorganize("tree-too-deep")
    return path


def _height(unit: Unit) -> int:
    below = Unit.objects.filter(path__startswith=unit.path).order_by(Length("path").desc())
    return len(below.values_list("path", flat=True)[0]) - len(unit.path)


def _repath(old: str, new: str) -> None:
    Unit.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr("path", len(old) + 1)))


def _record(actor: Actor, action: str, unit: Unit, detail: dict[str, Any], basis: Basis, at: datetime) -> None:
    detail = {"effective_on": basis.effective_on.isoformat(), **detail}
    ledger.record(
        actor=actor,
        action=action,
        obj=unit,
        detail=detail,
        reason=basis.reason,
        cites=(basis.document,) if basis.document else (),
        at=at,
    )
