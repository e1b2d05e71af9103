"""The two roles of PostgreSQL: the owner who makes tables, and the application that only appends to the ledger."""

from django.db.backends.base.base import BaseDatabaseWrapper

from quanheng.kernel.errors import Refused
from quanheng.ledger import protection

MIN_PASSWORD = 12


class CannotHarden(Refused):
    """not-postgresql, weak-password (minimum), is-owner (role)."""


def harden(connection: BaseDatabaseWrapper, *, role: str, password: str) -> None:
    """Run as the owner. May be repeated: after an upgrade with new tables, or with a new password."""
    require_owner(connection, role=role)
    if len(password) < MIN_PASSWORD:
        raise CannotHarden("weak-password", minimum=MIN_PASSWORD)
    protection.harden_postgres(connection, role, password)


def require_owner(connection: BaseDatabaseWrapper, *, role: str) -> None:
    """Asked before the password is."""
    if connection.vendor != "postgresql":
        raise CannotHarden("not-postgresql")
    if role == connection.settings_dict["USER"]:
        raise CannotHarden("is-owner", role=role)
