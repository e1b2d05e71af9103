"""Terms in a row, ceilings of the organ's tier and numbers of a batch, from raw records."""

from collections.abc import Mapping
from datetime import date

import pytest

from quanheng.rulebook.book import load
from quanheng.rulebook.given import Given
from quanheng.rulebook.rank_facts import ceilings_of_ranks, consecutive_term, new_promotions, young_promotions
from quanheng.rulebook.situation import Bounded, FactValue, Raw, Record

ON = date(2025, 4, 1)


def given_by(facts: Mapping[str, FactValue]) -> Given:
    return Given(facts, ON, {"SW-ROUND": "floor"}, load())


def term(start: int, end: int | None, post: str | None = "县长", consecutive: int | None = None) -> Record:
    values: dict[str, Raw] = {"post": post, "start": date(start, 9, 1), "consecutive": consecutive}
    return Record(f"term {start}", {**values, "end": date(end, 9, 1) if end else None})


FIRST, SECOND, THIRD = term(2010, 2015), term(2015, 2020), term(2020, None)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ((FIRST, SECOND, THIRD), 3),
        ((SECOND, THIRD), 2),
        ((THIRD,), 1),
        ((FIRST, THIRD), 1),
        ((term(2015, 2020, "副县长"), THIRD), 1),
        ((term(2015, 2020, consecutive=2), THIRD), 3),
        ((term(2015, None), THIRD), 1),
    ],
    ids=["three", "two", "alone", "with a break", "of another post", "as recorded", "still running"],
)
def test_terms_in_an_unbroken_row_are_numbered(terms: tuple[Record, ...], expected: int) -> None:
    assert consecutive_term(THIRD, given_by({"terms": terms})) == expected


@pytest.mark.parametrize("record", [Record("t", {"post": "县长"}), term(2020, None, post=None)])
def test_a_term_without_post_or_day_has_no_number(record: Record) -> None:
    assert consecutive_term(record, given_by({"terms": (record, SECOND)})) is None


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (term(2015, 2020, post=None), None),
        (term(2015, 2019, post=None), 1),
        (Record("t", {"post": "县长", "end": date(2020, 9, 1)}), None),
        (Record("t", {"post": "县长", "end": date(2020, 9, 1), "consecutive": 1}), 2),
        (Record("t", {"post": "副县长", "end": date(2020, 9, 1)}), 1),
    ],
)
def test_a_term_of_which_too_little_is_known_may_lead_to_it(before: Record, expected: int | None) -> None:
    assert consecutive_term(THIRD, given_by({"terms": (before, THIRD)})) == expected


def test_terms_that_run_in_a_circle_end() -> None:
    backwards = Record("t", {"post": "县长", "start": date(2020, 9, 1), "end": date(2020, 9, 1)})
    assert consecutive_term(backwards, given_by({"terms": (backwards,)})) == 1


def names(facts: Mapping[str, FactValue]) -> list[Raw]:
    found = ceilings_of_ranks(given_by(facts))
    assert isinstance(found, tuple)
    return [each.values["name"] for each in found]


@pytest.mark.parametrize(
    ("organ", "count"), [("中央机关", 2), ("省级机关", 3), ("副省级城市机关", 3), ("市级机关", 6), ("县乡机关", 5)]
)
def test_each_tier_has_its_table(organ: str, count: int) -> None:
    assert len(names({"case.organ_kind": organ})) == count


def test_the_leading_group_has_ceilings_where_its_posts_are_recorded() -> None:
    found = names({"case.organ_kind": "县乡机关", "case.leading_group_posts": 15})
    assert found[5:] == ["领导班子二级巡视员", "领导班子一二级调研员"]
    assert len(names({"case.organ_kind": "市级机关", "case.leading_group_posts": 15})) == 6


def test_there_are_no_ceilings_of_an_organ_that_is_not_known() -> None:
    assert ceilings_of_ranks(given_by({})) is None
    assert ceilings_of_ranks(given_by({"case.organ_kind": "外国机关"})) is None


def person(is_new: bool | None, is_young: bool | None) -> Record:
    return Record("p", {"is_new_promotion": is_new, "is_promising_young": is_young})


def test_a_batch_is_counted() -> None:
    batch = given_by({"batch": (person(True, True), person(True, False), person(False, True))})
    assert (new_promotions(batch), young_promotions(batch)) == (2, 1)


def test_what_is_not_known_of_a_batch_leaves_bounds() -> None:
    batch = given_by({"batch": (person(True, None), person(None, True), person(None, False), person(True, True))})
    assert (new_promotions(batch), young_promotions(batch)) == (Bounded(2, 4), Bounded(1, 3))


def test_a_batch_that_is_not_recorded_has_no_numbers() -> None:
    assert new_promotions(given_by({})) is None
    assert young_promotions(given_by({"batch": ()})) == 0
