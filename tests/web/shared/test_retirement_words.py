"""The month of the statutory age and its sum, both sides of the first months that were delayed."""

from datetime import date

import pytest

from quanheng.people.choices import PersonnelKind, Sex, VerificationResult
from quanheng.people.models import Cadre, Verification
from quanheng.rulebook.retirement import RetirementClass
from quanheng.web.shared.retirement_words import class_held, retirement_text

CADRE = next(kind.value for kind in PersonnelKind if kind is not PersonnelKind.OTHER)


def cadre(sex: str, birth: date | None, kind: str = CADRE) -> Cadre:
    return Cadre(sex=sex, birth_month=birth, personnel_kind=kind)


@pytest.mark.parametrize(
    ("sex", "birth", "said"),
    [
        (Sex.MALE, date(1964, 12, 1), "法定退休时间 2024.12：原定 60 岁，按出生月份延迟 0 个月"),
        (Sex.MALE, date(1965, 1, 1), "法定退休时间 2025.02：原定 60 岁，按出生月份延迟 1 个月"),
        (Sex.MALE, date(1965, 5, 1), "法定退休时间 2025.07：原定 60 岁，按出生月份延迟 2 个月"),
        (Sex.MALE, date(1980, 5, 1), "法定退休时间 2043.05：原定 60 岁，按出生月份延迟 36 个月"),
        (Sex.FEMALE, date(1969, 12, 1), "法定退休时间 2024.12：原定 55 岁，按出生月份延迟 0 个月"),
        (Sex.FEMALE, date(1970, 1, 1), "法定退休时间 2025.02：原定 55 岁，按出生月份延迟 1 个月"),
    ],
)
def test_the_month_and_its_sum(sex: str, birth: date, said: str) -> None:
    assert retirement_text(cadre(sex, birth), None).startswith(said)


def test_nothing_is_said_of_what_is_not_known_or_doubtful() -> None:
    known = cadre(Sex.MALE, date(1965, 1, 1))
    assert retirement_text(cadre(Sex.MALE, None), None) == ""
    assert retirement_text(cadre(Sex.FEMALE, date(1970, 1, 1), PersonnelKind.OTHER.value), None) == ""
    for result in VerificationResult:
        said = retirement_text(known, Verification(result=result))
        assert bool(said) == (result is VerificationResult.VERIFIED)


def test_the_class_is_that_of_the_facts() -> None:
    assert class_held(cadre(Sex.MALE, None, PersonnelKind.OTHER.value)) is RetirementClass.MALE
    assert class_held(cadre(Sex.FEMALE, None)) is RetirementClass.FEMALE_CADRE
    assert class_held(cadre("", None)) is None
