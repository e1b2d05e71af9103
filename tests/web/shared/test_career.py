from datetime import date

import pytest

from quanheng.web.shared.career import Lane, Mark, draw_career, text_width

ON = date(2026, 11, 20)


def test_axis_runs_from_the_first_mark_to_beyond_today() -> None:
    picture = draw_career((Lane("职务", (Mark(date(2003, 9, 1), date(2007, 7, 1), "科员"),)),), on=ON, width=960)
    assert [year.label for year in picture.years] == [str(year) for year in range(2003, 2028, 2)]
    assert picture.years[0].x == 66.0
    assert picture.marks[0].x > picture.years[0].x
    assert picture.today_x < 960 - 12


def test_lanes_without_marks_are_left_out() -> None:
    picture = draw_career((Lane("挂职", ()), Lane("职务", (Mark(date(2020, 1, 1)),))), on=ON)
    assert [lane.label for lane in picture.lanes] == ["职务"]


def test_no_lane_at_all_still_draws_an_axis() -> None:
    picture = draw_career((), on=ON)
    assert (picture.marks, picture.rows) == ((), ())
    assert [year.label for year in picture.years] == ["2026", "2027"]


def test_overlapping_bars_are_stacked_and_following_ones_are_not() -> None:
    lane = Lane(
        "职务",
        (
            Mark(date(2010, 1, 1), date(2014, 1, 1), "甲"),
            Mark(date(2014, 1, 1), None, "乙"),
            Mark(date(2020, 1, 1), None, "丙"),
        ),
    )
    first, second, third = draw_career((lane,), on=ON).marks
    assert first.y == second.y
    assert third.y == second.y + 27


def test_an_open_bar_ends_today() -> None:
    picture = draw_career((Lane("职务", (Mark(date(2010, 1, 1), None, "乙"),)),), on=ON)
    assert picture.marks[0].x + picture.marks[0].width == pytest.approx(picture.today_x - 1)


def test_a_label_that_does_not_fit_its_bar_is_not_cut_but_left_to_the_words() -> None:
    marks = (Mark(date(2010, 1, 1), date(2010, 3, 1), "发展和改革局副局长"), Mark(date(2010, 3, 1), None, "局长"))
    short, long = draw_career((Lane("职务", marks),), on=ON).marks
    assert (short.text, short.words) == ("", "2010-01–2010-03 发展和改革局副局长")
    assert (long.text, long.anchor) == ("局长", "start")


def test_a_point_label_goes_left_when_the_next_mark_is_near() -> None:
    marks = (
        Mark(date(2005, 1, 1), kind="tick"),
        Mark(date(2026, 1, 1), label="二级主任科员", kind="tick"),
        Mark(date(2026, 7, 1), label="一级主任科员", kind="tick"),
    )
    _first, near, last = draw_career((Lane("职级", marks),), on=ON).marks
    assert (near.text, near.anchor) == ("二级主任科员", "end")
    assert last.text == ""


def test_a_point_label_without_room_is_left_to_words_and_table() -> None:
    marks = tuple(Mark(date(2026, month, 1), label="二级主任科员", kind="tick") for month in (9, 10, 11))
    picture = draw_career((Lane("学历", (Mark(date(2005, 1, 1)),)), Lane("职级", marks)), on=ON)
    assert [mark.text for mark in picture.marks[1:]] == ["二级主任科员", "", ""]
    assert [row.words for row in picture.rows[1:]] == ["二级主任科员"] * 3


def test_the_table_says_the_same() -> None:
    picture = draw_career((Lane("职务", (Mark(date(2010, 1, 1), None, "局长", "/x/"),)),), on=ON)
    row = picture.rows[0]
    assert (row.lane, row.start, row.end, row.words, row.url) == ("职务", "2010.01", "", "局长", "/x/")


def test_width_of_text_counts_chinese_wider() -> None:
    assert text_width("局长 2") == pytest.approx(12 + 12 + 7.2 + 7.2)
