"""The statement of a source for one person, written once: Django takes longer to write it than a database to answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet, UUIDField
from django.db.models.sql import Query

_ANYBODY = UUID(int=1)  # stands where the key of the person goes


@dataclass(frozen=True, slots=True)
class Statement:
    """`place`: of the person's key among the values. `fields`: what is selected, for what Django makes of a column."""

    query: Query
    text: str
    values: tuple[Any, ...]
    place: int
    fields: Sequence[Any]

    def rows(self, key: UUID) -> list[list[Any]]:
        """As the queryset would give them."""
        values = [*self.values[: self.place], _prepared(key), *self.values[self.place + 1 :]]
        with connection.cursor() as cursor:
            cursor.execute(self.text, values)
            found = cursor.fetchall()
        compiler = self.query.get_compiler(connection=connection)
        return list(compiler.apply_converters(found, compiler.get_converters(self.fields)))


def statement(rows: QuerySet[Any, Any], person: str) -> Statement:
    """For the database in use. `person`: what the source calls the person."""
    query = rows.filter(**{person: _ANYBODY}).query
    compiler = query.get_compiler(connection=connection)
    text, values = compiler.as_sql()
    (place,) = (place for place, value in enumerate(values) if value == _prepared(_ANYBODY))
    return Statement(query, text, tuple(values), place, [each for each, *_rest in compiler.select])


def _prepared(key: UUID) -> Any:
    return UUIDField().get_db_prep_value(key, connection)
