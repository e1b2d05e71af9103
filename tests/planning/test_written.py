"""Properties of reading and writing: broken JSON never breaks the reader, and what was written comes back."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from quanheng.planning.checks import MAX_NUMBER, Finding, check
from quanheng.planning.problem import Problem, Rule, RuleKind
from quanheng.planning.reading import Invalid, findings_of, read_problem, read_result, read_text, tidied
from quanheng.planning.result import Alternative, Move, Place, Result, RuleState, Status
from quanheng.planning.schema import problem_findings, schema
from quanheng.planning.writing import hash_of, write_problem, write_result
from tests.planning.instances import shuffled, tiny
from tests.planning.test_oracle import SEEDS
from tests.planning.test_reading import SMALL, Json, told

T = TypeVar("T")
V = TypeVar("V")
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from("abpq")
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


def paths(value: Json, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, one in inner for path in paths(one, (*at, key)))]


def outcome(read: Callable[[V], T], value: V) -> T | tuple[Finding, ...]:
    """What was read, or at least one place, all of which can be shown and written."""
    try:
        return read(value)
    except Invalid as invalid:
        places = invalid.places
    assert places
    str([(place.path, place.reason, place.code, place.facts) for place in places]).encode()
    return places


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_mutilated_json_is_refused_or_read_but_never_breaks(data: st.DataObject) -> None:
    value = deepcopy(SMALL)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths(value)[1:]))
        parent = value
        for key in path[:-1]:
            parent = parent[key]
        if data.draw(st.booleans()):
            parent[path[-1]] = data.draw(ANYTHING)
        else:
            del parent[path[-1]]
    is_shaped = Draft202012Validator(schema("problem-1")).is_valid(value)
    assert (problem_findings(value) == []) == is_shaped
    read = outcome(read_problem, value)
    if isinstance(read, Problem):
        assert is_shaped
        assert read_problem(write_problem(read)) == read


@given(ANYTHING)
@settings(max_examples=60, deadline=None)
def test_anything_else_is_refused(value: object) -> None:
    assert told(value)


@given(st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_json_or_refused(data: bytes) -> None:
    outcome(read_text, data)


@given(SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_problem_comes_back_as_it_was_written(seed: int) -> None:
    problem = tiny(seed)
    value = json.loads(json.dumps(write_problem(problem)))
    assert Draft202012Validator(schema("problem-1")).is_valid(value)
    assert (findings_of(problem), check(problem)) == ((), ())
    assert read_problem(value) == tidied(problem)
    assert hash_of(read_problem(value)) == hash_of(tidied(problem))


def test_an_end_that_is_not_there_is_not_written() -> None:
    rule = Rule("g", RuleKind.GROUP_COUNT, "female", "g", at_most=0)
    value: Json = write_problem(Problem((), (), (), rules=(rule,)))
    assert value["rules"] == [{"id": "g", "kind": "group_count", "group": "g", "attribute": "female", "at_most": 0}]


def test_the_hash_is_of_the_content() -> None:
    assert hash_of(read_problem(SMALL)) == hash_of(read_problem(dict(reversed(SMALL.items()))))
    assert hash_of(tiny(1)) != hash_of(shuffled(tiny(1), 2))
    assert hash_of(tiny(1)).startswith("sha256:")


MOVES = (Move("a", "q", "p", 1, 1, False), Move("b", None, "q", 1, 2, False))
FULL = Result(
    status=Status.FEASIBLE,
    value=40,
    bound=44,
    moves=MOVES,
    unfilled=("x",),
    opened=("y",),
    merged=("z",),
    rules=(RuleState("s", "kept", 2), RuleState("longest_chain:default", "broken", -1)),
    alternatives=(Alternative(39, True, MOVES[:1], ("q",)),),
    conflict=("kin:a,b", "s"),
    invalid=(Place("/posts", "wrong"), Finding("/pairs/0", "worse", "repeated_pair", (("person", "a"), ("first", 3)))),
    solver="HiGHS 1.12.0",
    parameters=(("seed", "1"), ("rounds", "4")),
    input_hash="sha256:0",
)


@pytest.mark.parametrize("result", [FULL, Result(Status.UNKNOWN), Result(Status.INFEASIBLE, conflict=("s",))])
def test_a_result_comes_back_as_it_was_written(result: Result) -> None:
    value = json.loads(json.dumps(write_result(result)))
    assert read_result(value) == result


def test_a_result_as_json() -> None:
    value: Json = write_result(FULL)
    assert value["moves"][0] == {"person": "a", "from": "q", "to": "p", "chain": 1, "position": 1, "rotation": False}
    assert (value["status"], value["proved"], value["gap"], value["version"]) == ("feasible", False, 0.1, 1)
    assert (value["moves"][1]["from"], write_result(Result(Status.UNKNOWN))["gap"]) == (None, None)
    assert value["invalid"][0] == {"path": "/posts", "reason": "wrong"}


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_mutilated_result_is_refused_or_read(data: st.DataObject) -> None:
    value: Json = json.loads(json.dumps(write_result(FULL)))
    path = data.draw(st.sampled_from(paths(value)[1:]))
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = data.draw(ANYTHING)
    outcome(read_result, value)


@pytest.mark.parametrize(("name", "item"), [("posts", "post"), ("people", "person"), ("pairs", "pair")])
def test_the_quick_way_takes_nothing_that_the_schema_refuses(name: str, item: str) -> None:
    """Every entry one step from a right one, quick and thorough."""
    thorough = Draft202012Validator({"$defs": schema("problem-1")["$defs"], "$ref": f"#/$defs/{item}"})
    odd: list[Json] = [None, True, 0, 1.0, -1, "", "x", "x\x7f", "\udfff", [], {}, MAX_NUMBER + 1, -MAX_NUMBER - 1, 1.5]
    for path in paths(SMALL[name][0])[1:]:
        for one in odd:
            value = deepcopy(SMALL[name][0])
            parent = value
            for key in path[:-1]:
                parent = parent[key]
            parent[path[-1]] = one
            refused = [place for place in problem_findings({name: [value]}) if place.path.startswith(f"/{name}/0")]
            assert (refused == []) == thorough.is_valid(value), (path, one)
