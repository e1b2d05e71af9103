"""机构与班子: the tree with the quota table, the page of one unit, the evidence of each figure."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.kernel.actor import READERS
from quanheng.kernel.errors import NotFound
from quanheng.organization import exports
from quanheng.organization.access import granted_paths, is_covered, may_reorganize, unit_for, visible_units
from quanheng.organization.choices import UnitCategory, UnitLevel
from quanheng.organization.models import Unit
from quanheng.organization.queries import (
    ancestors,
    last_version,
    unit_on,
    units_matching,
    visible_subtree,
    visible_tree,
)
from quanheng.organization.quotas import QuotaTable, post_quota_table
from quanheng.people.access import default_purpose
from quanheng.people.queries_posts import filled_positions, visible_counts
from quanheng.web.desk import organization_parts as parts
from quanheng.web.desk.days import as_of, chosen_day, printed_at
from quanheng.web.desk.organization_evidence import parse_cell, quota_evidence
from quanheng.web.desk.unit_tree import TreeLinks, children, tree
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Link, Pager, UnitNode
from quanheng.web.shared.wording import units_text

PAGE = 50
LIST, PAGE_OF_UNIT = "units", "unit"  # where the nodes of a tree lead
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@roles(*READERS)
@require_safe
def list_units(request: ActorRequest) -> HttpResponse:
    """The tree, and the quota table of the selected unit with or without what is below it."""
    on = chosen_day(request)
    unit = _selected(request, on)
    context = {"as_of": as_of(request, on), "printed_at": printed_at(request), "nodes": _nodes(request, unit, on, LIST)}
    if unit is None:
        return render(request, "desk/organization/units.html", context)
    below = request.GET.get("below", "1") == "1"
    table = _quota_table(request, unit, on, below=below)
    return render(request, "desk/organization/units.html", context | _table_context(request, unit, table, below=below))


@roles(*READERS)
@require_safe
def show_unit(request: ActorRequest, pk: UUID) -> HttpResponse:
    unit = unit_for(request.actor, pk)
    return render(request, "desk/organization/unit.html", unit_context(request, unit))


@roles(*READERS)
@require_safe
def show_children(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A branch of the tree, when it is opened."""
    on = chosen_day(request)
    to = LIST if request.GET.get("to") == LIST else PAGE_OF_UNIT
    counts, links = visible_counts(request.actor), _links(request, on, to)
    nodes, depth = children(request.actor, pk, counts, links, on=_earlier(request, on))
    return render(request, "desk/organization/_children.html", {"nodes": nodes, "depth": depth})


@roles(*READERS)
@require_safe
def show_evidence(request: ActorRequest, pk: UUID, cell: str) -> HttpResponse:
    unit, on = unit_for(request.actor, pk), chosen_day(request)
    asked = parse_cell(unit, cell, on, below=request.GET.get("below") == "1")
    template = "components/_evidence.html" if request.htmx else "desk/organization/evidence.html"
    return render(request, template, {"evidence": quota_evidence(request.actor, asked)})


@roles(*READERS)
@require_safe
def export_quotas(request: ActorRequest, pk: UUID) -> HttpResponse:
    unit, on = unit_for(request.actor, pk), chosen_day(request)
    table = _quota_table(request, unit, on, below=request.GET.get("below", "1") == "1")
    content = exports.export_quotas(
        actor=request.actor,
        unit=unit,
        table=table,
        title=_("%(unit)s领导职数配备表") % {"unit": unit.name},
        purpose=default_purpose(request.actor),
        at=request.now,
    )
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="post-quotas-{on.isoformat()}.xlsx"'
    return response


@roles(*READERS)
@require_safe
def list_options(request: ActorRequest) -> HttpResponse:
    """Suggestions for a field that names a unit: any field of a desk form may ask."""
    typed = next((str(request.GET[name]) for name in request.GET), "")
    found = units_matching(request.actor, typed)
    return render(request, "desk/organization/_options.html", {"units": found})


def unit_context(request: ActorRequest, unit: Unit) -> dict[str, Any]:
    on = chosen_day(request)
    version = unit_on(unit, on)
    shown = version or last_version(unit)
    day, seen = parts.day_text(on) if on < request.today else "", seen_units(request, unit, on)
    may_act = may_reorganize(request.actor) and not day and unit.abolished_on is None
    return {
        "unit": unit,
        "title": shown.name,
        "is_in_force": version is not None,
        "ended_on": unit.abolished_on if unit.abolished_on and unit.abolished_on <= on else None,
        "crumbs": parts.crumbs(ancestors(unit, None if not day else on), seen, day),
        "header_facts": [UnitLevel(shown.level).label, UnitCategory(shown.category).label, unit.code],
        "facts": parts.unit_facts(unit, shown, on if version else None),
        "groups": parts.position_groups(request.actor, unit, on),
        "history": parts.history_lines(unit, seen),
        "lines": parts.quota_lines(_quota_table(request, unit, on, below=False)) if version else [],
        "units_url": f"{reverse('desk:units')}?unit={unit.pk}" + (f"&on={day}" if day else ""),
        "as_of": as_of(request, on),
        "printed_at": printed_at(request),
        "may_reorganize": may_act,
        "acts": parts.act_links(unit.pk) if may_act else [],
        "form_group_link": Link(_("成立班子"), reverse("desk:unit-act", args=[unit.pk, "group"])) if may_act else None,
        "nodes": _nodes(request, unit, on, PAGE_OF_UNIT),
    }


def seen_units(request: ActorRequest, unit: Unit, on: date) -> frozenset[UUID]:
    """Which of the units that the page names have a page for this actor."""
    granted = granted_paths(request.actor)
    above = {found.id for found in ancestors(unit, on) if is_covered(found.path, granted)}
    related = visible_units(request.actor).filter(versions__successor=unit) | visible_units(request.actor).filter(
        predecessors__unit=unit
    )
    return frozenset(above | set(related.values_list("pk", flat=True)))


def _selected(request: ActorRequest, on: date) -> Unit | None:
    """The unit of the address, else the first that the actor is granted."""
    asked = request.GET.get("unit")
    if asked is None:
        first = next((unit.id for unit in visible_tree(request.actor, on) if unit.is_granted), None)
        return None if first is None else unit_for(request.actor, first)
    try:
        key = UUID(asked)
    except ValueError:
        raise NotFound from None
    return unit_for(request.actor, key)


def _quota_table(request: ActorRequest, unit: Unit, on: date, *, below: bool) -> QuotaTable:
    units = visible_subtree(request.actor, unit, on, below=below)
    return post_quota_table(units, on, filled_positions([found.id for found in units], on))


def _nodes(request: ActorRequest, unit: Unit | None, on: date, to: str) -> list[UnitNode]:
    selected, counts = None if unit is None else unit.pk, visible_counts(request.actor)
    return tree(request.actor, selected, counts, _links(request, on, to), on=_earlier(request, on))


def _earlier(request: ActorRequest, on: date) -> date | None:
    """None for today, whose tree is read without versions."""
    return on if on < request.today else None


def _links(request: ActorRequest, on: date, to: str) -> TreeLinks:
    """Nodes lead to the table of the list, or from one unit's page to another's."""
    day = on.isoformat() if on < request.today else ""
    query, units = f"&on={day}" if day else "", reverse("desk:units")

    def page(key: UUID) -> str:
        return f"{units}?unit={key}{query}" if to == LIST else parts.unit_url(key, day)

    return TreeLinks(page, lambda key: f"{reverse('desk:unit-children', args=[key])}?to={to}{query}")


def _table_context(request: ActorRequest, unit: Unit, table: QuotaTable, *, below: bool) -> dict[str, Any]:
    pages = max(1, -(-len(table.rows) // PAGE))
    asked = request.GET.get("page", "1")
    number = min(max(int(asked) if asked.isdecimal() else 1, 1), pages)
    start = (number - 1) * PAGE
    query = f"?unit={unit.pk}&below={int(below)}&on={table.on.isoformat()}"
    version = unit_on(unit, table.on)
    return {
        "unit": unit,
        "title": version.name if version else unit.name,
        "header_facts": [units_text(len(table.rows))],
        "lines": parts.quota_lines(table, start, start + PAGE),
        "total": parts.total_cells(table, unit.pk) if below else (),
        "unknown": table.total.unknown,
        "below": below,
        "below_url": f"?unit={unit.pk}&below={int(not below)}&on={table.on.isoformat()}",
        "actions": _list_actions(unit, table.on, below=below),
        "pager": _pager(query, len(table.rows), number, pages),
    }


def _list_actions(unit: Unit, on: date, *, below: bool) -> list[Link]:
    export = f"{reverse('desk:unit-quotas', args=[unit.pk])}?below={int(below)}&on={on.isoformat()}"
    return [Link(_("导出配备表"), export, icon="export"), Link(_("单位页"), parts.unit_url(unit.pk, on.isoformat()))]


def _pager(query: str, total: int, number: int, pages: int) -> Pager:
    return Pager(
        total=total,
        first=min(total, (number - 1) * PAGE + 1),
        last=min(total, number * PAGE),
        number=number,
        pages=pages,
        previous_url=f"{query}&page={number - 1}" if number > 1 else "",
        next_url=f"{query}&page={number + 1}" if number < pages else "",
        unit=_("个单位"),
        hint=_("带点线的内容可点开看依据"),
    )
