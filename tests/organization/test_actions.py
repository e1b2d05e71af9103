"""Reorganizing: what each act leaves behind, and what is refused."""

from datetime import date, datetime
from uuid import UUID

import pytest

from quanheng.kernel.actor import SYSTEM, Actor
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.ledger.models import Entry
from quanheng.organization import actions
from quanheng.organization.actions import CannotReorganize, Occupancy, Quotas, UnitFacts
from quanheng.organization.choices import GroupRole, LeadingGroupKind, PostTier, ReorganizationKind, UnitCategory
from quanheng.organization.models import LeadingGroup, Position, Reorganization, Unit, UnitVersion
from quanheng.organization.position_actions import PositionFacts, add_position, end_position, form_leading_group
from tests.conftest import Cast
from tests.organization.conftest import Establish, basis

EMPTY = Occupancy(cadres=0, holders=0)
MARCH = date(2025, 3, 1)


def periods(unit: Unit) -> list[tuple[str, date, date | None]]:
    rows = unit.versions.order_by("valid_from")
    return [(row.name, row.valid_from, row.valid_to) for row in rows]


def last_entry() -> Entry:
    return Entry.objects.filter(stream="organization").order_by("-seq")[0]


def refusal(code: str) -> "pytest.RaisesExc[CannotReorganize]":
    return pytest.raises(CannotReorganize, match=f"^{code}$")


def test_establishing_places_the_unit_after_its_siblings(cast: Cast, establish: Establish) -> None:
    first, second = establish("A1", "综合科"), establish("A2", "人事科", principal_quota=1, deputy_quota=2)
    assert (first.path, second.path) == ("0001.0001.0001.", "0001.0001.0002.")
    version = second.versions.get()
    assert (version.principal_quota, version.deputy_quota, version.internal_quota) == (1, 2, None)
    assert version.reorganization is not None
    assert version.reorganization.document == "示编〔2026〕1号"
    entry = last_entry()
    assert (entry.action, entry.object_key) == ("organization.establish_unit", f"organization.unit:{second.pk}")
    assert entry.cites == '["示编〔2026〕1号"]'


def test_a_code_is_used_once(establish: Establish) -> None:
    establish("A1", "综合科")
    with refusal("duplicate-code"):
        establish("A1", "另一科")
    assert Unit.objects.filter(name="另一科").count() == 0


def test_only_the_system_sets_up_a_top(cast: Cast, lin: Actor, at: datetime) -> None:
    def top(actor: Actor) -> Unit:
        facts = UnitFacts(name="另一市", category=UnitCategory.TERRITORY)
        return actions.establish_unit(
            actor=actor, parent=None, code="QX", facts=facts, quotas=Quotas(), basis=basis(MARCH), at=at
        )

    with pytest.raises(NotFound):
        top(lin)
    assert top(SYSTEM).path == "0002."


def test_renaming_ends_one_version_and_begins_the_next(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "综合科", principal_quota=1)
    actions.rename_unit(actor=lin, unit=unit.pk, name="办公室", short_name="办", basis=basis(MARCH), at=at)
    assert periods(unit) == [("综合科", date(2024, 1, 1), MARCH), ("办公室", MARCH, None)]
    assert Unit.objects.get(pk=unit.pk).name == "办公室"
    old, new = unit.versions.order_by("valid_from")
    assert new.principal_quota == 1  # what was not changed goes along
    assert old.ended_by == new.reorganization
    assert last_entry().action == "organization.rename_unit"


def test_two_acts_of_one_day_share_a_version(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "综合科")
    actions.rename_unit(actor=lin, unit=unit.pk, name="办公室", short_name="", basis=basis(MARCH), at=at)
    actions.set_quota(actor=lin, unit=unit.pk, quotas=Quotas(1, 2), basis=basis(MARCH, "示编〔2025〕9号"), at=at)
    assert periods(unit) == [("综合科", date(2024, 1, 1), MARCH), ("办公室", MARCH, None)]
    assert unit.versions.get(valid_to=None).deputy_quota == 2
    kinds = unit.reorganizations.order_by("effective_on", "pk").values_list("kind", flat=True)
    assert list(kinds) == [ReorganizationKind.ESTABLISHED, ReorganizationKind.RENAMED, ReorganizationKind.QUOTA]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 11, 21), "effective-in-the-future"),
        (date(2023, 12, 31), "not-yet-established"),
    ],
)
def test_days_that_are_refused(establish: Establish, lin: Actor, at: datetime, day: date, code: str) -> None:
    unit = establish("A1", "综合科")
    with refusal(code):
        actions.rename_unit(actor=lin, unit=unit.pk, name="办公室", short_name="", basis=basis(day), at=at)
    assert periods(unit) == [("综合科", date(2024, 1, 1), None)]
    assert Reorganization.objects.filter(unit=unit).count() == 1


def test_a_day_before_the_current_version_is_refused(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "综合科")
    actions.rename_unit(actor=lin, unit=unit.pk, name="办公室", short_name="", basis=basis(MARCH), at=at)
    with pytest.raises(CannotReorganize) as refused:
        actions.set_quota(actor=lin, unit=unit.pk, quotas=Quotas(1), basis=basis(date(2025, 2, 28)), at=at)
    assert (refused.value.code, refused.value.facts) == ("before-current-version", {"since": MARCH})


def test_the_same_again_is_refused(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "综合科")
    with refusal("nothing-changes"):
        actions.rename_unit(actor=lin, unit=unit.pk, name="综合科", short_name="", basis=basis(MARCH), at=at)


def test_moving_takes_everything_below_along(cast: Cast, establish: Establish, lin: Actor, at: datetime) -> None:
    left, right = establish("A1", "左"), establish("A2", "右")
    below = establish("A3", "下", left)
    deepest = establish("A4", "底", below)
    moved = actions.move_unit(actor=lin, unit=below.pk, parent=right.pk, basis=basis(MARCH), at=at)
    assert (moved.path, moved.parent) == (f"{right.path}0001.", right)
    assert Unit.objects.get(pk=deepest.pk).path == f"{right.path}0001.0001."
    parents = below.versions.order_by("valid_from").values_list("parent", "valid_to")
    assert list(parents) == [(left.pk, MARCH), (right.pk, None)]
    assert last_entry().action == "organization.move_unit"


def test_a_unit_is_not_moved_below_itself(establish: Establish, lin: Actor, at: datetime) -> None:
    top = establish("A1", "上")
    below = establish("A2", "下", top)
    with refusal("target-below-itself"):
        actions.move_unit(actor=lin, unit=top.pk, parent=below.pk, basis=basis(MARCH), at=at)
    with refusal("target-is-itself"):
        actions.move_unit(actor=lin, unit=top.pk, parent=top.pk, basis=basis(MARCH), at=at)
    assert Unit.objects.get(pk=top.pk).path == "0001.0001.0001."


def test_a_backdated_move_is_not_below_itself_on_any_day_since(
    establish: Establish, cast: Cast, lin: Actor, at: datetime
) -> None:
    top = establish("A1", "上")
    below = establish("A2", "下", top)
    actions.move_unit(actor=lin, unit=below.pk, parent=cast.unit_a.pk, basis=basis(date(2025, 6, 1)), at=at)
    with refusal("target-below-itself"):  # until June the target hung below the unit
        actions.move_unit(actor=lin, unit=top.pk, parent=below.pk, basis=basis(MARCH), at=at)
    actions.move_unit(actor=lin, unit=top.pk, parent=below.pk, basis=basis(date(2025, 6, 1)), at=at)
    assert Unit.objects.get(pk=top.pk).parent == below


def test_a_target_must_have_stood_on_the_day(establish: Establish, lin: Actor, at: datetime) -> None:
    unit, late = establish("A1", "综合科"), establish("A2", "新设科", day=date(2026, 1, 1))
    with refusal("target-not-yet-established"):
        actions.move_unit(actor=lin, unit=unit.pk, parent=late.pk, basis=basis(MARCH), at=at)


def test_another_scope_does_not_exist(cast: Cast, establish: Establish, lin: Actor, zhao: Actor, at: datetime) -> None:
    unit = establish("A1", "综合科")
    with pytest.raises(NotFound):  # the target lies outside Lin's grant
        actions.move_unit(actor=lin, unit=unit.pk, parent=cast.unit_b.pk, basis=basis(MARCH), at=at)
    with pytest.raises(NotFound):  # the unit lies outside Zhao's
        actions.rename_unit(actor=zhao, unit=unit.pk, name="办公室", short_name="", basis=basis(MARCH), at=at)
    assert UnitVersion.objects.filter(unit=unit).count() == 1


def test_only_cadre_officers_reorganize(
    cast: Cast, zhao: Actor, wang: Actor, he: Actor, xu: Actor, at: datetime
) -> None:
    def rename(actor: Actor) -> None:
        actions.rename_unit(actor=actor, unit=cast.unit_b.pk, name="新名", short_name="", basis=basis(MARCH), at=at)

    for actor in (zhao, wang, he):
        with pytest.raises(NotPermitted, match="^role-may-not-reorganize$"):
            rename(actor)
    with pytest.raises(NotFound):
        rename(xu)
    assert Unit.objects.get(pk=cast.unit_b.pk).name == "示范市乙局"


def test_merging_ends_the_unit_in_its_successor(establish: Establish, lin: Actor, at: datetime) -> None:
    unit, successor = establish("A1", "旧科"), establish("A2", "新科")
    group = form_leading_group(
        actor=lin, unit=unit.pk, kind=LeadingGroupKind.WHOLE, name="班子", basis=basis(date(2024, 1, 1)), at=at
    )
    position = add_position(
        actor=lin,
        unit=unit.pk,
        leading_group=group.pk,
        facts=PositionFacts("科长", PostTier.TOWNSHIP_PRINCIPAL, GroupRole.PRINCIPAL),
        basis=basis(date(2024, 1, 1)),
        at=at,
    )
    actions.merge_unit(actor=lin, unit=unit.pk, successor=successor.pk, occupancy=EMPTY, basis=basis(MARCH), at=at)
    version = unit.versions.get()
    assert (version.valid_to, version.successor, version.ended_by.kind) == (MARCH, successor, ReorganizationKind.MERGED)  # type: ignore[union-attr]
    assert Unit.objects.get(pk=unit.pk).abolished_on == MARCH
    assert (Position.objects.get(pk=position.pk).valid_to, LeadingGroup.objects.get(pk=group.pk).valid_to) == (
        MARCH,
        MARCH,
    )
    with refusal("unit-abolished"):
        actions.rename_unit(actor=lin, unit=unit.pk, name="再名", short_name="", basis=basis(MARCH), at=at)
    with refusal("target-abolished"):
        actions.move_unit(actor=lin, unit=successor.pk, parent=unit.pk, basis=basis(MARCH), at=at)


@pytest.mark.parametrize(("occupancy", "code"), [(Occupancy(1, 0), "has-cadres"), (Occupancy(0, 1), "has-holders")])
def test_who_is_in_a_unit_stands_in_the_way(
    establish: Establish, lin: Actor, at: datetime, occupancy: Occupancy, code: str
) -> None:
    unit = establish("A1", "旧科")
    with refusal(code):
        actions.abolish_unit(actor=lin, unit=unit.pk, occupancy=occupancy, basis=basis(MARCH), at=at)
    assert Unit.objects.get(pk=unit.pk).abolished_on is None


def test_units_below_stand_in_the_way_also_when_they_left_later(
    establish: Establish, cast: Cast, lin: Actor, at: datetime
) -> None:
    unit = establish("A1", "旧科")
    below = establish("A2", "下", unit)
    june = date(2025, 6, 1)

    def abolish(day: date) -> None:
        actions.abolish_unit(actor=lin, unit=unit.pk, occupancy=EMPTY, basis=basis(day), at=at)

    with refusal("has-subordinate-units"):
        abolish(june)
    actions.move_unit(actor=lin, unit=below.pk, parent=cast.unit_a.pk, basis=basis(june), at=at)
    with refusal("has-subordinate-units"):
        abolish(MARCH)
    abolish(june)
    assert Unit.objects.get(pk=unit.pk).abolished_on == june


def test_a_unit_does_not_end_on_the_day_it_began(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "旧科")
    with refusal("before-current-version"):
        actions.abolish_unit(actor=lin, unit=unit.pk, occupancy=EMPTY, basis=basis(date(2024, 1, 1)), at=at)


def test_a_unit_does_not_succeed_itself(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "旧科")
    with refusal("target-is-itself"):
        actions.merge_unit(actor=lin, unit=unit.pk, successor=unit.pk, occupancy=EMPTY, basis=basis(MARCH), at=at)


def test_reordering_renumbers_the_siblings_and_what_is_below(
    cast: Cast, establish: Establish, lin: Actor, at: datetime
) -> None:
    first, second, gone = establish("A1", "甲"), establish("A2", "乙"), establish("A3", "丙")
    below = establish("A4", "丁", first)
    actions.abolish_unit(actor=lin, unit=gone.pk, occupancy=EMPTY, basis=basis(MARCH), at=at)

    def reorder(order: list[UUID]) -> None:
        actions.reorder_siblings(actor=lin, parent=cast.unit_a.pk, order=order, reason="按新的规范顺序", at=at)

    with refusal("not-the-siblings"):
        reorder([second.pk])
    reorder([second.pk, first.pk])
    paths = dict(Unit.objects.values_list("name", "path"))
    assert (paths["乙"], paths["甲"], paths["丙"]) == ("0001.0001.0001.", "0001.0001.0002.", "0001.0001.0003.")
    assert paths["丁"] == Unit.objects.get(pk=below.pk).path == "0001.0001.0002.0001."
    assert last_entry().action == "organization.reorder_siblings"


def test_a_leading_group_is_formed_once(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "科")

    def form() -> LeadingGroup:
        return form_leading_group(
            actor=lin, unit=unit.pk, kind=LeadingGroupKind.WHOLE, name="班子", basis=basis(MARCH), at=at
        )

    form()
    with refusal("leading-group-exists"):
        form()


def test_a_position_begins_and_ends(establish: Establish, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "科")

    def add(group: LeadingGroup | None, role: GroupRole | str, day: date = MARCH) -> Position:
        facts = PositionFacts("副科长", PostTier.TOWNSHIP_DEPUTY, role, quota=2)
        key = group.pk if group else None
        return add_position(actor=lin, unit=unit.pk, leading_group=key, facts=facts, basis=basis(day), at=at)

    def end(position: Position, day: date, holders: int = 0) -> None:
        end_position(actor=lin, position=position.pk, holders=holders, basis=basis(day), at=at)

    with refusal("role-without-leading-group"):
        add(None, GroupRole.DEPUTY)
    group = form_leading_group(
        actor=lin, unit=unit.pk, kind=LeadingGroupKind.WHOLE, name="班子", basis=basis(MARCH), at=at
    )
    with refusal("before-leading-group"):
        add(group, GroupRole.DEPUTY, date(2025, 2, 1))
    position, other = add(group, GroupRole.DEPUTY), add(None, "")
    assert (position.order, other.order, position.quota) == (1, 2, 2)
    with refusal("position-is-held"):
        end(position, date(2025, 4, 1), holders=1)
    with refusal("before-current-version"):
        end(position, MARCH)
    end(position, date(2025, 4, 1))
    assert Position.objects.get(pk=position.pk).valid_to == date(2025, 4, 1)
    with refusal("position-ended"):
        end(position, date(2025, 5, 1))
    assert last_entry().action == "organization.end_position"


def test_a_group_of_another_unit_does_not_exist(establish: Establish, cast: Cast, lin: Actor, at: datetime) -> None:
    unit = establish("A1", "科")
    foreign = LeadingGroup.objects.create(unit=cast.unit_b, name="班子", valid_from=date(2020, 1, 1))
    facts = PositionFacts("科长", PostTier.TOWNSHIP_PRINCIPAL, GroupRole.PRINCIPAL)
    with pytest.raises(NotFound):
        add_position(actor=lin, unit=unit.pk, leading_group=foreign.pk, facts=facts, basis=basis(MARCH), at=at)
