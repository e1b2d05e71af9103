"""The drawer behind a verdict: one condition of a target, asked of one person. Logged like any opening of the file."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from quanheng.insight.due import watches
from quanheng.insight.targets import CannotReadTarget, Target, find_target
from quanheng.instruments.local import rulebook_in_force
from quanheng.kernel.actor import READERS
from quanheng.kernel.errors import NotFound
from quanheng.web.desk.dossier_opening import OpenFile, log_opening_once, on_planned_day, open_file
from quanheng.web.shared.gate import ActorRequest, roles
from quanheng.web.shared.rule_evidence import RuleReader, ask, rule_evidence

DUE_ALONE = frozenset(watch.rule for watch in watches() if watch.target is None)


@roles(*READERS)
@require_safe
def show_rule_evidence(request: ActorRequest, pk: UUID, rule: str) -> HttpResponse:
    """The drawer with htmx, a page without script. `?target=`, as `quanheng.insight.targets` writes it; `?on=`. What is
    due for a person is asked without a target."""
    file = on_planned_day(request, open_file(request, pk))
    is_due = "target" not in request.GET and rule in DUE_ALONE
    target = due_alone() if is_due else asked_target(request, file)
    house = rulebook_in_force(file.on)
    asked = ask(file.cadre, target, rule, house)
    evidence = rule_evidence(file.cadre, asked, house, reader_of(file, target))
    log_opening_once(request, file)
    template = "components/_evidence.html" if request.htmx else "desk/dossier/evidence.html"
    return render(request, template, {"evidence": evidence})


def due_alone() -> Target:
    """Of no target: the rule speaks of the person's records alone."""
    return Target("", "", _("到期事项"), {}, {})


def asked_target(request: ActorRequest, file: OpenFile) -> Target:
    """NotFound for what is no target, as for a post that this account may not see."""
    try:
        return find_target(request.actor, request.GET.get("target", ""), file.on)
    except CannotReadTarget:
        raise NotFound from None


def reader_of(file: OpenFile, target: Target) -> RuleReader:
    return RuleReader(file.reader, file.links, file.links.target(target.code))
