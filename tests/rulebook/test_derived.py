"""Facts that follow from raw records: effect periods in sequence, kin and their work, levels, open cases."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.rulebook.book import load
from quanheng.rulebook.dates import add_months
from quanheng.rulebook.derived import FACTS, FIELDS, OF_FIELD, derive
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.kinship import KinClass
from quanheng.rulebook.retirement import RetirementClass
from quanheng.rulebook.situation import FactValue, Raw, Record
from quanheng.rulebook.situations import read_situations
from quanheng.rulebook.types import LAST

BOOK, VOCABULARY = load(), load_facts()
D = date
ON = D(2025, 6, 1)


def derived(on: date = ON, switches: Mapping[str, str] | None = None, **facts: FactValue) -> Mapping[str, FactValue]:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return derive(named, VOCABULARY, on=on, switches=switches or {}, book=BOOK)


def records(*each: Mapping[str, Raw]) -> tuple[Record, ...]:
    return tuple(Record(f"r[{number}]", values) for number, values in enumerate(each))


def column(facts: Mapping[str, FactValue], fact: str, field: str) -> list[Any]:
    found = facts[fact]
    assert isinstance(found, tuple)
    return [each.values.get(field) for each in found]


def sanction(kind: str, effective: date | None, **more: Raw) -> dict[str, Raw]:
    return {"kind": kind, "effective": effective, **more}


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


# --- sanctions


@pytest.mark.parametrize(
    ("kind", "system"),
    [("严重警告", "党纪"), ("记过", "政务"), ("免职", "组织处理"), ("诫勉", "诫勉"), ("警告", None)],
)
def test_the_kind_tells_the_system_but_for_the_warning(kind: str, system: str | None) -> None:
    assert column(derived(sanctions=records(sanction(kind, ON))), "sanctions", "system") == [system]


@pytest.mark.parametrize(
    ("kind", "months"),
    [
        *(
            ("严重警告", 18),
            ("撤销党内职务", 24),
            ("开除党籍", 60),
            ("记过", 12),
            ("记大过", 18),
            ("降级", 24),
            ("撤职", 24),
        ),
        *(("诫勉", 6), ("调整职务", 12), ("责令辞职", 24), ("免职", 24), ("降职", 24), ("停职检查", 0)),
    ],
)
def test_effect_ends_after_the_months_of_the_rule(kind: str, months: int) -> None:
    facts = derived(sanctions=records(sanction(kind, D(2024, 8, 31))))
    assert column(facts, "sanctions", "effect_end") == [add_months(D(2024, 8, 31), months)]


def test_warnings_of_two_systems_differ() -> None:
    party, other = (sanction("警告", D(2024, 5, 6), system=system) for system in ("党纪", "政务"))
    assert column(derived(sanctions=records(party, other)), "sanctions", "effect_end") == [
        D(2025, 5, 6),
        D(2024, 11, 6),
    ]


def test_the_decision_may_set_other_months() -> None:
    facts = derived(sanctions=records(sanction("记过", D(2024, 5, 6), months=30)))
    assert column(facts, "sanctions", "effect_end") == [D(2026, 11, 6)]


def test_one_more_day_by_switch() -> None:
    facts = derived(switches={"SW-PERIOD-END": "day_after"}, sanctions=records(sanction("记过", D(2024, 5, 6))))
    assert column(facts, "sanctions", "effect_end") == [D(2025, 5, 7)]


def test_a_dismissal_never_ends_and_an_undated_sanction_is_unknown() -> None:
    facts = derived(sanctions=records(sanction("开除", D(2024, 5, 6)), sanction("记过", None)))
    assert column(facts, "sanctions", "effect_end") == [LAST, None]
    assert column(facts, "sanctions", "is_inside_another") == [False, None]


def test_a_sanction_inside_another_adds_up() -> None:
    given = records(sanction("警告", D(2024, 1, 10), system="党纪"), sanction("严重警告", D(2024, 8, 10)))
    facts = derived(sanctions=given)
    assert column(facts, "sanctions", "effect_end") == [D(2025, 1, 10), D(2026, 7, 10)]
    assert column(facts, "sanctions", "is_inside_another") == [False, True]


@pytest.mark.parametrize(("second", "end", "is_inside"), [
    (D(2025, 1, 9), D(2026, 7, 10), True),
    (D(2025, 1, 10), D(2026, 7, 10), False),
])  # fmt: skip
def test_on_the_first_free_day_a_new_one_stands_alone(second: date, end: date, is_inside: bool) -> None:
    given = records(sanction("警告", D(2024, 1, 10), system="党纪"), sanction("严重警告", second))
    facts = derived(sanctions=given)
    assert column(facts, "sanctions", "effect_end")[1] == end
    assert column(facts, "sanctions", "is_inside_another")[1] is is_inside


def test_administrative_sanctions_are_capped() -> None:
    starts = [D(2024, 1, 31), D(2024, 2, 29), D(2024, 3, 31)]
    facts = derived(sanctions=records(*(sanction("撤职", start) for start in starts)))
    assert column(facts, "sanctions", "effect_end") == [D(2026, 1, 31), D(2028, 1, 31), D(2028, 3, 31)]


@pytest.mark.parametrize(("value", "end"), [("latest_end", D(2025, 2, 6)), ("remaining_plus_new", D(2025, 5, 6))])
def test_admonishments_add_up_only_by_switch(value: str, end: date) -> None:
    given = records(sanction("诫勉", D(2024, 5, 6)), sanction("诫勉", D(2024, 8, 6)))
    assert column(derived(switches={"SW-SEQ": value}, sanctions=given), "sanctions", "effect_end")[1] == end


@pytest.mark.parametrize(
    ("other", "end"),
    [
        (sanction("严重警告", None), None),
        (sanction("警告", D(2024, 5, 1)), None),  # of which system?
        (sanction("警告", D(2024, 5, 7)), D(2025, 11, 6)),
        ({"effective": D(2024, 5, 1)}, None),
        (sanction("记过", None), D(2025, 11, 6)),
    ],
)
def test_one_that_may_come_before_leaves_the_end_open(other: dict[str, Raw], end: date | None) -> None:
    facts = derived(sanctions=records(sanction("严重警告", D(2024, 5, 6)), other))
    assert column(facts, "sanctions", "effect_end")[0] == end
    assert column(facts, "sanctions", "least_effect_end")[0] == D(2025, 11, 6)


def test_systems_are_apart() -> None:
    given = records(sanction("记过", D(2024, 5, 6)), sanction("严重警告", D(2024, 8, 6)))
    assert column(derived(sanctions=given), "sanctions", "is_inside_another") == [False, False]


@pytest.mark.parametrize(
    ("more", "end", "least"),
    [
        ({"months": 12}, None, D(2027, 3, 15)),
        ({"months": 24}, None, D(2028, 3, 15)),
        ({"months": 12, "is_prolonged": True}, None, D(2028, 3, 15)),
        ({}, None, D(2027, 3, 15)),
        ({"months": 12, "restored": D(2025, 4, 2)}, D(2027, 4, 2), D(2027, 4, 2)),
    ],
)
def test_a_probation_ends_two_years_after_its_decision(more: dict[str, Raw], end: date | None, least: date) -> None:
    facts = derived(sanctions=records(sanction("留党察看", D(2024, 3, 15), **more)))
    assert column(facts, "sanctions", "effect_end") == [end]
    assert column(facts, "sanctions", "least_effect_end") == [least]


STARTS = st.dates(D(2015, 1, 1), D(2025, 12, 31))


@given(st.lists(st.tuples(st.sampled_from(["记过", "记大过", "降级"]), STARTS), min_size=1, max_size=4))
def test_a_sequence_is_never_shorter_than_its_parts(pairs: list[tuple[str, date]]) -> None:
    alone = [column(derived(sanctions=records(sanction(*pair))), "sanctions", "effect_end")[0] for pair in pairs]
    together = column(derived(sanctions=records(*(sanction(*pair) for pair in pairs))), "sanctions", "effect_end")
    assert all(end >= single for end, single in zip(together, alone, strict=True))
    assert all(end <= add_months(start, 48) for end, (_, start) in zip(together, pairs, strict=True))


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
