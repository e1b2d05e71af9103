"""The part of the rulebook bench that asks for screenings, in a small city and of a register made up."""

from pathlib import Path

import pytest

from benchmarks import _rulebook_screening
from benchmarks._cities import Place
from benchmarks._figures import Figures
from benchmarks._rulebook_million import Found
from benchmarks._rulebook_million import figures as of_million
from benchmarks._rulebook_million import lines as million_lines
from benchmarks._rulebook_screening import CITY_LIMIT, LARGE_LIMIT, Screened, figures, lines, measure
from benchmarks._server import Answer
from tests.benchmarks.test_rulebook_snapshot import FOUND as SNAPSHOT

TAKEN = Figures(median=150.0, p95=188.0, web_cpu=114.0, database_cpu=3.0, queries=14, kilobytes=165.2, failed=0)
FOUND = Screened("lin", 425, 0.9, 13.2, {"screening": TAKEN, "drawer of a cell": TAKEN})


def test_an_answer_at_its_limit_keeps_it_and_one_above_does_not() -> None:
    kept, broken = (
        list(figures("3,000:", Screened("lin", 425, 0, 0, {"screening": each}), CITY_LIMIT))
        for each in (TAKEN, Figures(150.1, 188.0, 114.0, 3.0, 14, 165.2, 0))
    )
    assert [(each.name, each.is_kept) for each in kept] == [("3,000: screening, median", True)]
    assert not broken[0].is_kept
    assert kept[0].note == "p95 188 ms; CPU 114 ms; 425 in scope"


def test_answers_that_failed_are_said() -> None:
    failed = Figures(1.0, 1.0, 1.0, 0.0, 14, 165.2, 2)
    (figure,) = figures("3,000:", Screened("lin", 425, 0, 0, {"screening": failed}), CITY_LIMIT)
    assert figure.note.endswith("; 2 answers failed")


def test_a_table_tells_the_wait_and_each_page() -> None:
    told = list(lines("sqlite", FOUND))
    assert told[0] == "\nscreening on sqlite as lin, 425 people in scope"
    assert told[1] == "a target that nobody asked for: a page after 0.9 s, its answer after 13.2 s"
    assert told[4].split() == ["screening", "150", "188", "114", "3", "14", "165"]


def test_a_million_has_limits_of_its_own() -> None:
    found = Found(SNAPSHOT, 55.4, (FOUND,))
    names = {figure.name: figure.limit for figure in of_million(found)}
    assert names["1,000,000: a page at once, lin"] == LARGE_LIMIT / 1000
    assert names["1,000,000: screening, median"] == LARGE_LIMIT
    assert "CPU of the database server in all of it: 55 s" in list(million_lines(found))


class Browsing:
    """The answer comes with the third page; a cell leads to the evidence."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, path: str, *, is_htmx: bool = False) -> tuple[Answer, str]:
        self.asked.append(path)
        has_answer = len(self.asked) > 2
        cell = '<a class="ev" href="/desk/evidence/rule/1/R/?a=1&amp;b=2">'
        text = f'<nav class="page-tabs"><b>1,234</b></nav>{cell}' if has_answer else '<div class="job is-running">'
        return Answer(200, 0.1, 14, 2048), text

    def get(self, path: str, *, is_htmx: bool = False) -> Answer:
        return self.read(path, is_htmx=is_htmx)[0]

    def cpu_seconds(self) -> tuple[float, float]:
        return 0.0, 0.0

    def __enter__(self) -> "Browsing":
        return self

    def __exit__(self, *error: object) -> None:
        return None


def test_it_waits_for_the_answer_and_then_asks_each_page(monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browsing()
    monkeypatch.setattr(_rulebook_screening, "signed_in", lambda place, officer: browser)
    monkeypatch.setattr(_rulebook_screening, "PAUSE", 0)
    found = measure(Place("sqlite", 3, Path()), "lin")
    assert (found.officer, found.people) == ("lin", 1234)
    assert found.shown <= found.ready
    assert list(found.pages) == [
        "screening",
        "of all categories",
        "of one county",
        "a later page of a group",
        "with two more conditions",
        "counted while typing",
        "drawer of a cell",
    ]
    assert found.pages["screening"].median == pytest.approx(100)
    assert "/desk/evidence/rule/1/R/?a=1&b=2" in browser.asked
