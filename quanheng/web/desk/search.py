"""The one search box: persons and units of the reader's scope, and rules, at most eight each, and nothing of what is
hidden."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.kernel.actor import READERS
from quanheng.organization.models import Unit
from quanheng.organization.queries import units_matching
from quanheng.people.queries_search import Found, search_cadres
from quanheng.rulebook.instrument import RuleText
from quanheng.web.desk.rule_search import rules_matching
from quanheng.web.shared import rule_words as words
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import SearchGroup, SearchHit
from quanheng.web.shared.rule_law import gap, titles

LIMIT = 8
LONGEST = 60  # characters; names are shorter


@roles(*READERS)
@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """The drop-down of the box with htmx, else a page of the same groups."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    persons = search_cadres(request.actor, text, request.today, limit=LIMIT)
    units = units_matching(request.actor, text, limit=LIMIT)
    rules = rules_matching(text, request.today, limit=LIMIT)
    groups = [group for group in (_persons(persons), _units(units), _rules(rules)) if group.hits]
    template = "components/_search_results.html" if request.htmx else "desk/search.html"
    return render(request, template, {"groups": groups, "asked": text})


def _persons(found: Iterable[Found]) -> SearchGroup:
    hits = (
        SearchHit(person.cadre.name, _detail(person), reverse("desk:dossier", args=[person.cadre.pk]))
        for person in found
    )
    return SearchGroup(_("人"), tuple(hits))


def _detail(person: Found) -> str:
    """Unit and post, so that namesakes are told apart; the post mostly begins with the unit."""
    unit = person.cadre.home_unit.name
    return person.post if person.post.startswith(unit) else f"{unit} {person.post}".strip()


def _units(units: Iterable[Unit]) -> SearchGroup:
    hits = (SearchHit(unit.name, unit.code, reverse("desk:unit", args=[unit.pk])) for unit in units)
    return SearchGroup(_("单位"), tuple(hits))


def _rules(rules: Iterable[RuleText]) -> SearchGroup:
    named = titles()
    hits = (
        SearchHit(
            words.said(rule.title),
            f"{rule.id} {named[rule.instrument]}{gap()}{words.article_text(rule.article)}",
            reverse("desk:rule", args=[rule.id]),
        )
        for rule in rules
    )
    return SearchGroup(_("条款"), tuple(hits))
