"""The Word file is read back: same texts, same grid, the fonts of offices."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm
from docx.table import Table

from quanheng.formats import appointment_grid as grid
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_word import docx
from tests.formats.appointment_samples import CHEN, LONGEST_RESUME, MINORITY, NO_DATA, NO_PHOTO, TEN_RELATIVES

ON = date(2026, 11, 21)
TWIP = 635  # English metric units: how exact Word is


def read(form: AppointmentForm) -> WordDocument:
    return Document(io.BytesIO(docx(form, on=ON)))


def words(element: BaseOxmlElement) -> str:
    return "".join(part.text or "" for part in element.iter(qn("w:t")))


def cells(table: Table) -> list[list[str]]:
    """The texts of each row, a merged cell once."""
    rows = []
    for row in table.rows:
        merged = dict.fromkeys(cell._tc for cell in row.cells)
        rows.append([words(part) for part in merged])
    return rows


def all_text(document: WordDocument) -> str:
    return words(document.element.body)


def test_the_first_page() -> None:
    rows = cells(read(CHEN).tables[0])
    assert rows[0] == ["姓 名", "陈建国", "性 别", "男", "出生年月（岁）", "1976.09（49岁）", ""]
    assert rows[2][:6] == ["入 党时 间", "1998.05", "参加工作时间", "1999.07", "到龄时间", "2039.09"]
    assert rows[4] == ["学 历学 位", "全日制教 育", "大学法学学士", "毕业院校系及专业", "云江大学法学院法学专业"]
    assert rows[6] == ["学 历学 位", "在 职教 育", "省委党校研究生", "毕业院校系及专业", "云江省委党校公共管理专业"]
    assert rows[9] == ["拟　任　职　务", "平湖市青山区委副书记"]
    assert rows[11][0] == "简历"
    assert rows[11][1].startswith("1995.09--1999.07云江大学法学院法学专业学习1999.07--2005.11")


def test_the_second_page() -> None:
    rows = cells(read(CHEN).tables[1])
    assert rows[0] == ["奖惩情况", "2018年12月，被云江省委、省政府记二等功。"]
    assert rows[3][1:] == ["称 谓", "姓 名", "年龄", "政 治面 貌", "工作单位及职务"]
    assert rows[4][1:] == ["妻子", "王小梅", "48", "中共党员", "平湖一中教师"]
    assert rows[5][1:] == ["母亲", "李秀英", "", "群众", "已去世（原平湖市纺织厂职工）"]
    assert rows[6][1:] == [""] * 5
    assert rows[11] == ["呈报单位", "中共平湖市委组织部"]
    assert [text.replace("　", "") for text in rows[13]] == [
        "审批机关意见",
        "（盖章）年月日",
        "行政机关任免意见",
        "（盖章）年月日",
    ]
    assert read(CHEN).paragraphs[-1].text == "填表人：林芳"


@pytest.mark.parametrize(
    ("place", "columns", "rows"),
    [(0, grid.FIRST_COLUMNS, grid.FIRST_ROWS), (1, grid.SECOND_COLUMNS, grid.SECOND_ROWS)],
)
def test_the_grid_is_the_measured_one(place: int, columns: tuple[float, ...], rows: tuple[float, ...]) -> None:
    table = read(CHEN).tables[place]
    assert [column.width for column in table.columns] == pytest.approx([Mm(width) for width in columns], abs=TWIP)
    assert [row.height for row in table.rows] == pytest.approx([Mm(height) for height in rows], abs=TWIP)
    assert {row._tr.trPr.find(qn("w:trHeight")).get(qn("w:hRule")) for row in table.rows} == {"exact"}


def test_each_row_spans_the_whole_grid() -> None:
    for table, count in zip(read(CHEN).tables, (8, 7), strict=True):
        for row in table.rows:
            assert sum(int(span.get(qn("w:val"))) for span in row._tr.iter(qn("w:gridSpan"))) == count


def test_margins_of_the_two_pages() -> None:
    first, second = read(CHEN).sections
    assert [first.top_margin, first.left_margin, first.right_margin, first.bottom_margin] == pytest.approx(
        [Mm(11.1), Mm(22.0), Mm(20.0), Mm(12.0)], abs=TWIP
    )
    assert [second.top_margin, second.left_margin, second.right_margin, second.bottom_margin] == pytest.approx(
        [Mm(27.8), Mm(22.5), Mm(20.0), Mm(10.0)], abs=TWIP
    )
    assert [first.page_width, first.page_height] == pytest.approx([Mm(210), Mm(297)], abs=TWIP)


def test_fonts_are_those_of_offices() -> None:
    document = read(CHEN)
    names = {fonts.get(qn("w:eastAsia")) for fonts in document.element.body.iter(qn("w:rFonts"))}
    assert names == {"宋体", "方正小标宋简体"}
    assert document.paragraphs[0].text == "干 部 任 免 审 批 表"
    assert document.paragraphs[0].runs[0].font.size == 22 * 12700


def test_the_resume_hangs_behind_eighteen_columns() -> None:
    paragraphs = read(CHEN).tables[0].rows[11].cells[1].paragraphs
    first, inside, last = paragraphs[0], paragraphs[3], paragraphs[-1]
    assert first.text == "1995.09--1999.07\t云江大学法学院法学专业学习"
    assert (first.paragraph_format.left_indent, first.paragraph_format.first_line_indent) == (126 * 12700, -126 * 12700)
    assert inside.paragraph_format.left_indent == 126 * 12700  # nine characters of 14 points
    assert last.paragraph_format.left_indent == 0


def test_the_photo_keeps_its_shape_within_its_cell() -> None:
    (shape,) = read(CHEN).inline_shapes
    assert shape.width / shape.height == pytest.approx(400 / 500, abs=0.001)
    assert shape.width <= Mm(36.3)
    assert shape.height <= Mm(48.7)
    assert [len(read(form).inline_shapes) for form in (NO_PHOTO, replace(CHEN, photo=b"none"))] == [0, 0]


def test_ten_relatives_go_on() -> None:
    document = read(TEN_RELATIVES)
    assert len(document.sections) == 3
    assert [row[2] for row in cells(document.tables[1])[4:11]] == [f"陈亲{number}" for number in range(1, 8)]
    assert [row[1] for row in cells(document.tables[2])[2:]] == ["陈亲8", "陈亲9", "陈亲10"]
    assert "（见续页）" in all_text(document)


def test_the_longest_resume_goes_on_and_loses_nothing() -> None:
    document = read(LONGEST_RESUME)
    assert "干 部 任 免 审 批 表 （ 续 页 ）" in [paragraph.text for paragraph in document.paragraphs]
    periods = re.findall(r"\d{4}\.07--\d{4}\.07", all_text(document))
    assert periods == [f"{1970 + year}.07--{1971 + year}.07" for year in range(60)]


def test_a_minority_name_and_rare_characters() -> None:
    assert read(MINORITY).tables[0].cell(0, 2).text == "阿卜杜热合曼·图尔荪尼亚孜"
    assert read(replace(CHEN, name="𬭎\ue000")).tables[0].cell(0, 2).text == "𬭎\ue000"  # the office's font may have it


def test_no_data_prints_the_empty_form() -> None:
    assert not re.search(r"\d", all_text(read(NO_DATA)))


def test_markup_in_a_text_stays_text() -> None:
    text = "<w:p>&amp;\"'</w:p>"
    assert cells(read(replace(CHEN, reason=text)).tables[1])[2] == ["任免理由", text]


def test_the_file_names_no_program_and_the_day_of_printing() -> None:
    about = read(CHEN).core_properties
    assert (about.title, about.author, about.comments) == ("干部任免审批表", "", "")
    assert about.created == datetime(2026, 11, 21, tzinfo=UTC)
