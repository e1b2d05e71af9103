"""`--effects`, `--pin`, `--forbid`, `--since`: what a change would do, against full enumeration and in words."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from quanheng.cli.plan_changes import change_lines, effect_lines, effect_words
from quanheng.cli.plan_engine import Question, answer
from quanheng.planning.effects import Effect, dropped
from quanheng.planning.problem import CHAIN_RULE, changed
from quanheng.planning.reading import read_result
from quanheng.planning.result import Result, Status
from tests.cli.planning import CITY, PLAN, QUARREL, result_of, run, write
from tests.planning.oracle import best_value


def ignore(_: Result) -> None:
    pass


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write(tmp_path / "city.json", CITY)


# --- the weight of each rule


def test_each_rule_is_worth_what_the_best_plan_without_it_gains() -> None:
    found = answer(CITY, Question(10, effects=True), ignore)
    best = best_value(CITY)
    assert best is not None
    assert [effect.rule for effect in found.effects] == [rule.id for rule in CITY.rules]
    for effect in found.effects:
        without = best_value(dropped(CITY, effect.rule))
        assert without is not None
        assert (effect.lowest, effect.highest, effect.exact) == (without - best, without - best, True)


@pytest.mark.parametrize(
    ("effect", "words"),
    [
        (Effect("r", 12, 12, exact=True), "全案多 12"),
        (Effect("r", -3, -3, exact=True), "全案少 3"),
        (Effect("r", 0, 30), "全案多 0 至 30（没有算到底，不是准数）"),
        (Effect("r", None, 30), "全案多 ？ 至 30（没有算到底，不是准数）"),
        (Effect("r", 5, None), "全案至少多 5（没有算到底）"),
        (Effect("r"), "多多少还没有算出来"),
        (Effect("r", lifts=True), "放开以后就有方案"),
    ],
)
def test_a_weight_is_exact_only_where_it_is_proved(effect: Effect, words: str) -> None:
    assert effect_words(effect) == words


def test_the_heaviest_rule_comes_first_and_those_without_weight_are_counted() -> None:
    nothing = Effect("提任年轻", 0, 0, exact=True)
    lines = list(
        effect_lines(CITY, [nothing, Effect("链长", 4, 4, exact=True), Effect("水利局调出", 9, 9, exact=True)])
    )
    assert lines[2:] == [
        "  水利局调出  “水利局”调出不超过 2 人：全案多 9",
        "  链长  链长不超过 3 步：全案多 4",
        "  其余 1 条放开也不会更好。",
    ]


def test_the_default_length_of_chains_is_named() -> None:
    lines = list(effect_lines(CITY, [Effect(CHAIN_RULE, 2, 2, exact=True)]))
    assert lines[2] == "  链长不超过 4 步（没有规定，按默认）：全案多 2"


def test_without_any_weight_one_sentence_is_left() -> None:
    assert list(effect_lines(CITY, [Effect("链长", 0, 0, exact=True)]))[2:] == ["  1 条放开也不会更好。"]


def test_where_no_plan_exists_the_rules_that_stand_in_the_way_are_told() -> None:
    kin = replace(CITY, pins=(), rules=(*CITY.rules, replace(CITY.rules[1], id="太多", at_least=9, soft=None)))
    found = answer(kin, Question(10, effects=True), ignore)
    assert found.result.status is Status.INFEASIBLE
    assert [effect.rule for effect in found.effects if effect.lifts] == ["太多"]


def test_the_command_tells_and_gives_the_weights(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = run(capsys, city, "--out", tmp_path, "--effects")
    assert code == 0
    assert "各条规则的分量（只放开这一条，其余不动）：" in said
    code, said, _ = run(capsys, city, "--out", tmp_path, "--effects", "--json")
    told = json.loads(said)["effects"]
    assert [one["rule"] for one in told] == [rule.id for rule in CITY.rules]
    assert all(one["words"] for one in told)


# --- one more pin or forbid


def test_a_forbid_is_planned_again_and_the_change_is_told(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = run(capsys, city, "--out", tmp_path, "--forbid", "欧阳景行", "应急局局长")
    other = changed(CITY, forbids=(("欧阳景行", "应急局局长"),))
    plan = read_result(json.loads((tmp_path / "city.plan.json").read_text()))
    assert (code, plan.value) == (0, best_value(other))
    assert "加上这些定住和不安排以后，与原方案相比（价值 " in said
    assert "  应急局局长：欧阳景行 → 空着" in said


def test_a_pin_that_cannot_hold_is_explained(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pins = ("--pin", "谢听澜", "乙科科长", "--forbid", "谢听澜", "乙科科长")
    code, said, _ = run(capsys, city, "--out", tmp_path, *pins)
    assert code == 4
    assert "定住：谢听澜 → 乙科科长（又列在“不安排”里）" in said


def test_a_pin_without_eligibility_is_refused(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = run(capsys, city, "--out", tmp_path, "--pin", "龙启明", "审计局局长")
    assert code == 2
    assert "“龙启明”不具备“审计局局长”的资格" in told


def test_a_pin_of_nobody_is_refused(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = run(capsys, city, "--out", tmp_path, "--pin", "无名", "审计局局长")
    assert (code, "没有“无名”这个人" in told) == (2, True)


def test_a_quarrel_stays_one_with_more_pins() -> None:
    found = answer(QUARREL, Question(10, pins=(("祝余", "水利局副局长"),)), ignore)
    assert found.result.status is Status.INFEASIBLE
    assert found.result.conflict == ("pin:欧阳景行,应急局局长",)
    assert found.before is not None
    assert ("祝余", "水利局副局长") in found.problem.pins


# --- two plans side by side


def test_a_plan_is_compared_with_that_of_last_time(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, city, "--out", tmp_path / "old", "--forbid", "谢听澜", "乙科科长")
    code, said, _ = run(capsys, city, "--out", tmp_path / "new", "--since", tmp_path / "old" / "city.plan.json")
    assert code == 0
    assert "与上次的方案相比（价值 " in said
    assert "  乙科科长：温不语（留任） → 谢听澜" in said


def test_the_same_plan_has_no_difference() -> None:
    plan = result_of(CITY, PLAN)
    assert list(change_lines(CITY, plan, plan, "比"))[1:] == [
        f"比（价值 {plan.value} → {plan.value}，相同）：",
        "  没有不同。",
    ]


def test_who_is_left_without_a_post_is_told() -> None:
    free = replace(CITY, pins=(), rules=CITY.rules[1:])
    first, second = result_of(free, PLAN), result_of(free, PLAN[:3] + PLAN[4:])
    lines = list(change_lines(free, first, second, "比"))
    assert "  雾岭镇镇长：龙启明 → 空着" in lines
    assert "  龙启明：原方案任 雾岭镇镇长，现方案没有岗位" in lines


@pytest.mark.parametrize(
    ("text", "words"),
    [("[]", "不是方案文件（"), ('{"version": 1}', "不是方案文件（"), ("no json", "不是方案文件（不是 JSON")],
)
def test_what_is_no_plan_cannot_be_compared(
    text: str, words: str, city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old.plan.json"
    old.write_text(text)
    code, _, told = run(capsys, city, "--out", tmp_path, "--since", old)
    assert code == 2
    assert words in told
