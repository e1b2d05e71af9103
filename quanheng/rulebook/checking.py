"""Cases against the rules in force on their day: findings, and how they differ from what is expected."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from quanheng.rulebook.book import Rulebook, compile_rules, load
from quanheng.rulebook.evaluate import evaluate
from quanheng.rulebook.expectations import Difference, differences
from quanheng.rulebook.facts_reading import load_facts
from quanheng.rulebook.finding import Finding, Outcome
from quanheng.rulebook.instrument import RuleText, State
from quanheng.rulebook.rule import Rule, compile_rule
from quanheng.rulebook.situation import Situation
from quanheng.rulebook.situations import Case
from quanheng.rulebook.tree import And, Compare, FactName, Literal, Node, Operator
from quanheng.rulebook.vocabulary import Scope, Vocabulary


@dataclass(frozen=True, slots=True)
class Report:
    case: Case
    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...]


def compiled(book: Rulebook, vocabulary: Vocabulary) -> Mapping[RuleText, Rule]:
    """Every encoded rule as trees, by its version. Raises `CannotParse`."""
    switches = {switch.id: switch for switch in book.switches}
    return compile_rules(book, lambda text: compile_rule(text, vocabulary, switches, seen(text, book)))


def seen(text: RuleText, book: Rulebook) -> Iterator[RuleText]:
    """The version of each rule under `see` that is in force when this one begins to be, else the newest."""
    for id in text.see:
        versions = book.versions(id)
        begin = text.in_force.start or date.min
        yield next((each for each in versions if each.in_force.contains(begin)), versions[-1])


@cache
def load_rules() -> Mapping[RuleText, Rule]:
    """Those of this version of the software, compiled once a process."""
    return compiled(load(), load_facts())


def check(
    cases: Iterable[Case], book: Rulebook, rules: Mapping[RuleText, Rule], vocabulary: Vocabulary
) -> tuple[Report, ...]:
    """One report a case."""
    return tuple(check_case(case, book, rules, vocabulary) for case in cases)


def check_case(case: Case, book: Rulebook, rules: Mapping[RuleText, Rule], vocabulary: Vocabulary) -> Report:
    running = [rules[text] for text in book.running(case.on, case.rules_on) if text in rules]
    findings = tuple(finding for rule in running for finding in _findings(rule, case, vocabulary))
    found = (each for expected in case.expect for each in differences(expected, findings))
    explained = (_explained(each, case, book, findings) for each in found)
    return Report(case, findings, tuple(each for each in explained if not _is_as_good(each)))


def _is_as_good(difference: Difference) -> bool:
    """A rule that is not in force, or not switched on, does not apply: whoever expects that is right."""
    is_silent = difference.why in ("not-in-force", "not-switched-on", "no-records")
    return is_silent and difference.expected.outcome is Outcome.NOT_APPLICABLE


def _explained(difference: Difference, case: Case, book: Rulebook, findings: Iterable[Finding]) -> Difference:
    """Why a rule gave no finding at all: not-encoded, not-in-force, not-switched-on; no-records: nothing to look at."""
    id = difference.expected.rule
    if difference.what != "finding" or any(each.rule == id for each in findings):
        return difference
    there = [text for text in book.versions(id) if text.in_force.contains(case.on)]
    if not there:
        return replace(difference, why="not-in-force")
    if there[0].state is not State.ENCODED:
        return replace(difference, why="not-encoded")
    return replace(difference, why="not-switched-on" if there[0].is_local and id not in case.rules_on else "no-records")


def _findings(rule: Rule, case: Case, vocabulary: Vocabulary) -> Iterator[Finding]:
    """A rule about the case once, one about people for each of them (for nobody where the case names none)."""
    situations = case.subjects.values() if rule.about is not Scope.CASE and case.subjects else [case.whole]
    for situation in situations:
        yield from evaluate(rule, _aimed(situation, rule), vocabulary)


def _aimed(situation: Situation, rule: Rule) -> Situation:
    """Who says nothing at all of a target asks a rule of posts as of a post, one of ranks as of a rank: the rule itself
    says what is aimed at (whether somebody may be a candidate, RNK-BAN). What is known of no target stays unknown."""
    aim = _aim(rule.applies)
    if aim is None or any(name.startswith("target.") for name in situation.facts):
        return situation
    return replace(situation, facts={**situation.facts, "target.kind": aim})


def _aim(node: Node) -> str | None:
    """The kind of target without which the rule does not apply."""
    match node:
        case And(parts):
            return next(filter(None, map(_aim, parts)), None)
        case Compare(Operator.EQ, FactName("target.kind"), Literal(str(kind))):
            return kind
    return None
