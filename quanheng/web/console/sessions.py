"""Who is signed in now; the security administrator may end a session."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from quanheng.accounts.actions import CannotEndSession, end_session
from quanheng.accounts.queries import live_sessions
from quanheng.kernel.actor import Role
from quanheng.web.console.account_parts import session_rows
from quanheng.web.console.accounts import key_of
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.refusals import sentence


@roles(Role.SECURITY_ADMIN)
@require_GET
def list_sessions(request: ActorRequest) -> HttpResponse:
    sessions = live_sessions(request.actor, at=request.now)
    rows = session_rows(sessions, request.session.session_key)
    return render(request, "console/accounts/sessions.html", {"sessions": rows})


@roles(Role.SECURITY_ADMIN)
@require_POST
def end_account_session(request: ActorRequest) -> HttpResponse:
    account, name = key_of(request.POST.get("account", "")), request.POST.get("session", "")
    try:
        end_session(actor=request.actor, account=account, name=name, at=request.now)
    except CannotEndSession as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("这个登录已退出。"))
    return redirect("console:sessions")
