"""The grid of the printed 干部任免审批表, A4, in millimetres, as measured on the form of 2025 (with 到龄时间).

The PDF and the Word file are both drawn from it.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

PAGE = (210.0, 297.0)
FIRST_MARGINS = {"top": 11.1, "left": 22.0, "right": 20.0, "bottom": 12.0}
SECOND_MARGINS = {"top": 27.8, "left": 22.5, "right": 20.0, "bottom": 10.0}
TITLE_BAND = 32.0  # not measured: the title over page 1, what is left of the page lies below the table
FIRST_COLUMNS = (13.8, 4.2, 23.0, 18.8, 23.0, 23.2, 23.5, 36.3)
SECOND_COLUMNS = (13.0, 19.2, 22.9, 10.1, 17.7, 13.8, 69.4)
FIRST_ROWS = (12.5, 12.2, 12.0, 12.0, 6.1, 6.1, 6.1, 6.1, 12.5, 12.5, 12.5, 125.8)
SECOND_ROWS = (25.0, 18.0, 24.0, 11.4, *[12.3] * 7, 23.5, 13.0, 35.6)
TITLE = "干部任免审批表"
CONTINUED_TITLE = "干部任免审批表（续页）"
INSET = 0.8  # between a line of the grid and the text of a short value
TEXT_INSET = 1.6  # the same for running text


class Box(NamedTuple):
    """The room for text in a cell."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Cell:
    label: str
    box: Box
    is_running: bool = False  # running text is set from the left and may be cut; a short value moves as a whole
    largest: float = 14.0  # points


def short(label: str, width: float, height: float) -> Cell:
    return Cell(label, Box(width - 2 * INSET, height - 0.6))


def running(label: str, width: float, height: float) -> Cell:
    return Cell(label, Box(width - 2 * TEXT_INSET, height - 1.6), is_running=True)


_VALUE, _THIRD, _LAST = FIRST_COLUMNS[2], FIRST_COLUMNS[4], FIRST_COLUMNS[6]
_LEVEL = sum(FIRST_COLUMNS[3:5])
_SCHOOL = sum(FIRST_COLUMNS[6:8])
_POST = sum(FIRST_COLUMNS[3:])
_TEXT = sum(SECOND_COLUMNS[1:])
_STUDY = 12.2  # the rows of level and degree together: one text of one or two paragraphs

CELLS = {
    "name": short("姓名", _VALUE, 12.5),
    "sex": short("性别", _THIRD, 12.5),
    "birth": short("出生年月（岁）", _LAST, 12.5),
    "ethnicity": short("民族", _VALUE, 12.2),
    "native_place": short("籍贯", _THIRD, 12.2),
    "birth_place": short("出生地", _LAST, 12.2),
    "party_joining": short("入党时间", _VALUE, 12.0),
    "work_start": short("参加工作时间", _THIRD, 12.0),
    "retirement_due": short("到龄时间", _LAST, 12.0),
    "health": short("健康状况", _VALUE, 12.0),
    "professional_title": short("专业技术职务", _THIRD, 12.0),
    "specialties": short("熟悉专业有何专长", _LAST, 12.0),
    "full_time_study": short("全日制教育学历学位", _LEVEL, _STUDY),
    "full_time_school": short("全日制教育毕业院校系及专业", _SCHOOL, _STUDY),
    "on_job_study": short("在职教育学历学位", _LEVEL, _STUDY),
    "on_job_school": short("在职教育毕业院校系及专业", _SCHOOL, _STUDY),
    "current_post": running("现任职务", _POST, 12.5),
    "proposed_post": running("拟任职务", _POST, 12.5),
    "removed_post": running("拟免职务", _POST, 12.5),
    "rewards_and_sanctions": running("奖惩情况", _TEXT, 25.0),
    "annual_grades": running("年度考核结果", _TEXT, 18.0),
    "reason": running("任免理由", _TEXT, 24.0),
    "reporting_unit": running("呈报单位", _TEXT, 23.5),
    "filled_by": short("填表人", 60.0, 8.0),
}
RESUME = Box(sum(FIRST_COLUMNS[1:]) - 2 * TEXT_INSET, FIRST_ROWS[-1] - 2.0)
RELATIVE = tuple(
    replace(short(label, width, 12.3), largest=12.0)
    for label, width in zip(
        ("称谓", "姓名", "年龄", "政治面貌", "工作单位及职务"),
        (*SECOND_COLUMNS[1:5], sum(SECOND_COLUMNS[5:])),
        strict=True,
    )
)
# On a continuation page a row grows with its text.
CONTINUED_RELATIVE = tuple(replace(cell, box=Box(cell.box.width, 200.0)) for cell in RELATIVE)
CONTINUED_LABEL = 22.0
CONTINUED_WIDTH = sum(FIRST_COLUMNS) - CONTINUED_LABEL - 2 * TEXT_INSET
