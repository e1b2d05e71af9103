"""A rule whose expressions are trees: `compile_rule` reads the text of one version against the vocabulary."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from quanheng.rulebook.finding import Outcome
from quanheng.rulebook.instrument import Check, Expression, Parameter, RuleText, Switch, Unit
from quanheng.rulebook.parse import Names, parse, parse_records
from quanheng.rulebook.tree import FALSE, TRUE, FactName, Node, facts_of
from quanheng.rulebook.types import CODE, DATE, NUMBER, TEXT, TRUTH, Kind, Type
from quanheng.rulebook.vocabulary import Scope, Vocabulary

ALWAYS, UNLESS_FAILED = "always", "unless_failed"

_PARAMETER_TYPES: Mapping[Unit, Type] = {
    Unit.TRUTH: TRUTH,
    Unit.CODE: CODE,
    Unit.CODES: Type(Kind.CODES),
    Unit.TEXT: TEXT,
}


@dataclass(frozen=True)
class Rule:
    """`person`: when a person has to decide. `is_failure_final`: a computed failure stays one even then.
    `about`: whose findings these are: a person's, or the case's. `when_none`: the outcome of `each` over no record."""

    text: RuleText
    applies: Node
    requires: Node
    person: Node
    is_failure_final: bool
    each: FactName | None = None
    numbers: Mapping[str, Node] = field(default_factory=dict)
    dates: Mapping[str, Node] = field(default_factory=dict)
    about: Scope = Scope.PERSON
    when_none: Outcome = Outcome.NOT_APPLICABLE

    @property
    def id(self) -> str:
        return self.text.id

    @property
    def nodes(self) -> tuple[Node, ...]:
        each = (self.each,) if self.each else ()
        return (self.applies, self.requires, self.person, *each, *self.numbers.values(), *self.dates.values())

    @property
    def facts(self) -> frozenset[str]:
        return frozenset().union(*map(facts_of, self.nodes))


def compile_rule(text: RuleText, vocabulary: Vocabulary, switches: Mapping[str, Switch]) -> Rule:
    """Raises `CannotParse`."""
    names = names_of(text, vocabulary, switches)

    def read(place: str, expression: Expression | None, type: Type, default: Node) -> Node:
        return parse(expression.text, names, type, place) if expression else default

    person, is_final = _person(text, names)
    rule = Rule(
        text=text,
        applies=read("applies", text.applies, TRUTH, TRUE),
        requires=read("requires", text.requires, TRUTH, TRUE),
        person=person,
        is_failure_final=is_final,
        each=FactName(names.item, vocabulary.facts[names.item].type) if names.item else None,
        numbers={name: read(f"numbers.{name}", each, NUMBER, TRUE) for name, each in text.numbers.items()},
        dates={name: read(f"dates.{name}", each, DATE, TRUE) for name, each in text.dates.items()},
        when_none=Outcome(text.when_none or Outcome.NOT_APPLICABLE),
    )
    return _about(rule, vocabulary)


def names_of(text: RuleText, vocabulary: Vocabulary, switches: Mapping[str, Switch]) -> Names:
    """What the expressions of this version may name."""
    parameters = {each.name: parameter_type(each) for each in text.parameters if each.unit is not Unit.TABLE}
    values = {id: tuple(map(str, switch.values)) for id, switch in switches.items()}
    names = Names(vocabulary, parameters, values, rule=text.id)
    if text.each is None:
        return names
    return Names(vocabulary, parameters, values, parse_records(text.each.text, names).name, text.id)


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
