"""Marks that every snapshot has read already are forgotten. They are no records of anybody, so that no entry tells."""

from django.db import connection, transaction

from quanheng.ledger.marks import Watermark, counted_by, is_of_this_database
from quanheng.ledger.models import EVERYONE, ChangeMark
from quanheng.ledger.transactions import POSTGRESQL


@transaction.atomic
def forget_marks(*, before: Watermark) -> int:
    """Forget what stands before the oldest watermark that is still gone on from. Gives how many marks are gone.

    The last of them stays and stands for all: whoever goes on from an older watermark after all, say of a folder that
    was put back from a copy, meets it and reads everybody anew. On SQLite it keeps numbers from being given out again
    in a restored database, too.
    """
    if not is_of_this_database(before):
        return 0
    column = counted_by()
    older = ChangeMark.objects.filter(**{f"{column}__lt": before.number})
    last = older.order_by(f"-{column}", "-seq").first()
    if last is None:
        return _forget_foreign()
    gone, _ = older.exclude(pk=last.pk).delete()
    ChangeMark.objects.filter(pk=last.pk).update(cadre=EVERYONE)
    return gone + _forget_foreign()


def _forget_foreign() -> int:
    """Of the database that a backup came from: of a transaction that this one has not come to, or of none. A snapshot
    of another database is not gone on from, so nobody needs them; here they would be met again each time.

    One statement, with one view of what is committed: between two a mark of ours could come to stand there.
    """
    if connection.vendor != POSTGRESQL:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_changemark"
            " WHERE transaction IS NULL OR transaction >= pg_snapshot_xmax(pg_current_snapshot())"
        )
        return int(cursor.rowcount)
