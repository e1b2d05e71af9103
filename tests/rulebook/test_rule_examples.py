"""The examples as a page asks for them: those of one rule, with the finding each speaks of, and the boundaries."""

from collections import Counter
from datetime import date

import pytest

from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.rule_examples import boundary_cases, cases_in, examples_of, files, finding_of, is_boundary

RULES = {text.id: rule for text, rule in load_rules().items()}


def test_those_of_one_rule() -> None:
    found = examples_of("SEL-QUAL-08-1a")
    assert {each.expected.rule for each in found} == {"SEL-QUAL-08-1a"}
    outcomes = {each.expected.outcome for each in found}
    assert outcomes == {Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE}
    assert examples_of("SEL-QUAL-08-1") == ()  # the beginning of an id is another id
    assert examples_of("XX-NONE") == ()


def test_together_they_are_all_there_are() -> None:
    by_file = Counter(one.rule for file in files() for case in cases_in(file) for one in case.expect)
    assert by_file == Counter({rule: len(examples_of(rule)) for rule in by_file})
    assert by_file.total() > 800


@pytest.mark.parametrize("rule", ["SEL-QUAL-08-1a", "AVO-KIN", "SAN-ADM-W", "RNK-Q-CITY", "SEL-DEC-34", "APP-EXC-20"])
def test_each_has_the_finding_that_it_speaks_of(rule: str) -> None:
    """Rules about a person, with items, and about a case."""
    for each in examples_of(rule):
        found = finding_of(each, RULES[rule])
        assert found is not None, each.case.id
        assert (found.rule, found.outcome) == (rule, each.expected.outcome)
        assert each.expected.item in (None, found.item)


def test_both_sides_of_a_boundary() -> None:
    found = {each.case.id: each for each in examples_of("SEL-QUAL-08-1b")}
    before, after = found["1b-running-day-before"], found["1b-running-day"]
    assert (before.case.on, after.case.on) == (date(2025, 6, 30), date(2025, 7, 1))
    assert is_boundary(before, after)
    assert not is_boundary(after, before)
    assert not is_boundary(before, found["1b-none"])
    assert boundary_cases(found.values()) == {"1b-running-day-before", "1b-running-day"}
    assert boundary_cases([before, found["1b-none"]]) == frozenset()
