"""新增人员, and 调整归属 of chosen files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from quanheng.kernel.actor import EDITORS
from quanheng.kernel.errors import NotPermitted
from quanheng.ledger.actions import recorded_step
from quanheng.people import access, placement_actions
from quanheng.people.actions import CannotChange
from quanheng.people.models import Cadre
from quanheng.people.roster import official_order
from quanheng.web.desk.people import chosen_keys
from quanheng.web.desk.placement_forms import MoveForm, NewCadreForm
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import error_lines
from quanheng.web.shared.refusals import sentence


@roles(*EDITORS)
@require_http_methods(["GET", "HEAD", "POST"])
def add_person(request: ActorRequest) -> HttpResponse:
    form = NewCadreForm(request.POST or None, actor=request.actor)
    refusal: CannotChange | NotPermitted | None = None
    if request.method == "POST" and form.is_valid():
        try:
            cadre = _create(request, form)
        except (CannotChange, NotPermitted) as error:
            refusal = error
        else:
            messages.success(
                request, _("已新增%(name)s的档案。接着补简历和任职，或导入任免审批表。") % {"name": cadre.name}
            )
            return redirect("desk:dossier", cadre.pk)
    return render(request, "desk/people/new.html", _context(form, refusal))


def _create(request: ActorRequest, form: NewCadreForm) -> Cadre:
    data = form.cleaned_data
    with recorded_step(actor=request.actor, action="people.create_cadre", obj=data["unit"], at=request.now):
        return placement_actions.create_cadre(
            actor=request.actor,
            texts=form.texts(),
            unit=data["unit"],
            category=data["category"],
            is_another=data["is_another"],
            reason=data["reason"],
            at=request.now,
        )


def _context(form: Any, refusal: CannotChange | NotPermitted | None) -> dict[str, Any]:
    is_namesake = refusal is not None and refusal.code == "namesake"
    return {
        "form": form,
        "errors": error_lines(form) if form.is_bound else (),
        "refusal": sentence(refusal) if refusal else "",
        "namesake_url": reverse("desk:dossier", args=[refusal.facts["cadre"]]) if refusal and is_namesake else "",
        "asks_another": is_namesake or bool(form.is_bound and form.data.get("is_another")),
        "back_url": reverse("desk:people"),
    }


@roles(*EDITORS)
@require_POST
def move_people(request: ActorRequest) -> HttpResponse:
    """First post: the chosen rows of the list; second: where they go."""
    people = _chosen(request, chosen_keys(request))
    is_decided = "move" in request.POST
    form = MoveForm(request.POST if is_decided else None, actor=request.actor)
    refusal: CannotChange | NotPermitted | None = None
    if is_decided and form.is_valid():
        try:
            moved = _move(request, people, form)
        except (CannotChange, NotPermitted) as error:
            refusal = error
        else:
            words = ngettext("已调整 %(count)s 人。", "已调整 %(count)s 人。", len(moved)) % {"count": len(moved)}
            messages.success(request, words)
            return redirect("desk:people")
    return render(request, "desk/people/move.html", _context(form, refusal) | {"people": people})


def _chosen(request: ActorRequest, keys: list[UUID]) -> list[Cadre]:
    """Only what the actor may see; `people.access` decides again on each when they are moved."""
    return list(official_order(access.visible_cadres(request.actor).filter(pk__in=keys)))


def _move(request: ActorRequest, people: list[Cadre], form: MoveForm) -> list[Cadre]:
    data = form.cleaned_data
    with recorded_step(actor=request.actor, action="people.place_cadre", obj="people.cadre", at=request.now):
        return placement_actions.place_cadres(
            actor=request.actor,
            cadres=[cadre.pk for cadre in people],
            unit=data["unit"],
            category=data["category"],
            status=data["status"],
            reason=data["reason"],
            at=request.now,
        )
