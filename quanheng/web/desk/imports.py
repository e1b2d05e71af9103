"""导入: the list of imports and the four steps of one, each on one page that works without script."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from quanheng.accounts.queries import account_of
from quanheng.formats.archives import CannotUnpack
from quanheng.intake import actions, apply_actions, queries, reading_actions, undo_actions, upload_actions
from quanheng.intake.access import batch_for
from quanheng.intake.models import ImportBatch
from quanheng.intake.reading import CannotCorrect
from quanheng.intake.refusals import CannotImport, CannotUndo
from quanheng.kernel.actor import EDITORS
from quanheng.kernel.errors import NotFound, Refused
from quanheng.kernel.flow import StepRefused
from quanheng.ledger.actions import recorded_step
from quanheng.web.desk import import_pages as pages
from quanheng.web.desk.import_forms import MAX_REQUEST, DecisionForm, UploadForm
from quanheng.web.desk.import_parts import RUNNING, job_of, page_url
from quanheng.web.shared import tasks
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import ErrorLine, error_lines
from quanheng.web.shared.refusals import sentence

REFUSALS = (CannotImport, CannotUnpack, CannotCorrect, CannotUndo, StepRefused)
CONFLICT = 409


def carry_out(request: ActorRequest, batch: ImportBatch, code: str, step: Callable[[], object]) -> str:
    """The sentence of a refusal, which is in the ledger too, or nothing."""
    try:
        with recorded_step(actor=request.actor, action=code, obj=batch, at=request.now):
            step()
    except REFUSALS as refused:
        return sentence(refused)
    return ""


@roles(*EDITORS)
@require_safe
def list_imports(request: ActorRequest) -> HttpResponse:
    return render(request, "desk/imports/list.html", pages.list_page(request))


@csrf_exempt  # the token is checked by _receive, after the size: it stands in a body that may be too large to read
@roles(*EDITORS)
@require_http_methods(["GET", "POST"])
def new_import(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        return _upload_page(request, UploadForm(actor=request.actor, initial=_defaults(request)))
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REQUEST:
        return _not_received(request, "request-too-large", 413)
    try:
        return _receive(request)
    except TooManyFilesSent:
        return _not_received(request, "too-many-at-once", 413)


@csrf_protect
def _receive(request: ActorRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, actor=request.actor)
    if not form.is_valid():
        return _upload_page(request, form, status=400)
    try:
        batch = _upload(request, form)
    except (CannotImport, CannotUnpack) as refused:
        return _upload_page(request, form, sentence(refused), CONFLICT)
    return redirect("desk:import", batch.pk)


def _upload(request: ActorRequest, form: UploadForm) -> ImportBatch:
    """Kept and set to be read in one transaction; the worker is told when it holds."""
    data, actor, at = form.cleaned_data, request.actor, request.now
    with recorded_step(actor=actor, action="intake.upload_import", obj=data["unit"], at=at):
        batch = upload_actions.upload(
            actor=actor,
            files=[(file.name, file.file) for file in data["upload"]],
            unit=data["unit"],
            category=data["category"],
            sender=data["sender"],
            at=at,
            on=request.today,
        )
        _start_reading(request, batch.pk)
    return batch


def _start_reading(request: ActorRequest, batch: UUID) -> None:
    reading_actions.start_reading(actor=request.actor, batch=batch, at=request.now)
    transaction.on_commit(lambda: tasks.read_import.enqueue(str(batch)))


def _defaults(request: ActorRequest) -> dict[str, str]:
    account = account_of(request.actor.key)
    return {"unit": account.unit.code} if account and account.unit else {}


def _not_received(request: ActorRequest, code: str, status: int) -> HttpResponse:
    """The body was not read, so nothing that was typed is known."""
    form = UploadForm(actor=request.actor, initial=_defaults(request))
    return _upload_page(request, form, sentence(Refused(code)), status)


def _upload_page(request: ActorRequest, form: UploadForm, refusal: str = "", status: int = 200) -> HttpResponse:
    errors = (ErrorLine(refusal, "id_upload"),) if refusal else error_lines(form) if form.is_bound else ()
    context = pages.upload_page(request) | {"form": form, "errors": errors}
    return render(request, "desk/imports/new.html", context, status=status)


@roles(*EDITORS)
@require_safe
def show_import(request: ActorRequest, pk: UUID) -> HttpResponse:
    return batch_page(request, batch_for(request.actor, pk))


def batch_page(
    request: ActorRequest, batch: ImportBatch, refusal: str = "", step: str = "", **more: Any
) -> HttpResponse:
    """The step that the import is in; a refused step says so on top of it."""
    context = pages.batch_page(request, batch, step) | {"refusal": refusal} | more
    return render(request, "desk/imports/batch.html", context, status=CONFLICT if refusal else 200)


@roles(*EDITORS)
@require_safe
def show_progress(request: ActorRequest, pk: UUID) -> HttpResponse:
    batch = batch_for(request.actor, pk)
    if batch.state not in RUNNING:
        return HttpResponseClientRefresh()
    return render(request, "components/_job.html", {"job": job_of(batch, request.now)})


@roles(*EDITORS)
@require_POST
def read_again(request: ActorRequest, pk: UUID) -> HttpResponse:
    """After a failure: what was read stays, the rest is read."""
    batch = batch_for(request.actor, pk)
    refusal = carry_out(request, batch, "intake.upload_import", lambda: _start_reading(request, pk))
    return batch_page(request, batch, refusal) if refusal else redirect("desk:import", pk)


@roles(*EDITORS)
@require_POST
def decide(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One person, or all of a list, taken or skipped."""
    batch, form = batch_for(request.actor, pk), DecisionForm(request.POST)
    if not form.is_valid():
        raise NotFound
    refusal = carry_out(request, batch, "intake.decide_items", lambda: _decide(request, batch, form))
    if refusal:
        return batch_page(request, batch_for(request.actor, pk), refusal)
    name, page = form.cleaned_data["list"], form.cleaned_data["page"] or 1
    return redirect(page_url(pk, step="review", list=name, page=page))


def _decide(request: ActorRequest, batch: ImportBatch, form: DecisionForm) -> None:
    listed = queries.listed(batch, form.cleaned_data["list"])
    keys = list(listed.values_list("pk", flat=True))
    if form.asked() != "all":
        keys = [key for key in keys if str(key) == form.asked()]
    actions.decide_items(actor=request.actor, batch=batch.pk, items=keys, decision=form.decision(), at=request.now)


@roles(*EDITORS)
@require_POST
def apply_import(request: ActorRequest, pk: UUID) -> HttpResponse:
    """生效: the officer's word; the worker writes."""
    batch, reason = batch_for(request.actor, pk), request.POST.get("reason", "")
    refusal = carry_out(request, batch, "intake.apply_import", lambda: _start_applying(request, pk, reason))
    if refusal:
        return batch_page(request, batch, refusal, step="apply", reason=reason)
    return redirect("desk:import", pk)


def _start_applying(request: ActorRequest, pk: UUID, reason: str) -> None:
    apply_actions.start_applying(actor=request.actor, batch=pk, reason=reason, at=request.now)
    transaction.on_commit(lambda: tasks.apply_import.enqueue(str(pk)))


@roles(*EDITORS)
@require_http_methods(["GET", "POST"])
def undo_import(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The report with the panel open; afterwards the report says who could not be taken back."""
    batch, reason = batch_for(request.actor, pk), request.POST.get("reason", "")
    if request.method == "GET":
        return batch_page(request, batch, panel=pages.undo_panel(batch))
    step = lambda: undo_actions.undo_import(actor=request.actor, batch=pk, reason=reason, at=request.now)  # noqa: E731
    refusal = carry_out(request, batch, "intake.undo_import", step)
    if refusal:
        return batch_page(request, batch, refusal, panel=pages.undo_panel(batch), reason=reason)
    messages.success(request, _("已撤销导入 %(number)s。已写入台账。") % {"number": batch.number})
    return redirect("desk:import", pk)


@roles(*EDITORS)
@require_http_methods(["GET", "POST"])
def discard_import(request: ActorRequest, pk: UUID) -> HttpResponse:
    batch, reason = batch_for(request.actor, pk), request.POST.get("reason", "")
    if request.method == "GET":
        return batch_page(request, batch, panel=pages.discard_panel(batch))
    step = lambda: actions.discard(actor=request.actor, batch=pk, reason=reason, at=request.now)  # noqa: E731
    refusal = carry_out(request, batch, "intake.discard_import", step)
    if refusal:
        return batch_page(request, batch, refusal, panel=pages.discard_panel(batch), reason=reason)
    messages.success(request, _("已放弃导入 %(number)s，没有写入任何人的档案。") % {"number": batch.number})
    return redirect("desk:imports")
