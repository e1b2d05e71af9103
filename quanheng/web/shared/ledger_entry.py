"""One entry of the ledger, opened: what changed beside what it was, why, on what basis, and its place in the chain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from quanheng.accounts.choices import PurposeChoice, RoleChoice
from quanheng.intake.choices import ImportDecision
from quanheng.kernel.actor import Actor
from quanheng.kernel.errors import Refused
from quanheng.ledger.access import may_see_values
from quanheng.ledger.digests import PREFIX
from quanheng.ledger.models import Entry
from quanheng.ledger.queries import HIDDEN, Shown, shown
from quanheng.people.choices import KinTieState, VerificationItem, VerificationResult
from quanheng.people.models import Cadre
from quanheng.people.queries import RECORD_MODELS
from quanheng.web.shared.diff import DiffRow, diff_row
from quanheng.web.shared.ledger_rows import EntryRow, Names, entry_row, short
from quanheng.web.shared.ledger_words import FIELDS, KINDS, field_text, stream_text
from quanheng.web.shared.parts import Fact
from quanheng.web.shared.refusals import sentence
from quanheng.web.shared.wording import listed

SIDES = (("before", "after"), ("withdrawn", "added"))  # what an action calls the two sides
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CHOICES: Mapping[str, Any] = {
    "decision": ImportDecision,
    "item": VerificationItem,
    "result": VerificationResult,
    "state": KinTieState,
    "role": RoleChoice,
    "purposes": PurposeChoice,
}


@dataclass(frozen=True, slots=True)
class EntryView:
    row: EntryRow
    diff: tuple[DiffRow, ...]
    facts: tuple[Fact, ...]
    refusal: str
    reason: str
    cites: tuple[str, ...]
    is_erased: bool
    is_masked: bool  # names of fields only
    chain: tuple[Fact, ...]


def entry_view(actor: Actor, entry: Entry, names: Names) -> EntryView:
    found = shown(actor, entry)
    detail = found.detail if isinstance(found.detail, dict) else {}
    before, after = _sides(detail)
    rest = {key: value for key, value in detail.items() if key not in _SAID_ELSEWHERE}
    words = _Words(entry.action, str(detail.get("kind", "")))
    return EntryView(
        row=entry_row(actor, entry, names),
        diff=words.diff(before, after),
        facts=tuple(words.fact(key, value) for key, value in _flat(rest)),
        refusal=_refusal(entry, found),
        reason=found.reason,
        cites=tuple(found.cites),
        is_erased=found.is_erased,
        is_masked=bool(detail) and not may_see_values(actor),
        chain=_chain(entry),
    )


_SAID_ELSEWHERE = frozenset(
    {*(name for pair in SIDES for name in pair), "refused", "facts", "kind", "field", "fields"}  # the title says these
)


def _sides(detail: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides as columns; of a list (the order of units) its place in the list."""
    for left, right in SIDES:
        if left in detail or right in detail:
            return _columns(detail.get(left)), _columns(detail.get(right))
    return {}, {}


def _columns(side: Any) -> dict[str, Any]:
    if isinstance(side, dict):
        return {key: value for key, value in side.items() if key != "key"}
    return {} if side is None else {"order": side}


def _flat(detail: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Groups of values, like the facts of a new unit, value by value."""
    found: list[tuple[str, Any]] = []
    for key, value in detail.items():
        found += list(value.items()) if isinstance(value, dict) else [(key, value)]
    return [(key, value) for key, value in found if value not in (None, "", [])]


@dataclass(frozen=True, slots=True)
class _Words:
    """How values of one action read: the choices of the table that it wrote."""

    action: str
    kind: str

    def diff(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[DiffRow, ...]:
        names = list(dict.fromkeys([*before, *after]))
        sides = {name: (before.get(name), after.get(name)) for name in names}
        changed = {name: pair for name, pair in sides.items() if pair[0] != pair[1] or HIDDEN in pair}
        return tuple(
            diff_row(FIELDS.get(name, name), self.text(name, left), self.text(name, right))
            for name, (left, right) in changed.items()
        )

    def fact(self, name: str, value: Any) -> Fact:
        return Fact(FIELDS.get(name, name), self.text(name, value))

    def text(self, name: str, value: Any) -> str:
        match value:
            case None:
                return ""
            case bool():
                return _("是") if value else _("否")
            case list():
                return listed(self.text(name, part) for part in value)
            case str():
                return self._worded(name, value)
        return str(value)

    def _worded(self, name: str, value: str) -> str:
        if value == HIDDEN:
            return _("（不显示）")
        if value.startswith(PREFIX):
            return _("（加密保存，摘要 %(digest)s）") % {"digest": value[len(PREFIX) :][:8]}
        if KEY.fullmatch(value):
            return short(value)
        if name in ("field", "fields", "groups", "rejected"):
            return field_text(value)
        if name == "kind" and value in KINDS:
            return str(KINDS[value])
        return _month(name, self._choice(name, value))

    def _choice(self, name: str, value: str) -> str:
        if name in CHOICES:
            return str(dict(CHOICES[name].choices).get(value, value))
        model: Any = RECORD_MODELS.get(self.kind, Cadre)
        columns = {field.name: field for field in model._meta.concrete_fields}
        return str(dict(columns[name].flatchoices).get(value, value)) if name in columns else value


def _month(name: str, value: str) -> str:
    return f"{date.fromisoformat(value):%Y.%m}" if name.endswith("_month") and value[:4].isdigit() else value


def _refusal(entry: Entry, found: Shown) -> str:
    """Why it was not done, in the words that the officer was given; facts are not shown where values are not."""
    if not entry.is_refused or not isinstance(found.detail, dict):
        return ""
    facts = found.detail.get("facts") or {}
    try:
        return sentence(Refused(str(found.detail.get("refused", "")), **facts))
    except KeyError:  # texts among the facts are not kept in an entry
        return str(found.detail.get("refused", ""))


def _chain(entry: Entry) -> tuple[Fact, ...]:
    place = {"stream": stream_text(entry.stream), "chain": entry.stream, "seq": entry.seq}
    return (
        Fact(_("链上位置"), _("%(stream)s（%(chain)s）第 %(seq)s 号") % place),
        Fact(_("摘要"), entry.hash),
        Fact(_("前一条摘要"), entry.prev),
        Fact(_("对象的键"), entry.object_key),
    )
