"""Screen for a post, ask 凭什么 of a failed condition, correct the record, and see the finding change, in Chromium."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.utils.timezone import localdate, now
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from quanheng.census import house as census
from quanheng.census.snapshot import refresh
from quanheng.people.models import Cadre, PostHolding
from tests.browser.desk import sign_in
from tests.conftest import Cast
from tests.dossiers import add, fill

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chen(cast: Cast, at: datetime, settings: Settings, tmp_path: Path) -> Cadre:
    """Deputy since this year by a mistyped record: too short for the principal of the same level."""
    settings.CENSUS_FOLDER = tmp_path
    cadre = fill(cast.chen_file, at)
    PostHolding.objects.filter(cadre=cadre).delete()
    add(
        PostHolding,
        cadre,
        at,
        unit=cast.unit_a,
        unit_name="示范市甲局",
        title="副局长",
        tier="county_deputy",
        valid_from=date(localdate(now()).year, 1, 1),
        document="示任〔2021〕8号",
        is_primary=True,
    )
    on = localdate(now())
    refresh(census.folder(), census.recipe_on(on), at=now(), on=on)
    return cadre


def test_a_failed_condition_leads_to_its_record_and_article(page: Page, live_server: LiveServer, chen: Cadre) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/screening/")
    page.get_by_role("link", name="县处级正职", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("县处级正职")
    row = page.locator("tr[data-row]", has_text="陈知行")
    expect(row.locator(".c-verdict")).to_contain_text("不符合")

    row.locator('a[href*="SEL-QUAL-08-3a"]').click()
    drawer = page.locator("#drawer")
    expect(drawer.locator(".claim")).to_be_visible()
    assert "evidence=" in page.url
    expect(drawer.locator(".records")).to_contain_text("示范市甲局副局长")
    drawer.locator(".records a").first.click()  # the record itself
    expect(page.locator("main")).to_contain_text("示任〔2021〕8号")
    page.go_back()
    expect(drawer.locator(".records")).to_contain_text("示范市甲局副局长")
    drawer.locator('a[href*="/desk/rules/SEL-QUAL-08-3a/"]').first.click()  # the article
    expect(page.locator("main")).to_contain_text("SEL-QUAL-08-3a")

    post = PostHolding.objects.get(cadre=chen)
    page.goto(f"{live_server.url}/desk/people/{chen.pk}/records/post/{post.pk}/")
    page.locator('[name="valid_from"]').fill("2018-01-01")
    page.locator('[name="reason"]').fill("按任免文件更正任职起始时间")
    page.locator('main form button[type="submit"].primary').click()
    page.wait_for_url(f"**/desk/people/{chen.pk}/**")

    page.goto(f"{live_server.url}/desk/screening/?target=post:county_principal")
    expect(page.locator(".as-of")).to_contain_text("此后有")
    before = row.locator(".v-not-met").count()
    page.locator(".as-of").get_by_role("button", name="重新计算").click()
    expect(page.locator(".as-of")).not_to_contain_text("此后有")
    assert row.locator(".v-not-met").count() < before


def test_beside_an_open_drawer_the_conditions_come_back_by_a_key(
    page: Page, live_server: LiveServer, chen: Cadre
) -> None:
    page.set_default_timeout(60_000)
    page.set_viewport_size({"width": 1366, "height": 768})
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/screening/?target=post:county_principal")
    listed, link = page.locator(".screening-conditions"), page.locator("[data-fold]")
    expect(listed).to_be_visible()
    expect(link).to_be_hidden()
    count = page.locator('.screening-conditions [name="keep"]').count()

    page.locator(".matrix a.ev").first.click()
    expect(page.locator("#drawer .claim")).to_be_visible()
    expect(listed).to_be_hidden()
    expect(link).to_have_text(f"条件 {count}")
    expect(link).to_have_attribute("aria-expanded", "false")
    link.focus()
    page.keyboard.press("Enter")
    expect(listed).to_be_visible()
    expect(link).to_have_attribute("aria-expanded", "true")
    assert "#" not in page.url
    page.locator(".screening-list > li > .screening-condition input").first.uncheck()
    expect(link).to_have_text(f"条件 {count - 1}")
    expect(listed).to_be_visible()
    expect(link).to_have_attribute("aria-expanded", "true")
    link.click()
    expect(listed).to_be_hidden()

    page.set_viewport_size({"width": 1440, "height": 900})
    expect(listed).to_be_visible()
    expect(link).to_be_hidden()


def test_on_a_phone_a_link_leads_to_the_conditions_without_script(
    page: Page, live_server: LiveServer, chen: Cadre
) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, live_server.url, "lin")
    context = page.context.browser.new_context(  # type: ignore[union-attr]
        java_script_enabled=False,
        storage_state=page.context.storage_state(),
        viewport={"width": 390, "height": 844},
        locale="zh-CN",
    )
    phone = context.new_page()
    phone.goto(f"{live_server.url}/desk/screening/?target=pool:young")
    phone.get_by_role("link", name="条件").click()
    assert phone.url.endswith("#screening-conditions")
    expect(phone.locator(".screening-scope")).to_be_in_viewport()
    context.close()


def test_unticking_a_condition_counts_anew_and_the_address_says_so(
    page: Page, live_server: LiveServer, chen: Cadre
) -> None:
    page.set_default_timeout(60_000)
    sign_in(page, live_server.url, "lin")
    page.goto(f"{live_server.url}/desk/screening/?target=pool:young")
    expect(page.locator(".screening-tabs")).to_contain_text("全部")
    page.locator("#keep-PMR-KEY").uncheck()
    expect(page.locator(".page-header")).to_contain_text("去掉了 1 个条件")
    assert "off=PMR-KEY" in page.url

    page.locator("summary", has_text="改范围和日期").click()
    page.locator("#screening-unit").fill("没有的局")
    page.keyboard.press("Tab")
    expect(page.locator(".notice[role=alert]")).to_contain_text("没有找到单位“没有的局”")
    expect(page.locator("#screening-alone")).to_be_focused()  # the fold stays open, the focus where it was

    page.locator("summary", has_text="加条件").click()
    page.get_by_label("哪一项").select_option("person.birth")
    page.get_by_label("怎样").select_option("least")
    page.get_by_label("值").fill("1970-01-01")
    expect(page.locator("#extra-count")).to_contain_text("符合这个条件的 1 人")
    page.get_by_role("button", name="加上这个条件").click()
    expect(page.locator(".page-header")).to_contain_text("另加 1 个条件")
    page.go_back()
    expect(page.locator("#keep-PMR-KEY")).not_to_be_checked()
