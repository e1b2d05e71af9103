"""凭什么: the drawer behind each derived fact of a dossier. Sources of single values and records: dossier_sources."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.queries import names_of
from quanheng.intake.queries import import_files
from quanheng.people.choices import VerificationItem, VerificationResult
from quanheng.people.facts import FACTS, Derived, FactKind, Used
from quanheng.people.fields import BY_KEY
from quanheng.people.models import FieldSource, Verification
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries import KIND_OF
from quanheng.people.queries_dossier import source_keys
from quanheng.people.roster import Row
from quanheng.web.shared.dossier_facts import fact_label, fact_text
from quanheng.web.shared.dossier_records import KINDS, Links
from quanheng.web.shared.dossier_words import (
    FIELD_LABELS,
    WHY,
    Names,
    checked_text,
    day_text,
    field_text,
    missing_text,
    moment,
    month,
    source_text,
    span,
)
from quanheng.web.shared.parts import Evidence, EvidenceRecord, Fact, Link, Text
from quanheng.web.shared.retirement_words import retirement_text

LAW_ABSENT = gettext_lazy("这是按记录算出的值，不是对某一条款的判断；哪些规则用到它，见规则库。")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, in the words and links of that audience."""

    owner: str  # the person's name, or 您的档案
    links: Links
    purpose: Text
    remedy: Text  # what one who may not change anything can do about an error


@dataclass(frozen=True, slots=True)
class Stated:
    """The single values beside the records: sources and verifications of the file."""

    sources: Mapping[str, FieldSource]
    verifications: Mapping[str, Verification]


# Facts that rest on one value of the form, with the item of 三龄二历一身份 that checks it.
RESTS_ON: Mapping[FactKind, tuple[str, VerificationItem]] = {
    FactKind.AGE: ("birth", VerificationItem.BIRTH),
    FactKind.WORK_YEARS: ("work_start", VerificationItem.WORK_START),
    FactKind.PARTY: ("party_joining", VerificationItem.PARTY_JOINING),
}


def fact_evidence(kind: FactKind, records: Row, stated: Stated, reader: Reader) -> Evidence:
    derived = FACTS[kind](records)
    before, value = fact_text(derived)
    used = [use.record for use in derived.used if isinstance(use.record, DossierRecord)]
    field = RESTS_ON[kind][0] if kind in RESTS_ON else ""
    rows: list[Any] = [*used, *([stated.sources[field]] if field in stated.sources else [])]
    names = names_for(rows)
    counted = [use.record for use in derived.used if use.is_counted] or rows
    label = str(fact_label(derived))
    return Evidence(
        claim=label,
        path=(reader.owner,),
        value=f"{before} {value}".strip(),
        since=_("%(day)s 起") % {"day": month(derived.since)} if derived.since and derived.months is not None else "",
        records=tuple(_field_record(kind, records, stated, names, reader))
        or tuple(_used_record(use, records.on, names, reader.links) for use in derived.used),
        law_absent=LAW_ABSENT,
        calculation=(*_CALCULATIONS[kind](derived), *_retirement(kind, records)),
        who=(*who_facts(counted, names), Fact(_("本次查阅用途"), reader.purpose)),
        steps=tuple(_steps(derived, field, counted, reader)),
        notices=tuple(missing_text(code) for code in derived.missing),
        citation=_("%(owner)s %(label)s：%(value)s（按 %(day)s 计）")
        % {"owner": reader.owner, "label": label, "value": f"{before} {value}".strip(), "day": day_text(records.on)},
        back_url=reader.links.page(),
    )


def _retirement(kind: FactKind, records: Row) -> tuple[Text, ...]:
    """The reminder of the day leads to the age, and has to be accounted for there."""
    if kind is not FactKind.AGE:
        return ()
    text = retirement_text(records.cadre.pk)
    return (text,) if text else ()


def names_for(rows: Iterable[Any]) -> Names:
    """Two queries at most, however many records there are."""
    found = list(rows)
    keys = {key for row in found for key in (row.recorded_by, row.source_key) if key}
    return Names(names_of(keys) if keys else {}, import_files(source_keys(found)))


def _field_record(
    kind: FactKind, records: Row, stated: Stated, names: Names, reader: Reader
) -> Iterable[EvidenceRecord]:
    """The one value of the form that a fact rests on."""
    if kind not in RESTS_ON:
        return
    key, item = RESTS_ON[kind]
    text = field_text(records.cadre, key, BY_KEY[key].render(records.cadre))
    source = stated.sources.get(key)
    if not text and source is None:
        return
    yield EvidenceRecord(
        value=f"{FIELD_LABELS[key]} {text or source and source.raw or ''}".strip(),
        is_counted=bool(text),
        why="" if text else _("原文不能识别，保留待核"),
        source=source_text(source, names) if source else "",
        checked=verification_text(stated.verifications.get(item.value)),
        url=reader.links.field(key),
    )


def verification_text(row: Verification | None) -> str:
    if row is None:
        return ""
    result = VerificationResult(row.result).label
    return f"{result} {row.materials} · {row.verified_by_name} {day_text(row.verified_on)}"


def _used_record(use: Used, on: date, names: Names, links: Links) -> EvidenceRecord:
    record = use.record
    assert isinstance(record, DossierRecord)  # facts of single values list none
    kind = KIND_OF[type(record)]
    value, when = KINDS[kind].headline(record, on)
    months = span(use.months) if use.is_counted and use.months is not None else ""
    return EvidenceRecord(
        value=value,
        period=when,
        is_counted=use.is_counted,
        why=months if use.is_counted else WHY[use.why],
        source=_source(record, names),
        checked=checked_text(record),
        url=links.record(kind, record.pk),
    )


def _source(record: DossierRecord, names: Names) -> str:
    """The document of a post or rank says more than the register it was taken from."""
    document: str = getattr(record, "document", "")
    source = source_text(record, names)
    return f"{document} · {source}" if document else source


def who_facts(rows: Iterable[Any], names: Names) -> tuple[Fact, ...]:
    """Entered and checked, by whom and when: the latest of several records."""
    found = [row for row in rows if hasattr(row, "recorded_at")]
    if not found:
        return ()
    latest = max(found, key=lambda row: row.recorded_at)
    facts = [Fact(_("录入"), f"{account_name(latest.recorded_by, names)} {moment(latest.recorded_at)}")]
    checked = [row for row in found if getattr(row, "verified_on", None)]
    if checked:
        last = max(checked, key=lambda row: row.verified_on)
        facts.append(
            Fact(_("核对"), f"{last.verified_by_name} {day_text(last.verified_on)}", note=last.verified_against)
        )
    return tuple(facts)


def account_name(key: UUID, names: Names) -> str:
    return names.accounts.get(key) or _("系统")


def _steps(derived: Derived, field: str, counted: Iterable[object], reader: Reader) -> Iterable[Link]:
    """Correct what the value rests on, or add what is missing; who may not, whom to ask."""
    links = reader.links
    record = next((row for row in counted if isinstance(row, DossierRecord)), None)
    if field:
        url = links.change_field(field)
    elif record is not None:
        url = links.change(KIND_OF[type(record)], record.pk)
    else:
        url = links.add(_ADDS[derived.kind])
    if not url:
        yield Link(reader.remedy)
    elif field or record is not None:
        yield Link(_("更正这条记录"), url)
    else:
        yield Link(_("补录"), url)


_ADDS: Mapping[FactKind, str] = {
    FactKind.TIER: "post",
    FactKind.TENURE: "post",
    FactKind.RANK: "rank",
    FactKind.GRASSROOTS: "resume",
    FactKind.EDUCATION: "education",
    FactKind.GRADES: "grade",
}


def _age(derived: Derived) -> tuple[Text, ...]:
    return (_("从出生年月到 %(day)s 的足月数，满 12 个月为 1 岁。") % {"day": day_text(derived.on)},)


def _work_years(derived: Derived) -> tuple[Text, ...]:
    return (_("从参加工作时间到 %(day)s 的足月数，不扣中断。") % {"day": day_text(derived.on)},)


def _held(derived: Derived) -> tuple[Text, ...]:
    return (
        _("取 %(day)s 在任的最高一级；同一级首尾相接的各段连续计算，到这一天的足月数。")
        % {"day": day_text(derived.on)},
    )


def _tenure(derived: Derived) -> tuple[Text, ...]:
    return (_("从现任主要职务的任职时间到 %(day)s 的足月数。") % {"day": day_text(derived.on)},)


def _grassroots(derived: Derived) -> tuple[Text, ...]:
    sentences = [_("单位类型标为“基层”的各段足月数相加；“其间”的时间已含在所属一段，不重复计。")]
    if derived.at_least:
        sentences.append(_("还有未标注单位类型的段，所以只说“至少”。标注以后自动重算。"))
    return tuple(sentences)


def _party(derived: Derived) -> tuple[Text, ...]:
    return (_("取“入党时间”一栏的记载，不作计算。"),)


def _education(derived: Derived) -> tuple[Text, ...]:
    sentences = [_("取 %(day)s 以前毕业的最高一级；同级的全日制在先，有学位的在先。") % {"day": day_text(derived.on)}]
    if derived.at_least:
        sentences.append(_("有的学历名称不在代码表内，可能更高，所以只说“至少”。"))
    return tuple(sentences)


def _grades(derived: Derived) -> tuple[Text, ...]:
    return (_("取 %(day)s 以前完整的三个年度，新的在前；没有记录的年度记“—”。") % {"day": day_text(derived.on)},)


_CALCULATIONS: Mapping[FactKind, Callable[[Derived], tuple[Text, ...]]] = {
    FactKind.AGE: _age,
    FactKind.TIER: _held,
    FactKind.TENURE: _tenure,
    FactKind.RANK: _held,
    FactKind.WORK_YEARS: _work_years,
    FactKind.GRASSROOTS: _grassroots,
    FactKind.PARTY: _party,
    FactKind.EDUCATION: _education,
    FactKind.GRADES: _grades,
}
