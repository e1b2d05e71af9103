"""The snapshot on the page of the running installation."""

from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from pytest_django import Settings

from quanheng.census import house, upkeep
from quanheng.census.failures import CannotRefresh
from quanheng.census.snapshot import Published
from quanheng.kernel.actor import Actor
from quanheng.people.models import Cadre, PostHolding
from quanheng.web.console.census_parts import census_state
from tests.conftest import Cast, ClientOf
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 11, 20)


@pytest.fixture
def chen(cast: Cast, at: datetime, settings: Settings, tmp_path: Path) -> Cadre:
    settings.CENSUS_FOLDER = tmp_path / "census"
    return fill(cast.chen_file, at)


def one_round(at: datetime, on: date = ON) -> Published | None:
    return upkeep.one_round(house.folder(), house.recipe_on(on), clock=lambda: at, on=on)


def lines(at: datetime) -> list[tuple[str, str, str]]:
    return [(str(fact.label), str(fact.value), str(fact.note)) for fact in census_state(at=at).facts]


def test_before_the_first_there_is_none(chen: Cadre, at: datetime) -> None:
    assert lines(at) == [("全员快照", "还没有", "")]


def test_age_work_and_signs_are_told(chen: Cadre, at: datetime) -> None:
    one_round(at)
    assert lines(at + timedelta(minutes=3, seconds=59)) == [
        ("全员快照", "2 人", "数据截至 2026-11-20 08:00，3 分钟前"),
        ("最近重做快照", "2026-11-20 08:00，用时 0.0 秒", "全部重读"),
        ("快照进程", "2026-11-20 08:00", ""),
        ("每夜核对", "还没有", ""),
    ]
    assert census_state(at=at).alarms == ()


def test_a_worker_that_stands_still_is_an_alarm(chen: Cadre, at: datetime) -> None:
    one_round(at)
    assert census_state(at=at + timedelta(minutes=10)).alarms == ()
    (alarm,) = census_state(at=at + timedelta(minutes=11)).alarms
    assert (alarm.what, alarm.why) == ("快照没有人更新。", "从 2026-11-20 08:00 起没有动静，筛选和到期事项停在那时。")


def test_a_difference_of_the_night_is_an_alarm_until_the_next(
    chen: Cadre, at: datetime, wu: Actor, client_of: ClientOf
) -> None:
    one_round(at)
    PostHolding.objects.filter(cadre=chen, title="局长").update(valid_from=date(2016, 2, 1))
    night = at + timedelta(days=1)
    one_round(night, on=date(2026, 11, 21))
    (alarm,) = census_state(at=night).alarms
    assert alarm.what == "档案有未留痕的改动。"
    assert "：posts。" in str(alarm.why)
    assert ("每夜核对", "与前一份不符", "2026-11-21 08:00") in lines(night)
    shown = client_of(wu).get("/console/running/").content.decode()
    assert "档案有未留痕的改动" in shown
    assert "陈知行" not in shown
    night += timedelta(days=1)
    one_round(night, on=date(2026, 11, 22))
    assert ("每夜核对", "一致", "2026-11-22 08:00") in lines(night)
    assert census_state(at=night).alarms == ()


def test_a_failure_is_told_by_its_kind(chen: Cadre, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*given: object, **named: object) -> Published:
        raise duckdb.OutOfMemoryException("no room")

    monkeypatch.setattr(upkeep, "refresh", fails)
    with pytest.raises(CannotRefresh):
        one_round(at)
    assert lines(at)[-1] == ("最近没有做成", "2026-11-20 08:00", "OutOfMemoryException")
    monkeypatch.undo()
    one_round(at)
    monkeypatch.setattr(upkeep, "refresh", fails)
    later = at + timedelta(minutes=2)
    with pytest.raises(CannotRefresh):
        upkeep.rebuild(house.folder(), house.recipe_on(ON), clock=lambda: later, on=ON)
    (alarm,) = census_state(at=later).alarms
    assert (alarm.what, alarm.why) == (
        "快照没有更新。",
        "2026-11-20 08:02 没有做成新的，筛查和到期事项仍按 2026-11-20 08:00 的数据。",
    )


def test_a_snapshot_that_cannot_be_read_is_an_alarm(chen: Cadre, at: datetime, wu: Actor, client_of: ClientOf) -> None:
    made = one_round(at)
    assert made
    made.file.write_bytes(b"garbage")
    (alarm,) = census_state(at=at).alarms
    assert alarm.what == "全员快照读不出。"
    assert str(alarm.why).startswith("全员快照的文件读写出错，可能已损坏。")
    assert lines(at)[:2] == [("全员快照", "读不出", ""), ("最近重做快照", "2026-11-20 08:00，用时 0.0 秒", "全部重读")]
    assert "全员快照读不出" in client_of(wu).get("/console/running/").content.decode()
