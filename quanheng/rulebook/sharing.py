"""What is not computed twice: what a rule says several times, what its items share, and what it keeps for everybody."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from quanheng.rulebook.situation import FactValue
from quanheng.rulebook.tree import Call, Choose, Combine, ItemName, walk
from quanheng.rulebook.values import Truth, Value

if TYPE_CHECKING:
    from quanheng.rulebook.compute import Scope

Uses = dict[str, tuple[FactValue, set[str]]]
Steps = list[tuple[str, str, Truth]]


@dataclass(frozen=True, slots=True)
class Shared:
    """What a node gives to every item, with what it looked at and the conditions in it."""

    value: Value
    uses: Uses
    provisional: list[date]
    steps: Steps


@dataclass(frozen=True, slots=True)
class Kept:
    """What a rule keeps for all whom it is asked about, by the identity of its nodes; it lives as long as they do.

    `texts`: how conditions are written; `constants`: literals and parameters; `of_item`: whether a node speaks of the
    item."""

    texts: dict[int, str] = field(default_factory=dict)
    constants: dict[int, Value] = field(default_factory=dict)
    of_item: dict[int, bool] = field(default_factory=dict)


Named = TypeVar("Named", Call, Choose, Combine)


def once(really: Callable[[Named, "Scope"], Value], node: Named, scope: "Scope") -> Value:
    """What a rule names may stand in many of its conditions: each notes its steps as if it had been computed for it."""
    if scope.record is not None:
        return really(node, scope)
    if id(node) in scope.made:
        value, steps = scope.made[id(node)]
        _note(steps, scope)
        return value
    first = len(scope.steps)
    value = really(node, scope) if scope.item is None else for_items(really, node, scope)
    scope.made[id(node)] = value, scope.steps[first:]
    return value


def for_items(really: Callable[[Named, "Scope"], Value], node: Named, scope: "Scope") -> Value:
    """Each item notes what was looked at, as if it had been computed for it alone."""
    if _speaks_of_item(node, scope.kept):
        return really(node, scope)
    if id(node) not in scope.shared:
        alone = replace(scope, uses={}, steps=[], provisional=[], combined={}, made={})
        value = really(node, alone)
        scope.shared[id(node)] = Shared(value, alone.uses, alone.provisional, alone.steps)
    found = scope.shared[id(node)]
    for fact, (_value, keys) in found.uses.items():
        scope.used(fact, tuple(keys))
    scope.provisional.extend(found.provisional)
    _note(found.steps, scope)
    return found.value


def _note(steps: Steps, scope: "Scope") -> None:
    scope.steps.extend([(scope.place, text, held) for _place, text, held in steps])


def _speaks_of_item(node: Call | Choose | Combine, kept: Kept) -> bool:
    if id(node) not in kept.of_item:
        kept.of_item[id(node)] = any(isinstance(each, ItemName) for each in walk(node))
    return kept.of_item[id(node)]
