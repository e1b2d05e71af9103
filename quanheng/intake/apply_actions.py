"""The step 生效. Rows are built beforehand; what is written is written in one short transaction.

A process killed at any moment leaves all of an import or nothing of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from quanheng.intake import queries
from quanheng.intake.choices import ImportDecision, ImportMatch, ImportState
from quanheng.intake.compare import GROUPS
from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.intake.prepare import Prepared, prepare
from quanheng.intake.reading_actions import start
from quanheng.intake.refusals import require_reason
from quanheng.kernel.actor import Actor, Purpose
from quanheng.kernel.crash import crashpoint
from quanheng.ledger import actions as ledger
from quanheng.organization.models import Unit
from quanheng.people import access
from quanheng.people.detail import plain
from quanheng.people.kin import propose_kin_ties
from quanheng.people.models import Cadre, FieldSource
from quanheng.people.models.records import DossierRecord

BATCH = 500


def start_applying(*, actor: Actor, batch: UUID, reason: str, at: datetime) -> ImportBatch:
    """The officer's word; the rows are written by the background task."""
    require_reason(reason)
    with transaction.atomic():
        row = start(actor, batch, "apply", at)
        row.reason = reason.strip()
        row.save(update_fields=["reason"])
    return row


def apply_items(*, actor: Actor, batch: ImportBatch, clock: Callable[[], datetime], on: date) -> ImportBatch:
    """Build the rows of all accepted items, then write them at once."""
    accepted = queries.items_of(batch).filter(decision=ImportDecision.ACCEPT)
    prepared: list[Prepared] = []
    for item in accepted:
        prepared.append(_prepare_item(actor, batch, item, clock(), on))
        if len(prepared) % 20 == 0:
            ImportBatch.objects.filter(pk=batch.pk).update(done=len(prepared), beat_at=clock())
    crashpoint("import-prepared")
    return _write(actor, batch.pk, prepared, clock())


def _prepare_item(actor: Actor, batch: ImportBatch, item: ImportItem, at: datetime, on: date) -> Prepared:
    comparison = queries.compare_item(item, on=on)
    groups = {change.group for change in comparison.changes} - queries.rejected_groups(item)
    cadre = item.cadre or Cadre(
        home_unit=batch.unit, management_category=batch.management_category, created_at=at, name=comparison.form.name
    )
    groups |= {"name"} if item.cadre is None else set()
    return prepare(item, comparison.form, cadre, comparison.old, groups, by=actor.key, at=at)


@transaction.atomic
def _write(actor: Actor, batch: UUID, prepared: Sequence[Prepared], at: datetime) -> ImportBatch:
    row = ImportBatch.objects.select_for_update().get(pk=batch)
    if row.state != ImportState.APPLYING:
        return row  # another worker has finished it
    unit = Unit.objects.select_for_update().get(pk=row.unit_id)  # before any file, as whoever ends a unit locks it
    fit = _still_fit(actor, row, unit, prepared)
    _write_cadres(fit)
    crashpoint("import-cadres-written")
    _write_records(fit, at)
    crashpoint("import-records-written")
    _write_items(row, prepared, fit)
    propose_kin_ties([item.cadre.pk for item in fit], at=at)
    _write_ledger(actor, row, fit, at)
    row.state, row.applied_at, row.done, row.skipped = ImportState.APPLIED, at, len(fit), row.total - len(fit)
    row.save(update_fields=["state", "applied_at", "done", "skipped"])
    crashpoint("import-before-commit")
    return row


def _still_fit(actor: Actor, batch: ImportBatch, unit: Unit, prepared: Iterable[Prepared]) -> list[Prepared]:
    """Those still in scope whose file nobody has changed and whose number nobody has taken since."""
    items = list(prepared)
    visible = access.visible_cadres(actor, purpose=Purpose.MANAGEMENT).filter(
        pk__in=[item.cadre.pk for item in items if not item.is_new]
    )
    revisions = dict(visible.select_for_update(of=("self",)).order_by("pk").values_list("pk", "revision"))
    taken = _taken_numbers(items)
    may_place = unit.abolished_on is None and access.may_place(actor, unit, batch.management_category)
    fit: list[Prepared] = []
    written: set[UUID] = set()
    for item in items:
        item.item.error = _misfit(item, revisions, may_place, written) or _number_misfit(item, taken)
        if not item.item.error:
            fit.append(item)
            written.add(item.cadre.pk)
    return fit


def _misfit(item: Prepared, revisions: dict[UUID, int], may_place: bool, written: set[UUID]) -> str:
    if item.is_new:
        return "" if may_place else "no-place"
    if item.cadre.pk in written:
        return "twice-in-import"
    return "" if revisions.get(item.cadre.pk) == item.cadre.revision else "changed-meanwhile"


def _number_misfit(item: Prepared, taken: dict[bytes, UUID]) -> str:
    """A number belongs to one person: `taken` says to whom."""
    index = _number_index(item)
    if index is None:
        return ""
    return "" if taken.setdefault(index, item.cadre.pk) == item.cadre.pk else "already-registered"


def _number_index(item: Prepared) -> bytes | None:
    field: Any = Cadre._meta.get_field("identity_number_index")
    number = item.columns.get("identity_number")
    index: bytes | None = field.index_of(number)
    return index


def _taken_numbers(items: Iterable[Prepared]) -> dict[bytes, UUID]:
    wanted = [index for item in items if (index := _number_index(item))]
    found = Cadre.objects.filter(identity_number_index__in=wanted, withdrawn_at=None)
    return {bytes(index): pk for index, pk in found.values_list("identity_number_index", "pk")}


def _write_cadres(items: Iterable[Prepared]) -> None:
    new: list[Cadre] = []
    old: list[Cadre] = []
    columns = {"revision"}
    for item in items:
        for name, value in item.columns.items():
            setattr(item.cadre, name, value)
        item.cadre.revision += 1
        (new if item.is_new else old).append(item.cadre)
        columns |= set() if item.is_new else set(item.columns)
    Cadre.objects.bulk_create(new, batch_size=BATCH)
    if old:
        Cadre.objects.bulk_update(old, _with_tail(columns), batch_size=BATCH)


def _with_tail(columns: Iterable[str]) -> list[str]:
    """The index of the last four hangs on the number too, by a property that bulk_update cannot see."""
    wanted = set(columns)
    return sorted(wanted | {"identity_tail_index"} if "identity_number" in wanted else wanted)


def _write_records(items: Sequence[Prepared], at: datetime) -> None:
    withdrawn: dict[tuple[type[DossierRecord], UUID], list[UUID]] = defaultdict(list)
    added: dict[type[DossierRecord], list[DossierRecord]] = defaultdict(list)
    for item in items:
        for record in item.withdraw:
            withdrawn[type(record), item.item.pk].append(record.pk)
        for record in item.add:
            added[type(record)].append(record)
    for (model, by), keys in withdrawn.items():
        model._default_manager.filter(pk__in=keys, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by)
    for model, rows in added.items():
        model._default_manager.bulk_create(rows, batch_size=BATCH)
    _write_sources(items, at)


def _write_sources(items: Sequence[Prepared], at: datetime) -> None:
    for item in items:
        if not item.is_new and item.sources:
            fields = [source.field for source in item.sources]
            FieldSource.objects.filter(cadre=item.cadre, field__in=fields, withdrawn_at=None).update(
                withdrawn_at=at, withdrawn_by=item.item.pk
            )
    FieldSource.objects.bulk_create([source for item in items for source in item.sources], batch_size=BATCH)


def _write_items(batch: ImportBatch, prepared: Iterable[Prepared], fit: Iterable[Prepared]) -> None:
    done = {item.item.pk for item in fit}
    rows = []
    for item in prepared:
        row = item.item
        if row.pk in done:
            row.cadre, row.cadre_revision = item.cadre, item.cadre.revision
            row.match = ImportMatch.NEW if item.is_new else ImportMatch.CHANGED
            row.undo = None if item.is_new else {name: plain(value) for name, value in item.before.items()}
        else:
            row.decision = ImportDecision.SKIP
        rows.append(row)
    columns = ["cadre", "cadre_revision", "match", "undo", "decision", "error"]
    ImportItem.objects.bulk_update(rows, columns, batch_size=BATCH)
    undecided = batch.items.exclude(pk__in=done).filter(decision=ImportDecision.PENDING)
    undecided.update(decision=ImportDecision.SKIP, error="undecided")


def _write_ledger(actor: Actor, batch: ImportBatch, fit: Sequence[Prepared], at: datetime) -> None:
    drafts = [
        ledger.Draft(
            action="intake.import_cadre",
            object_key=ledger.object_key(item.cadre),
            cadre=item.cadre.pk,
            detail={
                "import": batch.number,
                "item": str(item.item.pk),
                "groups": [g for g in GROUPS if g in item.groups],
            },
        )
        for item in fit
    ]
    new = sum(item.is_new for item in fit)
    detail = {"number": batch.number, "new": new, "changed": len(fit) - new, "skipped": batch.total - len(fit)}
    whole = ledger.Draft(
        action="intake.apply_import", object_key=ledger.object_key(batch), detail=detail, reason=batch.reason
    )
    ledger.record_many(actor=actor, drafts=[*drafts, whole], at=at)
