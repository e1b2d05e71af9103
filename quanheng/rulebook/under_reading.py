"""A rule as it reads once an open question is answered: the branches of the other answers fall away."""

from dataclasses import fields, replace
from typing import Any

from quanheng.rulebook.instrument import Scalar
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.tree import FALSE, TRUE, And, Choose, Compare, Literal, Node, Not, Operator, Or, SwitchName


def rule_under(rule: Rule, switch: str, value: Scalar) -> Rule:
    """The rule with the switch at that value."""

    def told(node: Node) -> Node:
        return node_under(node, switch, value)

    return replace(
        rule,
        applies=told(rule.applies),
        requires=told(rule.requires),
        person=told(rule.person),
        numbers={name: told(node) for name, node in rule.numbers.items()},
        dates={name: told(node) for name, node in rule.dates.items()},
    )


def node_under(node: Node, switch: str, value: Scalar) -> Node:
    made = _with_children(node, switch, value)
    match made:
        case Compare(Operator.EQ, SwitchName(id=id), Literal(value=other)) if id == switch:
            return TRUE if other == value else FALSE
        case Compare(Operator.NE, SwitchName(id=id), Literal(value=other)) if id == switch:
            return FALSE if other == value else TRUE
        case Not(part) if part in (TRUE, FALSE):
            return FALSE if part == TRUE else TRUE
        case Choose(condition, then, otherwise) if condition in (TRUE, FALSE):
            return then if condition == TRUE else otherwise
        case And(parts):
            return _joined(And, parts, neutral=TRUE, decisive=FALSE)
        case Or(parts):
            return _joined(Or, parts, neutral=FALSE, decisive=TRUE)
    return made


def _joined(kind: type[And] | type[Or], parts: tuple[Node, ...], *, neutral: Node, decisive: Node) -> Node:
    left = tuple(part for part in parts if part != neutral)
    if decisive in left or not left:
        return decisive if decisive in left else neutral
    return left[0] if len(left) == 1 else kind(left)


def _with_children(node: Node, switch: str, value: Scalar) -> Node:
    changed = dict[str, Any]()
    for each in fields(node):
        held = getattr(node, each.name)
        if isinstance(held, Node):
            changed[each.name] = node_under(held, switch, value)
        elif isinstance(held, tuple) and any(isinstance(child, Node) for child in held):
            changed[each.name] = tuple(node_under(child, switch, value) for child in held)
    return replace(node, **changed) if changed else node
