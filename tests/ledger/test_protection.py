"""The database refuses by itself to alter the ledger."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from quanheng.kernel.actor import Actor
from quanheng.ledger import protection, queries
from quanheng.ledger.actions import erase_detail, record
from quanheng.ledger.checkpoint_actions import export_checkpoint, make_checkpoint
from quanheng.ledger.models import Entry, EntryDetail
from tests.ledger.conftest import AT

pytestmark = pytest.mark.django_db
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
ROLE = "quanheng_application"

REFUSED = [
    "UPDATE ledger_entry SET reason_hash = ''",
    "UPDATE ledger_entry SET hash = hash",
    "DELETE FROM ledger_entry",
    "UPDATE ledger_entrydetail SET reason = ''",
    "DELETE FROM ledger_head",
    "DELETE FROM ledger_checkpoint",
    "UPDATE ledger_checkpoint SET note = ''",
    "UPDATE ledger_checkpoint SET size = 0",
]
TRUNCATES = [f"TRUNCATE {table} CASCADE" for table in protection.REFUSED]


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def entry(officer: Actor) -> Entry:
    """One entry and one checkpoint behind the triggers, which go again with the transaction of the test."""
    entry = record(actor=officer, action="alpha.change", obj="x:1", detail={"a": 1}, reason="原因", at=AT)
    make_checkpoint(at=AT)
    protection.install(connection)
    return entry


@pytest.mark.parametrize("statement", REFUSED)
def test_altering_is_refused(entry: Entry, statement: str) -> None:
    with pytest.raises(DatabaseError, match="the ledger is append-only"):
        run(statement)
    assert queries.prove().is_whole


@on_postgres
@pytest.mark.parametrize("statement", TRUNCATES)
def test_truncating_is_refused(entry: Entry, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"the ledger is append-only|pending trigger events"):
        run(statement)


def test_what_the_ledger_does_itself_is_allowed(entry: Entry, officer: Actor) -> None:
    record(actor=officer, action="alpha.change", obj="x:1", reason="原因", at=AT)
    export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT)
    erase_detail(actor=officer, entry=entry, reason="依法删除", at=AT)
    assert EntryDetail.objects.filter(pk=entry.pk).exists() is False
    assert queries.prove().is_whole


def test_the_state_of_the_protection_is_known(entry: Entry) -> None:
    assert protection.is_installed(connection)
    name = "ledger_entry_no_delete"
    run(f"DROP TRIGGER {name}" + (" ON ledger_entry" if connection.vendor == "postgresql" else ""))
    assert not protection.is_installed(connection)
    protection.install(connection)
    assert protection.is_installed(connection)
    protection.remove(connection)
    assert not protection.is_installed(connection)


def test_a_migrated_database_is_protected(tmp_path: Path) -> None:
    """Also after later migrations: SQLite drops the triggers of a table that one of them rebuilds."""
    code = (
        "import django; django.setup(); from django.core.management import call_command;"
        "from django.db import connection; from quanheng.ledger import protection;"
        "call_command('migrate', 'ledger', verbosity=0); print(protection.is_installed(connection))"
    )
    settings = {"DJANGO_SETTINGS_MODULE": "quanheng.settings", "QUANHENG_DATABASE": "sqlite"}
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, env={**os.environ, **settings, "QUANHENG_DATA": str(tmp_path)}, capture_output=True)
    assert done.stdout.split() == [b"True"], done.stderr.decode()


@on_postgres
def test_a_disabled_trigger_counts_as_missing(entry: Entry, officer: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
    assert not protection.is_installed(connection)


@on_postgres
def test_the_application_role_can_append_and_not_alter(entry: Entry, officer: Actor) -> None:
    protection.remove(connection)  # so that the privileges stand alone
    protection.harden_postgres(connection, ROLE, "made-up")
    protection.harden_postgres(connection, ROLE, "made-up again")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    record(actor=officer, action="alpha.change", obj="x:2", reason="原因", at=AT)
    export_checkpoint(checkpoint=make_checkpoint(at=AT), at=AT)
    for statement in [*REFUSED, *TRUNCATES, "ALTER TABLE ledger_entry DISABLE TRIGGER USER"]:
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
            run(statement)
    erase_detail(actor=officer, entry=entry, reason="依法删除", at=AT)
    assert queries.prove().is_whole
