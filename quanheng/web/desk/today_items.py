"""The list behind a line of 今日: every due item of a kind, one person a row, fifty a page."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from quanheng.census.failures import NoSnapshot
from quanheng.insight.due import DAYS_AHEAD, DAYS_BEHIND, Due, DueKind, watches
from quanheng.insight.due_groups import Choice, When, count, rows, when_of
from quanheng.insight.due_queries import DueItems, due_items
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import READERS
from quanheng.kernel.errors import NotFound
from quanheng.people.models import Cadre
from quanheng.web.desk import today_due as due
from quanheng.web.desk import today_words as words
from quanheng.web.desk.days import printed_at
from quanheng.web.shared.as_of import as_of_snapshot, no_snapshot_text
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Chip, Link, Pager, Text
from quanheng.web.shared.wording import stated

PAGE = 50


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """What the address asks for; what cannot be understood is left out. `day`: a span of the strip."""

    kind: DueKind | None
    rule: str
    when: When | None
    day: due.Span | None
    page: int

    def url(self, *left_out: str, **changes: object) -> str:
        pairs = {"rule": self.rule, "when": self.when or "", "day": self.day.value if self.day else ""}
        kept = {name: str(value) for name, value in {**pairs, **changes}.items() if value and name not in left_out}
        return f"?{urlencode(kept)}" if kept else "?"

    @property
    def choice(self) -> Choice:
        found = self.day.choice if self.day else Choice()
        return replace(found, kind=self.kind, rule=self.rule, when=self.when or found.when)


@dataclass(frozen=True, slots=True)
class ItemLine:
    when: str
    is_overdue: bool
    name: str
    url: str
    unit: str
    what: str
    basis: str
    basis_url: str
    step: Link


@roles(*READERS)
@require_safe
def list_items(request: ActorRequest, kind: str) -> HttpResponse:
    query = parse(kind, request.GET, request.today)
    try:
        with due_items(request.actor, rulebook_in_force(request.today)) as items:
            context = _context(request, query, items)
    except NoSnapshot as refusal:
        context = {"no_snapshot": no_snapshot_text(refusal), **_frame(request, query)}
    return render(request, "desk/today/items.html", context)


def parse(kind: str, data: QueryDict, on: date) -> ItemsQuery:
    """NotFound for a kind that there is not."""
    if kind not in (due.ALL, *DueKind):
        raise NotFound
    rule, when, page = data.get("rule", ""), data.get("when", ""), data.get("page", "")
    return ItemsQuery(
        DueKind(kind) if kind in list(DueKind) else None,
        rule if rule in {watch.rule for watch in watches()} else "",
        When(when) if when in list(When) else None,
        due.chosen_span(data.get("day", ""), on),
        max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _context(request: ActorRequest, query: ItemsQuery, items: DueItems) -> dict[str, Any]:
    on = request.today
    total = count(items, on, query.choice)
    pages = max(1, -(-total // PAGE))
    start = (min(query.page, pages) - 1) * PAGE
    found = rows(items, on, query.choice, limit=PAGE, start=start)
    people = due.people_of(request.actor, {each.subject for each in found})
    return {
        "lines": [_line(each, people[each.subject], on) for each in found if each.subject in people],
        "pager": _pager(query, total, start, pages),
        "as_of": as_of_snapshot(request, items.snapshot, choose=False),
        **_frame(request, query),
    }


def _line(item: Due, cadre: Cadre, on: date) -> ItemLine:
    when, step = when_of(item, on), due.dossier_step(item)
    return ItemLine(
        when=words.when_text(item.on, on, when),
        is_overdue=when is When.OVERDUE,
        name=cadre.name,
        url=reverse("desk:dossier", args=[cadre.pk]),
        unit=cadre.home_unit.name,
        what=words.what_of(item.kind, item.rule, when),
        basis=words.basis_of(item.rule, on),
        basis_url=due.evidence_url(item),
        step=step,
    )


def _frame(request: ActorRequest, query: ItemsQuery) -> dict[str, Any]:
    back = reverse("desk:today") + (f"?day={query.day.value}" if query.day else "")
    return {
        "crumbs": [Link(_("今日"), back)],
        "title": stated(_("到期事项"), str(words.DUE_WORDS[query.kind].label)) if query.kind else _("到期事项"),
        "lead": lead_text(query.kind) if query.kind else "",
        "chips": _chips(query, request.today),
        "clear_url": "?",
        "printed_at": printed_at(request),
    }


def lead_text(kind: DueKind) -> str:
    """`提前 365 天提示：办手续、物色接替人选要一年。`"""
    found = {"days": DAYS_AHEAD[kind], "why": words.DUE_WORDS[kind].early}
    told = _("提前 %(days)s 天提示：%(why)s。") % found
    if kind not in DAYS_BEHIND:
        return told + _("过了期限一直提示，到原因消除为止。")
    return told + _("期满后再提示 %(days)s 天。") % {"days": DAYS_BEHIND[kind]}


def _chips(query: ItemsQuery, on: date) -> list[Chip]:
    shown: list[tuple[Text, str]] = []
    if query.rule:
        shown.append((words.basis_of(query.rule, on), "rule"))
    if query.when:
        shown.append((words.GROUPS[query.when], "when"))
    if query.day:
        shown.append((query.day.label, "day"))
    return [Chip(label, query.url(name)) for label, name in shown]


def _pager(query: ItemsQuery, total: int, start: int, pages: int) -> Pager:
    number = start // PAGE + 1
    return Pager(
        total=total,
        first=min(start + 1, total),
        last=min(start + PAGE, total),
        number=number,
        pages=pages,
        previous_url=query.url(page=number - 1) if number > 1 else "",
        next_url=query.url(page=number + 1) if number < pages else "",
        unit=ngettext("件", "件", total),
        hint=_("期限近的在前"),
    )
