"""docs/mission.yaml tells the truth: its stories are tests that exist, its pages are URLs that exist."""

import ast

import pytest
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver

from tests.structure import ROOT, tree
from tools.mission import ROW_IDS, Row, read_rows, table

ROWS = read_rows(ROOT / "docs" / "mission.yaml")


def _url_names(resolver: URLResolver, space: str = "") -> set[str]:
    names: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            names |= _url_names(entry, f"{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and entry.name:
            names.add(space + entry.name)
    return names


def _tests_of(path: str) -> set[str]:
    file = ROOT / path
    return {node.name for node in tree(file).body if isinstance(node, ast.FunctionDef)} if file.is_file() else set()


def test_every_mechanism_has_its_row_once() -> None:
    assert [row.id for row in ROWS] == list(ROW_IDS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_named_stories_exist(row: Row) -> None:
    missing = [story for story in row.stories if story.partition("::")[2] not in _tests_of(story.partition("::")[0])]
    assert missing == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_named_pages_exist(row: Row) -> None:
    assert set(row.pages) <= _url_names(get_resolver())


def test_a_row_that_is_done_names_story_and_page() -> None:
    assert [row.id for row in ROWS if row.state == "done" and not (row.stories and row.pages)] == []


def test_an_open_row_claims_nothing() -> None:
    assert [row.id for row in ROWS if row.state == "open" and (row.stories or row.pages)] == []


def test_the_table_shows_each_row_and_the_count() -> None:
    rows = [
        Row("K1", "平时考察", "done", ("tests/a.py::test_a",), ("desk:today",)),
        Row("P1", "干部信息", "partly", (), ("desk:people", "desk:dossier")),
    ]
    assert table(rows).splitlines() == [
        "id   state   stories  pages  mechanism",
        "K1   done          1      1  平时考察",
        "P1   partly        0      2  干部信息",
        "",
        "2 mechanisms: 1 done, 1 partly, 0 open",
    ]


def test_names_of_urls_are_found_with_their_space() -> None:
    assert "web:front-door" in _url_names(get_resolver())
    with pytest.raises(NoReverseMatch):
        get_resolver().reverse("no-such-page")
