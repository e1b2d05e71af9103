"""The front door: sends each actor to the first page that is open to them."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from quanheng.web.shared.context import first_url
from quanheng.web.shared.gate import VisitorRequest, public


@public
@require_safe
def front_door(request: VisitorRequest) -> HttpResponse:
    if request.actor is None:
        return redirect(settings.LOGIN_URL)
    target = first_url(request.actor)
    return redirect(target) if target else render(request, "shared/403.html", status=403)
