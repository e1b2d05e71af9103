"""规则库: every rule with its article, how it decides and who has confirmed it."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.accounts.queries import offices_of
from quanheng.instruments import queries
from quanheng.instruments.access import may_decide, paper_of, versions_for
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.flow import COUNTERSIGNERS, FLOW
from quanheng.instruments.ledger_codes import COUNTERSIGN_RULE, SIGN_RULE, WITHDRAW_SIGN_OFF
from quanheng.instruments.local import rulebook_in_force
from quanheng.instruments.queries import Standing
from quanheng.kernel.actor import READERS
from quanheng.kernel.flow import open_steps
from quanheng.rulebook import labels
from quanheng.rulebook.instrument import Check, RuleText, State
from quanheng.web.desk import rule_parts as parts
from quanheng.web.desk import rule_query
from quanheng.web.desk.days import as_of, chosen_day, printed_at
from quanheng.web.desk.rule_examples import example_lines
from quanheng.web.desk.rule_places import places
from quanheng.web.desk.rule_query import RuleQuery
from quanheng.web.desk.rule_switches import switch_lines
from quanheng.web.desk.rule_versions import changes
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Link, Pager
from quanheng.web.shared.rule_law import titles

PAGE = 50


@roles(*READERS)
@require_safe
def list_rules(request: ActorRequest) -> HttpResponse:
    on, query = chosen_day(request), rule_query.parse(request.GET)
    found, named = queries.standings(on), titles()
    taken = [each for each in in_order(found.values()) if query.takes(each, named[each.text.instrument])]
    pages = max(1, -(-len(taken) // PAGE))
    start = (min(query.page, pages) - 1) * PAGE
    day = on.isoformat() if on < request.today else ""
    context = {
        "header_facts": _counts(found),
        "actions": [Link(_("口径"), reverse("desk:rule-switches"))],
        "conditions": rule_query.conditions(query),
        "keep": [("on", day)] if day else [],
        "chips": rule_query.chips(query),
        "lines": [parts.rule_line(each, named, day) for each in taken[start : start + PAGE]],
        "pager": _pager(query, len(taken), start, pages),
        "as_of": as_of(request, on),
        "printed_at": printed_at(request),
    }
    return render(request, "desk/rules/list.html", context)


@roles(*READERS)
@require_safe
def show_rule(request: ActorRequest, rule: str) -> HttpResponse:
    return render(request, "desk/rules/rule.html", rule_context(request, rule, chosen_day(request)))


@roles(*READERS)
@require_safe
def show_paper(request: ActorRequest, rule: str, pk: UUID) -> HttpResponse:
    """The official text as it was attached. It is never shown inside the page: a file from outside."""
    versions_for(request.actor, rule)
    file = paper_of(request.actor, rule, pk)
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response.headers["Cache-Control"] = "no-store"
    return response


def in_order(found: Iterable[Standing]) -> list[Standing]:
    """By family, selection first; within one by document and article, as the files have them."""
    families = list(labels.FAMILIES)
    return sorted(found, key=lambda each: families.index(each.text.family))


def rule_context(request: ActorRequest, rule: str, on: date) -> dict[str, Any]:
    """The page of the version that holds on the day; of a rule that does not hold then, its nearest version."""
    versions = versions_for(request.actor, rule)
    text = next((each for each in versions if each.in_force.contains(on)), versions[-1])
    rows, house = list(queries.sign_offs_of(rule)), rulebook_in_force(on)
    standing, local = queries.standing(text, rows, on), list(queries.local_rules_of(rule))
    may_set = may_decide(request.actor) and on == request.today
    who = offices_of(key for row in rows for key in (row.signed_by, row.countersigned_by) if key)
    return {
        "rule": text,
        "title": words.said(text.title),
        "crumbs": [Link(_("规则库"), reverse("desk:rules")), Link(text.id)],
        "header_facts": [f"{titles()[text.instrument]} {words.article_text(text.article)}", text.id],
        "standing": standing,
        "state_notice": state_notice(standing),
        "is_in_force": text.in_force.contains(on),
        "period": words.period_text(text.in_force),
        "law": parts.law(standing, who),
        "facts": parts.facts(standing),
        "related": parts.related(text),
        "parameters": parts.parameter_lines(text, house, [row for row in local if _holds(row, on)], may=may_set),
        "switches": switch_lines(text.switches, on),
        "told": parts.told_lines(text, house),
        "untold": _untold(text),
        "expressions": [(place, each.text) for place, each in text.expressions()],
        "used": parts.used_facts(text, house),
        "history": parts.sign_off_lines(text, rows, on),
        "local": parts.local_lines(local, may=may_set),
        "take_up": _take_up(text, local, may=may_set),
        "versions": _versions(versions, text),
        "changes": changes(versions),
        "examples": example_lines(text),
        "places": places(text, house),
        "as_of": as_of(request, on),
        "printed_at": printed_at(request),
        **_steps(request, standing, on),
    }


def _untold(text: RuleText) -> str:
    if text.check is not Check.HUMAN and text.state is State.NOT_YET_COMPUTED:
        return _("这条规则还没有编写成系统能用的式子：现在只列出条文和要看的材料，由人对照办理。")
    return _("这条规则由人判断：系统只列出条文和要看的材料，不计算。")


def _holds(row: Any, on: date) -> bool:
    return row.valid_from <= on and (row.valid_to is None or row.valid_to > on) and bool(row.parameter)


def _steps(request: ActorRequest, each: Standing, on: date) -> dict[str, Any]:
    """The one next step as the primary button; withdrawing beside it. Absent for who may not."""
    if on < request.today or not may_decide(request.actor, COUNTERSIGNERS):
        return {"primary": None, "actions": []}
    rule = each.text.id
    opened = {step.action for step in open_steps(FLOW, state=each.state, actor=request.actor)}
    primary = None
    if SIGN_RULE in opened:
        primary = Link(_("签认"), reverse("desk:rule-sign", args=[rule]))
    elif COUNTERSIGN_RULE in opened and each.sign_off:
        is_own = each.sign_off.signed_by == request.actor.key
        off = _("第一签认人是您本人，请另一位有规则签认授权的人办理。") if is_own else ""
        primary = Link(_("第二人签认"), reverse("desk:rule-countersign", args=[rule]), off=off)
    withdraw = Link(_("撤回签认"), reverse("desk:rule-withdraw", args=[rule]))
    return {"primary": primary, "actions": [withdraw] if WITHDRAW_SIGN_OFF in opened and each.sign_off else []}


def state_notice(each: Standing) -> str:
    """Nothing where all is as it should be."""
    match each.state:
        case SignOffState.UNSIGNED:
            return _("这条规则还没有人对照正式文本签认：系统照样检查并说明，但最多提醒，不拦阻。")
        case SignOffState.VOID:
            return _("签认以后条款或参数改过，原签认不再有效：要对照正式文本重新签认，之前只提醒，不拦阻。")
        case SignOffState.AWAITING:
            return _("还差第二人签认：这条规则会拦阻，要两个人分别对照正式文本。之前只提醒。")
        case SignOffState.SCHEDULED | SignOffState.SIGNED:
            return ""


def _take_up(text: RuleText, local: list[Any], *, may: bool) -> Link | None:
    """A local rule runs only once the office has taken it up."""
    if not may or not text.is_local or any(not row.parameter and row.valid_to is None for row in local):
        return None
    return Link(_("启用本规则"), reverse("desk:rule-local-add", args=[text.id]))


def _versions(versions: tuple[RuleText, ...], shown: RuleText) -> list[Link]:
    if len(versions) == 1:
        return []
    days = [(each, each.in_force.start.isoformat() if each.in_force.start else "") for each in versions]
    return [
        Link(words.period_text(each.in_force), "" if each is shown else parts.rule_url(each.id, day))
        for each, day in days
    ]


def _counts(found: dict[str, Standing]) -> list[str]:
    counts = queries.count_waiting(found)
    waiting = counts[SignOffState.UNSIGNED] + counts[SignOffState.VOID]
    second = counts[SignOffState.AWAITING]
    texts = [
        _("%(count)s 条规则") % {"count": len(found)},
        _("已签认 %(count)s 条") % {"count": counts[SignOffState.SIGNED]},
    ]
    if waiting:
        texts.append(_("待签认 %(count)s 条") % {"count": waiting})
    return [*texts, _("待第二人 %(count)s 条") % {"count": second}] if second else texts


def _pager(query: RuleQuery, total: int, start: int, pages: int) -> Pager:
    number = start // PAGE + 1
    return Pager(
        total=total,
        first=min(total, start + 1),
        last=min(total, start + PAGE),
        number=number,
        pages=pages,
        previous_url=query.url(page=number - 1) if number > 1 else "",
        next_url=query.url(page=number + 1) if number < pages else "",
        unit=_("条"),
        hint=_("按类别、文件和条款的次序"),
    )
