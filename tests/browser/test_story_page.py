"""The behaviours of quanheng.js on the story page: drawer, selection, tree, columns, keyboard, unsaved changes."""

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from quanheng.web import urls as web_urls
from quanheng.web.shared import stories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def elsewhere(request: HttpRequest) -> HttpResponse:
    return HttpResponse("elsewhere")


story_urls = [
    path("stories/", stories.show_stories, name="stories"),
    path("stories/evidence/<slug:key>/", stories.show_evidence, name="story-evidence"),
    path("stories/children/", stories.show_children, name="story-children"),
    path("stories/search/", stories.show_search, name="story-search"),
    path("stories/job/", stories.show_job, name="story-job"),
]
urlpatterns = [
    path("elsewhere/", elsewhere),
    path("", include(([*web_urls.urlpatterns, *story_urls], "web"))),
]


@pytest.fixture
def stories_page(page: Page, live_server: LiveServer, settings: Settings) -> Page:
    settings.ROOT_URLCONF = __name__
    page.goto(live_server.url + "/stories/")
    page.wait_for_load_state("networkidle")
    return page


def announced(page: Page, text: str) -> None:
    expect(page.locator("#announcer")).to_have_text(text)


def test_a_dotted_value_opens_its_evidence_and_the_url_says_so(stories_page: Page) -> None:
    stories_page.locator("tbody .ev").first.click()
    expect(stories_page.locator("#drawer h2")).to_have_text("任现职务层次满三年")
    assert stories_page.url.endswith("/stories/?evidence=%2Fstories%2Fevidence%2Ftenure%2F")
    announced(stories_page, "依据已打开")
    stories_page.keyboard.press("j")
    expect(stories_page.locator("#drawer h2")).to_have_text("年龄")
    stories_page.keyboard.press("Escape")
    expect(stories_page.locator("#drawer")).to_be_hidden()
    assert stories_page.url.endswith("/stories/")


def test_back_and_a_copied_link_show_the_same_drawer(stories_page: Page) -> None:
    stories_page.locator("tbody .ev").first.click()
    expect(stories_page.locator("#drawer h2")).to_be_visible()
    link = stories_page.url
    stories_page.go_back()
    expect(stories_page.locator("#drawer")).to_be_hidden()
    stories_page.goto(link)
    expect(stories_page.locator("#drawer h2")).to_have_text("任现职务层次满三年")


def test_an_evidence_address_of_another_site_is_not_fetched(stories_page: Page) -> None:
    stories_page.goto(stories_page.url + "?evidence=//example.org/")
    stories_page.wait_for_load_state("networkidle")
    expect(stories_page.locator("#drawer")).to_be_hidden()


def test_without_script_the_evidence_is_a_page(stories_page: Page) -> None:
    stories_page.goto(stories_page.url + "evidence/tenure/")
    expect(stories_page.locator("main .evidence h2")).to_have_text("任现职务层次满三年")
    stories_page.get_by_role("link", name="关闭").click()
    expect(stories_page).to_have_url(re.compile("/stories/$"))


def test_selection_turns_the_bar_into_the_batch_bar(stories_page: Page) -> None:
    bar = stories_page.locator("[data-batch]")
    expect(bar).to_be_hidden()
    stories_page.locator("[data-select]").nth(1).check()
    expect(bar).to_contain_text("已选 1 人")
    announced(stories_page, "已选 1 人")
    stories_page.get_by_role("button", name="选全部 142 人（含其他页）").click()
    expect(bar).to_contain_text("已选 142 人")
    assert stories_page.locator("[data-all-pages]").input_value() == "1"
    stories_page.locator("[data-select]").first.uncheck()
    expect(bar).to_contain_text("已选 4 人")
    assert stories_page.locator("[data-all-pages]").input_value() == ""
    stories_page.get_by_role("button", name="清除").click()
    expect(bar).to_be_hidden()


def test_the_tree_is_filtered_by_initials_with_ancestors(stories_page: Page) -> None:
    stories_page.locator("[data-tree-filter]").fill("xzjd")
    names = stories_page.locator(".node:visible > .node-row .node-name")
    expect(names).to_have_text(["霁州市", "松涧县", "乡镇街道"])
    stories_page.locator("[data-tree-filter]").fill("没有")
    expect(stories_page.locator("[data-tree-none]")).to_be_visible()


def test_children_of_a_large_branch_come_when_it_is_opened(stories_page: Page) -> None:
    branch = stories_page.locator(".node[data-words^=云栈县] > .branch")
    expect(branch.locator(".node-row")).to_have_count(0)
    branch.locator("summary").click()
    expect(branch.locator(".node-row .node-name")).to_have_text(["云栈镇", "回龙乡"])


def test_search_shows_hits_that_arrows_walk(stories_page: Page) -> None:
    stories_page.keyboard.press("/")
    stories_page.keyboard.type("syq")
    hits = stories_page.locator("[data-hit]")
    expect(hits).to_have_count(3)
    stories_page.keyboard.press("ArrowDown")
    stories_page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    stories_page.keyboard.press("Enter")
    expect(stories_page).to_have_url(re.compile("#b$"))


def test_search_without_a_hit_names_the_next_step(stories_page: Page) -> None:
    stories_page.locator("#global-search").fill("没有这人")
    expect(stories_page.locator("#search-results")).to_have_text(
        "没有找到“没有这人”。可试全拼、首字母、曾用名，或证件号后四位。"
    )
    stories_page.keyboard.press("Escape")
    expect(stories_page.locator("#search-results")).to_be_empty()


def test_columns_move_by_alt_and_arrow(stories_page: Page) -> None:
    items = stories_page.locator("[data-sortable] > li")
    items.nth(1).focus()
    stories_page.keyboard.press("Alt+ArrowUp")
    assert items.locator("input").evaluate_all("all => all.map(box => box.value)")[:2] == ["born", "sex"]
    announced(stories_page, "移到第 1 位")


def test_keys_walk_rows_select_and_search(stories_page: Page) -> None:
    stories_page.keyboard.press("j")
    stories_page.keyboard.press("j")
    stories_page.keyboard.press("x")
    assert stories_page.locator("[data-select]").nth(1).is_checked()
    stories_page.keyboard.press("/")
    expect(stories_page.locator("#global-search")).to_be_focused()
    stories_page.keyboard.type("?")
    expect(stories_page.locator("#keys")).to_be_hidden()  # typing is not a command
    stories_page.locator("h1").click()
    stories_page.keyboard.press("?")
    expect(stories_page.locator("#keys")).to_be_visible()
    stories_page.keyboard.press("Escape")
    expect(stories_page.locator("#keys")).to_be_hidden()


def test_keys_can_be_switched_off(stories_page: Page) -> None:
    stories_page.evaluate("document.body.dataset.keys = 'off'")
    stories_page.keyboard.press("?")
    expect(stories_page.locator("#keys")).to_be_hidden()


def test_a_menu_closes_outside_and_by_escape(stories_page: Page) -> None:
    menu = stories_page.locator(".condition.menu").first
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    stories_page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").click()
    stories_page.keyboard.press("Escape")
    expect(menu.locator("summary")).to_be_focused()
    expect(menu).not_to_have_attribute("open", "")


def test_leaving_with_changes_asks_once(stories_page: Page) -> None:
    stories_page.locator("#reason-text").fill("材料还没有补齐，先退回")
    stories_page.locator(".tabs a").nth(1).click()
    box = stories_page.locator("#leaving")
    expect(box).to_contain_text("有 1 处改动没有保存。")
    box.get_by_role("button", name="继续编辑").click()
    expect(box).to_be_hidden()
    stories_page.locator(".tabs a").nth(1).click()
    box.get_by_role("button", name="不保存离开").click()
    stories_page.wait_for_load_state("networkidle")
    expect(stories_page.locator("#reason-text")).to_have_value("")


def test_a_running_job_asks_until_it_is_done(stories_page: Page) -> None:
    expect(stories_page.locator(".job.is-running")).to_have_count(0)
    expect(stories_page.locator(".job.is-done")).to_have_count(2)


def test_print_numbers_the_dotted_values(stories_page: Page) -> None:
    stories_page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    notes = stories_page.locator("[data-end-notes] li")
    told = stories_page.locator('.ev[data-note]:not([data-note=""])').count()
    assert 0 < notes.count() == told < stories_page.locator(".ev").count()  # what would only repeat its value has none
    assert notes.nth(0).text_content() == "41：按出生年月计算"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768), (390, 844), (360, 780)])
def test_nothing_scrolls_sideways(stories_page: Page, width: int, height: int) -> None:
    stories_page.set_viewport_size({"width": width, "height": height})
    sizes = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    assert stories_page.evaluate(sizes) == [width, width]
    if width > 1000:
        hidden = stories_page.locator(".table-scroll").evaluate("box => box.scrollWidth - box.clientWidth")
        assert hidden == 0
