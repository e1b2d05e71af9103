"""Ceilings of ranks from a table: bases, persons and moves."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quanheng.rulebook.book import load
from quanheng.rulebook.instrument import Row
from quanheng.rulebook.quotas import Rounding, ceiling
from quanheng.rulebook.rank_ceilings import GROUPS, LEADING_GROUP, Staff, ceilings
from quanheng.rulebook.situation import Bounded, Raw, Record

COUNTY = ("二级调研员", "三四级调研员", "三级调研员", "一至四级主任科员", "一二级主任科员")


def rows(rule: str = "RNK-Q-COUNTY", name: str = "ceilings") -> tuple[Row, ...]:
    found = load().versions(rule)[0].parameter(name).value
    assert isinstance(found, tuple)
    return tuple(row for row in found if isinstance(row, dict))


def heads(body: str | None = None, **held: int | None) -> tuple[Record, ...]:
    return tuple(Record(group, {"group": group, "held": number, "body": body}) for group, number in held.items())


def move(from_rank: str | None, to_rank: str | None, persons: int | None, body: str | None = None) -> Record:
    return Record("move", {"from_rank": from_rank, "to_rank": to_rank, "persons": persons, "body": body})


def by_name(records: list[Record], field: str) -> dict[Raw, Raw]:
    return {each.values["name"]: each.values[field] for each in records}


STAFF = Staff(
    "机关",
    heads(二级调研员=2, 三级调研员=5, 四级调研员=8, 一至四级主任科员=70),
    (move("一级主任科员", "四级调研员", 1), move("四级调研员", "三级调研员", 1), move("一级科员", "四级主任科员", 3)),
)


def test_each_row_of_the_county_stands_with_its_base() -> None:
    found = ceilings(rows(), 137, STAFF, Rounding.FLOOR)
    assert by_name(found, "whole") == dict(zip(COUNTY, (137, 137, 13, 137, 82), strict=True))
    assert by_name(found, "share")["三级调研员"] == Fraction(2, 5)
    assert by_name(found, "within")["三级调研员"] == "三四级调研员"
    assert len({each.key for each in found}) == 5


def test_persons_and_moves_are_counted_by_group() -> None:
    found = ceilings(rows(), 137, STAFF, Rounding.FLOOR)
    assert by_name(found, "held") == dict(zip(COUNTY, (2, 13, 5, 70, Bounded(0, 70)), strict=True))
    assert by_name(found, "arriving") == dict(zip(COUNTY, (0, 1, 1, 3, 0), strict=True))
    assert by_name(found, "leaving") == dict(zip(COUNTY, (0, 0, 0, 1, 1), strict=True))


@pytest.mark.parametrize(
    ("recorded", "held"),
    [
        ({"一二级主任科员": 20, "三四级主任科员": 20}, 40),
        ({"一二级主任科员": 20, "三级主任科员": 5, "四级主任科员": 6}, 31),
        ({"一级主任科员": 3, "一二级主任科员": 20, "三四级主任科员": 20}, 40),  # the wider number, not 3 beside it
        (
            {"一级主任科员": 3, "二级主任科员": 4, "一二级主任科员": 99, "三四级主任科员": 20},
            27,
        ),  # ranks where all are told
        ({"一二级主任科员": 20, "三级主任科员": 5}, Bounded(25, None)),
        ({}, Bounded(0, None)),
    ],
)
def test_a_group_is_the_sum_of_narrower_groups_and_ranks(recorded: dict[str, int], held: Raw) -> None:
    assert Staff("机关", heads(None, **recorded), ()).held("一至四级主任科员") == held


@pytest.mark.parametrize(("rounding", "whole"), [("floor", 13), ("half_up", 14), ("ceil", 14)])
def test_a_share_of_a_share_is_one_of_the_rounded_ceiling(rounding: str, whole: int) -> None:
    assert by_name(ceilings(rows(), 137, STAFF, Rounding(rounding)), "whole")["三级调研员"] == whole


def test_three_shares_in_one_another_are_rounded_at_each_step() -> None:
    """City: 20 % of 97 are 19, 40 % of these 7, of which half are first-grade."""
    found = by_name(ceilings(rows("RNK-Q-CITY"), 97, STAFF, Rounding.FLOOR), "whole")
    assert (found["一二级调研员"], found["一级调研员"]) == (19, 7)


def test_what_is_not_recorded_is_not_counted_as_none() -> None:
    unknown = Staff("机关", None, None)
    found = ceilings(rows(), None, unknown, Rounding.FLOOR)
    for field in ("whole", "held", "arriving", "leaving"):
        assert set(by_name(found, field).values()) == {None}


def test_a_rank_without_a_number_leaves_the_sum_open() -> None:
    staff = Staff("机关", heads(三级调研员=5, 二级调研员=None), ())
    assert staff.held("三四级调研员") == Bounded(5, None)
    assert staff.held("二级调研员") is None
    assert staff.held("一级科员") is None


def test_a_part_has_no_more_than_the_whole() -> None:
    assert Staff("机关", heads(一级主任科员=4, 一至四级主任科员=9), ()).held("一二级主任科员") == Bounded(4, 9)


def test_a_move_of_an_unknown_number_of_persons_is_open_to_above() -> None:
    staff = Staff("机关", (), (move("一级主任科员", "四级调研员", None), move(None, "四级调研员", 2)))
    assert staff.arriving("三四级调研员") == Bounded(2, None)
    assert staff.leaving("三四级调研员") == 0


def test_a_move_inside_a_group_leaves_its_number() -> None:
    staff = Staff("机关", (), (move("四级调研员", "三级调研员", 2),))
    assert (staff.arriving("三四级调研员"), staff.leaving("三四级调研员")) == (0, 0)


def test_the_leading_group_is_counted_apart() -> None:
    moves = (move("二级调研员", "一级调研员", 1, LEADING_GROUP), move("三级调研员", "二级调研员", 1, LEADING_GROUP))
    staff = Staff(LEADING_GROUP, heads(LEADING_GROUP, 一级调研员=1, 二级调研员=1) + heads(一级调研员=7), moves)
    found = ceilings(rows(name="leading_group_ceilings"), 15, staff, Rounding.FLOOR)
    assert by_name(found, "whole") == {"领导班子二级巡视员": 15, "领导班子一二级调研员": 15}
    assert by_name(found, "held")["领导班子一二级调研员"] == 2
    assert by_name(found, "arriving")["领导班子一二级调研员"] == 1


@settings(deadline=None)  # the rulebook is read once
@given(st.integers(0, 5000), st.sampled_from(Rounding))
def test_bases_are_those_of_nested_ceilings(base: int, rounding: Rounding) -> None:
    found = by_name(ceilings(rows("RNK-Q-CITY"), base, STAFF, rounding), "whole")
    shares = {str(row["of"]): Fraction(str(row["max"])) for row in rows("RNK-Q-CITY")}
    outer = ceiling(base, shares["一至四级调研员"], rounding)
    assert found["一级调研员"] == ceiling(outer, shares["一二级调研员"], rounding)


@settings(deadline=None)  # the rulebook is read once
@given(st.lists(st.tuples(st.sampled_from(sum(GROUPS.values(), ())), st.sampled_from(sum(GROUPS.values(), ())))))
def test_arrivals_less_departures_are_what_a_group_gains(pairs: list[tuple[str, str]]) -> None:
    staff = Staff("机关", (), tuple(move(old, new, 1) for old, new in pairs))
    for group, ranks in GROUPS.items():
        gained = sum((new in ranks) - (old in ranks) for old, new in pairs)
        arriving, leaving = staff.arriving(group), staff.leaving(group)
        assert isinstance(arriving, int)
        assert isinstance(leaving, int)
        assert arriving - leaving == gained
