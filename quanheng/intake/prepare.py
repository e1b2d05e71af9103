"""From an accepted item to the rows that would be written: built in memory, outside any transaction."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField

from quanheng.formats import codes, dates, resume
from quanheng.formats.appointment import AppointmentForm
from quanheng.intake.compare import STUDIES
from quanheng.intake.models import ImportItem
from quanheng.people.choices import EducationKind, SourceKind
from quanheng.people.fields import BY_KEY, IDENTITY_FIELDS, Columns, IdentityField, columns_before
from quanheng.people.form import STATED, education_of, grades_in, printed_education, stated_of
from quanheng.people.models import (
    AnnualGrade,
    Cadre,
    Education,
    FamilyMember,
    FieldSource,
    Photo,
    ProfessionalTitle,
    ResumeEntry,
    StatedForm,
)
from quanheng.people.models.records import DossierRecord
from quanheng.people.names import search_text, sort_name
from quanheng.people.queries import Dossier


@dataclass(slots=True)
class Prepared:
    """What one item writes. `columns` are new values of Cadre, `before` those they replace."""

    item: ImportItem
    cadre: Cadre
    is_new: bool
    groups: frozenset[str]
    columns: Columns = field(default_factory=dict)
    before: Columns = field(default_factory=dict)
    add: list[DossierRecord] = field(default_factory=list)
    withdraw: list[DossierRecord] = field(default_factory=list)
    sources: list[FieldSource] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Context:
    prepared: Prepared
    form: AppointmentForm
    old: Dossier | None
    by: UUID
    at: datetime

    def provenance(self, place: str) -> dict[str, Any]:
        return {
            "cadre": self.prepared.cadre,
            "source": SourceKind.IMPORT,
            "source_key": self.prepared.item.pk,
            "source_field": place,
            "recorded_at": self.at,
            "recorded_by": self.by,
        }


def prepare(
    item: ImportItem,
    form: AppointmentForm,
    cadre: Cadre,
    old: Dossier | None,
    groups: Iterable[str],
    *,
    by: UUID,
    at: datetime,
) -> Prepared:
    """Rows for the accepted groups of one form; `old` is None for a new cadre."""
    prepared = Prepared(item, cadre, old is None, frozenset(groups))
    context = _Context(prepared, form, old, by, at)
    for spec in IDENTITY_FIELDS:
        if spec.key in prepared.groups:
            _identity(context, spec)
    for group, writer in _WRITERS.items():
        if group in prepared.groups:
            writer(context)
    if prepared.groups & set(STATED):
        _stated(context)
    _names(prepared)
    for record in prepared.add:
        _fit(record)
    return prepared


def _fit(record: DossierRecord) -> None:
    """Cut to the columns what the officer took although its finding says that it is too long; the file keeps it whole.

    PostgreSQL would refuse the row, and with it the import of everybody.
    """
    for column in record._meta.concrete_fields:
        if isinstance(column, CharField) and column.max_length:
            value = getattr(record, column.attname)
            if value and len(value) > column.max_length:
                setattr(record, column.attname, value[: column.max_length])


def _identity(context: _Context, spec: IdentityField) -> None:
    raw = getattr(context.form, spec.key)
    columns, is_flagged = spec.parse(raw)
    prepared = context.prepared
    prepared.before |= columns_before(prepared.cadre, spec)
    prepared.columns |= columns
    if raw:
        source = FieldSource(field=spec.key, raw=raw, is_flagged=is_flagged, **context.provenance(spec.element))
        prepared.sources.append(source)


def _names(prepared: Prepared) -> None:
    """Search text follows the name."""
    if "name" in prepared.columns:
        name, former = str(prepared.columns["name"]), prepared.cadre.former_names
        for column in ("search_text", "sort_name"):
            prepared.before[column] = getattr(prepared.cadre, column)
        prepared.columns |= {"search_text": search_text(name, former), "sort_name": sort_name(name)}


def _resume(context: _Context) -> None:
    """All lines anew, in order; a line that stays keeps its mark 单位类型 and its verification."""
    entries, _findings = resume.parse(context.form.resume)
    kept = {_line_key(row): row for row in context.old.resume} if context.old else {}
    order = 0
    for entry in entries:
        row = _resume_row(context, entry, order, None)
        _keep_marks(row, kept.get(_line_key(row)))
        order += 1
        for inside in entry.inside:
            _resume_row(context, inside, order, row)
            order += 1
    context.prepared.withdraw += context.old.resume if context.old else []


def _resume_row(
    context: _Context, line: resume.ResumeEntry | resume.Inside, order: int, outer: ResumeEntry | None
) -> ResumeEntry:
    row = ResumeEntry(
        order=order,
        inside=outer,
        text=line.text,
        written=line.written if isinstance(line, resume.Inside) else "",
        valid_from=dates.first_day(line.start) if line.start else None,
        valid_to=dates.first_day(line.end) if line.end else None,
        **context.provenance(f"JianLi/{order + 1}"),
    )
    context.prepared.add.append(row)
    return row


def _line_key(row: ResumeEntry) -> tuple[object, ...]:
    return row.valid_from, row.valid_to, row.text


def _keep_marks(row: ResumeEntry, same: ResumeEntry | None) -> None:
    if same is None:
        return
    row.setting = same.setting
    _keep_verification(row, same)


def _keep_verification(row: DossierRecord, same: DossierRecord) -> None:
    for name in ("verified_on", "verified_by", "verified_by_name", "verified_against"):
        setattr(row, name, getattr(same, name))


def _family(context: _Context) -> None:
    table = codes.table("family_relations")
    for index, item in enumerate(context.form.family, start=1):
        context.prepared.add.append(
            FamilyMember(
                order=index,
                relation_code=table.code_of(item.relation) or "",
                relation=item.relation,
                name=item.name,
                birth=item.birth,
                political_affiliation=item.political_affiliation,
                work=item.work,
                **context.provenance(f"JiaTingChengYuan/Item[{index}]"),
            )
        )
    context.prepared.withdraw += context.old.family if context.old else []


def _education(kind: EducationKind) -> Callable[[_Context], None]:
    element = "QuanRiZhiJiaoYu_XueLi" if kind is EducationKind.FULL_TIME else "ZaiZhiJiaoYu_XueLi"

    def write(context: _Context) -> None:
        """The study that the form prints; a correction of the one printed now, else one more."""
        values = education_of(kind, context.form)
        if values is None:
            return
        printed, period = printed_education(context.old.educations, kind) if context.old else None, {}
        if printed and printed.level_code == values["level_code"]:
            context.prepared.withdraw.append(printed)
            period = {"valid_from": printed.valid_from, "valid_to": printed.valid_to}
        context.prepared.add.append(Education(**values, **period, **context.provenance(element)))

    return write


def _title(context: _Context) -> None:
    table = codes.table("professional_titles")
    name = context.form.professional_title
    title = ProfessionalTitle(name=name, code=table.code_of(name) or "", **context.provenance("ZhuanYeJiShuZhiWu"))
    context.prepared.add.append(title)
    context.prepared.withdraw += [item for item in context.old.titles if item.valid_to is None] if context.old else []


def _grades(context: _Context) -> None:
    """Grades that the sentence names; a year recorded otherwise is replaced, other years stay."""
    present = {item.year: item for item in context.old.grades} if context.old else {}
    for year, grade in dict(grades_in(context.form.annual_grades)).items():
        old = present.get(year)
        if old and old.grade == grade:
            continue
        context.prepared.withdraw += [old] if old else []
        context.prepared.add.append(AnnualGrade(year=year, grade=grade, **context.provenance("NianDuKaoHeJieGuo")))


def _photo(context: _Context) -> None:
    item = context.prepared.item
    if item.photo_id is None or item.photo_width is None or item.photo_height is None:
        return
    context.prepared.add.append(
        Photo(file_id=item.photo_id, width=item.photo_width, height=item.photo_height, **context.provenance("ZhaoPian"))
    )
    if context.old and context.old.photo:
        context.prepared.withdraw.append(context.old.photo)


def _stated(context: _Context) -> None:
    """The texts only a form says; groups that were not accepted keep what was stated before."""
    old = context.old.form if context.old else None
    before = dict(old.content) if old else {}
    said = stated_of(context.form)
    accepted = {key: text for key, text in said.items() if key in context.prepared.groups or key not in STATED}
    context.prepared.add.append(StatedForm(content={**before, **accepted}, **context.provenance("Person")))
    context.prepared.withdraw += [old] if old else []


_WRITERS: dict[str, Callable[[_Context], None]] = {
    "resume": _resume,
    "family": _family,
    "full_time": _education(EducationKind.FULL_TIME),
    "on_job": _education(EducationKind.ON_JOB),
    "professional_title": _title,
    "annual_grades": _grades,
    "photo": _photo,
}
assert set(STUDIES) <= set(_WRITERS)
assert set(BY_KEY).isdisjoint(_WRITERS)
