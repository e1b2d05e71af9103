"""How rules stand on a day: which are signed, how switches are read, what is stricter here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime

from quanheng.instruments.choices import SignOffState
from quanheng.instruments.models import LocalRule, SignOff, SwitchValue
from quanheng.instruments.texts import central, digest_of, find_text, needs_second
from quanheng.rulebook.instrument import RuleText, Scalar, Switch


@dataclass(frozen=True, slots=True)
class Standing:
    """One version of a rule on a day. `sign_off` is the live one, for VOID the one of the former text."""

    text: RuleText
    state: SignOffState
    sign_off: SignOff | None = None

    @property
    def is_signed(self) -> bool:
        return self.state is SignOffState.SIGNED

    @property
    def is_waiting(self) -> bool:
        """Somebody has to do something before it blocks."""
        return self.state in (SignOffState.UNSIGNED, SignOffState.VOID, SignOffState.AWAITING)


def standings(on: date) -> dict[str, Standing]:
    """Every rule in force on that day, in the order of the files. One query."""
    rows: dict[str, list[SignOff]] = {}
    for row in SignOff.objects.order_by("-signed_at", "-pk"):
        rows.setdefault(row.rule, []).append(row)
    return {text.id: standing(text, rows.get(text.id, ()), on) for text in central().rules(on)}


def standing_of(text: RuleText, on: date) -> Standing:
    return standing(text, sign_offs_of(text.id), on)


def standing(text: RuleText, rows: Iterable[SignOff], on: date) -> Standing:
    """`rows`: those of the rule, newest first."""
    return Standing(text, *_state(text, rows, on))


class Signed(Protocol):
    """What of a sign-off says how a rule stands."""

    @property
    def version_from(self) -> date | None: ...
    @property
    def digest(self) -> str: ...
    @property
    def used_from(self) -> date: ...
    @property
    def countersigned_at(self) -> datetime | None: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...


Row = TypeVar("Row", bound=Signed)


def _state(text: RuleText, rows: Iterable[Row], on: date) -> tuple[SignOffState, Row | None]:
    """Only sign-offs of the version count, and among them those of this text."""
    live = [row for row in rows if row.version_from == text.in_force.start and _is_live(row, text, on)]
    digest = digest_of(text)
    row = next((row for row in live if row.digest == digest), None)
    if row is None:
        return (SignOffState.VOID, live[0]) if live else (SignOffState.UNSIGNED, None)
    if needs_second(text) and row.countersigned_at is None:
        return SignOffState.AWAITING, row
    return SignOffState.SCHEDULED if row.used_from > on else SignOffState.SIGNED, row


def _is_live(row: Signed, text: RuleText, on: date) -> bool:
    """Withdrawn from a day on; where the version had ended before that day, as if never signed."""
    if row.withdrawn_at is None:
        return True
    withdrawn = localtime(row.withdrawn_at).date()
    return withdrawn > on and text.in_force.contains(withdrawn)


def sign_offs_of(rule: str) -> QuerySet[SignOff]:
    """All of a rule, newest first: the history of its page."""
    return (
        SignOff.objects.filter(rule=rule).select_related("paper").defer("paper__content").order_by("-signed_at", "-pk")
    )


def signed_ids(on: date) -> frozenset[str]:
    """Ids of the rules that block on that day: `Situation.signed`. Asked with every page that asks the rules."""
    rows: dict[str, list[Signed]] = {}
    for rule, row in _signed_rows():
        rows.setdefault(rule, []).append(row)
    return frozenset(
        text.id for text in central().rules(on) if _state(text, rows.get(text.id, ()), on)[0] is SignOffState.SIGNED
    )


def _signed_rows() -> Iterable[tuple[str, Signed]]:
    """The newest first, without what only pages of rules show."""
    columns = ("rule", "version_from", "digest", "used_from", "countersigned_at", "withdrawn_at")
    found = SignOff.objects.order_by("-signed_at", "-pk").values_list(*columns, named=True)
    return ((row.rule, row) for row in found)


def switch_values(on: date) -> dict[str, Scalar]:
    """The reading of every switch on that day, the default where the office has set none: `Situation.switches`."""
    known = {switch.id: {str(value): value for value in switch.values} for switch in central().switches}
    readings = {id: known[id][row.value] for id, row in _set_last(on).items()}
    return {switch.id: switch.default.value for switch in central().switches} | readings


def switches_since(on: date) -> dict[str, date]:
    """Since when the reading set last holds; a switch that nobody has set is absent."""
    return {id: row.valid_from for id, row in _set_last(on).items()}


def _set_last(on: date) -> dict[str, SwitchValue]:
    """Without readings that this version of the software no longer knows."""
    known = {switch.id: set(map(str, switch.values)) for switch in central().switches}
    rows = SwitchValue.objects.filter(valid_from__lte=on).order_by("valid_from", "set_at", "pk")
    return {row.switch: row for row in rows if row.value in known.get(row.switch, ())}


def values_of(switch: Switch) -> QuerySet[SwitchValue]:
    """What was set, the newest first."""
    return SwitchValue.objects.filter(switch=switch.id).order_by("-valid_from", "-set_at", "-pk")


def in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def local_rules_on(on: date) -> QuerySet[LocalRule]:
    return LocalRule.objects.filter(in_force(on)).order_by("rule", "parameter", "added_at", "pk")


def local_rules_of(rule: str) -> QuerySet[LocalRule]:
    """Of one rule, those in force and to come first."""
    return LocalRule.objects.filter(rule=rule).order_by(F("valid_to").desc(nulls_first=True), "-valid_from", "pk")


def still_set(rule: str, parameter: str, since: date) -> QuerySet[LocalRule]:
    """What holds on that day or a later one: beside one without an end two would hold on the same day."""
    holds = Q(valid_to=None) | Q(valid_to__gt=since) & Q(valid_to__gt=F("valid_from"))
    return LocalRule.objects.filter(holds, rule=rule, parameter=parameter).order_by("pk")


def count_waiting(found: Mapping[str, Standing]) -> dict[SignOffState, int]:
    counts = dict.fromkeys(SignOffState, 0)
    for each in found.values():
        counts[each.state] += 1
    return counts


def waiting(on: date) -> Sequence[Standing]:
    """Rules that nobody has signed or that wait for the second person: due items of who may sign."""
    return [each for each in standings(on).values() if each.is_waiting]


def text_of(row: SignOff) -> RuleText | None:
    """The version that was signed; None when the rulebook has it no more."""
    found = find_text(row.rule, row.version_from or date.max)
    return found if found and found.in_force.start == row.version_from else None
