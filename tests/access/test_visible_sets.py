"""Exact sets: whom and what each list, count, search and suggestion holds for each persona. The oracle is by hand."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from quanheng.accounts.queries import actor_of
from quanheng.intake.access import visible_batches
from quanheng.intake.queries import namesakes
from quanheng.kernel.actor import SYSTEM, Actor, Purpose
from quanheng.ledger.access import visible_entries
from quanheng.organization.access import visible_units
from quanheng.organization.queries import named_unit, units_matching, visible_subtree, visible_tree
from quanheng.people import queries_due
from quanheng.people.access import visible_cadres
from quanheng.people.models import Cadre
from quanheng.people.queries import recused_keys, saved_queries_of
from quanheng.people.queries_dossier import visible_kin_ties
from quanheng.people.queries_due import DueKind
from quanheng.people.queries_posts import holders, visible_counts
from quanheng.people.queries_search import search_cadres
from quanheng.people.roster import Filter, Paging, counts_by_unit, find_cadres, roster_page
from tests.access.canaries import canaries
from tests.access.world import CADRES, PERSONAS, TODAY, VISIBLE, VISIBLE_UNITS, WAY, World, canary

WHO = [who for who in PERSONAS if who not in ("anonymous", "closed", "initial")]  # those have no actor, or lin's


def actor(world: World, who: str) -> Actor:
    """As the middleware makes it."""
    made = actor_of(world.accounts[who], at=world.at)
    return replace(made, recused=recused_keys(made.cadre)) if made.cadre else made


def keys(names: Iterable[str]) -> set[str]:
    """The keys of the world that the canaries in these names tell."""
    return set(canaries(" ".join(names).encode()))


def persons(rows: Any) -> set[str]:
    return keys(row.name for row in rows)


def by_unit(world: World, who: str) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for key in VISIBLE.get(who, ()):
        unit = world.units[CADRES[key][0]].pk
        found[unit] = found.get(unit, 0) + 1
    return found


@pytest.mark.parametrize("who", WHO)
def test_lists_counts_and_search_hold_the_visible_persons(world: World, who: str) -> None:
    me, expected = actor(world, who), VISIBLE.get(who, frozenset())
    assert persons(visible_cadres(me)) == expected
    assert persons(find_cadres(me, Filter(), TODAY)) == expected
    page = roster_page(me, Filter(), TODAY, Paging(size=50), units=[unit.id for unit in visible_tree(me)])
    assert persons(row.cadre for row in page.rows) == expected
    assert page.total == len(expected)
    assert dict(page.by_unit) == by_unit(world, who)
    assert counts_by_unit(visible_cadres(me)) == visible_counts(me) == by_unit(world, who)
    assert persons(row.cadre for row in search_cadres(me, "canary", TODAY, limit=50)) == expected
    assert persons(row for key in expected for row in namesakes(me, canary(key), world.cadres[key].birth_month)) <= (
        expected
    )


PURPOSES = {
    Purpose.MANAGEMENT: {"lin", "zhao", "wang", "low", "tang", "wen"},
    Purpose.SELECTION: {"lin", "zhao", "wang", "low", "tang", "wen", "selector"},
    Purpose.ASSESSMENT: {"lin", "zhao", "low", "tang", "wen"},
    Purpose.SUPERVISION: {"he"},
    Purpose.SUBJECT_ACCESS: set[str](),
}


@pytest.mark.parametrize("purpose", Purpose)
def test_a_purpose_shows_what_is_granted_for_it(world: World, purpose: Purpose) -> None:
    found = {who: persons(visible_cadres(actor(world, who), purpose=purpose)) for who in WHO}
    assert found == {who: VISIBLE[who] if who in PURPOSES[purpose] else frozenset() for who in WHO}


@pytest.mark.parametrize("who", WHO)
def test_units_trees_and_suggestions_hold_the_granted_ones(world: World, who: str) -> None:
    me, expected = actor(world, who), {f"unit{key}" for key in VISIBLE_UNITS.get(who, ())}
    tree = visible_tree(me)
    assert persons(visible_units(me)) == expected
    assert persons(unit for unit in tree if unit.is_granted) == expected
    assert persons(unit for unit in tree if not unit.is_granted) == WAY.get(who, set())
    assert persons(visible_tree(me, TODAY)) == persons(tree)
    assert persons(units_matching(me, "canary", limit=50)) == expected
    assert {key for key, unit in world.units.items() if named_unit(me, unit.code)} == set(VISIBLE_UNITS.get(who, ()))
    below_city = visible_subtree(me, world.units["city"], None, below=True)
    assert persons(below_city) == expected


@pytest.mark.parametrize("who", WHO)
def test_holders_are_named_only_when_visible(world: World, who: str) -> None:
    positions = [position.pk for position in world.positions.values()]
    held = holders(actor(world, who), positions, TODAY)
    assert persons(row.cadre for row in held if row.cadre) == VISIBLE.get(who, frozenset())
    assert len(held) == len(CADRES) - 1  # the withdrawn file holds nothing; the others are counted for everybody


# Of whom an entry is told; of those the officers do not hear of the supervisor's reading.
SUPERVISED = {"he", "qian"}


@pytest.mark.parametrize("who", WHO)
def test_the_ledger_speaks_of_visible_persons_and_of_one_s_own_acts(world: World, who: str) -> None:
    me = actor(world, who)
    entries = visible_entries(me, cadres=visible_cadres(me).values("pk"))
    told = {key for key, cadre in world.cadres.items() if entries.filter(cadre=cadre.pk).exists()}
    everybody = set(CADRES) if who == "qian" else VISIBLE.get(who, frozenset())
    assert told == everybody
    assert entries.filter(purpose=Purpose.SUPERVISION.value).exists() == (who in SUPERVISED)
    others = entries.filter(cadre=None).exclude(actor=me.key)
    assert others.exists() == (who == "qian")


# Every filled file has one flagged value and no other mark; wen may not decide on the tie to the own file.
TIES = {"lin": {"cousin"}, "tang": {"cousin"}}


@pytest.mark.parametrize("who", WHO)
def test_what_is_due_counts_only_what_the_actor_could_do(world: World, who: str) -> None:
    me = actor(world, who)
    editors = {"lin", "zhao", "low", "tang", "wen"}
    flagged = queries_due.due_cadres(me, DueKind.FLAGGED, limit=50)
    expected = VISIBLE[who] if who in editors else frozenset()
    assert persons(flagged.cadres) == expected
    assert flagged.total == len(expected)
    kin = queries_due.due_cadres(me, DueKind.KIN, limit=50)
    assert (persons(kin.cadres), kin.total) == (TIES.get(who, set()), len(TIES.get(who, ())))
    recent = queries_due.recent_changes(me, world.at, limit=50)
    assert persons(change.cadre for change in recent) == VISIBLE.get(who, frozenset())


@pytest.mark.parametrize("who", WHO)
def test_ties_are_shown_only_with_both_files(world: World, who: str) -> None:
    me = actor(world, who)
    shown = {key for key, cadre in world.cadres.items() if visible_kin_ties(me, cadre).exists()}
    both = {"spouse": "own", "cousin": "own", "chen": "zhou"}
    assert shown == {key for key, other in both.items() if other in VISIBLE.get(who, ())}


@pytest.mark.parametrize("who", WHO)
def test_imports_and_saved_queries_are_one_s_own(world: World, who: str) -> None:
    me = actor(world, who)
    own = {who} if who in ("lin", "zhao") else set()
    assert {str(row.pk) for row in visible_batches(me)} == {world.keys[f"batch_{name}"] for name in own}
    assert keys(row.name for row in saved_queries_of(me)) == {f"query{name}" for name in own}


def test_only_a_confirmed_tie_recuses(world: World) -> None:
    wen = actor(world, "wen")
    assert wen.recused == {world.cadres[key].pk for key in ("own", "spouse")}


def test_the_system_itself_has_no_lists(world: World) -> None:
    assert Cadre.objects.count() == len(CADRES)
    assert not visible_cadres(SYSTEM).exists()
    assert not visible_units(SYSTEM).exists()
