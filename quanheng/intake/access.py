"""Who may see and change which import: an officer the own ones only."""

from uuid import UUID

from django.db.models import QuerySet

from quanheng.intake.models import ImportBatch, ImportItem
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound
from quanheng.people.access import may_edit


def visible_batches(actor: Actor) -> QuerySet[ImportBatch]:
    batches = ImportBatch.objects.filter(account_key=actor.key) if may_edit(actor) else ImportBatch.objects.none()
    return batches.select_related("unit").order_by("-created_at", "pk")


def batch_for(actor: Actor, pk: UUID, *, for_update: bool = False) -> ImportBatch:
    found = visible_batches(actor).filter(pk=pk)
    batch = found.select_for_update(of=("self",)).first() if for_update else found.first()
    if batch is None:
        raise NotFound
    return batch


def item_for(actor: Actor, batch: UUID, pk: UUID) -> ImportItem:
    items = ImportItem.objects.filter(batch__in=visible_batches(actor).filter(pk=batch), pk=pk)
    item = items.select_related("batch", "cadre").first()
    if item is None:
        raise NotFound
    return item
