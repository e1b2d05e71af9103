"""An account resolved to an actor: what is in force at a moment, and nothing else."""

from datetime import date, datetime, timedelta

from django.utils.timezone import localtime
from pytest_django import DjangoAssertNumQueries

from quanheng.accounts.models import Account, RoleAssignment
from quanheng.accounts.queries import actor_of
from quanheng.kernel.actor import Actor, Grant, Purpose, Role
from tests.conftest import EVERY_CATEGORY, OFFICER_PURPOSES, Cast, make_grant


def test_an_officer_has_role_grant_and_name(cast: Cast, lin: Actor) -> None:
    assert lin == Actor(
        key=cast.accounts["lin"].pk,
        name="林疏桐",
        roles=frozenset({Role.CADRE_OFFICER}),
        grants=(Grant("0001.0001.", frozenset(EVERY_CATEGORY), frozenset(Purpose(each) for each in OFFICER_PURPOSES)),),
    )


def test_a_cadre_has_the_own_file_and_no_grant(cast: Cast, chen: Actor) -> None:
    assert (chen.cadre, chen.roles, chen.grants) == (cast.chen_file.pk, frozenset({Role.CADRE}), ())


def test_an_outsider_has_nothing(outsider: Actor) -> None:
    assert (outsider.roles, outsider.grants) == (frozenset(), ())


def test_grants_without_a_role_open_nothing(cast: Cast, at: datetime) -> None:
    make_grant(cast.accounts["outsider"], cast.city, OFFICER_PURPOSES, at)
    assert actor_of(cast.accounts["outsider"], at=at).grants == ()


def test_an_administrator_is_nothing_else_whatever_the_tables_say(cast: Cast, at: datetime) -> None:
    xu = cast.accounts["xu"]
    RoleAssignment.objects.create(account=xu, role=Role.CADRE_OFFICER.value, valid_from=date(2020, 1, 1))
    make_grant(xu, cast.city, OFFICER_PURPOSES, at)
    actor = actor_of(xu, at=at)
    assert (actor.roles, actor.grants) == (frozenset({Role.SECURITY_ADMIN}), ())


def test_roles_and_grants_hold_from_their_first_day_to_before_their_last(cast: Cast, at: datetime) -> None:
    lin, first = cast.accounts["lin"], localtime(at).date()
    period = {"valid_from": first, "valid_to": first + timedelta(days=2)}
    lin.roles.update(**period)
    lin.grants.update(**period)
    seen = [actor_of(lin, at=at + timedelta(days=day)) for day in (-1, 0, 1, 2)]
    assert [len(actor.roles) for actor in seen] == [0, 1, 1, 0]
    assert [len(actor.grants) for actor in seen] == [0, 1, 1, 0]


def test_the_day_is_that_of_china(cast: Cast, at: datetime) -> None:
    lin: Account = cast.accounts["lin"]
    lin.roles.update(valid_from=date(2026, 11, 20))
    midnight = at - timedelta(hours=8)
    assert actor_of(lin, at=midnight).has_role(Role.CADRE_OFFICER)
    assert not actor_of(lin, at=midnight - timedelta(seconds=1)).has_role(Role.CADRE_OFFICER)


def test_a_revoked_grant_is_gone_at_once(cast: Cast, at: datetime) -> None:
    lin = cast.accounts["lin"]
    lin.grants.update(revoked_at=at)
    assert actor_of(lin, at=at).grants == ()


def test_resolving_takes_one_query(cast: Cast, at: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        actor_of(cast.accounts["lin"], at=at)
