"""Who holds the positions of units: counts for everybody who may see the unit, names only of visible cadres.

A secondment (挂职) does not fill an authorised post and is not counted; it is listed as such.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from quanheng.kernel.actor import Actor
from quanheng.organization.access import visible_units
from quanheng.organization.choices import GroupRole, PostTier
from quanheng.organization.models import Position, Unit, UnitVersion
from quanheng.organization.queries import in_force
from quanheng.organization.quotas import figures
from quanheng.people.access import visible_cadres
from quanheng.people.choices import CadreStatus, HoldingKind
from quanheng.people.models import Cadre, PostHolding


@dataclass(frozen=True, slots=True)
class PositionHolder:
    """One holding of a position on a day. `cadre` is None where the reader may not know who it is."""

    position: UUID
    holding: PostHolding
    cadre: Cadre | None
    is_counted: bool


def filled_positions(units: Iterable[UUID], on: date) -> Mapping[UUID, frozenset[UUID]]:
    """Principal and deputy positions of the units -> keys of the cadres who count as holding them.

    The keys are for counting persons only: a page shows a person through `holders`.
    """
    rows = _holdings(on).filter(
        position__unit__in=list(units),
        position__group_role__in=(GroupRole.PRINCIPAL, GroupRole.DEPUTY),
    )
    found: dict[UUID, set[UUID]] = {}
    for position, cadre in rows.exclude(kind=HoldingKind.SECONDMENT).values_list("position_id", "cadre_id"):
        found.setdefault(position, set()).add(cadre)
    return {position: frozenset(cadres) for position, cadres in found.items()}


def holders(actor: Actor, positions: Iterable[UUID], on: date) -> list[PositionHolder]:
    """By position, then in the order of the holding and of the unit's list."""
    rows = list(
        _holdings(on)
        .filter(position__in=list(positions))
        .select_related("cadre")
        .order_by("position", "order", "cadre__unit_order", "pk")
    )
    visible = set(visible_cadres(actor).filter(pk__in={row.cadre_id for row in rows}).values_list("pk", flat=True))
    return [
        PositionHolder(
            position=row.position_id,
            holding=row,
            cadre=row.cadre if row.cadre_id in visible else None,
            is_counted=row.kind != HoldingKind.SECONDMENT,
        )
        for row in rows
        if row.position_id is not None
    ]


@dataclass(frozen=True, slots=True)
class QuotaGap:
    """A unit with more or fewer leading members than its quota; it may have more of one role and fewer of the other."""

    unit: UUID
    name: str
    is_over: bool
    is_short: bool


def quota_gaps(actor: Actor, on: date) -> list[QuotaGap]:
    """As `quanheng.organization.quotas` counts them, in the official order. One query, of figures: the database counts
    persons, and of the other units nothing is kept."""
    columns = ("unit", "name", "principal_quota", "principals", "deputy_quota", "deputies")
    rows = _quota_versions(actor, on).order_by("unit__path").values_list(*columns)
    found = []
    for unit, name, *counted in rows.iterator():
        both = figures(*counted[:2]), figures(*counted[2:])
        gap = QuotaGap(unit, name, any(each.over for each in both), any(each.short for each in both))
        if gap.is_over or gap.is_short:
            found.append(gap)
    return found


def _quota_versions(actor: Actor, on: date) -> QuerySet[UnitVersion]:
    """The units that the actor may see, with how many persons are principals, and how many deputies and no principals;
    one without any quota has neither too many nor too few and is left out."""
    of_unit = _holdings(on).filter(_in_force_of("position", on), position__unit=OuterRef("unit"))
    counted = of_unit.exclude(kind=HoldingKind.SECONDMENT)
    principals = counted.filter(position__group_role=GroupRole.PRINCIPAL)
    beside = PostHolding.objects.filter(
        in_force(on),
        _in_force_of("position", on),
        withdrawn_at=None,
        cadre=OuterRef("cadre"),
        position__unit=OuterRef("position__unit"),
        position__group_role=GroupRole.PRINCIPAL,
    ).exclude(kind=HoldingKind.SECONDMENT)
    deputies = counted.filter(~Exists(beside), position__group_role=GroupRole.DEPUTY)
    has_quota = Q(principal_quota__isnull=False) | Q(deputy_quota__isnull=False)
    versions = UnitVersion.objects.filter(has_quota, in_force(on), unit__in=visible_units(actor))
    return versions.annotate(principals=_persons(principals), deputies=_persons(deputies))


def _persons(holdings: QuerySet[PostHolding]) -> Coalesce:
    counted = holdings.order_by().values("position__unit").annotate(number=Count("cadre", distinct=True))
    return Coalesce(Subquery(counted.values("number")), 0)


def _in_force_of(name: str, on: date) -> Q:
    still = Q(**{f"{name}__valid_to": None}) | Q(**{f"{name}__valid_to__gt": on})
    return Q(**{f"{name}__valid_from__lte": on}) & still


def vacant_positions(actor: Actor, tiers: Collection[PostTier], on: date) -> QuerySet[Position]:
    """Leading positions of these tiers with room for one more, in the units that the actor may see, in their order.

    Who holds the others is not told: figures about posts are facts of the organization.
    """
    held = _holdings(on).filter(position=OuterRef("pk")).exclude(kind=HoldingKind.SECONDMENT)
    count = held.order_by().values("position").annotate(number=Count("cadre", distinct=True)).values("number")
    slots = Position.objects.filter(in_force(on), tier__in=tiers, is_leading=True, unit__in=visible_units(actor))
    room = slots.annotate(filled=Coalesce(Subquery(count), 0)).filter(filled__lt=F("quota"))
    return room.order_by("unit__path", "order", "pk")


def visible_counts(actor: Actor) -> dict[UUID, int]:
    """Home unit -> number of visible serving cadres, for the unit tree."""
    rows = visible_cadres(actor).filter(status=CadreStatus.SERVING).values("home_unit").annotate(number=Count("pk"))
    return {row["home_unit"]: row["number"] for row in rows.order_by()}


def serving_in(unit: Unit) -> int:
    return Cadre.objects.filter(home_unit=unit, status=CadreStatus.SERVING, withdrawn_at=None).count()


def held_since(positions: Q, day: date) -> int:
    """Holdings of these positions that last beyond the day: they stand in the way of ending the positions on it."""
    beyond = Q(valid_to=None) | Q(valid_to__gt=day)
    return PostHolding.objects.filter(positions, beyond, withdrawn_at=None, cadre__withdrawn_at=None).count()


def _holdings(on: date) -> QuerySet[PostHolding]:
    return PostHolding.objects.filter(in_force(on), withdrawn_at=None, cadre__withdrawn_at=None)
