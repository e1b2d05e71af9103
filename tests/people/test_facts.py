"""Each derived fact: its value, both sides of every boundary day, what is missing, what was not counted and why."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quanheng.organization.choices import PostTier, Rank
from quanheng.people import facts
from quanheng.people.choices import AssessmentGrade, EducationKind, HoldingKind, ResumeSetting
from quanheng.people.facts import Derived, FactKind
from quanheng.people.models import AnnualGrade, Cadre, Education, PostHolding, RankHolding, ResumeEntry
from quanheng.people.roster import Row

ON = date(2026, 11, 20)


def row(on: date = ON, **parts: Any) -> Row:
    cadre = parts.pop("cadre", None) or Cadre(name="陈知行")
    return Row(cadre, on, **parts)


def post(tier: PostTier, start: date, end: date | None = None, **values: Any) -> PostHolding:
    return PostHolding(unit_name="甲局", title="局长", tier=tier, valid_from=start, valid_to=end, **values)


def rank(value: Rank, start: date, end: date | None = None) -> RankHolding:
    return RankHolding(rank=value, valid_from=start, valid_to=end)


def study(level: str, end: date | None, kind: EducationKind = EducationKind.FULL_TIME, **values: Any) -> Education:
    return Education(kind=kind, level_code=level, valid_to=end, **values)


def stretch(setting: ResumeSetting, start: date | None, end: date | None = None, **values: Any) -> ResumeEntry:
    return ResumeEntry(order=1, text="某处工作", setting=setting, valid_from=start, valid_to=end, **values)


def reasons(derived: Derived) -> list[str]:
    return [use.why for use in derived.used]


@pytest.mark.parametrize(
    ("on", "years", "months"),
    [(date(2026, 4, 30), 45, 551), (date(2026, 5, 1), 46, 552), (date(2026, 5, 31), 46, 552)],
)
def test_age_turns_with_the_birth_month(on: date, years: int, months: int) -> None:
    derived = facts.age(row(on, cadre=Cadre(birth_month=date(1980, 5, 1))))
    assert (derived.value, derived.months, derived.since) == (years, months, date(1980, 5, 1))


def test_age_without_a_birth_month_is_not_known() -> None:
    assert facts.age(row()) == Derived(FactKind.AGE, ON, missing=("birth",))


@pytest.mark.parametrize(("on", "months"), [(date(2026, 6, 30), 227), (date(2026, 7, 1), 228)])
def test_work_years_are_completed_months(on: date, months: int) -> None:
    derived = facts.work_years(row(on, cadre=Cadre(work_start_month=date(2007, 7, 1))))
    assert (derived.value, derived.months) == (months // 12, months)


def test_work_years_without_a_beginning_are_not_known() -> None:
    assert facts.work_years(row()) == Derived(FactKind.WORK_YEARS, ON, missing=("work_start",))


def test_party_is_the_month_of_joining_or_the_affiliation() -> None:
    joined = Cadre(political_affiliation="01", party_joined_month=date(2006, 12, 1))
    assert facts.party(row(cadre=joined)) == Derived(FactKind.PARTY, ON, value="01", since=date(2006, 12, 1))
    assert facts.party(row(cadre=Cadre(political_affiliation="06"))) == Derived(FactKind.PARTY, ON, value="06")
    assert facts.party(row()) == Derived(FactKind.PARTY, ON, missing=("party_joining",))


def test_education_is_the_highest_level_full_time_first() -> None:
    bachelor = study("21", date(2007, 7, 1), degree_code="3")
    on_job = study("21", date(2012, 7, 1), EducationKind.ON_JOB)
    derived = facts.education(row(educations=[on_job, bachelor]))
    assert derived.value is bachelor
    assert (derived.since, derived.at_least) == (date(2007, 7, 1), False)
    assert reasons(derived) == ["lower-level", ""]


@pytest.mark.parametrize(("on", "level"), [(date(2019, 5, 31), "21"), (date(2019, 6, 1), "11")])
def test_education_counts_from_graduation(on: date, level: str) -> None:
    bachelor = study("21", date(2007, 7, 1))
    master = study("11", date(2019, 6, 1), EducationKind.ON_JOB)
    derived = facts.education(row(on, educations=[bachelor, master]))
    assert isinstance(derived.value, Education)
    assert derived.value.level_code == level
    assert reasons(derived) == (["", "not-yet-graduated"] if level == "21" else ["lower-level", ""])


def test_education_with_an_unknown_level_is_at_least() -> None:
    derived = facts.education(row(educations=[study("21", date(2007, 7, 1)), study("", date(2015, 7, 1))]))
    assert derived.at_least
    assert reasons(derived) == ["", "level-unknown"]


def test_education_without_records_or_with_unknown_ones_only_is_not_known() -> None:
    missing = Derived(FactKind.EDUCATION, ON, missing=("education",))
    assert facts.education(row()) == missing
    assert facts.education(row(educations=[study("", None)])) == missing


def test_tier_is_the_highest_held_and_goes_back_as_far_as_it_was_unbroken() -> None:
    now = post(PostTier.TOWNSHIP_PRINCIPAL, date(2022, 4, 1))
    before = post(PostTier.TOWNSHIP_PRINCIPAL, date(2020, 1, 1), date(2022, 4, 1))
    broken = post(PostTier.TOWNSHIP_PRINCIPAL, date(2015, 1, 1), date(2019, 12, 1))
    lower = post(PostTier.TOWNSHIP_DEPUTY, date(2018, 3, 1), date(2020, 1, 1))
    later = post(PostTier.TOWNSHIP_PRINCIPAL, date(2027, 1, 1))
    lent = post(PostTier.COUNTY_DEPUTY, date(2025, 3, 1), kind=HoldingKind.SECONDMENT)
    derived = facts.tier(row(posts=[later, now, before, lower, broken, lent]))
    assert (derived.value, derived.since, derived.months) == (PostTier.TOWNSHIP_PRINCIPAL, date(2020, 1, 1), 82)
    assert reasons(derived) == ["begins-later", "", "", "other-level", "broken-off", "on-secondment"]


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        (date(2022, 3, 31), PostTier.TOWNSHIP_DEPUTY),
        (date(2022, 4, 1), PostTier.TOWNSHIP_PRINCIPAL),
    ],
)
def test_tier_changes_on_the_day_of_the_appointment(on: date, tier: PostTier) -> None:
    posts = [
        post(PostTier.TOWNSHIP_PRINCIPAL, date(2022, 4, 1)),
        post(PostTier.TOWNSHIP_DEPUTY, date(2018, 3, 1), date(2022, 4, 1)),
    ]
    assert facts.tier(row(on, posts=posts)).value == tier


def test_tier_of_who_holds_nothing_is_not_known() -> None:
    ended = post(PostTier.TOWNSHIP_DEPUTY, date(2018, 3, 1), date(2022, 4, 1))
    assert facts.tier(row(posts=[ended])) == Derived(FactKind.TIER, ON, missing=("post",))


@pytest.mark.parametrize(
    ("on", "value", "months"),
    [(date(2024, 6, 30), Rank.SENIOR_STAFF_1, 36), (date(2024, 7, 1), Rank.COUNSEL_4, 0)],
)
def test_rank_changes_on_its_day(on: date, value: Rank, months: int) -> None:
    ranks = [
        rank(Rank.COUNSEL_4, date(2024, 7, 1)),
        rank(Rank.SENIOR_STAFF_1, date(2021, 6, 30), date(2024, 7, 1)),
    ]
    derived = facts.rank(row(on, ranks=ranks))
    assert (derived.value, derived.months) == (value, months)


def test_rank_without_a_record_is_not_known() -> None:
    assert facts.rank(row()) == Derived(FactKind.RANK, ON, missing=("rank",))


def test_tenure_is_that_of_the_primary_post() -> None:
    primary = post(PostTier.COUNTY_DEPUTY, date(2022, 4, 21))
    other = post(PostTier.COUNTY_DEPUTY, date(2015, 1, 1), is_primary=False)
    derived = facts.tenure(row(posts=[other, primary]))
    assert (derived.value, derived.since, derived.months) == (primary, date(2022, 4, 21), 54)
    assert facts.tenure(row(date(2026, 11, 21), posts=[primary])).months == 55
    assert facts.tenure(row(posts=[other])) == Derived(FactKind.TENURE, ON, missing=("post",))


def test_grassroots_adds_marked_stretches_only() -> None:
    parent = stretch(ResumeSetting.GRASSROOTS, date(2007, 7, 1), date(2010, 10, 1))
    inside = stretch(ResumeSetting.GRASSROOTS, date(2008, 1, 1), date(2009, 1, 1), inside=parent)
    county = stretch(ResumeSetting.COUNTY, date(2010, 10, 1), date(2014, 5, 1))
    dateless = stretch(ResumeSetting.GRASSROOTS, None)
    derived = facts.grassroots(row(resume=[parent, inside, county, dateless]))
    assert (derived.value, derived.months, derived.at_least, derived.missing) == (3, 39, False, ())
    assert reasons(derived) == ["", "inside-another", "other-setting", "no-period"]


def test_grassroots_with_an_unmarked_stretch_is_at_least() -> None:
    marked = stretch(ResumeSetting.GRASSROOTS, date(2020, 1, 1), date(2021, 1, 1))
    unmarked = stretch(ResumeSetting.UNKNOWN, date(2021, 1, 1))
    derived = facts.grassroots(row(resume=[marked, unmarked]))
    assert (derived.months, derived.at_least, derived.missing) == (12, True, ("resume_setting",))
    assert reasons(derived) == ["", "unmarked"]


@pytest.mark.parametrize(("on", "months"), [(date(2020, 12, 31), 11), (date(2021, 1, 1), 12), (date(2025, 1, 1), 12)])
def test_grassroots_counts_up_to_the_day(on: date, months: int) -> None:
    entry = stretch(ResumeSetting.GRASSROOTS, date(2020, 1, 1), date(2021, 1, 1))
    assert facts.grassroots(row(on, resume=[entry])).months == months


def test_grassroots_without_a_resume_is_not_known() -> None:
    assert facts.grassroots(row()) == Derived(FactKind.GRASSROOTS, ON, missing=("resume",))


@pytest.mark.parametrize(("on", "first"), [(date(2026, 12, 31), 2025), (date(2027, 1, 1), 2026)])
def test_grades_are_of_the_last_three_complete_years(on: date, first: int) -> None:
    grades = [AnnualGrade(year=year, grade=AssessmentGrade.COMPETENT) for year in (2026, 2025, 2023)]
    derived = facts.grades(row(on, grades=grades))
    assert isinstance(derived.value, tuple)
    assert [year for year, _grade in derived.value] == [first, first - 1, first - 2]
    assert derived.missing == ("grade-2024",)


def test_level_index_knows_the_order_of_the_table() -> None:
    order = [facts.level_index(code) for code in ("11", "21", "31", "")]
    assert order[:3] == sorted(index for index in order if index is not None)
    assert order[3] is None


def test_every_reason_of_the_facts_is_tried_here() -> None:
    """A code added to the facts without a case above fails."""
    source = Path(facts.__file__).read_text()
    bodies = re.findall(r"def _why_\w+\(.*?(?=\n\ndef |\n\n_|\nTIER|\Z)", source, re.DOTALL)
    codes = {code for body in bodies for code in re.findall(r'"([a-z]+(?:-[a-z]+)+|unmarked)"', body)}
    assert codes == {
        "begins-later",
        "broken-off",
        "inside-another",
        "level-unknown",
        "lower-level",
        "no-period",
        "not-yet-graduated",
        "on-secondment",
        "other-level",
        "other-setting",
        "unmarked",
    }


def test_months_in_which_two_grassroots_stretches_overlap_count_once() -> None:
    later = stretch(ResumeSetting.GRASSROOTS, date(2012, 1, 1), date(2016, 1, 1))
    earlier = stretch(ResumeSetting.GRASSROOTS, date(2010, 1, 1), date(2013, 1, 1))
    within = stretch(ResumeSetting.GRASSROOTS, date(2014, 1, 1), date(2015, 1, 1))
    derived = facts.grassroots(row(resume=[later, earlier, within]))
    assert (derived.months, derived.value) == (72, 6)
    assert [use.months for use in derived.used] == [36, 36, 0]
    assert all(use.is_counted for use in derived.used)
