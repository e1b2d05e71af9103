# ruff: noqa: S608  names come from the vocabulary, values go apart
"""Two snapshots, the later one read whole: where do they differ on people of whom no mark says that they changed?

Whoever writes round the marks (SQL by hand, a migration) is found so. What is derived is left out: it depends on the
day as well.
"""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

import duckdb

from quanheng.census.completion import IS_RETIRED
from quanheng.census.publish import spill_place
from quanheng.census.tables import BESIDE, PERSON, RECORD, SUBJECT, column, quoted
from quanheng.people.rule_facts import PEOPLE, SOURCES
from quanheng.rulebook.sql_text import word

EARLIER, LATER = "earlier", "later"


def differing(earlier: Path, later: Path, *, but: Iterable[UUID]) -> tuple[str, ...]:
    """Names of tables, in the order of the sources. `but`: people who have a mark."""
    config = {"threads": "2", "temp_directory": str(spill_place(later.parent))}
    with duckdb.connect(config=dict(config)) as connection:
        for name, file in ((EARLIER, earlier), (LATER, later)):
            connection.execute(f"ATTACH {word(str(file))} AS {name} (READ_ONLY)")
        connection.execute("CREATE TEMP TABLE marked AS SELECT unnest(?::UUID[]) AS key", [[str(key) for key in but]])
        return tuple(
            table
            for table, columns in _columns().items()
            if _digest(connection, EARLIER, table, columns) != _digest(connection, LATER, table, columns)
        )


def _columns() -> dict[str, list[str]]:
    """As the sources give them; it is derived of some people whether they are retired, from the posts of the day."""
    of_people = [SUBJECT, *BESIDE, *(column(name) for name in PEOPLE.columns if name != IS_RETIRED)]
    return {PERSON: of_people, **{source.fact: [SUBJECT, RECORD, *map(column, source.columns)] for source in SOURCES}}


def _digest(connection: duckdb.DuckDBPyConnection, snapshot: str, table: str, columns: list[str]) -> object:
    """The same for the same rows in whatever order; a sum, so that two equal rows do not cancel each other."""
    row = f"hash({', '.join(map(quoted, columns))})"
    return connection.execute(
        f"SELECT count(*), sum({row}::HUGEINT) FROM {snapshot}.{quoted(table)}"
        f" WHERE {SUBJECT} NOT IN (SELECT key FROM marked)"
    ).fetchall()
