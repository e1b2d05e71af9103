"""我的档案 and 谁看过: what is held about the signed-in cadre, in the order of the form, each part with its source."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.instruments.queries import Standing
from quanheng.kernel.actor import Purpose, Role
from quanheng.kernel.errors import NotFound
from quanheng.ledger.actions import record_opening
from quanheng.ledger.queries import find_entries, has_opened
from quanheng.people import access
from quanheng.people.models import Cadre
from quanheng.people.queries_dossier import own_readings, photo_of
from quanheng.web.mine.dossier_parts import STILL_OPEN, dossier_context
from quanheng.web.shared.dossier_asked import evidence_of
from quanheng.web.shared.dossier_evidence import Reader
from quanheng.web.shared.dossier_readings import readings_of
from quanheng.web.shared.gate import ActorRequest, roles


@dataclass(frozen=True, slots=True)
class MineLinks:
    """The cadre's own pages: everything leads to its evidence, nothing to a change."""

    def _evidence(self, kind: str, **query: str) -> str:
        url = reverse("mine:evidence", args=[kind])
        return f"{url}?{urlencode(query)}" if query else url

    def fact(self, kind: str) -> str:
        return self._evidence(kind)

    def field(self, key: str) -> str:
        return self._evidence(f"field-{key.replace('_', '-')}")

    def record(self, kind: str, pk: UUID) -> str:
        return self._evidence(f"record-{kind}", record=str(pk))

    def change_field(self, key: str) -> str:
        return ""

    def change(self, kind: str, pk: UUID) -> str:
        return ""

    def add(self, kind: str) -> str:
        return ""

    def page(self, **changes: str) -> str:
        return reverse("mine:dossier")

    def condition(self, rule: str, target: str) -> str:
        return f"{_condition(rule)}?{urlencode({'target': target})}"

    def target(self, code: str) -> str:
        return f"{reverse('mine:eligibility')}?{urlencode({'target': code})}"

    def rule(self, rule: str) -> str:
        return ""  # the pages of the rules belong to the desk

    def switch(self, switch: str) -> str:
        return ""

    def paper(self, standing: Standing) -> str:
        return ""


@lru_cache(maxsize=500)
def _condition(rule: str) -> str:
    return reverse("mine:rule-evidence", args=[rule])


@roles(Role.CADRE)
@require_safe
def show_dossier(request: ActorRequest) -> HttpResponse:
    """Opening one's own file is logged like any other opening."""
    cadre = own_file(request)
    record_opening(actor=request.actor, cadre=cadre.pk, purpose=Purpose.SUBJECT_ACCESS, at=request.now)
    return render(request, "mine/dossier/dossier.html", dossier_context(request, cadre, MineLinks()))


@roles(Role.CADRE)
@require_safe
def show_photo(request: ActorRequest) -> HttpResponse:
    photo = photo_of(own_file(request))
    if photo is None:
        raise NotFound
    response = HttpResponse(bytes(photo.file.content), content_type=photo.file.media_type)
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@roles(Role.CADRE)
@require_safe
def show_evidence(request: ActorRequest, kind: str) -> HttpResponse:
    """The drawer; asked for without the page before it, an opening of its own."""
    cadre = own_file(request)
    evidence = evidence_of(cadre, request.today, kind, request.GET.get("record", ""), own_reader())
    if not has_opened(request.actor, cadre.pk, since=request.now - STILL_OPEN):
        record_opening(actor=request.actor, cadre=cadre.pk, purpose=Purpose.SUBJECT_ACCESS, at=request.now)
    template = "components/_evidence.html" if request.htmx else "mine/dossier/evidence.html"
    return render(request, template, {"evidence": evidence})


@roles(Role.CADRE)
@require_safe
def list_readings(request: ActorRequest) -> HttpResponse:
    """Who opened, printed and exported the file; supervision is told to supervisors only."""
    cadre = own_file(request)
    before = request.GET.get("before", "")
    entries = own_readings(request.actor, cadre).select_related("detail")
    found = find_entries(entries, before=int(before) if before.isdecimal() else None)
    context: dict[str, Any] = {
        "readings": readings_of(request.actor, found.entries),
        "older_url": f"?before={found.older}" if found.older else "",
        "printed_at": f"{localtime(request.now):%Y-%m-%d %H:%M}",
    }
    return render(request, "mine/dossier/readings.html", context)


def own_file(request: ActorRequest) -> Cadre:
    """NotFound where the account is not tied to a file."""
    if request.actor.cadre is None:
        raise NotFound
    return access.dossier_for(request.actor, request.actor.cadre, purpose=Purpose.SUBJECT_ACCESS)


def own_reader() -> Reader:
    remedy = _("您认为有误时，请带上证明材料，向档案所在单位的人事部门提出更正。")
    return Reader(_("您的档案"), MineLinks(), _("本人查阅"), remedy)
