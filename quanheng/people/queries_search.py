"""The search box: a few persons by what was typed, with their posts, in a handful of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Q, SmallIntegerField, When

from quanheng.kernel.actor import Actor
from quanheng.kernel.period import contains
from quanheng.people.models import Cadre, PostHolding, StatedForm
from quanheng.people.queries import records_of
from quanheng.people.roster import Filter, find_cadres


@dataclass(frozen=True, slots=True)
class Found:
    cadre: Cadre
    post: str  # present posts, or what an imported form states


def search_cadres(actor: Actor, text: str, on: date, *, limit: int) -> list[Found]:
    """Visible persons, the nearest first."""
    if not text.strip():
        return []
    found = find_cadres(actor, Filter(text=text), on).select_related("home_unit")
    return _with_posts(list(found.order_by(_nearness(text.strip().lower()), "sort_name", "pk")[:limit]), on)


def _nearness(text: str) -> Case:
    """Exactly this name; the name or its usual reading begins so; other readings, initials and former names; inside."""
    begins, word = Q(name__startswith=text) | Q(sort_name__startswith=text), Q(search_text__contains=f" {text}")
    ranks = (When(name=text, then=0), When(begins, then=1), When(word, then=2))
    return Case(*ranks, default=3, output_field=SmallIntegerField())


def _with_posts(cadres: Sequence[Cadre], on: date) -> list[Found]:
    posts: dict[object, list[str]] = {}
    for post in records_of(PostHolding, [cadre.pk for cadre in cadres]) if cadres else ():
        if contains(post.valid_from, post.valid_to, on):
            held = posts.setdefault(post.cadre_id, [])
            held.insert(0 if post.is_primary else len(held), f"{post.unit_name}{post.title}")
    without = [cadre.pk for cadre in cadres if cadre.pk not in posts]
    for form in records_of(StatedForm, without) if without else ():
        posts.setdefault(form.cadre_id, [str(form.content.get("current_post", ""))])
    return [Found(cadre, "，".join(posts.get(cadre.pk, ()))) for cadre in cadres]
