"""Sheets of a planning workbook as rows, cells as values, and what cannot be read as findings with their place."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from fractions import Fraction
from pathlib import Path

import openpyxl

from quanheng.formats.clean import clean_name, clean_text
from quanheng.formats.findings import shorten
from quanheng.kernel.errors import Refused

UNPACKED_BYTES = 2 * 1024**3
MAX_ROWS, MAX_HEADS = 600_000, 120
YES, NO = frozenset({"是", "√", "✓"}), frozenset({"否", "×"})
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
REMARKS = ("备注", "说明")  # columns for people, whatever follows in the head
LARGEST_PART = 1_000_000  # of a share
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九十")} | {"两": 2}


class CannotReadPlanWorkbook(Refused):
    """The file is no planning workbook: not-a-workbook, too-large (size, limit), too-many-rows (sheet, limit),
    missing-sheet (sheet, known), missing-column (sheet, column, known), repeated-column (sheet, column),
    unknown-column (sheet, column, known)."""


class PlanWorkbookFindings(Refused):
    """Cells that cannot be taken as they are: `findings`, a tuple of CellFinding."""

    def __init__(self, findings: Iterable["CellFinding"]) -> None:
        self.findings = tuple(findings)
        super().__init__("findings", count=len(self.findings))


@dataclass(frozen=True)
class CellFinding:
    """`row` 0: the whole sheet; `column` "": the whole row."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str

    @property
    def place(self) -> str:
        row = f"第 {self.row} 行" if self.row else ""
        return f"“{self.sheet}”表{row}" + (f"“{self.column}”" if self.column else "")


SENTENCES = {
    "empty": "是空的，请填写。",
    "formula-error": "公式出错，没有值。请改正公式，或直接写值。",
    "yes-no": "应写 是 或 否。请改正；空着按“否”。",
    "attribute": "条件列应写 是、否 或整数。不作条件的列，表头请以“备注”开头。",
    "whole": "应是整数。若适配有小数，请把全部适配和代价同乘以 10。",
    "not-negative": "应是不小于 0 的整数。",
    "share": "应是不大于 1 的份额，例如 1/3、三分之一、0.25、25%。",
    "share-date": "表格软件把份额当成了日期或时间。请先把这一格设为“文本”，再写 1/3；或写 三分之一。",
    "unknown-kind": "没有这种规则。可写：{known}。",
    "no-meaning": "“{kind}”不用这一列。请清空，或核对规则的种类。",
    "no-end": "“至少”和“至多”都是空的，请至少填一个。",
    "unknown-unit": "没有岗位或人员在这个单位。请核对写法。",
    "unknown-group": "没有岗位在这个班子。请核对写法。",
    "unknown-attribute": "“人员”表没有这一列条件。可写：{known}。",
    "unit-missing": "没有现任岗位的人要写单位。",
    "twice": "这种规则只能写一行，前面已经有了。",
}


@dataclass(frozen=True)
class Row:
    sheet: str
    number: int
    cells: dict[str, object]

    def has(self, column: str) -> bool:
        return text_of(self.cells.get(column)) != ""


@dataclass
class Cells:
    """Takes values out of cells; what cannot be taken is found, and something harmless goes in its place."""

    findings: list[CellFinding] = field(default_factory=list)

    def find(self, row: Row, column: str, code: str, **facts: str) -> None:
        value = shorten(text_of(row.cells.get(column)))
        self.findings.append(CellFinding(row.sheet, row.number, column, value, SENTENCES[code].format(**facts)))

    def text(self, row: Row, column: str) -> str | None:
        """None for an empty cell."""
        text = text_of(row.cells.get(column))
        if text in ERRORS:
            self.find(row, column, "formula-error")
        return text or None

    def needed(self, row: Row, column: str) -> str:
        text = self.text(row, column)
        if text is None:
            self.find(row, column, "empty")
        return text or "?"

    def name(self, row: Row, column: str) -> str:
        """Names are set with spaces in tables: 张  三 is 张三."""
        return clean_name(self.needed(row, column))

    def yes(self, row: Row, column: str) -> bool:
        """Empty is no."""
        found = _yes_no(row.cells.get(column))
        if found is None:
            self.find(row, column, "yes-no")
        return bool(found)

    def attribute(self, row: Row, column: str) -> bool | int:
        value = row.cells.get(column)
        found = _yes_no(value)
        number = _whole(value) if found is None else None
        if found is None and number is None:
            self.find(row, column, "attribute")
        return (number or 0) if found is None else found

    def whole(self, row: Row, column: str) -> int:
        """Of a cell that must be filled."""
        if not row.has(column):
            self.find(row, column, "empty")
            return 0
        number = _whole(row.cells.get(column))
        if number is None:
            self.find(row, column, "whole")
        return number or 0

    def count(self, row: Row, column: str) -> int | None:
        """Zero or more; None for an empty cell."""
        if not row.has(column):
            return None
        number = _whole(row.cells.get(column))
        if number is None or number < 0:
            self.find(row, column, "not-negative")
            return None
        return number

    def share(self, row: Row, column: str) -> list[int]:
        """[a, b] as written: 2/6 stays 2 of 6."""
        value = row.cells.get(column)
        found = None if isinstance(value, date | time) else _share(text_of(value))
        if found is None:
            is_date = isinstance(value, date | time)
            self.find(row, column, "share-date" if is_date else "share" if row.has(column) else "empty")
        return found or [0, 1]


def text_of(value: object) -> str:
    """As a person sees it, in one line: 12.0 is 12."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return "" if value is None else " ".join(clean_text(str(value)).split())


def _yes_no(value: object) -> bool | None:
    text = text_of(value)
    return True if text in YES else False if text in NO or not text else None


def _whole(value: object) -> int | None:
    try:
        number = Fraction(unicodedata.normalize("NFKC", text_of(value)))
    except (ValueError, ZeroDivisionError):
        return None
    return int(number) if number.denominator == 1 and abs(number) < 2**63 else None


def _share(text: str) -> list[int] | None:
    whole, of, parts = text.partition("分之")
    if of and whole in _DIGITS and parts in _DIGITS:
        return _parts(_DIGITS[parts], _DIGITS[whole])
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    upper, slash, lower = plain.partition("/")
    if slash:
        return _parts(int(upper), int(lower)) if upper.isdecimal() and lower.isdecimal() else None
    try:
        number = Fraction(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        return None
    return _parts(number.numerator, number.denominator)


def _parts(a: int, b: int) -> list[int] | None:
    return [a, b] if 0 <= a <= b <= LARGEST_PART and b else None


def open_workbook(content: bytes, *, values_only: bool) -> openpyxl.Workbook:
    """As a stream of values for reading, or whole, with formulas, for writing into. Raises CannotReadPlanWorkbook:
    whatever is wrong inside, the file is no workbook that can be read."""
    packed = io.BytesIO(content)
    try:
        with zipfile.ZipFile(packed) as opened:
            size = sum(entry.file_size for entry in opened.infolist())
        if size > UNPACKED_BYTES:
            raise CannotReadPlanWorkbook("too-large", size=size, limit=UNPACKED_BYTES)
        return openpyxl.load_workbook(packed, read_only=values_only, data_only=values_only)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, SyntaxError, TypeError) as error:
        raise CannotReadPlanWorkbook("not-a-workbook") from error


def read_bytes(path: Path) -> bytes:
    """Raises CannotReadPlanWorkbook for what could not be a workbook of any size, OSError."""
    if path.stat().st_size > UNPACKED_BYTES:
        raise CannotReadPlanWorkbook("too-large", size=path.stat().st_size, limit=UNPACKED_BYTES)
    return path.read_bytes()


def rows_of(
    book: openpyxl.Workbook, name: str, needed: tuple[str, ...], others: tuple[str, ...] | None
) -> tuple[list[str], list[Row]]:
    """The heads of a sheet and its rows; empty rows are passed over. `others`: heads that may be there; None: any."""
    sheets = {sheet.title.strip(): sheet for sheet in book.worksheets}
    if name not in sheets:
        raise CannotReadPlanWorkbook("missing-sheet", sheet=name, known=list(sheets))
    rows = _filled(sheets[name], name)
    heads = [text_of(value).rstrip("*＊ ") for value in next(rows, (0, ()))[1]]
    _check_heads(name, heads, needed, others)
    places = {head: place for place, head in enumerate(heads) if head and not head.startswith(REMARKS)}
    found = [
        Row(name, number, {head: values[place] for head, place in places.items() if place < len(values)})
        for number, values in rows
    ]
    return list(places), [row for row in found if any(row.has(head) for head in row.cells)]


def _filled(sheet: object, name: str) -> Iterator[tuple[int, tuple[object, ...]]]:
    rows = getattr(sheet, "iter_rows")(values_only=True, max_col=MAX_HEADS)  # noqa: B009  openpyxl has no types
    count = 0
    for number, values in enumerate(rows, start=1):
        if any(value is not None for value in values):
            count += 1
            if count > MAX_ROWS:
                raise CannotReadPlanWorkbook("too-many-rows", sheet=name, limit=MAX_ROWS)
            yield number, values


def _check_heads(sheet: str, heads: list[str], needed: tuple[str, ...], others: tuple[str, ...] | None) -> None:
    """A head that is not known may be a slip of the pen for one that is; so it is not passed over."""
    told = [head for head in heads if head]
    for head in needed:
        if head not in told:
            raise CannotReadPlanWorkbook("missing-column", sheet=sheet, column=head, known=told)
    for head in told:
        if told.count(head) > 1 and not head.startswith(REMARKS):
            raise CannotReadPlanWorkbook("repeated-column", sheet=sheet, column=head)
        if others is not None and head not in (*needed, *others) and not head.startswith(REMARKS):
            raise CannotReadPlanWorkbook("unknown-column", sheet=sheet, column=head, known=[*needed, *others])
