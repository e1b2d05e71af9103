"""我的资格: to which rank and tier the signed-in cadre comes next, from when, and what is missing; in kind words.

No post is named and nobody else is spoken of. Kept from the subject until he is told of them are an inquiry and a
check of personal matters set off by a complaint. The rules that say nothing else (SAN-CASE, PMR-KEY) are left out; to
the one that looks at an inquiry among other things (RNK-BAN) it is unknown, whether there is one or not.
"""

from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.insight.outlook import next_ranks, next_tiers
from quanheng.insight.targets import CannotReadTarget, Target, find_target, rank_target, tier_target
from quanheng.instruments.local import HouseRules, rulebook_in_force
from quanheng.kernel.actor import Purpose, Role
from quanheng.kernel.errors import NotFound
from quanheng.ledger.actions import record_opening
from quanheng.ledger.queries import has_opened
from quanheng.people.models import Cadre
from quanheng.people.queries_dossier import core_records
from quanheng.rulebook.book import CannotFindRule
from quanheng.web.mine.dossier import MineLinks, own_file, own_reader
from quanheng.web.mine.dossier_parts import STILL_OPEN
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.rule_evidence import RuleReader, ask, rule_evidence
from quanheng.web.shared.rule_lines import Wanted, Withheld, rank_on, steps_said, target_groups, tier_on
from quanheng.web.shared.rule_words import said

WITHHELD = Withheld(
    rules=frozenset({"SAN-CASE", "PMR-KEY"}),
    facts=frozenset({"inquiries", "person.has_open_case", "person.needs_complaint_check"}),
)
NOT_AUTOMATIC = "RNK-NOT-AUTO"


@roles(Role.CADRE)
@require_safe
def show_eligibility(request: ActorRequest) -> HttpResponse:
    cadre, house = own_file(request), rulebook_in_force(request.today)
    _log(request, cadre)
    wanted = list(_wanted(request, cadre, house))
    context = {
        "groups": target_groups(cadre, wanted, house, MineLinks(), WITHHELD),
        "not_automatic": _not_automatic(house),
        "unsigned": not house.signed,
        "printed_at": f"{localtime(request.now):%Y-%m-%d %H:%M}",
    }
    return render(request, "mine/dossier/eligibility.html", context)


@roles(Role.CADRE)
@require_safe
def show_rule_evidence(request: ActorRequest, rule: str) -> HttpResponse:
    """The drawer of a condition, without the names of those who recorded, checked or signed."""
    cadre, house = own_file(request), rulebook_in_force(request.today)
    target = _asked_target(request)
    reader = RuleReader(own_reader(), MineLinks(), MineLinks().target(target.code), names_people=False)
    evidence = rule_evidence(cadre, ask(cadre, target, rule, house, WITHHELD), house, reader)
    _log(request, cadre)
    template = "components/_evidence.html" if request.htmx else "mine/dossier/evidence.html"
    return render(request, template, {"evidence": evidence})


def _log(request: ActorRequest, cadre: Cadre) -> None:
    if not has_opened(request.actor, cadre.pk, since=request.now - STILL_OPEN):
        record_opening(actor=request.actor, cadre=cadre.pk, purpose=Purpose.SUBJECT_ACCESS, at=request.now)


def _wanted(request: ActorRequest, cadre: Cadre, house: HouseRules) -> Iterator[Wanted]:
    records = core_records(cadre, request.today)
    tier, chosen = tier_on(records), request.GET.get("target", "")
    ranks = tuple(map(rank_target, next_ranks(rank_on(records, request.today), tier, house)))
    posts = tuple(map(tier_target, next_tiers(tier)))
    for target in (*ranks, *posts):
        if target.code == chosen:
            yield Wanted(_("您选的目标"), (target,), is_open=True)
    yield Wanted(_("职级"), ranks, steps_said(len(ranks)), _("职级序列里没有更高的一级。"))
    yield Wanted(_("职务层次"), posts, steps_said(len(posts)), _("没有在任职务的层次，或已是最高层次。"))


def _asked_target(request: ActorRequest) -> Target:
    """A rank or a tier: posts by name and pools are not told here."""
    try:
        target = find_target(request.actor, request.GET.get("target", ""), request.today)
    except CannotReadTarget:
        raise NotFound from None
    if target.position is not None or target.kind == "pool":
        raise NotFound
    return target


def _not_automatic(house: HouseRules) -> str:
    """The words of the law itself; nothing on a day on which it does not hold."""
    try:
        return said(house.book.rule(NOT_AUTOMATIC, house.on).text)
    except CannotFindRule:
        return ""
