"""From the search box to a dossier as it was on a day, with its evidence, in Chromium."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from quanheng.people.models import Cadre
from tests.browser.desk import press, sign_in
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chen_file(cast: Cast, at: datetime) -> Cadre:
    cadre = fill(cast.chen_file, at - timedelta(days=3000))
    cadre.search_text = "陈知行 chenzhixing czx"
    cadre.save()
    return cadre


def test_search_a_person_then_a_day_then_the_evidence(page: Page, live_server: LiveServer, chen_file: Cadre) -> None:
    sign_in(page, live_server.url, "lin")
    press(page, "/")
    page.keyboard.type("czx")
    expect(page.locator("[data-hit]").first).to_contain_text("陈知行")
    press(page, "ArrowDown", "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("陈知行")
    expect(page.locator(".fact-strip")).to_contain_text("县处级正职")
    assert page.get_by_role("link", name="更正出生年月").count() == 1

    page.locator("summary", has_text="看某日的状态").click()
    page.get_by_label("日期", exact=True).fill("2021-06-30")
    page.get_by_role("button", name="看这一天").click()
    expect(page.locator(".as-of")).to_contain_text("这是 2021-06-30 的状态，只读")
    expect(page.locator(".fact-strip")).to_contain_text("县处级副职")
    expect(page.locator(".fact-strip")).to_contain_text("41 岁 1 个月")
    expect(page.locator(".person-line")).to_contain_text("副局长")
    assert page.get_by_role("link", name="更正").count() == 0
    asked = page.url

    page.locator(".fact-strip .ev").first.focus()
    press(page, "e")
    expect(page.locator("#drawer .claim")).to_contain_text("41 岁 1 个月")
    assert "on=2021-06-30" in page.url
    assert "&evidence=%2Fdesk%2Fevidence%2F" in page.url
    page.reload()
    expect(page.locator("#drawer .claim")).to_contain_text("41 岁 1 个月")
    expect(page.locator("#drawer")).to_contain_text("1980.05")
    page.go_back()
    expect(page.locator("#drawer")).to_be_hidden()
    assert page.url == asked
    page.get_by_role("link", name="回到今天").click()
    expect(page.locator(".fact-strip")).to_contain_text("县处级正职")


def test_a_click_on_a_dotted_value_opens_what_it_rests_on(
    page: Page, live_server: LiveServer, chen_file: Cadre
) -> None:
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/people/{chen_file.pk}/")
    page.locator(".fact-strip .ev", has_text="年").nth(1).click()
    expect(page.locator("#drawer .records li").first).to_contain_text("2022.04")
    expect(page.locator("#drawer")).to_contain_text("示任〔2022〕8号")
    press(page, "Escape")
    expect(page.locator("#drawer")).to_be_hidden()
