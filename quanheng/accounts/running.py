"""The state of the installation, for the system administrator: sizes and counts, never a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import Max, Min
from django_tasks_db.models import DBTaskResult

from quanheng.kernel.actor import Actor, Role
from quanheng.kernel.errors import NotFound
from quanheng.ledger.models import Entry

PATIENCE = timedelta(minutes=1)  # a task that waits longer while none runs: nobody fetches


@dataclass(frozen=True, slots=True)
class Running:
    database: str
    database_bytes: int
    waiting: int
    working: int
    failed: int  # within a week
    waiting_since: datetime | None
    last_finished_at: datetime | None
    last_backup_at: datetime | None
    is_worker_missing: bool


def running_state(actor: Actor, *, at: datetime) -> Running:
    if not actor.has_role(Role.SYSTEM_ADMIN):
        raise NotFound
    tasks = DBTaskResult.objects.order_by()
    ready = tasks.filter(status="READY", run_after__lte=at) | tasks.filter(status="READY", run_after__year=9999)
    since = ready.aggregate(first=Min("enqueued_at"))["first"]
    working = tasks.filter(status="RUNNING").count()
    return Running(
        database=connection.vendor,
        database_bytes=_database_bytes(),
        waiting=ready.count(),
        working=working,
        failed=tasks.filter(status="FAILED", finished_at__gt=at - timedelta(days=7)).count(),
        waiting_since=since,
        last_finished_at=tasks.aggregate(last=Max("finished_at"))["last"],
        last_backup_at=Entry.objects.filter(action__endswith="backup").aggregate(last=Max("at"))["last"],
        is_worker_missing=since is not None and not working and at - since > PATIENCE,
    )


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    name = Path(str(connection.settings_dict["NAME"]))
    files = [name, name.with_name(f"{name.name}-wal")]
    return sum(file.stat().st_size for file in files if file.is_file())
