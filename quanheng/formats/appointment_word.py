"""干部任免审批表 as a Word file: the same grid, sizes and continuation as the PDF, in the fonts of offices."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm
from PIL import Image

from quanheng.formats import appointment_grid as grid
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_layout import SEE_REST, Layout, RelativeRow, lay_out
from quanheng.formats.appointment_resume import HANG, ResumeRow
from quanheng.formats.appointment_text import Text
from quanheng.formats.appointment_word_xml import (
    TITLE_FACE,
    WordCell,
    element,
    page_end,
    paragraph,
    row,
    section,
    table,
)

PHOTO = grid.Box(grid.FIRST_COLUMNS[-1] - 1.2, sum(grid.FIRST_ROWS[:4]) - 1.2)


def docx(form: AppointmentForm, *, on: date) -> bytes:
    """One person; `on` is the day of printing, for the age where the form names no month for it."""
    layout = lay_out(form, on=on)
    document = Document()
    body = document.element.body
    for old in list(body):
        body.remove(old)
    body.extend(pages(layout))
    set_photo(document, layout.photo)
    describe(document, on)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def pages(layout: Layout) -> Iterator[BaseOxmlElement]:
    yield heading(grid.TITLE)
    yield table(grid.FIRST_COLUMNS, front(layout))
    yield page_end(grid.FIRST_MARGINS, grid.PAGE)
    yield table(grid.SECOND_COLUMNS, back(layout))
    yield element(paragraph(f"填表人：{layout.cells['filled_by'].plain}", 14, gap=6, indent=6))
    if layout.continuation.is_needed:
        yield page_end(grid.SECOND_MARGINS, grid.PAGE)
        yield from continued(layout)
    last = grid.FIRST_MARGINS if layout.continuation.is_needed else grid.SECOND_MARGINS
    yield element(section(last, grid.PAGE))


def heading(title: str) -> BaseOxmlElement:
    """The title with its letters apart, and the band down to the table."""
    above = (grid.TITLE_BAND / 25.4 * 72 - 23) / 2
    letters = paragraph(" ".join(title), 22, align="center", face=TITLE_FACE, gap=above)
    return element(letters.replace('w:after="0"', f'w:after="{above * 20:.0f}"'))


def front(layout: Layout) -> Iterator[str]:
    rows = [*personal_rows(layout), *study_rows(layout), *post_rows(layout)]
    rows.append((label("简", "", "", "历"), history(layout.resume.rows, layout.resume.size, span=7)))
    for cells, height in zip(rows, grid.FIRST_ROWS, strict=True):
        yield row(cells, grid.FIRST_COLUMNS, height)


def personal_rows(layout: Layout) -> Iterator[Sequence[WordCell]]:
    words = (
        (("姓 名",), "name", ("性 别",), "sex", ("出生年月", "（岁）"), "birth"),
        (("民 族",), "ethnicity", ("籍 贯",), "native_place", ("出 生 地",), "birth_place"),
        (("入 党", "时 间"), "party_joining", ("参加工", "作时间"), "work_start", ("到龄时间",), "retirement_due"),
        (
            ("健 康", "状 况"),
            "health",
            ("专业技", "术职务"),
            "professional_title",
            ("熟悉专业", "有何专长"),
            "specialties",
        ),
    )
    for place, (first, one, second, two, third, three) in enumerate(words):
        pairs = ((first, one, 2), (second, two, 1), (third, three, 1))
        cells = [part for lines, name, span in pairs for part in (label(*lines, span=span), value(layout.cells[name]))]
        yield (*cells, WordCell(merge="continue" if place else "restart"))


def study_rows(layout: Layout) -> Iterator[Sequence[WordCell]]:
    """Four rows of the grid; each text stands over two of them."""
    for place, (kind, words) in enumerate((("full_time", ("全日制", "教 育")), ("on_job", ("在 职", "教 育")))):
        for merge in ("restart", "continue"):
            yield (
                label("学 历", "学 位", span=2, merge="restart" if merge == "restart" and not place else "continue"),
                label(*words, merge=merge),
                value(layout.cells[f"{kind}_study"], span=2, merge=merge),
                label("毕业院校", "系及专业", merge=merge),
                value(layout.cells[f"{kind}_school"], span=2, merge=merge),
            )


def post_rows(layout: Layout) -> Iterator[Sequence[WordCell]]:
    for words, name in (
        ("现　任　职　务", "current_post"),
        ("拟　任　职　务", "proposed_post"),
        ("拟　免　职　务", "removed_post"),
    ):
        yield label(words, span=3), running(layout.cells[name], span=5)


def back(layout: Layout) -> Iterator[str]:
    rows: list[Sequence[WordCell]] = [
        (label(*"奖惩情况"), running(layout.cells["rewards_and_sanctions"], span=6)),
        (label("年度", "考核", "结果"), running(layout.cells["annual_grades"], span=6)),
        (label(*"任免理由"), running(layout.cells["reason"], span=6)),
        *family_rows(layout),
        (label(*"呈报单位", merge="restart"), running(layout.cells["reporting_unit"], span=6, open_side="bottom")),
        (WordCell(merge="continue"), WordCell(DATE, span=6, open_side="top")),
        (label(*"审批机关意见"), WordCell(SEALED, span=4), label("行政", "机关", "任免", "意见"), WordCell(SEALED)),
    ]
    for cells, height in zip(rows, grid.SECOND_ROWS, strict=True):
        yield row(cells, grid.SECOND_COLUMNS, height)


def family_rows(layout: Layout) -> Iterator[Sequence[WordCell]]:
    heading = label(*FAMILY, merge="restart")
    note = paragraph(SEE_REST, 8, align="center", gap=6) if layout.family_goes_on else ""
    yield replace(heading, content=heading.content + note), *FAMILY_HEAD
    for relative in layout.family:
        yield WordCell(merge="continue"), *relative_cells(relative)


def relative_cells(relative: RelativeRow) -> Iterator[WordCell]:
    yield from map(value, relative[:4])
    yield value(relative[4], span=2, align="left")


def continued(layout: Layout) -> Iterator[BaseOxmlElement]:
    more = layout.continuation
    yield heading(grid.CONTINUED_TITLE)
    yield element(paragraph(f"姓名：{layout.name}", 12))
    columns = (grid.CONTINUED_LABEL, sum(grid.FIRST_COLUMNS) - grid.CONTINUED_LABEL)
    rows = [row((label(part.label), running(part.text)), columns, None) for part in more.sections]
    if more.resume:
        rows.append(row((label("简 历"), history(more.resume, layout.resume.size)), columns, None))
    if rows:
        yield table(columns, rows)
        yield element(paragraph("", 8))
    if more.family:
        widths = grid.SECOND_COLUMNS[1:]
        lines = [row((label(FAMILY, span=6),), widths, 8, repeats=True), row(FAMILY_HEAD, widths, 11.4, repeats=True)]
        lines += [row((*relative_cells(relative),), widths, None) for relative in more.family]
        yield table(widths, lines)
        yield element(paragraph("", 1))


def label(*lines: str, span: int = 1, merge: str = "") -> WordCell:
    content = "".join(paragraph(line, 14, align="center") for line in lines) if merge != "continue" else ""
    return WordCell(content, span, merge, inset=0)


def value(text: Text, span: int = 1, merge: str = "", align: str = "center") -> WordCell:
    content = "".join(paragraph(line, text.size, align=align) for line in text.plain.split("\n"))
    return WordCell(content if merge != "continue" else "", span, merge, inset=grid.INSET)


def running(text: Text, span: int = 1, open_side: str = "") -> WordCell:
    content = "".join(paragraph(line, text.size) for line in text.plain.split("\n"))
    return WordCell(content, span, inset=grid.TEXT_INSET, open_side=open_side)


def history(rows: Sequence[ResumeRow], size: float, span: int = 1) -> WordCell:
    content = "".join(resume_paragraph(part, size) for part in rows)
    return WordCell(content, span, inset=grid.TEXT_INSET, vertical="top")


def resume_paragraph(part: ResumeRow, size: float) -> str:
    indent = HANG * size / 2 if part.hangs else 0
    if not part.period:
        return paragraph(part.text, size, indent=indent)
    return paragraph(f"{part.period}\t{part.text}", size, indent=indent, hang=indent)


FAMILY = "家庭主要成员及重要社会关系"
DATE = paragraph("年　　月　　日", 14, align="right", gap=8)
SEALED = paragraph("（盖章）", 14, align="center") + paragraph("年　　月　　日", 14, align="right", gap=36)
FAMILY_HEAD = (
    *(label("称 谓"), label("姓 名"), label("年", "龄"), label("政 治", "面 貌")),
    label("工作单位及职务", span=2),
)


def set_photo(document: WordDocument, photo: bytes) -> None:
    """Into the last cell of the first row, as large as it fits."""
    if not photo:
        return
    with Image.open(io.BytesIO(photo)) as picture:
        scale = min(PHOTO.width / picture.width, PHOTO.height / picture.height)
        size = Mm(picture.width * scale), Mm(picture.height * scale)
    first = document.element.body.find(qn("w:tbl")).find(qn("w:tr"))
    run = first.findall(qn("w:tc"))[-1].find(qn("w:p")).find(qn("w:r"))
    run.add_drawing(document.part.new_pic_inline(io.BytesIO(photo), *size))


def describe(document: WordDocument, on: date) -> None:
    about = document.core_properties
    about.title, about.author, about.comments = grid.TITLE, "", ""
    about.created = about.modified = datetime.combine(on, time(), UTC)
