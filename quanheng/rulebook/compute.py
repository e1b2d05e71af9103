"""The tree over the facts of one subject, in plain Python. Each function gives one node the meaning told in `tree`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache, partial
from typing import Any

from quanheng.rulebook import functions
from quanheng.rulebook.comparing import compare_numbers, ordered
from quanheng.rulebook.instrument import Parameter
from quanheng.rulebook.sharing import Kept, Shared, Steps, Uses, once
from quanheng.rulebook.situation import Bounded, FactValue, Raw, Record, Situation
from quanheng.rulebook.tree import (
    ON,
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
    Operator,
    Or,
    ParameterName,
    SwitchName,
    Within,
)
from quanheng.rulebook.types import LAST, MOST, Kind, Type
from quanheng.rulebook.unparse import unparse
from quanheng.rulebook.values import (
    NOTHING,
    Code,
    Codes,
    Day,
    Names,
    Number,
    State,
    Truth,
    Value,
    all_of,
    any_day,
    any_number,
    any_of,
    before,
    between,
    bounded,
    day,
    exact,
    negation,
    reached,
    settled,
    union,
    unknown,
)
from quanheng.rulebook.vocabulary import Vocabulary


class NoSwitchError(KeyError):
    """A switch without a value: the rulebook gives each its default."""


@dataclass
class Scope:
    """Where an expression is evaluated: the situation, the rule's parameters, the records stood at, and what was used.

    `uses`: fact -> (value, keys); `steps`: single conditions with the text they were written as.
    `combined`: values of facts and combinators by the identity of their node, since a condition may name one for every
    record;
    `made`: of functions and choices outside of them, with their steps; `shared`: of what does not speak of the item,
    for all items; `kept`: what the rule keeps for everybody.
    """

    situation: Situation
    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    item: Record | None = None
    record: Record | None = None
    place: str = ""
    uses: Uses = field(default_factory=dict)
    steps: Steps = field(default_factory=list)
    provisional: list[date] = field(default_factory=list)
    combined: dict[int, Value] = field(default_factory=dict)
    made: dict[int, tuple[Value, Steps]] = field(default_factory=dict)
    shared: dict[int, Shared] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)

    @property
    def on(self) -> date:
        return self.situation.on

    def at(self, record: Record) -> "Scope":
        """The same, looking at one record."""
        made = Scope.__new__(Scope)  # asked for each record of each combinator: `replace` takes five times as long
        vars(made).update(vars(self), record=record)
        return made

    def used(self, fact: str, keys: tuple[str, ...] = ()) -> FactValue:
        value = self.situation.facts.get(fact)
        self.uses.setdefault(fact, (value, set()))[1].update(keys)
        return value


def truth(node: Node, scope: Scope) -> Truth:
    value = compute(node, scope)
    assert isinstance(value, Truth), (node, value)  # the parser has checked types
    return value


def number(node: Node, scope: Scope) -> Number:
    value = compute(node, scope)
    assert isinstance(value, Number), (node, value)
    return value


def code(node: Node, scope: Scope) -> Code:
    value = compute(node, scope)
    assert isinstance(value, Code), (node, value)
    return value


def compute(node: Node, scope: Scope) -> Value:
    """The value of any node. Conditions outside combinators are kept as steps."""
    value = _COMPUTE[type(node)](node, scope)
    if scope.record is None and isinstance(value, Truth) and not isinstance(node, _NO_STEPS):
        scope.steps.append((scope.place, _text(node, scope), value))
    return value


_NO_STEPS = (And, Or, Not, Literal)


def _text(node: Node, scope: Scope) -> str:
    texts = scope.kept.texts
    if id(node) not in texts:
        texts[id(node)] = unparse(node)
    return texts[id(node)]


def _constant(node: Literal | ParameterName, scope: Scope) -> Value:
    """What is written and what the law sets: the same for everybody."""
    constants = scope.kept.constants
    if id(node) not in constants:
        if isinstance(node, Literal):
            constants[id(node)] = _literal(node.value)
        else:
            constants[id(node)] = parameter(scope.parameters[node.name], node.type)
    return constants[id(node)]


def _fact(node: FactName, scope: Scope) -> Value:
    if id(node) not in scope.combined:
        value = scope.used(node.name)
        assert not isinstance(value, tuple), node  # a single fact
        scope.combined[id(node)] = known(value, node.type, named(node.name))
    return scope.combined[id(node)]


def _field(node: FieldName, scope: Scope) -> Value:
    return _of_record(scope.record, node)


def _item(node: ItemName, scope: Scope) -> Value:
    return _of_record(scope.item, node)


def _of_record(record: Record | None, node: FieldName | ItemName) -> Value:
    raw = record.values.get(node.name) if record else None
    if raw is None and node.is_end and record:
        return day(LAST)
    return known(raw, node.type, named(f"{node.fact}.{node.name}"))


@cache
def named(name: str) -> Names:
    """A name of the vocabulary by itself: made once, asked for with every value."""
    return frozenset({name})


def _literal(value: int | Fraction | bool | str | date | tuple[str, ...]) -> Value:
    match value:
        case bool():
            return settled(value)
        case str():
            return Code(value)
        case date():
            return day(value)
        case tuple():
            return Codes(value)
        case _:
            return exact(value)


def known(raw: Raw, type: Type, name: Names) -> Value:
    """A recorded value, or the unknown of that type with its name."""
    match type.kind:
        case Kind.TRUTH:
            return unknown(name) if raw is None else settled(raw is True)
        case Kind.NUMBER:
            return _known_number(raw, name)
        case Kind.DATE:
            return day(raw) if isinstance(raw, date) else any_day(name)
        case _:
            return Code(None, name) if raw is None else Code(str(raw))


def _known_number(raw: Raw, name: Names) -> Number:
    if isinstance(raw, Bounded):
        return bounded(-MOST if raw.lo is None else raw.lo, MOST if raw.hi is None else raw.hi, name)
    return exact(raw) if isinstance(raw, int | Fraction) else any_number(name)


def parameter(given: Parameter, type: Type) -> Value:
    """A parameter that the organization has to set and has not is unknown as `param.name`."""
    missing = frozenset({f"param.{given.name}"})
    if type.kind is Kind.CODES:
        return Codes(tuple(map(str, given.value)) if isinstance(given.value, tuple) else ())
    value = None if isinstance(given.value, tuple) else given.value
    return known(value, type, missing)


def _switch(node: SwitchName, scope: Scope) -> Code:
    if node.id not in scope.situation.switches:
        raise NoSwitchError(node.id)
    return Code(str(scope.situation.switches[node.id]))


# conditions


def compare(node: Compare, scope: Scope) -> Truth:
    left, right = compute(node.left, scope), compute(node.right, scope)
    if isinstance(left, Number) and isinstance(right, Number):
        return compare_numbers(node.operator, left, right, scope.on)
    if isinstance(left, Day) and isinstance(right, Day):
        return ordered(node.operator, (left.lo, left.hi), (right.lo, right.hi), left.missing | right.missing)
    assert isinstance(left, Code)
    assert isinstance(right, Code)
    return _compare_codes(node, left, right, scope)


def _compare_codes(node: Compare, left: Code, right: Code, scope: Scope) -> Truth:
    if left.value is None or right.value is None:
        return unknown(left.missing | right.missing)
    if node.operator in (Operator.EQ, Operator.NE):
        return settled((left.value == right.value) is (node.operator is Operator.EQ))
    scale = scope.vocabulary.scale(node.left.type.of)
    assert scale is not None  # the parser has checked it
    places = [scale.values.index(each) if each in scale.values else None for each in (left.value, right.value)]
    if places[0] is None or places[1] is None:
        return settled(False)  # there is none, or none of this scale
    return ordered(node.operator, (places[0],) * 2, (places[1],) * 2, NOTHING)


def _within(node: Within, scope: Scope) -> Truth:
    value, codes = code(node.value, scope), compute(node.codes, scope)
    assert isinstance(codes, Codes), node
    return unknown(value.missing) if value.value is None else settled(value.value in codes.values)


def _and(node: And, scope: Scope) -> Truth:
    return all_of([truth(part, scope) for part in node.parts])


def _or(node: Or, scope: Scope) -> Truth:
    return any_of([truth(part, scope) for part in node.parts], scope.on)


def _not(node: Not, scope: Scope) -> Truth:
    return negation(truth(node.part, scope), scope.on)


# choices and functions


def _choose(node: Choose, scope: Scope) -> Value:
    condition = truth(node.condition, scope)
    then, otherwise = compute(node.then, scope), compute(node.otherwise, scope)
    if isinstance(then, Truth) and isinstance(otherwise, Truth):
        turned = negation(condition, scope.on)
        return any_of([all_of([condition, then]), all_of([turned, otherwise])], scope.on)
    if condition.state is not State.UNKNOWN:
        return then if condition.state is State.MET else otherwise
    return either([then, otherwise], condition.missing)


def either(values: list[Value], missing: Names) -> Value:
    """One of several values of one type, it is not known which."""
    first = values[0]
    if isinstance(first, Number):
        numbers = [each for each in values if isinstance(each, Number)]
        gone = missing | union(each.missing for each in numbers)
        return bounded(min(each.lo for each in numbers), max(each.hi for each in numbers), gone)
    if isinstance(first, Day):
        days = [each for each in values if isinstance(each, Day)]
        gone = missing | union(each.missing for each in days)
        return between(min(each.lo for each in days), max(each.hi for each in days), gone)
    if isinstance(first, Code):
        codes = [each for each in values if isinstance(each, Code)]
        is_one = len({each.value for each in codes}) == 1 and first.value is not None
        return first if is_one else Code(None, missing | union(each.missing for each in codes))
    truths = [each for each in values if isinstance(each, Truth)]
    states = {each.state for each in truths}
    is_one = len(states) == 1 and State.UNKNOWN not in states
    return settled(State.MET in states) if is_one else unknown(missing | union(each.missing for each in truths))


def _call(node: Call, scope: Scope) -> Value:
    if node.function is Function.KNOWN:
        return settled(is_known(node.arguments[0], scope))
    if node.function is Function.LOWER:
        return _lower(node, scope)
    values = [compute(each, scope) for each in node.arguments]
    if node.function in (Function.REACHED, Function.BEFORE):
        held = reached if node.function is Function.REACHED else before
        assert isinstance(values[0], Day)
        return held(values[0], scope.on)
    if node.function in (Function.ADD, Function.SUBTRACT):
        return functions.shifted(node.function, values, scope.situation.calendar, scope.provisional)
    if node.function in (Function.WORKDAYS_BETWEEN, Function.NEXT_WORKDAY):
        return functions.by_calendar(node.function, values, scope.situation.calendar, scope.provisional)
    if node.function in functions.STEPS:
        return functions.steps_between(node.function, values, is_until_now=node.arguments[1] == ON)
    return functions.PLAIN[node.function](values)


def is_known(node: Node, scope: Scope) -> bool:
    """Is it recorded? A combinator or function is known where its value is exact."""
    if isinstance(node, FactName):
        return scope.used(node.name) is not None
    match compute(node, scope):
        case Number() | Day() as value:
            return value.is_exact and not value.missing
        case Code(value):
            return value is not None
        case Truth(state):
            return state is not State.UNKNOWN
        case _:
            return True


def _lower(node: Call, scope: Scope) -> Code:
    given, scale = code(node.arguments[0], scope), scope.vocabulary.scale(node.type.of)
    assert scale is not None
    if given.value is None or given.value not in scale.values:
        return given
    place = scale.values.index(given.value)
    return Code(scale.values[place - 1] if place else "")


def _combine(node: Combine, scope: Scope) -> Value:
    from quanheng.rulebook.combine import combine  # combinators evaluate conditions with this module

    return combine(node, scope)


_COMPUTE: Mapping[type, Callable[[Any, Scope], Value]] = {  # asked for every node of every rule: `match` takes longer
    Literal: _constant,
    On: lambda _node, scope: day(scope.on),
    FactName: _fact,
    FieldName: _field,
    ItemName: _item,
    ParameterName: _constant,
    SwitchName: _switch,
    Call: partial(once, _call),
    Compare: compare,
    Within: _within,
    And: _and,
    Or: _or,
    Not: _not,
    Choose: partial(once, _choose),
    Combine: _combine,
}
