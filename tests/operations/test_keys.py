"""Changing the sealing key, and the role of PostgreSQL that may only append."""

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as live

from quanheng.cli import FINDINGS, main
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotPermitted
from quanheng.ledger.models import Entry
from quanheng.operations import keys
from quanheng.operations.keys import KeysLost, ensure_keys, key_states, retire_key, rotate_keys
from quanheng.people.choices import Sex
from quanheng.people.models import Cadre
from quanheng.vault import keyring
from quanheng.vault.keyring import CannotRetire
from tests.conftest import Cast, make_cadre
from tests.houses import HAS_POSTGRES, House, MakeHouse

REASON = "年度更换密钥"
NUMBER = "000000197503150011"


def quiet(column: str, count: int) -> None:
    """No progress wanted."""


@pytest.fixture
def own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file of this test: others go on with theirs."""
    file = tmp_path / "keys.json"
    keyring.ensure_keys(file)
    monkeypatch.setattr(live, "KEY_FILE", file)
    return file


@pytest.fixture
def sealed(own_keys: Path, cast: Cast, at: datetime) -> list[Cadre]:
    return [
        make_cadre(name, cast.unit_a, at, identity_number=NUMBER[:-1] + str(index), sex=Sex.MALE)
        for index, name in enumerate(["甲", "乙", "丙"])
    ]


def test_every_cell_is_under_the_new_key(sealed: list[Cadre], own_keys: Path, wu: Actor, at: datetime) -> None:
    (before,) = key_states()
    assert (before.is_current, before.cells >= 3) == (True, True)
    told = Counter[str]()
    rotated = rotate_keys(actor=wu, reason=REASON, at=at, progress=lambda column, count: told.update({column: count}))
    assert (rotated.old, rotated.cells, told.total()) == (before.key, before.cells, before.cells)
    assert [(state.key, state.is_current, state.cells) for state in key_states()] == [
        (rotated.new, True, before.cells),
        (rotated.old, False, 0),
    ]
    assert [Cadre.objects.get(pk=cadre.pk).identity_number[-1] for cadre in sealed] == ["0", "1", "2"]
    entry = Entry.objects.get(action="operations.rotate_keys")
    assert (entry.actor, entry.object_key, entry.detail.reason) == (wu.key, f"vault.key:{rotated.new}", REASON)
    assert json.loads(entry.detail.detail) == {"old": rotated.old}


def test_an_old_key_is_forgotten(sealed: list[Cadre], own_keys: Path, wu: Actor, at: datetime) -> None:
    rotated = rotate_keys(actor=wu, reason=REASON, at=at, progress=quiet)
    retire_key(actor=wu, key=rotated.old, reason=REASON, at=at, progress=quiet)
    assert [state.key for state in key_states()] == [rotated.new]
    assert rotated.old not in own_keys.read_text()
    assert [Cadre.objects.get(pk=cadre.pk).identity_number[-1] for cadre in sealed] == ["0", "1", "2"]
    assert Entry.objects.get(action="operations.retire_key").object_key == f"vault.key:{rotated.old}"


def test_a_rotation_that_was_broken_off_is_finished(
    sealed: list[Cadre], own_keys: Path, wu: Actor, at: datetime
) -> None:
    old = key_states()[0]
    keyring.rotate(own_keys)
    assert [state.cells for state in key_states()] == [0, old.cells]
    retire_key(actor=wu, key=old.key, reason=REASON, at=at, progress=quiet)
    assert [state.cells for state in key_states()] == [old.cells]


def test_a_key_that_a_cell_needs_stays(
    sealed: list[Cadre], own_keys: Path, wu: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a cell come in under the old key after the sealing anew, it is found before the key is forgotten."""
    old = key_states()[0]
    keyring.rotate(own_keys)
    monkeypatch.setattr(keys, "_reseal", lambda progress: 0)
    with pytest.raises(CannotRetire, match="key-in-use"):
        retire_key(actor=wu, key=old.key, reason=REASON, at=at, progress=quiet)
    assert old.key in own_keys.read_text()
    assert not Entry.objects.filter(action="operations.retire_key").exists()


@pytest.mark.parametrize("key", ["current", "00000000"])
def test_current_and_unknown_keys_are_not_retired(
    key: str, sealed: list[Cadre], own_keys: Path, wu: Actor, at: datetime
) -> None:
    before = own_keys.read_bytes()
    with pytest.raises(CannotRetire, match="key-current-or-unknown"):
        retire_key(actor=wu, key=key_states()[0].key if key == "current" else key, reason=REASON, at=at, progress=quiet)
    assert own_keys.read_bytes() == before


@pytest.mark.parametrize("name", ["lin", "wang", "xu", "qian", "outsider"])
def test_only_the_system_administrator_changes_keys(
    name: str, sealed: list[Cadre], own_keys: Path, at: datetime, request: pytest.FixtureRequest
) -> None:
    actor, before = request.getfixturevalue(name), own_keys.read_bytes()
    with pytest.raises(NotPermitted, match="role-not-open"):
        rotate_keys(actor=actor, reason=REASON, at=at, progress=quiet)
    with pytest.raises(NotPermitted, match="role-not-open"):
        retire_key(actor=actor, key="x", reason=REASON, at=at, progress=quiet)
    assert own_keys.read_bytes() == before


def test_the_command_does_the_same(sealed: list[Cadre], own_keys: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "rotate", "--as", "lin", "--reason", REASON]) == FINDINGS
    assert capsys.readouterr().err == "quanheng: 这一步由系统管理员办理。\n"
    assert main(["keys", "rotate", "--as", "wu", "--reason", REASON, "--json"]) == 0
    rotated = json.loads(capsys.readouterr().out)
    assert main(["keys", "retire", rotated["old"], "--as", "wu", "--reason", REASON, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"retired": rotated["old"]}
    assert main(["keys", "status", "--json"]) == 0
    (state,) = json.loads(capsys.readouterr().out)
    assert state == {"key": rotated["new"], "current": True, "cells": rotated["cells"]}


@pytest.mark.django_db
def test_keys_are_made_once_and_only_for_an_empty_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "new" / "keys.json"
    monkeypatch.setattr(live, "KEY_FILE", file)
    ensure_keys()
    before = file.read_bytes()
    ensure_keys()
    assert file.read_bytes() == before


def test_keys_are_never_made_beside_records(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEY_FILE", tmp_path / "keys.json")
    with pytest.raises(KeysLost):
        ensure_keys()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.skipif(HAS_POSTGRES, reason="SQLite has no roles")
def test_sqlite_has_no_roles(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["harden-postgres", "--role", "app", "--json"]) == FINDINGS
    assert json.loads(capsys.readouterr().out)["refused"] == "not-postgresql"


def checked(house: House) -> str:
    """What an installation says of itself before it serves."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--tag", "quanheng", "--database", "default"]
    done = subprocess.run(command, env=house.environment, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.skipif(not HAS_POSTGRES, reason="needs PostgreSQL")
def test_the_application_role_serves_and_cannot_alter_the_ledger(
    city: House, make_house: MakeHouse, tmp_path: Path
) -> None:
    owner = make_house(like=city)
    role, password = f"app_{owner.database[-8:]}", "made-up words for a role"
    assert owner.run("harden-postgres", "--role", role, QUANHENG_ROLE_PASSWORD="short").returncode == FINDINGS
    done = owner.run("harden-postgres", "--role", role, QUANHENG_ROLE_PASSWORD=password)
    assert done.returncode == 0, done.stderr
    place = owner.database.partition("@")[2]
    application = House(owner.folder, f"postgresql://{role}:{password.replace(' ', '%20')}@{place}")
    assert application.json("ledger", "verify")["whole"] is True
    assert application.json("backup", tmp_path / "b.qhb")["rows"]["people.cadre"] == 60
    assert application.run("worker", "--once").returncode == 0
    rotated = application.json("keys", "rotate", "--as", "wu", "--reason", REASON)
    application.json("keys", "retire", rotated["old"], "--as", "wu", "--reason", REASON)
    assert "W009" not in checked(application)
    with pytest.raises(Exception, match="permission denied"):
        application.sql("UPDATE ledger_entry SET object_key = ''")
    with pytest.raises(Exception, match="permission denied"):
        application.sql("DELETE FROM ledger_entry")
    owner.sql(f"DROP OWNED BY {role}")
    owner.sql(f"DROP ROLE {role}")
