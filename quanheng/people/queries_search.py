"""The search box: a few persons by what was typed, with their posts, in a handful of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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
    """Visible persons; whoever has exactly this name comes first."""
    if not text.strip():
        return []
    matching = find_cadres(actor, Filter(text=text), on).select_related("home_unit").order_by("sort_name", "pk")
    exact = list(matching.filter(name=text.strip())[:limit])
    rest = matching.exclude(pk__in=[cadre.pk for cadre in exact])[: limit - len(exact)]
    return _with_posts([*exact, *rest], on)


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
