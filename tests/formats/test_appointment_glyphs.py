from dataclasses import replace
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from quanheng.formats import appointment_glyphs as glyphs
from quanheng.formats.appointment_grid import CONTINUED_TITLE
from tests.formats.appointment_samples import CHEN, NO_DATA, relative

FONTS = glyphs.COVERAGE.parent
STANDARD = Path(__file__).parent.parent / "data/standard_characters.txt"


def characters_of(font: str) -> dict[int, str]:
    table: dict[int, str] = TTFont(FONTS / font, lazy=True).getBestCmap()
    return table


def standard_characters() -> str:
    lines = STANDARD.read_text(encoding="utf-8").splitlines()
    return "".join(line for line in lines if not line.startswith("#"))


def test_the_list_of_kept_characters_agrees_with_the_font() -> None:
    firsts, lasts = glyphs.coverage()
    listed = {code for first, last in zip(firsts, lasts, strict=True) for code in range(first, last + 1)}
    assert listed == set(characters_of("quanheng-song-full.otf"))


def test_the_kept_font_has_the_8105_standard_characters() -> None:
    standard = standard_characters()
    assert (len(standard), len(set(standard))) == (8105, 8105)
    assert [sign for sign in standard if not glyphs.is_covered(sign)] == []


def test_the_everyday_font_has_the_6763_of_gb_2312() -> None:
    national = [
        bytes([high, low]).decode("gb2312", "ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)
    ]
    codes = {ord(sign) for sign in "".join(national)}
    assert len(codes) == 6763
    assert codes <= set(characters_of("quanheng-song.otf"))


def test_the_title_font_has_its_letters() -> None:
    assert set(characters_of("quanheng-song-title.otf")) == {ord(sign) for sign in CONTINUED_TITLE}


@pytest.mark.parametrize("font", ["quanheng-song.otf", "quanheng-song-full.otf"])
def test_widths_are_as_the_layout_counts_them(font: str) -> None:
    opened = TTFont(FONTS / font, lazy=True)
    names, widths = opened.getBestCmap(), opened["hmtx"]
    assert {widths[names[code]][0] for code in range(0x20, 0x7F)} == {500}
    assert {widths[names[ord(sign)]][0] for sign in "一（），。、；：“”《》　"} == {1000}


def test_the_kept_fonts_bear_no_reserved_name() -> None:
    for font in FONTS.glob("*.otf"):
        names = TTFont(font, lazy=True)["name"]
        assert names.getDebugName(1).startswith("Quanheng Song")
        assert "SIL Open Font License" in names.getDebugName(13)


def test_a_character_no_font_has_is_named_with_its_place() -> None:
    form = replace(
        CHEN, name="陈\ue000\ue000", resume="1999.07--  某\U000fffff职", family=(relative(), relative(work="😀"))
    )
    assert glyphs.missing_characters(form) == [
        ("XingMing", "\ue000"),
        ("JianLi", "\U000fffff"),
        ("JiaTingChengYuan/Item[2]/GongZuoDanWeiJiZhiWu", "😀"),
    ]


def test_what_is_not_printed_is_not_looked_at() -> None:
    assert glyphs.missing_characters(replace(CHEN, identity_number="😀", version="😀", filled_on="😀")) == []


def test_rare_and_ordinary_forms_have_no_gaps() -> None:
    assert glyphs.missing_characters(CHEN) == []
    assert glyphs.missing_characters(NO_DATA) == []
    assert glyphs.missing_characters(replace(CHEN, name="𬭎龘㛃䶮", resume="一\n二\x00\t三")) == []


def test_a_gap_is_shown_by_the_printers_mark() -> None:
    assert glyphs.show_gaps("陈\ue000一😀\n") == "陈〓一〓\n"
