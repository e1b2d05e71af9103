"""Signing, the second signature, withdrawing, and what is stricter here: one panel on the rule's page each."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quanheng.instruments import actions, setting_actions
from quanheng.instruments.access import local_rule_for, require_decider, versions_for
from quanheng.instruments.actions import CannotSign, rule_key
from quanheng.instruments.flow import COUNTERSIGNERS, SIGNERS
from quanheng.instruments.ledger_codes import (
    ADD_LOCAL_RULE,
    COUNTERSIGN_RULE,
    END_LOCAL_RULE,
    SIGN_RULE,
    WITHDRAW_SIGN_OFF,
)
from quanheng.instruments.queries import Standing, standing_of
from quanheng.instruments.strictness import settable
from quanheng.instruments.texts import needs_paper, needs_second
from quanheng.kernel.actor import Role
from quanheng.kernel.errors import NotFound
from quanheng.ledger.actions import recorded_step
from quanheng.rulebook.instrument import RuleText
from quanheng.web.desk import rule_forms
from quanheng.web.desk.rule_parts import rule_url
from quanheng.web.desk.rules import rule_context
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Text, error_lines
from quanheng.web.shared.refusals import sentence
from quanheng.web.shared.rule_law import titles
from quanheng.web.shared.wording import bracketed

METHODS = ["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Act:
    """A step on one rule: its code in the ledger, words, form, and what carries it out."""

    code: str
    verb: Text
    what: Text
    undo: Text
    form: forms.Form
    run: Callable[[], object]
    has_file: bool = False
    is_danger: bool = False


@roles(Role.CADRE_OFFICER)
@require_http_methods(METHODS)
def sign(request: ActorRequest, rule: str) -> HttpResponse:
    text = _text(request, rule)
    require_decider(request.actor, SIGNERS)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = rule_forms.SignForm(*posted, today=request.today, needs_paper=needs_paper(text))

    def run() -> object:
        return actions.sign_rule(actor=request.actor, rule=rule, at=request.now, **form.given())

    act = Act(SIGN_RULE, _("签认"), _statement(text), _after_signing(text), form, run, has_file=True)
    return _carry_out(request, text, act, _("已签认。已写入台账。"))


@roles(Role.CADRE_OFFICER, Role.LEADER)
@require_http_methods(METHODS)
def countersign(request: ActorRequest, rule: str) -> HttpResponse:
    text, row = _signed(request, rule)
    form = rule_forms.CountersignForm(request.POST if request.method == "POST" else None)

    def run() -> object:
        return actions.countersign_rule(actor=request.actor, sign_off=row, at=request.now)

    undo = _("签认以后从启用日起拦阻；可以撤回，撤回也写入台账。")
    act = Act(COUNTERSIGN_RULE, _("第二人签认"), _statement(text), undo, form, run)
    return _carry_out(request, text, act, _("已签认，这条规则从启用日起拦阻。已写入台账。"))


@roles(Role.CADRE_OFFICER, Role.LEADER)
@require_http_methods(METHODS)
def withdraw(request: ActorRequest, rule: str) -> HttpResponse:
    text, row = _signed(request, rule)
    form = rule_forms.WithdrawForm(request.POST if request.method == "POST" else None)

    def run() -> object:
        return actions.withdraw_sign_off(actor=request.actor, sign_off=row, at=request.now, **form.given())

    what = _("撤回签认以后，这条规则从今天起最多提醒，不再拦阻，直到重新签认。")
    undo = _("不能一键恢复：要重新对照正式文本签认。")
    act = Act(WITHDRAW_SIGN_OFF, _("撤回签认"), what, undo, form, run, is_danger=True)
    return _carry_out(request, text, act, _("已撤回签认。已写入台账。"))


@roles(Role.CADRE_OFFICER)
@require_http_methods(METHODS)
def add_local(request: ActorRequest, rule: str) -> HttpResponse:
    text = _text(request, rule)
    require_decider(request.actor)
    posted = request.POST if request.method == "POST" else None
    initial = {"parameter": request.GET.get("parameter", "")}
    form = rule_forms.LocalRuleForm(posted, initial=initial, choices=_choices(text), today=request.today)

    def run() -> object:
        return setting_actions.add_local_rule(actor=request.actor, rule=rule, at=request.now, **form.given())

    what = _("登记本地规定：从施行日起按本地的数检查，结论同时写明本地文号和中央条款。")
    undo = _("不删除：要改时先终止，再登记新的，两次都留在这一页和台账里。")
    return _carry_out(
        request, text, Act(ADD_LOCAL_RULE, _("登记本地规定"), what, undo, form, run), _("已登记本地规定。")
    )


@roles(Role.CADRE_OFFICER)
@require_http_methods(METHODS)
def end_local(request: ActorRequest, rule: str, pk: UUID) -> HttpResponse:
    text, row = _text(request, rule), local_rule_for(request.actor, pk)
    if row.rule != rule:
        raise NotFound
    require_decider(request.actor)
    form = rule_forms.EndLocalRuleForm(request.POST if request.method == "POST" else None, today=request.today)

    def run() -> object:
        return setting_actions.end_local_rule(actor=request.actor, local_rule=pk, at=request.now, **form.given())

    what = _("终止“%(document)s”在这条规则上的规定，回到中央规定。") % {"document": row.document}
    undo = _("已按它检查过的事不受影响。")
    act = Act(END_LOCAL_RULE, _("终止本地规定"), what, undo, form, run, is_danger=True)
    return _carry_out(request, text, act, _("已终止本地规定。"))


def _text(request: ActorRequest, rule: str) -> RuleText:
    """The version in force today, else the newest."""
    versions = versions_for(request.actor, rule)
    return next((each for each in versions if each.in_force.contains(request.today)), versions[-1])


def _signed(request: ActorRequest, rule: str) -> tuple[RuleText, UUID]:
    """The sign-off in force on which the second person, or who withdraws it, acts; NotFound where there is none."""
    text = _text(request, rule)
    require_decider(request.actor, COUNTERSIGNERS)
    each: Standing = standing_of(text, request.today)
    if each.sign_off is None:
        raise NotFound
    return text, each.sign_off.pk


def _statement(text: RuleText) -> str:
    """What is signed, in one sentence."""
    where = {"instrument": titles()[text.instrument], "article": words.article_text(text.article)}
    if needs_second(text):
        return _("我已对照正式文本核对《%(instrument)s》%(article)s，同意从启用日起用于拦阻。") % where
    return _("我已对照正式文本核对《%(instrument)s》%(article)s，同意从启用日起使用。") % where


def _after_signing(text: RuleText) -> str:
    if needs_second(text):
        return _("还要第二人签认，才会拦阻；在那以前只提醒。可以撤回，撤回也写入台账。")
    return _("这条规则不拦阻，一人签认即可。可以撤回，撤回也写入台账。")


def _choices(text: RuleText) -> list[tuple[str, str]]:
    whole = [("", _("启用本规则，数不改"))] if text.is_local else []
    return whole + [
        (each.name, bracketed(words.parameter_name(each.name), words.value_text(each))) for each in settable(text)
    ]


def _carry_out(request: ActorRequest, text: RuleText, act: Act, done: str) -> HttpResponse:
    """The rule's page with the panel open; a refusal stands in it, and in the ledger, with what was typed."""
    refusal = ""
    if request.method == "POST" and act.form.is_valid():
        try:
            with recorded_step(actor=request.actor, action=act.code, obj=rule_key(text.id), at=request.now):
                act.run()
        except CannotSign as refused:
            refusal = sentence(refused)
        else:
            messages.success(request, done)
            return redirect("desk:rule", text.id)
    return _panel(request, text, act, refusal)


def _panel(request: ActorRequest, text: RuleText, act: Act, refusal: str) -> HttpResponse:
    panel = {
        "act": act,
        "form": act.form,
        "refusal": refusal,
        "errors": error_lines(act.form) if act.form.is_bound else (),
        "action_url": request.path,
        "cancel_url": rule_url(text.id),
        "primary": None,
        "actions": [],
    }
    return render(request, "desk/rules/act.html", rule_context(request, text.id, request.today) | panel)
