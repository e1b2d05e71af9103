"""A tree as text that parses to the same tree. For pages of findings and for tests; a rule keeps its own words."""

from datetime import date
from fractions import Fraction

from quanheng.rulebook.tree import (
    TRUE,
    And,
    Call,
    Choose,
    Combine,
    Compare,
    FactName,
    FieldName,
    Function,
    ItemName,
    Literal,
    Node,
    Not,
    On,
    Or,
    ParameterName,
    SwitchName,
    Within,
)

_INFIX = {Function.PLUS: "+", Function.MINUS: "-", Function.TIMES: "*", Function.ADD: "+", Function.SUBTRACT: "-"}


def unparse(node: Node) -> str:  # noqa: C901  one case a node
    """Brackets round every operator below the top, so that no precedence needs to be known."""
    match node:
        case Literal(value):
            return _literal(value)
        case On():
            return "on"
        case FactName(name) | FieldName(_, name):
            return name
        case ItemName(_, name):
            return f"item.{name}"
        case ParameterName(name):
            return f"param.{name}"
        case SwitchName(id):
            return f"switch.{id.replace('-', '_')}"
        case Call():
            return _call(node)
        case Compare(operator, left, right):
            return f"{_inner(left)} {operator} {_inner(right)}"
        case Within(value, codes):
            return f"{_inner(value)} in {_inner(codes)}"
        case And(parts):
            return " and ".join(map(_inner, parts))
        case Or(parts):
            return " or ".join(map(_inner, parts))
        case Not(part):
            return f"not {_inner(part)}"
        case Choose(condition, then, otherwise):
            return f"{_inner(then)} if {_inner(condition)} else {_inner(otherwise)}"
        case Combine():
            return _combine(node)


def _inner(node: Node) -> str:
    text = unparse(node)
    is_plain = not isinstance(node, Compare | Within | And | Or | Not | Choose) and not _is_infix(node)
    return text if is_plain else f"({text})"


def _is_infix(node: Node) -> bool:
    return isinstance(node, Call) and node.function in _INFIX


def _call(node: Call) -> str:
    if node.function in _INFIX:
        return f" {_INFIX[node.function]} ".join(map(_inner, node.arguments))
    return f"{node.function}({', '.join(map(unparse, node.arguments))})"


def _combine(node: Combine) -> str:
    arguments = [node.records.name]
    if node.value is not None:
        arguments.append(unparse(node.value))
    if node.where != TRUE or node.combinator == "every":
        arguments.append(unparse(node.where))
    if node.over is not None:
        arguments.append(f"over=({unparse(node.over[0])}, {unparse(node.over[1])})")
    return f"{node.combinator}({', '.join(arguments)})"


def _literal(value: int | Fraction | bool | str | date | tuple[str, ...]) -> str:
    match value:
        case tuple():
            return f"({', '.join(map(_literal, value))},)"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case date():
            return f'date("{value.isoformat()}")'
        case _:
            return str(value)
