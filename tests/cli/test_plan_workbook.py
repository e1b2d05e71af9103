"""`quanheng plan workbook` and `plan template`: an office tries it with nothing but a workbook."""

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from quanheng.cli.plan_account import account_of
from quanheng.cli.plan_workbook import sheet_of
from quanheng.formats.plan_workbook_sheet import TITLE, SheetStep
from quanheng.formats.plan_workbook_template import plan_template
from quanheng.planning import ground
from quanheng.planning.reading import read_result
from quanheng.planning.result import Result, Status
from tests.cli.planning import CITY, PLAN, ground_of, result_of, run, solved_by_oracle


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "冬季.xlsx"
    path.write_bytes(plan_template())
    return path


@pytest.fixture
def oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "solved", solved_by_oracle)


def edit(path: Path, sheet: str, place: str, value: object) -> None:
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    book[sheet][place] = value
    book.save(path)


def rows(path: Path) -> list[list[Any]]:
    sheet = openpyxl.load_workbook(path)[TITLE]
    return [[value for value in row if value not in (None, "")] for row in sheet.iter_rows(values_only=True)]


def test_the_example_becomes_a_plan(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the engine itself."""
    before = example.read_bytes()
    code, said, told = run(capsys, "workbook", example, "--seconds", "10", "--out", tmp_path / "o")
    assert (code, told) == (0, "")
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["冬季.plan.json", "冬季.plan.xlsx"]
    assert example.read_bytes() == before
    found = rows(tmp_path / "o/冬季.plan.xlsx")
    assert found[:4] == [
        ["干部调配建议方案"],
        ["已证明：按现行规则没有更好的方案"],
        ["待配 3 个岗位 · 人员 6 人 · 符合资格 8 对"],
        ["价值 55，上限 55 · 比维持现状多 361 · 填补 2 / 3 · 变动 4 人 · 提任 3 人 · 跨单位 2 人"],
    ]
    assert found[5:12] == [
        ["链", "步", "岗位", "人选", "现任岗位", "适配", "性质", "备注"],
        ["链 1 · 3 步 · 跨单位 2 人 · 全案因此多 178"],
        ["链 1", 1, "松涧县应急管理局局长", "欧阳景行", "松涧县水利局局长", 86, "交流", "比现岗高 6"],
        ["链 1", 2, "松涧县水利局局长", "卫清和", "砚溪县水利局副局长", 88, "晋升", "比现岗高 14"],
        ["链 1", 3, "砚溪县水利局副局长", "邵亭", 78, "晋升"],
        ["链 2 · 1 步 · 全案因此多 173"],
        ["链 2", 1, "云栈县雾岭镇镇长", "龙启明", 85, "晋升"],
    ]
    assert found[14] == ["云栈县审计局局长", "原来空缺，未填：没有符合资格的人选。要补上，须先有人符合资格"]
    assert found[-1] == ["本表是按所给资格、适配和规则算出的建议方案，不是决定。"]
    assert said.startswith("冬季\n待配 3 个岗位")
    plan = read_result(json.loads((tmp_path / "o/冬季.plan.json").read_text(encoding="utf-8")))
    assert (plan.status, plan.value) == (Status.OPTIMAL, 55)


@pytest.mark.usefixtures("oracle")
def test_a_copy_with_its_plan_can_be_planned_again(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "workbook", example, "--out", tmp_path / "a")
    code, said, _ = run(
        capsys, "workbook", tmp_path / "a/冬季.plan.xlsx", "--out", tmp_path / "b", "--json", "--picture"
    )
    found = json.loads(said)
    assert (code, found["value"]) == (0, 55)
    names = ["冬季.plan.plan.json", "冬季.plan.plan.svg", "冬季.plan.plan.xlsx"]
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == names


@pytest.mark.usefixtures("oracle")
def test_rules_that_quarrel_stand_in_the_sheet(
    example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(example, "规则", "A7", "定住")
    edit(example, "规则", "I7", "祝余")
    edit(example, "规则", "K7", "砚溪县水利局副局长")
    edit(example, "规则", "A8", "不安排")
    edit(example, "规则", "I8", "祝余")
    edit(example, "规则", "K8", "砚溪县水利局副局长")
    quarrel = ("pin:祝余,砚溪县水利局副局长", "forbid:祝余,砚溪县水利局副局长")
    monkeypatch.setattr(
        ground, "solved", lambda problem, *_: ground_of(problem, Result(Status.INFEASIBLE, conflict=quarrel))
    )
    assert run(capsys, "workbook", example, "--out", tmp_path / "o")[0] == 4
    assert rows(tmp_path / "o/冬季.plan.xlsx")[1:6] == [
        ["已证明：按现行规则没有可行的方案"],
        ["待配 3 个岗位 · 人员 6 人 · 符合资格 8 对"],
        ["下面几项不能同时成立，放开其中任何一项，这个矛盾就解开："],
        ["  ✗ 定住：祝余 → 砚溪县水利局副局长（又列在“不安排”里）"],
        ["  ✗ 不安排：祝余 → 砚溪县水利局副局长"],
    ]


def test_cells_that_cannot_be_read_are_told_and_nothing_is_written(
    example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(example, "资格", "C2", "八十")
    edit(example, "岗位", "E3", "空")
    code, said, _ = run(capsys, "workbook", example, "--out", tmp_path / "o")
    assert code == 2
    assert said.splitlines() == [
        "冬季.xlsx：有 2 处不对，没有求解，没有写入：",
        "  “资格”表第 2 行“适配”：写作“八十”。应是整数。若适配有小数，请把全部适配和代价同乘以 10。",
        "  “岗位”表第 3 行“空缺”：写作“空”。应写 是 或 否。请改正；空着按“否”。",
    ]
    assert list((tmp_path / "o").iterdir()) == []


@pytest.mark.parametrize(
    ("sheet", "place", "value", "told"),
    [
        ("资格", "A2", "某人", "“资格”表第 2 行“人员”：写作“某人”。没有“某人”这个人。"),
        ("资格", "B2", "某岗", "“资格”表第 2 行“岗位”：写作“某岗”。没有“某岗”这个岗位。"),
        ("人员", "C2", "某岗", "“人员”表第 2 行“现任岗位”：写作“某岗”。没有“某岗”这个岗位。"),
        ("人员", "B2", "砚溪县水利局",
         "“人员”表第 2 行“单位”：写作“砚溪县水利局”。“欧阳景行”的单位是“砚溪县水利局”，现任岗位却在“松涧县水利局”。"),
        ("人员", "D6", 3, "“人员”表第 6 行“现岗适配”：写作“3”。“邵亭”没有现任岗位，现岗适配应为 0 或不写。"),
        ("岗位", "E3", "是", "“岗位”表第 3 行“空缺”：写作“是”。“松涧县水利局局长”标为空缺，但“欧阳景行”在任。"),
        ("岗位", "E2", "否", "“岗位”表第 2 行“空缺”：写作“否”。“松涧县应急管理局局长”没有标为空缺，也没有人任职。"),
        ("岗位", "A8", "云栈县审计局局长",
         "“岗位”表第 8 行“岗位”：写作“云栈县审计局局长”。“云栈县审计局局长”前面已经有了"),
        ("规则", "I6", "邵亭", "“规则”表第 6 行：写作“邵亭，邵亭”。“邵亭”不能和自己回避。"),
        ("规则", "B3", "提任年轻干部",
         "“规则”表第 3 行“名称”：写作“提任年轻干部”。“提任年轻干部”前面已经有了，编号不能重复。"),
        ("规则", "B3", "kin:x", "“规则”表第 3 行“名称”：写作“kin:x”。"),
    ],
)  # fmt: skip
def test_what_the_engine_finds_is_told_by_sheet_row_and_column(
    sheet: str, place: str, value: object, told: str, example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(example, sheet, place, value)
    code, said, _ = run(capsys, "workbook", example, "--out", tmp_path / "o")
    assert code == 2
    assert any(line.startswith(f"  {told}") for line in said.splitlines()), said


def test_findings_as_json(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(example, "资格", "A2", "某人")
    code, said, _ = run(capsys, "workbook", example, "--out", tmp_path / "o", "--json")
    found = json.loads(said)
    assert (code, found["exit"], found["status"]) == (2, 2, "invalid")
    assert found["findings"] == [
        {"sheet": "资格", "row": 2, "column": "人员", "value": "某人", "reason": "没有“某人”这个人。",
         "place": "“资格”表第 2 行“人员”"}
    ]  # fmt: skip


def test_wrong_use(example: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "o"
    old = tmp_path / "old.xls"
    old.write_bytes(b"x")
    assert run(capsys, "workbook", old, "--out", out) == (
        2, "", f"quanheng: {old} 不是 .xlsx 工作簿。请用 Excel 或 WPS 另存为 .xlsx。\n",
    )  # fmt: skip
    assert run(capsys, "workbook", tmp_path / "none.xlsx", "--out", out)[0] == 2
    assert not out.exists()
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(plan_template()[:500])
    code, _, told = run(capsys, "workbook", damaged, "--out", out)
    assert (code, told) == (2, "quanheng: 这不是 .xlsx 工作簿，或已损坏。请用 Excel 或 WPS 另存为 .xlsx。\n")
    code, _, told = run(capsys, "workbook", example, "--out", out, "--explain", "某人", "某岗")
    assert (code, told) == (2, f"quanheng: {example} 里没有“某人”这个人。请核对 --explain、--pin、--forbid 的写法。\n")


def test_the_template_is_written_but_never_over_a_filled_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "模板.xlsx"
    assert run(capsys, "template", target) == (0, f"已写入 {target}，填法见其中“说明”一表。\n", "")
    before = target.read_bytes()
    assert run(capsys, "template", target) == (2, "", f"quanheng: {target} 已经存在，没有覆盖。请换一个文件名。\n")
    assert target.read_bytes() == before
    code, said, _ = run(capsys, "template", tmp_path / "b.xlsx", "--json")
    assert (code, json.loads(said)) == (0, {"file": str(tmp_path / "b.xlsx")})


def test_the_sheet_says_what_is_left_empty_and_how_rules_stand() -> None:
    sheet = sheet_of(account_of(CITY, result_of(CITY, PLAN)), ("缺省",))
    assert sheet.empty == (
        ("审计局局长", "原来空缺，未填：符合资格 2 人，2 人另有安排"),
        ("水库所所长", "腾出后撤并"),
    )
    assert sheet.rules[:2] == (
        ("✓ 遵守", "提任年轻（提任干部中“年轻”不少于 1/3）", "2/3"),
        ("✗ 未达到", "水利局女干部（“水利局班子”中“女”不少于 2 人）", "1，差 1（可放宽，扣 10）"),
    )
    assert sheet.remarks == ("缺省", "本表是按所给资格、适配和规则算出的建议方案，不是决定。")
    last = sheet.chains[0].steps[-1]
    assert last == SheetStep(3, "水利局副局长", "祝余", "水库所所长", 81, "晋升", "比现岗高 15；水库所所长 腾出后撤并")
    assert [chain.name for chain in sheet.chains] == ["链 1", "链 2", "轮岗 3"]


def test_an_opened_post_stands_in_the_sheet() -> None:
    moved = (("欧阳景行", "应急局局长"), ("龙启明", "雾岭镇镇长"))
    sheet = sheet_of(account_of(CITY, result_of(CITY, moved)), ())
    assert ("水利局局长", "腾空，暂不补") in sheet.empty
