"""Who holds the positions of a unit: counted for all who see it, named for those who may, in the way of its end."""

from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.db.models import Q

from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.organization.actions import Basis, CannotReorganize
from quanheng.organization.choices import GroupRole, PostTier, UnitCategory
from quanheng.organization.models import LeadingGroup, Position, Unit
from quanheng.people import unit_actions
from quanheng.people.choices import CadreStatus, HoldingKind, SourceKind
from quanheng.people.models import Cadre, PostHolding
from quanheng.people.queries_posts import filled_positions, held_since, holders, serving_in, visible_counts
from tests.conftest import Cast, make_cadre, make_unit

SINCE, MARCH, TODAY = date(2022, 1, 1), date(2025, 3, 1), date(2026, 11, 20)


def basis(day: date = MARCH) -> Basis:
    return Basis(day, "示编〔2025〕3号", "按机构改革方案办理")


@pytest.fixture
def deputy(cast: Cast) -> Position:
    group = LeadingGroup.objects.create(unit=cast.unit_a, name="班子", valid_from=SINCE)
    return Position.objects.create(
        unit=cast.unit_a,
        leading_group=group,
        title="副局长",
        tier=PostTier.COUNTY_DEPUTY,
        group_role=GroupRole.DEPUTY,
        valid_from=SINCE,
    )


def hold(cadre: Cadre, position: Position, at: datetime, **values: object) -> PostHolding:
    given = {"valid_from": SINCE, "kind": HoldingKind.APPOINTMENT} | values
    return PostHolding.objects.create(
        cadre=cadre,
        position=position,
        unit=position.unit,
        unit_name=position.unit.name,
        title=position.title,
        source=SourceKind.OFFICER,
        recorded_at=at,
        recorded_by=uuid4(),
        **given,
    )


def test_who_fills_a_position_on_a_day(cast: Cast, deputy: Position, at: datetime) -> None:
    hold(cast.chen_file, deputy, at, valid_to=MARCH)
    hold(cast.zhou_file, deputy, at, kind=HoldingKind.SECONDMENT)
    later = make_cadre("韩若川", cast.unit_a, at)
    hold(later, deputy, at, valid_from=MARCH)
    hold(make_cadre("方既白", cast.unit_a, at), deputy, at, withdrawn_at=at)
    hold(make_cadre("祁望舒", cast.unit_a, at, withdrawn_at=at), deputy, at)
    units = [cast.unit_a.pk]
    assert filled_positions(units, date(2025, 2, 28)) == {deputy.pk: frozenset({cast.chen_file.pk})}
    assert filled_positions(units, MARCH) == {deputy.pk: frozenset({later.pk})}
    assert filled_positions([cast.unit_b.pk], MARCH) == {}
    assert filled_positions(units, date(2021, 1, 1)) == {}


def test_names_are_for_those_who_may_see_the_file(
    cast: Cast, deputy: Position, lin: Actor, wang: Actor, he: Actor, at: datetime
) -> None:
    hold(cast.chen_file, deputy, at)
    hold(cast.zhou_file, deputy, at, kind=HoldingKind.SECONDMENT, order=1)  # the file lies in unit B

    def seen(actor: Actor) -> list[tuple[str | None, bool]]:
        found = holders(actor, [deputy.pk], TODAY)
        return [(holder.cadre.name if holder.cadre else None, holder.is_counted) for holder in found]

    assert seen(lin) == [("陈知行", True), (None, False)]
    assert seen(wang) == [("陈知行", True), ("周望舒", False)]
    assert seen(he) == [("陈知行", True), ("周望舒", False)]
    recused = replace(wang, recused=frozenset({cast.chen_file.pk}))
    assert seen(recused) == [(None, True), ("周望舒", False)]


def test_counts_hold_only_visible_serving_cadres(
    cast: Cast, lin: Actor, wang: Actor, chen: Actor, at: datetime
) -> None:
    make_cadre("离退人员", cast.unit_a, at, status=CadreStatus.RETIRED)
    make_cadre("撤回人员", cast.unit_a, at, withdrawn_at=at)
    assert visible_counts(lin) == {cast.unit_a.pk: 1}
    assert visible_counts(wang) == {cast.unit_a.pk: 1, cast.unit_b.pk: 1}
    assert visible_counts(chen) == {}
    assert serving_in(cast.unit_a) == 1


def test_holdings_beyond_a_day_stand_in_the_way(cast: Cast, deputy: Position, lin: Actor, at: datetime) -> None:
    holding = hold(cast.chen_file, deputy, at, valid_to=MARCH)
    assert held_since(Q(position=deputy), MARCH) == 0
    assert held_since(Q(position=deputy), date(2025, 2, 28)) == 1
    with pytest.raises(CannotReorganize, match="^position-is-held$"):
        unit_actions.end_position(actor=lin, position=deputy.pk, basis=basis(date(2025, 2, 28)), at=at)
    ended = unit_actions.end_position(actor=lin, position=deputy.pk, basis=basis(), at=at)
    assert (ended.valid_to, holding.position) == (MARCH, deputy)


@pytest.fixture
def centre(cast: Cast) -> Unit:
    return make_unit("QH0101", "示范中心", "0001.0001.0001.", cast.unit_a, UnitCategory.INSTITUTION)


def test_a_unit_ends_when_its_people_have_left(cast: Cast, centre: Unit, lin: Actor, at: datetime) -> None:
    cadre = make_cadre("韩若川", centre, at)
    with pytest.raises(CannotReorganize, match="^has-cadres$"):
        unit_actions.abolish_unit(actor=lin, unit=centre.pk, basis=basis(), at=at)
    Cadre.objects.filter(pk=cadre.pk).update(status=CadreStatus.RETIRED)  # a retired person's file may stay
    assert unit_actions.abolish_unit(actor=lin, unit=centre.pk, basis=basis(), at=at).abolished_on == MARCH


def test_a_unit_with_held_posts_is_not_merged(cast: Cast, centre: Unit, lin: Actor, at: datetime) -> None:
    post = Position.objects.create(unit=centre, title="主任", tier=PostTier.COUNTY_DEPUTY, valid_from=SINCE)
    holding = hold(cast.chen_file, post, at)  # the file lies elsewhere, the post here

    def merge() -> Unit:
        return unit_actions.merge_unit(actor=lin, unit=centre.pk, successor=cast.unit_a.pk, basis=basis(), at=at)

    with pytest.raises(CannotReorganize, match="^has-holders$"):
        merge()
    PostHolding.objects.filter(pk=holding.pk).update(valid_to=MARCH)
    assert merge().abolished_on == MARCH
    assert centre.versions.get().successor == cast.unit_a


def test_ends_are_for_cadre_officers_of_the_scope(
    cast: Cast, centre: Unit, deputy: Position, wang: Actor, zhao: Actor, at: datetime
) -> None:
    for actor, error in ((wang, NotPermitted), (zhao, NotFound)):
        with pytest.raises(error):
            unit_actions.abolish_unit(actor=actor, unit=centre.pk, basis=basis(), at=at)
        with pytest.raises(error):
            unit_actions.end_position(actor=actor, position=deputy.pk, basis=basis(), at=at)
    assert Unit.objects.get(pk=centre.pk).abolished_on is None
