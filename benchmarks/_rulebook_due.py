# ruff: noqa: S608  names are constants
"""Due items of one office over a table of many: chosen for the actor, counted by day, put in groups, one page listed.

`DJANGO_SETTINGS_MODULE=benchmarks._settings python -m benchmarks._rulebook_due [ROWS]` prints `Asked` as JSON. The
table is made up: a register of a million gives about 200,000 items.
"""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any, cast
from uuid import UUID

import duckdb
from duckdb import DuckDBPyConnection

ROWS, UNITS, TIMES = 200_000, 20_000, 5
ON = date(2026, 11, 20)
COLUMNS = "due_on DATE, kind VARCHAR, rule VARCHAR, item VARCHAR, subject UUID, home_unit UUID"


@dataclass(frozen=True)
class Asked:
    """Milliseconds, the median of some runs. `office`: the whole page's questions where all units are seen; `small`:
    where one in forty is."""

    rows: int
    office: float
    small: float


def run(rows: int = ROWS) -> Asked:
    connection = duckdb.connect(":memory:", config={"threads": "2", "memory_limit": "1GB"})
    _fill(connection, rows)
    units = [str(UUID(int=number)) for number in range(UNITS)]
    return Asked(rows, _timed(connection, units), _timed(connection, units[:: UNITS // 500]))


def _fill(connection: DuckDBPyConnection, rows: int) -> None:
    """Ranks mostly, as in a register; every person once or twice."""
    from quanheng.insight.due import watches

    watched = watches()
    connection.execute(f"CREATE TABLE due ({COLUMNS})")
    connection.execute("CREATE TABLE watched (place INTEGER, kind VARCHAR, rule VARCHAR)")
    listed = [[place, each.kind.value, each.rule] for place, each in enumerate(watched)]
    connection.executemany("INSERT INTO watched VALUES (?, ?, ?)", listed)
    first = ON - timedelta(days=180)
    connection.execute(
        f"INSERT INTO due SELECT DATE '{first}' + CAST(hash(range) % 300 AS INTEGER), kind, rule, '',"
        f" CAST(md5(CAST(range // 2 AS VARCHAR)) AS UUID), CAST(lpad(to_hex(range % {UNITS}), 32, '0') AS UUID)"
        f" FROM range({rows}) JOIN watched ON place = range % {len(watched)}"
    )


def _timed(connection: DuckDBPyConnection, units: list[str]) -> float:
    taken = []
    for _ in range(TIMES):
        start = perf_counter()
        _page(connection, units)
        taken.append(perf_counter() - start)
    return 1000 * median(taken)


def _page(connection: DuckDBPyConnection, units: list[str]) -> None:
    """What 今日 asks for once."""
    from quanheng.insight.due_groups import Choice, lots, rows
    from quanheng.insight.due_queries import NAMES, DueItems

    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE mine AS SELECT {NAMES} FROM due WHERE home_unit IN (SELECT unnest(?::UUID[]))",
        [units],
    )
    items = DueItems(connection, cast(Any, None))
    items.by_day(ON, ON + timedelta(days=16))
    lots(items, ON, Choice())
    rows(items, ON, Choice(), limit=50)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(asdict(run(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))))
