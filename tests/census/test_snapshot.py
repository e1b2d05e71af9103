"""A snapshot says what the register says: the same facts for each person, one change after another."""

import fcntl
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import transaction

from quanheng.census.failures import NoSnapshot
from quanheng.census.publish import CannotPublish
from quanheng.census.reading import Reader, Snapshot
from quanheng.census.snapshot import Published, Recipe, refresh
from quanheng.demo.load import load_city
from quanheng.kernel.actor import Actor
from quanheng.ledger.marks import CannotReadWhole
from quanheng.people import actions
from quanheng.people.models import Cadre, PostHolding, Sanction
from tests.census.comparing import assert_alike, by_snapshot, records
from tests.conftest import Cast
from tests.dossiers import add, fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC), date(2026, 11, 20)
REASON = "按任免文件更正登记内容"


@pytest.fixture
def city(db: None) -> None:
    load_city(cadres=60, seed=11, at=AT)


@pytest.fixture
def chen(cast: Cast) -> Cadre:
    return fill(cast.chen_file, AT)


def published(folder: Path, recipe: Recipe, **values: Any) -> Published:
    return refresh(folder, recipe, **({"at": AT, "on": ON} | values))


def test_the_city_is_the_same_in_the_snapshot_and_in_the_register(city: None, folder: Path, recipe: Recipe) -> None:
    made = published(folder, recipe)
    assert (made.snapshot.cadres, made.changed) == (60, None)
    assert_alike(folder, recipe, ON)


def test_a_snapshot_says_as_of(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    made = published(folder, recipe)
    with Reader(folder).cursor() as (_, snapshot):
        assert snapshot == made.snapshot
        assert (snapshot.number, snapshot.as_of, snapshot.read_on, snapshot.cadres) == (1, AT, ON, 2)


def test_before_the_first_there_is_none(folder: Path) -> None:
    with pytest.raises(NoSnapshot), Reader(folder).cursor():
        pass


def test_a_change_is_read_anew_and_nobody_else(chen: Cadre, lin: Actor, folder: Path, recipe: Recipe) -> None:
    published(folder, recipe)
    values = {"kind": "warning", "decided_on": date(2026, 3, 2), "valid_from": date(2026, 3, 2)}
    actions.add_record(actor=lin, cadre=chen.pk, kind="sanction", values=values, reason=REASON, at=AT)
    made = published(folder, recipe, at=AT + timedelta(minutes=5))
    assert (made.changed, made.snapshot.number, made.snapshot.as_of) == (1, 2, AT + timedelta(minutes=5))
    assert_alike(folder, recipe, ON)
    (sanction,) = records(by_snapshot(folder, recipe, [chen.pk])[chen.pk], "sanctions")
    assert sanction.values["effect_end"] == date(2026, 9, 2)  # six months, ZWCF2020


def test_a_withdrawn_record_disappears(chen: Cadre, lin: Actor, folder: Path, recipe: Recipe) -> None:
    post = PostHolding.objects.get(cadre=chen, title="局长")
    published(folder, recipe)
    actions.withdraw_record(actor=lin, cadre=chen.pk, kind="post", record=post.pk, reason=REASON, at=AT)
    before = records(by_snapshot(folder, recipe, [chen.pk])[chen.pk], "posts")
    assert published(folder, recipe).changed == 1
    after = records(by_snapshot(folder, recipe, [chen.pk])[chen.pk], "posts")
    assert {f"posts[{post.pk}]"} == {each.key for each in before} - {each.key for each in after}
    assert_alike(folder, recipe, ON)


def test_a_withdrawn_person_disappears(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    Cadre.objects.filter(pk=chen.pk).update(withdrawn_at=AT)
    assert published(folder, recipe).snapshot.cadres == 1
    assert by_snapshot(folder, recipe, [chen.pk]) == {}
    with Reader(folder).cursor() as (connection, _):
        tables = ("person", "posts", "ranks", "grades", "education", "relatives")
        counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchall() for name in tables]  # noqa: S608
    assert counts == [[(1,)]] + [[(0,)]] * 5


def test_nothing_changed_is_a_newer_as_of(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    published(folder, recipe)
    made = published(folder, recipe, at=AT + timedelta(minutes=5))
    assert (made.changed, made.snapshot.as_of) == (0, AT + timedelta(minutes=5))
    assert_alike(folder, recipe, ON)


def test_refused_and_read_is_not_changed(chen: Cadre, lin: Actor, folder: Path, recipe: Recipe) -> None:
    published(folder, recipe)
    actions.record_export(actor=lin, cadres=[chen.pk], kind="pdf", at=AT)
    assert published(folder, recipe).changed == 0


@pytest.mark.parametrize("other", [{"is_whole": True}, {"on": date(2026, 11, 21)}], ids=["asked for", "another day"])
def test_all_are_read_anew(chen: Cadre, folder: Path, recipe: Recipe, other: dict[str, Any]) -> None:
    published(folder, recipe)
    assert published(folder, recipe, **other).changed is None


def test_other_switches_need_all_anew(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    published(folder, recipe)
    other = replace(recipe, switches={**recipe.switches, "SW-PERIOD-END": "day_after"})
    assert other.definition != recipe.definition
    assert published(folder, other).changed is None


def test_another_meaning_of_what_is_derived_needs_all_anew(recipe: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    before = recipe.definition
    assert replace(recipe).definition == before
    monkeypatch.setattr("quanheng.census.snapshot.VERSION", 0)
    assert replace(recipe).definition != before


def test_another_database_needs_all_anew(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    """A restored one, say: its ledger does not hold the entry that was the newest when the snapshot was read."""
    made = published(folder, recipe)
    assert made.snapshot.mark.database
    for column, value in (("mark_hash", "0" * 64), ("database", "elsewhere")):
        last = published(folder, recipe, is_whole=True)
        with duckdb.connect(str(last.file)) as connection:
            connection.execute(f"UPDATE snapshot SET {column} = ?, mark_entry = 1", [value])  # noqa: S608
        assert published(folder, recipe).changed is None


def test_not_inside_a_transaction(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    """It would not be one state of all tables; and nothing is left behind."""
    with pytest.raises(CannotReadWhole), transaction.atomic():
        published(folder, recipe)
    assert sorted(file.name for file in folder.iterdir()) == [".publishing"]
    with pytest.raises(NoSnapshot), Reader(folder).cursor():
        pass


def test_no_name_number_or_text_leaves_the_register(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    add(Sanction, chen, AT, kind="warning", cause="失察", decided_on=ON, valid_from=ON, document="示纪〔2026〕9号")
    content = published(folder, recipe).file.read_bytes()
    told = [
        chen.name,
        chen.identity_number,
        "云之遥",
        "工作失察甲",
        "示纪〔2026〕9号",
        "示范大学",
        "示范市甲局",
        "防汛",
    ]
    assert [word for word in told if str(word).encode() in content] == []


def test_busy_is_said(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    folder.mkdir()
    with (folder / ".publishing").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CannotPublish):
            published(folder, recipe)
    assert isinstance(published(folder, recipe).snapshot, Snapshot)


def test_what_goes_on_from_the_one_before_has_memory_for_what_it_takes_out(
    chen: Cadre, folder: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DuckDB holds marks of rows taken out; of a thousand people in a million they are more than a building may use."""
    refresh(folder, recipe, at=AT, on=ON)
    monkeypatch.setattr("quanheng.census.snapshot.BUILDING", "no such size")
    assert refresh(folder, recipe, at=AT, on=ON).changed == 0
    with pytest.raises(duckdb.Error, match="Memory must have a number"):
        refresh(folder, recipe, at=AT, on=ON, is_whole=True)
