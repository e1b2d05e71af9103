"""Snapshots are no part of a backup: a restored installation reads everybody, also where an old folder was left."""

import shutil
from pathlib import Path

import pytest

from quanheng.cli import FINDINGS
from tests.houses import House, MakeHouse

pytestmark = pytest.mark.slow


def test_a_restored_installation_reads_everybody(city: House, make_house: MakeHouse, tmp_path: Path) -> None:
    city.json("backup", tmp_path / "city.qhb")
    house = make_house()
    house.json("restore", tmp_path / "city.qhb")
    assert not (house.folder / "census").exists()
    assert "refused" in house.json("census", "show", code=FINDINGS)
    assert house.json("census", "refresh")["changed"] is None
    assert house.json("census", "refresh")["changed"] == 0

    city.json("backup", tmp_path / "later.qhb")  # an entry that the restored ledger does not hold
    city.json("census", "refresh")
    shutil.rmtree(house.folder / "census")
    shutil.copytree(city.folder / "census", house.folder / "census", symlinks=True)
    assert house.json("census", "show")["changes"] is None
    assert house.json("census", "refresh")["changed"] is None
