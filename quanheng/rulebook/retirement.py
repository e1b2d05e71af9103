"""Statutory retirement age, delayed step by step from 2025 on.

Source: 全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定 (2024-09-13, in force 2025-01-01) with
国务院关于渐进式延迟法定退休年龄的办法, articles 1 (ages, steps) and 3 (earlier and later by choice); the old ages from
国发〔1978〕104号; who may not retire later from 实施弹性退休制度暂行办法 (人社部发〔2024〕94号). From memory and from
secondary sources: to be confirmed with the official texts at sign-off.

Ages are in months. Nothing here says when a person leaves a post: removal at retirement age, the ages of senior posts
and every earlier or later retirement are decisions of people.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quanheng.rulebook.dates import add_months

FLEXIBLE_MONTHS = 36  # 办法 3: at most three years earlier or later


class RetirementClass(StrEnum):
    """The old age a person falls under: men 60, women cadres 55, women workers 50."""

    MALE = "male"
    FEMALE_CADRE = "female_cadre"
    FEMALE_WORKER = "female_worker"


@dataclass(frozen=True, slots=True)
class Table:
    """`old_age` and `full_age` in months; a month more for each `step` months of birth, from `first_birth` on."""

    old_age: int
    full_age: int
    step: int
    first_birth: date


TABLES = {
    RetirementClass.MALE: Table(60 * 12, 63 * 12, 4, date(1965, 1, 1)),
    RetirementClass.FEMALE_CADRE: Table(55 * 12, 58 * 12, 4, date(1970, 1, 1)),
    RetirementClass.FEMALE_WORKER: Table(50 * 12, 55 * 12, 2, date(1975, 1, 1)),
}


def class_of(is_female: bool, is_cadre: bool, at_male_age: bool = False) -> RetirementClass:
    """The class of a person. `at_male_age`: a woman who by 组通字〔2015〕14号 retires at the men's age.

    That notice is about women of division level and above and women experts with a senior title, who may ask for 55.
    Whether they follow the men's table under the 2024 decision is a parameter of the office, not settled here.
    """
    if not is_female or at_male_age:
        return RetirementClass.MALE
    return RetirementClass.FEMALE_CADRE if is_cadre else RetirementClass.FEMALE_WORKER


def delay_months(kind: RetirementClass, birth: date) -> int:
    """Months by which the age is raised for this month of birth (办法 1); 0 for the old age reached before 2025.

    One month for the first `step` months of birth from `first_birth` on, one more for each further `step`, up to the
    full age: the formula of the three annexed tables.
    """
    table = TABLES[kind]
    position = (birth.year - table.first_birth.year) * 12 + birth.month - table.first_birth.month
    if position < 0:
        return 0
    return min(position // table.step + 1, table.full_age - table.old_age)


def statutory_age(kind: RetirementClass, birth: date) -> int:
    """Statutory retirement age in months (办法 1)."""
    return TABLES[kind].old_age + delay_months(kind, birth)


def retirement_date(kind: RetirementClass, birth: date) -> date:
    """The day on which the statutory age is reached; with a birth known by month (its first day), that month."""
    return add_months(birth, statutory_age(kind, birth))


def earliest_date(kind: RetirementClass, birth: date) -> date:
    """First day of flexible early retirement: at most three years earlier, never below the old age (办法 3).

    The person's own choice, and only with the least number of years of contribution, which is not computed here.
    """
    age = max(statutory_age(kind, birth) - FLEXIBLE_MONTHS, TABLES[kind].old_age)
    return add_months(birth, age)


def latest_date(kind: RetirementClass, birth: date) -> date:
    """Last day of flexible late retirement: at most three years later, agreed by unit and person (办法 3).

    Not for civil servants and leading persons of state units, who retire at the statutory age (人社部发〔2024〕94号):
    for them the day is `retirement_date`, unless people decide otherwise for a senior post.
    """
    return add_months(birth, statutory_age(kind, birth) + FLEXIBLE_MONTHS)


def is_due_within(kind: RetirementClass, birth: date, on: date, months: int) -> bool:
    """Is the statutory age reached by `on` or within `months` from it (the list of who is due)?"""
    return retirement_date(kind, birth) <= add_months(on, months)
