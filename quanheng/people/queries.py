"""The dossier: every record that stood on a date, loaded in a fixed number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, OrderBy, Q, QuerySet

from quanheng.kernel.actor import Actor
from quanheng.kernel.period import contains
from quanheng.people.choices import KinTieState
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
    SavedQuery,
    Specialty,
    StatedForm,
    TrainingRecord,
    Verification,
)
from quanheng.people.models.records import DossierRecord

Record = TypeVar("Record", bound=DossierRecord)

# What may be added, changed and withdrawn by an officer, by the word used in addresses and the ledger.
RECORD_MODELS: dict[str, type[DossierRecord]] = {
    "resume": ResumeEntry,
    "post": PostHolding,
    "rank": RankHolding,
    "education": Education,
    "title": ProfessionalTitle,
    "family": FamilyMember,
    "reward": Reward,
    "sanction": Sanction,
    "grade": AnnualGrade,
    "training": TrainingRecord,
    "specialty": Specialty,
    "photo": Photo,
    "form": StatedForm,
}
KIND_OF: dict[type[DossierRecord], str] = {model: kind for kind, model in RECORD_MODELS.items()}
# Where a date may be missing its place is said: SQLite puts what is missing first, PostgreSQL last.
_ORDER: dict[type[DossierRecord], tuple[str | OrderBy, ...]] = {
    ResumeEntry: ("order", "pk"),
    PostHolding: ("-valid_from", "order", "pk"),
    RankHolding: ("-valid_from", "pk"),
    Education: ("kind", F("valid_to").asc(nulls_first=True), "pk"),
    ProfessionalTitle: (F("valid_from").asc(nulls_first=True), "pk"),
    FamilyMember: ("order", "pk"),
    Reward: ("valid_from", "pk"),
    Sanction: ("decided_on", "pk"),
    AnnualGrade: ("-year", "pk"),
    TrainingRecord: ("-valid_from", "pk"),
    Specialty: ("pk",),
    Photo: ("-recorded_at", "pk"),
    StatedForm: ("-recorded_at", "pk"),
}


@dataclass(frozen=True, slots=True)
class Dossier:
    """All records of one cadre that were known or in force on `on`, and nothing later."""

    cadre: Cadre
    on: date
    resume: Sequence[ResumeEntry]
    posts: Sequence[PostHolding]
    ranks: Sequence[RankHolding]
    educations: Sequence[Education]
    titles: Sequence[ProfessionalTitle]
    family: Sequence[FamilyMember]
    rewards: Sequence[Reward]
    sanctions: Sequence[Sanction]
    grades: Sequence[AnnualGrade]
    trainings: Sequence[TrainingRecord]
    specialties: Sequence[Specialty]
    photo: Photo | None
    form: StatedForm | None
    sources: dict[str, FieldSource]
    verifications: dict[str, Verification]

    @property
    def current_posts(self) -> list[PostHolding]:
        posts = [post for post in self.posts if contains(post.valid_from, post.valid_to, self.on)]
        return sorted(posts, key=lambda post: (not post.is_primary, post.order, post.valid_from))

    @property
    def current_rank(self) -> RankHolding | None:
        return next((rank for rank in self.ranks if contains(rank.valid_from, rank.valid_to, self.on)), None)


def records_of(model: type[Record], cadres: Iterable[UUID]) -> QuerySet[Record]:
    """Live records of one kind for some cadres, in the kind's own order."""
    found: QuerySet[Record] = model._default_manager.filter(cadre__in=list(cadres), withdrawn_at=None)
    return found.order_by("cadre", *_ORDER[model])


def begun(records: Iterable[Record], on: date) -> list[Record]:
    """Those that had begun by the date; a record without a beginning has always been there."""
    return [record for record in records if (start := _start(record)) is None or start <= on]


def _start(record: Any) -> date | None:
    if isinstance(record, AnnualGrade):
        return date(record.year, 12, 31)
    if isinstance(record, Sanction):
        return record.decided_on
    if isinstance(record, Education):
        return record.valid_from or record.valid_to
    if isinstance(record, Photo | StatedForm):
        return None
    start: date | None = record.valid_from
    return start


def dossier_on(cadre: Cadre, on: date) -> Dossier:
    """The file of a cadre already fetched through `access`, as it stood on a date.

    A record that began after the date is left out; one that ended later is shown as still open by
    whoever asks `contains`. Records withdrawn as wrong are left out on every date.
    """
    return dossiers_on([cadre], on)[0]


def dossiers_on(cadres: Sequence[Cadre], on: date) -> list[Dossier]:
    """Many files at once, in the same 15 queries as one."""
    load = _Loader([cadre.pk for cadre in cadres], on)
    kinds = {name: load(model) for name, model in _DOSSIER_PARTS.items()}
    photos, forms = load.latest(Photo, "file"), load.latest(StatedForm)
    sources, verifications = load.sources(), load.verifications()
    return [
        Dossier(
            cadre=cadre,
            on=on,
            photo=photos.get(cadre.pk),
            form=forms.get(cadre.pk),
            sources=sources.get(cadre.pk, {}),
            verifications=verifications.get(cadre.pk, {}),
            **{name: records.get(cadre.pk, []) for name, records in kinds.items()},
        )
        for cadre in cadres
    ]


_DOSSIER_PARTS: dict[str, type[Any]] = {
    "resume": ResumeEntry,
    "posts": PostHolding,
    "ranks": RankHolding,
    "educations": Education,
    "titles": ProfessionalTitle,
    "family": FamilyMember,
    "rewards": Reward,
    "sanctions": Sanction,
    "grades": AnnualGrade,
    "trainings": TrainingRecord,
    "specialties": Specialty,
}


class _Loader:
    """Records of some cadres, by cadre. Called with a kind of record it gives those begun by the date."""

    def __init__(self, keys: list[UUID], on: date) -> None:
        self.keys, self.on = keys, on

    def __call__(self, model: type[Any]) -> dict[UUID, list[Any]]:
        return _by_cadre(begun(records_of(model, self.keys), self.on))

    def latest(self, model: type[Any], *related: str) -> dict[UUID, Any]:
        """The newest of each cadre; the content of a file stays in the database."""
        found = records_of(model, self.keys)
        found = found.select_related(*related).defer("file__content") if related else found
        return {key: records[0] for key, records in _by_cadre(found).items()}

    def sources(self) -> dict[UUID, dict[str, FieldSource]]:
        found = FieldSource.objects.filter(cadre__in=self.keys, withdrawn_at=None).order_by("field", "pk")
        return {key: {row.field: row for row in rows} for key, rows in _by_cadre(found).items()}

    def verifications(self) -> dict[UUID, dict[str, Verification]]:
        found = _by_cadre(verifications_of(self.keys))
        return {key: {row.item: row for row in rows} for key, rows in found.items()}


def _by_cadre(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.cadre_id, []).append(row)
    return groups


def verifications_of(cadres: Iterable[UUID]) -> QuerySet[Verification]:
    found = Verification.objects.filter(cadre__in=list(cadres), withdrawn_at=None)
    return found.order_by("cadre", "item", "pk")


def record_history(cadre: UUID, kind: str) -> QuerySet[Any]:
    """Every record of a kind that was ever said, withdrawn ones included, newest first."""
    return RECORD_MODELS[kind]._default_manager.filter(cadre=cadre).order_by("-recorded_at", "pk")


def recused_keys(cadre: UUID | None) -> frozenset[UUID]:
    """The own file and those of confirmed kin, whichever side the tie was recorded from."""
    if cadre is None:
        return frozenset()
    ties = KinTie.objects.filter(Q(cadre=cadre) | Q(kin=cadre), state=KinTieState.CONFIRMED)
    pairs = ties.values_list("cadre_id", "kin_id")
    return frozenset({cadre, *(key for pair in pairs for key in pair)})


def kin_ties_of(cadre: UUID) -> QuerySet[KinTie]:
    ties = KinTie.objects.filter(cadre=cadre).exclude(state=KinTieState.REJECTED)
    return ties.select_related("kin", "kin__home_unit").order_by("state", "pk")


SCREENING = "target="  # what the address of a screening begins with, and that of a list does not


def saved_queries_of(actor: Actor) -> QuerySet[SavedQuery]:
    """Of the 名册."""
    return _saved(actor).exclude(query__startswith=SCREENING)


def saved_screenings_of(actor: Actor) -> QuerySet[SavedQuery]:
    return _saved(actor).filter(query__startswith=SCREENING)


def _saved(actor: Actor) -> QuerySet[SavedQuery]:
    return SavedQuery.objects.filter(account_key=actor.key).order_by("name", "pk")
