"""Who may come to a page at all. What of its content they may see is decided by each app's `access`.

Not signed in: to the sign-in page. A page that the actor's kind of account never has (an administrator
on the desk, anybody else in the console, another administrator's console) answers 404, as if it did
not exist. A desk page for other desk roles only (a leader at the import) answers 403 with its reason.

The decorator leaves `view.access`, which the permission matrix reads for every URL.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from quanheng.accounts.queries import has_idled_out
from quanheng.kernel.actor import ADMINISTRATORS, READERS, Actor, Role
from quanheng.kernel.errors import NotFound, NotPermitted

P = ParamSpec("P")


class VisitorRequest(HttpRequest):
    """What the middleware gives every request. `now` and `today` are the one reading of the clock."""

    actor: Actor | None
    now: datetime
    today: date
    office: str
    has_initial_password: bool
    has_shortcuts: bool
    htmx: HtmxDetails


class ActorRequest(VisitorRequest):
    """A request that has passed the gate: somebody acts."""

    actor: Actor


class Audience(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    DESK = "desk"
    MINE = "mine"
    CONSOLE = "console"


@dataclass(frozen=True, slots=True)
class Access:
    audience: Audience
    roles: frozenset[Role] = frozenset()  # one of these; empty: no role is asked for
    is_open_before_change: bool = False  # also while the password is still the one that was given


View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]  # as Django calls it
VisitorView = Callable[Concatenate[VisitorRequest, P], HttpResponseBase]
ActorView = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def public(view: VisitorView[P]) -> View[P]:
    """No account needed: front door, sign-in, language."""
    return _declared(cast(View[P], view), Access(Audience.PUBLIC))


def signed_in(view: ActorView[P]) -> View[P]:
    """Any signed-in account, whatever its roles."""
    return _gated(view, Access(Audience.SIGNED_IN))


def signed_in_at_once(view: ActorView[P]) -> View[P]:
    """The few pages open before the initial password is changed: its change, and signing out."""
    return _gated(view, Access(Audience.SIGNED_IN, is_open_before_change=True))


def roles(*allowed: Role) -> Callable[[ActorView[P]], View[P]]:
    """One of these roles; the audience follows from them."""
    access = Access(_audience(frozenset(allowed)), frozenset(allowed))
    return lambda view: _gated(view, access)


def refuse(actor: Actor, access: Access) -> None:
    """NotFound or NotPermitted, or nothing when the actor may come in."""
    if not access.roles or actor.has_role(*access.roles):
        return
    if access.audience is Audience.DESK and actor.has_role(*READERS):
        raise NotPermitted("role-not-open", roles=sorted(access.roles))
    raise NotFound


def _audience(allowed: frozenset[Role]) -> Audience:
    if allowed <= ADMINISTRATORS:
        return Audience.CONSOLE
    return Audience.MINE if allowed == {Role.CADRE} else Audience.DESK


def _gated(view: ActorView[P], access: Access) -> View[P]:
    @wraps(view)
    def gate(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visitor = cast(VisitorRequest, request)
        if visitor.actor is None:
            return to_sign_in(visitor)
        if visitor.has_initial_password and not access.is_open_before_change:
            return redirect("web:change-password")
        refuse(visitor.actor, access)
        return view(cast(ActorRequest, request), *args, **kwargs)

    return _declared(gate, access)


def _declared(view: View[P], access: Access) -> View[P]:
    vars(view)["access"] = access  # read by the permission matrix
    return view


def to_sign_in(request: VisitorRequest) -> HttpResponse:
    """The sign-in page leads back to a page that was read; what was posted is lost and not repeated."""
    parameters = {}
    if request.htmx:
        parameters["next"] = request.htmx.current_url_abs_path or "/"
    elif request.method == "GET":
        parameters["next"] = request.get_full_path()
    if has_idled_out(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""), at=request.now):
        parameters["idle"] = "1"
    target = reverse("web:sign-in") + (f"?{urlencode(parameters)}" if parameters else "")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
