"""Words of the dossier. Post tiers and ranks are organization's; codes from tables are strings of formats.codes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    """GB/T 2261.1: 1 男, 2 女."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")


class CadreStatus(TextChoices):
    """人员状态 (ZB126)."""

    SERVING = "serving", _("现职人员")
    NOT_SERVING = "not_serving", _("非现职人员")
    RETIRED = "retired", _("离退人员")
    TRANSFERRED = "transferred", _("调出人员")
    DECEASED = "deceased", _("已去世")
    OTHER = "other", _("其他人员")


class PersonnelKind(TextChoices):
    """人员类别 (ZB125, in the classes that the walk needs)."""

    CIVIL_SERVANT = "civil_servant", _("公务员")
    REFERENCE_STAFF = "reference_staff", _("参照管理机关工作人员")
    INSTITUTION_MANAGER = "institution_manager", _("事业单位管理人员")
    INSTITUTION_EXPERT = "institution_expert", _("事业单位专业技术人员")
    ENTERPRISE_MANAGER = "enterprise_manager", _("企业管理人员")
    OTHER = "other", _("其他人员")


class SourceKind(TextChoices):
    IMPORT = "import", _("导入")
    OFFICER = "officer", _("工作人员录入")
    SUBJECT = "subject", _("本人填报")
    REGISTER = "register", _("原登记系统")


class EducationKind(TextChoices):
    """教育类别 (ZB123: 1 full-time, 2 on the job)."""

    FULL_TIME = "full_time", _("全日制教育")
    ON_JOB = "on_job", _("在职教育")


class HoldingKind(TextChoices):
    APPOINTMENT = "appointment", _("任职")
    SECONDMENT = "secondment", _("挂职")
    CONCURRENT = "concurrent", _("兼职")


class ResumeSetting(TextChoices):
    """单位类型 of a stretch of the résumé (A1704). UNKNOWN is neither grass-roots nor not."""

    UNKNOWN = "unknown", _("未标注")
    GRASSROOTS = "grassroots", _("基层")
    COUNTY = "county", _("县级机关")
    CITY = "city", _("市级机关")
    PROVINCE = "province", _("省级以上机关")
    STUDY = "study", _("学习")
    OTHER = "other", _("其他")


class AssessmentGrade(TextChoices):
    """考核结论 (ZB18; numeric values are not public)."""

    EXCELLENT = "excellent", _("优秀")
    COMPETENT = "competent", _("称职")
    BASICALLY_COMPETENT = "basically_competent", _("基本称职")
    INCOMPETENT = "incompetent", _("不称职")
    NOT_GRADED = "not_graded", _("不定等次")
    NOT_ASSESSED = "not_assessed", _("未参加考核")


class RewardKind(TextChoices):
    HONORARY_TITLE = "honorary_title", _("授予荣誉称号")
    FIRST_CLASS_MERIT = "first_class_merit", _("记一等功")
    SECOND_CLASS_MERIT = "second_class_merit", _("记二等功")
    THIRD_CLASS_MERIT = "third_class_merit", _("记三等功")
    COMMENDATION = "commendation", _("嘉奖")
    OTHER = "other", _("其他奖励")


class SanctionKind(TextChoices):
    """处分 and 组织处理; the effect period stands in the record, the rules come with the rulebook."""

    ADMONISHMENT = "admonishment", _("诫勉")
    PARTY_WARNING = "party_warning", _("党内警告")
    PARTY_SERIOUS_WARNING = "party_serious_warning", _("党内严重警告")
    PARTY_POST_REMOVAL = "party_post_removal", _("撤销党内职务")
    PARTY_PROBATION = "party_probation", _("留党察看")
    WARNING = "warning", _("警告")
    DEMERIT = "demerit", _("记过")
    SERIOUS_DEMERIT = "serious_demerit", _("记大过")
    DEMOTION = "demotion", _("降级")
    POST_REMOVAL = "post_removal", _("撤职")
    OTHER = "other", _("其他")


class VerificationItem(TextChoices):
    """三龄二历一身份."""

    BIRTH = "birth", _("出生时间")
    PARTY_JOINING = "party_joining", _("入党时间")
    WORK_START = "work_start", _("参加工作")
    EDUCATION = "education", _("学历学位")
    EXPERIENCE = "experience", _("工作经历")
    CADRE_STATUS = "cadre_status", _("干部身份")


class VerificationResult(TextChoices):
    VERIFIED = "verified", _("已核")
    INCONSISTENT = "inconsistent", _("两处不一")
    MISSING = "missing", _("缺材料")


class KinTieState(TextChoices):
    PROPOSED = "proposed", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    REJECTED = "rejected", _("不是同一人")
