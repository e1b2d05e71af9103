"""What every change of a file shares: opening it for change, the form, carrying it out, the words afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.kernel.actor import Purpose
from quanheng.kernel.errors import NotPermitted
from quanheng.ledger.actions import recorded_step
from quanheng.people.actions import CannotChange
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries_dossier import last_change
from quanheng.people.undo import CannotUndo, undo_until
from quanheng.web.desk import dossier_conflict
from quanheng.web.desk.dossier_forms import ChangeForm
from quanheng.web.desk.dossier_opening import OpenFile, log_opening_once, open_file
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import Link, Text, error_lines
from quanheng.web.shared.refusals import sentence

Form = TypeVar("Form", bound=ChangeForm)
CAN_UNDO = gettext_lazy("七天内可以撤销。")
NOT_UNDONE = gettext_lazy("不能一键撤销；改错了再办一次，两次都留下记录。")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as it stands, and the field of the form that would change it: for the difference at a conflict."""

    label: Text
    value: str
    field: str


@dataclass(frozen=True, slots=True)
class Act:
    verb: str  # words of the button
    what: str  # what will happen, in one sentence
    code: str  # of the ledger
    run: Callable[[], object]
    tab: str  # where the change is seen afterwards: a tab, or a kind of record
    now: tuple[Shown, ...] = ()
    also: Link | None = None
    is_danger: bool = False
    can_undo: bool = True


def open_to_change(request: ActorRequest, pk: UUID) -> OpenFile:
    """The file as it stands today: an earlier day is read-only."""
    file = open_file(request, pk)
    if file.is_past:
        raise NotPermitted("earlier-day-is-read-only")
    if not file.links.may_edit:
        raise NotPermitted("purpose-not-granted", purpose=Purpose.MANAGEMENT.value)
    log_opening_once(request, file)
    return file


def bound(request: ActorRequest, file: OpenFile, form: type[Form], *, record: DossierRecord | None = None) -> Form:
    posted = request.POST if request.method == "POST" else None
    return form(posted, actor=request.actor, cadre=file.cadre, today=request.today, record=record)


def carry_out(request: ActorRequest, file: OpenFile, form: ChangeForm, act: Act) -> HttpResponse:
    """Done and back to the file; or the panel again with what was typed and what stands in the way."""
    chooses = "choose" in request.POST  # only asked what may be chosen: nothing is done yet
    if request.method != "POST" or chooses or not form.is_valid():
        return _panel(request, file, form, act, errors=not chooses)
    try:
        with recorded_step(actor=request.actor, action=act.code, obj=file.cadre, at=request.now, cadre=file.cadre.pk):
            act.run()
    except (CannotChange, CannotUndo) as refusal:
        if refusal.code == "conflict":
            return _conflict(request, file, form, act)
        return _panel(request, file, form, act, refusal=sentence(refusal))
    messages.success(request, _done(request, file, act))
    return redirect(file.links.page(tab=dossier_conflict.TAB_OF.get(act.tab, act.tab)))


def _done(request: ActorRequest, file: OpenFile, act: Act) -> str:
    """已办 with the way back, which says until when it is open."""
    done = _("已办：%(verb)s。") % {"verb": act.verb}
    entry = last_change(file.cadre, request.actor.key) if act.can_undo else None
    if entry is None:
        return done
    until = f"{localtime(undo_until(entry)):%m-%d %H:%M}"
    return format_html(
        '{}<a href="{}">{}</a>',
        done,
        file.links.undo(entry.pk),
        _("撤销（可用至 %(until)s）") % {"until": until},
    )


def _panel(
    request: ActorRequest, file: OpenFile, form: ChangeForm, act: Act, *, refusal: str = "", errors: bool = True
) -> HttpResponse:
    return render(request, "desk/dossier/act.html", _context(request, file, form, act, refusal, errors=errors))


def _conflict(request: ActorRequest, file: OpenFile, form: ChangeForm, act: Act) -> HttpResponse:
    """Both versions side by side; sending the form again is the decision to keep one's own."""
    fresh = open_file(request, file.cadre.pk)
    again = form.__class__(
        {**request.POST.dict(), "expected_revision": str(fresh.cadre.revision)},
        actor=request.actor,
        cadre=fresh.cadre,
        today=request.today,
        record=form.record,
    )
    context = _context(request, fresh, again, act, "", errors=False)
    context |= dossier_conflict.context(request, fresh, form, act.now)
    return render(request, "desk/dossier/act.html", context, status=409)


def _context(
    request: ActorRequest, file: OpenFile, form: ChangeForm, act: Act, refusal: str, *, errors: bool
) -> dict[str, Any]:
    return {
        "cadre": file.cadre,
        "act": act,
        "form": form,
        "refusal": refusal,
        "errors": error_lines(form) if form.is_bound and errors else (),
        "action_url": request.get_full_path(),
        "page_url": file.links.page(),
        "cancel_url": file.links.page(tab=dossier_conflict.TAB_OF.get(act.tab, act.tab)),
        "undo": CAN_UNDO if act.can_undo else NOT_UNDONE,
        "can_choose": "position" in form.fields,
    }
