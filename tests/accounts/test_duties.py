"""Roles and grants: who may give them, which exclude each other, and what the ledger keeps of it."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from quanheng.accounts.actions import (
    CannotAssignRole,
    CannotEndRole,
    CannotGrant,
    CannotRevoke,
    assign_role,
    end_role,
    grant_scope,
    revoke_grant,
)
from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.accounts.queries import actor_of, visible_grants, visible_roles
from quanheng.kernel.actor import ADMINISTRATORS, SYSTEM, Actor, Purpose, Role
from quanheng.kernel.actor import Grant as ActorGrant
from quanheng.kernel.errors import NotFound, Refused
from tests.conftest import OFFICER_PURPOSES, Cast, make_account, make_grant
from tests.ledger_reading import entries, last_reason

REASON = "干部一科新到岗，分管甲局"
START = date(2026, 11, 20)


@pytest.fixture
def sun(cast: Cast, at: datetime) -> Account:
    """An account without roles, to be given some."""
    return make_account("sun", "孙行知", None, at)


def grant(actor: Actor, account: Account, cast: Cast, at: datetime, **changes: Any) -> Grant:
    values: dict[str, Any] = {
        "unit": cast.unit_a,
        "categories": ["city", "county"],
        "purposes": ["management"],
        "valid_from": START,
        "valid_to": date(2027, 11, 20),
        "reason": REASON,
    }
    return grant_scope(actor=actor, account=account.pk, at=at, **{**values, **changes})


def assign(actor: Actor, account: Account, role: Role, at: datetime, **changes: Any) -> RoleAssignment:
    values: dict[str, Any] = {"valid_from": START, "reason": REASON}
    return assign_role(actor=actor, account=account.pk, role=role, at=at, **{**values, **changes})


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


def test_a_role_and_a_grant_make_an_officer(cast: Cast, xu: Actor, sun: Account, at: datetime) -> None:
    assign(xu, sun, Role.CADRE_OFFICER, at)
    made = grant(xu, sun, cast, at)
    actor = actor_of(sun, at=at)
    assert actor.roles == {Role.CADRE_OFFICER}
    assert actor.grants == (ActorGrant("0001.0001.", frozenset({"city", "county"}), frozenset({Purpose.MANAGEMENT})),)
    assert (made.granted_by, made.granted_at, made.reason) == (xu.key, at, REASON)


def test_the_ledger_keeps_role_and_grant_with_their_reason(cast: Cast, xu: Actor, sun: Account, at: datetime) -> None:
    assign(xu, sun, Role.CADRE_OFFICER, at)
    made = grant(xu, sun, cast, at)
    assert entries("accounts.") == [
        (
            "accounts.assign_role",
            f"accounts.account:{sun.pk}",
            False,
            {"role": "cadre_officer", "from": "2026-11-20", "to": None},
        ),
        (
            "accounts.grant_scope",
            f"accounts.grant:{made.pk}",
            False,
            {
                "account": str(sun.pk),
                "unit": str(cast.unit_a.pk),
                "categories": ["city", "county"],
                "purposes": ["management"],
                "from": "2026-11-20",
                "to": "2027-11-20",
            },
        ),
    ]
    assert last_reason() == REASON


@pytest.mark.parametrize("name", ["lin", "zhao", "wang", "chen", "he", "qian", "wu", "outsider"])
def test_only_the_security_administrator_gives(
    cast: Cast, sun: Account, at: datetime, name: str, request: pytest.FixtureRequest
) -> None:
    actor: Actor = request.getfixturevalue(name)
    with pytest.raises(NotFound):
        assign(actor, sun, Role.LEADER, at)
    with pytest.raises(NotFound):
        grant(actor, sun, cast, at)
    assert (sun.roles.count(), sun.grants.count()) == (0, 0)
    assert [entry[2:] for entry in entries("accounts.")] == [(True, {"refused": "not-found", "facts": {}})] * 2


def test_nobody_gives_to_the_own_account(cast: Cast, xu: Actor, at: datetime) -> None:
    own = cast.accounts["xu"]
    with pytest.raises(CannotAssignRole) as role_refused:
        assign(xu, own, Role.CADRE_OFFICER, at)
    with pytest.raises(CannotGrant) as grant_refused:
        grant(xu, own, cast, at)
    assert (code_of(role_refused), code_of(grant_refused)) == ("own-account", "own-account")
    assert own.grants.count() == 0
    assert own.roles.count() == 1


@pytest.mark.parametrize("held", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CADRE}))
def test_an_administrator_takes_no_second_role(sun: Account, xu: Actor, at: datetime, held: Role, role: Role) -> None:
    assign(xu, sun, held, at)
    with pytest.raises(CannotAssignRole) as refused:
        assign(xu, sun, role, at)
    assert code_of(refused) == ("role-held" if role is held else "roles-exclude")
    assert list(sun.roles.values_list("role", flat=True)) == [held]


@pytest.mark.parametrize("name", ["lin", "zhao", "wang", "chen", "he"])
def test_nobody_with_another_role_becomes_administrator(cast: Cast, xu: Actor, at: datetime, name: str) -> None:
    with pytest.raises(CannotAssignRole) as refused:
        assign(xu, cast.accounts[name], Role.SYSTEM_ADMIN, at)
    assert code_of(refused) == "roles-exclude"


def test_an_officer_may_become_administrator_after_the_office_has_ended(cast: Cast, xu: Actor, at: datetime) -> None:
    lin = cast.accounts["lin"]
    lin.grants.update(valid_to=START)
    lin.roles.update(valid_to=START)
    assign(xu, lin, Role.AUDIT_ADMIN, at)
    assert actor_of(lin, at=at).roles == {Role.AUDIT_ADMIN}


def test_whoever_holds_a_grant_does_not_become_administrator(cast: Cast, xu: Actor, sun: Account, at: datetime) -> None:
    make_grant(sun, cast.unit_a, OFFICER_PURPOSES, at)
    with pytest.raises(CannotAssignRole) as refused:
        assign(xu, sun, Role.SECURITY_ADMIN, at)
    assert code_of(refused) == "grants-exclude"


@pytest.mark.parametrize("name", ["qian", "wu"])
def test_an_administrator_holds_no_grant(cast: Cast, xu: Actor, at: datetime, name: str) -> None:
    account = cast.accounts[name]
    with pytest.raises(CannotGrant) as refused:
        grant(xu, account, cast, at)
    assert code_of(refused) == "administrator"
    assert account.grants.count() == 0


def test_an_officer_may_be_a_cadre_as_well_if_tied_to_a_file(cast: Cast, xu: Actor, sun: Account, at: datetime) -> None:
    assign(xu, cast.accounts["chen"], Role.UNIT_OFFICER, at)
    with pytest.raises(CannotAssignRole) as refused:
        assign(xu, sun, Role.CADRE, at)
    assert code_of(refused) == "no-file"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit": None}, "nothing-chosen"),
        ({"categories": []}, "nothing-chosen"),
        ({"purposes": []}, "nothing-chosen"),
        ({"categories": ["city", "village"]}, "unknown-value"),
        ({"purposes": ["subject_access"]}, "unknown-value"),
        ({"valid_to": START}, "period-empty"),
        ({"reason": "九个字的理由还不够"}, "reason-too-short"),
        ({"reason": "   短     短     "}, "reason-too-short"),
    ],
)
def test_a_grant_wants_everything(
    cast: Cast, xu: Actor, sun: Account, at: datetime, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(CannotGrant) as refused:
        grant(xu, sun, cast, at, **changes)
    assert code_of(refused) == code
    assert sun.grants.count() == 0
    assert entries("accounts.")[0][2] is True


def test_a_reason_of_ten_characters_is_enough(cast: Cast, xu: Actor, sun: Account, at: datetime) -> None:
    assert grant(xu, sun, cast, at, reason="正好是十个字的理由呀").reason == "正好是十个字的理由呀"


def test_a_revoked_grant_has_no_effect_and_is_revoked_once(cast: Cast, xu: Actor, at: datetime) -> None:
    lin = cast.accounts["lin"]
    held = lin.grants.get()
    revoke_grant(actor=xu, grant=held.pk, reason="调离干部一科，不再分管", at=at)
    assert actor_of(lin, at=at).grants == ()
    held.refresh_from_db()
    assert (held.revoked_at, held.revoked_by) == (at, xu.key)
    with pytest.raises(CannotRevoke) as refused:
        revoke_grant(actor=xu, grant=held.pk, reason="调离干部一科，不再分管", at=at)
    assert code_of(refused) == "already-revoked"


def test_revoking_wants_a_reason_and_the_right_administrator(cast: Cast, xu: Actor, wu: Actor, at: datetime) -> None:
    held = cast.accounts["lin"].grants.get()
    with pytest.raises(CannotRevoke):
        revoke_grant(actor=xu, grant=held.pk, reason="调离", at=at)
    with pytest.raises(NotFound):
        revoke_grant(actor=wu, grant=held.pk, reason="调离干部一科，不再分管", at=at)
    held.refresh_from_db()
    assert held.revoked_at is None


def test_an_ended_role_stays_on_record(cast: Cast, xu: Actor, at: datetime) -> None:
    lin = cast.accounts["lin"]
    end_role(actor=xu, assignment=lin.roles.get().pk, on=START, reason="调离干部一科，不再任职", at=at)
    assert actor_of(lin, at=at).roles == frozenset()
    assert list(lin.roles.values_list("role", "valid_from", "valid_to")) == [("cadre_officer", date(2020, 1, 1), START)]
    assert entries("accounts.end_role")[0][1:] == (
        f"accounts.account:{lin.pk}",
        False,
        {"role": "cadre_officer", "to": "2026-11-20"},
    )


def test_a_role_ends_once_and_never_by_its_holder(cast: Cast, xu: Actor, at: datetime) -> None:
    role = cast.accounts["lin"].roles.get()
    own = cast.accounts["xu"].roles.get()
    end_role(actor=xu, assignment=role.pk, on=START, reason="调离干部一科，不再任职", at=at)
    codes = []
    for pk in (role.pk, own.pk):
        with pytest.raises(CannotEndRole) as refused:
            end_role(actor=xu, assignment=pk, on=START, reason="调离干部一科，不再任职", at=at)
        codes.append(code_of(refused))
    assert codes == ["already-ended", "own-account"]


def test_a_role_that_has_not_begun_never_takes_effect(xu: Actor, sun: Account, at: datetime) -> None:
    later = assign(xu, sun, Role.LEADER, at, valid_from=date(2027, 1, 1))
    done = end_role(actor=xu, assignment=later.pk, on=START, reason="任命已经取消，不再到任", at=at)
    assert (done.valid_from, done.valid_to) == (date(2027, 1, 1), date(2027, 1, 1))
    assert assign(xu, sun, Role.AUDIT_ADMIN, at).role == Role.AUDIT_ADMIN  # and excludes nothing


def test_what_does_not_exist_answers_as_what_is_out_of_reach(xu: Actor, cast: Cast, at: datetime) -> None:
    with pytest.raises(NotFound):
        revoke_grant(actor=xu, grant=uuid4(), reason="调离干部一科，不再分管", at=at)


def test_the_system_itself_may_give(cast: Cast, sun: Account, at: datetime) -> None:
    assign(SYSTEM, sun, Role.SECURITY_ADMIN, at)
    assert actor_of(sun, at=at).roles == {Role.SECURITY_ADMIN}


def test_lists_are_empty_for_everybody_else(cast: Cast, xu: Actor, wu: Actor, lin: Actor) -> None:
    account = cast.accounts["lin"]
    assert [visible_roles(actor, account).count() for actor in (xu, wu, lin)] == [1, 0, 0]
    assert [visible_grants(actor, account).count() for actor in (xu, wu, lin)] == [1, 0, 0]
