"""What a source of facts is made of: a queryset of live records, an expression of the database for each field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import MD5, Cast, NullIf

from quanheng.people.models import Cadre

Expressions = Mapping[str, Combinable]


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: what is read of one person, and what tells it from another in a snapshot, which holds a digest of it.

    A unit is told by its key, so that a new name makes no other unit of it.
    """

    read: Combinable
    told_by: Combinable


@dataclass(frozen=True, slots=True)
class Source:
    """`rows`: live records, one row a record. `subject` and `key` name the columns of the person and of the record."""

    fact: str
    rows: Callable[[], QuerySet[Any]]
    fields: Expressions
    texts: Mapping[str, Text] = field(default_factory=dict)
    subject: str = "cadre_id"
    key: str = "pk"

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.fields, *self.texts)

    def query(self, *, is_readable: bool) -> QuerySet[Any, tuple[Any, ...]]:
        """Subject, key, then `columns`. Texts readable, or as digests."""
        texts = {name: each.read if is_readable else MD5(each.told_by) for name, each in self.texts.items()}
        named = {f"fact_{name.replace('.', '_')}": each for name, each in {**self.fields, **texts}.items()}
        found: QuerySet[Any, tuple[Any, ...]] = self.rows().annotate(**named)
        return found.values_list(self.subject, self.key, *named)


def word_of(of: str, table: Mapping[Any, str]) -> Case:
    """The rulebook's word for a stored value; NULL for one without a word."""
    whens = (When(**{of: getattr(stored, "value", stored)}, then=Value(word)) for stored, word in table.items())
    return Case(*whens, default=None, output_field=CharField())


def truth(when: Q, then: bool = True) -> When:
    return When(when, then=Value(then))


def truths(*whens: When) -> Case:
    return Case(*whens, default=None, output_field=BooleanField())


def written(column: str) -> Text:
    """None where it is blank."""
    whole = NullIf(F(column), Value(""), output_field=CharField())
    return Text(whole, whole)


def key_text(column: str) -> Combinable:
    return Cast(column, CharField())


def live(model: type[Model]) -> Callable[[], QuerySet[Any]]:
    """Of people who are in the register. Few were withdrawn: to look for those is less work than to join them all."""
    of_another = Exists(Cadre.objects.filter(pk=OuterRef("cadre_id"), withdrawn_at__isnull=False))
    return lambda: model._default_manager.filter(~of_another, withdrawn_at=None)
