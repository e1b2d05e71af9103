"""People at the desk, in Chromium: signing in, pressing keys. No test in here."""

import re

from playwright.sync_api import Page

from tests.conftest import PASSWORD

A_PAGE = re.compile(r"/(?:desk|mine|console)/")


def sign_in(page: Page, base: str, username: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(A_PAGE)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Presses Tab (or Shift+Tab) until the focus stands on what is named so."""
    for _ in range(80):
        page.keyboard.press(key)
        if name in page.evaluate("document.activeElement.textContent + (document.activeElement.ariaLabel || '')"):
            return
    raise AssertionError(f"no way to {name} by {key}")
