"""口径: the questions that the texts leave open, how they are read here, and what each reading means."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quanheng.accounts.queries import offices_of
from quanheng.instruments import queries
from quanheng.instruments.access import may_decide, require_decider, switch_for
from quanheng.instruments.actions import CannotSign
from quanheng.instruments.ledger_codes import SET_SWITCH
from quanheng.instruments.local import rulebook_in_force
from quanheng.instruments.setting_actions import set_switch
from quanheng.instruments.texts import central
from quanheng.kernel.actor import READERS, Role
from quanheng.ledger.actions import recorded_step
from quanheng.rulebook import labels
from quanheng.rulebook.instrument import Choice, Switch
from quanheng.web.desk.days import as_of, chosen_day, printed_at
from quanheng.web.desk.rule_forms import SwitchForm
from quanheng.web.desk.rule_parts import SwitchLine, rule_url
from quanheng.web.desk.rule_readings import readings
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Link, error_lines
from quanheng.web.shared.refusals import sentence
from quanheng.web.shared.rule_law import moment
from quanheng.web.shared.wording import bracketed


@roles(*READERS)
@require_safe
def list_switches(request: ActorRequest) -> HttpResponse:
    on = chosen_day(request)
    context = {
        "lines": switch_lines([switch.id for switch in central().switches], on),
        "crumbs": [Link(_("规则库"), reverse("desk:rules"))],
        "as_of": as_of(request, on),
        "printed_at": printed_at(request),
    }
    return render(request, "desk/rules/switches.html", context)


@roles(*READERS)
@require_safe
def show_switch(request: ActorRequest, switch: str) -> HttpResponse:
    return render(request, "desk/rules/switch.html", _context(request, switch_for(request.actor, switch)))


@roles(Role.CADRE_OFFICER)
@require_http_methods(["GET", "POST"])
def change_switch(request: ActorRequest, switch: str) -> HttpResponse:
    """The page of the switch with the form open; a refusal stands in it with what was typed."""
    known = switch_for(request.actor, switch)
    require_decider(request.actor)
    form = SwitchForm(request.POST if request.method == "POST" else None, choices=_readings(known), today=request.today)
    refusal = _set(request, known, form) if request.method == "POST" and form.is_valid() else ""
    if request.method == "POST" and form.is_valid() and not refusal:
        messages.success(request, _("已设定口径。已写入台账。"))
        return redirect("desk:rule-switch", known.id)
    panel = {"form": form, "refusal": refusal, "errors": error_lines(form) if form.is_bound else (), "is_open": True}
    return render(request, "desk/rules/switch.html", _context(request, known) | panel)


def switch_lines(ids: Iterable[str], on: date) -> list[SwitchLine]:
    """Each with the reading that holds on the day and since when."""
    ids = list(ids)
    if not ids:
        return []
    values, since = queries.switch_values(on), queries.switches_since(on)
    rules = central().rules(on)
    return [
        SwitchLine(
            id=switch.id,
            question=words.said(switch.question),
            url=reverse("desk:rule-switch", args=[switch.id]),
            value=words.said(_choice(switch, str(values[switch.id])).words),
            owner=words.said(labels.OWNERS[switch.owner]),
            since=(since.get(switch.id) or switch.since).isoformat(),
            is_set=switch.id in since,
            rules=sum(switch.id in rule.switches for rule in rules),
        )
        for switch in map(central().switch, ids)
    ]


def _choice(switch: Switch, value: str) -> Choice:
    return next(each for each in (switch.default, *switch.alternatives) if str(each.value) == value)


def _readings(switch: Switch) -> list[tuple[str, str]]:
    return [(str(each.value), words.said(each.words)) for each in (switch.default, *switch.alternatives)]


def _set(request: ActorRequest, switch: Switch, form: SwitchForm) -> str:
    """The sentence of a refusal, which is in the ledger too, or nothing."""
    key = f"rulebook.switch:{switch.id}"
    try:
        with recorded_step(actor=request.actor, action=SET_SWITCH, obj=key, at=request.now):
            set_switch(actor=request.actor, switch=switch.id, at=request.now, **form.cleaned_data)
    except CannotSign as refused:
        return sentence(refused)
    return ""


def _context(request: ActorRequest, switch: Switch) -> dict[str, Any]:
    on = chosen_day(request)
    (line,) = switch_lines([switch.id], on)
    rows = list(queries.values_of(switch))
    who = offices_of(row.set_by for row in rows)
    may = may_decide(request.actor) and on == request.today and len(switch.values) > 1
    return {
        "line": line,
        "title": line.question,
        "crumbs": [Link(_("规则库"), reverse("desk:rules")), Link(_("口径"), reverse("desk:rule-switches"))],
        "why": words.said(switch.why),
        "readings": readings(switch, rulebook_in_force(on)),
        "history": [
            (row, words.said(_choice(switch, row.value).words), moment(who, row.set_by, row.set_at)) for row in rows
        ],
        "rules": [
            Link(bracketed(rule.id, words.said(rule.title)), rule_url(rule.id))
            for rule in central().rules(on)
            if switch.id in rule.switches
        ],
        "primary": Link(_("设定口径"), reverse("desk:rule-switch-set", args=[switch.id])) if may else None,
        "cancel_url": line.url,
        "as_of": as_of(request, on),
        "printed_at": printed_at(request),
    }
