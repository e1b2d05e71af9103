"""Working days of the People's Republic: statutory holidays, with the weekends that are moved for them (调休).

The days come from the package `chinesecalendar` (MIT, no dependencies, read offline), which holds the yearly notices of
the State Council's General Office since 2004 and says nothing about a year that has not been announced. An office adds
a year by a file (`read_year`), a situation by its own lists (`Calendar.with_days`).

Beyond the announced years only weekends are known: the answer is then `provisional`, and a deadline that rests on it
has to say so. This also holds for the last days of the last announced year, since the notice for a year may move days
of the December before it (2018-12-29 was worked, 2018-12-31 was free, both by the notice for 2019).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from chinese_calendar import constants  # type: ignore[import-untyped]

from quanheng.rulebook.strict_yaml import read_file

Value = TypeVar("Value")
DAY = timedelta(days=1)
SATURDAY = 5
NEXT_NOTICE_FROM = 26  # of December; since 2004 no notice has reached further back than the 29th

# Days that the package lacks, each from the notice itself.
_AMENDED_WORKDAYS = frozenset({date(2005, 12, 31)})  # by the notice for 2006; found by comparing with PyPI `holidays`


class CalendarError(ValueError):
    """A year file or a list of days that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[Value]):
    """A value counted in working days; `provisional` when it rests on days that nobody has announced yet."""

    value: Value
    provisional: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """Free days and moved working days of the `years` announced. All else follows the week, Monday to Friday."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]

    def is_known(self, day: date) -> bool:
        """Has the notice been issued that decides about this day?"""
        if day.year not in self.years:
            return False
        return (day.month, day.day) < (12, NEXT_NOTICE_FROM) or day.year + 1 in self.years or self._is_listed(day)

    def _is_listed(self, day: date) -> bool:
        return day in self.holidays or day in self.workdays

    def is_workday(self, day: date) -> Answer[bool]:
        """Is the day worked (国务院办公厅节假日安排通知 of its year)?"""
        return Answer(self._is_worked(day), not self.is_known(day))

    def _is_worked(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)

    def add_workdays(self, day: date, n: int, first_counts: bool) -> Answer[date]:
        """The n-th working day after `day`; with `first_counts`, `day` itself is the first when it is worked.

        `n` of 1 or more, else ValueError. Source of the question which day is the first: switches SW-PUB-DAY (public
        notice) and SW-DAY-COUNT (other limits).
        """
        if n < 1:
            raise ValueError(f"{n} working days: at least one has to be asked for")
        current, left, known = (day if first_counts else day + DAY), n, True
        while True:
            known = known and self.is_known(current)
            left -= self._is_worked(current)
            if not left:
                return Answer(current, not known)
            current += DAY

    def workdays_between(self, start: date, end: date, first_counts: bool) -> Answer[int]:
        """Working days after `start` (with `first_counts`: from `start` on) up to `end`, which counts.

        The inverse of `add_workdays`: `workdays_between(d, add_workdays(d, n, f).value, f).value == n`. An `end` before
        `start` gives 0.
        """
        days = list(_days(start if first_counts else start + DAY, end))
        return Answer(sum(map(self._is_worked, days)), not all(map(self.is_known, days)))

    def next_workday(self, day: date) -> Answer[date]:
        """The day itself when it is worked, else the first working day after it (switch SW-DAY-COUNT)."""
        return self.add_workdays(day, 1, first_counts=True)

    def with_days(
        self, holidays: Iterable[date], workdays: Iterable[date], years: Iterable[int] | None = None
    ) -> "Calendar":
        """This calendar, overruled day by day. `years` become announced ones; without them, each year of a day listed.

        Raises CalendarError when a day stands in both lists.
        """
        free, worked = frozenset(holidays), frozenset(workdays)
        if twice := sorted(free & worked):
            raise CalendarError(f"both free and worked: {', '.join(map(str, twice))}")
        announced = {day.year for day in free | worked} if years is None else frozenset(years)
        return Calendar((self.holidays - worked) | free, (self.workdays - free) | worked, self.years | announced)

    def with_years(self, files: Iterable[Path]) -> "Calendar":
        """This calendar and the years in these files (`read_year`); where two speak of a day, the later decides."""
        found = self
        for file in files:
            year, holidays, workdays = read_year(file)
            found = found.with_days(holidays, workdays, [year])
        return found


def _days(start: date, end: date) -> Iterable[date]:
    while start <= end:
        yield start
        start += DAY


@cache
def standard() -> Calendar:
    """The announced years that the installed package knows (2004 on)."""
    free = frozenset(constants.holidays)
    return Calendar(free, frozenset(constants.workdays) | _AMENDED_WORKDAYS, frozenset(day.year for day in free))


def read_year(file: Path) -> tuple[int, frozenset[date], frozenset[date]]:
    """Year, free days and moved working days of a year file. Raises CalendarError or CannotReadYaml, with its name.

    ```yaml
    year: 2027
    source: 国办发明电〔…〕…号      # the notice: obligatory, nobody has to believe a bare list
    holidays: [2027-01-01..2027-01-03]
    workdays: [2027-02-07]
    ```
    Days lie in the year or in the last days of December before it; a moved working day is a Saturday or Sunday.
    """
    try:
        return _read_year(read_file(file))
    except CalendarError as error:
        raise CalendarError(f"{file.name}: {error}") from error


def _read_year(given: object) -> tuple[int, frozenset[date], frozenset[date]]:
    if not isinstance(given, dict) or set(given) != {"year", "source", "holidays", "workdays"}:
        raise CalendarError("a year file has exactly year, source, holidays, workdays")
    year, source = given["year"], given["source"]
    if type(year) is not int or not isinstance(source, str) or not source.strip():
        raise CalendarError("year is a number and source names the notice")
    holidays, workdays = _read_days("holidays", given["holidays"]), _read_days("workdays", given["workdays"])
    first = date(year - 1, 12, NEXT_NOTICE_FROM)
    if strange := sorted(day for day in holidays | workdays if not first <= day <= date(year, 12, 31)):
        raise CalendarError(f"{strange[0]} does not belong to {year}")
    if strange := sorted(day for day in workdays if day.weekday() < SATURDAY):
        raise CalendarError(f"{strange[0]} is no Saturday or Sunday: it is worked anyway")
    return year, holidays, workdays


def _read_days(name: str, given: object) -> frozenset[date]:
    if given is None:
        return frozenset()
    if not isinstance(given, list):
        raise CalendarError(f"{name}: not a list")
    return frozenset(day for item in given for day in _read_span(name, item))


def _read_span(name: str, item: object) -> Iterable[date]:
    if type(item) is date:
        return [item]
    try:
        first, _, last = str(item).partition("..")
        days = list(_days(date.fromisoformat(first), date.fromisoformat(last or first)))
    except ValueError as error:
        raise CalendarError(f"{name}: {item!r} is neither a date nor a span 2027-02-05..2027-02-11") from error
    if not days:
        raise CalendarError(f"{name}: {item!r} ends before it begins")
    return days
