"""Whatever is not exactly right is refused with place and reason; what is right comes back as it was written."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from quanheng.planning import reading
from quanheng.planning.checks import MAX_NUMBER, MAX_TEXT, Finding, check
from quanheng.planning.problem import Pair, Problem, Rule, RuleKind
from quanheng.planning.reading import Invalid, read_problem, read_text
from quanheng.planning.schema import problem_findings, schema
from quanheng.planning.writing import write_problem
from tests.planning.instances import person, post
from tests.planning.test_oracle import EXPECTED, load

Json = Any  # these tests break values on purpose
POST: Json = {"unit": "u", "group": None, "principal": False, "unfilled_cost": 0, "open_cost": 1, "merge_cost": None}
SMALL: Json = {
    "version": 1,
    "posts": [
        {**POST, "id": "p", "group": "g", "vacant": True, "unfilled_cost": 5},
        {**POST, "id": "q", "principal": True, "vacant": False, "merge_cost": 2},
    ],
    "people": [
        {"id": "a", "post": "q", "unit": "u", "fit": 7, "attributes": {"female": True, "age": 41}},
        {"id": "b", "post": None, "unit": "w", "fit": 0, "attributes": {}},
    ],
    "pairs": [
        {"person": "a", "post": "p", "fit": 9, "promotion": True},
        {"person": "b", "post": "q", "fit": 4, "promotion": False},
    ],
    "kin": [["a", "b"]],
    "rules": [
        {"id": "s", "kind": "share", "of": "promotions", "attribute": "female", "at_least": [1, 3]},
        {"id": "g", "kind": "group_count", "group": "g", "attribute": "female", "at_least": 0, "at_most": 2, "soft": 3},
        {"id": "l", "kind": "leave_limit", "unit": "u", "at_most": 1},
        {"id": "c", "kind": "longest_chain", "at_most": 3},
        {"id": "r", "kind": "rotation", "at_most": 2},
    ],
    "pins": [{"person": "a", "post": "p"}],
    "forbids": [{"person": "b", "post": "p"}],
    "move_cost": 2,
}


def told(value: object) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        read_problem(value)
    return [(place.path, place.code) for place in caught.value.places]


def changed(change: Callable[[Json], object]) -> Json:
    value = deepcopy(SMALL)
    change(value)
    return value


def test_the_small_one_is_right() -> None:
    assert write_problem(read_problem(SMALL)) == SMALL
    assert Draft202012Validator(schema("problem-1")).is_valid(SMALL)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_published_ones_are_right(name: str) -> None:
    problem = load(name)
    assert check(problem) == ()
    assert read_problem(json.loads(json.dumps(write_problem(problem)))) == problem


@pytest.mark.parametrize("name", ["problem-1", "result-1"])
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == "urn:quanheng:planning:" + name.replace("-", ":")


def test_what_may_be_left_out() -> None:
    bare: Json = {
        "version": 1,
        "posts": [{"id": "p", "unit": "u", "vacant": True, "unfilled_cost": 5.0, "open_cost": 1}],
        "people": [{"id": "a", "unit": "u", "fit": 0}],
        "pairs": [{"person": "a", "post": "p", "fit": 9}],
    }
    full = read_problem(bare)
    assert full == Problem((post("p", vacant=True, unfilled=5, opened=1),), (person("a"),), (Pair("a", "p", 9, False),))
    assert type(full.posts[0].unfilled_cost) is int


SHAPES: list[tuple[Callable[[Json], object], tuple[str, str]]] = [
    (lambda v: v.pop("posts"), ("/posts", "missing")),
    (lambda v: v.update(version=2), ("/version", "value")),
    (lambda v: v.update(forbid=[]), ("/forbid", "unknown_field")),
    (lambda v: v.update(people={}), ("/people", "type")),
    (lambda v: v.update(kin=[["a"]]), ("/kin/0", "too_few")),
    (lambda v: v.update(kin=[["a", "b", "a"]]), ("/kin/0", "too_many")),
    (lambda v: v["posts"][1].pop("open_cost"), ("/posts/1/open_cost", "missing")),
    (lambda v: v["posts"][1].update(vacant=0), ("/posts/1/vacant", "type")),
    (lambda v: v["posts"][0].update(id=""), ("/posts/0/id", "empty")),
    (lambda v: v["posts"][0].update(id="a\nb"), ("/posts/0/id", "text")),
    (lambda v: v["posts"][0].update(unit="\ud800"), ("/posts/0/unit", "text")),
    (lambda v: v["posts"][0].update(group=7), ("/posts/0/group", "type")),
    (lambda v: v["posts"][0].update(id="x" * (MAX_TEXT + 1)), ("/posts/0/id", "too_long")),
    (lambda v: v["posts"][0].update(unfilled_cost=-1), ("/posts/0/unfilled_cost", "too_small")),
    (lambda v: v["posts"][0].update(unfilled_cost=MAX_NUMBER + 1), ("/posts/0/unfilled_cost", "too_large")),
    (lambda v: v["people"][0].update(fit=10**400), ("/people/0/fit", "too_large")),
    (lambda v: v["people"][0]["attributes"].update(age="41"), ("/people/0/attributes/age", "type")),
    (lambda v: v["people"][0]["attributes"].update({"a/b~": None}), ("/people/0/attributes/a~1b~0", "type")),
    (lambda v: v["pairs"].append(None), ("/pairs/2", "type")),
    (lambda v: v["pairs"][0].update(fit="9"), ("/pairs/0/fit", "type")),
    (lambda v: v["rules"][0].update(kind="quota"), ("/rules/0/kind", "value")),
    (lambda v: v["rules"][0].update(at_least=[1, 0]), ("/rules/0/at_least/1", "too_small")),
    (lambda v: v["rules"][0].update({"of": "moves"}), ("/rules/0/of", "value")),
    (lambda v: v["rules"][0].pop("attribute"), ("/rules/0/attribute", "missing")),
    (lambda v: v["rules"][2].update(soft=-1), ("/rules/2/soft", "too_small")),
    (lambda v: v["rules"][2].update(sofft=1), ("/rules/2/sofft", "unknown_field")),
    (lambda v: v["rules"][3].update(soft=1), ("/rules/3/soft", "never_soft")),
    (lambda v: v["rules"][4].update(soft=1), ("/rules/4/soft", "never_soft")),
    (lambda v: v["rules"][0].update(id="pin:a,p"), ("/rules/0/id", "text")),
    (lambda v: v["rules"][0].update(id="longest_chain:default"), ("/rules/0/id", "text")),
    (lambda v: v["pins"].append({"person": "a"}), ("/pins/1/post", "missing")),
]


@pytest.mark.parametrize(("change", "place"), SHAPES)
def test_what_the_schema_refuses(change: Callable[[Json], object], place: tuple[str, str]) -> None:
    assert told(changed(change)) == [place]
    assert not Draft202012Validator(schema("problem-1")).is_valid(changed(change)) or "400" in place[1]


CONTRADICTIONS: list[tuple[Callable[[Json], object], list[tuple[str, str]]]] = [
    (lambda v: v["posts"].append({**v["posts"][0], "id": "p"}), [("/posts/2/id", "repeated_id")]),
    (lambda v: v["people"].append({**v["people"][1]}), [("/people/2/id", "repeated_id")]),
    (lambda v: v["rules"].append({**v["rules"][2]}), [("/rules/5/id", "repeated_id")]),
    (lambda v: v["pairs"].append({**v["pairs"][0], "fit": 3}), [("/pairs/2", "repeated_pair")]),
    (lambda v: v["people"][1].update(post="z"), [("/people/1/post", "unknown_post")]),
    (lambda v: v["people"][1].update(post="q", unit="u"), [("/people/1/post", "two_holders")]),
    (lambda v: v["people"][1].update(post="p", unit="u"), [("/posts/0/vacant", "vacant_but_held")]),
    (lambda v: v["posts"][0].update(vacant=False), [("/posts/0/vacant", "not_held")]),
    (lambda v: v["people"][0].update(unit="w"), [("/people/0/unit", "other_unit")]),
    (lambda v: v["people"][1].update(fit=3), [("/people/1/fit", "fit_without_post")]),
    (
        lambda v: v["pairs"][0].update(person="z"),
        [("/pairs/0/person", "unknown_person"), ("/pins/0", "pin_not_eligible")],
    ),
    (lambda v: v["pairs"][1].update(post="z"), [("/pairs/1/post", "unknown_post")]),
    (lambda v: v["kin"].append(["z", "y"]), [("/kin/1/0", "unknown_person"), ("/kin/1/1", "unknown_person")]),
    (lambda v: v["kin"].append(["a", "a"]), [("/kin/1", "kin_of_oneself")]),
    (lambda v: v["pins"].append({"person": "b", "post": "p"}), [("/pins/1", "pin_not_eligible")]),
    (lambda v: v["pins"].append({"person": "b", "post": "z"}), [("/pins/1/post", "unknown_post")]),
    (lambda v: v["forbids"].append({"person": "z", "post": "p"}), [("/forbids/1/person", "unknown_person")]),
    (lambda v: v["rules"][0].update(at_least=[4, 3]), [("/rules/0/at_least", "share_above_whole")]),
    (lambda v: v["rules"][1].update(at_least=3), [("/rules/1/at_most", "empty_interval")]),
]


@pytest.mark.parametrize(("change", "places"), CONTRADICTIONS)
def test_what_contradicts_itself(change: Callable[[Json], object], places: list[tuple[str, str]]) -> None:
    assert told(changed(change)) == places
    assert problem_findings(changed(change)) == []


def test_all_places_are_told_with_reason_and_facts() -> None:
    value = changed(lambda v: (v["pairs"][0].update(post="z"), v["people"][0].update(unit="w"), v.update(pins=[])))
    with pytest.raises(Invalid) as caught:
        read_problem(value)
    assert caught.value.places == (
        Finding(
            "/people/0/unit",
            "a is in w, but the post held is in u",
            "other_unit",
            (("person", "a"), ("unit", "w"), ("of_post", "u")),
        ),
        Finding("/pairs/0/post", "there is no post z", "unknown_post", (("post", "z"),)),
    )


def test_a_reason_for_a_wrong_type() -> None:
    with pytest.raises(Invalid, match="/move_cost: must be integer, is 1.5"):
        read_problem(changed(lambda v: v.update(move_cost=1.5)))


def test_what_may_be_repeated_counts_once() -> None:
    value = changed(lambda v: [v[name].append(v[name][0]) for name in ("pins", "forbids", "kin")])
    value["kin"].append(["b", "a"])
    assert write_problem(read_problem(value)) == SMALL


def test_a_null_end_is_no_end() -> None:
    value = changed(lambda v: v["rules"][1].update(at_least=None, at_most=None, soft=None))
    assert read_problem(value).rules[1] == Rule("g", RuleKind.GROUP_COUNT, "female", "g")


# Text


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{}", "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (b"[" + b"9" * 5000 + b"]", "too_large"),
        (b'{"version": 1, "posts": [], "version": 1}', "repeated_field"),
    ],
)
def test_text_that_is_no_json(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_text(data)
    assert [place.code for place in caught.value.places] == [code]


def test_text_with_a_mark_at_the_start() -> None:
    assert read_text(b"\xef\xbb\xbf[1]") == [1]


def test_longer_text_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 3)
    with pytest.raises(Invalid, match="longer than 3 bytes"):
        read_text(b"null")
