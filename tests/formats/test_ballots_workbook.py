"""A workbook of ballots: units by sheet, linking ballots by number, findings by sheet and row."""

import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from quanheng.formats import ballots_workbook
from quanheng.formats.ballots_table import BallotFinding, BallotFindings, BallotTable, CannotReadBallots
from quanheng.formats.ballots_workbook import is_workbook, read_workbook, template

HEADS: list[object] = ["票号", "票类", "被测评人", "德", "能"]
Sheets = dict[str, list[list[object]]]


def workbook(path: Path, sheets: Sheets) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ballots.xlsx"


def rows_of(table: BallotTable) -> list[tuple[object, ...]]:
    names = list(table.columns)
    labels = [[table.columns[name].labels[k] for k in table.columns[name].index] for name in names]
    return [(*row, score) for row, score in zip(zip(*labels, strict=True), table.score.tolist(), strict=True)]


GOOD: Sheets = {
    "甲局": [HEADS, ["1", "B", "沈砚秋", "优秀", "称职"], ["9", "A", "沈砚秋", 3, ""]],
    "乙局": [HEADS, [9, "A", "黎暮云", "基本称职", "弃权"], [], [2.0, "B", "黎暮云", "不称职", 1.0]],
    "说明": [["随便写"]],
    "空表": [],
}


def test_sheets_are_units_and_a_number_on_two_sheets_is_one_ballot(path: Path) -> None:
    table = read_workbook(workbook(path, GOOD))
    assert list(table.columns) == ["unit", "ballot", "group", "person", "item"]
    assert rows_of(table) == [
        ("甲局", "1", "B", "沈砚秋", "德", 3),
        ("甲局", "1", "B", "沈砚秋", "能", 2),
        ("甲局", "9", "A", "沈砚秋", "德", 3),
        ("乙局", "9", "A", "黎暮云", "德", 1),
        ("乙局", "2", "B", "黎暮云", "德", 0),
        ("乙局", "2", "B", "黎暮云", "能", 1),
    ]
    assert table.place_of(5) == "“乙局”表第 4 行"
    assert table.warnings == ()


def test_heads_may_stand_in_another_order_below_empty_rows_and_without_groups(path: Path) -> None:
    sheets: Sheets = {"甲局": [[], ["姓名", "同类", "德", "选票号"], ["沈砚秋", "正职", 2, "x"]]}
    assert rows_of(read_workbook(workbook(path, sheets))) == [("甲局", "x", "沈砚秋", "正职", "德", 2)]


def test_units_that_each_count_from_one_are_warned_of(path: Path) -> None:
    sheets: Sheets = {
        unit: [HEADS, *([k, "B", f"{unit}人", 1, 2] for k in range(3))] for unit in ("甲局", "乙局", "丙局")
    }
    warning = read_workbook(workbook(path, sheets)).warnings[0]
    assert warning.startswith("3 个票号中有 3 个（例如 0）出现在几个单位的表里")
    assert warning.endswith("请改成互不重复的票号再算。")


def refused(path: Path, sheets: Sheets) -> tuple[str, dict[str, object]]:
    with pytest.raises((CannotReadBallots, BallotFindings)) as caught:
        read_workbook(workbook(path, sheets))
    return caught.value.code, dict(caught.value.facts)


@pytest.mark.parametrize(
    ("heads", "column"),
    [
        (["被测评人", "优秀票数", "称职票数"], "优秀票数"),
        (["姓名", "平均分"], "平均分"),
        (["票号", "姓名", "德", "合计"], "合计"),
        (["姓名", "德", "能"], ""),
    ],
)
def test_totals_without_ballots_are_refused(path: Path, heads: list[object], column: str) -> None:
    sheets: Sheets = {"甲局": [heads, ["沈砚秋", 12, 3, 1]]}
    assert refused(path, sheets) == ("totals", {"sheet": "甲局", "column": column})


def test_rows_that_are_no_ballots_are_told_with_sheet_and_row(path: Path) -> None:
    sheets: Sheets = {
        "甲局": [HEADS, ["1", "B", "沈砚秋", "优", 2], ["", "B", "沈砚秋", 1, 2]],
        "乙局": [HEADS, [], ["3", "", "黎暮云", 1, 2]],
    }
    findings = [
        BallotFinding("“甲局”表第 2 行", "德", "优", "no-score"),
        BallotFinding("“甲局”表第 3 行", "票号", "", "empty"),
        BallotFinding("“乙局”表第 3 行", "票类", "", "empty"),
    ]
    assert refused(path, sheets) == ("findings", {"findings": findings, "count": 3})


def test_columns_that_lack_or_come_twice(path: Path) -> None:
    code, facts = refused(path, {"甲局": [["票号", "德"], ["1", 2]]})
    assert (code, facts["column"]) == ("missing-column", "被测评人")
    code, facts = refused(path, {"甲局": [["票号", "姓名"], ["1", "沈砚秋"]]})
    assert (code, facts["column"]) == ("missing-column", "测评项目")
    assert refused(path, {"甲局": [[*HEADS, "德"], ["1", "B", "沈砚秋", 1, 2, 3]]}) == (
        "repeated-column",
        {"column": "德"},
    )
    assert refused(path, {"甲局": [], "说明": [["x"]]}) == ("no-sheets", {})


def damaged() -> bytes:
    """A zip, but of something else."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
    return packed.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", "票号,姓名\n".encode(), damaged()])
def test_what_is_no_workbook(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(CannotReadBallots, match="not-a-workbook"):
        read_workbook(path)


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ballots_workbook, "UNPACKED_BYTES", 1000)
    with pytest.raises(CannotReadBallots) as caught:
        read_workbook(workbook(path, GOOD))
    assert (caught.value.code, caught.value.facts["limit"]) == ("too-large", 1000)


def test_the_template_can_be_read_and_shows_a_linking_ballot(path: Path) -> None:
    path.write_bytes(template())
    table = read_workbook(path)
    units = {(table.columns["ballot"].labels[b], table.columns["unit"].labels[u]) for b, u in pairs(table)}
    assert units == {("J01", "甲局"), ("S01", "甲局"), ("S01", "乙局"), ("Y01", "乙局")}
    assert table.columns["group"].labels == ("A", "B", "C")


def pairs(table: BallotTable) -> list[tuple[int, int]]:
    return list(zip(table.columns["ballot"].index.tolist(), table.columns["unit"].index.tolist(), strict=True))


def test_progress_is_told_by_sheets(path: Path) -> None:
    told: list[int] = []
    read_workbook(workbook(path, GOOD), told.append)
    assert told == [3, 6, 6, 6]


def test_workbooks_are_known_by_their_name() -> None:
    assert [is_workbook(Path(name)) for name in ("a.xlsx", "b.XLSM", "c.csv")] == [True, True, False]


def test_a_dimension_may_be_named_efficiency(path: Path) -> None:
    heads: list[object] = ["票号", "票类", "被测评人", "工作效率"]
    assert rows_of(read_workbook(workbook(path, {"甲局": [heads, ["1", "B", "沈砚秋", 2]]})))[0][-1] == 2


@pytest.mark.parametrize(
    "content", ['<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>', "<sheet><open>"]
)
def test_a_sheet_with_entities_or_broken_off_is_refused(path: Path, content: str, tmp_path: Path) -> None:
    whole = workbook(tmp_path / "whole.xlsx", GOOD)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for entry in old.infolist():
            is_first = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry.filename, content if is_first else old.read(entry.filename))
    with pytest.raises(CannotReadBallots, match="not-a-workbook"):
        read_workbook(path)
