"""What a dossier says in the words of the rulebook, and what it cannot say yet."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from quanheng.organization.choices import GroupRole, PostTier, UnitCategory, UnitLevel
from quanheng.organization.models import Position
from quanheng.people.choices import AssessmentGrade, CadreStatus, HoldingKind, PersonnelKind, Sex
from quanheng.people.models import AnnualGrade, Cadre, Education, PostHolding, Sanction, TrainingRecord, Verification
from quanheng.people.rule_facts import PEOPLE, SOURCES, facts_of, sourced, unsourced
from quanheng.people.rule_words import EDUCATION, GRADES, LEVELS, RANKS, RETIREMENT_CLASSES, ROLES, SANCTIONS
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.situation import Record
from quanheng.rulebook.types import Kind
from quanheng.rulebook.vocabulary import World
from tests.conftest import Cast
from tests.dossiers import REGISTRAR, add, fill

pytestmark = pytest.mark.django_db
VOCABULARY = load_facts()


@pytest.fixture
def chen(cast: Cast, at: datetime) -> Cadre:
    return fill(cast.chen_file, at)


def facts(cadre: Cadre) -> dict[str, Any]:
    return facts_of([cadre.pk], VOCABULARY)[cadre.pk]


def values(records: tuple[Record, ...], *names: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(each.values.get(name) for name in names) for each in records), key=repr)


# --- one definition within the vocabulary


def test_sources_speak_of_facts_and_fields_that_there_are() -> None:
    assert set(PEOPLE.columns) <= {fact.name for fact in VOCABULARY if not fact.is_records}
    for source in SOURCES:
        assert set(source.columns) <= set(VOCABULARY.lookup(source.fact).fields)
        types = {VOCABULARY.lookup(source.fact).fields[name].type.kind for name in source.texts}
        assert types <= {Kind.TEXT}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("level", LEVELS.values()),
        ("rank", RANKS),
        ("role", ROLES),
        ("grade", GRADES.values()),
        ("education", [word for _, word in EDUCATION]),
        ("retirement_class", [word for _, word in RETIREMENT_CLASSES]),
        ("sanction_system", [system for system, _ in SANCTIONS.values()]),
        ("sanction_kind", [kind for _, kind in SANCTIONS.values()]),
    ],
)
def test_words_are_those_of_the_vocabulary(code: str, words: Any) -> None:
    assert set(words) <= set(VOCABULARY.codes[code].values)


def test_scales_are_whole_and_in_order() -> None:
    assert tuple(reversed([*LEVELS.values()])) == VOCABULARY.codes["level"].values
    assert tuple(reversed(RANKS)) == VOCABULARY.codes["rank"].values


def test_what_the_dossier_cannot_say_is_counted() -> None:
    """By the room that is to record it. A new source takes a fact away here; a new fact without one is added."""
    missing = unsourced(VOCABULARY)
    assert Counter(fact.source.partition(".")[0] for fact in missing) == {
        "people": 31,
        "selection": 11,
        "personal_matters": 7,
        "appointment": 3,
        "assessment": 3,
        "adjustment": 2,
        "complaint": 2,
        "discipline authority": 2,
        "organization": 2,
        "training": 2,
        "appeal": 1,
        "audit": 1,
        "handling": 1,
        "signoff": 1,
        "supervision": 1,
    }
    assert sourced() <= set(VOCABULARY.facts)


def test_what_records_of_people_cannot_say_is_named() -> None:
    """Of single facts; `person.retirement_date` is derived from two that they say."""
    missing = [fact.name for fact in unsourced(VOCABULARY) if fact.source.startswith("people.")]
    assert {name.partition(".")[2] for name in missing if "." in name} == {
        *("all_children_emigrated", "growth_city", "growth_place", "has_required_licence", "has_spouse"),
        *("is_audit_required", "is_internal_unit_leader", "is_leading_member", "is_listed_report_post"),
        *("is_on_probation", "is_selected_graduate", "is_young_cadre", "last_promotion", "retirement_date"),
        "spouse_emigrated",
    }


# --- one person


def test_the_person(chen: Cadre) -> None:
    found = facts(chen)
    assert {name: found[name] for name in found if "." in name} == {
        "person.birth": date(1980, 5, 1),
        "person.work_start": date(2003, 7, 1),
        "person.party_joined": date(2006, 12, 1),
        "person.is_party_member": True,
        "person.retirement_class": "male",
        "person.is_retired": False,
    }


@pytest.mark.parametrize(
    ("code", "is_member"), [("01", True), ("02", None), ("13", False), ("04", False), ("", None), ("党外人士", None)]
)
def test_members_of_the_party(chen: Cadre, code: str, is_member: bool | None) -> None:
    Cadre.objects.filter(pk=chen.pk).update(political_affiliation=code)
    assert facts(chen).get("person.is_party_member") is is_member


@pytest.mark.parametrize(
    ("sex", "kind", "word"),
    [
        (Sex.MALE, PersonnelKind.OTHER, "male"),
        (Sex.FEMALE, PersonnelKind.CIVIL_SERVANT, "female_cadre"),
        (Sex.FEMALE, PersonnelKind.OTHER, None),
        ("", PersonnelKind.CIVIL_SERVANT, None),
    ],
)
def test_the_class_of_retirement(chen: Cadre, sex: str, kind: str, word: str | None) -> None:
    Cadre.objects.filter(pk=chen.pk).update(sex=sex, personnel_kind=kind)
    assert facts(chen).get("person.retirement_class") == word


@pytest.mark.parametrize(
    ("status", "is_retired"),
    [(CadreStatus.RETIRED, True), (CadreStatus.NOT_SERVING, False), (CadreStatus.TRANSFERRED, None)],
)
def test_who_is_retired(chen: Cadre, status: str, is_retired: bool | None) -> None:
    Cadre.objects.filter(pk=chen.pk).update(status=status)
    assert facts(chen).get("person.is_retired") is is_retired


@pytest.mark.parametrize(
    ("result", "stands"), [("verified", True), ("inconsistent", False), ("missing", False), ("withdrawn", True)]
)
def test_a_doubted_birth_is_not_known(chen: Cadre, at: datetime, result: str, stands: bool) -> None:
    Verification.objects.create(
        cadre=chen,
        item="birth",
        result="missing" if result == "withdrawn" else result,
        materials="出生证明",
        verified_on=at.date(),
        verified_by=REGISTRAR,
        verified_by_name="何静",
        withdrawn_at=at if result == "withdrawn" else None,
    )
    assert ("person.birth" in facts(chen)) is stands
    assert facts(chen)["person.work_start"] == date(2003, 7, 1)  # another item


# --- records


def test_posts(chen: Cadre) -> None:
    names = ("start", "end", "level", "is_secondment", "post", "unit", "decision", "role")
    unit = chen.home_unit.name
    assert values(facts(chen)["posts"], *names) == [
        (date(2010, 3, 1), date(2022, 4, 1), "县处级副职", False, f"{unit}副局长", unit, "示任〔2010〕3号", None),
        (date(2022, 4, 1), None, "县处级正职", False, f"{unit}局长", unit, "示任〔2022〕8号", None),
    ]
    keys = {f"posts[{post.pk}]" for post in PostHolding.objects.filter(cadre=chen)}
    assert {each.key for each in facts(chen)["posts"]} == keys


def test_a_unit_keeps_its_posts_under_another_name(chen: Cadre) -> None:
    unit = chen.home_unit
    PostHolding.objects.filter(cadre=chen, title="局长").update(unit_name="旧名")
    (one,) = {each.values["unit"] for each in facts(chen)["posts"]}
    assert one == unit.name
    PostHolding.objects.filter(cadre=chen).update(unit=None, unit_name="外地某局")
    assert values(facts(chen)["posts"], "post") == [("外地某局副局长",), ("外地某局局长",)]


def test_the_role_is_that_of_the_position(chen: Cadre) -> None:
    position = Position.objects.create(
        unit=chen.home_unit,
        title="局长",
        tier=PostTier.COUNTY_PRINCIPAL,
        group_role=GroupRole.PRINCIPAL,
        valid_from=date(2020, 1, 1),
    )
    PostHolding.objects.filter(cadre=chen, title="局长").update(position=position)
    assert values(facts(chen)["posts"], "role") == [("正职",), (None,)]


@pytest.mark.parametrize(
    ("begins", "level"),
    [
        *((date(2010, 2, 28), None), (date(2010, 3, 1), "县处级副职")),
        *((date(2022, 3, 31), "县处级副职"), (date(2022, 4, 1), "县处级正职")),
    ],
)
def test_a_secondment_has_the_level_of_the_own_post(chen: Cadre, at: datetime, begins: date, level: str | None) -> None:
    """Whatever the post lent is called: its tier gives no years at that tier."""
    lent = {"unit_name": "外县", "title": "挂职副市长", "tier": PostTier.DEPARTMENT_DEPUTY, "valid_from": begins}
    post = add(PostHolding, chen, at, kind=HoldingKind.SECONDMENT, **lent)
    (found,) = (each for each in facts(chen)["posts"] if each.key == f"posts[{post.pk}]")
    assert (found.values["is_secondment"], found.values.get("level")) == (True, level)


def test_ranks_and_grades(chen: Cadre) -> None:
    assert values(facts(chen)["ranks"], "rank", "start", "end") == [
        ("三级调研员", date(2023, 6, 1), None),
        ("四级调研员", date(2019, 6, 1), date(2023, 6, 1)),
    ]
    assert values(facts(chen)["grades"], "year", "grade", "decided") == [(2023, "称职", None), (2025, "优秀", None)]


@pytest.mark.parametrize(
    ("level", "degree", "word"),
    [
        *(("11", "201", "博士研究生"), ("11", "301", "硕士研究生"), ("1A", "", "硕士研究生"), ("12", "", None)),
        *(("21", "", "大学本科"), ("32", "", "大学专科"), ("3", "", None), ("37", "", "高中"), ("", "", None)),
    ],
)
def test_education(chen: Cadre, level: str, degree: str, word: str | None) -> None:
    Education.objects.filter(cadre=chen).update(level_code=level, degree_code=degree)
    assert values(facts(chen)["education"], "level", "is_verified", "finished") == [(word, None, date(2003, 7, 1))]


def test_a_verified_education(chen: Cadre) -> None:
    Education.objects.filter(cadre=chen).update(verified_on=date(2026, 5, 9))
    assert values(facts(chen)["education"], "is_verified") == [(True,)]


def test_sanctions(chen: Cadre, at: datetime) -> None:
    dates = {"decided_on": date(2025, 3, 2), "valid_from": date(2025, 3, 3), "valid_to": date(2025, 9, 3)}
    add(Sanction, chen, at, kind="serious_demerit", document="示纪〔2025〕1号", **dates)
    add(Sanction, chen, at, kind="other", lifted_on=date(2025, 6, 1), **dates)
    assert values(facts(chen)["sanctions"], "system", "kind", "effective", "ended", "decision", "effect_end") == [
        (
            "政务",
            "记大过",
            date(2025, 3, 3),
            None,
            "示纪〔2025〕1号",
            None,
        ),  # its effect is for the rulebook to compute
        (None, None, date(2025, 3, 3), date(2025, 6, 1), None, None),
    ]


def test_training_of_a_year(chen: Cadre, at: datetime) -> None:
    add(TrainingRecord, chen, at, name="甲", hours=40, valid_from=date(2024, 3, 1))
    add(TrainingRecord, chen, at, name="乙", hours=30, valid_from=date(2024, 12, 31))
    add(TrainingRecord, chen, at, name="丙", hours=None, valid_from=date(2025, 1, 1))
    add(TrainingRecord, chen, at, name="丁", hours=9, valid_from=date(2025, 5, 1))
    add(TrainingRecord, chen, at, name="戊", hours=500, valid_from=date(2024, 5, 1), withdrawn_at=at)
    found = facts(chen)
    assert values(found["training_years"], "year", "hours") == [(2024, 70), (2025, None)]  # of one class nobody knows
    assert [each.key for each in found["training_years"]] == ["training_years[2024]", "training_years[2025]"]
    assert values(found["trainings"], "name", "hours", "is_registered")[0] == ("丁", 9, True)
    assert len(found["trainings"]) == 4


def test_kin_by_their_code(chen: Cadre) -> None:
    assert values(facts(chen)["relatives"], "kin", "name") == [("妻子", "妻子")]


# --- what is not there


def test_no_record_is_unknown_or_none_by_the_world_of_the_fact(cast: Cast) -> None:
    found = facts(cast.zhou_file)
    assert {name: found[name] for name in found if "." not in name} == {"sanctions": (), "terms": ()}
    worlds = {source.fact: VOCABULARY.lookup(source.fact).world for source in SOURCES}
    assert [name for name, world in worlds.items() if world is World.CLOSED] == ["terms", "sanctions"]


def test_withdrawn_records_and_people_are_gone(chen: Cadre, at: datetime) -> None:
    AnnualGrade.objects.filter(cadre=chen, grade=AssessmentGrade.EXCELLENT).update(withdrawn_at=at)
    assert values(facts(chen)["grades"], "year") == [(2023,)]
    Cadre.objects.filter(pk=chen.pk).update(withdrawn_at=at)
    assert facts_of([chen.pk, uuid4()], VOCABULARY) == {}


def test_many_people_in_as_many_queries_as_one(chen: Cadre, cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert set(facts_of([chen.pk, cast.zhou_file.pk], VOCABULARY)) == {chen.pk, cast.zhou_file.pk}
    assert len(queries) == 1 + len(SOURCES)


def test_one_person_alone_is_told_the_same(chen: Cadre, cast: Cast) -> None:
    """By the statement that is written once, and by the queryset of many."""
    many = facts_of([chen.pk, cast.zhou_file.pk], VOCABULARY)
    assert facts(chen)["posts"]
    assert {key: facts_of([key], VOCABULARY)[key] for key in many} == many


def test_the_statement_of_one_person_is_written_once(chen: Cadre, cast: Cast) -> None:
    with CaptureQueriesContext(connection) as queries:
        facts(chen)
        facts(cast.zhou_file)
    asked = [each["sql"].replace(chen.pk.hex, "?").replace(str(chen.pk), "?") for each in queries]
    others = [each["sql"].replace(cast.zhou_file.pk.hex, "?").replace(str(cast.zhou_file.pk), "?") for each in queries]
    count = 1 + len(SOURCES)
    assert asked[:count] == others[count:]


def test_whoever_is_not_in_the_register_alone(chen: Cadre) -> None:
    assert facts_of([uuid4()], VOCABULARY) == {}
    assert facts_of([], VOCABULARY) == {}


# --- probation and term of a post


def posts_of(chen: Cadre, **values: Any) -> PostHolding:
    """The present post with these values."""
    post: PostHolding = PostHolding.objects.get(cadre=chen, valid_to=None)
    for name, value in values.items():
        setattr(post, name, value)
    post.save()
    return post


def test_where_no_probation_is_written_down_nobody_knows_since_when_a_post_is_held_for_good(chen: Cadre) -> None:
    assert "probations" not in facts(chen)
    assert values(facts(chen)["posts"], "confirmed") == [(None,), (None,)]


def test_a_probation_runs_until_it_is_confirmed_or_the_post_is_left(chen: Cadre) -> None:
    post = posts_of(chen, probation_from=date(2022, 4, 1))
    told = (f"{chen.home_unit.name}局长", date(2022, 4, 1))
    assert values(facts(chen)["probations"], "post", "start", "closed", "result") == [(*told, None, None)]
    assert values(facts(chen)["posts"], "confirmed") == [(None,), (None,)]
    posts_of(chen, confirmed_on=date(2023, 4, 6))
    assert values(facts(chen)["probations"], "post", "start", "closed", "result") == [(*told, date(2023, 4, 6), "胜任")]
    assert sorted(str(told) for (told,) in values(facts(chen)["posts"], "confirmed")) == ["2023-04-06", "None"]
    PostHolding.objects.filter(pk=post.pk).update(confirmed_on=None, valid_to=date(2023, 1, 9))
    assert values(facts(chen)["probations"], "closed", "result") == [(date(2023, 1, 9), None)]


def test_nobody_is_confirmed_before_or_without_a_probation(chen: Cadre) -> None:
    for values in ({"confirmed_on": date(2023, 4, 6)}, {"probation_from": date(2023, 4, 7)}):
        with pytest.raises(IntegrityError, match="post_confirmed_after_probation"), transaction.atomic():
            posts_of(chen, **{"confirmed_on": date(2023, 4, 6), **values})
    posts_of(chen, probation_from=date(2023, 4, 6), confirmed_on=date(2023, 4, 6))


def test_a_term_is_that_of_the_post(chen: Cadre) -> None:
    assert facts(chen)["terms"] == ()
    posts_of(chen, term_from=date(2021, 12, 1))
    found = facts(chen)["terms"]
    post = f"{chen.home_unit.name}局长"
    assert values(found, "post", "start", "end") == [(post, date(2021, 12, 1), None)]


def test_a_term_that_began_while_the_post_was_held_wants_a_post_of_its_own(chen: Cadre) -> None:
    posts_of(chen, term_from=date(2022, 4, 1))
    with pytest.raises(IntegrityError, match="post_term_begun"), transaction.atomic():
        posts_of(chen, term_from=date(2022, 4, 2))


def test_of_a_leading_member_a_term_is_known_to_run_though_not_since_when(chen: Cadre) -> None:
    """A missing day is no missing term: it is asked for, and nobody is told that there is none."""
    chen.home_unit.versions.update(category=UnitCategory.TERRITORY, level=UnitLevel.COUNTY)
    group = {"unit": chen.home_unit, "title": "副县长", "tier": PostTier.COUNTY_DEPUTY, "valid_from": date(2020, 1, 1)}
    position = Position.objects.create(group_role=GroupRole.DEPUTY, **group)
    posts_of(chen, position=position, tier=PostTier.COUNTY_DEPUTY)
    assert values(facts(chen)["terms"], "start", "end") == [(None, None)]
    posts_of(chen, kind=HoldingKind.SECONDMENT)
    assert facts(chen)["terms"] == ()
    posts_of(chen, kind=HoldingKind.APPOINTMENT, term_from=date(2021, 12, 1))
    assert values(facts(chen)["terms"], "start") == [(date(2021, 12, 1),)]
