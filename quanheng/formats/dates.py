"""Months as the files write them -> 'yyyy-mm'.

A `Month` is text 'yyyy-mm': it sorts, prints and travels in JSON as it is.
"""

import re
from datetime import date
from typing import NewType

Month = NewType("Month", str)

FIRST_YEAR, LAST_YEAR = 1900, 2099

_ASCII = str.maketrans("０１２３４５６７８９．。／－—–　", "0123456789../--- ")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_PARTED = re.compile(r"(\d{4}) ?[./年-] ?(\d{1,2}) ?月?(?:(?:(?<=月)|[./-]) ?(\d{1,2}) ?日?)?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def to_ascii(text: str) -> str:
    """Full-width digits, dots and dashes become ASCII; the rest stays."""
    return text.translate(_ASCII)


def month_of(year: int, month: int) -> Month:
    return Month(f"{year:04d}-{month:02d}")


def parse_month(raw: str) -> Month | None:
    """yyyyMM, yyyy.MM, yyyyMMdd, yyyy-MM, yyyy年M月 and the like; None when it is no month."""
    parts = _parts(raw)
    return month_of(parts[0], parts[1]) if parts and _problem_of(*parts) is None else None


def parse_year(raw: str) -> int | None:
    """A year alone, as some files give for relatives."""
    text = to_ascii(raw).strip().removesuffix("年")
    if len(text) == 4 and text.isascii() and text.isdigit() and FIRST_YEAR <= int(text) <= LAST_YEAR:
        return int(text)
    return None


def month_problem(raw: str) -> tuple[str, dict[str, int]] | None:
    """Why `parse_month` gives None, as a finding's code and facts; None when it does not."""
    parts = _parts(raw)
    if parts is None:
        return ("date-without-month", {}) if parse_year(raw) else ("date-unreadable", {})
    return _problem_of(*parts)


def month_index(month: Month) -> int:
    """Months since year 0: differences of it are numbers of months."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def first_day(month: Month) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def _parts(raw: str) -> tuple[int, int, int | None] | None:
    text = to_ascii(raw).strip()
    if not text.isascii() and not text.replace("年", "").replace("月", "").replace("日", "").isascii():
        return None  # \d also matches digits of other scripts
    found = _COMPACT.fullmatch(text) or _PARTED.fullmatch(text)
    if found is None:
        return None
    year, month, day = found.groups()
    return int(year), int(month), int(day) if day else None


def _problem_of(year: int, month: int, day: int | None) -> tuple[str, dict[str, int]] | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return "date-year", {"year": year}
    if not 1 <= month <= 12:
        return "date-month", {"month": month}
    if day is not None and not 1 <= day <= _DAYS[month - 1]:
        return "date-day", {"month": month, "day": day}
    return None
