"""`quanheng rules facts` and the facts that `show` names: all that somebody needs who writes a situation."""

import json
from pathlib import Path

import pytest

from quanheng.cli import DONE, FINDINGS, main
from quanheng.cli.rules_check import SHAPE
from quanheng.cli.rules_facts import rules_by_fact
from quanheng.rulebook.book import load
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.derived import FACTS, FROM, feeds
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.types import Kind

VOCABULARY = load_facts()


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = DONE) -> str:
    assert main(["rules", *words]) == code
    return capsys.readouterr().out


def test_a_field_that_is_a_code_tells_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "facts", "remedies").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("    step  code of remedy_step"))
    assert lines[at + 1] == "      取值 申请复审、作出复审决定、申请复核、作出复核决定"


def test_every_code_that_a_situation_may_write_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "facts")
    types = [type for fact in VOCABULARY for type in (fact.type, *(field.type for field in fact.fields.values()))]
    lists = {type.of for type in types if type.kind is Kind.CODE}
    assert len(lists) > 50
    assert [name for name in lists if f"取值 {'、'.join(VOCABULARY.codes[name].values)}\n" not in out] == []


def test_codes_of_fields_are_in_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    (fact,) = json.loads(said(capsys, "facts", "votes", "--json"))["facts"]
    assert fact["fields"]["agreed"]["codes"] == []
    (fact,) = json.loads(said(capsys, "facts", "grades", "--json"))["facts"]
    assert fact["fields"]["grade"]["codes"][:2] == ["优秀", "称职"]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("posts.level", ["posts"]),
        ("person.work_start", ["person.work_start"]),
        ("sanction_kind", ["sanctions", "sanction_files"]),
        ("rank_step", ["rank_steps"]),
    ],
)
def test_a_fact_is_found_by_its_name_a_field_or_a_list_of_codes(name: str, facts: list[str]) -> None:
    assert [each.name for each in VOCABULARY.named(name)] == facts


def test_a_name_that_is_nowhere_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "facts", "posts.levle"]) == FINDINGS
    assert "最接近的是：" in capsys.readouterr().err


def test_the_nearest_name_is_found_whatever_its_capitals(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("cases: [{id: X, on: 2025-06-01, expect: [{rule: san-pty-w, outcome: MET}]}]", encoding="utf-8")
    assert main(["rules", "check", str(file)]) == FINDINGS
    assert "最接近的是：SAN-PTY-W" in capsys.readouterr().err


def test_facts_that_only_lead_to_others_name_them_and_their_rules(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "facts", "rank_headcount")
    assert "  由它得出 rank_ceilings\n" in out
    assert "RNK-Q-COUNTY" in out
    used = rules_by_fact(load_rules().values())
    assert used["batch"] == ["YNG-THIRD"]
    assert {"APP-LDR-Q", "APP-EXC-20"} <= set(used["proposed_grades"])
    assert {"SEL-QUAL-08-3b", "EXC-10"} <= set(used["waivers"])
    assert "SEL-EXC-09a" not in used["waivers"]  # never to be waived


def test_what_derived_facts_follow_from_is_declared_and_known() -> None:
    assert set(FROM) == set(FACTS) - {"target.kind"}
    assert {source for sources in FROM.values() for source in sources} <= set(VOCABULARY.facts)
    assert feeds("proposed_grades") == ["group_limits", "case.excellent_proposed"]
    assert feeds("mentor_links") == []


def test_show_names_the_facts_and_what_an_item_is(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "show", "YNG-3TO1").splitlines()
    assert lines[-2:] == ["事实：shortlists", "逐条（item）：shortlists.post（岗位）"]
    lines = said(capsys, "show", "RNK-Q-CITY").splitlines()
    assert lines[-1] == "逐条（item）：rank_ceilings.name（上限名称）"
    assert "rank_headcount" in lines[-2]
    assert "item" not in said(capsys, "show", "SAN-PTY-W")
    assert json.loads(said(capsys, "show", "SAN-PTY-W", "--json"))["facts"] == ["sanctions"]
    assert json.loads(said(capsys, "show", "REP-15", "--json"))["facts"] == []


def test_the_situation_in_the_help_runs(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main(["rules", "check", "--help"])
    assert SHAPE in capsys.readouterr().out
    file = tmp_path / "shape.yaml"
    file.write_text(SHAPE[SHAPE.index("cases:") : SHAPE.index("\nNames and codes")], encoding="utf-8")
    assert "2 项预期；0 例与预期不同" in said(capsys, "check", str(file))


def names(out: str) -> list[str]:
    return [line.split()[0] for line in out.splitlines() if not line.startswith(" ")]


def test_the_facts_of_a_rule_and_of_evidence(capsys: pytest.CaptureFixture[str]) -> None:
    assert names(said(capsys, "facts", "YNG-THIRD")) == ["batch", "case.new_promotions", "case.young_promotions"]
    assert names(said(capsys, "facts", "SAN-PTY-W")) == ["sanctions"]
    assert names(said(capsys, "facts", "kinship.registry")) == ["attendees", "relatives"]
    assert "meeting.signin" in load().evidence
    assert {"attendees", "case.members_present"} <= set(names(said(capsys, "facts", "meeting.signin")))


def test_a_rule_without_facts_has_none_to_print(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "facts", "YNG-OUT"]) == FINDINGS  # people decide, on nothing that is recorded
    assert "YNG-OUT" in capsys.readouterr().err
