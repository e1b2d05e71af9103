"""Roles, grants and sessions as rows ready to print, and what is asked before one is ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from quanheng.accounts.choices import ManagementCategory, PurposeChoice, RoleChoice
from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.accounts.queries import LiveSession, session_name
from quanheng.web.shared.wording import listed


@dataclass(frozen=True, slots=True)
class RoleRow:
    key: UUID
    role: str
    period: str
    is_past: bool


@dataclass(frozen=True, slots=True)
class GrantRow:
    key: UUID
    unit: str
    categories: str
    purposes: str
    period: str
    given: str  # 2026-11-20 许慎言
    reason: str
    ended: str  # 2026-11-20 收回
    is_past: bool


@dataclass(frozen=True, slots=True)
class SessionRow:
    name: str
    account_key: UUID
    who: str
    office: str
    signed_in: str
    seen: str
    is_own: bool


def period(start: date, end: date | None) -> str:
    if end is None:
        return _("%(start)s 起") % {"start": start.isoformat()}
    return _("%(start)s 至 %(end)s 前") % {"start": start.isoformat(), "end": end.isoformat()}


def moment(at: datetime | None) -> str:
    return localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def role_rows(roles: Iterable[RoleAssignment], *, on: date) -> list[RoleRow]:
    return [
        RoleRow(
            key=role.pk,
            role=str(RoleChoice(role.role).label),
            period=period(role.valid_from, role.valid_to),
            is_past=role.valid_to is not None and role.valid_to <= max(on, role.valid_from),
        )
        for role in roles
    ]


def grant_rows(grants: Iterable[Grant], names: Mapping[UUID, str], *, on: date) -> list[GrantRow]:
    return [
        GrantRow(
            key=grant.pk,
            unit=grant.unit.name,
            categories=listed(str(ManagementCategory(value).label) for value in grant.categories),
            purposes=listed(str(PurposeChoice(value).label) for value in grant.purposes),
            period=period(grant.valid_from, grant.valid_to),
            given=f"{localtime(grant.granted_at).date()} {names.get(grant.granted_by, '')}".strip(),
            reason=grant.reason,
            ended=_revoked(grant, names),
            is_past=grant.revoked_at is not None or (grant.valid_to is not None and grant.valid_to <= on),
        )
        for grant in grants
    ]


def _revoked(grant: Grant, names: Mapping[UUID, str]) -> str:
    if grant.revoked_at is None or grant.revoked_by is None:
        return ""
    when = localtime(grant.revoked_at).date().isoformat()
    return _("%(when)s 由%(who)s收回") % {"when": when, "who": names.get(grant.revoked_by, "")}


def session_rows(sessions: Iterable[LiveSession], own_key: str | None) -> list[SessionRow]:
    own = session_name(own_key) if own_key else ""
    return [
        SessionRow(
            name=session.name,
            account_key=session.account.pk,
            who=session.account.name,
            office=session.account.office,
            signed_in=moment(session.signed_in_at),
            seen=moment(session.seen_at),
            is_own=session.name == own,
        )
        for session in sessions
    ]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What `_reason` asks before an account, a role or a grant is ended."""

    action_url: str
    verb: str
    what: str
    reach: str
    undo: str
    cancel_url: str
    is_danger: bool = False
    value: str = ""
    error: str = ""

    def refused(self, reason: str, error: str) -> "Confirmation":
        return replace(self, value=reason, error=error)

    @classmethod
    def to_close(cls, account: Account) -> "Confirmation":
        return cls(
            action_url=reverse("console:account-close", args=[account.pk]),
            verb=_("停用账号"),
            what=_("停用%(name)s的账号，马上退出它的全部登录。") % {"name": account.name},
            reach=_("角色和授权留在记录里，停用期间没有作用。"),
            undo=_("可以恢复；恢复后原有的角色和授权重新起作用。"),
            cancel_url=_account_url(account.pk),
            is_danger=True,
        )

    @classmethod
    def to_reopen(cls, account: Account) -> "Confirmation":
        return cls(
            action_url=reverse("console:account-reopen", args=[account.pk]),
            verb=_("恢复账号"),
            what=_("恢复%(name)s的账号，密码不变。") % {"name": account.name},
            reach=_("还没有到期、没有收回的角色和授权重新起作用，请先核对。"),
            undo=_("可以再停用。"),
            cancel_url=_account_url(account.pk),
        )

    @classmethod
    def to_end_role(cls, role: RoleAssignment) -> "Confirmation":
        label = str(RoleChoice(role.role).label)
        return cls(
            action_url=reverse("console:account-role-end", args=[role.pk]),
            verb=_("结束角色"),
            what=_("结束%(name)s的角色“%(role)s”，从今天起失效。") % {"name": role.account.name, "role": label},
            reach=_("这个账号的下一次点击就按新的角色判断。"),
            undo=_("不能撤销；可以重新登记。"),
            cancel_url=_account_url(role.account_id),
            is_danger=True,
        )

    @classmethod
    def to_revoke(cls, grant: Grant) -> "Confirmation":
        return cls(
            action_url=reverse("console:account-grant-revoke", args=[grant.pk]),
            verb=_("收回授权"),
            what=_("收回%(name)s对“%(unit)s”的授权，马上失效。")
            % {"name": grant.account.name, "unit": grant.unit.name},
            reach=_("这个账号的下一次点击就看不到这个范围。"),
            undo=_("不能撤销；可以重新登记。"),
            cancel_url=_account_url(grant.account_id),
            is_danger=True,
        )


def _account_url(pk: UUID) -> str:
    return reverse("console:account", args=[pk])
