"""人员名册: the list, its columns and saved queries, and what is made of chosen rows."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quanheng.formats.appointment_glyphs import missing_characters
from quanheng.kernel.actor import READERS
from quanheng.kernel.errors import NotFound
from quanheng.organization.queries import TreeUnit, visible_tree
from quanheng.people import actions, exports, queries, roster
from quanheng.people.models import Cadre
from quanheng.web.desk import people_parts as parts
from quanheng.web.desk.people_query import ListQuery, parse
from quanheng.web.shared.columns import COLUMNS, chosen_columns, workbook_columns
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Option
from quanheng.web.shared.refusals import sentence

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@roles(*READERS)
@require_safe
def list_people(request: ActorRequest) -> HttpResponse:
    query = _query(request)
    page = parts.page_of(request, query)
    is_swap = bool(request.htmx) and request.htmx.target == "results"
    template = "desk/people/_results.html" if is_swap else "desk/people/list.html"
    return render(request, template, parts.list_context(request, query, page))


@roles(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def choose_columns(request: ActorRequest) -> HttpResponse:
    """The side list of columns; saving goes back to the list it came from."""
    query = _query(request)
    back = f"{reverse('desk:people')}{query.url('columns')}"
    if request.method == "POST":
        chosen = [column.key for column in chosen_columns(request.POST.getlist("column"))]
        if request.POST.get("save") == "mine":
            actions.save_query(actor=request.actor, name="", query=f"columns={','.join(chosen)}", at=request.now)
            return redirect(back)
        return redirect(f"{reverse('desk:people')}{query.url(columns=','.join(chosen))}")
    shown = [column.key for column in chosen_columns(query.columns)]
    rest = [column.key for column in COLUMNS if column.key not in shown]
    options = [Option(column.key, column.label, column.key in shown) for column in chosen_columns([*shown, *rest])]
    template = "components/_columns.html" if request.htmx else "desk/people/columns.html"
    context = {"columns": options, "action_url": request.get_full_path(), "back_url": back}
    return render(request, template, context)


@roles(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def save_query(request: ActorRequest) -> HttpResponse:
    """Name the conditions now set and keep them."""
    query = _query(request)
    name, problem = request.POST.get("name", "").strip(), ""
    if request.method == "POST" and name:
        try:
            actions.save_query(actor=request.actor, name=name, query=query.query, at=request.now)
            return redirect(f"{reverse('desk:people')}{query.url()}")
        except actions.CannotChange as refusal:
            problem = sentence(refusal)
    elif request.method == "POST":
        problem = _("请写一个名称，例如“任同一职务满五年”。")
    context = {
        "chips": parts.used_conditions(request, query),
        "saved": [row for row in query.saved if row.name],
        "back_url": f"{reverse('desk:people')}{query.url()}",
        "problem": problem,
        "name": name,
    }
    return render(request, "desk/people/save_query.html", context)


@roles(*READERS)
@require_safe
def show_children(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A branch of the tree, when it is opened."""
    nodes, depth = parts.children_of(request, _query(request), pk)
    return render(request, "desk/organization/_children.html", {"nodes": nodes, "depth": depth})


@roles(*READERS)
@require_POST
def delete_query(request: ActorRequest, pk: UUID) -> HttpResponse:
    actions.delete_query(actor=request.actor, query=pk)
    return redirect("desk:people-query")


@roles(*READERS)
@require_POST
def export_roster(request: ActorRequest) -> HttpResponse:
    """The chosen rows, or all of the filter, as a workbook with the columns of the page."""
    query = _query(request)
    cadres = _chosen(request, query)
    if not cadres:
        return _nobody(request, query)
    content = exports.roster_workbook(
        sheet=_("名册"),
        actor=request.actor,
        rows=roster.rows_of(cadres, request.today),
        columns=workbook_columns(query.columns),
        title=parts.title_of(query),
        at=request.now,
        on=request.today,
    )
    return _download(content, XLSX, f"{parts.title_of(query)}{request.today:%Y%m%d}.xlsx")


@roles(*READERS)
@require_POST
def print_forms(request: ActorRequest, kind: str) -> HttpResponse:
    """任免审批表 of the chosen rows: one PDF, or single files in a zip."""
    if kind not in exports.KINDS:
        raise NotFound
    query = _query(request)
    cadres = _chosen(request, query)
    if not cadres:
        return _nobody(request, query)
    if kind == "pdf" and "anyway" not in request.POST and (missing := _missing(request, cadres)):
        return render(request, "desk/people/unprintable.html", parts.unprintable_context(request, query, missing))
    try:
        content = exports.export_forms(actor=request.actor, cadres=cadres, kind=kind, at=request.now, on=request.today)
    except exports.CannotExport as refusal:
        return _refused(request, query, sentence(refusal))
    name = cadres[0].name if len(cadres) == 1 else f"{parts.title_of(query)}{request.today:%Y%m%d}"
    ending = kind if kind == "pdf" or len(cadres) == 1 else "zip"
    return _download(content, exports.media_type(kind, len(cadres)), f"{name}.{ending}")


def _missing(request: ActorRequest, cadres: list[Cadre]) -> list[tuple[str, str, str]]:
    """(name, place, character) of what no kept font has; beyond the limit the export itself refuses."""
    forms = exports.forms_of(cadres[: exports.MAX_FORMS], request.today)
    return [(form.name, place, character) for form in forms for place, character in missing_characters(form)]


def _query(request: ActorRequest) -> ListQuery:
    units = visible_tree(request.actor)
    unit = _unit(request, units)
    keys = chosen_keys(request)
    wants_all = request.POST.get("all") == "1"
    saved = list(queries.saved_queries_of(request.actor))
    return parse(request.GET, unit, units=units, saved=saved, keys=() if wants_all else keys)


def _unit(request: ActorRequest, units: Sequence[TreeUnit]) -> TreeUnit | None:
    """A unit out of scope answers like one that does not exist."""
    text = request.GET.get("unit")
    if not text:
        return None
    key = _uuid(text)
    found = next((unit for unit in units if unit.id == key and unit.is_granted), None)
    if found is None:
        raise NotFound
    return found


def chosen_keys(request: ActorRequest) -> list[UUID]:
    return [key for text in request.POST.getlist("pk") if (key := _uuid(text))]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _chosen(request: ActorRequest, query: ListQuery) -> list[Cadre]:
    """The rows ticked, or every row of the filter; never more than the actor may see."""
    if not query.filter.keys and request.POST.get("all") != "1":
        return []
    found = roster.find_cadres(request.actor, query.filter, request.today)
    return list(roster.official_order(found))


def _nobody(request: ActorRequest, query: ListQuery) -> HttpResponse:
    return _refused(request, query, _("没有选人。在名册左边勾选，或先选“全部”。"))


def _refused(request: ActorRequest, query: ListQuery, what: str) -> HttpResponse:
    context: dict[str, Any] = {"what": what, "back_url": f"{reverse('desk:people')}{query.url()}"}
    return render(request, "desk/people/refused.html", context, status=400)


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Cache-Control"] = "no-store"
    return response
