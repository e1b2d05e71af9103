"""Where a stored value comes from: the drawer of one value of the form with its history, and of one record."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.people.fields import BY_KEY
from quanheng.people.models import Cadre, FieldSource, Verification
from quanheng.people.models.records import DossierRecord
from quanheng.web.shared.dossier_evidence import (
    Reader,
    account_name,
    names_for,
    verification_text,
    who_facts,
)
from quanheng.web.shared.dossier_records import KINDS
from quanheng.web.shared.dossier_words import (
    FIELD_LABELS,
    MONTH_FIELDS,
    Names,
    checked_text,
    field_text,
    masked,
    moment,
    month_of_text,
    source_text,
)
from quanheng.web.shared.parts import Evidence, EvidenceRecord, Fact, Link
from quanheng.web.shared.wording import stated

NO_LAW = gettext_lazy("这是原始记载，不按条款计算。")
VERIFIED_BY = {"birth": "birth", "party_joining": "party_joining", "work_start": "work_start"}


def field_evidence(
    cadre: Cadre, key: str, history: list[FieldSource], verification: Verification | None, reader: Reader
) -> Evidence:
    """The history of a value: the current source counts, withdrawn ones stay readable."""
    names = names_for(history)
    label = FIELD_LABELS[key]
    text = field_text(cadre, key, BY_KEY[key].render(cadre))
    change = reader.links.change_field(key)
    return Evidence(
        claim=label,
        path=(reader.owner,),
        value=text or _("空"),
        records=tuple(_source_record(row, key, names, verification) for row in history),
        law_absent=NO_LAW,
        calculation=(_("取现行来源的记载，不作计算。"),),
        who=(*who_facts(history[:1], names), Fact(_("本次查阅用途"), reader.purpose)),
        steps=(Link(_("更正%(label)s") % {"label": label}, change) if change else Link(reader.remedy),),
        notices=tuple(_flagged(history)),
        citation=stated(f"{reader.owner} {label}", text),
        back_url=reader.links.page(),
    )


def _source_record(row: FieldSource, key: str, names: Names, verification: Verification | None) -> EvidenceRecord:
    is_current = row.withdrawn_at is None
    raw = str(row.raw or "")
    shown = masked(raw) if key == "identity_number" else month_of_text(raw) if key in MONTH_FIELDS else raw
    return EvidenceRecord(
        value=shown or _("空"),
        period=_("%(moment)s 记入") % {"moment": moment(row.recorded_at)},
        is_counted=is_current,
        why="" if row.withdrawn_at is None else _("%(moment)s 改用后来的记载") % {"moment": moment(row.withdrawn_at)},
        source=f"{source_text(row, names)} · {account_name(row.recorded_by, names)}",
        checked=verification_text(verification) if is_current else "",
    )


def _flagged(history: Iterable[FieldSource]) -> Iterable[str]:
    if any(row.is_flagged and row.withdrawn_at is None for row in history):
        yield _("原文不能识别或不在代码表内，保留原文。请核对档案后更正。")


def record_evidence(record: DossierRecord, kind: str, on: date, reader: Reader) -> Evidence:
    """One record with all its values, its source, who entered and checked it."""
    names = names_for([record])
    value, when = KINDS[kind].headline(record, on)
    change = reader.links.change(kind, record.pk) if record.withdrawn_at is None else ""
    cells = zip(KINDS[kind].heads, KINDS[kind].cells(record, on), strict=True)
    return Evidence(
        claim=KINDS[kind].title,
        path=(reader.owner,),
        value=value,
        since=when,
        records=(_record(record, value, when, names),),
        law_absent=NO_LAW,
        calculation=(_("按来源的记载，不作计算。"),),
        parameters=tuple(Fact(head, cell) for head, cell in cells if cell),
        who=(*who_facts([record], names), Fact(_("本次查阅用途"), reader.purpose)),
        steps=(Link(_("更正或撤回这条记录"), change) if change else Link(reader.remedy),),
        notices=(_withdrawn(record),) if record.withdrawn_at else (),
        citation=stated(f"{reader.owner} {KINDS[kind].title}", f"{value} {when}".strip()),
        back_url=reader.links.page(),
    )


def _record(record: DossierRecord, value: str, when: str, names: Names) -> EvidenceRecord:
    document: str = getattr(record, "document", "")
    source = source_text(record, names)
    return EvidenceRecord(
        value=value,
        period=when,
        is_counted=record.withdrawn_at is None,
        why=_withdrawn(record) if record.withdrawn_at else "",
        source=f"{document} · {source}" if document else source,
        checked=checked_text(record),
    )


def _withdrawn(record: DossierRecord) -> str:
    assert record.withdrawn_at is not None  # asked of withdrawn records only
    return _("%(moment)s 已撤回或改过，不再采用。") % {"moment": moment(record.withdrawn_at)}
