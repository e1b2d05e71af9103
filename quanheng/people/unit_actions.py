"""Ends of units and positions, refused while somebody is there.

Organization lies below and cannot see who serves where; these count it and pass it down, in one
transaction and under the lock of the unit's row, which also holds back a file being placed there.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from quanheng.kernel.actor import Actor
from quanheng.organization import actions, position_actions
from quanheng.organization.access import lock_tree, position_for, unit_for
from quanheng.organization.actions import Basis, Occupancy
from quanheng.organization.models import Position, Unit
from quanheng.people.queries_posts import held_since, serving_in


@transaction.atomic
def merge_unit(*, actor: Actor, unit: UUID, successor: UUID, basis: Basis, at: datetime) -> Unit:
    occupancy = _occupancy(actor, unit, basis)
    return actions.merge_unit(actor=actor, unit=unit, successor=successor, occupancy=occupancy, basis=basis, at=at)


@transaction.atomic
def abolish_unit(*, actor: Actor, unit: UUID, basis: Basis, at: datetime) -> Unit:
    return actions.abolish_unit(actor=actor, unit=unit, occupancy=_occupancy(actor, unit, basis), basis=basis, at=at)


@transaction.atomic
def end_position(*, actor: Actor, position: UUID, basis: Basis, at: datetime) -> Position:
    row = position_for(actor, position, for_update=True)
    holders = held_since(Q(position=row), basis.effective_on)
    return position_actions.end_position(actor=actor, position=row.pk, holders=holders, basis=basis, at=at)


def _occupancy(actor: Actor, unit: UUID, basis: Basis) -> Occupancy:
    lock_tree()  # before the unit, as in the actions below: the order of locks is one
    row = unit_for(actor, unit, for_update=True)
    return Occupancy(cadres=serving_in(row), holders=held_since(Q(position__unit=row), basis.effective_on))
