"""更名、划转、并入 and the like: one panel on the unit's page each, one call into the actions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from quanheng.kernel.actor import Role
from quanheng.kernel.errors import NotFound
from quanheng.ledger.actions import recorded_step
from quanheng.organization import actions, position_actions
from quanheng.organization.access import position_for, require_reorganizer, unit_for
from quanheng.organization.actions import CannotReorganize
from quanheng.organization.choices import LeadingGroupKind
from quanheng.organization.models import Position, Unit
from quanheng.organization.queries import last_version
from quanheng.people import unit_actions
from quanheng.web.desk import organization_forms as forms
from quanheng.web.desk.organization import unit_context
from quanheng.web.desk.organization_parts import ACT_VERBS, unit_url
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Text, error_lines
from quanheng.web.shared.refusals import sentence

NOT_UNDONE = gettext_lazy("不能一键撤销：改错了用新的决定更正，两次都留在沿革里。")


@dataclass(frozen=True, slots=True)
class Act:
    verb: Text  # words of the button
    what: Text  # what will happen, in one sentence
    form: type[forms.ReasonForm]
    code: str  # of the ledger
    run: Callable[[ActorRequest, Unit, Any], object]
    is_danger: bool = False


def _given(request: ActorRequest, unit: Unit, form: forms.BasisForm) -> dict[str, Any]:
    return {"actor": request.actor, "unit": unit.pk, "basis": form.basis(), "at": request.now}


def _rename(request: ActorRequest, unit: Unit, form: forms.RenameForm) -> object:
    data = form.cleaned_data
    return actions.rename_unit(name=data["name"], short_name=data["short_name"], **_given(request, unit, form))


def _move(request: ActorRequest, unit: Unit, form: forms.MoveForm) -> object:
    return actions.move_unit(parent=form.cleaned_data["target"].pk, **_given(request, unit, form))


def _merge(request: ActorRequest, unit: Unit, form: forms.MergeForm) -> object:
    return unit_actions.merge_unit(successor=form.cleaned_data["target"].pk, **_given(request, unit, form))


def _abolish(request: ActorRequest, unit: Unit, form: forms.BasisForm) -> object:
    return unit_actions.abolish_unit(**_given(request, unit, form))


def _set_quota(request: ActorRequest, unit: Unit, form: forms.QuotaForm) -> object:
    return actions.set_quota(quotas=form.quotas(), **_given(request, unit, form))


def _establish(request: ActorRequest, unit: Unit, form: forms.EstablishForm) -> object:
    return actions.establish_unit(
        actor=request.actor,
        parent=unit.pk,
        code=form.cleaned_data["code"],
        facts=form.facts(),
        quotas=form.quotas(),
        basis=form.basis(),
        at=request.now,
    )


def _form_group(request: ActorRequest, unit: Unit, form: forms.LeadingGroupForm) -> object:
    kind = LeadingGroupKind(form.cleaned_data["kind"])
    return position_actions.form_leading_group(kind=kind, name=form.cleaned_data["name"], **_given(request, unit, form))


def _add_position(request: ActorRequest, unit: Unit, form: forms.PositionForm) -> object:
    chosen = form.cleaned_data["leading_group"]
    group = UUID(chosen) if chosen else None
    return position_actions.add_position(leading_group=group, facts=form.facts(), **_given(request, unit, form))


def _reorder(request: ActorRequest, unit: Unit, form: forms.OrderForm) -> object:
    data = form.cleaned_data
    order = [child.pk for child in data["order"]]
    actions.reorder_siblings(actor=request.actor, parent=unit.pk, order=order, reason=data["reason"], at=request.now)
    return None


ACTS: Mapping[str, Act] = {
    "rename": Act(
        ACT_VERBS["rename"],
        gettext_lazy("从生效日期起改用新名称；以前的名称留在沿革里，以前的任职仍写当时的名称。"),
        forms.RenameForm,
        "organization.rename_unit",
        _rename,
    ),
    "move": Act(
        ACT_VERBS["move"],
        gettext_lazy("连同下级单位划到新的上级单位之下；谁能看到这些档案随之改变。"),
        forms.MoveForm,
        "organization.move_unit",
        _move,
    ),
    "quota": Act(
        ACT_VERBS["quota"],
        gettext_lazy("从生效日期起按新的职数和编制计算；留空是“未核定”，不是 0。"),
        forms.QuotaForm,
        "organization.set_quota",
        _set_quota,
    ),
    "establish": Act(
        ACT_VERBS["establish"],
        gettext_lazy("在这个单位之下设立一个单位，排在末位。"),
        forms.EstablishForm,
        "organization.establish_unit",
        _establish,
    ),
    "order": Act(
        ACT_VERBS["order"],
        gettext_lazy("改下级单位的规范顺序；名册、配备表都按它排。"),
        forms.OrderForm,
        "organization.reorder_siblings",
        _reorder,
    ),
    "group": Act(
        ACT_VERBS["group"],
        gettext_lazy("成立一个班子；班子内的正职、副职计入配备表。"),
        forms.LeadingGroupForm,
        "organization.form_leading_group",
        _form_group,
    ),
    "position": Act(
        ACT_VERBS["position"],
        gettext_lazy("增设一个岗位，排在末位。"),
        forms.PositionForm,
        "organization.add_position",
        _add_position,
    ),
    "merge": Act(
        ACT_VERBS["merge"],
        gettext_lazy("这个单位从生效日期起并入另一单位：它的岗位、班子同日终止。人员和下级单位须先调整完。"),
        forms.MergeForm,
        "organization.merge_unit",
        _merge,
        is_danger=True,
    ),
    "abolish": Act(
        ACT_VERBS["abolish"],
        gettext_lazy("这个单位从生效日期起撤销：它的岗位、班子同日终止。人员和下级单位须先调整完。"),
        forms.BasisForm,
        "organization.abolish_unit",
        _abolish,
        is_danger=True,
    ),
}


@roles(Role.CADRE_OFFICER)
@require_http_methods(["GET", "POST"])
def act_on_unit(request: ActorRequest, pk: UUID, act: str) -> HttpResponse:
    """The unit's page with the panel of the act open; a refusal stands in it with what was typed."""
    unit, chosen = unit_for(request.actor, pk), ACTS.get(act)
    if chosen is None:
        raise NotFound
    require_reorganizer(request.actor, unit)
    form = _form(request, chosen, unit)
    refusal = _carry_out(request, chosen, unit, form) if request.method == "POST" and form.is_valid() else ""
    if request.method == "POST" and form.is_valid() and not refusal:
        messages.success(request, _("已办：%(verb)s。已写入沿革和台账。") % {"verb": chosen.verb})
        return redirect("desk:unit", unit.pk)
    return _panel(request, unit, chosen, form, refusal, reverse("desk:unit-act", args=[unit.pk, act]))


@roles(Role.CADRE_OFFICER)
@require_http_methods(["GET", "POST"])
def end_position(request: ActorRequest, pk: UUID, position: UUID) -> HttpResponse:
    row = position_for(request.actor, position)
    if row.unit_id != pk:
        raise NotFound
    require_reorganizer(request.actor, row.unit)
    act = _ending(row)
    form = _form(request, act, row.unit)
    refusal = _carry_out(request, act, row.unit, form) if request.method == "POST" and form.is_valid() else ""
    if request.method == "POST" and form.is_valid() and not refusal:
        messages.success(request, _("已终止岗位“%(title)s”。") % {"title": row.title})
        return redirect("desk:unit", row.unit_id)
    url = reverse("desk:unit-position-end", args=[row.unit_id, row.pk])
    return _panel(request, row.unit, act, form, refusal, url)


def _ending(position: Position) -> Act:
    def run(request: ActorRequest, unit: Unit, form: forms.BasisForm) -> object:
        return unit_actions.end_position(actor=request.actor, position=position.pk, basis=form.basis(), at=request.now)

    what = _("岗位“%(title)s”从生效日期起终止；在任的人须先免去。") % {"title": position.title}
    return Act(_("终止岗位"), what, forms.BasisForm, "organization.end_position", run, is_danger=True)


def _form(request: ActorRequest, act: Act, unit: Unit) -> forms.ReasonForm:
    posted = request.POST if request.method == "POST" else None
    return act.form(posted, actor=request.actor, unit=unit, version=last_version(unit), today=request.today)


def _carry_out(request: ActorRequest, act: Act, unit: Unit, form: forms.ReasonForm) -> str:
    """The sentence of a refusal, which is in the ledger too, or nothing."""
    refusal = ""
    moment: datetime = request.now
    try:
        with recorded_step(actor=request.actor, action=act.code, obj=unit, at=moment):
            act.run(request, unit, form)
    except CannotReorganize as refused:
        refusal = sentence(refused)
    return refusal


def _panel(request: ActorRequest, unit: Unit, act: Act, form: forms.ReasonForm, refusal: str, url: str) -> HttpResponse:
    panel = {
        "act": act,
        "form": form,
        "refusal": refusal,
        "errors": error_lines(form) if form.is_bound else (),
        "action_url": url,
        "cancel_url": unit_url(unit.pk),
        "not_undone": NOT_UNDONE,
    }
    return render(request, "desk/organization/act.html", unit_context(request, unit) | panel)
