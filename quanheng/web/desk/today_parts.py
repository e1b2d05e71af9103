"""Lines of 今日: what waits, what changed, what was opened; worded, with the step that comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from quanheng.accounts.queries import names_of
from quanheng.formats.codes import table
from quanheng.intake.choices import ImportState
from quanheng.intake.models import ImportBatch
from quanheng.intake.queries import UNDO_DAYS, to_correct, undo_until, undoable_imports
from quanheng.kernel.actor import Actor
from quanheng.people.access import may_edit
from quanheng.people.choices import VerificationItem
from quanheng.people.models import Cadre
from quanheng.people.queries_due import Due, DueKind, RecentChange, due_cadres, recent_changes
from quanheng.people.undo import UNDOABLE
from quanheng.people.undo import undo_until as change_undo_until
from quanheng.web.shared.context import url_or_nothing
from quanheng.web.shared.dossier_words import FIELD_LABELS
from quanheng.web.shared.ledger_rows import about
from quanheng.web.shared.ledger_words import FILE_CHANGES, action_text
from quanheng.web.shared.parts import Link, Text
from quanheng.web.shared.wording import listed

NAMED = 3  # persons in a line; the rest are behind its link
IMPORTS = 8
CHANGES = 8


@dataclass(frozen=True, slots=True)
class KindWords:
    label: Text  # the first column
    what: Any  # with %(count)s, by the number `total`
    title: Text  # of the list of all
    why: Text
    verb: Text


KINDS: Mapping[DueKind, KindWords] = {
    DueKind.KIN: KindWords(
        gettext_lazy("亲属"),
        ngettext_lazy("%(count)s 人的亲属可能也在册，待确认", "%(count)s 人的亲属可能也在册，待确认", "total"),
        gettext_lazy("亲属待确认"),
        gettext_lazy("姓名与出生年月相同；确认后双方回避"),
        gettext_lazy("去确认"),
    ),
    DueKind.INCONSISTENT: KindWords(
        gettext_lazy("档案核对"),
        ngettext_lazy("%(count)s 人两处不一，待认定", "%(count)s 人两处不一，待认定", "total"),
        gettext_lazy("档案核对：两处不一"),
        gettext_lazy("三龄二历一身份"),
        gettext_lazy("去认定"),
    ),
    DueKind.MISSING: KindWords(
        gettext_lazy("档案核对"),
        ngettext_lazy("%(count)s 人缺材料", "%(count)s 人缺材料", "total"),
        gettext_lazy("档案核对：缺材料"),
        gettext_lazy("三龄二历一身份"),
        gettext_lazy("去补材料"),
    ),
    DueKind.FLAGGED: KindWords(
        gettext_lazy("档案项目"),
        ngettext_lazy("%(count)s 人有读不出的项目，待更正", "%(count)s 人有读不出的项目，待更正", "total"),
        gettext_lazy("读不出的档案项目"),
        gettext_lazy("导入时保留了原文"),
        gettext_lazy("去更正"),
    ),
}


@dataclass(frozen=True, slots=True)
class DueLine:
    label: Text
    what: str
    persons: tuple[Link, ...]
    why: Text  # why this is on the desk
    step: Link
    why_url: str = ""
    is_computed: bool = False  # `why_url` is the evidence of a value that was worked out
    what_url: str = ""
    is_overdue: bool = False
    has_more: bool = False  # persons beyond those named


@dataclass(frozen=True, slots=True)
class ChangeLine:
    at: str
    who: str
    what: str
    person: Link
    more: int  # further persons of the same act
    is_undone: bool
    undo: Link | None


def due_lines(actor: Actor, at: datetime) -> list[DueLine]:
    found = [due_cadres(actor, kind, limit=NAMED) for kind in DueKind]
    return [*import_lines(actor, at), *(_due_line(due, verb_for(actor, due.kind)) for due in found if due.total)]


def import_lines(actor: Actor, at: datetime) -> list[DueLine]:
    if not may_edit(actor):
        return []
    waiting = [_waiting_line(batch) for batch in to_correct(actor)[:IMPORTS]]
    return waiting + [_undoable_line(batch) for batch in undoable_imports(actor, at)[:IMPORTS]]


def _waiting_line(batch: ImportBatch) -> DueLine:
    facts = {"number": batch.number, "total": batch.total, "findings": getattr(batch, "findings", 0)}
    if batch.state == ImportState.FAILED:
        what, verb = _("导入 %(number)s 没有办完，%(total)s 份文件都还在") % facts, _("去看原因")
    elif facts["findings"]:
        what, verb = _("核对导入 %(number)s：%(total)s 份，%(findings)s 份有疑问") % facts, _("继续导入")
    else:
        what, verb = _("核对导入 %(number)s：%(total)s 份") % facts, _("继续导入")
    return DueLine(
        _("导入"), what, (), _("%(day)s 上传，未生效") % {"day": day(batch.created_at)}, _import(batch, verb)
    )


def _undoable_line(batch: ImportBatch) -> DueLine:
    until = undo_until(batch)
    assert until is not None  # an applied import says when
    what = _("导入 %(number)s 已生效，%(day)s 以后不能撤销") % {"number": batch.number, "day": day(until)}
    why = _("撤销期 %(days)s 天") % {"days": UNDO_DAYS}
    return DueLine(_("导入"), what, (), why, _import(batch, _("看导入")))


def _import(batch: ImportBatch, verb: str) -> Link:
    return Link(verb, url_or_nothing("desk:import", batch.pk))


def verb_for(actor: Actor, kind: DueKind) -> Text:
    """Who only reads is not sent to a step that is not theirs."""
    return KINDS[kind].verb if may_edit(actor) else _("看档案")


def _due_line(due: Due, verb: Text) -> DueLine:
    """One person: straight to the file. Several: the list of all."""
    words = KINDS[due.kind]
    persons = tuple(Link(cadre.name, _dossier(cadre.pk)) for cadre in due.cadres)
    if due.total == 1:
        step = Link(verb, persons[0].url)
    else:
        step = Link(_("看名单"), reverse("desk:today-due", args=[due.kind.value]))
    return DueLine(words.label, words.what % {"count": f"{due.total:,}", "total": due.total}, persons, words.why, step)


@dataclass(frozen=True, slots=True)
class PersonLine:
    name: str
    url: str
    unit: str
    about: str


def person_lines(due: Due) -> list[PersonLine]:
    return [
        PersonLine(
            cadre.name,
            _dossier(cadre.pk),
            cadre.home_unit.name,
            listed(_about(due.kind, code) for code in due.about[cadre.pk]),
        )
        for cadre in due.cadres
    ]


def _about(kind: DueKind, code: str) -> str:
    match kind:
        case DueKind.KIN:
            return table("family_relations").name_of(code)
        case DueKind.FLAGGED:
            return str(FIELD_LABELS.get(code, code))
        case DueKind.INCONSISTENT | DueKind.MISSING:
            return str(VerificationItem(code).label)


def change_lines(actor: Actor, at: datetime) -> list[ChangeLine]:
    changes = recent_changes(actor, at, limit=CHANGES, actions=FILE_CHANGES)
    names = names_of(change.entry.actor for change in changes)
    imports = _import_pages(actor, changes)
    return [_change_line(actor, change, names, imports, at) for change in changes]


def _change_line(
    actor: Actor, change: RecentChange, names: Mapping[UUID, str], imports: Mapping[datetime, Link], at: datetime
) -> ChangeLine:
    entry = change.entry
    what = " · ".join(text for text in (action_text(entry.action), about(actor, entry)) if text)
    return ChangeLine(
        at=when(entry.at, at),
        who=names.get(entry.actor, _("系统")),
        what=what,
        person=Link(change.cadre.name, _dossier(change.cadre.pk)),
        more=change.count - 1,
        is_undone=change.is_undone,
        undo=_undo(actor, change, at) or (imports.get(entry.at) if entry.actor == actor.key else None),
    )


def _undo(actor: Actor, change: RecentChange, at: datetime) -> Link | None:
    """One's own change of one file, while it can be taken back; the page of the file asks for the reason."""
    entry, until = change.entry, change_undo_until(change.entry)
    is_own = entry.actor == actor.key and entry.action in UNDOABLE and may_edit(actor)
    if not is_own or change.is_undone or at > until:
        return None
    url = url_or_nothing("desk:dossier-undo", change.cadre.pk, entry.pk)
    return Link(_("撤销可用至 %(day)s") % {"day": day(until)}, url) if url else None


def _import_pages(actor: Actor, changes: Iterable[RecentChange]) -> dict[datetime, Link]:
    """The entries of an import carry the moment at which it took effect."""
    moments = [change.entry.at for change in changes if change.entry.action == "intake.import_cadre"]
    found = undoable_imports(actor, max(moments)).filter(applied_at__in=moments) if moments else ()
    return {batch.applied_at: _undo_import(batch) for batch in found if batch.applied_at}


def _undo_import(batch: ImportBatch) -> Link:
    until = undo_until(batch)
    return _import(batch, _("撤销可用至 %(day)s") % {"day": day(until) if until else ""})


def opened_links(cadres: Iterable[Cadre]) -> list[Link]:
    return [Link(cadre.name, _dossier(cadre.pk)) for cadre in cadres]


def _dossier(key: UUID) -> str:
    return url_or_nothing("desk:dossier", key)


def day(at: datetime) -> str:
    return f"{localtime(at):%m-%d}"


def when(at: datetime, now: datetime) -> str:
    """08:41, 昨天 17:20, 11-18 16:02."""
    local, today = localtime(at), localtime(now).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return clock
    return (
        _("昨天 %(clock)s") % {"clock": clock}
        if today - local.date() == timedelta(days=1)
        else f"{local:%m-%d} {clock}"
    )


WEEKDAYS = (
    gettext_lazy("星期一"),
    gettext_lazy("星期二"),
    gettext_lazy("星期三"),
    gettext_lazy("星期四"),
    gettext_lazy("星期五"),
    gettext_lazy("星期六"),
    gettext_lazy("星期日"),
)


def date_text(today: date) -> str:
    words = {"month": today.month, "day": today.day, "weekday": WEEKDAYS[today.weekday()]}
    return _("%(month)s 月 %(day)s 日，%(weekday)s") % words
