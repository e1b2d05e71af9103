"""What the page of one imported person prints: the form as read, who it may be, the difference group by group."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from quanheng.formats import elements
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake import queries
from quanheng.intake.compare import Change, text_of
from quanheng.intake.models import ImportItem
from quanheng.kernel.actor import Actor
from quanheng.people.models import Cadre
from quanheng.web.desk import import_parts as parts
from quanheng.web.desk import import_words as words
from quanheng.web.shared.diff import DiffRow, diff_row
from quanheng.web.shared.element_words import LABELS
from quanheng.web.shared.parts import Fact, Link

_NOT_SHOWN = (elements.Kind.PHOTO, elements.Kind.VERSION)


def form_facts(form: AppointmentForm) -> list[Fact]:
    """All that the file says, in the order of the form; blanks are left out."""
    texts = [
        (LABELS[element.attribute], text_of(form, element.attribute))
        for element in elements.ELEMENTS
        if element.kind not in _NOT_SHOWN
    ]
    return [Fact(label, text) for label, text in texts if text]


@dataclass(frozen=True, slots=True)
class CandidateLine:
    key: str
    name: str
    born: str
    unit: str
    url: str
    is_chosen: bool


def candidate_lines(actor: Actor, item: ImportItem, form: AppointmentForm) -> list[CandidateLine]:
    """Whom of the register the person may be; nothing where that is no question."""
    said = queries.resolution(item)
    if item.match != "duplicate" and said is None:
        return []
    return [_candidate(cadre, said) for cadre in queries.candidates(actor, form)]


def _candidate(cadre: Cadre, said: str | None) -> CandidateLine:
    born = f"{cadre.birth_month:%Y.%m}" if cadre.birth_month else ""
    key = str(cadre.pk)
    return CandidateLine(key, cadre.name, born, cadre.home_unit.name, parts.dossier_url(cadre.pk), said == key)


@dataclass(frozen=True, slots=True)
class GroupChoice:
    """One group of the difference and whether it is taken."""

    group: str
    row: DiffRow
    is_taken: bool
    is_long: bool


def difference(item: ImportItem, comparison: queries.Comparison) -> tuple[GroupChoice, ...]:
    rejected = queries.rejected_groups(item)
    return tuple(
        GroupChoice(change.group, _row(change), change.group not in rejected, "\n" in change.before + change.after)
        for change in comparison.changes
    )


def _row(change: Change) -> DiffRow:
    label = words.group_label(change.group)
    if change.group == "photo":
        return diff_row(label, _("登记册里的照片"), _("文件里的照片，见本页上方"))
    return diff_row(label, change.before, change.after)


@dataclass(frozen=True, slots=True)
class Neighbours:
    previous: Link | None
    following: Link | None


def neighbours(item: ImportItem) -> Neighbours:
    """Before and after in the order of the files."""
    others = item.batch.items.values_list("pk", flat=True)
    previous = others.filter(order__lt=item.order).order_by("-order").first()
    following = others.filter(order__gt=item.order).order_by("order").first()
    return Neighbours(_link(item, _("上一份"), previous), _link(item, _("下一份"), following))


def _link(item: ImportItem, label: str, key: UUID | None) -> Link | None:
    return Link(label, parts.item_url_of(item.batch_id, key)) if key else None
