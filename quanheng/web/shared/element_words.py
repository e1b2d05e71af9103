"""Names of the fields of an `.lrmx` file in the language in use, and places in a file by name.

The Chinese ones are those of `formats.elements`, which knows no gettext; a test holds the two beside each other.
"""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quanheng.formats.elements import BY_TAG, FAMILY_BY_TAG
from quanheng.web.shared.parts import Text

LABELS: Mapping[str, Text] = {  # by attribute of the form
    "name": gettext_lazy("姓名"),
    "sex": gettext_lazy("性别"),
    "birth": gettext_lazy("出生年月"),
    "ethnicity": gettext_lazy("民族"),
    "native_place": gettext_lazy("籍贯"),
    "birth_place": gettext_lazy("出生地"),
    "party_joining": gettext_lazy("入党时间"),
    "work_start": gettext_lazy("参加工作时间"),
    "retirement_due": gettext_lazy("到龄时间"),
    "health": gettext_lazy("健康状况"),
    "professional_title": gettext_lazy("专业技术职务"),
    "specialties": gettext_lazy("熟悉专业有何专长"),
    "full_time_education": gettext_lazy("全日制教育学历"),
    "full_time_degree": gettext_lazy("全日制教育学位"),
    "full_time_education_school": gettext_lazy("全日制学历院校系及专业"),
    "full_time_degree_school": gettext_lazy("全日制学位院校系及专业"),
    "on_job_education": gettext_lazy("在职教育学历"),
    "on_job_degree": gettext_lazy("在职教育学位"),
    "on_job_education_school": gettext_lazy("在职学历院校系及专业"),
    "on_job_degree_school": gettext_lazy("在职学位院校系及专业"),
    "current_post": gettext_lazy("现任职务"),
    "proposed_post": gettext_lazy("拟任职务"),
    "removed_post": gettext_lazy("拟免职务"),
    "resume": gettext_lazy("简历"),
    "rewards_and_sanctions": gettext_lazy("奖惩情况"),
    "annual_grades": gettext_lazy("年度考核结果"),
    "reason": gettext_lazy("任免理由"),
    "family": gettext_lazy("家庭主要成员及重要社会关系"),
    "reporting_unit": gettext_lazy("呈报单位"),
    "age_limit_before_reform": gettext_lazy("改革前任职年龄界限"),
    "age_computed_on": gettext_lazy("计算年龄时间"),
    "filled_on": gettext_lazy("填表时间"),
    "filled_by": gettext_lazy("填表人"),
    "identity_number": gettext_lazy("身份证号"),
    "photo": gettext_lazy("照片"),
    "version": gettext_lazy("文件版本"),
}
FAMILY_LABELS: Mapping[str, Text] = {
    "relation": gettext_lazy("称谓"),
    "name": gettext_lazy("姓名"),
    "birth": gettext_lazy("出生日期"),
    "political_affiliation": gettext_lazy("政治面貌"),
    "work": gettext_lazy("工作单位及职务"),
}
_RELATIVE = re.compile(r"JiaTingChengYuan/Item\[(\d+)\]/(\w+)")
_LINE = re.compile(r"JianLi/(\d+)")


def place_label(place: str) -> str:
    """An element path in words: 简历第 3 行, 家庭成员第 2 人的出生日期."""
    if line := _LINE.fullmatch(place):
        return _("简历第 %(line)s 行") % {"line": line[1]}
    if relative := _RELATIVE.fullmatch(place):
        return _relative_label(relative[1], relative[2]) or place
    tag = place.split("/")[0].split("[")[0]
    return str(LABELS[BY_TAG[tag].attribute]) if tag in BY_TAG else _("整个文件")


def _relative_label(number: str, tag: str) -> str:
    element = FAMILY_BY_TAG.get(tag)
    words = _("家庭成员第 %(number)s 人的%(label)s")
    return words % {"number": number, "label": FAMILY_LABELS[element.attribute]} if element else ""
