"""Examples of a rule in words: on which day, with which facts, and what comes out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from quanheng.rulebook import labels
from quanheng.rulebook.checking import load_rules
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import RuleText
from quanheng.rulebook.rule import Rule
from quanheng.rulebook.rule_examples import Example, boundary_cases, examples_of, finding_of
from quanheng.rulebook.situation import Bounded, FactValue, Record, Situation
from quanheng.rulebook.vocabulary import Fact
from quanheng.web.shared.parts import Text, Verdict
from quanheng.web.shared.rule_outcomes import SHAPES, amount_text, meaning_of, missing_text, plain
from quanheng.web.shared.rule_records import plain_value
from quanheng.web.shared.rule_words import said
from quanheng.web.shared.wording import listed, stated

# As an officer asks: when does it hold, when not, when can nobody know, when do people decide, whom does it not touch.
_ORDER = (Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.NEEDS_PERSON, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class ExampleLine:
    on: date
    verdict: Verdict
    facts: tuple[Text, ...]
    numbers: Text
    is_boundary: bool


def example_lines(text: RuleText) -> list[ExampleLine]:
    """By the central text: a stricter number of this house is not in them. None for what is not computed yet."""
    rule = load_rules().get(text)
    found = sorted(examples_of(text.id), key=lambda each: _ORDER.index(each.expected.outcome)) if rule else []
    edges = boundary_cases(found)
    return [_line(each, rule, is_boundary=each.case.id in edges) for each in found] if rule else []


def _line(example: Example, rule: Rule, *, is_boundary: bool) -> ExampleLine:
    finding = finding_of(example, rule)
    situation = next(iter(example.situations(rule.about)), example.case.whole)
    return ExampleLine(
        on=example.case.on,
        verdict=Verdict(SHAPES[example.expected.outcome], remedy=_remedy(example, finding)),
        facts=tuple(_facts(situation, rule)) or (_("什么都没有登记"),),
        numbers=listed(_numbers(example, finding)) if finding else "",
        is_boundary=is_boundary,
    )


def _remedy(example: Example, finding: Finding | None) -> Text:
    if finding and finding.earliest:
        return _("%(day)s 起符合") % {"day": finding.earliest}
    if finding and example.expected.outcome is Outcome.UNKNOWN and finding.missing:
        return _("缺%(what)s") % {"what": missing_text(finding.missing)}
    return ""


def _numbers(example: Example, finding: Finding) -> Iterator[str]:
    """Those that the example is about and that have a usual name."""
    for name in example.expected.numbers:
        amount = amount_text(name, finding.numbers[name], finding) if name in finding.numbers else ""
        if amount and name in labels.NAMES:
            yield stated(said(labels.NAMES[name]), amount)


def _facts(situation: Situation, rule: Rule) -> Iterator[Text]:
    """What is told of those facts that the rule looks at, in its order."""
    for name in sorted(rule.facts):
        if name in situation.facts:
            yield from _told(load_facts().lookup(name), situation.facts[name])


def _told(fact: Fact, value: FactValue) -> Iterator[Text]:
    if not isinstance(value, tuple):
        yield stated(meaning_of(fact.name), _value(value))
    elif not value:
        yield stated(meaning_of(fact.name), _("一条也没有"))
    else:
        yield from (stated(meaning_of(fact.name), _record(fact, each)) for each in value)


def _record(fact: Fact, record: Record) -> str:
    values = ((name, record.values.get(name)) for name in fact.fields)
    known = [f"{plain(fact.fields[name].meaning)} {_value(value)}" for name, value in values if value is not None]
    return listed(known, "，") if known else _("有一条，内容没有登记")


def _value(value: object) -> str:
    if isinstance(value, Bounded):
        least = _("至少 %(amount)s") % {"amount": value.lo} if value.lo is not None else ""
        most = _("至多 %(amount)s") % {"amount": value.hi} if value.hi is not None else ""
        return listed([part for part in (least, most) if part], "，")
    return plain_value(value)
