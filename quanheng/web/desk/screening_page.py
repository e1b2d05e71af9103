"""Contexts of the pages of the 资格筛查."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quanheng.accounts.choices import ManagementCategory
from quanheng.census.failures import NoSnapshot
from quanheng.insight.screening import Answer
from quanheng.insight.screening_scope import PURPOSE, people_in
from quanheng.insight.targets import POOLS, Target, pool_target
from quanheng.insight.verdict_table import MET
from quanheng.insight.verdicts_making import NotYetJudged
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.local import HouseRules
from quanheng.organization.choices import PostTier, Rank
from quanheng.organization.models import Position
from quanheng.organization.queries_search import positions_matching
from quanheng.people import roster
from quanheng.people.queries import saved_screenings_of
from quanheng.web.desk import screening_parts as parts
from quanheng.web.desk.days import printed_at, unplanned
from quanheng.web.desk.past_rules import replaced_since
from quanheng.web.desk.people_query import MANAGED
from quanheng.web.desk.screening_query import PAGE, ScreeningQuery
from quanheng.web.desk.screening_rows import EXPRESSION, OPERATORS, extra_fields
from quanheng.web.shared.as_of import as_of_snapshot, unreadable_text
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import Chip, Job, Link, Option, Pager
from quanheng.web.shared.rule_words import code_text, said
from quanheng.web.shared.wording import listed, people_text, stated

FOUND = 20  # posts that are listed
MAX_ADDRESS = 1000  # characters that a saved query can hold
MAX_DIGITS = 12  # of a time in an address


@dataclass(frozen=True, slots=True)
class FieldGroup:
    label: str
    options: tuple[Option, ...]


def start_context(request: ActorRequest, query: ScreeningQuery) -> dict[str, Any]:
    """Where a target is chosen: a tier, a rank, a pool, or a post that is looked for."""
    found = positions_matching(request.actor, query.find, query.on, limit=FOUND + 1) if query.find else []
    return {
        "title": _("资格筛查"),
        "crumbs": [Link(_("选任"))],
        "tiers": [Link(label, query.url(target=f"post:{value}")) for value, label in PostTier.choices],
        "ranks": [Link(label, query.url(target=f"rank:{value}")) for value, label in Rank.choices],
        "pools": [Link(pool_target(pool).title, query.url(target=f"pool:{pool}")) for pool in POOLS],
        "positions": [_position(row, query) for row in found[:FOUND]],
        "has_more_positions": len(found) > FOUND,
        "find": query.find,
        "keep": [pair for pair in query.parameters if pair[0] != "target"],
        "mode": "people",
        "saved": [(row, f"?{row.query}") for row in saved_screenings_of(request.actor)],
        "printed_at": printed_at(request),
    }


def _position(row: Position, query: ScreeningQuery) -> tuple[Link, str]:
    """With its tier: two posts of a unit may bear one title."""
    tier = str(PostTier(row.tier).label) if row.tier else ""
    return Link(f"{row.unit.name}{row.title}", query.url(target=f"post:{row.pk}")), tier


def none_context(target: Target, refusal: NoSnapshot) -> dict[str, Any]:
    what = _("全体人员的数据还没有汇总好，不能筛查。后台每 5 分钟汇总一次；若一直这样，请系统管理员看“运行状态”。")
    if refusal.code != "not-yet":
        what = _("全体人员的数据现在读不出，不能筛查。%(why)s") % {"why": unreadable_text(refusal)}
    return _head(target) | {"what": what}


def _head(target: Target) -> dict[str, Any]:
    return {"title": target.title, "crumbs": [Link(_("选任")), Link(_("资格筛查"), reverse("desk:screening"))]}


def waiting_context(
    request: ActorRequest, query: ScreeningQuery, target: Target, refusal: NotYetJudged
) -> dict[str, Any]:
    """`waiting` in the address: since when, for the bar."""
    now = int(request.now.timestamp())
    since = request.GET.get("waiting", "")
    since = since if since.isascii() and since.isdigit() and len(since) <= MAX_DIGITS else str(now)
    return _head(target) | {
        "job": _job(refusal, now - int(since), f"{reverse('desk:screening')}{query.here}&waiting={since}"),
        "header_facts": [_("拟任日 %(day)s") % {"day": query.on}],
    }


def _job(refusal: NotYetJudged, seconds: int, poll_url: str) -> Job:
    if refusal.code == "failed":
        again = Link(_("再试一次"), poll_url.rpartition("&")[0])
        return Job(0, 1, seconds, "failed", problem=_("没有核对成，什么都没有改动。"), report=again)
    part = refusal.facts["part"]  # of a hundred: how many people there are is not for everybody
    done = int(100 * part) if isinstance(part, float) else 0
    state = "waiting" if part is None and seconds else "running"
    return Job(done, 100, seconds, state, unit="%", poll_url=poll_url)


def address_of(query: ScreeningQuery) -> str:
    return query.url().removeprefix("?")


def problem_of_saving(query: ScreeningQuery, name: str) -> str:
    if not name:
        return _("请写一个名称，例如“乡镇正职提副县”。")
    if len(address_of(query)) > MAX_ADDRESS:
        return _("条件太多，存不下。去掉一些再存。")
    return ""


def save_context(request: ActorRequest, query: ScreeningQuery, target: Target | None) -> dict[str, Any]:
    return {
        "crumbs": [Link(_("选任")), Link(_("资格筛查"), reverse("desk:screening"))],
        "target": target.title if target else "",
        "saved": saved_screenings_of(request.actor),
        "back_url": f"{reverse('desk:screening')}{query.url()}",
        "chips": used(query),
        "has_target": bool(query.target),
    }


def answer_context(
    request: ActorRequest, query: ScreeningQuery, target: Target, house: HouseRules, answer: Answer
) -> dict[str, Any]:
    keys = [line.cadre for lines in answer.lines.values() for line in lines]
    # Whoever has left the scope while we counted is not named.
    cadres = people_in(request.actor, query.question().scope).filter(pk__in=keys).select_related("home_unit")
    rows = {row.cadre.pk: row for row in roster.rows_of(list(cadres), request.today, frozenset({"posts"}))}
    matrix = parts.Matrix(answer, query, target, is_whole=query.is_whole)
    left_out = [rule for rule in answer.rules if rule.id in query.left_out]
    return {
        "query": query,
        "target": target,
        "title": target.title,
        "crumbs": [Link(_("选任")), Link(_("资格筛查"), reverse("desk:screening"))],
        "header_facts": _header_facts(query, target, len(left_out)),
        "actions": _actions(query),
        "as_of": as_of_snapshot(request, answer.snapshot, choose=False),
        "printed_at": printed_at(request),
        "answer": answer,
        **_unsigned(house, [rule.id for rule in answer.rules if rule not in left_out]),
        "misread": misread(request, query),
        "replaced": replaced_since(house, request.today),
        "may_screen": request.actor.has_purpose(PURPOSE),
        "printed_scope": printed_scope(query, answer.total, listed(said(rule.text.title) for rule in left_out)),
        "asked": len(answer.counts) - len(left_out),
        "conditions": parts.condition_groups(answer, query, house),
        "extras": _extras(query, answer),
        "heads": matrix.heads,
        "folded": listed(matrix.folded),
        "whole_url": query.here_with(cols="all"),
        "folded_url": query.here_with() if query.is_whole and matrix.heads else "",
        "export_url": f"{reverse('desk:screening-export')}{query.here}",
        "tabs": parts.tabs(answer, query),
        "groups": parts.people_groups(matrix, rows),
        "pager": _pager(query, answer) if query.group else None,
        "scope_text": scope_text(query),
        "chips": used(query),
        **_form(query),
    }


def _unsigned(house: HouseRules, asked: list[str]) -> dict[str, Any]:
    """Without a sign-off nothing is in the way of anybody: said once, where the answer begins."""
    count = len([rule for rule in asked if rule not in house.signed])
    said_of_it = ngettext(
        "%(count)s 个条件没有签认：照样检查并说明，只提示，不拦阻。",
        "%(count)s 个条件没有签认：照样检查并说明，只提示，不拦阻。",
        count,
    )
    states = "&".join(f"state={state.value}" for state in (SignOffState.UNSIGNED, SignOffState.VOID))
    return {
        "unsigned": said_of_it % {"count": count} if count else "",
        "unsigned_url": f"{reverse('desk:rules')}?{states}",
    }


def count_context(answer: Answer) -> dict[str, Any]:
    counts = answer.counts[-1]
    return {"met": counts[MET], "rest": parts.counts_text(counts, 0)}


def misread(request: ActorRequest, query: ScreeningQuery) -> list[str]:
    """What was typed into the form and is not what is answered: a unit that is not found, a day that is none."""
    lost = _("没有找到单位“%(name)s”，或它不在本账号的管理范围内。现在的范围仍是：%(scope)s。")
    unit = lost % {"name": query.lost_unit, "scope": scope_text(query)} if query.lost_unit else ""
    return [said_of_it for said_of_it in (unit, unplanned(request)) if said_of_it]


def _header_facts(query: ScreeningQuery, target: Target, left_out: int) -> list[str]:
    """Of one position its tier first: the title does not say it."""
    day = _("拟任日 %(day)s") % {"day": query.on}
    rows = len([row for row in query.rows if not row.problem])
    tier = code_text(target.level) if target.position and target.level else ""
    facts = [tier, day] if tier else [day]
    if left_out:
        facts.append(ngettext("去掉了 %(count)s 个条件", "去掉了 %(count)s 个条件", left_out) % {"count": left_out})
    if rows:
        facts.append(ngettext("另加 %(count)s 个条件", "另加 %(count)s 个条件", rows) % {"count": rows})
    return facts


def _actions(query: ScreeningQuery) -> list[Link]:
    return [
        Link(_("换目标"), f"{reverse('desk:screening')}{query.url('target')}"),
        Link(_("存为常用"), f"{reverse('desk:screening-query')}{query.url()}"),
    ]


def _extras(query: ScreeningQuery, answer: Answer) -> list[dict[str, Any]]:
    """Each row with its counts, in the order of the columns; those that cannot be asked say why."""
    counts = iter(answer.counts[len(answer.rules) :])
    number = iter(range(1, len(query.rows) + 1))
    made = []
    for row in query.rows:
        rest = [("also", each.value) for each in query.rows if each != row]
        url = query.url("also") + "".join(f"&{part}" for part in [_encoded(rest)] if part)
        is_asked = not row.problem
        made.append(
            {
                "title": row.title or row.text,
                "problem": row.problem,
                "number": next(number) if is_asked else None,
                "counts": parts.counts_told(next(counts), answer.total) if is_asked else (),
                "remove_url": url,
            }
        )
    return made


def _encoded(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs)


def _pager(query: ScreeningQuery, answer: Answer) -> Pager:
    assert query.group
    total = answer.groups[query.group]
    pages = max(1, -(-total // PAGE))
    number = min(query.page, pages)
    here = {"group": query.group.value}
    return Pager(
        total=total,
        first=(number - 1) * PAGE + 1 if total else 0,
        last=min(number * PAGE, total),
        number=number,
        pages=pages,
        previous_url=query.url(**here, page=number - 1) if number > 1 else "",
        next_url=query.url(**here, page=number + 1) if number < pages else "",
    )


def scope_text(query: ScreeningQuery) -> str:
    where = query.unit.name if query.unit else _("管理范围内")
    if query.unit and not query.is_below:
        where = _("%(unit)s（不含下级）") % {"unit": where}
    tiers = listed(str(PostTier(tier).label) for tier in query.tiers)
    return " · ".join(part for part in (where, tiers or _("现职干部")) if part)


def printed_scope(query: ScreeningQuery, total: int, left_out: str) -> str:
    """What the form says on the screen, for the paper, which does not show the form."""
    said_of_it = [
        stated(_("筛查范围"), f"{scope_text(query)} {people_text(total)}"),
        _("按 %(day)s 施行的条款") % {"day": query.on.isoformat()},
        stated(_("去掉的条件"), left_out) if left_out else "",
    ]
    return listed([part for part in said_of_it if part], "；")


def used(query: ScreeningQuery) -> list[Chip]:
    tiers = listed(str(PostTier(tier).label) for tier in query.tiers)
    kinds = listed(str(ManagementCategory(each).label) for each in query.categories)
    found = [
        (query.unit.name if query.unit else "", ("unit", "below")),
        (_("现任%(tiers)s") % {"tiers": tiers} if tiers else "", ("tier",)),
        (kinds if query.categories != MANAGED else "", ("category",)),
        (_("去掉 %(count)s 个条件") % {"count": len(query.left_out)} if query.left_out else "", ("off",)),
    ]
    return [Chip(label, query.url(*names)) for label, names in found if label]


def _form(query: ScreeningQuery) -> dict[str, Any]:
    """Fields of the form at the left; what it does not show goes along hidden."""
    groups: dict[str, list[Option]] = {}
    for field in extra_fields():
        groups.setdefault(field.group, []).append(Option(field.key, field.label))
    groups[_("写成表达式")] = [Option(EXPRESSION, _("规则库的表达式"))]
    return {
        "keep": [("target", query.target), *(("also", row.value) for row in query.rows), *query.view],
        "keep_all": [*query.parameters, *query.view],
        "tier_options": [Option(value, label, value in query.tiers) for value, label in PostTier.choices],
        "category_options": [
            Option(value, label, value in query.categories) for value, label in ManagementCategory.choices
        ],
        "field_groups": [FieldGroup(label, tuple(options)) for label, options in groups.items()],
        "operators": [Option(key, label) for key, (label, _sign) in OPERATORS.items()],
    }
