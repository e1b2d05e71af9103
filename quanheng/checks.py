"""What an installation must be like: `manage.py check --deploy --database default`, and each start of `quanheng serve`.

quanheng.E001 keys open to others · E002 no keys · E003 demo beyond this machine · W004 plain HTTP beyond this machine
E005 SQLite without WAL · E006 SQLite may lose a commit · W007 PostgreSQL may lose a commit · E008 ledger unprotected
W009 the application owns the ledger's tables
"""

import stat
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from quanheng.ledger import protection

TAG = "quanheng"
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}
SQLITE_FULL = 2
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")


@register(TAG)
def check_key_file(**_: Any) -> list[CheckMessage]:
    if not settings.KEY_FILE.exists():
        return []
    mode = stat.S_IMODE(settings.KEY_FILE.stat().st_mode)
    if not mode & 0o077:
        return []
    hint = f"chmod 600 {settings.KEY_FILE}; whoever could read it may have the keys: quanheng keys rotate"
    return [Error(f"The key file has mode {mode:o}: others can read it.", hint=hint, id="quanheng.E001")]


@register(TAG, deploy=True)
def check_keys_exist(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Only where a database is looked at: an empty folder has no keys yet and needs none."""
    if not databases or settings.KEY_FILE.exists():
        return []
    hint = "quanheng serve makes one for an empty database; for one with records bring it back or restore a backup."
    return [Error(f"There is no key file {settings.KEY_FILE}.", hint=hint, id="quanheng.E002")]


@register(TAG, deploy=True)
def check_hosts(**_: Any) -> list[CheckMessage]:
    if set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return []
    if settings.DEMO:
        hint = "Unset QUANHENG_DEMO, or QUANHENG_HOSTS: in a demo anybody may sign in as anybody."
        return [Error("The demo is served beyond this machine.", hint=hint, id="quanheng.E003")]
    if settings.HTTPS:
        return []
    hint = "Put a web server with TLS in front and set QUANHENG_HTTPS=1 (docs/how-to/operate.md)."
    return [Warning("Passwords and dossiers travel in plain text.", hint=hint, id="quanheng.W004")]


@register(TAG, deploy=True)
def check_durability(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A commit that is told as done must survive a power cut: the ledger and what it proves stand on that."""
    return [message for alias in databases or () for message in _durability(connections[alias])]


def _durability(connection: BaseDatabaseWrapper) -> Iterable[CheckMessage]:
    if connection.vendor == "postgresql":
        off = [name for name in DURABLE if _one(connection, f"SHOW {name}") == "off"]
        hint = f"Turn {' and '.join(off)} on in postgresql.conf."
        return [Warning("PostgreSQL may lose what it has confirmed.", hint=hint, id="quanheng.W007")] if off else []
    return _sqlite_durability(connection)


def _sqlite_durability(connection: BaseDatabaseWrapper) -> Iterable[CheckMessage]:
    if _one(connection, "PRAGMA journal_mode") not in ("wal", "memory"):  # memory: a database of tests
        hint = "The folder must lie on a local disk: WAL does not work over a network."
        yield Error("SQLite does not run in WAL mode.", hint=hint, id="quanheng.E005")
    if _one(connection, "PRAGMA synchronous") < SQLITE_FULL:
        hint = "PRAGMA synchronous=FULL belongs to the init_command of the settings."
        yield Error("SQLite may lose what it has confirmed.", hint=hint, id="quanheng.E006")


@register(TAG, deploy=True)
def check_ledger_protection(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    return [message for alias in databases or () for message in _protection(connections[alias])]


def _protection(connection: BaseDatabaseWrapper) -> Iterable[CheckMessage]:
    if not set(protection.REFUSED) <= set(connection.introspection.table_names()):
        return  # not migrated yet
    if not protection.is_installed(connection):
        hint = "Find out who removed the triggers; then quanheng ledger verify and quanheng ledger protect."
        yield Error("The database does not refuse changes of the ledger.", hint=hint, id="quanheng.E008")
    if connection.vendor == "postgresql" and protection.may_alter(connection):
        hint = "quanheng harden-postgres makes a role that may only append; serve with that one."
        yield Warning("The application could alter the ledger's tables.", hint=hint, id="quanheng.W009")


def _one(connection: BaseDatabaseWrapper, statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
