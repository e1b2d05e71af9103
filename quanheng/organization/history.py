"""机构沿革: what was done to a unit, act by act, with document and what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from quanheng.organization.choices import ReorganizationKind
from quanheng.organization.models import Reorganization, Unit, UnitVersion

# What an act of a kind may change: two acts of one day share a version and are told apart by this.
FIELDS: Mapping[ReorganizationKind, tuple[str, ...]] = {
    ReorganizationKind.ESTABLISHED: (),
    ReorganizationKind.RENAMED: ("name", "short_name"),
    ReorganizationKind.MOVED: ("parent",),
    ReorganizationKind.MERGED: (),
    ReorganizationKind.ABOLISHED: (),
    ReorganizationKind.QUOTA: (
        "principal_quota",
        "deputy_quota",
        "internal_quota",
        "administrative_establishment",
        "institution_establishment",
        "other_establishment",
    ),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """Names of units are those of the day; None is not known."""

    field: str
    before: str | int | None
    after: str | int | None


@dataclass(frozen=True, slots=True)
class Change:
    kind: ReorganizationKind
    effective_on: date
    document: str
    reason: str
    recorded_at: datetime | None  # None: taken over when the register began, without an act
    recorded_by: UUID | None
    changes: tuple[FieldChange, ...] = ()
    other: Unit | None = None  # the unit that this one went into, or that came into this one
    is_incoming: bool = False


def history(unit: Unit) -> list[Change]:
    """Newest first. A unit's register may begin without an act (taken over): then with its first version."""
    versions = list(unit.versions.select_related("parent", "successor").order_by("valid_from"))
    acts = list(unit.reorganizations.order_by("effective_on", "recorded_at", "pk"))
    found = [_change(act, versions) for act in acts]
    if versions and not any(act.kind == ReorganizationKind.ESTABLISHED for act in acts):
        found.append(Change(ReorganizationKind.ESTABLISHED, versions[0].valid_from, "", "", None, None))
    found += _incoming(unit)
    return sorted(found, key=_moment, reverse=True)


def last_quota_act(unit: Unit, on: date) -> Reorganization | None:
    """The act that the quotas in force on the day rest on."""
    kinds = (ReorganizationKind.QUOTA, ReorganizationKind.ESTABLISHED)
    acts = unit.reorganizations.filter(Q(effective_on__lte=on), kind__in=kinds)
    return acts.order_by("-effective_on", "-recorded_at", "-pk").first()


def _moment(change: Change) -> tuple[date, float]:
    return change.effective_on, change.recorded_at.timestamp() if change.recorded_at else 0.0


def _change(act: Reorganization, versions: Sequence[UnitVersion]) -> Change:
    before = next((row for row in versions if row.valid_to == act.effective_on), None)
    after = next((row for row in versions if row.valid_from == act.effective_on), None)
    kind = ReorganizationKind(act.kind)
    other = before.successor if before and kind == ReorganizationKind.MERGED else None
    return _plain(act, _differences(kind, before, after), other)


def _differences(
    kind: ReorganizationKind, before: UnitVersion | None, after: UnitVersion | None
) -> tuple[FieldChange, ...]:
    """Amended on the day it was established: there is no earlier version to compare with."""
    if after is None:
        return ()
    pairs = [(field, _shown(before, field), _shown(after, field)) for field in FIELDS[kind]]
    return tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2])


def _shown(version: UnitVersion | None, field: str) -> str | int | None:
    if version is None:
        return None
    value = getattr(version, field)
    return value.name if isinstance(value, Unit) else value


def _incoming(unit: Unit) -> list[Change]:
    merged = Reorganization.objects.filter(kind=ReorganizationKind.MERGED, ended__successor=unit)
    return [_plain(act, (), act.unit, is_incoming=True) for act in merged.select_related("unit").order_by("pk")]


def _plain(
    act: Reorganization, changes: tuple[FieldChange, ...], other: Unit | None, *, is_incoming: bool = False
) -> Change:
    return Change(
        kind=ReorganizationKind(act.kind),
        effective_on=act.effective_on,
        document=act.document,
        reason=act.reason,
        recorded_at=act.recorded_at,
        recorded_by=act.recorded_by,
        changes=changes,
        other=other,
        is_incoming=is_incoming,
    )
