"""What 今日 shows of due items: those of people from the table beside the snapshot, the others asked at the moment."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from quanheng.census.failures import NoSnapshot
from quanheng.insight.due_groups import When
from quanheng.insight.due_queries import DueItems, due_items
from quanheng.instruments.local import rulebook_in_force
from quanheng.web.desk import today_due as due
from quanheng.web.desk import today_words as words
from quanheng.web.desk.days import printed_at
from quanheng.web.desk.today_live import quota_lines, sign_off_lines
from quanheng.web.desk.today_parts import DueLine, due_lines
from quanheng.web.shared.as_of import as_of_snapshot, no_snapshot_text
from quanheng.web.shared.gate import ActorRequest

NOW = (words.GROUPS[When.OVERDUE], words.GROUPS[When.TODAY])


def due_context(request: ActorRequest) -> dict[str, Any]:
    """Without a snapshot what is asked at the moment, and that the rest is still to come."""
    actor, on = request.actor, request.today
    chosen = due.chosen_span(request.GET.get("day", ""), on)
    try:
        with due_items(actor, rulebook_in_force(on)) as items:
            found = _of_people(request, items, on, chosen)
    except NoSnapshot as refusal:
        found = {"groups": [], "no_snapshot": no_snapshot_text(refusal)}
    if chosen is None:
        found["groups"] = _with_live(found["groups"], _live_lines(request, on))
    return {"chosen": chosen, "all_url": reverse("desk:today"), "printed_at": printed_at(request), **found}


def _of_people(request: ActorRequest, items: DueItems, on: date, chosen: due.Span | None) -> dict[str, Any]:
    groups = due.groups(request.actor, items, on, chosen)
    is_quiet = chosen is None and not any(group.title in NOW for group in groups)
    return {
        "strip": due.strip(items, on, chosen),
        "groups": groups,
        "is_quiet": is_quiet,
        "next": due.next_due(request.actor, items, on) if is_quiet else None,
        "as_of": as_of_snapshot(request, items.snapshot, choose=False),
    }


def _live_lines(request: ActorRequest, on: date) -> list[DueLine]:
    actor = request.actor
    return [*due_lines(actor, request.now), *sign_off_lines(actor, on), *quota_lines(actor, on)]


def _with_live(groups: Sequence[due.Group], live: list[DueLine]) -> list[due.Group]:
    """What has no day: the live lines first, then what merely happened."""
    title, note = words.GROUPS[When.HAPPENED], _("原因消除后自动消失")
    happened = [line for group in groups if group.title == title for line in group.lines]
    dated = [group for group in groups if group.title != title]
    lines = [*live, *happened]
    return [*dated, due.Group(title, None, lines, note)] if lines else dated
