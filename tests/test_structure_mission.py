"""docs/mission.yaml tells the truth: its stories are tests that exist, its pages are URLs that exist."""

import ast

from django.urls import URLPattern, URLResolver, get_resolver

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


def test_named_stories_exist() -> None:
    named = [story.partition("::") for row in ROWS for story in row.stories]
    assert ["::".join((file, test)) for file, _, test in named if test not in _tests_of(file)] == []


def test_named_pages_exist() -> None:
    assert {page for row in ROWS for page in row.pages} - _url_names(get_resolver()) == set()


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


def test_urls_are_found_with_their_space_and_tests_by_name() -> None:
    assert {"web:front-door"} <= _url_names(get_resolver())
    assert "test_every_mechanism_has_its_row_once" in _tests_of("tests/test_structure_mission.py")
    assert _tests_of("tests/no_such_file.py") == set()
