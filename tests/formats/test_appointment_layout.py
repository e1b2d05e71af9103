from dataclasses import replace
from datetime import date

import pytest

from quanheng.formats import appointment_grid as grid
from quanheng.formats.appointment import AppointmentForm
from quanheng.formats.appointment_layout import EMPTY_ROW, age_in, dotted, lay_out
from quanheng.formats.appointment_resume import TIERS, ResumeRow, count_lines, lay_resume, read_rows, tier
from quanheng.formats.appointment_text import rows
from quanheng.formats.dates import Month
from tests.formats.appointment_samples import CHEN, LONGEST_RESUME, NO_DATA, TEN_RELATIVES, long_resume, relative

ON = date(2026, 11, 21)


def cell(form: AppointmentForm, name: str) -> str:
    return lay_out(form, on=ON).cells[name].plain


def test_every_cell_has_its_text() -> None:
    layout = lay_out(CHEN, on=ON)
    assert {name: text.plain for name, text in layout.cells.items()} == {
        "name": "陈建国",
        "sex": "男",
        "birth": "1976.09\n（49岁）",
        "ethnicity": "汉族",
        "native_place": "云江平湖",
        "birth_place": "云江平湖",
        "party_joining": "1998.05",
        "work_start": "1999.07",
        "retirement_due": "2039.09",
        "health": "健康",
        "professional_title": "经济师",
        "specialties": "法学",
        "full_time_study": "大学\n法学学士",
        "full_time_school": "云江大学法学院法学专业",
        "on_job_study": "省委党校研究生",
        "on_job_school": "云江省委党校公共管理专业",
        "current_post": "平湖市青山区委常委、组织部部长，区委党校校长",
        "proposed_post": "平湖市青山区委副书记",
        "removed_post": "平湖市青山区委组织部部长",
        "rewards_and_sanctions": "2018年12月，被云江省委、省政府记二等功。",
        "annual_grades": "2024年度：优秀\n2025年度：称职",
        "reason": "工作需要。",
        "reporting_unit": "中共平湖市委组织部",
        "filled_by": "林芳",
    }
    assert not layout.continuation.is_needed
    assert layout.photo == CHEN.photo


def test_no_data_leaves_every_cell_empty() -> None:
    layout = lay_out(NO_DATA, on=ON)
    assert {text.plain for text in layout.cells.values()} == {""}
    assert layout.family == (EMPTY_ROW,) * 7
    assert (layout.resume.rows, layout.photo, layout.continuation.is_needed) == ((), b"", False)


@pytest.mark.parametrize(
    ("birth", "month", "age"),
    [
        ("197609", "2026-08", "49"),
        ("197609", "2026-09", "50"),  # complete in the month of birth
        ("19760930", "2026-09", "50"),
        ("1976", "2026-01", "50"),
        ("2026.09", "2026-09", "0"),
        ("202610", "2026-09", ""),
        ("不详", "2026-09", ""),
        ("", "2026-09", ""),
    ],
)
def test_age_counts_months(birth: str, month: Month, age: str) -> None:
    assert age_in(birth, month) == age


@pytest.mark.parametrize(
    ("computed", "filled", "shown"),
    [("202608", "202609", "49"), ("", "20260901", "50"), ("不明", "", "50"), ("", "", "50")],
)
def test_age_is_for_the_month_the_form_names(computed: str, filled: str, shown: str) -> None:
    form = replace(CHEN, age_computed_on=computed, filled_on=filled)
    assert cell(form, "birth") == f"1976.09\n（{shown}岁）"


def test_unreadable_birth_is_printed_as_written() -> None:
    assert cell(replace(CHEN, birth="197613"), "birth") == "197613"


@pytest.mark.parametrize(
    ("raw", "printed"),
    [("200108；民建", "2001.08；民建"), ("20010801", "2001.08"), ("无党派", "无党派"), ("209913", "209913"), ("", "")],
)
def test_months_are_dotted(raw: str, printed: str) -> None:
    assert dotted(raw) == printed


def test_level_and_degree_share_one_text_when_one_is_empty_or_the_same() -> None:
    assert cell(replace(CHEN, full_time_degree=""), "full_time_study") == "大学"
    assert cell(replace(CHEN, full_time_education=""), "full_time_study") == "法学学士"
    assert cell(replace(CHEN, full_time_degree_school="云江大学"), "full_time_school") == (
        "云江大学法学院法学专业\n云江大学"
    )


def test_a_long_level_takes_the_line_of_the_degree() -> None:
    form = replace(CHEN, full_time_degree="", full_time_education="中等专业学校毕业（函授大专学历）")
    placed = lay_out(form, on=ON).cells["full_time_study"]
    assert (placed.lines, placed.size) == (("中等专业学校毕业", "（函授大专学历）"), 14.0)


def test_a_long_level_above_a_degree_is_set_smaller() -> None:
    form = replace(CHEN, full_time_education="中等专业学校毕业（函授大专学历）")
    placed = lay_out(form, on=ON).cells["full_time_study"]
    assert (placed.lines, placed.size) == (("中等专业学校毕业（函授", "大专学历）", "法学学士"), 10.0)


def test_ages_of_relatives() -> None:
    family = (
        relative(birth="200602"),
        relative(birth="1949"),
        relative(birth="195203", work="已故"),
        relative(birth=""),
    )
    ages = [row[2].plain for row in lay_out(replace(CHEN, family=family), on=ON).family]
    assert ages == ["20", "77", "", "", "", "", ""]


def test_relatives_beyond_seven_go_on() -> None:
    layout = lay_out(TEN_RELATIVES, on=ON)
    assert [row[1].plain for row in layout.family] == [f"陈亲{number}" for number in range(1, 8)]
    assert [row[1].plain for row in layout.continuation.family] == ["陈亲8", "陈亲9", "陈亲10"]
    assert layout.family_goes_on


def test_seven_relatives_do_not_go_on() -> None:
    layout = lay_out(replace(CHEN, family=TEN_RELATIVES.family[:7]), on=ON)
    assert (layout.family_goes_on, layout.continuation.is_needed) == (False, False)


def test_a_relatives_work_too_long_for_its_row_goes_on_whole() -> None:
    work = "云江省平湖市青山区某局科长" * 10
    layout = lay_out(replace(CHEN, family=(relative(work=work),)), on=ON)
    assert layout.family[0][4].plain == "见续页"
    (section,) = layout.continuation.sections
    assert (section.label, section.text.plain) == ("儿子陈亲1 工作单位及职务", work)


def test_on_the_continuation_page_a_row_grows_with_its_text() -> None:
    work = "云江省平湖市青山区某局科长" * 10
    layout = lay_out(replace(CHEN, family=(*TEN_RELATIVES.family[:7], relative(work=work))), on=ON)
    assert layout.continuation.family[0][4].plain == work


def test_long_rewards_go_on_after_what_fits() -> None:
    text = "2018年12月，被云江省委、省政府记二等功；" * 40
    layout = lay_out(replace(CHEN, rewards_and_sanctions=text), on=ON)
    kept = layout.cells["rewards_and_sanctions"]
    (section,) = layout.continuation.sections
    assert kept.lines[-1] == "（见续页）"
    assert len(kept.lines) <= rows(25.0, kept.size)
    assert section.label == "奖惩情况"
    assert "".join(kept.lines[:-1]) + section.text.plain == text


def test_a_short_value_goes_on_whole() -> None:
    text = "高级工程师、高级经济师，正高级会计师" * 5
    layout = lay_out(replace(CHEN, professional_title=text), on=ON)
    assert layout.cells["professional_title"].plain == "见续页"
    assert [(part.label, part.text.plain) for part in layout.continuation.sections] == [("专业技术职务", text)]


def test_a_photo_that_is_no_picture_leaves_the_cell_empty() -> None:
    assert lay_out(replace(CHEN, photo=b"\xff\xd8 no picture"), on=ON).photo == b""


# -- résumé --------------------------------------------------------------------------------------


def test_resume_rows() -> None:
    assert [(row.period, row.hangs, row.text) for row in read_rows(CHEN.resume)] == [
        ("1995.09--1999.07", True, "云江大学法学院法学专业学习"),
        ("1999.07--2005.11", True, "平湖市青山区人民法院书记员"),
        ("2005.11--2012.12", True, "平湖市青山区委组织部干部科副科长"),
        ("", True, "（其间：2006.09--2008.06，云江省委党校在职研究生班公共管理专业学习）"),
        ("2012.12--2022.10", True, "平湖市青山区白石镇党委书记、人大主席，一级主任科员"),
        ("2022.10--", True, "平湖市青山区委常委、组织部部长"),
        ("", False, "平湖市第七届党代会代表"),
    ]


def lines_of(count: int) -> tuple[ResumeRow, ...]:
    return tuple(ResumeRow("", False, "字") for _ in range(count))


@pytest.mark.parametrize(
    ("lines", "size"),
    [(1, 14.0), (12, 14.0), (13, 13.5), (18, 13.5), (19, 13.0), (28, 12.5), (34, 12.0), (38, 11.5), (40, 11.0)]
    + [(44, 10.5), (46, 10.0), (58, 9.5), (59, 9.0)],
)
def test_tiers(lines: int, size: float) -> None:
    assert tier(lines_of(lines), 150) == size


def test_tiers_shrink_as_lines_grow() -> None:
    assert sorted(TIERS) == list(TIERS)
    assert sorted((size for _, size in TIERS), reverse=True) == [size for _, size in TIERS]


def test_a_longer_resume_is_smaller_until_it_goes_on() -> None:
    sizes = [lay_out(replace(CHEN, resume=long_resume(count)), on=ON).resume.size for count in (5, 10, 15, 19)]
    assert sizes == sorted(sizes, reverse=True)
    assert not lay_out(replace(CHEN, resume=long_resume(15)), on=ON).continuation.resume


def test_the_longest_resume_goes_on_between_entries_and_loses_nothing() -> None:
    layout = lay_out(LONGEST_RESUME, on=ON)
    shown, rest = layout.resume.rows, layout.continuation.resume
    assert (shown[-1].text, layout.resume.size) == ("（见续页）", 10.5)
    assert count_lines(shown) <= rows(grid.RESUME.height, 10.5)
    assert all(row.period for row in (*shown[:-1], *rest))
    assert "\n".join(f"{row.period}  {row.text}" for row in (*shown[:-1], *rest)) == LONGEST_RESUME.resume


def test_one_entry_longer_than_the_cell_is_cut() -> None:
    text = "任职" * 3000
    resume, rest = lay_resume(f"2001.07--2002.07  {text}", grid.RESUME, "（见续页）")
    assert [row.period for row in (*resume.rows, *rest)] == ["2001.07--2002.07", "", ""]
    assert resume.rows[0].text + rest[0].text == text


def test_unreadable_lines_stay_as_they_are() -> None:
    (row,) = read_rows("199913--2001.02  某职")
    assert (row.period, row.hangs, row.text) == ("", False, "199913--2001.02  某职")
