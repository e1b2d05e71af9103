"""The number of the writing transaction, as PostgreSQL counts them: 64 bits that never start again (xid8).

SQLite has one writer at a time and no such number; there the column stays empty.
"""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func

POSTGRESQL = "postgresql"


class TransactionNumberField(models.Field[Any, int | None]):
    """PostgreSQL knows no number that it would compare with an xid8 or store as one: it is handed over as text."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "xid8" if connection.vendor == POSTGRESQL else "bigint"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        is_number = isinstance(value, int) and connection.vendor == POSTGRESQL
        return str(value) if is_number else value

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> int | None:
        return None if value is None else int(value)


def current_transaction(connection: BaseDatabaseWrapper) -> Func | None:
    """What a row of this transaction is to hold."""
    if connection.vendor != POSTGRESQL:
        return None
    return Func(function="pg_current_xact_id", output_field=TransactionNumberField())
