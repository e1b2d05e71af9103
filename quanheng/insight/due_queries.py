# ruff: noqa: S608  names are constants, values go apart
"""What is due for whom an actor may see, now: from the table beside the snapshot, and of people who have changed since
from their records. So an item is gone as soon as its cause is."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from duckdb import DuckDBPyConnection

from quanheng.census.reading import Snapshot
from quanheng.insight.due import Due, due_of
from quanheng.insight.due_sql import COLUMNS
from quanheng.insight.due_table import DUE, due_cursor
from quanheng.insight.screening_scope import Scope, clause, people_in
from quanheng.insight.situations import recorded_facts
from quanheng.instruments.local import HouseRules
from quanheng.kernel.actor import Actor
from quanheng.ledger.marks import changed_since
from quanheng.people.access import default_purpose

FEW = 2_000  # changed people: beyond, the table is believed until the worker has made the next snapshot
LAST = date(9999, 12, 31)
NAMES = ", ".join(COLUMNS)


@dataclass(frozen=True)
class DueItems:
    """All of one actor on one day."""

    connection: DuckDBPyConnection
    snapshot: Snapshot

    def by_day(self, first: date, last: date) -> dict[date, int]:
        """How many items fall on each day, both ends included; days without any are left out."""
        text = "SELECT due_on, count(*) FROM mine WHERE due_on BETWEEN ? AND ? GROUP BY due_on ORDER BY due_on"
        return dict(self.connection.execute(text, [first, last]).fetchall())


@contextmanager
def due_items(actor: Actor, house: HouseRules) -> Iterator[DueItems]:
    """Raises `NoSnapshot`."""
    with due_cursor(house) as (connection, snapshot):
        changed = _changed(snapshot)
        seen = clause(actor, Scope(), snapshot, purpose=default_purpose(actor))
        others = "NOT subject IN (SELECT unnest(?::UUID[]))"
        text = f"CREATE TEMP TABLE mine AS SELECT {NAMES} FROM {DUE} WHERE {others} AND {seen.text}"
        connection.execute(text, [[str(key) for key in changed], *seen.values])
        _add(connection, _anew(actor, changed, house))
        yield DueItems(connection, snapshot)


def _changed(snapshot: Snapshot) -> Sequence[UUID]:
    found = changed_since(snapshot.mark)
    return found if found is not None and len(found) <= FEW else ()


def _anew(actor: Actor, changed: Sequence[UUID], house: HouseRules) -> list[Due]:
    if not changed:
        return []
    seen = people_in(actor, Scope(), purpose=default_purpose(actor)).filter(pk__in=list(changed))
    facts = recorded_facts(seen.values_list("pk", flat=True))
    return [due for cadre, recorded in facts.items() for due in due_of(cadre, recorded, house)]


def _add(connection: DuckDBPyConnection, found: list[Due]) -> None:
    if found:
        rows = [[each.on, each.kind.value, each.rule, each.item, str(each.subject)] for each in found]
        connection.executemany("INSERT INTO mine VALUES (?, ?, ?, ?, ?)", rows)
