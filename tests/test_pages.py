"""Every page is whole: title, heading, language, labels, ids once, nothing inline; and asks the database no more often
when there are more people."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quanheng.accounts.models import Account
from quanheng.demo.load import load_city
from quanheng.organization.models import Unit
from quanheng.people.models import Cadre
from tests.access.filled import fill
from tests.access.visits import Visit, browser, request
from tests.access.world import World, build_world
from tests.conftest import Cast
from tests.matrix_table import ROWS
from tests.matrix_words import Row

NO_LABEL = {"hidden", "submit", "button", "reset", "image"}
INLINE = re.compile(r"<style[\s>]|<script(?![^>]*\bsrc=)[^>]*>\s*\S|\sstyle=|\son[a-z]+=", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _now(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def world(cast: Cast, at: datetime) -> World:
    return fill(build_world(cast, at))


class Page(HTMLParser):
    """What a page is made of, as far as a machine can judge it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lang, self.title, self.headings = "", "", list[str]()
        self.ids, self.named_by, self.inputs = list[str](), set[str](), list[tuple[str, bool]]()
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids += [given["id"]] if "id" in given else []
        if tag == "html":
            self.lang = given.get("lang", "")
        if tag == "label" and "for" in given:
            self.named_by.add(given["for"])
        if tag in ("title", "h1", "label"):
            self._open.append(tag)
            self.headings += [""] if tag == "h1" else []
        if tag in ("input", "select", "textarea") and given.get("type", "") not in NO_LABEL:
            is_named = "label" in self._open or bool({"aria-label", "aria-labelledby", "title"} & given.keys())
            self.inputs.append((given.get("id", given.get("name", "")), is_named))

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "h1" not in self._open:
            self.title += data.strip()
        if "h1" in self._open:
            self.headings[-1] += data.strip()

    def faults(self, language: str) -> list[str]:
        twice = [name for name, count in Counter(self.ids).items() if count > 1]
        nameless = [name for name, is_named in self.inputs if not is_named and name not in self.named_by]
        checks = {
            f"lang is {self.lang!r}": self.lang != language,
            "no title": not self.title,
            f"headings {self.headings}": len(self.headings) != 1 or not self.headings[0],
            f"ids twice {twice}": bool(twice),
            f"no label {nameless}": bool(nameless),
        }
        return [fault for fault, is_so in checks.items() if is_so]


def page_rows() -> list[tuple[str, Row]]:
    """Each page of the matrix with the first persona who gets it."""
    rows = [(who, row) for row in ROWS if row.method == "GET" for who in row.inside()[:1] if 200 in row.groups]
    public = [("anonymous", row) for row in ROWS if row.name == "web:sign-in" and row.method == "GET"]
    return [*rows, *public]


@pytest.mark.parametrize(("language", "code"), [("zh-hans", "zh-CN"), ("en", "en")])
def test_every_page_is_whole_in_both_languages(world: World, language: str, code: str) -> None:
    wrong = []
    for who, row in page_rows():
        client = browser(world, who)
        client.cookies["django_language"] = language
        response = request(client, Visit.of(row, world))
        text = response.content.decode(errors="ignore") if not response.streaming else ""
        if response.status_code != 200 or "<html" not in text:
            continue  # what the matrix says of it; files and fragments have no frame
        faults = Page(text).faults(code)
        faults += [f"inline {found[0]}" for found in [INLINE.search(text)] if found]
        wrong += [f"{row.label}: {fault}" for fault in faults]
    assert not wrong, "\n".join(wrong)


def test_a_broken_page_would_be_seen() -> None:
    broken = (
        '<html lang="en"><h1></h1><p id="a"><p id="a"><input name="q"><label for="b">B</label><input id="b"></html>'
    )
    assert Page(broken).faults("zh-hans") == [
        "lang is 'en'", "no title", "headings ['']", "ids twice ['a']", "no label ['q']",
    ]  # fmt: skip
    assert INLINE.search('<p style="color:red">')
    assert not INLINE.search('<script src="/a.js" defer></script>')


# Pages that hold more when there are more people, for the officer who sees all of the city.
GROWING = (
    "desk:today", "desk:people", "desk:people?scope=all&size=100", "desk:people?unit={unit}&q=a&age_from=30&age_to=55",
    "desk:people?sort=-birth", "desk:search?q=l", "desk:units", "desk:units?unit={unit}&below=1", "desk:unit {unit}",
    "desk:unit-children {unit}", "desk:unit-quotas {unit}", "desk:unit-options?q=j", "desk:dossier {cadre}",
    "desk:dossier {cadre}?tab=readings", "desk:ledger", "desk:imports", "desk:today-due missing",
    "desk:today?day=overdue", "desk:today-items all", "desk:today-items rank?when=later",
)  # fmt: skip


def counts() -> dict[str, int]:
    client, found = Client(), {}
    client.force_login(Account.objects.get(username="lin"))
    unit, cadre = Unit.objects.order_by("path")[0], Cadre.objects.order_by("unit_order", "sort_name")[0]
    keys = {"unit": unit.pk, "cadre": cadre.pk}
    for page in GROWING:
        url = address(page.format_map(keys))
        client.get(url)  # what is kept between requests is made by the first
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200, url
        found[page] = len(captured)
    return found


def address(page: str) -> str:
    path, _mark, query = page.partition("?")
    name, *args = path.split()
    pairs = [pair.partition("=")[::2] for pair in query.split("&")] if query else []
    return reverse(name, args=args) + (f"?{urlencode(pairs)}" if pairs else "")


def test_no_page_asks_more_often_when_there_are_more_people(db: None) -> None:
    """A city so large that every list on the pages holds somebody, and three times as many people; each taken back."""
    found = []
    for cadres in (150, 450):
        point = transaction.savepoint()
        load_city(cadres=cadres, at=datetime(2026, 11, 20, tzinfo=UTC))
        found.append(counts())
        transaction.savepoint_rollback(point)
    grown = {page: (found[0][page], found[1][page]) for page in GROWING if found[1][page] > found[0][page]}
    assert grown == {}
