"""Records that make a condition met, found in either way, and what is counted beside the list."""

from datetime import date, datetime, timedelta

import pytest

from quanheng.kernel.actor import SYSTEM, Actor
from quanheng.organization.choices import PostTier, Rank
from quanheng.people.choices import AssessmentGrade, SourceKind
from quanheng.people.models import AnnualGrade, Cadre, Education, PostHolding, RankHolding
from quanheng.people.models.records import DossierRecord
from quanheng.people.roster import Filter, Paging, find_cadres, roster_page
from tests.conftest import Cast, make_cadre


@pytest.fixture
def lu(cast: Cast, at: datetime) -> Cadre:
    """A second file in unit A, without records."""
    return make_cadre("陆见深", cast.unit_a, at)


def add(model: type[DossierRecord], cadre: Cadre, at: datetime, **values: object) -> None:
    said = {"source": SourceKind.OFFICER, "recorded_at": at, "recorded_by": SYSTEM.key}
    model(cadre=cadre, **said, **values).save(force_insert=True)


def found(actor: Actor, on: date, **conditions: object) -> list[str]:
    """Both ways to find them give the same."""
    wanted = Filter(**conditions)  # type: ignore[arg-type]
    ways = [find_cadres(actor, wanted, on, are_few=are_few).values_list("name", flat=True) for are_few in (True, False)]
    assert sorted(ways[0]) == sorted(ways[1])
    return sorted(ways[0])


PERIODS = [(-1, None, True), (0, 1, True), (1, None, False), (-9, 0, False)]  # days from the day asked for
WANTED = [{"tiers": (PostTier.COUNTY_PRINCIPAL.value,)}, {"ranks": (Rank.SENIOR_STAFF_1.value,)}]


@pytest.mark.parametrize(("begins", "ends", "is_held"), PERIODS)
@pytest.mark.parametrize("wanted", WANTED)
def test_a_tier_or_rank_is_held_in_the_half_open_period(
    cast: Cast,
    lin: Actor,
    at: datetime,
    today: date,
    wanted: dict[str, object],
    begins: int,
    ends: int | None,
    is_held: bool,
) -> None:
    period = {
        "valid_from": today + timedelta(days=begins),
        "valid_to": None if ends is None else today + timedelta(days=ends),
    }
    add(PostHolding, cast.chen_file, at, unit_name="甲局", title="局长", tier=PostTier.COUNTY_PRINCIPAL, **period)
    add(RankHolding, cast.chen_file, at, rank=Rank.SENIOR_STAFF_1, **period)
    assert found(lin, today, **wanted) == (["陈知行"] if is_held else [])


def test_a_withdrawn_record_counts_for_nothing(cast: Cast, lin: Actor, at: datetime, today: date) -> None:
    add(RankHolding, cast.chen_file, at, rank=Rank.SENIOR_STAFF_1, valid_from=date(2020, 1, 1), withdrawn_at=at)
    add(Education, cast.chen_file, at, kind="full_time", level_code="11", withdrawn_at=at)
    assert found(lin, today, ranks=(Rank.SENIOR_STAFF_1.value,)) == []
    assert found(lin, today, education=("1",)) == []


def test_grades_of_three_complete_years(cast: Cast, lin: Actor, lu: Cadre, at: datetime, today: date) -> None:
    for year in (2023, 2024, 2025):
        add(AnnualGrade, cast.chen_file, at, year=year, grade=AssessmentGrade.COMPETENT)
    for year in (2022, 2024, 2025):  # none of 2023
        add(AnnualGrade, lu, at, year=year, grade=AssessmentGrade.EXCELLENT)
    assert found(lin, today, grades="all_competent") == ["陈知行"]
    assert found(lin, today, grades="any_excellent") == ["陆见深"]
    AnnualGrade.objects.filter(cadre=cast.chen_file, year=2024).update(grade=AssessmentGrade.INCOMPETENT)
    assert found(lin, today, grades="all_competent") == []


def test_a_page_counts_the_result_and_what_was_asked(cast: Cast, lin: Actor, lu: Cadre, today: date) -> None:
    page = roster_page(lin, Filter(text="陆"), today, Paging(), units=[cast.unit_a.pk])
    assert [row.cadre.name for row in page.rows] == ["陆见深"]
    assert (page.total, page.by_unit, page.in_scope) == (1, {cast.unit_a.pk: 1}, {cast.unit_a.pk: 2})


def test_without_conditions_both_counts_are_the_same(cast: Cast, lin: Actor, lu: Cadre, today: date) -> None:
    page = roster_page(lin, Filter(), today, Paging(), units=[cast.unit_a.pk])
    assert page.by_unit == page.in_scope == {cast.unit_a.pk: 2}
