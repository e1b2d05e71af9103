# ruff: noqa: S608  names are constants of the vocabulary and of these files
"""The peer: the same register in PostgreSQL, indexed and analysed, and rules written for it by hand."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb
import psycopg

from benchmarks._postgres import Postgres
from benchmarks._rulebook_register import TABLES
from benchmarks._rulebook_rules import ON
from benchmarks._rulebook_run import LARGE, TIMES, TIMES_LARGE, Digest, Taken, paired
from quanheng.census.tables import PERSON, SUBJECT, Table, quoted, tables
from quanheng.rulebook.facts_reading import load_facts

HAND = Path(__file__).with_name("_rulebook_hand.sql")
# what one would set for such work on a machine with 2 cores and 24 GB; more workers and JIT were tried and took longer
OPTIONS = "-c shared_buffers=3GB -c work_mem=512MB -c maintenance_work_mem=1GB -c max_wal_size=8GB"
OPTIONS += " -c wal_level=minimal -c max_wal_senders=0"  # a table filled as it is made needs no log
SETTINGS = ("SET jit = off", "SET max_parallel_workers_per_gather = 2")
_TYPES = {"VARCHAR": "text"}


def load(server: Postgres, name: str, register: Path) -> float | None:
    """The rows of the register in a database of this name; None where they are there from an earlier run."""
    if name in server.databases():
        return None
    start, making = perf_counter(), f"{name}_making"
    if making in server.databases():
        server.run("dropdb", making)
    server.run("createdb", making)
    with psycopg.connect(server.url(making), autocommit=True) as connection, TemporaryDirectory(dir="/tmp") as folder:  # noqa: S108
        with duckdb.connect(str(register), read_only=True) as source:
            for table in _read():
                with connection.transaction():
                    _copy(source, connection, table, Path(folder))
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    server.run("psql", "-d", "postgres", "-qc", f'ALTER DATABASE "{making}" RENAME TO "{name}"')
    return perf_counter() - start


def _read() -> list[Table]:
    return [table for table in tables(load_facts()) if table.name in TABLES or table.name == PERSON]


def _copy(
    source: duckdb.DuckDBPyConnection, connection: psycopg.Connection[tuple[object, ...]], table: Table, folder: Path
) -> None:
    columns = ", ".join(f"{quoted(name)} {_TYPES.get(type, type)}" for name, type in table.columns.items())
    connection.execute(f"CREATE TABLE {quoted(table.name)} ({columns})".encode())
    file = folder / table.name
    source.execute(f"COPY {quoted(table.name)} TO '{file}' (FORMAT csv, HEADER false, NULLSTR '\\N')")
    statement = f"COPY {quoted(table.name)} FROM STDIN (FORMAT csv, NULL '\\N')".encode()
    with file.open("rb") as rows, connection.cursor() as cursor, cursor.copy(statement) as copied:
        while block := rows.read(1 << 20):
            copied.write(block)
    file.unlink()
    connection.execute(f"CREATE INDEX ON {quoted(table.name)} ({SUBJECT})".encode())


def hand() -> str:
    return HAND.read_text().replace("@on", f"DATE '{ON.isoformat()}'")


def digest(rules: Sequence[str]) -> str:
    """Two sums a rule that no other outcomes have, whatever the order of rows."""
    sums = (f'sum("{rule}"), sum("{rule}" * (person_birth - DATE \'1900-01-01\'))' for rule in rules)
    return f"SELECT {', '.join(sums)} FROM ({hand()}) AS findings"


@dataclass(frozen=True)
class Answer:
    taken: Taken
    digest: Digest


def ask(server: Postgres, name: str, rules: Sequence[str]) -> Answer:
    """Once to warm, then as often as our side from the dated tables."""
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        for setting in SETTINGS:
            connection.execute(setting)
        process = connection.info.backend_pid
        found = connection.execute(digest(rules).encode()).fetchone()
        assert found is not None
        walls, cpus = list[float](), list[float]()
        size = connection.execute("SELECT count(*) FROM person").fetchall()[0][0]
        for _ in range(TIMES if size < LARGE else TIMES_LARGE):
            start, used = perf_counter(), _processor_seconds(server, process)
            connection.execute(digest(rules).encode()).fetchall()
            walls.append(perf_counter() - start)
            cpus.append(_processor_seconds(server, process) - used)
    return Answer(Taken(median(walls), median(cpus)), paired(rules, found))


def _processor_seconds(server: Postgres, process: int) -> float:
    """Of the backend, and of the workers that have ended, which the server has waited for."""
    ticks = sum(_ticks(process)[:2]) + sum(_ticks(server.process)[2:])
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> list[int]:
    """User, system, and both of children that have ended."""
    return [int(each) for each in Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()[11:15]]
