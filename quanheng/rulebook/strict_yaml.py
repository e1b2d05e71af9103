"""YAML as the rulebook reads it: what is written is what is meant, and every value knows its line.

Stricter than YAML 1.1: `yes`, `no`, `on` and `off` are words, not truths; a double is refused (write 1/5 or 20%); a
duplicate key, an alias and a tag are refused. 2019-03-03 is a date. Files of many entries alike are read `by_hand`: a
decimal is the exact number that is written, and aliases and merges (`<<: *name`) save writing twice.
"""

import re
from collections.abc import Hashable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from quanheng.kernel.errors import Refused

MERGE = "<<"
MAX_BYTES = 4_000_000  # the largest instrument has 90 kB


class CannotReadYaml(Refused):
    """Text that is not YAML of this kind. Facts: file, line, what (as written), why."""


class Lined(dict[str, Any]):
    """A mapping that knows the line it begins on and the line of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


def read_file(path: Path) -> Any:
    """The one document of a file; `OSError` where it cannot be opened."""
    with path.open("rb") as file:
        return read(file.read(MAX_BYTES + 1), path.name)


def read(content: bytes | str, file: str, *, by_hand: bool = False) -> Any:
    """The one document of `content`: mappings are `Lined`. Raises `CannotReadYaml`."""
    if len(content) > MAX_BYTES:
        raise CannotReadYaml("too-large", file=file, line=1, what=f"> {MAX_BYTES} B", why="a file of rules is smaller")
    loader: _Loader | None = None
    try:
        loader = _Loader(content)
        loader.file, loader.by_hand = file, by_hand
        return loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(error, file) from None
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError) as error:
        raise CannotReadYaml("not-yaml", file=file, line=1, what="", why=str(error).split("\n")[0]) from None
    finally:
        if loader:
            loader.dispose()


def _not_yaml(error: yaml.MarkedYAMLError, file: str) -> CannotReadYaml:
    mark = error.problem_mark or error.context_mark
    return CannotReadYaml(
        "not-yaml", file=file, line=mark.line + 1 if mark else 1, what=error.context or "", why=error.problem or ""
    )


class _Loader(yaml.SafeLoader):
    file = ""
    by_hand = False

    def refuse(self, code: str, node: Any, what: object, why: str) -> CannotReadYaml:
        return CannotReadYaml(code, file=self.file, line=node.start_mark.line + 1, what=str(what), why=why)

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) and not self.by_hand:
            raise self.refuse("alias", event, f"*{event.anchor}", "write the value again")
        if getattr(event, "tag", None) is not None:
            raise self.refuse("tag", event, event.tag, "tags are not read here")
        return super().compose_node(parent, index)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Lined:
    made, merged = Lined(node.start_mark.line + 1), list[Lined]()
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key == MERGE and loader.by_hand:
            merged += _to_merge(loader, value_node)
            continue
        if not isinstance(key, str):
            raise loader.refuse("key-not-text", key_node, key, "a key is a word; quote it")
        if key in made:
            raise loader.refuse("duplicate-key", key_node, key, f"written already on line {made.lines[key]}")
        made[key] = loader.construct_object(value_node, deep=True)
        made.lines[key] = key_node.start_mark.line + 1
    for each in merged:
        for key in each.keys() - made.keys():
            made[key], made.lines[key] = each[key], each.lines[key]
    return made


def _to_merge(loader: _Loader, node: yaml.Node) -> list[Lined]:
    """The mappings after `<<`: what they hold is taken where the mapping itself does not say otherwise."""
    found = loader.construct_object(node, deep=True)
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(each, Lined) for each in listed):
        raise loader.refuse("not-to-merge", node, MERGE, "after << stand mappings")
    return listed


def _sequence(loader: _Loader, node: yaml.SequenceNode) -> list[Any]:
    return [loader.construct_object(child, deep=True) for child in node.value]


def _null(loader: _Loader, node: yaml.ScalarNode) -> None:
    return None


def _truth(loader: _Loader, node: yaml.ScalarNode) -> bool:
    return bool(node.value == "true")


def _integer(loader: _Loader, node: yaml.ScalarNode) -> int:
    return int(node.value)


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


def _date(loader: _Loader, node: yaml.ScalarNode) -> date:
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        raise loader.refuse("no-such-date", node, node.value, "a date is written 2019-03-03") from None


def _double(loader: _Loader, node: yaml.ScalarNode) -> Fraction:
    if loader.by_hand and _DECIMAL.fullmatch(node.value):
        return Fraction(node.value)
    raise loader.refuse("double", node, node.value, "a double is not exact; write 1/5 or 20%")


def _refused(loader: _Loader, node: yaml.Node) -> None:
    raise loader.refuse("tag", node, node.tag, "tags are not read here")


_DECIMAL = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")
_KINDS: dict[str, tuple[str, str, str, Any]] = {
    "null": ("tag:yaml.org,2002:null", r"~|null|", "~n\0", _null),
    "truth": ("tag:yaml.org,2002:bool", r"true|false", "tf", _truth),
    "integer": ("tag:yaml.org,2002:int", r"-?(?:0|[1-9][0-9]{0,17})", "-0123456789", _integer),
    "date": ("tag:yaml.org,2002:timestamp", r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", "0123456789", _date),
    "double": (
        "tag:yaml.org,2002:float",
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
        _double,
    ),
}

_Loader.yaml_implicit_resolvers = {}
_Loader.yaml_constructors = {
    "tag:yaml.org,2002:str": _text,
    "tag:yaml.org,2002:seq": _sequence,
    "tag:yaml.org,2002:map": _mapping,
    None: _refused,  # what no other constructor takes
}
for _tag, _pattern, _first, _construct in _KINDS.values():
    # An empty scalar is looked up under the empty string, here spelt NUL since it has no character of its own.
    _firsts: list[Hashable] = ["" if character == "\0" else character for character in _first]
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), _firsts)
    _Loader.yaml_constructors[_tag] = _construct
