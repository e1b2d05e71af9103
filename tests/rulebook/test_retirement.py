"""The delayed retirement age: the annexed tables at each end and across every step."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.dates import add_months
from quanheng.rulebook.retirement import (
    TABLES,
    RetirementClass,
    delay_months,
    retirement_date,
    statutory_age,
)

MAN, CADRE, WORKER = RetirementClass.MALE, RetirementClass.FEMALE_CADRE, RetirementClass.FEMALE_WORKER
D = date

# month of birth, age in years and months, month of retirement: rows of the annexed tables, both sides of each boundary
ROWS = [
    (MAN, (1964, 12), (60, 0), (2024, 12)),
    (MAN, (1965, 1), (60, 1), (2025, 2)),
    (MAN, (1965, 4), (60, 1), (2025, 5)),
    (MAN, (1965, 5), (60, 2), (2025, 7)),
    (MAN, (1965, 8), (60, 2), (2025, 10)),
    (MAN, (1965, 9), (60, 3), (2025, 12)),
    (MAN, (1965, 12), (60, 3), (2026, 3)),
    (MAN, (1966, 1), (60, 4), (2026, 5)),
    (MAN, (1968, 12), (60, 12), (2029, 12)),
    (MAN, (1969, 1), (61, 1), (2030, 2)),
    (MAN, (1972, 12), (62, 0), (2034, 12)),
    (MAN, (1973, 1), (62, 1), (2035, 2)),
    (MAN, (1976, 8), (62, 11), (2039, 7)),
    (MAN, (1976, 9), (63, 0), (2039, 9)),
    (MAN, (1976, 12), (63, 0), (2039, 12)),
    (MAN, (1977, 1), (63, 0), (2040, 1)),
    (MAN, (2000, 1), (63, 0), (2063, 1)),
    (CADRE, (1969, 12), (55, 0), (2024, 12)),
    (CADRE, (1970, 1), (55, 1), (2025, 2)),
    (CADRE, (1970, 4), (55, 1), (2025, 5)),
    (CADRE, (1970, 5), (55, 2), (2025, 7)),
    (CADRE, (1973, 12), (56, 0), (2029, 12)),
    (CADRE, (1974, 1), (56, 1), (2030, 2)),
    (CADRE, (1981, 8), (57, 11), (2039, 7)),
    (CADRE, (1981, 9), (58, 0), (2039, 9)),
    (CADRE, (1982, 1), (58, 0), (2040, 1)),
    (WORKER, (1974, 12), (50, 0), (2024, 12)),
    (WORKER, (1975, 1), (50, 1), (2025, 2)),
    (WORKER, (1975, 2), (50, 1), (2025, 3)),
    (WORKER, (1975, 3), (50, 2), (2025, 5)),
    (WORKER, (1976, 12), (51, 0), (2027, 12)),
    (WORKER, (1977, 1), (51, 1), (2028, 2)),
    (WORKER, (1984, 10), (54, 11), (2039, 9)),
    (WORKER, (1984, 11), (55, 0), (2039, 11)),
    (WORKER, (1985, 1), (55, 0), (2040, 1)),
]


@pytest.mark.parametrize(("kind", "birth", "age", "month"), ROWS)
def test_rows_of_the_tables(
    kind: RetirementClass, birth: tuple[int, int], age: tuple[int, int], month: tuple[int, int]
) -> None:
    born = D(*birth, 1)
    assert statutory_age(kind, born) == age[0] * 12 + age[1]
    assert retirement_date(kind, born) == D(*month, 1)


@pytest.mark.parametrize("kind", RetirementClass)
def test_a_step_has_as_many_births_as_the_decision_says(kind: RetirementClass) -> None:
    table = TABLES[kind]
    births = [add_months(table.first_birth, n) for n in range(240)]
    delays = [delay_months(kind, birth) for birth in births]
    full = table.full_age - table.old_age
    assert {n: delays.count(n) for n in range(1, full)} == dict.fromkeys(range(1, full), table.step)
    assert delays == sorted(delays)
    assert max(delays) == full


def test_the_day_of_birth_is_kept_and_clamped() -> None:
    assert retirement_date(MAN, D(1965, 1, 31)) == D(2025, 2, 28)
    assert retirement_date(MAN, D(1965, 1, 15)) == D(2025, 2, 15)
    assert delay_months(MAN, D(1965, 4, 30)) == 1
    assert delay_months(MAN, D(1965, 5, 1)) == 2


BIRTHS = st.dates(date(1950, 1, 1), date(2005, 12, 31))


@given(st.sampled_from(RetirementClass), BIRTHS)
def test_ages_keep_their_bounds(kind: RetirementClass, birth: date) -> None:
    table, age = TABLES[kind], statutory_age(kind, birth)
    assert table.old_age <= age <= table.full_age
    assert retirement_date(kind, birth) == add_months(birth, age)


@given(st.sampled_from(RetirementClass), BIRTHS, BIRTHS)
def test_who_is_younger_does_not_retire_earlier(kind: RetirementClass, one: date, other: date) -> None:
    younger, older = max(one, other), min(one, other)
    assert statutory_age(kind, older) <= statutory_age(kind, younger)
    assert retirement_date(kind, older) <= retirement_date(kind, younger)


@given(BIRTHS)
def test_women_of_the_same_birth_do_not_retire_after_men(birth: date) -> None:
    dates = [retirement_date(kind, birth) for kind in (WORKER, CADRE, MAN)]
    assert dates == sorted(dates)
