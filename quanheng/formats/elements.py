"""The elements of an `.lrmx` file in their order: tag, attribute of the content, label, kind, length.

Lengths are in characters, as the editor's help gives them (formats of the field, §1); None: no limit.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    TEXT = auto()
    NAME = auto()
    SEX = auto()
    ETHNICITY = auto()
    MONTH = auto()
    BIRTH = auto()  # of a relative: a year alone is enough
    PARTY = auto()  # a month, party names, or both with ；
    IDENTITY = auto()
    RESUME = auto()
    FAMILY = auto()
    PHOTO = auto()
    VERSION = auto()


@dataclass(frozen=True, slots=True)
class Element:
    tag: str
    attribute: str
    label: str
    kind: Kind = Kind.TEXT
    max_length: int | None = None


ROOT = "Person"
GROUP = "JiaTingChengYuan"
ITEM = "Item"
VERSION = "3.2.1.16"  # what the current editor writes, and so do we

ELEMENTS = (
    Element("XingMing", "name", "姓名", Kind.NAME, 18),
    Element("XingBie", "sex", "性别", Kind.SEX),
    Element("ChuShengNianYue", "birth", "出生年月", Kind.MONTH),
    Element("MinZu", "ethnicity", "民族", Kind.ETHNICITY, 18),
    Element("JiGuan", "native_place", "籍贯", max_length=18),
    Element("ChuShengDi", "birth_place", "出生地", max_length=18),
    Element("RuDangShiJian", "party_joining", "入党时间", Kind.PARTY, 18),
    Element("CanJiaGongZuoShiJian", "work_start", "参加工作时间", Kind.MONTH),
    Element("DaoLingNianYue", "retirement_due", "到龄时间", Kind.MONTH),
    Element("JianKangZhuangKuang", "health", "健康状况", max_length=18),
    Element("ZhuanYeJiShuZhiWu", "professional_title", "专业技术职务", max_length=90),
    Element("ShuXiZhuanYeYouHeZhuanChang", "specialties", "熟悉专业有何专长", max_length=110),
    Element("QuanRiZhiJiaoYu_XueLi", "full_time_education", "全日制教育学历", max_length=54),
    Element("QuanRiZhiJiaoYu_XueWei", "full_time_degree", "全日制教育学位", max_length=54),
    Element(
        "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi",
        "full_time_education_school",
        "全日制学历院校系及专业",
        max_length=90,
    ),
    Element(
        "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi", "full_time_degree_school", "全日制学位院校系及专业", max_length=90
    ),
    Element("ZaiZhiJiaoYu_XueLi", "on_job_education", "在职教育学历", max_length=54),
    Element("ZaiZhiJiaoYu_XueWei", "on_job_degree", "在职教育学位", max_length=54),
    Element("ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "on_job_education_school", "在职学历院校系及专业", max_length=90),
    Element("ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi", "on_job_degree_school", "在职学位院校系及专业", max_length=90),
    Element("XianRenZhiWu", "current_post", "现任职务", max_length=324),
    Element("NiRenZhiWu", "proposed_post", "拟任职务", max_length=324),
    Element("NiMianZhiWu", "removed_post", "拟免职务", max_length=324),
    Element("JianLi", "resume", "简历", Kind.RESUME),
    Element("JiangChengQingKuang", "rewards_and_sanctions", "奖惩情况", max_length=552),
    Element("NianDuKaoHeJieGuo", "annual_grades", "年度考核结果", max_length=414),
    Element("RenMianLiYou", "reason", "任免理由", max_length=552),
    Element(GROUP, "family", "家庭主要成员及重要社会关系", Kind.FAMILY),
    Element("ChengBaoDanWei", "reporting_unit", "呈报单位", max_length=252),
    Element("GaiGeQianRenZhiNianLingJieXian", "age_limit_before_reform", "改革前任职年龄界限"),
    Element("JiSuanNianLingShiJian", "age_computed_on", "计算年龄时间", Kind.MONTH),
    Element("TianBiaoShiJian", "filled_on", "填表时间", Kind.MONTH),
    Element("TianBiaoRen", "filled_by", "填表人", Kind.NAME, 18),
    Element("ShenFenZheng", "identity_number", "身份证号", Kind.IDENTITY),
    Element("ZhaoPian", "photo", "照片", Kind.PHOTO),
    Element("Version", "version", "文件版本", Kind.VERSION),
)

FAMILY_ELEMENTS = (
    Element("ChengWei", "relation", "称谓", max_length=18),
    Element("XingMing", "name", "姓名", Kind.NAME, 18),
    Element("ChuShengRiQi", "birth", "出生日期", Kind.BIRTH),
    Element("ZhengZhiMianMao", "political_affiliation", "政治面貌", max_length=18),
    Element("GongZuoDanWeiJiZhiWu", "work", "工作单位及职务", max_length=124),
)

BY_TAG = {element.tag: element for element in ELEMENTS}
BY_ATTRIBUTE = {element.attribute: element for element in ELEMENTS}
POSITIONS = {element.tag: position for position, element in enumerate(ELEMENTS)}
FAMILY_BY_TAG = {element.tag: element for element in FAMILY_ELEMENTS}


def label_of(element: Element | None, relative: int | None = None) -> str:
    """As sentences name it; relatives are counted from 1."""
    if element is None:
        return ""
    return element.label if relative is None else f"家庭成员第 {relative} 人的{element.label}"
