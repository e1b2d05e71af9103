"""Words of the organization. Stored values are ours; `*_CODES` map them to the codes used by products."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitLevel(TextChoices):
    """机构级别 (ZB03; its numeric values are not public, so names only)."""

    PROVINCE = "province", _("省部级")
    DEPARTMENT = "department", _("厅局级")
    DEPUTY_DEPARTMENT = "deputy_department", _("副厅局级")
    COUNTY = "county", _("县处级")
    DEPUTY_COUNTY = "deputy_county", _("副县处级")
    TOWNSHIP = "township", _("乡科级")
    DEPUTY_TOWNSHIP = "deputy_township", _("副乡科级")
    SECTION = "section", _("股级")
    NONE = "none", _("未定级别")


class UnitKind(TextChoices):
    """机构类型 (B0194): 1 legal person, 2 internal, 3 grouping."""

    LEGAL_PERSON = "legal_person", _("法人单位")
    INTERNAL = "internal", _("内设机构")
    GROUPING = "grouping", _("机构分组")


class UnitCategory(TextChoices):
    """机构类别 (ZB04, in the few classes that the quota table and the filters need)."""

    PARTY = "party", _("党委工作部门")
    PEOPLES_CONGRESS = "peoples_congress", _("人大机关")
    GOVERNMENT = "government", _("政府工作部门")
    CONSULTATIVE = "consultative", _("政协机关")
    DISCIPLINE = "discipline", _("纪检监察机关")
    COURT = "court", _("审判机关")
    PROCURATORATE = "procuratorate", _("检察机关")
    MASS = "mass", _("群团组织")
    TOWNSHIP = "township", _("乡镇街道")
    INSTITUTION = "institution", _("事业单位")
    ENTERPRISE = "enterprise", _("国有企业")
    TERRITORY = "territory", _("地方")


class ReorganizationKind(TextChoices):
    ESTABLISHED = "established", _("设立")
    RENAMED = "renamed", _("更名")
    MOVED = "moved", _("划转")
    MERGED = "merged", _("并入")
    ABOLISHED = "abolished", _("撤销")
    QUOTA = "quota", _("核定职数")


class PostTier(TextChoices):
    """职务层次 (ZB09, general management class), highest first."""

    PROVINCE_PRINCIPAL = "province_principal", _("省部级正职")
    PROVINCE_DEPUTY = "province_deputy", _("省部级副职")
    DEPARTMENT_PRINCIPAL = "department_principal", _("厅局级正职")
    DEPARTMENT_DEPUTY = "department_deputy", _("厅局级副职")
    COUNTY_PRINCIPAL = "county_principal", _("县处级正职")
    COUNTY_DEPUTY = "county_deputy", _("县处级副职")
    TOWNSHIP_PRINCIPAL = "township_principal", _("乡科级正职")
    TOWNSHIP_DEPUTY = "township_deputy", _("乡科级副职")
    STAFF = "staff", _("科员及以下")


POST_TIER_CODES = {
    PostTier.PROVINCE_PRINCIPAL: "1A11",
    PostTier.PROVINCE_DEPUTY: "1A12",
    PostTier.DEPARTMENT_PRINCIPAL: "1A21",
    PostTier.DEPARTMENT_DEPUTY: "1A22",
    PostTier.COUNTY_PRINCIPAL: "1A31",
    PostTier.COUNTY_DEPUTY: "1A32",
    PostTier.TOWNSHIP_PRINCIPAL: "1A41",
    PostTier.TOWNSHIP_DEPUTY: "1A42",
    PostTier.STAFF: "1A50",
}


class Rank(TextChoices):
    """职级 (ZB148, general management class), highest first."""

    INSPECTOR_1 = "inspector_1", _("一级巡视员")
    INSPECTOR_2 = "inspector_2", _("二级巡视员")
    COUNSEL_1 = "counsel_1", _("一级调研员")
    COUNSEL_2 = "counsel_2", _("二级调研员")
    COUNSEL_3 = "counsel_3", _("三级调研员")
    COUNSEL_4 = "counsel_4", _("四级调研员")
    SENIOR_STAFF_1 = "senior_staff_1", _("一级主任科员")
    SENIOR_STAFF_2 = "senior_staff_2", _("二级主任科员")
    SENIOR_STAFF_3 = "senior_staff_3", _("三级主任科员")
    SENIOR_STAFF_4 = "senior_staff_4", _("四级主任科员")
    STAFF_1 = "staff_1", _("一级科员")
    STAFF_2 = "staff_2", _("二级科员")


RANK_CODES = dict(zip(Rank, ("11", "12", "13", "14", "15", "16", "17", "18", "19", "1A", "1B", "1C"), strict=True))


class GroupRole(TextChoices):
    """成员类别 (ZB129: 1 principal, 3 deputy, Z other)."""

    PRINCIPAL = "principal", _("正职")
    DEPUTY = "deputy", _("副职")
    MEMBER = "member", _("其他成员")


class LeadingGroupKind(TextChoices):
    PARTY_COMMITTEE = "party_committee", _("党委（党组）")
    ADMINISTRATIVE = "administrative", _("行政班子")
    WHOLE = "whole", _("领导班子")
