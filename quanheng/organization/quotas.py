"""领导职数配备表: posts authorised, filled, over and short, per unit and for a subtree.

Authorised (应配) comes from the version in force on the day; where a quota is not known nothing is
over or short. Filled (实配) counts persons, not posts: who holds two principal posts of a unit is
one, and who is principal and deputy at once is the principal. Who holds what is people's to say and
is passed in. Over and short are counted by unit and role and added up: a surplus in one unit does
not hide a vacancy in another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from quanheng.organization.choices import GroupRole, UnitKind
from quanheng.organization.models import Position, UnitVersion
from quanheng.organization.queries import TreeUnit, in_force, versions_on

Holders = Mapping[UUID, frozenset[UUID]]  # position -> keys of those who count as holding it


@dataclass(frozen=True, slots=True)
class Figures:
    """One of total, principals, deputies. None: not known. `unknown` counts units without a quota in a sum."""

    authorized: int | None
    filled: int
    over: int | None
    short: int | None
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class QuotaRow:
    unit: TreeUnit
    total: Figures
    principal: Figures
    deputy: Figures


@dataclass(frozen=True, slots=True)
class QuotaTable:
    on: date
    rows: tuple[QuotaRow, ...]
    total: Figures
    principal: Figures
    deputy: Figures


def post_quota_table(units: Sequence[TreeUnit], on: date, holders: Holders) -> QuotaTable:
    """One row a unit, in their order: `queries.visible_subtree` gives those of a unit and a day."""
    versions = versions_on((found.id for found in units), on)
    positions = group_positions([found.id for found in units], on)
    rows = [_row(found, versions[found.id], positions.get(found.id, ()), holders) for found in units]
    listed = tuple(row for row in rows if row is not None)
    return QuotaTable(
        on,
        listed,
        total=_sum([row.total for row in listed]),
        principal=_sum([row.principal for row in listed]),
        deputy=_sum([row.deputy for row in listed]),
    )


def group_positions(units: Sequence[UUID], on: date) -> dict[UUID, list[Position]]:
    """Unit -> its principal and deputy positions on the day, in their order."""
    roles = (GroupRole.PRINCIPAL, GroupRole.DEPUTY)
    found: dict[UUID, list[Position]] = {}
    rows = Position.objects.filter(in_force(on), group_role__in=roles, unit__in=units)
    for position in rows.order_by("unit", "order", "pk"):
        found.setdefault(position.unit_id, []).append(position)
    return found


def filled_by_role(positions: Iterable[Position], holders: Holders) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Who counts as principal and who as deputy of one unit."""
    held: dict[str, set[UUID]] = {GroupRole.PRINCIPAL: set(), GroupRole.DEPUTY: set()}
    for position in positions:
        held[position.group_role] |= holders.get(position.pk, frozenset())
    principals = frozenset(held[GroupRole.PRINCIPAL])
    return principals, frozenset(held[GroupRole.DEPUTY]) - principals


def figures(authorized: int | None, filled: int) -> Figures:
    if authorized is None:
        return Figures(None, filled, None, None, unknown=1)
    return Figures(authorized, filled, max(0, filled - authorized), max(0, authorized - filled))


def _row(unit: TreeUnit, version: UnitVersion, positions: Sequence[Position], holders: Holders) -> QuotaRow | None:
    """None for what only groups units in the tree and has neither quota nor leading posts."""
    quotas = (version.principal_quota, version.deputy_quota)
    if version.kind != UnitKind.LEGAL_PERSON and not positions and quotas == (None, None):
        return None
    principals, deputies = filled_by_role(positions, holders)
    principal, deputy = figures(quotas[0], len(principals)), figures(quotas[1], len(deputies))
    return QuotaRow(unit, _both(principal, deputy), principal, deputy)


def _both(principal: Figures, deputy: Figures) -> Figures:
    """The total of one unit: known only where both are."""
    filled = principal.filled + deputy.filled
    if None in (principal.authorized, deputy.authorized):
        return Figures(None, filled, None, None, unknown=1)
    summed = _sum([principal, deputy])
    return Figures(summed.authorized, filled, summed.over, summed.short)


def _sum(parts: Sequence[Figures]) -> Figures:
    """What is known, added up, beside how many units are not; nothing known at all stays unknown."""
    known = [part for part in parts if part.authorized is not None]
    filled, unknown = sum(part.filled for part in parts), sum(part.unknown for part in parts)
    if not known:
        return Figures(None, filled, None, None, unknown)
    return Figures(
        sum(part.authorized or 0 for part in known),
        filled,
        sum(part.over or 0 for part in known),
        sum(part.short or 0 for part in known),
        unknown,
    )
