"""Every sentence of `quanheng plan`, and that none is missing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.cli.plan import WrongPlanUse
from quanheng.cli.plan_account import Chain, Empty, RuleFigure, Step, Try
from quanheng.cli.plan_words import (
    INVALID,
    SENTENCES,
    chain_end,
    chain_heading,
    empty_reason,
    invalid_reason,
    item_words,
    percent,
    place_words,
    proof_sentence,
    refusal_sentence,
    rule_figure,
    rule_words,
    step_reason,
    why_not_sentence,
)
from quanheng.formats.plan_workbook_cells import CannotReadPlanWorkbook
from quanheng.planning import checks, schema
from quanheng.planning.checks import Finding
from quanheng.planning.problem import Problem, Rule, RuleKind
from quanheng.planning.reading import Invalid, read_problem, read_text
from quanheng.planning.result import Place, Result, Status, WhyNot
from tests.cli.planning import CITY

STEP = Step("甲", "张三", "乙", 86, 80, "交流", True, False)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Result(Status.OPTIMAL, 5, 5), "已证明：按现行规则没有更好的方案"),
        (Result(Status.FEASIBLE, 1000, 1013), "当前最好，离上限还差 1.3 %"),
        (Result(Status.FEASIBLE, 1000), "当前最好，离上限多远还不知道"),
        (Result(Status.FEASIBLE, 0, 1), "当前最好，离上限还差 100 %"),
        (Result(Status.FEASIBLE, -200, -190), "当前最好，离上限还差 5 %"),
        (Result(Status.FEASIBLE, 10_000_000, 10_000_001), "当前最好，离上限还差 0.01 %"),
        (Result(Status.INFEASIBLE), "已证明：按现行规则没有可行的方案"),
        (Result(Status.UNKNOWN), "还没有找到方案，上限还不知道。请用 --seconds 多给时间"),
        (Result(Status.UNKNOWN, bound=7), "还没有找到方案，任何方案的价值都不超过 7。请用 --seconds 多给时间"),
        (Result(Status.INVALID, invalid=(Place("", "x"),)), "输入有 1 处不对，没有求解"),
    ],
)
def test_how_sure_it_is(result: Result, words: str) -> None:
    assert proof_sentence(result) == words


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_gap_is_told_upwards_and_never_as_nothing(part: int, whole: int) -> None:
    told = float(percent(part, whole))
    assert 0 <= told - 100 * part / whole <= 0.0101
    assert (told == 0) is (part == 0)


def test_a_chain_in_words() -> None:
    chain = Chain(1, False, (STEP, STEP), 178, "丙", False)
    assert chain_heading(chain) == "链 1 · 2 步 · 跨单位 2 人 · 全案因此多 178"
    assert chain_end(chain) == "丙 腾空，暂不补"
    assert chain_end(replace(chain, is_merged=True)) == "丙 腾出后撤并"
    rotation = replace(chain, is_rotation=True, gain=-3, end=None, steps=(replace(STEP, is_away=False),) * 2)
    assert chain_heading(rotation) == "轮岗 1 · 2 人 · 全案因此少 3"
    assert chain_end(rotation) == ""


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (STEP, "适配 86，比现岗高 6"),
        (replace(STEP, fit_before=90), "适配 86，比现岗低 4"),
        (replace(STEP, fit_before=86), "适配 86，与现岗相同"),
        (replace(STEP, fit_before=None, is_pinned=True), "适配 86，已定住"),
    ],
)
def test_why_this_person(step: Step, words: str) -> None:
    assert step_reason(step) == words


def test_why_a_post_stays_empty() -> None:
    assert empty_reason(Empty("a", 0, 0, 0, ())) == "没有符合资格的人选。要补上，须先有人符合资格"
    tried = (Try("张三", (), -12), Try("李四", ("pin:李四,乙",), 0), Try("王五", (), 3), Try("赵六", (), 0))
    assert empty_reason(Empty("a", 9, 2, 1, tried)) == (
        "符合资格 9 人，2 人另有安排，1 人不安排到此岗；若由张三补上，其余不动，全案少 12；"
        "若由李四补上，其余不动，违反定住：李四 → 乙；若由王五补上，其余不动，全案多 3；"
        "若由赵六补上，其余不动，全案不增不减"
    )


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (CITY.rules[0], "提任干部中“年轻”不少于 1/3"),
        (CITY.rules[1], "“水利局班子”中“女”不少于 2 人"),
        (replace(CITY.rules[1], at_most=3), "“水利局班子”中“女”不少于 2 人、不超过 3 人"),
        (replace(CITY.rules[1], at_least=None), "“水利局班子”中“女”不限"),
        (CITY.rules[2], "“水利局”调出不超过 2 人"),
        (CITY.rules[3], "链长不超过 3 步"),
        (Rule("longest_chain:default", RuleKind.LONGEST_CHAIN, at_most=4), "链长不超过 4 步（没有规定，按默认）"),
        (CITY.rules[4], "轮岗一组不超过 2 人"),
    ],
)
def test_rules_in_words(rule: Rule, words: str) -> None:
    assert rule_words(rule) == words


def test_figures_in_words() -> None:
    share, count, leave, chain, *_ = CITY.rules
    assert rule_figure(RuleFigure(share, "kept", 2, 3, 0)) == "2/3"
    assert rule_figure(RuleFigure(replace(share, soft=7), "broken", 1, 9, 2)) == "1/9，差 2（可放宽，扣 14）"
    assert rule_figure(RuleFigure(count, "broken", 1, None, 1)) == "1，差 1（可放宽，扣 10）"
    assert rule_figure(RuleFigure(replace(leave, soft=5), "broken", 4, None, 2)) == "4，多 2（可放宽，扣 10）"
    assert rule_figure(RuleFigure(chain, "kept", 3, None, 0)) == "最长 3"
    assert rule_figure(RuleFigure(leave, "idle", 0, None, 0)) == "没有涉及"


def test_members_of_a_conflict_in_words() -> None:
    told = [item_words(one, CITY) for one in ("pin:龙启明,雾岭镇镇长", "kin:a,b", "forbid:a,p", "链长", "没有这条")]
    assert told == [
        "定住：龙启明 → 雾岭镇镇长",
        "亲属回避：a、b",
        "不安排：a → p",
        "规则“链长”（链长不超过 3 步）",
        "规则“没有这条”",
    ]
    quarrel = replace(CITY, forbids=CITY.pins)
    assert item_words("pin:龙启明,雾岭镇镇长", quarrel) == "定住：龙启明 → 雾岭镇镇长（又列在“不安排”里）"
    assert item_words("longest_chain:default") == "链长不超过 4 步（没有规定，按默认）"


def test_ids_with_commas_are_parted_where_the_problem_parts_them() -> None:
    problem = Problem((), (), (), kin=(("a,b", "c"),), pins=(("a", "b,c"),))
    assert item_words("kin:a,b,c", problem) == "亲属回避：a,b、c"
    assert item_words("pin:a,b,c", problem) == "定住：a → b,c"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (WhyNot("甲", "p", "not_eligible"), "不在符合资格的名单里。"),
        (WhyNot("甲", "p", "rules", ("链长", "kin:甲,乙")),
         "单凭这几条就不行：规则“链长”（链长不超过 3 步）；亲属回避：甲、乙。"),
        (
            WhyNot("甲", "p", "rules"),
            "守规则的方案里都没有这一步：这个岗位在链长以内腾不出来，或者是哪几条规则拦着，在这次的时间里没有找出来。",
        ),
        (WhyNot("甲", "p", "displaced", (), 4, 4, True), "可以任，但改用此人，全案少 4。"),
        (WhyNot("甲", "p", "displaced", (), 0, 0, True), "可以任，改用此人，全案价值不变。"),
        (WhyNot("甲", "p", "displaced", (), 2, 9), "可以任，但改用此人，全案少 2 至 9（没有算到底，不是准数）。"),
        (WhyNot("甲", "p", "displaced", (), 2), "可以任，但改用此人，全案至少少 2（没有算到底）。"),
        (WhyNot("甲", "p", "displaced", (), None, 9), "可以任，但改用此人，全案少 ？ 至 9（没有算到底，不是准数）。"),
        (WhyNot("甲", "p", "displaced"), "可以任，但改用此人全案少多少，还没有算出来。"),
    ],
)  # fmt: skip
def test_why_not(found: WhyNot, words: str) -> None:
    assert why_not_sentence(found, CITY) == f"为什么不是 甲 → p：{words}"


# --- what is wrong with a problem


def test_every_code_of_the_engine_has_its_words() -> None:
    codes = {*checks.REASONS, *schema._CODES.values(), "never_soft", "too_deep", "limit", "more"}
    codes |= {"not_json", "not_utf8", "repeated_field"}
    assert codes - INVALID.keys() == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "整个文件：不是 JSON：第 1 行第 2 列读不下去"),
        ('{"a": 1, "a": 2}', "整个文件：同一个对象里“a”写了两次，不知道用哪个"),
        ("[]", "整个文件：应是对象，现在是 列表"),
        ('{"version": 1, "posts": [], "people": []}', "资格（pairs）：缺少“pairs”"),
        ('{"version": 2, "posts": [], "people": [], "pairs": []}', "version：应是 1，现在是 2"),
        ('{"version": 1, "posts": [], "people": [], "pairs": [], "x": 1}', "x：没有“x”这个字段"),
        ('{"version": 1, "posts": [{}], "people": [], "pairs": []}', "岗位（posts）第 1 项的 id：缺少“id”"),
        ('{"version": 1, "posts": [], "people": [], "pairs": [], "move_cost": -1}', "move_cost：不能小于 0，现在是 -1"),
        ('{"version": 1, "posts": [], "people": [], "pairs": [], "move_cost": 1.5}',
         "move_cost：应是整数，现在是 1.5"),
        ('{"version": 1, "posts": [], "people": [{"id": "a", "unit": "u", "fit": 0, "post": "q"}], "pairs": []}',
         "人员（people）第 1 项的 post：没有“q”这个岗位"),
        ('{"version": 1, "posts": [], "people": [], "pairs": [], "rules": [{"id": "c", "kind": "longest_chain",'
         ' "at_most": 1, "soft": 3}]}', "规则（rules）第 1 项的 soft：这种规则不能放宽，不能有 soft（代价）"),
        ('{"version": 1, "posts": [], "people": [], "pairs": [], "rules": [{"id": "kin:", "kind": "rotation",'
         ' "at_most": 1}]}', '规则（rules）第 1 项的 id："kin:" 里有不能用的字符，或是保留的写法'),
    ],
)  # fmt: skip
def test_place_and_reason_in_chinese(text: str, told: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_problem(read_text(text.encode()))
    first = caught.value.places[0]
    assert f"{place_words(first.path)}：{invalid_reason(first)}" == told


def test_what_has_no_words_keeps_its_english_reason() -> None:
    assert invalid_reason(Place("/x", "is odd")) == "is odd"
    assert invalid_reason(Finding("/x", "is odd", "brand_new")) == "is odd"
    assert invalid_reason(Finding("/x", "is odd", "repeated_id")) == "is odd"  # facts missing
    assert invalid_reason(Finding("/x", "is odd", "type")) == "不是应有的种类"


def test_places_in_words() -> None:
    told = [place_words(path) for path in ("", "/posts", "/kin/3/0", "/people/0/attributes/a~1b", "/odd", "/odd/x")]
    assert told == [
        "整个文件",
        "岗位（posts）",
        "亲属回避（kin）第 4 项的 0",
        "人员（people）第 1 项的 attributes/a/b",
        "odd",
        "odd的 x",
    ]


def test_refusals_have_the_words_they_name() -> None:
    for kind in (WrongPlanUse, CannotReadPlanWorkbook):
        for code in SENTENCES[kind.__name__]:
            assert code in (kind.__doc__ or "")
    assert refusal_sentence(WrongPlanUse("not-a-folder", path="x")) == "x 已经是一个文件，不能作文件夹。请换一个名字。"
    missing = CannotReadPlanWorkbook("missing-sheet", sheet="人员", known=["a", "b"])
    assert refusal_sentence(missing).startswith("没有“人员”这张表。有的表：a、b。")
