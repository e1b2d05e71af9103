"""YAML means what it says, and what is refused is refused with its line."""

from contextlib import suppress
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.strict_yaml import MAX_BYTES, CannotReadYaml, Lined, read, read_file


def value(written: str) -> Any:
    return read(f"a: {written}\n", "x.yaml")["a"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("off", "off"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-6", -6),
        ("550", 550),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("1/5", "1/5"),
        ("20%", "20%"),
        ("8(1)", "8(1)"),
        ("2019-03-03", date(2019, 3, 3)),
        ("2024-02-29", date(2024, 2, 29)),
        ('"2019-03-03"', "2019-03-03"),
        ('"7"', "7"),
        ("'1.5'", "1.5"),
        ("2019-03-03 10:00", "2019-03-03 10:00"),
        ("2019-03", "2019-03"),
        ("12 个月", "12 个月"),
        ("=", "="),
        ("[1, 二, true]", [1, "二", True]),
        ("[]", []),
    ],
)
def test_scalars_mean_what_is_written(written: str, meant: object) -> None:
    assert value(written) == meant
    assert type(value(written)) is type(meant)


@pytest.mark.parametrize(
    ("written", "code", "what"),
    [
        ("1.5", "double", "1.5"),
        ("-0.2", "double", "-0.2"),
        (".5", "double", ".5"),
        ("5.", "double", "5."),
        ("1e3", "double", "1e3"),
        (".inf", "double", ".inf"),
        ("-.inf", "double", "-.inf"),
        (".nan", "double", ".nan"),
        ("[1, 0.4]", "double", "0.4"),
        ("{max: 0.2}", "double", "0.2"),
        ("2019-02-29", "no-such-date", "2019-02-29"),
        ("2019-13-01", "no-such-date", "2019-13-01"),
        ("2019-3-3", "no-such-date", "2019-3-3"),
        ("!!float 1", "tag", "tag:yaml.org,2002:float"),
        ("!!bool yes", "tag", "tag:yaml.org,2002:bool"),
        ("!!set {a, b}", "tag", "tag:yaml.org,2002:set"),
        ("!!python/object/apply:os.system [ls]", "tag", "tag:yaml.org,2002:python/object/apply:os.system"),
        ("!own x", "tag", "!own"),
        ("{1: x}", "key-not-text", "1"),
        ("{[a]: x}", "key-not-text", "['a']"),
    ],
)
def test_what_is_not_exact_is_refused(written: str, code: str, what: str) -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read(f"b: 1\na: {written}\n", "x.yaml")
    assert refused.value.code == code
    assert refused.value.facts["what"] == what
    assert (refused.value.facts["file"], refused.value.facts["line"]) == ("x.yaml", 2)
    assert refused.value.facts["why"]


def test_a_key_stands_once() -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read("a: 1\nb: 2\na: 3\n", "x.yaml")
    assert refused.value.code == "duplicate-key"
    assert refused.value.facts == {"file": "x.yaml", "line": 3, "what": "a", "why": "written already on line 1"}


def test_a_key_stands_once_in_a_flow_mapping_too() -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read("a: {b: 1, b: 1}\n", "x.yaml")
    assert (refused.value.code, refused.value.facts["line"]) == ("duplicate-key", 1)


def test_aliases_are_refused_so_that_nothing_grows() -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read("a: &x [1]\nb: [*x, *x]\n", "x.yaml")
    assert (refused.value.code, refused.value.facts["line"], refused.value.facts["what"]) == ("alias", 2, "*x")


def test_merge_keys_are_keys_like_others() -> None:
    assert read("a: {<<: 1}\n", "x.yaml") == {"a": {"<<": 1}}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1, 2\nb: 3\n", 2),
        ("a: 1\n b: 2\n", 2),
        ("a: 'x\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\n\tb: 2\n", 2),
        ("a: \x00\n", 1),
    ],
)
def test_text_that_is_no_yaml_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read(text, "x.yaml")
    assert (refused.value.code, refused.value.facts["line"]) == ("not-yaml", line)
    assert refused.value.facts["why"]


def test_bytes_that_are_no_utf8_are_no_yaml() -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read("干部: 1".encode("gb18030"), "x.yaml")
    assert refused.value.code == "not-yaml"


def test_deep_nesting_is_refused_and_does_not_crash() -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read("[" * 20_000, "x.yaml")
    assert refused.value.code == "not-yaml"


def test_a_huge_file_is_not_read() -> None:
    with pytest.raises(CannotReadYaml) as refused:
        read(b"#" * (MAX_BYTES + 1), "x.yaml")
    assert refused.value.code == "too-large"


def test_mappings_know_their_lines() -> None:
    made = read("# a comment\na: 1\nb:\n  c: {d: 2}\n  e:\n    - f: 3\n", "x.yaml")
    assert isinstance(made, Lined)
    assert made == {"a": 1, "b": {"c": {"d": 2}, "e": [{"f": 3}]}}
    assert (made.line, made.lines) == (2, {"a": 2, "b": 3})
    assert (made["b"].line, made["b"].lines) == (4, {"c": 4, "e": 5})
    assert made["b"]["e"][0].line == 6


def test_an_empty_text_is_nothing() -> None:
    assert read("", "x.yaml") is None
    assert read("# only a comment\n", "x.yaml") is None


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("cases:\n  - on: 2025-06-01\n    n: 0.5\n", encoding="utf-8")
    with pytest.raises(CannotReadYaml) as refused:
        read_file(path)
    assert (refused.value.facts["file"], refused.value.facts["line"]) == ("cases.yaml", 3)
    path.write_text("cases:\n  - on: 2025-06-01\n", encoding="utf-8")
    assert read_file(path) == {"cases": [{"on": date(2025, 6, 1)}]}


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "none.yaml")


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_integers_come_back(number: int) -> None:
    assert value(str(number)) == number


@given(st.dates())
def test_dates_come_back(day: date) -> None:
    assert value(day.isoformat()) == day


@given(st.floats(allow_nan=False, allow_infinity=False).map(repr))
def test_no_double_comes_through(written: str) -> None:
    with pytest.raises(CannotReadYaml):
        value(written)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(CannotReadYaml):
        read(text, "x.yaml")


# --- by hand


def by_hand(text: str) -> Any:
    return read(text, "x.yaml", by_hand=True)


@pytest.mark.parametrize(
    ("written", "meant"), [("6.5", "13/2"), ("-0.25", "-1/4"), ("9.0", "9"), ("100.10", "1001/10")]
)
def test_a_decimal_written_by_hand_is_exact(written: str, meant: str) -> None:
    assert by_hand(f"a: {written}\n")["a"] == Fraction(meant)


@pytest.mark.parametrize("written", ["1e3", ".5", "5.", "+6.5", ".inf", ".nan", "1.0e3"])
def test_other_doubles_are_refused_by_hand_too(written: str) -> None:
    with pytest.raises(CannotReadYaml) as refused:
        by_hand(f"a: {written}\n")
    assert refused.value.code == "double"


def test_what_is_alike_is_written_once() -> None:
    found = by_hand("a: &a {x: 1, y: 2}\nb: *a\nc: {<<: *a, y: 3}\nd: {<<: [{y: 4}, *a], z: 5}\n")
    assert found["b"] == {"x": 1, "y": 2}
    assert found["c"] == {"x": 1, "y": 3}
    assert found["d"] == {"x": 1, "y": 4, "z": 5}
    assert found["c"].lines == {"y": 3, "x": 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: *b\n", "not-yaml"),  # never named
        ("a: &a [*a]\n", "not-yaml"),  # within itself
        ("a: {<<: 1}\n", "not-to-merge"),
        ("a: {<<: [1]}\n", "not-to-merge"),
        ("a: !!str 1\n", "tag"),
    ],
)
def test_what_is_refused_by_hand_too(text: str, code: str) -> None:
    with pytest.raises(CannotReadYaml) as refused:
        by_hand(text)
    assert refused.value.code == code
    assert refused.value.facts["line"] == 1


def test_a_merge_in_an_instrument_is_a_key_like_any_other() -> None:
    assert read("a: {<<: 1}\n", "x.yaml")["a"] == {"<<": 1}
