"""A rule is signed off by two officers, in Chromium, and is seen in force."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from quanheng.instruments.models import SignOff
from quanheng.kernel.actor import Actor
from tests.conftest import PASSWORD
from tests.deciders import BLOCKING, second, signer

__all__ = ["second", "signer"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, base: str, username: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{base}/sign-in/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/desk/"))


def test_a_rule_is_signed_by_two_and_blocks(page: Page, live_server: LiveServer, signer: Actor, second: Actor) -> None:
    sign_in(page, live_server.url, "lin")
    page.get_by_role("link", name="规则库").click()
    page.get_by_label("规则", exact=True).fill(BLOCKING)
    page.get_by_label("规则", exact=True).press("Enter")
    page.get_by_role("link", name="晋升一级调研员年限").click()
    expect(page.get_by_text("未签认，只提示")).to_be_visible()
    page.locator("header.page-header").get_by_role("link", name="签认", exact=True).click()
    form = page.locator("form.reason")
    form.get_by_label("文号").fill("中办发〔2019〕21号")
    form.get_by_label("我已对照正式文本逐字核对").check()
    form.get_by_role("button", name="签认").click()
    expect(page.get_by_role("status")).to_contain_text("已签认")
    expect(page.get_by_text("还差第二人签认")).to_be_visible()

    sign_in(page, live_server.url, "su")
    page.goto(f"{live_server.url}/desk/rules/{BLOCKING}/")
    page.get_by_role("link", name="第二人签认").click()
    form = page.locator("form.reason")
    form.get_by_label("我已另行对照正式文本逐字核对").check()
    form.get_by_role("button", name="第二人签认").click()
    expect(page.get_by_role("status")).to_contain_text("从启用日起拦阻")
    page.goto(f"{live_server.url}/desk/rules/?state=signed")
    expect(page.get_by_role("link", name="晋升一级调研员年限")).to_be_visible()
    assert SignOff.objects.get().countersigned_by == second.key
