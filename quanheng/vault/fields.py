"""Encrypted columns. The attribute is plaintext in Python; the cell is sealed to its table, column and row.

A cell is opened when its attribute is first read, so lists that do not touch it pay nothing. No search is possible but
for `isnull`; exact match goes through a `BlindIndexField` beside it. Rows need a UUID key made before the insert.
Such models take `objects: ClassVar[Manager["Cadre"]] = SealedQuerySet.as_manager()`: Django's own `bulk_update` does
not say which row a value goes to and is refused. `save(update_fields=...)` must name the blind index beside its source.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Value
from django.db.models.query_utils import DeferredAttribute

from quanheng.vault import sealing
from quanheng.vault.keyring import Keyring, load


def current_keyring() -> Keyring:
    return load(settings.KEY_FILE)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A cell as it lies in the database. It prints nothing and opens only in its own row."""

    cell: bytes = field(repr=False)


class SealedAttribute(DeferredAttribute):
    """Opens the cell at the first reading and keeps the plaintext on the instance."""

    field: "SealedField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = instance.__dict__[self.field.attname] = self.field.open_cell(instance.pk, value)
        return value

    def __set__(self, instance: models.Model, value: object) -> None:
        instance.__dict__[self.field.attname] = value


class SealedField(models.Field):  # type: ignore[type-arg]  # Django's Field takes no parameters at run time
    descriptor_class = SealedAttribute
    _pyi_lookup_exact_type: Any

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_placeholder(self, value: object, compiler: object, connection: BaseDatabaseWrapper) -> str:
        return str(connection.ops.binary_placeholder_sql(value))  # type: ignore[call-arg,arg-type]  # stubs are ahead

    def encode(self, value: Any) -> bytes:
        raise NotImplementedError

    def decode(self, plaintext: bytes) -> Any:
        raise NotImplementedError

    def context_of(self, pk: object) -> bytes:
        key = pk if isinstance(pk, UUID) else UUID(str(pk))
        return f"{self.model._meta.db_table}.{self.column}:{key.hex}".encode()

    def seal_value(self, pk: object, value: Any) -> Sealed | None:
        if value is None:
            return None
        return Sealed(sealing.seal(current_keyring(), self.encode(value), self.context_of(pk)))

    def open_cell(self, pk: object, sealed: Sealed) -> Any:
        """The plaintext of a cell read by `values_list` together with its row's key."""
        return self.decode(sealing.open_sealed(current_keyring(), sealed.cell, self.context_of(pk)))

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        return self.seal_value(model_instance.pk, getattr(model_instance, self.attname))

    def from_db_value(self, value: Any, expression: object, connection: object) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise FieldError(
                f"{self.model.__name__}.{self.name} is sealed to its row: save the instance, or use SealedQuerySet"
            )
        return connection.Database.Binary(value.cell)  # type: ignore[attr-defined]

    def get_lookup(self, lookup: str) -> Any:
        if lookup != "isnull":
            raise FieldError(f"{self.name} is sealed: only isnull can be asked of it, not {lookup}")
        return super().get_lookup(lookup)

    def get_transform(self, name: str) -> Any:
        raise FieldError(f"{self.name} is sealed: only isnull can be asked of it, not {name}")

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is sealed and is not serialized")

    def to_python(self, value: Any) -> Any:
        return value

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not isinstance(_root_key(self.model), models.UUIDField):
            found.append(checks.Error("A sealed field needs a UUID primary key", obj=self, id="vault.E001"))
        return found


class SealedTextField(SealedField):
    _pyi_private_set_type: str
    _pyi_private_get_type: str

    def encode(self, value: str) -> bytes:
        return value.encode()

    def decode(self, plaintext: bytes) -> str:
        return plaintext.decode()


class SealedJSONField(SealedField):
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any
    empty_strings_allowed = False

    def encode(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()

    def decode(self, plaintext: bytes) -> Any:
        return json.loads(plaintext)


class SealedBytesField(SealedField):
    _pyi_private_set_type: bytes
    _pyi_private_get_type: bytes
    empty_strings_allowed = False

    def encode(self, value: bytes) -> bytes:
        return bytes(value)

    def decode(self, plaintext: bytes) -> bytes:
        return plaintext


class BlindIndexField(models.BinaryField):  # type: ignore[type-arg]  # as above
    """The keyed hash of an attribute, for exact match: of a sealed text field or of a property made from some.

    Written with every `save` that writes it, empty where the attribute is empty.
    """

    _pyi_private_get_type: bytes

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs.setdefault("null", True)
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def index_of(self, value: str | None) -> bytes | None:
        place = f"{self.model._meta.db_table}.{self.source}"  # the source may be a property over sealed columns
        return sealing.blind_index(current_keyring(), place, value) if value else None

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        value = self.index_of(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


def blind_index_of(model: type[models.Model], index: str, value: str) -> bytes | None:
    """What to compare the index column with: `filter(identity_number_index=blind_index_of(Cadre, ...))`."""
    found = model._meta.get_field(index)
    assert isinstance(found, BlindIndexField)
    return found.index_of(value)


Row = TypeVar("Row", bound=models.Model)


class SealedQuerySet(models.QuerySet[Row]):
    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        """As Django's, with each value sealed to its row and blind indexes carried along with their sources."""
        rows, names = tuple(objs), _with_indexes(self.model, fields)
        with _sealed_values(self.model, rows, names):
            return super().bulk_update(rows, names, batch_size)

    bulk_update.alters_data = True  # type: ignore[attr-defined]


def _with_indexes(model: type[models.Model], names: Iterable[str]) -> list[str]:
    """The names and the indexes to write with them. What a property is made of is unknown, so its index goes along."""
    wanted = list(dict.fromkeys(names))
    stored = {column.name: column for column in model._meta.concrete_fields}
    changed = {name for name in wanted if isinstance(stored.get(name), SealedField)}
    indexes = [
        column for column in stored.values() if isinstance(column, BlindIndexField) and column.name not in wanted
    ]
    return wanted + [one.name for one in indexes if one.source in changed or (changed and one.source not in stored)]


@contextmanager
def _sealed_values(model: type[models.Model], rows: Sequence[models.Model], names: list[str]) -> Iterator[None]:
    """Django reads the attribute and forgets its row: for the while of the update it finds the sealed value there."""
    columns = [model._meta.get_field(name) for name in names]
    indexes = [column for column in columns if isinstance(column, BlindIndexField)]
    sealed = [column for column in columns if isinstance(column, SealedField)]
    for row in rows:
        for index in indexes:
            index.pre_save(row, add=False)
    plain = [(row, column, getattr(row, column.attname)) for row in rows for column in sealed]
    try:
        for row, column, value in plain:
            setattr(row, column.attname, Value(column.seal_value(row.pk, value), output_field=column))
        yield
    finally:
        for row, column, value in plain:
            setattr(row, column.attname, value)


def _root_key(model: type[models.Model]) -> object:
    """The key field itself, through one-to-one keys that borrow another row's."""
    key: Any = model._meta.pk
    while key is not None and key.remote_field:
        key = key.target_field
    return key
