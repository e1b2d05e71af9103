"""A dossier as the content of a 任免审批表, and the texts of a form as values of records.

What our records hold is printed from them; what only an imported form said (proposal, reporting
unit, unknown elements) comes from its StatedForm.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.utils import translation

from quanheng.formats import codes, dates, resume
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.kernel.period import contains
from quanheng.people import facts
from quanheng.people.choices import AssessmentGrade, EducationKind
from quanheng.people.fields import IDENTITY_FIELDS
from quanheng.people.models import AnnualGrade, Education, FamilyMember, ResumeEntry, StatedForm
from quanheng.people.models.records import DossierRecord
from quanheng.people.queries import Dossier

# Fields of the form that no record of ours holds.
STATED = (
    "current_post",
    "proposed_post",
    "removed_post",
    "rewards_and_sanctions",
    "annual_grades",
    "reason",
    "reporting_unit",
    "retirement_due",
    "age_limit_before_reform",
    "age_computed_on",
    "filled_on",
    "filled_by",
)


@translation.override("zh-hans")  # an official form is Chinese, whatever the language of the page
def form_of(dossier: Dossier, *, photo: bytes = b"") -> AppointmentForm:
    """The form as the dossier stands; `photo` is passed in so that lists need not load it."""
    stated = dossier.form.content if dossier.form else {}
    full_time = printed_education(dossier.educations, EducationKind.FULL_TIME)
    on_job = printed_education(dossier.educations, EducationKind.ON_JOB)
    return AppointmentForm(
        **{field.key: _identity_text(dossier, field.key) for field in IDENTITY_FIELDS},
        **{key: stated.get(key, "") for key in STATED if key not in _COMPOSED},
        professional_title=_titles(dossier),
        current_post=_current_posts(dossier) or stated.get("current_post", ""),
        rewards_and_sanctions=_rewards(dossier, stated.get("rewards_and_sanctions", "")),
        annual_grades=_grades(dossier, stated.get("annual_grades", "")),
        full_time_education=full_time.level_name if full_time else "",
        full_time_degree=full_time.degree_name if full_time else "",
        full_time_education_school=full_time.school if full_time else "",
        full_time_degree_school=full_time.degree_school if full_time else "",
        on_job_education=on_job.level_name if on_job else "",
        on_job_degree=on_job.degree_name if on_job else "",
        on_job_education_school=on_job.school if on_job else "",
        on_job_degree_school=on_job.degree_school if on_job else "",
        resume=resume.render(resume_entries(dossier.resume)),
        family=tuple(family_item(member, stated) for member in dossier.family),
        photo=photo,
        version=stated.get("version", ""),
        unknown=tuple((element, xml) for element, xml in stated.get("unknown", ())),
    )


_COMPOSED = frozenset({"current_post", "rewards_and_sanctions", "annual_grades"})


def to_print(form: AppointmentForm, *, on: date, filled_by: str) -> AppointmentForm:
    """The form as it is signed today: age and date of filling are those of the printing."""
    return replace(form, age_computed_on=f"{on:%Y%m}", filled_on=f"{on:%Y%m%d}", filled_by=filled_by)


def _identity_text(dossier: Dossier, key: str) -> str:
    """The value, or the raw text where the value could not be read."""
    source = dossier.sources.get(key)
    if source and source.is_flagged:
        return str(source.raw or "")
    if source and key == "party_joining" and source.raw:
        return str(source.raw)  # "200108；民建" says more than the columns
    return next(field for field in IDENTITY_FIELDS if field.key == key).render(dossier.cadre)


def printed_education(educations: Iterable[Education], kind: EducationKind) -> Education | None:
    """The study of one kind that the form prints: the highest level, the latest where levels are equal."""
    of_kind = [item for item in educations if item.kind == kind]
    return min(of_kind, key=_print_order, default=None)


def _print_order(item: Education) -> tuple[int, int]:
    level = facts.level_index(item.level_code)
    graduated = item.valid_to.toordinal() if item.valid_to else 0
    return (99 if level is None else level), -graduated


def resume_entries(rows: Sequence[ResumeEntry]) -> tuple[resume.ResumeEntry, ...]:
    """Records of the résumé as entries of the grammar, 其间 lines inside their entries."""
    inner: dict[object, list[resume.Inside]] = {}
    for row in rows:
        if row.inside_id is not None:
            inside = resume.Inside(_month(row.valid_from), _month(row.valid_to), row.text, row.written)
            inner.setdefault(row.inside_id, []).append(inside)
    return tuple(
        resume.ResumeEntry(_month(row.valid_from), _month(row.valid_to), row.text, inside=tuple(inner.get(row.pk, ())))
        for row in rows
        if row.inside_id is None
    )


def _month(day: date | None) -> dates.Month | None:
    return dates.month_of(day.year, day.month) if day else None


def family_item(member: FamilyMember, stated: Mapping[str, Any]) -> FamilyItem:
    unknown = stated.get("family_unknown", {}).get(member.name or "", ())
    return FamilyItem(
        relation=member.relation or "",
        name=member.name or "",
        birth=member.birth or "",
        political_affiliation=member.political_affiliation or "",
        work=member.work or "",
        unknown=tuple((element, xml) for element, xml in unknown),
    )


def _titles(dossier: Dossier) -> str:
    return "、".join(title.name for title in dossier.titles if contains(title.valid_from, title.valid_to, dossier.on))


def _current_posts(dossier: Dossier) -> str:
    return "，".join(f"{post.unit_name}{post.title}" for post in dossier.current_posts)


def _rewards(dossier: Dossier, stated: str) -> str:
    """The text of the form, then what was recorded since; composed when no form has said it."""
    since = dossier.form.recorded_at if dossier.form and stated else None
    rewards = (f"{_year_month(item.valid_from)}，{item.name}" for item in dossier.rewards if _newer(item, since))
    sanctions = (
        f"{_year_month(item.decided_on)}，受{item.get_kind_display()}"
        for item in dossier.sanctions
        if _newer(item, since)
    )
    parts = [*rewards, *sanctions]
    own = "；".join(parts)
    return "\n".join(part for part in (stated, own) if part)


def _year_month(day: date) -> str:
    return f"{day.year}年{day.month}月"


def _newer(record: DossierRecord, since: datetime | None) -> bool:
    return since is None or record.recorded_at > since


def _grades(dossier: Dossier, stated: str) -> str:
    """The form's own sentence while it covers the two latest grades, else a sentence made of them."""
    latest = list(dossier.grades[:2])
    said = dict(grades_in(stated))
    if stated and all(said.get(item.year) == item.grade for item in latest):
        return stated
    return "，".join(f"{item.year}年度考核{item.get_grade_display()}" for item in latest)


_GRADE_WORDS = {
    "优秀": AssessmentGrade.EXCELLENT,
    "基本称职": AssessmentGrade.BASICALLY_COMPETENT,
    "基本合格": AssessmentGrade.BASICALLY_COMPETENT,
    "不称职": AssessmentGrade.INCOMPETENT,
    "不合格": AssessmentGrade.INCOMPETENT,
    "称职": AssessmentGrade.COMPETENT,
    "合格": AssessmentGrade.COMPETENT,
    "不定等次": AssessmentGrade.NOT_GRADED,
    "未参加": AssessmentGrade.NOT_ASSESSED,
}
_YEARS = re.compile(r"((?:\d{4}(?:年度|年)?[、，,和及至—-]?)+)")
_GRADE = re.compile("|".join(_GRADE_WORDS))


def grades_in(text: str) -> list[tuple[int, AssessmentGrade]]:
    """Years with the grade named after them: `2024年、2023年考核优秀，2022年称职`; nothing is guessed."""
    found: list[tuple[int, AssessmentGrade]] = []
    pieces = _YEARS.split(dates.to_ascii(text))
    for years, words in zip(pieces[1::2], pieces[2::2], strict=False):
        grade = _GRADE.search(words)
        if grade:
            named = (int(year) for year in re.findall(r"\d{4}", years))
            found += [(year, _GRADE_WORDS[grade.group()]) for year in named if _is_year(year)]
    return found


def _is_year(number: int) -> bool:
    """0000 and 9999 are slips of the pen: kept in the text, and no year of a record."""
    return dates.FIRST_YEAR <= number <= dates.LAST_YEAR


def education_of(kind: EducationKind, form: AppointmentForm) -> dict[str, str] | None:
    """One study of the form as values of Education; None when the form has none of the kind."""
    prefix = "full_time" if kind is EducationKind.FULL_TIME else "on_job"
    level, degree = getattr(form, f"{prefix}_education"), getattr(form, f"{prefix}_degree")
    school, degree_school = getattr(form, f"{prefix}_education_school"), getattr(form, f"{prefix}_degree_school")
    if not (level or degree):
        return None
    return {
        "kind": kind.value,
        "level_name": level,
        "level_code": codes.table("education_levels").code_of(level) or "",
        "degree_name": degree,
        "degree_code": codes.table("degrees").code_of(degree) or "",
        "school": school,
        "degree_school": degree_school,
    }


def stated_of(form: AppointmentForm) -> dict[str, object]:
    """What of a form goes into StatedForm; empty texts are left out."""
    texts: dict[str, object] = {key: getattr(form, key) for key in STATED if getattr(form, key)}
    if form.version:
        texts["version"] = form.version
    if form.unknown:
        texts["unknown"] = [list(pair) for pair in form.unknown]
    kept = {item.name: [list(pair) for pair in item.unknown] for item in form.family if item.unknown}
    return texts | ({"family_unknown": kept} if kept else {})


__all__ = ["AnnualGrade", "StatedForm", "education_of", "form_of", "grades_in", "stated_of", "to_print"]
