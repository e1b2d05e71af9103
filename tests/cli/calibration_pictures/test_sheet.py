"""The sheet: glyphs, widths, lines, and the same bytes each time."""

from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from quanheng.cli.calibration_pictures import intervals, links, shifts, wright
from quanheng.cli.calibration_pictures import sheet as sheets
from quanheng.cli.calibration_pictures.sheet import Sheet, measured, own_settings, printable, ticks, wrapped
from tests.cli.calibration_pictures.county import RARE
from tests.cli.calibration_pictures.reading import read
from tests.web.test_assets import contrast


def drawn(words: str = "沈砚秋") -> Sheet:
    sheet = Sheet("标题", 100)
    sheet.text(20, 40, words, name="words")
    sheet.line([(0, 50), (100, 50)], dash=(3, 2), name="dashes")
    sheet.line([(0, 60), (100, 60)], name="whole")
    sheet.mark(200, 50, "solid", name="solid")
    sheet.mark(220, 50, "hollow", name="hollow")
    sheet.mark(240, 50, "solid-diamond", name="diamond")
    sheet.mark(260, 50, "hollow-diamond", name="hollow-diamond")
    return sheet


def test_text_comes_back_where_it_was_put() -> None:
    (text,) = read(drawn()).texts
    assert (text.words, text.is_level) == ("沈砚秋", True)
    assert [text.size, text.x, text.y] == pytest.approx([13, 20, 40])


def test_texts_are_paths_of_the_kept_face() -> None:
    svg = drawn().svg().decode()
    assert "<text" not in svg
    assert "font-family" not in svg
    assert "QuanhengSongFull" in svg


@pytest.mark.parametrize("name", RARE)
def test_rare_names_are_printed_whole(name: str) -> None:
    assert printable(name) == name
    assert read(drawn(name)).words("words") == [name]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("李\U0001f600", "李〓"),  # an emoji
        ("王\u180e一", "王〓一"),
        ("A\tB\nC", "A B C"),
        ("  沈  砚秋 ", "沈 砚秋"),
        ("𰻝", "𰻝"),  # Unicode 13, in the face
        ("\U00032000", "〓"),  # in no face
    ],
)
def test_missing_glyphs_become_a_printers_gap(given: str, shown: str) -> None:
    assert printable(given) == shown
    drawn(given).png()


def test_a_name_is_no_formula() -> None:
    assert read(drawn("$x^2$ <b>&amp;--")).words("words") == ["$x^2$ <b>&amp;- -"]


def test_widths_are_those_of_the_face() -> None:
    assert measured("沈砚秋", 10) == pytest.approx(30, abs=0.01)
    assert measured("92", 10) == pytest.approx(10, abs=0.01)  # two digits as wide as one 汉字
    assert measured("") == 0


def test_wrapping_loses_nothing_and_keeps_to_the_width() -> None:
    words = "阿卜杜热合曼·图尔荪尼亚孜，人力资源和社会保障局。"
    lines = wrapped(words, 60, 13)
    assert "".join(lines) == words
    assert all(measured(line, 13) <= 60 + 13 for line in lines)  # a closing sign may hang over
    assert not [line for line in lines if line[0] in "，。·"]


def test_wrapping_keeps_a_line_that_fits() -> None:
    assert wrapped("沈砚秋", 100) == ["沈砚秋"]
    assert wrapped("", 100) == [""]


def test_paragraph_tells_where_it_ends() -> None:
    sheet = Sheet("标题", 200)
    assert sheet.paragraph(20, 40, "一" * 10) == pytest.approx(59.5)
    assert sheet.paragraph(20, 40, "一" * 100) == pytest.approx(79)


def test_shapes_differ_without_colour() -> None:
    drawing = read(drawn())
    assert "stroke-dasharray" in drawing.style("dashes")
    assert "stroke-dasharray" not in drawing.style("whole")
    image = np.asarray(Image.open(BytesIO(drawn().png())).convert("L"))
    solid, hollow, diamond, hollow_diamond = (int(image[75, int(x * 1.5)]) for x in (200, 220, 240, 260))
    assert hollow == hollow_diamond == 255
    assert solid == diamond < 100


def test_inks_are_dark_enough_on_white() -> None:
    for ink in (sheets.INK, sheets.INK2, sheets.INK3):
        assert contrast(ink, "#FFFFFF") >= 4.5
        assert contrast(ink, sheets.SUNKEN) >= 4.5
    for ink in (sheets.ACCENT, sheets.WEAK, sheets.STEP1, sheets.CONTROL):
        assert contrast(ink, "#FFFFFF") >= 3


def test_inks_are_tokens() -> None:
    from quanheng.web import __file__ as web

    tokens = (Path(web).parent / "static/quanheng/tokens.css").read_text()
    names = ("INK", "INK2", "INK3", "LINE", "LINE2", "SUNKEN", "ACCENT", "STEP1", "STEP2", "CONTROL", "PAPER")
    assert [name for name in names if getattr(sheets, name) not in tokens] == []


def test_png_has_144_dots_an_inch() -> None:
    image = Image.open(BytesIO(drawn().png()))
    assert image.size == (1440, 150)
    assert image.info["dpi"] == pytest.approx((144, 144), abs=0.1)


def test_same_sheet_same_bytes_whatever_the_settings() -> None:
    with own_settings():
        plain = drawn()
    with mpl.rc_context({"savefig.bbox": "tight", "svg.fonttype": "none", "savefig.dpi": 30, "svg.hashsalt": None}):
        with own_settings():
            other = drawn()
        assert other.svg() == plain.svg()
        assert other.png() == plain.png()


def test_settings_are_put_back() -> None:
    before = dict(mpl.rcParams)
    with own_settings():
        assert mpl.rcParams["svg.hashsalt"] == "quanheng"
    assert dict(mpl.rcParams) == before


def test_svg_has_a_title_and_no_date() -> None:
    svg = drawn().svg().decode()
    assert "<title>标题</title>" in svg
    assert "dc:date" not in svg


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (83.1, 95.2, ["85", "90", "95"]),
        (0.31, 1.42, ["0.4", "0.6", "0.8", "1.0", "1.2", "1.4"]),
        (-1.1, 1.1, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (0.101, 0.119, ["0.105", "0.110", "0.115"]),
    ],
)
def test_ticks_are_round_and_worded_alike(low: float, high: float, words: list[str]) -> None:
    found = ticks(low, high, 6)
    assert [float(text.replace("−", "-")) for _, text in found] == pytest.approx([value for value, _ in found])
    assert len({len(text.partition(".")[2]) for _, text in found}) == 1
    assert all(low <= value <= high for value, _ in found)
    assert [text for _, text in found] == words


@pytest.mark.parametrize("note", [intervals.NOTE, links.NOTE, shifts.NOTE, wright.NOTE])
def test_no_note_ends_in_a_line_of_one_character(note: str) -> None:
    assert len(wrapped(note, 960 - 40 - 13)[-1]) >= 4
