"""How much is too much, and that it is refused in words."""

import pytest

from quanheng.planning import checks
from quanheng.planning.checks import LIMITS, MAX_NUMBER, MAX_PAIRS_OF_ONE, MAX_PLACES, MAX_TEXT
from quanheng.planning.reading import read_problem
from quanheng.planning.schema import schema
from tests.planning.test_reading import POST, Json, changed, told


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_lists_over_the_limit_are_refused_before_they_are_read(name: str) -> None:
    properties: Json = schema("problem-1")["properties"]
    assert properties[name]["maxItems"] == LIMITS[name]
    value = changed(lambda v: v.update({name: [None] * (LIMITS[name] + 1)}))
    assert told(value) == [(f"/{name}", "limit")]


def test_the_limits_of_the_schema_are_those_of_the_checks() -> None:
    defs: Json = schema("problem-1")["$defs"]
    assert {defs[name]["maximum"] for name in ("cost", "cost_or_null", "fit")} == {MAX_NUMBER}
    assert {defs[name]["maxLength"] for name in ("id", "label", "text_or_null")} == {MAX_TEXT}


def test_only_so_many_places_are_told() -> None:
    value = changed(lambda v: v.update(pairs=[{"person": "a"}] * (MAX_PLACES + 200)))
    places = told(value)
    assert len(places) == MAX_PLACES + 1
    assert places[-1] == ("", "more")


def crowd(count: int) -> Json:
    """One person who is eligible for `count` vacant posts."""
    return {
        "version": 1,
        "posts": [{**POST, "id": f"p{n}", "vacant": True} for n in range(count)],
        "people": [{"id": "a", "post": None, "unit": "u", "fit": 0, "attributes": {}}],
        "pairs": [{"person": "a", "post": f"p{n}", "fit": 1, "promotion": False} for n in range(count)],
    }


def test_a_person_with_more_pairs_than_the_limit_is_refused() -> None:
    assert len(read_problem(crowd(MAX_PAIRS_OF_ONE)).pairs) == MAX_PAIRS_OF_ONE
    assert told(crowd(MAX_PAIRS_OF_ONE + 1)) == [("/people/0", "limit_pairs_of_one")]


def everyone(count: int, *rules: Json) -> Json:
    """So many people, each of whom may take every other's post."""
    names = range(count)
    return {
        "version": 1,
        "posts": [{"id": f"p{n}", "unit": "u", "vacant": False, "unfilled_cost": 1, "open_cost": 1} for n in names],
        "people": [{"id": f"a{n}", "post": f"p{n}", "unit": "u", "fit": 0} for n in names],
        "pairs": [{"person": f"a{n}", "post": f"p{m}", "fit": 1} for n in names for m in names if m != n],
        "rules": list(rules),
    }


def limit(kind: str, at_most: int) -> Json:
    return {"id": kind, "kind": kind, "at_most": at_most}


def test_too_many_places_in_chains_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_COLUMNS", 12 * 3)
    assert len(read_problem(everyone(4)).pairs) == 12
    assert told(everyone(5)) == [("/pairs", "limit_columns")]
    assert told(everyone(4, limit("longest_chain", 9))) == [("/pairs", "limit_columns")]


@pytest.mark.parametrize(("length", "count"), [(2, 10), (3, 30), (4, 60), (5, 84)])
def test_rotations_are_counted(length: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 5 people: 10 swaps, 20 threes, 30 fours, 24 fives."""
    rotation, chain = (
        {"id": kind, "kind": kind, "at_most": n} for kind, n in (("rotation", length), ("longest_chain", 5))
    )
    value = everyone(5, rotation, chain)
    monkeypatch.setattr(checks, "MAX_ROTATIONS", count)
    read_problem(value)
    monkeypatch.setattr(checks, "MAX_ROTATIONS", count - 1)
    assert told(value) == [("/rules", "limit_rotations")]


def test_counting_rotations_comes_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone may only go down the line: many ways, no closed exchange."""
    value = everyone(30, limit("rotation", 4))
    value["pairs"] = [one for one in value["pairs"] if int(one["person"][1:]) < int(one["post"][1:])]
    read_problem(value)
    monkeypatch.setattr(checks, "MAX_STEPS", 1000)
    assert told(value) == [("/rules", "limit_rotations")]


def test_a_rotation_longer_than_any_chain_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_ROTATIONS", 0)
    assert read_problem(everyone(4, limit("rotation", 9), limit("longest_chain", 1))).rules[0].at_most == 9


def test_people_without_a_post_take_part_in_no_rotation(monkeypatch: pytest.MonkeyPatch) -> None:
    value = everyone(2, limit("rotation", 2))
    value["people"].append({"id": "out", "unit": "u", "fit": 0})
    value["pairs"] = [{"person": name, "post": "p0", "fit": 1} for name in ("out", "a0", "a1")]
    monkeypatch.setattr(checks, "MAX_ROTATIONS", 0)
    assert len(read_problem(value).pairs) == 2  # not the own post
    value["pairs"].append({"person": "a0", "post": "p1", "fit": 1})
    assert told(value) == [("/rules", "limit_rotations")]
