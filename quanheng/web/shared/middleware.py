"""What every answer passes through: the content security policy, and who acts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import cast

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from quanheng.accounts.models import Account
from quanheng.accounts.queries import SEEN, actor_of
from quanheng.kernel import clock
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.people.queries import recused_keys
from quanheng.web.shared.errors import bad_request, page_not_found, permission_denied
from quanheng.web.shared.gate import VisitorRequest
from quanheng.web.shared.refusals import sentence

GetResponse = Callable[[HttpRequest], HttpResponseBase]
RENEW_SECONDS = 60


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Built in from Django 6.0; until then the same setting, SECURE_CSP, read here."""
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def actor(get_response: GetResponse) -> GetResponse:
    """`request.actor` (None when nobody is signed in), `request.now` and `request.today`: the one reading of the clock.

    Made anew for each request, so that a role that ended, a grant that was revoked and an account that
    was closed have no effect from the next click on.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        identify(request)
        response = get_response(request)
        if request.user.is_authenticated:  # "back" on a shared computer must not show what was read before signing out
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def identify(request: HttpRequest) -> None:
    """Also after signing in, for the rest of that request."""
    asked = cast(VisitorRequest, request)
    asked.now = clock.now()
    asked.today = asked.now.astimezone(clock.CHINA).date()
    account = request.user if isinstance(request.user, Account) else None  # a closed account is nobody already
    asked.office = account.office if account else ""
    asked.has_initial_password = account is not None and account.has_initial_password
    asked.has_shortcuts = account is None or account.has_shortcuts
    asked.actor = _actor(account, asked.now) if account else None
    if account:
        _renew(request, asked.now)


def _actor(account: Account, at: datetime) -> Actor:
    made = actor_of(account, at=at)
    return replace(made, recused=recused_keys(made.cadre)) if made.cadre else made


def _renew(request: HttpRequest, at: datetime) -> None:
    """Each request puts the idle limit off; written once a minute, so that reading rarely waits for a writer."""
    seen = request.session.get(SEEN)
    if seen is None or at.timestamp() - seen >= RENEW_SECONDS:
        request.session[SEEN] = int(at.timestamp())


class Characters:
    """A NUL, which no browser types and PostgreSQL does not store, is a bad request and not an error of ours.

    Forms refuse it by themselves; here it is looked for in what views read directly. Uploads are left alone: their
    body may be too large to be read before the view has looked at its size.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponseBase | None:
        given = [request.GET]
        if request.content_type == "application/x-www-form-urlencoded":
            given.append(request.POST)
        texts = [text for data in given for name, values in data.lists() for text in (name, *values)]
        return bad_request(request, SuspiciousOperation("NUL")) if any("\0" in text for text in texts) else None


class Refusals:
    """A refusal by `access` becomes its page: out of scope 404, in scope but not permitted 403."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if isinstance(exception, NotFound):
            return page_not_found(request, exception)
        if isinstance(exception, NotPermitted):
            return permission_denied(request, PermissionDenied(sentence(exception)))
        return None
