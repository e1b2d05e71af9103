"""Kills imports at work: `python -m tests.intake.import_killing ROUNDS` on the database of the environment.

One process makes the database and, for each round, an import ready for its task; a fork of it carries the task
out and is killed with SIGKILL, at a named point or at a random moment. Then the rows of every table are counted
(all or nothing?), the interrupted task is put in again, the worker runs, and they are counted once more (exactly
once?). Prints one JSON line a round.
"""

import io
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import django

if __name__ == "__main__":
    django.setup()

from django.core.management import call_command
from django.db import connection, connections
from django_tasks_db.models import DBTaskResult

from quanheng.accounts.models import Account
from quanheng.formats import identity, lrmx
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake import apply_actions, reading_actions, upload_actions
from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch
from quanheng.kernel import clock
from quanheng.kernel.actor import Actor, Role
from quanheng.operations.keys import ensure_keys
from quanheng.organization.choices import UnitCategory
from quanheng.organization.models import Unit
from quanheng.people.models import Cadre
from quanheng.web.shared import tasks
from tests.conftest import OFFICER_PURPOSES, make_account, make_grant, make_unit
from tests.intake.test_import import FORM
from tests.intake.test_import_care import photo_of

POINTS = ("import-prepared", "import-cadres-written", "import-records-written", "import-before-commit")
PERSONS = 6
TASK_TABLE = DBTaskResult._meta.db_table  # grows with each attempt; not part of what an import writes
READ, APPLY = "read", "apply"
Counts = dict[str, int]


@dataclass(frozen=True)
class Place:
    actor: Actor
    unit: Unit


def make_place() -> Place:
    call_command("migrate", verbosity=0, interactive=False)
    ensure_keys()
    at = clock.now()
    unit = make_unit("001", "示范市", "1.", None, UnitCategory.TERRITORY)
    account: Account = make_account("lin", "林疏桐", Role.CADRE_OFFICER, at, unit=unit)
    make_grant(account, unit, OFFICER_PURPOSES, at)
    return Place(tasks.actor_by_key(account.pk), unit)


def ready_batch(place: Place, number: int, kind: str, photo: bytes) -> UUID:
    """An import of new persons whose reading, or whose taking effect, is about to be carried out."""
    at, on = clock.now(), clock.today()
    files = [(f"{person}.lrmx", io.BytesIO(lrmx.write(form_of(number, person, photo)))) for person in range(PERSONS)]
    batch = upload_actions.upload(
        actor=place.actor, files=files, unit=place.unit, category="city", sender="", at=at, on=on
    )
    started = reading_actions.start_reading(actor=place.actor, batch=batch.pk, at=at)
    if kind == APPLY:
        reading_actions.read_items(actor=place.actor, batch=started, clock=clock.now, on=on)
        apply_actions.start_applying(actor=place.actor, batch=batch.pk, reason="按年度集中采集的要求更新", at=at)
    return batch.pk


def form_of(number: int, person: int, photo: bytes) -> AppointmentForm:
    key = identity.complete(f"0001{number % 100:02d}19850312{person:02d}2")
    return replace(FORM, name=f"沈{chr(0x4E00 + number)}{chr(0x4E00 + person)}", identity_number=key, photo=photo)


def counts() -> Counts:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table != TASK_TABLE:
                cursor.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608  names of our own tables
                found[table] = cursor.fetchone()[0]
    return found


def added(before: Counts, after: Counts) -> Counts:
    return {table: after[table] - before[table] for table in before if after[table] != before[table]}


def carry_out(kind: str, batch: UUID) -> None:
    task = tasks.read_import if kind == READ else tasks.apply_import
    task.func(str(batch))


def fork(work: Callable[[], None]) -> int:
    """Connections do not survive a fork: each side opens its own."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return pid


def kill_round(kind: str, batch: UUID, point: str, delay: float) -> bool:
    """Whether the process was killed before it was done."""

    def work() -> None:
        os.environ["QUANHENG_CRASHPOINT"] = point
        carry_out(kind, batch)

    pid = fork(work)
    if not point:
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    wait_for_server()
    return os.WIFSIGNALED(status)


def wait_for_server() -> None:
    """PostgreSQL carries a commit out that it was sent, whoever sent it is gone: wait for its process to end."""
    if connection.vendor != "postgresql":
        return
    alone = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(alone)
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.01)
    raise RuntimeError("the killed process has left a connection behind")


def take_up_again() -> int:
    resumed = tasks.resume_interrupted(silent_after=timedelta(0))
    call_command("db_worker", interval=0, batch=True, startup_delay=False, verbosity=0, queue_name="*")
    return resumed


def main(rounds: int) -> None:
    chance, photo = random.Random(20261121), photo_of((120, 160))
    place = make_place()
    whole, seconds = measure(place, photo)
    for number in range(2, rounds + 2):
        kind = READ if number % 5 == 0 else APPLY
        point = POINTS[number // 5 % len(POINTS)] if kind == APPLY and number % 5 < 3 else ""
        batch = ready_batch(place, number, kind, photo)
        before = counts()
        was_killed = kill_round(kind, batch, point, chance.uniform(0, 1.1 * seconds[kind]))
        if not point:  # the first measure was of a cold process or a busy machine: keep the signal inside the work
            seconds[kind] *= 1.05 if was_killed else 0.75
        landed = added(before, counts())
        resumed = take_up_again()
        row = ImportBatch.objects.get(pk=batch)
        report = {
            "kind": kind,
            "point": point,
            "was_killed": was_killed,
            "landed": "nothing" if not landed else "all" if landed == whole[kind] else "part",
            "resumed": resumed,
            "state": row.state,
            "is_whole": added(before, counts()) == whole[kind],
            "persons": Cadre.objects.filter(name__startswith=f"沈{chr(0x4E00 + number)}").count(),
        }
        sys.stdout.write(json.dumps(report) + "\n")


def measure(place: Place, photo: bytes) -> tuple[dict[str, Counts], dict[str, float]]:
    """What an undisturbed import adds to which table, and how long it takes."""
    whole, seconds = {}, {}
    for number, kind in enumerate((READ, APPLY)):
        batch = ready_batch(place, number, kind, photo)
        before, start = counts(), time.monotonic()
        carry_out(kind, batch)
        seconds[kind] = time.monotonic() - start
        whole[kind] = added(before, counts())
    assert ImportBatch.objects.filter(state=ImportState.APPLIED).count() == 1
    return whole, seconds


if __name__ == "__main__":
    main(int(sys.argv[1]))
