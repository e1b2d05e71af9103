"""docs/rules: current, complete, and each link leads somewhere."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from quanheng.rulebook import labels
from quanheng.rulebook.book import load
from quanheng.rulebook.instrument import (
    Begin,
    Check,
    Citation,
    InForce,
    InstrumentKind,
    InstrumentStatus,
    OnFail,
    Parameter,
    RuleKind,
    RuleText,
    SeenVersion,
    State,
    Unit,
    Value,
)
from quanheng.rulebook.pages import GENERATED, INDEX, SOURCES, anchor, pages
from quanheng.rulebook.reading import read_instrument
from quanheng.rulebook.words import shipped
from tests.rulebook.instrument_text import added, book
from tests.structure import ROOT

FOLDER = ROOT / "docs" / "rules"
PAGES = pages(load(), shipped())
LINK = re.compile(r"\]\(([^)#]*)#?([^)]*)\)")


def test_the_committed_pages_are_current() -> None:
    """After a change in quanheng/rulebook/instruments: `quanheng rules docs --out docs/rules`."""
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert sorted(committed) == sorted(PAGES)
    assert [name for name, page in PAGES.items() if committed[name] != page] == []


def test_there_is_a_page_an_instrument() -> None:
    assert set(PAGES) == {INDEX, SOURCES, *(f"{one.code}.md" for one in load().instruments)}
    assert len(PAGES) == 41


@pytest.mark.parametrize("name", sorted(PAGES))
def test_links_lead_to_pages_and_headings(name: str) -> None:
    for page, heading in LINK.findall(PAGES[name]):
        target = PAGES[page or name]
        assert not heading or f'<a id="{heading}"></a>' in target, (page, heading)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_pages_say_that_they_are_written_and_by_what(name: str) -> None:
    assert PAGES[name].startswith(GENERATED)
    assert "以签认时所附的正式文本为准" in PAGES[name]
    assert PAGES[name].endswith("\n")
    assert not PAGES[name].endswith("\n\n")


@pytest.mark.parametrize("rule", load().texts, ids=lambda rule: rule.id)
def test_each_rule_stands_on_the_page_of_its_instrument(rule: RuleText) -> None:
    page = PAGES[f"{rule.instrument}.md"]
    section = page.split(f'<a id="{anchor(rule.id)}"></a>')[1].split('<a id="')[0]
    assert rule.title.zh in section
    assert rule.text.zh in section
    assert rule.text.en in section
    assert section.index(rule.text.zh) < section.index(rule.text.en)  # Chinese first
    assert rule.citation in section
    assert rule.basis in section
    for parameter in rule.parameters:
        assert f"| `{parameter.name}` |" in section
        assert str(parameter.citation) in section
    for switch in rule.switches:
        assert f"[{switch}]({INDEX}#{anchor(switch)})" in section
    assert f"[{rule.id}]({rule.instrument}.md#{anchor(rule.id)})" in PAGES[INDEX]


def test_the_index_counts_and_asks_the_open_questions() -> None:
    index = PAGES[INDEX]
    assert "文件 39 份，规则 247 条（计算 186、辅助 30、人工 31），口径 12 项。" in index
    for switch in load().switches:
        assert switch.question.zh in index
        assert f"`{labels.scalar(switch.default.value)}` {switch.default.words.zh}" in index


def test_the_sources_are_listed() -> None:
    assert "| P77 | tftnews 4516164 |" in PAGES[SOURCES]
    assert PAGES[SOURCES].count("\n| P") >= 80


@pytest.mark.parametrize("name", sorted(PAGES))
def test_tables_have_as_many_cells_in_each_row(name: str) -> None:
    width = 0
    for line in PAGES[name].splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (cells and width) or cells == width, line
        width = cells


def page_of(lines: str) -> str:
    written = added(lines).replace("state: not_yet_computed", "state: encoded")
    return pages(book(read_instrument(written, "A2019.yaml")))["A2019.md"]


def test_expressions_stand_as_written() -> None:
    page = page_of("requires: reached(start)\nnumbers: {need: 36}\ndates:\n  earliest: start + years(3)")
    assert "```\nrequires: reached(start)\nnumbers.need: 36\ndates.earliest: start + years(3)\n```" in page
    assert "- 状态 State：已编写 *encoded*" in page


def test_what_ties_a_rule_to_others_is_linked() -> None:
    page = page_of("requires: x\nwaiver: SEL-A\nsee: [SEL-A]\nnote: {zh: a | b, en: c}")
    assert "- 破格 Waiver：可按 [SEL-A](A2019.md#sel-a) 报批" in page
    assert "- 参见 See：[SEL-A](A2019.md#sel-a)" in page
    assert "- 备注 Note：a | b" in page
    assert "- 破格 Waiver：任何情况下不得突破" in page_of("requires: x\nwaiver: never")


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    whole = added("note: {zh: x, en: y}")
    written = whole.replace("article: 8(1), seen: true}", "article: 8(1), seen: true, note: a | b}")
    assert "| a \\| b |" in pages(book(read_instrument(written, "A2019.yaml")))["A2019.md"]


def test_an_instrument_without_rules_has_a_page() -> None:
    page = PAGES["DZ2017.md"]
    assert "规则 0 条。" in page
    assert "| 规则 | 名称 |" not in page


def test_pages_are_the_same_each_time() -> None:
    assert pages(load(), shipped()) == PAGES


# The words.


@pytest.mark.parametrize(
    "code", [*InstrumentKind, *InstrumentStatus, *RuleKind, *Check, *OnFail, *SeenVersion, *State], ids=str
)
def test_each_code_has_words(code: Check) -> None:
    assert labels.label(code).zh
    assert labels.label(code).en


@pytest.mark.parametrize(
    ("in_force", "words"),
    [
        (InForce(date(2019, 3, 3)), "2019-03-03 起"),
        (InForce(date(2014, 1, 14), date(2019, 3, 3)), "2014-01-14 起，2019-03-03 起不再适用"),
        (InForce(None, None, Begin.UNKNOWN), "施行日未见"),
        (InForce(None, date(2019, 3, 3), Begin.UNKNOWN), "施行日未见，2019-03-03 起不再适用"),
        (InForce(None, None, Begin.CONFIGURED), "自单位启用之日起"),
    ],
)
def test_periods_are_told(in_force: InForce, words: str) -> None:
    assert labels.period(in_force) == words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (5, Unit.YEARS, "5年"),
        (12, Unit.MONTHS, "12个月"),
        (5, Unit.WORKDAYS, "5个工作日"),
        (550, Unit.HOURS, "550学时"),
        (3, Unit.COUNT, "3"),
        (Fraction(1, 5), Unit.RATIO, "20%"),
        (Fraction(1, 3), Unit.RATIO, "1/3"),
        (Fraction(1, 7), Unit.RATIO, "1/7"),
        (True, Unit.TRUTH, "是"),
        (False, Unit.TRUTH, "否"),
        ("县处级副职", Unit.CODE, "县处级副职"),
        (("优秀", "称职"), Unit.CODES, "优秀；称职"),
        (({"grade": "优秀", "max": Fraction(3, 10)},), Unit.TABLE, "grade 优秀，上限 30%"),
        (None, Unit.MONTHS, "由单位规定"),
    ],
)
def test_values_are_told_with_their_unit(value: Value, unit: Unit, words: str) -> None:
    assert labels.value(Parameter("x", value, unit, Citation("A2019"), True)) == words


@pytest.mark.parametrize(
    ("code", "words"), [("never", "任何情况下不得突破"), ("SEL-A", "可按 SEL-A 报批"), ("", "未规定")]
)
def test_waivers_are_told(code: str, words: str) -> None:
    assert labels.waiver(code) == words


def test_usual_names_of_numbers_and_dates_have_a_meaning() -> None:
    assert labels.named("earliest") == "earliest（最早）"
    assert labels.named("own_name") == "own_name"
    asked = {"cap", "need", "short", "months", "quorum", "earliest", "deadline", "free_from", "valid_until", "reached"}
    assert asked | {"days_late"} <= set(labels.NAMES)


def test_verified_claims_no_more_than_a_copy() -> None:
    assert labels.verified(True, SeenVersion.CURRENT) == "已见于转载（见过现行版本）"
    assert labels.verified(False, SeenVersion.NONE) == "未核实（未见过文本）"


def test_the_folder_holds_nothing_else() -> None:
    assert [path for path in Path(FOLDER).iterdir() if path.suffix != ".md"] == []
