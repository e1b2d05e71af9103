"""`quanheng calibrate`: refusals to estimate exit 1, wrong use 2, each in words."""

import json
from pathlib import Path

import pytest

from quanheng.cli import FINDINGS, WRONG_USE, main
from tests.calibration.ballots import Row, event
from tests.cli.calibrating import COLUMNS, ROWS, run, table


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    return table(tmp_path / "ratings.csv", ROWS)


# --- refusals to estimate: 1


def refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[Row], *options: str) -> str:
    out = tmp_path / "out"
    code, said, told = run(capsys, table(tmp_path / "bad.csv", rows), *COLUMNS, *options, "--out", out)
    assert (code, said) == (FINDINGS, "")
    assert not out.exists()
    return told.removeprefix("quanheng: ").rstrip("\n")


def test_too_few_ballots(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = event(units=1, ballots=2, links=1)
    expected = "只有 3 张票，不足 5 张，不作校准。请以票面得分为准，或补充测评。"
    assert refusal(tmp_path, capsys, rows) == expected


def test_a_single_category(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(*row[:5], 2.0) for row in ROWS]
    assert refusal(tmp_path, capsys, rows) == "所有评分都是 2，分不出高低，没有可估计的。请以票面得分为准。"


def test_all_extreme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(*row[:5], 0.0 if row[0] == "U1P1" else 3.0) for row in ROWS]
    assert refusal(tmp_path, capsys, rows) == (
        "10 个人的评分要么全是最高、要么全是最低（另有 8 张全优票不参与估计），"
        "分不出差别，没有可估计的。请以票面得分为准。"
    )


def test_a_score_outside_the_scale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*ROWS[:4], (*ROWS[4][:5], 7.0), *ROWS[5:]]
    assert refusal(tmp_path, capsys, rows, "--points", "0,60,80,95") == (
        "评分 7 不在 0 至 3 之间，共 1 处：第 6 行。请改正，或核对 --points、--scale。"
    )


def test_a_score_that_is_no_grade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [(*ROWS[0][:5], 1.5), *ROWS[1:]]
    assert refusal(tmp_path, capsys, rows) == (
        "评分 1.5 不是整数等次，共 1 处：第 2 行。百分制分数请用 --model gaussian。"
    )


def test_a_person_in_two_units(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[Row] = [*ROWS, ("U1P1", "U2", "X", "B", "德", 1.0)]
    told = refusal(tmp_path, capsys, rows)
    assert told.startswith("“U1P1”出现在 U1、U2 几个单位里：第 2 行、第 3 行、")
    assert told.endswith("（这样的人共 1 个）。同名的人请加注区分，同一个人请统一单位。")


def test_a_ballot_in_two_groups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*ROWS[:-1], (*ROWS[-1][:3], "A", *ROWS[-1][4:])]
    assert refusal(tmp_path, capsys, rows).startswith("票“U2B8”属于 A、B 几类：")


def test_a_rating_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*ROWS, ROWS[3]]
    assert refusal(tmp_path, capsys, rows) == (
        "同一张票（L1）对“U1P2”的“能”评了不止一次：第 5 行、第 222 行（这样的共 1 处）。请删去重复的行。"
    )


def test_weights_of_other_groups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(tmp_path, capsys, ROWS, "--group-weights", "A=.5,B=.5") == (
        "数据里的票类 C 没有权重。请在 --group-weights 里补上。"
    )
    assert refusal(tmp_path, capsys, ROWS, "--group-weights", "A=.5,B=.5,C=.5") == (
        "各票类权重之和是 1.5，应为 1。请改正。"
    )


def test_an_empty_file_and_an_empty_cell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refusal(tmp_path, capsys, []) == "文件里没有一行评分，没有可估计的。请确认选对了文件。"
    rows = [("", *ROWS[0][1:]), *ROWS[1:]]
    assert refusal(tmp_path, capsys, rows) == ("“人”有 1 处是空的：第 2 行。没有评的请不要写这一行，漏填的请补上。")


def test_a_refusal_as_json_carries_its_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path / "bad.csv", event(units=1, ballots=2, links=1))
    code, said, _ = run(capsys, path, *COLUMNS, "--out", tmp_path / "out", "--json")
    found = json.loads(said)
    assert (code, found["refused"], found["facts"]) == (FINDINGS, "too-few-ballots", {"ballots": "3", "minimum": "5"})


def test_findings_in_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path / "bad.csv", ROWS)
    path.write_text(path.read_text(encoding="utf-8").replace(",德,", ",德,优", 1), encoding="utf-8")
    code, _, told = run(capsys, path, *COLUMNS, "--out", tmp_path / "out")
    assert code == FINDINGS
    assert told.splitlines()[0] == "quanheng: 有 1 处读不懂，没有估计："
    assert told.splitlines()[1].startswith("  第 2 行：“分”写作“优")


# --- wrong use: 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--person 人 --score 得分", "没有“得分”这一列。有的列：人、单位、票、票类、项目、分。"),
        ("--person 人", "请用 --person 和 --score 指明哪一列是人、哪一列是评分。"),
        ("--person 人 --score 分 --fixed 项目", "--fixed 在这里没有意义：只用于 --model gaussian。"),
        ("--person 人 --score 分 --ml", "--reml/--ml 在这里没有意义：只用于 --model gaussian。"),
        ("--person 人 --score 分 --partial-credit", "--partial-credit 在这里没有意义：只用于 --model jmle。"),
        ("--person 人 --score 分 --group-weights A=1", "--group-weights 在这里没有意义：要同时给出 --group。"),
        ("--person 人 --score 分 --explain 无此人", "评分数据里没有“无此人”。请核对写法。"),
    ],
)
def test_wrong_use_says_which(
    options: str, sentence: str, ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(capsys, ratings, *options.split(), "--out", tmp_path / "out")
    assert found == (WRONG_USE, "", f"quanheng: {sentence}\n")
    assert not (tmp_path / "out").exists()


def test_files_that_are_not_there(ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(capsys, tmp_path / "none.csv", *COLUMNS, "--out", out)[0] == WRONG_USE
    assert run(capsys, ratings, *COLUMNS, "--pairs", tmp_path / "none.csv", "--out", out)[0] == WRONG_USE
    assert run(capsys, ratings, *COLUMNS) == (
        WRONG_USE,
        "",
        "quanheng: 请用 --out 指明结果写到哪个文件夹，或用 --explain 指明说明谁。\n",
    )
    assert run(capsys)[0] == WRONG_USE


def test_a_file_is_no_folder(ratings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = run(capsys, ratings, *COLUMNS, "--out", ratings)
    assert (code, told) == (WRONG_USE, f"quanheng: {ratings} 已经是一个文件，不能作文件夹。请换一个名字。\n")


def test_pairs_of_strangers(ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("a,b\nU1P1,某人\n", encoding="utf-8")
    code, _, told = run(capsys, ratings, *COLUMNS, "--pairs", pairs, "--out", tmp_path / "out")
    assert (code, told) == (WRONG_USE, f"quanheng: {pairs} 里的 某人 不在评分数据里（共 1 个）。请核对写法。\n")


@pytest.mark.parametrize(
    "options",
    ["--points 5", "--points 0,60,50", "--points a,b", "--scale 1,2,3", "--group-weights A", "--group-weights A=x",
     "--group-weights A=1,A=0", "--model other", "--reml --ml"],
)  # fmt: skip
def test_options_that_cannot_be(options: str, ratings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", str(ratings), *options.split()])
    assert ended.value.code == WRONG_USE
    assert options.split()[0] in capsys.readouterr().err
