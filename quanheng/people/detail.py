"""What a ledger entry says of a record: its values, and of sealed ones only a keyed digest."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Model

from quanheng.ledger.digests import digest
from quanheng.people.models.records import DossierRecord
from quanheng.vault.fields import BlindIndexField, SealedField

# Provenance is the entry itself; it need not be said again in its detail.
_LEFT_OUT = frozenset(field.name for field in DossierRecord._meta.get_fields()) | {"revision", "created_at"}


def plain(value: Any) -> Any:
    """A value as JSON: dates as ISO text, keys as text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def values_of(row: Model) -> dict[str, Any]:
    """The columns of a row that are its content, sealed ones as digests, empty ones left out."""
    values: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in _LEFT_OUT or isinstance(field, BlindIndexField):
            continue
        value = getattr(row, field.attname)
        if value not in (None, ""):
            values[field.name] = digest(value) if isinstance(field, SealedField) else plain(value)
    return values
