"""`quanheng rules list | show | docs`."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from quanheng.cli import DONE, FINDINGS, main
from quanheng.cli import rules as command
from quanheng.cli.rules_words import SENTENCES
from quanheng.rulebook import book as books
from quanheng.rulebook.book import load
from quanheng.rulebook.pages import GENERATED, pages
from quanheng.rulebook.reading import read_instrument
from quanheng.rulebook.words import shipped
from tests.rulebook.instrument_text import added, book, rule


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["rules", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    code, out, _ = run(capsys, "list", *arguments, "--json")
    assert code == DONE
    made = json.loads(out)
    assert made["count"] == len(made["rules"])
    return [one["id"] for one in made["rules"]]


def test_list_shows_every_rule_and_counts_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "list")
    lines = out.splitlines()
    assert (code, err, len(lines), lines[-1]) == (DONE, "", 248, "共 247 条。")
    assert "SEL-QUAL-08-3b  TJ2019 8(3)  计算  已见于转载" in out


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((), 247),
        (("--family", "SEL"), 59),
        (("--family", "sel14"), 1),
        (("--check", "human"), 31),
        (("--check", "assisted"), 30),
        (("--family", "TRM", "--check", "computed"), 4),
        (("--on", "2026-11-21"), 246),
        (("--family", "SEL14", "--on", "2019-03-02"), 1),
        (("--family", "SEL14", "--on", "2019-03-03"), 0),
        (("--family", "SEL", "--on", "2019-03-02"), 3),
    ],
)
def test_list_filters(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], count: int) -> None:
    assert len(listed(capsys, *arguments)) == count


def test_list_of_a_family_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "list", "--family", "none")
    assert (code, out) == (2, "")
    assert err.startswith("quanheng: 没有 NONE 这一类。可用：SEL、SEL14、RNK")


def test_states_share_out_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    encoded, text = (listed(capsys, "--state", state) for state in ("encoded", "not_yet_computed"))
    assert sorted(encoded + text) == sorted(load().ids)


def test_a_rule_of_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "list", "--family", "SEL14", "--json")
    (one,) = json.loads(out)["rules"]
    assert one == {
        "id": "SEL14-EXCL-24-2",
        "family": "SEL14",
        "title": {
            "zh": "旧版：近三年考核基本称职以下",
            "en": "Former version: assessment basically competent or lower in three years",
        },
        "instrument": "TJ2014",
        "article": "24(2)",
        "citation": "TJ2014 24(2)",
        "in_force": {"from": "2014-01-14", "until": "2019-03-03", "begin": "dated"},
        "kind": "eligibility",
        "check": "computed",
        "on_fail": "block",
        "verified": False,
        "article_verified": False,
        "state": load().versions("SEL14-EXCL-24-2")[0].state.value,
    }


def test_show_tells_article_parameters_evidence_and_switches(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "APP-EXC-20")
    assert code == DONE
    for words in (
        "APP-EXC-20  优秀比例  Share of excellent",
        "一般不超应考人数百分之二十，经主管部门同意最多百分之二十五",
        "Normally at most 20 % of those to be assessed",
        "依据：《公务员考核规定（2020修订）》（KH2020）（条号未核对）",
        "施行：2020-12-28 起",
        "种类：比例与职数；对象：公务员",
        "检查：计算；不符时：拦阻",
        "核实：已见于转载（见过现行版本），P26",
        "  max = 20%（KH2020，见过）",
        "  max_with_approval = 25%（KH2020，见过）",
        "证据：参加考核人员名册（assessment.roster）、主管部门同意函（approval.letter）",
        "  SW-ROUND 职数和优秀比例的上限如何取整？默认：舍去小数（floor）",
        "破格：未规定",
    ):
        assert words in out


def test_show_tells_in_chinese_what_was_read(capsys: pytest.CaptureFixture[str]) -> None:
    """The remarks of `basis` are in English; M is from memory."""
    rules = {rule.basis: rule.id for rule in load().texts}
    for basis, words in (("M", "，凭记忆\n"), ("L3 (no number in the law)", "，L3\n"), ("P8 P9", "，P8、P9\n")):
        assert words in run(capsys, "show", rules[basis])[1]


def test_show_picks_the_version_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "show", "SEL-EXCL-24-3", "--on", "2019-03-03")[0] == DONE
    code, out, err = run(capsys, "show", "SEL-EXCL-24-3", "--on", "2019-03-02")
    assert (code, out) == (FINDINGS, "")
    assert err == (
        "quanheng: 规则 SEL-EXCL-24-3 在 2019-03-02 不适用（施行：2019-03-03 – ）。当日适用的是：SEL14-EXCL-24-2。\n"
    )


def test_show_of_an_unknown_rule(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "show", "SEL-NONE")
    assert (code, err) == (FINDINGS, "quanheng: 没有规则 SEL-NONE。quanheng rules list 列出全部。\n")
    code, out, _ = run(capsys, "show", "SEL-NONE", "--json")
    assert code == FINDINGS
    assert json.loads(out)["refused"] == "no-such-rule"


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("show", "SEL-COND-07", "--on", "2019-02-29"),
        ("show", "SEL-COND-07", "--on", "yesterday"),
        ("list", "--check", "auto"),
        ("list", "--state", "done"),
        ("docs",),
        ("nothing",),
        (),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["rules", *arguments])
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def shown(capsys: pytest.CaptureFixture[str], id: str) -> dict[str, Any]:
    code, out, _ = run(capsys, "show", id, "--json")
    assert code == DONE
    return dict(json.loads(out))


def test_show_as_json_keeps_ratios_exact_and_local_values_empty(capsys: pytest.CaptureFixture[str]) -> None:
    one = shown(capsys, "SEL-DEC-37a")
    assert one["parameters"]["quorum"] == {
        "value": "2/3",
        "unit": "ratio",
        "article": "TJ2019 37",
        "seen": True,
        "note": "",
    }
    assert shown(capsys, "TRN-14-4")["parameters"]["hours"]["value"] is None
    assert shown(capsys, "RNK-Q-SUBPROV")["parameters"]["ceilings"]["value"][1] == {
        "of": "一至四级调研员",
        "within": "综合管理类职位数",
        "max": "43/100",
        "seen": True,
    }
    assert shown(capsys, "SEL-PUB-41")["switches"] == {"SW-PUB-DAY": "next_day"}
    assert shown(capsys, "SEL-STEP-09")["citations"] == [
        {"instrument": "TJ2019", "article": "9"},
        {"instrument": "GWYF2018", "article": "45"},
    ]


@pytest.mark.parametrize("id", load().ids)
def test_every_rule_can_be_shown(capsys: pytest.CaptureFixture[str], id: str) -> None:
    assert run(capsys, "show", id)[0] == DONE
    one = shown(capsys, id)
    assert one["id"] == id
    assert set(one["parameters"]) == {each.name for each in load().versions(id)[-1].parameters}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rulebook of two rules, one with expressions."""
    lines = "applies: target.kind == 'post'\nrequires: x\nnumbers: {need: 36, own: 1}\ndates:\n  earliest: y\n"
    lines += "replaces: SEL-B"
    written = added(lines).replace("state: not_yet_computed", "state: encoded")
    former = rule("SEL-B", "2014-01-14", "2019-03-03")
    made = read_instrument(written.replace("from: 2019-03-03", "from: 2014-01-14", 1) + former, "A2019.yaml")
    monkeypatch.setattr(books, "load", lambda: book(made))


@pytest.mark.usefixtures("small")
def test_show_names_expressions_numbers_and_dates(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "show", "SEL-A")
    assert "  applies: target.kind == 'post'\n  requires: x\n  numbers.need: 36\n" in out
    assert "数值：need（须达到）、own\n日期：earliest（最早）\n" in out
    assert "接替：SEL-B" in out
    one = shown(capsys, "SEL-A")
    assert (one["numbers"], one["dates"], one["replaces"]) == (["need", "own"], ["earliest"], "SEL-B")
    assert one["expressions"]["dates.earliest"] == "y"


@pytest.mark.usefixtures("small")
def test_list_by_state(capsys: pytest.CaptureFixture[str]) -> None:
    assert listed(capsys, "--state", "encoded") == ["SEL-A"]
    assert listed(capsys, "--state", "not_yet_computed") == ["SEL-B"]


def test_docs_writes_the_pages(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "deep" / "rules"
    code, said, _ = run(capsys, "docs", "--out", str(out))
    assert (code, said) == (DONE, f"已写入 {out}：41 个文件。\n")
    assert {path.name: path.read_text(encoding="utf-8") for path in out.iterdir()} == pages(load(), shipped())


def test_docs_removes_only_its_own_old_pages(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "OLD1999.md").write_text(GENERATED + "\n# gone\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("# mine\n", encoding="utf-8")
    code, said, _ = run(capsys, "docs", "--out", str(tmp_path), "--json")
    written = sorted(pages(load(), shipped()))
    assert (code, json.loads(said)) == (
        DONE,
        {"folder": str(tmp_path), "written": written, "removed": ["OLD1999.md"]},
    )
    assert not (tmp_path / "OLD1999.md").exists()
    assert (tmp_path / "notes.md").read_text(encoding="utf-8") == "# mine\n"


def test_docs_where_a_file_is_in_the_way(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "rules").write_text("", encoding="utf-8")
    code, _, err = run(capsys, "docs", "--out", str(tmp_path / "rules"))
    assert code == 2
    assert str(tmp_path / "rules") in err


@pytest.mark.parametrize("name", [name for name in command.SIBLINGS if find_spec(name)])
def test_siblings_are_registered_where_they_are_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rules", "--help"])
    assert name.removeprefix("quanheng.cli.rules_") in capsys.readouterr().out


FACTS = dict.fromkeys(("file", "line", "rule", "field", "what", "why", "on", "period", "instead"), "x")
RAISED = re.compile(r'(?:refuse|_of_rule|_wrong|_need|CannotReadInstrument|CannotReadYaml)\(\s*"([a-z-]+)"')


@pytest.mark.parametrize(
    ("name", "files"),
    [("CannotReadYaml", ["strict_yaml.py"]), ("CannotReadInstrument", ["reading.py", "fields.py", "book.py"])],
)
def test_each_refusal_of_a_file_has_a_sentence(name: str, files: list[str]) -> None:
    text = "".join((Path(books.__file__).parent / file).read_text(encoding="utf-8") for file in files)
    assert set(RAISED.findall(text)) == set(SENTENCES[name])


@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_sentences_use_only_facts_that_are_given(name: str) -> None:
    for words in SENTENCES[name].values():
        assert "{" not in words.format(**FACTS)


def test_a_broken_instrument_is_told_as_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "load", lambda: read_instrument(added("require: x"), "A2019.yaml"))
    code, _, err = run(capsys, "list")
    assert code == FINDINGS
    assert err == (
        "quanheng: A2019.yaml 第 27 行，规则 SEL-A，字段 require：不认识这个字段。"
        "写的是“x”（no field of this name is known here）。\n"
    )
