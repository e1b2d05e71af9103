"""Rule x situation -> findings, one for the subject, or one for each item. Pure: the day and all facts are given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from quanheng.rulebook.combine import begin_of
from quanheng.rulebook.compute import Scope, compute, truth
from quanheng.rulebook.finding import Finding, Outcome, Step, Trace, Use
from quanheng.rulebook.instrument import Check, OnFail
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.situation import Record, Situation
from quanheng.rulebook.tree import Node
from quanheng.rulebook.types import FIRST, LAST
from quanheng.rulebook.values import ALWAYS, Day, Number, State, Truth, Value, day
from quanheng.rulebook.vocabulary import Fact, Vocabulary

WAIVERS = "waivers"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from the three conditions of a rule, before words are put to it."""

    outcome: Outcome
    held: Truth
    missing: frozenset[str] = frozenset()
    prepared: State | None = None


def evaluate(rule: Rule, situation: Situation, vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """One finding for the subject; of a rule with `each` one for every record that exists on the day, in their order.

    Raises `NoSwitchError`, `NoCalendarError` where the situation lacks what no fact can supply.
    """
    scope = Scope(situation, vocabulary, rule.parameters, kept=rule.kept)
    if rule.each is None:
        return (_finding(rule, scope, None),)
    fact = vocabulary.lookup(rule.each.name)
    records = scope.used(fact.name)
    if not isinstance(records, tuple):
        return (_without_items(rule, scope, frozenset({fact.name})),)
    existing = [each for each in records if begin_of(fact, each) <= situation.on]
    if not existing:
        return (_without_items(rule, scope, frozenset()),)
    return tuple(_finding(rule, _at_item(scope, fact, each), label(fact, each)) for each in existing)


def _at_item(scope: Scope, fact: Fact, record: Record) -> Scope:
    value = scope.situation.facts[fact.name]
    uses = {fact.name: (value, {record.key})}
    return replace(scope, item=record, uses=uses, steps=[], provisional=[], combined={}, made={})


def label(fact: Fact, record: Record) -> str:
    """What names a record to a reader: its label, else its key."""
    named = record.values.get(fact.label) if fact.label else None
    return record.key if named is None else str(named)


def _without_items(rule: Rule, scope: Scope, missing: frozenset[str]) -> Finding:
    """`each` over no record, or over records that are not known: fields of the item are unknown to `applies`."""
    applies = _placed(rule.applies, scope, "applies")
    if applies.state is State.NOT_MET:
        return _worded(rule, scope, None, Verdict(Outcome.NOT_APPLICABLE, applies))
    if missing:
        return _worded(rule, scope, None, Verdict(Outcome.UNKNOWN, Truth(State.UNKNOWN), missing))
    return _worded(rule, scope, None, Verdict(rule.when_none, ALWAYS))


def _finding(rule: Rule, scope: Scope, item: str | None) -> Finding:
    return _worded(rule, scope, item, _verdict(rule, scope))


def _verdict(rule: Rule, scope: Scope) -> Verdict:
    """Applies, then requires, then whether a person has to decide."""
    applies = _placed(rule.applies, scope, "applies")
    if applies.state is State.NOT_MET:
        return Verdict(Outcome.NOT_APPLICABLE, applies)
    if applies.state is State.UNKNOWN:
        return Verdict(Outcome.UNKNOWN, applies, applies.missing)
    requires = _placed(rule.requires, scope, "requires")
    if requires.state is State.NOT_MET and rule.is_failure_final:
        return Verdict(Outcome.NOT_MET, requires)
    person = _placed(rule.person, scope, "person_decides")
    if person.state is State.MET:
        return Verdict(Outcome.NEEDS_PERSON, requires, requires.missing, requires.state)
    if person.state is State.UNKNOWN:
        return Verdict(Outcome.UNKNOWN, requires, requires.missing | person.missing)
    return Verdict(_OUTCOMES[requires.state], requires, requires.missing)


_OUTCOMES: Mapping[State, Outcome] = {
    State.NOT_MET: Outcome.NOT_MET,
    State.UNKNOWN: Outcome.UNKNOWN,
    State.MET: Outcome.MET,
}


def _placed(node: Node, scope: Scope, place: str) -> Truth:
    scope.place = place
    return truth(node, scope)


def _worded(rule: Rule, scope: Scope, item: str | None, verdict: Verdict) -> Finding:
    trace = _trace(scope)  # of the conditions only; numbers and dates are shown beside them
    does_apply = verdict.outcome is not Outcome.NOT_APPLICABLE
    earliest = verdict.held.earliest(scope.on) if verdict.outcome is Outcome.NOT_MET else None
    waiver = _waiver(rule, scope) if verdict.outcome is Outcome.NOT_MET else ""
    is_signed = scope.situation.is_signed(rule.id)
    return Finding(
        rule=rule.id,
        subject=scope.situation.subject,
        item=item,
        outcome=verdict.outcome,
        consequence=None if waiver else consequence(rule.text.on_fail, is_signed),
        citation=rule.text.citation,
        parameters=rule.cited,
        numbers=_numbers(rule, scope) if does_apply else {},
        dates=_dates(rule, scope, verdict) if does_apply else {},
        lo=verdict.held.lo,
        hi=verdict.held.hi,
        earliest=earliest,
        missing=tuple(sorted(verdict.missing)),
        prepared=verdict.prepared,
        waived_by=waiver,
        is_signed=is_signed,
        is_provisional=bool(scope.provisional),
        trace=trace,
    )


def consequence(on_fail: OnFail, is_signed: bool) -> OnFail:
    """Nothing that nobody has signed blocks."""
    return on_fail if is_signed or on_fail is not OnFail.BLOCK else OnFail.WARN


def _waiver(rule: Rule, scope: Scope) -> str:
    """The key of a waiver of this rule that was granted up to this day."""
    if not rule.text.is_waivable:
        return ""
    given = scope.situation.facts.get(WAIVERS)
    fact = scope.vocabulary.facts.get(WAIVERS)
    for record in given if isinstance(given, tuple) and fact else ():
        granted = record.values.get("granted")
        if record.values.get("rule") == rule.id and isinstance(granted, date) and granted <= scope.on:
            return record.key
    return ""


def _numbers(rule: Rule, scope: Scope) -> dict[str, Number]:
    made = {name: compute(node, scope) for name, node in rule.numbers.items()}
    return {name: value for name, value in made.items() if isinstance(value, Number)}


def _dates(rule: Rule, scope: Scope, verdict: Verdict) -> dict[str, Day]:
    """The rule's own dates, and from when the condition holds under the name `earliest` where the rule names none."""
    made: dict[str, Value] = {name: compute(node, scope) for name, node in rule.dates.items()}
    if FIRST < verdict.held.lo < LAST and rule.text.check is not Check.HUMAN:
        made.setdefault("earliest", day(verdict.held.lo))
    return {name: value for name, value in made.items() if isinstance(value, Day)}


def _trace(scope: Scope) -> Trace:
    uses = (Use(fact, value, tuple(sorted(keys))) for fact, (value, keys) in scope.uses.items())
    return Trace(tuple(uses), tuple(_steps(scope.steps)))


def _steps(steps: Iterable[tuple[str, str, Truth]]) -> Iterable[Step]:
    for place, text, held in steps:
        yield Step(place, text, held.state, held.lo, held.hi, tuple(sorted(held.missing)))
