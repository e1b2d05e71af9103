"""What pages and the task ask of imports."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.findings import Finding
from quanheng.intake.access import visible_batches
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.compare import Change, changes, posts_differ
from quanheng.intake.models import ImportBatch, ImportItem, RememberedReading
from quanheng.intake.reading import correct, findings_from_json, form_from_json
from quanheng.kernel.actor import Actor, Purpose
from quanheng.people.access import visible_cadres
from quanheng.people.fields import month_of
from quanheng.people.form import form_of
from quanheng.people.models import Cadre
from quanheng.people.queries import Dossier, dossier_on, dossiers_on

UNDO_DAYS = 7


def batch_by_key(pk: UUID) -> ImportBatch:
    """For the background task, which asks anew what its officer may do."""
    return ImportBatch.objects.select_related("unit").get(pk=pk)


def interrupted(before: datetime) -> QuerySet[ImportBatch]:
    """Batches at work that have given no sign of life since."""
    at_work = ImportBatch.objects.filter(state__in=[ImportState.READING, ImportState.APPLYING], beat_at__lte=before)
    return at_work.order_by("created_at", "pk")


def items_of(batch: ImportBatch) -> QuerySet[ImportItem]:
    items = batch.items.select_related("cadre", "cadre__home_unit", "photo").defer("photo__content")
    return items.order_by("order", "pk")


def needs_person(item: ImportItem) -> bool:
    """待人看: somebody must look before it may be accepted."""
    return item.match == ImportMatch.DUPLICATE or (
        item.match in (ImportMatch.NEW, ImportMatch.CHANGED) and item.finding_count > 0
    )


def to_correct(actor: Actor) -> QuerySet[ImportBatch]:
    """Imports that wait for their officer, for 今日, with as many doubts as the list 待人看 has rows."""
    waiting = visible_batches(actor).filter(state__in=[ImportState.REVIEW, ImportState.FAILED])
    pending = Count("items", filter=Q(items__decision=ImportDecision.PENDING))
    unread = Q(items__match__in=[ImportMatch.NEW, ImportMatch.CHANGED], items__finding_count__gt=0)
    doubted = Q(items__match=ImportMatch.DUPLICATE) | unread
    return waiting.annotate(pending=pending, findings=Count("items", filter=doubted))


def undo_until(batch: ImportBatch) -> datetime | None:
    return batch.applied_at + timedelta(days=UNDO_DAYS) if batch.applied_at else None


def undoable_imports(actor: Actor, at: datetime) -> QuerySet[ImportBatch]:
    """The actor's own imports that may still be taken back, the one that ends first in front."""
    since = at - timedelta(days=UNDO_DAYS)
    found = visible_batches(actor).filter(state=ImportState.APPLIED, applied_at__gt=since)
    return found.order_by("applied_at", "pk")


@dataclass(frozen=True, slots=True)
class Outlook:
    """`将新增 12 人、更新 71 人、跳过 3 人`."""

    new: int
    changed: int
    skipped: int


def outlook(batch: ImportBatch) -> Outlook:
    rows = batch.items.filter(decision=ImportDecision.ACCEPT).values_list("match", "cadre_id")
    counted = Counter("new" if cadre is None else "changed" for _match, cadre in rows)
    total = batch.items.count()
    return Outlook(counted["new"], counted["changed"], total - counted.total())


def has_form(item: ImportItem) -> bool:
    """Whether the file could be read at all; of one that could not, `reading` holds the facts of its error."""
    return bool(item.reading and "form" in item.reading)


def resolution(item: ImportItem) -> str | None:
    """What was said of a namesake: the key of the same person, "" for another person, None when not yet said."""
    return (item.corrections or {}).get("resolved")


def candidates(actor: Actor, form: AppointmentForm) -> list[Cadre]:
    """Who of the register the person of the file may be."""
    return namesakes(actor, form.name, month_of(form.birth))


def corrected(item: ImportItem) -> tuple[AppointmentForm, tuple[Finding, ...]]:
    """The form as read and then corrected, with the findings that are left."""
    reading = item.reading or {}
    values = (item.corrections or {}).get("values", {})
    form = form_from_json(reading)
    if not values:
        return form, findings_from_json(reading)
    form, findings = correct(form, values)
    photo = [finding for finding in findings_from_json(reading) if finding.place.startswith("ZhaoPian")]
    return form, (*findings, *photo)


def rejected_groups(item: ImportItem) -> frozenset[str]:
    return frozenset((item.corrections or {}).get("rejected", ()))


@dataclass(frozen=True, slots=True)
class Comparison:
    form: AppointmentForm
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    old: Dossier | None
    posts_differ: bool


def compare_item(item: ImportItem, *, on: date) -> Comparison:
    """The corrected form beside the register; for a new person everything is a change."""
    form, findings = corrected(item)
    old = dossier_on(item.cadre, on) if item.cadre else None
    return compare(item, form, findings, old)


def compare(item: ImportItem, form: AppointmentForm, findings: tuple[Finding, ...], old: Dossier | None) -> Comparison:
    before = form_of(old) if old else AppointmentForm()
    has_posts = bool(old and old.current_posts)
    found = changes(
        before, form, is_known=old is not None, has_posts=has_posts, photo_changed=_photo_changed(item, old)
    )
    return Comparison(form, findings, found, old, posts_differ(before, form, has_posts=has_posts))


def _photo_changed(item: ImportItem, old: Dossier | None) -> bool:
    """At matching the new photo is not in the database yet: the row in memory is asked, not a query."""
    if item.photo is None:
        return False
    return old is None or old.photo is None or old.photo.file.digest != item.photo.digest


def remembered_for(sender: str) -> dict[tuple[str, str], str]:
    rows = RememberedReading.objects.filter(sender=sender) if sender else RememberedReading.objects.none()
    return {(row.field, row.raw): row.value for row in rows}


def namesakes(actor: Actor, name: str, birth: date | None) -> list[Cadre]:
    """Visible persons of the same name and birth month."""
    if not name or birth is None:
        return []
    found = visible_cadres(actor, purpose=Purpose.MANAGEMENT).filter(name=name, birth_month=birth)
    return list(found.select_related("home_unit").order_by("pk")[:5])


_TAKEN = Q(match__in=[ImportMatch.NEW, ImportMatch.CHANGED])
_LOOK = Q(match=ImportMatch.DUPLICATE) | (_TAKEN & Q(finding_count__gt=0))
# The three lists of step 核对, and what is left out with its reason: every item is in exactly one.
LISTS: Mapping[str, Q] = {
    "look": _LOOK,
    "new": Q(match=ImportMatch.NEW, finding_count=0),
    "changed": Q(match=ImportMatch.CHANGED, finding_count=0),
    "out": ~_LOOK & ~_TAKEN,
}


def listed(batch: ImportBatch, name: str) -> QuerySet[ImportItem]:
    return items_of(batch).filter(LISTS[name])


def count_lists(batch: ImportBatch) -> dict[str, int]:
    counted: dict[str, int] = batch.items.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in LISTS.items()}
    )
    return counted


def with_findings(batch: ImportBatch) -> QuerySet[ImportItem]:
    """Step 对照: files in which something is to be looked at."""
    return items_of(batch).filter(_TAKEN | Q(match=ImportMatch.DUPLICATE), finding_count__gt=0)


def compare_items(actor: Actor, items: Sequence[ImportItem], on: date) -> dict[UUID, Comparison]:
    """Many at once, in a fixed number of queries. A cadre no longer in the actor's scope is left out."""
    keys = [item.cadre_id for item in items if item.cadre_id and item.match != ImportMatch.DUPLICATE]
    cadres = list(visible_cadres(actor, purpose=Purpose.MANAGEMENT).filter(pk__in=keys))
    dossiers = {dossier.cadre.pk: dossier for dossier in dossiers_on(cadres, on)} if cadres else {}
    found = {}
    for item in items:
        if has_form(item) and item.match != ImportMatch.OUT_OF_SCOPE and _is_open(item, dossiers):
            old = dossiers.get(item.cadre_id) if item.cadre_id else None
            found[item.pk] = compare(item, *corrected(item), old)
    return found


def _is_open(item: ImportItem, dossiers: Mapping[UUID, Dossier]) -> bool:
    return item.match in (ImportMatch.NEW, ImportMatch.DUPLICATE) or item.cadre_id in dossiers


def senders_of(actor: Actor) -> list[str]:
    """Senders that the officer has named before, the latest first."""
    named = visible_batches(actor).exclude(sender="").values_list("sender", flat=True)[:200]
    return list(dict.fromkeys(named))[:20]


def recent_reasons(actor: Actor) -> list[str]:
    given = visible_batches(actor).exclude(reason="").values_list("reason", flat=True)[:20]
    return list(dict.fromkeys(given))[:3]


def refused_by_undo(batch: ImportBatch) -> QuerySet[ImportItem]:
    """Whom an undo left as they are, because their file was edited since."""
    return items_of(batch).filter(error="edited-since")


def import_files(keys: Collection[UUID]) -> dict[UUID, str]:
    """Names of the imported files behind sources; keys of other sources are absent."""
    return dict(ImportItem.objects.filter(pk__in=keys).values_list("pk", "file_name")) if keys else {}
