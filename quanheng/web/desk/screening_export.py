"""The screening as a workbook: the people of the page's groups with each condition in words; each is in the ledger."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from quanheng.census.failures import NoSnapshot
from quanheng.insight.screening import Answer, Line, screen
from quanheng.insight.screening_scope import PURPOSE, people_in
from quanheng.insight.targets import Target
from quanheng.insight.verdicts import await_verdicts
from quanheng.insight.verdicts_making import NotYetJudged
from quanheng.instruments.local import HouseRules, rulebook_in_force
from quanheng.kernel.actor import READERS
from quanheng.people import exports, roster
from quanheng.people.exports import Column
from quanheng.web.desk import screening_page as pages
from quanheng.web.desk.screening import query_of, target_of
from quanheng.web.desk.screening_parts import ConditionLine, Matrix, condition_groups, name_of, post_of
from quanheng.web.desk.screening_query import ScreeningQuery
from quanheng.web.shared.gate import ActorRequest, roles

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST, AT_ONCE = 20_000, 500


@roles(*READERS)
@require_POST
def export_screening(request: ActorRequest) -> HttpResponse:
    query = query_of(request)
    if (target := target_of(request, query)) is None:
        return _refused(request, query, _("读不懂要筛查的目标。请从下面重新选一个。"))
    house = rulebook_in_force(query.on)
    try:
        await_verdicts(target, house)
        answer = screen(request.actor, target, house, replace(query, page=1).question(size=MOST))
    except NoSnapshot as refusal:
        return render(request, "desk/screening/none.html", pages.none_context(target, refusal), status=503)
    except NotYetJudged:
        return _refused(request, query, _("还在逐条核对，结果出来后才能导出。"))
    return _exported(request, query, target, house, answer)


def _exported(
    request: ActorRequest, query: ScreeningQuery, target: Target, house: HouseRules, answer: Answer
) -> HttpResponse:
    lines = {line.cadre: line for lines in answer.lines.values() for line in lines}
    if len(lines) < sum(answer.groups[group] for group in answer.lines):
        return _refused(request, query, _("一次最多导出 %(most)s 人。请先缩小范围。") % {"most": f"{MOST:,}"})
    if not (rows := _rows(request, query, lines)):
        return _refused(request, query, _("没有可导出的人。先换一个范围。"))
    title = _("%(target)s资格筛查，拟任日 %(on)s") % {"target": target.title, "on": query.on}
    columns, asked = _columns(answer, query, target, lines), _conditions(answer, query, house)
    return _download(_workbook(request, rows, columns, title, asked), title)


def _conditions(answer: Answer, query: ScreeningQuery, house: HouseRules) -> exports.Sheet:
    """What each column stands for: the conditions in full with their articles, whether they block, how many fail."""
    heads = ((_("列"), 12), (_("条件"), 36), (_("条款"), 60), (_("不符时"), 18), (_("人数"), 30))
    rows = tuple(
        (group.name, line.title, line.citation, _binding(line), " · ".join(line.counts))
        for group in condition_groups(answer, query, house)
        for line in group.lines
        if line.is_kept
    )
    return exports.Sheet(_("条件和条款"), heads, rows)


def _binding(line: ConditionLine) -> str:
    if not line.is_signed:
        return _("未签认，只提示")
    return _("拦阻") if line.is_binding else _("只提示")


def _workbook(
    request: ActorRequest, rows: list[roster.Row], columns: list[Column], title: str, asked: exports.Sheet
) -> bytes:
    return exports.roster_workbook(
        actor=request.actor,
        rows=rows,
        columns=columns,
        title=title,
        at=request.now,
        on=request.today,
        purpose=PURPOSE,
        sheet=_("资格筛查"),
        beside=(asked,),
    )


def _download(content: bytes, title: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(title)}.xlsx"
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(request: ActorRequest, query: ScreeningQuery, what: str) -> HttpResponse:
    context = {"what": what, "back_url": f"{reverse('desk:screening')}{query.url()}"}
    return render(request, "desk/screening/refused.html", context, status=400)


def _rows(request: ActorRequest, query: ScreeningQuery, lines: Mapping[UUID, Line]) -> list[roster.Row]:
    """Of those whom the actor may see now, in the order of the screening."""
    people, keys = people_in(request.actor, query.question().scope).select_related("home_unit"), list(lines)
    found = {
        cadre.pk: cadre
        for start in range(0, len(keys), AT_ONCE)
        for cadre in people.filter(pk__in=keys[start : start + AT_ONCE])
    }
    cadres = [found[key] for key in lines if key in found]
    return roster.rows_of(cadres, request.today, frozenset({"posts"}))


def _columns(answer: Answer, query: ScreeningQuery, target: Target, lines: Mapping[UUID, Line]) -> list[Column]:
    matrix = Matrix(answer, query, target, is_whole=True)

    def word(place: int) -> Column:
        return matrix.heads[place].name, 9, lambda row: str(matrix.cells(lines[row.cadre.pk])[place].word)

    return [
        (_("姓名"), 12, lambda row: row.cadre.name),
        (_("现任职务"), 36, post_of),
        (_("结论"), 10, lambda row: str(name_of(lines[row.cadre.pk].outcome))),
        (_("何时或差什么"), 18, lambda row: str(matrix.remedy(lines[row.cadre.pk]))),
        *(word(place) for place in range(len(matrix.heads))),
    ]
