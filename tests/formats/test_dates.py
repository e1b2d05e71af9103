import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats.dates import Month, first_day, month_index, month_problem, parse_month, parse_year, to_ascii
from tests.formats.strategies import months

WRITTEN = ["198503", "1985.03", "1985.3", "19850315", "1985-03", "1985-03-15", "1985/3", "1985年3月", "1985年03月15日"]


@pytest.mark.parametrize("raw", [*WRITTEN, "１９８５０３", "１９８５．０３", " 198503\n", "1985. 03", "1985。03"])
def test_ways_to_write_a_month(raw: str) -> None:
    assert parse_month(raw) == "1985-03"
    assert month_problem(raw) is None


@pytest.mark.parametrize(
    ("raw", "code", "facts"),
    [
        ("198513", "date-month", {"month": 13}),
        ("1985.13", "date-month", {"month": 13}),
        ("198500", "date-month", {"month": 0}),
        ("19850230", "date-day", {"month": 2, "day": 30}),
        ("10850312", "date-year", {"year": 1085}),
        ("1985", "date-without-month", {}),
        ("1985年", "date-without-month", {}),
        ("", "date-unreadable", {}),
        ("19853", "date-unreadable", {}),
        ("1985.03.15x", "date-unreadable", {}),
        ("不详", "date-unreadable", {}),
        ("١٩٨٥٠٣", "date-unreadable", {}),
    ],
)
def test_what_is_no_month_and_why(raw: str, code: str, facts: dict[str, int]) -> None:
    assert parse_month(raw) is None
    assert month_problem(raw) == (code, facts)


def test_leap_day_and_last_days() -> None:
    assert [parse_month(raw) for raw in ("20000229", "20010430", "20010431")] == ["2000-02", "2001-04", None]


@pytest.mark.parametrize(("raw", "year"), [("1958", 1958), ("１９５８年", 1958), ("195", None), ("0058", None)])
def test_year_alone(raw: str, year: int | None) -> None:
    assert parse_year(raw) == year


def test_index_and_first_day() -> None:
    assert month_index(Month("2001-01")) - month_index(Month("2000-12")) == 1
    assert first_day(Month("2001-09")).isoformat() == "2001-09-01"


@given(months)
def test_every_month_is_read_in_every_form(month: Month) -> None:
    year, number = month.split("-")
    for raw in (month, year + number, f"{year}.{number}", f"{year}年{int(number)}月", f"{year}{number}01"):
        assert parse_month(raw) == month


@given(st.text(max_size=12))
def test_no_text_breaks_the_reader(raw: str) -> None:
    assert (parse_month(raw) is None) == (month_problem(raw) is not None)
    assert to_ascii(to_ascii(raw)) == to_ascii(raw)
    assert len(to_ascii(raw)) == len(raw)
