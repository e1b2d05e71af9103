"""Which people changed since a snapshot was read. Asked in the one transaction that reads their records.

On PostgreSQL a window begins at the lowest transaction that was still running when the one before was read: whatever
could not be seen then has that number or a higher one. It holds all marks from there on that can be seen now, so that
nothing committed before is missing; while a long transaction runs, later ones are met again, which does no harm: a
person is read anew whole.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from quanheng.kernel.errors import Refused
from quanheng.ledger.models import EVERYONE, ChangeMark, Entry
from quanheng.ledger.transactions import POSTGRESQL


class CannotReadWhole(Refused):
    """inside-a-transaction: what was begun before would not be one state of all tables."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """Up to where marks are read: `number` is the first transaction (PostgreSQL) or the first `seq` of the next window.

    `database` names the one that counted; `stream`, `seq` and `hash` the newest entry of the ledger then, so that a
    restored database is known from one that went on.
    """

    database: str
    number: int
    entry: int
    hash: str


@contextmanager
def one_state() -> Iterator[None]:
    """A read transaction in which all tables are as they were at one moment. Writers go on beside it."""
    if connection.in_atomic_block:
        raise CannotReadWhole("inside-a-transaction")
    if connection.vendor == POSTGRESQL:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    with connection.cursor() as cursor:  # not `atomic`: its BEGIN IMMEDIATE would hold back all writers
        cursor.execute("BEGIN")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def state_for_others() -> str | None:
    """What this read transaction sees, for `same_state` while it lasts; None where the database has no such thing."""
    if connection.vendor != POSTGRESQL:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


@contextmanager
def same_state(state: str) -> Iterator[None]:
    """In another thread, whose connection is its own and closed at the end."""
    with closing(connection), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET TRANSACTION SNAPSHOT %s", [state])
        yield


def watermark() -> Watermark:
    """Of what this transaction sees."""
    newest = Entry.objects.order_by("-pk").values_list("pk", "hash").first() or (0, "")
    return Watermark(_database(), _next_number(), *newest)


def changed_since(mark: Watermark) -> list[UUID] | None:
    """The people whose records changed since then, each once; None where all of them may have, or where this database
    cannot tell."""
    if not is_of_this_database(mark):
        return None
    found = sorted(_from(mark).values_list("cadre", flat=True).distinct())
    return None if EVERYONE in found else found


def count_since(mark: Watermark) -> int | None:
    """How many changes; None where this database cannot tell. Asked at any time."""
    return _from(mark).count() if is_of_this_database(mark) else None


def is_of_this_database(mark: Watermark) -> bool:
    return mark.database == _database() and _goes_on_from(mark)


def _from(mark: Watermark) -> QuerySet[ChangeMark]:
    """Of this window and those after it."""
    return ChangeMark.objects.filter(**{f"{counted_by()}__gte": mark.number})


def counted_by() -> str:
    """The column that orders windows."""
    return "transaction" if connection.vendor == POSTGRESQL else "seq"


def _goes_on_from(mark: Watermark) -> bool:
    return not mark.entry or Entry.objects.filter(pk=mark.entry, hash=mark.hash).exists()


def _next_number() -> int:
    if connection.vendor != POSTGRESQL:
        newest = ChangeMark.objects.order_by("-seq").values_list("seq", flat=True).first()
        return (newest or 0) + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


def _database() -> str:
    """What a dump that is read into another server, or another database of it, does not carry over."""
    if connection.vendor != POSTGRESQL:
        return connection.vendor
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
            " FROM pg_control_system()"
        )
        return f"{POSTGRESQL} {cursor.fetchone()[0]}"
