"""Every change of accounts, roles and grants; each is one transaction with one ledger entry.

The security administrator acts on others, never on the own account. A refusal is recorded in a
transaction of its own. No password and no session key ever reaches the ledger.
"""

import secrets
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from quanheng.accounts import ledger_codes as codes
from quanheng.accounts.access import account_for, grant_for, may_administer, role_for
from quanheng.accounts.choices import ManagementCategory, PurposeChoice
from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.accounts.queries import session_name, session_rows
from quanheng.kernel.actor import ADMINISTRATORS, SYSTEM, Actor, Role
from quanheng.kernel.errors import NotFound, Refused
from quanheng.kernel.period import overlaps
from quanheng.ledger.actions import object_key, record, record_refusal, recorded_step
from quanheng.organization.models import Unit

REASON_MINIMUM = 10  # characters


class CannotCreateAccount(Refused):
    """username-taken, file-has-account."""


class CannotSetPassword(Refused):
    """own-account, wrong-password, weak-password, same-password."""


class CannotDeactivate(Refused):
    """own-account, already-closed, reason-too-short."""


class CannotReactivate(Refused):
    """not-closed, reason-too-short."""


class CannotEndSession(Refused):
    """already-ended."""


class CannotAssignRole(Refused):
    """own-account, roles-exclude, grants-exclude, role-held, no-file, period-empty, reason-too-short."""


class CannotEndRole(Refused):
    """own-account, already-ended, reason-too-short."""


class CannotGrant(Refused):
    """own-account, administrator, nothing-chosen, unknown-value, period-empty, reason-too-short."""


class CannotRevoke(Refused):
    """already-revoked, reason-too-short."""


class SignInFailed(Refused):
    """wrong-password, account-closed."""


def create_account(
    *,
    actor: Actor,
    username: str,
    name: str,
    password: str,
    at: datetime,
    office: str = "",
    unit: Unit | None = None,
    cadre_key: UUID | None = None,
) -> Account:
    """A new account without roles. Its password is known to two people until its owner changes it."""
    account = Account(
        username=username,
        name=name,
        office=office,
        unit=unit,
        cadre_key=cadre_key,
        has_initial_password=True,
        created_at=at,
    )
    with recorded_step(actor=actor, action=codes.CREATE_ACCOUNT, obj=account, at=at):
        _require_administrator(actor)
        _require_new(account)
        account.set_password(password)
        account.save(force_insert=True)
        detail = {"username": username, "name": name, "office": office, "unit": unit and unit.pk, "cadre": cadre_key}
        record(actor=actor, action=codes.CREATE_ACCOUNT, obj=account, detail=detail, at=at)
    return account


def make_initial_password() -> str:
    """Typed once from paper: no letters that look alike, 59 bits."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _n in range(4)) for _g in range(3))


def _require_administrator(actor: Actor) -> None:
    if not may_administer(actor):
        raise NotFound


def _require_new(account: Account) -> None:
    if Account.objects.filter(username=account.username).exists():
        raise CannotCreateAccount("username-taken")
    if account.cadre_key and Account.objects.filter(cadre_key=account.cadre_key).exists():
        raise CannotCreateAccount("file-has-account")


def set_password(*, actor: Actor, account: UUID, password: str, at: datetime) -> Account:
    """A new initial password for somebody who forgot theirs. It ends all their sessions."""
    with recorded_step(actor=actor, action=codes.SET_PASSWORD, obj=_account_key(account), at=at):
        row = account_for(actor, account, for_update=True)
        if row.pk == actor.key:
            raise CannotSetPassword("own-account")
        row.set_password(password)
        row.has_initial_password = True
        row.save(update_fields=["password", "has_initial_password"])
        _end_sessions(row, at)
        record(actor=actor, action=codes.SET_PASSWORD, obj=row, at=at)
    return row


def change_own_password(*, actor: Actor, old: str, new: str, at: datetime) -> Account:
    with recorded_step(actor=actor, action=codes.CHANGE_OWN_PASSWORD, obj=_account_key(actor.key), at=at):
        row = _own_account(actor)
        _require_good_password(row, old, new)
        row.set_password(new)
        row.has_initial_password = False
        row.save(update_fields=["password", "has_initial_password"])
        record(actor=actor, action=codes.CHANGE_OWN_PASSWORD, obj=row, at=at)
    return row


def _own_account(actor: Actor) -> Account:
    row = Account.objects.select_for_update().filter(pk=actor.key, is_active=True).first()
    if row is None:
        raise NotFound
    return row


def _require_good_password(account: Account, old: str, new: str) -> None:
    if not account.check_password(old):
        raise CannotSetPassword("wrong-password")
    if old == new:
        raise CannotSetPassword("same-password")
    try:
        validate_password(new, account)
    except ValidationError as error:
        raise CannotSetPassword("weak-password") from error


def deactivate_account(*, actor: Actor, account: UUID, reason: str, at: datetime) -> Account:
    """Close an account; its sessions end at once. Roles and grants stay on record without effect."""
    with recorded_step(actor=actor, action=codes.DEACTIVATE_ACCOUNT, obj=_account_key(account), at=at):
        row = account_for(actor, account, for_update=True)
        if row.pk == actor.key:
            raise CannotDeactivate("own-account")
        if not row.is_active:
            raise CannotDeactivate("already-closed")
        _require_reason(reason, CannotDeactivate)
        row.is_active = False
        row.save(update_fields=["is_active"])
        _end_sessions(row, at)
        record(actor=actor, action=codes.DEACTIVATE_ACCOUNT, obj=row, reason=reason, at=at)
    return row


def reactivate_account(*, actor: Actor, account: UUID, reason: str, at: datetime) -> Account:
    with recorded_step(actor=actor, action=codes.REACTIVATE_ACCOUNT, obj=_account_key(account), at=at):
        row = account_for(actor, account, for_update=True)
        if row.is_active:
            raise CannotReactivate("not-closed")
        _require_reason(reason, CannotReactivate)
        row.is_active = True
        row.save(update_fields=["is_active"])
        record(actor=actor, action=codes.REACTIVATE_ACCOUNT, obj=row, reason=reason, at=at)
    return row


def _end_sessions(account: Account, at: datetime) -> None:
    for row in session_rows(account.pk, at=at):
        row.delete()


def end_session(*, actor: Actor, account: UUID, name: str, at: datetime) -> None:
    """End one signed-in browser, named by the digest of its key."""
    with recorded_step(actor=actor, action=codes.END_SESSION, obj=_account_key(account), at=at):
        row = account_for(actor, account, for_update=True)
        sessions = [session for session in session_rows(row.pk, at=at) if session_name(session.session_key) == name]
        if not sessions:
            raise CannotEndSession("already-ended")
        sessions[0].delete()
        record(actor=actor, action=codes.END_SESSION, obj=row, at=at)


def assign_role(
    *,
    actor: Actor,
    account: UUID,
    role: Role,
    valid_from: date,
    reason: str,
    at: datetime,
    valid_to: date | None = None,
) -> RoleAssignment:
    """Separation of duties: an administrator holds one role and nothing besides it, at no time."""
    with recorded_step(actor=actor, action=codes.ASSIGN_ROLE, obj=_account_key(account), at=at):
        row = account_for(actor, account, for_update=True)
        if row.pk == actor.key:
            raise CannotAssignRole("own-account")
        _require_period(valid_from, valid_to, CannotAssignRole)
        _require_compatible(row, role, valid_from, valid_to)
        _require_reason(reason, CannotAssignRole)
        made = RoleAssignment.objects.create(account=row, role=role.value, valid_from=valid_from, valid_to=valid_to)
        detail = {"role": role.value, "from": valid_from, "to": valid_to}
        record(actor=actor, action=codes.ASSIGN_ROLE, obj=row, detail=detail, reason=reason, at=at)
    return made


def _require_compatible(account: Account, role: Role, start: date, end: date | None) -> None:
    held = _roles_during(account, start, end)
    if role in held:
        raise CannotAssignRole("role-held", role=role)
    if held & ADMINISTRATORS or (role in ADMINISTRATORS and held):
        raise CannotAssignRole("roles-exclude", role=role, held=sorted(held))
    if role in ADMINISTRATORS and _holds_grants(account, start, end):
        raise CannotAssignRole("grants-exclude", role=role)
    if role is Role.CADRE and account.cadre_key is None:
        raise CannotAssignRole("no-file")


def _roles_during(account: Account, start: date, end: date | None) -> set[Role]:
    """Roles that hold on some day of the period; one cancelled before its first day never holds."""
    rows = account.roles.exclude(valid_to=F("valid_from"))
    return {Role(row.role) for row in rows if overlaps(start, end, row.valid_from, row.valid_to)}


def _holds_grants(account: Account, start: date, end: date | None) -> bool:
    live = account.grants.filter(revoked_at=None)
    return any(overlaps(start, end, grant.valid_from, grant.valid_to) for grant in live)


def end_role(*, actor: Actor, assignment: UUID, on: date, reason: str, at: datetime) -> RoleAssignment:
    """From `on` the role has no effect. A role that would have begun later never takes effect."""
    with recorded_step(actor=actor, action=codes.END_ROLE, obj=f"accounts.roleassignment:{assignment}", at=at):
        row = role_for(actor, assignment, for_update=True)
        if row.account_id == actor.key:
            raise CannotEndRole("own-account")
        if row.valid_to is not None and row.valid_to <= max(on, row.valid_from):
            raise CannotEndRole("already-ended")
        _require_reason(reason, CannotEndRole)
        row.valid_to = max(on, row.valid_from)
        row.save(update_fields=["valid_to"])
        detail = {"role": row.role, "to": row.valid_to}
        record(actor=actor, action=codes.END_ROLE, obj=row.account, detail=detail, reason=reason, at=at)
    return row


def grant_scope(
    *,
    actor: Actor,
    account: UUID,
    unit: Unit | None,
    categories: Collection[str],
    purposes: Collection[str],
    valid_from: date,
    valid_to: date | None,
    reason: str,
    at: datetime,
) -> Grant:
    """Units below one x categories x purposes, for a time."""
    with recorded_step(actor=actor, action=codes.GRANT_SCOPE, obj=_account_key(account), at=at):
        row = account_for(actor, account, for_update=True)
        _require_grantable(actor, row, valid_from, valid_to)
        chosen = _chosen_unit(unit, categories, purposes)
        _require_period(valid_from, valid_to, CannotGrant)
        _require_reason(reason, CannotGrant)
        grant = Grant.objects.create(
            account=row,
            unit=chosen,
            categories=sorted(categories),
            purposes=sorted(purposes),
            valid_from=valid_from,
            valid_to=valid_to,
            granted_by=actor.key,
            granted_at=at,
            reason=reason,
        )
        record(actor=actor, action=codes.GRANT_SCOPE, obj=grant, detail=_grant_detail(grant), reason=reason, at=at)
    return grant


def _require_grantable(actor: Actor, account: Account, start: date, end: date | None) -> None:
    if account.pk == actor.key:
        raise CannotGrant("own-account")
    for role in _roles_during(account, start, end) & ADMINISTRATORS:
        raise CannotGrant("administrator", role=role)


def _chosen_unit(unit: Unit | None, categories: Collection[str], purposes: Collection[str]) -> Unit:
    if unit is None or not categories or not purposes:
        raise CannotGrant("nothing-chosen")
    if not set(categories) <= set(ManagementCategory.values) or not set(purposes) <= set(PurposeChoice.values):
        raise CannotGrant("unknown-value")
    return unit


def _grant_detail(grant: Grant) -> dict[str, object]:
    return {
        "account": grant.account_id,
        "unit": grant.unit_id,
        "categories": grant.categories,
        "purposes": grant.purposes,
        "from": grant.valid_from,
        "to": grant.valid_to,
    }


def revoke_grant(*, actor: Actor, grant: UUID, reason: str, at: datetime) -> Grant:
    with recorded_step(actor=actor, action=codes.REVOKE_GRANT, obj=f"accounts.grant:{grant}", at=at):
        row = grant_for(actor, grant, for_update=True)
        if row.revoked_at is not None:
            raise CannotRevoke("already-revoked")
        _require_reason(reason, CannotRevoke)
        row.revoked_at, row.revoked_by = at, actor.key
        row.save(update_fields=["revoked_at", "revoked_by"])
        record(actor=actor, action=codes.REVOKE_GRANT, obj=row, detail=_grant_detail(row), reason=reason, at=at)
    return row


def record_sign_in(*, actor: Actor, at: datetime, is_persona: bool = False) -> None:
    detail = {"persona": True} if is_persona else None
    with transaction.atomic():
        record(actor=actor, action=codes.SIGN_IN, obj=_account_key(actor.key), detail=detail, at=at)


def record_sign_out(*, actor: Actor, at: datetime) -> None:
    with transaction.atomic():
        record(actor=actor, action=codes.SIGN_OUT, obj=_account_key(actor.key), at=at)


def record_sign_in_failure(*, username: str, at: datetime) -> None:
    """In a transaction of its own. An unknown name is not kept: it may be a password in the wrong field, and
    whoever can reach the page could fill the ledger."""
    account = Account.objects.filter(username=username).first()
    if account is None:
        return
    refusal = SignInFailed("wrong-password" if account.is_active else "account-closed")
    record_refusal(actor=SYSTEM, action=codes.SIGN_IN, obj=account, refusal=refusal, at=at)


def record_lock_out(*, username: str, until: datetime, at: datetime) -> None:
    account = Account.objects.filter(username=username).first()
    if account is None:
        return
    with transaction.atomic():
        record(actor=SYSTEM, action=codes.LOCK_OUT, obj=account, detail={"until": until}, at=at)


def set_shortcuts(*, actor: Actor, has_shortcuts: bool, at: datetime) -> Account:
    """Single-letter keys on or off, for the own account."""
    with recorded_step(actor=actor, action=codes.SET_SHORTCUTS, obj=_account_key(actor.key), at=at):
        row = _own_account(actor)
        row.has_shortcuts = has_shortcuts
        row.save(update_fields=["has_shortcuts"])
        record(actor=actor, action=codes.SET_SHORTCUTS, obj=row, detail={"has_shortcuts": has_shortcuts}, at=at)
    return row


def _require_reason(reason: str, refusal: type[Refused]) -> None:
    if len(reason.strip()) < REASON_MINIMUM:
        raise refusal("reason-too-short", minimum=REASON_MINIMUM)


def _require_period(start: date, end: date | None, refusal: type[Refused]) -> None:
    if end is not None and end <= start:
        raise refusal("period-empty")


def _account_key(pk: UUID) -> str:
    return object_key(Account(pk=pk))
