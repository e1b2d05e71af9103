"""What one page of a dossier needs, in few queries: the records the facts rest on, marks, counts, neighbours."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.errors import NotFound
from quanheng.ledger.access import visible_entries
from quanheng.ledger.models import Entry
from quanheng.ledger.queries import own_openings
from quanheng.people import access
from quanheng.people.ledger_codes import CHANGES
from quanheng.people.models import (
    AnnualGrade,
    Cadre,
    Education,
    FamilyMember,
    FieldSource,
    KinTie,
    Photo,
    PostHolding,
    ProfessionalTitle,
    RankHolding,
    ResumeEntry,
    Reward,
    Sanction,
    Specialty,
    StatedForm,
    TrainingRecord,
)
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries import KIND_OF, RECORD_MODELS, begun, kin_ties_of, record_history, records_of
from quanheng.people.roster import Row

# Kinds that are counted without being read, with the column that says since when they are there.
_COUNTED: Mapping[type[Any], str] = {
    ProfessionalTitle: "valid_from",
    FamilyMember: "valid_from",
    Reward: "valid_from",
    Sanction: "decided_on",
    TrainingRecord: "valid_from",
    Specialty: "valid_from",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around the records: how many there are of each kind, the photo, the neighbours in the unit's list."""

    counts: Mapping[str, int]  # kind of RECORD_MODELS, and "entry", "kin_tie"
    photo: UUID | None
    previous: UUID | None
    next: UUID | None


@dataclass(frozen=True, slots=True)
class LifeMark:
    """A reward, sanction or training as the career picture draws it."""

    kind: str
    key: UUID
    text: str
    start: date
    end: date | None


def core_records(cadre: Cadre, on: date) -> Row:
    """The records that the facts rest on, as they stood on the date. Five queries."""

    def load(model: type[Any]) -> list[Any]:
        return begun(records_of(model, [cadre.pk]), on)

    posts = load(PostHolding)
    return Row(
        cadre,
        on,
        posts=posts,
        ranks=load(RankHolding),
        educations=load(Education),
        grades=load(AnnualGrade),
        resume=load(ResumeEntry),
        stated_post="" if posts else stated_post(cadre),
    )


def stated_post(cadre: Cadre) -> str:
    form = records_of(StatedForm, [cadre.pk]).first()
    return str(form.content.get("current_post", "")) if form else ""


def records_on(cadre: Cadre, kind: str, on: date) -> list[DossierRecord]:
    return begun(records_of(RECORD_MODELS[kind], [cadre.pk]), on)


def life_marks(cadre: Cadre, on: date) -> list[LifeMark]:
    """Rewards, sanctions and trainings in one query; the text of a reward or sanction is its kind and name."""
    rewards = _marks(Reward, cadre, "name", "valid_from")
    sanctions = _marks(Sanction, cadre, "kind", "decided_on")
    trainings = _marks(TrainingRecord, cadre, "name", "valid_from")
    rows = [LifeMark(*row) for row in rewards.union(sanctions, trainings, all=True)]
    return sorted((row for row in rows if row.start <= on), key=lambda row: (row.start, row.key))


def _marks(model: type[Any], cadre: Cadre, text: str, start: str) -> QuerySet[Any]:
    found = model.objects.filter(cadre=cadre, withdrawn_at=None).annotate(
        mark_kind=Value(KIND_OF[model]), mark_start=F(start), mark_end=F("valid_to")
    )
    marks: QuerySet[Any] = found.order_by().values_list("mark_kind", "pk", text, "mark_start", "mark_end")
    return marks


def around(actor: Actor, cadre: Cadre, on: date, *, purpose: Purpose, until: datetime | None) -> Around:
    """Counts, photo and neighbours in one query. `until`: entries of the ledger before that moment."""
    parts: dict[str, Any] = {f"count_{KIND_OF[model]}": _count(model, on, start) for model, start in _COUNTED.items()}
    parts["count_entry"] = _number(entries_about(actor, cadre, until), "cadre")
    parts["count_kin_tie"] = _number(visible_kin_ties(actor, cadre), "cadre_id")
    parts["photo_key"] = Subquery(records_of(Photo, [cadre.pk]).values("pk")[:1])
    parts |= _neighbours(actor, cadre, purpose)
    row = Cadre.objects.filter(pk=cadre.pk).annotate(**parts).values(*parts).get()
    counts = {name.removeprefix("count_"): row[name] for name in parts if name.startswith("count_")}
    return Around(counts, row["photo_key"], row["previous_key"], row["next_key"])


def _count(model: type[Any], on: date, start: str) -> Coalesce:
    there = Q(**{start: None}) | Q(**{f"{start}__lte": on})
    return _number(model.objects.filter(there, cadre=OuterRef("pk"), withdrawn_at=None), "cadre_id")


def _number(rows: QuerySet[Any], group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted[:1]), 0)


def _neighbours(actor: Actor, cadre: Cadre, purpose: Purpose) -> dict[str, Subquery]:
    """上一人 and 下一人 in the unit's official order, among those the actor may see."""
    beside = access.visible_cadres(actor, purpose=purpose).filter(home_unit=cadre.home_unit_id)
    order, name, key = cadre.unit_order, cadre.sort_name, cadre.pk
    before = (
        Q(unit_order__lt=order)
        | Q(unit_order=order, sort_name__lt=name)
        | Q(unit_order=order, sort_name=name, pk__lt=key)
    )
    after = (
        Q(unit_order__gt=order)
        | Q(unit_order=order, sort_name__gt=name)
        | Q(unit_order=order, sort_name=name, pk__gt=key)
    )
    return {
        "previous_key": Subquery(beside.filter(before).order_by("-unit_order", "-sort_name", "-pk").values("pk")[:1]),
        "next_key": Subquery(beside.filter(after).order_by("unit_order", "sort_name", "pk").values("pk")[:1]),
    }


def entries_about(actor: Actor, cadre: Cadre, until: datetime | None = None) -> QuerySet[Entry]:
    """Who opened, printed and changed this file, newest first, as far as the actor may know."""
    entries = visible_entries(actor, cadres=[cadre.pk]).filter(cadre=cadre.pk)
    entries = entries.filter(at__lt=until) if until else entries
    return entries.order_by("-pk")


def visible_kin_ties(actor: Actor, cadre: Cadre) -> QuerySet[KinTie]:
    """Ties not rejected whose other person the actor may see as well: a file out of scope is not hinted at."""
    # asked of each of the few ties: a list of all visible files would be made first, and that takes long
    return kin_ties_of(cadre.pk).filter(Exists(access.visible_cadres(actor).filter(pk=OuterRef("kin"))))


def kin_tie_for(actor: Actor, cadre: Cadre, pk: UUID) -> KinTie:
    tie = visible_kin_ties(actor, cadre).filter(pk=pk).first()
    if tie is None:
        raise NotFound
    return tie


def sources_of(cadre: Cadre) -> dict[str, FieldSource]:
    """The current source of each single value."""
    found = FieldSource.objects.filter(cadre=cadre, withdrawn_at=None).order_by("field", "pk")
    return {row.field: row for row in found}


def field_history(cadre: Cadre, field: str) -> list[FieldSource]:
    """Every source a value ever had, newest first."""
    return list(FieldSource.objects.filter(cadre=cadre, field=field).order_by("-recorded_at", "-pk"))


def record_of(cadre: Cadre, kind: str, pk: UUID, *, is_live: bool = False) -> DossierRecord:
    """One record of this file, withdrawn or not; NotFound where it is another's or none."""
    if kind not in RECORD_MODELS:
        raise NotFound
    history: QuerySet[Any] = record_history(cadre.pk, kind)
    record: DossierRecord | None = history.filter(pk=pk, **({"withdrawn_at": None} if is_live else {})).first()
    if record is None:
        raise NotFound
    return record


def photo_of(cadre: Cadre) -> Photo | None:
    return records_of(Photo, [cadre.pk]).select_related("file").first()


def source_keys(rows: Iterable[DossierRecord | FieldSource]) -> set[UUID]:
    return {row.source_key for row in rows if row.source_key}


def last_change(cadre: Cadre, actor: UUID | None = None, *, actions: Collection[str] = CHANGES) -> Entry | None:
    """The latest of these actions on the file, of this actor where one is given; what was refused is no change."""
    mine = Q(actor=actor) if actor else Q()
    changes = Entry.objects.filter(mine, cadre=cadre.pk, action__in=actions, is_refused=False)
    return changes.order_by("-pk").first()


def successor_of(record: DossierRecord) -> DossierRecord | None:
    """The record that took the place of a withdrawn one: entered by the same act."""
    if record.withdrawn_at is None:
        return None
    rows: QuerySet[Any] = record.__class__._default_manager.filter(
        cadre=record.cadre_id, recorded_at=record.withdrawn_at, withdrawn_at=None
    )
    successor: DossierRecord | None = rows.order_by("pk").first()
    return successor


def own_readings(actor: Actor, cadre: Cadre) -> QuerySet[Entry]:
    """谁看过: openings, prints and exports of the actor's own file, newest first; supervision is not told."""
    taken = Entry.objects.filter(cadre=cadre.pk, action__in=["people.print_form", "people.export"], is_refused=False)
    opened = own_openings(actor).filter(cadre=cadre.pk, is_refused=False).order_by()
    return (opened | taken.exclude(purpose=Purpose.SUPERVISION.value)).order_by("-pk")
