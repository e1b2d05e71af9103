"""Changes of a file from the desk: one panel each, one call into the actions, and the way back said at once."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quanheng.kernel.actor import EDITORS
from quanheng.kernel.errors import NotFound
from quanheng.ledger.models import Entry
from quanheng.people import actions, undo
from quanheng.people.choices import KinTieState, VerificationItem, VerificationResult
from quanheng.people.fields import BY_KEY, IdentityField
from quanheng.people.models import KinTie
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries_dossier import kin_tie_for, record_of
from quanheng.web.desk import dossier_forms as forms
from quanheng.web.desk.dossier_conflict import entry_sentence, stale_record
from quanheng.web.desk.dossier_opening import OpenFile
from quanheng.web.desk.dossier_panel import Act, Shown, bound, carry_out, open_to_change
from quanheng.web.desk.dossier_record_forms import FORMS, RecordForm
from quanheng.web.shared.dossier_records import KINDS
from quanheng.web.shared.dossier_words import FIELD_LABELS, MONTH_FIELDS
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Link

BOTH = ["GET", "HEAD", "POST"]


@roles(*EDITORS)
@require_http_methods(BOTH)
def change_field(request: ActorRequest, pk: UUID, key: str) -> HttpResponse:
    file, field = open_to_change(request, pk), BY_KEY.get(key.replace("-", "_"))
    if field is None:
        raise NotFound
    form = bound(request, file, forms.FieldForm)
    hint = _("写作 1985.03 或 198503。") if field.key in MONTH_FIELDS else _("按任免审批表的写法填。")
    form.offer(FIELD_LABELS[field.key], field.render(file.cadre), hint)
    return carry_out(request, file, form, _field_change(request, file, form, field))


def _field_change(request: ActorRequest, file: OpenFile, form: forms.FieldForm, field: IdentityField) -> Act:
    def run() -> object:
        raw = form.cleaned_data["raw"]
        return actions.change_field(
            actor=request.actor, cadre=file.cadre.pk, field=field.key, raw=raw, at=request.now, **form.given
        )

    label = FIELD_LABELS[field.key]
    return Act(
        verb=_("更正%(label)s") % {"label": label},
        what=_("现在的值改用下面的值；原来的值和来源留在依据里。"),
        code="people.change_field",
        run=run,
        tab="overview",
        now=(Shown(label, field.render(file.cadre), "raw"),),
    )


@roles(*EDITORS)
@require_http_methods(BOTH)
def add_record(request: ActorRequest, pk: UUID, kind: str) -> HttpResponse:
    file, form_class = open_to_change(request, pk), FORMS.get(kind)
    if form_class is None:
        raise NotFound
    form = bound(request, file, form_class)
    return carry_out(request, file, form, _addition(request, file, form, kind))


def _addition(request: ActorRequest, file: OpenFile, form: RecordForm, kind: str) -> Act:
    def run() -> object:
        return actions.add_record(
            actor=request.actor,
            cadre=file.cadre.pk,
            kind=kind,
            values=form.values(),
            at=request.now,
            **form.given,
        )

    return Act(
        verb=_("补录%(kind)s") % {"kind": KINDS[kind].title},
        what=_("给%(name)s的档案加一条记录。") % {"name": file.cadre.name},
        code="people.add_record",
        run=run,
        tab=kind,
    )


@roles(*EDITORS)
@require_http_methods(BOTH)
def change_record(request: ActorRequest, pk: UUID, kind: str, record: UUID) -> HttpResponse:
    """A record that somebody has replaced meanwhile leads to the one that stands now."""
    file, form_class = open_to_change(request, pk), FORMS.get(kind)
    if form_class is None:
        raise NotFound
    row = record_of(file.cadre, kind, record)
    if row.withdrawn_at is not None:
        return stale_record(request, file, kind, row)
    form = bound(request, file, form_class, record=row)
    return carry_out(request, file, form, _replacement(request, file, form, kind, row))


def _replacement(request: ActorRequest, file: OpenFile, form: RecordForm, kind: str, row: DossierRecord) -> Act:
    def run() -> object:
        return actions.replace_record(
            actor=request.actor,
            cadre=file.cadre.pk,
            kind=kind,
            record=row.pk,
            values=form.values(),
            at=request.now,
            **form.given,
        )

    return Act(
        verb=_("更正%(kind)s") % {"kind": KINDS[kind].title},
        what=_("原记录撤下，换成下面这一条；两条都留在依据里。"),
        code="people.replace_record",
        run=run,
        tab=kind,
        also=Link(_("撤回这条记录"), file.links.withdraw(kind, row.pk)),
    )


@roles(*EDITORS)
@require_http_methods(BOTH)
def withdraw_record(request: ActorRequest, pk: UUID, kind: str, record: UUID) -> HttpResponse:
    file = open_to_change(request, pk)
    if kind not in FORMS:
        raise NotFound
    row = record_of(file.cadre, kind, record)
    if row.withdrawn_at is not None:
        return stale_record(request, file, kind, row)
    form = bound(request, file, forms.WithdrawForm)
    return carry_out(request, file, form, _withdrawal(request, file, form, kind, row))


def _withdrawal(request: ActorRequest, file: OpenFile, form: forms.WithdrawForm, kind: str, row: DossierRecord) -> Act:
    def run() -> object:
        return actions.withdraw_record(
            actor=request.actor, cadre=file.cadre.pk, kind=kind, record=row.pk, at=request.now, **form.given
        )

    value, when = KINDS[kind].headline(row, file.on)
    return Act(
        verb=_("撤回%(kind)s") % {"kind": KINDS[kind].title},
        what=_("撤回“%(value)s”。不再计入任何计算，也不再打印；依据里仍看得到。")
        % {"value": f"{when} {value}".strip()},
        code="people.withdraw_record",
        run=run,
        tab=kind,
        is_danger=True,
    )


@roles(*EDITORS)
@require_http_methods(BOTH)
def verify_item(request: ActorRequest, pk: UUID, item: str) -> HttpResponse:
    file, name = open_to_change(request, pk), item.replace("-", "_")
    if name not in VerificationItem.values:
        raise NotFound
    form = bound(request, file, forms.VerifyForm)
    return carry_out(request, file, form, _verification(request, file, form, VerificationItem(name)))


def _verification(request: ActorRequest, file: OpenFile, form: forms.VerifyForm, item: VerificationItem) -> Act:
    def run() -> object:
        data = form.cleaned_data
        return actions.verify_item(
            actor=request.actor,
            cadre=file.cadre.pk,
            item=item,
            result=VerificationResult(data["result"]),
            materials=data["materials"],
            on=request.today,
            at=request.now,
        )

    return Act(
        verb=_("核对%(item)s") % {"item": item.label},
        what=_("记下对着哪些材料核对、结果怎样。以后再核对时，这一次留作历史。"),
        code="people.verify_item",
        run=run,
        tab="overview",
        can_undo=False,
    )


@roles(*EDITORS)
@require_http_methods(BOTH)
def decide_kin_tie(request: ActorRequest, pk: UUID, tie: UUID) -> HttpResponse:
    file = open_to_change(request, pk)
    row = kin_tie_for(request.actor, file.cadre, tie)
    form = bound(request, file, forms.KinForm)
    return carry_out(request, file, form, _kin_decision(request, file, form, row))


def _kin_decision(request: ActorRequest, file: OpenFile, form: forms.KinForm, tie: KinTie) -> Act:
    def run() -> object:
        data = form.cleaned_data
        return actions.decide_kin_tie(
            actor=request.actor,
            cadre=file.cadre.pk,
            tie=tie.pk,
            state=KinTieState(data["state"]),
            reason=data["reason"],
            at=request.now,
        )

    return Act(
        verb=_("认定亲属关系"),
        what=_("%(kin)s（%(unit)s）是不是档案里写的那位亲属。确认后，双方都不能经手对方的档案。")
        % {"kin": tie.kin.name, "unit": tie.kin.home_unit.name},
        code="people.decide_kin_tie",
        run=run,
        tab="overview",
        can_undo=False,
    )


@roles(*EDITORS)
@require_http_methods(BOTH)
def undo_change(request: ActorRequest, pk: UUID, entry: int) -> HttpResponse:
    file = open_to_change(request, pk)
    row = undo.entry_of(file.cadre, entry)
    form = bound(request, file, forms.UndoForm)
    return carry_out(request, file, form, _undoing(request, file, form, row))


def _undoing(request: ActorRequest, file: OpenFile, form: forms.UndoForm, entry: Entry) -> Act:
    def run() -> object:
        reason = form.cleaned_data["reason"]
        return undo.undo_change(actor=request.actor, cadre=file.cadre.pk, entry=entry.pk, reason=reason, at=request.now)

    return Act(
        verb=_("撤销改动"),
        what=entry_sentence(request.actor, entry),
        code="people.undo_change",
        run=run,
        tab="readings",
        can_undo=False,
    )
