"""Rows straight into the tables: a model instance for each of millions of rows would take most of the time.

Values are prepared by what their field is; sealed cells and blind indexes are made exactly as the fields
make them. Constraints of the database hold as ever.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models

from quanheng.vault import sealing
from quanheng.vault.fields import BlindIndexField, SealedField
from quanheng.vault.keyring import load

Prepare = Callable[[Any], Any]


class Table:
    """The rows of one model, waiting. `columns` come with each row, key first; the others are constant."""

    def __init__(self, model: type[models.Model], columns: Sequence[str], **constants: object) -> None:
        self.model, self.count = model, 0
        self._rows: list[list[Any]] = []
        named = {field.name: field for field in model._meta.concrete_fields}
        given = [named[name] for name in columns]
        rest = [field for field in named.values() if field.name not in columns]
        self._fields = [*given, *rest]
        self._sealed = [(place, field) for place, field in enumerate(given) if isinstance(field, SealedField)]
        preparations = ((place, _preparation(field)) for place, field in enumerate(given))
        self._to_do = [(place, do) for place, do in preparations if do]
        self._rest = tuple(_constant(field, constants) for field in rest)
        self._keyring = load(settings.KEY_FILE)

    def add(self, *values: Any) -> None:
        row = [*values, *self._rest]
        for place, do in self._to_do:
            if row[place] is not None:
                row[place] = do(row[place])
        for place, field in self._sealed:
            if row[place] is not None:
                row[place] = sealing.seal(self._keyring, field.encode(row[place]), field.context_of(values[0]))
        assert len(row) == len(self._fields)
        self._rows.append(row)

    def flush(self) -> None:
        """Write what waits. Both ways send values apart from the statement; names come from the models."""
        if self._rows and connection.vendor == "postgresql":
            self._copy()
        elif self._rows:
            marks = ", ".join(["%s"] * len(self._fields))
            statement = f"INSERT INTO {self._target()} VALUES ({marks})"  # noqa: S608  names of our own models
            with connection.cursor() as cursor:
                cursor.executemany(statement, self._rows)
        self.count += len(self._rows)
        self._rows.clear()

    def _copy(self) -> None:
        with connection.cursor() as cursor, cursor.copy(f"COPY {self._target()} FROM STDIN") as copy:
            for row in self._rows:
                copy.write_row(row)

    def _target(self) -> str:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column or "") for field in self._fields)
        return f"{quote(self.model._meta.db_table)} ({columns})"


def _preparation(field: models.Field[Any, Any]) -> Prepare | None:
    """What Django does with a value of the field, without the generality; None: nothing."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if isinstance(field, BlindIndexField):
        place = f"{field.model._meta.db_table}.{field.source}"
        return partial(sealing.blind_index, load(settings.KEY_FILE), place)
    if isinstance(field, SealedField | models.BooleanField | models.IntegerField | models.CharField | models.TextField):
        return None  # a member of TextChoices is text too
    if isinstance(target, models.UUIDField):
        return None if connection.vendor == "postgresql" else _hex
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return None if connection.vendor == "postgresql" else date.isoformat
    return partial(_by_field, field)


def _hex(key: UUID) -> str:
    return key.hex


def _by_field(field: models.Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(value, connection)


def _constant(field: models.Field[Any, Any], constants: dict[str, object]) -> Any:
    value = constants.get(field.name, field.get_default())
    return None if value is None else _by_field(field, value)
