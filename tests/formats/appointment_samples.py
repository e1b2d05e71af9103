"""Forms of invented people for the tests and benchmarks of printing."""

import io
from dataclasses import replace

from PIL import Image

from quanheng.formats.appointment import AppointmentForm, FamilyItem


def photo(width: int = 400, height: int = 500) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), (90, 140, 200)).save(target, "JPEG")
    return target.getvalue()


def relative(
    number: int = 1,
    *,
    relation: str = "儿子",
    name: str = "",
    birth: str = "200602",
    political_affiliation: str = "群众",
    work: str = "",
) -> FamilyItem:
    return FamilyItem(
        relation=relation,
        name=name or f"陈亲{number}",
        birth=birth,
        political_affiliation=political_affiliation,
        work=work or f"云江大学第{number}学院学生",
    )


RESUME = """1995.09--1999.07  云江大学法学院法学专业学习
1999.07--2005.11  平湖市青山区人民法院书记员
2005.11--2012.12  平湖市青山区委组织部干部科副科长
                  （其间：2006.09--2008.06，云江省委党校在职研究生班公共管理专业学习）
2012.12--2022.10  平湖市青山区白石镇党委书记、人大主席，一级主任科员
2022.10--         平湖市青山区委常委、组织部部长
平湖市第七届党代会代表"""

CHEN = AppointmentForm(
    name="陈建国",
    sex="男",
    birth="197609",
    ethnicity="汉族",
    native_place="云江平湖",
    birth_place="云江平湖",
    party_joining="199805",
    work_start="199907",
    retirement_due="203909",
    health="健康",
    professional_title="经济师",
    specialties="法学",
    full_time_education="大学",
    full_time_degree="法学学士",
    full_time_education_school="云江大学法学院法学专业",
    full_time_degree_school="云江大学法学院法学专业",
    on_job_education="省委党校研究生",
    on_job_education_school="云江省委党校公共管理专业",
    current_post="平湖市青山区委常委、组织部部长，区委党校校长",
    proposed_post="平湖市青山区委副书记",
    removed_post="平湖市青山区委组织部部长",
    resume=RESUME,
    rewards_and_sanctions="2018年12月，被云江省委、省政府记二等功。",
    annual_grades="2024年度：优秀\n2025年度：称职",
    reason="工作需要。",
    family=(
        relative(relation="妻子", name="王小梅", birth="197805", political_affiliation="中共党员", work="平湖一中教师"),
        relative(relation="母亲", name="李秀英", birth="195203", work="已去世（原平湖市纺织厂职工）"),
    ),
    reporting_unit="中共平湖市委组织部",
    age_computed_on="202608",
    filled_by="林芳",
    photo=photo(),
)


def long_resume(entries: int) -> str:
    work = "平湖市青山区人民政府办公室综合科科长，兼任区机关事务管理中心副主任，负责文稿起草、会务组织和督查督办等工作"
    return "\n".join(f"{1970 + year}.07--{1971 + year}.07  {work}" for year in range(entries))


NO_DATA = AppointmentForm()
MINORITY = replace(CHEN, name="阿卜杜热合曼·图尔荪尼亚孜", ethnicity="维吾尔族")
TEN_RELATIVES = replace(CHEN, family=tuple(relative(number) for number in range(1, 11)))
LONGEST_RESUME = replace(CHEN, resume=long_resume(60))
NO_PHOTO = replace(CHEN, photo=b"")
