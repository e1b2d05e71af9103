"""What the items of a rule share: a combinator that does not speak of the item is computed with the first of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from quanheng.rulebook.situation import FactValue
from quanheng.rulebook.tree import Combine, ItemName, walk
from quanheng.rulebook.values import Value

if TYPE_CHECKING:
    from quanheng.rulebook.compute import Scope

Uses = dict[str, tuple[FactValue, set[str]]]


@dataclass(frozen=True, slots=True)
class Shared:
    """What a combinator gives to every item, with what it looked at."""

    value: Value
    uses: Uses
    provisional: list[date]


def for_items(node: Combine, scope: "Scope", combined: Callable[[Combine, "Scope"], Value]) -> Value:
    """Each item notes what was looked at, as if it had been computed for it alone."""
    if id(node) not in scope.shared:
        alone = replace(scope, uses={}, provisional=[], combined={})
        speaks = any(isinstance(each, ItemName) for each in walk(node))
        scope.shared[id(node)] = None if speaks else Shared(combined(node, alone), alone.uses, alone.provisional)
    found = scope.shared[id(node)]
    if found is None:
        return combined(node, scope)
    for fact, (_value, keys) in found.uses.items():
        scope.used(fact, tuple(keys))
    scope.provisional.extend(found.provisional)
    return found.value
