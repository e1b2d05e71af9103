"""From JSON to a problem or a result; whatever is not exactly right is refused with every place and its reason."""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

from quanheng.planning.checks import LIMITS, MAX_PLACES, Finding, check_problem, check_size
from quanheng.planning.problem import Pair, Person, Post, Problem, Rule, RuleKind
from quanheng.planning.result import Alternative, Move, Place, Result, RuleState, Status
from quanheng.planning.schema import finding, problem_findings, result_findings
from quanheng.planning.writing import write_problem

MAX_BYTES = 400_000_000


class Invalid(Exception):  # noqa: N818 — it is the status `invalid`, not a fault of the program
    """`places` are Findings: path (JSON Pointer), English reason, code and facts. At most MAX_PLACES are told, and then
    one more with the code `more`. Chinese sentences are made from the codes by who shows them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        told = list(islice(findings, MAX_PLACES + 1))
        if len(told) > MAX_PLACES:
            told[MAX_PLACES:] = [Finding("", f"only the first {MAX_PLACES} are told", "more", (("told", MAX_PLACES),))]
        self.places: tuple[Finding, ...] = tuple(told)
        super().__init__("; ".join(f"{place.path}: {place.reason}" for place in told[:3]))


def read_text(data: bytes) -> object:
    """JSON from bytes (UTF-8, a mark at the start allowed). Raises Invalid where `json` raises one thing or another,
    and for a field that one object names twice: which of the two would count?"""
    if len(data) > MAX_BYTES:
        raise Invalid([finding([], "too_large", f"is longer than {MAX_BYTES} bytes", limit=MAX_BYTES)])
    try:
        value: object = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise Invalid([finding([], "not_json", reason, line=error.lineno, column=error.colno)]) from None
    except UnicodeDecodeError as error:
        raise Invalid([finding([], "not_utf8", f"is not UTF-8 at byte {error.start}", byte=error.start)]) from None
    except RecursionError:
        raise Invalid([finding([], "too_deep", "is nested too deep")]) from None
    except ValueError:  # digits beyond what Python turns into a number
        raise Invalid([finding([], "too_large", "holds a number that is too long")]) from None
    return value


def _object(items: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(items)
    if len(made) < len(items):
        twice = Counter(name for name, _ in items).most_common(1)[0][0]
        raise Invalid([finding([], "repeated_field", f"one object has the field {twice} twice", field=twice)])
    return made


def read_problem(value: object) -> Problem:
    """The problem of parsed JSON; pairs with the own post are left out, kin, pins and forbids count once (ruling 6, 8).

    Raises Invalid, with all places of the first stage that has any: limits, schema, names and contradictions, size."""
    _refuse(_too_many(value))
    _refuse(problem_findings(value))
    assert isinstance(value, dict)
    problem = _problem(value)
    _refuse(check_problem(problem))
    problem = tidied(problem)
    _refuse(check_size(problem))
    return problem


def findings_of(problem: Problem) -> tuple[Finding, ...]:
    """The same for a problem that was not read but made, its types included; empty: it may be solved.

    Several times the cost of `checks.check`, which takes the types as they are declared."""
    try:
        read_problem(write_problem(problem))
    except Invalid as invalid:
        return invalid.places
    return ()


def read_result(value: object) -> Result:
    """What `write_result` wrote; `gap` and `proved` follow from the rest. Raises Invalid."""
    _refuse(result_findings(value))
    assert isinstance(value, dict)
    return Result(
        status=Status(value["status"]),
        value=_whole(value["value"]),
        bound=_whole(value["bound"]),
        moves=_moves(value["moves"]),
        unfilled=tuple(value["unfilled"]),
        opened=tuple(value["opened"]),
        merged=tuple(value["merged"]),
        rules=tuple(RuleState(rule["id"], rule["state"], int(rule["slack"])) for rule in value["rules"]),
        alternatives=tuple(map(_alternative, value["alternatives"])),
        conflict=tuple(value["conflict"]),
        invalid=tuple(map(_place, value["invalid"])),
        solver=value["solver"],
        parameters=tuple(value["parameters"].items()),
        input_hash=value["input_hash"],
    )


def _refuse(findings: Iterable[Finding]) -> None:
    found = list(islice(findings, MAX_PLACES + 1))
    if found:
        raise Invalid(found)


def _too_many(value: object) -> Iterable[Finding]:
    """First of all, before anything is made of the lists."""
    for name, limit in LIMITS.items():
        items = value.get(name) if isinstance(value, dict) else None
        if isinstance(items, list) and len(items) > limit:
            reason = f"has {len(items)} entries, the limit is {limit}"
            yield finding([name], "limit", reason, list=name, count=len(items), limit=limit)


def _problem(value: dict[str, Any]) -> Problem:
    """Any: the schema has been applied; a whole number may still be written 3.0."""
    return Problem(
        posts=tuple(map(_post, value["posts"])),
        people=tuple(map(_person, value["people"])),
        pairs=tuple(
            Pair(pair["person"], pair["post"], int(pair["fit"]), pair.get("promotion", False))
            for pair in value["pairs"]
        ),
        kin=tuple((a, b) for a, b in value.get("kin", ())),
        rules=tuple(map(_rule, value.get("rules", ()))),
        pins=_seats(value.get("pins", ())),
        forbids=_seats(value.get("forbids", ())),
        move_cost=int(value.get("move_cost", 0)),
    )


def _post(post: dict[str, Any]) -> Post:
    return Post(
        id=post["id"],
        unit=post["unit"],
        group=post.get("group"),
        principal=post.get("principal", False),
        vacant=post["vacant"],
        unfilled_cost=int(post["unfilled_cost"]),
        open_cost=int(post["open_cost"]),
        merge_cost=_whole(post.get("merge_cost")),
    )


def _person(person: dict[str, Any]) -> Person:
    return Person(
        id=person["id"],
        post=person.get("post"),
        unit=person["unit"],
        fit=int(person["fit"]),
        attributes={
            name: value if isinstance(value, bool) else int(value)
            for name, value in person.get("attributes", {}).items()
        },
    )


def _rule(rule: dict[str, Any]) -> Rule:
    least = rule.get("at_least")
    return Rule(
        id=rule["id"],
        kind=RuleKind(rule["kind"]),
        attribute=rule.get("attribute"),
        group=rule.get("group"),
        unit=rule.get("unit"),
        at_least=(int(least[0]), int(least[1])) if isinstance(least, list) else _whole(least),
        at_most=_whole(rule.get("at_most")),
        soft=_whole(rule.get("soft")),
    )


def _seats(seats: Iterable[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((seat["person"], seat["post"]) for seat in seats)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def tidied(problem: Problem) -> Problem:
    """Without what says nothing: pairs with the own post, repeated kin, pins and forbids. For a checked problem."""
    home = {person.id: person.post for person in problem.people}
    kin: dict[frozenset[str], tuple[str, str]] = {}
    for pair in problem.kin:
        kin.setdefault(frozenset(pair), pair)
    return Problem(
        posts=problem.posts,
        people=problem.people,
        pairs=tuple(one for one in problem.pairs if home[one.person] != one.post),
        kin=tuple(kin.values()),
        rules=problem.rules,
        pins=tuple(dict.fromkeys(problem.pins)),
        forbids=tuple(dict.fromkeys(problem.forbids)),
        move_cost=problem.move_cost,
    )


def _moves(moves: list[dict[str, Any]]) -> tuple[Move, ...]:
    return tuple(
        Move(move["person"], move["from"], move["to"], int(move["chain"]), int(move["position"]), move["rotation"])
        for move in moves
    )


def _alternative(other: dict[str, Any]) -> Alternative:
    return Alternative(int(other["value"]), other["proved"], _moves(other["moves"]), tuple(other["differs"]))


def _place(place: dict[str, Any]) -> Place:
    if "code" not in place:
        return Place(place["path"], place["reason"])
    return Finding(place["path"], place["reason"], place["code"], tuple(place.get("facts", {}).items()))
