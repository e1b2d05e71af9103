"""From the tab 资格 to a failed condition, to the record it rests on, to its correction: and the verdict is another."""

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from quanheng.kernel import clock
from quanheng.people.models import Cadre, PostHolding
from tests.browser.desk import sign_in
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def deputy(cast: Cast, at: datetime) -> Cadre:
    """Deputy for a good year: short of the two that a principal needs."""
    cadre = fill(cast.chen_file, at - timedelta(days=3000))
    PostHolding.objects.filter(cadre=cadre, title="局长").delete()
    since = (clock.today() - timedelta(days=450)).replace(day=1)
    PostHolding.objects.filter(cadre=cadre).update(valid_from=since, valid_to=None)
    return cadre


def test_a_failed_condition_is_followed_to_its_record_and_corrected(
    page: Page, live_server: LiveServer, deputy: Cadre
) -> None:
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/people/{deputy.pk}/")
    page.locator(".page-tabs").get_by_role("link", name="资格").click()
    line = page.locator("tr.target-line", has=page.get_by_role("rowheader", name="县处级正职"))
    expect(line).to_contain_text("不符合")
    expect(line).to_contain_text("起符合")

    line.get_by_role("link", name="副职提任正职").click()
    drawer = page.locator("#drawer")
    expect(drawer.locator(".claim")).to_contain_text("副职提任正职")
    expect(drawer.locator(".claim")).to_contain_text("须达到 2 年")
    expect(drawer.locator(".law")).to_contain_text("副职提正职须在副职岗位满两年")
    drawer.locator("[data-next]").click()
    expect(drawer.locator(".claim")).not_to_contain_text("副职提任正职")
    drawer.locator("[data-previous]").click()
    expect(drawer.locator(".claim")).to_contain_text("副职提任正职")

    drawer.locator(".records").get_by_role("link", name="副局长").click()
    page.get_by_role("link", name="更正或撤回这条记录").click()
    page.get_by_label("任职时间", exact=True).fill("2016.03")
    page.get_by_label("理由").fill("按任免文件更正任职时间，附原件核对")
    page.get_by_role("button", name="更正任职").click()
    expect(page.get_by_role("status")).to_contain_text("已办")

    page.locator(".page-tabs").get_by_role("link", name="资格").click()
    expect(line).not_to_contain_text("副职提任正职")


def test_without_a_drawer_the_evidence_is_a_page(page: Page, live_server: LiveServer, deputy: Cadre) -> None:
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/evidence/rule/{deputy.pk}/SEL-QUAL-08-3a/?target=post:county_principal")
    expect(page.get_by_role("heading", level=2)).to_contain_text("副职提任正职")
    page.get_by_role("link", name="关闭").click()
    expect(page.get_by_role("heading", name="选定的目标")).to_be_visible()
