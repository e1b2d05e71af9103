"""The tree of a day, who sees which units, search by name, and 机构沿革."""

from datetime import date, datetime

import pytest

from quanheng.kernel.actor import SYSTEM, Actor
from quanheng.kernel.errors import NotFound
from quanheng.organization import access, actions, queries
from quanheng.organization.actions import Occupancy, Quotas
from quanheng.organization.choices import ReorganizationKind
from quanheng.organization.history import FieldChange, history, last_quota_act
from quanheng.organization.models import Unit
from tests.conftest import Cast
from tests.organization.conftest import Establish, basis

MARCH = date(2025, 3, 1)
TODAY = date(2026, 11, 20)


def names(units: list[queries.TreeUnit]) -> list[str]:
    return [unit.name for unit in units]


@pytest.fixture
def reformed(establish: Establish, lin: Actor, at: datetime) -> dict[str, Unit]:
    """甲 with 甲一 below; in March 2025 甲一 goes to 乙, 甲 is merged into 乙, and 乙 is renamed 丙."""
    first, second = establish("A1", "甲"), establish("A2", "乙")
    below = establish("A3", "甲一", first)
    actions.move_unit(actor=lin, unit=below.pk, parent=second.pk, basis=basis(MARCH), at=at)
    empty = Occupancy(0, 0)
    actions.merge_unit(actor=lin, unit=first.pk, successor=second.pk, occupancy=empty, basis=basis(MARCH), at=at)
    actions.rename_unit(actor=lin, unit=second.pk, name="丙", short_name="丙办", basis=basis(MARCH), at=at)
    return {name: Unit.objects.get(pk=unit.pk) for name, unit in (("甲", first), ("乙", second), ("甲一", below))}


def test_the_tree_of_today_and_of_an_earlier_day(reformed: dict[str, Unit]) -> None:
    assert names(queries.unit_tree()) == ["示范市", "示范市甲局", "丙", "甲一", "示范市乙局"]
    assert names(queries.unit_tree(TODAY)) == names(queries.unit_tree())
    before = queries.unit_tree(date(2025, 2, 28))
    assert names(before) == ["示范市", "示范市甲局", "甲", "甲一", "乙", "示范市乙局"]
    assert [unit.depth for unit in before] == [1, 2, 3, 4, 3, 2]
    assert names(queries.unit_tree(date(2023, 12, 31))) == ["示范市", "示范市甲局", "示范市乙局"]
    assert queries.unit_tree(date(2019, 12, 31)) == []


def test_subtree_and_ancestors_of_a_day(reformed: dict[str, Unit]) -> None:
    below, first, second = reformed["甲一"], reformed["甲"], reformed["乙"]
    assert queries.subtree_ids(second) == [second.pk, below.pk]
    assert queries.subtree_ids(first) == []
    assert queries.subtree_ids(first, date(2025, 2, 28)) == [first.pk, below.pk]
    assert names(queries.ancestors(below)) == ["示范市", "示范市甲局", "丙"]
    assert names(queries.ancestors(below, date(2025, 2, 28))) == ["示范市", "示范市甲局", "甲"]


def test_a_unit_whose_parent_is_missing_is_not_lost(cast: Cast) -> None:
    cast.city.versions.update(valid_from=date(2022, 1, 1))
    tree = queries.unit_tree(date(2021, 1, 1))
    assert [(unit.name, unit.depth) for unit in tree] == [("示范市甲局", 1), ("示范市乙局", 1)]


def test_the_version_in_force(reformed: dict[str, Unit]) -> None:
    unit = reformed["乙"]
    versions = [queries.unit_on(unit, day) for day in (date(2023, 12, 31), date(2025, 2, 28), MARCH)]
    assert [version and version.name for version in versions] == [None, "乙", "丙"]
    assert queries.last_version(reformed["甲"]).successor == unit


def test_visible_units(cast: Cast, lin: Actor, zhao: Actor, wang: Actor, chen: Actor, xu: Actor) -> None:
    def seen(actor: Actor) -> set[str]:
        return set(access.visible_units(actor).values_list("code", flat=True))

    assert seen(lin) == {"QH01"}
    assert seen(zhao) == {"QH02"}
    assert seen(wang) == {"QH", "QH01", "QH02"}
    assert seen(chen) == seen(xu) == set()
    assert {unit.code for unit in access.assignable_units(xu)} == {"QH", "QH01", "QH02"}
    assert not access.assignable_units(lin).exists()


def test_the_way_to_a_grant_is_shown_without_figures(cast: Cast, lin: Actor, chen: Actor) -> None:
    for on in (None, TODAY):
        tree = queries.visible_tree(lin, on)
        assert [(unit.name, unit.is_granted) for unit in tree] == [("示范市", False), ("示范市甲局", True)]
    assert queries.visible_tree(chen) == []


def test_a_unit_out_of_scope_does_not_exist(cast: Cast, lin: Actor, chen: Actor) -> None:
    assert access.unit_for(lin, cast.unit_a.pk) == cast.unit_a
    assert access.unit_for(SYSTEM, cast.city.pk) == cast.city
    for actor, unit in ((lin, cast.unit_b), (lin, cast.city), (chen, cast.unit_a)):
        with pytest.raises(NotFound):
            access.unit_for(actor, unit.pk)


def test_nested_grants_are_one(cast: Cast, wang: Actor, lin: Actor) -> None:
    both = Actor(wang.key, wang.name, wang.roles, wang.grants + lin.grants)
    assert access.granted_paths(both) == ("0001.",)


@pytest.mark.parametrize("text", ["丙", "bing", "b", "丙办", "BB", "ingb"])
def test_units_are_found_by_name_short_name_and_pinyin(reformed: dict[str, Unit], lin: Actor, text: str) -> None:
    assert queries.units_matching(lin, text) == [reformed["乙"]]


def test_search_stays_in_scope_and_leaves_abolished_units_out(
    reformed: dict[str, Unit], lin: Actor, zhao: Actor
) -> None:
    assert [unit.name for unit in queries.units_matching(lin, "甲")] == ["甲一", "示范市甲局"]  # begins with it first
    assert queries.units_matching(zhao, "甲") == []
    assert queries.units_matching(lin, "  ") == []
    assert len(queries.units_matching(lin, "甲", limit=1)) == 1


def test_history_says_what_each_act_changed(reformed: dict[str, Unit]) -> None:
    found = history(reformed["乙"])
    assert [(change.kind, change.effective_on, change.is_incoming) for change in found] == [
        (ReorganizationKind.RENAMED, MARCH, False),
        (ReorganizationKind.MERGED, MARCH, True),
        (ReorganizationKind.ESTABLISHED, date(2024, 1, 1), False),
    ]
    assert found[0].changes == (FieldChange("name", "乙", "丙"), FieldChange("short_name", "", "丙办"))
    assert found[1].other == reformed["甲"]
    assert found[2].document == "示编〔2026〕1号"


def test_history_of_the_merged_and_of_the_moved(reformed: dict[str, Unit]) -> None:
    merged = history(reformed["甲"])[0]
    assert (merged.kind, merged.other, merged.changes) == (ReorganizationKind.MERGED, reformed["乙"], ())
    moved = history(reformed["甲一"])[0]
    assert moved.changes == (FieldChange("parent", "甲", "丙"),)


def test_history_of_a_register_taken_over(cast: Cast) -> None:
    [change] = history(cast.unit_a)
    assert (change.kind, change.effective_on) == (ReorganizationKind.ESTABLISHED, date(2020, 1, 1))
    assert (change.recorded_at, change.document) == (None, "")


def test_quotas_rest_on_their_last_act(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "综合科", principal_quota=1)
    actions.set_quota(actor=lin, unit=unit.pk, quotas=Quotas(1, 3), basis=basis(MARCH, "示编〔2025〕9号"), at=at)
    documents = [last_quota_act(unit, day) for day in (date(2023, 1, 1), date(2025, 2, 28), MARCH)]
    assert [act and act.document for act in documents] == [None, "示编〔2026〕1号", "示编〔2025〕9号"]
