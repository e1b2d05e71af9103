import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats.appointment_text import (
    NEVER_FIRST,
    Text,
    clean,
    columns,
    fit,
    half_widths,
    rows,
    set_text,
    split,
    wrap,
)


def test_a_chinese_character_is_as_wide_as_two_digits() -> None:
    assert half_widths("2001.08；民建") == 7 + 2 + 4


def test_columns_and_rows_of_a_box() -> None:
    assert columns(25.4, 14) == 10  # 72 points hold five characters of 14
    assert rows(25.4, 14) == 4  # 4 lines of 14 and 3 gaps of 1 are 59 points; a fifth would need 74


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, ("",)),
        ("云江大学法学院", 8, ("云江大学", "法学院")),
        ("云江大学，法学院", 8, ("云江大", "学，法学", "院")),  # no comma at the start of a line
        ("任书记（兼）", 8, ("任书记", "（兼）")),  # no opening bracket at its end
        ("于2001.08入党", 8, ("于", "2001.08", "入党")),  # a date stays whole
        ("1234567890", 4, ("1234", "5678", "90")),  # unless no line holds it
    ],
)
def test_wrap(text: str, width: int, lines: tuple[str, ...]) -> None:
    assert wrap(text, width) == lines


@given(st.text("云江大学，。（）《》0123456789.-a ", max_size=60), st.integers(4, 30))
def test_lines_joined_are_the_text_and_fit(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join(lines) == text
    assert all(half_widths(line) <= width for line in lines)


@given(st.text("云江大学，。（）", max_size=60), st.integers(8, 30), st.integers(1, 12))
def test_split_loses_nothing(text: str, width: int, count: int) -> None:
    whole = set_text(text, width, 10)
    kept, left = split(whole, count)
    assert len(kept.lines) == min(count, len(whole.lines))
    assert "".join(kept.lines) + left == text


def test_split_keeps_paragraphs() -> None:
    kept, left = split(Text((("一", "二"), ("三",)), 10), 1)
    assert (kept.paragraphs, left) == ((("一",),), "二\n三")


def test_fit_takes_the_largest_size() -> None:
    assert fit("云江平湖", 21.4, 11.6) == Text((("云江平湖",),), 14.0)


def test_fit_shrinks_a_little_rather_than_break() -> None:
    assert fit("中共党员", 16.1, 11.7, largest=12) == Text((("中共党员",),), 11.0)


def test_fit_breaks_what_would_become_too_small() -> None:
    placed = fit("阿卜杜热合曼·图尔荪尼亚孜", 21.4, 11.9)
    assert placed == Text((("阿卜杜热合", "曼·图尔荪", "尼亚孜"),), 10.5)


def test_fit_starts_no_line_with_a_mark() -> None:
    placed = fit("2001.08；民建", 21.4, 11.4)
    assert placed == Text((("2001.08；", "民建"),), 13.0)
    assert not any(line[0] in NEVER_FIRST for line in placed.lines)


def test_fit_gives_up_below_eight_points() -> None:
    assert fit("字" * 21, 21.4, 11.9) == Text((("字" * 7, "字" * 7, "字" * 7),), 8.5)
    assert fit("字" * 30, 21.4, 11.9) is None


def test_clean_drops_what_no_font_draws() -> None:
    assert clean("\r\n一\r\n二\t三\x00\u200b\u202e\x85\ud800\uffff\n") == "一\n二 三"
