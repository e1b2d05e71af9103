# ruff: noqa: S608  names are constants, values go apart
"""Whom a question may be about, at the moment it is asked, however old the snapshot.

The snapshot tells unit, category and status as they were; grants, units and people are those of the database now. Who
has changed since (change marks) is asked of the database; where there are many of them, or the marks cannot tell,
everybody is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from quanheng.census.reading import Snapshot
from quanheng.census.tables import SUBJECT
from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.marks import changed_since
from quanheng.organization.models import Unit
from quanheng.people import access
from quanheng.people.choices import CadreStatus
from quanheng.people.models import Cadre

MANY = 20_000  # changed people: beyond, the whole scope is asked of the database
CHUNK = 500
PURPOSE = Purpose.SELECTION


@dataclass(frozen=True, slots=True)
class Scope:
    """What the officer narrows the own scope to. `unit_path`: with the units below, unless `is_alone`."""

    unit_path: str = ""
    is_alone: bool = False
    categories: frozenset[str] = access.ALL_CATEGORIES


@dataclass(frozen=True, slots=True)
class Clause:
    """Of SQL, on the columns of a verdict, with its values: whom the question is about."""

    text: str
    values: list[object]


def people_in(actor: Actor, scope: Scope, *, purpose: Purpose = PURPOSE) -> QuerySet[Cadre]:
    """The same of the database: serving people of the scope whom the actor may see."""
    cadres = access.visible_cadres(actor, purpose=purpose).filter(status=CadreStatus.SERVING)
    cadres = cadres.filter(management_category__in=sorted(scope.categories))
    if not scope.unit_path:
        return cadres
    inside = Q(home_unit__path=scope.unit_path) if scope.is_alone else access.units_below(scope.unit_path)
    return cadres.filter(inside)


def clause(actor: Actor, scope: Scope, snapshot: Snapshot, *, purpose: Purpose = PURPOSE) -> Clause:
    changed = changed_since(snapshot.mark)
    if changed is None or len(changed) > MANY:
        keys = people_in(actor, scope, purpose=purpose).order_by().values_list("pk", flat=True)
        return Clause(_among(SUBJECT), [_texts(keys)])
    as_told, values = _as_told(actor, scope, purpose)
    live = _still(actor, scope, changed, purpose)
    text = f"(({as_told}) AND NOT {_among(SUBJECT)} OR {_among(SUBJECT)})"
    return Clause(text, [*values, _texts({*changed, *actor.recused}), _texts(live)])


def _as_told(actor: Actor, scope: Scope, purpose: Purpose) -> tuple[str, list[object]]:
    """By what the snapshot tells of people who have not changed since."""
    parts, values = list[str](), list[object]()
    for categories, units in access.covered_homes(actor, purpose, scope.unit_path).items():
        parts.append(f"{_among('home_unit')} AND list_contains(?::VARCHAR[], management_category)")
        values += [_texts(_alone(units, scope)), sorted(categories & scope.categories)]
    return f"status = ? AND ({' OR '.join(parts) or 'false'})", [CadreStatus.SERVING.value, *values]


def _alone(units: list[UUID], scope: Scope) -> list[UUID]:
    if not scope.is_alone:
        return units
    own = set(Unit.objects.filter(path=scope.unit_path).values_list("pk", flat=True))
    return [key for key in units if key in own]


def _still(actor: Actor, scope: Scope, changed: list[UUID], purpose: Purpose) -> list[UUID]:
    people = people_in(actor, scope, purpose=purpose).order_by()
    found = list[UUID]()
    for start in range(0, len(changed), CHUNK):
        found += people.filter(pk__in=changed[start : start + CHUNK]).values_list("pk", flat=True)
    return found


def _among(column: str) -> str:
    return f"{column} IN (SELECT unnest(?::UUID[]))"


def _texts(keys: Iterable[UUID]) -> list[str]:
    return [str(key) for key in keys]
