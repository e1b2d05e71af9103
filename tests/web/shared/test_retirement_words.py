"""The month of the statutory age and its sum, both sides of the first months that were delayed."""

from datetime import date
from uuid import UUID

import pytest

from quanheng.people.choices import PersonnelKind, Sex, VerificationItem, VerificationResult
from quanheng.people.models import Cadre, Verification
from quanheng.rulebook.retirement import RetirementClass
from quanheng.web.shared.retirement_words import retirement_text, said_of
from tests.conftest import Cast

MALE, FEMALE_CADRE = RetirementClass.MALE, RetirementClass.FEMALE_CADRE


@pytest.mark.parametrize(
    ("kind", "birth", "said"),
    [
        (MALE, date(1964, 12, 1), "法定退休时间 2024.12：原定 60 岁，按出生月份延迟 0 个月"),
        (MALE, date(1965, 1, 1), "法定退休时间 2025.02：原定 60 岁，按出生月份延迟 1 个月"),
        (MALE, date(1965, 5, 1), "法定退休时间 2025.07：原定 60 岁，按出生月份延迟 2 个月"),
        (MALE, date(1980, 5, 1), "法定退休时间 2043.05：原定 60 岁，按出生月份延迟 36 个月"),
        (FEMALE_CADRE, date(1969, 12, 1), "法定退休时间 2024.12：原定 55 岁，按出生月份延迟 0 个月"),
        (FEMALE_CADRE, date(1970, 1, 1), "法定退休时间 2025.02：原定 55 岁，按出生月份延迟 1 个月"),
    ],
)
def test_the_month_and_its_sum(kind: RetirementClass, birth: date, said: str) -> None:
    assert said_of(kind, birth).startswith(said)


@pytest.mark.django_db
class TestOfAFile:
    def told(self, cadre: Cadre, **values: object) -> str:
        Cadre.objects.filter(pk=cadre.pk).update(**values)
        return retirement_text(cadre.pk)

    def test_it_rests_on_sex_kind_and_month_of_birth(self, cast: Cast) -> None:
        file = cast.chen_file
        told = self.told(file, sex=Sex.MALE, birth_month=date(1965, 1, 1))
        assert told == said_of(MALE, date(1965, 1, 1))
        assert self.told(file, birth_month=None) == ""
        other = {"sex": Sex.FEMALE, "personnel_kind": PersonnelKind.OTHER, "birth_month": date(1970, 1, 1)}
        assert self.told(file, **other) == ""
        assert self.told(file, sex="") == ""
        assert retirement_text(UUID(int=9)) == ""

    def test_a_doubtful_month_of_birth_tells_nothing(self, cast: Cast) -> None:
        file = cast.chen_file
        assert self.told(file, sex=Sex.MALE, birth_month=date(1965, 1, 1))
        check = Verification.objects.create(
            cadre=file, item=VerificationItem.BIRTH, verified_on=date(2026, 1, 5), verified_by=UUID(int=1)
        )
        for result in VerificationResult:
            Verification.objects.filter(pk=check.pk).update(result=result)
            assert bool(retirement_text(file.pk)) == (result is VerificationResult.VERIFIED)
