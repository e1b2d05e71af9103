"""Small problems and results for the tests of `quanheng plan`: made by hand, or by the oracle instead of the engine."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from quanheng.cli import main
from quanheng.planning.budget import Budget
from quanheng.planning.checker import check_plan, moves_of
from quanheng.planning.ground import Ground
from quanheng.planning.problem import Problem, Rule, RuleKind
from quanheng.planning.result import Result, Status
from quanheng.planning.rows import build
from quanheng.planning.writing import hash_of, write_problem
from tests.planning.instances import pair, person, post
from tests.planning.oracle import best_plan

DATA = Path("tests/data/planning")

# A chain of three with an abolished post, a single step, an exchange, an empty post, a rule of every kind.
CITY = Problem(
    posts=(
        post("应急局局长", vacant=True, unit="应急局", group="应急局班子", unfilled=100),
        post("水利局局长", unit="水利局", group="水利局班子", opened=90),
        post("水利局副局长", unit="水利局", group="水利局班子", opened=90),
        post("水库所所长", unit="水库所", opened=90, merge=20),
        post("审计局局长", vacant=True, unit="审计局", unfilled=120),
        post("雾岭镇镇长", vacant=True, unit="雾岭镇", unfilled=80),
        post("甲科科长", unit="办公室", opened=90),
        post("乙科科长", unit="办公室", opened=90),
    ),
    people=(
        person("欧阳景行", "水利局局长", 80, unit="水利局"),
        person("石见川", "水利局副局长", 70, unit="水利局", 女=True),
        person("祝余", "水库所所长", 66, unit="水库所", 年轻=True),
        person("龙启明", unit="交通局", 年轻=True),
        person("谢听澜", "甲科科长", 60, unit="办公室", 女=True),
        person("温不语", "乙科科长", 60, unit="办公室"),
    ),
    pairs=(
        pair("欧阳景行", "应急局局长", 86),
        pair("石见川", "水利局局长", 88, promotion=True),
        pair("祝余", "水利局副局长", 81, promotion=True),
        pair("龙启明", "雾岭镇镇长", 85, promotion=True),
        pair("谢听澜", "乙科科长", 75),
        pair("温不语", "甲科科长", 58),
        pair("欧阳景行", "审计局局长", 50),
        pair("谢听澜", "审计局局长", 30),
    ),
    kin=(("欧阳景行", "龙启明"),),
    rules=(
        Rule("提任年轻", RuleKind.SHARE, "年轻", at_least=(1, 3)),
        Rule("水利局女干部", RuleKind.GROUP_COUNT, "女", group="水利局班子", at_least=2, soft=10),
        Rule("水利局调出", RuleKind.LEAVE_LIMIT, unit="水利局", at_most=2),
        Rule("链长", RuleKind.LONGEST_CHAIN, at_most=3),
        Rule("轮岗", RuleKind.ROTATION, at_most=2),
        Rule("文旅局调出", RuleKind.LEAVE_LIMIT, unit="文旅局", at_most=1),
    ),
    pins=(("龙启明", "雾岭镇镇长"),),
    move_cost=2,
)
PLAN = (
    ("欧阳景行", "应急局局长"),
    ("石见川", "水利局局长"),
    ("祝余", "水利局副局长"),
    ("龙启明", "雾岭镇镇长"),
    ("谢听澜", "乙科科长"),
    ("温不语", "甲科科长"),
)
QUARREL = replace(CITY, pins=(*CITY.pins, ("欧阳景行", "应急局局长")), forbids=(("欧阳景行", "应急局局长"),))


def result_of(
    problem: Problem, pairs: Iterable[tuple[str, str]], status: Status = Status.OPTIMAL, above: int = 0
) -> Result:
    """A plan with its figures; `above`: how far the bound is."""
    moves = moves_of(problem, pairs)
    account = check_plan(problem, moves)
    assert account.broken == ()
    return Result(
        status=status,
        value=account.value,
        bound=account.value + above,
        moves=moves,
        unfilled=account.unfilled,
        opened=account.opened,
        merged=account.merged,
        rules=account.rules,
        solver="oracle",
        parameters=(("seed", "0"),),
        input_hash=hash_of(problem),
    )


def by_oracle(problem: Problem, budget: Budget, progress: Callable[[Result], object] | None = None) -> Result:
    """What `solve` gives, by full enumeration."""
    best = best_plan(problem)
    if best is None:
        return Result(Status.INFEASIBLE, input_hash=hash_of(problem))
    found = result_of(problem, best.pairs)
    if progress:
        progress(replace(found, status=Status.FEASIBLE, bound=best.value + 1))
    return found


def ground_of(problem: Problem, result: Result) -> Ground:
    return Ground(build(problem), result)


def solved_by_oracle(problem: Problem, budget: Budget, progress: Callable[[Result], object] | None = None) -> Ground:
    """What the command asks for."""
    return ground_of(problem, by_oracle(problem, budget, progress))


def write(path: Path, problem: Problem) -> Path:
    path.write_text(json.dumps(write_problem(problem), ensure_ascii=False), encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["plan", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err
