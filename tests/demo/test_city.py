"""The generated city, without a database."""

import hashlib
from collections import Counter
from itertools import pairwise

import pytest

from quanheng.accounts.choices import ManagementCategory
from quanheng.demo.cast import CAST, LONGEST_NAME, OFFICER_WITH_KIN, SUBJECT, TEN_RELATIVES
from quanheng.demo.chance import KeyMaker, month, months
from quanheng.demo.city import City, build_city
from quanheng.demo.facts import CadreFact
from quanheng.demo.forms import resume_text
from quanheng.demo.ladder import HEIGHT, LADDER, LEAST_YEARS, RANKS_SINCE, TODAY, least_years_in
from quanheng.demo.units import NEWEST, REFORM
from quanheng.formats import identity, resume
from quanheng.formats.codes import table
from quanheng.organization.choices import GroupRole, PostTier, UnitKind, UnitLevel
from quanheng.people.choices import AssessmentGrade, CadreStatus, HoldingKind, KinTieState, ResumeSetting, Sex
from quanheng.people.models.records import namesake


@pytest.fixture(scope="module")
def city() -> City:
    return build_city()


@pytest.fixture(scope="module")
def cadres(city: City) -> list[CadreFact]:
    return list(city.cadres())


def digest(city: City) -> str:
    found = hashlib.sha256(repr(city.organization).encode())
    for fact in city.cadres():
        found.update(repr(fact).encode())
    return found.hexdigest()


def test_the_same_seed_gives_the_same_city_and_another_another() -> None:
    assert digest(build_city(cadres=150, seed=5)) == digest(build_city(cadres=150, seed=5))
    assert digest(build_city(cadres=150, seed=5)) != digest(build_city(cadres=150, seed=6))


def test_keys_ascend_and_never_meet() -> None:
    keys = [KeyMaker(1, "cadre").key(number) for number in range(500)]
    assert keys == sorted(keys)
    others = {KeyMaker(1, "unit").key(number) for number in range(500)} | {KeyMaker(2, "cadre").key(0)}
    assert len(set(keys) | others) == 1001
    assert {key.version for key in keys} == {7}


def test_counts_are_exact(city: City, cadres: list[CadreFact]) -> None:
    assert len(city.organization.units) == 120
    assert len({unit.path for unit in city.organization.units}) == 120
    assert len(cadres) == 3000
    assert len({fact.key for fact in cadres}) == 3000


@pytest.mark.parametrize(("wanted", "units"), [(1, 120), (60, 120), (20_000, 120), (22_501, 180)])
def test_a_city_of_any_size_is_filled_exactly(wanted: int, units: int) -> None:
    made = build_city(cadres=wanted)
    assert (len(made.slots), len(made.organization.units)) == (wanted, units)


def test_the_cast_is_the_same_in_a_city_of_any_size(city: City) -> None:
    small = build_city(cadres=60)
    for member in CAST:
        here, there = city.cadre(city.number_of(member.name)), small.cadre(small.number_of(member.name))
        assert (here.identity_number, here.resume) == (there.identity_number, there.resume)


def test_an_empty_unit_and_a_merged_one_exist(city: City, cadres: list[CadreFact]) -> None:
    held = {fact.unit for fact in cadres}
    empty = [unit for unit in city.organization.units if unit.positions and unit.key not in held]
    assert [(unit.name, unit.founded_on) for unit in empty] == [("松涧县政务服务和大数据局", NEWEST)]
    ended = [unit for unit in city.organization.units if unit.abolished_on]
    assert [(unit.name, unit.abolished_on) for unit in ended] == [("霁州市旅游发展委员会", REFORM)]
    successor = next(unit for unit in city.organization.units if unit.code == ended[0].versions[0].successor)
    assert successor.name == "霁州市文化广电和旅游局"


def test_units_are_called_after_their_time(city: City) -> None:
    unit = next(unit for unit in city.organization.units if unit.name == "松涧县自然资源局")
    assert unit.name_on(month(months(2018, 12))) == "松涧县国土资源局"
    assert unit.name_on(REFORM) == "松涧县自然资源局"


def test_the_tier_of_a_principal_is_the_level_of_the_unit(city: City) -> None:
    tiers = {
        UnitLevel.DEPARTMENT: PostTier.DEPARTMENT_PRINCIPAL,
        UnitLevel.COUNTY: PostTier.COUNTY_PRINCIPAL,
        UnitLevel.TOWNSHIP: PostTier.TOWNSHIP_PRINCIPAL,
    }
    for unit in city.organization.units:
        principals = {one.tier for one in unit.positions if one.role == GroupRole.PRINCIPAL}
        assert principals <= {tiers.get(unit.level)}, unit.name
        assert (unit.principal_quota is None) == (unit.kind == UnitKind.GROUPING or unit.abolished_on is not None)


def test_some_leading_posts_are_vacant_and_a_few_over_quota(city: City) -> None:
    filled = Counter(slot.position.key for slot in city.slots)
    led = [one for unit in city.organization.units for one in unit.positions if one.role is not None]
    vacant = sum(filled[one.key] < one.quota for one in led)
    over = sum(filled[one.key] > one.quota for one in led)
    assert 20 <= vacant <= 120
    assert 2 <= over <= 15


def test_everybody_climbed_the_ladder_by_its_least_times(cadres: list[CadreFact]) -> None:
    for fact in cadres:
        held = sorted((one for one in fact.holdings if one.kind == HoldingKind.APPOINTMENT), key=lambda one: one.start)
        heights = [LADDER.index(one.tier) for one in held]
        assert heights == sorted(heights), fact.name
        assert held[-1].tier == fact.tier
        starts = {one.tier: one.start for one in reversed(held)} | {PostTier.STAFF: fact.work_start}
        for before, after in pairwise(LADDER[: LADDER.index(fact.tier) + 1]):
            assert starts[after] - starts[before] >= LEAST_YEARS[after] * 12, fact.name


def test_ranks_go_up_a_step_in_time_or_with_a_promotion(cadres: list[CadreFact]) -> None:
    for fact in cadres:
        promotions = {one.start for one in fact.holdings}
        assert all(one.start >= RANKS_SINCE for one in fact.ranks)
        for before, after in pairwise(fact.ranks):
            assert before.end == after.start
            step = HEIGHT[after.rank] - HEIGHT[before.rank]
            in_time = step == 1 and after.start - before.start >= least_years_in(before.rank) * 12
            assert in_time or (step > 0 and after.start in promotions), fact.name


def test_a_resume_has_no_gap_and_its_inner_lines_end_in_theirs(cadres: list[CadreFact]) -> None:
    for fact in cadres:
        for before, after in pairwise(fact.resume):
            assert before.end == after.start, fact.name
            assert before.start < after.start, fact.name
        assert fact.resume[-1].end is None
        assert fact.resume[0].setting == ResumeSetting.STUDY
        for line in fact.resume:
            assert all(line.start < (one.end or 0) <= (line.end or TODAY) for one in line.inside), fact.name


def test_a_resume_is_read_back_by_its_grammar(cadres: list[CadreFact]) -> None:
    for fact in cadres[::10]:
        entries, findings = resume.parse(resume_text(fact.resume))
        assert findings == (), fact.name
        assert [entry.text for entry in entries] == [line.text for line in fact.resume]
        assert [len(entry.inside) for entry in entries] == [len(line.inside) for line in fact.resume]


def test_identity_numbers_belong_to_nobody_and_say_birth_and_sex(cadres: list[CadreFact]) -> None:
    for fact in cadres:
        number = fact.identity_number
        assert identity.is_valid(number)
        assert number.startswith("00")
        assert identity.birth_date(number) == fact.born
        assert identity.sex(number) == ("男" if fact.sex == Sex.MALE else "女")
    assert len({fact.identity_number for fact in cadres}) == 3000


def test_a_life_is_in_order(cadres: list[CadreFact]) -> None:
    for fact in cadres:
        birth = fact.born.year * 12 + fact.born.month - 1
        assert 17 * 12 <= fact.work_start - birth <= 29 * 12, fact.name
        assert fact.party_joined is None or fact.party_joined >= birth + 18 * 12
        assert (fact.party_joined is not None) == (fact.affiliation in ("01", "02"))
        if fact.status == CadreStatus.SERVING:
            assert TODAY - birth < 60 * 12, fact.name
        else:
            assert fact.resume[-1].text == "退休"
            assert fact.holdings[-1].end is not None or fact.holdings[-1].kind == HoldingKind.SECONDMENT


def test_codes_are_those_of_the_tables(cadres: list[CadreFact]) -> None:
    assert {fact.ethnicity for fact in cadres} <= set(table("ethnic_groups").names)
    assert {fact.affiliation for fact in cadres} <= set(table("political_affiliations").names)
    studies = [one for fact in cadres for one in fact.educations]
    assert {one.level_code for one in studies} <= set(table("education_levels").names)
    assert {one.degree_code for one in studies} <= {"", *table("degrees").names}
    assert {one.code for fact in cadres for one in fact.titles} <= set(table("professional_titles").names)
    assert {one.relation_code for fact in cadres for one in fact.family} <= set(table("family_relations").names)


def test_shares_are_plausible(cadres: list[CadreFact]) -> None:
    grades = Counter(one.grade for fact in cadres for one in fact.grades[1:])
    assert 0.17 < grades[AssessmentGrade.EXCELLENT] / grades.total() < 0.19
    assert {fact.grades[0].year for fact in cadres if fact.grades} >= {1990, 2020}
    assert max(one.year for fact in cadres for one in fact.grades) == 2025
    sanctioned = [fact for fact in cadres if fact.sanctions]
    assert 15 <= len(sanctioned) <= 60
    assert any(one.end > TODAY for fact in sanctioned for one in fact.sanctions)
    checked = Counter(check.result.value for fact in cadres for check in fact.verifications)
    assert checked["verified"] / checked.total() > 0.97
    assert min(checked["missing"], checked["inconsistent"]) > 20
    members = sum(fact.affiliation == "01" for fact in cadres)
    assert 0.7 < members / 3000 < 0.9


def test_a_sanctioned_year_is_not_excellent(cadres: list[CadreFact]) -> None:
    for fact in cadres:
        years = {one.start // 12 for one in fact.sanctions}
        assert not any(one.grade == AssessmentGrade.EXCELLENT and one.year in years for one in fact.grades)


def test_who_a_screen_must_bear_is_there(city: City, cadres: list[CadreFact]) -> None:
    assert LONGEST_NAME in {fact.name for fact in cadres}
    families = Counter(len(fact.family) for fact in cadres)
    assert len(cadres[city.number_of(TEN_RELATIVES)].family) == 10
    assert (min(families), max(families)) == (2, 10)
    subject = cadres[city.number_of(SUBJECT)]
    assert [line.text for line in subject.resume][-1] == "松涧县发展和改革局党组书记、局长"
    assert [one.rank.value for one in subject.ranks] == ["senior_staff_2", "senior_staff_1", "counsel_4"]
    assert subject.category == ManagementCategory.COUNTY


def test_kin_are_named_in_each_others_forms(city: City, cadres: list[CadreFact]) -> None:
    assert {tie.state for tie in city.ties} == {KinTieState.CONFIRMED, KinTieState.PROPOSED}
    for tie in city.ties:
        other = cadres[tie.kin]
        index = namesake(other.name, f"{other.born:%Y%m}")
        relatives = [one for one in cadres[tie.cadre].family if one.relation_code == tie.relation_code]
        assert [namesake(one.name, one.birth) for one in relatives] == [index]
    pairs = {(cadres[tie.cadre].name, cadres[tie.kin].name) for tie in city.ties}
    assert (OFFICER_WITH_KIN, "周以宁") in pairs


def test_posts_have_the_terms_and_probations_of_their_kind(city: City, cadres: list[CadreFact]) -> None:
    """Whoever is elected has a term and no probation; probation is of the last year, closed or forgotten after it."""
    held = [one for fact in cadres for one in fact.holdings]
    terms = [one for one in held if one.term]
    assert {one.position in city.terms for one in terms} == {True}
    assert {one.end for one in terms} == {None}
    assert 30 <= len(terms) < 60
    assert not [one for one in terms if one.term is not None and one.start < one.term]
    tried = [one for one in held if one.probation]
    assert not [one for one in tried if one.term or one.end or one.probation != one.start]
    over = [one for one in tried if TODAY - one.start >= 12]
    assert {one.confirmed for one in tried if one not in over} == {None}
    assert {one.confirmed - one.start if one.confirmed else None for one in over} == {12, None}


def test_somebody_comes_to_ten_years_in_a_post(city: City, cadres: list[CadreFact]) -> None:
    assert city.long_held is not None
    fact = cadres[city.long_held]
    last, line = fact.holdings[-1], fact.resume[-1]
    assert (last.title, last.start, last.end) == ("副县长", months(2017, 4), None)
    assert (line.start, fact.holdings[-2].end, fact.resume[-2].end) == (last.start,) * 3
    assert build_city(cadres=60, seed=5).long_held is None
