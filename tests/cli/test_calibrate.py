"""`quanheng calibrate`: files, exit codes, refusals in words, and nothing half-written."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from quanheng.cli import DONE, FINDINGS, WRONG_USE, main
from quanheng.cli import calibrate_files as files
from tests.calibration.ballots import Row, event

HEADS = ["人", "单位", "票", "票类", "项目", "分"]
COLUMNS = ["--person", "人", "--unit", "单位", "--rater", "票", "--group", "票类", "--item", "项目", "--score", "分"]
ROWS = event(units=2, persons=5, ballots=8, links=3)
APART = event(units=2, persons=5, ballots=8, links=0)
PERSONS = "id,raw,fair,se,lo90,hi90,measure,infit,infit_zstd,outfit,outfit_zstd,n,component,status,rank_lo,rank_hi,band"


def table(path: Path, rows: list[Row], heads: list[str] = HEADS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        writer.writerows([*row[:5], f"{row[5]:g}"] for row in rows)
    return path


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    return table(tmp_path / "ratings.csv", ROWS)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["calibrate", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_files_are_these(ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "deep" / "out"
    code, said, _ = run(capsys, ratings, *COLUMNS, "--out", out)
    assert code == DONE
    names = ["persons.csv", "raters.csv", "items.csv", "thresholds.csv", "shifts.csv", "flags.csv", "summary.json"]
    assert said == f"已写入 {out}：{'、'.join(names)}\n"
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    heads = {name: (out / name).read_text(encoding="utf-8").splitlines()[0] for name in names[:-1]}
    assert heads == {
        "persons.csv": PERSONS,
        "raters.csv": "id,measure,se,infit,infit_zstd,outfit,outfit_zstd,n",
        "items.csv": "id,measure,se,infit,infit_zstd,outfit,outfit_zstd,n",
        "thresholds.csv": "item,category,measure,se",
        "shifts.csv": "id,raw,fair,ballots,culture,groups,shrinkage,second_opinion,missing_groups",
        "flags.csv": "kind,subject,count,expected,p_adjusted,effect",
    }
    assert [row["id"] for row in read(out / "persons.csv")] == sorted({row[0] for row in ROWS})
    assert [row["id"] for row in read(out / "items.csv")] == ["德", "能"]
    assert len(read(out / "raters.csv")) == 19
    assert json.loads((out / "summary.json").read_text(encoding="utf-8"))["counts"]["persons"] == 10


def test_points_and_weights_are_those_of_the_command(
    ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--points", "0,60,80,95", "--group-weights", "A=.35,B=.35，C=.30"]
    assert run(capsys, ratings, *COLUMNS, *options, "--out", tmp_path / "out")[0] == DONE
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["parameters"]["points"] == [0, 60, 80, 95]
    assert summary["group_weights"] == {"A": 0.35, "B": 0.35, "C": 0.3}
    persons = read(tmp_path / "out" / "persons.csv")
    assert all(0 <= float(person["raw"]) <= 95 for person in persons)
    assert max(float(person["fair"]) for person in persons) > 60


def test_json_says_what_was_written(ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, ratings, *COLUMNS, "--out", tmp_path / "out", "--json")
    found = json.loads(said)
    assert code == DONE
    assert found["folder"] == str(tmp_path / "out")
    assert found["files"][0] == "persons.csv"
    assert found["summary"] == json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))


def same(first: Path, second: Path) -> bool:
    return all((second / path.name).read_bytes() == path.read_bytes() for path in first.iterdir())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_encoding_separator_and_order_of_rows_change_no_byte(
    encoding: str, ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, ratings, *COLUMNS, "--out", tmp_path / "first")
    lines = ratings.read_text(encoding="utf-8").splitlines()
    other = tmp_path / "other.csv"
    text = "\n".join([lines[0], *lines[:0:-1]]).replace(",", "\t")
    other.write_text(text, encoding=encoding)
    assert run(capsys, other, *COLUMNS, "--out", tmp_path / "second")[0] == DONE
    assert same(tmp_path / "first", tmp_path / "second")


def test_a_rater_column_left_out_or_equal_to_the_person_is_no_facet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    once = [(p, u, p, g, i, s) for p, u, b, g, i, s in ROWS if b == "L1"]
    path = table(tmp_path / "once.csv", once)
    columns = ["--person", "人", "--item", "项目", "--score", "分", "--model", "jmle"]
    assert run(capsys, path, *columns, "--out", tmp_path / "first")[0] == DONE
    assert run(capsys, path, *columns, "--rater", "人", "--out", tmp_path / "second")[0] == DONE
    assert same(tmp_path / "first", tmp_path / "second")
    assert not (tmp_path / "first" / "raters.csv").exists()


def test_items_may_be_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path / "one.csv", [row for row in ROWS if row[4] == "德"])
    columns = ["--person", "人", "--rater", "票", "--unit", "单位", "--score", "分"]
    assert run(capsys, path, *columns, "--out", tmp_path / "out")[0] == DONE
    assert not (tmp_path / "out" / "items.csv").exists()


def test_grades_may_be_words(ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["不称职", "基本称职", "称职", "优秀"]
    other = tmp_path / "words.csv"
    with other.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADS, *([*row[:5], words[int(row[5])]] for row in ROWS)])
    run(capsys, ratings, *COLUMNS, "--out", tmp_path / "first")
    run(capsys, other, *COLUMNS, "--out", tmp_path / "second")
    assert same(tmp_path / "first", tmp_path / "second")


def test_pairs_across_components_are_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, pairs = table(tmp_path / "apart.csv", APART), tmp_path / "pairs.csv"
    pairs.write_text("a,b\nU1P1,U1P2\nU1P1,U2P1\n")
    code, _, told = run(capsys, path, *COLUMNS, "--pairs", pairs, "--out", tmp_path / "out")
    assert code == DONE
    inside, across = read(tmp_path / "out" / "pairs.csv")
    assert list(inside) == ["a", "b", "difference", "se", "lo90", "hi90", "p_above"]
    assert float(inside["lo90"]) < float(inside["difference"]) < float(inside["hi90"])
    assert across == {"a": "U1P1", "b": "U2P1", **dict.fromkeys(["difference", "se", "lo90", "hi90", "p_above"], "")}
    persons = read(tmp_path / "out" / "persons.csv")
    outside = [person for person in persons if person["component"] != "1"]
    assert {(p["status"], p["rank_lo"], p["rank_hi"], p["band"]) for p in outside} == {("unconnected", "", "", "")}
    assert all(float(person["lo90"]) < float(person["hi90"]) for person in outside)
    assert told.splitlines()[:2] == [
        "quanheng: 有 5 人与多数人没有任何一张票相连（共 2 片），不排名次、不与多数人比较；"
        "校准分靠共同的平均，区间很宽。要能比较，还缺：",
        "quanheng:   U2（5 人）：至少一张既评“U2”的人、又评“U1”的人的联系票。",
    ]


def test_extremes_exit_with_nothing_but_a_remark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path / "high.csv", [(*row[:5], 3.0) if row[0] == "U1P1" else row for row in ROWS])
    code, _, told = run(capsys, path, *COLUMNS, "--out", tmp_path / "out")
    assert code == DONE
    assert "有 1 人的评分全是最高或全是最低" in told
    assert read(tmp_path / "out" / "persons.csv")[0]["status"] == "extreme"


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


# --- workbooks


def workbook(path: Path, rows: list[Row]) -> Path:
    """One sheet a unit, a line for each ballot and person."""
    words = ["不称职", "基本称职", "称职", "优秀"]
    with xlsxwriter.Workbook(path) as book:
        for unit in sorted({row[1] for row in rows}):
            sheet = book.add_worksheet(unit)
            sheet.write_row(0, 0, ["票号", "票类", "被测评人", "德", "能"])
            lines: dict[tuple[str, str, str], list[str]] = {}
            for person, _, ballot, group, _, score in (row for row in rows if row[1] == unit):
                lines.setdefault((ballot, group, person), []).append(words[int(score)])
            for number, (heads, marks) in enumerate(lines.items(), start=1):
                sheet.write_row(number, 0, [*heads, *marks])
    return path


def test_a_workbook_gives_what_the_text_gives(
    ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, ratings, *COLUMNS, "--out", tmp_path / "first")
    book = workbook(tmp_path / "ballots.xlsx", ROWS)
    assert run(capsys, book, "--out", tmp_path / "second")[0] == DONE
    assert same(tmp_path / "first", tmp_path / "second")


def test_refusals_name_sheet_and_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ROWS + [(p, "U2", "Z", "B", i, s) for p, _, b, _, i, s in ROWS if b == "L1" and p == "U1P1"]
    code, _, told = run(capsys, workbook(tmp_path / "ballots.xlsx", rows), "--out", tmp_path / "out")
    assert code == FINDINGS
    assert told.startswith("quanheng: “U1P1”出现在 U1、U2 几个单位里：“U1”表第 2 行、")


def test_totals_are_refused_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "totals.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("甲局")
        sheet.write_row(0, 0, ["姓名", "优秀票数", "称职票数"])
        sheet.write_row(1, 0, ["沈砚秋", 12, 3])
    code, _, told = run(capsys, book, "--out", tmp_path / "out")
    assert code == FINDINGS
    assert told.startswith("quanheng: “甲局”表没有逐张的票，是票数、平均分一类的汇总，不能校准")


def test_columns_are_not_named_for_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = workbook(tmp_path / "ballots.xlsx", ROWS)
    code, _, told = run(capsys, book, "--person", "人", "--out", tmp_path / "out")
    assert (code, told) == (
        WRONG_USE,
        "quanheng: 票簿（.xlsx）按表头读列，不用 --person、--score 等指明列的选项。\n",
    )


def test_the_template_is_written_and_too_small_to_estimate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "empty.xlsx"
    code, said, _ = run(capsys, "--template", book)
    assert (code, said) == (DONE, f"已写入 {book}，填法见其中“说明”一表。\n")
    code, _, told = run(capsys, book, "--out", tmp_path / "out")
    assert (code, told) == (FINDINGS, "quanheng: 只有 3 张票，不足 5 张，不作校准。请以票面得分为准，或补充测评。\n")


# --- nothing half-written


def test_a_failure_in_the_middle_leaves_nothing(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(value: object) -> bytes:
        raise OSError(28, "No space left on device", "summary.json")

    monkeypatch.setattr(files, "as_json", full)
    code, _, told = run(capsys, ratings, *COLUMNS, "--out", tmp_path / "out")
    assert (code, told) == (WRONG_USE, "quanheng: summary.json：No space left on device\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ratings.csv"]


KILLED = """
import os, signal, sys
from quanheng.cli import calibrate_files as files, main
def kill(value):
    os.kill(os.getpid(), signal.{signal})
files.as_json = kill
sys.exit(main(sys.argv[1:]))
"""


def killed(name: str, *arguments: object) -> int:
    script = KILLED.format(signal=name)
    done = subprocess.run([sys.executable, "-c", script, *map(str, arguments)], capture_output=True, check=False)
    return done.returncode


def test_ended_in_the_middle_leaves_nothing(ratings: Path, tmp_path: Path) -> None:
    assert killed("SIGTERM", "calibrate", ratings, *COLUMNS, "--out", tmp_path / "out") == FINDINGS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ratings.csv"]


def test_killed_in_the_middle_leaves_no_result_and_the_next_run_clears_up(
    ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert killed("SIGKILL", "calibrate", ratings, *COLUMNS, "--out", tmp_path / "out") == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    assert run(capsys, ratings, *COLUMNS, "--out", tmp_path / "out")[0] == DONE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "ratings.csv"]


def test_into_a_folder_that_is_there_old_results_give_way(
    ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "pairs.csv").write_text("alt")
    (out / "备忘.txt").write_text("留着")
    assert run(capsys, ratings, *COLUMNS, "--out", out)[0] == DONE
    assert not (out / "pairs.csv").exists()
    assert (out / "备忘.txt").read_text() == "留着"
    assert read(out / "persons.csv")


def test_other_commands_load_no_numpy() -> None:
    script = "import sys; from quanheng.cli import main, parser; parser(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False, env=dict(os.environ)).returncode == 0


def test_progress_is_one_line_where_a_person_looks_on(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _, _, told = run(capsys, ratings, *COLUMNS, "--out", tmp_path / "out")
    for words in ("读入 5000 行…", "整理评分…", "估计…", "算名次范围…"):
        assert f"\r\x1b[K{words}" in told
    assert "\n" not in told.split("汇总…")[0]


def summary_of(folder: Path) -> Any:
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def test_pictures_are_drawn_beside(ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = tmp_path / "pictures"
    assert run(capsys, ratings, *COLUMNS, "--pictures", pictures)[0] == DONE
    assert {path.suffix for path in pictures.iterdir()} == {".svg", ".png"}
