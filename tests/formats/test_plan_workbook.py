"""A planning workbook: what is read, what is found, where, and what is written back."""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from quanheng.formats.plan_workbook import PlanWorkbook, read_plan_workbook
from quanheng.formats.plan_workbook_cells import (
    SENTENCES,
    CannotReadPlanWorkbook,
    PlanWorkbookFindings,
)
from quanheng.formats.plan_workbook_rules import USES
from quanheng.formats.plan_workbook_template import plan_template

Change = Callable[[Any], object]


def changed(*changes: Change) -> bytes:
    """The example with some cells changed."""
    book = openpyxl.load_workbook(io.BytesIO(plan_template()))
    for change in changes:
        change(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def cell(sheet: str, place: str, value: object) -> Change:
    def put(book: Any) -> None:
        book[sheet][place] = value

    return put


def rule(**cells: object) -> Change:
    """One more row of 规则."""

    def put(book: Any) -> None:
        sheet = book["规则"]
        heads = [head.value for head in sheet[1]]
        sheet.append([cells.get(head) for head in heads])

    return put


def read(*changes: Change) -> PlanWorkbook:
    return read_plan_workbook(changed(*changes))


def found(*changes: Change) -> list[tuple[str, str, str]]:
    """Place, value, reason of each finding."""
    with pytest.raises(PlanWorkbookFindings) as caught:
        read(*changes)
    return [(finding.place, finding.value, finding.reason) for finding in caught.value.findings]


def refused(*changes: Change) -> tuple[str, dict[str, object]]:
    with pytest.raises(CannotReadPlanWorkbook) as caught:
        read(*changes)
    return caught.value.code, caught.value.facts


# --- what is read


def test_the_example_is_a_problem() -> None:
    book = read()
    posts, people = book.problem["posts"], book.problem["people"]
    assert isinstance(posts, list)
    assert isinstance(people, list)
    assert posts[4] == {
        "id": "县水库管理所所长",
        "unit": "县水库管理所",
        "group": None,
        "principal": True,
        "vacant": False,
        "unfilled_cost": 88,
        "open_cost": 88,
        "merge_cost": 20,
    }
    assert people[3] == {
        "id": "祝余",
        "unit": "县水库管理所",
        "post": "县水库管理所所长",
        "fit": 66,
        "attributes": {"年轻": True, "女": False, "党外": False},
    }
    assert (people[4]["post"], people[4]["fit"]) == (None, 0)
    assert book.problem["pairs"][0] == {  # type: ignore[index]
        "person": "欧阳景行",
        "post": "松涧县应急管理局局长",
        "fit": 86,
        "promotion": False,
    }


def test_rules_of_the_example() -> None:
    problem = read().problem
    assert problem["rules"] == [
        {"id": "提任年轻干部", "kind": "share", "of": "promotions", "attribute": "年轻", "at_least": [1, 3]},
        {"id": "砚溪水利局班子有女干部", "kind": "group_count", "group": "砚溪水利局班子", "attribute": "女",
         "at_least": 1, "soft": 10},
        {"id": "调出上限（第 4 行）", "kind": "leave_limit", "unit": "松涧县水利局", "at_most": 2},
        {"id": "链长上限（第 5 行）", "kind": "longest_chain", "at_most": 3},
    ]  # fmt: skip
    assert (problem["kin"], problem["pins"], problem["forbids"]) == ([["祝余", "邵亭"]], [], [])


def test_every_kind_of_rule() -> None:
    problem = read(
        rule(规则="轮岗人数", 至多=2),
        rule(规则="定住", 人员="祝  余", 岗位="县水库管理所所长"),
        rule(规则="不安排", 人员="邵亭", 岗位="云栈县雾岭镇镇长"),
        rule(规则="变动代价", 代价=7),
        rule(规则="班子人数", 名称="至多", 班子="水利局班子", 条件="女", 至多=0),
    ).problem
    rules = problem["rules"]
    assert isinstance(rules, list)
    assert rules[4:] == [
        {"id": "轮岗人数（第 7 行）", "kind": "rotation", "at_most": 2},
        {"id": "至多", "kind": "group_count", "group": "水利局班子", "attribute": "女", "at_most": 0},
    ]
    assert problem["pins"] == [{"person": "祝余", "post": "县水库管理所所长"}]
    assert problem["forbids"] == [{"person": "邵亭", "post": "云栈县雾岭镇镇长"}]
    assert problem["move_cost"] == 7


def test_the_example_shows_every_kind_that_needs_no_pin() -> None:
    kinds = {row[0].value for row in openpyxl.load_workbook(io.BytesIO(plan_template()))["规则"].iter_rows(min_row=2)}
    assert kinds == USES.keys() - {"轮岗人数", "定住", "不安排", "变动代价"}


@pytest.mark.parametrize(
    ("written", "share"),
    [("1/3", [1, 3]), ("三分之一", [1, 3]), ("十分之三", [3, 10]), (0.25, [1, 4]), ("25%", [1, 4]), ("25％", [1, 4]),
     ("２／６", [2, 6]), ("0", [0, 1]), (1, [1, 1]), ("100%", [1, 1])],
)  # fmt: skip
def test_shares_as_people_write_them(written: object, share: list[int]) -> None:
    rules = read(cell("规则", "F2", written)).problem["rules"]
    assert isinstance(rules, list)
    assert rules[0]["at_least"] == share


def test_defaults_are_explained() -> None:
    assert read().remarks == (
        "6 个岗位没有写空缺代价，按最高适配 88 计：空着一个岗位，扣这么多。",
        "7 个岗位没有写腾空代价，按最高适配 88 计：腾出来又没有补上，扣这么多。",
        "没有写变动代价，每动一名在职干部按 4 计（最高适配的二十分之一），以免为一两分大动。",
    )
    full = [cell("岗位", f"{column}{row}", 5) for column in "FG" for row in range(2, 9)]
    assert read(*full, rule(规则="变动代价", 代价=0)).remarks == ()
    assert read(*full, rule(规则="变动代价", 代价=0), lambda book: book["规则"].delete_rows(5)).remarks == (
        "没有写链长上限，按 4 步计。",
    )


def test_cells_as_people_fill_them() -> None:
    book = read(
        cell("岗位", "A1", " 岗位 *"),
        cell("岗位", "D2", True),
        cell("岗位", "D3", "√"),
        cell("资格", "A2", "欧阳 景行"),
        cell("资格", "C2", "８６"),
        cell("资格", "C3", 71.0),
        cell("人员", "E4", "3"),
        cell("人员", "H2", datetime.fromisoformat("2026-01-01")),  # a remark may be anything
    )
    posts, pairs, people = (book.problem[name] for name in ("posts", "pairs", "people"))
    assert isinstance(posts, list)
    assert isinstance(pairs, list)
    assert isinstance(people, list)
    assert (posts[0]["principal"], posts[1]["principal"]) == (True, True)
    assert [(pair["person"], pair["fit"]) for pair in pairs[:2]] == [("欧阳景行", 86), ("石见川", 71)]
    assert people[2]["attributes"]["年轻"] == 3


def test_empty_rows_and_other_sheets_are_passed_over() -> None:
    plain = read()
    moved = read(
        lambda book: book["人员"].insert_rows(3, 2),
        lambda book: book["岗位"].insert_rows(1),
        lambda book: book.create_sheet("会议记录").append(["随便"]),
    )
    assert moved.problem == plain.problem
    assert moved.place_of("/people/1").row == plain.place_of("/people/1").row + 2


def test_the_unit_of_a_serving_person_is_that_of_the_post() -> None:
    people = read(cell("人员", "B2", None)).problem["people"]
    assert isinstance(people, list)
    assert people[0]["unit"] == "松涧县水利局"


# --- what is found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (cell("岗位", "A3", None), ("“岗位”表第 3 行“岗位”", "", SENTENCES["empty"])),
        (cell("岗位", "B3", "#N/A"), ("“岗位”表第 3 行“单位”", "#N/A", SENTENCES["formula-error"])),
        (cell("岗位", "E3", "空"), ("“岗位”表第 3 行“空缺”", "空", SENTENCES["yes-no"])),
        (cell("岗位", "F3", -1), ("“岗位”表第 3 行“空缺代价”", "-1", SENTENCES["not-negative"])),
        (cell("岗位", "H3", "不可"), ("“岗位”表第 3 行“撤并代价”", "不可", SENTENCES["not-negative"])),
        (cell("人员", "A2", " "), ("“人员”表第 2 行“姓名”", "", SENTENCES["empty"])),
        (cell("人员", "D2", None), ("“人员”表第 2 行“现岗适配”", "", SENTENCES["empty"])),
        (cell("人员", "E2", "较年轻"), ("“人员”表第 2 行“年轻”", "较年轻", SENTENCES["attribute"])),
        (cell("人员", "E2", date(1990, 1, 2)), ("“人员”表第 2 行“年轻”", "1990-01-02", SENTENCES["attribute"])),
        (cell("人员", "B6", None), ("“人员”表第 6 行“单位”", "", SENTENCES["unit-missing"])),
        (cell("资格", "C4", 86.5), ("“资格”表第 4 行“适配”", "86.5", SENTENCES["whole"])),
        (cell("资格", "C4", "1e400"), ("“资格”表第 4 行“适配”", "1e400", SENTENCES["whole"])),
        (cell("资格", "D4", "提拔"), ("“资格”表第 4 行“晋升”", "提拔", SENTENCES["yes-no"])),
        (
            cell("规则", "F2", datetime.fromisoformat("2026-01-03")),
            ("“规则”表第 2 行“至少”", "2026-01-03", SENTENCES["share-date"]),
        ),
        (cell("规则", "F2", "4/3"), ("“规则”表第 2 行“至少”", "4/3", SENTENCES["share"])),
        (cell("规则", "F2", "1/0"), ("“规则”表第 2 行“至少”", "1/0", SENTENCES["share"])),
        (cell("规则", "F2", "多数"), ("“规则”表第 2 行“至少”", "多数", SENTENCES["share"])),
        (cell("规则", "F2", None), ("“规则”表第 2 行“至少”", "", SENTENCES["empty"])),
        (cell("规则", "C4", "水务局"), ("“规则”表第 4 行“单位”", "水务局", SENTENCES["unknown-unit"])),
        (cell("规则", "D3", "班子"), ("“规则”表第 3 行“班子”", "班子", SENTENCES["unknown-group"])),
        (cell("规则", "G5", "三"), ("“规则”表第 5 行“至多”", "三", SENTENCES["not-negative"])),
        (rule(规则="变动代价"), ("“规则”表第 7 行“代价”", "", SENTENCES["empty"])),
        (rule(规则="班子人数", 班子="水利局班子", 条件="女"), ("“规则”表第 7 行“至少”", "", SENTENCES["no-end"])),
    ],
)
def test_each_finding_names_sheet_row_column_value_and_reason(change: Change, told: tuple[str, str, str]) -> None:
    assert found(change) == [told]


def test_findings_that_name_what_is_known() -> None:
    assert found(rule(规则="年龄")) == [
        ("“规则”表第 7 行“规则”", "年龄", f"没有这种规则。可写：{'、'.join(USES)}。"),
    ]
    assert found(cell("规则", "E2", "青年")) == [
        ("“规则”表第 2 行“条件”", "青年", "“人员”表没有这一列条件。可写：年轻、女、党外。"),
    ]
    assert found(rule(规则="亲属回避", 人员="祝余", 另一人员="邵亭", 岗位="x")) == [
        ("“规则”表第 7 行“岗位”", "x", "“亲属回避”不用这一列。请清空，或核对规则的种类。"),
    ]
    assert found(rule(规则="变动代价", 代价=1), rule(规则="变动代价", 代价=2)) == [
        ("“规则”表第 8 行“规则”", "变动代价", SENTENCES["twice"]),
    ]


def test_all_findings_are_told_at_once_in_the_order_of_reading() -> None:
    places = [place for place, _, _ in found(
        cell("规则", "A2", "x"), cell("人员", "D3", "y"), cell("岗位", "E2", "z"), cell("资格", "C2", None)
    )]  # fmt: skip
    assert places == [
        "“资格”表第 2 行“适配”",
        "“岗位”表第 2 行“空缺”",
        "“人员”表第 3 行“现岗适配”",
        "“规则”表第 2 行“规则”",
    ]


# --- what is no planning workbook


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100, plan_template()[:2000]])
def test_a_file_that_is_no_workbook(content: bytes) -> None:
    with pytest.raises(CannotReadPlanWorkbook) as caught:
        read_plan_workbook(content)
    assert caught.value.code == "not-a-workbook"


def test_a_workbook_without_the_sheets_or_columns() -> None:
    assert refused(lambda book: book.remove(book["资格"])) == (
        "missing-sheet",
        {"sheet": "资格", "known": ["说明", "岗位", "人员", "规则"]},
    )
    code, facts = refused(cell("人员", "A1", "人名"))
    assert (code, facts["sheet"], facts["column"]) == ("missing-column", "人员", "姓名")
    code, facts = refused(cell("岗位", "H1", "撤井代价"))
    assert (code, facts["sheet"], facts["column"]) == ("unknown-column", "岗位", "撤井代价")
    assert refused(cell("人员", "F1", "年轻")) == ("repeated-column", {"sheet": "人员", "column": "年轻"})
    code, facts = refused(lambda book: book["规则"].delete_rows(1, 9))
    assert (code, facts["sheet"], facts["column"]) == ("missing-column", "规则", "规则")


def test_too_many_rows_and_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quanheng.formats.plan_workbook_cells.MAX_ROWS", 5)
    assert refused() == ("too-many-rows", {"sheet": "岗位", "limit": 5})
    monkeypatch.setattr("quanheng.formats.plan_workbook_cells.UNPACKED_BYTES", 50)
    assert refused()[0] == "too-large"


# --- where


def test_places_of_the_problem_in_the_workbook() -> None:
    book = read(rule(规则="定住", 人员="祝余", 岗位="县水库管理所所长"))

    def place(pointer: str) -> tuple[str, int, str]:
        found = book.place_of(pointer)
        return found.sheet, found.row, found.column

    assert place("/posts/0/unit") == ("岗位", 2, "单位")
    assert place("/people/2/post") == ("人员", 4, "现任岗位")
    assert place("/people/2/attributes/年轻") == ("人员", 4, "年轻")
    assert place("/pairs/3") == ("资格", 5, "")
    assert place("/pairs") == ("资格", 0, "")
    assert place("/rules/1/at_least") == ("规则", 3, "至少")
    assert place("/kin/0/1") == ("规则", 6, "另一人员")
    assert place("/pins/0/person") == ("规则", 7, "人员")
    assert place("/move_cost") == place("") == ("", 0, "")


def test_a_finding_about_the_problem_shows_the_value() -> None:
    book = read()
    shown = {
        path: book.finding(path, "x").value
        for path in ("/posts/0/unit", "/pairs/0", "/kin/0", "/pairs", "/rules/0/at_least")
    }
    assert shown == {
        "/posts/0/unit": "松涧县应急管理局",
        "/pairs/0": "欧阳景行，松涧县应急管理局局长",
        "/kin/0": "祝余，邵亭",
        "/pairs": "",
        "/rules/0/at_least": "1，3",
    }  # fmt: skip
    assert book.finding("/kin/0/1", "不行。").place == "“规则”表第 6 行“另一人员”"
