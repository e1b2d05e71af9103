"""Somebody else changed the file meanwhile: who and when, and both versions side by side."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from quanheng.kernel.actor import Actor
from quanheng.ledger.models import Entry
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries_dossier import last_change, successor_of
from quanheng.web.desk.dossier_forms import ChangeForm
from quanheng.web.desk.dossier_opening import OpenFile
from quanheng.web.shared.diff import diff_rows
from quanheng.web.shared.dossier_readings import readings_of
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.ledger_words import FILE_CHANGES
from quanheng.web.shared.parts import Text

# The tab on which a kind of record is shown.
TAB_OF = {
    "post": "posts",
    "rank": "posts",
    "title": "education",
    "reward": "rewards",
    "sanction": "rewards",
    "grade": "grades",
    "specialty": "training",
}


def who_changed(request: ActorRequest, file: OpenFile) -> str:
    """何静 3 分钟前改过这份档案。"""
    entry = last_change(file.cadre, actions=FILE_CHANGES)
    if entry is None:
        return _("这份档案刚刚有人改过。看两处差别，再决定保留哪一处。")
    reading = readings_of(request.actor, [entry])[0]
    minutes = max(1, int((request.now - entry.at).total_seconds() // 60))
    when = _("%(minutes)s 分钟前") % {"minutes": minutes} if minutes < 60 else reading.moment
    return _("%(who)s %(when)s改过这份档案（%(what)s）。看两处差别，再决定保留哪一处。") % {
        "who": reading.who,
        "when": when,
        "what": reading.what,
    }


def context(request: ActorRequest, file: OpenFile, form: ChangeForm, now: tuple[Any, ...]) -> dict[str, Any]:
    """What stands now beside what was typed, field by field."""
    record = form.record
    before: dict[Text, tuple[str, str]] = {shown.label: (shown.value, _typed(form, shown.field)) for shown in now}
    if record is not None:
        before |= {
            str(form.fields[name].label): (_initial(form, name), _typed(form, name))
            for name in form.fields
            if name not in ("reason", "expected_revision") and hasattr(record, name)
        }
    return {
        "conflict": who_changed(request, file),
        "diff": diff_rows(before),
        "before_label": _("现在的"),
        "after_label": _("您没有保存的"),
    }


def _initial(form: ChangeForm, name: str) -> str:
    value = form.fields[name].prepare_value(form.get_initial_for_field(form.fields[name], name))
    return _label(form, name, "" if value is None else str(value))


def _typed(form: ChangeForm, name: str) -> str:
    return _label(form, name, str(form.data.get(name, "")))


def _label(form: ChangeForm, name: str, value: str) -> str:
    """Of a choice its words."""
    choices = dict(getattr(form.fields[name], "choices", ()) or ())
    return str(choices.get(value, value)) if value else ""


def stale_record(request: ActorRequest, file: OpenFile, kind: str, record: DossierRecord) -> HttpResponse:
    """The record was replaced or withdrawn: to what stands now, with who did it. Nothing typed is written."""
    messages.warning(request, who_changed(request, file))
    successor = successor_of(record)
    if successor is not None:
        return redirect(file.links.change(kind, successor.pk))
    return redirect(file.links.page(tab=TAB_OF.get(kind, kind)))


def entry_sentence(actor: Actor, entry: Entry) -> str:
    """What taking back means: 撤销 何静 2026-11-20 08:00 的“更正 出生年月”。"""
    reading = readings_of(actor, [entry])[0]
    return _("撤销 %(who)s %(moment)s 的“%(what)s”，恢复到那以前。") % {
        "who": reading.who,
        "moment": reading.moment,
        "what": reading.what,
    }
