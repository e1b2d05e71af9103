"""The rounds of the worker, with the time given: what they do, what they note, and what a page is told."""

import fcntl
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from quanheng.census import upkeep
from quanheng.census.dating import dated
from quanheng.census.failures import CannotRefresh, Trouble
from quanheng.census.publish import CannotPublish
from quanheng.census.reading import Reader, Snapshot
from quanheng.census.snapshot import Published, Recipe
from quanheng.census.upkeep import Compared, Failed, Refreshed, Standing
from quanheng.kernel.actor import Actor
from quanheng.ledger.models import EVERYONE, ChangeMark
from quanheng.people import actions
from quanheng.people.models import Cadre, PostHolding
from tests.conftest import Cast
from tests.dossiers import fill

pytestmark = pytest.mark.django_db(transaction=True)
AT, ON = datetime(2026, 11, 20, 1, 0, tzinfo=UTC), date(2026, 11, 20)
MINUTE = timedelta(minutes=1)
Round = Callable[..., Published | None]


class Clock:
    """Each reading is a second later."""

    def __init__(self, at: datetime) -> None:
        self.at = at - timedelta(seconds=1)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def chen(cast: Cast) -> Cadre:
    return fill(cast.chen_file, AT)


@pytest.fixture
def round_at(chen: Cadre, folder: Path, recipe: Recipe) -> Round:
    def one(minutes: int, on: date = ON, recipe: Recipe = recipe) -> Published | None:
        return upkeep.one_round(folder, recipe, clock=Clock(AT + minutes * MINUTE), on=on)

    return one


def sanction(lin: Actor, chen: Cadre) -> None:
    values = {"kind": "warning", "decided_on": date(2026, 3, 2), "valid_from": date(2026, 3, 2)}
    actions.add_record(actor=lin, cadre=chen.pk, kind="sanction", values=values, reason="按处分决定登记，补登", at=AT)


def standing(folder: Path, minutes: float) -> Standing:
    told = upkeep.current_snapshot(folder)
    assert told
    return upkeep.standing(folder, told, at=AT + minutes * MINUTE)


def test_a_server_without_a_snapshot_gets_one(round_at: Round, folder: Path) -> None:
    assert upkeep.current_snapshot(folder) is None
    made = round_at(0)
    assert made
    assert (made.snapshot.number, made.snapshot.cadres, made.changed) == (1, 2, None)


def test_a_round_without_a_change_only_looks(round_at: Round, folder: Path) -> None:
    made = [round_at(minutes) for minutes in (0, 1, 2)]
    assert [each and each.snapshot.number for each in made] == [1, None, None]
    assert standing(folder, 3).as_of == AT + 2 * MINUTE + timedelta(seconds=1)  # its second reading of the clock
    with Reader(folder).cursor() as (_, told):
        assert told.as_of == AT + timedelta(seconds=2)  # its third: looked, then began


def test_a_change_is_in_the_next_round(round_at: Round, chen: Cadre, lin: Actor, folder: Path) -> None:
    round_at(0)
    sanction(lin, chen)
    assert standing(folder, 0).changes == 1
    made = round_at(1)
    assert made
    assert (made.changed, made.snapshot.number) == (1, 2)
    assert standing(folder, 1).changes == 0
    assert round_at(2) is None


def test_a_new_day_reads_everybody_and_compares(round_at: Round, folder: Path) -> None:
    round_at(0)
    assert upkeep.last_comparison(folder) is None
    made = round_at(24 * 60, on=date(2026, 11, 21))
    assert made
    assert (made.changed, made.differing, made.snapshot.read_on) == (None, (), date(2026, 11, 21))
    assert upkeep.last_comparison(folder) == Compared(AT + 24 * 60 * MINUTE + timedelta(seconds=2), ())


def test_what_was_changed_round_the_marks_is_noted_at_night(round_at: Round, chen: Cadre, folder: Path) -> None:
    round_at(0)
    PostHolding.objects.filter(cadre=chen, title="局长").update(valid_from=date(2016, 2, 1))
    assert round_at(1) is None
    round_at(24 * 60, on=date(2026, 11, 21))
    compared = upkeep.last_comparison(folder)
    assert compared
    assert compared.differing == ("posts",)


def test_another_switch_is_taken_up(round_at: Round, folder: Path, recipe: Recipe) -> None:
    round_at(0)
    other = replace(recipe, switches={**recipe.switches, "SW-PERIOD-END": "day_after"})
    made = round_at(1, recipe=other)
    assert made
    assert made.changed is None
    assert round_at(2, recipe=other) is None


def test_what_was_done_is_noted(round_at: Round, chen: Cadre, lin: Actor, folder: Path) -> None:
    round_at(0)
    assert upkeep.last_refresh(folder) == Refreshed(AT + timedelta(seconds=2), 1.0, 1, 2, None)
    sanction(lin, chen)
    round_at(1)
    assert upkeep.last_refresh(folder) == Refreshed(AT + MINUTE + timedelta(seconds=2), 1.0, 2, 2, 1)


# --- the worker stands still


@pytest.mark.parametrize(("minutes", "is_still"), [(9.9, False), (10, False), (10.1, True)])
def test_the_worker_stands_still_after_ten_minutes(
    round_at: Round, folder: Path, minutes: float, is_still: bool
) -> None:
    round_at(0)
    sign = upkeep.last_sign(folder)
    assert sign == AT + timedelta(seconds=4)  # after the work
    found = upkeep.standing(folder, current(folder), at=sign + minutes * MINUTE)
    assert found.still_since == (sign if is_still else None)


def current(folder: Path) -> Snapshot:
    told = upkeep.current_snapshot(folder)
    assert told
    return told


def test_without_a_worker_ever_it_stands_still_since_the_snapshot(chen: Cadre, folder: Path, recipe: Recipe) -> None:
    upkeep.rebuild(folder, recipe, clock=Clock(AT), on=ON)
    assert standing(folder, 10).still_since is None
    assert standing(folder, 11).still_since == AT


def test_who_asks_by_hand_is_no_sign_of_the_worker(round_at: Round, folder: Path, recipe: Recipe) -> None:
    round_at(0)
    assert upkeep.bring_up_to_date(folder, recipe, clock=Clock(AT + 20 * MINUTE), on=ON) is None
    found = standing(folder, 21)
    assert (found.as_of, found.still_since) == (AT + 20 * MINUTE, AT + timedelta(seconds=4))


def test_of_another_database_changes_are_not_known(round_at: Round, folder: Path) -> None:
    """As after a restore, where the snapshots were left in their folder: all are read anew."""
    made = round_at(0)
    assert made
    with duckdb.connect(str(made.file)) as connection:
        connection.execute("UPDATE snapshot SET database = 'elsewhere'")
    assert standing(folder, 1).changes is None
    again = round_at(1)
    assert again
    assert (again.changed, standing(folder, 1).changes) == (None, 0)


# --- refused, failed


def test_while_another_builds_a_refresh_is_refused(round_at: Round, folder: Path, recipe: Recipe) -> None:
    folder.mkdir()
    with (folder / ".publishing").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(CannotPublish):
            upkeep.rebuild(folder, recipe, clock=Clock(AT), on=ON)
        with pytest.raises(CannotPublish):
            round_at(0)
    assert upkeep.last_failure(folder) is None  # somebody is at it
    assert upkeep.last_sign(folder) == AT + timedelta(seconds=3)  # and the worker lives
    assert round_at(1)


def test_a_failure_is_noted_and_the_next_round_tries_again(
    round_at: Round, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*given: object, **named: object) -> Published:
        raise duckdb.OutOfMemoryException("no room")

    monkeypatch.setattr(upkeep, "refresh", fails)
    with pytest.raises(CannotRefresh) as refused:
        round_at(0)
    assert (refused.value.code, refused.value.facts["place"]) == (Trouble.NO_MEMORY, str(folder))
    assert upkeep.last_failure(folder) == Failed(AT + timedelta(seconds=3), "OutOfMemoryException")
    assert upkeep.last_sign(folder) == AT + timedelta(seconds=4)
    monkeypatch.undo()
    assert round_at(1)


# --- marks and files that nobody needs any more


def test_marks_are_forgotten_once_all_kept_snapshots_have_read_them(round_at: Round, chen: Cadre, lin: Actor) -> None:
    round_at(0)
    for minutes in (1, 2, 3):
        sanction(lin, chen)
        made = round_at(minutes)
        assert made
        assert (made.changed, ChangeMark.objects.count()) == (1, minutes)  # none is forgotten before the night
    assert round_at(24 * 60, on=date(2026, 11, 21))
    left = list(ChangeMark.objects.order_by("seq").values_list("cadre", flat=True))
    assert left == [EVERYONE, chen.pk]  # of the three kept ones the oldest has read two


def test_a_folder_put_back_from_a_copy_reads_everybody(
    round_at: Round, chen: Cadre, lin: Actor, folder: Path, recipe: Recipe, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    upkeep.rebuild(copy, recipe, clock=Clock(AT), on=ON)
    round_at(0)
    sanction(lin, chen)
    for minutes in (1, 2, 3):
        upkeep.rebuild(folder, recipe, clock=Clock(AT + minutes * MINUTE), on=ON, is_whole=True)
    assert list(ChangeMark.objects.values_list("cadre", flat=True)) == [EVERYONE]
    made = upkeep.bring_up_to_date(copy, recipe, clock=Clock(AT + 4 * MINUTE), on=ON)
    assert made
    assert made.changed is None
    with Reader(copy).cursor() as (connection, _):
        assert connection.execute("SELECT subject FROM sanctions").fetchall() == [(chen.pk,)]


def test_facts_of_another_day_go_with_their_snapshot(round_at: Round, folder: Path, recipe: Recipe) -> None:
    round_at(0)
    with dated(folder, date(2019, 3, 1), recipe):
        pass
    assert len(list(folder.glob("facts-*"))) == 1
    for minutes in (1, 2, 3):
        upkeep.rebuild(folder, recipe, clock=Clock(AT + minutes * MINUTE), on=ON)
    assert list(folder.glob("facts-*")) == []


def test_notes_are_whole_and_name_nobody(round_at: Round, chen: Cadre, folder: Path) -> None:
    round_at(0)
    round_at(1)
    notes = {file.name: json.loads(file.read_text()) for file in folder.glob("*.json")}
    assert {name: set(note) for name, note in notes.items()} == {
        "alive.json": {"at"},
        "looked.json": {"at", "number"},
        "refreshed.json": {"at", "seconds", "number", "cadres", "changed"},
    }
    assert not list(folder.glob(".alive*"))


@pytest.mark.parametrize("torn", ["", '{"at": "2026-'])
def test_a_torn_note_says_nothing(round_at: Round, folder: Path, torn: str) -> None:
    made = round_at(0)
    assert made
    for name in ("alive", "looked", "failed", "refreshed", "compared"):
        (folder / f"{name}.json").write_text(torn)
    assert upkeep.last_failure(folder) is None
    assert upkeep.standing(folder, made.snapshot, at=AT + MINUTE) == Standing(AT + timedelta(seconds=2), None, 0)
