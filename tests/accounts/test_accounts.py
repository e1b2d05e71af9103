"""Making, closing and securing accounts; what the ledger keeps, and what it must not."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore

from quanheng.accounts.actions import (
    CannotCreateAccount,
    CannotDeactivate,
    CannotEndSession,
    CannotReactivate,
    CannotSetPassword,
    change_own_password,
    create_account,
    deactivate_account,
    end_session,
    reactivate_account,
    record_lock_out,
    record_sign_in,
    record_sign_in_failure,
    record_sign_out,
    set_password,
    set_shortcuts,
)
from quanheng.accounts.models import Account
from quanheng.accounts.queries import (
    SEEN,
    SIGNED_IN,
    account_of,
    find_account,
    find_accounts,
    has_idled_out,
    live_sessions,
    names_of,
    session_name,
    visible_accounts,
)
from quanheng.kernel.actor import SYSTEM, Actor, Role
from quanheng.kernel.errors import NotFound, Refused
from quanheng.ledger.models import EntryDetail
from tests.conftest import PASSWORD, Cast, ClientOf
from tests.ledger_reading import entries, last_reason

REASON = "调离本单位，账号不再使用"


def test_a_new_account_has_a_password_to_be_changed_and_nothing_else(cast: Cast, xu: Actor, at: datetime) -> None:
    made = create_account(
        actor=xu, username="sun", name="孙行知", password=PASSWORD, office="干部二科", unit=cast.unit_a, at=at
    )
    row = Account.objects.get(username="sun")
    assert (row.pk, row.name, row.office, row.unit, row.created_at) == (made.pk, "孙行知", "干部二科", cast.unit_a, at)
    assert (row.has_initial_password, row.is_active, row.check_password(PASSWORD)) == (True, True, True)
    assert (row.roles.count(), row.grants.count()) == (0, 0)
    detail = {"username": "sun", "name": "孙行知", "office": "干部二科", "unit": str(cast.unit_a.pk), "cadre": None}
    assert entries("accounts.") == [("accounts.create_account", f"accounts.account:{row.pk}", False, detail)]


def test_a_name_and_a_file_have_one_account(cast: Cast, xu: Actor, at: datetime) -> None:
    codes = []
    for username, file in (("lin", None), ("chen2", cast.chen_file.pk)):
        with pytest.raises(CannotCreateAccount) as refused:
            create_account(actor=xu, username=username, name="某人", password=PASSWORD, cadre_key=file, at=at)
        codes.append(refused.value.code)
    assert codes == ["username-taken", "file-has-account"]
    assert Account.objects.count() == 9


def test_nobody_else_makes_an_account(lin: Actor, wu: Actor, at: datetime) -> None:
    for actor in (lin, wu):
        with pytest.raises(NotFound):
            create_account(actor=actor, username="sun", name="孙行知", password=PASSWORD, at=at)
    assert not Account.objects.filter(username="sun").exists()


def test_the_owner_changes_the_password(cast: Cast, lin: Actor, at: datetime) -> None:
    Account.objects.filter(pk=lin.key).update(has_initial_password=True)
    change_own_password(actor=lin, old=PASSWORD, new="a much better 密码", at=at)
    row = Account.objects.get(pk=lin.key)
    assert (row.check_password("a much better 密码"), row.has_initial_password) == (True, False)
    assert entries("accounts.") == [("accounts.change_own_password", f"accounts.account:{lin.key}", False, {})]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("not the password", "a much better 密码", "wrong-password"),
        (PASSWORD, PASSWORD, "same-password"),
        (PASSWORD, "short", "weak-password"),
        (PASSWORD, "password123", "weak-password"),
    ],
)
def test_a_bad_change_of_password_is_refused(lin: Actor, at: datetime, old: str, new: str, code: str) -> None:
    with pytest.raises(CannotSetPassword) as refused:
        change_own_password(actor=lin, old=old, new=new, at=at)
    assert refused.value.code == code
    assert Account.objects.get(pk=lin.key).check_password(PASSWORD)
    assert entries("accounts.")[0][2:] == (True, {"refused": code, "facts": {}})


def test_the_administrator_sets_an_initial_password_for_others_only(cast: Cast, xu: Actor, at: datetime) -> None:
    row = set_password(actor=xu, account=cast.accounts["lin"].pk, password="given on paper 1", at=at)
    assert (row.check_password("given on paper 1"), row.has_initial_password) == (True, True)
    with pytest.raises(CannotSetPassword) as refused:
        set_password(actor=xu, account=xu.key, password="given on paper 1", at=at)
    assert refused.value.code == "own-account"


def test_no_password_reaches_the_ledger(cast: Cast, xu: Actor, lin: Actor, at: datetime) -> None:
    secret = "Zq7 secret words"
    create_account(actor=xu, username="sun", name="孙行知", password=secret, at=at)
    set_password(actor=xu, account=cast.accounts["zhao"].pk, password=secret, at=at)
    change_own_password(actor=lin, old=PASSWORD, new=secret, at=at)
    kept = "".join(f"{row.detail}{row.reason}" for row in EntryDetail.objects.all())
    assert "孙行知" in kept
    assert secret not in kept
    assert PASSWORD not in kept


def test_a_closed_account_is_gone_for_sign_in_and_comes_back(cast: Cast, xu: Actor, at: datetime) -> None:
    lin = cast.accounts["lin"]
    deactivate_account(actor=xu, account=lin.pk, reason=REASON, at=at)
    assert account_of(lin.pk) is None
    with pytest.raises(NotFound):
        find_account("lin")
    assert last_reason() == REASON
    reactivate_account(actor=xu, account=lin.pk, reason="已经调回，恢复原来的账号", at=at)
    assert find_account("lin") == lin
    assert [entry[0] for entry in entries("accounts.")] == [
        "accounts.deactivate_account",
        "accounts.reactivate_account",
    ]


def test_closing_is_refused_for_the_own_account_without_reason_and_twice(cast: Cast, xu: Actor, at: datetime) -> None:
    def refusal(account: Account, reason: str) -> str:
        with pytest.raises(CannotDeactivate) as refused:
            deactivate_account(actor=xu, account=account.pk, reason=reason, at=at)
        return refused.value.code

    lin = cast.accounts["lin"]
    codes = [refusal(cast.accounts["xu"], REASON), refusal(lin, "调离")]
    deactivate_account(actor=xu, account=lin.pk, reason=REASON, at=at)
    assert [*codes, refusal(lin, REASON)] == ["own-account", "reason-too-short", "already-closed"]
    with pytest.raises(CannotReactivate) as refused:
        reactivate_account(actor=xu, account=cast.accounts["zhao"].pk, reason=REASON, at=at)
    assert refused.value.code == "not-closed"


def make_session(account: Account, at: datetime) -> str:
    """A session as signing in makes it."""
    store = SessionStore()
    store["_auth_user_id"] = str(account.pk)
    store[SIGNED_IN] = store[SEEN] = int(at.timestamp())
    with time_machine.travel(at, tick=False):
        store.save()
    assert store.session_key is not None
    return store.session_key


def test_live_sessions_are_named_by_digest_and_seen_by_the_security_administrator_alone(
    cast: Cast, xu: Actor, wu: Actor, lin: Actor, at: datetime
) -> None:
    key = make_session(cast.accounts["lin"], at)
    SessionStore().save()  # a visitor who has not signed in
    [session] = live_sessions(xu, at=at)
    assert (session.name, session.account.username) == (session_name(key), "lin")
    assert (session.signed_in_at, session.seen_at) == (at, at)
    assert key not in repr(session)
    assert [live_sessions(actor, at=at) for actor in (wu, lin)] == [[], []]


def test_a_session_is_ended_once_and_the_others_stay(cast: Cast, xu: Actor, at: datetime) -> None:
    lin = cast.accounts["lin"]
    first, second = make_session(lin, at), make_session(lin, at)
    end_session(actor=xu, account=lin.pk, name=session_name(first), at=at)
    assert [session.name for session in live_sessions(xu, at=at)] == [session_name(second)]
    with pytest.raises(CannotEndSession):
        end_session(actor=xu, account=lin.pk, name=session_name(first), at=at)
    assert [entry[:3] for entry in entries("accounts.")] == [
        ("accounts.end_session", f"accounts.account:{lin.pk}", False),
        ("accounts.end_session", f"accounts.account:{lin.pk}", True),
    ]


def test_closing_and_a_new_password_end_every_session_of_that_account(cast: Cast, xu: Actor, at: datetime) -> None:
    lin, zhao, wang = (cast.accounts[name] for name in ("lin", "zhao", "wang"))
    for account in (lin, lin, zhao, wang):
        make_session(account, at)
    deactivate_account(actor=xu, account=lin.pk, reason=REASON, at=at)
    set_password(actor=xu, account=zhao.pk, password="given on paper 1", at=at)
    assert [session.account.username for session in live_sessions(xu, at=at)] == ["wang"]


def test_an_idled_session_is_told_from_an_ended_one(cast: Cast, at: datetime) -> None:
    key = make_session(cast.accounts["lin"], at)
    late = at + timedelta(minutes=30)
    assert has_idled_out(key, at=late - timedelta(seconds=1)) is False
    assert has_idled_out(key, at=late) is True
    assert [has_idled_out(other, at=late) for other in ("unknown", "")] == [False, False]


def test_signing_in_and_out_are_entries(lin: Actor, at: datetime) -> None:
    record_sign_in(actor=lin, at=at)
    record_sign_in(actor=lin, at=at, is_persona=True)
    record_sign_out(actor=lin, at=at)
    key = f"accounts.account:{lin.key}"
    assert entries("accounts.") == [
        ("accounts.sign_in", key, False, {}),
        ("accounts.sign_in", key, False, {"persona": True}),
        ("accounts.sign_out", key, False, {}),
    ]


def test_failures_name_the_account_and_never_an_unknown_name(cast: Cast, at: datetime) -> None:
    record_sign_in_failure(username="lin", at=at)
    record_sign_in_failure(username="hunter2 typed in the wrong field", at=at)
    record_lock_out(username="lin", until=at, at=at)
    record_lock_out(username="nobody", until=at, at=at)
    key = f"accounts.account:{cast.accounts['lin'].pk}"
    assert [entry[:3] for entry in entries("accounts.")] == [
        ("accounts.sign_in", key, True),
        ("accounts.lock_out", key, False),
    ]


def test_a_closed_account_fails_as_such(cast: Cast, at: datetime) -> None:
    Account.objects.filter(username="lin").update(is_active=False)
    record_sign_in_failure(username="lin", at=at)
    assert entries("accounts.")[0][3] == {"refused": "account-closed", "facts": {}}


def test_shortcuts_are_switched_for_oneself(lin: Actor, at: datetime) -> None:
    assert set_shortcuts(actor=lin, has_shortcuts=False, at=at).has_shortcuts is False
    assert entries("accounts.")[0][3] == {"has_shortcuts": False}
    with pytest.raises(Refused):
        set_shortcuts(actor=SYSTEM, has_shortcuts=False, at=at)


def test_the_list_is_filtered_by_text_and_role(cast: Cast, xu: Actor, wu: Actor, at: datetime) -> None:
    on = at.date()

    def names(**conditions: str) -> list[str]:
        return [account.username for account in visible_accounts(xu, on=on, **conditions)]

    assert names() == ["chen", "he", "lin", "outsider", "qian", "wang", "wu", "xu", "zhao"]
    assert names(text="甲局") == ["chen", "lin"]
    assert names(text="LIN") == ["lin"]
    assert names(role=Role.AUDIT_ADMIN.value) == ["qian"]
    assert names(text="甲局", role=Role.CADRE.value) == ["chen"]
    assert list(visible_accounts(wu, on=on)) == []


def test_the_list_carries_the_roles_in_force(cast: Cast, xu: Actor, at: datetime) -> None:
    cast.accounts["lin"].roles.update(valid_to=at.date())
    roles = {row.username: [each.role for each in row.roles_now] for row in visible_accounts(xu, on=at.date())}  # type: ignore[attr-defined]
    assert (roles["lin"], roles["zhao"]) == ([], ["unit_officer"])


def test_accounts_by_name_and_names_by_key(cast: Cast) -> None:
    Account.objects.filter(username="zhao").update(is_active=False)
    assert [account.username for account in find_accounts(["wang", "zhao", "nobody", "lin"])] == ["wang", "lin"]
    lin = cast.accounts["lin"]
    assert names_of([lin.pk, SYSTEM.key]) == {lin.pk: "林疏桐"}


def test_the_cast_can_sign_in(cast: Cast, lin: Actor, client_of: ClientOf) -> None:
    assert client_of(lin).session["_auth_user_id"] == str(lin.key)
