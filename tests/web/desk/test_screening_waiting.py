"""资格筛查 of many people: a page that is there at once says how far the work is, and the answer takes its place."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.test import Client
from django.utils.timezone import localdate, now
from pytest_django import Settings

from quanheng.census import house as census
from quanheng.census.snapshot import refresh
from quanheng.insight import verdicts
from quanheng.insight.verdicts_making import wait_for_all
from quanheng.kernel.actor import Actor
from tests.conftest import Cast, ClientOf
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/desk/screening/"
YOUNG = f"{PAGE}?target=pool:young"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def officer(
    cast: Cast, lin: Actor, client_of: ClientOf, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Client]:
    """Two people are many here."""
    settings.CENSUS_FOLDER = tmp_path
    monkeypatch.setattr(verdicts, "FEW", 1)
    fill(cast.chen_file, datetime(2026, 11, 20, tzinfo=UTC))
    on = localdate(now())
    refresh(census.folder(), census.recipe_on(on), at=now(), on=on)
    yield client_of(lin)
    wait_for_all()


def polled_at(response: Any) -> str:
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every 1s"', response.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_the_page_is_there_at_once_and_the_answer_when_it_is_asked_again(officer: Client) -> None:
    first = officer.get(YOUNG)
    page = first.content.decode()
    assert first.status_code == 200
    assert "正在对照这个目标的条件逐人核对" in page
    assert "优秀年轻干部库" in page
    assert "已用 0 秒" in page
    assert "陈知行" not in page
    wait_for_all()
    again = officer.get(polled_at(first), headers=HTMX)
    assert (again.content, again["HX-Refresh"]) == (b"", "true")
    assert "陈知行" in officer.get(YOUNG).content.decode()


def test_the_bar_is_replaced_by_itself_while_it_takes_longer(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "begin", lambda file, make: None)
    monkeypatch.setattr(verdicts, "part_of", lambda file: 0.5)
    bar = officer.get(polled_at(officer.get(YOUNG)), headers=HTMX)
    assert bar.content.decode().strip().startswith('<div class="job is-running"')
    assert "50 / 100 %" in bar.content.decode()
    assert polled_at(bar) == polled_at(officer.get(YOUNG))
    since = int(now().timestamp()) - 30
    later = officer.get(f"{YOUNG}&waiting={since}", headers=HTMX)
    assert re.search(r"已用 3\d 秒", later.content.decode())
    monkeypatch.setattr(verdicts, "part_of", lambda file: None)
    assert "排队中" in officer.get(f"{YOUNG}&waiting={since}", headers=HTMX).content.decode()


@pytest.mark.parametrize("odd", ["x", "9" * 40, "²", "<script>"])
def test_a_time_that_is_none_is_now(officer: Client, odd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "begin", lambda file, make: None)
    page = officer.get(YOUNG, {"target": "pool:young", "waiting": odd}).content.decode()
    assert '<div class="job is-running"' in page
    assert "<script>" not in page


def test_in_place_of_an_answer_the_address_follows(officer: Client) -> None:
    response = officer.get(YOUNG, headers={**HTMX, "HX-Target": "screening"})
    assert "<html" not in response.content.decode()
    assert "正在对照这个目标的条件逐人核对" in response.content.decode()
    assert response["HX-Push-Url"] == "/desk/screening/?target=pool%3Ayoung"


def test_what_fails_is_said_and_can_be_tried_again(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise duckdb.OutOfMemoryException("of Chen")

    monkeypatch.setattr(verdicts, "_make", fail)
    first = officer.get(YOUNG)
    wait_for_all()
    failed = officer.get(polled_at(first), headers=HTMX).content.decode()
    assert "没有核对成，什么都没有改动。" in failed
    assert '<a href="/desk/screening/?target=pool%3Ayoung">再试一次</a>' in failed
    assert "hx-get" not in failed
    monkeypatch.undo()
    assert officer.get(YOUNG).status_code == 200


def test_meanwhile_nothing_is_counted_or_exported(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "begin", lambda file, make: None)
    row = {"target": "pool:young", "field": "person.is_party_member", "operator": "is", "value": "true"}
    assert officer.get(f"{PAGE}count/", row).content == b""
    response = officer.post(f"{PAGE}export/?target=pool:young")
    assert "还在逐条核对，结果出来后才能导出。" in response.content.decode()
