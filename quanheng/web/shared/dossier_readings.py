"""谁看过、谁改过: entries of the ledger about one file, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import PurposeChoice
from quanheng.accounts.queries import offices_of
from quanheng.kernel.actor import Actor, Purpose
from quanheng.ledger.models import Entry
from quanheng.ledger.queries import Shown, shown
from quanheng.people.choices import VerificationItem
from quanheng.web.shared.dossier_records import KINDS
from quanheng.web.shared.dossier_words import FIELD_LABELS, moment
from quanheng.web.shared.ledger_words import ACTIONS
from quanheng.web.shared.parts import Text

# Of these the object is named as well: 更正 出生年月. The rest are worded as in the ledger.
VERBS: Mapping[str, Text] = {
    "people.change_field": gettext_lazy("更正"),
    "people.add_record": gettext_lazy("补录"),
    "people.replace_record": gettext_lazy("更正"),
    "people.withdraw_record": gettext_lazy("撤回"),
    "people.verify_item": gettext_lazy("核对"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    key: int
    moment: str
    who: str
    what: str
    purpose: str
    reason: str
    action: str
    is_refused: bool


def readings_of(actor: Actor, entries: Iterable[Entry]) -> list[Reading]:
    """Names in one query; entries come with their details."""
    rows = list(entries)
    names = offices_of(row.actor for row in rows)
    return [_reading(actor, row, names) for row in rows]


def _reading(actor: Actor, entry: Entry, names: Mapping[Any, str]) -> Reading:
    said = shown(actor, entry)
    what = f"{VERBS.get(entry.action) or ACTIONS[entry.action]} {_object(said)}".strip()
    return Reading(
        key=entry.pk,
        moment=moment(entry.at),
        who=names.get(entry.actor) or _("系统"),
        what=_("%(what)s（未获准）") % {"what": what} if entry.is_refused else what,
        purpose=purpose_text(entry.purpose),
        reason=said.reason,
        action=entry.action,
        is_refused=entry.is_refused,
    )


def _object(said: Shown) -> str:
    detail = said.detail if isinstance(said.detail, dict) else {}
    kind, field, item = detail.get("kind", ""), detail.get("field", ""), detail.get("item", "")
    if kind in KINDS:
        return str(KINDS[kind].title)
    if item in VerificationItem.values:
        return str(VerificationItem(item).label)
    return str(FIELD_LABELS.get(field, "")) or (str(kind) if kind in _FORMATS else "")


_FORMATS: Sequence[str] = ("pdf", "docx", "lrmx", "xlsx")


def purpose_text(purpose: str) -> str:
    if purpose == Purpose.SUBJECT_ACCESS.value:
        return _("本人查阅")
    return str(PurposeChoice(purpose).label) if purpose in PurposeChoice.values else ""
