"""From a problem or a result to JSON, exactly as the published schemas have it."""

import hashlib
import json
from typing import assert_never

from quanheng.planning.checks import Finding
from quanheng.planning.problem import Problem, Rule, RuleKind
from quanheng.planning.result import Alternative, Move, Place, Result

RESULT_VERSION = 1


def write_problem(problem: Problem) -> dict[str, object]:
    """A value for `json.dumps`; `read_problem` gives the same problem back."""
    return {
        "version": problem.version,
        "posts": [vars(post).copy() for post in problem.posts],
        "people": [{**vars(person), "attributes": dict(person.attributes)} for person in problem.people],
        "pairs": [vars(pair).copy() for pair in problem.pairs],
        "kin": [list(pair) for pair in problem.kin],
        "rules": [_rule(rule) for rule in problem.rules],
        "pins": [{"person": person, "post": post} for person, post in problem.pins],
        "forbids": [{"person": person, "post": post} for person, post in problem.forbids],
        "move_cost": problem.move_cost,
    }


def hash_of(problem: Problem) -> str:
    """The same for the same content, however its JSON was laid out; the order of lists counts, it breaks ties."""
    text = json.dumps(write_problem(problem), ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def write_result(result: Result) -> dict[str, object]:
    """A value for `json.dumps`, by schema result-1; `read_result` gives the same result back."""
    return {
        "version": RESULT_VERSION,
        "status": result.status.value,
        "value": result.value,
        "bound": result.bound,
        "gap": result.gap,
        "proved": result.proved,
        "moves": _moves(result.moves),
        "unfilled": list(result.unfilled),
        "opened": list(result.opened),
        "merged": list(result.merged),
        "rules": [{"id": rule.id, "state": rule.state, "slack": rule.slack} for rule in result.rules],
        "alternatives": [_alternative(other) for other in result.alternatives],
        "conflict": list(result.conflict),
        "invalid": [_place(place) for place in result.invalid],
        "solver": result.solver,
        "parameters": dict(result.parameters),
        "input_hash": result.input_hash,
    }


def _rule(rule: Rule) -> dict[str, object]:
    """Only the fields of its kind; an end or a cost that is not there is left out."""
    value: dict[str, object] = {"id": rule.id, "kind": rule.kind.value}
    match rule.kind:
        case RuleKind.SHARE:
            least = list(rule.at_least) if isinstance(rule.at_least, tuple) else rule.at_least
            value |= {"of": "promotions", "attribute": rule.attribute, "at_least": least}
        case RuleKind.GROUP_COUNT:
            ends = {"at_least": rule.at_least, "at_most": rule.at_most}
            value |= {"group": rule.group, "attribute": rule.attribute}
            value |= {name: end for name, end in ends.items() if end is not None}
        case RuleKind.LEAVE_LIMIT:
            value |= {"unit": rule.unit, "at_most": rule.at_most}
        case RuleKind.LONGEST_CHAIN | RuleKind.ROTATION:
            value |= {"at_most": rule.at_most}
        case _:
            assert_never(rule.kind)
    return value if rule.soft is None else {**value, "soft": rule.soft}


def _moves(moves: tuple[Move, ...]) -> list[dict[str, object]]:
    return [
        {
            "person": move.person,
            "from": move.source,
            "to": move.target,
            "chain": move.chain,
            "position": move.position,
            "rotation": move.rotation,
        }
        for move in moves
    ]


def _alternative(other: Alternative) -> dict[str, object]:
    return {
        "value": other.value,
        "proved": other.proved,
        "moves": _moves(other.moves),
        "differs": list(other.differs),
    }


def _place(place: Place) -> dict[str, object]:
    value: dict[str, object] = {"path": place.path, "reason": place.reason}
    return {**value, "code": place.code, "facts": dict(place.facts)} if isinstance(place, Finding) else value
