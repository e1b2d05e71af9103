"""Every page in both languages: no Chinese is left on an English page, no English word on a Chinese one.

Said by what is sent, attributes included. Names, units and documents of the world are ASCII here.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from html import unescape

import pytest
import time_machine
from django.test import Client

from quanheng.formats import codes
from quanheng.rulebook.book import FOLDER
from tests.access.filled import fill
from tests.access.visits import Visit, browser, request, urls_of
from tests.access.world import World, build_world
from tests.conftest import Cast
from tests.matrix_table import ROWS
from tests.matrix_words import Row
from tests.web.in_ascii import CHINESE, in_ascii

pytestmark = pytest.mark.slow  # walks every page for every person; in `make test`

# Chinese that belongs on an English page: what an officer must type or find in a paper, the other language's name.
SHORT_NAMES = (
    "三龄二历一身份",
    "其间",
    "群众",
    "男",
    "女",
    "示编〔2026〕12号",
    "示编〔2019〕1号",
    "大学",
    "中文",
    "〓",
)
SAID_BY_FILES = ("丈夫", "1985年")
# Latin words of a Chinese page: formats, keyboard, measures, the command, standards, chains of the ledger.
LATIN = {
    "PDF", "pdf", "Word", "docx", "ofd", "lrmx", "zip", "GB", "MB", "English", "Alt", "Tab", "Esc", "Enter", "Ctrl",
    "quanheng", "worker", "SQLite", "PostgreSQL", "ZB", "QH", "editor", "people", "intake", "read",
}  # fmt: skip
KEYS = re.compile(r"\w+\.\w+:[0-9a-f-]+|[0-9a-f-]{8,}|CANA\S+")  # of objects and entries; texts of the world
SEEN_OR_SAID = re.compile(r'(?:aria-label|title|placeholder|alt|data-note)="([^"]*)"|>([^<]+)<')


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def world(cast: Cast, at: datetime) -> World:
    return fill(build_world(cast, at))


def pages(world: World, language: str) -> Iterator[tuple[str, str]]:
    """(row, text sent) of everything that is read, by the first persona who gets it."""
    names = {name for name, _view in urls_of()}
    for row in ROWS:
        if row.method == "GET" and row.name in names:
            who = next(iter(row.inside()), "anonymous")
            text = sent(browser(world, who), row, world, language)
            if text:
                yield row.label, text


def sent(client: Client, row: Row, world: World, language: str) -> str:
    client.cookies["django_language"] = language
    answer = request(client, Visit.of(row, world))
    return "" if "text/html" not in answer.headers.get("Content-Type", "") else unescape(answer.content.decode())


def standards() -> set[str]:
    """Names of the code tables are those of the standards; they are not translated."""
    return {name for key in codes.table_keys() for name in codes.table(key).names.values()}


@cache
def quoted() -> str:
    """What the rulebook's files say: the law's own words on an English page; on a Chinese one numbers of rules,
    expressions, and the notes of whoever encoded them, which are in English only."""
    files = [file for name in ("instruments", "facts", "examples") for file in (FOLDER.parent / name).glob("*.yaml")]
    return " ".join(file.read_text(encoding="utf-8") for file in sorted(files))


def runs(text: str) -> frozenset[str]:
    return frozenset(run for found in CHINESE.findall(text) for run in re.split("[；、]", found) if run)


def is_about_rules(label: str) -> bool:
    return any(part in label for part in ("desk:rule", "mine:rule-evidence"))


def without(text: str, parts: Iterable[str]) -> str:
    """Longest first, so that 汉族 is not cut out of a longer name."""
    wanted = "|".join(re.escape(part) for part in sorted(parts, key=len, reverse=True))
    return re.sub(wanted, "", text)


def test_no_chinese_is_left_on_an_english_page(world: World) -> None:
    in_ascii(world)
    allowed = {*standards(), *SHORT_NAMES, *SAID_BY_FILES}
    read = list(pages(world, "en"))
    law = runs(quoted())
    left = {
        label: found
        for label, text in read
        if (found := runs(without(text, allowed)) - (law if is_about_rules(label) else frozenset()))
    }
    assert left == {}
    assert len(read) > 100


def test_no_english_word_is_on_a_chinese_page(world: World) -> None:
    names = {account.username for account in world.accounts.values()}
    left: dict[str, set[str]] = {}
    rulebook = frozenset(re.findall(r"[A-Za-z]{2,}", quoted()))
    for label, text in pages(world, "zh-hans"):
        said = " ".join(part for found in SEEN_OR_SAID.findall(bare(text)) for part in found)
        found = set(re.findall(r"[A-Za-z]{2,}", KEYS.sub(" ", said))) - LATIN - names - {"twin", "moved"}
        found -= rulebook if is_about_rules(label) else frozenset()
        left |= {label: found} if found else {}
    assert left == {}


def bare(text: str) -> str:
    return re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "", text, flags=re.DOTALL)


def test_the_language_of_the_browser_is_taken_without_a_choice(client: Client, db: None) -> None:
    assert "登录铨衡" in client.get("/sign-in/").content.decode()
    assert "Sign in to Quanheng" in client.get("/sign-in/", headers={"accept-language": "en-GB,en"}).content.decode()
