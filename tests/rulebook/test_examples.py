"""The examples of `quanheng/rulebook/examples` hold, and together show every encoded rule of their families.

A file is named after its family, with more after a hyphen (`SEL-INS.yaml` belongs to SEL). Beside `cases` it may hold
`boundary: {RULE: "none, because …"}` for rules whose outcome changes on no date.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import Report, check, load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.instrument import Check
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.rule_examples import Example, cases_in, files, is_boundary
from quanheng.rulebook.situations import CannotReadSituation, read_situations
from quanheng.rulebook.strict_yaml import read_file
from quanheng.rulebook.tree import Call, Function, walk

FILES = files()
FAMILIES = {file.stem.partition("-")[0] for file in FILES}
NONE_BECAUSE = "none, because "
COMPUTED = (Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN)


@cache
def reports(file: Path) -> tuple[Report, ...]:
    return check(cases_in(file), load(), load_rules(), load_facts())


@cache
def examples() -> Mapping[str, list[Example]]:
    """By the id of the rule."""
    found = defaultdict[str, list[Example]](list)
    for file in FILES:
        for report in reports(file):
            for expected in report.case.expect:
                found[expected.rule].append(Example(report.case, expected))
    return found


@cache
def without_boundary() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for file in FILES:
        found |= read_file(file).get("boundary") or {}
    return found


ENCODED = sorted({each.id: each for each in load_rules().values() if each.text.family in FAMILIES}.items())
each_rule = pytest.mark.parametrize("rule", [rule for _, rule in ENCODED], ids=[id for id, _ in ENCODED])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_findings_are_as_expected(file: Path) -> None:
    assert [each for report in reports(file) for each in report.differences] == []
    assert all(report.case.expect for report in reports(file))


def test_cases_of_a_file_have_different_names() -> None:
    names = Counter((file.stem, report.case.id) for file in FILES for report in reports(file))
    assert [name for name, count in names.items() if count > 1] == []


def outcomes(rule: Rule) -> set[Outcome]:
    return {each.expected.outcome for each in examples()[rule.id]}


@each_rule
def test_each_rule_shows_its_outcomes(rule: Rule) -> None:
    """A computed rule that may be left to a person shows that too; the other kinds always end there."""
    match rule.text.check:
        case Check.COMPUTED:
            wanted = {*COMPUTED, *([Outcome.NEEDS_PERSON] if rule.text.person_decides else [])}
        case _:
            wanted = {Outcome.NEEDS_PERSON}
    assert wanted - outcomes(rule) == set()


@each_rule
def test_an_assisted_rule_shows_what_is_prepared(rule: Rule) -> None:
    if rule.text.check is not Check.ASSISTED:
        return
    left_to_people = [one.expected for one in examples()[rule.id] if one.expected.outcome is Outcome.NEEDS_PERSON]
    assert any(each.prepared or each.numbers or each.dates for each in left_to_people)


@each_rule
def test_both_sides_of_the_boundary_date_are_shown(rule: Rule) -> None:
    """Two cases alike but for one date, which lies a day apart, and of different outcome; or the file says why not."""
    if rule.text.check is not Check.COMPUTED:
        return
    if rule.id in without_boundary():
        assert without_boundary()[rule.id].startswith(NONE_BECAUSE)
        assert not names_a_day(rule), "a rule that asks whether a day is reached has a boundary"
    else:
        assert any(is_boundary(one, other) for one in examples()[rule.id] for other in examples()[rule.id])


def names_a_day(rule: Rule) -> bool:
    nodes = [node for root in (rule.applies, rule.requires) for node in walk(root)]
    return any(isinstance(each, Call) and each.function in (Function.REACHED, Function.BEFORE) for each in nodes)


def test_only_rules_that_are_encoded_are_said_to_have_no_boundary() -> None:
    assert set(without_boundary()) - {id for id, _ in ENCODED} == set()


def test_no_rule_of_a_family_is_left_out() -> None:
    """The families of this issue and how many rules each has; those without a file yet are not among `FAMILIES`."""
    rules = {"SEL": 59, "SEL14": 1, "RNK": 24, "SAN": 30, "AVO": 6, "TRM": 4, "EXC": 4, "TRN": 8, "YNG": 6}
    rules |= {"APP": 20, "PMR": 12}
    encoded = Counter(rule.text.family for _, rule in ENCODED)
    assert encoded == {family: rules[family] for family in FAMILIES}


def test_what_is_prepared_is_one_of_the_three_states() -> None:
    text = b"cases: [{id: A, on: 2025-01-01, expect: [{rule: SEL-INS-23, outcome: NEEDS_PERSON, prepared: %s}]}]"
    (case,) = read_situations(text % b"not_met", "x.yaml", load(), load_facts())
    assert case.expect[0].prepared == "not_met"
    with pytest.raises(CannotReadSituation) as refused:
        read_situations(text % b"nearly", "x.yaml", load(), load_facts())
    assert refused.value.code == "unknown-state"
    assert refused.value.facts["expected"] == "not_met, unknown, met"
