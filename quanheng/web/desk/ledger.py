"""台账 on the desk: what happened to files that the reader may see, and the reader's own acts."""

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.kernel.actor import READERS, Actor
from quanheng.ledger.access import entry_for, visible_entries
from quanheng.ledger.models import Entry
from quanheng.ledger.queries import find_entries
from quanheng.organization.access import visible_units
from quanheng.people.access import visible_cadres
from quanheng.people.queries_due import cadres_named, names_of_cadres
from quanheng.web.shared.context import url_or_nothing
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.ledger_entry import entry_view
from quanheng.web.shared.ledger_rows import Names, asked, entry_rows, names_for, object_filter, turn
from quanheng.web.shared.parts import Link

PAGES = {"people.cadre": "desk:dossier", "intake.importbatch": "desk:import", "organization.unit": "desk:unit"}


@roles(*READERS)
@require_safe
def list_entries(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    wanted = asked(
        request.GET, lambda text: object_filter(text, lambda name: cadres_named(actor, name)), has_streams=False
    )
    entries = visible_entries(actor, cadres=visible_cadres(actor).values("pk")).select_related("detail")
    page = find_entries(entries, wanted.filter, before=wanted.before, after=wanted.after)
    rows = entry_rows(actor, page.entries, names_of(actor, page.entries))
    context = {"conditions": wanted.conditions, "rows": rows, "turn": turn(request.GET, page)}
    return render(request, "desk/ledger/list.html", context)


@roles(*READERS)
@require_safe
def show_entry(request: ActorRequest, pk: int) -> HttpResponse:
    entry = entry_for(request.actor, pk, cadres=visible_cadres(request.actor).values("pk"))
    view = entry_view(request.actor, entry, names_of(request.actor, [entry]))
    crumbs = [Link(_("台账"), reverse("desk:ledger"))]
    return render(request, "desk/ledger/entry.html", {"entry": view, "crumbs": crumbs})


def names_of(actor: Actor, entries: Iterable[Entry]) -> Names:
    """Persons and units by name as far as this reader may see them."""
    entries = list(entries)
    cadres = names_of_cadres(actor, _keys(entries, "people.cadre"))
    units = visible_units(actor).filter(pk__in=_keys(entries, "organization.unit")).values_list("pk", "name")
    objects = {f"people.cadre:{key}": name for key, name in cadres.items()}
    objects |= {f"organization.unit:{key}": name for key, name in units}
    return names_for(entries, objects, lambda key: _page(key) if _has_page(key, objects) else "")


def _has_page(key: str, objects: dict[str, str]) -> bool:
    """A person or unit has one where its name is known; an import is its officer's own."""
    return key in objects or key.startswith("intake.importbatch:")


def _page(key: str) -> str:
    label, _colon, pk = key.partition(":")
    return url_or_nothing(PAGES[label], UUID(pk))


def _keys(entries: Iterable[Entry], label: str) -> list[UUID]:
    keys = [entry.object_key.partition(":") for entry in entries]
    return [UUID(pk) for found, _colon, pk in keys if found == label]
