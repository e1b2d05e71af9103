"""A rule's conditions in plain Chinese and English, for who signs it: facts by their meaning, parameters by value and
article, comparisons and combinators in words. Nothing here decides anything; the expression itself stays the rule.

`told(rule, vocabulary, switches)` gives one line for each part of the rule; `say(node, names, tongue)` one expression.
A number or date that the rule names is said by its name where that has words (`labels.NAMES`), and explained on a line
of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from quanheng.rulebook import articles, codes, labels, phrases
from quanheng.rulebook.calls import PERIOD_END
from quanheng.rulebook.instrument import Parameter, RuleText, Switch, Words
from quanheng.rulebook.instrument import Unit as ParameterUnit
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.tree import (
    FALSE,
    TRUE,
    And,
    Call,
    Choose,
    Combinator,
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
    children,
    number,
    span,
)
from quanheng.rulebook.types import NUMBER, TRUTH, Kind, Type
from quanheng.rulebook.values import Unit
from quanheng.rulebook.vocabulary import Meaning, Vocabulary

Tongue = labels.Tongue


@dataclass(frozen=True)
class Names:
    """What the words of an expression are taken from. `own`: the numbers and dates that a rule names, by their tree."""

    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    switches: Mapping[str, Switch] = field(default_factory=dict)
    own: Mapping[Node, Words] = field(default_factory=dict)
    instrument: str = ""  # of the rule: its own articles are said without it


@dataclass(frozen=True)
class Line:
    """One part of a rule: its name, and what it says."""

    name: Words
    said: Words


def told(rule: Rule, vocabulary: Vocabulary, switches: Mapping[str, Switch]) -> tuple[Line, ...]:
    """What the rule applies to, what it requires, when a person decides, and its numbers and dates."""
    names = names_of(rule, vocabulary, switches)
    said = ((place, phrases.FORBIDDEN if node == FALSE else both(node, names)) for place, node in _conditions(rule))
    lines = [Line(phrases.PLACES[place], words) for place, words in said]
    if rule.text.person_decides and rule.person in (TRUE, FALSE):
        lines.append(Line(phrases.PLACES["person_decides"], phrases.NAMES[rule.text.person_decides.text]))
    for name, node in {**rule.numbers, **rule.dates}.items():
        without = {tree: words for tree, words in names.own.items() if tree != node}
        words = labels.NAMES.get(name, Words(name, name))
        lines.append(Line(words, both(node, replace(names, own=without))))
    return tuple(lines)


def names_of(rule: Rule, vocabulary: Vocabulary, switches: Mapping[str, Switch]) -> Names:
    return Names(vocabulary, rule.parameters, switches, own_names(rule), rule.text.instrument)


@cache
def shipped() -> Mapping[RuleText, tuple[Line, ...]]:
    """Of each encoded rule of this version of the software, said once a process."""
    from quanheng.rulebook.book import load
    from quanheng.rulebook.checking import load_rules
    from quanheng.rulebook.facts_reading import load_facts

    switches = {switch.id: switch for switch in load().switches}
    return {text: told(rule, load_facts(), switches) for text, rule in load_rules().items()}


def _conditions(rule: Rule) -> Iterator[tuple[str, Node]]:
    if rule.text.applies:
        yield "applies", rule.applies
    if rule.each:
        yield "each", rule.each
    if rule.text.requires:
        yield "requires", rule.requires
    if rule.text.person_decides and rule.person not in (TRUE, FALSE):
        yield "person_decides", rule.person


def own_names(rule: Rule) -> dict[Node, Words]:
    """Those with words, but for a bare value, which is shorter said than named."""
    named = {**rule.numbers, **rule.dates}.items()
    bare = (Literal, ParameterName, FactName, ItemName)
    return {node: labels.NAMES[name] for name, node in named if name in labels.NAMES and not isinstance(node, bare)}


def both(node: Node, names: Names) -> Words:
    return Words(say(node, names, "zh"), say(node, names, "en"))


def say(node: Node, names: Names, tongue: Tongue) -> str:
    """One expression as a phrase without a full stop. Total: every node has words."""
    said = _Teller(names, tongue).say(node)
    return _TIGHT.sub(" ", said) if tongue == "zh" else said


@dataclass(frozen=True)
class _Teller:
    names: Names
    tongue: Tongue

    def put(self, words: Words | Meaning, *parts: str) -> str:
        text = words.zh if self.tongue == "zh" else words.en
        return text.format(*parts) if parts else text

    def say(self, node: Node) -> str:  # noqa: C901  one case a node
        if node in self.names.own:
            return self.put(phrases.QUOTED, self.put(self.names.own[node]))
        match node:
            case Literal(value):
                return self.literal(value)
            case On():
                return self.put(phrases.ON)
            case FactName(name):
                return self.fact(name)
            case FieldName(fact, name):
                return self.field(fact, name)
            case ItemName(fact, name, type):
                return self.put(phrases.ITEM_HOLDS if type == TRUTH else phrases.ITEM, self.field(fact, name))
            case ParameterName(name):
                return self.parameter(name)
            case SwitchName(id):
                return self.put(phrases.READING, id)
            case Call():
                return self.call(node)
            case Compare():
                return self.compare(node)
            case Within(value, codes):
                return self.put(phrases.IN, self.say(value), self.say(codes))
            case And(parts):
                return self.put(phrases.AND).join(self.inner(part, Or) for part in parts)
            case Or(parts):
                return self.put(phrases.OR).join(self.inner(part, And) for part in parts)
            case Not(part):
                return self.negated(part)
            case Choose():
                return self.choose(node)
            case Combine():
                return self.combine(node)

    def inner(self, node: Node, *bracketed: type[Node]) -> str:
        said = self.say(node)
        is_open = isinstance(node, bracketed) and node not in self.names.own
        return self.put(phrases.BRACKETS, said) if is_open else said

    # names and values

    def fact(self, name: str) -> str:
        fact = self.names.vocabulary.lookup(name)
        meaning = self.put(phrases.FACTS[name]) if name in phrases.FACTS else self.meaning(fact.meaning)
        return self.put(phrases.RECORDS, meaning) if fact.is_records else meaning

    def field(self, fact: str, name: str) -> str:
        return self.meaning(self.names.vocabulary.lookup(fact).fields[name].meaning)

    def meaning(self, words: Meaning) -> str:
        """Without what only whoever encodes rules needs: from which other facts it is derived, and special cases."""
        return _DERIVED.sub("", self.put(words)).partition("; ")[0].removeprefix("是否")

    def literal(self, value: object) -> str:
        match value:
            case bool():
                return self.put(phrases.TRUTHS[value])
            case str():
                return self.code(value)
            case tuple():
                return self.put(phrases.LIST).join(map(self.code, value))
            case date():
                return value.isoformat()
            case _:
                return labels.scalar(value, self.tongue)  # type: ignore[arg-type]  # a number

    def code(self, value: str) -> str:
        if not value:
            return self.put(phrases.NONE)
        return self.put(phrases.QUOTED, self.put(codes.called(value)).replace(">=", "≥").replace("<=", "≤"))

    def parameter(self, name: str, unit: Words | None = None) -> str:
        """Its value, with its unit or that of the span it is the length of, and the article it stands in."""
        given = self.names.parameters[name]
        if given.value is None:
            said = self.put(phrases.SET_LOCALLY)
        elif isinstance(given.value, tuple) or given.unit in (ParameterUnit.CODE, ParameterUnit.TEXT):
            values = given.value if isinstance(given.value, tuple) else (given.value,)
            said = self.literal(tuple(str(each) for each in values))
        else:
            said = labels.plain(given.value, self.tongue)
        own = labels.unit(given.unit)
        if unit:
            said = self.put(unit, said)
        elif own and given.value is not None:
            said += f" {own.en}" if self.tongue == "en" else own.zh
        return self.put(phrases.CITED, said, self.put(articles.cited(given.citation, self.names.instrument)))

    # functions

    def call(self, node: Call) -> str:
        if node.function in _UNITS:
            return self.span(_UNITS[node.function], node.arguments[0])
        if node.function in (Function.REACHED, Function.BEFORE):
            return self.place_of_day(node)
        if node.function in (Function.LEAST, Function.GREATEST):
            if node.function is Function.GREATEST and node.arguments[-1] == number(0) and len(node.arguments) == 2:
                return self.put(phrases.NOT_BELOW_ZERO, self.say(node.arguments[0]))
            pair = phrases.LEAST if node.function is Function.LEAST else phrases.GREATEST
            listed = self.put(phrases.LIST).join(map(self.say, node.arguments))
            return self.put(pair[node.type != NUMBER], self.put(phrases.BRACKETS, listed))
        if node.function in phrases.WHOLE and node.arguments[1] == number(1):
            return self.put(phrases.WHOLE[node.function], self.sum(node.arguments[0]))
        if node.function is Function.DATE_OF and _is_of_one_month(node):
            (year, _, day) = node.arguments
            return self.put(phrases.DAY_OF_SAME_MONTH, *map(self.say, (*children(year), day)))
        if node.function is Function.TIMES and self.is_in_months(*node.arguments):
            return self.put(phrases.MONTHS_OF, self.say(node.arguments[1]))
        said = map(self.sum if node.function in _ARITHMETIC else self.say, node.arguments)
        return self.put(phrases.FUNCTIONS[node.function], *said)

    def is_in_months(self, factor: Node, years: Node) -> bool:
        is_years = isinstance(years, ParameterName) and self.names.parameters[years.name].unit is ParameterUnit.YEARS
        return factor == number(12) and is_years

    def sum(self, node: Node) -> str:
        """A part of a calculation: sums in brackets."""
        is_sum = isinstance(node, Call) and node.function in (Function.PLUS, Function.MINUS)
        return self.inner(node, Call) if is_sum else self.say(node)

    def span(self, unit: Unit, amount: Node) -> str:
        words = phrases.SPANS[unit]
        if unit is Unit.MONTHS and isinstance(amount, Call) and amount.function is Function.TIMES:
            first, second = amount.arguments
            if first == number(12):
                words, amount = phrases.YEARS, second
        if unit is Unit.MONTHS and isinstance(amount, Literal) and _is_years(amount.value):
            words, amount = phrases.YEARS, number(int(amount.value) // 12)  # type: ignore[arg-type]  # an int
        if isinstance(amount, ParameterName):
            return self.parameter(amount.name, words)
        return self.put(words, self.inner(amount, Call))

    def place_of_day(self, node: Call) -> str:
        """Has a day come? A span after another day is said as a span that is full or not."""
        is_reached, (when,) = node.function is Function.REACHED, node.arguments
        if isinstance(when, FieldName) and when.is_end and not is_reached:
            return self.put(phrases.RUNNING)
        if not isinstance(when, Call) or when.function is not Function.ADD or when in self.names.own:
            return self.put(phrases.FUNCTIONS[node.function], self.say(when))
        start, length = when.arguments
        if length == _ONE_DAY:
            return self.put(phrases.PASSED if is_reached else phrases.NOT_PASSED, self.say(start))
        words = phrases.AFTER_SPAN if is_reached else phrases.WITHIN_SPAN
        return self.put(words, self.say(start), self.say(length))

    # conditions

    def compare(self, node: Compare) -> str:
        kind = node.left.type.kind
        table = {Kind.NUMBER: phrases.NUMBERS, Kind.DATE: phrases.DATES}.get(kind, phrases.CODES)
        right = self.reading(node.left, node.right) or self.say(node.right)
        return self.put(table[node.operator], self.say(node.left), right)

    def reading(self, left: Node, right: Node) -> str:
        """The words of a switch's value."""
        if not isinstance(left, SwitchName) or not isinstance(right, Literal) or left.id not in self.names.switches:
            return ""
        switch = self.names.switches[left.id]
        choices = (switch.default, *switch.alternatives)
        found = [each.words for each in choices if labels.scalar(each.value) == right.value]
        return self.put(phrases.QUOTED, self.put(found[0]).rstrip("。.")) if found else ""

    def choose(self, node: Choose) -> str:
        condition, end = node.condition, node.otherwise
        if isinstance(condition, Compare) and condition.left == _PERIOD_END and isinstance(end, Call):
            return self.put(phrases.FREE_FROM, *map(self.say, end.arguments), PERIOD_END)
        return self.put(phrases.CHOOSE, *map(self.say, (condition, node.then, end)))

    def negated(self, part: Node) -> str:
        if isinstance(part, Within):
            return self.put(phrases.NOT_IN, self.say(part.value), self.say(part.codes))
        if isinstance(part, Combine) and part.combinator is Combinator.EXISTS and part not in self.names.own:
            return self.put(phrases.NO_RECORD, self.records(part))
        return self.put(phrases.NOT, self.say(part))

    # combinators

    def combine(self, node: Combine) -> str:
        if node.combinator is Combinator.EVERY:
            return self.put(phrases.EVERY, self.records(node, with_where=False), self.say(node.where))
        value = self.say(node.value) if node.value is not None else ""
        return self.put(phrases.COMBINATORS[node.combinator], self.records(node), value)

    def records(self, node: Combine, with_where: bool = True) -> str:
        """Those meant: the range of their key, then their condition."""
        fact = self.names.vocabulary.lookup(node.records.name)
        said = []
        if node.over is not None:
            ends = (self.say(each) for each in node.over)
            said.append(self.put(phrases.RANGE, self.field(fact.name, fact.key), *ends))
        if with_where and node.where != TRUE:
            said.append(self.inner(node.where, Or) if said else self.say(node.where))
        meaning = self.meaning(fact.meaning)
        if not said:
            return self.put(phrases.RECORDS, meaning)
        return self.put(phrases.RECORDS_WHERE, meaning, self.put(phrases.AND).join(said))


def _is_of_one_month(node: Call) -> bool:
    year, month, _ = node.arguments
    parts = isinstance(year, Call) and isinstance(month, Call) and (year.function, month.function)
    return parts == (Function.YEAR, Function.MONTH) and [*children(year)] == [*children(month)]


_TIGHT = re.compile(r"(?<=[\u4e00-\u9fff])(?=\d)|(?<=[\d%])(?=[\u4e00-\u9fff])")  # 不少于 2 个
_DERIVED = re.compile(r" *\(derived from [^()]*\)")
_PERIOD_END = SwitchName(PERIOD_END, Type(Kind.CODE, f"switch.{PERIOD_END}"))


def _is_years(months: object) -> bool:
    return isinstance(months, int) and months > 0 and months % 12 == 0


_UNITS = {Function.MONTHS: Unit.MONTHS, Function.DAYS: Unit.DAYS, Function.WORKDAYS: Unit.WORKDAYS}
_ARITHMETIC = (Function.MINUS, Function.TIMES, Function.FLOOR, Function.CEIL, Function.HALF_UP)
_ONE_DAY = span(Function.DAYS, number(1))
