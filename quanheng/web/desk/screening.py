"""资格筛查: how everybody in one's scope stands to a post, rank or pool, and the way to each reason."""

from dataclasses import replace
from time import perf_counter
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quanheng.census.failures import NoSnapshot
from quanheng.insight.conditions import conditions
from quanheng.insight.screening import screen
from quanheng.insight.targets import CannotReadTarget, Target, find_target
from quanheng.insight.verdicts import await_verdicts
from quanheng.insight.verdicts_making import NotYetJudged
from quanheng.instruments.local import HouseRules, rulebook_in_force
from quanheng.kernel.actor import READERS
from quanheng.organization.queries import named_unit, visible_tree
from quanheng.people import actions
from quanheng.web.desk import screening_page as pages
from quanheng.web.desk.days import planned_day
from quanheng.web.desk.screening_query import LIMIT, ScreeningQuery, parse
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.refusals import sentence


@roles(*READERS)
@require_safe
def show_screening(request: ActorRequest) -> HttpResponse:
    query = query_of(request)
    if not query.target:
        return render(request, "desk/screening/start.html", pages.start_context(request, query))
    target, house = target_of(request, query), rulebook_in_force(query.on)
    if target is None:
        context = pages.start_context(request, query) | {"problem": _("读不懂要筛查的目标。请从下面重新选一个。")}
        return render(request, "desk/screening/start.html", context, status=400)
    if query.kept is not None:
        query = _ticked(query, house, target)
        if not request.htmx and not pages.misread(request, query):
            return redirect(f"{reverse('desk:screening')}{query.url()}")
    return _answered(request, query, target, house)


def _answered(request: ActorRequest, query: ScreeningQuery, target: Target, house: HouseRules) -> HttpResponse:
    began = perf_counter()
    try:
        await_verdicts(target, house)
        answer = screen(request.actor, target, house, query.question())
    except NoSnapshot as refusal:
        return render(request, "desk/screening/none.html", pages.none_context(target, refusal), status=503)
    except NotYetJudged as refusal:
        return _waiting(request, query, target, refusal)
    if request.GET.get("waiting"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = pages.answer_context(request, query, target, house, answer)
    context["seconds"] = f"{perf_counter() - began:.2f}"
    return _whole_or_swapped(request, query, ("screening", "_work"), context)


def _waiting(request: ActorRequest, query: ScreeningQuery, target: Target, refusal: NotYetJudged) -> HttpResponse:
    """How far the work is: as the page, in place of it, or for the bar on it, which asks again."""
    context = pages.waiting_context(request, query, target, refusal)
    if request.GET.get("waiting"):
        return render(request, "components/_job.html", context)
    return _whole_or_swapped(request, query, ("waiting", "_waiting"), context)


def _whole_or_swapped(
    request: ActorRequest, query: ScreeningQuery, templates: tuple[str, str], context: dict[str, Any]
) -> HttpResponse:
    is_swap = bool(request.htmx) and request.htmx.target == "screening"
    response = render(request, f"desk/screening/{templates[is_swap]}.html", context)
    if is_swap:
        response.headers["HX-Push-Url"] = f"{reverse('desk:screening')}{query.here}"
    return response


def query_of(request: ActorRequest) -> ScreeningQuery:
    """A unit that is named in the form stands in for the one of the address; one that is not found changes nothing."""
    data = request.GET.copy()
    named = data.get("unit_named", "").strip()[:LIMIT]
    found = named_unit(request.actor, named) if named else None
    if "unit_named" in data:
        data["unit"] = str(found.pk) if found else (data.get("unit", "") if named else "")
    query = parse(data, visible_tree(request.actor), planned_day(request), request.today)
    is_found = not named or bool(found and query.unit and query.unit.id == found.pk)
    return query if is_found else replace(query, lost_unit=named)


def target_of(request: ActorRequest, query: ScreeningQuery) -> Target | None:
    """None for what cannot be read; a post out of sight is not found."""
    try:
        return find_target(request.actor, query.target, query.on)
    except CannotReadTarget:
        return None


def _ticked(query: ScreeningQuery, house: HouseRules, target: Target) -> ScreeningQuery:
    asked = {rule.id for rule in conditions(house, target)}
    return replace(query, left_out=tuple(sorted(asked - set(query.kept or ()))), kept=None)


@roles(*READERS)
@require_safe
def count_extra(request: ActorRequest) -> HttpResponse:
    """While a condition is typed: how many would stand how to it, or why it cannot be read."""
    query = query_of(request)
    target = target_of(request, query)
    if target is None or not request.GET.get("field") or not query.rows:
        return HttpResponse("")
    if problem := query.rows[-1].problem:
        return render(request, "desk/screening/_count.html", {"problem": problem})
    house = rulebook_in_force(query.on)
    try:
        await_verdicts(target, house)
        answer = screen(request.actor, target, house, query.question(size=1))
    except (NoSnapshot, NotYetJudged):
        return HttpResponse("")
    return render(request, "desk/screening/_count.html", pages.count_context(answer))


@roles(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def save_screening(request: ActorRequest) -> HttpResponse:
    """Name the target and conditions now set and keep them. A post out of sight is not found here either."""
    query = query_of(request)
    target = target_of(request, query) if query.target else None
    name, is_sent = request.POST.get("name", "").strip(), request.method == "POST" and bool(query.target)
    problem = _kept(request, query, name) if is_sent else ""
    if is_sent and not problem:
        return redirect(f"{reverse('desk:screening')}{query.url()}")
    context = pages.save_context(request, query, target) | {"problem": problem, "name": name}
    return render(request, "desk/screening/save.html", context)


def _kept(request: ActorRequest, query: ScreeningQuery, name: str) -> str:
    """Why it was not kept; nothing where it was."""
    if problem := pages.problem_of_saving(query, name):
        return problem
    try:
        actions.save_query(actor=request.actor, name=name, query=pages.address_of(query), at=request.now)
    except actions.CannotChange as refusal:
        return sentence(refusal)
    return ""


@roles(*READERS)
@require_POST
def delete_screening(request: ActorRequest, pk: UUID) -> HttpResponse:
    actions.delete_query(actor=request.actor, query=pk)
    return redirect("desk:screening")
