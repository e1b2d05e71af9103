"""What the pages of the 人员名册 print."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from quanheng.kernel.actor import EDITORS
from quanheng.organization.access import visible_units
from quanheng.people import roster
from quanheng.people.choices import CadreStatus
from quanheng.people.roster import Page, Paging, Row
from quanheng.web.desk import people_query
from quanheng.web.desk.days import printed_at
from quanheng.web.desk.people_query import SIZES, ListQuery
from quanheng.web.desk.unit_tree import TreeLinks, children, tree_of
from quanheng.web.shared.columns import COLUMNS, Cell, RosterColumn, chosen_columns, needs_of
from quanheng.web.shared.context import url_or_nothing
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import AsOf, Chip, Column, Link, Option, Pager, UnitNode
from quanheng.web.shared.wording import people_text, units_text

SHOWN_QUERIES = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the list."""

    number: int
    key: str
    name: str
    url: str
    cells: tuple[tuple[RosterColumn, Cell], ...]


def page_of(request: ActorRequest, query: ListQuery) -> Page:
    return roster.roster_page(
        request.actor,
        query.filter,
        request.today,
        Paging(query.order, query.descending, query.page, query.size),
        units=_units_in_order(request, query),
        needs=needs_of(chosen_columns(query.columns)),
    )


def _units_in_order(request: ActorRequest, query: ListQuery) -> list[UUID]:
    """Those of the tree; who serves no more may still lie in a unit that has ended, which is not in it."""
    places = [(unit.path, unit.id) for unit in query.units]
    if set(query.filter.statuses) != {CadreStatus.SERVING.value}:
        ended = visible_units(request.actor).exclude(abolished_on=None)
        places += ended.values_list("path", "pk")
    return [key for _path, key in sorted(places)]


def list_context(request: ActorRequest, query: ListQuery, page: Page) -> dict[str, Any]:
    columns = chosen_columns(query.columns)
    return {
        "query": query,
        "title": title_of(query),
        "crumbs": _crumbs(request, query),
        "header_facts": _header_facts(page),
        "actions": _actions(request),
        "primary": _primary(request),
        "as_of": AsOf(printed_at(request)),
        "printed_at": printed_at(request),
        "conditions": people_query.conditions(query),
        "keep": _kept(query),
        "reset_url": query.url(*_CONDITIONS),
        "chips": used_conditions(request, query),
        "save": Link(_("存为常用查询"), f"{reverse('desk:people-query')}{query.url()}"),
        **_saved(query),
        **_table(request, query, page, columns),
        "pager": _pager(query, page),
        "nodes": _nodes(query, page),
        "switches": _switches(query),
        "below_url": query.url(below="0" if query.filter.with_subtree else "1"),
        "is_below": query.filter.with_subtree,
    }


_CONDITIONS = ("q", "tier", "rank", "age_from", "age_to", "education", "grades", "also")


def title_of(query: ListQuery) -> str:
    return query.unit.name if query.unit else _("人员名册")


def _crumbs(request: ActorRequest, query: ListQuery) -> list[Link]:
    if query.unit is None:
        return [Link(_("干部"))]
    place = query.unit.place
    above = [unit for unit in query.units if place.startswith(unit.place) and unit.id != query.unit.id]
    ways = (Link(unit.name, query.url(unit=unit.id) if unit.is_granted else "") for unit in above)
    return [Link(_("干部"), query.url("unit")), *ways]


def _header_facts(page: Page) -> list[str]:
    return [people_text(page.total), units_text(len(page.by_unit))]


def _actions(request: ActorRequest) -> list[Link]:
    imports = url_or_nothing("desk:imports-new") if request.actor.has_role(*EDITORS) else ""
    return [Link(_("导入"), imports, icon="import")] if imports else []


def _primary(request: ActorRequest) -> Link | None:
    may_add = request.actor.has_role(*EDITORS)
    return Link(_("新增人员"), reverse("desk:people-new"), icon="person-add") if may_add else None


def _kept(query: ListQuery) -> list[tuple[str, str]]:
    """What a new search keeps: unit, scope, order, columns."""
    return [pair for pair in query.parameters if pair[0] not in _CONDITIONS and pair[0] != "page"]


def used_conditions(request: ActorRequest, query: ListQuery) -> list[Chip]:
    return people_query.chips(query, request.today.isoformat())


def _saved(query: ListQuery) -> dict[str, Any]:
    saved = [Link(row.name, f"?{row.query}") for row in query.saved if row.name]
    rest = len(saved) - SHOWN_QUERIES
    more = Link(_("更多 %(count)s 个") % {"count": rest}, reverse("desk:people-query")) if rest > 0 else None
    return {"saved": saved[:SHOWN_QUERIES], "more": more}


def _table(request: ActorRequest, query: ListQuery, page: Page, columns: Sequence[RosterColumn]) -> dict[str, Any]:
    shown = f"{len(columns)}/{len(COLUMNS)}"
    return {
        "columns": [
            Column("check", "", kind="check"),
            Column("number", _("序号"), kind="number"),
            _head(query, "name", _("姓名"), kind="name", order="name"),
            *(_head(query, c.key, c.label, kind=c.kind, order=c.order, opt=c.is_optional) for c in columns),
        ],
        "lines": [_line(row, page.first + place, columns) for place, row in enumerate(page.rows)],
        "order_text": _ORDER_WORDS[query.order](),
        "batch": _batch(query),
        "batch_more": _batch_more(request, query),
        "columns_url": f"{reverse('desk:people-columns')}{query.url()}",
        "columns_text": _("列 %(shown)s") % {"shown": shown},
        "dense_url": query.url(dense=None if query.is_dense else "1"),
    }


_ORDER_WORDS: dict[str, Callable[[], str]] = {
    "official": lambda: _("按机构规范顺序"),
    "name": lambda: _("按姓名拼音"),
    "birth": lambda: _("按出生年月"),
    "work": lambda: _("按参加工作时间"),
}


def _head(query: ListQuery, key: str, label: Any, *, kind: str, order: str = "", opt: bool = False) -> Column:
    if not order:
        return Column(key, label, kind=kind, is_optional=opt)
    is_sorted = query.order == order
    state = ("descending" if query.descending else "ascending") if is_sorted else ""
    following: str | None = {"": order, "ascending": f"-{order}", "descending": None}[state]
    return Column(key, label, kind=kind, sort_url=query.url(sort=following), sorted=state, is_optional=opt)


def _line(row: Row, number: int, columns: Sequence[RosterColumn]) -> Line:
    url = url_of_person(row.cadre.pk)
    cells = tuple((column, column.cell(row)) for column in columns)
    return Line(number, str(row.cadre.pk), row.cadre.name, url, cells)


def url_of_person(key: UUID) -> str:
    return reverse("desk:dossier", args=[key])


def _batch(query: ListQuery) -> list[Link]:
    """Where the buttons of the batch bar post to, with the filter for "all pages"."""
    tail = query.url()
    return [
        Link(_("打印任免审批表"), f"{reverse('desk:people-forms', args=['pdf'])}{tail}", icon="print"),
        Link(_("导出名册"), f"{reverse('desk:people-export')}{tail}", icon="export"),
    ]


def _batch_more(request: ActorRequest, query: ListQuery) -> list[Link]:
    tail = query.url()
    return [
        Link(_("任免审批表（Word）"), f"{reverse('desk:people-forms', args=['docx'])}{tail}"),
        Link(_("交换文件（.lrmx）"), f"{reverse('desk:people-forms', args=['lrmx'])}{tail}"),
        *([Link(_("调整归属"), reverse("desk:people-move"))] if request.actor.has_role(*EDITORS) else []),
    ]


def _pager(query: ListQuery, page: Page) -> Pager:
    return Pager(
        total=page.total,
        first=page.first,
        last=page.last,
        number=page.number,
        pages=page.pages,
        previous_url=query.url(page=page.number - 1) if page.number > 1 else "",
        next_url=query.url(page=page.number + 1) if page.number < page.pages else "",
        sizes=tuple(Option(query.url(size=size), str(size), size == page.size) for size in SIZES),
        hint=_("带点线的内容可点开看依据"),
    )


def _nodes(query: ListQuery, page: Page) -> list[UnitNode]:
    selected = query.unit.id if query.unit else None
    # Numbers beside the units count the scope, not the conditions: they stay while one searches.
    return tree_of(query.units, selected, page.in_scope, _links(query))


def children_of(request: ActorRequest, query: ListQuery, pk: UUID) -> tuple[list[UnitNode], int]:
    return children(request.actor, pk, _scope_counts(request, query), _links(query))


def _links(query: ListQuery) -> TreeLinks:
    people = reverse("desk:people")
    return TreeLinks(
        page=lambda key: f"{people}{query.url(unit=key)}",
        children=lambda key: f"{reverse('desk:people-children', args=[key])}{query.url('unit')}",
    )


def _scope_counts(request: ActorRequest, query: ListQuery) -> dict[UUID, int]:
    scope = roster.Filter(categories=query.filter.categories, statuses=query.filter.statuses)
    return roster.counts_by_unit(roster.find_cadres(request.actor, scope, request.today))


def _switches(query: ListQuery) -> list[Option]:
    return [
        Option(query.url("scope"), _("本级管理干部"), not query.is_all),
        Option(query.url(scope="all"), _("全部干部"), query.is_all),
    ]


def unprintable_context(
    request: ActorRequest, query: ListQuery, missing: Sequence[tuple[str, str, str]]
) -> dict[str, Any]:
    return {
        "missing": missing,
        "keys": request.POST.getlist("pk"),
        "is_all": request.POST.get("all", ""),
        "action_url": request.get_full_path(),
        "back_url": f"{reverse('desk:people')}{query.url()}",
    }
