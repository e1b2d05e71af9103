"""What waits without a person and a day: rules to sign off, posts over and under quota. Asked of the database each
time: it goes the moment that its cause does."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from quanheng.instruments.access import may_decide
from quanheng.instruments.choices import SignOffState
from quanheng.instruments.flow import COUNTERSIGNERS, SIGNERS
from quanheng.instruments.queries import Standing, waiting
from quanheng.kernel.actor import Actor
from quanheng.organization.access import visible_units
from quanheng.people.queries_posts import QuotaGap, quota_gaps
from quanheng.web.desk.today_parts import DueLine
from quanheng.web.shared.parts import Link
from quanheng.web.shared.rule_words import said
from quanheng.web.shared.wording import listed, stated, units_text

FIRST = (SignOffState.UNSIGNED, SignOffState.VOID)


def sign_off_lines(actor: Actor, on: date) -> Iterator[DueLine]:
    """Of who may sign: rules without a signature. Of who may countersign: those that another has signed."""
    if not may_decide(actor, COUNTERSIGNERS):
        return
    found = waiting(on)
    first = [each for each in found if each.state in FIRST] if may_decide(actor, SIGNERS) else []
    second = [each for each in found if _may_countersign(actor, each)]
    if second:
        yield _sign_off(second, _("待第二人签认"), (SignOffState.AWAITING,))
    if first:
        yield _sign_off(first, _("规则未签认"), FIRST)


def _may_countersign(actor: Actor, each: Standing) -> bool:
    row = each.sign_off
    return each.state is SignOffState.AWAITING and row is not None and row.signed_by != actor.key


def _sign_off(found: list[Standing], what: str, states: tuple[SignOffState, ...]) -> DueLine:
    if len(found) == 1:
        named, url = said(found[0].text.title), reverse("desk:rule", args=[found[0].text.id])
    else:
        named = ngettext("%(count)s 条", "%(count)s 条", len(found)) % {"count": len(found)}
        url = reverse("desk:rules") + "?" + "&".join(f"state={state.value}" for state in states)
    return DueLine(
        pgettext("noun", "签认"), stated(what, named), (), _("未签认前只提示，不拦阻"), Link(_("去签认"), url)
    )


def quota_lines(actor: Actor, on: date) -> Iterator[DueLine]:
    gaps = quota_gaps(actor, on)
    over, short = [each for each in gaps if each.is_over], [each for each in gaps if each.is_short]
    parts = [text for text in (_units(_("超配"), over), _units(_("缺配"), short)) if text]
    if parts:
        step = Link(_("看配备表"), _table_url(actor, on, gaps))
        yield DueLine(_("职数"), listed(parts, "；"), (), _("按各单位核定的领导职数"), step)


def _units(what: str, gaps: Sequence[QuotaGap]) -> str:
    if not gaps:
        return ""
    if len(gaps) == 1:
        return stated(what, gaps[0].name)
    return stated(what, units_text(len(gaps)))


def _table_url(actor: Actor, on: date, gaps: Sequence[QuotaGap]) -> str:
    """One unit: its own table. Several: that of the first unit of the scope, with all below it; where the scope has
    none any more, that of the first of these."""
    if len(gaps) == 1:
        return f"{reverse('desk:units')}?unit={gaps[0].unit}&below=0"
    standing = visible_units(actor).filter(Q(abolished_on=None) | Q(abolished_on__gt=on)).order_by("path")
    first = standing.values_list("pk", flat=True).first()
    return f"{reverse('desk:units')}?unit={first or gaps[0].unit}"
