"""The four error pages. None says whether an object exists; each names the next step."""

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

log = logging.getLogger("quanheng.web")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "shared/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`raise PermissionDenied("sentence")` from a view: the sentence says what is missing."""
    reason = next((arg for arg in exception.args if isinstance(arg, str)), "")
    return render(request, "shared/403.html", {"reason": reason}, status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "shared/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The number is in the log beside the traceback, so that a caller can quote it without quoting data."""
    number = secrets.token_hex(4).upper()
    log.error("server error number %s at %s", number, request.resolver_match and request.resolver_match.view_name)
    # Without the request: no context processor runs, so a broken database cannot break this page too.
    return HttpResponse(render_to_string("shared/500.html", {"number": number}), status=500)
