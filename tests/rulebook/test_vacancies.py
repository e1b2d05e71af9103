"""Vacant positions out of posts and out of the ceilings of ranks."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.given import Given
from quanheng.rulebook.situation import FactValue, Raw, Record
from quanheng.rulebook.vacancies import vacancies


def row(whole: Raw, held: Raw, arriving: Raw = 1, leaving: Raw = 0, share: Raw = Fraction(1, 10)) -> Record:
    values = {"whole": whole, "held": held, "arriving": arriving, "leaving": leaving, "share": share}
    return Record("rank_ceilings[0]", values)


def count(facts: Mapping[str, FactValue], rounding: str = "floor") -> int | None:
    return vacancies(Given(facts, date(2025, 4, 1), {"SW-ROUND": rounding}, load()))


def under(*rows: Record, rounding: str = "floor") -> int | None:
    return count({"rank_ceilings": rows}, rounding)


@pytest.mark.parametrize(("authorised", "filled", "free"), [(13, 12, 1), (13, 13, 0), (13, 14, 0)])
def test_posts_authorised_less_posts_filled(authorised: int, filled: int, free: int) -> None:
    assert count({"case.posts_authorised": authorised, "case.posts_filled": filled}) == free


def test_nothing_is_known_from_half_the_numbers() -> None:
    assert count({"case.posts_authorised": 13}) is None
    assert count({}) is None


def test_the_tightest_ceiling_that_somebody_comes_under_decides() -> None:
    assert under(row(137, 11), row(137, 10)) == 2
    assert under(row(137, 11), row(137, 13)) == 0
    assert under(row(137, 11), row(137, 13, arriving=0)) == 2


def test_who_leaves_makes_room_and_more_than_the_ceiling_is_no_room() -> None:
    assert under(row(137, 13, leaving=1)) == 1
    assert under(row(137, 15)) == 0


def test_the_ceiling_is_rounded_by_the_switch() -> None:
    assert (under(row(137, 13)), under(row(137, 13), rounding="half_up")) == (0, 1)


@pytest.mark.parametrize("gap", [row(None, 1), row(137, None), row(137, 1, leaving=None), row(137, 1, share=None)])
def test_a_ceiling_with_a_gap_is_unknown_but_a_full_one_decides(gap: Record) -> None:
    assert under(row(137, 11), gap) is None
    assert under(row(137, 13), gap) == 0


def test_nobody_comes_under_a_ceiling() -> None:
    assert under(row(137, 11, arriving=0)) is None


def test_where_no_move_is_proposed_the_ceilings_of_the_rank_aimed_at_decide() -> None:
    def named(name: str, held: int) -> Record:
        return Record("r", {**row(137, held, arriving=0).values, "name": name})

    rows = (
        named("三四级调研员", 13),
        named("三级调研员", 3),
        named("一至四级主任科员", 9),
        named("领导班子三四级调研员", 2),
    )
    aims = {
        rank: count({"rank_ceilings": rows, "target.rank": rank}) for rank in ("四级调研员", "一级主任科员", "一级科员")
    }
    assert aims == {"四级调研员": 0, "一级主任科员": 4, "一级科员": None}
