"""Work of the background worker. Each task asks anew who the officer is and what the grants allow now."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django_tasks import task

from quanheng.accounts.queries import account_of, actor_of
from quanheng.census import house, upkeep
from quanheng.census.publish import CannotPublish
from quanheng.census.snapshot import Published
from quanheng.insight import due_table
from quanheng.instruments.local import rulebook_in_force
from quanheng.intake import actions, apply_actions, queries, reading_actions
from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch
from quanheng.kernel import clock
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, Refused
from quanheng.operations.statistics import refresh_after_import
from quanheng.people.queries import recused_keys

SILENT_AFTER = timedelta(seconds=60)  # a task that gave no sign of life for so long was killed
Step = Callable[[Actor, ImportBatch, datetime, date], None]


@task()
def read_import(batch: str) -> None:
    _run(
        UUID(batch),
        ImportState.READING,
        lambda actor, row, at, on: reading_actions.read_items(actor=actor, batch=row, clock=clock.now, on=on),
    )


@task()
def apply_import(batch: str) -> None:
    _run(
        UUID(batch),
        ImportState.APPLYING,
        lambda actor, row, at, on: _apply(actor, row, on),
    )


def _apply(actor: Actor, batch: ImportBatch, on: date) -> None:
    applied = apply_actions.apply_items(actor=actor, batch=batch, clock=clock.now, on=on)
    refresh_after_import(applied.done)


def _run(key: UUID, state: ImportState, step: Step) -> None:
    """The outermost loop of a task: whatever stops it is said on the page of the import."""
    batch = queries.batch_by_key(key)
    if batch.state != state:
        return  # finished by another worker, or discarded
    try:
        step(actor_by_key(batch.account_key), batch, clock.now(), clock.today())
    except Refused as refusal:
        actions.fail(batch=key, code=refusal.code)
    except Exception:  # the task's own outermost loop: said on the page, then logged by the worker
        actions.fail(batch=key, code="unexpected")
        raise


@task()
def refresh_census() -> None:
    """Asked for on a page, where it would take too long to wait for. While another builds one there is no need."""
    with suppress(CannotPublish):
        bring_census_up_to_date()


def bring_census_up_to_date() -> Published | None:
    on = clock.today()
    made = upkeep.bring_up_to_date(house.folder(), house.recipe_on(on), clock=clock.now, on=on)
    if made:
        due_table.prepare(rulebook_in_force(on))
    return made


def actor_by_key(key: UUID) -> Actor:
    account = account_of(key)
    if account is None:
        raise NotFound
    actor = actor_of(account, at=clock.now())
    return replace(actor, recused=recused_keys(actor.cadre))


def resume_interrupted(*, silent_after: timedelta = SILENT_AFTER) -> int:
    """Put in again what a killed worker left half-way; called by a worker now and then. Gives how many."""
    waiting = {ImportState.READING: read_import, ImportState.APPLYING: apply_import}
    at = clock.now()
    claimed = [batch for batch in queries.interrupted(at - silent_after) if actions.take_over(batch=batch, at=at)]
    for batch in claimed:
        waiting[ImportState(batch.state)].enqueue(str(batch.pk))
    return len(claimed)
