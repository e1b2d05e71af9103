# ruff: noqa: S608  names are constants of the vocabulary and of these files
"""The peer: the same register in PostgreSQL, indexed and analysed, and rules written for it by hand."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb
import psycopg

from benchmarks._postgres import Postgres
from benchmarks._rulebook_register import TABLES
from benchmarks._rulebook_rules import ON
from quanheng.census.tables import PERSON, SUBJECT, Table, quoted, tables
from quanheng.rulebook.facts_reading import load_facts

HAND = Path(__file__).with_name("_rulebook_hand.sql")
# what one would set for such work on a machine with 2 cores and 24 GB; more workers and JIT were tried and took longer
OPTIONS = "-c shared_buffers=3GB -c work_mem=512MB -c maintenance_work_mem=1GB -c max_wal_size=8GB"
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
    connection.execute(f"CREATE UNLOGGED TABLE {quoted(table.name)} ({columns})".encode())
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


def processor_seconds(server: Postgres) -> float:
    """Of the server and of its processes."""
    listed = subprocess.run(["ps", "-o", "cputimes=", "--ppid", str(server.process)], capture_output=True, text=True)
    return sum(_numbers(listed.stdout))


def _numbers(text: str) -> Iterator[float]:
    return (float(each) for each in text.split())


def settings() -> tuple[str, ...]:
    return ("SET jit = off", "SET max_parallel_workers_per_gather = 2", "SET temp_buffers = '256MB'")
