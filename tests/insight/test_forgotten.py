"""A file beside the snapshot that another process forgets before it is opened is made again; nothing stays open."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
from pytest_django.fixtures import Settings

from quanheng.census import house as census
from quanheng.census import kept
from quanheng.census.failures import NoSnapshot, Trouble
from quanheng.census.reading import TRIES
from quanheng.census.snapshot import refresh
from quanheng.insight import due_table, verdicts
from quanheng.insight.targets import tier_target
from quanheng.insight.verdict_table import VERDICT
from quanheng.instruments.local import rulebook_in_force
from quanheng.organization.choices import PostTier
from quanheng.people.models import Cadre
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
DEPUTY = tier_target(PostTier.COUNTY_DEPUTY)


@pytest.fixture(autouse=True)
def chen(cast: Cast, tmp_path: Path, settings: Settings) -> Cadre:
    settings.CENSUS_FOLDER = tmp_path
    chen = fill(cast.chen_file, AT)
    refresh(census.folder(), census.recipe_on(ON), at=AT, on=ON)
    return chen


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType, int], list[Path]]:
    """The first files that a module keeps go at once. Gives those that it has made."""

    def forget(module: ModuleType, times: int) -> list[Path]:
        made: list[Path] = []
        genuine = module._kept

        def forgotten(*given: Any) -> Path:
            made.append(genuine(*given))
            if len(made) <= times:
                made[-1].unlink()
            return made[-1]

        monkeypatch.setattr(module, "_kept", forgotten)
        return made

    return forget


def test_verdicts_are_made_again(chen: Cadre, forget: Callable[[ModuleType, int], list[Path]]) -> None:
    made = forget(verdicts, 1)
    with verdicts.verdicts(DEPUTY, rulebook_in_force(ON)) as found:
        asked = found.connection.execute(f"SELECT count(*) FROM {VERDICT}").fetchall()  # noqa: S608  a constant
    assert (asked, len(made), made[0].exists()) == ([(Cadre.objects.count(),)], 2, True)


def test_what_is_due_is_made_again(forget: Callable[[ModuleType, int], list[Path]]) -> None:
    made = forget(due_table, 1)
    with due_table.due_cursor(rulebook_in_force(ON)) as (_, snapshot):
        assert snapshot.read_on == ON
    assert (len(made), made[0].exists()) == (2, True)


def test_one_that_goes_each_time_is_an_error(forget: Callable[[ModuleType, int], list[Path]]) -> None:
    made = forget(due_table, TRIES)
    with pytest.raises(NoSnapshot) as refused, due_table.due_cursor(rulebook_in_force(ON)):
        pass
    assert refused.value.code == Trouble.NO_FOLDER
    assert len(made) == TRIES


def test_what_cannot_be_attached_leaves_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[duckdb.DuckDBPyConnection] = []
    genuine = kept.beside

    def counted(source: Path) -> duckdb.DuckDBPyConnection:
        opened.append(genuine(source))
        return opened[-1]

    monkeypatch.setattr(verdicts, "beside", counted)
    source, torn = next(census.folder().glob("snap-*.duckdb")), tmp_path / "torn"
    with pytest.raises(FileNotFoundError):
        verdicts._opened(source, torn)
    torn.write_text("no database at all")
    with pytest.raises(duckdb.IOException):
        verdicts._opened(source, torn)
    for connection in opened:
        with pytest.raises(duckdb.ConnectionException):
            connection.execute("SELECT 1")
    assert len(opened) == 2


def test_a_snapshot_that_cannot_be_attached_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(duckdb.IOException):
        kept.beside(tmp_path / "gone")
