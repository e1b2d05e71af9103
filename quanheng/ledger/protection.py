"""The database's own refusal to alter the ledger. A later migration that rebuilds a table of ours must call `install`.

It stops mistakes and every session of the application; who owns the tables can remove it, and the chain and the
checkpoints are there to find what he did then.
"""

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

MESSAGE = "the ledger is append-only"
# table -> the statements that nobody may run. A detail row may be deleted: that is erasure.
REFUSED: dict[str, tuple[str, ...]] = {
    "ledger_entry": ("UPDATE", "DELETE"),
    "ledger_entrydetail": ("UPDATE",),
    "ledger_head": ("DELETE",),
    "ledger_checkpoint": ("UPDATE OF number, at, size, root, note, frontier", "DELETE"),
}


def install(connection: BaseDatabaseWrapper) -> None:
    remove(connection)
    _run(connection, _creations(connection.vendor))


def remove(connection: BaseDatabaseWrapper) -> None:
    on_table = connection.vendor == "postgresql"
    names = [(name, table) for table in REFUSED for name in _names(connection.vendor, table)]
    _run(connection, [f"DROP TRIGGER IF EXISTS {name}{f' ON {table}' if on_table else ''}" for name, table in names])


def is_installed(connection: BaseDatabaseWrapper) -> bool:
    """Whether every trigger is there and, on PostgreSQL, enabled."""
    query = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    return {name for table in REFUSED for name in _names(connection.vendor, table)} <= found


def may_alter(connection: BaseDatabaseWrapper) -> bool:
    """On PostgreSQL: whether this session's role could take the protection away, as owner or by a privilege."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'USAGE') OR has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')"
            " FROM pg_class WHERE oid = 'ledger_entry'::regclass"
        )
        return bool(cursor.fetchone()[0])


def harden_postgres(connection: BaseDatabaseWrapper, role: str, password: str) -> None:
    """Run as the owner: a role for the application that may append to the ledger and nothing else there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        verb = sql.SQL("ALTER" if cursor.fetchone() else "CREATE")
        name = sql.Identifier(role)
        login = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
        cursor.execute(login.format(verb, name, sql.Literal(password)))
        for statement in _grants():
            cursor.execute(sql.SQL(statement).format(name))


def _grants() -> list[str]:
    tables = ", ".join(REFUSED)
    return [
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {}",
        f"REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {tables} FROM {{}}",
        "GRANT UPDATE ON ledger_head TO {}",
        "GRANT UPDATE (exported_at) ON ledger_checkpoint TO {}",
        "GRANT DELETE ON ledger_entrydetail TO {}",
    ]


def _names(vendor: str, table: str) -> list[str]:
    verbs = [statement.split()[0].lower() for statement in REFUSED[table]]
    return [f"{table}_no_{verb}" for verb in [*verbs, *(["truncate"] if vendor == "postgresql" else [])]]


def _creations(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"  # noqa: S608
            for table, verbs in REFUSED.items()
            for name, verb in zip(_names(vendor, table), verbs, strict=True)
        ]
    function = (
        "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    return [function] + [
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} "
        f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION ledger_refuse()"
        for table, verbs in REFUSED.items()
        for name, verb in zip(_names(vendor, table), [*verbs, "TRUNCATE"], strict=True)
    ]


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
