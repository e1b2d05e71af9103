"""One person, one file: the dossier's page, its photo and its evidence. Each opening is an entry of the ledger."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quanheng.kernel.actor import READERS
from quanheng.kernel.errors import NotFound, NotPermitted
from quanheng.people.queries_dossier import photo_of
from quanheng.web.desk.dossier_opening import log_opening, log_opening_once, open_file, other_purposes
from quanheng.web.desk.dossier_tabs import dossier_context
from quanheng.web.shared.dossier_asked import evidence_of
from quanheng.web.shared.gate import ActorRequest, roles


@roles(*READERS)
@require_safe
def show_dossier(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        file = open_file(request, pk)
    except NotPermitted as refusal:
        return other_purposes(request, pk, refusal)
    log_opening_once(request, file) if request.htmx else log_opening(request, file)
    return render(request, "desk/dossier/dossier.html", dossier_context(request, file))


@roles(*READERS)
@require_safe
def show_photo(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Seen with the page that is logged; kept by this browser only, and asked for anew when it was changed."""
    photo = photo_of(open_file(request, pk).cadre)
    if photo is None:
        raise NotFound
    response = HttpResponse(bytes(photo.file.content), content_type=photo.file.media_type)
    response.headers["Cache-Control"] = "private, max-age=300"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@roles(*READERS)
@require_safe
def show_evidence(request: ActorRequest, kind: str, pk: UUID) -> HttpResponse:
    """The drawer with htmx, a page without script."""
    file = open_file(request, pk)
    evidence = evidence_of(file.cadre, file.on, kind, request.GET.get("record", ""), file.reader)
    log_opening_once(request, file)
    template = "components/_evidence.html" if request.htmx else "desk/dossier/evidence.html"
    return render(request, template, {"evidence": evidence})
