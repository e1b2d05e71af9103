"""One value in every spelling that leaves no doubt, and what is none."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from quanheng.rulebook import given_values
from quanheng.rulebook.situation import Bounded
from quanheng.rulebook.strict_yaml import read

CODES = ("8（3）", "参考人选（差额）", "健康原因>=12个月不能履职", "警告")


def written(text: str) -> Any:
    return read(f"a: {text}\n", "x.yaml", by_hand=True)["a"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2025-06-01", date(2025, 6, 1)),
        ("'2025-06-01'", date(2025, 6, 1)),
        ("'2025-02-29'", None),
        ("20250601", None),
        ("'20250601'", None),
        ("2025-06", None),
        ("soon", None),
    ],
)
def test_a_day(text: str, meant: date | None) -> None:
    assert given_values.day(written(text)) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [("true", True), ("True", True), ("yes", True), ("是", True), ("FALSE", False), ("no", False), ("否", False)]
    + [("1", None), ("maybe", None), ("[]", None)],
)
def test_a_truth(text: str, meant: bool | None) -> None:
    assert given_values.truth(written(text)) is meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3", 3),
        ("-6", -6),
        ("'9'", 9),
        ("6.5", Fraction(13, 2)),
        ("9.0", 9),
        ("13/2", Fraction(13, 2)),
        ("20%", Fraction(1, 5)),
        ("{at_least: 2, at_most: 3}", Bounded(2, 3)),
        ("{at_least: 5.5}", Bounded(Fraction(11, 2), None)),
        ("{at_most: 3}", Bounded(None, 3)),
        ("{at_least: 4, at_most: 3}", None),
        ("{at_least: many}", None),
        ("{at_least: {at_least: 2}}", None),
        ("{min: 3}", None),
        ("true", None),
        ("many", None),
        ("2025-06-01", None),
        ("1/0", None),
    ],
)
def test_a_number(text: str, meant: object) -> None:
    found = given_values.number(written(text))
    assert found == meant
    assert type(found) is type(meant)


@pytest.mark.parametrize(
    ("text", "meant"), [("乡长", "乡长"), ("7", "7"), ("2025-06-01", "2025-06-01"), ("true", None), ("[乡长]", None)]
)
def test_a_text(text: str, meant: str | None) -> None:
    assert given_values.text(written(text)) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("8（3）", "8（3）"),
        ("8(3)", "8（3）"),
        ("8 (3)", "8（3）"),
        ("参考人选(差额)", "参考人选（差额）"),
        ("健康原因 >= 12个月不能履职", "健康原因>=12个月不能履职"),
        ("8(5)", "8(5)"),
        ("党内警告", "党内警告"),
        ("8", None),
    ],
)
def test_a_code(text: str, meant: str | None) -> None:
    """What is no code is handed back as it is: who asks tells which are known."""
    assert given_values.code(written(text), CODES) == meant
