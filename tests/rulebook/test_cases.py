"""The worked situations of `tests/data/rulebook`: every finding is as expected."""

from pathlib import Path

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import check, load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situations import read_situations

FOLDER = Path(__file__).parent.parent / "data" / "rulebook"
FILES = sorted(file for file in FOLDER.glob("*.yaml") if not file.stem.startswith("trial-"))  # those: test_trials


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_findings_are_as_expected(file: Path) -> None:
    book, vocabulary = load(), load_facts()
    cases = read_situations(file.read_bytes(), file.name, book, vocabulary)
    reports = check(cases, book, load_rules(), vocabulary)
    assert [each for report in reports for each in report.differences] == []
    assert all(case.expect for case in cases)
