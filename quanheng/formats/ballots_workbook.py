"""A workbook of ballots: one sheet a unit; a row = ballot, rater group, person; a column a dimension.

A ballot number that is on several sheets is one linking ballot. The sheets are read as a stream.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import openpyxl
import xlsxwriter

from quanheng.formats.ballots_table import (
    BallotFinding,
    BallotFindings,
    BallotTable,
    CannotReadBallots,
    column_of,
    score_of,
)

HEADS = {
    "ballot": ("票号", "选票号", "测评票号", "票"),
    "group": ("票类", "评价主体", "测评主体", "主体", "组别"),
    "person": ("被测评人", "姓名", "人员", "测评对象", "被测评对象"),
    "class": ("同类", "比较类别"),
}
NAMES = {"ballot": "票号", "group": "票类", "person": "被测评人", "class": "同类"}
COLUMNS = ("unit", "ballot", "group", "person", "class", "item")
TOTALS = (
    "票数",
    "得票",
    "人数",
    "平均",
    "均分",
    "合计",
    "总分",
    "总计",
    "得分",
    "优秀率",
    "称职率",
    "赞成率",
    "满意率",
    "%",
)
REMARKS = ("说明", "填写说明")  # sheets for people
UNPACKED_BYTES = 2 * 1024**3
SHOWN = 50
BROKEN = (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, TypeError)
Progress = Callable[[int], None]


@dataclass
class _Reading:
    """What has been read so far; one entry a rating."""

    cells: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    scores: list[float] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    findings: list[BallotFinding] = field(default_factory=list)
    ballots: dict[str, set[str]] = field(default_factory=dict)  # the sheets each ballot is on
    has: set[str] = field(default_factory=set)

    def add(self, sheet: str, row: int, cells: dict[str, str], score: float) -> None:
        for name, column in self.cells.items():
            column.append(sheet if name == "unit" else cells.get(name, ""))
        self.scores.append(score)
        self.places.append((sheet, row))
        self.ballots.setdefault(cells["ballot"], set()).add(sheet)

    def find(self, sheet: str, row: int, column: str, value: str, code: str) -> None:
        self.findings.append(BallotFinding(f"“{sheet}”表第 {row} 行", column, value, code))


def is_workbook(path: Path) -> bool:
    return path.suffix.lower() in (".xlsx", ".xlsm")


def read_workbook(path: Path, progress: Progress | None = None) -> BallotTable:
    """All ballots of all sheets; columns unit, ballot, person, item, and group and class where the sheets have them.

    A cell that rates nothing (empty, 弃权, 不了解) is no row. Raises CannotReadBallots, BallotFindings, OSError.
    """
    reading = _Reading()
    book = _opened(path)
    try:
        for sheet in book.worksheets:
            if sheet.title.strip() not in REMARKS:
                _read_sheet(sheet.title.strip(), _texts(sheet), reading)
            if progress:
                progress(len(reading.scores))
    finally:
        book.close()
    return _table(reading)


def _opened(path: Path) -> openpyxl.Workbook:
    """Whatever is wrong inside, the file is no workbook that can be read."""
    with path.open("rb") as file:
        content = io.BytesIO(file.read())
    try:
        with zipfile.ZipFile(content) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > UNPACKED_BYTES:
            raise CannotReadBallots("too-large", size=size, limit=UNPACKED_BYTES)
        return openpyxl.load_workbook(content, read_only=True, data_only=True)
    except BROKEN as error:
        raise CannotReadBallots("not-a-workbook") from error


def _texts(sheet: Iterable[Iterable[object]]) -> Iterator[list[str]]:
    """The cells are parsed only now; defusedxml, through which openpyxl takes them, refuses by ValueErrors."""
    rows = getattr(sheet, "iter_rows")(values_only=True)  # noqa: B009  openpyxl has no types
    while True:
        try:
            row = next(rows, None)
        except BROKEN as error:
            raise CannotReadBallots("not-a-workbook") from error
        if row is None:
            return
        yield [_text(value) for value in row]


def _text(value: object) -> str:
    """As a person sees it: 12.0 is the ballot 12."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _read_sheet(sheet: str, rows: Iterator[list[str]], reading: _Reading) -> None:
    """Empty rows above the header and between ballots are passed over; an empty sheet is no unit."""
    heads: dict[str, int] = {}
    items: dict[str, int] = {}
    for number, cells in enumerate(rows, start=1):
        if not any(cells):
            continue
        if not heads:
            heads, items = _heads(sheet, cells)
            reading.has.update(heads)
        else:
            _read_row(sheet, number, _row(heads, cells), _row(items, cells), reading)


def _row(places: dict[str, int], cells: list[str]) -> dict[str, str]:
    return {name: cells[place] if place < len(cells) else "" for name, place in places.items()}


def _heads(sheet: str, cells: list[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Where ballot, group, person and class stand, and where each dimension. Totals are refused here."""
    heads = {name: cells.index(head) for name, known in HEADS.items() for head in known if head in cells}
    items = {text: place for place, text in enumerate(cells) if text and place not in heads.values()}
    totals = [text for text in items if any(mark in text for mark in TOTALS)]
    if totals or "ballot" not in heads:
        raise BallotFindings("totals", sheet=sheet, column=totals[0] if totals else "")
    if "person" not in heads or not items:
        missing = NAMES["person"] if "person" not in heads else "测评项目"
        raise CannotReadBallots("missing-column", column=missing, known=[f"“{sheet}”表：", *filter(None, cells)])
    repeated = [text for text in items if cells.count(text) > 1]
    if repeated:
        raise CannotReadBallots("repeated-column", column=repeated[0])
    return heads, items


def _read_row(sheet: str, number: int, cells: dict[str, str], marks: dict[str, str], reading: _Reading) -> None:
    empty = [name for name, text in cells.items() if not text]
    for name in empty:
        reading.find(sheet, number, NAMES[name], "", "empty")
    for item, text in marks.items():
        score = score_of(text)
        if score is None:
            reading.find(sheet, number, item, text, "no-score")
        elif not np.isnan(score) and not empty:
            reading.add(sheet, number, {**cells, "item": item}, score)


def _table(reading: _Reading) -> BallotTable:
    if reading.findings:
        raise BallotFindings("findings", findings=reading.findings[:SHOWN], count=len(reading.findings))
    if not reading.has:
        raise CannotReadBallots("no-sheets")
    names = {"unit", "person", "item"} | reading.has
    return BallotTable(
        score=np.array(reading.scores, dtype=np.float64),
        columns={name: column_of(cells) for name, cells in reading.cells.items() if name in names},
        place_of=lambda row: "“{}”表第 {} 行".format(*reading.places[row - 1]),
        warnings=_warnings(reading),
    )


def _warnings(reading: _Reading) -> tuple[str, ...]:
    """Units that each number their ballots from 1 would all be linked by mistake."""
    repeated = [ballot for ballot, sheets in reading.ballots.items() if len(sheets) > 1]
    if 2 * len(repeated) <= len(reading.ballots):
        return ()
    return (
        f"{len(reading.ballots)} 个票号中有 {len(repeated)} 个（例如 {repeated[0]}）出现在几个单位的表里，"
        "已按联系票计算。若是各单位各自从 1 编号，请改成互不重复的票号再算。",
    )


def template() -> bytes:
    """An empty example: two units, a linking ballot on both, and a sheet of remarks."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F7"})
        remarks = book.add_worksheet("说明")
        remarks.set_column(0, 0, 90)
        remarks.write_column(0, 0, _REMARKS)
        for unit, rows in _EXAMPLE.items():
            sheet = book.add_worksheet(unit)
            sheet.freeze_panes(1, 3)
            sheet.write_row(0, 0, _HEADS, bold)
            for number, row in enumerate(rows, start=1):
                sheet.write_row(number, 0, row)
    return packed.getvalue()


_HEADS = ("票号", "票类", "被测评人", "德", "能", "勤", "绩", "廉")
_REMARKS = (
    "每个单位一张表，表名就是单位名称。一行是一张票对一个人；第一行是表头，不要改前三列的名称。",
    "票号：不写姓名，全部单位统一编号，互不重复。同一张票评几个人，就写几行，票号相同。",
    "联系票：上级领导、联系单位一张票评几个单位的人，在几张表里写同一个票号。没有联系票，单位之间不能比较。",
    "票类：A、B、C 等，一张票只有一类。",
    "其余各列是测评项目，填 优秀、称职、基本称职、不称职，或填数字；没有评的留空，或写弃权、不了解。",
    "同名的人请在姓名后加注，例如“李明（财务）”。只有票数、平均分的汇总表不能用：从汇总里分不出票。",
    "下面两张表是例子，请删去后填写。“说明”这张表不读。",
)
_EXAMPLE = {
    "甲局": (
        ("J01", "B", "示例一", "优秀", "优秀", "称职", "优秀", "优秀"),
        ("J01", "B", "示例二", "称职", "优秀", "称职", "称职", "优秀"),
        ("S01", "A", "示例一", "优秀", "称职", "称职", "优秀", "优秀"),
    ),
    "乙局": (
        ("Y01", "C", "示例三", "称职", "称职", "优秀", "基本称职", "优秀"),
        ("S01", "A", "示例三", "优秀", "称职", "称职", "称职", "优秀"),
    ),
}
