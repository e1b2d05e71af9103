"""Levels, ranks and education: their order, their neighbours, and the codes that the register stores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quanheng.formats.codes import table
from quanheng.organization import choices
from quanheng.people.facts import level_index as register_level_index
from quanheng.rulebook.ladders import (
    LEVEL_OF_RANK,
    LEVELS,
    RANK_OF_LEVEL,
    RANKS,
    Education,
    Level,
    Rank,
    education,
    education_floor,
    education_index,
    is_at_least,
    is_chief,
    is_deputy,
    is_education_at_least,
    is_promotion,
    is_skipping,
    level,
    level_above,
    level_below,
    level_index,
    levels_skipped,
    levels_up,
    rank,
    rank_above,
    rank_below,
    rank_index,
    rank_sources,
    ranks_up,
    source_level,
    tier_of,
)


def test_levels_are_those_of_the_register_in_its_order() -> None:
    stored = list(choices.PostTier)  # highest first
    assert [level(tier.value) for tier in stored] == list(reversed(LEVELS))
    assert [str(tier.label) for tier in stored] == [one.value for one in reversed(LEVELS)]


def test_ranks_are_those_of_the_register_in_its_order() -> None:
    stored = list(choices.Rank)
    assert [rank(one.value) for one in stored] == list(reversed(RANKS))
    assert [str(one.label) for one in stored] == [one.value for one in reversed(RANKS)]
    assert len(RANKS) == 12


def test_words_and_codes_are_read_and_others_are_not_known() -> None:
    assert level("县处级副职") is level("county_deputy") is Level.COUNTY_DEPUTY
    assert rank("三级调研员") is rank("counsel_3") is Rank.COUNSEL_3
    assert level("县处级") is level("") is level("一级调研员") is None
    assert rank("调研员") is rank("县处级副职") is rank("") is None


@pytest.mark.parametrize(
    ("old", "new", "up", "skipped"),
    [
        ("乡科级正职", "县处级副职", 1, 0),  # case C01
        ("乡科级副职", "县处级副职", 2, 1),
        ("乡科级正职", "县处级正职", 2, 1),
        ("乡科级副职", "县处级正职", 3, 2),
        ("县处级副职", "县处级正职", 1, 0),
        ("县处级副职", "县处级副职", 0, 0),
        ("县处级正职", "县处级副职", -1, 0),
        ("科员及以下", "乡科级副职", 1, 0),
    ],
)
def test_steps_between_levels(old: str, new: str, up: int, skipped: int) -> None:
    assert levels_up(Level(old), Level(new)) == up
    assert levels_skipped(Level(old), Level(new)) == skipped
    assert is_promotion(Level(old), Level(new)) is (up > 0)
    assert is_skipping(Level(old), Level(new)) is (up > 1)


def test_neighbours_of_a_level() -> None:
    assert level_below(Level.COUNTY_DEPUTY) is Level.TOWNSHIP_PRINCIPAL
    assert level_above(Level.COUNTY_DEPUTY) is Level.COUNTY_PRINCIPAL
    assert level_below(Level.STAFF) is None
    assert level_above(Level.PROVINCE_PRINCIPAL) is None


@pytest.mark.parametrize(
    ("target", "source"),
    [
        ("科员及以下", None),
        ("乡科级副职", None),
        ("乡科级正职", "乡科级副职"),
        ("县处级副职", "乡科级正职"),  # SEL-QUAL-08-3b
        ("县处级正职", "县处级副职"),  # SEL-QUAL-08-3a
        ("厅局级副职", "县处级正职"),
        ("厅局级正职", "厅局级副职"),
    ],
)
def test_where_the_years_before_a_post_are_served(target: str, source: str | None) -> None:
    assert source_level(Level(target)) == source


def test_chief_and_deputy() -> None:
    assert [is_chief(one) for one in (Level.COUNTY_PRINCIPAL, Level.COUNTY_DEPUTY, Level.STAFF)] == [True, False, False]
    assert [is_deputy(one) for one in (Level.COUNTY_PRINCIPAL, Level.COUNTY_DEPUTY, Level.STAFF)] == [
        False,
        True,
        False,
    ]
    assert {tier_of(one) for one in LEVELS} == {"科员及以下", "乡科级", "县处级", "厅局级", "省部级"}


def test_county_level_and_above() -> None:
    above = [one for one in LEVELS if is_at_least(one, Level.COUNTY_DEPUTY)]
    assert above == list(LEVELS[3:])
    assert not is_at_least(Level.TOWNSHIP_PRINCIPAL, Level.COUNTY_DEPUTY)


@pytest.mark.parametrize(
    ("target", "sources"),
    [
        ("一级巡视员", {"厅局级副职", "二级巡视员"}),  # RNK-Y-01
        ("二级巡视员", {"一级调研员"}),
        ("一级调研员", {"县处级正职", "二级调研员"}),
        ("二级调研员", {"三级调研员"}),
        ("三级调研员", {"县处级副职", "四级调研员"}),
        ("四级调研员", {"一级主任科员"}),
        ("一级主任科员", {"乡科级正职", "二级主任科员"}),
        ("二级主任科员", {"三级主任科员"}),
        ("三级主任科员", {"乡科级副职", "四级主任科员"}),
        ("四级主任科员", {"一级科员"}),
        ("一级科员", {"二级科员"}),  # RNK-Y-11
        ("二级科员", set()),
    ],
)
def test_where_the_years_before_a_rank_are_served(target: str, sources: set[str]) -> None:
    assert {str(one) for one in rank_sources(Rank(target))} == sources


def test_neighbours_of_a_rank() -> None:
    assert rank_above(Rank.SENIOR_STAFF_1) is Rank.COUNSEL_4
    assert rank_below(Rank.COUNSEL_4) is Rank.SENIOR_STAFF_1
    assert rank_above(Rank.INSPECTOR_1) is None
    assert rank_below(Rank.STAFF_2) is None
    assert ranks_up(Rank.SENIOR_STAFF_3, Rank.SENIOR_STAFF_2) == 1
    assert ranks_up(Rank.COUNSEL_4, Rank.STAFF_2) == -6


def test_levels_beside_ranks() -> None:
    assert RANK_OF_LEVEL[Level.COUNTY_DEPUTY] is Rank.COUNSEL_4
    assert LEVEL_OF_RANK[Rank.COUNSEL_2] is Level.COUNTY_PRINCIPAL
    assert Level.DEPARTMENT_PRINCIPAL not in RANK_OF_LEVEL  # not said by ZJ2019 18 as we have it
    indexes = [(level_index(one), rank_index(beside)) for one, beside in RANK_OF_LEVEL.items()]
    assert sorted(indexes) == sorted(indexes, key=lambda pair: pair[1])


def test_every_level_of_education_in_the_code_table_is_known() -> None:
    assert [name for name in table("education_levels").names.values() if education(name) is None] == []


def test_the_order_of_education_is_that_of_the_register() -> None:
    """A lower ZB64 index is higher; 中专, 中技 and 高中 are one step here."""
    names = table("education_levels").names
    known = [(code, education(name)) for code, name in names.items()]
    for code, one in known:
        for other_code, other in known:
            assert one is not None
            assert other is not None
            if education_index(one) > education_index(other):
                here, there = register_level_index(code), register_level_index(other_code)
                assert here is not None
                assert there is not None
                assert here < there


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("大专", Education.JUNIOR_COLLEGE),
        (" 大学专科 ", Education.JUNIOR_COLLEGE),
        ("大学", Education.BACHELOR),
        ("大学本科", Education.BACHELOR),
        ("中央党校大学", Education.BACHELOR),
        ("研究生", Education.MASTER),
        ("硕士研究生", Education.MASTER),
        ("博士", Education.DOCTOR),
        ("中专", Education.SENIOR_MIDDLE),
        ("夜大", None),
        ("", None),
    ],
)
def test_words_of_education(word: str, found: Education | None) -> None:
    assert education(word) is found


def test_education_that_a_level_asks_for() -> None:
    assert education_floor(Level.COUNTY_PRINCIPAL) is Education.JUNIOR_COLLEGE
    assert education_floor(Level.DEPARTMENT_DEPUTY) is Education.BACHELOR
    assert is_education_at_least(Education.JUNIOR_COLLEGE, Education.JUNIOR_COLLEGE)
    assert not is_education_at_least(Education.SENIOR_MIDDLE, Education.JUNIOR_COLLEGE)
    assert not is_education_at_least(Education.JUNIOR_COLLEGE, Education.BACHELOR)
    assert is_education_at_least(Education.DOCTOR, Education.BACHELOR)


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_steps_up_and_down_cancel(one: Level, other: Level) -> None:
    assert levels_up(one, other) == -levels_up(other, one)
    assert is_at_least(one, other) or is_at_least(other, one)
    above = level_above(one)
    assert above is None or level_below(above) is one


@given(st.sampled_from(RANKS), st.sampled_from(RANKS))
def test_ranks_up_and_down_cancel(one: Rank, other: Rank) -> None:
    assert ranks_up(one, other) == -ranks_up(other, one)
    above = rank_above(one)
    assert above is None or rank_below(above) is one
