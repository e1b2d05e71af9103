"""Positions by what was typed: a part of their title or of the name of their unit, or both, apart by a space."""

from datetime import date

from django.db.models import Q

from quanheng.kernel.actor import Actor
from quanheng.organization.access import visible_units
from quanheng.organization.models import Position
from quanheng.organization.queries import in_force

MOST_WORDS = 4


def positions_matching(actor: Actor, text: str, on: date, *, limit: int) -> list[Position]:
    """Of visible units, in force on the day, in the order of the units."""
    words = text.split()[:MOST_WORDS]
    if not words:
        return []
    found = Position.objects.filter(in_force(on), unit__in=visible_units(actor)).select_related("unit")
    for word in words:
        found = found.filter(Q(title__contains=word) | Q(unit__name__contains=word))
    return list(found.order_by("unit__path", "order", "pk")[:limit])
