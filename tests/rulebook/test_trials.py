"""Situations that were written from the reference alone, as a stranger to our rules would, and then tried (`trial-*`).

Each kind that the worked cases show: exceptions at their boundary dates, a sanction inside another, party probation,
years that are not counted, quotas with each rounding, quorum and votes, notices over the National Day holiday, kin and
home place at a meeting. `trial-again-*` are those of a second stranger, over all families, `trial-third-*` of a third;
where the text reads two ways, a `note` says how it was read. Only the rules that a file expects are run, so that many
situations cost little.
"""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import Report, check, load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situations import read_situations

FILES = sorted((Path(__file__).parent.parent / "data" / "rulebook").glob("trial-*.yaml"))


@cache
def reports(file: Path) -> tuple[Report, ...]:
    book, vocabulary = load(), load_facts()
    cases = read_situations(file.read_bytes(), file.name, book, vocabulary)
    asked = {expected.rule for case in cases for expected in case.expect}
    rules = {text: rule for text, rule in load_rules().items() if text.id in asked}
    return check(cases, book, rules, vocabulary)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_findings_are_as_a_stranger_expects(file: Path) -> None:
    made = reports(file)
    assert [each for report in made for each in report.differences] == []
    assert all(report.case.expect and report.case.title for report in made)
    assert [id for id, count in Counter(report.case.id for report in made).items() if count > 1] == []


def test_both_sides_are_tried_of_every_kind() -> None:
    """Each file expects that something stands in the way, and that nothing does."""
    for file in FILES:
        outcomes = {expected.outcome for report in reports(file) for expected in report.case.expect}
        assert {"met", "not_met"} <= {each.value for each in outcomes}, file.stem
