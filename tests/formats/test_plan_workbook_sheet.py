"""What is written back into a planning workbook, and what stays as it was."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl

from quanheng.formats.plan_workbook import read_plan_workbook
from quanheng.formats.plan_workbook_cells import open_workbook, text_of
from quanheng.formats.plan_workbook_sheet import TITLE, PlanSheet, SheetChain, SheetStep, with_plan
from quanheng.formats.plan_workbook_template import plan_template
from tests.formats.test_plan_workbook import cell, changed

PLAN = PlanSheet(
    summary=("已证明：按现行规则没有更好的方案", "价值 3"),
    chains=(
        SheetChain(
            "链 1",
            "链 1 · 2 步",
            (
                SheetStep(1, "甲", "张三", "乙", 86, "晋升", "比现岗高 6"),
                SheetStep(2, "乙", "=HYPERLINK(1)", "", 70, "平级", ""),
            ),
        ),
    ),
    empty=(("丙", "没有符合资格的人选"),),
    rules=(("✓ 遵守", "链长", "最长 2"),),
    remarks=("=1+1",),
)


def written(content: bytes, plan: PlanSheet = PLAN) -> Any:
    return openpyxl.load_workbook(io.BytesIO(with_plan(content, plan)))


def rows(sheet: Any) -> list[list[object]]:
    return [[value for value in row if value not in (None, "")] for row in sheet.iter_rows(values_only=True)]


def test_the_plan_is_the_first_sheet_grouped_by_chain() -> None:
    book = written(plan_template())
    assert book.sheetnames == [TITLE, "说明", "岗位", "人员", "资格", "规则"]
    assert book.active.title == TITLE
    assert rows(book[TITLE]) == [
        ["干部调配建议方案"],
        ["已证明：按现行规则没有更好的方案"],
        ["价值 3"],
        [],
        ["链", "步", "岗位", "人选", "现任岗位", "适配", "性质", "备注"],
        ["链 1 · 2 步"],
        ["链 1", 1, "甲", "张三", "乙", 86, "晋升", "比现岗高 6"],
        ["链 1", 2, "乙", "=HYPERLINK(1)", 70, "平级"],
        [],
        ["空着的岗位"],
        ["丙", "没有符合资格的人选"],
        [],
        ["规则"],
        ["✓ 遵守", "链长：最长 2"],
        [],
        ["=1+1"],
    ]


def test_names_never_become_formulas() -> None:
    sheet = written(plan_template())[TITLE]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "inlineStr", "n"}


def test_the_rest_of_the_workbook_stays_with_its_formulas() -> None:
    content = changed(cell("资格", "C2", "=80+6"), cell("岗位", "I3", "备注仍在"))
    book = written(content)
    assert (book["资格"]["C2"].value, book["岗位"]["I3"].value) == ("=80+6", "备注仍在")
    before = open_workbook(content, values_only=False)
    assert [rows(book[name]) for name in before.sheetnames] == [rows(before[name]) for name in before.sheetnames]


def test_a_plan_of_an_earlier_run_is_replaced_and_the_copy_can_be_read_again() -> None:
    first = with_plan(plan_template(), PLAN)
    again = with_plan(first, PlanSheet(("还没有找到方案",), (), (), (), ()))
    book = openpyxl.load_workbook(io.BytesIO(again))
    assert book.sheetnames.count(TITLE) == 1
    assert rows(book[TITLE]) == [["干部调配建议方案"], ["还没有找到方案"]]
    assert read_plan_workbook(again).problem == read_plan_workbook(plan_template()).problem


def test_texts_as_a_person_sees_them() -> None:
    told = [
        text_of(value)
        for value in (
            None,
            12.0,
            1.5,
            True,
            " a \n b\x07",
            datetime.fromisoformat("2026-01-02T03:00"),
            date(2026, 1, 2),
        )
    ]
    assert told == ["", "12", "1.5", "是", "a b", "2026-01-02 03:00:00", "2026-01-02"]
