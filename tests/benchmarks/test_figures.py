"""What a benchmark says of the answers it got."""

from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse

from benchmarks._cities import Place, mark
from benchmarks._counting import QUERIES, count_queries
from benchmarks._figures import Limit, figures
from benchmarks._server import Answer


def answers(*milliseconds: int, status: int = 200, queries: int = 11, size: int = 2048) -> list[Answer]:
    return [Answer(status, value / 1000, queries, size) for value in milliseconds]


def test_p95_is_the_slowest_but_one_twentieth() -> None:
    found = figures(answers(*range(1, 41)), web_seconds=0.4, database_seconds=0.2)
    assert (found.median, found.p95, found.web_cpu, found.database_cpu) == (20.5, 38, 10, 5)


def test_queries_and_size_are_the_most_of_any_answer() -> None:
    found = figures([*answers(1, queries=12), *answers(1, size=4096)], web_seconds=0)
    assert (found.queries, found.kilobytes, found.failed) == (12, 4, 0)


def test_each_limit_that_is_broken_is_named() -> None:
    found = figures(answers(120, queries=13, size=300 * 1024), web_seconds=0)
    limit = Limit(postgresql=100, sqlite=300, queries=12, kilobytes=200)
    assert found.broken(limit, "postgresql") == ["p95 120 > 100", "queries 13 > 12", "KB 300 > 200"]
    assert found.broken(limit, "sqlite") == ["queries 13 > 12", "KB 300 > 200"]
    assert found.ratio(limit.milliseconds("postgresql")) == pytest.approx(1.2)


def test_at_its_limit_a_page_is_within_it() -> None:
    found = figures(answers(100, queries=12, size=200 * 1024), web_seconds=0)
    assert found.broken(Limit(100, 100, 12, 200), "postgresql") == []


def test_an_answer_that_is_no_page_breaks_every_limit() -> None:
    assert figures(answers(1, 1, status=404), web_seconds=0).broken(Limit(), "sqlite") == ["2 answers failed"]


def test_only_the_maker_of_a_city_changes_its_mark(tmp_path: Path) -> None:
    for name in ("maker/a.py", "maker/note.txt", "other/b.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one")
    first = mark(("maker",), tmp_path)
    (tmp_path / "maker/note.txt").write_text("two")
    (tmp_path / "other/b.py").write_text("two")
    assert mark(("maker",), tmp_path) == first
    assert mark(("maker",), tmp_path, seed=1) != first
    (tmp_path / "maker/a.py").write_text("two")
    assert mark(("maker",), tmp_path) != first


def test_another_migration_makes_another_city(tmp_path: Path) -> None:
    folder = tmp_path / "quanheng/people/migrations"
    folder.mkdir(parents=True)
    (folder / "0001_initial.py").write_text("one")
    first = mark((), tmp_path)
    (folder / "0001_initial.py").write_text("two")
    (folder / "notes.py").write_text("")
    assert mark((), tmp_path) == first
    (folder / "0002_more.py").write_text("one")
    second = mark((), tmp_path)
    assert second != first
    (folder / "0002_more.py").rename(folder / "0002_less.py")
    assert mark((), tmp_path) not in (first, second)


def test_a_city_is_made_in_its_own_folder_and_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUANHENG_KEYS", "/elsewhere/keys.json")
    environment = Place("sqlite", 10, tmp_path).environment
    assert {name: value for name, value in environment.items() if name.startswith("QUANHENG_")} == {
        "QUANHENG_DATA": str(tmp_path),
        "QUANHENG_DATABASE": "sqlite",
    }


@pytest.mark.django_db
def test_the_server_that_is_measured_says_how_many_queries_it_took() -> None:
    def page(request: HttpRequest) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT here")
            cursor.execute("SELECT 1")
            cursor.execute("RELEASE SAVEPOINT here")
            cursor.execute("SELECT 2")
        return HttpResponse()

    assert count_queries(page)(HttpRequest()).headers[QUERIES] == "2"
