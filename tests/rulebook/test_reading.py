"""Instruments and switches out of YAML: what is read, and what is refused with its place, what is written, and why."""

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.fields import CannotReadInstrument, Fields, is_name, ratio, shown
from quanheng.rulebook.instrument import (
    Begin,
    Check,
    Citation,
    Expression,
    InForce,
    InstrumentKind,
    InstrumentStatus,
    OnFail,
    Parameter,
    RuleKind,
    SeenVersion,
    State,
    Unit,
    Words,
)
from quanheng.rulebook.reading import read_folder, read_instrument, read_switches
from quanheng.rulebook.strict_yaml import CannotReadYaml, read
from tests.rulebook.instrument_text import added, changed, instrument, rule, text


def refusal(written: str, file: str = "A2019.yaml") -> CannotReadInstrument:
    with pytest.raises(CannotReadInstrument) as refused:
        read_instrument(written, file)
    assert set(refused.value.facts) == {"file", "line", "rule", "field", "what", "why"}
    assert refused.value.facts["file"] == file
    return refused.value


def place(refused: CannotReadInstrument) -> tuple[str, object, object, object]:
    return refused.code, refused.facts["line"], refused.facts["rule"], refused.facts["field"]


def test_an_instrument_is_read() -> None:
    one = instrument()
    assert (one.code, one.file, one.title) == ("A2019", "A2019.yaml", Words("试行规定", "Trial provisions"))
    assert (one.kind, one.status) == (InstrumentKind.PROVISIONS, InstrumentStatus.IN_FORCE)
    assert (one.issuer, one.number, one.seen, one.note, one.status_note) == ("中共中央", None, "P1", "", "")
    assert one.in_force == InForce(date(2019, 3, 3))


def test_a_rule_is_read() -> None:
    (one,) = instrument().rules
    assert (one.id, one.instrument, one.file, one.line) == ("SEL-A", "A2019", "A2019.yaml", 10)
    assert (one.title, one.text) == (Words("年限", "Years"), Words("须满五年", "At least five years"))
    assert (one.article, one.is_article_verified, one.citation) == ("8(1)", True, "A2019 8(1)")
    assert (one.kind, one.check, one.on_fail) == (RuleKind.ELIGIBILITY, Check.COMPUTED, OnFail.BLOCK)
    assert (one.is_verified, one.seen_version, one.basis) == (True, SeenVersion.CURRENT, "P1")
    assert (one.state, one.subject, one.evidence) == (State.NOT_YET_COMPUTED, "leading_cadre", ("posts.level",))
    assert one.parameters == (Parameter("min_years", 5, Unit.YEARS, Citation("A2019", "8(1)"), True),)
    assert list(one.expressions()) == []
    assert (one.family, one.is_local) == ("SEL", False)


def test_a_rule_may_cite_others_and_name_what_bears_on_it() -> None:
    more = "also: [B2018 45, C2016]\nwaiver: never\nsee: [SEL-B]\nswitches: [SW-ROUND]\nreplaces: SEL-0\nnote: a note\n"
    (one,) = read_instrument(added(more), "A2019.yaml").rules
    assert one.citations == (Citation("A2019", "8(1)"), Citation("B2018", "45"), Citation("C2016"))
    assert one.citation == "A2019 8(1); B2018 45; C2016"
    assert (one.waiver, one.see, one.switches, one.replaces, one.note) == (
        "never",
        ("SEL-B",),
        ("SW-ROUND",),
        "SEL-0",
        "a note",
    )


def encoded(lines: str) -> str:
    return added(lines).replace("state: not_yet_computed", "state: encoded")


def test_expressions_are_kept_as_text_with_their_lines() -> None:
    lines = """applies: target.kind == "post"
each: recommendations
when_none: met
requires: >-
  reached(held_since(posts, level == "乡科级正职")
  + years(param.min_years))
person_decides: unless_failed
numbers:
  months: months_between(start, on)
  need: 36
dates:
  earliest: start + years(3)"""
    (one,) = read_instrument(encoded(lines), "A2019.yaml").rules
    assert one.requires == Expression(
        'reached(held_since(posts, level == "乡科级正职") + years(param.min_years))', "A2019.yaml", 30
    )
    assert [(name, each.text, each.line) for name, each in one.expressions() if name != "requires"] == [
        ("applies", 'target.kind == "post"', 27),
        ("each", "recommendations", 28),
        ("person_decides", "unless_failed", 33),
        ("numbers.months", "months_between(start, on)", 35),
        ("numbers.need", "36", 36),
        ("dates.earliest", "start + years(3)", 38),
    ]
    assert (one.state, one.when_none) == (State.ENCODED, "met")


def test_a_truth_is_an_expression() -> None:
    (one,) = read_instrument(encoded("requires: true"), "A2019.yaml").rules
    assert one.requires == Expression("True", "A2019.yaml", 27)


@pytest.mark.parametrize(
    ("written", "begin", "end"),
    [
        ("{from: configured, until: null}", Begin.CONFIGURED, None),
        ("{from: unknown}", Begin.UNKNOWN, None),
        ("{from: unknown, until: 2019-03-03}", Begin.UNKNOWN, date(2019, 3, 3)),
    ],
)
def test_a_begin_may_be_unknown_or_set_locally(written: str, begin: Begin, end: date | None) -> None:
    whole = text().replace("{from: 2019-03-03, until: null}", written)
    (one,) = read_instrument(whole, "A2019.yaml").rules
    assert one.in_force == InForce(None, end, begin)
    assert one.is_local is (begin is Begin.CONFIGURED)
    assert one.in_force.contains(date(1999, 1, 1))


PARAMETER = "{value: 5, unit: years, article: 8(1), seen: true}"


def parameter(written: str) -> Parameter:
    (one,) = read_instrument(changed(PARAMETER, written), "A2019.yaml").rules
    return one.parameter("min_years")


@pytest.mark.parametrize(
    ("written", "unit", "meant"),
    [
        ("5", "years", 5),
        ("-6", "months", -6),
        ("0", "count", 0),
        ("20%", "ratio", Fraction(1, 5)),
        ("2/3", "ratio", Fraction(2, 3)),
        ("1", "ratio", Fraction(1)),
        ("0", "ratio", Fraction(0)),
        ("true", "truth", True),
        ("县处级副职", "code", "县处级副职"),
        ("[优秀, 称职]", "codes", ("优秀", "称职")),
        ("见正文", "text", "见正文"),
        (
            "[{of: 甲, max: 20%, seen: true, n: 3}]",
            "table",
            ({"of": "甲", "max": Fraction(1, 5), "seen": True, "n": 3},),
        ),
        ("local", "hours", None),
        ("local", "ratio", None),
    ],
)
def test_values_follow_their_unit(written: str, unit: str, meant: object) -> None:
    found = parameter(f"{{value: {written}, unit: {unit}, article: 8(1), seen: true}}")
    assert (found.value, found.unit) == (meant, Unit(unit))
    assert found.is_local is (meant is None)


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("五", "years"),
        ("true", "years"),
        ("[5]", "months"),
        ("null", "days"),
        ("5/0", "ratio"),
        ("-1/5", "ratio"),
        ("1.5%", "ratio"),
        ("true", "ratio"),
        ("1", "truth"),
        ("yes", "truth"),
        ("5", "code"),
        ('" "', "code"),
        ("[]", "codes"),
        ("[1, 2]", "codes"),
        ("[优秀, 优秀]", "codes"),
        ("优秀", "codes"),
        ("[]", "table"),
        ("[1]", "table"),
        ("[{}]", "table"),
        ("[{a: 1}, {b: 1}]", "table"),
        ("[{a: null}]", "table"),
        ("[{a: [1]}]", "table"),
    ],
)
def test_values_that_are_not_of_their_unit_are_refused(written: str, unit: str) -> None:
    refused = refusal(changed(PARAMETER, f"{{value: {written}, unit: {unit}, article: 8(1), seen: true}}"))
    assert place(refused) == ("not-of-unit", 19, "SEL-A", "parameters.min_years.value")
    assert unit in str(refused.facts["why"])


def test_a_parameter_may_stand_in_another_instrument_or_without_a_number() -> None:
    other = parameter("{value: 3, unit: years, instrument: DZ2017, article: 27, seen: false, note: 县级委员}")
    assert (str(other.citation), other.is_seen, other.note) == ("DZ2017 27", False, "县级委员")
    assert str(parameter("{value: 3, unit: years, article: null, seen: false}").citation) == "A2019"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("instrument: A2019", "instrument: B2019", ("other-name", 1, "-", "instrument")),
        ("kind: provisions", "kind: rule", ("unknown-word", 3, "-", "kind")),
        ("kind: provisions", "kind: [law]", ("not-text", 3, "-", "kind")),
        ("issuer: 中共中央\n", "", ("missing-field", 1, "-", "issuer")),
        ("number: null\n", "", ("missing-field", 1, "-", "number")),
        ("number: null", "number: 5", ("not-text", 5, "-", "number")),
        ("status: in_force", "status: valid", ("unknown-word", 7, "-", "status")),
        ("seen: P1", "seen: P1\nseal: red", ("unknown-field", 9, "-", "seal")),
        ("rules:\n", "rules: none\nx:\n", ("not-a-list", 9, "-", "rules")),
        ("title: {zh: 年限, en: Years}", "title: 年限", ("not-a-mapping", 11, "SEL-A", "title.")),
        ("title: {zh: 年限, en: Years}", "title: {zh: 年限}", ("missing-field", 11, "SEL-A", "title.en")),
        ("title: {zh: 年限, en: Years}", "title: {zh: '', en: Y}", ("not-text", 11, "SEL-A", "title.zh")),
        (
            "title: {zh: 年限, en: Years}",
            "title: {zh: 年限, en: Years, fr: Ans}",
            ("unknown-field", 11, "SEL-A", "title.fr"),
        ),
        ("article: 8(1)\n", "article: true\n", ("not-an-article", 12, "SEL-A", "article")),
        ("article: 8(1)\n", "article: null\n", ("no-article", 13, "SEL-A", "article_verified")),
        ("article_verified: true", "article_verified: yes", ("not-a-truth", 13, "SEL-A", "article_verified")),
        ("    subject: leading_cadre\n", "", ("missing-field", 10, "SEL-A", "subject")),
        ("kind: eligibility", "kind: sanction-effect", ("unknown-word", 15, "SEL-A", "kind")),
        ("text: {zh: 须满五年,", "text: {zh: 5,", ("not-text", 17, "SEL-A", "text.zh")),
        ("min_years: {value", "from: {value", ("not-a-name", 19, "SEL-A", "parameters.from")),
        ("min_years: {value", "minYears: {value", ("not-a-name", 19, "SEL-A", "parameters.minYears")),
        ("unit: years", "unit: year", ("unknown-word", 19, "SEL-A", "parameters.min_years.unit")),
        (", seen: true}", "}", ("missing-field", 19, "SEL-A", "parameters.min_years.seen")),
        ("article: 8(1), ", "", ("missing-field", 19, "SEL-A", "parameters.min_years.article")),
        (", seen: true}", ", seen: true, max: 3}", ("unknown-field", 19, "SEL-A", "parameters.min_years.max")),
        ("evidence: [posts.level]", "evidence: posts.level", ("not-a-list", 20, "SEL-A", "evidence")),
        ("evidence: [posts.level]", "evidence: [a, a]", ("twice", 20, "SEL-A", "evidence")),
        ("evidence: [posts.level]", "evidence: [3]", ("not-text", 20, "SEL-A", "evidence")),
        ("check: computed", "check: auto", ("unknown-word", 21, "SEL-A", "check")),
        ("on_fail: block", "on_fail: stop", ("unknown-word", 22, "SEL-A", "on_fail")),
        ("verified: true\n    seen", "verified: no\n    seen", ("not-a-truth", 23, "SEL-A", "verified")),
        ("seen_version: current", "seen_version: partial", ("missing-field", 10, "SEL-A", "unverified_parts")),
        ("    basis: P1\n", "", ("missing-field", 10, "SEL-A", "basis")),
        ("state: not_yet_computed", "state: done", ("unknown-word", 26, "SEL-A", "state")),
        ("state: not_yet_computed", "state: encoded", ("state-differs", 26, "SEL-A", "state")),
        ("  - id: SEL-A\n    title", "  - title", ("missing-field", 10, "-", "id")),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, expected: tuple[str, int, str, str]) -> None:
    refused = refusal(changed(old, new))
    assert place(refused) == expected
    assert refused.facts["why"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("require: x", ("unknown-field", 27, "SEL-A", "require")),
        ("requires: x", ("state-differs", 26, "SEL-A", "state")),
        ("requires: [x]", ("not-an-expression", 27, "SEL-A", "requires")),
        ("requires: null", ("not-an-expression", 27, "SEL-A", "requires")),
        ("requires: '  '", ("not-an-expression", 27, "SEL-A", "requires")),
        ("numbers: x", ("not-a-mapping", 27, "SEL-A", "numbers.")),
        ("numbers: {Need: 3}", ("not-a-name", 27, "SEL-A", "numbers.Need")),
        ("dates:\n  earliest: 2020-01-01", ("not-an-expression", 28, "SEL-A", "dates.earliest")),
        ("when_none: met", ("state-differs", 27, "SEL-A", "when_none")),
        ("when_none: fine", ("unknown-word", 27, "SEL-A", "when_none")),
        ("also: [[B2018]]", ("not-text", 27, "SEL-A", "also")),
        ("waiver: false", ("not-text", 27, "SEL-A", "waiver")),
    ],
)
def test_further_fields_are_checked_too(lines: str, expected: tuple[str, int, str, str]) -> None:
    assert place(refusal(added(lines))) == expected


def test_the_error_shows_what_is_written() -> None:
    facts = refusal(changed("check: computed", "check: auto")).facts
    assert facts["what"] == "auto"
    assert facts["why"] == "one of computed, assisted, human"


def test_doubles_and_duplicate_keys_do_not_reach_the_rules() -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read_instrument(changed("value: 5", "value: 0.5"), "A2019.yaml")
    assert (refused.value.code, refused.value.facts["line"]) == ("double", 19)
    with pytest.raises(CannotReadYaml) as refused:
        read_instrument(added("check: human"), "A2019.yaml")
    assert (refused.value.code, refused.value.facts["line"]) == ("duplicate-key", 27)


@pytest.mark.parametrize("written", ["", "- 1\n", "text\n", "3\n"])
def test_a_file_is_a_mapping(written: str) -> None:
    assert refusal(written).code == "not-a-mapping"


def test_a_human_rule_may_be_encoded_without_expressions() -> None:
    written = changed("check: computed", "check: human").replace("not_yet_computed", "encoded")
    (one,) = read_instrument(written, "A2019.yaml").rules
    assert (one.state, list(one.expressions())) == (State.ENCODED, [])


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
    instruments, switches, sources = read_folder(tmp_path)
    assert [one.code for one in instruments] == ["A2019", "B2020"]
    assert [one.id for one in switches] == ["SW-A"]
    assert sources == {"P1": "somewhere"}


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


@pytest.mark.parametrize("written", ["", "1/0", "-1", "0.2", "1/3/4", "2/3 of entitled", "%", True, None, "1 / 3"])
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
