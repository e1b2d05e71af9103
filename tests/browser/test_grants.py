"""The security administrator gives and takes a grant, in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from quanheng.accounts.models import Grant
from quanheng.kernel.actor import Actor
from tests.conftest import PASSWORD, Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def sign_in(page: Page, base: str, username: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile(r"/console/"))


def test_a_grant_is_given_by_searching_a_unit_and_taken_back(
    page: Page, live_server: LiveServer, cast: Cast, zhao: Actor
) -> None:
    sign_in(page, live_server.url, "xu")
    page.get_by_role("link", name="赵临川").click()
    grant = page.locator("form", has=page.get_by_role("heading", name="登记授权"))
    grant.get_by_label("单位", exact=True).press_sequentially("sfsjj")  # initials; htmx fetches the choices
    grant.get_by_role("radio").check()
    grant.get_by_label("市委管理干部").check()
    grant.get_by_label("日常管理").check()
    grant.get_by_label("理由").fill("人事科借调甲局，分管名册")
    grant.get_by_role("button", name="登记授权").click()
    expect(page.get_by_role("status")).to_contain_text("授权已登记")
    given = Grant.objects.get(account=zhao.key, unit=cast.unit_a)
    assert (given.categories, given.purposes, given.reason) == (["city"], ["management"], "人事科借调甲局，分管名册")

    page.get_by_role("row", name="示范市甲局").get_by_role("link", name="收回授权").click()
    page.locator("#reason-text").fill("借调结束，回到原来的科室")
    page.locator("form.reason").get_by_role("button", name="收回授权").click()
    expect(page.get_by_role("status")).to_contain_text("授权已收回")
    given.refresh_from_db()
    assert given.revoked_at is not None
