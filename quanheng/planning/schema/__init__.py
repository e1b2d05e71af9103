"""The published JSON Schemas (2020-12) of problem and result, and what a value says against them, as findings.

`problem-1.json` and `result-1.json` are the contract; a change that refuses or adds something makes a version 2.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import islice

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from quanheng.planning.checks import MAX_NUMBER, MAX_PLACES, MAX_TEXT, Finding

MAX_DEPTH = 12  # far deeper than anything the schemas have; a deeper value would only break the stack

_TEXT = re.compile(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{MAX_TEXT}}}")
_CODES = {
    "required": "missing",
    "additionalProperties": "unknown_field",
    "type": "type",
    "const": "value",
    "enum": "value",
    "minimum": "too_small",
    "maximum": "too_large",
    "minLength": "empty",
    "maxLength": "too_long",
    "minItems": "too_few",
    "maxItems": "too_many",
    "maxProperties": "too_many",
    "items": "too_many",
    "not": "text",
}


@cache
def schema(name: str) -> Mapping[str, object]:
    """`problem-1` or `result-1`, as published."""
    parsed: dict[str, object] = json.loads((files(__package__) / f"{name}.json").read_text(encoding="utf-8"))
    return parsed


def problem_findings(value: object) -> list[Finding]:
    """What the schema has against a problem; empty: it fits. Posts, people and pairs that are plainly right are not
    shown to jsonschema, which takes a quarter of a millisecond for a pair."""
    if not isinstance(value, dict):
        return list(_findings("problem-1", value, []))
    slim, rest = dict(value), list[Finding]()
    for name, item, is_plain in (
        ("posts", "post", _is_post),
        ("people", "person", _is_person),
        ("pairs", "pair", _is_pair),
    ):
        items = value.get(name)
        if not isinstance(items, list):
            continue
        slim[name] = []
        for index, one in enumerate(items):
            if not is_plain(one) and len(rest) <= MAX_PLACES:
                rest += _findings("problem-1", one, [name, index], item)
    return [*_findings("problem-1", slim, []), *rest]


def result_findings(value: object) -> list[Finding]:
    return list(_findings("result-1", value, []))


def pointer(path: Iterable[str | int]) -> str:
    """RFC 6901."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def finding(path: Iterable[str | int], code: str, reason: str, **facts: str | int) -> Finding:
    """Text of the value may hold half characters; what is reported is always printable."""
    clean = {name: _clean(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return Finding(_clean(pointer(path)), _clean(reason), code, tuple(clean.items()))


def _clean(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


# The quick way: true only for what the schema accepts (tests compare the two)


def _is_text(value: object) -> bool:
    return type(value) is str and _TEXT.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return type(value) is int and -MAX_NUMBER <= value <= MAX_NUMBER


def _is_cost(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_NUMBER


def _is_bool(value: object) -> bool:
    return type(value) is bool


def _is_text_or_none(value: object) -> bool:
    return value is None or _is_text(value)


def _is_cost_or_none(value: object) -> bool:
    return value is None or _is_cost(value)


def _is_attributes(value: object) -> bool:
    return (
        type(value) is dict
        and len(value) <= 50
        and all(_is_text(name) and (_is_bool(what) or _is_number(what)) for name, what in value.items())
    )


def _is_pair(value: object) -> bool:
    return (
        type(value) is dict
        and len(value) == 4
        and _is_text(value.get("person"))
        and _is_text(value.get("post"))
        and _is_number(value.get("fit"))
        and _is_bool(value.get("promotion"))
    )


def _is_person(value: object) -> bool:
    return (
        type(value) is dict
        and value.keys() == {"id", "post", "unit", "fit", "attributes"}
        and _is_text(value["id"])
        and _is_text_or_none(value["post"])
        and _is_text(value["unit"])
        and _is_number(value["fit"])
        and _is_attributes(value["attributes"])
    )


def _is_post(value: object) -> bool:
    return (
        type(value) is dict
        and value.keys() == _POST
        and all(_is_text(value[name]) for name in ("id", "unit"))
        and all(_is_bool(value[name]) for name in ("principal", "vacant"))
        and all(_is_cost(value[name]) for name in ("unfilled_cost", "open_cost"))
        and _is_text_or_none(value["group"])
        and _is_cost_or_none(value["merge_cost"])
    )


_POST = {"id", "unit", "group", "principal", "vacant", "unfilled_cost", "open_cost", "merge_cost"}


_QUICK = (("posts", "post", _is_post), ("people", "person", _is_person), ("pairs", "pair", _is_pair))


# The thorough way


@cache
def _validator(name: str, item: str | None) -> Draft202012Validator:
    whole = schema(name)
    if item is None:
        return Draft202012Validator(whole)
    return Draft202012Validator({"$defs": whole["$defs"], "$ref": f"#/$defs/{item}"})


def _findings(name: str, value: object, at: list[str | int], item: str | None = None) -> Iterator[Finding]:
    """At most MAX_PLACES + 1 of them, each once, in the order of the schema."""
    wild = _wild(value, at)
    if wild:
        yield wild
        return
    told: set[str] = set()  # one word about a place is enough
    for error in islice(_validator(name, item).iter_errors(value), MAX_PLACES + 1):
        for found in _words(error, [*at, *error.absolute_path]):
            if found.path not in told:
                told.add(found.path)
                yield found


def _wild(value: object, at: list[str | int]) -> Finding | None:
    """Values that no schema library can look at: too deep, or numbers too long to be printed."""
    todo: list[tuple[object, list[str | int]]] = [(value, at)]
    while todo:
        one, path = todo.pop()
        if type(one) is int and abs(one) >> 64:
            return finding(path, "too_large", f"must be between {-MAX_NUMBER} and {MAX_NUMBER}", limit=MAX_NUMBER)
        if isinstance(one, dict | list) and len(path) >= MAX_DEPTH + len(at):
            return finding(path, "too_deep", f"is nested more than {MAX_DEPTH} deep", limit=MAX_DEPTH)
        if isinstance(one, dict):
            odd = next((key for key in one if not isinstance(key, str)), None)
            if odd is not None:
                return finding(path, "type", "has a field whose name is not text")
            todo += [(inner, [*path, key]) for key, inner in one.items()]
        elif isinstance(one, list):
            todo += [(inner, [*path, index]) for index, inner in enumerate(one)]
    return None


def _words(error: ValidationError, path: list[str | int]) -> Iterator[Finding]:
    code = _CODES.get(str(error.validator), "value")
    limit, got = error.validator_value, _short(error.instance)
    if code == "missing":
        for name in limit:
            if name not in error.instance:
                yield finding([*path, name], code, f"the field {name} is missing", field=name)
    elif code == "unknown_field":
        for name in sorted(set(error.instance) - set(error.schema["properties"])):
            yield finding([*path, name], code, f"there is no field {_short(name)}", field=name)
    elif code == "type" and path[-1:] == ["soft"] and limit == "null":
        yield finding(path, "never_soft", "this kind of rule may not be soft")
    elif code in ("too_small", "too_large"):
        words = "at least" if code == "too_small" else "at most"
        yield finding(path, code, f"must be {words} {limit}, is {got}", limit=limit, got=got)
    elif code in ("empty", "too_long", "too_few", "too_many"):
        bound = limit if type(limit) is int else len(error.schema["prefixItems"])
        words = "at least" if code in ("empty", "too_few") else "at most"
        yield finding(path, code, f"must have {words} {bound} characters or entries", limit=bound)
    elif code == "text":
        yield finding(path, code, f"{got} holds characters that are not allowed, or is a reserved word", got=got)
    else:
        expected = limit if isinstance(limit, str) else json.dumps(limit)
        yield finding(path, code, f"must be {expected}, is {got}", expected=expected, got=got)


def _short(value: object) -> str:
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    words = json.dumps(value, ensure_ascii=False, default=repr)
    return words if len(words) <= 60 else words[:57] + "…"
