from quanheng.web.shared.diff import DiffRun, diff_row, diff_rows


def test_only_changed_words_are_marked() -> None:
    row = diff_row("职务", "党组成员、副局长", "党组书记、局长")
    assert row.before == (DiffRun("党组"), DiffRun("成员", True), DiffRun("、"), DiffRun("副", True), DiffRun("局长"))
    assert row.after == (DiffRun("党组"), DiffRun("书记", True), DiffRun("、局长"))


def test_a_date_changes_as_a_whole() -> None:
    row = diff_row("时间", "2007.07 毕业于师范学院", "2009.06 毕业于师范学院")
    assert row.before[0] == DiffRun("2007.07", True)
    assert row.after[0] == DiffRun("2009.06", True)
    assert row.before[1] == row.after[1] == DiffRun(" 毕业于师范学院")


def test_texts_with_little_in_common_are_replaced_whole() -> None:
    row = diff_row("学历", "大学", "研究生")
    assert (row.before, row.after) == ((DiffRun("大学", True),), (DiffRun("研究生", True),))


def test_an_empty_side_has_no_run() -> None:
    row = diff_row("备注", "", "兼任")
    assert (row.before, row.after) == ((), (DiffRun("兼任", True),))


def test_equal_fields_are_left_out() -> None:
    rows = diff_rows({"姓名": ("沈砚秋", "沈砚秋"), "民族": ("汉族", "回族")})
    assert [row.label for row in rows] == ["民族"]


def test_both_sides_can_be_put_together_again() -> None:
    before, after = "松涧县发展和改革局党组成员 2018.03", "松涧县发展和改革局党组书记 2022.04"
    row = diff_row("x", before, after)
    assert "".join(run.text for run in row.before) == before
    assert "".join(run.text for run in row.after) == after
