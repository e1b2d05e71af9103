"""What pages say of the snapshot that they show, and recalculating at once."""

import errno
import fcntl
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client, RequestFactory
from pytest_django import Settings

from quanheng.census import house, upkeep
from quanheng.census.extract import CannotExtract
from quanheng.census.reading import Snapshot
from quanheng.kernel.actor import Actor
from quanheng.people import actions
from quanheng.people.models import Cadre
from quanheng.web.shared import census
from quanheng.web.shared.as_of import as_of_snapshot
from quanheng.web.shared.parts import AsOf
from tests.conftest import Cast, ClientOf
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
ON = date(2026, 11, 20)


@pytest.fixture
def chen(cast: Cast, at: datetime, settings: Settings, tmp_path: Path) -> Cadre:
    settings.CENSUS_FOLDER = tmp_path / "census"
    return fill(cast.chen_file, at)


@pytest.fixture
def told(chen: Cadre, at: datetime) -> Snapshot:
    made = upkeep.one_round(house.folder(), house.recipe_on(ON), clock=lambda: at, on=ON)
    assert made
    return made.snapshot


def shown(told: Snapshot, now: datetime, query: str = "", on: date | None = None) -> AsOf:
    request = RequestFactory().get(f"/desk/screening/?{query}")
    request.now, request.today = now, ON  # type: ignore[attr-defined]
    return as_of_snapshot(request, told, on=on)  # type: ignore[arg-type]


def sanction(lin: Actor, chen: Cadre, at: datetime) -> None:
    values = {"kind": "warning", "decided_on": date(2026, 3, 2), "valid_from": date(2026, 3, 2)}
    actions.add_record(actor=lin, cadre=chen.pk, kind="sanction", values=values, reason="按处分决定登记，补登", at=at)


def test_a_fresh_snapshot_says_as_of_and_no_more(told: Snapshot, at: datetime) -> None:
    found = shown(told, at + timedelta(minutes=10), "target=rank:counsel_4&on=&page=2")
    assert found == AsOf(
        "2026-11-20 08:00",
        choose_name="on",
        keep=(("target", "rank:counsel_4"),),
        back="/desk/screening/?target=rank:counsel_4&on=&page=2",
    )


def test_changes_since_are_counted_and_lead_to_a_refresh(told: Snapshot, chen: Cadre, lin: Actor, at: datetime) -> None:
    sanction(lin, chen, at)
    found = shown(told, at)
    assert (found.changes_since, found.refresh_url, found.notice) == (1, "/census/refresh/", "")


def test_a_worker_that_stands_still_is_said_with_its_time(told: Snapshot, at: datetime) -> None:
    found = shown(told, at + timedelta(minutes=10, seconds=1))
    assert (str(found.notice), found.refresh_url) == ("后台从 2026-11-20 08:00 起没有动静", "/census/refresh/")


def test_another_day_is_read_only(told: Snapshot, at: datetime) -> None:
    found = shown(told, at, "target=rank:counsel_4&on=2019-03-01", on=date(2019, 3, 1))
    assert found == AsOf("2019-03-01", is_past=True, today_url="?target=rank%3Acounsel_4")
    assert shown(told, at, "on=2026-11-20", on=ON).is_past is False


# --- recalculate now


@pytest.fixture
def browser(lin: Actor, client_of: ClientOf) -> Client:
    return client_of(lin)


def refresh(browser: Client, at: datetime, **data: str) -> str:
    """Gives what the page says then."""
    with time_machine.travel(at, tick=False):
        answer = browser.post("/census/refresh/", {"next": "/desk/people/", **data})
        assert (answer.status_code, answer["Location"]) == (302, "/desk/people/")
        return browser.get("/desk/people/").content.decode()


def number() -> int:
    told = upkeep.current_snapshot(house.folder())
    assert told
    return told.number


def test_an_officer_need_not_wait(told: Snapshot, browser: Client, chen: Cadre, lin: Actor, at: datetime) -> None:
    assert "没有新的变动。" in refresh(browser, at)
    assert number() == 1
    sanction(lin, chen, at)
    assert "已重新计算。" in refresh(browser, at)
    assert number() == 2


def test_while_another_builds_it_is_refused_in_words(
    told: Snapshot, browser: Client, chen: Cadre, lin: Actor, at: datetime
) -> None:
    sanction(lin, chen, at)
    with (house.folder() / ".publishing").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "正在重新计算，没有另起一次" in refresh(browser, at)
    assert number() == 1


def test_what_cannot_be_read_is_told_and_leaves_the_snapshot(
    told: Snapshot, browser: Client, chen: Cadre, lin: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise CannotExtract("not-given", table="posts", error="42703")

    sanction(lin, chen, at)
    monkeypatch.setattr("quanheng.web.shared.tasks.bring_census_up_to_date", fails)
    page = refresh(browser, at)
    assert "没有重新计算成功" in page
    assert "quanheng census refresh" in page
    assert number() == 1


def test_a_try_that_failed_is_said_with_its_time_until_one_goes_well(
    told: Snapshot, browser: Client, chen: Cadre, lin: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object, **named: object) -> None:
        raise OSError(errno.ENOSPC, "陈知行")

    later = at + timedelta(minutes=5)
    sanction(lin, chen, at)
    monkeypatch.setattr(upkeep, "refresh", fails)
    page = refresh(browser, later)
    assert "没有重新计算成功，页面上的仍是原有快照。服务器磁盘已满。" in page
    assert "陈知行" not in page.split("没有重新计算成功")[1].split("</")[0]
    found = shown(told, later)
    assert (found.moment, str(found.notice)) == ("2026-11-20 08:00", "2026-11-20 08:05 重新计算没有做成")
    assert found.refresh_url == "/census/refresh/"
    monkeypatch.undo()
    refresh(browser, later + timedelta(minutes=1))
    again = upkeep.current_snapshot(house.folder())
    assert again
    assert shown(again, later + timedelta(minutes=1)).notice == ""


def test_a_damaged_snapshot_is_made_anew_by_the_same_button(told: Snapshot, browser: Client, at: datetime) -> None:
    (house.folder() / "snap-00000001.duckdb").write_bytes(b"garbage")
    assert "已交后台重新计算" in refresh(browser, at)
    assert number() == 2


@pytest.mark.parametrize("url", ["/desk/today/", "/desk/today/items/all/"])
def test_pages_stay_up_over_a_snapshot_that_cannot_be_read(
    told: Snapshot, browser: Client, at: datetime, url: str
) -> None:
    (house.folder() / "snap-00000001.duckdb").write_bytes(b"garbage")
    with time_machine.travel(at, tick=False):
        answer = browser.get(url)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "到期事项现在读不出。全员快照的文件读写出错" in page
    assert "最近一份快照做于 2026-11-20 08:00。" in page


@pytest.mark.parametrize("is_there", [False, True], ids=["none yet", "large"])
def test_what_takes_long_is_left_to_the_worker(
    is_there: bool, chen: Cadre, browser: Client, lin: Actor, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests' queue carries it out at once."""
    if is_there:
        upkeep.rebuild(house.folder(), house.recipe_on(ON), clock=lambda: at, on=ON)
        sanction(lin, chen, at)
    monkeypatch.setattr(census, "SMALL", 1)
    assert "已交后台重新计算" in refresh(browser, at)
    assert number() == 1 + is_there


def test_a_page_of_another_site_is_not_gone_to(told: Snapshot, browser: Client, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        assert browser.post("/census/refresh/", {"next": "https://example.org/"})["Location"] == "/"
        assert browser.get("/census/refresh/").status_code == 405
