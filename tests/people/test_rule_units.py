"""Where a post's unit lies and whom it leads, by the tree of units; and what the résumé says where there is no unit."""

from datetime import date, datetime
from typing import Any

import pytest

from quanheng.organization.choices import GroupRole, LeadingGroupKind, PostTier, UnitCategory, UnitKind, UnitLevel
from quanheng.organization.models import LeadingGroup, Position, Unit, UnitVersion
from quanheng.people.choices import ResumeSetting
from quanheng.people.models import Cadre, PostHolding, ResumeEntry
from quanheng.people.rule_facts import facts_of
from quanheng.people.rule_units import TIERS, UP
from quanheng.people.rule_words import SETTINGS
from quanheng.rulebook.facts_reading import load_facts
from tests.conftest import Cast
from tests.dossiers import add

pytestmark = pytest.mark.django_db
VOCABULARY = load_facts()
DAY = date(2020, 1, 1)
COUNTY, CITY, PROVINCE = UnitLevel.COUNTY, UnitLevel.DEPARTMENT, UnitLevel.PROVINCE
TOWN, GOVERNMENT, TERRITORY = UnitCategory.TOWNSHIP, UnitCategory.GOVERNMENT, UnitCategory.TERRITORY


def make(
    code: str, above: Unit | None, category: UnitCategory, level: UnitLevel = UnitLevel.NONE, **values: Any
) -> Unit:
    unit = Unit.objects.create(code=code, name=code, parent=above, path=f"9{Unit.objects.count():03d}.")
    given = {"name": code, "valid_from": DAY}
    UnitVersion.objects.create(unit=unit, parent=above, category=category, level=level, **(given | values))
    return unit


@pytest.fixture
def province(db: None) -> Unit:
    return make("省", None, TERRITORY, PROVINCE)


@pytest.fixture
def city(province: Unit) -> Unit:
    return make("市", province, TERRITORY, CITY)


@pytest.fixture
def county(city: Unit) -> Unit:
    return make("县", city, TERRITORY, COUNTY)


def grouping(name: str, above: Unit) -> Unit:
    return make(name, above, TERRITORY, kind=UnitKind.GROUPING)


def hold(cadre: Cadre, at: datetime, unit: Unit | None, **values: Any) -> PostHolding:
    given = {"unit": unit, "unit_name": "某单位", "title": "某职", "valid_from": date(2022, 3, 15)}
    return add(PostHolding, cadre, at, **(given | values))


def told(post: PostHolding, name: str) -> Any:
    posts = facts_of([post.cadre_id], VOCABULARY)[post.cadre_id]["posts"]
    assert isinstance(posts, tuple)
    (record,) = (each for each in posts if each.key == f"posts[{post.pk}]")
    return record.values.get(name)


def test_words_are_those_of_the_vocabulary() -> None:
    known = set(VOCABULARY.codes["setting"].values)
    assert {word for _, word in TIERS if word} | set(SETTINGS.values()) <= known
    assert set(SETTINGS) == set(ResumeSetting) - {ResumeSetting.UNKNOWN}


# --- the tier and the place


def test_a_territory_lies_in_itself(cast: Cast, at: datetime, province: Unit, city: Unit, county: Unit) -> None:
    posts = [hold(cast.chen_file, at, unit) for unit in (province, city, county)]
    assert [told(post, "setting") for post in posts] == ["省级以上机关", "市级机关", "县级机关"]
    assert [told(post, "place") for post in posts] == ["省", "市", "县"]


def test_organs_lie_in_the_nearest_territory(cast: Cast, at: datetime, city: Unit, county: Unit) -> None:
    """Groupings between are no place; a county's organ lies in the county, though the county lies in the city."""
    bureau = make("县局", grouping("县直机关", county), GOVERNMENT, UnitLevel.TOWNSHIP)
    office = make("县局股", bureau, GOVERNMENT, kind=UnitKind.INTERNAL)
    of_city = make("市局", grouping("市直机关", city), GOVERNMENT, COUNTY)
    posts = [hold(cast.chen_file, at, unit) for unit in (bureau, office, of_city)]
    assert [(told(post, "setting"), told(post, "place")) for post in posts] == [
        ("县级机关", "县"),
        ("县级机关", "县"),
        ("市级机关", "市"),
    ]


def test_so_far_is_looked_and_no_farther(cast: Cast, at: datetime, county: Unit) -> None:
    above = county
    for number in range(1, len(UP) + 1):
        above = make(f"第{number}层", above, GOVERNMENT)
        post = hold(cast.chen_file, at, above)
        is_seen = number < len(UP)
        expected = ("县级机关", "县") if is_seen else (None, None)
        assert (told(post, "setting"), told(post, "place")) == expected, number


def test_townships_are_the_grass_roots(cast: Cast, at: datetime, county: Unit) -> None:
    town = make("镇", grouping("乡镇街道", county), TOWN, UnitLevel.TOWNSHIP)
    post = hold(cast.chen_file, at, town)
    assert (told(post, "setting"), told(post, "place")) == ("基层", "县")


@pytest.mark.parametrize("category", [UnitCategory.INSTITUTION, UnitCategory.ENTERPRISE])
def test_what_no_table_settles_is_not_told(cast: Cast, at: datetime, county: Unit, category: UnitCategory) -> None:
    post = hold(cast.chen_file, at, make("校", county, category))
    assert (told(post, "setting"), told(post, "place")) == (None, "县")


@pytest.mark.parametrize("level", [UnitLevel.DEPUTY_DEPARTMENT, UnitLevel.DEPUTY_COUNTY])
def test_a_place_between_two_tiers_is_not_told(cast: Cast, at: datetime, city: Unit, level: UnitLevel) -> None:
    """Not as a part of the city above it."""
    zone = make("新区", city, TERRITORY, level)
    post = hold(cast.chen_file, at, make("新区局", zone, GOVERNMENT))
    assert (told(post, "setting"), told(post, "place")) == (None, "新区")


def test_without_any_territory_nothing_is_told(cast: Cast, at: datetime) -> None:
    post = hold(cast.chen_file, at, cast.unit_a)  # the city of the cast has no level
    assert [told(post, name) for name in ("setting", "place", "is_leading_member")] == [None, None, None]


@pytest.mark.parametrize("change", ["category", "level", "parent"])
def test_nothing_is_told_of_a_unit_that_was_another(
    cast: Cast, at: datetime, city: Unit, county: Unit, change: str
) -> None:
    """Nor of what lies in it: the post may have been held before."""
    earlier = {"category": GOVERNMENT, "level": UnitLevel.NONE, "parent": cast.city}[change]
    values = {"category": TERRITORY, "level": COUNTY, "parent": city, change: earlier}
    ends = {"valid_from": date(2000, 1, 1), "valid_to": DAY}
    UnitVersion.objects.create(unit=county, name="旧县", **values, **ends)
    post = hold(cast.chen_file, at, make("县局", county, GOVERNMENT))
    assert [told(post, name) for name in ("setting", "place")] == [None, None]


def test_another_name_makes_no_other_unit(cast: Cast, at: datetime, city: Unit, county: Unit) -> None:
    values = {"category": TERRITORY, "level": COUNTY, "parent": city}
    UnitVersion.objects.create(unit=county, name="旧县", valid_from=date(2000, 1, 1), valid_to=DAY, **values)
    assert told(hold(cast.chen_file, at, county), "setting") == "县级机关"


def test_a_unit_that_is_no_more_lay_where_it_lay(cast: Cast, at: datetime, county: Unit) -> None:
    town = make("撤镇", county, TOWN, valid_to=date(2024, 1, 1))
    Unit.objects.filter(pk=town.pk).update(abolished_on=date(2024, 1, 1))
    assert told(hold(cast.chen_file, at, town), "setting") == "基层"


# --- the résumé, where the unit is not in the register


def line(cadre: Cadre, at: datetime, setting: str, start: date, end: date | None = None) -> ResumeEntry:
    return add(ResumeEntry, cadre, at, order=1, text="某地某单位", setting=setting, valid_from=start, valid_to=end)


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        *((date(2022, 3, 1), None, "基层"), (date(2022, 3, 16), None, None)),
        *((date(2020, 1, 1), date(2023, 5, 1), "基层"), (date(2020, 1, 1), date(2023, 4, 1), None)),
    ],
)
def test_a_line_that_holds_the_whole_post(
    cast: Cast, at: datetime, start: date, end: date | None, word: str | None
) -> None:
    """A line ends in the month in which the next one begins."""
    post = hold(cast.chen_file, at, None, valid_to=date(2023, 5, 20))
    line(cast.chen_file, at, "grassroots", start, end)
    assert told(post, "setting") == word


def test_a_post_that_runs_needs_a_line_that_runs(cast: Cast, at: datetime) -> None:
    post = hold(cast.chen_file, at, None)
    first = line(cast.chen_file, at, "county", date(2022, 1, 1), date(2026, 1, 1))
    assert told(post, "setting") is None
    ResumeEntry.objects.filter(pk=first.pk).update(valid_to=None)
    assert told(post, "setting") == "县级机关"


@pytest.mark.parametrize(("other", "word"), [("county", "县级机关"), ("city", None), ("unknown", None)])
def test_lines_that_differ_say_nothing(cast: Cast, at: datetime, other: str, word: str | None) -> None:
    post = hold(cast.chen_file, at, None)
    for setting in ("county", other):
        line(cast.chen_file, at, setting, date(2022, 1, 1))
    assert told(post, "setting") == word


def test_the_unit_stands_above_the_line(cast: Cast, at: datetime, county: Unit) -> None:
    line(cast.chen_file, at, "city", date(2022, 1, 1))
    assert told(hold(cast.chen_file, at, county), "setting") == "县级机关"
    assert told(hold(cast.chen_file, at, cast.unit_a), "setting") is None


def test_the_lines_of_another_person_or_withdrawn_say_nothing(cast: Cast, at: datetime) -> None:
    post = hold(cast.chen_file, at, None)
    line(cast.zhou_file, at, "county", date(2022, 1, 1))
    ResumeEntry.objects.filter(pk=line(cast.chen_file, at, "city", date(2022, 1, 1)).pk).update(withdrawn_at=at)
    assert told(post, "setting") is None


# --- who leads a place


def slot(unit: Unit, role: str, *, is_leading: bool = True) -> Position:
    kind = LeadingGroupKind.PARTY_COMMITTEE
    group, _ = LeadingGroup.objects.get_or_create(unit=unit, kind=kind, defaults={"name": "班子", "valid_from": DAY})
    values = {"title": "某职", "tier": PostTier.COUNTY_DEPUTY, "valid_from": DAY, "is_leading": is_leading}
    return Position.objects.create(unit=unit, leading_group=group if role else None, group_role=role, **values)


@pytest.mark.parametrize("role", GroupRole.values)
def test_the_group_of_a_county_leads_a_place(cast: Cast, at: datetime, county: Unit, role: str) -> None:
    post = hold(cast.chen_file, at, county, position=slot(county, role))
    assert told(post, "is_leading_member") is True


def test_others_of_a_county_do_not(cast: Cast, at: datetime, county: Unit) -> None:
    outside = hold(cast.chen_file, at, county, position=slot(county, "", is_leading=False))
    bureau = make("县局", county, GOVERNMENT)
    head = hold(cast.chen_file, at, bureau, position=slot(bureau, GroupRole.PRINCIPAL))
    town = make("镇", county, TERRITORY, UnitLevel.TOWNSHIP)
    secretary = hold(cast.chen_file, at, town, position=slot(town, GroupRole.PRINCIPAL))
    assert [told(post, "is_leading_member") for post in (outside, head, secretary)] == [False, False, False]


def test_who_may_lead_a_place_all_the_same_is_not_told(cast: Cast, at: datetime, county: Unit) -> None:
    bureau = make("组织部", county, UnitCategory.PARTY)
    without = hold(cast.chen_file, at, bureau)
    named = hold(cast.chen_file, at, bureau, position=slot(bureau, GroupRole.PRINCIPAL), title="县委常委、部长")
    assert [told(post, "is_leading_member") for post in (without, named)] == [None, None]


@pytest.mark.parametrize(
    ("role", "is_leading", "word"),
    [("principal", True, "正职"), ("member", True, "其他成员"), ("", False, "非领导"), ("", True, None)],
)
def test_the_role_in_a_group(
    cast: Cast, at: datetime, county: Unit, role: str, is_leading: bool, word: str | None
) -> None:
    assert told(hold(cast.chen_file, at, county, position=slot(county, role, is_leading=is_leading)), "role") == word
