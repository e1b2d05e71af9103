"""What is signed is what is stored: words that pages better leave every sign-off in force."""

from fractions import Fraction

import pytest

from quanheng.instruments.texts import stored_text
from quanheng.rulebook.instrument import Value


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ("general", "general"),
        (("县处级副职", "县处级正职"), "县处级副职；县处级正职"),
        (({"of": "二级巡视员", "max": Fraction(1, 100), "seen": True},), "of 二级巡视员，max 1%，seen 是"),
        (Fraction(1, 3), "1/3"),
        (5, "5"),
        (False, "否"),
        (None, ""),
    ],
)
def test_a_value_is_signed_as_it_is_stored(value: Value, stored: str) -> None:
    assert stored_text(value) == stored
