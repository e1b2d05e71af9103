"""Labels of the roles and purposes that kernel.actor defines."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from quanheng.kernel.actor import Purpose, Role


class RoleChoice(TextChoices):
    CADRE_OFFICER = Role.CADRE_OFFICER.value, _("组织部干部工作人员")
    UNIT_OFFICER = Role.UNIT_OFFICER.value, _("单位人事干部")
    LEADER = Role.LEADER.value, _("领导")
    DISCIPLINE_SUPERVISOR = Role.DISCIPLINE_SUPERVISOR.value, _("纪检监督人员")
    CADRE = Role.CADRE.value, _("干部本人")
    SYSTEM_ADMIN = Role.SYSTEM_ADMIN.value, _("系统管理员")
    SECURITY_ADMIN = Role.SECURITY_ADMIN.value, _("安全管理员")
    AUDIT_ADMIN = Role.AUDIT_ADMIN.value, _("审计管理员")


class PurposeChoice(TextChoices):
    MANAGEMENT = Purpose.MANAGEMENT.value, _("日常管理")
    SELECTION = Purpose.SELECTION.value, _("选拔任用")
    ASSESSMENT = Purpose.ASSESSMENT.value, _("考核")
    SUPERVISION = Purpose.SUPERVISION.value, _("监督")
    RULES = Purpose.RULES.value, _("规则签认")


class ManagementCategory(TextChoices):
    """管理类别 (ZB130): by whom a cadre is managed. A grant names the categories that it covers."""

    CENTRAL = "central", _("中央管理干部")
    PROVINCE = "province", _("省委管理干部")
    CITY = "city", _("市委管理干部")
    COUNTY = "county", _("县委管理干部")
    OTHER = "other", _("其他人员")


MANAGEMENT_CATEGORY_CODES = {
    ManagementCategory.CENTRAL: "01",
    ManagementCategory.PROVINCE: "02",
    ManagementCategory.CITY: "03",
    ManagementCategory.COUNTY: "04",
    ManagementCategory.OTHER: "09",
}
