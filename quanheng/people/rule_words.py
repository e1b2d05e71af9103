"""What the rulebook calls the stored values of a dossier. A value that is not here has no word: it is unknown."""

from collections.abc import Mapping

from django.db.models import Q

from quanheng.formats import codes
from quanheng.organization.choices import PostTier
from quanheng.people.choices import AssessmentGrade, PersonnelKind, ResumeSetting, SanctionKind, Sex

# Highest first, as the tiers are. Labels are not used: they are translated.
LEVELS: Mapping[PostTier, str] = dict(
    zip(
        PostTier,
        (
            *("省部级正职", "省部级副职", "厅局级正职", "厅局级副职", "县处级正职", "县处级副职"),
            *("乡科级正职", "乡科级副职", "科员及以下"),
        ),
        strict=True,
    )
)
LED_TIERS = tuple(LEVELS)[:6]  # those that a leading member at or above the county can have
FIT = "胜任"
RANKS = (
    *("一级巡视员", "二级巡视员", "一级调研员", "二级调研员", "三级调研员", "四级调研员"),
    *("一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员", "一级科员", "二级科员"),
)
ROLES = ("正职", "副职", "其他成员")  # of GroupRole
NOT_LEADING = "非领导"
GRASSROOTS, COUNTY, CITY, PROVINCE = "基层", "县级机关", "市级机关", "省级以上机关"
SETTINGS: Mapping[ResumeSetting, str] = {
    ResumeSetting.GRASSROOTS: GRASSROOTS,
    ResumeSetting.COUNTY: COUNTY,
    ResumeSetting.CITY: CITY,
    ResumeSetting.PROVINCE: PROVINCE,
    ResumeSetting.STUDY: "学习",
    ResumeSetting.OTHER: "其他",
}
GRADES: Mapping[AssessmentGrade, str] = {
    AssessmentGrade.EXCELLENT: "优秀",
    AssessmentGrade.COMPETENT: "称职",
    AssessmentGrade.BASICALLY_COMPETENT: "基本称职",
    AssessmentGrade.INCOMPETENT: "不称职",
    AssessmentGrade.NOT_GRADED: "不定等次",
    AssessmentGrade.NOT_ASSESSED: "未参加考核",
}
SANCTIONS: Mapping[SanctionKind, tuple[str, str]] = {
    SanctionKind.ADMONISHMENT: ("诫勉", "诫勉"),
    SanctionKind.PARTY_WARNING: ("党纪", "警告"),
    SanctionKind.PARTY_SERIOUS_WARNING: ("党纪", "严重警告"),
    SanctionKind.PARTY_POST_REMOVAL: ("党纪", "撤销党内职务"),
    SanctionKind.PARTY_PROBATION: ("党纪", "留党察看"),
    SanctionKind.WARNING: ("政务", "警告"),
    SanctionKind.DEMERIT: ("政务", "记过"),
    SanctionKind.SERIOUS_DEMERIT: ("政务", "记大过"),
    SanctionKind.DEMOTION: ("政务", "降级"),
    SanctionKind.POST_REMOVAL: ("政务", "撤职"),
}
SANCTION_SYSTEMS = {kind: system for kind, (system, _) in SANCTIONS.items()}
SANCTION_KINDS = {kind: word for kind, (_, word) in SANCTIONS.items()}
# ZB64 with GB/T 6864. Studies of a Party school count as their level; 研究生班 and 专科教育 leave the level open.
# Postgraduate studies without a doctor's degree are at least those of a master.
EDUCATION: tuple[tuple[Q, str], ...] = (
    (Q(level_code__in=("1", "11", "1A", "1B"), degree_code__startswith="2"), "博士研究生"),
    (Q(level_code__in=("1", "11", "1A", "1B")), "硕士研究生"),
    (Q(level_code__in=("2", "21", "22", "23")), "大学本科"),
    (Q(level_code__in=("31", "32", "33", "34")), "大学专科"),
    (Q(level_code__in=("35", "36", "37")), "高中"),
    (Q(level_code="38"), "初中"),
    (Q(level_code="39"), "小学"),
)
# Members on probation (02) have a word of their own in the table and none here: rules on years of membership differ.
PARTY_MEMBER = "01"
NOT_OF_THE_PARTY = tuple(code for code in codes.table("political_affiliations").names if code not in ("01", "02"))
KIN: Mapping[str, str] = codes.table("family_relations").names
_CADRES = [kind.value for kind in PersonnelKind if kind is not PersonnelKind.OTHER]
RETIREMENT_CLASSES: tuple[tuple[Mapping[str, object], str], ...] = (
    ({"sex": Sex.MALE}, "male"),
    ({"sex": Sex.FEMALE, "personnel_kind__in": _CADRES}, "female_cadre"),
)
