"""Golden tests: the printed form is read back, its texts by position and its lines by length."""

import io
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import accumulate

import pytest
from pypdf import PageObject, PdfReader

from quanheng.formats import appointment_grid as grid
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_pdf import pdf
from tests.formats.appointment_samples import (
    CHEN,
    LONGEST_RESUME,
    MINORITY,
    NO_DATA,
    NO_PHOTO,
    TEN_RELATIVES,
)

ON = date(2026, 11, 21)
MM = 72 / 25.4
LINE = re.compile(r"1 0 0 -1 ([\d.]+) ([\d.]+) cm/c\d CS 0 SCN 0.5 w 4 M 0 0 m (-?[\d.]+) (-?[\d.]+) l")
Place = tuple[float, float]  # millimetres from the left and from the top of the page


def printed(*forms: AppointmentForm) -> list[PageObject]:
    return list(PdfReader(io.BytesIO(pdf(forms, on=ON))).pages)


def joined(page: PageObject) -> str:
    return re.sub(r"\s", "", page.extract_text())


def placed(page: PageObject) -> dict[str, Place]:
    """Where each run of text begins (its baseline)."""
    found: dict[str, Place] = {}

    def visit(text: str, matrix: list[float], text_matrix: list[float], _font: object, _size: float) -> None:
        left = text_matrix[4] * matrix[0] + text_matrix[5] * matrix[2] + matrix[4]
        bottom = text_matrix[4] * matrix[1] + text_matrix[5] * matrix[3] + matrix[5]
        if text.strip():
            found.setdefault(text.strip(), (left / MM, grid.PAGE[1] - bottom / MM))

    page.extract_text(visitor_text=visit)
    return found


def rules(page: PageObject) -> tuple[list[float], list[float]]:
    """Where the lines of the grid stand, in millimetres from the left and from the top of the page, each once."""
    content = page.get_contents()
    assert content is not None
    found = LINE.findall(content.get_data().decode("latin-1"))
    upright = {round(float(x) / MM, 1) for x, _, dx, _ in found if dx == "0"}
    level = {round(grid.PAGE[1] - float(y) / MM, 1) for _, y, _, dy in found if dy == "0"}
    return sorted(upright), sorted(level)


def edges(start: float, lengths: Iterable[float]) -> list[float]:
    return [round(edge, 1) for edge in accumulate(lengths, initial=start)]


def test_the_lines_of_page_1_stand_where_they_were_measured() -> None:
    upright, level = rules(printed(CHEN)[0])
    assert upright == pytest.approx(edges(22.0, (13.8, 4.2, 23.0, 18.8, 23.0, 23.2, 23.5, 36.3)), abs=0.11)
    heights = (12.5, 12.2, 12.0, 12.0, 12.2, 12.2, 12.5, 12.5, 12.5, 125.8)
    assert level == pytest.approx(edges(11.1 + grid.TITLE_BAND, heights), abs=0.11)


def test_the_lines_of_page_2_stand_where_they_were_measured() -> None:
    upright, level = rules(printed(CHEN)[1])
    assert upright == pytest.approx(edges(22.5, (13.0, 19.2, 22.9, 10.1, 17.7, 13.8, 69.4)), abs=0.11)
    heights = (25.0, 18.0, 24.0, 11.4, *[12.3] * 7, 23.5 + 13.0, 35.6)
    assert level == pytest.approx(edges(27.8, heights), abs=0.11)


def test_two_pages_of_a4_a_person() -> None:
    pages = printed(CHEN, NO_DATA, MINORITY)
    assert len(pages) == 6
    sizes = {(round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)) for page in pages}
    assert sizes == {(210, 297)}


def test_many_people_in_one_file_keep_their_order() -> None:
    forms = [replace(CHEN, name=f"陈{number}号", photo=b"") for number in range(12)]
    fronts = printed(*forms)[::2]
    assert [re.findall(r"陈\d+号", joined(page)) for page in fronts] == [[form.name] for form in forms]


def test_texts_stand_in_their_cells() -> None:
    front, back = (placed(page) for page in printed(CHEN))
    columns, rows = edges(22.0, grid.FIRST_COLUMNS), edges(11.1 + grid.TITLE_BAND, grid.FIRST_ROWS)
    within(front["陈建国"], columns[2:4], rows[0:2])
    within(front["1976.09"], columns[6:8], rows[0:2])
    within(front["（49岁）"], columns[6:8], rows[0:2])
    within(front["2039.09"], columns[6:8], rows[2:4])
    within(front["法学学士"], columns[3:5], rows[5:7])
    within(front["平湖市青山区委副书记"], columns[3:8], rows[9:11])
    within(front["1995.09--1999.07"], columns[1:3], rows[11:13])
    columns, rows = edges(22.5, grid.SECOND_COLUMNS), edges(27.8, grid.SECOND_ROWS)
    within(back["工作需要。"], columns[1:3], rows[2:4])
    within(back["王小梅"], columns[2:4], rows[4:6])
    within(back["48"], columns[3:5], rows[4:6])
    within(back["中共平湖市委组织部"], columns[1:3], rows[11:13])


def within(place: Place, columns: list[float], rows: list[float]) -> None:
    left, baseline = place
    assert columns[0] < left < columns[-1]
    assert rows[0] < baseline < rows[-1]


def test_texts_of_a_resume_hang_behind_eighteen_columns() -> None:
    front = placed(printed(CHEN)[0])
    for start, text in (
        ("1995.09--1999.07", "云江大学法学院法学专业学习"),
        ("2022.10--", "平湖市青山区委常委、组织部部长"),
    ):
        assert front[text][0] - front[start][0] == pytest.approx(9 * 14.0 / MM, abs=0.01)
        assert front[text][1] == front[start][1]
    assert front["研究生班公共管理专业学习）"][0] == front["云江大学法学院法学专业学习"][0]
    assert front["平湖市第七届党代会代表"][0] == front["1995.09--1999.07"][0]


def test_lines_of_a_resume_are_a_point_more_than_the_font_apart() -> None:
    front = placed(printed(CHEN)[0])
    first, second = front["1995.09--1999.07"][1], front["1999.07--2005.11"][1]
    assert second - first == pytest.approx(15 / MM, abs=0.01)


def test_the_photo_stands_in_its_cell_and_a_missing_one_leaves_it_empty() -> None:
    with_photo, without, broken = printed(CHEN, NO_PHOTO, replace(CHEN, photo=b"\xff\xd8\xff broken"))[::2]
    assert [len(page.images) for page in (with_photo, without, broken)] == [1, 0, 0]
    assert (with_photo.images[0].image or pytest.fail("no picture")).size == (400, 500)
    assert joined(without) == joined(with_photo)


def test_ten_relatives_take_a_page_that_goes_on() -> None:
    pages = printed(TEN_RELATIVES)
    assert len(pages) == 3
    names = [re.findall(r"陈亲\d+", page.extract_text()) for page in pages]
    assert names == [[], [f"陈亲{number}" for number in range(1, 8)], ["陈亲8", "陈亲9", "陈亲10"]]
    assert "续页）" in joined(pages[1])
    assert "干部任免审批表（续页）" in joined(pages[2])
    assert "家庭主要成员及重要社会关系" in joined(pages[2])


def test_the_longest_resume_goes_on_and_each_page_bears_title_and_name() -> None:
    front, _, *more = printed(LONGEST_RESUME)
    assert len(more) == 2
    assert "（见续页）" in joined(front)
    for page in more:
        assert joined(page).startswith("干部任免审批表（续页）姓名：陈建国")
    periods = re.findall(r"\d{4}\.07--\d{4}\.07", "".join(joined(page) for page in (front, *more)))
    assert periods == [f"{1970 + year}.07--{1971 + year}.07" for year in range(60)]


def test_a_long_minority_name_is_broken_within_its_cell() -> None:
    front = placed(printed(MINORITY)[0])
    columns, rows = edges(22.0, grid.FIRST_COLUMNS), edges(11.1 + grid.TITLE_BAND, grid.FIRST_ROWS)
    for line in ("阿卜杜热合", "曼·图尔荪", "尼亚孜"):
        within(front[line], columns[2:4], rows[0:2])
    assert "维吾尔族" in front


def test_rare_characters_are_drawn_from_the_full_face() -> None:
    (front, _) = printed(replace(CHEN, name="𬭎龘㛃"))
    assert "𬭎龘㛃" in joined(front)
    assert {"QuanhengSong", "QuanhengSongFull", "QuanhengSongTitle"} == {
        name.split("+")[1].removesuffix("-Identity-H") for name in font_names(front)
    }


def font_names(page: PageObject) -> list[str]:
    fonts = page["/Resources"]["/Font"]  # type: ignore[index]
    return [str(font.get_object()["/BaseFont"])[1:] for font in fonts.values()]


def test_a_character_no_face_has_is_marked() -> None:
    assert "陈〓国" in joined(printed(replace(CHEN, name="陈\ue000国"))[0])


def test_no_data_prints_the_empty_form() -> None:
    front, back = printed(NO_DATA)
    assert not re.search(r"\d", joined(front) + joined(back))
    assert "现任职务拟任职务拟免职务" in joined(front)
    assert joined(back).endswith("填表人：")


def test_markup_in_a_text_is_printed_as_it_is() -> None:
    text = '#image("/etc/passwd") *粗* $x$ \\ <a>'
    assert text.replace(" ", "") in joined(printed(replace(CHEN, reason=text))[1])


def test_the_same_forms_are_the_same_file() -> None:
    assert pdf([CHEN], on=ON) == pdf([CHEN], on=ON)
