"""What is compared where a situation leaves out the item, the subject or the target."""

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import check, load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situations import read_situations

TWO = "[{candidate: 甲, agreed: 5}, {candidate: 乙, agreed: 4}]"
BOTH = "[{candidate: 甲, agreed: 5}, {candidate: 乙, agreed: 6}]"
ONE_UNKNOWN = "[{candidate: 甲, agreed: 5}, {candidate: 乙}]"


def differing(votes: str, expected: str) -> list[tuple[str, str, str]]:
    text = f"cases: [{{id: X, on: 2025-06-01, case: {{members_entitled: 9, votes: {votes}}}, expect: {{{expected}}}}}]"
    book, vocabulary = load(), load_facts()
    rules = {each: rule for each, rule in load_rules().items() if each.id == "SEL-DEC-37b"}
    (report,) = check(read_situations(text.encode(), "x.yaml", book, vocabulary), book, rules, vocabulary)
    return [(each.what, each.wanted, each.found) for each in report.differences]


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        (TWO, "rule: SEL-DEC-37b, outcome: NOT_MET, numbers: {short: 1}"),
        (TWO, "rule: SEL-DEC-37b, item: 甲, outcome: MET"),
        (BOTH, "rule: SEL-DEC-37b, outcome: MET"),
        (ONE_UNKNOWN, "rule: SEL-DEC-37b, outcome: UNKNOWN"),
    ],
)
def test_a_rule_stands_as_its_worst_finding(votes: str, expected: str) -> None:
    assert differing(votes, expected) == []


@pytest.mark.parametrize(
    ("votes", "expected", "what"),
    [
        (TWO, "outcome: MET", ("outcome", "MET", "NOT_MET")),
        (TWO, "outcome: NOT_MET, numbers: {short: 2}", ("numbers.short", "2", "1")),
        (TWO, "item: 乙, outcome: MET", ("outcome", "MET", "NOT_MET")),
        (BOTH, "outcome: NOT_MET", ("outcome", "NOT_MET", "MET")),
        (ONE_UNKNOWN, "outcome: MET", ("outcome", "MET", "UNKNOWN")),
        (BOTH, "item: 丙, outcome: MET", ("finding", "SEL-DEC-37b · 丙", "-")),
    ],
)
def test_the_worst_finding_differs(votes: str, expected: str, what: tuple[str, str, str]) -> None:
    assert differing(votes, f"rule: SEL-DEC-37b, {expected}") == [what]


SANCTION = "sanctions: [{kind: 严重警告, effective: 2025-01-10}], has_open_case: false"


@pytest.mark.parametrize(
    ("subject", "rule", "outcome"),
    [
        (SANCTION, "SEL-EXCL-24-6", "NOT_MET"),
        (SANCTION, "RNK-BAN", "NOT_MET"),
        (f"target: {{kind: post}}, {SANCTION}", "RNK-BAN", "NOT_APPLICABLE"),
        (f"target: {{rank: 一级主任科员}}, {SANCTION}", "SEL-EXCL-24-6", "NOT_APPLICABLE"),
        (f"target: {{place: 东山县}}, {SANCTION}", "SEL-EXCL-24-6", "UNKNOWN"),  # something is said, but not the kind
        ("work_start: 2008-07-01", "SEL-QUAL-08-1a", "UNKNOWN"),  # for which level, nobody can tell
        ("sanctions: [], work_start: 2008-07-01", "SAN-MAX", "MET"),
    ],
)
def test_who_says_nothing_of_a_target_asks_for_what_the_rule_is_about(subject: str, rule: str, outcome: str) -> None:
    text = f"cases: [{{id: X, on: 2025-06-01, subject: {{{subject}}}, expect: {{rule: {rule}, outcome: {outcome}}}}}]"
    book, vocabulary = load(), load_facts()
    rules = {each: one for each, one in load_rules().items() if each.id == rule}
    (report,) = check(read_situations(text.encode(), "x.yaml", book, vocabulary), book, rules, vocabulary)
    assert report.differences == ()
