"""Instruments and switches out of YAML: what is read, and what is refused with its place, what is written, and why."""

from datetime import date
from fractions import Fraction

import pytest

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
from quanheng.rulebook.reading import read_instrument
from quanheng.rulebook.strict_yaml import CannotReadYaml
from tests.rulebook.instrument_text import added, changed, instrument, place, refusal, text


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
    more = "also: [B2018 45, C2016]\nwaiver: never\nsee: [SEL-B]\nswitches: [SW-ROUND]\nreplaces: SEL-0\n"
    more += "note: {zh: 说明, en: a note}\n"
    (one,) = read_instrument(added(more), "A2019.yaml").rules
    assert one.citations == (Citation("A2019", "8(1)"), Citation("B2018", "45"), Citation("C2016"))
    assert one.citation == "A2019 8(1); B2018 45; C2016"
    assert (one.waiver, one.see, one.switches, one.replaces, one.note) == (
        "never",
        ("SEL-B",),
        ("SW-ROUND",),
        "SEL-0",
        Words("说明", "a note"),
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
