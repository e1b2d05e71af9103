"""Rows of every table as lines of JSON and back: the same on SQLite and PostgreSQL, so a backup moves between them.

Sealed cells travel as they lie in the database and are never opened.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from quanheng.vault.fields import Sealed

# Sessions end with a restore, waiting tasks are put in again by the worker, content types are made by migrations.
LEFT_OUT = frozenset({"sessions", "django_tasks_database", "contenttypes", "axes", "auth"})
CHUNK = 500


def backed_up_models() -> list[type[models.Model]]:
    """Every table with content, referenced ones first."""
    found = {model for model in apps.get_models(include_auto_created=True) if _is_kept(model)}
    graph = {model: {field.related_model for field in _links(model)} & found - {model} for model in found}
    ordered: Sequence[type[models.Model]] = tuple(TopologicalSorter(graph).static_order())
    return list(ordered)


def _is_kept(model: type[models.Model]) -> bool:
    return model._meta.managed and model._meta.app_label not in LEFT_OUT


def _links(model: type[models.Model]) -> Iterator[Any]:
    return (field for field in model._meta.concrete_fields if field.remote_field)


def columns_of(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return list(model._meta.concrete_fields)


def dump_rows(model: type[models.Model]) -> Iterator[list[Any]]:
    names = [field.attname for field in columns_of(model)]
    key = model._meta.pk
    assert key is not None
    rows = model._base_manager.order_by(key.attname).values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        yield [encode(value) for value in row]


def load_rows(model: type[models.Model], rows: Iterable[list[Any]]) -> int:
    """Insert rows as they are: no default, no index computed anew, no cell sealed again."""
    fields = columns_of(model)
    quote = connection.ops.quote_name
    places = ", ".join(["%s"] * len(fields))
    names = ", ".join(quote(str(field.column)) for field in fields)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608  quoted names only
    count = 0
    with connection.cursor() as cursor:
        for chunk in _chunks(rows):
            cursor.executemany(statement, [_prepared(fields, row) for row in chunk])
            count += len(chunk)
    return count


def _prepared(fields: Sequence[models.Field[Any, Any]], row: Sequence[Any]) -> list[Any]:
    return [field.get_db_prep_save(decode(value), connection) for field, value in zip(fields, row, strict=True)]


def _chunks(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    chunk: list[list[Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def encode(value: Any) -> Any:
    """A value of a column as JSON; what JSON has no word for is tagged."""
    match value:
        case Sealed():
            return {"s": _base64(value.cell)}
        case bytes() | memoryview() | bytearray():
            return {"b": _base64(bytes(value))}
        case UUID():
            return {"u": value.hex}
        case datetime():
            return {"t": value.isoformat()}
        case date():
            return {"d": value.isoformat()}
        case dict() | list():
            return {"j": json.dumps(value, ensure_ascii=False)}
        case _:
            return value


def decode(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((tag, content),) = value.items()
    match tag:
        case "s":
            return Sealed(base64.b64decode(content))
        case "b":
            return base64.b64decode(content)
        case "u":
            return UUID(content)
        case "t":
            return datetime.fromisoformat(content)
        case "d":
            return date.fromisoformat(content)
        case _:
            return json.loads(content)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
