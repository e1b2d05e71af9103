"""The columns of the 人员名册, once for the page, the workbook and the command line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.accounts.choices import ManagementCategory
from quanheng.formats import codes
from quanheng.organization.choices import PostTier, Rank
from quanheng.people import facts
from quanheng.people.choices import AssessmentGrade, CadreStatus, EducationKind, Sex, VerificationResult
from quanheng.people.exports import Column as WorkbookColumn
from quanheng.people.facts import Derived, FactKind
from quanheng.people.form import printed_education
from quanheng.people.roster import Row
from quanheng.web.shared.parts import Shape, Text, Verdict
from quanheng.web.shared.wording import listed


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell prints; `evidence` makes `marked` dotted; `text` stands before it."""

    text: Text = ""
    marked: Text = ""
    after: Text = ""
    evidence: str = ""
    verdict: Verdict | None = None

    @property
    def plain(self) -> str:
        if self.verdict:
            return str(self.verdict.word)
        return f"{self.text}{self.marked}{self.after}"


@dataclass(frozen=True, slots=True)
class RosterColumn:
    key: str
    label: Text
    cell: Callable[[Row], Cell]
    kind: str = "text"
    width: int = 10  # characters, in the workbook
    order: str = ""  # of roster.ORDERS, where the head sorts
    is_optional: bool = False
    is_default: bool = False
    needs: frozenset[str] = frozenset()  # kinds of records it reads, of roster.EVERYTHING


def evidence_url(fact: FactKind, row: Row) -> str:
    return reverse("desk:evidence", args=[fact.value, row.cadre.pk])


def month(day: object) -> str:
    return f"{day:%Y.%m}" if day else ""


def _since(fact: FactKind, compute: Callable[[Row], Derived]) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        derived = compute(row)
        return Cell(marked=month(derived.since), evidence=evidence_url(fact, row)) if derived.since else Cell()

    return cell


def _birth(row: Row) -> Cell:
    age = facts.age(row)
    if age.value is None:
        return Cell(_("未知"))
    return Cell(f"{month(row.cadre.birth_month)} (", str(age.value), ")", evidence_url(FactKind.AGE, row))


def post_text(row: Row) -> str:
    """Present posts as one sentence; what an imported form says where no holding is recorded."""
    posts = row.current_posts
    return listed((f"{post.unit_name}{post.title}" for post in posts), "，") if posts else row.stated_post


def _tier(row: Row) -> Cell:
    value = facts.tier(row).value
    return Cell(PostTier(value).label) if isinstance(value, str) else Cell()


def _rank(row: Row) -> Cell:
    value = facts.rank(row).value
    return Cell(Rank(value).label) if isinstance(value, str) else Cell()


GRADE_SIGNS: Mapping[str, Text] = {
    AssessmentGrade.EXCELLENT: gettext_lazy("优"),
    AssessmentGrade.COMPETENT: gettext_lazy("称"),
    AssessmentGrade.BASICALLY_COMPETENT: gettext_lazy("基"),
    AssessmentGrade.INCOMPETENT: gettext_lazy("不"),
    AssessmentGrade.NOT_GRADED: gettext_lazy("定"),
    AssessmentGrade.NOT_ASSESSED: gettext_lazy("未"),
}


def grade_signs(derived: Derived) -> str:
    """优 优 称, newest first; a dash for a year without a record."""
    values = derived.value if isinstance(derived.value, tuple) else ()
    return " ".join(str(GRADE_SIGNS[grade]) if grade else "—" for _year, grade in values)


def _grades(row: Row) -> Cell:
    return Cell(marked=grade_signs(facts.grades(row)), evidence=evidence_url(FactKind.GRADES, row))


def _verified(row: Row) -> Cell:
    """Quiet when all is well: 已核; shape and word only where a person is needed."""
    results = [row.result for row in row.verifications]
    if VerificationResult.INCONSISTENT in results:
        return Cell(verdict=Verdict(Shape.NEEDS_PERSON, _("两处不一")))
    missing = results.count(VerificationResult.MISSING)
    if missing:
        return Cell(verdict=Verdict(Shape.UNKNOWN, _("缺 %(count)s 项") % {"count": missing}))
    return Cell(_("已核") if len(results) == 6 else _("已核 %(count)s / 6") % {"count": len(results)})


def _education(row: Row) -> Cell:
    derived = facts.education(row)
    if derived.value is None:
        return Cell()
    best = next(used.record for used in derived.used if used.is_counted)
    return Cell(marked=getattr(best, "level_name", ""), evidence=evidence_url(FactKind.EDUCATION, row))


def _study(kind: EducationKind, attribute: str) -> Callable[[Row], Cell]:
    def cell(row: Row) -> Cell:
        study = printed_education(row.educations, kind)
        return Cell(getattr(study, attribute) if study else "")

    return cell


def _sex(row: Row) -> Cell:
    return Cell(Sex(row.cadre.sex).label if row.cadre.sex else "")


def _named(table: str, column: str) -> Callable[[Row], Cell]:
    return lambda row: Cell(codes.table(table).name_of(getattr(row.cadre, column)))


def _work_years(row: Row) -> Cell:
    derived = facts.work_years(row)
    if derived.value is None:
        return Cell()
    return Cell(marked=_("%(years)s 年") % {"years": derived.value}, evidence=evidence_url(FactKind.WORK_YEARS, row))


_POSTS, _RANKS = frozenset({"posts"}), frozenset({"ranks"})
_GRADES, _VERIFICATIONS = frozenset({"grades"}), frozenset({"verifications"})
_EDUCATIONS = frozenset({"educations"})

COLUMNS: tuple[RosterColumn, ...] = (
    RosterColumn("sex", gettext_lazy("性别"), _sex, width=6, is_default=True),
    RosterColumn("birth", gettext_lazy("出生年月（年龄）"), _birth, width=14, order="birth", is_default=True),
    RosterColumn(
        "ethnicity",
        gettext_lazy("民族"),
        _named("ethnic_groups", "ethnicity"),
        is_optional=True,
        is_default=True,
    ),
    RosterColumn(
        "post",
        gettext_lazy("单位及现任职务"),
        lambda row: Cell(post_text(row)),
        kind="post",
        width=40,
        is_default=True,
        needs=_POSTS,
    ),
    RosterColumn(
        "tier",
        gettext_lazy("职务层次"),
        _tier,
        width=12,
        is_default=True,
        needs=_POSTS,
    ),
    RosterColumn(
        "tier_since",
        gettext_lazy("任现层次"),
        _since(FactKind.TIER, facts.tier),
        kind="date",
        is_default=True,
        needs=_POSTS,
    ),
    RosterColumn(
        "post_since", gettext_lazy("任现职"), _since(FactKind.TENURE, facts.tenure), kind="date", needs=_POSTS
    ),
    RosterColumn(
        "rank",
        gettext_lazy("职级"),
        _rank,
        width=14,
        is_default=True,
        needs=_RANKS,
    ),
    RosterColumn(
        "rank_since",
        gettext_lazy("任现职级"),
        _since(FactKind.RANK, facts.rank),
        kind="date",
        needs=_RANKS,
    ),
    RosterColumn(
        "grades",
        gettext_lazy("近三年考核"),
        _grades,
        width=12,
        is_default=True,
        needs=_GRADES,
    ),
    RosterColumn(
        "verified",
        gettext_lazy("档案核对"),
        _verified,
        is_default=True,
        needs=_VERIFICATIONS,
    ),
    RosterColumn(
        "education",
        gettext_lazy("最高学历"),
        _education,
        needs=_EDUCATIONS,
    ),
    RosterColumn(
        "full_time_level", gettext_lazy("全日制学历"), _study(EducationKind.FULL_TIME, "level_name"), needs=_EDUCATIONS
    ),
    RosterColumn(
        "full_time_school",
        gettext_lazy("全日制院校专业"),
        _study(EducationKind.FULL_TIME, "school"),
        width=28,
        needs=_EDUCATIONS,
    ),
    RosterColumn(
        "on_job_level", gettext_lazy("在职学历"), _study(EducationKind.ON_JOB, "level_name"), needs=_EDUCATIONS
    ),
    RosterColumn(
        "on_job_school",
        gettext_lazy("在职院校专业"),
        _study(EducationKind.ON_JOB, "school"),
        width=28,
        needs=_EDUCATIONS,
    ),
    RosterColumn("native_place", gettext_lazy("籍贯"), lambda row: Cell(row.cadre.native_place), width=14),
    RosterColumn(
        "work_start",
        gettext_lazy("参加工作"),
        lambda row: Cell(month(row.cadre.work_start_month)),
        kind="date",
        order="work",
    ),
    RosterColumn("work_years", gettext_lazy("工龄"), _work_years, kind="num"),
    RosterColumn(
        "party", gettext_lazy("政治面貌"), _named("political_affiliations", "political_affiliation"), width=12
    ),
    RosterColumn(
        "party_joined", gettext_lazy("入党时间"), lambda row: Cell(month(row.cadre.party_joined_month)), kind="date"
    ),
    RosterColumn("specialties", gettext_lazy("专长"), lambda row: Cell(row.cadre.specialties), width=24),
    RosterColumn(
        "category",
        gettext_lazy("管理类别"),
        lambda row: Cell(ManagementCategory(row.cadre.management_category).label),
        width=14,
    ),
    RosterColumn("status", gettext_lazy("人员状态"), lambda row: Cell(CadreStatus(row.cadre.status).label)),
    RosterColumn("unit", gettext_lazy("信息归属"), lambda row: Cell(row.cadre.home_unit.name), width=24),
)
BY_KEY: Mapping[str, RosterColumn] = {column.key: column for column in COLUMNS}
DEFAULT: tuple[str, ...] = tuple(column.key for column in COLUMNS if column.is_default)


def needs_of(columns: Sequence[RosterColumn]) -> frozenset[str]:
    return frozenset[str]().union(*(column.needs for column in columns))


def chosen_columns(keys: Sequence[str]) -> list[RosterColumn]:
    """The columns of these keys in their order; unknown keys are left out, none at all gives the default."""
    found = [BY_KEY[key] for key in dict.fromkeys(keys) if key in BY_KEY]
    return found or [BY_KEY[key] for key in DEFAULT]


def workbook_columns(keys: Sequence[str] = ()) -> list[WorkbookColumn]:
    """The same columns for a workbook, with number and name in front."""
    name: WorkbookColumn = (_("姓名"), 12, lambda row: row.cadre.name)
    return [name, *(_workbook(column) for column in chosen_columns(keys))]


def _workbook(column: RosterColumn) -> WorkbookColumn:
    return str(column.label), column.width, lambda row: column.cell(row).plain
