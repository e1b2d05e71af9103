"""The report, word by word."""

from dataclasses import replace

from quanheng.cli.plan_account import account_of
from quanheng.cli.plan_report import invalid_lines, report
from quanheng.planning.checker import moves_of
from quanheng.planning.problem import Rule, RuleKind
from quanheng.planning.result import Alternative, Place, Result, Status
from tests.cli.planning import CITY, PLAN, result_of

HEAD = "待配 3 个岗位 · 人员 6 人 · 符合资格 8 对"
CHAINS = """
链 1 · 3 步 · 跨单位 2 人 · 全案因此多 113
  ● 应急局局长（空缺）← 欧阳景行（水利局局长） · 交流
      适配 86，比现岗高 6
  ○ 水利局局长（欧阳景行调出）← 石见川（水利局副局长） · 晋升
      适配 88，比现岗高 18
  ○ 水利局副局长（石见川调出）← 祝余（水库所所长） · 晋升
      适配 81，比现岗高 15
  ◌ 水库所所长 腾出后撤并

轮岗 3 · 2 人 · 全案因此多 9
  ● 甲科科长（轮岗）← 温不语（乙科科长） · 平级
      适配 58，比现岗低 2
  ○ 乙科科长（温不语调出）← 谢听澜（甲科科长） · 平级
      适配 75，比现岗高 15

链 2 · 1 步 · 全案因此多 165
  ● 雾岭镇镇长（空缺）← 龙启明（未任岗位） · 晋升
      适配 85，已定住

未填 1 个：
  ◌ 审计局局长：符合资格 2 人，2 人另有安排

规则 6 条，未达到 1 条：
  ✗ 水利局女干部  “水利局班子”中“女”不少于 2 人：1，差 1（可放宽，扣 10）
  ✓ 提任年轻  提任干部中“年轻”不少于 1/3：2/3
  ✓ 水利局调出  “水利局”调出不超过 2 人：1
  ✓ 链长  链长不超过 3 步：最长 3
  ✓ 轮岗  轮岗一组不超过 2 人：最长 2
  – 文旅局调出  “文旅局”调出不超过 1 人：没有涉及"""


def told(result: Result) -> list[str]:
    return list(report(account_of(CITY, result)))


def test_a_proved_plan() -> None:
    totals = "价值 -23，上限 -23 · 填补 2 / 3 · 变动 6 人 · 提任 3 人 · 跨单位 2 人"
    proof = "已证明：按现行规则没有更好的方案"
    assert told(result_of(CITY, PLAN)) == [HEAD, totals, proof, *CHAINS.split("\n")]


def test_a_plan_with_a_gap() -> None:
    lines = told(result_of(CITY, PLAN, Status.FEASIBLE, above=3))
    assert lines[1].startswith("价值 -23，上限 -20 · ")
    assert lines[2] == "当前最好，离上限还差 13.05 %"
    assert lines[3:] == CHAINS.split("\n")


def test_a_plan_that_moves_nobody() -> None:
    free = replace(CITY, pins=())
    lines = list(report(account_of(free, result_of(free, ()))))
    assert lines[1] == "价值 -310，上限 -310 · 比维持现状多 0 · 填补 0 / 3 · 变动 0 人 · 提任 0 人 · 跨单位 0 人"
    assert lines[3:5] == ["没有一项变动比现状更好：维持现状。", ""]
    assert lines[5] == "未填 3 个："
    assert lines[6] == "  ◌ 应急局局长：符合资格 1 人；若由欧阳景行补上，其余不动，全案多 14"
    assert lines[8] == "  ◌ 雾岭镇镇长：符合资格 1 人；若由龙启明补上，其余不动，全案多 165"


def test_no_plan_names_the_conflict() -> None:
    lines = told(Result(Status.INFEASIBLE, conflict=("pin:龙启明,雾岭镇镇长", "kin:欧阳景行,龙启明", "提任年轻")))
    assert lines == [
        HEAD,
        "已证明：按现行规则没有可行的方案",
        "下面几项不能同时成立，放开其中任何一项，这个矛盾就解开：",
        "  ✗ 定住：龙启明 → 雾岭镇镇长",
        "  ✗ 亲属回避：欧阳景行、龙启明",
        "  ✗ 规则“提任年轻”（提任干部中“年轻”不少于 1/3）",
    ]


def test_a_conflict_of_one() -> None:
    lines = told(Result(Status.INFEASIBLE, conflict=("提任年轻",)))
    assert lines[2:] == ["下面这一项单独就做不到，须放开：", "  ✗ 规则“提任年轻”（提任干部中“年轻”不少于 1/3）"]


def test_a_conflict_that_was_not_found_in_time() -> None:
    assert told(Result(Status.INFEASIBLE))[2:] == [
        "哪几条互相矛盾，在这次的时间里没有找出来。请用 --seconds 多给时间。"
    ]


def test_none_found_yet() -> None:
    assert told(Result(Status.UNKNOWN, bound=9)) == [
        HEAD,
        "还没有找到方案，任何方案的价值都不超过 9。请用 --seconds 多给时间",
    ]


def test_alternatives_say_who_instead() -> None:
    other = Alternative(-40, True, moves_of(CITY, PLAN[:4]), ("甲科科长", "乙科科长"))
    empty = replace(other, moves=moves_of(CITY, PLAN[:1] + PLAN[3:]), differs=("水利局局长", "水利局副局长"))
    lines = told(replace(result_of(CITY, PLAN), alternatives=(other, replace(empty, proved=False))))
    assert lines[-8:] == [
        "",
        "备选 1 · 价值 -40（少 17） · 这样不同的方案里最好的",
        "  甲科科长：温不语 → 谢听澜（留任）",
        "  乙科科长：谢听澜 → 温不语（留任）",
        "",
        "备选 2 · 价值 -40（少 17） · 不一定是这样不同的方案里最好的",
        "  水利局局长：石见川 → 空着",
        "  水利局副局长：祝余 → 石见川（留任）",
    ]


def test_many_rules_are_told_shortly_but_every_broken_one() -> None:
    many = tuple(Rule(f"调出{n}", RuleKind.LEAVE_LIMIT, unit=f"u{n}", at_most=1) for n in range(30))
    broken = tuple(replace(CITY.rules[1], id=f"女{n}") for n in range(25))
    problem = replace(CITY, rules=(*CITY.rules[3:5], *many, *broken))
    lines = list(report(account_of(problem, result_of(problem, PLAN))))
    start = lines.index("规则 57 条，未达到 25 条：")
    assert [line[:4] for line in lines[start + 1 : start + 26]] == ["  ✗ "] * 25
    assert lines[-1] == "  其余 12 条都遵守或没有涉及，见结果文件。"
    assert len(lines) == start + 1 + 25 + 20 + 1


def test_many_wrong_places_are_told_shortly() -> None:
    lines = list(invalid_lines([Place(f"/posts/{n}", "is odd") for n in range(23)]))
    assert lines[0] == "  岗位（posts）第 1 项：is odd"
    assert lines[20:] == ["  另有 3 处，见结果文件。"]
