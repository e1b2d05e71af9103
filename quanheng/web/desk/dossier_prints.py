"""The 任免审批表 of one person as PDF, Word or lrmx; what no kept font can draw is said before it is printed."""

from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.formats.appointment_glyphs import missing_characters
from quanheng.formats.elements import BY_TAG
from quanheng.kernel.actor import READERS
from quanheng.kernel.errors import NotFound
from quanheng.people import exports
from quanheng.web.desk.dossier_opening import OpenFile, open_file
from quanheng.web.desk.dossier_parts import FORMS
from quanheng.web.shared.dossier_words import FIELD_LABELS
from quanheng.web.shared.gate import ActorRequest, roles


@roles(*READERS)
@require_safe
def print_form(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    """Printing is an entry of the ledger of its own; the file is not opened by it."""
    file = open_file(request, pk)
    if kind not in FORMS:
        raise NotFound
    if kind == "pdf" and "anyway" not in request.GET and (missing := _missing(request, file)):
        return render(request, "desk/dossier/unprintable.html", _unprintable(file, missing))
    content = exports.export_forms(
        actor=request.actor, cadres=[file.cadre], kind=kind, at=request.now, on=request.today, purpose=file.purpose
    )
    name = _("%(name)s干部任免审批表") % {"name": exports.file_names([file.cadre.name])[0]}
    response = HttpResponse(content, content_type=exports.media_type(kind, 1))
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _missing(request: ActorRequest, file: OpenFile) -> list[tuple[str, str]]:
    return [pair for form in exports.forms_of([file.cadre], request.today) for pair in missing_characters(form)]


def _unprintable(file: OpenFile, missing: list[tuple[str, str]]) -> dict[str, object]:
    query = urlencode({"purpose": file.purpose.value, "anyway": "1"})
    return {
        "cadre": file.cadre,
        "missing": [(_place(place), character, f"U+{ord(character):04X}") for place, character in missing],
        "anyway_url": f"{reverse('desk:dossier-form', args=[file.cadre.pk, 'pdf'])}?{query}",
        "word_url": reverse("desk:dossier-form", args=[file.cadre.pk, "docx"]) + f"?purpose={file.purpose.value}",
        "back_url": file.links.page(),
    }


def _place(place: str) -> str:
    """The element's name on the form where it has one of ours, else the element."""
    tag = place.split("/")[0]
    attribute = BY_TAG[tag].attribute if tag in BY_TAG else tag
    return str(FIELD_LABELS.get(attribute, place))
