"""Statutory retirement age, delayed step by step from 2025 on.

Source: 全国人民代表大会常务委员会关于实施渐进式延迟法定退休年龄的决定 (2024-09-13, in force 2025-01-01) with
国务院关于渐进式延迟法定退休年龄的办法, article 1 (ages, steps); the old ages from 国发〔1978〕104号. From memory and
from secondary sources: to be confirmed with the official texts at sign-off.

Ages are in months. Nothing here says when a person leaves a post: removal at retirement age, the ages of senior posts
and every earlier or later retirement are decisions of people.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from quanheng.rulebook.dates import add_months


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
