"""Installations of their own for tests that run the real command: a data folder, a database, the program."""

import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

SERVER = os.environ.get("QUANHENG_DATABASE", "")
HAS_POSTGRES = SERVER.startswith("postgresql")
VENDOR = "postgresql" if HAS_POSTGRES else "sqlite"
PASSPHRASE = "made-up words for a test"


@dataclass(frozen=True)
class House:
    folder: Path
    database: str  # as in QUANHENG_DATABASE

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("QUANHENG_", "DJANGO_"))}
        own = {"QUANHENG_DATA": str(self.folder), "QUANHENG_DATABASE": self.database}
        return {**kept, **own, "QUANHENG_PASSPHRASE": PASSPHRASE, "DJANGO_SETTINGS_MODULE": "quanheng.settings"}

    def run(self, *arguments: object, **variables: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "quanheng.cli", *map(str, arguments)]
        environment = {**self.environment, **variables}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)

    def json(self, *arguments: object, code: int = 0) -> Any:
        """What the command prints with --json; the exit code is checked."""
        done = self.run(*arguments, "--json")
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: object, **variables: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "quanheng.cli", *map(str, arguments)]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, env={**self.environment, **variables}, stdout=pipe, stderr=pipe, text=True, start_new_session=True
        )

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """As the owner of the database, past the program."""
        if self.database == "sqlite":
            with closing(sqlite3.connect(self.folder / "quanheng.sqlite3", timeout=30)) as lite, lite:
                return lite.execute(statement).fetchall()
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def unprotect(self) -> None:
        """What somebody who owns the tables does before he tampers with the ledger."""
        for (name,) in self.sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if self.database == "sqlite"
            else "SELECT tgname || ' ON ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
        ):
            self.sql(f"DROP TRIGGER {name}")

    def counts(self) -> dict[str, int]:
        """Rows of every table of ours."""
        tables = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self.database == "sqlite"
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        ours = ("ledger_", "papers_", "organization_", "accounts_", "people_", "intake_")
        names = sorted(name for (name,) in self.sql(tables) if name.startswith(ours))
        return {name: self.sql(f"SELECT count(*) FROM {name}")[0][0] for name in names}  # noqa: S608  our own names


MakeHouse = Callable[..., House]


@pytest.fixture(scope="module")
def make_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeHouse]:
    """`make_house()` on the database of this run, `make_house("sqlite")` on that one; databases go afterwards.

    With `like` it is a copy of another house of the same kind, which is much quicker than making its city again.
    """
    made: list[str] = []

    def make(vendor: str = VENDOR, *, like: House | None = None) -> House:
        folder = tmp_path_factory.mktemp("house")
        if like:
            shutil.copytree(like.folder, folder, dirs_exist_ok=True)
        if vendor == "sqlite":
            return House(folder, "sqlite")
        name = f"house_{secrets.token_hex(6)}"
        template = like.database.rpartition("/")[2] if like else "template1"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(create)
        made.append(name)
        return House(folder, f"{SERVER.rpartition('/')[0]}/{name}")

    yield make
    for name in made:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def city(make_house: MakeHouse) -> House:
    """A small demo city on the database of this run; a module may add to it and must not count on more than that."""
    house = make_house()
    assert house.json("demo", "--cadres", 60)["made"] is True
    return house
