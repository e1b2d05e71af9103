"""`kill -9` during an import leaves all of it or nothing, and what was interrupted is finished exactly once."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

ROUNDS = 50
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def kill_imports(database: str, folder: Path) -> list[dict[str, Any]]:
    environment = os.environ | {
        "QUANHENG_DATABASE": database,
        "QUANHENG_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "quanheng.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.intake.import_killing", str(ROUNDS)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(rounds: list[dict[str, Any]]) -> None:
    assert len(rounds) == ROUNDS
    assert [each for each in rounds if each["landed"] == "part"] == []
    assert [each for each in rounds if not each["is_whole"]] == []
    assert {(each["kind"], each["state"]) for each in rounds} == {("read", "review"), ("apply", "applied")}
    assert {each["persons"] for each in rounds if each["kind"] == "apply"} == {6}
    at_points = [each for each in rounds if each["point"]]
    assert {(each["was_killed"], each["landed"], each["resumed"]) for each in at_points} == {(True, "nothing", 1)}
    assert min(Counter(each["point"] for each in at_points).values()) >= 4
    at_random = [each for each in rounds if not each["point"] and each["was_killed"]]
    assert len(at_random) >= 12  # the others were done before the signal came


def test_on_sqlite_a_killed_import_leaves_all_or_nothing(tmp_path: Path) -> None:
    check(kill_imports("sqlite", tmp_path))


@pytest.fixture
def own_database() -> Iterator[str]:
    """A database of its own beside that of the tests."""
    server, name = connection.settings_dict, f"quanheng_kill_{uuid4().hex[:12]}"
    address = {"host": server["HOST"], "port": server["PORT"], "user": server["USER"], "password": server["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        yield f"postgresql://{quote(server['USER'])}:{quote(server['PASSWORD'])}@{server['HOST']}:{server['PORT']}/{name}"
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_on_postgresql_a_killed_import_leaves_all_or_nothing(own_database: str, tmp_path: Path) -> None:
    check(kill_imports(own_database, tmp_path))
