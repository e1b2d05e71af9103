"""Who may see accounts, roles and grants: the security administrator alone, and the system itself."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.kernel.actor import SYSTEM, Actor, Role
from quanheng.kernel.errors import NotFound

Row = TypeVar("Row", bound=Model)


def may_administer(actor: Actor) -> bool:
    return actor == SYSTEM or actor.has_role(Role.SECURITY_ADMIN)


def account_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> Account:
    """The account, or NotFound for everybody but the security administrator."""
    return _found(actor, Account.objects.select_related("unit"), pk, for_update)


def role_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> RoleAssignment:
    return _found(actor, RoleAssignment.objects.select_related("account"), pk, for_update)


def grant_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> Grant:
    return _found(actor, Grant.objects.select_related("account", "unit"), pk, for_update)


def _found(actor: Actor, rows: QuerySet[Row], pk: UUID, for_update: bool) -> Row:
    if not may_administer(actor):
        raise NotFound
    rows = rows.select_for_update(of=("self",)) if for_update else rows
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row
