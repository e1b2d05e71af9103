"""The front door: sends each actor to the first page that is open to them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quanheng.kernel.actor import Actor
from quanheng.web.shared.context import first_url
from quanheng.web.shared.gate import public


@public
def front_door(request: HttpRequest) -> HttpResponse:
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return redirect(settings.LOGIN_URL)
    target = first_url(actor)
    return redirect(target) if target else render(request, "shared/403.html", status=403)
