"""帮助: each role reads of its own pages, words and whom to ask; every link leads to a page that is open."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from quanheng.web.shared.help_page import ANSWERS, PAGES, WORDS
from tests.conftest import ClientOf
from tests.web.desk.units import TextOf

URL = "/help/"
PAGES_OF = {
    "lin": ["今日", "人员名册", "机构与班子", "导入", "台账", "设置"],
    "wang": ["今日", "人员名册", "机构与班子", "台账", "设置"],
    "he": ["今日", "人员名册", "机构与班子", "台账", "设置"],
    "chen": ["我的档案", "我的资格", "谁看过", "设置"],
    "qian": ["台账与校验", "设置"],
    "wu": ["运行状态", "设置"],
    "xu": ["账号与授权", "设置"],
    "outsider": ["设置"],
}


def page_of(name: str, client_of: ClientOf, request: pytest.FixtureRequest) -> str:
    response = client_of(request.getfixturevalue(name)).get(URL)
    assert response.status_code == 200
    return response.content.decode()


def links(page: str) -> list[tuple[str, str]]:
    section = page[page.index('id="pages"') : page.index('id="answers"')]
    return [(name, url) for url, name in re.findall(r'<dt><a href="([^"]+)">([^<]+)</a>', section)]


@pytest.mark.parametrize("name", PAGES_OF)
def test_each_reads_of_the_own_pages_and_they_open(
    name: str, client_of: ClientOf, request: pytest.FixtureRequest
) -> None:
    found = links(page_of(name, client_of, request))
    assert [label for label, _url in found] == PAGES_OF[name]
    client = client_of(request.getfixturevalue(name))
    assert [client.get(url).status_code for _label, url in found] == [200] * len(found)


def test_an_officer_reads_words_keys_and_sources(client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    words = str(TextOf(page_of("lin", client_of, request)))
    assert "已核 有人对照材料核对过" in words
    assert "缺材料 材料不全，现在不能判断。它不是“不符合”。" in words
    assert "数据从哪里来 导入的审批表文件、工作人员录入、本人填报、原登记系统。" in words
    assert "键盘 / 搜索" in words
    assert "外存的检查点" not in words


def test_a_cadre_learns_how_to_have_an_error_corrected(client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    words = str(TextOf(page_of("chen", client_of, request)))
    assert "档案里有错 请向所在单位的人事干部或组织部门干部科提出" in words
    assert "读不出的内容去哪里了" not in words


def test_an_administrator_reads_nothing_of_dossiers(client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    words = str(TextOf(page_of("qian", client_of, request)))
    assert "外存的检查点 签过名的台账摘要" in words
    for other in ("已核 有人", "回避 本人", "人员名册"):
        assert other not in words


def test_an_account_without_a_role_learns_whom_to_ask(client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    words = str(TextOf(page_of("outsider", client_of, request)))
    assert "登录不了，忘了密码 请安全管理员另设一个" in words
    assert "页面上的词" not in words


def test_switched_off_keys_are_said(client_of: ClientOf, request: pytest.FixtureRequest) -> None:
    client = client_of(request.getfixturevalue("lin"))
    client.post(reverse("web:settings-shortcuts"), {"shortcuts": "off"})
    assert "单键快捷键现在是关闭的" in client.get(URL).content.decode()


def test_nobody_reads_it_without_signing_in(db: None) -> None:
    assert Client().get(URL).headers["Location"] == "/sign-in/?next=%2Fhelp%2F"


def test_every_text_is_for_somebody_and_every_page_is_built() -> None:
    assert all(part.roles for part in (*PAGES, *WORDS, *ANSWERS))
    assert [page.url_name for page in PAGES if not page.url] == []
