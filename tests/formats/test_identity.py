from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats import identity

NUMBER = identity.complete("00000019850315001")  # belongs to nobody: there is no region 00


def test_check_character_by_hand() -> None:
    # 7·1 + 9·9 + 10·8 + 5·5 … computed on paper for the digits below
    assert identity.check_digit("11010519491231002") == "X"
    assert identity.check_digit("44052418800101001") == "4"


def test_parts_of_a_number() -> None:
    assert identity.problem(NUMBER) is None
    assert identity.is_valid(NUMBER)
    assert identity.birth_date(NUMBER) == date(1985, 3, 15)
    assert identity.birth_month(NUMBER) == "1985-03"
    assert identity.sex(NUMBER) == "男"
    assert identity.sex(identity.complete("00000019850315002")) == "女"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "identity-form"),
        (NUMBER[:17], "identity-form"),
        (NUMBER[:17] + "A", "identity-form"),
        ("X" + NUMBER[1:], "identity-form"),
        ("٠" * 17 + "0", "identity-form"),
        ("000000850315001", "identity-15"),
        (identity.complete("00000019850230001"), "identity-birth"),
        (NUMBER[:17] + str((int(NUMBER[17]) + 1) % 10), "identity-check"),
    ],
)
def test_what_is_wrong_with_a_number(number: str, code: str) -> None:
    assert identity.problem(number) == code
    assert not identity.is_valid(number)


def test_nothing_is_read_from_other_text() -> None:
    assert (identity.birth_date("x" * 18), identity.birth_month(""), identity.sex("1" * 17)) == (None, None, None)
    assert identity.sex("1" * 16 + "x1") is None


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(first: str, position: int, shift: int) -> None:
    other = str((int(first[position]) + shift) % 10)
    wrong = first[:position] + other + first[position + 1 :]
    assert identity.check_digit(wrong) != identity.check_digit(first)


@given(st.text(max_size=20))
def test_no_text_breaks_it(number: str) -> None:
    assert identity.is_valid(number) == (identity.problem(number) is None)
