"""口径 and 本地规定: what the office decides beside the texts. One transaction, one entry in the ledger each."""

from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from quanheng.instruments.access import local_rule_for, require_decider, switch_for
from quanheng.instruments.actions import CannotSign, require_reason, rule_key, version_on
from quanheng.instruments.ledger_codes import ADD_LOCAL_RULE, END_LOCAL_RULE, SET_SWITCH
from quanheng.instruments.models import LocalRule, SwitchValue
from quanheng.instruments.queries import still_set, switch_values
from quanheng.instruments.strictness import Direction, direction, is_stricter, read_number
from quanheng.kernel.actor import Actor
from quanheng.ledger import actions as ledger
from quanheng.rulebook.instrument import Parameter, RuleText, Unit
from quanheng.rulebook.labels import plain


@transaction.atomic
def set_switch(
    *, actor: Actor, switch: str, value: str, valid_from: date, document: str, reason: str, at: datetime
) -> SwitchValue:
    """From a day on that is not past: what was decided under another reading stands."""
    require_decider(actor)
    known = switch_for(actor, switch)
    list(SwitchValue.objects.select_for_update().filter(switch=switch).order_by("pk"))
    if value not in map(str, known.values):
        raise CannotSign("unknown-reading")
    if valid_from < localtime(at).date():
        raise CannotSign("reading-in-the-past", today=localtime(at).date())
    before = str(switch_values(valid_from)[switch])
    if before == value:
        raise CannotSign("reading-unchanged")
    require_reason(reason)
    row = SwitchValue.objects.create(
        switch=switch,
        value=value,
        owner=known.owner,
        valid_from=valid_from,
        document=document.strip(),
        reason=reason.strip(),
        set_by=actor.key,
        set_at=at,
    )
    detail = {
        "switch": switch,
        "valid_from": valid_from.isoformat(),
        "before": {"value": before},
        "after": {"value": value},
    }
    cites = (row.document,) if row.document else ()
    key = f"rulebook.switch:{switch}"
    ledger.record(actor=actor, action=SET_SWITCH, obj=key, detail=detail, reason=row.reason, cites=cites, at=at)
    return row


@transaction.atomic
def add_local_rule(
    *,
    actor: Actor,
    rule: str,
    parameter: str,
    value: str,
    document: str,
    valid_from: date,
    reason: str,
    at: datetime,
) -> LocalRule:
    """A stricter number for a central clause; without a parameter a local rule is taken up as it is."""
    require_decider(actor)
    text = version_on(actor, rule, valid_from)
    if not document.strip():
        raise CannotSign("no-document")
    require_reason(reason)
    written, before = _checked(text, parameter, value) if parameter else _taken_up(text)
    list(LocalRule.objects.select_for_update().filter(rule=rule).order_by("pk"))
    if still_set(rule, parameter, valid_from).exists():
        raise CannotSign("local-already-set")
    row = LocalRule(
        rule=rule,
        parameter=parameter,
        value=written,
        document=document.strip(),
        reason=reason.strip(),
        valid_from=valid_from,
        added_by=actor.key,
        added_at=at,
    )
    _create(row)
    _record(actor, ADD_LOCAL_RULE, row, {"central": before, "value": written}, row.reason, at)
    return row


@transaction.atomic
def end_local_rule(*, actor: Actor, local_rule: UUID, valid_to: date, reason: str, at: datetime) -> LocalRule:
    """It holds until the day before `valid_to`; what was checked under it stands."""
    require_decider(actor)
    row = local_rule_for(actor, local_rule, for_update=True)
    if row.valid_to is not None:
        raise CannotSign("local-already-ended", on=row.valid_to)
    if valid_to < max(row.valid_from, localtime(at).date()):
        raise CannotSign("local-ends-too-early")
    require_reason(reason)
    row.valid_to, row.ended_by, row.ended_at = valid_to, actor.key, at
    row.save(update_fields=["valid_to", "ended_by", "ended_at"])
    _record(actor, END_LOCAL_RULE, row, {"valid_to": valid_to.isoformat()}, reason.strip(), at)
    return row


def _checked(text: RuleText, name: str, value: str) -> tuple[str, str]:
    """The number as it is kept, and the central one."""
    parameter = next((each for each in text.parameters if each.name == name), None)
    if parameter is None or not (parameter.is_local or direction(text.id, name)):
        raise CannotSign("not-settable")
    number = read_number(value)
    if number is None or not _fits(parameter, number):
        raise CannotSign("no-number")
    if not is_stricter(text.id, parameter, number):
        code = "not-stricter-higher" if direction(text.id, name) is Direction.HIGHER else "not-stricter-lower"
        raise CannotSign(code, central=plain(parameter.value))
    return str(number), plain(parameter.value)


def _create(row: LocalRule) -> None:
    """Of two who set the same number at the same moment the second finds it set."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise CannotSign("local-already-set") from None


def _fits(parameter: Parameter, number: int | Fraction) -> bool:
    """Years, days and counts are whole; a share is at most the whole."""
    return number <= 1 if parameter.unit is Unit.RATIO else isinstance(number, int) and number < 10_000


def _taken_up(text: RuleText) -> tuple[str, str]:
    if not text.is_local:
        raise CannotSign("not-a-local-rule")
    return "", ""


def _record(actor: Actor, action: str, row: LocalRule, detail: dict[str, object], reason: str, at: datetime) -> None:
    detail = {"rule": row.rule, "parameter": row.parameter, "valid_from": row.valid_from.isoformat(), **detail}
    key = rule_key(row.rule)
    ledger.record(actor=actor, action=action, obj=key, detail=detail, reason=reason, cites=(row.document,), at=at)
