"""Why a rule left a record out, or in which of its numbers it counts: by the rule's own conditions, one by one.

Beside `evaluate`, for who reads one finding: nothing here decides anything.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from quanheng.rulebook.combine import begin_of, select
from quanheng.rulebook.compute import Scope, truth
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Record, Situation
from quanheng.rulebook.tree import TRUE, And, Combinator, Combine, Node, children, walk
from quanheng.rulebook.values import State
from quanheng.rulebook.vocabulary import Fact, Vocabulary


@dataclass(frozen=True)
class Looked:
    """`counts_in`: the rule's numbers and dates whose records it is among. `fails`: single conditions that it does not
    meet. `is_to_come`: begins after the day; `is_out_of_range`: of a year that nothing looks at."""

    counts_in: tuple[str, ...] = ()
    fails: tuple[Node, ...] = ()
    is_to_come: bool = False
    is_out_of_range: bool = False


def look(rule: Rule, situation: Situation, vocabulary: Vocabulary, fact: Fact, record: Record) -> Looked:
    """Of a rule with items: what keeps the record from being one, else what each of the items makes of it."""
    if begin_of(fact, record) > situation.on:
        return Looked(is_to_come=True)
    scope = Scope(situation, vocabulary, rule.parameters)
    if rule.each is None:
        return _looked(rule, fact, record, [scope])
    if fact.name == rule.each.name and (fails := _not_asked(rule, replace(scope, item=record))):
        return Looked(fails=fails)
    return _looked(rule, fact, record, _items(rule, scope))


def _looked(rule: Rule, fact: Fact, record: Record, scopes: Sequence[Scope]) -> Looked:
    names, fails, is_outside = dict[str, None](), dict[Node, None](), False
    for node, scope in product(_looking(rule, fact), scopes):
        if select(node, fact, [record], scope).chosen:
            names.update(dict.fromkeys(_named(rule, node)))
            continue
        failing = [part for part in _parts(node.where) if _fails(part, record, scope)]
        fails.update(dict.fromkeys(failing))
        is_outside = is_outside or not failing
    return Looked(tuple(names), tuple(fails), is_out_of_range=is_outside and not fails)


def _not_asked(rule: Rule, scope: Scope) -> tuple[Node, ...]:
    """Conditions of `applies` that the item does not meet."""
    return tuple(part for part in _parts(rule.applies) if truth(part, scope).state is State.NOT_MET)


def _items(rule: Rule, scope: Scope) -> list[Scope]:
    """One for each record that the rule asks about."""
    assert rule.each is not None
    fact, found = scope.vocabulary.lookup(rule.each.name), scope.situation.facts.get(rule.each.name)
    begun = [each for each in found if begin_of(fact, each) <= scope.on] if isinstance(found, tuple) else []
    return [at for each in begun if not _not_asked(rule, at := replace(scope, item=each))]


def _looking(rule: Rule, fact: Fact) -> list[Combine]:
    """Those of its numbers and dates, where these look at the fact at all: they say what the rule counts."""
    named = [each for tree in (*rule.numbers.values(), *rule.dates.values()) for each in _outermost(tree, fact)]
    return list(dict.fromkeys(named or (each for tree in rule.nodes for each in _outermost(tree, fact))))


def _outermost(node: Node, fact: Fact) -> Iterator[Combine]:
    """Not those inside another, which look from where that one stands."""
    if isinstance(node, Combine):
        if node.records.name == fact.name and node.combinator is not Combinator.EVERY:
            yield node
        return
    for child in children(node):
        yield from _outermost(child, fact)


def _parts(where: Node) -> Iterator[Node]:
    if isinstance(where, And):
        for part in where.parts:
            yield from _parts(part)
    elif where != TRUE:
        yield where


def _fails(part: Node, record: Record, scope: Scope) -> bool:
    return truth(part, scope.at(record)).state is State.NOT_MET


def _named(rule: Rule, node: Combine) -> list[str]:
    """The name nearest to it: that of the smallest tree in which it stands."""
    sizes = {name: len(list(walk(tree))) for name, tree in {**rule.numbers, **rule.dates}.items() if _holds(tree, node)}
    return [min(sizes, key=lambda name: sizes[name])] if sizes else []


def _holds(tree: Node, node: Combine) -> bool:
    return any(each == node for each in walk(tree))
