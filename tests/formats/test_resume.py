import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats.dates import Month
from quanheng.formats.resume import MAX_LENGTH, Inside, ResumeEntry, parse, render
from tests.formats.strategies import resumes

CANONICAL = """\
1993.09--1997.07  云岭大学中文系汉语言文学专业学习
1997.07--2006.11  河湾县水利局科员
                  （其间：2003.09--2006.01在省委党校（函授）经济管理专业学习）
                  （其间：2005年3月至5月，挂职）
2006.11--         河湾县南桥镇镇长
第十四届河湾县委委员"""


def codes(text: str) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in parse(text)[1]]


def entry(text: str) -> tuple[str | None, str | None, str]:
    (only,), _ = parse(text)
    return only.start, only.end, only.text


def test_canonical_text_is_read() -> None:
    entries, findings = parse(CANONICAL)
    assert findings == ()
    assert [(one.start, one.end, one.text) for one in entries] == [
        ("1993-09", "1997-07", "云岭大学中文系汉语言文学专业学习"),
        ("1997-07", "2006-11", "河湾县水利局科员"),
        ("2006-11", None, "河湾县南桥镇镇长"),
        (None, None, "第十四届河湾县委委员"),
    ]
    assert entries[1].inside == (
        Inside(Month("2003-09"), Month("2006-01"), "在省委党校（函授）经济管理专业学习"),
        Inside(None, None, "2005年3月至5月，挂职"),
    )
    assert [one.line for one in entries] == [1, 2, 5, 6]


def test_canonical_text_is_printed_as_it_was() -> None:
    assert render(parse(CANONICAL)[0]) == CANONICAL


def test_columns_of_print() -> None:
    closed = ResumeEntry(Month("1997-07"), Month("2006-11"), "甲", (Inside(Month("2003-09"), Month("2006-01"), "乙"),))
    still = ResumeEntry(Month("2006-11"), None, "丙", (Inside(Month("2007-01"), None, "丁"), Inside(None, None, "戊")))
    assert render([closed, still]).split("\n") == [
        "1997.07--2006.11  甲",
        " " * 18 + "（其间：2003.09--2006.01，乙）",
        "2006.11--" + " " * 9 + "丙",
        " " * 18 + "（其间：2007.01--，丁）",
        " " * 18 + "（其间：戊）",
    ]


@pytest.mark.parametrize("separator", ["--", "-", "—", "——", "–", "~", "～", "至", "－", " -- ", "－－"])
@pytest.mark.parametrize("space", ["  ", " ", "　", ""])
def test_separators_and_spaces(separator: str, space: str) -> None:
    assert entry(f"1997.07{separator}2006.11{space}甲") == ("1997-07", "2006-11", "甲")


@pytest.mark.parametrize(
    "period",
    [
        "1997.7--2006.11",
        "199707--200611",
        "1997年7月至2006年11月",
        "1997-07-2006-11",
        "１９９７．０７－－２００６．１１",
    ],
)
def test_ways_to_write_a_period(period: str) -> None:
    assert entry(f"{period}  甲") == ("1997-07", "2006-11", "甲")


@pytest.mark.parametrize(
    "period", ["2006.11--       ", "2006.11--", "2006.11—至今", "2006年11月至今", "  2006.11——现在"]
)
def test_open_end(period: str) -> None:
    assert entry(f"{period}  甲") == ("2006-11", None, "甲")


@pytest.mark.parametrize("brackets", ["（其间：{}）", "(其间:{})", "（其间:{})", "(其间：{}）"])
@pytest.mark.parametrize("margin", [17, 18, 0, 2])
def test_inside_lines(brackets: str, margin: int) -> None:
    text = "1997.07--          甲\n" + " " * margin + brackets.format("2003.09-2006.01，乙(丙)丁")
    (only,), _ = parse(text)
    assert only.inside == (Inside(Month("2003-09"), Month("2006-01"), "乙(丙)丁"),)


def test_inside_behind_the_text() -> None:
    (only,), _ = parse("1997.07--  甲（乙）（其间：2003.09--2006.01丙）(其间:丁)")
    assert (only.text, [inside.text for inside in only.inside]) == ("甲（乙）", ["丙", "丁"])


def test_inside_in_the_middle_of_a_text_stays_there() -> None:
    assert entry("1997.07--  甲（其间：乙）丙") == ("1997-07", None, "甲（其间：乙）丙")


def test_inside_alone_is_kept_and_named() -> None:
    entries, findings = parse("（其间：2003.09--2006.01甲）")
    assert [one.text for one in entries] == ["（其间：2003.09--2006.01甲）"]
    assert [finding.code for finding in findings] == ["resume-inside-alone"]


def test_text_behind_an_inside_line_is_kept() -> None:
    entries, _ = parse("1997.07--  甲\n（其间：乙）丙")
    assert [(one.text, [inside.text for inside in one.inside]) for one in entries] == [("甲", ["乙"]), ("丙", [])]


def test_wrapped_lines() -> None:
    by_indent = "1997.07--         青川市河湾县\n" + " " * 18 + "水利局科员\n" + "　" * 9 + "兼书记"
    assert entry(by_indent) == ("1997-07", None, "青川市河湾县水利局科员兼书记")
    (by_bracket,), _ = parse("1997.07--  甲\n  （其间：2003.09--2006.01在省委党校\n函授学院学习）")
    assert by_bracket.inside[0].text == "在省委党校函授学院学习"
    paragraph, _ = parse("1997.07--  甲\n\n" + " " * 18 + "第十四届县委委员")
    assert [one.text for one in paragraph] == ["甲", "第十四届县委委员"]
    assert [one.text for one in parse("1997.07--  甲\n    第十四届县委委员")[0]] == ["甲", "第十四届县委委员"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("2001.13--2003.01  甲", "resume-month"),
        ("2001.01--2003.00  甲", "resume-month"),
        ("0001.01--2003.01  甲", "resume-year"),
        ("2001--2003  甲", "resume-period"),
        ("2001.09  甲", "resume-period"),
    ],
)
def test_a_period_that_cannot_be_read_stays_text(line: str, code: str) -> None:
    assert entry(line) == (None, None, line)
    assert codes(line) == [("JianLi/1", code)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2001.01--2003.01  甲\n2003.01--  乙", []),
        ("2001.01--2003.01  甲\n2003.02--  乙", []),
        ("2001.01--2003.01  甲\n2003.03--  乙", [("JianLi/2", "resume-gap")]),
        ("2001.01--2003.01  甲\n2002.12--  乙", [("JianLi/2", "resume-overlap")]),
        ("2003.01--2001.01  甲\n2003.01--  乙", [("JianLi/1", "resume-end-before-start")]),
        ("2001.01--  甲\n2003.01--  乙", [("JianLi/1", "resume-open-inside")]),
        ("2001.01--2003.01  甲", [("JianLi/1", "resume-no-open-end")]),
        ("2001.01--2003.01  甲\n2003.13--  乙", [("JianLi/2", "resume-month")]),
        ("第十四届县委委员", []),
        ("", []),
    ],
)
def test_order(text: str, found: list[tuple[str, str]]) -> None:
    assert codes(text) == found


def test_sentence_of_a_gap() -> None:
    _, (finding,) = parse("2001.01--2003.01  甲\n2004.03--  乙")
    assert finding.value == "2004.03--  乙"
    assert finding.reason == (
        "简历第 2 行从 2004-03 开始，上一段止于 2003-01，中间空了 13 个月。请补上这段经历（学习、病休、待分配也要写）。"
    )


def test_no_life_is_that_long() -> None:
    entries, (finding,) = parse("甲" * (MAX_LENGTH + 1))
    assert (entries, finding.code, len(finding.value)) == ((), "resume-too-long", 41)


@given(resumes)
def test_what_is_printed_is_read_back(entries: tuple[ResumeEntry, ...]) -> None:
    assert parse(render(entries))[0] == entries


@given(resumes)
def test_canonical_text_survives(entries: tuple[ResumeEntry, ...]) -> None:
    canonical = render(entries)
    assert render(parse(canonical)[0]) == canonical


LINES = st.lists(
    st.text(st.sampled_from(list("2019.01--　 （()）其间：:至今年月\n甲-~")), max_size=40)
    | st.sampled_from(["1997.07--2006.11  甲", " " * 18 + "（其间：乙", "2001.13--", "（其间："]),
    max_size=6,
).map("\n".join)


@given(LINES)
def test_no_word_of_any_text_is_lost(text: str) -> None:
    entries, _ = parse(text)
    kept = [one.text for one in entries] + [inside.text for one in entries for inside in one.inside]
    assert "".join(kept).count("甲") == text.count("甲")
