"""The checks of an installation: each fires for its reason, with its id and a hint, and not without."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.checks import CheckMessage, run_checks
from django.db import connection
from django.test import override_settings

from quanheng.ledger import protection
from quanheng.vault.keyring import ensure_keys

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")


def messages(*, with_database: bool = False) -> list[CheckMessage]:
    databases = ["default"] if with_database else None
    return run_checks(tags=["quanheng"], include_deployment_checks=True, databases=databases)


def ids(*, with_database: bool = False) -> set[str]:
    found = messages(with_database=with_database)
    assert all(message.hint for message in found)
    return {str(message.id) for message in found}


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "keys.json"
    ensure_keys(file)
    with override_settings(KEY_FILE=file, ALLOWED_HOSTS=["127.0.0.1", "localhost", "[::1]"]):
        yield file


@pytest.fixture
def protected(db: None) -> None:
    """As in an installation; the transaction of the test takes the triggers away again."""
    protection.install(connection)


def test_a_sound_installation_has_no_finding(keys: Path, protected: None) -> None:
    assert ids() == set()
    allowed = {"quanheng.W007", "quanheng.W009"} if connection.vendor == "postgresql" else set()
    assert ids(with_database=True) - {"quanheng.E005"} <= allowed


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_keys_open_to_others(mode: int, keys: Path) -> None:
    keys.chmod(mode)
    assert ids() == {"quanheng.E001"}


def test_missing_keys_count_only_beside_a_database(keys: Path, protected: None) -> None:
    keys.unlink()
    assert "quanheng.E002" not in ids()
    assert "quanheng.E002" in ids(with_database=True)


@pytest.mark.parametrize(
    ("hosts", "demo", "https", "found"),
    [
        (["127.0.0.1"], True, False, set()),
        (["localhost", "[::1]"], False, False, set()),
        (["hr.example"], False, True, set()),
        (["hr.example"], False, False, {"quanheng.W004"}),
        (["127.0.0.1", "10.0.0.8"], False, False, {"quanheng.W004"}),
        (["hr.example"], True, True, {"quanheng.E003"}),
        (["hr.example"], True, False, {"quanheng.E003"}),
    ],
)
def test_hosts_beyond_this_machine(hosts: list[str], demo: bool, https: bool, found: set[str], keys: Path) -> None:
    with override_settings(ALLOWED_HOSTS=hosts, DEMO=demo, HTTPS=https):
        assert ids() == found


def test_an_unprotected_ledger(keys: Path, db: None) -> None:
    protection.remove(connection)
    assert "quanheng.E008" in ids(with_database=True)


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_sqlite_that_may_lose_a_commit(keys: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
        try:
            assert "quanheng.E006" in ids(with_database=True)
        finally:
            cursor.execute("PRAGMA synchronous=FULL")
    assert "quanheng.E006" not in ids(with_database=True)


@on_sqlite
def test_the_real_settings_are_sound(tmp_path: Path) -> None:
    """WAL and FULL as they are set, on a file, by the settings that ship."""
    code = (
        "import django; django.setup(); from django.core.checks import run_checks;"
        "from quanheng.operations.keys import ensure_keys; from django.core.management import call_command;"
        "call_command('migrate', verbosity=0); ensure_keys();"
        "print([m.id for m in run_checks(tags=['quanheng'], include_deployment_checks=True, databases=['default'])]);"
        "from django.db import connection; connection.cursor().execute('PRAGMA journal_mode=DELETE');"
        "print([m.id for m in run_checks(tags=['quanheng'], include_deployment_checks=True, databases=['default'])])"
    )
    own = {"DJANGO_SETTINGS_MODULE": "quanheng.settings", "QUANHENG_DATA": str(tmp_path), "QUANHENG_DATABASE": "sqlite"}
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **own}, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "['quanheng.E005']"], done.stderr


@on_postgres
def test_postgresql_that_may_lose_a_commit(keys: Path, protected: None) -> None:
    """The throw-away server of the tests runs without fsync."""
    (message,) = [message for message in messages(with_database=True) if message.id == "quanheng.W007"]
    assert "fsync" in str(message.hint)


@on_postgres
def test_an_application_that_owns_the_ledger(keys: Path, protected: None) -> None:
    assert "quanheng.W009" in ids(with_database=True)
    protection.harden_postgres(connection, "quanheng_checked", "made-up words")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE quanheng_checked")
    assert "quanheng.W009" not in ids(with_database=True)


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="about free pages of SQLite")
def test_what_is_deleted_is_overwritten() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone()[0] == 1
