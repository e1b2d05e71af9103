"""A small bureau with offices below it, in unit A of the cast."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from quanheng.kernel.actor import Actor
from quanheng.organization.actions import Basis, Quotas, UnitFacts, establish_unit
from quanheng.organization.choices import UnitCategory
from quanheng.organization.models import Unit
from tests.conftest import Cast

Establish = Callable[..., Unit]


def basis(day: date, document: str = "示编〔2026〕1号") -> Basis:
    return Basis(effective_on=day, document=document, reason="按机构改革方案办理")


@pytest.fixture
def establish(cast: Cast, lin: Actor, at: datetime) -> Establish:
    """`establish("QH0101", "综合科")`: a unit below unit A since 2024, by Officer Lin."""

    def make(code: str, name: str, parent: Unit | None = None, day: date = date(2024, 1, 1), **quotas: int) -> Unit:
        return establish_unit(
            actor=lin,
            parent=(parent or cast.unit_a).pk,
            code=code,
            facts=UnitFacts(name=name, category=UnitCategory.GOVERNMENT),
            quotas=Quotas(**quotas),
            basis=basis(day),
            at=at,
        )

    return make
