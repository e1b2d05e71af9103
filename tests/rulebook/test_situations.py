"""Situations as YAML: what is read, what is refused and where, and how findings differ from what is expected."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.checking import Report, check, load_rules
from quanheng.rulebook.expectations import cites, day_words, is_open, number_words
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.situation import Bounded, Record
from quanheng.rulebook.situations import CannotReadSituation, Case, read_situations
from quanheng.rulebook.types import FIRST, LAST, MOST
from quanheng.rulebook.values import Day, Number, day, exact
from quanheng.rulebook.vocabulary import Scope

WHOLE = """
cases:
  - id: ONE
    title: 一例
    on: 2025-06-01
    switches: {SW-PERIOD-END: day_after}
    calendar: {holidays: [2025-06-02], workdays: [2025-06-07]}
    signed: [SEL-QUAL-08-3b]
    subject:
      work_start: 2008-07-01
      person.birth: null
      target: {kind: post, level: 县处级副职}
      posts:
        - {start: 2023-01-15, end: null, level: 乡科级正职, is_secondment: false}
      training_years:
        - {year: 2024, hours: {at_least: 80, at_most: 96}}
        - {year: 2023, hours: 181/2}
    expect:
      - {rule: SEL-QUAL-08-3b, outcome: NOT_MET, note: 差八个月}
"""


def cases(text: str, on: date | None = None) -> tuple[Case, ...]:
    return read_situations(text, "c.yaml", load(), load_facts(), on)


def reports(text: str) -> tuple[Report, ...]:
    return check(cases(text), load(), load_rules(), load_facts())


def test_a_whole_case() -> None:
    (case,) = cases(WHOLE)
    made = case.subjects[""]
    assert (case.id, case.title, case.on, case.rules_on) == ("ONE", "一例", date(2025, 6, 1), ())
    assert made.switches["SW-PERIOD-END"] == "day_after"
    assert made.switches["SW-ROUND"] == "floor"
    assert made.signed == frozenset({"SEL-QUAL-08-3b"})
    assert made.calendar is not None
    assert made.calendar.is_workday(date(2025, 6, 7)).value
    assert not made.calendar.is_workday(date(2025, 6, 2)).value


POST = {"start": date(2023, 1, 15), "end": None, "level": "乡科级正职", "is_secondment": False}


def test_its_facts() -> None:
    (case,) = cases(WHOLE)
    assert dict(case.subjects[""].facts) == {
        "person.work_start": date(2008, 7, 1),
        "target.kind": "post",
        "target.level": "县处级副职",
        "posts": (
            Record(
                "posts[0]", {"start": date(2023, 1, 15), "end": None, "level": "乡科级正职", "is_secondment": False}
            ),
        ),
        "training_years": (
            Record("training_years[0]", {"year": 2024, "hours": Bounded(80, 96)}),
            Record("training_years[1]", {"year": 2023, "hours": Fraction(181, 2)}),
        ),
        "person.is_retired": False,  # derived: a post is held
        "person.last_promotion": date(2023, 1, 15),  # derived: since then on the level held now
        "target.levels_up": 1,  # derived: from 乡科级正职 to 县处级副职
    }


def test_the_day_may_be_asked_for_from_outside() -> None:
    assert cases(WHOLE, date(2026, 1, 15))[0].subjects[""].on == date(2026, 1, 15)


@pytest.mark.parametrize(("signed", "made"), [("all", None), ("none", frozenset()), ("[SEL-REC-16]", {"SEL-REC-16"})])
def test_who_signed(signed: str, made: Any) -> None:
    text = WHOLE.replace("[SEL-QUAL-08-3b]", signed)
    assert cases(text)[0].subjects[""].signed == made


def test_several_subjects_share_the_facts_of_the_case() -> None:
    text = """
cases:
  - id: TWO
    on: 2025-06-01
    case: {target: {kind: post, level: 县处级副职}}
    subjects:
      甲: {work_start: 2008-07-01}
      乙: {work_start: 2022-07-01, target.level: 县处级正职}
    expect:
      - {rule: SEL-QUAL-08-1a, subject: 甲, outcome: MET, numbers: {have: 16}}
      - {rule: SEL-QUAL-08-1a, subject: 乙, outcome: NOT_MET, dates: {earliest: 2027-07-01}, missing: []}
"""
    (report,) = reports(text)
    assert report.differences == ()
    about = {text.id: rule.about for text, rule in load_rules().items()}
    asked = {(each.subject, about[each.rule] is Scope.CASE) for each in report.findings}
    assert asked == {("甲", False), ("乙", False), ("", True)}  # once of each subject, or once of the case
    assert report.case.subjects["乙"].facts["target.level"] == "县处级正职"


def test_a_case_without_subjects() -> None:
    (report,) = reports("cases: [{id: NONE, on: 2025-06-01}]")
    assert {each.subject for each in report.findings} == {""}
    assert {each.outcome for each in report.findings} <= {Outcome.UNKNOWN, Outcome.NEEDS_PERSON}


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "code", "line", "place", "near"),
    [
        ("[]", "not-situations", 1, "-", ""),
        ("cases: 3", "not-situations", 1, "-", ""),
        ("cases: [3]", "not-a-mapping", 1, "-", ""),
        (changed("on: 2025-06-01", "on: soon"), "no-day", 5, "on", ""),
        (changed("title:", "titel:"), "unknown-field", 4, "titel", "title"),
        (
            changed("SW-PERIOD-END: day", "SW-PERIOD-ENDS: day"),
            "unknown-switch",
            6,
            "switches.SW-PERIOD-ENDS",
            "SW-PERIOD-END",
        ),
        (changed("day_after", "day_afer"), "unknown-value", 6, "switches.SW-PERIOD-END", "day_after"),
        (changed("[2025-06-02]", "[monday]"), "not-days", 7, "calendar.holidays", ""),
        (changed("2025-06-07", "2025-06-02"), "not-a-calendar", 7, "calendar", ""),
        (changed("holidays", "holiday"), "unknown-field", 7, "calendar.holiday", "holidays"),
        (changed("[SEL-QUAL-08-3b]", "[SEL-QUAL-08-3x]"), "unknown-rule", 8, "signed", "SEL-QUAL-08-3b"),
        (changed("[SEL-QUAL-08-3b]", "some"), "not-a-list", 8, "signed", ""),
        (changed("work_start:", "work_started:"), "unknown-fact", 10, "subject.work_started", "person.work_start"),
        (changed("2008-07-01", "16"), "wrong-value", 10, "subject.work_start", ""),
        (changed("kind: post", "kind: posts"), "unknown-code", 12, "subject.target.kind", "post"),
        (changed("person.birth: null", "person.work_start: 2008-07-01"), "twice", 11, "subject.person.work_start", ""),
        (changed("level: 乡科级正职", "lvel: 乡科级正职"), "unknown-field", 14, "subject.posts[0].lvel", "level"),
        (changed("level: 乡科级正职", "level: 乡科正职"), "unknown-code", 14, "subject.posts[0].level", "乡科级正职"),
        (
            changed("is_secondment: false", "is_secondment: 1"),
            "wrong-value",
            14,
            "subject.posts[0].is_secondment",
            "",
        ),
        (changed("at_most: 96", "at_most: many"), "wrong-value", 16, "subject.training_years[0].hours", ""),
        (changed("181/2", "true"), "wrong-value", 17, "subject.training_years[1].hours", ""),
        (changed("    subject:\n", "    subjects: {}\n    subject:\n"), "two-kinds", 9, "subjects", ""),
        (changed("NOT_MET", "FAIL"), "unknown-outcome", 19, "expect.SEL-QUAL-08-3b", ""),
        (changed("{rule: SEL-QUAL-08-3b", "{rule: SEL-QUAL-08-3"), "unknown-rule", 19, "expect.SEL-QUAL-08-3", None),
        (changed("note: 差八个月", "reason: 差八个月"), "unknown-field", 19, "expect.SEL-QUAL-08-3b", ""),
        (changed("note: 差八个月", "consequence: stop"), "unknown-consequence", 19, "expect.SEL-QUAL-08-3b", ""),
        (changed("note: 差八个月", "numbers: 8"), "not-a-mapping", 19, "expect.SEL-QUAL-08-3b.numbers", ""),
        (changed("note: 差八个月", "numbers: {short: eight}"), "wrong-value", 19, "expect.SEL-QUAL-08-3b.numbers", ""),
        (changed("note: 差八个月", "dates: {earliest: soon}"), "wrong-value", 19, "expect.SEL-QUAL-08-3b.dates", ""),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(
    text: str, code: str, line: int, place: str, near: str | None
) -> None:
    with pytest.raises(CannotReadSituation) as refused:
        cases(text)
    facts = refused.value.facts
    assert (refused.value.code, facts["line"], facts["place"]) == (code, line, place)
    assert near in (None, facts["near"])
    assert place in str(refused.value)


def test_records_have_to_be_a_list() -> None:
    with pytest.raises(CannotReadSituation) as refused:
        cases("cases: [{id: X, on: 2025-06-01, subject: {posts: 乡长}}]")
    assert refused.value.code == "not-records"


EXPECT = """
cases:
  - id: X
    on: 2025-06-01
    subject: {target: {kind: post, level: 县处级副职}, posts: [{start: 2023-01-15, level: 乡科级正职}]}
    expect:
      - {rule: SEL-QUAL-08-3b, outcome: NOT_MET}
"""


@pytest.mark.parametrize(
    ("expected", "what", "wanted", "found"),
    [
        ("outcome: MET", "outcome", "MET", "NOT_MET"),
        ("outcome: not_met, consequence: warn", "consequence", "warn", "block"),
        ("outcome: NOT_MET, consequence: none", "consequence", "none", "block"),
        ("outcome: NOT_MET, article: 8(4)", "article", "8(4)", "TJ2019 8(3)"),
        ("outcome: NOT_MET, numbers: {short: 7}", "numbers.short", "7", "8"),
        ("outcome: NOT_MET, numbers: {cap: 7}", "numbers.cap", "7", "none"),
        ("outcome: NOT_MET, dates: {earliest: 2026-01-16}", "dates.earliest", "2026-01-16", "2026-01-15"),
        ("outcome: NOT_MET, dates: {earliest: null}", "dates.earliest", "none", "2026-01-15"),
        ("outcome: NOT_MET, missing: [posts]", "missing", "posts", ""),
        ("outcome: NOT_MET, item: 岗A", "finding", "SEL-QUAL-08-3b · 岗A", "-"),
    ],
)
def test_how_a_finding_differs(expected: str, what: str, wanted: str, found: str) -> None:
    (report,) = reports(EXPECT.replace("outcome: NOT_MET", expected))
    (difference,) = report.differences
    assert (difference.what, difference.wanted, difference.found) == (what, wanted, found)
    assert difference.expected.line == 7


def test_what_is_missing_is_a_list() -> None:
    with pytest.raises(CannotReadSituation) as refused:
        reports(EXPECT.replace("outcome: NOT_MET", "outcome: NOT_MET, missing: posts.level"))
    assert (refused.value.code, refused.value.facts["what"]) == ("not-a-list", "posts.level")
    assert str(refused.value.facts["place"]).endswith("SEL-QUAL-08-3b.missing")


@pytest.mark.parametrize("article", ["TJ2019 8(3)", "8(3)"])
def test_an_article_by_itself_or_with_its_instrument(article: str) -> None:
    (report,) = reports(EXPECT.replace("outcome: NOT_MET", f"outcome: NOT_MET, article: {article}"))
    assert report.differences == ()


def test_one_of_several_citations() -> None:
    assert cites("ZWCF2020 8; GWYF2018 64", "GWYF2018 64")
    assert not cites("ZWCF2020 8; GWYF2018 64", "GWYF2018 6")


@pytest.mark.parametrize(
    ("citation", "article"),
    [
        ("TJ2019 8(3)", "8（3）"),
        ("TJ2019 37", "37(号未核)"),
        ("DJCF2023 10", "DJCF2023 10(号见2018版)"),
        ("ZJ2019 18(1)", "18(1)(号记忆)"),
        ("ZWCF2020 8; GWYF2018 64", "8; GWYF2018 64"),
        ("KH2020", "(号未核)"),
        ("KH2020", "KH2020"),
        ("SEED", "local"),
        ("ZJ2019", "ZJ2019 -"),
    ],
)
def test_an_article_as_the_sources_write_it(citation: str, article: str) -> None:
    assert cites(citation, article)


@pytest.mark.parametrize(
    ("citation", "article"),
    [("TJ2019 37", "38"), ("TJ2019 37", "(号未核)"), ("ZWCF2020 8", "8; GWYF2018 64"), ("KH2020", "25")],
)
def test_another_article(citation: str, article: str) -> None:
    assert not cites(citation, article)


def test_items_are_told_apart() -> None:
    text = """
cases:
  - id: X
    on: 2025-09-15
    subject:
      target: {kind: post}
      recommendations: [{post: 岗A, date: 2024-09-20}, {post: 岗B, date: 2024-09-10}]
    expect:
      - {rule: SEL-REC-16, item: 岗A, outcome: MET, dates: {valid_until: 2025-09-20}}
      - {rule: SEL-REC-16, item: 岗B, outcome: NOT_MET, dates: {valid_until: 2025-09-10}}
      - {rule: SEL-REC-16, outcome: MET}
"""
    (report,) = reports(text)
    (difference,) = report.differences
    assert (difference.expected.item, difference.found) == (None, "NOT_MET")


def test_numbers_and_days_in_words() -> None:
    nothing = frozenset({"a"})
    assert number_words(None) == day_words(None) == day_words(day(LAST)) == "none"
    assert number_words(exact(3)) == "3"
    assert number_words(Number(0, MOST, nothing)) == "0..…"
    assert number_words(Number(-MOST, 3, nothing)) == "…..3"
    assert day_words(Day(FIRST, date(2025, 1, 1), nothing)) == "…..2025-01-01"
    assert is_open(Number(-MOST, MOST, nothing))
    assert is_open(Day(FIRST, LAST, nothing))
    assert not is_open(Day(FIRST, date(2025, 1, 1), nothing))


@pytest.mark.parametrize(("on", "years"), [("2024-12-31", [2023]), ("2025-01-01", [2023, 2024])])
def test_a_year_that_is_not_over_has_no_grade_yet(on: str, years: list[int]) -> None:
    grades = "[{year: 2023, grade: 优秀}, {year: 2024, grade: null}]"
    (case,) = cases(f"cases: [{{id: X, on: {on}, subject: {{grades: {grades}}}}}]")
    found = case.subjects[""].facts["grades"]
    assert isinstance(found, tuple)
    assert [each.values["year"] for each in found] == years


@pytest.mark.parametrize(("other", "told"), [("副职", {"target.kind", "target.role"}), ("正职", {"target.kind"})])
def test_a_case_aims_at_what_all_its_subjects_aim_at(other: str, told: set[str]) -> None:
    two = f"甲: {{target: {{role: 副职}}}}, 乙: {{target: {{role: {other}}}}}"
    (case,) = cases(f"cases: [{{id: X, on: 2025-06-01, subjects: {{{two}}}}}]")
    assert {name for name in case.whole.facts if name.startswith("target.")} == told
