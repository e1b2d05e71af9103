"""Change of the sealing key: `keyring.rotate`, then `reseal` every sealed column, then `retire` the old key."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction

from quanheng.vault.fields import Sealed, SealedField, SealedQuerySet, current_keyring
from quanheng.vault.keyring import CannotRetire, Keyring, drop_key
from quanheng.vault.sealing import key_id_of


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    found = ((model, column) for model in apps.get_models() for column in model._meta.local_concrete_fields)
    return [(model, column.name) for model, column in found if isinstance(column, SealedField)]


def count_keys(model: type[models.Model], field: str) -> Counter[str]:
    """How many cells of a column are under each key id."""
    return Counter(key_id_of(sealed.cell) for _, sealed in _cells(model, field))


def reseal(model: type[models.Model], field: str, batch: int = 500) -> int:
    """Seal under the current key what is still under an older one, a batch to a transaction; safe to repeat."""
    current = current_keyring().current
    old = iter([pk for pk, sealed in _cells(model, field) if key_id_of(sealed.cell) != current])
    done = 0
    while chunk := list(islice(old, batch)):
        with transaction.atomic():
            rows = list(_rows(model).select_for_update().filter(pk__in=chunk).order_by("pk"))
            done += SealedQuerySet(model).bulk_update(rows, [field])
    return done


def retire(path: Path, key_id: str) -> Keyring:
    """Remove an old key from the file; refused as long as one cell needs it."""
    needed = sum(count_keys(model, field)[key_id] for model, field in sealed_columns())
    if needed:
        raise CannotRetire("key-in-use", key=key_id, cells=needed)
    return drop_key(path, key_id)


def _cells(model: type[models.Model], field: str) -> Iterator[tuple[Any, Sealed]]:
    cells = _rows(model).filter(**{f"{field}__isnull": False}).order_by("pk").values_list("pk", field)
    return cells.iterator(chunk_size=2000)


def _rows(model: type[models.Model]) -> "models.QuerySet[Any]":
    return model._base_manager.all()
