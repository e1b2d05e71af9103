"""Signing in and out. In a demo city, and nowhere else, with one click as one of its personas."""

from datetime import datetime, timedelta
from http import HTTPStatus

from axes.helpers import get_cool_off
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from quanheng.accounts.actions import record_lock_out, record_sign_in, record_sign_in_failure, record_sign_out
from quanheng.accounts.models import Account
from quanheng.accounts.queries import SIGNED_IN, find_accounts, locked_until
from quanheng.demo.personas import PERSONAS
from quanheng.web.shared.gate import ActorRequest, VisitorRequest, public, signed_in_at_once
from quanheng.web.shared.middleware import identify

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(forms.Form):
    username = forms.CharField(max_length=60)
    password = forms.CharField(max_length=1000, strip=False)


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: VisitorRequest) -> HttpResponse:
    if request.method == "GET":
        return redirect(_target(request)) if request.actor else _page(request, SignInForm())
    if "persona" in request.POST:
        return _enter(request, _persona(request.POST["persona"]), is_persona=True)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    account = authenticate(request, **form.cleaned_data)
    if isinstance(account, Account):
        return _enter(request, account)
    _record_failure(request, form.cleaned_data["username"])
    form.add_error(None, _("账号或密码不对。请核对大小写；忘记密码请安全管理员另设。"))
    return _page(request, form)


def _page(request: VisitorRequest, form: SignInForm) -> HttpResponse:
    context = {
        "form": form,
        "next": asked_for(request),
        "notice": _("30 分钟没有操作，已退出。请重新登录，会回到原来的页面。") if request.GET.get("idle") else "",
        "personas": _personas() if settings.DEMO else (),
    }
    return render(request, "shared/sign_in.html", context)


def _personas() -> list[dict[str, object]]:
    what = {persona.username: persona.what for persona in PERSONAS}
    return [
        {"username": account.username, "name": account.name, "office": account.office, "what": what[account.username]}
        for account in find_accounts([persona.username for persona in PERSONAS])
    ]


def _persona(username: str) -> Account:
    """One of the personas of a demo city; on a real installation there is no such way in."""
    if settings.DEMO and username in {persona.username for persona in PERSONAS}:
        for account in find_accounts([username]):
            return account
    raise Http404


def _enter(request: VisitorRequest, account: Account, *, is_persona: bool = False) -> HttpResponse:
    target = _target(request)
    login(request, account, backend=MODEL_BACKEND)
    identify(request)
    assert request.actor is not None
    request.session[SIGNED_IN] = int(request.now.timestamp())
    record_sign_in(actor=request.actor, at=request.now, is_persona=is_persona)
    return redirect(target)


def asked_for(request: HttpRequest) -> str:
    """The page to return to, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else ""


def _target(request: HttpRequest) -> str:
    return asked_for(request) or reverse("web:front-door")


def _record_failure(request: VisitorRequest, username: str) -> None:
    """What is tried during a lock-out is not recorded again: axes counts only outside of it."""
    if getattr(request, "axes_failures_since_start", None) is None:
        return
    record_sign_in_failure(username=username, at=request.now)
    until = _lock_end(username, request.now)
    if until is not None:
        record_lock_out(username=username, until=until, at=request.now)


def _lock_end(username: str, now: datetime) -> datetime | None:
    period = get_cool_off() or timedelta()
    return locked_until(username, at=now, limit=settings.AXES_FAILURE_LIMIT, period=period)


def locked_out(request: VisitorRequest, response: HttpResponse, credentials: dict[str, str]) -> HttpResponse:
    """In place of the sign-in page while an account name is locked (AXES_LOCKOUT_CALLABLE)."""
    until = _lock_end(credentials.get("username", ""), request.now)
    context = {"until": localtime(until) if until else None}
    return render(request, "shared/locked_out.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)


@signed_in_at_once
@require_POST
def sign_out(request: ActorRequest) -> HttpResponse:
    record_sign_out(actor=request.actor, at=request.now)
    logout(request)
    return redirect("web:sign-in")
