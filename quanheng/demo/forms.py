"""A generated cadre as the content of an 干部任免审批表, as another office would send it."""

from quanheng.demo.chance import compact
from quanheng.demo.facts import CadreFact, EducationFact, LineFact
from quanheng.demo.ladder import TODAY
from quanheng.formats import resume
from quanheng.formats.appointment import AppointmentForm, FamilyItem
from quanheng.formats.codes import table
from quanheng.formats.dates import Month, month_of
from quanheng.people.choices import AssessmentGrade, EducationKind, HoldingKind, SanctionKind, Sex

# The labels of choices follow the language of the page; a form is Chinese.
_GRADES = {
    AssessmentGrade.EXCELLENT: "优秀",
    AssessmentGrade.COMPETENT: "称职",
    AssessmentGrade.BASICALLY_COMPETENT: "基本称职",
    AssessmentGrade.INCOMPETENT: "不称职",
    AssessmentGrade.NOT_GRADED: "不定等次",
    AssessmentGrade.NOT_ASSESSED: "未参加考核",
}
_SANCTIONS = {
    SanctionKind.ADMONISHMENT: "诫勉",
    SanctionKind.PARTY_WARNING: "党内警告",
    SanctionKind.PARTY_SERIOUS_WARNING: "党内严重警告",
    SanctionKind.WARNING: "警告",
    SanctionKind.DEMERIT: "记过",
    SanctionKind.SERIOUS_DEMERIT: "记大过",
}
FILLED_ON = f"{compact(TODAY)}20"


def form_of(fact: CadreFact, *, photo: bytes = b"") -> AppointmentForm:
    full_time, on_job = _studied(fact, EducationKind.FULL_TIME), _studied(fact, EducationKind.ON_JOB)
    return AppointmentForm(
        name=fact.name,
        sex="男" if fact.sex == Sex.MALE else "女",
        birth=compact(fact.born.year * 12 + fact.born.month - 1),
        ethnicity=table("ethnic_groups").name_of(fact.ethnicity),
        native_place=fact.native_place,
        birth_place=fact.birth_place,
        party_joining=_party(fact),
        work_start=compact(fact.work_start),
        health=fact.health,
        professional_title="、".join(table("professional_titles").name_of(title.code) for title in fact.titles),
        specialties=fact.specialties,
        full_time_education=_level(full_time),
        full_time_degree=_degree(full_time),
        full_time_education_school=full_time.school if full_time else "",
        full_time_degree_school=full_time.school if full_time and full_time.degree_code else "",
        on_job_education=_level(on_job),
        on_job_degree=_degree(on_job),
        on_job_education_school=on_job.school if on_job else "",
        on_job_degree_school=on_job.school if on_job and on_job.degree_code else "",
        current_post=_current_post(fact),
        resume=resume_text(fact.resume),
        rewards_and_sanctions=_rewards(fact),
        annual_grades="，".join(_grades(fact)),
        family=_family(fact),
        reporting_unit="中共松涧县委组织部",
        age_computed_on=compact(TODAY),
        filled_on=FILLED_ON,
        filled_by="何静",
        identity_number=fact.identity_number,
        photo=photo,
    )


def _studied(fact: CadreFact, kind: EducationKind) -> EducationFact | None:
    """The last study of the kind is the highest."""
    return next((one for one in reversed(fact.educations) if one.kind == kind), None)


def _level(study: EducationFact | None) -> str:
    return table("education_levels").name_of(study.level_code) if study else ""


def _degree(study: EducationFact | None) -> str:
    return table("degrees").name_of(study.degree_code) if study and study.degree_code else ""


def _party(fact: CadreFact) -> str:
    if fact.party_joined is not None:
        return compact(fact.party_joined)
    return table("political_affiliations").name_of(fact.affiliation)


def _current_post(fact: CadreFact) -> str:
    current = [one for one in fact.holdings if one.end is None and one.kind == HoldingKind.APPOINTMENT]
    return "，".join(one.unit_name + one.title for one in current)


def resume_text(lines: tuple[LineFact, ...]) -> str:
    return resume.render([_entry(line) for line in lines])


def _entry(line: LineFact) -> resume.ResumeEntry:
    inside = tuple(resume.Inside(_month(one.start), _month(one.end), one.text) for one in line.inside)
    return resume.ResumeEntry(_month(line.start), _month(line.end), line.text, inside)


def _month(index: int | None) -> Month | None:
    return None if index is None else month_of(index // 12, index % 12 + 1)


def _rewards(fact: CadreFact) -> str:
    rewards = [f"{_words(one.start)}，{one.name}" for one in fact.rewards]
    sanctions = [f"{_words(one.start)}，受{_SANCTIONS[one.kind]}" for one in fact.sanctions]
    return "；".join([*rewards, *sanctions]) or "无"


def _words(index: int) -> str:
    return f"{index // 12}年{index % 12 + 1}月"


def _grades(fact: CadreFact) -> list[str]:
    return [f"{one.year}年度考核{_GRADES[one.grade]}" for one in fact.grades[:-3:-1]]


def _family(fact: CadreFact) -> tuple[FamilyItem, ...]:
    relations = table("family_relations")
    return tuple(
        FamilyItem(
            relation=relations.name_of(one.relation_code),
            name=one.name,
            birth=one.birth,
            political_affiliation=one.political_affiliation,
            work=one.work,
        )
        for one in fact.family
    )
