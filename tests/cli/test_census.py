"""`quanheng census`, and the round of the worker, on a register of two."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import InterfaceError, OperationalError
from pytest_django import Settings

from quanheng.census import house, upkeep
from quanheng.census.extract import CannotExtract
from quanheng.cli import DONE, FINDINGS, census, main
from quanheng.people.models import Cadre, PostHolding
from tests.conftest import Cast
from tests.dossiers import fill
from tests.small_disk import files_no_larger_than

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@pytest.fixture
def chen(cast: Cast, settings: Settings, tmp_path: Path) -> Cadre:
    settings.CENSUS_FOLDER = tmp_path / "census"
    return fill(cast.chen_file, AT)


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def run(at: datetime, *words: str) -> int:
    with time_machine.travel(at, tick=False):
        return main(["census", *words])


def test_refresh_reads_those_who_changed_or_everybody(chen: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(AT, "refresh") == DONE
    assert told(capsys) == "第 1 号快照：2 人，全部重读。\n"
    assert run(AT, "refresh") == DONE
    assert told(capsys) == "第 2 号快照：2 人，重读 0 人。\n"
    assert run(AT, "refresh", "--whole") == DONE
    assert told(capsys) == "第 3 号快照：2 人，全部重读。\n与上一号核对一致。\n"


def test_what_changed_without_a_mark_is_a_finding(chen: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    run(AT, "refresh")
    PostHolding.objects.filter(cadre=chen, title="局长").update(valid_to=None, valid_from=AT.date())
    capsys.readouterr()
    assert run(AT, "refresh", "--whole", "--json") == FINDINGS
    assert json.loads(told(capsys)) == {
        "as_of": AT.isoformat(), "number": 2, "cadres": 2, "changed": None, "differing": ["posts"],
    }  # fmt: skip
    assert run(AT, "show") == DONE
    assert "有人绕过系统改了数据库" in told(capsys)


def test_show_says_how_old_it_is(chen: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(AT, "show") == FINDINGS
    assert "快照还没有做好" in capsys.readouterr().err
    run(AT, "refresh")
    capsys.readouterr()
    run(AT, "show")
    assert told(capsys) == "第 1 号快照：2 人，数据截至 2026-11-20 01:00（UTC）。\n此后有 0 处变动。\n"
    run(AT.replace(hour=2), "show", "--json")
    found = {
        "as_of": AT.isoformat(),
        "still_since": AT.isoformat(),
        "failed_at": None,
        "number": 1,
        "cadres": 2,
        "changes": 0,
    }
    assert json.loads(told(capsys)) == {**found, "differing": None}


class Stopping:
    """A minute passes at once; the last one ends it."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.waited: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        return len(self.waited) == self.rounds


def test_the_worker_goes_round_each_minute(chen: Cadre, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping: Any = Stopping(3)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    census.keep(stopping)
    assert stopping.waited == [60, 60, 60]
    snapshot = upkeep.current_snapshot(house.folder())
    assert snapshot
    assert (snapshot.number, snapshot.cadres) == (1, 2)
    assert upkeep.last_sign(house.folder())


def test_a_round_that_fails_does_not_end_the_worker(
    chen: Cadre, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*given: object, **named: object) -> None:
        raise OSError(28, "no space", "/secret/name")

    stopping: Any = Stopping(2)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    monkeypatch.setattr(upkeep, "refresh", fails)
    census.keep(stopping)
    told = capsys.readouterr().err
    assert told.count("quanheng census: 磁盘已满，或超出配额、文件大小的上限（") == told.count("\n") == 2
    assert "secret" not in told


@pytest.mark.parametrize(
    ("code", "facts", "said"),
    [
        ("not-given", {}, "数据库没有给出 posts 的记录（E），"),
        ("not-taken", {}, "posts 的记录写不进快照（E），"),
        ("column-not-taken", {"column": "title"}, "posts 的 title 栏有写不进快照的值（E），"),
    ],
)
def test_rows_that_cannot_be_had_are_told_in_a_line(
    chen: Cadre,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
    facts: dict[str, str],
    said: str,
) -> None:
    def fails(*given: object, **named: object) -> None:
        raise CannotExtract(code, table="posts", error="E", **facts)

    monkeypatch.setattr(upkeep, "refresh", fails)
    assert run(AT, "refresh") == FINDINGS
    told = capsys.readouterr().err
    assert told.startswith(f"quanheng: {said}没有生成新快照，原有快照照常使用。请")
    assert told.endswith("再运行 quanheng census refresh。\n")
    assert told.count("\n") == 1
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    census.keep_once()
    assert capsys.readouterr().err == told.replace("quanheng:", "quanheng census:")


def test_a_snapshot_folder_is_of_one_layout(chen: Cadre, settings: Settings) -> None:
    """Software with other tables finds none until its worker has made one."""
    run(AT, "refresh")
    assert [each.name for each in settings.CENSUS_FOLDER.iterdir()] == [house.folder().name]
    assert len(house.folder().name) == 12


def test_a_refresh_without_room_is_told_in_a_line(chen: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    run(AT, "refresh")
    capsys.readouterr()
    with files_no_larger_than(60_000):
        assert run(AT.replace(hour=2), "refresh", "--whole") == FINDINGS
    err = capsys.readouterr().err
    assert err.startswith(f"quanheng: 磁盘已满，或超出配额、文件大小的上限（{house.folder()}，")
    assert err.endswith("请腾出空间，再运行 quanheng census refresh。\n")
    assert run(AT.replace(hour=2), "show") == DONE
    assert "最近一次重做快照没有做成（2026-11-20 02:00，UTC）" in told(capsys)


def test_a_snapshot_that_cannot_be_read_is_told_in_a_line(chen: Cadre, capsys: pytest.CaptureFixture[str]) -> None:
    run(AT, "refresh")
    (house.folder() / "snap-00000001.duckdb").write_bytes(b"garbage")
    capsys.readouterr()
    assert run(AT, "show") == FINDINGS
    assert capsys.readouterr().err == (
        f"quanheng: 快照文件已损坏（{house.folder()}，IOException）。"
        "请检查磁盘，再运行 quanheng census refresh --whole。\n"
    )
    assert run(AT, "refresh") == DONE
    assert told(capsys) == "第 2 号快照：2 人，全部重读。\n"


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_goes_meanwhile_is_told_in_a_line(
    chen: Cadre, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: type[Exception]
) -> None:
    """Before a refresh begins, in whichever command; the words of the database stay out."""

    def fails(on: object) -> None:
        raise error("陈知行")

    monkeypatch.setattr(house, "recipe_on", fails)
    assert run(AT, "refresh") == FINDINGS
    told = capsys.readouterr().err
    assert told.startswith(f"quanheng: 数据库中断，或不答复（{error.__name__}），没有办成。请看数据库是否在运行")
    assert told.count("\n") == 1
    assert "陈知行" not in told
