"""Who may see which entries, decided on the actor alone; which persons he may see is handed down as keys."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from quanheng.kernel.actor import READERS, Actor, Purpose, Role
from quanheng.kernel.errors import NotFound
from quanheng.ledger.models import Entry

Keys = Collection[UUID] | QuerySet[Any, Any]  # keys of persons, or a query that gives them


def visible_entries(actor: Actor, *, cadres: Keys = ()) -> QuerySet[Entry]:
    """The audit administrator: all. Readers: what concerns persons in their scope, never themselves or kin, and their
    own acts that concern nobody. That a supervisor opened a file is told to supervisors and the auditor only."""
    if actor.has_role(Role.AUDIT_ADMIN):
        return Entry.objects.all()
    if not actor.has_role(*READERS):
        return Entry.objects.none()
    mine = Q(cadre=None, actor=actor.key)
    about = Q(cadre__in=cadres) & ~Q(cadre__in=actor.recused)
    hidden = Q() if actor.has_role(Role.DISCIPLINE_SUPERVISOR) else Q(purpose=Purpose.SUPERVISION.value)
    found = Entry.objects.filter(mine | about)
    return found.exclude(hidden) if hidden else found


def entry_for(actor: Actor, pk: int, *, cadres: Keys = ()) -> Entry:
    found = visible_entries(actor, cadres=cadres).select_related("detail").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def own_openings(actor: Actor) -> QuerySet[Entry]:
    """谁看过: the openings of the actor's own file."""
    if actor.cadre is None:
        return Entry.objects.none()
    return Entry.objects.filter(cadre=actor.cadre).exclude(purpose__in=["", Purpose.SUPERVISION.value])


def may_see_values(actor: Actor) -> bool:
    """The audit administrator sees who did what and which fields changed, but no value: he sees no dossier."""
    return not actor.has_role(Role.AUDIT_ADMIN)
