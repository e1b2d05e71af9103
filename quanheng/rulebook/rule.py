"""A rule whose expressions are trees: `compile_rule` reads the text of one version against the vocabulary."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.instrument import Check, Expression, Parameter, RuleText, Switch, Unit
from quanheng.rulebook.parse import Names, parse, parse_records
from quanheng.rulebook.sharing import Kept
from quanheng.rulebook.tree import FALSE, TRUE, FactName, Node, ParameterName, facts_of, walk
from quanheng.rulebook.types import CODE, DATE, NUMBER, TEXT, TRUTH, Kind, Type
from quanheng.rulebook.vocabulary import EMPTY, Scope, Vocabulary

ALWAYS, UNLESS_FAILED = "always", "unless_failed"

_PARAMETER_TYPES: Mapping[Unit, Type] = {
    Unit.TRUTH: TRUTH,
    Unit.CODE: CODE,
    Unit.CODES: Type(Kind.CODES),
    Unit.TEXT: TEXT,
}


@dataclass(frozen=True)
class Rule:
    """`person`: when a person has to decide. `is_failure_final`: a computed failure stays one even then. `parameters`:
    its own by name, and those of the rules it sees as `RNK_APPR.excellent_months`. `about`: whose findings these are, a
    person's or the case's. `when_none`: the outcome of `each` over no record."""

    text: RuleText
    applies: Node
    requires: Node
    person: Node
    is_failure_final: bool
    each: FactName | None = None
    numbers: Mapping[str, Node] = field(default_factory=dict)
    dates: Mapping[str, Node] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    about: Scope = Scope.PERSON
    when_none: Outcome = Outcome.NOT_APPLICABLE

    @property
    def id(self) -> str:
        return self.text.id

    @property
    def nodes(self) -> tuple[Node, ...]:
        each = (self.each,) if self.each else ()
        return (self.applies, self.requires, self.person, *each, *self.numbers.values(), *self.dates.values())

    @cached_property
    def kept(self) -> Kept:
        return Kept()

    def __getstate__(self) -> dict[str, Any]:
        """A copy has nodes of its own, and keeps its own of them."""
        return {name: value for name, value in self.__dict__.items() if name != "kept"}

    @cached_property
    def facts(self) -> frozenset[str]:
        return frozenset().union(*map(facts_of, self.nodes))

    @cached_property
    def cited(self) -> tuple[Parameter, ...]:
        """The parameters that the expressions name; all of them where there is no expression."""
        named = {each.name for node in self.nodes for each in walk(node) if isinstance(each, ParameterName)}
        return tuple(each for name, each in self.parameters.items() if name in named) if named else self.text.parameters


def compile_rule(
    text: RuleText, vocabulary: Vocabulary, switches: Mapping[str, Switch], seen: Iterable[RuleText] = ()
) -> Rule:
    """`seen`: the versions of the rules under `see` whose parameters may be named. Raises `CannotParse`."""
    own, parameters = Own(text), nameable(text, seen)
    names = own.names = replace(names_of(text, vocabulary, switches, parameters), own=own.node)
    person, is_final = _person(text, names)
    rule = Rule(
        text=text,
        applies=_condition("applies", text.applies, names),
        requires=_condition("requires", text.requires, names),
        person=person,
        is_failure_final=is_final,
        each=FactName(names.item, vocabulary.facts[names.item].type) if names.item else None,
        numbers={name: own.tree(f"numbers.{name}") for name in text.numbers},
        dates={name: own.tree(f"dates.{name}") for name in text.dates},
        parameters=parameters,
        when_none=Outcome(text.when_none or Outcome.NOT_APPLICABLE),
    )
    return _about(rule, vocabulary)


def _condition(place: str, expression: Expression | None, names: Names) -> Node:
    return parse(expression.text, names, TRUTH, place) if expression else TRUE


class Own:
    """The numbers and dates that a rule names, each read when it is first spoken of; one cannot be a part of itself."""

    def __init__(self, text: RuleText) -> None:
        self.written = {f"numbers.{name}": (each, NUMBER) for name, each in text.numbers.items()}
        self.written |= {f"dates.{name}": (each, DATE) for name, each in text.dates.items()}
        self.names = Names(EMPTY)
        self.made: dict[str, Node] = {}
        self.open: set[str] = set()

    def node(self, path: str) -> Node | None:
        return None if path not in self.written or path in self.open else self.tree(path)

    def tree(self, path: str) -> Node:
        if path not in self.made:
            expression, type = self.written[path]
            self.open.add(path)
            self.made[path] = parse(expression.text, self.names, type, path)
            self.open.remove(path)
        return self.made[path]


def nameable(text: RuleText, seen: Iterable[RuleText]) -> dict[str, Parameter]:
    """Parameters by the name that an expression gives them after `param.`; tables cannot be named."""
    own = {each.name: each for each in text.parameters}
    others = {f"{rule.id.replace('-', '_')}.{each.name}": each for rule in seen for each in rule.parameters}
    return {name: each for name, each in (own | others).items() if each.unit is not Unit.TABLE}


def names_of(
    text: RuleText, vocabulary: Vocabulary, switches: Mapping[str, Switch], parameters: Mapping[str, Parameter]
) -> Names:
    """What the expressions of this version may name, but for its own numbers and dates."""
    types = {name: parameter_type(each) for name, each in parameters.items()}
    values = {id: tuple(map(str, switch.values)) for id, switch in switches.items()}
    names = Names(vocabulary, types, values, rule=text.id)
    return replace(names, item=parse_records(text.each.text, names).name) if text.each else names


def parameter_type(parameter: Parameter) -> Type:
    return _PARAMETER_TYPES.get(parameter.unit, NUMBER)


def _person(text: RuleText, names: Names) -> tuple[Node, bool]:
    """`person_decides`: always, unless_failed, or the condition under which a person decides what has not failed."""
    written = text.person_decides
    if written is None:
        return (FALSE, True) if text.check is Check.COMPUTED else (TRUE, False)
    if written.text in (ALWAYS, UNLESS_FAILED):
        return TRUE, written.text == UNLESS_FAILED
    return parse(written.text, names, TRUTH, "person_decides"), True


def _about(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """Of the case, where nothing about a person is used."""
    scopes = {vocabulary.facts[name].scope for name in rule.facts}
    is_case = Scope.CASE in scopes and Scope.PERSON not in scopes
    return replace(rule, about=Scope.CASE) if is_case else rule
