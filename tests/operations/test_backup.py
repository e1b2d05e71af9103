"""The drill: a backup taken while others write is restored, proved, and refused when anything is wrong with it."""

import json
import re
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from quanheng.cli import FINDINGS, WRONG_USE
from quanheng.operations.stream import open_pieces
from quanheng.vault.keyring import ensure_keys
from tests.houses import HAS_POSTGRES, VENDOR, House, MakeHouse

pytestmark = pytest.mark.slow
OTHER = "sqlite" if HAS_POSTGRES else None
# Tables whose rows are made by what the drill itself does.
OWN_TRACES = {"ledger_proofrun"}
WRITER = """
import sys, time, django
django.setup()
from quanheng.kernel import clock
from quanheng.kernel.actor import SYSTEM
from quanheng.ledger.actions import record
from quanheng.organization.models import Unit
from django.db import transaction
number = 0
while True:
    number += 1
    with transaction.atomic():
        Unit.objects.create(code=f"W{number}", name=f"写{number}", path=f"9999.{number:04d}.")
        record(actor=SYSTEM, action="people.export", obj=f"x:{number}", detail={"n": number}, at=clock.now())
    if number == 20:
        print("writing", flush=True)
"""


@pytest.fixture(scope="module")
def backup(city: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the small city, with an earlier checkpoint outside beside it."""
    folder = tmp_path_factory.mktemp("backup")
    city.json("ledger", "checkpoint", "--to", folder / "before.txt")
    told = city.json("backup", folder / "city.qhb")
    assert told["file"] == str(folder / "city.qhb")
    return folder / "city.qhb"


@pytest.fixture(scope="module")
def empty(make_house: MakeHouse) -> House:
    """Migrated and empty; whatever is refused leaves it so, which is what these tests assert."""
    house = make_house()
    assert house.run("restore", "tests/data/lrmx/plain.lrmx").returncode == FINDINGS
    return house


def restored(source: Path, house: House, *options: object, code: int = 0) -> Any:
    return house.json("restore", source, "--verify", *options, code=code)


def rows(house: House, table: str) -> list[tuple[Any, ...]]:
    """In one form on both databases."""
    return [tuple(_plain(value) for value in row) for row in house.sql(f"SELECT * FROM {table} ORDER BY 1")]  # noqa: S608


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview | bytes):
        return bytes(value)
    return str(value).replace("-", "").replace("+00:00", "").lower()


@pytest.mark.parametrize("vendor", [VENDOR, *([OTHER] if OTHER else [])])
def test_a_restored_backup_is_the_same_and_passes_verification(
    vendor: str, city: House, backup: Path, make_house: MakeHouse
) -> None:
    before, house = city.counts(), make_house(vendor)
    told = restored(backup, house, "--checkpoint", backup.with_name("before.txt"))
    assert (told["ledger"]["whole"], told["ledger"]["older"], told["ledger"]["findings"]) == (True, False, [])
    assert told["ledger"]["entries"] == before["ledger_entry"]
    assert sum(told["rows"].values()) == sum(before.values())
    after = house.counts()
    after["ledger_entry"] -= 1  # that it was restored
    after["ledger_entrydetail"] -= 1
    assert {name: count for name, count in after.items() if name not in OWN_TRACES} == {
        name: count for name, count in before.items() if name not in OWN_TRACES
    }
    assert stat.S_IMODE((house.folder / "keys.json").stat().st_mode) == 0o600
    keys = [json.loads((one.folder / "keys.json").read_text()) for one in (city, house)]
    assert keys[0] == keys[1]


def test_cells_are_carried_over_as_they_are(city: House, backup: Path, make_house: MakeHouse) -> None:
    house = make_house()
    restored(backup, house)
    for table in ("people_cadre", "people_familymember", "people_photo", "accounts_account", "organization_unit"):
        assert rows(house, table) == rows(city, table)


def test_the_restored_house_goes_on(backup: Path, make_house: MakeHouse, tmp_path: Path) -> None:
    """Sealed cells open, numbers go on where they were, the ledger takes new entries and says that it was restored."""
    house = make_house()
    restored(backup, house)
    assert house.json("export", "--unit", "JZ", "--format", "lrmx", "--to", tmp_path / "out", "--as", "wang", code=1)
    told = house.json("export", "--unit", _top(house), "--format", "lrmx", "--to", tmp_path / "all", "--as", "wang")
    assert told["persons"] > 20
    texts = [file.read_text(encoding="utf-8-sig") for file in (tmp_path / "all").iterdir()]
    assert all("<ShenFenZheng>00" in text for text in texts)
    assert house.json("ledger", "verify")["whole"] is True
    assert house.sql("SELECT count(*) FROM ledger_entry WHERE action = 'operations.restore'") == [(1,)]
    assert house.json("backup", tmp_path / "again.qhb")["rows"]["ledger.entry"] > told["persons"]


def _top(house: House) -> str:
    return str(house.sql("SELECT code FROM organization_unit WHERE parent_id IS NULL ORDER BY path")[0][0])


def test_nothing_can_be_read_in_the_file(city: House, backup: Path) -> None:
    content = backup.read_bytes()
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    names = [name for (name,) in city.sql("SELECT name FROM people_cadre")]
    assert len(names) == 60
    assert not [name for name in names if name.encode() in content or name.encode("utf-16-le") in content]
    keys = json.loads((city.folder / "keys.json").read_text())
    secrets = [*keys["encrypt"].values(), keys["index"], keys["ledger"], keys["signing"]]
    assert not [secret for secret in secrets if secret.encode() in content]
    assert sorted(path.name for path in backup.parent.iterdir()) == ["before.txt", "city.qhb"]


def test_a_backup_is_one_moment_while_others_write(city: House, make_house: MakeHouse, tmp_path: Path) -> None:
    """Each written unit has its entry: a backup between the two, or over two moments, would differ in count."""
    house, drill = make_house(like=city), make_house()
    units = house.counts()["organization_unit"]
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER], env=house.environment, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        told = house.json("backup", tmp_path / "b.qhb")
        at_end = house.counts()["organization_unit"]
    finally:
        writer.kill()
        writer.wait()
    proof = restored(tmp_path / "b.qhb", drill)
    assert (proof["ledger"]["whole"], proof["rows"]) == (True, told["rows"])
    written = drill.counts()["organization_unit"] - units
    entries = drill.sql("SELECT count(*) FROM ledger_entry WHERE object_key LIKE 'x:%'")[0][0]
    assert written == entries
    assert 20 <= written < at_end - units


def test_an_older_backup_is_named_as_such(city: House, backup: Path, make_house: MakeHouse, tmp_path: Path) -> None:
    house, drill = make_house(like=city), make_house()
    house.json("export", "--unit", _top(house), "--format", "xlsx", "--to", tmp_path / "out", "--as", "wang")
    house.json("ledger", "checkpoint", "--to", tmp_path / "later.txt")
    done = drill.run("restore", backup, "--verify", "--checkpoint", tmp_path / "later.txt")
    assert done.returncode == FINDINGS
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"台账 \d+ 条：不符", lines[1])
    assert re.fullmatch(r"这是较早的备份：外存的第 \d+ 号检查点晚于它，其后的记录不在其中。", lines[2])
    assert "  people 第 " in lines[3]
    assert "比检查点短" in lines[3]


def damaged(backup: Path, folder: Path, how: str) -> Path:
    content, file = bytearray(backup.read_bytes()), folder / "damaged.qhb"
    match how:
        case "cut off":
            content = content[:-1000]
        case "cut to the head":
            content = content[:40]
        case "flipped at the end":
            content[-20] ^= 1
        case "flipped in the middle":
            content[len(content) // 2] ^= 1
        case "appended":
            content += b"\x00\x00\x00\x10" + bytes(16)
        case "another file":
            content = bytearray(b"PK\x03\x04" * 100)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("cut off", "damaged"),
        ("cut to the head", "damaged"),
        ("flipped at the end", "damaged"),
        ("flipped in the middle", "damaged"),
        ("appended", "damaged"),
        ("another file", "not-a-backup"),
    ],
)
def test_a_damaged_backup_leaves_the_database_empty(
    how: str, code: str, backup: Path, empty: House, tmp_path: Path
) -> None:
    told = restored(damaged(backup, tmp_path, how), empty, code=FINDINGS)
    assert told["refused"] == code
    assert told["sentence"].endswith("。")
    assert set(empty.counts().values()) == {0}
    assert not (empty.folder / "keys.json").exists()


def test_a_wrong_passphrase_is_refused(backup: Path, empty: House) -> None:
    done = empty.run("restore", backup, QUANHENG_PASSPHRASE="some other words")
    assert done.returncode == FINDINGS
    assert done.stderr == "quanheng: 口令不对，或文件开头已损坏。数据库没有变动。\n"
    assert set(empty.counts().values()) == {0}


def test_a_filled_database_is_left_alone(city: House, backup: Path) -> None:
    before = city.counts()
    told = restored(backup, city, code=FINDINGS)
    assert told["refused"] == "not-empty"
    assert city.counts() == before


def test_other_keys_are_never_written_over(backup: Path, empty: House) -> None:
    """They may serve another database; what was refused is then restored once they are out of the way."""
    file = empty.folder / "keys.json"
    ensure_keys(file)
    before = file.read_bytes()
    assert restored(backup, empty, code=FINDINGS)["refused"] == "other-keys"
    assert file.read_bytes() == before
    assert set(empty.counts().values()) == {0}
    file.unlink()


def test_a_short_passphrase_and_a_taken_name_are_refused(city: House, backup: Path, tmp_path: Path) -> None:
    done = city.run("backup", tmp_path / "b.qhb", QUANHENG_PASSPHRASE="short")
    assert (done.returncode, done.stdout) == (FINDINGS, "")
    assert "不少于 12 个字符" in done.stderr
    size = backup.stat().st_size
    assert city.json("backup", backup, code=FINDINGS)["refused"] == "exists"
    assert backup.stat().st_size == size
    assert city.run("backup", tmp_path / "no" / "b.qhb").returncode == WRONG_USE
    assert list(tmp_path.iterdir()) == []


def test_the_passphrase_may_lie_in_a_file(city: House, empty: House, tmp_path: Path) -> None:
    (tmp_path / "phrase").write_text("words that lie in a file\n")
    city.json("backup", tmp_path / "b.qhb", "--passphrase-file", tmp_path / "phrase")
    assert empty.run("restore", tmp_path / "b.qhb").returncode == FINDINGS
    done = empty.run("restore", tmp_path / "b.qhb", "--passphrase-file", tmp_path / "absent")
    assert done.returncode == WRONG_USE
    with (tmp_path / "b.qhb").open("rb") as file:
        assert b"".join(open_pieces(file, "words that lie in a file"))


def test_a_tampered_ledger_is_found_in_its_backup(city: House, make_house: MakeHouse, tmp_path: Path) -> None:
    house, drill = make_house(like=city), make_house()
    house.unprotect()
    house.sql("UPDATE ledger_entry SET object_key = 'x:0' WHERE stream = 'people' AND seq = 1")
    house.json("backup", tmp_path / "b.qhb")
    told = restored(tmp_path / "b.qhb", drill, code=FINDINGS)
    assert [(one["code"], one["seq"]) for one in told["ledger"]["findings"]][0] == ("hash", 1)


def test_a_killed_backup_leaves_no_half_file(city: House, tmp_path: Path) -> None:
    process = city.start("backup", tmp_path / "b.qhb")
    deadline = time.monotonic() + 60
    while not list(tmp_path.iterdir()) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert not (tmp_path / "b.qhb").exists() or process.returncode == 0
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.iterdir())
