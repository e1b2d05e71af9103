"""A due item appears, is acted on and is gone, in Chromium: a signature, and the record of a person."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from quanheng.census.house import folder, recipe_on
from quanheng.census.snapshot import refresh
from quanheng.instruments.actions import sign_rule
from quanheng.kernel import clock
from quanheng.kernel.actor import Actor
from quanheng.people.choices import SourceKind
from quanheng.people.models import Cadre, Sanction
from tests.browser.desk import press, sign_in
from tests.conftest import Cast
from tests.deciders import BLOCKING, PDF, second, signer

__all__ = ["second", "signer"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "按处分决定书登记内容更正"


@pytest.fixture
def warned(cast: Cast, lin: Actor, tmp_path: Path, settings: Settings) -> Cadre:
    """His warning ends its effect in about a week."""
    settings.CENSUS_FOLDER = tmp_path / "census"
    at, on = clock.now(), clock.today()
    day = on - timedelta(days=358)
    given = {"source": SourceKind.REGISTER, "recorded_at": at, "recorded_by": lin.key, "document": "示纪〔2025〕3号"}
    Sanction.objects.create(cadre=cast.chen_file, kind="party_warning", decided_on=day, valid_from=day, **given)
    refresh(folder(), recipe_on(on), at=at, on=on)
    return cast.chen_file


def test_the_second_signature_waits_is_given_and_is_gone(
    page: Page, live_server: LiveServer, signer: Actor, second: Actor
) -> None:
    used_from, at = clock.today(), clock.now()
    sign_rule(actor=signer, rule=BLOCKING, document="中办发〔2019〕21号", paper=PDF, used_from=used_from, at=at)
    sign_in(page, live_server.url, "su")
    page.goto(f"{live_server.url}/desk/today/")
    row = page.locator("tr", has_text="待第二人签认：晋升一级调研员年限")
    row.get_by_role("link", name="去签认").click()
    page.get_by_role("link", name="第二人签认").click()
    form = page.locator("form.reason")
    form.get_by_label("我已另行对照正式文本逐字核对").check()
    form.get_by_role("button", name="第二人签认").click()
    expect(page.get_by_role("status")).to_contain_text("从启用日起拦阻")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="今日").click()
    expect(page.locator("tr", has_text="规则未签认")).to_be_visible()
    expect(row).to_have_count(0)


def test_an_item_is_followed_to_its_record_and_goes_with_it(page: Page, live_server: LiveServer, warned: Cadre) -> None:
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/today/")
    row = page.locator("tr[data-row]", has_text="影响期将满：陈知行（示范市甲局）")
    expect(row).to_be_visible()
    press(page, "j", "e")
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("党纪影响期：警告")
    expect(drawer.locator(".records li").first).to_contain_text("示纪〔2025〕3号")
    drawer.get_by_role("link", name="更正这条记录").click()
    page.get_by_role("link", name="撤回这条记录").click()
    page.get_by_label("理由").fill(REASON)
    page.get_by_role("button", name="撤回").click()
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="今日").click()
    expect(page.get_by_text("今天没有等着办的事。")).to_be_visible()
    expect(row).to_have_count(0)
    expect(page.locator(".as-of")).to_contain_text("此后有")
