"""The tree over the facts of one subject, in plain Python. Each function gives one node the meaning told in `tree`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TypeVar, assert_never

from quanheng.rulebook import functions
from quanheng.rulebook.instrument import Parameter
from quanheng.rulebook.sharing import Shared, Uses
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
    Span,
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

Wanted = TypeVar("Wanted", Truth, Number, Day, Code, Codes, Span)


class NoSwitchError(KeyError):
    """A switch without a value: the rulebook gives each its default."""


@dataclass
class Scope:
    """Where an expression is evaluated: the situation, the rule's parameters, the records stood at, and what was used.

    `uses`: fact -> (value, keys); `steps`: single conditions with the text they were written as.
    `combined`: values of combinators by the identity of their node, since a condition may name one for every record;
    `texts`: what nodes are written as, likewise, for all items; `shared`: values of combinators for all items, None for
    those that speak of the item.
    """

    situation: Situation
    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    item: Record | None = None
    record: Record | None = None
    place: str = ""
    uses: Uses = field(default_factory=dict)
    steps: list[tuple[str, str, Truth]] = field(default_factory=list)
    provisional: list[date] = field(default_factory=list)
    combined: dict[int, Value] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    shared: dict[int, Shared | None] = field(default_factory=dict)

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
    return _as(Truth, node, scope)


def number(node: Node, scope: Scope) -> Number:
    return _as(Number, node, scope)


def day_of(node: Node, scope: Scope) -> Day:
    return _as(Day, node, scope)


def code(node: Node, scope: Scope) -> Code:
    return _as(Code, node, scope)


def _as(wanted: type[Wanted], node: Node, scope: Scope) -> Wanted:
    value = compute(node, scope)
    assert isinstance(value, wanted), (node, value)  # the parser has checked types
    return value


def compute(node: Node, scope: Scope) -> Value:
    """The value of any node. Conditions outside combinators are kept as steps."""
    value = _compute(node, scope)
    if isinstance(value, Truth) and scope.record is None and not isinstance(node, _NO_STEPS):
        scope.steps.append((scope.place, _text(node, scope), value))
    return value


_NO_STEPS = (And, Or, Not, Literal)


def _text(node: Node, scope: Scope) -> str:
    if id(node) not in scope.texts:
        scope.texts[id(node)] = unparse(node)
    return scope.texts[id(node)]


def _compute(node: Node, scope: Scope) -> Value:  # noqa: C901  one case a node
    match node:
        case Literal(value):
            return _literal(value)
        case On():
            return day(scope.on)
        case FactName(name, type):
            return known(scope.used(name), type, frozenset({name}))  # type: ignore[arg-type]  # a single fact
        case FieldName(fact, name, type, is_end):
            return _field(scope.record, fact, name, type, is_end)
        case ItemName(fact, name, type, is_end):
            return _field(scope.item, fact, name, type, is_end)
        case ParameterName(name, type):
            return parameter(scope.parameters[name], type)
        case SwitchName(id):
            return _switch(id, scope)
        case Call():
            return _call(node, scope)
        case Compare():
            return compare(node, scope)
        case Within(value, codes):
            return _within(code(value, scope), _as(Codes, codes, scope))
        case And(parts):
            return all_of([truth(part, scope) for part in parts])
        case Or(parts):
            return any_of([truth(part, scope) for part in parts], scope.on)
        case Not(part):
            return negation(truth(part, scope), scope.on)
        case Choose():
            return _choose(node, scope)
        case Combine():
            from quanheng.rulebook.combine import combine  # combinators evaluate conditions with this module

            return combine(node, scope)
        case _:
            assert_never(node)


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


def _field(record: Record | None, fact: str, name: str, type: Type, is_end: bool) -> Value:
    raw = record.values.get(name) if record else None
    if is_end and record and raw is None:
        return day(LAST)
    return known(raw, type, frozenset({f"{fact}.{name}"}))


def parameter(given: Parameter, type: Type) -> Value:
    """A parameter that the organization has to set and has not is unknown as `param.name`."""
    missing = frozenset({f"param.{given.name}"})
    if type.kind is Kind.CODES:
        return Codes(tuple(map(str, given.value)) if isinstance(given.value, tuple) else ())
    value = None if isinstance(given.value, tuple) else given.value
    return known(value, type, missing)


def _switch(id: str, scope: Scope) -> Code:
    if id not in scope.situation.switches:
        raise NoSwitchError(id)
    return Code(str(scope.situation.switches[id]))


# conditions


def compare(node: Compare, scope: Scope) -> Truth:
    left, right = compute(node.left, scope), compute(node.right, scope)
    if isinstance(left, Number) and isinstance(right, Number):
        return _compare_numbers(node.operator, left, right, scope.on)
    if isinstance(left, Day) and isinstance(right, Day):
        return _ordered(node.operator, (left.lo, left.hi), (right.lo, right.hi), left.missing | right.missing)
    assert isinstance(left, Code)
    assert isinstance(right, Code)
    return _compare_codes(node, left, right, scope)


Bounds = tuple[int | Fraction, int | Fraction] | tuple[date, date]


def _ordered(operator: Operator, left: Bounds, right: Bounds, missing: Names) -> Truth:
    """Bounded values: settled for ever or never, else unknown. Bounds are both numbers or both dates."""
    match operator:
        case Operator.GE | Operator.GT:
            turned = Operator.LE if operator is Operator.GE else Operator.LT
            return _ordered(turned, right, left, missing)
        case Operator.LE:
            is_met, is_open = left[1] <= right[0], left[0] <= right[1]  # type: ignore[operator]
        case Operator.LT:
            is_met, is_open = left[1] < right[0], left[0] < right[1]  # type: ignore[operator]
        case Operator.EQ:
            is_met = left[0] == left[1] == right[0] == right[1]
            is_open = left[0] <= right[1] and right[0] <= left[1]  # type: ignore[operator]
        case Operator.NE:
            same = _ordered(Operator.EQ, left, right, missing)
            return same if same.state is State.UNKNOWN else settled(same.state is State.NOT_MET)
    return settled(is_met) if is_met or not is_open else unknown(missing)


def _compare_numbers(operator: Operator, left: Number, right: Number, on: date) -> Truth:
    held = _ordered(operator, (left.lo, left.hi), (right.lo, right.hi), left.missing | right.missing)
    if held.state is State.UNKNOWN or operator in (Operator.EQ, Operator.NE) or bool(left.grows) == bool(right.grows):
        return held
    if right.grows:
        return _compare_numbers(_TURNED[operator], right, left, on)
    steps = right.hi // 1 + 1 if operator in (Operator.GT, Operator.LE) else -(-right.hi // 1)
    arrival = functions.arrival(left, int(steps), on)
    at_least = Truth(State.MET if arrival <= on else State.NOT_MET, lo=arrival) if arrival < LAST else settled(False)
    made = at_least if operator in (Operator.GE, Operator.GT) else negation(at_least, on)
    return made if made.state is held.state else held  # bounds apart: settled today, the day is not known


_TURNED = {
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
}


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
    return _ordered(node.operator, (places[0],) * 2, (places[1],) * 2, NOTHING)


def _within(value: Code, codes: Codes) -> Truth:
    return unknown(value.missing) if value.value is None else settled(value.value in codes.values)


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
