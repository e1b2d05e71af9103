"""今日: what waits for this officer, what changed in the scope, what was opened last."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.kernel.actor import READERS, Actor
from quanheng.kernel.errors import NotFound
from quanheng.people.access import may_edit
from quanheng.people.queries_due import LATELY, DueKind, due_cadres, recently_opened
from quanheng.web.desk import today_parts as parts
from quanheng.web.desk.today_page import due_context
from quanheng.web.shared.context import url_or_nothing
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Link
from quanheng.web.shared.wording import people_text

OPENED = 8
LISTED = 200  # persons in the list behind a line; who has more works them off from the top


@roles(*READERS)
@require_safe
def show_today(request: ActorRequest) -> HttpResponse:
    actor, at = request.actor, request.now
    context = {
        "facts": [parts.date_text(request.today)],
        "actions": _actions(actor),
        **due_context(request),
        "changes": parts.change_lines(actor, at),
        "days": LATELY.days,
        "opened": parts.opened_links(recently_opened(actor, limit=OPENED)),
        "has_scope": bool(actor.grants),
        "people_url": url_or_nothing("desk:people"),
    }
    return render(request, "desk/today/today.html", context)


@roles(*READERS)
@require_safe
def list_due(request: ActorRequest, kind: str) -> HttpResponse:
    """Everybody behind one line of the day."""
    if kind not in [each.value for each in DueKind]:
        raise NotFound
    due = due_cadres(request.actor, DueKind(kind), limit=LISTED)
    words = parts.KINDS[due.kind]
    context = {
        "crumbs": [Link(_("今日"), reverse("desk:today"))],
        "title": words.title,
        "facts": [people_text(due.total), words.why],
        "verb": parts.verb_for(request.actor, due.kind),
        "lines": parts.person_lines(due),
        "total": due.total,
        "listed": LISTED,
    }
    return render(request, "desk/today/due.html", context)


def _actions(actor: Actor) -> list[Link]:
    found = [Link(_("找人"), url_or_nothing("desk:people"), icon="search")]
    if may_edit(actor):
        found.append(Link(_("导入"), url_or_nothing("desk:imports"), icon="import"))
    return [link for link in found if link.url]
