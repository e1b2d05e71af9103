# ruff: noqa: S608  names come from the catalogue of the database and from here
"""A city on PostgreSQL ten times over: a register of a million.

Each further copy is a set of counties and organs beside the first, with its own units, slots, people and records, all
under keys of its own. What is sealed is bound to its row, so that it stays with the first.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter

import psycopg

from benchmarks._cities import Place
from benchmarks._postgres import Postgres

TIMES = 10
ORGANIZATION = (
    "organization_unit",
    "organization_reorganization",
    "organization_unitversion",
    "organization_leadinggroup",
    "organization_position",
)
NOT_OF_RECORDS = ("people_savedquery", "people_statedform", "people_photo")  # of accounts, sealed, on the disk
Connection = psycopg.Connection[tuple[object, ...]]
# what nobody needs once it is made: made again, if the machine goes down meanwhile
MAKING = "-c fsync=off -c full_page_writes=off -c max_wal_size=8GB -c shared_buffers=1GB"
_SETTINGS = (
    "SET session_replication_role = replica",  # what a foreign key would look up for each row holds by the making
    "SET synchronous_commit = off",
    "SET maintenance_work_mem = '1GB'",
    "SET work_mem = '256MB'",
    "SET jit = off",
)


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: name -> what a copy has there. `indexes`: statements that make them."""

    name: str
    columns: dict[str, str]
    indexes: dict[str, str]


def multiply(server: Postgres, city: Place, into: Place, times: int = TIMES) -> float:
    """Seconds it took; 0 where it was there. The server may run with `MAKING`."""
    if into.is_made:
        return 0
    start, name, template = perf_counter(), _name(into), _name(city)
    server.run("dropdb", "--if-exists", name)
    server.run("createdb", "-T", template, "--strategy=file_copy", name)
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        for setting in _SETTINGS:
            connection.execute(setting.encode())
        add_copies(connection, times)
        connection.execute("VACUUM (FREEZE, ANALYZE)")
        connection.execute("CHECKPOINT")
    shutil.rmtree(into.folder, ignore_errors=True)
    shutil.copytree(city.folder, into.folder, ignore=shutil.ignore_patterns("census", "made"))
    (into.folder / "made").touch()
    return perf_counter() - start


def _name(place: Place) -> str:
    return place.url.rpartition("/")[2]


def add_copies(connection: Connection, times: int) -> None:
    """`times` - 1 of them."""
    root, children = _root(connection)
    connection.execute("CREATE TEMP TABLE apart (key uuid PRIMARY KEY)")  # of the root: there is one
    connection.execute("INSERT INTO apart VALUES (%s)", [root])
    for name in ORGANIZATION[1:]:
        connection.execute(f"INSERT INTO apart SELECT id FROM {name} WHERE unit_id = %s".encode(), [root])
    for table in list(_tables(connection, children)):
        _copy(connection, table, times)


def _root(connection: Connection) -> tuple[object, int]:
    """Its key, and how many places below it are taken."""
    ((key, path),) = connection.execute("SELECT id, path FROM organization_unit WHERE parent_id IS NULL").fetchall()
    last = "SELECT max(substr(path, length(%s::text) + 1, 4))::integer FROM organization_unit WHERE path <> %s::text"
    ((children,),) = connection.execute(last, [path, path]).fetchall()
    return key, int(str(children))


def _tables(connection: Connection, children: int) -> Iterator[Table]:
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE tablename LIKE 'people\\_%' ORDER BY 1"
    ).fetchall()
    names = [*ORGANIZATION, *(str(name) for (name,) in found if name not in NOT_OF_RECORDS)]
    for name in names:
        yield Table(name, dict(_columns(connection, name, names, children)), _indexes(connection, name))


def _columns(connection: Connection, table: str, tables: Iterable[str], children: int) -> Iterator[tuple[str, str]]:
    keys = {"id", *_references(connection, table, tables)}
    every = "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s"
    for name, type in connection.execute(every, [table]).fetchall():
        match (name, type, table):
            case (_, "bytea", _):
                yield str(name), "NULL"
            case ("path", _, "organization_unit"):  # NNNN.NNNN.…: the second segment is the place below the root
                moved = f"lpad((substr(path, 6, 4)::integer + copy * {children})::text, 4, '0')"
                yield str(name), f"overlay(path placing {moved} from 6 for 4)"
            case ("code", _, "organization_unit"):
                yield str(name), "code || '-' || copy"
            case _:
                yield str(name), _own_key(str(name)) if name in keys else f'"{name}"'


def _own_key(name: str) -> str:
    moved = f"overlay({name}::text placing to_hex(copy) from 1 for 1)::uuid"
    return f"CASE WHEN {name} IN (SELECT key FROM apart) THEN {name} ELSE {moved} END"


def _references(connection: Connection, table: str, tables: Iterable[str]) -> set[str]:
    """Columns with keys of what is copied too."""
    found = connection.execute(
        "SELECT a.attname FROM pg_constraint AS c JOIN pg_attribute AS a ON a.attrelid = c.conrelid"
        " AND a.attnum = c.conkey[1] WHERE c.contype = 'f' AND c.conrelid = %s::regclass"
        " AND c.confrelid::regclass::text = ANY(%s)",
        [table, list(tables)],
    )
    return {str(name) for (name,) in found.fetchall()}


def _indexes(connection: Connection, table: str) -> dict[str, str]:
    """But for those of a constraint."""
    found = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index AS i"
        " WHERE indrelid = %s::regclass AND NOT EXISTS (SELECT FROM pg_constraint"
        " WHERE conindid = i.indexrelid AND conrelid = i.indrelid)",
        [table],
    )
    return {str(name): str(made) for name, made in found.fetchall()}


def _copy(connection: Connection, table: Table, times: int) -> None:
    """In one go, and indexed afterwards."""
    names = ", ".join(f'"{name}"' for name in table.columns)
    rows = f"SELECT {', '.join(table.columns.values())} FROM generate_series(1, {times - 1}) AS copy, {table.name}"
    with connection.transaction():
        for name in table.indexes:
            connection.execute(f"DROP INDEX {name}".encode())
        connection.execute(
            f"INSERT INTO {table.name} ({names}) {rows} WHERE id NOT IN (SELECT key FROM apart)".encode()
        )
        for made in table.indexes.values():
            connection.execute(made.encode())
