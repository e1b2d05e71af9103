"""`quanheng plan PROBLEM.json…`: exit codes, files, batches, and what is wrong use."""

import json
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from quanheng.cli import main, plan_problems
from quanheng.cli.plan import worst
from quanheng.cli.plan_engine import Answer
from quanheng.planning import ground
from quanheng.planning.reading import read_result
from quanheng.planning.result import Result, Status, WhyNot
from tests.cli.planning import CITY, DATA, PLAN, QUARREL, result_of, run, solved_by_oracle, write


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write(tmp_path / "city.json", CITY)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the engine says, and what it was asked."""
    kept: dict[str, Any] = {"result": result_of(CITY, PLAN), "why_not": None, "asked": []}

    def answer(problem: Any, question: Any, progress: Any) -> Answer:
        kept["asked"].append(question)
        progress(replace(kept["result"], alternatives=()))
        return Answer(problem, kept["result"], kept["why_not"])

    monkeypatch.setattr(plan_problems, "answer", answer)
    return kept


def plan_of(path: Path) -> Result:
    return read_result(json.loads(path.read_text(encoding="utf-8")))


RESULTS = {
    0: result_of(CITY, PLAN),
    3: result_of(CITY, PLAN, Status.FEASIBLE, above=5),
    4: Result(Status.INFEASIBLE, conflict=("pin:龙启明,雾岭镇镇长",)),
    5: Result(Status.UNKNOWN, bound=77),
}


# --- exit codes, files


@pytest.mark.parametrize("code", RESULTS)
def test_each_status_has_its_exit_code_and_its_file(
    code: int, city: Path, tmp_path: Path, answers: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers["result"] = RESULTS[code]
    out = tmp_path / "new" / "out"
    found, said, told = run(capsys, city, "--seconds", "7.5", "--out", out)
    assert (found, told) == (code, "")
    assert [path.name for path in out.iterdir()] == ["city.plan.json"]
    assert plan_of(out / "city.plan.json") == RESULTS[code]
    assert said.startswith("city\n待配 3 个岗位")
    assert f"已写入 {out / 'city.plan.json'}\n" in said
    assert answers["asked"][0].seconds == 7.5


def test_an_invalid_problem_is_2_with_every_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = write(tmp_path / "bad.json", replace(CITY, pins=(("某人", "审计局局长"), ("石见川", "审计局局长"))))
    code, said, _ = run(capsys, bad, "--out", tmp_path)
    assert code == 2
    assert said.splitlines()[:4] == [
        "bad",
        "输入有 2 处不对，没有求解：",
        "  定住（pins）第 1 项的 person：没有“某人”这个人",
        "  定住（pins）第 2 项：要定住的“石见川”不具备“审计局局长”的资格，也不是现任",
    ]
    written = plan_of(tmp_path / "bad.plan.json")
    assert written.status is Status.INVALID
    assert [place.path for place in written.invalid] == ["/pins/0/person", "/pins/1"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1, 2]", b'{"version": 1}'])
def test_whatever_is_in_the_file_is_answered(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.json").write_bytes(content)
    assert run(capsys, tmp_path / "odd.json", "--out", tmp_path)[0] == 2
    assert plan_of(tmp_path / "odd.plan.json").status is Status.INVALID


def test_over_a_limit_is_invalid_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("quanheng.planning.checks.MAX_PAIRS_OF_ONE", 1)
    code, said, _ = run(capsys, write(tmp_path / "city.json", CITY), "--out", tmp_path)
    assert code == 2
    assert "  人员（people）第 1 项：“欧阳景行”有 2 条资格，上限是 1 条。请收紧资格\n" in said


@pytest.mark.parametrize("codes", list(permutations((0, 2, 3, 4, 5), 3)))
def test_a_batch_ends_with_the_first_of_2_4_5_3_0(codes: tuple[int, ...]) -> None:
    assert worst(codes) == next(code for code in (2, 4, 5, 3, 0) if code in codes)


def test_a_batch_solves_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ground, "solved", solved_by_oracle)
    bad = tmp_path / "bad.json"
    bad.write_text("{", encoding="utf-8")
    good, quarrel = write(tmp_path / "good.json", CITY), write(tmp_path / "quarrel.json", QUARREL)
    code, said, _ = run(capsys, quarrel, bad, good, "--out", tmp_path / "o", "--json")
    told = [json.loads(line) for line in said.splitlines()]
    assert (code, [(one["name"], one["exit"]) for one in told]) == (2, [("quarrel", 4), ("bad", 2), ("good", 0)])
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == [
        "bad.plan.json",
        "good.plan.json",
        "quarrel.plan.json",
    ]
    assert run(capsys, good, quarrel, "--out", tmp_path / "o")[0] == 4
    assert run(capsys, good, "--out", tmp_path / "o")[0] == 0


def test_json_says_what_the_report_says(
    city: Path, tmp_path: Path, answers: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers["result"] = RESULTS[3]
    code, said, _ = run(capsys, city, "--out", tmp_path / "o", "--json")
    value = answers["result"].value
    assert json.loads(said) == {
        "name": "city",
        "files": [str(tmp_path / "o/city.plan.json")],
        "exit": code,
        "status": "feasible",
        "value": value,
        "bound": value + 5,
        "gap": 5 / -value,
        "proved": False,
        "sentence": "当前最好，离上限还差 21.74 %",
        "alternatives": 0,
        "conflict": [],
    }


def test_the_same_input_gives_the_same_bytes(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("a", "b"):
        assert run(capsys, city, "--seconds", "5", "--out", tmp_path / folder, "--picture")[0] == 0
    for name in ("city.plan.json", "city.plan.svg"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize("name", ["tiny_1", "tiny_2", "tiny_3", "tiny_infeasible"])
def test_the_engine_itself(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))[f"{name}.json"]
    code, said, _ = run(capsys, DATA / f"{name}.json", "--seconds", "10", "--out", tmp_path)
    found = plan_of(tmp_path / f"{name}.plan.json")
    assert (found.status.value, found.value) == (expected["status"], expected["value"])
    assert code == (4 if expected["status"] == "infeasible" else 0)
    assert "已证明：" in said


# --- options


def test_a_picture_beside_the_plan_and_never_an_old_one(
    city: Path, tmp_path: Path, answers: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "o"
    run(capsys, city, "--out", out, "--picture")
    assert sorted(path.name for path in out.iterdir()) == ["city.plan.json", "city.plan.svg"]
    answers["result"] = RESULTS[4]
    run(capsys, city, "--out", out, "--picture")
    assert [path.name for path in out.iterdir()] == ["city.plan.json"]


def test_an_invalid_problem_takes_the_old_picture_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "city.plan.svg").write_text("old", encoding="utf-8")
    (tmp_path / "city.json").write_text("{", encoding="utf-8")
    run(capsys, tmp_path / "city.json", "--out", tmp_path)
    assert not (tmp_path / "city.plan.svg").exists()


def test_why_not_is_answered_at_the_end(
    city: Path, tmp_path: Path, answers: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    answers["why_not"] = WhyNot("谢听澜", "审计局局长", "displaced", (), 3, 3, True)
    options = ("--out", tmp_path / "o", "--explain", "谢听澜", "审计局局长", "--alternatives", "2")
    _, said, _ = run(capsys, city, *options)
    sentence = "为什么不是 谢听澜 → 审计局局长：可以任，但改用此人，全案少 3。"
    assert f"\n\n备选要 2 个，找到 0 个。\n\n{sentence}\n\n已写入" in said
    asked = answers["asked"][0]
    assert (asked.explain, asked.alternatives) == (("谢听澜", "审计局局长"), 2)
    _, said, _ = run(capsys, city, *options, "--json")
    assert json.loads(said)["why_not"]["words"] == sentence


def test_explaining_a_stranger_is_told_before_the_work(
    city: Path, tmp_path: Path, answers: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    other = write(tmp_path / "other.json", replace(CITY, people=(*CITY.people, replace(CITY.people[3], id="新人"))))
    code, said, told = run(capsys, city, other, "--out", tmp_path / "o", "--explain", "新人", "审计局局长")
    assert (code, len(answers["asked"])) == (2, 1)
    assert told == f"quanheng: {city} 里没有“新人”这个人。请核对 --explain、--pin、--forbid 的写法。\n"
    assert said.startswith("other\n")
    code, said, _ = run(capsys, city, "--out", tmp_path / "o", "--explain", "祝余", "无此岗", "--json")
    assert (code, json.loads(said)["refused"]) == (2, "unknown-post")


def test_progress_tells_value_and_bound(
    city: Path, tmp_path: Path, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(plan_problems, "progress", lines.append)
    for result in (RESULTS[0], RESULTS[3], RESULTS[5], Result(Status.UNKNOWN)):
        answers["result"] = result
        main(["plan", str(city), "--out", str(tmp_path / "o")])
    value = RESULTS[0].value
    assert [line for line in lines if "准备" not in line] == [
        f"city：最好 {value}，上限 {value}，差 0 %…",
        f"city：最好 {value}，上限 {(value or 0) + 5}，差 21.74 %…",
        "city：还没有方案，上限 77…",
        "city：还没有方案…",
    ]


# --- wrong use


def test_two_problems_of_one_name(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "b").mkdir()
    second = write(tmp_path / "b/city.json", CITY)
    code, said, told = run(capsys, city, second, "--out", tmp_path / "o")
    words = f"quanheng: {city} 和 {second} 会写成同一个文件 city.plan.json。请改名，或分两次运行。\n"
    assert (code, said, told) == (2, "", words)
    assert not (tmp_path / "o").exists()


def test_files_and_folders_that_cannot_be(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, told = run(capsys, city, tmp_path / "none.json", "--out", tmp_path / "o")
    assert (code, told.startswith(f"quanheng: {tmp_path / 'none.json'}：")) == (2, True)
    code, _, told = run(capsys, city, "--out", city)
    assert (code, told) == (2, f"quanheng: {city} 已经是一个文件，不能作文件夹。请换一个名字。\n")
    code, _, told = run(capsys, city, "--out", "/proc/nowhere")
    assert (code, told.startswith("quanheng: 写不进文件夹 /proc/nowhere（")) == (2, True)
    assert not (tmp_path / "o").exists()


def test_a_folder_that_cannot_be_written_is_known_before_the_work(
    city: Path, tmp_path: Path, answers: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    assert main(["plan", str(city), "--out", str(tmp_path)]) == 2
    assert answers["asked"] == []


def test_a_plan_is_never_written_over_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = write(tmp_path / "a.json", CITY), write(tmp_path / "a.plan.json", CITY)
    before = second.read_bytes()
    code, _, told = run(capsys, first, second, "--out", tmp_path)
    assert (code, told) == (2, f"quanheng: 方案会写到输入文件 {second} 上。请换一个文件夹。\n")
    assert second.read_bytes() == before


@pytest.mark.parametrize(
    "options",
    [[], ["a.json"], ["--out", "o"], ["a.json", "--out", "o", "--seconds", "-1"],
     ["a.json", "--out", "o", "--seconds", "nan"], ["a.json", "--out", "o", "--seconds", "soon"],
     ["a.json", "--out", "o", "--explain", "x"], ["a.json", "--out", "o", "--alternatives", "99"],
     ["a.json", "--out", "o", "--alternatives", "-1"], ["workbook", "--out", "o"], ["template"]],
)  # fmt: skip
def test_options_that_cannot_be(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plan", *options])
    assert ended.value.code == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", ["plan", "plan workbook", "plan template"])
def test_help_of_each(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words.split(), "--help"])
    said = capsys.readouterr().out
    assert (ended.value.code, said.startswith(f"usage: quanheng {words} [-h]")) == (0, True)
    assert "--json" in said


# --- killed

KILLED = """
import os, signal, sys
from pathlib import Path
from quanheng.cli import files, main
class Cut:
    def __init__(self, file): self.file = file
    def __enter__(self): return self
    def __exit__(self, *_): self.file.close()
    def write(self, content):
        self.file.write(content[:len(content) // 2]); self.file.flush(); os.kill(os.getpid(), signal.SIGKILL)
opened = os.fdopen
if sys.argv[1] == "writing":
    os.fdopen = lambda number, mode: Cut(opened(number, mode))
else:
    Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
main(["plan", sys.argv[2], "--out", sys.argv[3], "--seconds", "5"])
"""


@pytest.mark.parametrize(
    ("moment", "old", "is_valid"),
    [
        ("writing", '{"old": true}', False),
        ("moving", None, False),
        pytest.param("writing", None, True, marks=pytest.mark.slow),  # the solvers take seconds to load
        pytest.param("moving", '{"old": true}', True, marks=pytest.mark.slow),
    ],
)
def test_killed_it_leaves_no_half_written_plan(
    moment: str, old: str | None, is_valid: bool, city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_valid:
        city.write_text('{"version": 1}', encoding="utf-8")
    out = tmp_path / "o"
    out.mkdir()
    if old:
        (out / "city.plan.json").write_text(old, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", KILLED, moment, city, out], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = {path.name: path.read_text(encoding="utf-8") for path in out.glob("*.json") if path.name[0] != "."}
    assert left == ({"city.plan.json": old} if old else {})
    monkeypatch.setattr(ground, "solved", solved_by_oracle)
    assert main(["plan", str(city), "--out", str(out)]) == (0 if is_valid else 2)
    assert [path.name for path in out.iterdir()] == ["city.plan.json"]  # the draft of the killed run is gone too


@pytest.mark.parametrize(
    ("run", "names"),
    [
        ("parser()", ("ortools", "highspy", "numpy", "scipy", "jsonschema", "openpyxl", "django")),
        ("main(['plan', 'template', '/dev/null'])", ("ortools", "highspy", "scipy", "jsonschema", "django")),
    ],
)
def test_solvers_load_only_when_a_plan_is_sought(run: str, names: tuple[str, ...]) -> None:
    code = f"import sys; from quanheng.cli import main, parser; {run}; print([n for n in {names} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


# --- the engine through the command


def test_a_tenth_of_a_second_still_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan with its gap, or none found yet with its bound; never nothing."""
    code, said, _ = run(capsys, DATA / "s20.json", "--seconds", "0.1", "--out", tmp_path, "--json")
    found = plan_of(tmp_path / "s20.plan.json")
    assert code in (3, 5)
    assert found.bound is not None
    assert found.bound >= 20009
    assert (found.value is None) is (code == 5)
    assert json.loads(said)["sentence"].startswith(
        "当前最好" if code == 3 else "还没有找到方案，任何方案的价值都不超过"
    )


@pytest.mark.slow
def test_the_city_is_proved_and_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--seconds", "60", "--alternatives", "1", "--explain", "c13", "p0", "--picture")
    code, said, _ = run(capsys, DATA / "s20.json", *options, "--out", tmp_path)
    found = plan_of(tmp_path / "s20.plan.json")
    assert (code, found.value, found.bound, len(found.alternatives)) == (0, 20009, 20009, 1)
    assert found.alternatives[0].value <= 20009
    assert "备选 1 · 价值 " in said
    assert "为什么不是 c13 → p0：" in said
    assert (tmp_path / "s20.plan.svg").read_bytes().startswith(b"<svg ")


def test_stopped_by_hand_it_ends_without_a_plan(
    city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> Result:
        raise KeyboardInterrupt

    monkeypatch.setattr(ground, "solved", stop)
    assert run(capsys, city, "--out", tmp_path / "o") == (1, "", "")
    assert list((tmp_path / "o").iterdir()) == []
