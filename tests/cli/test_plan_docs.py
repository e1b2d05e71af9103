"""What docs/planning.md says of the command, the limits and the workbook is so."""

import re
from pathlib import Path

import pytest

from quanheng.cli.plan import CODES, PRECEDENCE
from quanheng.cli.plan_words import INFEASIBLE, PROVED, proof_sentence
from quanheng.formats import plan_workbook, plan_workbook_rules
from quanheng.planning import checks
from quanheng.planning.problem import DEFAULT_CHAIN
from quanheng.planning.result import Result, Status

TEXT = Path("docs/planning.md").read_text(encoding="utf-8")
PACKAGE = Path("quanheng/planning")


def table(head: str) -> list[list[str]]:
    """The cells of the table whose first line starts so."""
    lines = TEXT[TEXT.index(head) :].split("\n")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return rows[: next(place for place, line in enumerate(lines[2:]) if not line.startswith("|"))]


def test_the_limits_are_those_of_the_code() -> None:
    limits = {row[0]: int(row[1].replace(" each", "").replace(",", "")) for row in table("| | at most |")}
    assert limits == {
        "posts": checks.MAX_POSTS,
        "people": checks.MAX_PEOPLE,
        "pairs": checks.MAX_PAIRS,
        "pairs of one person, or of one post": checks.MAX_PAIRS_OF_ONE,
        "kin": checks.MAX_KIN,
        "rules": checks.MAX_RULES,
        "pins, forbids": checks.MAX_SEATS,
        "places in chains (a pair at each position it can have)": checks.MAX_COLUMNS,
        "rotations": checks.MAX_ROTATIONS,
        "a fit or a cost, either way": checks.MAX_NUMBER,
        "characters of an id or a label": checks.MAX_TEXT,
    }


def test_the_kinds_of_rules_are_those_of_the_workbook() -> None:
    rows = {row[0]: row[1:3] for row in table("| 规则 | 要填 | 可填 | 意思 |")}
    assert list(rows) == list(plan_workbook_rules.USES)
    for kind, (needed, others) in plan_workbook_rules.USES.items():
        told = set(re.findall("|".join(plan_workbook_rules.COLUMNS[::-1]), "、".join(rows[kind])))
        assert told == {*needed, *others}, kind


def test_the_columns_of_the_sheets_are_named() -> None:
    for name in ("posts", "people", "pairs"):
        told = re.search(rf"\*\*{plan_workbook.SHEETS[name]}\*\*（([^）]*)）", TEXT)
        assert told is not None
        assert told.group(1).removesuffix("，其余各列是条件").split("、") == list(plan_workbook.HEADS[name].values())


def test_each_sentence_stands_beside_its_exit_code() -> None:
    rows = {row[0].strip("*"): int(row[2]) for row in table("| 写的是 | 意思 | 退出码 |")}
    assert rows[PROVED] == CODES["optimal"]
    assert rows[proof_sentence(Result(Status.FEASIBLE, 1000, 1003))] == CODES["feasible"]
    assert rows[INFEASIBLE] == CODES["infeasible"]
    assert rows[proof_sentence(Result(Status.UNKNOWN)).partition("，")[0]] == CODES["unknown"]
    assert rows["输入有 n 处不对，没有求解"] == CODES["invalid"]
    assert f"the first of {', '.join(map(str, PRECEDENCE))} that occurred" in TEXT


def test_defaults_are_those_of_the_code() -> None:
    assert plan_workbook.MOVE_PART == 20
    assert "变动代价取最高适配的二十分之一" in TEXT
    assert f"链长按 {DEFAULT_CHAIN} 步" in TEXT


@pytest.mark.parametrize("row", table("| step | module | what |"), ids=lambda row: row[0])
def test_modules_that_are_named_are_there(row: list[str]) -> None:
    for name in re.findall("`([a-z_]+)`", row[1]):
        assert (PACKAGE / f"{name}.py").exists() or (PACKAGE / name).is_dir(), name


def test_every_row_of_the_model_is_named_in_the_code() -> None:
    code = (PACKAGE / "rows.py").read_text(encoding="utf-8") + (PACKAGE / "seat_rows.py").read_text(encoding="utf-8")
    rows = [row[0] for row in table("| row | for | says |")]
    assert rows == [f"({number})" for number in range(1, 10)]
    for number in (1, 2, 7, 8, 9):
        assert f"({number})" in code
