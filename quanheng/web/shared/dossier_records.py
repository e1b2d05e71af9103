"""The records of a dossier as lines of tables, one table of columns for pages, drawers and differences."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.organization.choices import PostTier, Rank
from quanheng.people.choices import (
    AssessmentGrade,
    EducationKind,
    HoldingKind,
    ResumeSetting,
    RewardKind,
    SanctionKind,
)
from quanheng.people.models.records import DossierRecord
from quanheng.web.shared.dossier_words import checked_text, day_text, month_of_text, period, source_text
from quanheng.web.shared.parts import Text
from quanheng.web.shared.wording import listed

Cells = Callable[[Any, date], tuple[str, ...]]


class Links(Protocol):
    """Where values of one audience's page lead; "" where they lead nowhere."""

    def fact(self, kind: str) -> str: ...
    def field(self, key: str) -> str: ...
    def record(self, kind: str, pk: UUID) -> str: ...
    def change_field(self, key: str) -> str: ...
    def change(self, kind: str, pk: UUID) -> str: ...
    def add(self, kind: str) -> str: ...
    def page(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RecordKind:
    title: Text
    heads: tuple[Text, ...]  # the first heads the line: a period, a year, a name
    cells: Cells
    headline: Cells  # what a drawer prints: (value, period)


@dataclass(frozen=True, slots=True)
class InnerLine:
    """A 其间 line, printed below the line it belongs to."""

    text: str
    evidence_url: str
    change_url: str


@dataclass(frozen=True, slots=True)
class RecordLine:
    first: str
    cells: tuple[str, ...]
    inner: tuple[InnerLine, ...]
    source: str
    evidence_url: str
    checked: str
    change_url: str


@dataclass(frozen=True, slots=True)
class RecordTable:
    title: Text
    heads: tuple[Text, ...]
    lines: tuple[RecordLine, ...]
    add_url: str


def _resume(row: Any, on: date) -> tuple[str, ...]:
    setting = "" if row.setting == ResumeSetting.UNKNOWN else str(ResumeSetting(row.setting).label)
    return period(row.valid_from, row.valid_to, on), row.text, setting


def _post(row: Any, on: date) -> tuple[str, ...]:
    tier = str(PostTier(row.tier).label) if row.tier else ""
    kind = listed([str(HoldingKind(row.kind).label), *_of_post(row, on)], "，")
    return period(row.valid_from, row.valid_to, on), f"{row.unit_name}{row.title}", tier, kind, row.document


def _of_post(row: Any, on: date) -> Iterator[str]:
    """Whether it is held for good, and since when its term runs."""
    if row.confirmed_on and row.confirmed_on <= on:
        yield _("%(day)s 试用期满任职") % {"day": day_text(row.confirmed_on)}
    elif row.probation_from:
        yield _("%(day)s 起试用") % {"day": day_text(row.probation_from)}
    if row.term_from:
        yield _("本届任期 %(day)s 起") % {"day": day_text(row.term_from)}


def _rank(row: Any, on: date) -> tuple[str, ...]:
    return period(row.valid_from, row.valid_to, on), str(Rank(row.rank).label), row.document


def _education(row: Any, on: date) -> tuple[str, ...]:
    kind = str(EducationKind(row.kind).label)
    return period(row.valid_from, row.valid_to, on), kind, row.level_name, row.degree_name, _school(row)


def _school(row: Any) -> str:
    """The school of the degree beside that of the level where it is another one."""
    schools = dict.fromkeys(school for school in (row.school, row.degree_school) if school)
    return listed(schools, "；")


def _title(row: Any, on: date) -> tuple[str, ...]:
    return period(row.valid_from, row.valid_to, on), row.name


def _family(row: Any, on: date) -> tuple[str, ...]:
    texts = (row.relation, row.name, month_of_text(row.birth or ""), row.political_affiliation, row.work)
    return tuple(text or "" for text in texts)


def _reward(row: Any, on: date) -> tuple[str, ...]:
    return day_text(row.valid_from), row.name, str(RewardKind(row.kind).label), row.authority, row.document


def _sanction(row: Any, on: date) -> tuple[str, ...]:
    effect = f"{day_text(row.valid_from)}–{day_text(row.lifted_on or row.valid_to)}"
    return day_text(row.decided_on), str(SanctionKind(row.kind).label), row.cause, effect, row.authority, row.document


def _grade(row: Any, on: date) -> tuple[str, ...]:
    return str(row.year), str(AssessmentGrade(row.grade).label), row.note


def _training(row: Any, on: date) -> tuple[str, ...]:
    hours = "" if row.hours is None else str(row.hours)
    ends = row.valid_to if row.valid_to and row.valid_to <= on else None
    return f"{day_text(row.valid_from)}–{day_text(ends)}", row.name, row.institution, hours


def _specialty(row: Any, on: date) -> tuple[str, ...]:
    return (row.name,)


def _headline(value: Callable[[Any], str], cells: Cells) -> Cells:
    return lambda row, on: (value(row), cells(row, on)[0])


KINDS: Mapping[str, RecordKind] = {
    "resume": RecordKind(
        gettext_lazy("简历"),
        (gettext_lazy("起止年月"), gettext_lazy("单位及职务"), gettext_lazy("单位类型")),
        _resume,
        _headline(lambda row: str(row.text), _resume),
    ),
    "post": RecordKind(
        gettext_lazy("任职"),
        (
            gettext_lazy("起止年月"),
            gettext_lazy("单位及职务"),
            gettext_lazy("职务层次"),
            gettext_lazy("任职方式"),
            gettext_lazy("任免文号"),
        ),
        _post,
        _headline(lambda row: f"{row.unit_name}{row.title}", _post),
    ),
    "rank": RecordKind(
        gettext_lazy("职级"),
        (gettext_lazy("起止年月"), gettext_lazy("职级"), gettext_lazy("文号")),
        _rank,
        _headline(lambda row: str(Rank(row.rank).label), _rank),
    ),
    "education": RecordKind(
        gettext_lazy("学历学位"),
        (
            gettext_lazy("起止年月"),
            gettext_lazy("教育类别"),
            gettext_lazy("学历"),
            gettext_lazy("学位"),
            gettext_lazy("院校系及专业"),
        ),
        _education,
        _headline(lambda row: listed(text for text in (row.level_name, row.degree_name) if text), _education),
    ),
    "title": RecordKind(
        gettext_lazy("专业技术职务"),
        (gettext_lazy("起止年月"), gettext_lazy("名称")),
        _title,
        _headline(lambda row: str(row.name), _title),
    ),
    "family": RecordKind(
        gettext_lazy("家庭成员及社会关系"),
        (
            gettext_lazy("称谓"),
            gettext_lazy("姓名"),
            gettext_lazy("出生年月"),
            gettext_lazy("政治面貌"),
            gettext_lazy("工作单位及职务"),
        ),
        _family,
        lambda row, on: (f"{row.relation or ''} {row.name or ''}".strip(), month_of_text(row.birth or "")),
    ),
    "reward": RecordKind(
        gettext_lazy("奖励"),
        (
            gettext_lazy("日期"),
            gettext_lazy("名称"),
            gettext_lazy("种类"),
            gettext_lazy("批准机关"),
            gettext_lazy("文号"),
        ),
        _reward,
        _headline(lambda row: str(row.name), _reward),
    ),
    "sanction": RecordKind(
        gettext_lazy("处分和组织处理"),
        (
            gettext_lazy("决定日期"),
            gettext_lazy("种类"),
            gettext_lazy("事由"),
            gettext_lazy("影响期"),
            gettext_lazy("决定机关"),
            gettext_lazy("文号"),
        ),
        _sanction,
        _headline(lambda row: str(SanctionKind(row.kind).label), _sanction),
    ),
    "grade": RecordKind(
        gettext_lazy("年度考核"),
        (gettext_lazy("年度"), gettext_lazy("等次"), gettext_lazy("说明")),
        _grade,
        _headline(lambda row: str(AssessmentGrade(row.grade).label), _grade),
    ),
    "training": RecordKind(
        gettext_lazy("培训"),
        (gettext_lazy("起止"), gettext_lazy("名称"), gettext_lazy("举办机构"), gettext_lazy("学时")),
        _training,
        _headline(lambda row: str(row.name), _training),
    ),
    "specialty": RecordKind(
        gettext_lazy("专长"), (gettext_lazy("专长"),), _specialty, lambda row, on: (str(row.name), "")
    ),
}


def record_table(kind: str, rows: Sequence[DossierRecord], on: date, links: Links) -> RecordTable:
    lines = tuple(_line(kind, row, rows, on, links) for row in rows if getattr(row, "inside_id", None) is None)
    return RecordTable(KINDS[kind].title, KINDS[kind].heads, lines, links.add(kind))


def _line(kind: str, row: DossierRecord, rows: Iterable[DossierRecord], on: date, links: Links) -> RecordLine:
    first, *cells = KINDS[kind].cells(row, on)
    return RecordLine(
        first=first,
        cells=tuple(cells),
        inner=tuple(_inner(row, rows, on, links)) if kind == "resume" else (),
        source=source_text(row),
        evidence_url=links.record(kind, row.pk),
        checked=_("已核") if checked_text(row) else "",
        change_url=links.change(kind, row.pk),
    )


def _inner(entry: DossierRecord, rows: Iterable[Any], on: date, links: Links) -> Iterable[InnerLine]:
    for row in rows:
        if row.inside_id == entry.pk:
            text = f"{row.written or period(row.valid_from, row.valid_to, on)} {row.text}".strip()
            yield InnerLine(text, links.record("resume", row.pk), links.change("resume", row.pk))
