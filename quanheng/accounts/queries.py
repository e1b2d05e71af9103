"""Accounts resolved to actors, and the lists of the security administrator's pages."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import F, Max, Prefetch, Q, QuerySet, Sum, TextField, Value
from django.db.models.functions import Cast
from django.utils.timezone import localtime

from quanheng.accounts.access import may_administer
from quanheng.accounts.models import Account, Grant, RoleAssignment
from quanheng.kernel import actor as kernel
from quanheng.kernel.actor import ADMINISTRATORS, WITHOUT_FILES, Actor, Purpose, Role
from quanheng.kernel.errors import NotFound
from quanheng.organization.models import Unit
from quanheng.organization.queries import search_words

SIGNED_IN = "signed_in_at"  # what we keep in a session, as seconds since the epoch
SEEN = "seen_at"
EPOCH = datetime.fromtimestamp(0, UTC)


def in_force(on: date) -> Q:
    """The condition on a dated role or grant: half-open, an open end is None."""
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def actor_of(account: Account, *, at: datetime) -> Actor:
    """Who acts, with the roles and grants in force at that moment. One query.

    An administrator is nothing else and holds no grant, whatever the tables say. `recused` is added
    by the web layer, which knows about kin.
    """
    rows = sorted(_authority(account, localtime(at).date()))
    roles = frozenset(Role(role) for role, *_grant in rows if role)
    administrative = roles & ADMINISTRATORS
    held = () if administrative or not roles else tuple(_grant(*grant) for role, *grant in rows if not role)
    return Actor(
        key=account.pk,
        name=account.name,
        roles=administrative or roles,
        grants=tuple(grant for grant in map(_of_files, held) if grant.purposes),
        cadre=account.cadre_key,
        duties=frozenset().union(*(grant.purposes for grant in held)) & WITHOUT_FILES,
    )


def _authority(account: Account, on: date) -> QuerySet[Any, tuple[str, ...]]:
    """Rows of (role, "", "", "") and of ("", unit path, categories, purposes), the lists as JSON text."""
    blank = Value("", output_field=TextField())
    roles = account.roles.filter(in_force(on)).values_list(Cast("role", TextField()), blank, blank, blank)
    grants = account.grants.filter(in_force(on), revoked_at=None).values_list(
        blank, Cast("unit__path", TextField()), Cast("categories", TextField()), Cast("purposes", TextField())
    )
    return roles.union(grants, all=True)


def _grant(path: str, categories: str, purposes: str) -> kernel.Grant:
    return kernel.Grant(
        path, frozenset(json.loads(categories)), frozenset(Purpose(purpose) for purpose in json.loads(purposes))
    )


def _of_files(grant: kernel.Grant) -> kernel.Grant:
    """What of a grant opens dossiers: who may sign rules and nothing else sees no person and no unit."""
    return replace(grant, purposes=grant.purposes - WITHOUT_FILES)


def account_of(key: UUID) -> Account | None:
    """The account of a signed-in actor: its own settings, no scope."""
    return Account.objects.filter(pk=key, is_active=True).first()


def find_account(username: str) -> Account:
    """An active account by its name, for sign-in and for `--as USER`; NotFound otherwise."""
    account = Account.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise NotFound
    return account


def find_accounts(usernames: Iterable[str]) -> list[Account]:
    """Active accounts in the order of their names given: the personas of a demo city."""
    found = {account.username: account for account in Account.objects.filter(username__in=usernames, is_active=True)}
    return [found[username] for username in usernames if username in found]


def names_of(keys: Iterable[UUID]) -> dict[UUID, str]:
    """Names of actors for pages that show who did something; unknown keys are absent."""
    return dict(Account.objects.filter(pk__in=set(keys)).values_list("pk", "name"))


def offices_of(keys: Iterable[UUID]) -> dict[UUID, str]:
    """Name and office of actors, 林疏桐 · 干部一科, for pages that show who looked; unknown keys are absent."""
    rows = Account.objects.filter(pk__in=set(keys)).values_list("pk", "name", "office")
    return {key: " · ".join(part for part in (name, office) if part) for key, name, office in rows}


def keys_named(text: str) -> tuple[UUID, ...]:
    """Accounts of exactly this name or account name, to narrow a list by who did something."""
    found = Account.objects.filter(Q(name=text) | Q(username=text)).order_by("pk")
    return tuple(found.values_list("pk", flat=True))


def visible_accounts(actor: Actor, *, on: date, text: str = "", role: str = "") -> QuerySet[Account]:
    """Every account with its roles in force as `roles_now`, active ones first."""
    accounts = Account.objects.select_related("unit") if may_administer(actor) else Account.objects.none()
    if text:
        accounts = accounts.filter(
            Q(username__icontains=text) | Q(name__icontains=text) | Q(unit__name__icontains=text)
        )
    if role:
        accounts = accounts.filter(pk__in=RoleAssignment.objects.filter(in_force(on), role=role).values("account"))
    current = RoleAssignment.objects.filter(in_force(on)).order_by("role", "pk")
    return accounts.prefetch_related(Prefetch("roles", current, to_attr="roles_now")).order_by(
        "-is_active", "username", "pk"
    )


def visible_roles(actor: Actor, account: Account) -> QuerySet[RoleAssignment]:
    roles = account.roles.all() if may_administer(actor) else RoleAssignment.objects.none()
    return roles.order_by("-valid_from", "role", "pk")


def visible_grants(actor: Actor, account: Account) -> QuerySet[Grant]:
    """Live grants first, then the revoked ones, newest first."""
    grants = account.grants.select_related("unit") if may_administer(actor) else Grant.objects.none()
    return grants.order_by(F("revoked_at").asc(nulls_first=True), "-valid_from", "pk")


def grantable_units(actor: Actor, text: str, *, limit: int = 8) -> list[Unit]:
    """Units by code, name, initials or pinyin, for whoever gives grants: the register of units, no persons."""
    wanted = text.strip().lower()
    if not wanted or not may_administer(actor):
        return []
    units = Unit.objects.filter(abolished_on=None).order_by("path")
    found = [unit for unit in units if wanted in f"{unit.code} {unit.name} {search_words(unit.name)}".lower()]
    exact = [unit for unit in found if wanted in (unit.code.lower(), unit.name.lower())]
    return exact or found[:limit]


def grantable_unit(actor: Actor, pk: UUID) -> Unit | None:
    return Unit.objects.filter(pk=pk, abolished_on=None).first() if may_administer(actor) else None


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A signed-in browser. `name` is a digest: the session's own key would let the reader take it over."""

    name: str
    account: Account
    signed_in_at: datetime | None
    seen_at: datetime | None


def live_sessions(actor: Actor, *, at: datetime) -> list[LiveSession]:
    """Every live session, last seen first; none for anybody but the security administrator."""
    if not may_administer(actor):
        return []
    contents = {row.session_key: row.get_decoded() for row in Session.objects.filter(expire_date__gt=at)}
    keys = {content[SESSION_KEY] for content in contents.values() if SESSION_KEY in content}
    accounts = {str(account.pk): account for account in Account.objects.filter(pk__in=keys, is_active=True)}
    found = [
        _live(key, content, accounts[content[SESSION_KEY]])
        for key, content in contents.items()
        if content.get(SESSION_KEY) in accounts
    ]
    return sorted(found, key=lambda session: (session.seen_at or EPOCH, session.name), reverse=True)


def _live(key: str, content: dict[str, Any], account: Account) -> LiveSession:
    return LiveSession(session_name(key), account, _moment(content.get(SIGNED_IN)), _moment(content.get(SEEN)))


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def session_name(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:32]


def session_rows(account: UUID, *, at: datetime) -> list[Session]:
    """The live sessions of one account, to be ended."""
    rows = Session.objects.filter(expire_date__gt=at).order_by("session_key")
    return [row for row in rows if row.get_decoded().get(SESSION_KEY) == str(account)]


def has_idled_out(key: str, *, at: datetime) -> bool:
    """Whether this session ended by the idle limit, and not by signing out or by an administrator."""
    return bool(key) and Session.objects.filter(session_key=key, expire_date__lte=at).exists()


def locked_until(username: str, *, at: datetime, limit: int, period: timedelta) -> datetime | None:
    """The end of the lock-out after too many failures, or None."""
    tries = AccessAttempt.objects.filter(username=username, attempt_time__gt=at - period)
    found = tries.aggregate(count=Sum("failures_since_start"), last=Max("attempt_time"))
    return found["last"] + period if (found["count"] or 0) >= limit else None
