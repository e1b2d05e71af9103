"""依人找岗: how one person stands to the next tiers and ranks and to the vacant posts in one's scope."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.insight.outlook import next_ranks, next_tiers
from quanheng.insight.targets import position_targets, rank_target, tier_target
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import READERS
from quanheng.kernel.errors import NotFound
from quanheng.organization.choices import PostTier
from quanheng.people.queries_posts import vacant_positions
from quanheng.people.queries_search import search_cadres
from quanheng.people.roster import Row, rows_of
from quanheng.web.desk.days import printed_at
from quanheng.web.desk.dossier_opening import OpenFile, log_opening_once, open_file
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.parts import Link, Option, Pager
from quanheng.web.shared.rule_lines import Wanted, rank_on, steps_said, target_groups, tier_on
from quanheng.web.shared.wording import listed

PAGE, FOUND, LIMIT = 20, 8, 60


@roles(*READERS)
@require_safe
def show_posts(request: ActorRequest) -> HttpResponse:
    """A person is looked for by name; then all is asked of the database, and the opening is logged."""
    find = request.GET.get("find", "").strip()[:LIMIT]
    context: dict[str, Any] = {"find": find, "hits": _hits(request, find)}
    context |= {"crumbs": [Link(_("选任"))], "printed_at": printed_at(request)}
    asked = request.GET.get("cadre")
    if asked:
        file = open_file(request, _key(asked))
        context |= _posts_context(request, file)
        log_opening_once(request, file)
    return render(request, "desk/screening/posts.html", context)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _hits(request: ActorRequest, find: str) -> list[tuple[Link, str]]:
    found = search_cadres(request.actor, find, request.today, limit=FOUND) if find else []
    place = reverse("desk:screening-posts")
    return [(Link(each.cadre.name, f"{place}?cadre={each.cadre.pk}"), each.post) for each in found]


def _posts_context(request: ActorRequest, file: OpenFile) -> dict[str, Any]:
    (records,) = rows_of([file.cadre], file.on, frozenset({"posts", "ranks"}))
    house, tiers = rulebook_in_force(file.on), _tiers(request, records)
    vacant = vacant_positions(request.actor, tiers, file.on).values_list("pk", flat=True)
    total, number = vacant.count(), _number(request.GET.get("page", ""))
    shown = list(vacant[(number - 1) * PAGE : number * PAGE])
    posts = tuple(position_targets(shown, file.on).values()) if shown else ()
    steps = [tier_target(each) for each in next_tiers(tier_on(records))]
    ranks = [rank_target(each) for each in next_ranks(rank_on(records, file.on), tier_on(records), house)]
    wanted = [
        Wanted(_("职务层次"), tuple(steps), steps_said(len(steps)), _("没有在任职务的层次，或已是最高层次。")),
        Wanted(_("职级"), tuple(ranks), steps_said(len(ranks)), _("职级序列里没有更高的一级。")),
        Wanted(_("空缺岗位"), posts, empty=_("这些层次在管理范围内没有空缺岗位。换一个层次。")),
    ]
    return {
        "cadre": file.cadre,
        "person_url": file.links.page(tab="eligibility"),
        "groups": target_groups(file.cadre, wanted, house, file.links),
        "chosen_tiers": listed(str(tier.label) for tier in PostTier if tier in tiers),
        "tiers": [Option(tier.value, tier.label, tier in tiers) for tier in PostTier],
        "keep": [("cadre", str(file.cadre.pk)), *file.links.parameters()],
        "pager": _pager(request, total, number),
    }


def _tiers(request: ActorRequest, records: Row) -> list[PostTier]:
    """Those that were chosen, else the person's own and the next one."""
    chosen = [PostTier(value) for value in dict.fromkeys(request.GET.getlist("tier")) if value in PostTier.values]
    if chosen:
        return chosen
    own = tier_on(records)
    return [*next_tiers(own)[:1], *([own] if own else [])]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 5 and int(text) else 1


def _pager(request: ActorRequest, total: int, number: int) -> Pager:
    def url(page: int) -> str:
        parameters = request.GET.copy()
        parameters["page"] = str(page)
        return f"?{parameters.urlencode()}"

    pages = max(1, -(-total // PAGE))
    return Pager(
        total=total,
        first=(number - 1) * PAGE + 1 if total else 0,
        last=min(number * PAGE, total),
        number=number,
        pages=pages,
        previous_url=url(number - 1) if number > 1 else "",
        next_url=url(number + 1) if number < pages else "",
        unit=_("个空缺岗位"),
    )
