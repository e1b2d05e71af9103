"""The tab 资格: for which posts, ranks and pools this person meets the conditions, from when, and what is missing."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from quanheng.insight.outlook import next_ranks, next_tiers
from quanheng.insight.targets import (
    POOLS,
    POST,
    CannotReadTarget,
    Target,
    find_target,
    pool_target,
    position_targets,
    rank_target,
    tier_target,
)
from quanheng.instruments.local import HouseRules, rulebook_in_force
from quanheng.kernel.errors import NotFound
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.queries_search import positions_matching
from quanheng.people.queries_posts import vacant_positions
from quanheng.people.roster import Row
from quanheng.web.desk.days import unplanned
from quanheng.web.desk.dossier_opening import OpenFile, on_planned_day
from quanheng.web.desk.past_rules import replaced_since
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import Link
from quanheng.web.shared.rule_lines import Wanted, rank_on, steps_said, target_groups, tier_on

VACANT = 6  # posts that are listed; others are found in the box
FOUND = 8
TARGET = 60  # characters


def eligibility_context(request: ActorRequest, file: OpenFile, records: Row) -> dict[str, Any]:
    today, file = file, on_planned_day(request, file)
    house = rulebook_in_force(file.on)
    text = request.GET.get("find", "").strip()[:60]
    return {
        "groups": target_groups(file.cadre, list(_wanted(request, file, records, house)), house, file.links),
        "unsigned": not house.signed,
        "target_text": text,
        "target_hits": (hits := _hits(request, file, text))[:FOUND],
        "has_more_hits": len(hits) > FOUND,
        "target_choices": _choices(file),
        "target_keep": _kept(request, file),
        "target_day": file.on,
        "target_problems": [*_problems(request, file), *_past(request, house)],
        "is_planned": file.on > request.today,
        "target_today_url": today.links.page(**_asked(request)),
    }


def _wanted(request: ActorRequest, file: OpenFile, records: Row, house: HouseRules) -> Iterator[Wanted]:
    yield from _chosen(request, file)
    tier = tier_on(records)
    ranks = [rank_target(each) for each in next_ranks(rank_on(records, file.on), tier, house)]
    yield Wanted(_("职级"), tuple(ranks), steps_said(len(ranks)), _("职级序列里没有更高的一级。"))
    tiers = next_tiers(tier)
    posts = tuple(tier_target(each) for each in tiers)
    above = _("没有在任职务的层次，或已是最高层次；可在上面选一个目标。")
    yield Wanted(_("职务层次"), posts, steps_said(len(posts)), above)
    yield _vacancies(request, file, tiers[:1])
    yield Wanted(_("人选库"), tuple(pool_target(each) for each in POOLS))


def _chosen(request: ActorRequest, file: OpenFile) -> Iterator[Wanted]:
    target = _target(request, file)
    if target is not None:
        yield Wanted(_("选定的目标"), (target,), is_open=True)


def _target(request: ActorRequest, file: OpenFile) -> Target | None:
    """None for one that cannot be read or not be seen, as where nobody has asked."""
    try:
        return find_target(request.actor, request.GET.get("target", ""), file.on)
    except (CannotReadTarget, NotFound):
        return None


def _problems(request: ActorRequest, file: OpenFile) -> list[str]:
    """A day long past is shown as it was; only one that is neither is today instead."""
    found = ("" if file.is_past else unplanned(request), _unreadable(request, file))
    return [said for said in found if said]


def _past(request: ActorRequest, house: HouseRules) -> list[str]:
    said = replaced_since(house, request.today)
    return [said] if said else []


def _unreadable(request: ActorRequest, file: OpenFile) -> str:
    """One text for both, so that it tells nothing of what is out of sight."""
    if not request.GET.get("target") or _target(request, file):
        return ""
    return _("没有找到这个目标，或它不在本账号的管理范围内。请从下面另选一个。")


def _vacancies(request: ActorRequest, file: OpenFile, tiers: tuple[PostTier, ...]) -> Wanted:
    """The vacant posts of the next tier; those of the own unit first."""
    vacant = vacant_positions(request.actor, tiers, file.on) if tiers else None
    rows = list(vacant.values_list("pk", "unit")) if vacant is not None else []
    rows.sort(key=lambda row: row[1] != file.cadre.home_unit_id)
    shown = [key for key, _unit in rows[:VACANT]]
    more = _("列出 %(shown)s 个，共 %(count)s 个；其余的可在上面查找") % {"shown": len(shown), "count": len(rows)}
    targets = tuple(position_targets(shown, file.on).values()) if shown else ()
    none = _("本账号范围内没有上一层次的空缺岗位。")
    return Wanted(_("空缺岗位"), targets, empty=none, note=more if len(rows) > VACANT else "")


def _hits(request: ActorRequest, file: OpenFile, text: str) -> list[Link]:
    """Posts by unit and title, each a link that asks about it; one more than is listed, where there are more."""
    found = positions_matching(request.actor, text, file.on, limit=FOUND + 1) if text else []
    return [Link(f"{row.unit.name}{row.title}", file.links.target(f"{POST}:{row.pk}")) for row in found]


def _choices(file: OpenFile) -> list[tuple[str, list[Link]]]:
    groups: list[tuple[str, list[Target]]] = [
        (_("职级"), [rank_target(each) for each in Rank]),
        (_("职务层次"), [tier_target(each) for each in PostTier]),
        (_("人选库"), [pool_target(each) for each in POOLS]),
    ]
    return [(name, [Link(each.title, file.links.target(each.code)) for each in found]) for name, found in groups]


def _kept(request: ActorRequest, file: OpenFile) -> list[tuple[str, str]]:
    """What the box sends along: tab, target, and the purpose where it is not the usual one. The day has a field."""
    return [*_asked(request).items(), *(pair for pair in file.links.parameters() if pair[0] != "on")]


def _asked(request: ActorRequest) -> dict[str, str]:
    target = request.GET.get("target", "")[:TARGET]
    return {"tab": "eligibility"} | ({"target": target} if target else {})
