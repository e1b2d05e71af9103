"""`quanheng rules check | facts`: what is printed, the exit codes, and refusals as sentences."""

import json
import re
from pathlib import Path

import pytest

from quanheng.cli import DONE, FINDINGS, WRONG_USE, main, rules_words
from quanheng.cli.rules_check_words import PARSE_ERRORS, SENTENCES, fact_words
from quanheng.rulebook.facts_reading import load_facts

CASE = """
cases:
  - id: X
    title: 一例
    on: 2025-06-01
    subject:
      target: {kind: post, level: 县处级副职}
      posts: [{start: 2023-01-15, level: 乡科级正职, post: 乡长}]
    expect:
      - {rule: SEL-QUAL-08-3b, outcome: NOT_MET, numbers: {short: 8}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "case.yaml"
    made.write_text(CASE, encoding="utf-8")
    return made


def test_findings_are_printed_with_their_reasons(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(file), "--rule", "SEL-QUAL-08-3b"]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "X  一例  2025-06-01"
    assert lines[1] == "  NOT_MET  不符合  SEL-QUAL-08-3b  TJ2019 8(3)  block"
    for part in ("months=28", "need=36", "short=8", "最早 2026-01-15", "posts[0]", "TJ2019 8(3)"):
        assert part in lines[2]
    assert lines[3].endswith("1 项预期；0 例与预期不同。")


def test_one_line_for_each_rule_subject_and_item(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["rules", "check", str(file), "--json"])
    (case,) = json.loads(capsys.readouterr().out)["cases"]
    keys = [(each["rule"], each["subject"], each["item"]) for each in case["findings"]]
    assert len(set(keys)) == len(keys) >= 6


def test_a_difference_is_told_and_is_exit_code_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(CASE.replace("short: 8", "short: 7"), encoding="utf-8")
    assert main(["rules", "check", str(file), "--differences"]) == FINDINGS
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "  ✗ SEL-QUAL-08-3b numbers.short：应为 7，实为 8（第 10 行）"
    assert len(lines) == 3


def test_another_day(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(file), "--on", "2026-01-15", "--differences"]) == FINDINGS
    assert "outcome：应为 NOT_MET，实为 MET" in capsys.readouterr().out


def test_a_finding_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(file), "--json", "--rule", "SEL-QUAL-08-3b"]) == DONE
    (finding,) = json.loads(capsys.readouterr().out)["cases"][0]["findings"]
    assert (finding["outcome"], finding["consequence"], finding["article"]) == ("NOT_MET", "block", "TJ2019 8(3)")
    assert finding["numbers"] == {"months": "28", "need": "36", "short": "8"}
    assert (finding["earliest"], finding["holds"]) == ("2026-01-15", ["2026-01-15", "9999-12-31"])
    assert {"fact": "posts", "value": 1, "records": ["posts[0]"]} in finding["uses"]
    assert {"fact": "target.kind", "value": "post", "records": []} in finding["uses"]
    assert [step["state"] for step in finding["steps"]][-1] == "NOT_MET"


def test_missing_evidence_and_waivers_and_signatures(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waived = "waivers: [{rule: SEL-QUAL-08-3b, granted: 2025-05-01}]\n      posts: ["
    file.write_text(
        CASE.replace("posts: [", waived).replace("on: 2025", "signed: none\n    on: 2025"), encoding="utf-8"
    )
    assert main(["rules", "check", str(file)]) == DONE
    out = capsys.readouterr().out
    assert "SEL-QUAL-08-3b  TJ2019 8(3)  none 破格 waivers[0]" in out
    assert "SEL-QUAL-08-1a  TJ2019 8(1)  warn（未签认）" in out
    assert "缺 person.work_start" in out


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("posts:", "post:", "词汇表里没有这个事实"),
        ("level: 乡科级正职", "level: 乡科正职", "最接近的是：乡科级正职"),
        ("NOT_MET", "FAIL", "没有这种结论"),
        ("2023-01-15", "2023-02-30", "没有 2023-02-30 这一天"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(
    file: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    file.write_text(CASE.replace(old, new), encoding="utf-8")
    assert main(["rules", "check", str(file)]) == FINDINGS
    err = capsys.readouterr().err
    assert words in err
    assert "case.yaml" in err


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(tmp_path / "none.yaml")]) == WRONG_USE
    assert "none.yaml" in capsys.readouterr().err


def test_every_refusal_of_the_parser_has_a_sentence() -> None:
    source = "".join(Path(f"quanheng/rulebook/{name}.py").read_text(encoding="utf-8") for name in ("parse", "calls"))
    for code in PARSE_ERRORS:
        assert f'"{code}"' in source
        assert SENTENCES["CannotParse"][code].format(rule="R", place="p", column=1, what="w", expected="e", near="n")


SOURCES = ("situations", "expectations", "strict_yaml")


def test_every_refusal_of_a_file_of_situations_has_a_sentence() -> None:
    source = "".join(Path(f"quanheng/rulebook/{name}.py").read_text(encoding="utf-8") for name in SOURCES)
    codes = set(re.findall(r'(?:refuse|CannotReadYaml)\(\s*"([a-z-]+)"', source))
    assert len(codes) > 20
    assert codes <= {*SENTENCES["CannotReadSituation"], *rules_words.SENTENCES["CannotReadYaml"]}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("on: 2025-06-01", "on: 2025/06/01", "没有日期，写的是“2025/06/01”，应为 on: 2025-06-01。"),
        ("posts: [", "posts: 乡长 #[", "这个事实由记录组成，写的是“乡长”，应为记录的列表，如 [{名称: 值}]。"),
        ("posts: [{start: 2023-01-15", "posts: [{start: 2023", "写的是“2023”，应为日期，如 2025-06-01。"),
        ("posts: [", "is_party_member: 1\n      posts: [", "写的是“1”，应为 true 或 false。"),
        ("posts: [", "workstart: 1\n      posts: [", "（quanheng rules facts）。最接近的是：person.work_start"),
        ("cases:", "cases: {}\nother:", "这不是情形文件，写的是“{}”，应为 cases: [{id, title, on, subject, expect}]。"),
        (
            "    title: 一例",
            "    switches: {SW-PUB-DAY: weekly}",
            "没有这个取值。写的是“weekly”，应为 next_day, same_day。",
        ),
        ("    title: 一例", "    <<: 1", "<< 之后须是“名称: 值”。"),
    ],
)
def test_what_is_wrong_is_told_with_what_is_right(
    file: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    file.write_text(CASE.replace(old, new), encoding="utf-8")
    assert main(["rules", "check", str(file)]) == FINDINGS
    err = capsys.readouterr().err
    assert words in err
    assert "case.yaml 第 " in err


WHY_NOT = """
cases:
  - id: X
    on: 2025-06-01
    case: {members_entitled: 9, members_present: 6, shortlists: [{post: 岗A, candidates: 3}]}
    rules_on: [YNG-3TO1]
    expect:
"""


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ("rule: REP-15", "REP-15：没有这项结论，这条规则只有文字，尚未编写（第 8 行）"),
        ("rule: YNG-THIRD", "YNG-THIRD：没有这项结论，这条是地方规则，须在 rules_on 中启用（第 8 行）"),
        ("rule: SEL14-EXCL-24-2", "SEL14-EXCL-24-2：没有这项结论，这条规则在该日不施行（第 8 行）"),
        ("rule: YNG-3TO1, item: 岗B", "YNG-3TO1·岗B：没有这项结论；这里有 岗A（第 8 行）"),
        (
            "rule: SEL-DEC-37a, numbers: {cap: 6}",
            "应为 6，实为 none；这里有 quorum、entitled、present、short",
        ),
    ],
)
def test_why_a_finding_is_not_there(file: Path, capsys: pytest.CaptureFixture[str], expected: str, words: str) -> None:
    file.write_text(f"{WHY_NOT}      - {{outcome: MET, {expected}}}\n", encoding="utf-8")
    assert main(["rules", "check", str(file), "--differences"]) == FINDINGS
    assert words in capsys.readouterr().out


def test_a_day_that_is_none(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["rules", "check", str(file), "--on", "2025-02-30"])
    assert refused.value.code == WRONG_USE
    assert "没有 2025-02-30 这一天" in capsys.readouterr().err


def test_the_other_readings_of_a_switch_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "APP-EXC-20"]) == DONE
    assert "其他取值：half_up、ceil" in capsys.readouterr().out


def test_facts_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "facts", "--json"]) == DONE
    facts = {each["name"]: each for each in json.loads(capsys.readouterr().out)["facts"]}
    assert set(facts) == set(load_facts().facts)
    assert facts["target.level"]["codes"][0] == "科员及以下"
    assert facts["posts"]["world"] == "open"
    assert facts["sanctions"]["world"] == "closed"
    assert "SEL-QUAL-08-3b" in facts["posts"]["rules"]
    assert facts["grades"]["fields"]["grade"]["type"] == "code of grade"


def test_one_fact(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "facts", "grades"]) == DONE
    out = capsys.readouterr().out
    assert out.startswith("grades  records  年度考核等次")
    assert "key: year" in out
    assert "SEL-EXCL-24-3" in out


def test_a_fact_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "facts", "gradess"]) == FINDINGS
    assert "grades" in capsys.readouterr().err


def test_values_of_facts() -> None:
    assert (fact_words(None), fact_words(3), fact_words(()), fact_words("x")) == (None, 3, 0, "x")


def test_several_files_are_one_account(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(CASE.replace("short: 8", "short: 7").replace("id: X", "id: Y"), encoding="utf-8")
    assert main(["rules", "check", str(file), str(other), "--differences"]) == FINDINGS
    assert capsys.readouterr().out.splitlines()[-1].endswith("2 项预期；1 例与预期不同。")


def test_a_rule_to_print_that_there_is_not(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(file), "--rule", "SAN-PTY-Q"]) == FINDINGS
    assert "没有规则 SAN-PTY-Q" in capsys.readouterr().err


def test_all_mistakes_are_told_and_not_more_than_a_page(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = "\n".join(f"      wrong_{number}: 1" for number in range(25))
    file.write_text(CASE.replace("      posts:", f"{wrong}\n      posts:"), encoding="utf-8")
    assert main(["rules", "check", str(file)]) == FINDINGS
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 21
    assert (lines[0].startswith("quanheng: case.yaml 第 8 行"), lines[-2]) == (True, "quanheng: 另有 5 处。")
