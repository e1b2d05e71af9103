"""Cells of a planning workbook: every value is taken or found, never both, and a whole problem survives the way."""

import io
from datetime import date, time
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.formats.plan_workbook import read_plan_workbook
from quanheng.formats.plan_workbook_cells import (
    LARGEST_PART,
    SENTENCES,
    CellFinding,
    Cells,
    PlanWorkbookFindings,
    Row,
    text_of,
)
from quanheng.planning.problem import Problem, Rule, RuleKind
from quanheng.planning.reading import read_problem
from quanheng.planning.writing import write_problem
from tests.planning.instances import ATTRIBUTES, tiny

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.times(), st.datetimes()
)
LIMITS = range(40)


def row(value: object) -> Row:
    return Row("表", 7, {"列": value})


def taken(method: str, value: object) -> tuple[object, list[CellFinding]]:
    cells = Cells()
    return getattr(cells, method)(row(value), "列"), cells.findings


@pytest.mark.parametrize("method", ["text", "needed", "name", "yes", "attribute", "whole", "count", "share"])
@given(value=ANYTHING)
def test_whatever_is_in_a_cell_is_taken_or_found(method: str, value: object) -> None:
    _, findings = taken(method, value)
    assert len(findings) <= 1
    for finding in findings:
        assert (finding.sheet, finding.row, finding.column) == ("表", 7, "列")
        assert finding.reason in SENTENCES.values()
        assert finding.value == "" or not set(finding.value) & {"\n", "\t"}


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_in_every_dress(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    for written in (number, float(number), str(number), f" {number} ", f"{number}.0", wide):
        assert taken("whole", written) == (number, [])


@pytest.mark.parametrize("written", ["1.5", "一", "1,000", "nan", "inf", 1.5, "--1", "0x10", date(2026, 1, 1), time(1)])
def test_what_is_no_whole_number(written: object) -> None:
    value, (finding,) = taken("whole", written)
    assert (value, finding.reason) == (0, SENTENCES["whole"])


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_a_share_stays_as_it_is_written(a: int, b: int) -> None:
    share, findings = taken("share", f"{a}/{b}")
    assert (share, len(findings)) == (([a, b], 0) if a <= b else ([0, 1], 1))


@given(st.integers(0, 10_000))
def test_a_share_as_decimals_or_percent_is_exact(hundredths: int) -> None:
    exact = Fraction(hundredths, 10_000)
    for written in (f"{hundredths / 100:.2f}%", f"{hundredths / 10_000:.4f}", hundredths / 10_000):
        share, findings = taken("share", written)
        assert isinstance(share, list)
        assert (Fraction(*share), findings) == (exact, [])


def test_a_share_too_fine_to_be_meant() -> None:
    for written in (f"1/{LARGEST_PART + 1}", "0.123456789", "1/3/4", "-1/3", "十一分之一", "分之一", "1/"):
        assert taken("share", written)[1][0].reason == SENTENCES["share"]


@pytest.mark.parametrize(
    ("written", "yes"),
    [
        ("是", True),
        ("√", True),
        (True, True),
        ("否", False),
        ("×", False),
        (False, False),
        (None, False),
        (" 是 ", True),
    ],
)
def test_yes_and_no(written: object, yes: bool) -> None:
    assert taken("yes", written) == (yes, [])
    assert taken("attribute", written) == (yes, [])


@pytest.mark.parametrize("written", ["Y", "1", 1, 0, "是的", "不是", "女"])
def test_what_is_neither_yes_nor_no(written: object) -> None:
    assert taken("yes", written)[1][0].reason == SENTENCES["yes-no"]


def test_a_number_is_an_attribute_too() -> None:
    assert taken("attribute", 43) == (43, [])
    assert taken("attribute", "－3") == (-3, [])


def test_names_are_set_with_spaces_in_tables() -> None:
    assert taken("name", " 张　 三 ") == ("张三", [])
    assert taken("name", "阿依古丽•买买提") == ("阿依古丽·买买提", [])


def test_an_error_of_a_formula_is_no_text() -> None:
    for error in ("#N/A", "#REF!", "#DIV/0!"):
        assert taken("text", error)[1][0].reason == SENTENCES["formula-error"]


def test_a_long_value_is_shown_short() -> None:
    _, (finding,) = taken("yes", "很" * 100)
    assert finding.value == "很" * 40 + "…"


def test_the_place_of_a_finding() -> None:
    assert CellFinding("岗位", 3, "单位", "", "").place == "“岗位”表第 3 行“单位”"
    assert CellFinding("岗位", 3, "", "", "").place == "“岗位”表第 3 行"
    assert CellFinding("岗位", 0, "", "", "").place == "“岗位”表"


# --- a whole problem through a workbook and back

YES = {True: "是", False: "否"}


def as_workbook(problem: Problem) -> bytes:
    """What an office would have written for this problem."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    _fill(book, "岗位", ("岗位", "单位", "班子", "正职", "空缺", "空缺代价", "腾空代价", "撤并代价"), [
        (post.id, post.unit, post.group, YES[post.principal], YES[post.vacant], post.unfilled_cost, post.open_cost,
         post.merge_cost) for post in problem.posts
    ])  # fmt: skip
    _fill(book, "人员", ("姓名", "单位", "现任岗位", "现岗适配", *ATTRIBUTES), [
        (one.id, one.unit, one.post, one.fit, *(YES[bool(one.attributes.get(name))] for name in ATTRIBUTES))
        for one in problem.people
    ])  # fmt: skip
    pairs = [(pair.person, pair.post, pair.fit, YES[pair.promotion]) for pair in problem.pairs]
    _fill(book, "资格", ("人员", "岗位", "适配", "晋升"), pairs)
    heads = ("规则", "名称", "单位", "班子", "条件", "至少", "至多", "代价", "人员", "另一人员", "岗位")
    _fill(book, "规则", heads, [[cells.get(head) for head in heads] for cells in _rules(problem)])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _fill(book: Any, name: str, heads: tuple[str, ...], rows: list[Any]) -> None:
    sheet = book.create_sheet(name)
    for values in (heads, *rows):
        sheet.append(values)


def _rules(problem: Problem) -> list[dict[str, object]]:
    told = [_rule(rule) for rule in problem.rules]
    told += [{"规则": "亲属回避", "人员": a, "另一人员": b} for a, b in problem.kin]
    told += [{"规则": "定住", "人员": person, "岗位": post} for person, post in problem.pins]
    told += [{"规则": "不安排", "人员": person, "岗位": post} for person, post in problem.forbids]
    return [*told, {"规则": "变动代价", "代价": problem.move_cost}]


KINDS = {
    RuleKind.SHARE: "提任比例",
    RuleKind.GROUP_COUNT: "班子人数",
    RuleKind.LEAVE_LIMIT: "调出上限",
    RuleKind.LONGEST_CHAIN: "链长上限",
    RuleKind.ROTATION: "轮岗人数",
}


def _rule(rule: Rule) -> dict[str, object]:
    least = "/".join(map(str, rule.at_least)) if isinstance(rule.at_least, tuple) else rule.at_least
    ends = {"至少": least, "至多": rule.at_most, "代价": rule.soft}
    return {
        "规则": KINDS[rule.kind],
        "名称": rule.id,
        "单位": rule.unit,
        "班子": rule.group,
        "条件": rule.attribute,
        **ends,
    }


def sayable(problem: Problem) -> Problem:
    """Without what a workbook refuses: rules on what nobody has, counts without an end. All attributes are written."""
    units = {post.unit for post in problem.posts} | {person.unit for person in problem.people}
    groups = {post.group for post in problem.posts}
    rules = tuple(
        rule
        for rule in problem.rules
        if (rule.unit is None or rule.unit in units)
        and (rule.group is None or rule.group in groups)
        and not (rule.kind is RuleKind.GROUP_COUNT and rule.at_least is None and rule.at_most is None)
    )
    people = tuple(
        type(one)(one.id, one.post, one.unit, one.fit, {name: bool(one.attributes.get(name)) for name in ATTRIBUTES})
        for one in problem.people
    )
    kept = {**vars(problem), "rules": rules, "people": people}
    return Problem(**kept)


@pytest.mark.parametrize("seed", LIMITS)
def test_a_problem_survives_the_way_through_a_workbook(seed: int) -> None:
    problem = sayable(tiny(seed))
    book = read_plan_workbook(as_workbook(problem))
    assert read_problem(book.problem) == read_problem(write_problem(problem))
    assert [remark for remark in book.remarks if "链长" not in remark] == []


@settings(max_examples=8, deadline=None)
@given(st.lists(ANYTHING, min_size=4, max_size=4))
def test_no_row_breaks_the_reader(values: list[object]) -> None:
    """It is taken or found; what is not text of a workbook is not asked."""
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(sayable(tiny(1)))))
    sheet = book["资格"]
    try:
        sheet.append([value if not isinstance(value, str) else text_of(value)[:50] for value in values])
        packed = io.BytesIO()
        book.save(packed)
    except (ValueError, OverflowError, openpyxl.utils.exceptions.IllegalCharacterError, UnicodeEncodeError):
        return
    assert sheets_found(packed.getvalue()) <= {"资格"}


def sheets_found(content: bytes) -> set[str]:
    try:
        read_plan_workbook(content)
    except PlanWorkbookFindings as refusal:
        return {finding.sheet for finding in refusal.findings}
    return set()
