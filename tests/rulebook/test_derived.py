"""Facts that follow from raw records: kin and their work, levels, open cases."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from quanheng.rulebook.derived import FACTS, FIELDS, OF_FIELD
from quanheng.rulebook.kinship import KinClass
from quanheng.rulebook.retirement import RetirementClass
from quanheng.rulebook.situation import Raw
from quanheng.rulebook.situations import read_situations
from tests.rulebook.deriving import BOOK, ON, VOCABULARY, column, derived, records

D = date


# --- the vocabulary tells what is derived


def test_all_that_is_derived_is_declared() -> None:
    assert [name for name in FACTS if name not in VOCABULARY.facts] == []
    assert [pair for pair in FIELDS if pair[1] not in VOCABULARY.facts[pair[0]].fields] == []
    for field in OF_FIELD:
        assert any(field in fact.fields for fact in VOCABULARY)


def test_what_is_given_stands() -> None:
    facts = derived(
        person__has_open_case=False,
        inquiries=records({"opened": D(2025, 1, 1)}),
        relatives=records({"kin": "表弟", "kin_class": "近姻亲"}),
    )
    assert facts["person.has_open_case"] is False
    assert column(facts, "relatives", "kin_class") == ["近姻亲"]
    assert column(facts, "relatives", "class_by_word") == ["三代以内旁系血亲"]


def test_nothing_follows_from_nothing() -> None:
    assert derived() == {}
    assert derived(sanctions=()) == {"sanctions": ()}


# --- kin

OWN: dict[str, Raw] = {
    "start": D(2020, 1, 1),
    "level": "县处级副职",
    "post": "副局长",
    "unit": "某局",
    "superior": "局长",
}


@pytest.mark.parametrize(
    ("relative", "line"),
    [
        ({"unit": "某局", "post": "科员", "superior": "局长"}, "同受一人领导"),
        ({"unit": "某局", "post": "科长", "superior": "副局长"}, "直接上下级"),
        ({"unit": "某局", "post": "局长", "superior": "书记"}, "直接上下级"),
        ({"unit": "某局", "post": "科员", "superior": "科长"}, "无"),
        ({"unit": "别局", "post": "科员", "superior": "局长"}, "无"),
        ({"unit": "某局", "post": "科员"}, None),
    ],
)
def test_the_line_follows_from_who_leads_each(relative: dict[str, Raw], line: str | None) -> None:
    facts = derived(posts=records(OWN), relatives=records({"kin": "妻", **relative}))
    assert column(facts, "relatives", "line") == [line]


def test_without_own_posts_no_line_is_known() -> None:
    facts = derived(relatives=records({"kin": "妻", "unit": "某局", "superior": "局长"}))
    assert column(facts, "relatives", "line") == [None]
    assert column(facts, "relatives", "is_in_organ_led") == [None]


@pytest.mark.parametrize(("end", "line", "is_led"), [(None, None, None), (ON, "无", False)])
def test_a_post_whose_beginning_is_not_recorded_may_be_the_tie(
    end: date | None, line: str | None, is_led: bool | None
) -> None:
    undated = {**OWN, "start": None, "end": end, "unit": "别局"}
    kin = {"kin": "妻", "unit": "别局", "post": "科员", "superior": "科长"}
    facts = derived(posts=records(OWN, undated), relatives=records(kin))
    assert column(facts, "relatives", "line") == [line]
    assert column(facts, "relatives", "is_in_organ_led") == [is_led]


@pytest.mark.parametrize(
    ("unit", "level", "is_led"),
    [
        ("某局", "县处级副职", True),
        ("别局", "县处级副职", False),
        ("某局", "科员及以下", False),
        (None, "县处级副职", None),
    ],
)
def test_an_organ_is_led_from_a_leading_post(unit: str | None, level: str, is_led: bool | None) -> None:
    facts = derived(posts=records({**OWN, "level": level}), relatives=records({"kin": "妻", "unit": unit}))
    assert column(facts, "relatives", "is_in_organ_led") == [is_led]


@pytest.mark.parametrize(
    ("word", "kin_class", "is_business"),
    [
        ("妻", "夫妻", True),
        ("儿媳", "近姻亲", True),
        ("妻之兄的妻子", "近姻亲", False),
        ("同学", "非亲属", False),
        ("本人", "本人", None),
        ("远房亲戚", None, None),
    ],
)
def test_classes_follow_from_the_word(word: str, kin_class: str | None, is_business: bool | None) -> None:
    facts = derived(relatives=records({"kin": word}))
    assert column(facts, "relatives", "kin_class") == [kin_class]
    assert column(facts, "relatives", "is_business_kin") == [is_business]


def test_kin_at_a_meeting_are_classed_too() -> None:
    assert column(derived(attendees=records({"kin": "妻之兄"})), "attendees", "kin_class") == ["近姻亲"]


def test_code_lists_are_those_of_the_functions() -> None:
    classes = {each.value for each in KinClass} - {KinClass.UNKNOWN.value}
    assert set(VOCABULARY.codes["kin_class"].values) == classes | {"本人"}
    assert VOCABULARY.codes["retirement_class"].values == tuple(RetirementClass)


# --- the rest


@pytest.mark.parametrize(
    ("posts", "up"),
    [
        ([{"start": D(2020, 1, 1), "level": "乡科级正职"}], 1),
        ([{"start": D(2020, 1, 1), "level": "乡科级副职"}], 2),
        ([{"start": D(2020, 1, 1), "level": "县处级副职", "end": D(2024, 1, 1)}], 0),
        ([{"start": D(2020, 1, 1), "level": "县处级正职"}, {"start": D(2021, 1, 1), "level": "乡科级正职"}], -1),
        ([{"start": D(2026, 1, 1), "level": "乡科级正职"}], None),
        ([{"start": D(2020, 1, 1)}], None),
        ([{"start": D(2020, 1, 1), "level": "乡科级副职"}, {"level": "乡科级正职"}], None),
        ([{"start": D(2020, 1, 1), "level": "乡科级副职"}, {"level": "乡科级正职", "end": ON}], 2),
    ],
)
def test_levels_up_from_the_highest_level_held_now(posts: list[dict[str, Raw]], up: int | None) -> None:
    facts = derived(posts=records(*posts), target__level="县处级副职")
    assert facts.get("target.levels_up") == up


@pytest.mark.parametrize(
    ("on", "is_open"),
    [(D(2024, 11, 11), False), (D(2024, 11, 12), True), (D(2025, 3, 19), True), (D(2025, 3, 20), False)],
)
def test_a_case_is_open_from_its_day_until_it_is_closed(on: date, is_open: bool) -> None:
    facts = derived(on, inquiries=records({"opened": D(2024, 11, 12), "closed": D(2025, 3, 20)}))
    assert facts["person.has_open_case"] is is_open


@pytest.mark.parametrize(
    ("inquiries", "is_open"),
    [
        ([{}], None),
        ([{"closed": ON}], False),
        ([{"closed": ON + timedelta(days=1)}], None),
        ([{}, {"opened": ON}], True),
    ],
)
def test_a_case_of_which_nobody_knows_since_when_may_be_open(
    inquiries: list[dict[str, Raw]], is_open: bool | None
) -> None:
    assert derived(inquiries=records(*inquiries)).get("person.has_open_case") is is_open


def test_retirement_follows_from_birth_and_class() -> None:
    facts = derived(person__birth=D(1965, 1, 15), person__retirement_class="male")
    assert facts["person.retirement_date"] == D(2025, 2, 15)
    assert "person.retirement_date" not in derived(person__birth=D(1965, 1, 15))


def test_who_holds_a_post_is_not_retired() -> None:
    assert derived(posts=records(OWN))["person.is_retired"] is False
    assert "person.is_retired" not in derived(posts=records({**OWN, "end": ON - timedelta(days=1)}))


@pytest.mark.parametrize(
    ("roles", "is_leading"),
    [
        (["正职"], True), (["副职"], True), (["其他成员"], True), (["非领导"], False),
        (["非领导", "副职"], True), ([None, "副职"], True), (["非领导", None], None), ([], None),
    ],
)  # fmt: skip
def test_who_holds_a_place_in_a_leading_group_now_is_a_leading_member(
    roles: list[str | None], is_leading: bool | None
) -> None:
    start = ON - timedelta(days=1)
    rows: list[Mapping[str, Raw]] = [{"start": start, **({"role": role} if role else {})} for role in roles]
    held = records(*rows)
    assert derived(posts=held).get("person.is_leading_member") is is_leading
    past = records({"start": start, "end": ON, "role": "正职"}, {"start": start, "role": "非领导"})
    assert derived(posts=past)["person.is_leading_member"] is False
    undated = records({"role": "正职"}, {"start": start, "role": "非领导"})
    assert "person.is_leading_member" not in derived(posts=undated)


def test_grades_proposed_are_counted_once_all_are_known() -> None:
    known = derived(proposed_grades=records({"grade": "优秀"}, {"grade": "称职"}))
    assert known["case.excellent_proposed"] == 1
    assert "case.excellent_proposed" not in derived(proposed_grades=records({"grade": "优秀"}, {}))


def test_only_the_limits_that_a_case_touches_are_looked_at() -> None:
    assert column(derived(case__group_members=9), "group_limits", "limit") == ["优秀人数"]
    assert "group_limits" not in derived()


@pytest.mark.parametrize(("matter", "article"), [("婚姻", "第三条"), ("房产", "第四条"), (None, None)])
def test_matters_stand_in_two_articles(matter: str | None, article: str | None) -> None:
    assert column(derived(matter_changes=records({"matter": matter})), "matter_changes", "article") == [article]


def test_matters_are_eight_and_six() -> None:
    given = records(*({"matter": each} for each in VOCABULARY.codes["matter"].values))
    articles = column(derived(report_entries=given), "report_entries", "article")
    assert (articles.count("第三条"), articles.count("第四条")) == (8, 6)


def test_a_situation_takes_raw_records() -> None:
    text = """
cases:
  - id: A
    on: 2025-06-01
    case: {group_members: 9}
    subjects:
      甲: {sanctions: [{kind: 记过, effective: 2024-05-06}]}
      乙: {sanctions: []}
"""
    (case,) = read_situations(text, "x.yaml", BOOK, VOCABULARY)
    assert column(case.subjects["甲"].facts, "sanctions", "effect_end") == [D(2025, 5, 6)]
    assert case.subjects["乙"].facts["sanctions"] == ()
    assert column(case.whole.facts, "group_limits", "limit") == ["优秀人数"]
