"""`quanheng calibrate`: files, exit codes, refusals in words, and nothing half-written."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from quanheng.cli import DONE, FINDINGS, WRONG_USE
from quanheng.cli import calibrate_files as files
from tests.calibration.ballots import Row
from tests.cli.calibrating import APART, COLUMNS, HEADS, PERSONS, ROWS, read, run, table


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    return table(tmp_path / "ratings.csv", ROWS)


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


def end(number: int) -> object:
    """Stands for `as_json`, written last: the process is ended while the others are there."""

    def ended(value: object) -> bytes:
        os.kill(os.getpid(), number)
        return b""

    return ended


def test_ended_in_the_middle_leaves_nothing(
    ratings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(files, "as_json", end(signal.SIGTERM))
    assert run(capsys, ratings, *COLUMNS, "--out", tmp_path / "out")[0] == FINDINGS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ratings.csv"]
    assert signal.getsignal(signal.SIGTERM) is before


KILLED = """
import os, signal, sys
from quanheng.cli import calibrate_files as files, main
files.as_json = lambda value: os.kill(os.getpid(), signal.SIGKILL)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_killed_in_the_middle_leaves_no_result_and_the_next_run_clears_up(
    ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-c", KILLED, "calibrate", str(ratings), *COLUMNS, "--out", str(tmp_path / "out")]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
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


@pytest.mark.slow
def test_pictures_are_drawn_beside(ratings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pictures = tmp_path / "pictures"
    assert run(capsys, ratings, *COLUMNS, "--pictures", pictures)[0] == DONE
    assert {path.suffix for path in pictures.iterdir()} == {".svg", ".png"}
