"""What each tab of a dossier shows; nothing is read that the tab does not need."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from quanheng.ledger.queries import find_entries
from quanheng.people.choices import CadreStatus, Sex
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries import verifications_of
from quanheng.people.queries_dossier import (
    Around,
    around,
    core_records,
    entries_about,
    life_marks,
    records_on,
    sources_of,
    visible_kin_ties,
)
from quanheng.people.roster import Row
from quanheng.people.undo import UNDOABLE, undo_until
from quanheng.web.desk import dossier_parts as parts
from quanheng.web.desk.days import as_of, printed_at
from quanheng.web.desk.dossier_eligibility import eligibility_context
from quanheng.web.desk.dossier_opening import OpenFile
from quanheng.web.shared.columns import post_text
from quanheng.web.shared.dossier_career import career_of
from quanheng.web.shared.dossier_facts import fact_lines
from quanheng.web.shared.dossier_readings import readings_of
from quanheng.web.shared.dossier_records import record_table
from quanheng.web.shared.gate import ActorRequest
from quanheng.web.shared.parts import Text

TABS: Mapping[str, Text] = {
    "overview": gettext_lazy("概览"),
    "resume": gettext_lazy("简历"),
    "posts": gettext_lazy("任职与职级"),
    "education": pgettext_lazy("tab", "学历学位"),
    "family": gettext_lazy("家庭与社会关系"),
    "rewards": gettext_lazy("奖惩"),
    "grades": gettext_lazy("考核"),
    "training": gettext_lazy("培训与专长"),
    "eligibility": gettext_lazy("资格"),
    "forms": gettext_lazy("表内其他文字"),
    "readings": gettext_lazy("查阅记录"),
}
# Kinds of records on a tab that holds tables only.
TABLES: Mapping[str, tuple[str, ...]] = {
    "resume": ("resume",),
    "posts": ("post", "rank"),
    "education": ("education", "title"),
    "family": ("family",),
    "rewards": ("reward", "sanction"),
    "grades": ("grade",),
    "training": ("training", "specialty"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    label: Text
    url: str
    count: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the parts of one page share."""

    request: ActorRequest
    file: OpenFile
    records: Row
    around: Around


def dossier_context(request: ActorRequest, file: OpenFile) -> dict[str, Any]:
    tab = request.GET.get("tab", "overview")
    tab = tab if tab in TABS else "overview"
    until = _until(file)
    beside = around(request.actor, file.cadre, file.on, purpose=file.purpose, until=until)
    shown = Shown(request, file, core_records(file.cadre, file.on), beside)
    context = _TABS[tab](shown) if tab in _TABS else {"tables": _tables(shown, tab)}
    return _header(shown) | {"tab": tab, "tabs": _tabs(shown, tab), "tab_label": TABS[tab]} | context


def _until(file: OpenFile) -> datetime | None:
    return make_aware(datetime.combine(file.on + timedelta(days=1), time())) if file.is_past else None


def _header(shown: Shown) -> dict[str, Any]:
    file, cadre = shown.file, shown.file.cadre
    photo = reverse("desk:dossier-photo", args=[cadre.pk]) + (f"?{file.links.query}" if file.links.query else "")
    return {
        "cadre": cadre,
        "about": parts.about(cadre, post_text(shown.records)),
        "facts": fact_lines(shown.records, file.links),
        "photo_url": photo if shown.around.photo else "",
        "status": "" if cadre.status == CadreStatus.SERVING else CadreStatus(cadre.status).label,
        "previous_url": file.links.person(shown.around.previous) if shown.around.previous else "",
        "next_url": file.links.person(shown.around.next) if shown.around.next else "",
        "forms": parts.form_links(file),
        "more": parts.change_links(file),
        "may_edit": file.links.may_edit,
        "purposes": parts.purpose_links(file),
        "as_of": as_of(shown.request, file.on),
        "printed_at": printed_at(shown.request),
        "unit_url": f"{reverse('desk:people')}?unit={cadre.home_unit_id}",
        "has_sex": cadre.sex in Sex.values,
    }


def _tabs(shown: Shown, current: str) -> list[Tab]:
    counts = _counts(shown)
    links = shown.file.links
    return [
        Tab(label, links.page() if key == "overview" else links.page(tab=key), counts.get(key), key == current)
        for key, label in TABS.items()
    ]


def _counts(shown: Shown) -> dict[str, int]:
    records, counts = shown.records, shown.around.counts
    return {
        "resume": len([row for row in records.resume if row.inside_id is None]),
        "posts": len(records.posts) + len(records.ranks),
        "education": len(records.educations) + counts["title"],
        "family": counts["family"],
        "rewards": counts["reward"] + counts["sanction"],
        "grades": len(records.grades),
        "training": counts["training"] + counts["specialty"],
        "readings": counts["entry"],
    }


def _tables(shown: Shown, tab: str) -> list[Any]:
    """The tables of a tab; what the header has read already is not read again."""
    file = shown.file
    return [record_table(kind, _rows(shown, kind), file.on, file.links) for kind in TABLES[tab]]


def _rows(shown: Shown, kind: str) -> Sequence[DossierRecord]:
    records = shown.records
    read: Mapping[str, Sequence[DossierRecord]] = {
        "resume": records.resume,
        "post": records.posts,
        "rank": records.ranks,
        "education": records.educations,
        "grade": records.grades,
    }
    if kind in read:
        return read[kind]
    return records_on(shown.file.cadre, kind, shown.file.on) if shown.around.counts[kind] else []


def _overview(shown: Shown) -> dict[str, Any]:
    file, records = shown.file, shown.records
    verifications = {row.item: row for row in verifications_of([file.cadre.pk])}
    sources = sources_of(file.cadre)
    kin = visible_kin_ties(shown.request.actor, file.cadre) if shown.around.counts["kin_tie"] else ()
    return {
        "career": career_of(records, life_marks(file.cadre, file.on), file.links),
        "resume": record_table("resume", records.resume, file.on, file.links),
        "resume_state": parts.resume_state(records),
        "items": parts.verification_lines(records, verifications, file.links),
        "items_state": parts.verification_state(verifications),
        "fields": parts.field_lines(file, sources, reveals=shown.request.GET.get("reveal") == "identity"),
        "reveal_url": file.links.page(reveal="identity") if file.cadre.identity_number else "",
        "is_revealed": shown.request.GET.get("reveal") == "identity",
        "kin_ties": [parts.kin_line(tie, file.links) for tie in kin],
    }


def _forms(shown: Shown) -> dict[str, Any]:
    cadre = shown.file.cadre
    forms = records_on(cadre, "form", shown.file.on) if not shown.file.is_past else []
    return {"stated": parts.stated_forms(forms), "sources": parts.source_lines(shown.file, sources_of(cadre))}


def _readings(shown: Shown) -> dict[str, Any]:
    request, file = shown.request, shown.file
    before = request.GET.get("before", "")
    found = find_entries(
        entries_about(request.actor, file.cadre, _until(file)).select_related("detail"),
        before=int(before) if before.isdecimal() else None,
    )
    may_undo = {
        entry.pk
        for entry in found.entries
        if file.links.may_edit
        and entry.action in UNDOABLE
        and not entry.is_refused
        and request.now <= undo_until(entry)
    }
    return {
        "readings": readings_of(request.actor, found.entries),
        "undoable": may_undo,
        "older_url": file.links.page(tab="readings", before=str(found.older)) if found.older else "",
        "readings_note": _("打开、打印、导出和每一处改动都在这里，最近的在前。"),
    }


def _eligibility(shown: Shown) -> dict[str, Any]:
    return eligibility_context(shown.request, shown.file, shown.records)


_TABS: Mapping[str, Callable[[Shown], dict[str, Any]]] = {
    "overview": _overview,
    "eligibility": _eligibility,
    "forms": _forms,
    "readings": _readings,
}
