"""Lines of the dossier's page: the person in one line, the form's single values, 三龄二历一身份, kin, form texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import PurposeChoice
from quanheng.formats import codes
from quanheng.kernel.period import whole_months
from quanheng.people.choices import (
    KinTieState,
    PersonnelKind,
    ResumeSetting,
    Sex,
    VerificationItem,
    VerificationResult,
)
from quanheng.people.fields import IDENTITY_FIELDS
from quanheng.people.models import Cadre, FieldSource, KinTie, Verification
from quanheng.people.models.records import DossierRecord
from quanheng.people.roster import Row
from quanheng.web.desk.dossier_opening import DeskLinks, OpenFile
from quanheng.web.shared.dossier_records import KINDS
from quanheng.web.shared.dossier_words import (
    FIELD_LABELS,
    MONTH_FIELDS,
    day_text,
    field_text,
    moment,
    month,
    month_of_text,
    source_text,
    span,
)
from quanheng.web.shared.parts import Link, Shape, Text, Verdict

FORMS: Mapping[str, Text] = {
    "pdf": gettext_lazy("PDF，打印签批"),
    "docx": gettext_lazy("Word，可改"),
    "lrmx": gettext_lazy("lrmx，报送与交换"),
}
STATED_LABELS: Mapping[str, Text] = {
    "current_post": gettext_lazy("现任职务"),
    "proposed_post": gettext_lazy("拟任职务"),
    "removed_post": gettext_lazy("拟免职务"),
    "rewards_and_sanctions": gettext_lazy("奖惩情况"),
    "annual_grades": gettext_lazy("年度考核结果"),
    "reason": gettext_lazy("任免理由"),
    "reporting_unit": gettext_lazy("呈报单位"),
    "retirement_due": gettext_lazy("到龄年月"),
    "age_limit_before_reform": gettext_lazy("改革前任职年龄界限"),
    "age_computed_on": gettext_lazy("计算年龄时间"),
    "filled_on": gettext_lazy("填表时间"),
    "filled_by": gettext_lazy("填表人"),
}
GAP = timedelta(days=62)


@dataclass(frozen=True, slots=True)
class FieldLine:
    label: Text
    value: str
    evidence_url: str
    change_url: str
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One of 三龄二历一身份: what is held, what it was checked against, and the state in words."""

    label: Text
    value: str
    evidence_url: str
    materials: str
    state: str
    verdict: Verdict | None
    is_checked: bool
    verify_url: str


@dataclass(frozen=True, slots=True)
class KinLine:
    tie: KinTie
    relation: str
    name: str
    url: str
    unit: str
    state: str
    is_proposed: bool
    decide_url: str


@dataclass(frozen=True, slots=True)
class StatedLines:
    source: str
    recorded: str
    texts: tuple[tuple[Text, str], ...]


def about(cadre: Cadre, posts: str) -> list[str]:
    sex = str(Sex(cadre.sex).label) if cadre.sex else ""
    ethnicity = codes.table("ethnic_groups").name_of(cadre.ethnicity)
    return [text for text in (sex, ethnicity, posts) if text]


def form_links(file: OpenFile) -> list[Link]:
    """Not of an earlier day: a form is signed as the file stands now."""
    if file.is_past:
        return []
    return [Link(label, file.links.form(kind)) for kind, label in FORMS.items()]


def change_links(file: OpenFile) -> list[Link]:
    if not file.links.may_edit:
        return []
    return [Link(_("补录%(kind)s") % {"kind": KINDS[kind].title}, file.links.add(kind)) for kind in KINDS]


def purpose_links(file: OpenFile) -> list[tuple[Text, str, bool]]:
    """The quiet switch 用途, only where there is a choice."""
    if len(file.purposes) < 2:
        return []
    page = reverse("desk:dossier", args=[file.cadre.pk])
    on = {"on": file.on.isoformat()} if file.is_past else {}
    return [
        (
            PurposeChoice(purpose.value).label,
            f"{page}?{urlencode({**on, 'purpose': purpose.value})}",
            purpose is file.purpose,
        )
        for purpose in file.purposes
    ]


def field_lines(file: OpenFile, sources: Mapping[str, FieldSource], *, reveals: bool) -> list[FieldLine]:
    """The single values in the order of the form; the identity number masked unless asked for."""
    lines = []
    for field in IDENTITY_FIELDS:
        source = sources.get(field.key)
        text = field_text(file.cadre, field.key, field.render(file.cadre))
        if field.key == "identity_number" and reveals:
            text = file.cadre.identity_number or ""
        is_flagged = source is not None and source.is_flagged
        raw = month_of_text(str(source.raw or "")) if source and is_flagged and field.key != "identity_number" else ""
        lines.append(
            FieldLine(
                FIELD_LABELS[field.key],
                text or raw or _("空"),
                file.links.field(field.key),
                file.links.change_field(field.key),
                is_flagged,
            )
        )
    return lines


def resume_state(records: Row) -> str:
    """6 段，年月衔接无空档, or with the number of gaps."""
    spans = sorted((row.valid_from, row.valid_to) for row in records.resume if row.valid_from and not row.inside_id)
    gaps = sum(1 for (_start, end), (start, _end) in zip(spans, spans[1:], strict=False) if end and start - end > GAP)
    if gaps:
        return _("%(count)s 段，有 %(gaps)s 处空档") % {"count": len(spans), "gaps": gaps}
    return _("%(count)s 段，年月衔接无空档") % {"count": len(spans)}


def verification_lines(records: Row, found: Mapping[str, Verification], links: DeskLinks) -> list[ItemLine]:
    return [_item_line(item, records, found.get(item.value), links) for item in VerificationItem]


def _item_line(item: VerificationItem, records: Row, row: Verification | None, links: DeskLinks) -> ItemLine:
    value, evidence = _item_value(item, records, links)
    verify = reverse("desk:dossier-verify", args=[records.cadre.pk, item.value.replace("_", "-")])
    result = VerificationResult(row.result) if row else None
    verdicts = {
        VerificationResult.INCONSISTENT: Verdict(Shape.NEEDS_PERSON, VerificationResult.INCONSISTENT.label),
        VerificationResult.MISSING: Verdict(Shape.UNKNOWN),
    }
    return ItemLine(
        label=item.label,
        value=value or _("空"),
        evidence_url=evidence,
        materials=row.materials if row else "",
        state=str(result.label) if result else _("未核"),
        verdict=verdicts.get(result) if result else None,
        is_checked=row is not None,
        verify_url=verify if links.may_edit else "",
    )


def _item_value(item: VerificationItem, records: Row, links: DeskLinks) -> tuple[str, str]:
    cadre = records.cadre
    match item:
        case VerificationItem.BIRTH:
            return month(cadre.birth_month), links.field("birth")
        case VerificationItem.PARTY_JOINING:
            text = month(cadre.party_joined_month)
            return text or codes.table("political_affiliations").name_of(cadre.political_affiliation), links.field(
                "party_joining"
            )
        case VerificationItem.WORK_START:
            return month(cadre.work_start_month), links.field("work_start")
        case VerificationItem.EDUCATION:
            names = dict.fromkeys(name for row in records.educations for name in (row.level_name, row.degree_name))
            return " / ".join(name for name in names if name), links.fact("education")
        case VerificationItem.EXPERIENCE:
            return _experience(records), links.page(tab="resume")
        case VerificationItem.CADRE_STATUS:
            return str(PersonnelKind(cadre.personnel_kind).label), ""


def _experience(records: Row) -> str:
    """6 段 19 年: stretches of work, without studies."""
    work = [
        row for row in records.resume if row.inside_id is None and row.valid_from and row.setting != ResumeSetting.STUDY
    ]
    if not work:
        return ""
    months = sum(
        whole_months(row.valid_from, min(row.valid_to or records.on, records.on)) for row in work if row.valid_from
    )
    return _("%(count)s 段 %(span)s") % {"count": len(work), "span": span(months)}


def verification_state(found: Mapping[str, Verification]) -> str:
    verified = [row for row in found.values() if row.result == VerificationResult.VERIFIED]
    text = _("核对 %(count)s / 6") % {"count": len(verified)}
    latest = max(found.values(), key=lambda row: row.verified_on, default=None)
    return f"{text} · {latest.verified_by_name} {day_text(latest.verified_on)}" if latest else text


def kin_line(tie: KinTie, links: DeskLinks) -> KinLine:
    return KinLine(
        tie=tie,
        relation=codes.table("family_relations").name_of(tie.relation),
        name=tie.kin.name,
        url=links.person(tie.kin_id),
        unit=tie.kin.home_unit.name,
        state=str(KinTieState(tie.state).label),
        is_proposed=tie.state == KinTieState.PROPOSED,
        decide_url=reverse("desk:dossier-kin", args=[tie.cadre_id, tie.pk]) if links.may_edit else "",
    )


def stated_forms(forms: Sequence[DossierRecord]) -> list[StatedLines]:
    return [_stated(form) for form in forms]


def _stated(form: Any) -> StatedLines:
    texts = tuple((label, str(form.content[key])) for key, label in STATED_LABELS.items() if form.content.get(key))
    return StatedLines(source_text(form), moment(form.recorded_at), texts)


def source_lines(file: OpenFile, sources: Mapping[str, FieldSource]) -> list[dict[str, Any]]:
    """Of each single value: where it comes from and how it stood there."""
    return [
        {
            "label": FIELD_LABELS[key],
            "raw": _raw(key, source),
            "url": file.links.field(key),
            "source": source_text(source),
            "recorded": moment(source.recorded_at),
            "is_flagged": source.is_flagged,
        }
        for key, source in sources.items()
        if key in FIELD_LABELS
    ]


def _raw(key: str, source: FieldSource) -> str:
    if key == "identity_number":
        return _("不在此显示")
    return month_of_text(str(source.raw or "")) if key in MONTH_FIELDS else str(source.raw or "")
