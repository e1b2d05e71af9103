"""Conditions of the list agree with the facts of the person."""

from datetime import date, datetime

import pytest
from django.db import connection
from django.db.models import F

from quanheng.kernel.actor import Actor
from quanheng.organization.choices import PostTier
from quanheng.people import facts, roster
from quanheng.people.choices import EducationKind, HoldingKind, SourceKind
from quanheng.people.models import Cadre, Education, PostHolding
from tests.conftest import Cast, make_cadre


def said(cadre: Cadre, at: datetime) -> dict[str, object]:
    return {"cadre": cadre, "source": SourceKind.OFFICER, "recorded_at": at, "recorded_by": cadre.pk}


@pytest.fixture
def wan(cast: Cast, at: datetime) -> Cadre:
    return make_cadre("林晚", cast.unit_a, at)


def found(actor: Actor, today: date, **conditions: object) -> list[str]:
    wanted = roster.Filter(**conditions)  # type: ignore[arg-type]
    return sorted(roster.find_cadres(actor, wanted, today).values_list("name", flat=True))


def study(cadre: Cadre, code: str, graduated: date, at: datetime) -> None:
    Education.objects.create(
        kind=EducationKind.FULL_TIME, level_code=code, level_name=code, valid_to=graduated, **said(cadre, at)
    )


def hold(cadre: Cadre, tier: PostTier, kind: HoldingKind, at: datetime) -> None:
    PostHolding.objects.create(
        unit_name="示范市甲局", title="职务", tier=tier, kind=kind, valid_from=date(2022, 1, 1), **said(cadre, at)
    )


def test_education_is_the_highest_reached_by_the_date(lin: Actor, wan: Cadre, at: datetime, today: date) -> None:
    study(wan, "31", date(2010, 7, 1), at)
    study(wan, "21", date(2015, 7, 1), at)
    study(wan, "11", date(2027, 7, 1), at)
    assert found(lin, today, education=("3",)) == []
    assert found(lin, today, education=("2",)) == ["林晚"]
    assert found(lin, today, education=("1",)) == []
    assert found(lin, date(2012, 1, 1), education=("3",)) == ["林晚"]


def test_a_secondment_gives_no_tier(lin: Actor, wan: Cadre, at: datetime, today: date) -> None:
    hold(wan, PostTier.TOWNSHIP_DEPUTY, HoldingKind.APPOINTMENT, at)
    hold(wan, PostTier.COUNTY_DEPUTY, HoldingKind.SECONDMENT, at)
    assert found(lin, today, tiers=("county_deputy",)) == []
    assert found(lin, today, tiers=("township_deputy",)) == ["林晚"]
    (row,) = roster.rows_of([wan], today)
    derived = facts.tier(row)
    assert derived.value is PostTier.TOWNSHIP_DEPUTY
    assert {(used.why, used.is_counted) for used in derived.used} == {("on-secondment", False), ("", True)}


def test_of_two_tiers_the_higher_counts(lin: Actor, wan: Cadre, at: datetime, today: date) -> None:
    hold(wan, PostTier.TOWNSHIP_DEPUTY, HoldingKind.APPOINTMENT, at)
    hold(wan, PostTier.TOWNSHIP_PRINCIPAL, HoldingKind.CONCURRENT, at)
    assert found(lin, today, tiers=("township_deputy",)) == []
    assert found(lin, today, tiers=("township_deputy", "township_principal")) == ["林晚"]


def test_an_unknown_ethnicity_is_neither(lin: Actor, wan: Cadre, today: date) -> None:
    for raw, minority, han in (("火星族", [], []), ("05", ["林晚"], []), ("01", [], ["林晚"]), ("", [], [])):
        Cadre.objects.filter(pk=wan.pk).update(ethnicity=raw)
        assert found(lin, today, is_minority=True, text="林晚") == minority
        assert found(lin, today, is_minority=False, text="林晚") == han


@pytest.mark.postgres  # SQLite reads this order from the ascending index
def test_the_youngest_first_are_read_from_an_index(cast: Cast, lin: Actor, today: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_seqscan = off")
    everybody = Cadre.objects.filter(withdrawn_at=None)
    plan = everybody.order_by(F("birth_month").desc(nulls_last=True), "pk")[:20].explain()
    assert "cadre_youngest_first" in plan
    assert "Sort" not in plan
