"""The facts of another day are those that the register gives on that day; made once, and read by whoever asks."""

import os
import stat
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from quanheng.census import dating, reading
from quanheng.census.dating import dated
from quanheng.census.failures import NoSnapshot
from quanheng.census.kept import forget_gone
from quanheng.census.reading import Reader
from quanheng.census.snapshot import Recipe, refresh
from quanheng.demo.load import load_city
from quanheng.kernel.actor import Actor
from quanheng.people import actions
from quanheng.people.models import Cadre, PostHolding, Sanction
from quanheng.people.rule_facts import sourced
from tests.census.comparing import assert_alike, assert_same, by_register
from tests.conftest import Cast
from tests.dossiers import add, fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC), date(2026, 11, 20)
EARLIER = date(2019, 3, 1)
REASON = "按任免文件更正登记内容"


@pytest.fixture
def chen(cast: Cast, folder: Path, recipe: Recipe) -> Cadre:
    """No record says whether he is retired; he has held a post since 2016, and lost one of two sanctions in 2021."""
    chen = fill(cast.chen_file, AT)
    Cadre.objects.filter(pk=chen.pk).update(status="other")
    for month in (3, 5):
        values = {"decided_on": date(2021, month, 2), "valid_from": date(2021, month, 2)}
        add(Sanction, chen, AT, kind="demerit", cause="失察", document="示纪〔2021〕9号", **values)
    refresh(folder, recipe, at=AT, on=ON)
    return chen


def left(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def name(number: int, on: date, recipe: Recipe) -> str:
    return f"facts-{number:08}-{on}-{recipe.definition[:12]}.duckdb"


def assert_dated(folder: Path, recipe: Recipe, on: date) -> None:
    keys = list(Cadre.objects.values_list("pk", flat=True))
    with dated(folder, on, recipe) as (connection, _):
        mine = reading.facts_of(connection, recipe.vocabulary, sourced(), keys)
    assert_same(mine, by_register(recipe, keys, on))


@pytest.mark.parametrize("on", [EARLIER, date(2024, 2, 29), date(2031, 1, 1)])
def test_the_city_on_another_day_is_as_the_register_gives_it(folder: Path, recipe: Recipe, on: date) -> None:
    load_city(cadres=60, seed=11, at=AT)
    gone = Cadre.objects.filter(pk__in=Cadre.objects.order_by("pk").values("pk")[:20])
    assert gone.update(status="transferred") == 20
    refresh(folder, recipe, at=AT, on=ON)
    assert_dated(folder, recipe, on)
    assert_alike(folder, recipe, ON)  # and the snapshot stands


def test_who_is_retired_depends_on_the_day(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    first = PostHolding.objects.filter(cadre=chen).order_by("valid_from").values_list("valid_from", flat=True)[0]
    for on, told in ((ON, False), (first, False), (date.fromordinal(first.toordinal() - 1), None)):
        with dated(folder, on, recipe) as (connection, _):
            statement = "SELECT person_is_retired FROM person WHERE subject = ?"
            assert connection.execute(statement, [chen.pk]).fetchall() == [(told,)]


def test_who_is_on_probation_depends_on_the_day_and_the_number_of_a_term_does_not(
    chen: Cadre, folder: Path, recipe: Recipe
) -> None:
    """A first term from 2016, a second from 2021 with a year of probation that was not confirmed before its end."""
    PostHolding.objects.filter(cadre=chen).update(withdrawn_at=AT)
    post = {"unit_name": "某县", "title": "副县长", "tier": "county_deputy"}
    first = {"valid_from": date(2016, 9, 1), "valid_to": date(2021, 9, 1), "term_from": date(2016, 9, 1)}
    second = {"valid_from": date(2021, 9, 1), "term_from": date(2021, 9, 1), "probation_from": date(2021, 9, 1)}
    add(PostHolding, chen, AT, **post, **first)
    add(PostHolding, chen, AT, **post, **second, confirmed_on=date(2022, 9, 1))
    refresh(folder, recipe, at=AT, on=ON, is_whole=True)
    for on in (date(2021, 8, 31), date(2021, 9, 1), date(2022, 8, 31), date(2022, 9, 1)):
        assert_dated(folder, recipe, on)
        with dated(folder, on, recipe) as (connection, _):
            (is_on,) = connection.execute(
                'SELECT "person_is_on_probation" FROM person WHERE subject = ?', [str(chen.pk)]
            ).fetchall()[0]
            numbers = connection.execute("SELECT consecutive FROM terms ORDER BY start").fetchall()
        assert is_on is (date(2021, 9, 1) <= on < date(2022, 9, 1))
        assert numbers == [(1,), (2,)]


def test_a_person_read_anew_is_known_as_untold_still(chen: Cadre, lin: Actor, folder: Path, recipe: Recipe) -> None:
    values = {"kind": "warning", "decided_on": date(2026, 3, 2), "valid_from": date(2026, 3, 2)}
    actions.add_record(actor=lin, cadre=chen.pk, kind="sanction", values=values, reason=REASON, at=AT)
    assert refresh(folder, recipe, at=AT, on=ON).changed == 1
    with Reader(folder).cursor() as (connection, _):
        assert connection.execute("SELECT subject FROM untold").fetchall() == [(chen.pk,)]
    assert_dated(folder, recipe, date(1990, 1, 1))


def test_another_switch_is_another_file(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    other = replace(recipe, switches={**recipe.switches, "SW-PERIOD-END": "day_after"})
    ends = []
    for each in (recipe, other):
        assert_dated(folder, each, EARLIER)
        with dated(folder, EARLIER, each) as (connection, _):
            ends.append(connection.execute("SELECT max(effect_end) FROM sanctions").fetchall())
    assert ends[0] != ends[1]
    assert {name(1, EARLIER, recipe), name(1, EARLIER, other)} < set(left(folder))


def test_it_says_what_it_is(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    with dated(folder, EARLIER, recipe) as (connection, told), Reader(folder).cursor() as (_, snapshot):
        assert told == replace(snapshot, read_on=EARLIER)
        with pytest.raises(duckdb.InvalidInputException):
            connection.execute("CREATE TABLE mine (i INT)")


def test_the_day_of_the_snapshot_needs_no_other_file(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    with dated(folder, ON, recipe) as (_, told):
        assert told.read_on == ON
    assert left(folder) == [".publishing", "current", "snap-00000001.duckdb"]


def test_it_is_made_once_and_for_the_service_alone(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    for _ in range(2):
        with dated(folder, EARLIER, recipe):
            file = folder / name(1, EARLIER, recipe)
            made = (file.stat().st_ino, stat.S_IMODE(file.stat().st_mode))
    assert made == (file.stat().st_ino, 0o600)
    assert left(folder) == [".facts", ".publishing", "current", file.name, "snap-00000001.duckdb"]


def test_two_who_ask_at_once_get_one_file(
    chen: Cadre, folder: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Path] = []
    genuine, both = dating._build, threading.Barrier(2)

    def counted(snapshot: Path, file: Path, *given: Any) -> None:
        built.append(file)
        genuine(snapshot, file, *given)

    told: list[date] = []

    def ask() -> None:
        both.wait(30)
        with dated(folder, EARLIER, recipe) as (connection, snapshot):
            assert connection.execute("SELECT count(*) FROM person").fetchall() == [(2,)]
            told.append(snapshot.read_on)

    monkeypatch.setattr(dating, "_build", counted)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (told, len(built)) == ([EARLIER, EARLIER], 1)


def test_one_that_another_forgets_meanwhile_is_made_again(
    chen: Cadre, folder: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []
    genuine = dating._made

    def forgotten_once(*given: Any) -> Path:
        made.append(genuine(*given))
        if len(made) == 1:
            made[0].unlink()
        return made[-1]

    monkeypatch.setattr(dating, "_made", forgotten_once)
    with dated(folder, EARLIER, recipe) as (_, told):
        assert told.read_on == EARLIER
    assert made == [folder / name(1, EARLIER, recipe)] * 2


def test_the_last_ones_used_are_kept(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    days = [date(2020, 1, day) for day in range(1, dating.KEPT + 2)]
    for place, on in enumerate(days[:-1]):
        with dated(folder, on, recipe):
            os.utime(folder / name(1, on, recipe), (place, place))
    with dated(folder, days[0], recipe):
        pass  # used again, so that the second is the one that has rested longest
    with dated(folder, days[-1], recipe):
        pass
    kept = [each for each in left(folder) if each.startswith("facts-")]
    assert kept == [name(1, on, recipe) for on in (days[0], *days[2:])]


def test_it_goes_with_its_snapshot(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    with dated(folder, EARLIER, recipe):
        pass
    for _ in range(3):
        refresh(folder, recipe, at=AT, on=ON)
    forget_gone(folder)
    assert [each for each in left(folder) if each.startswith("facts-")] == []
    with dated(folder, EARLIER, recipe) as (_, told):
        assert told.number == 4


def test_what_a_dead_one_left_does_no_harm(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    (folder / ".facts.duckdb").write_bytes(b"half")
    (folder / ".facts.duckdb.wal").write_bytes(b"half")
    assert_dated(folder, recipe, EARLIER)
    assert ".facts.duckdb" not in left(folder)


def test_before_the_first_snapshot_there_is_none(folder: Path, recipe: Recipe) -> None:
    with pytest.raises(NoSnapshot), dated(folder, EARLIER, recipe):
        pass
