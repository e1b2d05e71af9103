"""What waits for somebody, for 今日: persons to look at, and what changed lately. Counts and lists hold only what the
actor may see."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.access import visible_entries
from quanheng.ledger.models import Entry
from quanheng.ledger.queries import last_opened
from quanheng.people import access
from quanheng.people.choices import KinTieState, VerificationResult
from quanheng.people.ledger_codes import CHANGES
from quanheng.people.models import Cadre, FieldSource, KinTie, Verification

LATELY = timedelta(days=14)


class DueKind(StrEnum):
    KIN = "kin"  # a relative may be a registered person: an officer says so or not
    INCONSISTENT = "inconsistent"  # 档案核对: 两处不一
    MISSING = "missing"  # 档案核对: 缺材料
    FLAGGED = "flagged"  # a value that the import could not read, or a code that no table has


@dataclass(frozen=True, slots=True)
class Due:
    """So many persons, the first of them, and for each what it is about: items, fields, relation codes."""

    kind: DueKind
    total: int
    cadres: Sequence[Cadre]
    about: Mapping[UUID, Sequence[str]]


def due_cadres(actor: Actor, kind: DueKind, *, limit: int) -> Due:
    """Persons of whom something waits; none where the actor could not do it."""
    marks, column = _marks(actor, kind)
    found = _in_reach(actor, kind).filter(pk__in=marks.values("cadre"))
    total = found.count()
    cadres = list(found.select_related("home_unit").order_by("sort_name", "pk")[:limit]) if total else []
    rows = marks.filter(cadre__in=[cadre.pk for cadre in cadres]).order_by("cadre", "pk") if cadres else []
    about: dict[UUID, list[str]] = {}
    for row in rows:
        about.setdefault(row.cadre_id, []).append(str(getattr(row, column)))
    return Due(kind, total, cadres, about)


def _in_reach(actor: Actor, kind: DueKind) -> QuerySet[Cadre]:
    """What was found when files were checked, every reader may look at; the rest waits for whoever may change it."""
    if kind in (DueKind.INCONSISTENT, DueKind.MISSING):
        return access.visible_cadres(actor)
    cadres = access.visible_cadres(actor, purpose=Purpose.MANAGEMENT)
    return cadres if access.may_edit(actor) else cadres.none()


def _marks(actor: Actor, kind: DueKind) -> tuple[QuerySet[Any], str]:
    match kind:
        case DueKind.KIN:
            # as on the file: a tie to somebody out of scope, or to the actor's own file, is not hinted at
            return KinTie.objects.filter(state=KinTieState.PROPOSED, kin__in=access.visible_cadres(actor)), "relation"
        case DueKind.INCONSISTENT:
            return _verified(VerificationResult.INCONSISTENT), "item"
        case DueKind.MISSING:
            return _verified(VerificationResult.MISSING), "item"
        case DueKind.FLAGGED:
            return FieldSource.objects.filter(is_flagged=True, withdrawn_at=None), "field"


def _verified(result: VerificationResult) -> QuerySet[Verification]:
    return Verification.objects.filter(result=result, withdrawn_at=None)


@dataclass(frozen=True, slots=True)
class RecentChange:
    """One act: an entry of the ledger, the person it concerns, and how many persons it concerned together."""

    entry: Entry
    cadre: Cadre
    count: int
    is_undone: bool


def recent_changes(actor: Actor, at: datetime, *, limit: int, actions: Collection[str] = CHANGES) -> list[RecentChange]:
    """The last acts on files that the actor may see, by anybody. One that concerned many persons is one act.

    Bounded by time: the ledger of a nation is long, and what is older is no news.
    """
    cadres = access.visible_cadres(actor)
    entries = visible_entries(actor, cadres=cadres.values("pk")).filter(
        at__gt=at - LATELY, action__in=actions, is_refused=False, cadre__isnull=False
    )
    acts = entries.values("actor", "action", "at").annotate(count=Count("cadre", distinct=True), last=Max("pk"))
    counts = {act["last"]: act["count"] for act in acts.order_by("-last")[:limit]}
    found = Entry.objects.filter(pk__in=list(counts)).select_related("detail").order_by("-pk")
    persons = _by_key(cadres, (entry.cadre for entry in found))
    undone = _undone(persons, at)
    return [
        RecentChange(entry, persons[entry.cadre], counts[entry.pk], (entry.stream, entry.cadre, entry.seq) in undone)
        for entry in found
        if entry.cadre in persons
    ]


def _undone(cadres: Iterable[UUID], at: datetime) -> set[tuple[str, UUID | None, int]]:
    """Changes taken back: their stream, the person, and the number of the entry in the stream."""
    undoing = Entry.objects.filter(cadre__in=list(cadres), action="people.undo_change", at__gt=at - LATELY)
    details = undoing.exclude(detail=None).values_list("stream", "cadre", "detail__detail")
    return {(stream, cadre, int(json.loads(detail).get("seq", 0))) for stream, cadre, detail in details if detail}


def recently_opened(actor: Actor, *, limit: int) -> list[Cadre]:
    """Whose files the actor opened last, of those whom he may still see."""
    keys = last_opened(actor)
    persons = _by_key(access.visible_cadres(actor), keys)
    return [persons[key] for key in keys if key in persons][:limit]


def _by_key(cadres: QuerySet[Cadre], keys: Iterable[UUID | None]) -> dict[UUID, Cadre]:
    wanted = [key for key in keys if key]
    return {cadre.pk: cadre for cadre in cadres.filter(pk__in=wanted).select_related("home_unit")} if wanted else {}


def cadres_named(actor: Actor, name: str) -> list[UUID]:
    """Visible persons of exactly this name, to narrow a list by."""
    return list(access.visible_cadres(actor).filter(name=name).order_by("pk").values_list("pk", flat=True)[:50])


def names_of_cadres(actor: Actor, keys: Iterable[UUID]) -> dict[UUID, str]:
    """Names of those whom the actor may see, for pages that know persons by key."""
    return dict(access.visible_cadres(actor).filter(pk__in=set(keys)).values_list("pk", "name"))
