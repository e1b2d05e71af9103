"""Mistakes in a file of situations: all of them are told at once, and what cannot be is refused."""

from fractions import Fraction

import pytest

from quanheng.rulebook import given_values
from quanheng.rulebook.book import load
from quanheng.rulebook.checking import check, load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situation import Bounded, Raw
from quanheng.rulebook.situations import CannotReadSituation, Case, read_situations

MANY = """
cases:
- id: A
  on: 2025-01-01
  switches: {SW-RUOND: floor, SW-ROUND: down}
  subject:
    person.brith: 1980-01-01
    posts: [{begin: 2020-01-01, level: 副处}, {start: 2024-01-01, end: 2023-12-31}]
  expect:
  - {rule: SAN-PTY-Q, outcome: MET}
  - {rule: SAN-PTY-W}
- id: B
  subject: {}
- 3
"""


def cases(text: str) -> tuple[Case, ...]:
    return read_situations(text, "c.yaml", load(), load_facts())


def refused(text: str) -> list[tuple[str, object, object]]:
    """(code, line, place) of each mistake, in the order in which they are told."""
    with pytest.raises(CannotReadSituation) as found:
        cases(text)
    last = found.value
    return [(each.code, each.facts["line"], each.facts["place"]) for each in (*last.earlier, last)]


def of(facts: str) -> list[tuple[str, object, object]]:
    return refused(f"cases: [{{id: X, on: 2025-06-01, {facts}}}]")


def test_all_mistakes_of_a_file_are_told_by_their_lines() -> None:
    assert refused(MANY) == [
        ("not-a-mapping", 1, "-"),
        ("unknown-switch", 5, "switches.SW-RUOND"),
        ("unknown-value", 5, "switches.SW-ROUND"),
        ("unknown-fact", 7, "subject.person.brith"),
        ("unknown-field", 8, "subject.posts[0].begin"),
        ("unknown-code", 8, "subject.posts[0].level"),
        ("reversed", 8, "subject.posts[1].end"),
        ("unknown-rule", 10, "expect.SAN-PTY-Q"),
        ("no-outcome", 11, "expect.SAN-PTY-W"),
        ("no-day", 12, "on"),
    ]


def test_each_mistake_is_told_once_where_facts_serve_person_and_case() -> None:
    assert of("subject: {target.level: 副处}") == [("unknown-code", 1, "subject.target.level")]


@pytest.mark.parametrize("text", ["", "# nothing", "cases:", "cases: []", "cases: {}", "case: []", "words"])
def test_a_file_without_a_situation_is_none(text: str) -> None:
    assert refused(text) == [("not-situations", 1, "-")]


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ("case: {members_entitled: -3}", ["wrong-value"]),
        ("case: {members_entitled: 9.5}", ["wrong-value"]),
        ("case: {members_entitled: {at_least: -1}}", ["wrong-value"]),
        ("subject: {grades: [{year: 24}]}", ["wrong-value"]),
        ("subject: {attendance_years: [{year: 2024, leave_months: -1}]}", ["wrong-value"]),
        ("subject: {posts: [{start: 2024-01-02, end: 2024-01-01}]}", ["reversed"]),
        ("subject: {mentor_links: [{since: 2024-01-02, until: 2024-01-01}]}", ["reversed"]),
        ("signed: some", ["not-a-list"]),
        ("calendar: {holidays: [2027-10-01], workdays: [2027-10-01]}", ["not-a-calendar"]),
    ],
)
def test_what_cannot_be_is_refused(facts: str, codes: list[str]) -> None:
    assert [code for code, *_ in of(facts)] == codes


def test_what_can_be_is_read() -> None:
    text = """
    cases: [{id: X, on: 2025-06-01, case: {members_entitled: 0}, subject: {
      posts: [{start: 2024-01-01, end: 2024-01-01}], attendance_years: [{year: 2024, leave_months: 6.5}],
      training_duties: [{duty: 晋升领导职务, appointed: 2025-01-10, completed: 2024-12-01}]}}]
    """
    (case,) = cases(text)
    assert case.whole.facts["case.members_entitled"] == 0
    assert case.subjects[""].facts.keys() >= {"posts", "attendance_years", "training_duties"}


@pytest.mark.parametrize(
    ("made", "unit", "is_right"),
    [
        (0, "count", True),
        (-1, "count", False),
        (Fraction(3, 2), "count", False),
        (Bounded(None, 3), "count", True),
        (Bounded(1, Fraction(7, 2)), "count", False),
        (1900, "year", True),
        (1899, "year", False),
        (2999, "year", True),
        (3000, "year", False),
        (Fraction(13, 2), "months", True),
        (Fraction(-1, 2), "hours", False),
        (-5, "", True),  # levels may go down
        (True, "count", True),
        ("甲", "", True),
    ],
)
def test_a_number_is_one_of_its_unit(made: Raw, unit: str, is_right: bool) -> None:
    assert given_values.is_of_unit(made, unit) is is_right


def differences(on: str, rule: str, outcome: str) -> list[str]:
    found = cases(f"cases: [{{id: X, on: {on}, subject: {{}}, expect: {{rule: {rule}, outcome: {outcome}}}}}]")
    (report,) = check(found, load(), load_rules(), load_facts())
    return [each.why for each in report.differences]


@pytest.mark.parametrize(
    ("on", "rule", "why"),
    [
        ("2019-03-03", "SEL14-EXCL-24-2", "not-in-force"),
        ("2019-03-02", "SEL-EXCL-24-3", "not-in-force"),
        ("2025-06-01", "YNG-THIRD", "not-switched-on"),
    ],
)
def test_a_rule_that_does_not_run_does_not_apply(on: str, rule: str, why: str) -> None:
    assert differences(on, rule, "NOT_APPLICABLE") == []
    assert differences(on, rule, "MET") == [why]


def test_a_rule_that_is_only_text_is_no_rule_that_does_not_apply() -> None:
    assert differences("2025-06-01", "REP-15", "NOT_APPLICABLE") == ["not-encoded"]


@pytest.mark.parametrize(
    ("switch", "written", "value"),
    [
        ("SW-ROUND", "half_up", "half_up"),
        ("SW-ROUND", "half-up", "half_up"),
        ("SW-PUB-DAY", "yes", "same_day"),
        ("SW-PUB-DAY", "no", "next_day"),
        ("SW-PROBTENURE", "no", "does_not_count"),
        ("SW-RNK-WINDOW", "不含任职当年", "exclude_year_of_appointment"),
        ("SW-RNK-WINDOW", "include year of appointment", "include_year_of_appointment"),
    ],
)
def test_a_reading_is_named_by_its_code_or_its_words(switch: str, written: str, value: str) -> None:
    (made,) = cases(f"cases: [{{id: X, on: 2025-06-01, switches: {{{switch}: {written}}}, subject: {{}}}}]")
    assert made.whole.switches[switch] == value


@pytest.mark.parametrize(
    ("written", "kind", "system"),
    [
        ("kind: 党内警告", "警告", "党纪"),
        ("kind: 党内严重警告", "严重警告", "党纪"),
        ("kind: 政务警告", "警告", "政务"),
        ("kind: 行政记过", "记过", "政务"),
        ("kind: 撤销党内职务", "撤销党内职务", "党纪"),
    ],
)
def test_a_sanction_may_be_said_with_its_system(written: str, kind: str, system: str) -> None:
    text = f"cases: [{{id: X, on: 2025-06-01, subject: {{sanctions: [{{{written}, effective: 2024-09-10}}]}}}}]"
    (made,) = cases(text)
    found = made.subjects[""].facts["sanctions"]
    assert isinstance(found, tuple)
    assert (found[0].values["kind"], found[0].values["system"]) == (kind, system)


@pytest.mark.parametrize("written", ["kind: 党内训诫", "kind: 党内警告, system: 政务"])
def test_a_sanction_that_there_is_not(written: str) -> None:
    with pytest.raises(CannotReadSituation) as refused:
        cases(f"cases: [{{id: X, on: 2025-06-01, subject: {{sanctions: [{{{written}, effective: 2024-09-10}}]}}}}]")
    assert (refused.value.code, refused.value.facts["place"]) == ("unknown-code", "subject.sanctions[0].kind")


def test_spaces_around_a_text_are_no_part_of_it() -> None:
    (made,) = cases("cases: [{id: X, on: 2025-06-01, subject: {growth_place: ' 东山县 '}}]")
    assert made.subjects[""].facts["person.growth_place"] == "东山县"
