"""The content of one 干部任免审批表, free of any file format.

Values are the text of the form, stripped; dates stay as written (usually yyyyMM). Readers of
files fill it, writers and printers take it. Source of the element names: `.lrmx` files.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyItem:
    relation: str = ""  # ChengWei
    name: str = ""  # XingMing
    birth: str = ""  # ChuShengRiQi, yyyyMM or yyyy or blank
    political_affiliation: str = ""  # ZhengZhiMianMao
    work: str = ""  # GongZuoDanWeiJiZhiWu
    unknown: tuple[tuple[str, str], ...] = ()  # elements we do not know, as below


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentForm:
    name: str = ""  # XingMing
    sex: str = ""  # XingBie
    birth: str = ""  # ChuShengNianYue
    ethnicity: str = ""  # MinZu
    native_place: str = ""  # JiGuan
    birth_place: str = ""  # ChuShengDi
    party_joining: str = ""  # RuDangShiJian
    work_start: str = ""  # CanJiaGongZuoShiJian
    retirement_due: str = ""  # DaoLingNianYue
    health: str = ""  # JianKangZhuangKuang
    professional_title: str = ""  # ZhuanYeJiShuZhiWu
    specialties: str = ""  # ShuXiZhuanYeYouHeZhuanChang
    full_time_education: str = ""  # QuanRiZhiJiaoYu_XueLi
    full_time_degree: str = ""  # QuanRiZhiJiaoYu_XueWei
    full_time_education_school: str = ""  # QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi
    full_time_degree_school: str = ""  # QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi
    on_job_education: str = ""  # ZaiZhiJiaoYu_XueLi
    on_job_degree: str = ""  # ZaiZhiJiaoYu_XueWei
    on_job_education_school: str = ""  # ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi
    on_job_degree_school: str = ""  # ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi
    current_post: str = ""  # XianRenZhiWu
    proposed_post: str = ""  # NiRenZhiWu
    removed_post: str = ""  # NiMianZhiWu
    resume: str = ""  # JianLi, lines joined by \n
    rewards_and_sanctions: str = ""  # JiangChengQingKuang
    annual_grades: str = ""  # NianDuKaoHeJieGuo
    reason: str = ""  # RenMianLiYou
    family: tuple[FamilyItem, ...] = ()  # JiaTingChengYuan/Item
    reporting_unit: str = ""  # ChengBaoDanWei
    age_limit_before_reform: str = ""  # GaiGeQianRenZhiNianLingJieXian
    age_computed_on: str = ""  # JiSuanNianLingShiJian
    filled_on: str = ""  # TianBiaoShiJian
    filled_by: str = ""  # TianBiaoRen
    identity_number: str = ""  # ShenFenZheng
    photo: bytes = b""  # ZhaoPian, JPEG
    version: str = ""  # Version
    unknown: tuple[tuple[str, str], ...] = ()  # elements we do not know: (element, its XML as read)
