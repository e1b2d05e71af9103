"""The sheet 干部调配建议方案 in a copy of the workbook: chains, what stays empty, rules, and how sure the plan is."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from quanheng.formats.plan_workbook_cells import open_workbook

TITLE = "干部调配建议方案"
HEADS = ("链", "步", "岗位", "人选", "现任岗位", "适配", "性质", "备注")
WIDTHS = (9, 5, 30, 16, 30, 8, 8, 44)
_HEAD, _GROUP = PatternFill("solid", fgColor="DDE2E6"), PatternFill("solid", fgColor="EBEFF2")
_LINE = Border(bottom=Side(style="thin", color="C9D0D6"))
_TOP = Alignment(vertical="top", wrap_text=True)


@dataclass(frozen=True)
class SheetStep:
    step: int
    post: str
    person: str
    source: str  # "" without a post
    fit: int
    nature: str
    remark: str


@dataclass(frozen=True)
class SheetChain:
    name: str
    heading: str
    steps: tuple[SheetStep, ...]


@dataclass(frozen=True)
class PlanSheet:
    summary: tuple[str, ...]  # the first is the proof sentence
    chains: tuple[SheetChain, ...]
    empty: tuple[tuple[str, str], ...]  # post, why
    rules: tuple[tuple[str, str, str], ...]  # state, rule, figure
    remarks: tuple[str, ...]


def with_plan(content: bytes, plan: PlanSheet) -> bytes:
    """A copy of the workbook with the sheet as its first; one of an earlier run is replaced.

    Raises CannotReadPlanWorkbook."""
    book = open_workbook(content, values_only=False)
    if TITLE in book.sheetnames:
        del book[TITLE]
    sheet = book.create_sheet(TITLE, 0)
    _write(_Writer(sheet), plan)
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


class _Writer:
    """Row by row; what a workbook could take for a formula stays text."""

    def __init__(self, sheet: Any) -> None:
        self.sheet, self.number = sheet, 0
        for place, width in enumerate(WIDTHS):
            sheet.column_dimensions["ABCDEFGH"[place]].width = width
        sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True

    def row(self, values: Sequence[str | int] = (), *, bold: bool = False, fill: Any = None, size: int = 11) -> None:
        self.number += 1
        for column, value in enumerate(values, start=1):
            cell = self.sheet.cell(self.number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
            cell.alignment, cell.border = _TOP, _LINE
            if bold:
                cell.font = Font(bold=True, size=size)
            if fill is not None:
                cell.fill = fill

    def line(self, text: str, *, bold: bool = False, fill: Any = None, size: int = 11) -> None:
        """One text over all columns."""
        self.row((text, *[""] * (len(HEADS) - 1)), bold=bold, fill=fill, size=size)
        self.sheet.merge_cells(start_row=self.number, end_row=self.number, start_column=1, end_column=len(HEADS))

    def wide(self, first: str, text: str) -> None:
        """A post, then a text over the rest."""
        self.row(("", "", first, text, *[""] * (len(HEADS) - 4)))
        self.sheet.merge_cells(start_row=self.number, end_row=self.number, start_column=4, end_column=len(HEADS))
        self.sheet.row_dimensions[self.number].height = 15 * (1 + len(text) // 55)


def _write(writer: _Writer, plan: PlanSheet) -> None:
    writer.line(TITLE, bold=True, size=16)
    for number, text in enumerate(plan.summary):
        writer.line(text, bold=number == 0)
    if plan.chains:
        writer.row()
        writer.row(HEADS, bold=True, fill=_HEAD)
        writer.sheet.print_title_rows = f"{writer.number}:{writer.number}"
    for chain in plan.chains:
        writer.line(chain.heading, fill=_GROUP)
        for step in chain.steps:
            values = (chain.name, step.step, step.post, step.person, step.source, step.fit, step.nature, step.remark)
            writer.row(values)
    _section(writer, "空着的岗位", plan.empty)
    _section(writer, "规则", [(state, f"{rule}：{figure}") for state, rule, figure in plan.rules])
    writer.row()
    for remark in plan.remarks:
        writer.line(remark)


def _section(writer: _Writer, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if rows:
        writer.row()
        writer.line(title, bold=True, fill=_HEAD)
    for first, text in rows:
        writer.wide(first, text)
