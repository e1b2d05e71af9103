"""Periods of rules, switches, sources, and the helpers of reading."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.fields import CannotReadInstrument, Fields, is_name, ratio, shown
from quanheng.rulebook.instrument import InForce, Words
from quanheng.rulebook.reading import meanings, read_folder, read_instrument, read_switches
from quanheng.rulebook.strict_yaml import read
from tests.rulebook.instrument_text import instrument, place, refusal, rule, text

# Periods: half-open, within the instrument, versions apart.


def test_versions_may_touch() -> None:
    one = instrument(rule(end="2021-01-01"), rule(start="2021-01-01"))
    assert [each.in_force for each in one.rules] == [
        InForce(date(2019, 3, 3), date(2021, 1, 1)),
        InForce(date(2021, 1, 1)),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2019-03-03", "2021-01-02"), ("2021-01-01", "null")),
        (("2019-03-03", "null"), ("2021-01-01", "null")),
        (("2021-01-01", "null"), ("2019-03-03", "2021-01-02")),
        (("2019-03-03", "2021-01-01"), ("2019-03-03", "2021-01-01")),
    ],
)
def test_versions_may_not_overlap(first: tuple[str, str], second: tuple[str, str]) -> None:
    refused = refusal(text(rule("SEL-A", *first), rule("SEL-A", *second)))
    assert place(refused) == ("versions-overlap", 27, "SEL-A", "effective")
    assert "line 10" in str(refused.facts["why"])


@pytest.mark.parametrize(
    ("start", "end", "is_within"),
    [
        ("2019-03-03", "2021-01-01", True),
        ("2019-03-04", "2020-12-31", True),
        ("2019-03-02", "2021-01-01", False),
        ("2019-03-03", "2021-01-02", False),
        ("2019-03-03", "null", False),
    ],
)
def test_a_rule_holds_no_longer_than_its_instrument(start: str, end: str, is_within: bool) -> None:
    written = text(rule("SEL-A", start, end), end="2021-01-01")
    if is_within:
        assert len(read_instrument(written, "A2019.yaml").rules) == 1
    else:
        assert place(refusal(written)) == ("outside-instrument", 10, "SEL-A", "effective")


@pytest.mark.parametrize(
    ("written", "code", "field"),
    [
        ("{from: 2019-03-03, until: 2019-03-03}", "empty-period", "effective.until"),
        ("{from: 2019-03-03, until: 2019-03-02}", "empty-period", "effective.until"),
        ("{from: null, until: null}", "not-a-date", "effective.from"),
        ("{from: soon, until: null}", "not-a-date", "effective.from"),
        ("{from: 2019-03-03, until: later}", "not-a-date", "effective.until"),
        ("{until: 2019-03-03}", "missing-field", "effective.from"),
        ("{from: 2019-03-03, to: 2020-01-01}", "unknown-field", "effective.to"),
    ],
)
def test_periods_are_dates_and_hold_a_day(written: str, code: str, field: str) -> None:
    whole = text().replace("    effective: {from: 2019-03-03, until: null}", f"    effective: {written}")
    assert place(refusal(whole)) == (code, 14, "SEL-A", field)


days = st.dates(date(2000, 1, 1), date(2030, 12, 31))


@given(days, days, days)
def test_a_period_is_half_open(one: date, other: date, on: date) -> None:
    start, end = min(one, other), max(one, other)
    assert InForce(start, end).contains(on) is (start <= on < end)
    assert InForce(start).contains(on) is (start <= on)


@given(st.tuples(days, days), st.tuples(days, days))
def test_periods_overlap_where_a_day_is_in_both(one: tuple[date, date], other: tuple[date, date]) -> None:
    first, second = InForce(min(one), max(one)), InForce(min(other), max(other))
    if first.start == first.end or second.start == second.end:
        return
    latest = max(min(one), min(other))
    assert first.overlaps(second) is (first.contains(latest) and second.contains(latest))
    assert first.overlaps(second) is second.overlaps(first)


# Switches and sources.

SWITCH = """\
switches:
  - id: SW-A
    owner: organization_department
    question: {zh: 怎样取整？, en: Rounding}
    default: {value: floor, words: {zh: 舍去, en: down}}
    alternatives:
      - {value: ceil, words: {zh: 进一, en: up}}
    since: 2026-11-20
    why: {zh: 没有规定, en: silent}
"""


def test_a_switch_is_read() -> None:
    (one,) = read_switches(SWITCH)
    assert (one.id, one.owner, one.since) == ("SW-A", "organization_department", date(2026, 11, 20))
    assert (one.values, one.default.words, one.why) == (
        ("floor", "ceil"),
        Words("舍去", "down"),
        Words("没有规定", "silent"),
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("value: ceil", "value: floor", ("twice", 6, "SW-A", "alternatives")),
        ("value: ceil", "value: null", ("not-text", 7, "SW-A", "choice.value")),
        ("value: ceil, ", "", ("missing-field", 7, "SW-A", "choice.value")),
        ("since: 2026-11-20", "since: null", ("not-a-date", 8, "SW-A", "since")),
        ("    since: 2026-11-20\n", "", ("missing-field", 2, "SW-A", "since")),
        (
            "default: {value: floor, words: {zh: 舍去, en: down}}",
            "default: floor",
            ("not-a-mapping", 2, "SW-A", "choice."),
        ),
        ("owner: organization_department", "owner: null", ("not-text", 3, "SW-A", "owner")),
        ("    why", "    whose: ours\n    why", ("unknown-field", 9, "SW-A", "whose")),
    ],
)
def test_a_switch_is_checked(old: str, new: str, expected: tuple[str, int, str, str]) -> None:
    assert SWITCH.count(old) == 1
    with pytest.raises(CannotReadInstrument) as refused:
        read_switches(SWITCH.replace(old, new))
    assert place(refused.value) == expected
    assert refused.value.facts["file"] == "switches.yaml"


def test_a_switch_stands_once() -> None:
    with pytest.raises(CannotReadInstrument) as refused:
        read_switches(SWITCH + SWITCH.removeprefix("switches:\n"))
    assert (refused.value.code, refused.value.facts["what"]) == ("twice", "SW-A")


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for code in ("B2020", "A2019"):
        (tmp_path / f"{code}.yaml").write_text(text(code=code), encoding="utf-8")
    (tmp_path / "switches.yaml").write_text(SWITCH, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("sources: {P1: somewhere}\n", encoding="utf-8")
    (tmp_path / "evidence.yaml").write_text("evidence: {posts.level: 任职层次}\n", encoding="utf-8")
    instruments, switches, sources, evidence = read_folder(tmp_path)
    assert [one.code for one in instruments] == ["A2019", "B2020"]
    assert [one.id for one in switches] == ["SW-A"]
    assert (sources, evidence) == ({"P1": "somewhere"}, {"posts.level": "任职层次"})


@pytest.mark.parametrize(
    ("written", "code", "field"),
    [
        ("sources: {P1: 5}", "not-text", "sources.P1"),
        ("sources: [P1]", "not-a-mapping", "sources."),
        ("source: {P1: x}", "missing-field", "sources"),
        ("sources: {P1: x}\nmore: 1", "unknown-field", "more"),
    ],
)
def test_meanings_are_words(written: str, code: str, field: str) -> None:
    with pytest.raises(CannotReadInstrument) as refused:
        meanings(read(written, "sources.yaml"), "sources.yaml")
    assert (refused.value.code, refused.value.facts["field"]) == (code, field)


# The helpers.


def fields(written: str) -> Fields:
    return Fields(read(written, "x.yaml"), "x.yaml", "R-1", "at.")


def test_fields_are_taken_once_and_the_rest_is_refused() -> None:
    some = fields("a: x\nb: y\n")
    assert some.text("a") == "x"
    with pytest.raises(CannotReadInstrument) as refused:
        some.finish()
    assert refused.value.facts == {
        "file": "x.yaml",
        "line": 2,
        "rule": "R-1",
        "field": "at.b",
        "what": "y",
        "why": "no field of this name is known here",
    }
    assert some.text_or("b") == "y"
    some.finish()


def test_absent_lists_are_empty_and_absent_words_have_a_default() -> None:
    some = fields("a: null\n")
    assert (some.items("b"), some.texts("b"), some.text_or("b", "z"), some.has("a"), some.has("b")) == (
        [],
        (),
        "z",
        False,
        False,
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1/3", Fraction(1, 3)), ("20%", Fraction(1, 5)), ("100%", Fraction(1)), ("0", Fraction(0)), (3, Fraction(3))],
)
def test_ratios_are_exact(written: object, meant: Fraction) -> None:
    assert ratio(written) == meant


@pytest.mark.parametrize(
    "written", ["", "1/0", "1/00", "-1", "0.2", "1/3/4", "2/3 of entitled", "%", True, None, "1 / 3"]
)
def test_what_is_no_ratio(written: Any) -> None:
    assert ratio(written) is None


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_ratio_comes_back(numerator: int, denominator: int) -> None:
    assert ratio(f"{numerator}/{denominator}") == Fraction(numerator, denominator)


@pytest.mark.parametrize(
    ("name", "is_good"),
    [
        ("need", True),
        ("min_years_2", True),
        ("from", False),
        ("class", False),
        ("A", False),
        ("1a", False),
        ("", False),
    ],
)
def test_names_can_be_spoken_of_in_expressions(name: str, is_good: bool) -> None:
    assert is_name(name) is is_good


def test_long_values_are_cut_in_errors() -> None:
    assert shown("字" * 80) == "字" * 80
    assert shown("字" * 81) == "字" * 79 + "…"
