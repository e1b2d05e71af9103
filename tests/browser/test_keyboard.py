"""The people list without a mouse, and the same work without script."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from quanheng.people.models import Cadre
from tests.browser.desk import press, sign_in, tab_to
from tests.conftest import Cast, make_cadre
from tests.dossiers import fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(cast: Cast, at: datetime) -> list[Cadre]:
    made = [make_cadre(name, cast.unit_a, at, birth_month=date(1985, 3, 1)) for name in ("林晚", "沈砚秋")]
    return [fill(each, at - timedelta(days=100)) for each in [cast.chen_file]] + made


@pytest.fixture
def plain_page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", java_script_enabled=False)
    yield context.new_page()
    context.close()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent")).strip()


def test_rows_are_walked_selected_and_printed_by_keys(page: Page, live_server: LiveServer, people: list[Cadre]) -> None:
    sign_in(page, live_server.url, "lin")
    press(page, "g", "2")
    expect(page.get_by_role("heading", level=1)).to_have_text("人员名册")
    press(page, "j", "j")
    second = focused(page)
    press(page, "x", "k")
    first = focused(page)
    press(page, "x")
    assert {first, second} < {"陈知行", "林晚", "沈砚秋"}
    expect(page.locator("[data-batch]")).to_contain_text("已选 2 人")
    tab_to(page, "打印任免审批表", "Shift+Tab")
    with page.expect_download() as waiting:
        press(page, "Enter")
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(waiting.value.path().read_bytes())).pages)
    printed = re.sub(r"\s", "", text)
    assert [name for name in ("陈知行", "林晚", "沈砚秋") if name in printed] == [
        name for name in ("陈知行", "林晚", "沈砚秋") if name in (first, second)
    ]


def test_a_row_is_opened_and_the_next_person_follows(page: Page, live_server: LiveServer, people: list[Cadre]) -> None:
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/people/")
    press(page, "j")
    first = focused(page)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    press(page, "]")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    press(page, "[")
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.evaluate("window.print = () => { document.body.dataset.printed = 'once' }")
    press(page, "p")
    expect(page.locator("body")).to_have_attribute("data-printed", "once")


def test_without_script_one_reads_filters_and_corrects(
    plain_page: Page, live_server: LiveServer, people: list[Cadre]
) -> None:
    page = plain_page
    sign_in(page, live_server.url, "lin")
    page.get_by_role("link", name="干部", exact=True).click()
    page.get_by_label("姓名").fill("陈知行")
    page.get_by_role("button", name="搜索").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="陈知行", exact=True).click()
    page.locator(".fact-strip .ev").first.click()
    expect(page.locator("main .claim")).to_contain_text("年龄")
    page.go_back()
    page.get_by_role("link", name="更正籍贯").click()
    page.get_by_label("籍贯").fill("霁州栖梧")
    page.get_by_label("理由").fill("按档案审核意见改正录入")
    page.locator("form.reason button.primary").click()
    expect(page.locator("main")).to_contain_text("霁州栖梧")
    people[0].refresh_from_db()
    assert people[0].native_place == "霁州栖梧"
